//! A sum over some rows, and one over those of them of which more holds: the rest is a sum, too.

use plumb_ir::Type;

use crate::{
    space::Space,
    state::State,
    term::{Block, Fact, Id, Term, any},
};

/// Most sums of which parts are looked for.
const MANY: usize = 8;

impl State {
    /// Puts sums together with those of their parts; whether there were any.
    pub(crate) fn parts_of_sums(&mut self, space: &mut Space<'_>) -> bool {
        let totals: Vec<Id> =
            self.theory.terms.iter().copied().filter(|id| is_exact(space, *id)).collect();
        if totals.len() > MANY {
            return false;
        }
        let mut found = false;
        for whole in &totals {
            for part in &totals {
                if whole == part || self.tried.contains(&(*part, *whole)) || !space.step(4) {
                    continue;
                }
                let (Some(all), Some(some)) = (only_block(space, *whole), only_block(space, *part))
                else {
                    continue;
                };
                let Some(facts) = space.more_of(&all, &some) else { continue };
                if !space.rule("part-of-a-sum") {
                    continue;
                }
                self.tried.push((*part, *whole));
                let mut rest = some.clone();
                rest.facts.retain(|fact| !facts.contains(fact));
                rest.facts.push(any(facts.iter().map(|fact| fact.negated(space.null))));
                let rest = space.total(vec![rest]);
                let both = space.call("add", vec![*part, rest]);
                self.theory.join(space, *whole, both);
                found = true;
            }
        }
        found
    }
}

/// Whether a term is a sum that does not depend on the order of its rows.
fn is_exact(space: &Space<'_>, id: Id) -> bool {
    matches!(space.get(id), Term::Total(_)) && !matches!(space.type_of(id), Type::Float(_))
}

fn only_block(space: &Space<'_>, id: Id) -> Option<Block> {
    let Term::Total(sum) = space.get(id) else { return None };
    match space.blocks(*sum).as_slice() {
        [block] => Some(block.clone()),
        _ => None,
    }
}

impl Space<'_> {
    /// The facts that a block has beyond those of another that is the same for the rest.
    fn more_of(&self, all: &Block, some: &Block) -> Option<Vec<Fact>> {
        let more = some.facts.len().checked_sub(all.facts.len()).filter(|more| *more > 0)?;
        if all.atoms.len() != some.atoms.len() || more > 2 {
            return None;
        }
        let count = some.facts.len();
        for first in 0..count {
            for second in first..count {
                if (first == second) != (more == 1) {
                    continue;
                }
                let mut rest = some.clone();
                let mut facts = vec![rest.facts.remove(second)];
                if first != second {
                    facts.push(rest.facts.remove(first));
                }
                if self.one_reading_of_blocks(all, &rest) {
                    return Some(facts);
                }
            }
        }
        None
    }
}
