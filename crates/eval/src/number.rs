//! Exact numbers, and whether they are of a whole type.
//!
//! Every number is a fraction: no rounding, no dependence on the order of a sum. What an engine rounds is
//! told apart from what it does not by nobody, so no difference rests on it.

use std::{cmp::Ordering, fmt};

/// Whether a number is of a type that holds whole numbers only: the quotient of two such is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberKind {
    /// It is.
    Whole,
    /// It is not.
    Exact,
    /// Nobody knows, or engines differ.
    Open,
}

impl NumberKind {
    /// The kind of a sum, difference or product.
    pub(crate) fn with(self, other: Self) -> Self {
        match (self, other) {
            (Self::Whole, Self::Whole) => Self::Whole,
            (Self::Exact, _) | (_, Self::Exact) => Self::Exact,
            (Self::Open, _) | (_, Self::Open) => Self::Open,
        }
    }
}

/// A fraction in lowest terms. Numbers of different kinds are equal if their values are.
#[derive(Debug, Clone, Copy)]
pub struct Number {
    /// At most 64 bits, so that products of two fit.
    units: i128,
    /// From 1 on, at most 64 bits.
    over: i128,
    kind: NumberKind,
}

/// The largest numerator or denominator.
const MOST: i128 = i64::MAX as i128;

impl Number {
    /// `units` of `over`; `None` for a zero divisor and for what is too large to be exact.
    pub fn new(units: i128, over: i128, kind: NumberKind) -> Option<Self> {
        let divisor = gcd(units.checked_abs()?, over.checked_abs()?);
        if over == 0 || divisor == 0 {
            return None;
        }
        let sign = over.signum();
        let (units, over) = (units / divisor * sign, over / divisor * sign);
        (units.abs() <= MOST && over <= MOST).then_some(Self { units, over, kind })
    }

    /// A whole number.
    pub fn whole(units: i64) -> Self {
        // One below the range of `MOST` is one that no test and no table needs.
        Self { units: i128::from(units.max(-i64::MAX)), over: 1, kind: NumberKind::Whole }
    }

    /// The same value of another kind.
    #[must_use]
    pub fn of(self, kind: NumberKind) -> Self {
        Self { kind, ..self }
    }

    /// What is known of its type.
    pub fn kind(self) -> NumberKind {
        self.kind
    }

    /// Its value, if that is whole.
    pub fn as_whole(self) -> Option<i64> {
        if self.over == 1 { i64::try_from(self.units).ok() } else { None }
    }

    /// Numerator and denominator.
    pub fn parts(self) -> (i128, i128) {
        (self.units, self.over)
    }

    pub(crate) fn is_zero(self) -> bool {
        self.units == 0
    }

    pub(crate) fn neg(self) -> Self {
        Self { units: -self.units, ..self }
    }

    pub(crate) fn abs(self) -> Self {
        Self { units: self.units.abs(), ..self }
    }

    pub(crate) fn signum(self) -> i64 {
        i64::try_from(self.units.signum()).unwrap_or(0)
    }

    pub(crate) fn add(self, other: Self) -> Option<Self> {
        let units = (self.units * other.over).checked_add(other.units * self.over)?;
        Self::new(units, self.over * other.over, self.kind.with(other.kind))
    }

    pub(crate) fn mul(self, other: Self) -> Option<Self> {
        let kind = self.kind.with(other.kind);
        Self::new(self.units * other.units, self.over * other.over, kind)
    }

    /// The exact quotient.
    pub(crate) fn div(self, other: Self) -> Option<Self> {
        Self::new(self.units * other.over, self.over * other.units, NumberKind::Exact)
    }

    /// The next whole number towards zero.
    pub(crate) fn trunc(self) -> Self {
        Self { units: self.units / self.over, over: 1, kind: self.kind }
    }

    /// The next whole number that is not greater.
    pub(crate) fn floor(self) -> Self {
        Self { units: self.units.div_euclid(self.over), over: 1, kind: self.kind }
    }
}

fn gcd(mut one: i128, mut two: i128) -> i128 {
    while two != 0 {
        (one, two) = (two, one % two);
    }
    one
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.units == other.units && self.over == other.over
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.units * other.over).cmp(&(other.units * self.over))
    }
}

impl fmt::Display for Number {
    /// Digits where a few of them say it all, else a fraction.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut scale, mut power) = (0_usize, 1_i128);
        while power % self.over != 0 && scale < 18 {
            power *= 10;
            scale += 1;
        }
        if power % self.over != 0 {
            return write!(f, "{}/{}", self.units, self.over);
        }
        let units = self.units * (power / self.over);
        let (whole, part) = (units.abs() / power, units.abs() % power);
        let sign = if units < 0 { "-" } else { "" };
        match scale {
            0 => write!(f, "{sign}{whole}"),
            scale => write!(f, "{sign}{whole}.{part:0scale$}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(units: i128, over: i128) -> Number {
        Number::new(units, over, NumberKind::Exact).unwrap()
    }

    #[test]
    fn fractions_are_exact() {
        let third = Number::whole(1).div(Number::whole(3)).unwrap();
        assert_eq!(third.mul(Number::whole(3)), Some(Number::whole(1)));
        assert_eq!(exact(7, -2).floor(), Number::whole(-4));
        assert_eq!(exact(-7, 2).trunc(), Number::whole(-3));
        assert!(exact(1, 3) < exact(1, 2));
        assert_eq!(Number::whole(1).div(Number::whole(0)), None);
        assert_eq!(Number::whole(i64::MAX).mul(Number::whole(2)), None);
    }

    #[test]
    fn numbers_print_as_people_write_them() {
        let shown = |units, over| exact(units, over).to_string();
        assert_eq!(shown(-5, 2), "-2.5");
        assert_eq!(shown(1, 8), "0.125");
        assert_eq!(shown(4, 2), "2");
        assert_eq!(shown(1, 3), "1/3");
    }
}
