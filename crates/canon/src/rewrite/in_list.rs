//! IN and OR of equalities as one sorted set.

use std::mem::{Discriminant, discriminant};

use indexmap::IndexMap;
use plumb_ir::{Arena, Literal, ScalarId};

use crate::{Apply, Rewrite, Stage};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "in-list",
    stage: Stage::Scalars,
    page: include_str!("in_list.md"),
    apply: Apply::Scalar(apply),
};

fn apply(arena: &mut Arena, scalar: ScalarId) -> Option<ScalarId> {
    let (name, args) = arena.as_call(scalar)?;
    if !["in-list", "or"].contains(&name) {
        return None;
    }
    let args = args.to_vec();
    match name {
        "in-list" => sorted(arena, &args),
        "or" => gathered(arena, &args),
        _ => None,
    }
}

fn sorted(arena: &mut Arena, args: &[ScalarId]) -> Option<ScalarId> {
    let [value, list @ ..] = args else { return None };
    if let [one] = list {
        return Some(arena.call("eq", vec![*value, *one]));
    }
    let mut new = list.to_vec();
    new.sort_by_key(|item| arena.scalar_digest(*item));
    new.dedup();
    if new == list {
        return None;
    }
    let args = std::iter::once(*value).chain(new).collect();
    Some(arena.call("in-list", args))
}

/// Alternatives that compare one value with constants.
fn gathered(arena: &mut Arena, args: &[ScalarId]) -> Option<ScalarId> {
    // Dialects bring a list to one type before they compare, so each kind of constant is a list of its own.
    let mut lists: IndexMap<(ScalarId, Discriminant<Literal>), Vec<ScalarId>> = IndexMap::new();
    let mut rest = Vec::new();
    for arg in args {
        match compared(arena, *arg) {
            Some((value, kind, constants)) => {
                lists.entry((value, kind)).or_default().extend(constants);
            }
            None => rest.push(*arg),
        }
    }
    if lists.len() + rest.len() == args.len() {
        return None;
    }
    for ((value, _), list) in lists {
        let list = std::iter::once(value).chain(list).collect();
        rest.push(arena.call("in-list", list));
    }
    match rest.as_slice() {
        [one] => Some(*one),
        _ => Some(arena.call("or", rest)),
    }
}

/// A value and the constants of one kind it is compared with.
fn compared(
    arena: &Arena,
    scalar: ScalarId,
) -> Option<(ScalarId, Discriminant<Literal>, Vec<ScalarId>)> {
    let kind = |id: ScalarId| arena.as_literal(id).map(discriminant);
    match arena.as_call(scalar)? {
        ("eq", &[a, b]) => match (kind(a), kind(b)) {
            (None, Some(kind)) => Some((a, kind, vec![b])),
            (Some(kind), None) => Some((b, kind, vec![a])),
            (None, None) | (Some(_), Some(_)) => None,
        },
        ("in-list", [value, list @ ..]) => {
            let first = kind(*list.first()?)?;
            let alike = list.iter().all(|item| kind(*item) == Some(first));
            alike.then(|| (*value, first, list.to_vec()))
        }
        _ => None,
    }
}
