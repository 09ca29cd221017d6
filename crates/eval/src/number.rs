//! Exact numbers, and whether they are of a whole type.
//!
//! Every number is a fraction: no rounding, no dependence on the order of a sum. A number that an engine may
//! have rounded on the way says so, and is not told apart from what is close to it.

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
    /// Whether an engine may have a value nearby.
    rounded: bool,
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
        (units.abs() <= MOST && over <= MOST).then_some(Self { units, over, kind, rounded: false })
    }

    /// A whole number.
    pub fn whole(units: i64) -> Self {
        // One below the range of `MOST` is one that no test and no table needs.
        let units = i128::from(units.max(-i64::MAX));
        Self { units, over: 1, kind: NumberKind::Whole, rounded: false }
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
        Some(
            Self::new(units, self.over * other.over, self.kind.with(other.kind))?.made(self, other),
        )
    }

    /// The same value, made of two others: of halves it is exact, of tenths only in decimals, which a type
    /// may not be.
    fn made(self, one: Self, two: Self) -> Self {
        let halves = |number: Self| number.over & (number.over - 1) == 0;
        let exact = halves(one) && halves(two) && halves(self);
        Self { rounded: one.rounded || two.rounded || !exact, ..self }
    }

    /// Whether two values that differ may be equal in an engine, or the other way round.
    pub(crate) fn is_close(self, other: Self) -> bool {
        if !self.rounded && !other.rounded {
            return false;
        }
        let distance = Self::new(
            self.units * other.over - other.units * self.over,
            self.over * other.over,
            NumberKind::Open,
        );
        // Too large to be computed is far away only by chance.
        distance.is_none_or(|it| it.units.abs() * 10_000 <= it.over)
    }

    pub(crate) fn mul(self, other: Self) -> Option<Self> {
        let kind = self.kind.with(other.kind);
        Some(Self::new(self.units * other.units, self.over * other.over, kind)?.made(self, other))
    }

    /// The exact quotient.
    pub(crate) fn div(self, other: Self) -> Option<Self> {
        let quotient =
            Self::new(self.units * other.over, self.over * other.units, NumberKind::Exact)?;
        Some(quotient.made(self, other))
    }

    /// The quotient of two whole numbers, as a whole number towards zero.
    pub(crate) fn trunc_div(self, other: Self) -> Option<Self> {
        let quotient =
            Self::new(self.units * other.over, self.over * other.units, NumberKind::Whole)?;
        Some(quotient.trunc())
    }

    /// The next whole number towards zero.
    pub(crate) fn trunc(self) -> Self {
        Self { units: self.units / self.over, over: 1, ..self }
    }

    /// The next whole number that is not greater.
    pub(crate) fn floor(self) -> Self {
        Self { units: self.units.div_euclid(self.over), over: 1, ..self }
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
    fn what_may_be_rounded_is_close_to_itself() {
        let third = Number::whole(1).div(Number::whole(3)).unwrap();
        let one = third.mul(Number::whole(3)).unwrap();
        assert!(one.is_close(Number::whole(1)));
        assert!(!one.is_close(Number::whole(2)));
        let half = Number::whole(1).div(Number::whole(2)).unwrap();
        assert!(!half.add(half).unwrap().is_close(Number::whole(1)));
        assert!(exact(1, 10).add(exact(1, 5)).unwrap().is_close(exact(3, 10)));
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
