//! Constants in order, and sums of products of terms.

use std::{cmp::Ordering, collections::BTreeMap};

use plumb_ir::{Literal, Type};
use rustc_hash::FxHashMap;

use crate::{
    space::Space,
    term::{Id, Term},
};

/// The order of two constants, where all engines agree on it.
pub(crate) fn compare(one: &Term, two: &Term) -> Option<Ordering> {
    let (Term::Literal(one), Term::Literal(two)) = (one, two) else { return None };
    match (one, two) {
        (Literal::Bool(one), Literal::Bool(two)) => Some(one.cmp(two)),
        (Literal::Typed(of, one), Literal::Typed(other, two))
            if of == other && *of == Type::Date && is_day(one) && is_day(two) =>
        {
            Some(one.cmp(two))
        }
        _ => {
            let ((one, by), (two, over)) = (exact(one)?, exact(two)?);
            let one = one.checked_mul(10_i128.checked_pow(over)?)?;
            Some(one.cmp(&two.checked_mul(10_i128.checked_pow(by)?)?))
        }
    }
}

/// Whether a whole number is one of so many bits.
pub(crate) fn fits(number: i128, bits: u16) -> bool {
    let limit = 1_i128.checked_shl(u32::from(bits).saturating_sub(1)).unwrap_or(i128::MAX);
    bits >= 128 || (-limit..limit).contains(&number)
}

/// Whether two constants are not the same value in any engine.
pub(crate) fn distinct(one: &Term, two: &Term) -> bool {
    if let Some(order) = compare(one, two) {
        return order != Ordering::Equal;
    }
    let (Term::Literal(one), Term::Literal(two)) = (one, two) else { return false };
    match (one, two) {
        (Literal::Null, Literal::Null) => false,
        (Literal::Null, _) | (_, Literal::Null) => true,
        // Some engines do not look at case, or at blanks at the end.
        (Literal::Text(one), Literal::Text(two)) => {
            one.trim_end().to_lowercase() != two.trim_end().to_lowercase()
        }
        _ => false,
    }
}

fn is_day(text: &str) -> bool {
    let digit = |at: usize, byte: u8| {
        if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() }
    };
    text.len() == 10 && text.bytes().enumerate().all(|(at, byte)| digit(at, byte))
}

fn exact(literal: &Literal) -> Option<(i128, u32)> {
    match literal {
        Literal::Integer(number) => Some((*number, 0)),
        Literal::Decimal { units, scale } => Some((*units, *scale)),
        _ => None,
    }
}

/// Products of classes with whole factors; the empty product is one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Polynomial(BTreeMap<Vec<usize>, i128>);

/// A polynomial, and the classes that do not stand in it though they did in the term.
pub(crate) struct Summed {
    pub(crate) polynomial: Polynomial,
    pub(crate) classes_lost: Vec<usize>,
}

impl Polynomial {
    pub(crate) fn as_integer(&self) -> Option<i128> {
        match self.0.iter().next() {
            None => Some(0),
            Some((product, factor)) if self.0.len() == 1 && product.is_empty() => Some(*factor),
            Some(_) => None,
        }
    }

    pub(crate) fn as_class(&self) -> Option<usize> {
        let (product, factor) = self.0.iter().next()?;
        (self.0.len() == 1 && product.len() == 1 && *factor == 1).then(|| product[0])
    }

    fn constant(number: i128) -> Self {
        Self(if number == 0 { BTreeMap::new() } else { BTreeMap::from([(Vec::new(), number)]) })
    }

    fn plus(mut self, other: &Self, times: i128) -> Option<Self> {
        for (product, factor) in &other.0 {
            let known = self.0.entry(product.clone()).or_default();
            *known = known.checked_add(factor.checked_mul(times)?)?;
            if *known == 0 {
                self.0.remove(product);
            }
        }
        Some(self)
    }

    fn times(&self, other: &Self) -> Option<Self> {
        let mut found = Self::default();
        for (one, by) in &self.0 {
            for (two, over) in &other.0 {
                let mut product = one.clone();
                product.extend(two);
                product.sort_unstable();
                let term = Self(BTreeMap::from([(product, by.checked_mul(*over)?)]));
                found = found.plus(&term, 1)?;
            }
        }
        (found.0.len() <= 64).then_some(found)
    }
}

/// What a theory knows of terms.
pub(crate) struct Known<'a> {
    pub(crate) class: &'a dyn Fn(Id) -> Option<usize>,
    pub(crate) constant: &'a dyn Fn(Id) -> Option<Id>,
    /// A sum or product in a class.
    pub(crate) made: &'a FxHashMap<usize, Id>,
}

/// The polynomial that a term is; `None` where numbers may be rounded.
pub(crate) fn polynomial(space: &Space<'_>, id: Id, known: &Known<'_>) -> Option<Summed> {
    let mut seen = Vec::new();
    let polynomial = expanded(space, id, known, &mut seen, 0)?;
    seen.sort_unstable();
    seen.dedup();
    seen.retain(|class| !polynomial.0.keys().any(|product| product.contains(class)));
    Some(Summed { polynomial, classes_lost: seen })
}

/// Whether a value may be an exact number: a month more and a month less is another day, and lists have an order.
fn may_be_exact(space: &Space<'_>, id: Id) -> bool {
    let list = match space.get(id) {
        Term::Call { function, .. } => space.arena.name(*function).starts_with("array"),
        _ => false,
    };
    !list && matches!(space.type_of(id), Type::Int(_) | Type::Decimal(_) | Type::Unknown)
}

/// Whether a value is an exact number, or is compared as what it is where nobody knows.
pub(crate) fn is_exact(space: &Space<'_>, id: Id) -> bool {
    match space.type_of(id) {
        Type::Int(_) | Type::Decimal(_) => true,
        Type::Unknown => space.facts.numbers(),
        _ => false,
    }
}

fn expanded(
    space: &Space<'_>,
    id: Id,
    known: &Known<'_>,
    seen: &mut Vec<usize>,
    depth: usize,
) -> Option<Polynomial> {
    if !may_be_exact(space, id) || depth > 12 {
        return None;
    }
    if let Some(constant) = (known.constant)(id)
        && let Term::Literal(Literal::Integer(number)) = space.get(constant)
    {
        return Some(Polynomial::constant(*number));
    }
    let go = |id: Id, seen: &mut Vec<usize>| expanded(space, id, known, seen, depth + 1);
    if let Term::Call { function, args } = space.get(id) {
        match (space.arena.name(*function), args.as_slice()) {
            ("add", args) => {
                let mut sum = Polynomial::default();
                for arg in args {
                    sum = sum.plus(&go(*arg, seen)?, 1)?;
                }
                return Some(sum);
            }
            ("sub", [one, two]) => {
                let one = go(*one, seen)?;
                return one.plus(&go(*two, seen)?, -1);
            }
            ("neg", [one]) => return Polynomial::default().plus(&go(*one, seen)?, -1),
            ("mul", args) => {
                let mut product = Polynomial::constant(1);
                for arg in args {
                    product = product.times(&go(*arg, seen)?)?;
                }
                return Some(product);
            }
            _ => {}
        }
    }
    let class = (known.class)(id)?;
    if let Some(other) = known.made.get(&class).filter(|other| **other != id) {
        let before = seen.len();
        if let Some(found) = go(*other, seen) {
            return Some(found);
        }
        seen.truncate(before);
    }
    seen.push(class);
    Some(Polynomial(BTreeMap::from([(vec![class], 1)])))
}
