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
    let rel = match arena.get_rel(rel) {
        Rel::Project { from, out } if !out.is_empty() => {
            let from = *from;
            arena.rel(Rel::Project { from, out: Vec::new() })
        }
        // Whether there is a row does not depend on how often it is there.
        Rel::Distinct { input } => *input,
        _other => return None,
    };
    Some(arena.scalar(Scalar::Exists(rel)))
}
