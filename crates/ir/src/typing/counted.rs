//! Which values are numbers or times, even where nobody tells their types.

use super::{ColumnType, type_of};
use crate::{Arena, Literal, Scalar, ScalarId, Type};

/// Calls and aggregates that give numbers or times, if anything.
const ARITHMETIC: [&str; 14] = [
    "abs",
    "add",
    "avg",
    "count",
    "date-diff",
    "div",
    "div-floor",
    "div-int",
    "length",
    "mod",
    "mul",
    "neg",
    "sub",
    "sum",
];

/// Whether a value is known to be a number or a time: no text, no list, no NULL of any type.
pub fn is_counted(arena: &Arena, scalar: ScalarId, columns: &ColumnType<'_>) -> bool {
    let node = arena.get_scalar(scalar);
    if let Scalar::Literal(Literal::Integer(_) | Literal::Decimal { .. } | Literal::Float(_)) = node
    {
        return true;
    }
    if let Scalar::Case { branches, otherwise } = node {
        let mut results = branches.iter().map(|(_, then)| *then).chain(*otherwise);
        return results.any(|result| is_counted(arena, result, columns));
    }
    if let Some(("coalesce", args)) = arena.as_call(scalar) {
        return args.iter().any(|arg| is_counted(arena, *arg, columns));
    }
    if let Scalar::Call { function, .. }
    | Scalar::Aggregate { function, .. }
    | Scalar::Window { function, .. } = node
        && ARITHMETIC.contains(&arena.name(*function))
    {
        return true;
    }
    is_counted_type(&type_of(arena, scalar, columns))
}

/// Whether values of a type are numbers or times.
pub fn is_counted_type(data_type: &Type) -> bool {
    matches!(
        data_type,
        Type::Int(_)
            | Type::Decimal(_)
            | Type::Float(_)
            | Type::Date
            | Type::Timestamp
            | Type::TimestampZoned
            | Type::TimestampLocal
            | Type::Interval
            | Type::Time
    )
}
