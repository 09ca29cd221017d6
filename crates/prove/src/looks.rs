//! Which columns of a row something looks at.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use plumb_ir::{Field, FrameUnit, function};
use rustc_hash::FxHashSet;

use crate::{
    space::{Space, parts},
    term::{Block, End, Fact, Id, Kind, SumId, Term, Var},
};

/// Whether a block looks at these columns of a row only.
pub(crate) fn only(
    space: &Space<'_>,
    block: &Block,
    var: Var,
    columns: &BTreeMap<Field, Id>,
) -> bool {
    let look = Look { space, var, columns, seen: None };
    look.block(block)
}

/// Whether a term looks at these columns of a row only.
pub(crate) fn only_in(space: &Space<'_>, id: Id, var: Var, columns: &BTreeMap<Field, Id>) -> bool {
    Look { space, var, columns, seen: None }.term(id)
}

/// The columns of a row that a block looks at; `None` if it looks at all of them.
pub(crate) fn fields(space: &Space<'_>, block: &Block, var: Var) -> Option<BTreeSet<Field>> {
    let (seen, none) = (RefCell::default(), BTreeMap::new());
    let looked = Look { space, var, columns: &none, seen: Some(&seen) }.block(block);
    looked.then(|| seen.into_inner())
}

struct Look<'a, 'b> {
    space: &'a Space<'b>,
    var: Var,
    columns: &'a BTreeMap<Field, Id>,
    /// Where the other columns are listed, if they may be looked at.
    seen: Option<&'a RefCell<BTreeSet<Field>>>,
}

impl Look<'_, '_> {
    fn block(&self, block: &Block) -> bool {
        block.out.iter().all(|id| self.term(*id))
            && block.facts.iter().all(|fact| self.fact(fact))
            && block.atoms.iter().all(|atom| self.kind(&atom.kind))
    }

    fn sum(&self, sum: SumId) -> bool {
        !self.space.sum_vars(sum).contains(&self.var)
            || self.space.blocks(sum).iter().all(|block| self.block(block))
    }

    fn term(&self, id: Id) -> bool {
        if !self.space.vars(id).contains(&self.var) {
            return true;
        }
        match self.space.get(id) {
            Term::Column(_, field) => {
                let listed = || self.seen.map(|seen| seen.borrow_mut().insert(*field)).is_some();
                self.columns.contains_key(field) || listed()
            }
            Term::Row(_) => false,
            Term::Total(sum) | Term::One(sum) | Term::Holds(sum) | Term::Fold { sum, .. } => {
                self.sum(*sum)
            }
            term => parts(term).into_iter().all(|part| self.term(part)),
        }
    }

    fn fact(&self, fact: &Fact) -> bool {
        match fact {
            Fact::True | Fact::False => true,
            Fact::Same(one, two)
            | Fact::Differ(one, two)
            | Fact::Below(one, two)
            | Fact::AtMost(one, two) => self.term(*one) && self.term(*two),
            Fact::Some(sum) | Fact::None(sum) => self.sum(*sum),
            Fact::All(parts) | Fact::Any(parts) => parts.iter().all(|part| self.fact(part)),
        }
    }

    fn kind(&self, kind: &Kind) -> bool {
        match kind {
            Kind::Scan(_) => true,
            Kind::Distinct(sum) | Kind::Window(sum) => self.sum(*sum),
            Kind::Limit { sum, limit, offset, .. } => {
                self.sum(*sum) && self.term(*limit) && self.term(*offset)
            }
            Kind::Call { args, .. } => args.iter().all(|arg| self.term(*arg)),
            Kind::Set { left, right, .. } => self.sum(*left) && self.sum(*right),
            Kind::Opaque { inputs, .. } => inputs.iter().all(|sum| self.sum(*sum)),
        }
    }
}

/// What in blocks depends on a choice that nothing determines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Choices {
    /// Which rows a limit picks.
    pub limit: bool,
    /// Which of rows that tie comes first.
    pub ties: bool,
}

/// Choices that the rows of blocks depend on.
pub(crate) fn choices(space: &Space<'_>, blocks: &[Block]) -> Choices {
    let (found, sums, terms) = Default::default();
    let mut chosen = Chosen { space, found, sums, terms };
    chosen.blocks(blocks);
    chosen.found
}

/// Looks at each sum and term once: what stands in one may stand in many.
struct Chosen<'a, 'b> {
    space: &'a Space<'b>,
    found: Choices,
    sums: FxHashSet<SumId>,
    terms: FxHashSet<Id>,
}

impl Chosen<'_, '_> {
    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            for atom in &block.atoms {
                self.kind(&atom.kind);
            }
            for fact in &block.facts {
                self.fact(fact);
            }
            for id in &block.out {
                self.term(*id);
            }
        }
    }

    fn sum(&mut self, sum: SumId) {
        if self.sums.insert(sum) {
            let blocks = self.space.blocks(sum);
            self.blocks(blocks);
        }
    }

    fn kind(&mut self, kind: &Kind) {
        match kind {
            Kind::Scan(_) => {}
            Kind::Limit { sum, total, .. } => {
                self.found.limit |= !total;
                self.sum(*sum);
            }
            Kind::Distinct(sum) | Kind::Window(sum) => self.sum(*sum),
            Kind::Call { args, .. } => args.iter().for_each(|arg| self.term(*arg)),
            Kind::Set { left, right, .. } => {
                self.sum(*left);
                self.sum(*right);
            }
            Kind::Opaque { inputs, .. } => inputs.iter().for_each(|sum| self.sum(*sum)),
        }
    }

    fn fact(&mut self, fact: &Fact) {
        match fact {
            Fact::True | Fact::False => {}
            Fact::Same(one, two)
            | Fact::Differ(one, two)
            | Fact::Below(one, two)
            | Fact::AtMost(one, two) => {
                self.term(*one);
                self.term(*two);
            }
            Fact::Some(sum) | Fact::None(sum) => self.sum(*sum),
            Fact::All(parts) | Fact::Any(parts) => parts.iter().for_each(|it| self.fact(it)),
        }
    }

    fn term(&mut self, id: Id) {
        if !self.terms.insert(id) {
            return;
        }
        let ordered = |name| function(self.space.arena.name(name)).is_none_or(|it| it.ordered);
        match self.space.get(id) {
            Term::Total(sum) | Term::One(sum) | Term::Holds(sum) => self.sum(*sum),
            Term::Fold { function, sum, .. } => {
                self.found.ties |= ordered(*function);
                self.sum(*sum);
            }
            term => {
                if let Term::Window(window) = term {
                    // A frame that counts rows cuts through rows that tie.
                    let cuts = window.frame.is_some_and(|(unit, start, end)| {
                        unit == FrameUnit::Rows && (start, end) != (End::First, End::Last)
                    });
                    self.found.ties |= !window.total && (cuts || ordered(window.function));
                }
                for part in parts(term) {
                    self.term(part);
                }
            }
        }
    }
}
