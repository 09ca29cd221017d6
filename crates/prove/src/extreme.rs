//! What a comparison with the least or the largest value says of the values.

use crate::{
    space::Space,
    term::{Block, Fact, Id, SumId, Term, all, any},
    types::Alike,
};

/// Most blocks of a sum that are looked into.
const BLOCKS: usize = 3;

/// The least or the largest of some values, and what it is compared with.
struct Extreme {
    sum: SumId,
    least: bool,
    other: Id,
    /// Whether it stands on the left.
    left: bool,
}

impl Space<'_> {
    /// What follows from a fact about the least or the largest of some values, if there is more to say.
    ///
    /// The values of an aggregate are never NULL: who makes it leaves those out.
    pub(crate) fn of_values(&mut self, fact: &Fact) -> Option<Fact> {
        let (Fact::Same(one, two)
        | Fact::Differ(one, two)
        | Fact::Below(one, two)
        | Fact::AtMost(one, two)) = *fact
        else {
            return None;
        };
        let extreme = self.extreme(one, two)?;
        if !self.rule("one-is-the-extreme") {
            return None;
        }
        Some(match fact {
            Fact::Same(..) => self.is_extreme(&extreme),
            Fact::Differ(..) => self.is_extreme(&extreme).negated(self.null),
            _ => self.beside_extreme(&extreme, matches!(fact, Fact::Below(..))),
        })
    }

    fn extreme(&self, one: Id, two: Id) -> Option<Extreme> {
        let folded = |id: Id| match self.get(id) {
            Term::Fold { function, sum, .. } => match self.arena.name(*function) {
                "min" => Some((*sum, true)),
                "max" => Some((*sum, false)),
                _ => None,
            },
            _ => None,
        };
        let (sum, least, other, left) = match (folded(one), folded(two)) {
            (Some((sum, least)), None) => (sum, least, two, true),
            (None, Some((sum, least))) => (sum, least, one, false),
            _ => return None,
        };
        // Else the extreme might be another of several that compare as equal.
        let exact = self.alike(one, two) == Alike::Yes;
        (exact && other != self.null && self.blocks(sum).len() <= BLOCKS).then_some(Extreme {
            sum,
            least,
            other,
            left,
        })
    }

    /// It is one of the values, and none is beyond it; or else it is NULL, and there are none.
    fn is_extreme(&mut self, extreme: &Extreme) -> Fact {
        let other = extreme.other;
        let one = self.where_value(extreme.sum, |value| Fact::Same(value, other));
        let least = extreme.least;
        let beyond = self.where_value(extreme.sum, |value| {
            if least { Fact::Below(value, other) } else { Fact::Below(other, value) }
        });
        let (null, nothing) = (self.null, self.none(extreme.sum));
        let is_one = all([one, beyond.negated(null)]);
        if matches!(self.get(other), Term::Literal(_)) {
            return is_one;
        }
        any([is_one, all([Fact::Same(other, null), nothing])])
    }

    /// What is smaller than the largest is smaller than one; what is larger is larger than each.
    fn beside_extreme(&mut self, extreme: &Extreme, strict: bool) -> Fact {
        let (other, left) = (extreme.other, extreme.left);
        let compared = |first: Id, second: Id, strict: bool| {
            if strict { Fact::Below(first, second) } else { Fact::AtMost(first, second) }
        };
        if extreme.least == left {
            return self.where_value(extreme.sum, |value| {
                if left { compared(value, other, strict) } else { compared(other, value, strict) }
            });
        }
        let against = self.where_value(extreme.sum, |value| {
            if left { compared(other, value, !strict) } else { compared(value, other, !strict) }
        });
        let some = self.some(extreme.sum);
        all([some, against.negated(self.null)])
    }

    /// That there is a value of which something holds.
    fn where_value(&mut self, sum: SumId, holds: impl Fn(Id) -> Fact) -> Fact {
        let blocks: Vec<Block> = self.blocks(sum).to_vec();
        let with = |mut block: Block| {
            block.facts.push(holds(block.out[0]));
            block
        };
        self.some_of(blocks.into_iter().map(with).collect())
    }
}
