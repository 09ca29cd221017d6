//! What is computed of each row of a union is computed in each of its parts.

use plumb_ir::{Arena, From, Out, Rel, RelId, Tree};

use crate::{Apply, Rewrite, Stage};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "union-projection",
    stage: Stage::Inline,
    page: include_str!("union_projection.md"),
    apply: Apply::Rel(apply),
};

/// Most columns and conditions that are written out, over all parts.
const LARGEST: usize = 400;

fn apply(arena: &mut Arena, rel: RelId) -> Option<RelId> {
    let Rel::Project { from: id, out } = arena.get_rel(rel) else { return None };
    let [input] = arena.get_from(*id).inputs.as_slice() else { return None };
    let Rel::Union { inputs: parts } = arena.get_rel(*input) else { return None };
    let (from, out, parts) = (arena.get_from(*id).clone(), out.clone(), parts.clone());
    let starred = out.iter().any(|out| matches!(out, Out::Star { .. }))
        || parts.iter().any(|part| crate::layout::has_star(arena, *part));
    let large = parts.len() * (out.len() + from.filter.len()) > LARGEST;
    if from.tree != Tree::Input(0) || starred || large {
        return None;
    }
    if !crate::splice::no_windows(arena, arena.get_rel(rel)) {
        return None;
    }
    let mut inputs = Vec::new();
    for part in parts {
        let from = arena.from(From { inputs: vec![part], ..from.clone() });
        inputs.push(arena.rel(Rel::Project { from, out: out.clone() }));
    }
    Some(arena.rel(Rel::Union { inputs }))
}
