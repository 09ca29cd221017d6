//! Types: a small lattice. Unknown is contagious but never wrong.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A type, without a dialect's spelling.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Type {
    /// Not known.
    Unknown,
    /// TRUE or FALSE.
    Bool,
    /// A whole number of so many bits.
    Int(u16),
    /// An exact number: precision and scale, where given.
    Decimal(Option<(u32, u32)>),
    /// A floating-point number of so many bits.
    Float(u16),
    /// A text; a length is not kept, as no warehouse cuts on it in a query.
    Text,
    /// Bytes.
    Bytes,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A moment without a zone.
    Timestamp,
    /// A moment with a zone.
    TimestampZoned,
    /// A moment shown in the session's zone.
    TimestampLocal,
    /// A span of time.
    Interval,
    /// A semi-structured value.
    Variant,
    /// A list.
    Array(Box<Self>),
    /// A type plumb has no word for, in the user's spelling, lower case.
    Other(String),
}

impl Type {
    /// Reads a canonical spelling, as [`fmt::Display`] writes it.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(inner) = text.strip_prefix("array<").and_then(|rest| rest.strip_suffix('>')) {
            return Some(Self::Array(Box::new(Self::parse(inner)?)));
        }
        if let Some(name) = text.strip_prefix("other<").and_then(|rest| rest.strip_suffix('>')) {
            return Some(Self::Other(name.to_owned()));
        }
        if let Some(inner) = text.strip_prefix("decimal<").and_then(|rest| rest.strip_suffix('>')) {
            let (precision, scale) = inner.split_once(',')?;
            return Some(Self::Decimal(Some((precision.parse().ok()?, scale.parse().ok()?))));
        }
        Some(match text {
            "unknown" => Self::Unknown,
            "bool" => Self::Bool,
            "int8" => Self::Int(8),
            "int16" => Self::Int(16),
            "int32" => Self::Int(32),
            "int64" => Self::Int(64),
            "decimal" => Self::Decimal(None),
            "float32" => Self::Float(32),
            "float64" => Self::Float(64),
            "text" => Self::Text,
            "bytes" => Self::Bytes,
            "date" => Self::Date,
            "time" => Self::Time,
            "timestamp" => Self::Timestamp,
            "timestamp-zoned" => Self::TimestampZoned,
            "timestamp-local" => Self::TimestampLocal,
            "interval" => Self::Interval,
            "variant" => Self::Variant,
            _ => return None,
        })
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("unknown"),
            Self::Bool => f.write_str("bool"),
            Self::Int(bits) => write!(f, "int{bits}"),
            Self::Decimal(None) => f.write_str("decimal"),
            Self::Decimal(Some((precision, scale))) => write!(f, "decimal<{precision},{scale}>"),
            Self::Float(bits) => write!(f, "float{bits}"),
            Self::Text => f.write_str("text"),
            Self::Bytes => f.write_str("bytes"),
            Self::Date => f.write_str("date"),
            Self::Time => f.write_str("time"),
            Self::Timestamp => f.write_str("timestamp"),
            Self::TimestampZoned => f.write_str("timestamp-zoned"),
            Self::TimestampLocal => f.write_str("timestamp-local"),
            Self::Interval => f.write_str("interval"),
            Self::Variant => f.write_str("variant"),
            Self::Array(inner) => write!(f, "array<{inner}>"),
            Self::Other(name) => write!(f, "other<{name}>"),
        }
    }
}
