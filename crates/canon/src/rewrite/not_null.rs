//! What cannot be NULL is not asked whether it is.

use plumb_ir::{Arena, Literal, RelId, Scalar, ScalarId, Type};

use crate::{
    Apply, Known, Rewrite, Stage,
    walk::{Rule, Site, simplified},
};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "not-null",
    stage: Stage::Predicates,
    page: include_str!("not_null.md"),
    apply: Apply::Known(apply),
};

fn apply(arena: &mut Arena, known: &mut Known, rel: RelId) -> Option<RelId> {
    simplified(arena, known, rel, &RULE)
}

static RULE: Rule = Rule {
    looks_at: &[
        "coalesce",
        "count",
        "eq",
        "is-distinct",
        "is-false",
        "is-not-distinct",
        "is-null",
        "is-true",
        "le",
        "lt",
    ],
    around: &[],
    apply: asked,
};

fn asked(arena: &mut Arena, known: &mut Known, site: &Site<'_>, id: ScalarId) -> Option<ScalarId> {
    if let Scalar::Aggregate { .. } = arena.get_scalar(id) {
        return counted(arena, known, site, id);
    }
    match arena.as_call(id)? {
        ("is-null", &[value]) => {
            never_null(arena, known, site, value)?;
            Some(arena.literal(Literal::Bool(false)))
        }
        ("is-not-distinct", &[one, two]) => {
            let first = never_null(arena, known, site, one);
            // As a condition it is true for two values only, if one never is NULL.
            if !(site.condition && first.is_some()) {
                let second = never_null(arena, known, site, two);
                if !site.condition {
                    first?;
                }
                second?;
            }
            Some(arena.call("eq", vec![one, two]))
        }
        ("is-distinct", &[one, two]) => {
            never_null(arena, known, site, one)?;
            never_null(arena, known, site, two)?;
            let equal = arena.call("eq", vec![one, two]);
            Some(arena.call("not", vec![equal]))
        }
        ("is-true", &[value]) => {
            never_null(arena, known, site, value)?;
            Some(value)
        }
        ("is-false", &[value]) => {
            never_null(arena, known, site, value)?;
            Some(arena.call("not", vec![value]))
        }
        ("eq" | "le", &[one, two]) if one == two => same(arena, known, site, id, one, true),
        ("lt", &[one, two]) if one == two => same(arena, known, site, id, one, false),
        ("coalesce", all) => {
            let all = all.to_vec();
            first_value(arena, known, site, &all)
        }
        _ => None,
    }
}

fn never_null(arena: &Arena, known: &mut Known, site: &Site<'_>, id: ScalarId) -> Option<()> {
    let grounds = site.scope.not_null(arena, id, site.truths)?;
    known.used.add(&grounds);
    Some(())
}

/// A count of what is never NULL counts rows.
fn counted(
    arena: &mut Arena,
    known: &mut Known,
    site: &Site<'_>,
    id: ScalarId,
) -> Option<ScalarId> {
    let node = arena.get_scalar(id);
    let Scalar::Aggregate { function, args, distinct: false, .. } = node else { return None };
    let &[value] = args.as_slice() else { return None };
    if arena.name(*function) != "count" {
        return None;
    }
    let mut node = node.clone();
    never_null(arena, known, site, value)?;
    if let Scalar::Aggregate { args, .. } = &mut node {
        args.clear();
    }
    Some(arena.scalar(node))
}

/// A comparison of something with itself; as a condition it only asks whether it is NULL. A float that is no number
/// does not equal itself everywhere.
fn same(
    arena: &mut Arena,
    known: &mut Known,
    site: &Site<'_>,
    comparison: ScalarId,
    value: ScalarId,
    holds: bool,
) -> Option<ScalarId> {
    if arena.is_volatile(comparison) {
        return None;
    }
    if !holds && site.condition {
        return Some(arena.literal(Literal::Bool(false)));
    }
    match site.scope.type_of(arena, value) {
        Type::Float(_) => return None,
        Type::Unknown if !known.facts.one_type => return None,
        _ => {}
    }
    if never_null(arena, known, site, value).is_some() {
        return Some(arena.literal(Literal::Bool(holds)));
    }
    if site.condition {
        let null = arena.call("is-null", vec![value]);
        return Some(arena.call("not", vec![null]));
    }
    None
}

/// What stands behind what is never NULL is never asked for, but has a say in the type.
fn first_value(
    arena: &mut Arena,
    known: &mut Known,
    site: &Site<'_>,
    all: &[ScalarId],
) -> Option<ScalarId> {
    let given = |arg: &ScalarId| site.scope.not_null(arena, *arg, site.truths).is_some();
    let at = all.iter().position(given)?;
    let own = site.scope.type_of(arena, all[at]);
    let alike = |id: &ScalarId| site.scope.type_of(arena, *id) == own;
    if at + 1 == all.len() || own == Type::Unknown || !all[at + 1..].iter().all(alike) {
        return None;
    }
    never_null(arena, known, site, all[at])?;
    let kept = all[..=at].to_vec();
    Some(if kept.len() == 1 { kept[0] } else { arena.call("coalesce", kept) })
}
