//! Decimal numbers as exports write them, exactly: quantities that a bill counts.

use serde::{Deserialize, Serialize};

use crate::Nanos;

/// Places after the point.
const PLACES: i32 = 18;

/// One, in units of the last place.
const ONE: i128 = 1_000_000_000_000_000_000;

/// A number with eighteen places after the point; what is written finer is rounded, half away from zero.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Decimal(i128);

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self(0);

    /// What sums become that no number can say: whatever is made of it is too large as well.
    const TOO_LARGE: Self = Self(i128::MAX);

    /// So many billionths.
    pub fn of_nanos(nanos: Nanos) -> Self {
        nanos.checked_mul(1_000_000_000).map_or(Self::TOO_LARGE, Self)
    }

    /// So many units of the last place, which is the eighteenth after the point.
    pub fn of_units(units: i128) -> Self {
        Self(units)
    }

    /// In units of the last place.
    pub fn units(self) -> i128 {
        self.0
    }

    /// Reads `12.5`, `-0.000001` or `1.2E-05`. Anything else, such as `1,000`, is no number.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        if !(-400..=400).contains(&exponent) {
            return None;
        }
        let (negative, digits) = match mantissa.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let mut value: i128 = 0;
        let point = i32::try_from(whole.len()).ok()?;
        for (at, digit) in whole.bytes().chain(fraction.bytes()).enumerate() {
            let digit = i128::from(digit.is_ascii_digit().then(|| digit - b'0')?);
            // How many places after the point this digit stands, once the exponent has moved the point.
            let place = i32::try_from(at).ok()? - point + 1 - exponent;
            if place <= PLACES {
                value = value.checked_mul(10)?.checked_add(digit)?;
            } else if place == PLACES + 1 && digit >= 5 {
                value = value.checked_add(1)?;
            }
        }
        let written = i32::try_from(fraction.len()).ok()? - exponent;
        for _ in written..PLACES {
            if value == 0 {
                break;
            }
            value = value.checked_mul(10)?;
        }
        Some(Self(if negative { -value } else { value })).filter(|it| !it.is_too_large())
    }

    /// In billionths, rounded half away from zero.
    pub fn nanos(self) -> Nanos {
        rounded(self.0, 1_000_000_000)
    }

    /// Times a price per unit, rounded half away from zero to a billionth.
    pub fn at_price(self, price: Nanos) -> Option<Nanos> {
        // A product may pass 128 bits: whole units first, the rest after.
        let (whole, rest) = (self.0 / ONE, self.0 % ONE);
        let rest = rounded(rest.checked_mul(price)?, ONE);
        whole.checked_mul(price)?.checked_add(rest)
    }

    /// Times a price per unit, exactly, in units of a billionth of the last place; `None` past 128 bits.
    pub fn product(self, price: Nanos) -> Option<i128> {
        self.0.checked_mul(price)
    }

    /// Billionths of a sum of products, rounded half away from zero.
    pub fn nanos_of_products(sum: i128) -> Nanos {
        rounded(sum, ONE)
    }

    /// The sum with another; see [`Self::is_too_large`].
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        self.with(other, i128::checked_add)
    }

    /// The difference to another; see [`Self::is_too_large`].
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        self.with(other, i128::checked_sub)
    }

    fn with(self, other: Self, make: fn(i128, i128) -> Option<i128>) -> Self {
        if self.is_too_large() || other.is_too_large() {
            return Self::TOO_LARGE;
        }
        make(self.0, other.0).map_or(Self::TOO_LARGE, Self)
    }

    /// Whether something that it was made of passed what a number can say: then it says nothing.
    pub fn is_too_large(self) -> bool {
        self == Self::TOO_LARGE
    }

    /// Whether it is below zero.
    pub fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Its tenth, rounded down to a unit of the last place.
    #[must_use]
    pub fn tenth(self) -> Self {
        if self.is_too_large() { self } else { Self(self.0 / 10) }
    }
}

impl std::iter::Sum for Decimal {
    fn sum<I: Iterator<Item = Self>>(numbers: I) -> Self {
        numbers.fold(Self::ZERO, Self::plus)
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let size = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        let one = ONE.unsigned_abs();
        let fraction = format!("{:018}", size % one);
        let fraction = fraction.trim_end_matches('0');
        let point = if fraction.is_empty() { "" } else { "." };
        write!(f, "{sign}{}{point}{fraction}", size / one)
    }
}

fn rounded(value: i128, unit: i128) -> i128 {
    let (whole, rest) = (value / unit, value % unit);
    let up = rest.unsigned_abs() * 2 >= unit.unsigned_abs();
    whole + if up { value.signum() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        Decimal::parse(text).map(|number| number.to_string())
    }

    #[test]
    fn numbers_are_read_as_they_are_written() {
        for (text, value) in [
            ("12", "12"),
            ("-0.50", "-0.5"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1.2E-05", "0.000012"),
            ("1.5e3", "1500"),
            ("0.0000000000000000005", "0.000000000000000001"),
            ("0.0000000000000000004", "0"),
            ("0.016666666666666666", "0.016666666666666666"),
            ("0e300", "0"),
        ] {
            assert_eq!(read(text).as_deref(), Some(value), "{text}");
        }
        for text in
            ["", ".", "-", "1,000", "1 000", "abc", "1e", "1e999", "0x1", "1e30", "NaN", "--1"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_too_large_stays_so() {
        let most = Decimal::parse("1.7e20").unwrap();
        let sum = most.plus(most);
        assert!(sum.is_too_large() && !most.is_too_large());
        assert!(sum.minus(most).is_too_large() && most.minus(sum).tenth().is_too_large());
        assert!(Decimal::of_nanos(i128::MAX).is_too_large());
    }

    #[test]
    fn prices_are_exact_to_a_billionth() {
        let number = |text| Decimal::parse(text).unwrap();
        assert_eq!(number("1.5").at_price(3_000_000_000), Some(4_500_000_000));
        assert_eq!(number("0.0000000005").at_price(1_000_000_000), Some(1));
        assert_eq!(number("-0.0000000005").at_price(1_000_000_000), Some(-1));
        assert_eq!(
            number("1000000000000").at_price(55_000_000_000),
            Some(55_000_000_000_000_000_000_000)
        );
        assert_eq!(number("0.1").plus(number("0.2")).nanos(), 300_000_000);
    }
}
