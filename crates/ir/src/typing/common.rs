//! The least type that two types have in common, where all dialects agree on one.

use crate::{Type, typing::Known};

/// Types that are compared with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Bool,
    Number,
    Text,
    Bytes,
    Day,
    Time,
    Interval,
}

/// The type that values of both types are brought to; unknown where dialects could differ.
pub fn least_common(one: &Type, two: &Type) -> Type {
    use Type::{Date, Decimal, Float, Int, Timestamp, TimestampLocal, TimestampZoned};
    match (one, two) {
        _ if one == two => one.clone(),
        (Int(one), Int(two)) => Int(*one.max(two)),
        (Int(_) | Decimal(_), Decimal(_)) | (Decimal(_), Int(_)) => Decimal(None),
        (Float(64), Int(_) | Decimal(_) | Float(_))
        | (Int(_) | Decimal(_) | Float(_), Float(64)) => Float(64),
        (Date, zoned @ (Timestamp | TimestampZoned | TimestampLocal))
        | (zoned @ (Timestamp | TimestampZoned | TimestampLocal), Date) => zoned.clone(),
        _ => Type::Unknown,
    }
}

/// What several values have in common.
pub(crate) fn of(values: impl Iterator<Item = Known>) -> Known {
    values.reduce(|one, two| pair(&one, &two)).unwrap_or(Known::Null)
}

fn pair(one: &Known, two: &Known) -> Known {
    match (one, two) {
        (Known::Null, other) | (other, Known::Null) => other.clone(),
        (Known::Type(one), Known::Type(two)) => Known::Type(least_common(one, two)),
        (Known::Whole, Known::Whole) => Known::Whole,
        // A small constant is as wide as an `int32` somewhere.
        (Known::Whole, Known::Type(Type::Int(bits)))
        | (Known::Type(Type::Int(bits)), Known::Whole)
            if *bits >= 32 =>
        {
            Known::Type(Type::Int(*bits))
        }
        (Known::Whole, Known::Type(Type::Decimal(_)))
        | (Known::Type(Type::Decimal(_)), Known::Whole) => Known::Type(Type::Decimal(None)),
        (Known::Whole | Known::Number, Known::Type(Type::Float(64)))
        | (Known::Type(Type::Float(64)), Known::Whole | Known::Number) => {
            Known::Type(Type::Float(64))
        }
        (Known::Whole | Known::Number, _) | (_, Known::Whole | Known::Number) => Known::UNKNOWN,
    }
}

/// The family of a plain value.
pub(crate) fn family(value: &Known) -> Option<Family> {
    Some(match value {
        Known::Whole | Known::Number => Family::Number,
        Known::Null => return None,
        Known::Type(known) => match known {
            Type::Bool => Family::Bool,
            Type::Int(_) | Type::Decimal(_) | Type::Float(_) => Family::Number,
            Type::Text => Family::Text,
            Type::Bytes => Family::Bytes,
            Type::Date | Type::Timestamp | Type::TimestampZoned | Type::TimestampLocal => {
                Family::Day
            }
            Type::Time => Family::Time,
            Type::Interval => Family::Interval,
            Type::Unknown | Type::Variant | Type::Array(_) | Type::Other(_) => return None,
        },
    })
}

pub(crate) fn is_number(value: &Known) -> bool {
    family(value) == Some(Family::Number)
}
