//! A CTE, derived table or view that only joins, filters and computes becomes part of what reads it.

use plumb_ir::{Arena, Rel, RelId};

use crate::{Apply, Rewrite, Stage};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "inline-projection",
    stage: Stage::Inline,
    page: include_str!("inline_projection.md"),
    apply: Apply::Rel(apply),
};

fn apply(arena: &mut Arena, rel: RelId) -> Option<RelId> {
    let from = arena.get_rel(rel).from()?;
    let inputs = arena.get_from(from).inputs.clone();
    let projected =
        |arena: &Arena, input: RelId| matches!(arena.get_rel(input), Rel::Project { .. });
    (0..).zip(inputs).find_map(|(at, input)| {
        if projected(arena, input) { crate::splice::inline(arena, rel, at) } else { None }
    })
}
