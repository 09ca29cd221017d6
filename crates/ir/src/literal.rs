//! Constants.

use serde::{Deserialize, Serialize};

use crate::Type;

/// A constant. Numbers keep their exact digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Literal {
    /// NULL.
    Null,
    /// TRUE or FALSE.
    Bool(bool),
    /// A whole number.
    Integer(i128),
    /// An exact number with a point: `units` × 10^-`scale`, in lowest scale.
    Decimal {
        /// All digits.
        units: i128,
        /// Digits after the point.
        scale: u32,
    },
    /// A number with an exponent, or with more digits than an exact one can hold, as written.
    Float(String),
    /// A text.
    Text(String),
    /// Bytes, in hexadecimal.
    Bytes(String),
    /// A text with a type in front: `DATE '2026-01-31'`.
    Typed(Type, String),
    /// A span of time, amount and unit as written, in lower case.
    Interval(String),
}

impl Literal {
    /// Reads a number as SQL writes it.
    pub fn number(text: &str) -> Self {
        let text = text.trim();
        if let Ok(number) = text.parse::<i128>() {
            return Self::Integer(number);
        }
        let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        if let (true, Some((whole, part))) = (plain, digits.split_once('.')) {
            let part = part.trim_end_matches('0');
            if let (Ok(units), Ok(scale)) =
                (format!("{sign}0{whole}{part}").parse::<i128>(), u32::try_from(part.len()))
            {
                return Self::Decimal { units, scale };
            }
        }
        Self::Float(text.to_ascii_lowercase())
    }

    /// Whether it is NULL.
    pub fn is_null(&self) -> bool {
        *self == Self::Null
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits() {
        assert_eq!(Literal::number("7"), Literal::Integer(7));
        assert_eq!(Literal::number("0.50"), Literal::Decimal { units: 5, scale: 1 });
        assert_eq!(Literal::number("-0.5"), Literal::Decimal { units: -5, scale: 1 });
        assert_eq!(Literal::number(".5"), Literal::number("0.5"));
        assert_eq!(Literal::number("3.00"), Literal::Decimal { units: 3, scale: 0 });
        assert_eq!(Literal::number("1E3"), Literal::Float("1e3".to_owned()));
    }
}
