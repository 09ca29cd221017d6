//! What NULL does to a scalar.

use plumb_ir::{Arena, Nulls, Scalar, ScalarId, function};

/// Whether a scalar is NULL when every column in it is; a constant is not.
pub(crate) fn null_on_null(arena: &Arena, scalar: ScalarId) -> bool {
    nulled_by(arena, scalar, &|_| true)
}

/// Whether a scalar is NULL when the columns of these inputs are.
pub(crate) fn nulled_by(arena: &Arena, scalar: ScalarId, inputs: &dyn Fn(u32) -> bool) -> bool {
    match arena.get_scalar(scalar) {
        Scalar::Column { depth: 0, input, .. } => inputs(*input),
        Scalar::Either { depth: 0, inputs: several, .. } => {
            several.iter().all(|input| inputs(*input))
        }
        Scalar::Cast { value, .. } => nulled_by(arena, *value, inputs),
        Scalar::Call { function: name, args } => {
            let propagates =
                function(arena.name(*name)).is_some_and(|it| it.nulls == Nulls::Propagate);
            propagates && args.iter().any(|arg| nulled_by(arena, *arg, inputs))
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

/// Whether a condition cannot be true when the columns of these inputs are NULL.
pub(crate) fn rejects(arena: &Arena, condition: ScalarId, inputs: &dyn Fn(u32) -> bool) -> bool {
    match arena.as_call(condition) {
        Some(("not", [inner])) => match arena.as_call(*inner) {
            Some(("is-null", [value])) => nulled_by(arena, *value, inputs),
            _ => nulled_by(arena, condition, inputs),
        },
        Some(("and", args)) => args.iter().any(|arg| rejects(arena, *arg, inputs)),
        Some(("or", args)) => args.iter().all(|arg| rejects(arena, *arg, inputs)),
        // `x IN (a, b)` is NULL or false for a NULL x.
        Some(("in-list", [value, ..])) => nulled_by(arena, *value, inputs),
        // Each half is a conjunct, and one that is NULL is enough.
        Some(("between", args)) => args.iter().any(|arg| nulled_by(arena, *arg, inputs)),
        Some(("is-true", [inner])) => rejects(arena, *inner, inputs),
        _ => nulled_by(arena, condition, inputs),
    }
}
