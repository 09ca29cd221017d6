//! Blocks as simple as they get: rows that are one row are one atom, what is distinct is one atom.

use std::collections::BTreeMap;

use plumb_canon::Ground;
use plumb_ir::{Field, Symbol};

use crate::{
    space::Space,
    swap::{Swap, renamed},
    term::{Block, Fact, Id, Kind, Var, all},
    theory::Theory,
};

/// Most sums inside each other.
const DEPTH: u32 = 16;
/// Most changes of one block.
const CHANGES: usize = 60;
/// Most blocks of a sum.
pub(crate) const BLOCKS: usize = 48;

/// Whether it matters how often a row is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Bag,
    Set,
}

impl Space<'_> {
    /// Blocks with the same rows, as simple as they get.
    pub(crate) fn tidy(&mut self, block: Block, mode: Mode) -> Vec<Block> {
        if self.depth >= DEPTH {
            return vec![block];
        }
        self.depth += 1;
        let blocks = self.tidied(block, mode);
        self.depth -= 1;
        blocks
    }

    fn tidied(&mut self, block: Block, mode: Mode) -> Vec<Block> {
        let mut todo = vec![block];
        let mut done = Vec::new();
        let mut changes = 0;
        while let Some(block) = todo.pop() {
            changes += 1;
            if changes > CHANGES || !self.step(4) {
                done.push(block);
                continue;
            }
            match self.changed(block, mode) {
                Change::Done(block) => done.push(block),
                Change::Again(blocks) => todo.extend(blocks),
            }
        }
        done.reverse();
        done
    }

    fn changed(&mut self, mut block: Block, mode: Mode) -> Change {
        let facts = std::mem::take(&mut block.facts);
        match all(facts.into_iter().map(|fact| self.plain(fact)).collect::<Vec<_>>()) {
            Fact::True => {}
            Fact::False => return Change::Again(Vec::new()),
            Fact::All(facts) => {
                block.facts = facts;
                let mut seen = rustc_hash::FxHashSet::default();
                block.facts.retain(|fact| seen.insert(fact.clone()));
            }
            fact => block.facts = vec![fact],
        }
        if mode == Mode::Set
            && let Some(blocks) = self.without_distinct(&block)
        {
            return Change::Again(blocks);
        }
        if mode == Mode::Set
            && let Some(block) = self.without_limit(&block)
        {
            return Change::Again(vec![block]);
        }
        if let Some(next) = self.first_of_each(&block) {
            return Change::Again(vec![next]);
        }
        let mut theory = self.theory_of(&block);
        if theory.absurd {
            return Change::Again(Vec::new());
        }
        if let Some(next) = self.one_row_less(&mut theory, &block) {
            return Change::Again(vec![next]);
        }
        if mode == Mode::Set
            && let Some(next) = self.without_copy(&mut theory, &block)
        {
            return Change::Again(vec![next]);
        }
        if let Some(next) = self.without_witness(&mut theory, &block) {
            return Change::Again(vec![next]);
        }
        if let Some(next) = self.picked_row(&mut theory, &block) {
            return Change::Again(vec![next]);
        }
        if mode == Mode::Bag
            && let Some(blocks) = self.looked_up(&theory, &block)
        {
            return Change::Again(blocks);
        }
        if let Some(next) = self.promoted(&mut theory, &block, mode) {
            return Change::Again(vec![next]);
        }
        if mode == Mode::Bag
            && let Some(blocks) = self.distinct(&block)
        {
            return Change::Again(blocks);
        }
        Change::Done(block)
    }

    /// What follows from the facts of a block; all rows of tables it names are known to it.
    pub(crate) fn theory_of(&mut self, block: &Block) -> Theory {
        let mut theory = Theory::of(self, &block.facts);
        for id in &block.out {
            theory.class(self, *id);
        }
        theory
    }

    /// In a set, distinct rows are rows.
    fn without_distinct(&mut self, block: &Block) -> Option<Vec<Block>> {
        let at = block.atoms.iter().position(|atom| matches!(atom.kind, Kind::Distinct(_)))?;
        let Kind::Distinct(sum) = block.atoms[at].kind else { return None };
        if !self.rule("distinct-in-set") {
            return None;
        }
        let var = block.atoms[at].var;
        let mut rest = block.clone();
        rest.atoms.remove(at);
        let inner = self.blocks(sum).clone();
        Some(inner.iter().map(|inner| self.put_in(&rest, var, inner)).collect())
    }

    /// A block with the rows of another in the place of a row that is its outputs.
    pub(crate) fn put_in(&mut self, block: &Block, var: Var, inner: &Block) -> Block {
        let inner = renamed(self, inner);
        self.with(block, var, inner)
    }

    /// The same with rows that are its own already.
    pub(crate) fn with(&mut self, block: &Block, var: Var, inner: Block) -> Block {
        let columns = (0..).map(Field::At).zip(inner.out.iter().copied());
        let mut swap = Swap::merging();
        swap.columns(var, columns.collect());
        let mut next = swap.block(self, block);
        next.atoms.extend(inner.atoms);
        next.facts.extend(inner.facts);
        next
    }

    /// Two atoms that are one row become one; a row that a reference promises is not asked for.
    fn one_row_less(&mut self, theory: &mut Theory, block: &Block) -> Option<Block> {
        for (at, atom) in block.atoms.iter().enumerate() {
            if !matches!(atom.kind, Kind::Scan(_)) {
                continue;
            }
            let mut next = block.clone();
            next.atoms.remove(at);
            if let Some(other) = theory.twin(self, atom.var)
                && self.rule("one-row-by-key")
            {
                let mut swap = Swap::merging();
                swap.row(atom.var, other);
                return Some(swap.block(self, &next));
            }
            if let Some(columns) = self.promised(theory, &next, atom.var)
                && self.rule("row-by-reference")
            {
                for id in columns.values() {
                    next.facts.push(Fact::Differ(*id, self.null));
                }
                let mut swap = Swap::merging();
                swap.columns(atom.var, columns);
                return Some(swap.block(self, &next));
            }
        }
        None
    }

    /// The columns that point to a row, if nothing else of the row is looked at.
    fn promised(
        &mut self,
        theory: &mut Theory,
        block: &Block,
        var: Var,
    ) -> Option<BTreeMap<Field, Id>> {
        let (table, _) = self.table(var)?;
        let name = self.arena.name(table).to_owned();
        for (other, _) in theory.rows() {
            if other == var {
                continue;
            }
            let Some((_, known)) = self.table(other) else { continue };
            for reference in known.references.iter().filter(|it| it.table == name) {
                let Some(key) = self.key_of(table, &reference.to) else { continue };
                let mut columns = BTreeMap::new();
                for (from, to) in reference.columns.iter().zip(&reference.to) {
                    let (from, to) = (self.arena.symbol(from), self.arena.symbol(to));
                    let from = self.column(other, Field::Named(from));
                    let target = self.column(var, Field::Named(to));
                    if theory.class(self, from) != theory.class(self, target)
                        || !theory.is_value(self, from)
                    {
                        break;
                    }
                    columns.insert(Field::Named(to), from);
                }
                if columns.len() == reference.to.len()
                    && crate::looks::only(self, block, var, &columns)
                {
                    self.grounds.extend([reference.ground, key]);
                    return Some(columns);
                }
            }
        }
        None
    }

    /// Why no two rows of a table share these columns.
    pub(crate) fn key_of(&self, table: Symbol, columns: &[String]) -> Option<Ground> {
        let known = self.facts.get(self.arena.name(table))?;
        let same = |key: &&(Vec<String>, Ground)| {
            key.0.len() == columns.len() && columns.iter().all(|column| key.0.contains(column))
        };
        known.keys.iter().find(same).map(|key| key.1)
    }

    /// A row that must be there, and can only be one, stands among the atoms.
    fn promoted(&mut self, theory: &mut Theory, block: &Block, mode: Mode) -> Option<Block> {
        for (at, fact) in block.facts.iter().enumerate() {
            let Fact::Some(sum) = fact else { continue };
            let [inner] = &**self.blocks(*sum) else { continue };
            let inner = renamed(self, &inner.clone());
            let mut next = block.clone();
            if mode == Mode::Set && self.rule("exists-in-set") {
                next.facts.swap_remove(at);
                next.atoms.extend(inner.atoms);
                next.facts.extend(inner.facts);
                return Some(next);
            }
            let mut inside = theory.clone();
            for fact in &inner.facts {
                inside.assume(self, fact);
            }
            let own: Vec<Var> = inner.atoms.iter().map(|atom| atom.var).collect();
            let keyed = inner.atoms.iter().position(|atom| {
                matches!(atom.kind, Kind::Scan(_)) && self.keyed(&mut inside, atom.var, &own, &[])
            });
            let Some(place) = keyed.filter(|_| self.rule("exists-by-key")) else { continue };
            let mut inner = inner;
            let atom = inner.atoms.remove(place);
            // What it is the only one for is said inside and outside.
            let outside: Vec<Fact> = self.facts_about(&inner.facts, &own, atom.var);
            next.atoms.push(atom);
            next.facts.extend(outside);
            next.facts[at] = self.some_of(vec![inner]);
            return Some(next);
        }
        None
    }

    /// The facts that look at no row of these but one.
    pub(crate) fn facts_about(&self, facts: &[Fact], own: &[Var], var: Var) -> Vec<Fact> {
        let alone = |fact: &&Fact| {
            let mut vars = std::collections::BTreeSet::new();
            self.vars_of_fact(fact, &mut vars);
            vars.iter().all(|it| *it == var || !own.contains(it))
        };
        facts.iter().filter(alone).cloned().collect()
    }

    /// Whether a key of a row is known from rows that are not its neighbours, or from these terms.
    pub(crate) fn keyed(
        &mut self,
        theory: &mut Theory,
        var: Var,
        own: &[Var],
        given: &[Id],
    ) -> bool {
        let Some((_, table)) = self.table(var) else { return false };
        for (columns, ground) in &table.keys {
            let mut all = true;
            for column in columns {
                let name = self.arena.symbol(column);
                let term = self.column(var, Field::Named(name));
                let class = theory.class(self, term);
                let known = theory
                    .members(self, term)
                    .into_iter()
                    .any(|it| !self.vars(it).iter().any(|var| own.contains(var)))
                    || given.iter().any(|id| theory.class(self, *id) == class);
                if !known || !theory.is_value(self, term) {
                    all = false;
                    break;
                }
            }
            if all {
                self.grounds.insert(*ground);
                return true;
            }
        }
        false
    }
}

enum Change {
    Done(Block),
    Again(Vec<Block>),
}

pub(crate) fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
