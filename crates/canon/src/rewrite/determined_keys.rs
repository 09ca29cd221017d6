//! Groups are told apart by as few keys as it takes.

use std::collections::BTreeSet;

use plumb_ir::{Arena, Rel, RelId, Scalar, ScalarId};

use crate::{Apply, Known, Rewrite, Stage, scope::Place};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "determined-keys",
    stage: Stage::Prune,
    page: include_str!("determined_keys.md"),
    apply: Apply::Known(apply),
};

/// Aggregates that give the one value that all rows of a group have.
const OF_ONE_VALUE: &[&str] = &["min", "max", "any-value", "single-value"];

fn apply(arena: &mut Arena, known: &mut Known, rel: RelId) -> Option<RelId> {
    let (new, places) = fewer(arena, known, rel)?;
    Some(crate::remap::picked(arena, new, &places))
}

/// A grouping with fewer keys, and where each of its old outputs stands.
fn fewer(arena: &mut Arena, known: &mut Known, rel: RelId) -> Option<(RelId, Vec<u32>)> {
    let Rel::Aggregate { from, keys, calls, scalar: false } = arena.get_rel(rel).clone() else {
        return None;
    };
    let scope = known.scope(arena, from);
    let place = |arena: &Arena, id: ScalarId| match arena.get_scalar(id) {
        Scalar::Column { depth: 0, input, field } => Some((*input, *field)),
        _ => None,
    };
    let mut kept: Vec<usize> = (0..keys.len()).collect();
    let mut gone = BTreeSet::new();
    let mut at = 0;
    // Of several choices the one that does not depend on the order of the keys.
    kept.sort_by_key(|it| arena.scalar_digest(keys[*it]));
    while at < kept.len() {
        let others: Vec<Place> = kept
            .iter()
            .filter(|it| **it != kept[at])
            .filter_map(|it| place(arena, keys[*it]))
            .collect();
        let reach = scope.determines(arena, &others);
        let found = place(arena, keys[kept[at]]).is_some_and(|it| reach.has(it));
        if found && !others.is_empty() {
            known.used.add(&reach.grounds);
            gone.insert(kept.remove(at));
        } else {
            at += 1;
        }
    }
    kept.sort_unstable();
    let given: Vec<Place> = kept.iter().filter_map(|it| place(arena, keys[*it])).collect();
    let reach = scope.determines(arena, &given);
    let mut new_calls = Vec::new();
    for call in &calls {
        new_calls.push(of_one_value(arena, &reach, *call).unwrap_or(*call));
    }
    if gone.is_empty() && new_calls == calls {
        return None;
    }
    let function = arena.symbol("only-value");
    let mut places = vec![0; keys.len() + calls.len()];
    let new_keys: Vec<ScalarId> = kept.iter().map(|it| keys[*it]).collect();
    for (new, old) in (0..).zip(&kept) {
        places[*old] = new;
    }
    let mut next = u32::try_from(kept.len()).ok()?;
    for (old, _) in calls.iter().enumerate() {
        places[keys.len() + old] = next;
        next += 1;
    }
    for old in gone {
        let args = vec![keys[old]];
        new_calls.push(arena.scalar(Scalar::Aggregate {
            function,
            args,
            distinct: false,
            filter: None,
            order: Vec::new(),
        }));
        places[old] = next;
        next += 1;
    }
    let new = Rel::Aggregate { from, keys: new_keys, calls: new_calls, scalar: false };
    Some((arena.rel(new), places))
}

/// An aggregate of what is one value in each group.
fn of_one_value(
    arena: &mut Arena,
    reach: &crate::scope::Reach,
    call: ScalarId,
) -> Option<ScalarId> {
    let Scalar::Aggregate { function, args, filter: None, .. } = arena.get_scalar(call) else {
        return None;
    };
    let [value] = args.as_slice() else { return None };
    let value = *value;
    if !OF_ONE_VALUE.contains(&arena.name(*function)) || !reach.settled(arena, value) {
        return None;
    }
    let function = arena.symbol("only-value");
    Some(arena.scalar(Scalar::Aggregate {
        function,
        args: vec![value],
        distinct: false,
        filter: None,
        order: Vec::new(),
    }))
}
