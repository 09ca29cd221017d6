//! Other rows, or values, in the place of rows.

use std::collections::BTreeMap;

use plumb_ir::Field;
use rustc_hash::FxHashMap;

use crate::{
    space::Space,
    term::{Atom, Block, End, Fact, Id, Kind, SumId, Term, Var, Window, all, any},
};

/// What stands for a row.
#[derive(Debug, Clone)]
pub(crate) enum Image {
    /// Another row.
    Row(Var),
    /// Values for some of its columns.
    Columns(BTreeMap<Field, Id>),
}

/// A replacement of rows.
pub(crate) struct Swap {
    /// Whether sums may be simpler afterwards.
    simpler: bool,
    images: FxHashMap<Var, Image>,
    terms: FxHashMap<Id, Id>,
    sums: FxHashMap<SumId, SumId>,
}

impl Swap {
    /// Rows for rows that nobody else looks at: nothing gets simpler.
    pub(crate) fn renaming() -> Self {
        Self::new(false)
    }

    /// Rows or values that something is known of.
    pub(crate) fn merging() -> Self {
        Self::new(true)
    }

    fn new(simpler: bool) -> Self {
        let (images, terms, sums) = Default::default();
        Self { simpler, images, terms, sums }
    }

    pub(crate) fn row(&mut self, from: Var, to: Var) {
        self.images.insert(from, Image::Row(to));
    }

    pub(crate) fn columns(&mut self, from: Var, to: BTreeMap<Field, Id>) {
        self.images.insert(from, Image::Columns(to));
    }

    fn touches(&self, vars: &[Var]) -> bool {
        vars.iter().any(|var| self.images.contains_key(var))
    }

    pub(crate) fn term(&mut self, space: &mut Space<'_>, id: Id) -> Id {
        if !self.touches(&space.vars(id).clone()) {
            return id;
        }
        if let Some(done) = self.terms.get(&id) {
            return *done;
        }
        let done = self.rebuilt(space, id);
        self.terms.insert(id, done);
        done
    }

    fn rebuilt(&mut self, space: &mut Space<'_>, id: Id) -> Id {
        let term = match space.get(id).clone() {
            Term::Column(var, field) => match self.images.get(&var) {
                Some(Image::Row(row)) => Term::Column(*row, field),
                Some(Image::Columns(columns)) => return columns.get(&field).copied().unwrap_or(id),
                None => return id,
            },
            Term::Row(var) => match self.images.get(&var) {
                Some(Image::Row(row)) => Term::Row(*row),
                Some(Image::Columns(_)) | None => return id,
            },
            term @ (Term::Literal(_) | Term::Param(_)) => term,
            Term::Call { function, args } => {
                let args = self.all(space, &args);
                return space.called(function, args);
            }
            Term::Case { branches, otherwise } => {
                let mut swapped = Vec::new();
                for (when, then) in branches {
                    swapped.push((self.term(space, when), self.term(space, then)));
                }
                Term::Case { branches: swapped, otherwise: self.term(space, otherwise) }
            }
            Term::Cast { value, to, safe } => {
                Term::Cast { value: self.term(space, value), to, safe }
            }
            Term::Total(sum) => {
                let sum = self.sum(space, sum);
                if self.simpler {
                    let blocks = space.blocks(sum).to_vec();
                    return space.total(blocks);
                }
                Term::Total(sum)
            }
            Term::Fold { function, sum, order } => {
                let sum = self.sum(space, sum);
                if self.simpler {
                    let blocks = space.blocks(sum).to_vec();
                    return space.fold(function, blocks, order);
                }
                Term::Fold { function, sum, order }
            }
            Term::One(sum) => {
                let sum = self.sum(space, sum);
                if self.simpler {
                    let blocks = space.blocks(sum).to_vec();
                    return space.only(blocks);
                }
                Term::One(sum)
            }
            Term::Holds(sum) => {
                let sum = self.sum(space, sum);
                if self.simpler {
                    let fact = space.some(sum);
                    return space.truth_value(&fact);
                }
                Term::Holds(sum)
            }
            Term::Window(window) => Term::Window(Box::new(self.window(space, &window))),
            Term::Lambda { params, body } => Term::Lambda { params, body: self.term(space, body) },
        };
        space.term(term)
    }

    fn window(&mut self, space: &mut Space<'_>, window: &Window) -> Window {
        let mut end = |it: &mut Self, end: End| match end {
            End::Before(value) => End::Before(it.term(space, value)),
            End::After(value) => End::After(it.term(space, value)),
            other @ (End::First | End::Current | End::Last) => other,
        };
        let frame =
            window.frame.map(|(unit, first, last)| (unit, end(self, first), end(self, last)));
        let order = window.order.iter();
        let order = order.map(|(value, down, nulls)| (self.term(space, *value), *down, *nulls));
        Window {
            order: order.collect(),
            args: self.all(space, &window.args),
            partition: self.all(space, &window.partition),
            frame,
            ..window.clone()
        }
    }

    pub(crate) fn all(&mut self, space: &mut Space<'_>, ids: &[Id]) -> Vec<Id> {
        ids.iter().map(|id| self.term(space, *id)).collect()
    }

    pub(crate) fn fact(&mut self, space: &mut Space<'_>, fact: &Fact) -> Fact {
        match fact {
            Fact::True | Fact::False => fact.clone(),
            Fact::Same(one, two) => Fact::Same(self.term(space, *one), self.term(space, *two)),
            Fact::Differ(one, two) => Fact::Differ(self.term(space, *one), self.term(space, *two)),
            Fact::Below(one, two) => Fact::Below(self.term(space, *one), self.term(space, *two)),
            Fact::AtMost(one, two) => Fact::AtMost(self.term(space, *one), self.term(space, *two)),
            Fact::Some(sum) => {
                let swapped = self.sum(space, *sum);
                if self.simpler && swapped != *sum {
                    space.some(swapped)
                } else {
                    Fact::Some(swapped)
                }
            }
            Fact::None(sum) => {
                let swapped = self.sum(space, *sum);
                if self.simpler && swapped != *sum {
                    space.none(swapped)
                } else {
                    Fact::None(swapped)
                }
            }
            Fact::All(parts) => all(self.facts(space, parts)),
            Fact::Any(parts) => any(self.facts(space, parts)),
        }
    }

    pub(crate) fn facts(&mut self, space: &mut Space<'_>, facts: &[Fact]) -> Vec<Fact> {
        facts.iter().map(|fact| self.fact(space, fact)).collect()
    }

    pub(crate) fn sum(&mut self, space: &mut Space<'_>, sum: SumId) -> SumId {
        if !self.touches(&space.sum_vars(sum).clone()) {
            return sum;
        }
        if let Some(done) = self.sums.get(&sum) {
            return *done;
        }
        let blocks = space.blocks(sum).clone();
        let blocks = blocks.iter().map(|block| self.block(space, block)).collect();
        let done = space.sum(blocks);
        self.sums.insert(sum, done);
        done
    }

    /// The block with its own rows left as they are, unless they are to be replaced by rows, too.
    pub(crate) fn block(&mut self, space: &mut Space<'_>, block: &Block) -> Block {
        let atom = |it: &mut Self, space: &mut Space<'_>, atom: &Atom| Atom {
            var: match it.images.get(&atom.var) {
                Some(Image::Row(row)) => *row,
                Some(Image::Columns(_)) | None => atom.var,
            },
            kind: it.kind(space, &atom.kind),
        };
        Block {
            atoms: block.atoms.iter().map(|it| atom(self, space, it)).collect(),
            facts: self.facts(space, &block.facts),
            out: self.all(space, &block.out),
        }
    }

    pub(crate) fn kind(&mut self, space: &mut Space<'_>, kind: &Kind) -> Kind {
        match kind {
            Kind::Scan(table) => Kind::Scan(*table),
            Kind::Distinct(sum) => Kind::Distinct(self.sum(space, *sum)),
            Kind::Window(sum) => Kind::Window(self.sum(space, *sum)),
            Kind::Limit { sum, order, limit, offset, total } => Kind::Limit {
                sum: self.sum(space, *sum),
                order: order.clone(),
                limit: self.term(space, *limit),
                offset: self.term(space, *offset),
                total: *total,
            },
            Kind::Call { function, args } => {
                Kind::Call { function: *function, args: self.all(space, args) }
            }
            Kind::Set { kind, left, right } => Kind::Set {
                kind: *kind,
                left: self.sum(space, *left),
                right: self.sum(space, *right),
            },
            Kind::Opaque { why, key, inputs } => Kind::Opaque {
                why: *why,
                key: *key,
                inputs: inputs.iter().map(|sum| self.sum(space, *sum)).collect(),
            },
        }
    }
}

/// A block whose rows are its own.
pub(crate) fn renamed(space: &mut Space<'_>, block: &Block) -> Block {
    let mut swap = Swap::renaming();
    for atom in &block.atoms {
        let other = space.another(atom);
        swap.row(atom.var, other);
    }
    swap.block(space, block)
}
