//! Grouping without measures is DISTINCT, and twice is once.

use plumb_ir::{Arena, Out, Rel, RelId};

use crate::{Apply, Rewrite, Stage};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "distinct",
    stage: Stage::Inline,
    page: include_str!("distinct.md"),
    apply: Apply::Rel(apply),
};

fn apply(arena: &mut Arena, rel: RelId) -> Option<RelId> {
    match arena.get_rel(rel).clone() {
        Rel::Aggregate { from, keys, calls, scalar: false } if calls.is_empty() && !keys.is_empty() => {
            let out = keys.into_iter().map(Out::Column).collect();
            let input = arena.rel(Rel::Project { from, out });
            Some(arena.rel(Rel::Distinct { input }))
        }
        Rel::Distinct { input } => match arena.get_rel(input) {
            Rel::Distinct { .. } => Some(input),
            _other => None,
        },
        _other => None,
    }
}
