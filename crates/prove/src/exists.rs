//! That there is a row, or none.

use crate::{
    space::Space,
    term::{Block, Fact, Id, Kind, SumId, Term, all, any},
    tidy::Mode,
};

impl Space<'_> {
    /// That one of the blocks has a row.
    pub(crate) fn some_of(&mut self, blocks: Vec<Block>) -> Fact {
        let mut found = Vec::new();
        let mut left = Vec::new();
        for mut block in blocks {
            block.out = Vec::new();
            for block in self.tidy(block, Mode::Set) {
                if block.atoms.is_empty() {
                    found.push(all(block.facts));
                } else {
                    left.push(block);
                }
            }
        }
        if found.contains(&Fact::True) {
            return Fact::True;
        }
        if !left.is_empty() {
            let sum = self.sum(left);
            found.push(Fact::Some(sum));
        }
        any(found)
    }

    pub(crate) fn some(&mut self, sum: SumId) -> Fact {
        let blocks = self.blocks(sum).to_vec();
        self.some_of(blocks)
    }

    pub(crate) fn none(&mut self, sum: SumId) -> Fact {
        self.some(sum).negated(self.null)
    }

    /// TRUE where a fact holds, or else FALSE.
    pub(crate) fn truth_value(&mut self, fact: &Fact) -> Id {
        match fact {
            Fact::True => self.truth,
            Fact::False => self.falsehood,
            Fact::Some(sum) => self.term(Term::Holds(*sum)),
            other => {
                let block = Block { facts: vec![other.clone()], ..Block::default() };
                let sum = self.sum(vec![block]);
                self.term(Term::Holds(sum))
            }
        }
    }

    /// Whether there is a first row does not depend on which it is.
    pub(crate) fn without_limit(&mut self, block: &Block) -> Option<Block> {
        for (at, atom) in block.atoms.iter().enumerate() {
            let Kind::Limit { sum, limit, offset, .. } = atom.kind else { continue };
            let some = match self.get(limit) {
                Term::Literal(plumb_ir::Literal::Integer(rows)) => *rows > 0,
                Term::Literal(plumb_ir::Literal::Null) => true,
                _ => false,
            };
            let mut rest = block.clone();
            rest.atoms.remove(at);
            let first = offset == self.null || offset == self.zero;
            let unseen = !self.vars_of_block(&rest).contains(&atom.var);
            if some && first && unseen && self.rule("limit-in-exists") {
                let some = self.some(sum);
                rest.facts.push(some);
                return Some(rest);
            }
        }
        None
    }
}
