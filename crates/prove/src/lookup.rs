//! A value of the only row that a key allows: with that row beside it, or NULL without one.

use crate::{
    space::Space,
    swap::renamed,
    term::{Block, Id, Kind, SumId, Term, Var},
    theory::Theory,
    window::{outermost, replaced},
};

impl Space<'_> {
    /// The blocks with the row that a value is of, and without one.
    pub(crate) fn looked_up(&mut self, theory: &Theory, block: &Block) -> Option<Vec<Block>> {
        let values = outermost(self, &block.out, |term| matches!(term, Term::One(_)));
        if values.len() > 2 {
            return None;
        }
        for value in values {
            let Term::One(sum) = *self.get(value) else { continue };
            let Some(inner) = self.only_by_key(theory, sum) else { continue };
            if !self.rule("value-of-the-only-row") {
                return None;
            }
            let none = self.none(sum);
            let mut with = self.saying(block, value, inner.out[0]);
            with.atoms.extend(inner.atoms);
            with.facts.extend(inner.facts);
            let mut without = self.saying(block, value, self.null);
            without.facts.push(none);
            return Some(vec![with, without]);
        }
        None
    }

    /// The block of a sum of which there is one row at most.
    fn only_by_key(&mut self, theory: &Theory, sum: SumId) -> Option<Block> {
        let [block] = &**self.blocks(sum) else { return None };
        let block = renamed(self, &block.clone());
        let mut inside = theory.clone();
        for fact in &block.facts {
            inside.assume(self, fact);
        }
        let mut own: Vec<Var> = block.atoms.iter().map(|atom| atom.var).collect();
        // Each row is known by its key from what stands outside, or from rows that are known already.
        while let Some(at) = (0..own.len()).find(|at| {
            let atom = block.atoms.iter().find(|atom| atom.var == own[*at]);
            atom.is_some_and(|atom| matches!(atom.kind, Kind::Scan(_)))
                && self.keyed(&mut inside, own[*at], &own, &[])
        }) {
            own.remove(at);
        }
        own.is_empty().then_some(block)
    }

    fn saying(&mut self, block: &Block, value: Id, said: Id) -> Block {
        let out = block.out.iter().map(|id| replaced(self, *id, &[(value, said)])).collect();
        Block { out, ..block.clone() }
    }
}
