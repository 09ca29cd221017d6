//! Sums that read the same but for the names of their own rows.

use std::hash::{Hash, Hasher};

use plumb_ir::function;
use rustc_hash::FxHasher;

use crate::{
    space::{Space, parts},
    term::{Atom, Block, End, Fact, Id, Kind, SumId, Term, Var, Window},
};

/// Most ways to name the rows of a block that are tried.
const WAYS: usize = 100;

impl Space<'_> {
    /// Whether two sums are the same but for the names of their own rows.
    pub(crate) fn one_reading(&self, one: SumId, two: SumId) -> bool {
        one == two || Naming { space: self, names: Vec::new(), ways: WAYS }.sum(one, two)
    }

    /// Whether two terms are sums of the same kind, the same but for the names of their own rows.
    pub(crate) fn one_reading_of_terms(&self, one: Id, two: Id) -> bool {
        one == two || Naming { space: self, names: Vec::new(), ways: WAYS }.term(one, two)
    }

    /// Whether two blocks are the same but for the names of their rows.
    pub(crate) fn one_reading_of_blocks(&self, one: &Block, two: &Block) -> bool {
        Naming { space: self, names: Vec::new(), ways: WAYS }.block(one, two)
    }

    /// A number that is the same for terms that are alike.
    pub(crate) fn look_of_term(&self, term: &Term) -> u64 {
        let mut hasher = FxHasher::default();
        std::mem::discriminant(term).hash(&mut hasher);
        match term {
            Term::Column(_, field) => field.hash(&mut hasher),
            Term::Row(_) => {}
            Term::Literal(literal) => literal.hash(&mut hasher),
            Term::Param(at) => at.hash(&mut hasher),
            Term::Call { function, args } => {
                function.hash(&mut hasher);
                // In no order: some functions have none.
                args.iter().map(|arg| self.look(*arg)).fold(0, u64::wrapping_add).hash(&mut hasher);
            }
            Term::Total(sum) | Term::One(sum) | Term::Holds(sum) => {
                self.look_of(*sum).hash(&mut hasher);
            }
            Term::Fold { function, sum, order } => {
                (function, self.look_of(*sum), order).hash(&mut hasher);
            }
            Term::Cast { .. } | Term::Case { .. } | Term::Lambda { .. } | Term::Window(_) => {
                for part in parts(term) {
                    self.look(part).hash(&mut hasher);
                }
            }
        }
        hasher.finish()
    }

    /// A number that is the same for sums that are alike.
    pub(crate) fn look_of_blocks(&self, blocks: &[Block]) -> u64 {
        blocks.iter().map(|block| self.look_of_block(block)).fold(0, u64::wrapping_add)
    }

    fn look_of_block(&self, block: &Block) -> u64 {
        let mut hasher = FxHasher::default();
        block
            .atoms
            .iter()
            .map(|atom| kind_look(&atom.kind))
            .fold(0, u64::wrapping_add)
            .hash(&mut hasher);
        block
            .facts
            .iter()
            .map(|fact| self.fact_look(fact))
            .fold(0, u64::wrapping_add)
            .hash(&mut hasher);
        for id in &block.out {
            self.look(*id).hash(&mut hasher);
        }
        hasher.finish()
    }

    fn fact_look(&self, fact: &Fact) -> u64 {
        let mut hasher = FxHasher::default();
        std::mem::discriminant(fact).hash(&mut hasher);
        match fact {
            Fact::True | Fact::False => {}
            Fact::Same(one, two) | Fact::Differ(one, two) => {
                self.look(*one).wrapping_add(self.look(*two)).hash(&mut hasher);
            }
            Fact::Below(one, two) | Fact::AtMost(one, two) => {
                (self.look(*one), self.look(*two)).hash(&mut hasher);
            }
            Fact::Some(sum) | Fact::None(sum) => self.look_of(*sum).hash(&mut hasher),
            Fact::All(parts) | Fact::Any(parts) => {
                let looks = parts.iter().map(|part| self.fact_look(part));
                looks.fold(0, u64::wrapping_add).hash(&mut hasher);
            }
        }
        hasher.finish()
    }
}

fn kind_look(kind: &Kind) -> u64 {
    let mut hasher = FxHasher::default();
    std::mem::discriminant(kind).hash(&mut hasher);
    if let Kind::Scan(table) = kind {
        table.hash(&mut hasher);
    }
    hasher.finish()
}

/// Rows of the one side, with the names that they have on the other.
struct Naming<'a, 'b> {
    space: &'a Space<'b>,
    names: Vec<(Var, Var)>,
    ways: usize,
}

impl Naming<'_, '_> {
    fn var(&self, one: Var, two: Var) -> bool {
        // The innermost of a name is meant.
        match self.names.iter().rev().find(|(a, b)| *a == one || *b == two) {
            Some(pair) => *pair == (one, two),
            None => one == two,
        }
    }

    fn sum(&mut self, one: SumId, two: SumId) -> bool {
        if self.space.look_of(one) != self.space.look_of(two) {
            return false;
        }
        let (one, two) = (self.space.blocks(one), self.space.blocks(two));
        self.each(one, two, Self::block)
    }

    /// Whether each of the one side is one of the other, whatever the order.
    fn each<T>(&mut self, one: &[T], two: &[T], same: fn(&mut Self, &T, &T) -> bool) -> bool {
        if one.len() != two.len() {
            return false;
        }
        let mut left: Vec<&T> = two.iter().collect();
        one.iter().all(|first| {
            let found = left.iter().position(|second| same(self, first, second));
            found.map(|at| left.remove(at)).is_some()
        })
    }

    fn pairs<T>(&mut self, one: &[T], two: &[T], same: fn(&mut Self, &T, &T) -> bool) -> bool {
        one.len() == two.len() && one.iter().zip(two).all(|(one, two)| same(self, one, two))
    }

    fn block(&mut self, one: &Block, two: &Block) -> bool {
        if one.atoms.len() != two.atoms.len()
            || one.facts.len() != two.facts.len()
            || one.out.len() != two.out.len()
        {
            return false;
        }
        self.named(one, two, 0, &mut Vec::new())
    }

    /// Names the rows of a block, one after the other.
    fn named(&mut self, one: &Block, two: &Block, at: usize, taken: &mut Vec<usize>) -> bool {
        if self.ways == 0 {
            return false;
        }
        let Some(atom) = one.atoms.get(at) else {
            self.ways -= 1;
            return self.pairs(&one.out, &two.out, |it, one, two| it.term(*one, *two))
                && self.each(&one.facts, &two.facts, Self::fact);
        };
        for other in 0..two.atoms.len() {
            if taken.contains(&other) || !self.atom(atom, &two.atoms[other]) {
                continue;
            }
            let depth = self.names.len();
            self.names.push((atom.var, two.atoms[other].var));
            taken.push(other);
            let found = self.named(one, two, at + 1, taken);
            taken.pop();
            self.names.truncate(depth);
            if found {
                return true;
            }
        }
        false
    }

    fn atom(&mut self, one: &Atom, two: &Atom) -> bool {
        match (&one.kind, &two.kind) {
            (Kind::Scan(one), Kind::Scan(two)) => one == two,
            (Kind::Distinct(one), Kind::Distinct(two)) | (Kind::Window(one), Kind::Window(two)) => {
                self.sum(*one, *two)
            }
            (
                Kind::Limit { sum, order, limit, offset, total },
                Kind::Limit { sum: other, order: keys, limit: most, offset: from, total: is_total },
            ) => {
                (order, total) == (keys, is_total)
                    && self.term(*limit, *most)
                    && self.term(*offset, *from)
                    && self.sum(*sum, *other)
            }
            (Kind::Call { function, args }, Kind::Call { function: other, args: given }) => {
                function == other && self.pairs(args, given, |it, one, two| it.term(*one, *two))
            }
            (
                Kind::Set { kind, left, right },
                Kind::Set { kind: other, left: first, right: second },
            ) => kind == other && self.sum(*left, *first) && self.sum(*right, *second),
            (
                Kind::Opaque { why, key, inputs },
                Kind::Opaque { why: because, key: other, inputs: sums },
            ) => {
                (why, key) == (because, other)
                    && self.pairs(inputs, sums, |it, one, two| it.sum(*one, *two))
            }
            _ => false,
        }
    }

    fn fact(&mut self, one: &Fact, two: &Fact) -> bool {
        match (one, two) {
            (Fact::True, Fact::True) | (Fact::False, Fact::False) => true,
            (Fact::Same(a, b), Fact::Same(c, d)) | (Fact::Differ(a, b), Fact::Differ(c, d)) => {
                self.term(*a, *c) && self.term(*b, *d) || self.term(*a, *d) && self.term(*b, *c)
            }
            (Fact::Below(a, b), Fact::Below(c, d)) | (Fact::AtMost(a, b), Fact::AtMost(c, d)) => {
                self.term(*a, *c) && self.term(*b, *d)
            }
            (Fact::Some(one), Fact::Some(two)) | (Fact::None(one), Fact::None(two)) => {
                self.sum(*one, *two)
            }
            (Fact::All(one), Fact::All(two)) | (Fact::Any(one), Fact::Any(two)) => {
                self.each(one, two, Self::fact)
            }
            _ => false,
        }
    }

    fn term(&mut self, one: Id, two: Id) -> bool {
        if self.space.look(one) != self.space.look(two) {
            return false;
        }
        let same = |it: &mut Self, one: &Id, two: &Id| it.term(*one, *two);
        match (self.space.get(one), self.space.get(two)) {
            (Term::Column(one, field), Term::Column(two, other)) => {
                field == other && self.var(*one, *two)
            }
            (Term::Row(one), Term::Row(two)) => self.var(*one, *two),
            (Term::Literal(one), Term::Literal(two)) => one == two,
            (Term::Param(one), Term::Param(two)) => one == two,
            (Term::Call { function: name, args }, Term::Call { function: other, args: given }) => {
                if name != other {
                    return false;
                }
                let known = function(self.space.arena.name(*name));
                if known.is_some_and(|it| it.commutative) {
                    self.each(args, given, same)
                } else {
                    self.pairs(args, given, same)
                }
            }
            (
                Term::Case { branches, otherwise },
                Term::Case { branches: others, otherwise: other },
            ) => {
                self.term(*otherwise, *other)
                    && self.pairs(branches, others, |it, one, two| {
                        it.term(one.0, two.0) && it.term(one.1, two.1)
                    })
            }
            (
                Term::Cast { value, to, safe },
                Term::Cast { value: other, to: target, safe: is_safe },
            ) => (to, safe) == (target, is_safe) && self.term(*value, *other),
            (Term::Total(one), Term::Total(two))
            | (Term::One(one), Term::One(two))
            | (Term::Holds(one), Term::Holds(two)) => self.sum(*one, *two),
            (
                Term::Fold { function, sum, order },
                Term::Fold { function: other, sum: bag, order: keys },
            ) => (function, order) == (other, keys) && self.sum(*sum, *bag),
            (Term::Window(one), Term::Window(two)) => self.window(one, two),
            (Term::Lambda { params, body }, Term::Lambda { params: count, body: other }) => {
                params == count && self.term(*body, *other)
            }
            _ => false,
        }
    }

    fn window(&mut self, one: &Window, two: &Window) -> bool {
        let same = |it: &mut Self, one: &Id, two: &Id| it.term(*one, *two);
        let plain = |it: &Window| (it.function, it.distinct, it.ignore_nulls);
        let frames = match (&one.frame, &two.frame) {
            (None, None) => true,
            (Some((unit, first, last)), Some((other, start, end))) => {
                unit == other && self.end(*first, *start) && self.end(*last, *end)
            }
            _ => false,
        };
        frames
            && plain(one) == plain(two)
            && self.pairs(&one.args, &two.args, same)
            && self.pairs(&one.partition, &two.partition, same)
            && self.pairs(&one.order, &two.order, |it, one, two| {
                (one.1, one.2) == (two.1, two.2) && it.term(one.0, two.0)
            })
    }

    fn end(&mut self, one: End, two: End) -> bool {
        match (one, two) {
            (End::Before(one), End::Before(two)) | (End::After(one), End::After(two)) => {
                self.term(one, two)
            }
            _ => one == two,
        }
    }
}
