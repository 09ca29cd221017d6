//! Groups of one row are rows.

use plumb_ir::{Arena, Literal, Out, Rel, RelId, Scalar, ScalarId};

use crate::{Apply, Known, Rewrite, Stage, scope::Place};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "group-by-key",
    stage: Stage::Prune,
    page: include_str!("group_by_key.md"),
    apply: Apply::Known(apply),
};

fn apply(arena: &mut Arena, known: &mut Known, rel: RelId) -> Option<RelId> {
    let Rel::Aggregate { from, keys, calls, scalar: false } = arena.get_rel(rel).clone() else {
        return None;
    };
    let scope = known.scope(arena, from);
    let place = |id: &ScalarId| match arena.get_scalar(*id) {
        Scalar::Column { depth: 0, input, field } => Some((*input, *field)),
        _ => None,
    };
    let given: Vec<Place> = keys.iter().filter_map(place).collect();
    let reach = scope.determines(arena, &given);
    if !scope.settled_by(&reach) {
        return None;
    }
    let calls: Vec<ScalarId> =
        calls.iter().map(|call| of_one_row(arena, *call)).collect::<Option<_>>()?;
    known.used.add(&reach.grounds);
    let out = keys.into_iter().chain(calls).map(Out::Column).collect();
    Some(arena.rel(Rel::Project { from, out }))
}

/// What an aggregate call gives for a group of one row.
fn of_one_row(arena: &mut Arena, call: ScalarId) -> Option<ScalarId> {
    let Scalar::Aggregate { function, args, filter, .. } = arena.get_scalar(call).clone() else {
        return None;
    };
    match (arena.name(function), args.as_slice()) {
        ("count", args) => {
            let mut counted: Vec<ScalarId> = filter.into_iter().collect();
            for arg in args {
                let null = arena.call("is-null", vec![*arg]);
                counted.push(arena.call("not", vec![null]));
            }
            let one = arena.literal(Literal::Integer(1));
            if counted.is_empty() {
                return Some(one);
            }
            let when = if counted.len() == 1 { counted[0] } else { arena.call("and", counted) };
            let zero = arena.literal(Literal::Integer(0));
            let branches = vec![(when, one)];
            Some(arena.scalar(Scalar::Case { branches, otherwise: Some(zero) }))
        }
        ("sum" | "min" | "max" | "any-value" | "single-value" | "only-value", &[value]) => {
            Some(match filter {
                None => value,
                Some(when) => {
                    arena.scalar(Scalar::Case { branches: vec![(when, value)], otherwise: None })
                }
            })
        }
        _ => None,
    }
}
