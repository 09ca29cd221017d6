//! EXISTS asks for rows, not for columns.

use plumb_ir::{Arena, FromId, Literal, Rel, RelId, Scalar, ScalarId, Tree};

use crate::{Apply, Rewrite, Stage};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "exists-columns",
    stage: Stage::Prune,
    page: include_str!("exists_columns.md"),
    apply: Apply::Scalar(apply),
};

fn apply(arena: &mut Arena, scalar: ScalarId) -> Option<ScalarId> {
    let Scalar::Exists(rel) = *arena.get_scalar(scalar) else { return None };
    if super::empty::is_empty(arena, rel) || filled(arena, rel) {
        let holds = Literal::Bool(!super::empty::is_empty(arena, rel));
        return Some(arena.literal(holds));
    }
    // Whether there is a row does not depend on how often it is there.
    if let Rel::Distinct { input } = *arena.get_rel(rel) {
        return Some(arena.scalar(Scalar::Exists(input)));
    }
    // A row of some side is a row.
    if let Rel::Union { inputs } = arena.get_rel(rel) {
        let inputs = inputs.clone();
        let sides = inputs.into_iter().map(|input| arena.scalar(Scalar::Exists(input))).collect();
        return Some(arena.call("or", sides));
    }
    let Rel::Project { from, out } = arena.get_rel(rel) else { return None };
    let from = if out.is_empty() { joined(arena, *from)? } else { *from };
    let rel = arena.rel(Rel::Project { from, out: Vec::new() });
    Some(arena.scalar(Scalar::Exists(rel)))
}

/// Whether a relation surely has a row.
fn filled(arena: &Arena, rel: RelId) -> bool {
    match arena.get_rel(rel) {
        Rel::Aggregate { scalar, .. } => *scalar,
        Rel::Values { rows, .. } => !rows.is_empty(),
        Rel::Project { from, .. } => {
            let from = arena.get_from(*from);
            from.inputs.is_empty() && from.filter.is_empty() && from.tree.conditions().is_empty()
        }
        Rel::Distinct { input } => filled(arena, *input),
        Rel::Union { inputs } => inputs.iter().any(|input| filled(arena, *input)),
        Rel::Scan { .. }
        | Rel::Call { .. }
        | Rel::Set { .. }
        | Rel::Limit { .. }
        | Rel::Opaque { .. } => false,
    }
}

/// A join of what is asked for with what its first condition asks for: how many rows that makes is no matter.
fn joined(arena: &mut Arena, from: FromId) -> Option<FromId> {
    let mut from = arena.get_from(from).clone();
    let asked = |id: &ScalarId| match *arena.get_scalar(*id) {
        Scalar::Exists(rel) if matches!(arena.get_rel(rel), Rel::Project { .. }) => Some(rel),
        _ => None,
    };
    let (at, rows) = from.filter.iter().enumerate().find_map(|(at, id)| Some((at, asked(id)?)))?;
    from.filter.remove(at);
    let next = Tree::Input(u32::try_from(from.inputs.len()).ok()?);
    from.inputs.push(rows);
    match &mut from.tree {
        Tree::Inner(parts) => parts.push(next),
        other => from.tree = Tree::Inner(vec![other.clone(), next]),
    }
    Some(arena.from(from))
}
