//! One row written out is a projection of nothing.

use plumb_ir::{Arena, From, Out, Rel, RelId, Tree};

use crate::{Apply, Rewrite, Stage};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "one-row",
    stage: Stage::Inline,
    page: include_str!("one_row.md"),
    apply: Apply::Rel(apply),
};

fn apply(arena: &mut Arena, rel: RelId) -> Option<RelId> {
    let Rel::Values { rows, .. } = arena.get_rel(rel) else { return None };
    let [row] = rows.as_slice() else { return None };
    let out = row.iter().map(|value| Out::Column(*value)).collect();
    let nothing = From { inputs: Vec::new(), tree: Tree::Inner(Vec::new()), filter: Vec::new() };
    let from = arena.from(nothing);
    Some(arena.rel(Rel::Project { from, out }))
}
