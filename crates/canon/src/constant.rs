//! Exact constants: how they compare, and what they come to.

use std::cmp::Ordering;

use plumb_ir::{Literal, Type};

/// How two constants of one kind compare, where that is the same everywhere.
pub(crate) fn compare(one: &Literal, two: &Literal) -> Option<Ordering> {
    match (one, two) {
        (Literal::Bool(one), Literal::Bool(two)) => Some(one.cmp(two)),
        (Literal::Typed(Type::Date, one), Literal::Typed(Type::Date, two)) => {
            (is_day(one) && is_day(two)).then(|| one.cmp(two))
        }
        // Which of two texts comes first is a matter of collation, but not whether they are one.
        (Literal::Text(one), Literal::Text(two)) => (one == two).then_some(Ordering::Equal),
        _ => {
            let (one, two) = (exact(one)?, exact(two)?);
            let scale = one.1.max(two.1);
            Some(raised(one, scale)?.cmp(&raised(two, scale)?))
        }
    }
}

/// Whether two constants of one kind are surely different values.
pub(crate) fn differ(one: &Literal, two: &Literal) -> bool {
    match (one, two) {
        // Where case or blanks do not count, they differ in letters still.
        (Literal::Text(one), Literal::Text(two)) => match (folded(one), folded(two)) {
            (Some(one), Some(two)) => one != two,
            _ => false,
        },
        _ => compare(one, two).is_some_and(|it| it != Ordering::Equal),
    }
}

fn folded(text: &str) -> Option<String> {
    text.is_ascii().then(|| text.trim_end().to_ascii_lowercase())
}

/// A whole number, also one that is written with a point.
pub(crate) fn whole(literal: &Literal) -> Option<i128> {
    let (units, scale) = exact(literal)?;
    let one = 10_i128.checked_pow(scale)?;
    (units % one == 0).then(|| units / one)
}

/// The greatest whole number that is not greater.
pub(crate) fn floor(literal: &Literal) -> Option<i128> {
    let (units, scale) = exact(literal)?;
    Some(units.div_euclid(10_i128.checked_pow(scale)?))
}

fn exact(literal: &Literal) -> Option<(i128, u32)> {
    match literal {
        Literal::Integer(units) => Some((*units, 0)),
        Literal::Decimal { units, scale } => Some((*units, *scale)),
        _ => None,
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
