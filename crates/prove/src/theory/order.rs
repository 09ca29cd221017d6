//! What is smaller than what.

use plumb_ir::{Literal, Type};

use super::Theory;
use crate::{
    number,
    space::Space,
    term::{Id, Term},
};

impl Theory {
    /// The first is smaller than the second, or not larger.
    pub(super) fn put_in_order(&mut self, space: &mut Space<'_>, one: Id, two: Id, strict: bool) {
        let (one, two, strict) = tightened(space, one, two, strict);
        self.order.push((one, two, strict));
        self.place(space, one);
        self.place(space, two);
        self.learn();
    }

    /// Whether the first class is known not to be larger, and then whether it is known to be smaller.
    pub(super) fn compared(&self, space: &Space<'_>, one: usize, two: usize) -> Option<bool> {
        if let (Some(first), Some(second)) = (self.constant[one], self.constant[two])
            && let Some(order) = number::compare(space.get(first), space.get(second))
        {
            return (order != std::cmp::Ordering::Greater).then_some(order.is_lt());
        }
        if let Some(strict) = self.reach.get(&(one, two)) {
            return Some(*strict);
        }
        // Through the constants that stand in between.
        let mut found = None;
        for ((from, to), strict) in &self.reach {
            let known = match (*from == one, *to == two) {
                (true, _) => self.constants(space, *to, two).map(|other| other || *strict),
                (_, true) => self.constants(space, one, *from).map(|other| other || *strict),
                _ => None,
            };
            found = found.max(known);
        }
        found
    }

    pub(super) fn constants(&self, space: &Space<'_>, one: usize, two: usize) -> Option<bool> {
        let (first, second) = (self.constant[one]?, self.constant[two]?);
        let order = number::compare(space.get(first), space.get(second))?;
        (order != std::cmp::Ordering::Greater).then_some(order.is_lt())
    }

    pub(super) fn sort(&mut self, space: &mut Space<'_>) {
        let before = std::mem::take(&mut self.reach);
        self.reached(space);
        // What was evaluated before this order was known may give more.
        self.learned |= self.reach != before;
    }

    fn reached(&mut self, space: &mut Space<'_>) {
        let mut nodes: Vec<usize> = Vec::new();
        for (one, two, strict) in self.order.clone() {
            let (one, two) = (self.find(self.places[&one]), self.find(self.places[&two]));
            let known = self.reach.entry((one, two)).or_default();
            *known |= strict;
            nodes.extend([one, two]);
        }
        if nodes.is_empty() {
            return;
        }
        nodes.sort_unstable();
        nodes.dedup();
        let constants: Vec<usize> =
            nodes.iter().copied().filter(|node| self.constant[*node].is_some()).collect();
        for one in &constants {
            for two in &constants {
                if one != two
                    && let Some(strict) = self.constants(space, *one, *two)
                {
                    *self.reach.entry((*one, *two)).or_default() |= strict;
                }
            }
        }
        for middle in &nodes {
            for one in &nodes {
                let Some(first) = self.reach.get(&(*one, *middle)).copied() else { continue };
                for two in &nodes {
                    if let Some(second) = self.reach.get(&(*middle, *two)).copied() {
                        *self.reach.entry((*one, *two)).or_default() |= first || second;
                    }
                }
            }
        }
        let mut found: Vec<(usize, usize)> = Vec::new();
        for ((one, two), strict) in &self.reach {
            if one == two {
                self.absurd |= *strict;
            } else if self.reach.contains_key(&(*two, *one)) {
                found.push((*one, *two));
            }
        }
        found.sort_unstable();
        for (one, two) in found {
            // What is neither smaller nor larger may still be told apart: a month, and thirty days.
            if space.comparable(self.terms[one], self.terms[two]) {
                self.merge(space, one, two);
            }
        }
        // What differs and is not larger is smaller, unless it may be as large.
        let differ = self.differ.clone();
        for (one, two) in differ {
            if !space.comparable(one, two) {
                continue;
            }
            let (one, two) = (self.find(self.places[&one]), self.find(self.places[&two]));
            for pair in [(one, two), (two, one)] {
                if let Some(strict) = self.reach.get_mut(&pair)
                    && !*strict
                {
                    *strict = true;
                    let (one, two) = (self.terms[pair.0], self.terms[pair.1]);
                    self.put_in_order(space, one, two, true);
                }
            }
        }
    }
}

/// For whole numbers, `x < 5` is `x <= 4`; days have neighbours, too.
pub(super) fn tightened(space: &mut Space<'_>, one: Id, two: Id, strict: bool) -> (Id, Id, bool) {
    if !strict {
        return (one, two, false);
    }
    if let (Term::Literal(Literal::Integer(number)), Type::Int(_)) =
        (&*space.shared(one), space.type_of(two))
        && !matches!(space.get(two), Term::Literal(_))
        && let Some(next) = number.checked_add(1)
    {
        return (space.integer(next), two, false);
    }
    if let (Type::Int(_), Term::Literal(Literal::Integer(number))) =
        (space.type_of(one), &*space.shared(two))
        && !matches!(space.get(one), Term::Literal(_))
        && let Some(next) = number.checked_sub(1)
    {
        return (one, space.integer(next), false);
    }
    let is_day = |it: &Space<'_>, id: Id| {
        it.type_of(id) == Type::Date && !matches!(it.get(id), Term::Literal(_))
    };
    if is_day(space, two)
        && let Some(next) = space.next_day(one, 1)
    {
        return (next, two, false);
    }
    if is_day(space, one)
        && let Some(before) = space.next_day(two, -1)
    {
        return (one, before, false);
    }
    (one, two, true)
}
