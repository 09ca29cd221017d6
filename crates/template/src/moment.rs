//! Dates, times and distances between them, for templates that compute with literal dates.

use std::fmt;

use super::operate::as_float;
use super::template::Operator;
use super::value::{Args, Value};

const DAY: i64 = 86_400;

/// A point in time or a distance, in seconds; points count from 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
pub(super) enum Moment {
    Date(i64),
    Time(i64),
    Delta(i64),
}

impl Moment {
    /// A point in time from its parts: year, month, day, hour, minute, second.
    pub(super) fn from_parts(parts: &[i64], is_date: bool) -> Option<Self> {
        let part = |at: usize, default| parts.get(at).copied().unwrap_or(default);
        let (year, month, day) = (part(0, 1970), part(1, 1), part(2, 1));
        if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return None;
        }
        let seconds = days_from_civil(year, month, day) * DAY
            + part(3, 0).clamp(0, 23) * 3600
            + part(4, 0).clamp(0, 59) * 60
            + part(5, 0).clamp(0, 59);
        Some(if is_date { Self::Date(seconds) } else { Self::Time(seconds) })
    }

    /// `timedelta(…)`
    pub(super) fn delta(args: &Args) -> Option<Self> {
        let units =
            [("days", DAY), ("seconds", 1), ("", 0), ("", 0), ("minutes", 60), ("hours", 3600)];
        let mut total = args.get(6, "weeks").and_then(as_float).unwrap_or(0.0) * 604_800.0;
        for (at, (name, seconds)) in units.into_iter().enumerate() {
            if let Some(value) = args.get(at, name) {
                total += as_float(value)? * as_float(&Value::Int(seconds.into()))?;
            }
        }
        whole(total).map(Self::Delta)
    }

    /// Reads a text by a format of `strptime`.
    pub(super) fn parse(text: &str, format: &str) -> Option<Self> {
        let mut parts = [1900, 1, 1, 0, 0, 0];
        let mut rest = text;
        let mut letters = format.chars();
        while let Some(letter) = letters.next() {
            if letter != '%' {
                rest = rest.strip_prefix(letter)?;
                continue;
            }
            let (at, digits) = match letters.next()? {
                'Y' => (0, 4),
                'm' => (1, 2),
                'd' => (2, 2),
                'H' => (3, 2),
                'M' => (4, 2),
                'S' => (5, 2),
                _ => return None,
            };
            let length = rest.bytes().take(digits).take_while(u8::is_ascii_digit).count();
            parts[at] = rest[..length].parse().ok()?;
            rest = &rest[length..];
        }
        if rest.is_empty() { Self::from_parts(&parts, false) } else { None }
    }

    fn seconds(self) -> i64 {
        match self {
            Self::Date(seconds) | Self::Time(seconds) | Self::Delta(seconds) => seconds,
        }
    }

    /// An attribute such as `year` or `days`.
    pub(super) fn attribute(self, name: &str) -> Option<Value> {
        let seconds = self.seconds();
        if let Self::Delta(_) = self {
            return match name {
                "days" => Some(Value::Int(seconds.div_euclid(DAY).into())),
                "seconds" => Some(Value::Int(seconds.rem_euclid(DAY).into())),
                _ => None,
            };
        }
        let (year, month, day) = civil_from_days(seconds.div_euclid(DAY));
        let clock = seconds.rem_euclid(DAY);
        let part = match name {
            "year" => year,
            "month" => month,
            "day" => day,
            "hour" => clock / 3600,
            "minute" => clock / 60 % 60,
            "second" => clock % 60,
            "microsecond" => 0,
            _ => return None,
        };
        Some(Value::Int(part.into()))
    }

    /// A method such as `strftime`.
    pub(super) fn method(self, name: &str, args: &Args) -> Option<Value> {
        let seconds = self.seconds();
        Some(match name {
            "strftime" => Value::text(self.format(args.text(0, "format")?)),
            "isoformat" => Value::text(match self {
                Self::Time(_) => self.format("%Y-%m-%dT%H:%M:%S"),
                _ => self.to_string(),
            }),
            "date" => Value::Moment(Self::Date(seconds - seconds.rem_euclid(DAY))),
            "weekday" => Value::Int((seconds.div_euclid(DAY) + 3).rem_euclid(7).into()),
            "isoweekday" => Value::Int(((seconds.div_euclid(DAY) + 3).rem_euclid(7) + 1).into()),
            "total_seconds" => Value::Float(as_float(&Value::Int(seconds.into()))?),
            "timestamp" => Value::Float(as_float(&Value::Int(seconds.into()))?),
            "replace" => {
                let names = ["year", "month", "day", "hour", "minute", "second"];
                let parts: Option<Vec<i64>> = names
                    .iter()
                    .enumerate()
                    .map(|(at, name)| {
                        let new = args.int(at, name);
                        let new = new.or_else(|| self.attribute(name)?.as_int());
                        new.and_then(|value| i64::try_from(value).ok())
                    })
                    .collect();
                Value::Moment(Self::from_parts(&parts?, matches!(self, Self::Date(_)))?)
            }
            "astimezone" | "localize" => Value::Moment(self),
            _ => return None,
        })
    }

    fn format(self, format: &str) -> String {
        let seconds = self.seconds();
        let days = seconds.div_euclid(DAY);
        let (year, month, day) = civil_from_days(days);
        let clock = seconds.rem_euclid(DAY);
        let mut out = String::new();
        let mut letters = format.chars();
        while let Some(letter) = letters.next() {
            if letter != '%' {
                out.push(letter);
                continue;
            }
            let part = match letters.next() {
                Some('Y') => format!("{year:04}"),
                Some('y') => format!("{:02}", year % 100),
                Some('m') => format!("{month:02}"),
                Some('d') => format!("{day:02}"),
                Some('H') => format!("{:02}", clock / 3600),
                Some('M') => format!("{:02}", clock / 60 % 60),
                Some('S') => format!("{:02}", clock % 60),
                Some('f') => "000000".to_owned(),
                Some('j') => format!("{:03}", days - days_from_civil(year, 1, 1) + 1),
                Some('F') => format!("{year:04}-{month:02}-{day:02}"),
                Some('%') | None => "%".to_owned(),
                Some(_) => String::new(),
            };
            out.push_str(&part);
        }
        out
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(_) => f.write_str(&self.format("%Y-%m-%d")),
            Self::Time(_) => f.write_str(&self.format("%Y-%m-%d %H:%M:%S")),
            Self::Delta(seconds) => {
                let (days, clock) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
                if days != 0 {
                    write!(f, "{days} day{}, ", if days.abs() == 1 { "" } else { "s" })?;
                }
                write!(f, "{}:{:02}:{:02}", clock / 3600, clock / 60 % 60, clock % 60)
            }
        }
    }
}

/// Adds and subtracts moments.
pub(super) fn arithmetic(op: Operator, left: &Value, right: &Value) -> Option<Moment> {
    let (left, right) = match (left, right) {
        (Value::Moment(left), Value::Moment(right)) => (*left, *right),
        (Value::Moment(Moment::Delta(seconds)), factor)
        | (factor, Value::Moment(Moment::Delta(seconds)))
            if op == Operator::Multiply =>
        {
            let factor = i64::try_from(factor.as_int()?).ok()?;
            return seconds.checked_mul(factor).map(Moment::Delta);
        }
        _ => return None,
    };
    let bounded = |seconds: i64| seconds.abs() < 10_000 * 366 * DAY;
    let sum = match (op, left, right) {
        (Operator::Add, Moment::Delta(_), other) | (Operator::Add, other, Moment::Delta(_)) => {
            let seconds = left.seconds().checked_add(right.seconds())?;
            match other {
                Moment::Date(_) => Moment::Date(seconds),
                Moment::Time(_) => Moment::Time(seconds),
                Moment::Delta(_) => Moment::Delta(seconds),
            }
        }
        (Operator::Subtract, Moment::Date(left), Moment::Delta(right)) => {
            Moment::Date(left - right)
        }
        (Operator::Subtract, Moment::Time(left), Moment::Delta(right)) => {
            Moment::Time(left - right)
        }
        (Operator::Subtract, left, right) => Moment::Delta(left.seconds() - right.seconds()),
        _ => return None,
    };
    bounded(sum.seconds()).then_some(sum)
}

#[expect(clippy::cast_possible_truncation, reason = "checked to fit")]
fn whole(seconds: f64) -> Option<i64> {
    (seconds.is_finite() && seconds.abs() < 1e12).then_some(seconds as i64)
}

// Howard Hinnant, "chrono-compatible low-level date algorithms".
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_goes_round() {
        for days in [-719_162, -1, 0, 59, 60, 11_016, 18_262, 2_932_896] {
            let (year, month, day) = civil_from_days(days);
            assert_eq!(days_from_civil(year, month, day), days);
        }
        let day = Moment::parse("2024-02-29", "%Y-%m-%d").expect("a date");
        assert_eq!(day.to_string(), "2024-02-29 00:00:00");
    }
}
