//! Sums over rows that do not look at each other are products of sums.

use std::collections::{BTreeMap, BTreeSet};

use plumb_ir::Type;

use crate::{
    looks,
    space::Space,
    swap::{Swap, renamed},
    term::{Block, Fact, Kind, Var},
    theory::as_call,
};

impl Space<'_> {
    /// Rows that are counted, each with each of the others.
    pub(crate) fn crossed(&mut self, factors: &[Vec<Block>]) -> Vec<Block> {
        let mut all = vec![Block { out: vec![self.one], ..Block::default() }];
        for blocks in factors {
            let mut pairs = Vec::new();
            for one in &all {
                for two in blocks {
                    let two = renamed(self, two);
                    let mut both = one.clone();
                    both.atoms.extend(two.atoms);
                    both.facts.extend(two.facts);
                    pairs.push(both);
                }
            }
            all = pairs;
        }
        all
    }

    /// Blocks of rows that do not look at each other, each with what is multiplied of its own.
    pub(crate) fn factors(&mut self, block: &Block) -> Option<Vec<Block>> {
        if block.atoms.len() < 2 || block.atoms.iter().any(|it| !matches!(it.kind, Kind::Scan(_))) {
            return None;
        }
        let block = self.by_what_is_outside(block);
        let weight = block.out[0];
        let terms = match as_call(self, weight) {
            Some((name, args)) if name == "mul" => args,
            _ => vec![weight],
        };
        if terms.iter().any(|id| matches!(self.type_of(*id), Type::Float(_))) {
            return None;
        }
        let own: Vec<Var> = block.atoms.iter().map(|atom| atom.var).collect();
        let mut group: Vec<usize> = (0..own.len()).collect();
        let mut touched = Vec::new();
        for fact in &block.facts {
            let mut vars = BTreeSet::new();
            self.vars_of_fact(fact, &mut vars);
            touched.push(vars);
        }
        touched.extend(terms.iter().map(|id| self.vars(*id).iter().copied().collect()));
        let places = |vars: &BTreeSet<Var>| -> Vec<usize> {
            (0..own.len()).filter(|at| vars.contains(&own[*at])).collect()
        };
        for vars in &touched {
            let places = places(vars);
            let Some(first) = places.first().map(|at| group[*at]) else { continue };
            let joined: Vec<usize> = places.iter().map(|at| group[*at]).collect();
            for at in &mut group {
                if joined.contains(at) {
                    *at = first;
                }
            }
        }
        let mut names = group.clone();
        names.sort_unstable();
        names.dedup();
        if names.len() < 2 || !self.rule("sum-by-factors") {
            return None;
        }
        // What looks at none of the rows is said with the first.
        let of = |vars: &BTreeSet<Var>| places(vars).first().map_or(names[0], |at| group[*at]);
        let (facts, weights) = touched.split_at(block.facts.len());
        let found = names.iter().map(|name| {
            let atoms = block.atoms.iter().zip(&group).filter(|it| it.1 == name);
            let own = block.facts.iter().zip(facts).filter(|it| of(it.1) == *name);
            let weight = terms.iter().zip(weights).filter(|it| of(it.1) == *name);
            Block {
                atoms: atoms.map(|it| it.0.clone()).collect(),
                facts: own.map(|it| it.0.clone()).collect(),
                out: vec![self.product(weight.map(|it| *it.0).collect())],
            }
        });
        Some(found.collect())
    }

    /// A block that looks at what is known around it, and not at its own columns that are the same.
    fn by_what_is_outside(&mut self, block: &Block) -> Block {
        let mut theory = self.theory_of(block);
        let own: Vec<Var> = block.atoms.iter().map(|atom| atom.var).collect();
        let mut rest = block.clone();
        for atom in &block.atoms {
            let Some(fields) = looks::fields(self, block, atom.var) else { continue };
            let mut images = BTreeMap::new();
            for field in fields {
                let column = self.column(atom.var, field);
                let mut members = theory.members(self, column);
                members.retain(|id| !self.vars(*id).iter().any(|var| own.contains(var)));
                if let Some(image) = members.into_iter().min() {
                    images.insert(field, image);
                }
            }
            if images.is_empty() {
                continue;
            }
            let mut swap = Swap::renaming();
            swap.columns(atom.var, images.clone());
            rest = swap.block(self, &rest);
            // What they are is said of each.
            for (field, image) in images {
                let column = self.column(atom.var, field);
                rest.facts.push(Fact::Same(column, image));
            }
        }
        rest.facts = rest.facts.into_iter().map(|fact| self.plain(fact)).collect();
        rest.facts.retain(|fact| *fact != Fact::True);
        rest
    }
}
