//! What a row that is there is not, where no such row is.

use crate::{
    space::Space,
    state::{State, similar},
    swap::Swap,
    term::{Block, Fact, Kind, SumId, Var},
};

/// Most facts of a block of which one does not hold.
const OPEN: usize = 3;

impl State {
    /// Takes, for each row and each sum without rows, that not all the facts of the sum hold of the row; whether there
    /// was anything to take.
    pub(crate) fn learned(&mut self, space: &mut Space<'_>) -> bool {
        let mut found = false;
        for sum in self.none.clone() {
            for block in space.blocks(sum).to_vec() {
                let [atom] = block.atoms.as_slice() else { continue };
                for known in self.atoms.clone() {
                    let table = matches!(atom.kind, Kind::Scan(_));
                    if table && similar(&atom.kind, &known.kind) && space.step(2) {
                        found |= self.is_none(space, sum, &block, known.var);
                    }
                }
            }
        }
        found
    }

    /// The row is none of a block of one table.
    fn is_none(&mut self, space: &mut Space<'_>, sum: SumId, block: &Block, row: Var) -> bool {
        if self.told.contains(&(sum, row)) {
            return false;
        }
        let mut swap = Swap::renaming();
        swap.row(block.atoms[0].var, row);
        let mut open = Vec::new();
        for fact in swap.facts(space, &block.facts) {
            match self.theory.ask(space, &fact) {
                Some(true) => {}
                Some(false) => return false,
                None => open.push(fact.negated(space.null)),
            }
        }
        let plain = |fact: &Fact| !matches!(fact, Fact::Some(_) | Fact::None(_));
        if open.is_empty() || open.len() > OPEN || !open.iter().all(plain) {
            return false;
        }
        if !space.rule("no-such-row") {
            return false;
        }
        self.told.push((sum, row));
        let fact = crate::term::any(open);
        self.add(space, &fact);
        true
    }
}
