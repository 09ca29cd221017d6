//! EXISTS asks for rows, not for columns.

use plumb_ir::{Arena, Rel, Scalar, ScalarId};

use crate::{Apply, Rewrite, Stage};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "exists-columns",
    stage: Stage::Prune,
    page: include_str!("exists_columns.md"),
    apply: Apply::Scalar(apply),
};

fn apply(arena: &mut Arena, scalar: ScalarId) -> Option<ScalarId> {
    let Scalar::Exists(rel) = *arena.get_scalar(scalar) else { return None };
    // Whether there is a row does not depend on how often it is there.
    if let Rel::Distinct { input } = *arena.get_rel(rel) {
        return Some(arena.scalar(Scalar::Exists(input)));
    }
    let Rel::Project { from, out } = arena.get_rel(rel) else { return None };
    if out.is_empty() {
        return None;
    }
    let from = *from;
    let rel = arena.rel(Rel::Project { from, out: Vec::new() });
    Some(arena.scalar(Scalar::Exists(rel)))
}
