//! The month of a day is the month of the moment.

use plumb_ir::{Arena, Literal, Scalar, ScalarId, Type};

use crate::{Apply, Rewrite, Stage};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "coarser-time",
    stage: Stage::Scalars,
    page: include_str!("coarser_time.md"),
    apply: Apply::Scalar(apply),
};

/// Units of time, each made of those before it.
const GRAINS: &[&str] =
    &["microsecond", "millisecond", "second", "minute", "hour", "day", "month", "quarter", "year"];

fn apply(arena: &mut Arena, scalar: ScalarId) -> Option<ScalarId> {
    if let Scalar::Cast { value, to: Type::Date, safe } = *arena.get_scalar(scalar) {
        let (_, fine, time) = truncated(arena, value)?;
        return made_of("day", unit(arena, fine)?)
            .then(|| arena.scalar(Scalar::Cast { value: time, to: Type::Date, safe }));
    }
    let (function, args) = arena.as_call(scalar)?;
    let (coarse, inner) = match (function, args) {
        ("date-trunc" | "bigquery-date-trunc" | "date-part", [coarse, inner]) => {
            (unit(arena, *coarse)?, *inner)
        }
        ("last-day", [inner]) => ("month", *inner),
        _ => return None,
    };
    let (truncation, fine, time) = truncated(arena, inner)?;
    let truncates = function.ends_with("date-trunc");
    if !made_of(coarse, unit(arena, fine)?) || truncates && function != truncation {
        return None;
    }
    let (function, mut args) = (function.to_owned(), args.to_vec());
    *args.last_mut()? = time;
    Some(arena.call(&function, args))
}

/// What truncates a time, to which unit, and the time.
fn truncated(arena: &Arena, scalar: ScalarId) -> Option<(&str, ScalarId, ScalarId)> {
    match arena.as_call(scalar)? {
        (function @ ("date-trunc" | "bigquery-date-trunc"), [unit, time]) => {
            Some((function, *unit, *time))
        }
        _ => None,
    }
}

fn unit(arena: &Arena, scalar: ScalarId) -> Option<&str> {
    match arena.as_literal(scalar) {
        Some(Literal::Text(unit)) => Some(unit.as_str()),
        _ => None,
    }
}

/// Whether a unit of time is made of whole finer ones, as months are of days and not of weeks.
pub fn made_of(coarse: &str, fine: &str) -> bool {
    let rank = |unit: &str| GRAINS.iter().position(|grain| *grain == unit);
    match (coarse, fine) {
        ("week", "week") => true,
        ("week", fine) => rank(fine) <= rank("day") && rank(fine).is_some(),
        (coarse, fine) => {
            rank(fine).is_some_and(|fine| rank(coarse).is_some_and(|coarse| fine <= coarse))
        }
    }
}
