//! What may not stand where: calls over rows that are not there, numbers of two kinds in one column.

use plumb_ir::{Literal, Type};

use crate::{
    lower::{Fit, Kernel, Unfit},
    term::{NULL, Sum, Term},
};

impl Kernel<'_> {
    /// Sees to it that a union which has whole numbers and others in one column is known.
    pub(crate) fn told_apart(&mut self, sum: &Sum) {
        let width = sum.first().map_or(0, |block| block.out.len());
        for at in 0..width {
            let kinds = sum.iter().filter_map(|block| block.out.get(at));
            let kinds: Vec<Type> = kinds.map(|it| self.number_kind(it)).collect();
            let whole = kinds.iter().any(|it| matches!(it, Type::Int(_)));
            let other = kinds.iter().any(|it| matches!(it, Type::Decimal(_) | Type::Float(_)));
            self.mixes |= whole && other;
        }
    }

    fn number_kind(&self, term: &Term) -> Type {
        match term.as_literal() {
            Some(Literal::Integer(_)) => Type::Int(64),
            Some(Literal::Decimal { .. }) => Type::Decimal(None),
            Some(Literal::Float(_)) => Type::Float(64),
            _ => self.type_of(term),
        }
    }
}

/// Which calls over rows may stand at a place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Calls {
    None,
    Windows,
}

/// A call over rows that stands where there are none to call it over says nothing that one could compare.
pub(crate) fn no_calls_over_rows(terms: &[Term], but: Calls) -> Fit<()> {
    let over_rows = |it: &Term| match it {
        Term::Measure(_) => true,
        Term::Window(_) => but == Calls::None,
        _ => false,
    };
    // Those of queries inside of a term were looked at with the queries.
    let outside = |term: &Term| {
        let mut found = false;
        term.map(&mut |it| {
            found |= over_rows(it);
            (found || matches!(it, Term::Exists(_) | Term::In(..) | Term::One(_))).then_some(NULL)
        });
        found
    };
    if terms.iter().any(outside) { Err(Unfit("a call over rows out of place")) } else { Ok(()) }
}
