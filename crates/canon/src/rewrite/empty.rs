//! What has no rows is nothing.

use plumb_ir::{
    Arena, Empty, Field, From, Literal, Out, Rel, RelId, Scalar, ScalarId, SetKind, Tree, function,
};

use crate::{Apply, Rewrite, Stage, remap::Remap};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "empty",
    stage: Stage::Predicates,
    page: include_str!("empty.md"),
    apply: Apply::Rel(apply),
};

fn apply(arena: &mut Arena, rel: RelId) -> Option<RelId> {
    if let Rel::Project { .. } | Rel::Aggregate { .. } = arena.get_rel(rel) {
        return joined(arena, rel);
    }
    match arena.get_rel(rel).clone() {
        Rel::Project { .. } | Rel::Aggregate { .. } => None,
        Rel::Distinct { input } => is_empty(arena, input).then_some(input),
        Rel::Limit { input, limit, .. } => {
            let none = limit.is_some_and(|it| arena.as_literal(it) == Some(&Literal::Integer(0)));
            if none && !crate::layout::has_star(arena, input) {
                return Some(nothing(arena, input));
            }
            is_empty(arena, input).then_some(input)
        }
        Rel::Union { mut inputs } => {
            let first = *inputs.first()?;
            let count = inputs.len();
            inputs.retain(|input| !is_empty(arena, *input));
            if inputs.is_empty() {
                return Some(first);
            }
            (inputs.len() < count).then(|| arena.rel(Rel::Union { inputs }))
        }
        Rel::Set { kind, all, left, right } => match kind {
            _ if is_empty(arena, left) => Some(left),
            SetKind::Intersect => is_empty(arena, right).then_some(right),
            SetKind::Except if is_empty(arena, right) => {
                Some(if all { left } else { arena.rel(Rel::Distinct { input: left }) })
            }
            SetKind::Except => None,
        },
        Rel::Scan { .. } | Rel::Values { .. } | Rel::Call { .. } | Rel::Opaque { .. } => None,
    }
}

/// Whether a relation surely has no rows.
pub(crate) fn is_empty(arena: &Arena, rel: RelId) -> bool {
    matches!(arena.get_rel(rel), Rel::Values { rows, .. } if rows.is_empty())
}

/// No rows, as wide as a relation.
fn nothing(arena: &mut Arena, rel: RelId) -> RelId {
    let width = crate::layout::width(arena, rel);
    arena.rel(Rel::Values { width, rows: Vec::new() })
}

fn joined(arena: &mut Arena, rel: RelId) -> Option<RelId> {
    let parent = arena.shared_rel(rel);
    let from = arena.shared_from(parent.from()?);
    if crate::layout::has_star(arena, rel) {
        return None;
    }
    let mut gone = Vec::new();
    let never = from.filter.iter().any(|id| is_never(arena, *id));
    let tree = if never { None } else { alive(arena, &from.inputs, &from.tree, &mut gone) };
    let Some(tree) = tree else {
        return match &*parent {
            Rel::Aggregate { calls, scalar: true, .. } => over_nothing(arena, calls),
            _ => Some(nothing(arena, rel)),
        };
    };
    if gone.is_empty() {
        return None;
    }
    let columns = |arena: &mut Arena, input: u32, _: Field| {
        gone.contains(&input).then(|| arena.literal(Literal::Null))
    };
    without(arena, &parent, &from, &tree, &gone, &columns)
}

/// A relation without some inputs, which stand in the tree no more.
pub(crate) fn without(
    arena: &mut Arena,
    parent: &Rel,
    from: &From,
    tree: &Tree,
    gone: &[u32],
    columns: &crate::remap::Columns<'_>,
) -> Option<RelId> {
    if crate::uses::ambiguous(arena, parent, from, gone) {
        return None;
    }
    let place = |input: u32| {
        input - u32::try_from(gone.iter().filter(|other| **other < input).count()).unwrap_or(0)
    };
    let starred = |out: &Out| matches!(out, Out::Star { input, .. } if gone.contains(input));
    if matches!(parent, Rel::Project { out, .. } if out.iter().any(starred)) {
        return None;
    }
    let stay = |at: &u32| !gone.contains(at);
    let left: Vec<RelId> =
        (0..).zip(&from.inputs).filter(|(at, _)| stay(at)).map(|(_, input)| *input).collect();
    let tree = tree.map(&mut |input| Tree::Input(place(input)), &mut |id| id);
    let remap = Remap { columns, inputs: &place };
    Some(remap.rel(arena, parent, &left, &tree, &from.filter))
}

/// An aggregate over no rows: one row, if it is known of every call what it gives.
fn over_nothing(arena: &mut Arena, calls: &[ScalarId]) -> Option<RelId> {
    let value = |arena: &mut Arena, call: &ScalarId| {
        let Scalar::Aggregate { function: name, .. } = arena.get_scalar(*call) else { return None };
        let literal = match function(arena.name(*name))?.measure?.empty {
            Empty::Null => Literal::Null,
            Empty::Zero => Literal::Integer(0),
            Empty::List | Empty::Text | Empty::Other => return None,
        };
        Some(arena.literal(literal))
    };
    let row: Vec<ScalarId> = calls.iter().map(|call| value(arena, call)).collect::<Option<_>>()?;
    let width = u32::try_from(row.len()).ok()?;
    Some(arena.rel(Rel::Values { width, rows: vec![row] }))
}

fn is_never(arena: &Arena, condition: ScalarId) -> bool {
    let null = |id: ScalarId| matches!(arena.as_literal(id), Some(Literal::Null));
    matches!(arena.as_literal(condition), Some(Literal::Bool(false)))
        || crate::nulls::nulled_by(arena, condition, &null)
}

/// The tree without sides that have no rows, whose inputs go to `gone`; `None` if it has none itself.
fn alive(arena: &Arena, inputs: &[RelId], tree: &Tree, gone: &mut Vec<u32>) -> Option<Tree> {
    let never = |on: &[ScalarId]| on.iter().any(|id| is_never(arena, *id));
    Some(match tree {
        Tree::Input(at) => {
            return (!is_empty(arena, *inputs.get(*at as usize)?)).then(|| tree.clone());
        }
        Tree::Inner(parts) => {
            let parts: Option<Vec<Tree>> =
                parts.iter().map(|part| alive(arena, inputs, part, gone)).collect();
            Tree::Inner(parts?)
        }
        Tree::Where { part, on } => {
            if never(on) {
                return None;
            }
            Tree::Where { part: Box::new(alive(arena, inputs, part, gone)?), on: on.clone() }
        }
        Tree::Left { left, right, on } => {
            let left = alive(arena, inputs, left, gone)?;
            let mut below = Vec::new();
            let alive = alive(arena, inputs, right, &mut below).filter(|_| !never(on));
            if let Some(right) = alive {
                gone.extend(below);
                Tree::Left { left: Box::new(left), right: Box::new(right), on: on.clone() }
            } else {
                gone.extend(right.inputs());
                left
            }
        }
        Tree::Full { left, right, on } => {
            let (mut first, mut second) = (Vec::new(), Vec::new());
            let one = alive(arena, inputs, left, &mut first);
            let two = alive(arena, inputs, right, &mut second);
            match (one, two) {
                (Some(one), Some(two)) => {
                    gone.extend(first);
                    gone.extend(second);
                    Tree::Full { left: Box::new(one), right: Box::new(two), on: on.clone() }
                }
                (Some(one), None) => {
                    gone.extend(first);
                    gone.extend(right.inputs());
                    one
                }
                (None, Some(two)) => {
                    gone.extend(second);
                    gone.extend(left.inputs());
                    two
                }
                (None, None) => return None,
            }
        }
    })
}
