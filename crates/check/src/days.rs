//! Laws of days: the days of a year or a month are a range.

use plumb_ir::{Literal, Type};

use crate::{
    constant::{is_day, next_day},
    lower::Kernel,
    term::{Term, call},
};

impl Kernel<'_> {
    /// A year or the start of a year or month that a day is in, as the days that it is.
    pub(crate) fn of_days(&self, one: &Term, two: &Term) -> Option<Term> {
        let (of, constant) = match (one.as_literal(), two.as_literal()) {
            (None, Some(constant)) => (one, constant),
            (Some(constant), None) => (two, constant),
            _ => return None,
        };
        let (name, [unit, day]) = of.as_call()? else { return None };
        if self.type_of(day) != Type::Date {
            return None;
        }
        let Some(Literal::Text(unit)) = unit.as_literal() else { return None };
        let (first, last) = match (name, &**unit, constant) {
            ("date-part", "year", Literal::Integer(year)) if (1000..=9999).contains(year) => {
                (format!("{year}-01-01"), format!("{year}-12-31"))
            }
            ("date-trunc", "year", Literal::Typed(Type::Date, first))
                if is_day(first) && first.ends_with("-01-01") =>
            {
                (first.clone(), format!("{}-12-31", &first[..4]))
            }
            ("date-trunc", "month", Literal::Typed(Type::Date, first))
                if is_day(first) && first.ends_with("-01") =>
            {
                (first.clone(), last_of_month(first)?)
            }
            _ => return None,
        };
        let constant = |day: String| Term::Literal(Literal::Typed(Type::Date, day));
        let above = call("le", vec![constant(first), day.clone()]);
        let below = call("le", vec![day.clone(), constant(last)]);
        Some(call("and", vec![above, below]))
    }
}

fn last_of_month(first: &str) -> Option<String> {
    let mut last = first.to_owned();
    loop {
        let next = next_day(&last)?;
        if next[..7] != first[..7] {
            return Some(last);
        }
        last = next;
    }
}
