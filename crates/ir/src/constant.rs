//! Exact constants: how they compare, and what they come to.

use std::cmp::Ordering;

use crate::{Literal, Type};

impl Literal {
    /// How two constants of one kind compare, where that is the same everywhere.
    pub fn compared(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Bool(one), Self::Bool(two)) => Some(one.cmp(two)),
            (Self::Typed(Type::Date, one), Self::Typed(Type::Date, two)) => {
                (is_day(one) && is_day(two)).then(|| one.cmp(two))
            }
            // Which of two texts comes first is a matter of collation, but not whether they are one.
            (Self::Text(one), Self::Text(two)) => (one == two).then_some(Ordering::Equal),
            _ => {
                let (one, two) = (exact(self)?, exact(other)?);
                let scale = one.1.max(two.1);
                Some(raised(one, scale)?.cmp(&raised(two, scale)?))
            }
        }
    }

    /// Whether two constants of one kind are surely different values.
    pub fn differs(&self, other: &Self) -> bool {
        match (self, other) {
            // Where case or blanks do not count, they differ in letters still.
            (Self::Text(one), Self::Text(two)) => match (folded(one), folded(two)) {
                (Some(one), Some(two)) => one != two,
                _ => false,
            },
            _ => self.compared(other).is_some_and(|it| it != Ordering::Equal),
        }
    }

    /// A whole number, also one that is written with a point.
    pub fn whole(&self) -> Option<i128> {
        let (units, scale) = exact(self)?;
        let one = 10_i128.checked_pow(scale)?;
        (units % one == 0).then(|| units / one)
    }

    /// The greatest whole number that is not greater.
    pub fn floor(&self) -> Option<i128> {
        let (units, scale) = exact(self)?;
        Some(units.div_euclid(10_i128.checked_pow(scale)?))
    }
}

fn folded(text: &str) -> Option<String> {
    text.is_ascii().then(|| text.trim_end().to_ascii_lowercase())
}

fn exact(literal: &Literal) -> Option<(i128, u32)> {
    match literal {
        Literal::Integer(units) => Some((*units, 0)),
        Literal::Decimal { units, scale } => Some((*units, *scale)),
        Literal::Null
        | Literal::Bool(_)
        | Literal::Float(_)
        | Literal::Text(_)
        | Literal::Bytes(_)
        | Literal::Typed(..)
        | Literal::Interval(_) => None,
    }
}

fn raised((units, scale): (i128, u32), to: u32) -> Option<i128> {
    units.checked_mul(10_i128.checked_pow(to - scale)?)
}

/// `2024-01-31`, which sorts as it stands.
fn is_day(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}
