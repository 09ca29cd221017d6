//! IN and OR of equalities as one sorted set.

use std::collections::BTreeMap;

use plumb_ir::{Arena, ScalarId};

use crate::{Apply, Rewrite, Stage};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "in-list",
    stage: Stage::Scalars,
    page: include_str!("in_list.md"),
    apply: Apply::Scalar(apply),
};

fn apply(arena: &mut Arena, scalar: ScalarId) -> Option<ScalarId> {
    let (name, args) = arena.as_call(scalar)?;
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
    let mut lists: BTreeMap<ScalarId, Vec<ScalarId>> = BTreeMap::new();
    let (mut order, mut rest) = (Vec::new(), Vec::new());
    for arg in args {
        match compared(arena, *arg) {
            Some((value, constants)) => {
                if !lists.contains_key(&value) {
                    order.push(value);
                }
                lists.entry(value).or_default().extend(constants);
            }
            None => rest.push(*arg),
        }
    }
    if order.len() + rest.len() == args.len() {
        return None;
    }
    for value in order {
        let list = std::iter::once(value).chain(lists.remove(&value).unwrap_or_default()).collect();
        rest.push(arena.call("in-list", list));
    }
    match rest.as_slice() {
        [one] => Some(*one),
        _ => Some(arena.call("or", rest)),
    }
}

fn compared(arena: &Arena, scalar: ScalarId) -> Option<(ScalarId, Vec<ScalarId>)> {
    let constant = |id: &ScalarId| arena.as_literal(*id).is_some();
    match arena.as_call(scalar)? {
        ("eq", [a, b]) if constant(b) && !constant(a) => Some((*a, vec![*b])),
        ("eq", [a, b]) if constant(a) && !constant(b) => Some((*b, vec![*a])),
        ("in-list", [value, list @ ..]) if list.iter().all(constant) => Some((*value, list.to_vec())),
        _ => None,
    }
}
