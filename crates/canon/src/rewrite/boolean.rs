//! AND, OR and NOT written one way.

use std::collections::BTreeSet;

use indexmap::IndexSet;
use plumb_ir::{Arena, Literal, Scalar, ScalarId};

use crate::{Apply, Rewrite, Stage};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "boolean",
    stage: Stage::Scalars,
    page: include_str!("boolean.md"),
    apply: Apply::Scalar(apply),
};

fn apply(arena: &mut Arena, scalar: ScalarId) -> Option<ScalarId> {
    let (name, args) = arena.as_call(scalar)?;
    if !["and", "or", "ne", "not"].contains(&name) {
        return None;
    }
    let args = args.to_vec();
    match name {
        "and" => junction(arena, "and", &args, false),
        "or" => junction(arena, "or", &args, true),
        "ne" => {
            let same = arena.call("eq", args);
            Some(arena.call("not", vec![same]))
        }
        "not" => negation(arena, *args.first()?),
        _ => None,
    }
}

/// Nested junctions as one, each part once; one constant decides it, the other adds nothing.
fn junction(arena: &mut Arena, name: &str, args: &[ScalarId], decides: bool) -> Option<ScalarId> {
    let mut parts: IndexSet<ScalarId> = IndexSet::new();
    for arg in args {
        let inner = match arena.as_call(*arg) {
            Some((other, inner)) if other == name => inner.to_vec(),
            _ => vec![*arg],
        };
        for part in inner {
            match arena.as_literal(part) {
                Some(Literal::Bool(value)) if *value == decides => return Some(part),
                Some(Literal::Bool(_)) => {}
                _ => {
                    parts.insert(part);
                }
            }
        }
    }
    let parts: Vec<ScalarId> = parts.into_iter().collect();
    let parts = absorbed(arena, name, parts);
    match parts.as_slice() {
        [] => Some(arena.literal(Literal::Bool(!decides))),
        [one] if is_condition(arena, *one) => Some(*one),
        _ if parts == args => None,
        _ => Some(arena.call(name, parts)),
    }
}

/// Parts that are looked at for what they make superfluous.
const ABSORBED: usize = 64;

/// The parts without those that another one decides: `a OR (a AND b)` is `a`, also where either is NULL.
fn absorbed(arena: &Arena, name: &str, parts: Vec<ScalarId>) -> Vec<ScalarId> {
    let other = if name == "or" { "and" } else { "or" };
    let nested = |id: &ScalarId| arena.as_call(*id).is_some_and(|(inner, _)| inner == other);
    if parts.len() > ABSORBED || !parts.iter().any(nested) {
        return parts;
    }
    let inside = |id: ScalarId| match arena.as_call(id) {
        Some((inner, args)) if inner == other => args.iter().copied().collect(),
        _ => BTreeSet::from([id]),
    };
    let sets: Vec<BTreeSet<ScalarId>> = parts.iter().map(|id| inside(*id)).collect();
    let needless = |at: usize| {
        sets.iter().enumerate().any(|(one, set)| {
            one != at && set.is_subset(&sets[at]) && (set.len() < sets[at].len() || one < at)
        })
    };
    let volatile = |id: ScalarId| arena.is_volatile(id);
    let keep = |(at, id): (usize, &ScalarId)| (!needless(at) || volatile(*id)).then_some(*id);
    parts.iter().enumerate().filter_map(keep).collect()
}

/// NOT moves inwards through AND and OR (De Morgan holds with three values), and meets itself.
fn negation(arena: &mut Arena, inner: ScalarId) -> Option<ScalarId> {
    if let Some(literal) = arena.as_literal(inner) {
        if let Literal::Bool(value) = literal {
            let value = Literal::Bool(!value);
            return Some(arena.literal(value));
        }
        return literal.is_null().then_some(inner);
    }
    let (name, args) = arena.as_call(inner)?;
    let other = match name {
        "not" => return args.first().copied().filter(|inner| is_condition(arena, *inner)),
        "and" => "or",
        "or" => "and",
        _ => return None,
    };
    let args = args.to_vec();
    let parts = args.into_iter().map(|arg| arena.call("not", vec![arg])).collect();
    Some(arena.call(other, parts))
}

/// Whether a scalar is surely a truth value: a bare column may be a number that NOT turns into one.
fn is_condition(arena: &Arena, scalar: ScalarId) -> bool {
    const CONDITIONS: &[&str] = &[
        "and",
        "or",
        "not",
        "eq",
        "ne",
        "lt",
        "le",
        "is-null",
        "is-true",
        "is-false",
        "is-distinct",
        "is-not-distinct",
        "in-list",
        "like",
        "ilike",
        "rlike",
        "between",
    ];
    matches!(arena.get_scalar(scalar), Scalar::Exists(_) | Scalar::In { .. })
        || arena.as_call(scalar).is_some_and(|(name, _)| CONDITIONS.contains(&name))
}
