//! Money in integers: a currency and a count of its billionths.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An ISO 4217 code such as `USD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Currency([u8; 3]);

impl Currency {
    /// United States dollar.
    pub const USD: Self = Self(*b"USD");

    /// Reads a code of three ASCII letters.
    pub fn parse(code: &str) -> Option<Self> {
        let bytes: [u8; 3] = code.as_bytes().try_into().ok()?;
        bytes
            .iter()
            .all(u8::is_ascii_alphabetic)
            .then(|| Self(bytes.map(|b| b.to_ascii_uppercase())))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.0).unwrap_or("???"))
    }
}

/// Billionths of a currency's unit.
pub type Nanos = i128;

/// An amount in one currency. Amounts of two currencies are never added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Money {
    /// The currency.
    pub currency: Currency,
    /// Billionths of its unit.
    pub nanos: Nanos,
}

impl fmt::Display for Money {
    /// Whole units, rounded half away from zero, with thousands set apart: `$2,060`, `EUR 12`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNIT: Nanos = 1_000_000_000;
        let rounded = (self.nanos.abs() + UNIT / 2) / UNIT;
        let digits = rounded.to_string();
        let mut grouped = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let sign = if self.nanos < 0 && rounded > 0 { "−" } else { "" };
        if self.currency == Currency::USD {
            write!(f, "{sign}${grouped}")
        } else {
            write!(f, "{sign}{} {grouped}", self.currency)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_whole_units() {
        let money = |nanos| Money { currency: Currency::USD, nanos }.to_string();
        assert_eq!(money(2_059_500_000_000), "$2,060");
        assert_eq!(money(-400_000_000), "$0");
        assert_eq!(money(-1_234_567_000_000_000), "−$1,234,567");
    }
}
