//! Constants: how they compare, and what they come to. Nothing here rounds or depends on a collation.

use std::cmp::Ordering;

use plumb_ir::{Literal, Type};

/// How two constants compare, where that is the same everywhere.
pub(crate) fn order(one: &Literal, two: &Literal) -> Option<Ordering> {
    match (one, two) {
        (Literal::Bool(one), Literal::Bool(two)) => Some(one.cmp(two)),
        (Literal::Typed(Type::Date, one), Literal::Typed(Type::Date, two)) => {
            (is_day(one) && is_day(two)).then(|| one.cmp(two))
        }
        _ => {
            let ((one, digits), (two, others)) = (exact(one)?, exact(two)?);
            let scale = digits.max(others);
            let raised = |units: i128, by: u32| units.checked_mul(10_i128.checked_pow(by)?);
            Some(raised(one, scale - digits)?.cmp(&raised(two, scale - others)?))
        }
    }
}

/// Whether two constants are one value, where that is the same everywhere.
pub(crate) fn equal(one: &Literal, two: &Literal) -> Option<bool> {
    let folded = |text: &str| text.is_ascii().then(|| text.trim_end().to_ascii_lowercase());
    match (one, two) {
        // Where case or blanks do not count, texts that differ in letters differ still.
        (Literal::Text(one), Literal::Text(two)) if one != two => {
            (folded(one)? != folded(two)?).then_some(false)
        }
        (Literal::Text(_), Literal::Text(_)) => Some(true),
        _ => order(one, two).map(Ordering::is_eq),
    }
}

/// A number as its digits and how many of them stand behind the point.
fn exact(literal: &Literal) -> Option<(i128, u32)> {
    match literal {
        Literal::Integer(units) => Some((*units, 0)),
        Literal::Decimal { units, scale } => Some((*units, *scale)),
        _ => None,
    }
}

/// The greatest whole number that is not greater, and whether it is the number.
pub(crate) fn floor(literal: &Literal) -> Option<(i128, bool)> {
    let (units, scale) = exact(literal)?;
    let one = 10_i128.checked_pow(scale)?;
    Some((units.div_euclid(one), units % one == 0))
}

/// What a function gives for constants; NULL is seen to elsewhere.
pub(crate) fn folded(name: &str, args: &[&Literal]) -> Option<Literal> {
    Some(match (name, args) {
        ("add", [Literal::Integer(one), Literal::Integer(two)]) => {
            Literal::Integer(one.checked_add(*two)?)
        }
        ("sub", [Literal::Integer(one), Literal::Integer(two)]) => {
            Literal::Integer(one.checked_sub(*two)?)
        }
        ("mul", [Literal::Integer(one), Literal::Integer(two)]) => {
            Literal::Integer(one.checked_mul(*two)?)
        }
        ("neg", [Literal::Integer(one)]) => Literal::Integer(one.checked_neg()?),
        ("neg", [Literal::Decimal { units, scale }]) => {
            Literal::Decimal { units: units.checked_neg()?, scale: *scale }
        }
        ("eq", [one, two]) => Literal::Bool(equal(one, two)?),
        ("lt", [one, two]) => Literal::Bool(order(one, two)?.is_lt()),
        ("le", [one, two]) => Literal::Bool(order(one, two)?.is_le()),
        ("lower", [Literal::Text(text)]) if text.is_ascii() => {
            Literal::Text(text.to_ascii_lowercase())
        }
        ("upper", [Literal::Text(text)]) if text.is_ascii() => {
            Literal::Text(text.to_ascii_uppercase())
        }
        ("concat", [Literal::Text(one), Literal::Text(two)]) => {
            Literal::Text(format!("{one}{two}"))
        }
        _ => return None,
    })
}

/// Whether two constants are of one type, as far as one can see.
pub(crate) fn alike(one: &Literal, two: &Literal) -> bool {
    match (one, two) {
        (Literal::Typed(one, _), Literal::Typed(two, _)) => one == two,
        (Literal::Decimal { scale: one, .. }, Literal::Decimal { scale: two, .. }) => one == two,
        _ => std::mem::discriminant(one) == std::mem::discriminant(two),
    }
}

/// Whether no value of the type stands between two constants.
pub(crate) fn neighbours(kind: &Type, one: &Literal, two: &Literal) -> bool {
    match (kind, one, two) {
        (Type::Int(_), Literal::Integer(one), Literal::Integer(two)) => {
            one.checked_add(1) == Some(*two)
        }
        (Type::Date, Literal::Typed(Type::Date, one), Literal::Typed(Type::Date, two)) => {
            next_day(one).is_some_and(|it| it == *two)
        }
        _ => false,
    }
}

/// The day after a day.
pub(crate) fn next_day(day: &str) -> Option<String> {
    if !is_day(day) {
        return None;
    }
    let [year, month, day] = [&day[..4], &day[5..7], &day[8..]].map(|it| it.parse::<u32>().ok());
    let (year, month, day) = (year?, month?, day?);
    let leap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0;
    let length = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        _ => return None,
    };
    let (year, month, day) = match (day < length, month < 12) {
        (true, _) => (year, month, day + 1),
        (false, true) => (year, month + 1, 1),
        (false, false) => (year + 1, 1, 1),
    };
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

/// `2024-01-31`, which sorts as it stands.
pub(crate) fn is_day(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}
