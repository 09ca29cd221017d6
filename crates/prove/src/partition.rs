//! Blocks that part the same rows by conditions.

use crate::{
    space::Space,
    state::{State, similar},
    swap::{Swap, renamed},
    term::{Block, Fact, Kind, all, any},
    tidy::Mode,
};

impl State {
    /// Whether both lists part the same rows of these atoms by conditions.
    pub(crate) fn partitions(
        &mut self,
        space: &mut Space<'_>,
        rows: Block,
        left: &[Block],
        right: &[Block],
    ) -> bool {
        let mut base = self.quiet();
        base.enter(space, &Block { facts: Vec::new(), out: Vec::new(), ..rows });
        let cases = |blocks: &[Block]| -> Vec<Fact> {
            blocks.iter().map(|block| all(block.facts.iter().cloned())).collect()
        };
        let (one, two) = (cases(left), cases(right));
        base.exclusive(space, &one)
            && base.exclusive(space, &two)
            && base.covered(space, left, right, &two)
            && base.covered(space, right, left, &one)
    }

    /// Whether no two of these hold together.
    pub(crate) fn exclusive(&self, space: &mut Space<'_>, cases: &[Fact]) -> bool {
        (0..cases.len()).all(|at| {
            cases[at + 1..].iter().all(|other| {
                let mut state = self.clone();
                state.add(space, &cases[at]);
                state.add(space, other);
                state.absurd(space, 4)
            })
        })
    }

    /// Whether each row of the first is in one of the second, with the same outputs.
    pub(crate) fn covered(
        &self,
        space: &mut Space<'_>,
        these: &[Block],
        those: &[Block],
        cases: &[Fact],
    ) -> bool {
        these.iter().all(|block| {
            let mut state = self.clone();
            state.enter(space, &Block { atoms: Vec::new(), ..block.clone() });
            if !state.implies(space, &any(cases.iter().cloned())) {
                return false;
            }
            those.iter().zip(cases).all(|(other, case)| {
                let mut both = state.clone();
                both.add(space, case);
                let pairs = block.out.iter().zip(&other.out);
                pairs.into_iter().all(|(one, two)| both.same_terms(space, *one, *two))
            })
        })
    }

    /// A block about the rows of another.
    pub(crate) fn aligned(
        &self,
        space: &mut Space<'_>,
        first: &Block,
        block: &Block,
    ) -> Option<Block> {
        if first.atoms.len() != block.atoms.len() || first.out.len() != block.out.len() {
            return None;
        }
        // Rows in the same order only: parts of one query are written alike.
        let block = renamed(space, block);
        let mut used: Vec<usize> = Vec::new();
        let mut swap = Swap::renaming();
        for atom in &block.atoms {
            let place = (0..first.atoms.len())
                .find(|at| !used.contains(at) && similar(&first.atoms[*at].kind, &atom.kind))?;
            used.push(place);
            swap.row(atom.var, first.atoms[place].var);
        }
        let block = swap.block(space, &block);
        for atom in &block.atoms {
            let known = first.atoms.iter().find(|it| it.var == atom.var)?;
            if known.kind != atom.kind && !self.quiet().same_kind(space, &known.kind, &atom.kind) {
                return None;
            }
        }
        Some(block)
    }

    /// Parts blocks by the choices that their facts leave, so that each row is in one part.
    pub(crate) fn split(&self, space: &mut Space<'_>, blocks: &mut Vec<Block>) -> bool {
        let mut found = false;
        for _ in 0..3 {
            let Some((at, place)) = blocks.iter().enumerate().find_map(|(at, block)| {
                let choice =
                    |fact: &Fact| matches!(fact, Fact::Any(parts) if parts.iter().any(about_rows));
                block.facts.iter().position(choice).map(|place| (at, place))
            }) else {
                break;
            };
            if !space.rule("split-by-choice") {
                break;
            }
            let mut block = blocks.swap_remove(at);
            let Fact::Any(mut parts) = block.facts.remove(place) else { break };
            // What is about rows first: it may make them stand among the atoms.
            parts.sort_by_key(|part| !about_rows(part));
            let mut before: Vec<Fact> = Vec::new();
            for part in parts {
                let mut case = block.clone();
                case.facts.extend(before.iter().cloned());
                case.facts.push(part.clone());
                before.push(part.negated(space.null));
                let case = renamed(space, &case);
                blocks.extend(space.tidy(case, Mode::Bag));
            }
            found = true;
        }
        if found {
            blocks.retain(|block| !self.impossible(space, block));
        }
        found
    }

    pub(crate) fn impossible(&self, space: &mut Space<'_>, block: &Block) -> bool {
        let mut state = self.quiet();
        let block = renamed(space, block);
        state.enter(space, &block);
        state.absurd(space, 4)
    }

    /// A block without rows that are, as things stand, rows around it.
    pub(crate) fn reduced(&self, space: &mut Space<'_>, block: &Block) -> Block {
        let mut block = renamed(space, block);
        for _ in 0..4 {
            let mut state = self.quiet();
            state.enter(space, &block);
            let twin = block.atoms.iter().enumerate().find_map(|(at, atom)| {
                matches!(atom.kind, Kind::Scan(_)).then_some(())?;
                Some((at, state.theory.twin(space, atom.var)?))
            });
            let Some((at, twin)) = twin.filter(|_| space.rule("row-known-outside")) else { break };
            let atom = block.atoms.remove(at);
            let mut swap = Swap::merging();
            swap.row(atom.var, twin);
            block = swap.block(space, &block);
        }
        block
    }
}

/// Whether a fact is about rows that are there or not.
fn about_rows(fact: &Fact) -> bool {
    match fact {
        Fact::Some(_) | Fact::None(_) => true,
        Fact::All(parts) | Fact::Any(parts) => parts.iter().any(about_rows),
        Fact::True
        | Fact::False
        | Fact::Same(..)
        | Fact::Differ(..)
        | Fact::Below(..)
        | Fact::AtMost(..) => false,
    }
}
