//! What NULL does to a scalar.

use plumb_ir::{Arena, Nulls, Scalar, ScalarId, function};

/// Whether a scalar is NULL when every column in it is; a constant is not.
pub(crate) fn null_on_null(arena: &Arena, scalar: ScalarId) -> bool {
    nulled_by(arena, scalar, &|leaf| of_inputs(arena, leaf, &|_| true))
}

/// Whether a scalar is NULL when what `leaf` names is.
pub(crate) fn nulled_by(arena: &Arena, scalar: ScalarId, leaf: &dyn Fn(ScalarId) -> bool) -> bool {
    if leaf(scalar) {
        return true;
    }
    match arena.get_scalar(scalar) {
        Scalar::Cast { value, .. } => nulled_by(arena, *value, leaf),
        Scalar::Call { function: name, args } => {
            let propagates =
                function(arena.name(*name)).is_some_and(|it| it.nulls == Nulls::Propagate);
            propagates && args.iter().any(|arg| nulled_by(arena, *arg, leaf))
        }
        Scalar::Column { .. }
        | Scalar::Either { .. }
        | Scalar::Literal(_)
        | Scalar::Case { .. }
        | Scalar::Aggregate { .. }
        | Scalar::Window { .. }
        | Scalar::Exists(_)
        | Scalar::In { .. }
        | Scalar::Subquery(_)
        | Scalar::Lambda { .. }
        | Scalar::Param(_)
        | Scalar::Hole { .. } => false,
    }
}

/// Whether a column, if it is one, is of one of these inputs.
pub(crate) fn of_inputs(arena: &Arena, scalar: ScalarId, inputs: &dyn Fn(u32) -> bool) -> bool {
    match arena.get_scalar(scalar) {
        Scalar::Column { depth: 0, input, .. } => inputs(*input),
        Scalar::Either { depth: 0, inputs: several, .. } => {
            several.iter().all(|input| inputs(*input))
        }
        _ => false,
    }
}

/// Whether a condition cannot be true when what `leaf` names is NULL.
pub(crate) fn rejects(arena: &Arena, condition: ScalarId, leaf: &dyn Fn(ScalarId) -> bool) -> bool {
    match arena.as_call(condition) {
        Some(("not", [inner])) => match arena.as_call(*inner) {
            Some(("is-null", [value])) => nulled_by(arena, *value, leaf),
            _ => nulled_by(arena, condition, leaf),
        },
        Some(("and", args)) => args.iter().any(|arg| rejects(arena, *arg, leaf)),
        Some(("or", args)) => args.iter().all(|arg| rejects(arena, *arg, leaf)),
        // `x IN (a, b)` is NULL or false for a NULL x.
        Some(("in-list", [value, ..])) => nulled_by(arena, *value, leaf),
        // Each half is a conjunct, and one that is NULL is enough.
        Some(("between", args)) => args.iter().any(|arg| nulled_by(arena, *arg, leaf)),
        Some(("is-true", [inner])) => rejects(arena, *inner, leaf),
        _ => nulled_by(arena, condition, leaf),
    }
}
