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
    if let Rel::Distinct { input } = arena.get_rel(rel) {
        return matches!(arena.get_rel(*input), Rel::Distinct { .. }).then_some(*input);
    }
    let Rel::Aggregate { from, keys, calls, scalar: false } = arena.get_rel(rel) else {
        return None;
    };
    if !calls.is_empty() || keys.is_empty() {
        return None;
    }
    let (from, out) = (*from, keys.iter().copied().map(Out::Column).collect());
    let input = arena.rel(Rel::Project { from, out });
    Some(arena.rel(Rel::Distinct { input }))
}
