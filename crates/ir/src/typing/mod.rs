//! Types of scalars: what follows from tables, constants and casts, in whichever dialect a plan was written.
//!
//! [`Type::Unknown`] is said wherever two dialects could differ. `Decimal(None)` says "exact, with so many digits
//! as nobody knows": two of them need not be one type.

use crate::{Arena, Field, Literal, ResultType, Scalar, ScalarId, Type, function};

mod common;
mod counted;
#[cfg(test)]
mod laws;
mod nullable;

pub use common::least_common;
pub use counted::{is_counted, is_counted_type};
pub use nullable::{keeps_values, nullable};

/// The type of the column of an input, by scopes to go out, input and field.
pub type ColumnType<'a> = dyn Fn(u32, u32, Field) -> Type + 'a;

/// The type of a scalar.
///
/// `columns` is asked for columns of the scope the scalar stands in (depth 0) and of those around it.
pub fn type_of(arena: &Arena, scalar: ScalarId, columns: &ColumnType<'_>) -> Type {
    known(arena, scalar, columns).into_type()
}

/// What is known of a value: more than its type, as constants take the type that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Known {
    /// NULL, of any type.
    Null,
    /// A whole number no wider than the narrowest type that dialects give to a small constant.
    Whole,
    /// A number written out, of a type the dialect chooses.
    Number,
    /// A value of a type.
    Type(Type),
}

impl Known {
    const UNKNOWN: Self = Self::Type(Type::Unknown);

    fn into_type(self) -> Type {
        match self {
            Self::Type(known) => known,
            Self::Null | Self::Whole | Self::Number => Type::Unknown,
        }
    }

    /// The same kind of value from a function: some dialects forget digits and lengths on the way.
    fn loosened(self) -> Self {
        match self {
            Self::Type(Type::Decimal(_)) => Self::Type(Type::Decimal(None)),
            Self::Type(Type::Other(_)) => Self::UNKNOWN,
            other @ (Self::Null | Self::Whole | Self::Number | Self::Type(_)) => other,
        }
    }
}

pub(crate) fn known(arena: &Arena, scalar: ScalarId, columns: &ColumnType<'_>) -> Known {
    match arena.get_scalar(scalar) {
        Scalar::Column { depth, input, field } => Known::Type(columns(*depth, *input, *field)),
        Scalar::Literal(literal) => constant(literal),
        Scalar::Call { function, args }
        | Scalar::Aggregate { function, args, .. }
        | Scalar::Window { function, args, .. } => {
            let args: Vec<Known> = args.iter().map(|arg| known(arena, *arg, columns)).collect();
            result(arena.name(*function), &args)
        }
        Scalar::Case { branches, otherwise } => {
            let results = branches.iter().map(|(_, result)| *result).chain(*otherwise);
            common::of(results.map(|result| known(arena, result, columns)))
        }
        Scalar::Cast { to, .. } => Known::Type(to.clone()),
        Scalar::Exists(_) | Scalar::In { .. } => Known::Type(Type::Bool),
        Scalar::Either { .. }
        | Scalar::Subquery(_)
        | Scalar::Lambda { .. }
        | Scalar::Param(_)
        | Scalar::Hole { .. } => Known::UNKNOWN,
    }
}

fn constant(literal: &Literal) -> Known {
    Known::Type(match literal {
        Literal::Null => return Known::Null,
        Literal::Integer(number) if i32::try_from(*number).is_ok() => return Known::Whole,
        Literal::Integer(_) | Literal::Decimal { .. } | Literal::Float(_) => return Known::Number,
        Literal::Bool(_) => Type::Bool,
        Literal::Text(_) => Type::Text,
        Literal::Bytes(_) => Type::Bytes,
        Literal::Typed(known, _) => known.clone(),
        Literal::Interval(_) => Type::Interval,
    })
}

/// The type of a call.
fn result(name: &str, args: &[Known]) -> Known {
    let Some(rule) = function(name).and_then(|it| it.result.as_ref()) else {
        return Known::UNKNOWN;
    };
    let arg = |at: usize| args.get(at).cloned().unwrap_or(Known::UNKNOWN);
    match rule {
        ResultType::Always(known) => Known::Type(known.clone()),
        ResultType::Where(known, at) => {
            let known = Known::Type(known.clone());
            if arg(*at) == known { known } else { Known::UNKNOWN }
        }
        ResultType::Same(at) => arg(*at).loosened(),
        ResultType::Common => common::of(args.iter().cloned()),
        ResultType::Alike(positions) => {
            let listed = positions.iter().filter_map(|at| args.get(*at));
            let all: Vec<&Known> =
                if positions.is_empty() { args.iter().collect() } else { listed.collect() };
            let mut kinds = all.into_iter().filter(|arg| **arg != Known::Null);
            let first = kinds.next().cloned().unwrap_or(Known::Null);
            if kinds.all(|other| *other == first) { first.loosened() } else { Known::UNKNOWN }
        }
        ResultType::List => match arg(0) {
            Known::Type(Type::Unknown | Type::Other(_)) => Known::UNKNOWN,
            Known::Type(item) => Known::Type(Type::Array(Box::new(item))),
            Known::Null | Known::Whole | Known::Number => Known::UNKNOWN,
        },
        ResultType::Number => arithmetic(args),
        ResultType::Quotient => match arithmetic(args) {
            // How many digits a quotient has is the dialect's.
            Known::Type(Type::Decimal(_)) => Known::UNKNOWN,
            other @ (Known::Null | Known::Whole | Known::Number | Known::Type(_)) => other,
        },
        ResultType::Concat => concatenation(args),
    }
}

/// Numbers give numbers: of the wider whole type, exact if one is, floating if one is.
fn arithmetic(args: &[Known]) -> Known {
    if args.contains(&Known::Null) || !args.iter().all(common::is_number) {
        return Known::UNKNOWN;
    }
    let narrow = |arg: &Known| matches!(arg, Known::Type(Type::Int(bits)) if *bits < 32);
    match args {
        [one] => one.clone().loosened(),
        // What becomes of two small numbers is the dialect's.
        _ if args.iter().any(narrow) => Known::UNKNOWN,
        _ => common::of(args.iter().cloned()).loosened(),
    }
}

/// Texts give texts, and make texts of other plain values; lists are put together, too.
fn concatenation(args: &[Known]) -> Known {
    let text = Known::Type(Type::Text);
    let plain = |arg: &Known| *arg == Known::Null || common::family(arg).is_some();
    if args.contains(&text) && args.iter().all(plain) { text } else { Known::UNKNOWN }
}
