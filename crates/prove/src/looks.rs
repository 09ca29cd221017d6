//! Which columns of a row something looks at.

use std::collections::BTreeMap;

use plumb_ir::Field;

use crate::{
    space::{Space, parts},
    term::{Block, Fact, Id, Kind, SumId, Term, Var},
};

/// Whether a block looks at these columns of a row only.
pub(crate) fn only(
    space: &Space<'_>,
    block: &Block,
    var: Var,
    columns: &BTreeMap<Field, Id>,
) -> bool {
    let look = Look { space, var, columns };
    look.block(block)
}

/// Whether a term looks at these columns of a row only.
pub(crate) fn only_in(space: &Space<'_>, id: Id, var: Var, columns: &BTreeMap<Field, Id>) -> bool {
    Look { space, var, columns }.term(id)
}

struct Look<'a, 'b> {
    space: &'a Space<'b>,
    var: Var,
    columns: &'a BTreeMap<Field, Id>,
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
            Term::Column(_, field) => self.columns.contains_key(field),
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

/// Whether a limit stands in blocks that picks rows in no total order.
pub(crate) fn picks(space: &Space<'_>, blocks: &[Block]) -> bool {
    blocks.iter().any(|block| {
        block.atoms.iter().any(|atom| picks_in_kind(space, &atom.kind))
            || block.facts.iter().any(|fact| picks_in_fact(space, fact))
            || block.out.iter().any(|id| picks_in_term(space, *id))
    })
}

fn picks_in_sum(space: &Space<'_>, sum: SumId) -> bool {
    picks(space, space.blocks(sum))
}

fn picks_in_kind(space: &Space<'_>, kind: &Kind) -> bool {
    match kind {
        Kind::Scan(_) => false,
        Kind::Limit { total: false, .. } => true,
        Kind::Limit { sum, .. } | Kind::Distinct(sum) | Kind::Window(sum) => {
            picks_in_sum(space, *sum)
        }
        Kind::Call { args, .. } => args.iter().any(|arg| picks_in_term(space, *arg)),
        Kind::Set { left, right, .. } => picks_in_sum(space, *left) || picks_in_sum(space, *right),
        Kind::Opaque { inputs, .. } => inputs.iter().any(|sum| picks_in_sum(space, *sum)),
    }
}

fn picks_in_fact(space: &Space<'_>, fact: &Fact) -> bool {
    match fact {
        Fact::True | Fact::False => false,
        Fact::Same(one, two)
        | Fact::Differ(one, two)
        | Fact::Below(one, two)
        | Fact::AtMost(one, two) => picks_in_term(space, *one) || picks_in_term(space, *two),
        Fact::Some(sum) | Fact::None(sum) => picks_in_sum(space, *sum),
        Fact::All(parts) | Fact::Any(parts) => parts.iter().any(|it| picks_in_fact(space, it)),
    }
}

fn picks_in_term(space: &Space<'_>, id: Id) -> bool {
    match space.get(id) {
        Term::Total(sum) | Term::One(sum) | Term::Holds(sum) | Term::Fold { sum, .. } => {
            picks_in_sum(space, *sum)
        }
        term => parts(term).into_iter().any(|part| picks_in_term(space, part)),
    }
}
