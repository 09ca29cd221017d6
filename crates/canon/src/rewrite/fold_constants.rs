//! Constants are computed.

use std::mem::discriminant;

use plumb_ir::{Arena, Literal, Scalar, ScalarId};

use crate::{Apply, Rewrite, Stage};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "fold-constants",
    stage: Stage::Scalars,
    page: include_str!("fold_constants.md"),
    apply: Apply::Scalar(apply),
};

fn apply(arena: &mut Arena, scalar: ScalarId) -> Option<ScalarId> {
    let node = arena.get_scalar(scalar);
    if let Scalar::Call { function, args } = node {
        let name = arena.name(*function);
        if name == "coalesce" {
            let args = args.clone();
            return coalesce(arena, &args);
        }
        let literals: Option<Vec<&Literal>> =
            args.iter().map(|arg| arena.as_literal(*arg)).collect();
        let literals: Vec<Literal> = literals?.into_iter().cloned().collect();
        let folded = call(name, &literals)?;
        return Some(arena.literal(folded));
    }
    if let Scalar::Case { branches, otherwise } = node {
        let (branches, otherwise) = (branches.clone(), *otherwise);
        return case(arena, &branches, otherwise);
    }
    // What has a type already is not changed by a cast to it.
    if let Scalar::Cast { value, to, .. } = node
        && let Scalar::Cast { to: inner, .. } = arena.get_scalar(*value)
    {
        return (inner == to).then_some(*value);
    }
    None
}

/// Exact numbers only: nothing here rounds, overflows or depends on a collation.
fn call(name: &str, args: &[Literal]) -> Option<Literal> {
    Some(match (name, args) {
        ("add", [Literal::Integer(a), Literal::Integer(b)]) => Literal::Integer(a.checked_add(*b)?),
        ("sub", [Literal::Integer(a), Literal::Integer(b)]) => Literal::Integer(a.checked_sub(*b)?),
        ("mul", [Literal::Integer(a), Literal::Integer(b)]) => Literal::Integer(a.checked_mul(*b)?),
        // Where nothing is left, nothing is rounded.
        ("div-int", [Literal::Integer(a), Literal::Integer(b)]) if *b > 0 && a % b == 0 => {
            Literal::Integer(a / b)
        }
        ("neg", [Literal::Integer(a)]) => Literal::Integer(a.checked_neg()?),
        ("neg", [Literal::Decimal { units, scale }]) => {
            Literal::Decimal { units: units.checked_neg()?, scale: *scale }
        }
        ("eq" | "lt" | "le", [Literal::Null, _] | [_, Literal::Null]) => Literal::Null,
        ("eq", [one, two]) if one.differs(two) => Literal::Bool(false),
        ("eq", [one, two]) => Literal::Bool(one.compared(two)?.is_eq()),
        ("lt", [one, two]) => Literal::Bool(one.compared(two)?.is_lt()),
        ("le", [one, two]) => Literal::Bool(one.compared(two)?.is_le()),
        ("is-null", [literal]) => Literal::Bool(literal.is_null()),
        ("lower", [Literal::Text(text)]) if text.is_ascii() => {
            Literal::Text(text.to_ascii_lowercase())
        }
        ("upper", [Literal::Text(text)]) if text.is_ascii() => {
            Literal::Text(text.to_ascii_uppercase())
        }
        ("concat", [Literal::Text(a), Literal::Text(b)]) => Literal::Text(format!("{a}{b}")),
        _ => return None,
    })
}

/// Nested ones as one; NULLs say nothing, and no constant behind a constant is looked at.
///
/// What is not a constant of the same kind stays behind it: it may decide the type, and with it how the result
/// is divided or printed.
fn coalesce(arena: &mut Arena, args: &[ScalarId]) -> Option<ScalarId> {
    let mut parts: Vec<ScalarId> = Vec::new();
    for arg in args {
        let inner = match arena.as_call(*arg) {
            Some(("coalesce", inner)) => inner.to_vec(),
            _ => vec![*arg],
        };
        for part in inner {
            match arena.as_literal(part) {
                Some(Literal::Null) => {}
                Some(literal) => {
                    let settled = |other: &ScalarId| {
                        arena.as_literal(*other).is_some_and(|it| alike(it, literal))
                    };
                    if !parts.iter().any(settled) {
                        parts.push(part);
                    }
                }
                None if parts.contains(&part) => {}
                None => parts.push(part),
            }
        }
    }
    match parts.as_slice() {
        [] => Some(arena.literal(Literal::Null)),
        [one] => Some(*one),
        _ if parts == args => None,
        _ => Some(arena.call("coalesce", parts)),
    }
}

/// Whether two constants are of one type, as far as one can see.
fn alike(one: &Literal, two: &Literal) -> bool {
    match (one, two) {
        (Literal::Typed(one, _), Literal::Typed(two, _)) => one == two,
        (Literal::Decimal { scale: one, .. }, Literal::Decimal { scale: two, .. }) => one == two,
        (one, two) => discriminant(one) == discriminant(two),
    }
}

/// Branches that are never taken go; one that always is ends the list; ELSE NULL is no ELSE.
///
/// Only where all results are NULLs or constants of one kind: a result that is never given still has a say in
/// the type.
fn case(
    arena: &mut Arena,
    branches: &[(ScalarId, ScalarId)],
    otherwise: Option<ScalarId>,
) -> Option<ScalarId> {
    let results = branches.iter().map(|(_, then)| *then).chain(otherwise);
    let literals: Option<Vec<&Literal>> = results.map(|id| arena.as_literal(id)).collect();
    let one_type = literals.is_some_and(|mut literals| {
        literals.retain(|literal| !literal.is_null());
        literals.windows(2).all(|pair| alike(pair[0], pair[1]))
    });
    let mut kept: Vec<(ScalarId, ScalarId)> = Vec::new();
    let mut last =
        otherwise.filter(|value| !arena.as_literal(*value).is_some_and(Literal::is_null));
    for (when, then) in branches {
        match arena.as_literal(*when) {
            Some(Literal::Bool(false) | Literal::Null) if one_type => {}
            Some(Literal::Bool(true)) if one_type => {
                last = Some(*then)
                    .filter(|value| !arena.as_literal(*value).is_some_and(Literal::is_null));
                break;
            }
            _ => kept.push((*when, *then)),
        }
    }
    if kept.is_empty() {
        return Some(last.unwrap_or_else(|| arena.literal(Literal::Null)));
    }
    if kept == branches && last == otherwise {
        return None;
    }
    Some(arena.scalar(Scalar::Case { branches: kept, otherwise: last }))
}
