//! The month of a day is the month of the moment.

use plumb_ir::{Arena, Literal, ScalarId};

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
    let (coarse, inner) = truncated(arena, scalar)?;
    let (fine, time) = truncated(arena, inner)?;
    let [unit, within] = [coarse, fine].map(|unit| match arena.as_literal(unit) {
        Some(Literal::Text(unit)) => Some(unit.as_str()),
        _ => None,
    });
    if !made_of(unit?, within?) {
        return None;
    }
    Some(arena.call("date-trunc", vec![coarse, time]))
}

fn truncated(arena: &Arena, scalar: ScalarId) -> Option<(ScalarId, ScalarId)> {
    match arena.as_call(scalar)? {
        ("date-trunc", [unit, time]) => Some((*unit, *time)),
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
