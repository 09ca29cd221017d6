//! Blocks as simple as they get: rows that are one row are one atom, what is distinct is one atom.

use plumb_ir::Field;
use rustc_hash::FxHashMap;

use crate::{
    space::{Column, Origin, Space},
    swap::{Swap, renamed},
    term::{Atom, Block, Fact, Id, Kind, SumId, Term, Var, all, any},
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
        let mut theory = self.theory_of(&block);
        if theory.absurd {
            return Change::Again(Vec::new());
        }
        if let Some(next) = self.one_row_less(&mut theory, &block) {
            return Change::Again(vec![next]);
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

    /// Whether there is a first row does not depend on which it is.
    fn without_limit(&mut self, block: &Block) -> Option<Block> {
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

    /// A block with the rows of another in the place of a row that is its outputs.
    pub(crate) fn put_in(&mut self, block: &Block, var: Var, inner: &Block) -> Block {
        let inner = renamed(self, inner);
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
    ) -> Option<FxHashMap<Field, Id>> {
        let (table, _) = self.table(var)?;
        let name = self.arena.name(table).to_owned();
        for (other, _) in theory.rows() {
            if other == var {
                continue;
            }
            let Some((_, known)) = self.table(other) else { continue };
            for reference in known.references.iter().filter(|it| it.table == name) {
                let mut columns = FxHashMap::default();
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
                    self.grounds.insert(reference.ground);
                    return Some(columns);
                }
            }
        }
        None
    }

    /// A row that must be there, and can only be one, stands among the atoms.
    fn promoted(&mut self, theory: &mut Theory, block: &Block, mode: Mode) -> Option<Block> {
        for (at, fact) in block.facts.iter().enumerate() {
            let Fact::Some(sum) = fact else { continue };
            let [inner] = self.blocks(*sum).as_slice() else { continue };
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
                matches!(atom.kind, Kind::Scan(_))
                    && self.keyed(&mut inside, atom.var, &own, &[])
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
    fn facts_about(&self, facts: &[Fact], own: &[Var], var: Var) -> Vec<Fact> {
        let alone = |fact: &&Fact| {
            let mut vars = std::collections::BTreeSet::new();
            self.vars_of_fact(fact, &mut vars);
            vars.iter().all(|it| *it == var || !own.contains(it))
        };
        facts.iter().filter(alone).cloned().collect()
    }

    /// Whether a key of a row is known from rows that are not its neighbours, or from these terms.
    fn keyed(&mut self, theory: &mut Theory, var: Var, own: &[Var], given: &[Id]) -> bool {
        let Some((_, table)) = self.table(var) else { return false };
        for (columns, ground) in &table.keys {
            let mut all = true;
            for column in columns {
                let name = self.arena.symbol(column);
                let term = self.column(var, Field::Named(name));
                let class = theory.class(self, term);
                let known = theory.members(self, term).into_iter().any(|it| {
                    !self.vars(it).iter().any(|var| own.contains(var))
                }) || given.iter().any(|id| theory.class(self, *id) == class);
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

    /// What is distinct is one atom with the facts about it inside, and with columns that nothing else tells.
    fn distinct(&mut self, block: &Block) -> Option<Vec<Block>> {
        let places: Vec<usize> = (0..block.atoms.len())
            .filter(|at| matches!(block.atoms[*at].kind, Kind::Distinct(_)))
            .collect();
        let first = *places.first()?;
        if let Some(second) = places.get(1)
            && self.rule("distinct-rows-together")
        {
            return Some(vec![self.both_distinct(block, first, *second)]);
        }
        let Kind::Distinct(sum) = block.atoms[first].kind else { return None };
        let var = block.atoms[first].var;
        let mut rest = block.clone();
        rest.atoms.remove(first);
        let inner = self.blocks(sum).clone();
        if inner.is_empty() {
            return Some(Vec::new());
        }
        // Facts about it go inside.
        let looks = |space: &Self, fact: &Fact| {
            let mut vars = std::collections::BTreeSet::new();
            space.vars_of_fact(fact, &mut vars);
            vars.contains(&var)
        };
        let (about, others): (Vec<Fact>, Vec<Fact>) =
            rest.facts.into_iter().partition(|fact| looks(self, fact));
        rest.facts = others;
        let mut changed = !about.is_empty();
        let mut blocks = Vec::new();
        for one in &inner {
            let mut one = one.clone();
            if !about.is_empty() {
                one = renamed(self, &one);
                let columns = (0..).map(Field::At).zip(one.out.iter().copied());
                let mut swap = Swap::merging();
                swap.columns(var, columns.collect());
                let inside = swap.facts(self, &about);
                one.facts.extend(inside);
            }
            let tidied = self.tidy(one.clone(), Mode::Set);
            changed |= tidied.len() != 1 || tidied[0] != one;
            blocks.extend(tidied);
        }
        if blocks.is_empty() {
            return Some(Vec::new());
        }
        if let Some(next) = self.fewer_columns(&rest, var, &blocks) {
            return Some(vec![next]);
        }
        if let Some(next) = self.out_of_distinct(&rest, var, &blocks) {
            return Some(vec![next]);
        }
        if !changed {
            return None;
        }
        rest.atoms.push(self.distinct_atom(var, blocks));
        Some(vec![rest])
    }

    fn distinct_atom(&mut self, var: Var, blocks: Vec<Block>) -> Atom {
        let sum = self.sum(blocks);
        Atom { var, kind: Kind::Distinct(sum) }
    }

    /// A new row that is the distinct outputs of blocks.
    pub(crate) fn distinct_row(&mut self, blocks: Vec<Block>) -> Atom {
        let width = blocks.first().map_or(0, |block| block.out.len());
        let columns = (0..width).map(|at| {
            let types = blocks.iter().map(|block| self.type_of(block.out[at]));
            let mut types: Vec<_> = types.collect();
            types.dedup();
            let data_type =
                if types.len() == 1 { types.swap_remove(0) } else { plumb_ir::Type::Unknown };
            let star = self.is_star(blocks[0].out[at]);
            Column { data_type, star }
        });
        let origin = Origin::Columns(columns.collect());
        let var = self.fresh(origin);
        self.distinct_atom(var, blocks)
    }

    /// Two distinct atoms are one that is distinct in both.
    fn both_distinct(&mut self, block: &Block, first: usize, second: usize) -> Block {
        let (one, two) = (block.atoms[first].clone(), block.atoms[second].clone());
        let (Kind::Distinct(left), Kind::Distinct(right)) = (&one.kind, &two.kind) else {
            return block.clone();
        };
        let (left, right) = (self.blocks(*left).clone(), self.blocks(*right).clone());
        let width = left.first().map_or(0, |block| block.out.len());
        let others = right.first().map_or(0, |block| block.out.len());
        let mut blocks = Vec::new();
        for left in &left {
            for right in &right {
                let (mut joined, right) = (renamed(self, left), renamed(self, right));
                // The second may look at the first.
                let columns = (0..).map(Field::At).zip(joined.out.iter().copied());
                let mut swap = Swap::merging();
                swap.columns(one.var, columns.collect());
                let right = swap.block(self, &right);
                joined.atoms.extend(right.atoms);
                joined.facts.extend(right.facts);
                joined.out.extend(right.out);
                // Or the first at the second.
                let columns = (0..).map(Field::At).zip(joined.out[width..].iter().copied());
                let mut swap = Swap::merging();
                swap.columns(two.var, columns.collect());
                blocks.push(swap.block(self, &joined));
            }
        }
        let mut rest = block.clone();
        rest.atoms.remove(second.max(first));
        rest.atoms.remove(second.min(first));
        if blocks.is_empty() {
            rest.facts = vec![Fact::False];
            return rest;
        }
        let atom = self.distinct_row(blocks);
        let mut swap = Swap::merging();
        let mut column = |from: usize, at: usize| {
            let term = self.column(atom.var, Field::At(number(from + at)));
            (Field::At(number(at)), term)
        };
        let first: FxHashMap<Field, Id> = (0..width).map(|at| column(0, at)).collect();
        let second: FxHashMap<Field, Id> = (0..others).map(|at| column(width, at)).collect();
        swap.columns(one.var, first);
        swap.columns(two.var, second);
        let mut next = swap.block(self, &rest);
        next.atoms.push(atom);
        next
    }

    /// Columns that something outside tells, or another column, are no columns.
    fn fewer_columns(&mut self, rest: &Block, var: Var, blocks: &[Block]) -> Option<Block> {
        let width = blocks[0].out.len();
        let mut theories: Vec<Theory> = blocks.iter().map(|it| self.theory_of(it)).collect();
        let mut images: Vec<Option<Id>> = vec![None; width];
        let mut dropped = false;
        for at in 0..width {
            let mut same: Option<Vec<Id>> = None;
            for (block, theory) in blocks.iter().zip(&mut theories) {
                let own: Vec<Var> = block.atoms.iter().map(|atom| atom.var).collect();
                let mut members = theory.members(self, block.out[at]);
                members.retain(|id| !self.vars(*id).iter().any(|it| own.contains(it)));
                same = Some(match same {
                    None => members,
                    Some(known) => known.into_iter().filter(|id| members.contains(id)).collect(),
                });
            }
            let told = same.and_then(|ids| ids.into_iter().min_by_key(|id| (self.vars(*id).len(), *id)));
            let twin = (0..at).find(|before| {
                images[*before].is_none()
                    && blocks.iter().zip(&mut theories).all(|(block, theory)| {
                        theory.class(self, block.out[at]) == theory.class(self, block.out[*before])
                    })
            });
            images[at] = match (told, twin) {
                (Some(told), _) => Some(told),
                (None, Some(before)) => Some(self.column(var, Field::At(number(before)))),
                (None, None) => None,
            };
            dropped |= images[at].is_some();
        }
        if !dropped || !self.rule("told-columns") {
            return None;
        }
        let kept: Vec<usize> = (0..width).filter(|at| images[*at].is_none()).collect();
        let mut narrower = blocks.to_vec();
        for block in &mut narrower {
            block.out = kept.iter().map(|at| block.out[*at]).collect();
        }
        if kept.is_empty() {
            let mut swap = Swap::merging();
            let columns = images.iter().enumerate();
            let columns = columns.filter_map(|(at, id)| Some((Field::At(number(at)), (*id)?)));
            swap.columns(var, columns.collect());
            let mut next = swap.block(self, rest);
            next.facts.push(self.some_of(narrower));
            return Some(next);
        }
        let atom = self.distinct_row(narrower);
        let mut columns = FxHashMap::default();
        for (place, at) in kept.iter().enumerate() {
            let column = self.column(atom.var, Field::At(number(place)));
            columns.insert(Field::At(number(*at)), column);
        }
        for (at, image) in images.iter().enumerate() {
            let Some(image) = image else { continue };
            // A twin is a column that is kept.
            let image = match self.get(*image) {
                Term::Column(it, field) if *it == var => columns.get(field).copied().unwrap_or(*image),
                _ => *image,
            };
            columns.insert(Field::At(number(at)), image);
        }
        let mut swap = Swap::merging();
        swap.columns(var, columns);
        let mut next = swap.block(self, rest);
        next.atoms.push(atom);
        Some(next)
    }

    /// A row inside that the outputs tell stands outside.
    fn out_of_distinct(&mut self, rest: &Block, var: Var, blocks: &[Block]) -> Option<Block> {
        let [inner] = blocks else { return None };
        let inner = renamed(self, inner);
        let mut theory = self.theory_of(&inner);
        let own: Vec<Var> = inner.atoms.iter().map(|atom| atom.var).collect();
        let place = inner.atoms.iter().position(|atom| {
            matches!(atom.kind, Kind::Scan(_))
                && self.keyed(&mut theory, atom.var, &own, &inner.out)
        });
        let mut inner = inner;
        let Some(place) = place else {
            return self.referred(rest, var, inner, &mut theory);
        };
        if !self.rule("row-out-of-distinct") {
            return None;
        }
        let atom = inner.atoms.remove(place);
        let mut next = rest.clone();
        // The outputs that the row tells are known outside.
        let facts = self.facts_about(&inner.facts, &own, atom.var);
        next.facts.extend(facts);
        let mut equations = Vec::new();
        for (at, out) in inner.out.iter().enumerate() {
            let column = self.column(var, Field::At(number(at)));
            for member in theory.members(self, *out) {
                if self.vars(member).contains(&atom.var)
                    && self.vars(member).iter().all(|it| *it == atom.var || !own.contains(it))
                {
                    equations.push(Fact::Same(column, member));
                    break;
                }
            }
        }
        next.facts.extend(equations);
        next.atoms.push(atom);
        next.atoms.push(self.distinct_atom(var, vec![inner]));
        Some(next)
    }

    /// Columns that point to a row of a table are that row's.
    fn referred(
        &mut self,
        rest: &Block,
        var: Var,
        inner: Block,
        theory: &mut Theory,
    ) -> Option<Block> {
        for atom in &inner.atoms {
            let Some((_, known)) = self.table(atom.var) else { continue };
            for reference in &known.references {
                let mut facts = Vec::new();
                let table = self.arena.symbol(&reference.table);
                let row = self.fresh(Origin::Table(table));
                for (from, to) in reference.columns.iter().zip(&reference.to) {
                    let (from, to) = (self.arena.symbol(from), self.arena.symbol(to));
                    let from = self.column(atom.var, Field::Named(from));
                    let class = theory.class(self, from);
                    let place =
                        inner.out.iter().position(|out| theory.class(self, *out) == class);
                    let Some(place) = place.filter(|_| theory.is_value(self, from)) else { break };
                    let to = self.column(row, Field::Named(to));
                    let column = self.column(var, Field::At(number(place)));
                    facts.push(Fact::Same(to, column));
                }
                if facts.len() == reference.columns.len()
                    && facts.len() == inner.out.len()
                    && self.rule("referred-row")
                {
                    self.grounds.insert(reference.ground);
                    let mut next = rest.clone();
                    next.facts.extend(facts);
                    next.atoms.push(Atom { var: row, kind: Kind::Scan(table) });
                    next.atoms.push(self.distinct_atom(var, vec![inner]));
                    return Some(next);
                }
            }
        }
        None
    }

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
        let blocks = self.blocks(sum).clone();
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
}

enum Change {
    Done(Block),
    Again(Vec<Block>),
}

pub(crate) fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
