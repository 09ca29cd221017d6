//! Rows that say nothing new: those of a set that others stand for, and rows that must be there and are.

use std::collections::{BTreeMap, BTreeSet};

use plumb_ir::Field;

use crate::{
    looks,
    space::Space,
    swap::{Swap, renamed},
    term::{Atom, Block, Fact, Id, Kind, Var},
    theory::Theory,
};

/// Most rows of a block that are looked at.
const ROWS: usize = 8;

impl Space<'_> {
    /// In a set, a row that another row of the table stands for is not asked for.
    pub(crate) fn without_copy(&mut self, theory: &mut Theory, block: &Block) -> Option<Block> {
        if block.atoms.len() > ROWS {
            return None;
        }
        for (at, atom) in block.atoms.iter().enumerate() {
            let others = || block.atoms.iter().filter(|it| it.var != atom.var);
            if !matches!(atom.kind, Kind::Scan(_)) || !others().any(|it| it.kind == atom.kind) {
                continue;
            }
            let Some(rest) = self.without_row(theory, block, at) else { continue };
            let mut left = Theory::of(self, &rest.facts);
            let copies: Vec<Var> =
                others().filter(|it| it.kind == atom.kind).map(|it| it.var).collect();
            for copy in copies {
                if self.stands_for(&mut left, block, &rest, atom.var, copy)
                    && self.rule("row-said-twice")
                {
                    return Some(rest);
                }
            }
        }
        None
    }

    /// What a block says of its other rows, with what is known to be the same in the place of a row's columns.
    fn without_row(&mut self, theory: &mut Theory, block: &Block, at: usize) -> Option<Block> {
        let var = block.atoms[at].var;
        let mut rest = block.clone();
        rest.atoms.remove(at);
        let mut images: BTreeMap<Field, Id> = BTreeMap::new();
        for field in looks::fields(self, &rest, var)? {
            let column = self.column(var, field);
            let mut members = theory.members(self, column);
            members.retain(|id| !self.vars(*id).contains(&var));
            let image = members.into_iter().min_by_key(|id| (self.vars(*id).len(), *id));
            if let Some(image) = image {
                images.insert(field, image);
            }
        }
        let mut swap = Swap::merging();
        swap.columns(var, images);
        let mut rest = swap.block(self, &rest);
        rest.facts.retain(|fact| !self.looks_at(fact, var));
        (!self.vars_of_block(&rest).contains(&var)).then_some(rest)
    }

    fn looks_at(&self, fact: &Fact, var: Var) -> bool {
        let mut vars = BTreeSet::new();
        self.vars_of_fact(fact, &mut vars);
        vars.contains(&var)
    }

    /// Whether all that is asked of a row holds of another one.
    fn stands_for(
        &mut self,
        left: &mut Theory,
        block: &Block,
        rest: &Block,
        row: Var,
        other: Var,
    ) -> bool {
        let mut swap = Swap::renaming();
        swap.row(row, other);
        let asked = swap.facts(self, &block.facts);
        asked.iter().all(|fact| rest.facts.contains(fact) || left.ask(self, fact) == Some(true))
    }

    /// A row that must be there, and is among the rows of the block, is not asked for.
    pub(crate) fn without_witness(&mut self, theory: &mut Theory, block: &Block) -> Option<Block> {
        for (at, fact) in block.facts.iter().enumerate() {
            let Fact::Some(sum) = fact else { continue };
            let [inner] = &**self.blocks(*sum) else { continue };
            let [row] = inner.atoms.as_slice() else { continue };
            if !block.atoms.iter().any(|atom| same_table(atom, row)) {
                continue;
            }
            let inner = renamed(self, &inner.clone());
            let row = inner.atoms[0].clone();
            for atom in &block.atoms {
                if !same_table(atom, &row) {
                    continue;
                }
                let mut swap = Swap::renaming();
                swap.row(row.var, atom.var);
                let asked = swap.facts(self, &inner.facts);
                let is = |fact: &Fact| {
                    block.facts.contains(fact) || theory.ask(self, fact) == Some(true)
                };
                if asked.iter().all(is) && self.rule("row-that-is-there") {
                    let mut next = block.clone();
                    next.facts.remove(at);
                    return Some(next);
                }
            }
        }
        None
    }
}

fn same_table(one: &Atom, two: &Atom) -> bool {
    matches!(one.kind, Kind::Scan(_)) && one.kind == two.kind
}
