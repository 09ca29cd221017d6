//! Whether a scalar may be NULL.

use crate::{
    Arena, Field, GivesNull, Literal, Scalar, ScalarId, Type, function,
    typing::{ColumnType, Known, common, known},
};

/// Functions that give the first of their arguments that is not NULL, or one of those.
const FIRST: &[&str] = &["coalesce", "greatest-skip", "least-skip"];

/// Whether a scalar may be NULL; it may, where that is not sure.
///
/// Types are asked for, too: a semi-structured value may hold a NULL that is none, a list may hold several, and a
/// text that is no number may become one.
pub fn nullable(
    arena: &Arena,
    scalar: ScalarId,
    columns: &ColumnType<'_>,
    nulls: &dyn Fn(u32, u32, Field) -> bool,
) -> bool {
    let below = |scalar: ScalarId| nullable(arena, scalar, columns, nulls);
    match arena.get_scalar(scalar) {
        Scalar::Column { depth, input, field } => nulls(*depth, *input, *field),
        Scalar::Literal(literal) => *literal == Literal::Null,
        Scalar::Call { function: name, args } => {
            let name = arena.name(*name);
            let gives_null = function(name).map_or(GivesNull::Perhaps, |it| it.gives_null);
            match gives_null {
                _ if FIRST.contains(&name) => args.iter().all(|arg| below(*arg)),
                GivesNull::Never => false,
                GivesNull::ForNull => {
                    !alike(arena, args, columns) || args.iter().any(|arg| below(*arg))
                }
                GivesNull::Perhaps => true,
            }
        }
        Scalar::Case { branches, otherwise } => {
            otherwise.is_none_or(below) || branches.iter().any(|(_, result)| below(*result))
        }
        Scalar::Cast { value, to, .. } => {
            below(*value) || !keeps(&known(arena, *value, columns), to)
        }
        Scalar::Aggregate { function: name, .. } | Scalar::Window { function: name, .. } => {
            function(arena.name(*name)).is_none_or(|it| it.gives_null != GivesNull::Never)
        }
        Scalar::Exists(_) => false,
        Scalar::Either { .. }
        | Scalar::In { .. }
        | Scalar::Subquery(_)
        | Scalar::Lambda { .. }
        | Scalar::Param(_)
        | Scalar::Hole { .. } => true,
    }
}

/// Whether all are plain values of one family, so that nothing is converted on the way.
fn alike(arena: &Arena, args: &[ScalarId], columns: &ColumnType<'_>) -> bool {
    let mut families = args.iter().map(|arg| common::family(&known(arena, *arg, columns)));
    let Some(first) = families.next() else { return true };
    first.is_some() && families.all(|other| other == first)
}

/// Whether a cast between two types gives a value for each value, in every dialect.
pub fn keeps_values(from: &Type, to: &Type) -> bool {
    keeps(&Known::Type(from.clone()), to)
}

/// Whether a cast gives a value for each value, in every dialect.
fn keeps(from: &Known, to: &Type) -> bool {
    match (from, to) {
        (_, Type::Text) => common::family(from).is_some(),
        (Known::Type(Type::Int(from)), Type::Int(to)) => from <= to,
        (Known::Type(Type::Int(_) | Type::Float(_)) | Known::Whole, Type::Float(64)) => true,
        (Known::Type(Type::Date), Type::Timestamp) => true,
        (Known::Type(from), to) => {
            from == to && common::family(&Known::Type(from.clone())).is_some()
        }
        (Known::Null | Known::Whole | Known::Number, _) => false,
    }
}
