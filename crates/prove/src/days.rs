//! Days: the years and months they are in are ranges, and each has a next one.

use plumb_base::Moment;
use plumb_ir::{Literal, Type};

use crate::{
    space::Space,
    term::{Fact, Id, Term, all},
    theory::as_call,
};

const DAY: i64 = 86_400;

const UNITS: [&str; 4] = ["day", "month", "quarter", "year"];

impl Space<'_> {
    /// That a day lies in the year or month that an equality asks for; and the day.
    pub(crate) fn in_range(&mut self, one: Id, two: Id) -> Option<(Id, Fact)> {
        for (call, value) in [(one, two), (two, one)] {
            let Some((unit, day, truncates)) = self.unit_of_day(call) else { continue };
            let first = match (truncates, self.get(value)) {
                (false, Term::Literal(Literal::Integer(year))) if unit == "year" => {
                    first_day(*year)?
                }
                (true, Term::Literal(Literal::Typed(Type::Date, text))) => text.clone(),
                _ => return None,
            };
            if !UNITS.contains(&unit.as_str()) || Moment::of_day(&first).is_none() {
                return None;
            }
            let Some(last) = last_day(&first, &unit) else { return Some((day, Fact::False)) };
            let [first, last] = [first, last].map(|it| self.date(it));
            return Some((day, all([Fact::AtMost(first, day), Fact::AtMost(day, last)])));
        }
        None
    }

    /// What a comparison of the year of a day with a number says of the day.
    pub(crate) fn beside_year(&mut self, one: Id, two: Id, strict: bool) -> Option<Fact> {
        let year = |it: &Self, id: Id| match it.unit_of_day(id)? {
            (unit, day, false) if unit == "year" => Some(day),
            _ => None,
        };
        let number = |it: &Self, id: Id| match it.get(id) {
            Term::Literal(Literal::Integer(number)) => Some(*number),
            _ => None,
        };
        if let (Some(day), Some(number)) = (year(self, two), number(self, one)) {
            let first = first_day(number.checked_add(i128::from(strict))?)?;
            let first = self.date(first);
            return Some(Fact::AtMost(first, day));
        }
        let (day, number) = (year(self, one)?, number(self, two)?);
        let last = last_day(&first_day(number.checked_sub(i128::from(strict))?)?, "year")?;
        let last = self.date(last);
        Some(Fact::AtMost(day, last))
    }

    /// What a comparison of a day with a constant day and a constant span says of the day.
    pub(crate) fn beside_later_day(&mut self, one: Id, two: Id, strict: bool) -> Option<Fact> {
        let is_day = |it: &Self, id: Id| {
            it.type_of(id) == Type::Date && matches!(it.get(id), Term::Column(..))
        };
        if is_day(self, one) {
            let (day, later) = self.later_day(two)?;
            // What is not later than a moment of a day is not later than the day.
            let strict = strict && !later;
            return Some(if strict { Fact::Below(one, day) } else { Fact::AtMost(one, day) });
        }
        if is_day(self, two) {
            let (day, later) = self.later_day(one)?;
            let strict = strict || later;
            return Some(if strict { Fact::Below(day, two) } else { Fact::AtMost(day, two) });
        }
        None
    }

    /// The day of a constant moment, or that a constant day and a constant span come to, and whether some of it has passed by then.
    fn later_day(&mut self, id: Id) -> Option<(Id, bool)> {
        if let Term::Literal(Literal::Typed(Type::Timestamp, text)) = self.get(id) {
            let (day, clock) = text.split_once(' ')?;
            let (day, later) = (day.to_owned(), clock_of(clock)?);
            Moment::of_day(&day)?;
            return Some((self.date(day), later));
        }
        let (name, args) = as_call(self, id)?;
        let ("add", &[one, two]) = (name.as_str(), args.as_slice()) else { return None };
        let typed = |it: &Self, id: Id, of: &Type| match it.get(id) {
            Term::Literal(Literal::Typed(known, text)) if known == of => Some(text.clone()),
            _ => None,
        };
        for (day, span) in [(one, two), (two, one)] {
            if let Some(day) = typed(self, day, &Type::Date)
                && let Some(span) = typed(self, span, &Type::Interval)
            {
                let (days, later) = span_of(&span)?;
                Moment::of_day(&day)?;
                return Some((self.date(plus(&day, days)?), later));
            }
        }
        None
    }

    /// The unit and the day of a call that takes a part of a day, and whether it truncates.
    fn unit_of_day(&self, id: Id) -> Option<(String, Id, bool)> {
        let (name, args) = as_call(self, id)?;
        let truncates = match name.as_str() {
            "date-part" => false,
            "date-trunc" | "bigquery-date-trunc" => true,
            _ => return None,
        };
        let &[unit, day] = args.as_slice() else { return None };
        let Term::Literal(Literal::Text(unit)) = self.get(unit) else { return None };
        (self.type_of(day) == Type::Date).then(|| (unit.clone(), day, truncates))
    }

    fn date(&mut self, text: String) -> Id {
        self.literal(Literal::Typed(Type::Date, text))
    }

    /// The day after a constant, or the one before.
    pub(crate) fn next_day(&mut self, id: Id, days: i64) -> Option<Id> {
        let Term::Literal(Literal::Typed(Type::Date, text)) = self.get(id) else { return None };
        let next = plus(text, days)?;
        Some(self.date(next))
    }
}

/// `7 days` or `7 days 00:00:01`: so many days, and whether there is more.
fn span_of(text: &str) -> Option<(i64, bool)> {
    let mut words = text.split(' ');
    let days: i64 = words.next()?.parse().ok()?;
    if !matches!(words.next()?, "day" | "days") || !(0..=100_000).contains(&days) {
        return None;
    }
    match (words.next(), words.next()) {
        (None, _) => Some((days, false)),
        (Some(clock), None) => Some((days, clock_of(clock)?)),
        (Some(_), Some(_)) => None,
    }
}

/// Whether a clock that shows `00:00:01`, whole seconds, shows more than the day's beginning.
fn clock_of(text: &str) -> Option<bool> {
    let numbers: Vec<u32> = text.split(':').map(|it| it.parse().ok()).collect::<Option<_>>()?;
    let [hours, minutes, seconds] = numbers.as_slice() else { return None };
    let within = *hours < 24 && *minutes < 60 && *seconds < 60;
    within.then_some(hours + minutes + seconds > 0)
}

fn plus(text: &str, days: i64) -> Option<String> {
    let next = Moment(Moment::of_day(text)?.0 + days * DAY).day();
    // The calendar ends with the year 9999.
    Moment::of_day(&next).map(|_| next)
}

fn first_day(year: i128) -> Option<String> {
    (1..=9999).contains(&year).then(|| format!("{year:04}-01-01"))
}

/// The last day of the unit of which a day is the first; `None` if it is not, or the unit is not known.
fn last_day(first: &str, unit: &str) -> Option<String> {
    let (year, rest) = first.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    let (year, month): (i64, i64) = (year.parse().ok()?, month.parse().ok()?);
    let months = match unit {
        "day" => return Some(first.to_owned()),
        "month" => 1,
        "quarter" if (month - 1) % 3 == 0 => 3,
        "year" if month == 1 => 12,
        _ => return None,
    };
    let next = month - 1 + months;
    let next = (year + next / 12, next % 12 + 1);
    if day != "01" {
        return None;
    }
    if next.0 > 9999 {
        return Some("9999-12-31".to_owned());
    }
    plus(&format!("{:04}-{:02}-01", next.0, next.1), -1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_end_where_they_end() {
        let last = |first, unit| last_day(first, unit);
        assert_eq!(last("2024-01-01", "year").unwrap(), "2024-12-31");
        assert_eq!(last("2024-02-01", "month").unwrap(), "2024-02-29");
        assert_eq!(last("2023-10-01", "quarter").unwrap(), "2023-12-31");
        assert_eq!(last("2024-02-02", "day").unwrap(), "2024-02-02");
        for (first, unit) in
            [("2024-02-02", "month"), ("2024-02-01", "quarter"), ("2024-01-01", "week")]
        {
            assert_eq!(last(first, unit), None);
        }
        assert_eq!(plus("2024-02-28", 1).unwrap(), "2024-02-29");
        assert_eq!(plus("9999-12-31", 1), None);
        assert_eq!(span_of("7 days"), Some((7, false)));
        assert_eq!(span_of("1 day 00:00:01"), Some((1, true)));
        for text in ["1 month", "-1 days", "1 day 24:00:00", "1 day 1", "7"] {
            assert_eq!(span_of(text), None, "{text}");
        }
    }
}
