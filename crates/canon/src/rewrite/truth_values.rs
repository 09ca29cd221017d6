//! Truth values are not compared with constants, and a condition is not asked whether it is true.

use plumb_ir::{Arena, Literal, RelId, Scalar, ScalarId, Type};

use crate::{
    Apply, Known, Rewrite, Stage,
    walk::{Rule, Site, simplified},
};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "truth-values",
    stage: Stage::Predicates,
    page: include_str!("truth_values.md"),
    apply: Apply::Known(apply),
};

fn apply(arena: &mut Arena, known: &mut Known, rel: RelId) -> Option<RelId> {
    simplified(arena, known, rel, &RULE)
}

static RULE: Rule = Rule {
    looks_at: &[
        "and",
        "case",
        "eq",
        "is-distinct",
        "is-false",
        "is-not-distinct",
        "is-true",
        "not",
        "or",
    ],
    around: &[],
    apply: plainer,
};

fn plainer(arena: &mut Arena, _: &mut Known, site: &Site<'_>, id: ScalarId) -> Option<ScalarId> {
    if let Scalar::Case { branches, otherwise } = arena.get_scalar(id) {
        let &[(when, then)] = branches.as_slice() else { return None };
        let otherwise = *otherwise;
        return case(arena, site, (when, then), otherwise);
    }
    let is_bool = |arena: &Arena, id: ScalarId| site.scope.type_of(arena, id) == Type::Bool;
    match arena.as_call(id)? {
        ("and" | "or", &[one]) => is_bool(arena, one).then_some(one),
        ("eq", &[one, two]) => {
            let (value, constant) = constant_last(arena, one, two)?;
            let Some(Literal::Bool(wanted)) = arena.as_literal(constant) else { return None };
            let wanted = *wanted;
            is_bool(arena, value).then(|| super::signed(arena, value, wanted))
        }
        (name @ ("is-not-distinct" | "is-distinct"), &[one, two]) => {
            let holds = name == "is-not-distinct";
            let (value, constant) = constant_last(arena, one, two)?;
            let asked = match arena.as_literal(constant)? {
                Literal::Null => arena.call("is-null", vec![value]),
                Literal::Bool(true) if is_bool(arena, value) => arena.call("is-true", vec![value]),
                Literal::Bool(false) if is_bool(arena, value) => {
                    arena.call("is-false", vec![value])
                }
                _ => return None,
            };
            Some(super::signed(arena, asked, holds))
        }
        ("not", &[inner]) => {
            let (name, inner) = arena.as_call(inner)?;
            let doubled = name == "not" && is_bool(arena, inner[0]);
            doubled.then(|| inner[0])
        }
        ("is-true", &[value]) if site.condition => is_bool(arena, value).then_some(value),
        ("is-false", &[value]) if site.condition => {
            is_bool(arena, value).then(|| arena.call("not", vec![value]))
        }
        _ => None,
    }
}

/// The argument that is no constant before the one that is.
fn constant_last(arena: &Arena, one: ScalarId, two: ScalarId) -> Option<(ScalarId, ScalarId)> {
    match (arena.as_literal(one), arena.as_literal(two)) {
        (None, Some(_)) => Some((one, two)),
        (Some(_), None) => Some((two, one)),
        _ => None,
    }
}

/// A choice between truth values is a formula.
fn case(
    arena: &mut Arena,
    site: &Site<'_>,
    (when, then): (ScalarId, ScalarId),
    otherwise: Option<ScalarId>,
) -> Option<ScalarId> {
    let is_bool = |id: ScalarId| site.scope.type_of(arena, id) == Type::Bool;
    let constant = |id: Option<ScalarId>| match id.map(|id| arena.as_literal(id)) {
        None | Some(Some(Literal::Null)) => Some(None),
        Some(Some(Literal::Bool(value))) => Some(Some(*value)),
        Some(_) => None,
    };
    let (yes, no) = (constant(Some(then)), constant(otherwise));
    if !is_bool(when) {
        return None;
    }
    match (yes, no) {
        (Some(Some(true)), Some(Some(false))) => Some(arena.call("is-true", vec![when])),
        (Some(Some(false)), Some(Some(true))) => {
            let holds = arena.call("is-true", vec![when]);
            Some(arena.call("not", vec![holds]))
        }
        // As a condition, what is not true is as good as false.
        (_, Some(None | Some(false))) if site.condition && is_bool(then) => {
            Some(arena.call("and", vec![when, then]))
        }
        (Some(Some(true)), None) if site.condition && otherwise.is_some_and(is_bool) => {
            Some(arena.call("or", vec![when, otherwise?]))
        }
        (Some(Some(false) | None), _) if site.condition && otherwise.is_some_and(is_bool) => {
            let holds = arena.call("is-true", vec![when]);
            let not = arena.call("not", vec![holds]);
            Some(arena.call("and", vec![not, otherwise?]))
        }
        _ => None,
    }
}
