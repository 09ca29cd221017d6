//! Unions of unions are one; a union of one is what it holds.

use plumb_ir::{Arena, Rel, RelId};

use crate::{Apply, Rewrite, Stage};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "merge-unions",
    stage: Stage::Inline,
    page: include_str!("merge_unions.md"),
    apply: Apply::Rel(apply),
};

fn apply(arena: &mut Arena, rel: RelId) -> Option<RelId> {
    if let Rel::Distinct { input } = *arena.get_rel(rel) {
        return distinct(arena, input);
    }
    let Rel::Union { inputs } = arena.get_rel(rel) else { return None };
    if let [one] = inputs.as_slice() {
        return Some(*one);
    }
    let mut all: Vec<RelId> = Vec::new();
    for input in inputs {
        if let Rel::Union { inputs } = arena.get_rel(*input) {
            all.extend(inputs);
        } else {
            all.push(*input);
        }
    }
    // Names of columns come from the first input; where they are not all known, it keeps its place.
    let first = usize::from(all.iter().any(|input| crate::layout::has_star(arena, *input)));
    all[first..].sort_by_key(|input| arena.rel_digest(*input));
    (all != *inputs).then(|| arena.rel(Rel::Union { inputs: all }))
}

/// Rows that are made distinct afterwards need not be before.
fn distinct(arena: &mut Arena, union: RelId) -> Option<RelId> {
    let Rel::Union { inputs } = arena.get_rel(union) else { return None };
    let inner = |input: &RelId| {
        if let Rel::Distinct { input } = arena.get_rel(*input) { *input } else { *input }
    };
    let new: Vec<RelId> = inputs.iter().map(inner).collect();
    if new == *inputs {
        return None;
    }
    let input = arena.rel(Rel::Union { inputs: new });
    Some(arena.rel(Rel::Distinct { input }))
}
