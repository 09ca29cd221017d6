//! What is computed of each row of a union is computed in each of its parts.

use std::collections::BTreeSet;

use plumb_ir::{Arena, Field, From, Out, Rel, RelId, Scalar, ScalarId, Tree, Type};

use crate::{Apply, Known, Rewrite, Stage};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "union-projection",
    stage: Stage::Inline,
    page: include_str!("union_projection.md"),
    apply: Apply::Known(apply),
};

/// Most columns and conditions that are written out, over all parts.
const LARGEST: usize = 400;

fn apply(arena: &mut Arena, known: &mut Known, rel: RelId) -> Option<RelId> {
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
    let scalars = arena.get_rel(rel).scalars().into_iter().chain(from.filter.iter().copied());
    let divided: BTreeSet<Field> = scalars.flat_map(|it| divided(arena, it)).collect();
    if !divided.iter().all(|field| of_one_kind(arena, known, &parts, *field)) {
        return None;
    }
    let mut inputs = Vec::new();
    for part in parts {
        let from = arena.from(From { inputs: vec![part], ..from.clone() });
        inputs.push(arena.rel(Rel::Project { from, out: out.clone() }));
    }
    Some(arena.rel(Rel::Union { inputs }))
}

/// Columns that a division looks at which is whole for whole numbers.
fn divided(arena: &Arena, id: ScalarId) -> Vec<Field> {
    let mut found = Vec::new();
    let mut work = vec![(id, false)];
    while let Some((id, below)) = work.pop() {
        let scalar = arena.get_scalar(id);
        if let (Scalar::Column { depth: 0, field, .. }, true) = (scalar, below) {
            found.push(*field);
        }
        let below = below || arena.as_call(id).is_some_and(|(name, _)| name == "div-int");
        work.extend(scalar.children().into_iter().map(|child| (child, below)));
    }
    found
}

/// Whether no part has whole numbers where another has others: then all of them are others in the union.
fn of_one_kind(arena: &Arena, known: &mut Known, parts: &[RelId], field: Field) -> bool {
    let kinds = parts.iter().map(|part| {
        let props = known.props(arena, *part);
        match props.columns.get(&field)?.data_type {
            Type::Int(_) => Some(0),
            Type::Decimal(_) => Some(1),
            Type::Float(_) => Some(2),
            _ => None,
        }
    });
    let kinds: Vec<Option<u8>> = kinds.collect();
    kinds.iter().all(|kind| kind.is_some() && *kind == kinds[0])
}
