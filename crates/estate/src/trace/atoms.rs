//! Sets of things that a node depends on; most hold one or two.

use plumb_ir::{Field, Symbol};
use smallvec::SmallVec;

use super::Ways;

/// Something a node depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Atom {
    /// A column of a table; none where it is not known which.
    Table(Symbol, Option<Symbol>),
    /// A column of an input of a scope around: of a scalar 0 is the one it stands in, of a relation the one around it.
    Around { depth: u32, input: u32, field: Field },
}

/// What a node depends on, and how: each atom once, ascending.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Trace(SmallVec<[(Atom, Ways); 2]>);

/// Atoms from which on two sets are walked together, and not one searched for each of the other.
const MANY: usize = 8;

impl Trace {
    /// Depends on nothing.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// All of them, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &(Atom, Ways)> {
        self.0.iter()
    }

    /// Adds an atom, and ways to those in which it is known to take part.
    pub(crate) fn insert(&mut self, atom: Atom, ways: Ways) {
        match self.0.binary_search_by(|(known, _)| known.cmp(&atom)) {
            Ok(at) => self.0[at].1 = self.0[at].1.and(ways),
            Err(at) => self.0.insert(at, (atom, ways)),
        }
    }

    /// Adds all of another, each in the ways that are made of its own.
    pub(crate) fn extend(&mut self, other: &Self, ways: impl Fn(Ways) -> Ways) {
        let more = other.0.iter().map(|(atom, inner)| (*atom, ways(*inner)));
        if self.0.is_empty() {
            self.0.extend(more);
        } else if other.0.len() < MANY {
            more.for_each(|(atom, ways)| self.insert(atom, ways));
        } else {
            self.0 = merged(&self.0, more);
        }
    }
}

/// Two ascending lists as one.
fn merged(
    known: &[(Atom, Ways)],
    more: impl Iterator<Item = (Atom, Ways)>,
) -> SmallVec<[(Atom, Ways); 2]> {
    let mut all = SmallVec::with_capacity(known.len());
    let mut known = known.iter().copied().peekable();
    for (atom, ways) in more {
        while let Some(before) = known.next_if(|(known, _)| *known < atom) {
            all.push(before);
        }
        let same = known.next_if(|(known, _)| *known == atom);
        all.push((atom, same.map_or(ways, |(_, known)| known.and(ways))));
    }
    all.extend(known);
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use plumb_base::Flow;

    use super::*;

    #[test]
    fn sets_are_those_of_a_map() {
        // Atoms from a small generator, in sets of every size.
        let (mut seed, mut known) = (7_u32, Trace::new());
        let mut map: BTreeMap<Atom, Ways> = BTreeMap::new();
        for round in 0..300_u32 {
            let mut more = Trace::new();
            for _ in 0..round % 23 {
                seed = seed.wrapping_mul(1_103_515_245).wrapping_add(12_345);
                let (input, field) = (seed >> 8 & 31, Field::At(seed >> 16 & 7));
                let atom = Atom::Around { depth: seed >> 24 & 1, input, field };
                more.insert(atom, Ways::of(Flow::ALL[(seed >> 20 & 7) as usize]));
            }
            let over = Ways::of(Flow::ALL[(round % 9) as usize]);
            known.extend(&more, |inner| over.over(inner));
            for (atom, ways) in more.iter() {
                let all = map.entry(*atom).or_default();
                *all = all.and(over.over(*ways));
            }
            assert!(known.iter().copied().eq(map.iter().map(|(atom, ways)| (*atom, *ways))));
            if round % 40 == 39 {
                (known, map) = (Trace::new(), BTreeMap::new());
            }
        }
    }
}
