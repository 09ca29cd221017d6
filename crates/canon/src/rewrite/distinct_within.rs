//! Where it does not matter how often a row is there, nothing below needs to be distinct.

use plumb_ir::{Arena, From, Rel, RelId, Scalar, ScalarId};

use crate::{Apply, Rewrite, Stage};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "distinct-within",
    stage: Stage::Inline,
    page: include_str!("distinct_within.md"),
    apply: Apply::Rel(apply),
};

fn apply(arena: &mut Arena, rel: RelId) -> Option<RelId> {
    match *arena.get_rel(rel) {
        // Parts of a union are told apart once more anyway.
        Rel::Distinct { input } if matches!(arena.get_rel(input), Rel::Union { .. }) => {
            let input = any_number(arena, input)?;
            Some(arena.rel(Rel::Distinct { input }))
        }
        _ => conditions(arena, rel),
    }
}

/// A relation whose rows may be there any number of times, without DISTINCT below it.
fn any_number(arena: &mut Arena, rel: RelId) -> Option<RelId> {
    match arena.get_rel(rel).clone() {
        Rel::Union { inputs } => {
            let plain: Vec<RelId> = inputs.iter().map(|input| once(arena, *input)).collect();
            (plain != inputs).then(|| arena.rel(Rel::Union { inputs: plain }))
        }
        parent @ Rel::Project { .. } if crate::splice::no_windows(arena, &parent) => {
            inputs(arena, &parent)
        }
        _ => None,
    }
}

/// The rows of a relation, as often as they come.
fn once(arena: &Arena, rel: RelId) -> RelId {
    match arena.get_rel(rel) {
        Rel::Distinct { input } => *input,
        _ => rel,
    }
}

fn inputs(arena: &mut Arena, parent: &Rel) -> Option<RelId> {
    let from = arena.get_from(parent.from()?).clone();
    let plain: Vec<RelId> = from.inputs.iter().map(|input| once(arena, *input)).collect();
    if plain == from.inputs {
        return None;
    }
    let from = arena.from(From { inputs: plain, ..from });
    Some(super::with_from(arena, parent, from))
}

/// Conditions that ask whether there is a row.
fn conditions(arena: &mut Arena, rel: RelId) -> Option<RelId> {
    let id = arena.get_rel(rel).from()?;
    let asks = |id: &ScalarId| matches!(arena.get_scalar(*id), Scalar::Exists(_));
    if !arena.get_from(id).filter.iter().any(asks) {
        return None;
    }
    let from = arena.get_from(id).clone();
    let filter: Vec<ScalarId> = from
        .filter
        .iter()
        .map(|condition| {
            let Scalar::Exists(rows) = *arena.get_scalar(*condition) else { return *condition };
            match any_number(arena, rows) {
                Some(rows) => arena.scalar(Scalar::Exists(rows)),
                None => *condition,
            }
        })
        .collect();
    if filter == from.filter {
        return None;
    }
    let from = arena.from(From { filter, ..from });
    Some(super::on_from(arena, rel, from))
}
