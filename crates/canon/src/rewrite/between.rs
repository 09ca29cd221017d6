//! `x BETWEEN a AND b` as two comparisons.

use plumb_ir::{Arena, ScalarId};

use crate::{Apply, Rewrite, Stage};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "between",
    stage: Stage::Scalars,
    page: include_str!("between.md"),
    apply: Apply::Scalar(apply),
};

fn apply(arena: &mut Arena, scalar: ScalarId) -> Option<ScalarId> {
    let Some(("between", &[value, low, high])) = arena.as_call(scalar) else { return None };
    let above = arena.call("le", vec![low, value]);
    let below = arena.call("le", vec![value, high]);
    Some(arena.call("and", vec![above, below]))
}
