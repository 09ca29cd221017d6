//! What cannot be NULL is not asked whether it is.

use plumb_ir::{Arena, From, Literal, Part, Rel, RelId, Scalar, ScalarId};

use crate::{Apply, Known, Rewrite, Stage, scope::Scope};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "not-null",
    stage: Stage::Predicates,
    page: include_str!("not_null.md"),
    apply: Apply::Known(apply),
};

fn apply(arena: &mut Arena, known: &mut Known, rel: RelId) -> Option<RelId> {
    let parent = arena.get_rel(rel).clone();
    let id = parent.from()?;
    let scope = Scope::new(arena, known, id);
    let filter = scope.from.filter.clone();
    // One condition at a time: two that say the same must not make each other go.
    for (at, condition) in filter.iter().enumerate() {
        let others: Vec<ScalarId> =
            filter.iter().enumerate().filter(|(it, _)| *it != at).map(|(_, id)| *id).collect();
        let new = simpler(arena, known, &scope, &others, *condition, true);
        if new != *condition {
            let mut filter = filter;
            filter[at] = new;
            let from = From { filter, ..scope.from };
            let from = arena.from(from);
            return Some(super::with_from(arena, &parent, from));
        }
    }
    let new = arena.map_rel(&parent, &mut |arena, part| match part {
        Part::Scalar(id) => Part::Scalar(simpler(arena, known, &scope, &filter, id, false)),
        Part::From(_) | Part::Rel(_) => part,
    });
    let new =
        if let Rel::Aggregate { .. } = new { counted(arena, known, &scope, &new) } else { new };
    (new != parent).then(|| arena.rel(new))
}

/// A count of what is never NULL counts rows.
fn counted(arena: &mut Arena, known: &mut Known, scope: &Scope, rel: &Rel) -> Rel {
    arena.map_rel(rel, &mut |arena, part| {
        let Part::Scalar(id) = part else { return part };
        let mut node = arena.get_scalar(id).clone();
        let Scalar::Aggregate { function, args, distinct: false, .. } = &mut node else {
            return part;
        };
        let [value] = args.as_slice() else { return part };
        if arena.name(*function) != "count" {
            return part;
        }
        let Some(grounds) = scope.not_null(arena, *value, scope.truths()) else { return part };
        known.used.add(&grounds);
        args.clear();
        Part::Scalar(arena.scalar(node))
    })
}

/// A scalar of the scope without questions whose answer is known. Below AND and OR a condition stays a condition.
fn simpler(
    arena: &mut Arena,
    known: &mut Known,
    scope: &Scope,
    truths: &[ScalarId],
    id: ScalarId,
    condition: bool,
) -> ScalarId {
    let junction = matches!(arena.as_call(id), Some(("and" | "or", _)));
    let inner = condition && junction;
    let id = arena.map_scalar(
        id,
        &mut |arena, child| simpler(arena, known, scope, truths, child, inner),
        &mut |_, rel| rel,
    );
    asked(arena, known, scope, truths, id, condition).unwrap_or(id)
}

fn asked(
    arena: &mut Arena,
    known: &mut Known,
    scope: &Scope,
    truths: &[ScalarId],
    id: ScalarId,
    condition: bool,
) -> Option<ScalarId> {
    let (name, args) = arena.as_call(id)?;
    let (name, args) = (name.to_owned(), args.to_vec());
    let mut never_null = |arena: &Arena, id: ScalarId| {
        let grounds = scope.not_null(arena, id, truths)?;
        known.used.add(&grounds);
        Some(())
    };
    match (name.as_str(), args.as_slice()) {
        ("is-null", &[value]) => {
            never_null(arena, value)?;
            Some(arena.literal(Literal::Bool(false)))
        }
        ("is-not-distinct", &[one, two]) => {
            // If one is not NULL, the other must not be, either.
            if condition && (never_null(arena, one).is_some() || never_null(arena, two).is_some()) {
                return Some(arena.call("eq", args));
            }
            never_null(arena, one)?;
            never_null(arena, two)?;
            Some(arena.call("eq", args))
        }
        ("is-distinct", &[one, two]) => {
            never_null(arena, one)?;
            never_null(arena, two)?;
            let equal = arena.call("eq", args);
            Some(arena.call("not", vec![equal]))
        }
        ("is-true", &[value]) => {
            never_null(arena, value)?;
            Some(value)
        }
        ("is-false", &[value]) => {
            never_null(arena, value)?;
            Some(arena.call("not", vec![value]))
        }
        ("eq" | "le", &[one, two]) if one == two => {
            same(arena, id, one, condition, true, never_null)
        }
        ("lt", &[one, two]) if one == two => same(arena, id, one, condition, false, never_null),
        ("coalesce", all) => {
            let at = all.iter().position(|arg| scope.not_null(arena, *arg, truths).is_some())?;
            if at + 1 == all.len() {
                return None;
            }
            let kept = &all[..=at];
            // What is never asked for still has a say in the type.
            let alike = |id: &ScalarId| scope.type_of(arena, *id) == scope.type_of(arena, all[at]);
            let known_type = scope.type_of(arena, all[at]) != plumb_ir::Type::Unknown;
            if !known_type || !all[at + 1..].iter().all(alike) {
                return None;
            }
            never_null(arena, all[at])?;
            let kept = kept.to_vec();
            Some(if kept.len() == 1 { kept[0] } else { arena.call("coalesce", kept) })
        }
        _ => None,
    }
}

/// A comparison of something with itself; as a condition it only asks whether it is NULL.
fn same(
    arena: &mut Arena,
    comparison: ScalarId,
    value: ScalarId,
    condition: bool,
    holds: bool,
    mut never_null: impl FnMut(&Arena, ScalarId) -> Option<()>,
) -> Option<ScalarId> {
    if crate::obstacle::volatile(arena, comparison) {
        return None;
    }
    if condition && !holds || never_null(arena, value).is_some() {
        return Some(arena.literal(Literal::Bool(holds)));
    }
    if condition {
        let null = arena.call("is-null", vec![value]);
        return Some(arena.call("not", vec![null]));
    }
    None
}
