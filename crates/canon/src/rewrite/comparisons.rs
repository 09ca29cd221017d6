//! Comparisons written one way: of whole numbers, with what is added on one side, and denied ones.

use plumb_ir::{Arena, Literal, RelId, ScalarId, Type};

use crate::{
    Apply, Known, Rewrite, Stage,
    walk::{Rule, Site, simplified},
};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "comparisons",
    stage: Stage::Predicates,
    page: include_str!("comparisons.md"),
    apply: Apply::Known(apply),
};

fn apply(arena: &mut Arena, known: &mut Known, rel: RelId) -> Option<RelId> {
    simplified(arena, known, rel, &RULE)
}

static RULE: Rule = Rule { looks_at: &["eq", "le", "lt", "not"], around: &[], apply: one_way };

fn one_way(arena: &mut Arena, _: &mut Known, site: &Site<'_>, id: ScalarId) -> Option<ScalarId> {
    let (name, one, two) = match arena.as_call(id)? {
        ("not", &[inner]) => return denied(arena, site, inner),
        ("lt", &[one, two]) => ("lt", one, two),
        ("le", &[one, two]) => ("le", one, two),
        ("eq", &[one, two]) => ("eq", one, two),
        _ => return None,
    };
    let whole = |id: ScalarId| matches!(site.scope.type_of(arena, id), Type::Int(_));
    match (arena.as_literal(one), arena.as_literal(two)) {
        (None, Some(constant)) if whole(one) => {
            let constant = constant.clone();
            with_constant(arena, name, one, &constant, false)
        }
        (Some(constant), None) if whole(two) => {
            let constant = constant.clone();
            with_constant(arena, name, two, &constant, true)
        }
        _ => None,
    }
}

/// A denied order is the other order, where all values have one.
fn denied(arena: &mut Arena, site: &Site<'_>, inner: ScalarId) -> Option<ScalarId> {
    let (name, &[one, two]) = arena.as_call(inner)? else { return None };
    let other = match name {
        "lt" => "le",
        "le" => "lt",
        _ => return None,
    };
    let ordered = |id: ScalarId| {
        let literal =
            matches!(arena.as_literal(id), Some(Literal::Integer(_) | Literal::Decimal { .. }));
        literal
            || !matches!(
                site.scope.type_of(arena, id),
                Type::Unknown | Type::Float(_) | Type::Variant | Type::Other(_)
            )
    };
    (ordered(one) && ordered(two)).then(|| arena.call(other, vec![two, one]))
}

/// A whole number against a constant.
fn with_constant(
    arena: &mut Arena,
    name: &str,
    value: ScalarId,
    constant: &Literal,
    first: bool,
) -> Option<ScalarId> {
    if let Some(constant) = constant.whole()
        && let Some((value, constant, first)) = apart(arena, value, constant, first)
    {
        return Some(compared(arena, name, value, constant, first));
    }
    match (name, first) {
        // 3 < x is 4 <= x, and x < 3 is x <= 2; a bound between two whole numbers is the next of them.
        ("lt", true) => {
            let bound = constant.floor()?.checked_add(1)?;
            Some(compared(arena, "le", value, bound, true))
        }
        ("lt", false) => {
            let bound = match constant.whole() {
                Some(bound) => bound.checked_sub(1)?,
                None => constant.floor()?,
            };
            Some(compared(arena, "le", value, bound, false))
        }
        ("le", true) if !matches!(constant, Literal::Integer(_)) => {
            let bound = match constant.whole() {
                Some(bound) => bound,
                None => constant.floor()?.checked_add(1)?,
            };
            Some(compared(arena, "le", value, bound, true))
        }
        ("le", false) if !matches!(constant, Literal::Integer(_)) => {
            Some(compared(arena, "le", value, constant.floor()?, false))
        }
        ("eq", _) if !matches!(constant, Literal::Integer(_)) => {
            Some(compared(arena, "eq", value, constant.whole()?, first))
        }
        _ => None,
    }
}

fn compared(
    arena: &mut Arena,
    name: &str,
    value: ScalarId,
    constant: i128,
    first: bool,
) -> ScalarId {
    let constant = arena.literal(Literal::Integer(constant));
    let args = if first { vec![constant, value] } else { vec![value, constant] };
    arena.call(name, args)
}

/// What is added to a value taken to the other side: `x + 5 < 9` is `x < 4`.
fn apart(
    arena: &Arena,
    value: ScalarId,
    constant: i128,
    first: bool,
) -> Option<(ScalarId, i128, bool)> {
    let number = |id: ScalarId| match arena.as_literal(id) {
        Some(Literal::Integer(number)) => Some(*number),
        _ => None,
    };
    match arena.as_call(value)? {
        ("add", &[one, two]) => {
            let (value, added) = match (number(one), number(two)) {
                (None, Some(added)) => (one, added),
                (Some(added), None) => (two, added),
                _ => return None,
            };
            Some((value, constant.checked_sub(added)?, first))
        }
        ("sub", &[one, two]) => match (number(one), number(two)) {
            (None, Some(taken)) => Some((one, constant.checked_add(taken)?, first)),
            (Some(from), None) => Some((two, from.checked_sub(constant)?, !first)),
            _ => None,
        },
        ("neg", &[one]) => Some((one, constant.checked_neg()?, !first)),
        _ => None,
    }
}
