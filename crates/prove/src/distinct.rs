//! What is distinct: one atom of a block, with the facts about it inside.

use std::collections::BTreeMap;

use plumb_ir::Field;

use crate::{
    space::{Column, Origin, Space},
    swap::{Swap, renamed},
    term::{Atom, Block, Fact, Id, Kind, Term, Var},
    theory::Theory,
    tidy::{Mode, number},
};

impl Space<'_> {
    /// What is distinct is one atom with the facts about it inside, and with columns that nothing else tells.
    pub(crate) fn distinct(&mut self, block: &Block) -> Option<Vec<Block>> {
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
        for one in inner.iter() {
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
        changed |=
            blocks.len() > 1 && (self.said_twice(&mut blocks) || self.put_together(&mut blocks));
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

    /// Takes blocks out that read as others do; whether there were any.
    fn said_twice(&mut self, blocks: &mut Vec<Block>) -> bool {
        let mut left: Vec<Block> = Vec::new();
        for block in &*blocks {
            if !left.iter().any(|other| self.one_reading_of_blocks(other, block)) {
                left.push(block.clone());
            }
        }
        let some = left.len() < blocks.len() && self.rule("same-reading");
        if some {
            *blocks = left;
        }
        some
    }

    /// Rows with a match and rows without one are, as a set, all rows.
    fn put_together(&mut self, blocks: &mut Vec<Block>) -> bool {
        for at in 0..blocks.len() {
            let without = |fact: &Fact| matches!(fact, Fact::None(_));
            let Some(place) = blocks[at].facts.iter().position(without) else { continue };
            let mut whole = blocks[at].clone();
            whole.facts.remove(place);
            let (all, larger) = (self.sum(blocks.clone()), self.sum(vec![whole.clone()]));
            let mut state = crate::state::State::default();
            if state.contains(self, all, larger) && self.rule("match-or-none") {
                // Whatever else is in the larger set stays.
                let mut left = vec![whole];
                for block in blocks.iter() {
                    let part = self.sum(vec![block.clone()]);
                    if !state.contains(self, larger, part) {
                        left.push(block.clone());
                    }
                }
                *blocks = left;
                return true;
            }
        }
        false
    }

    pub(crate) fn distinct_atom(&mut self, var: Var, blocks: Vec<Block>) -> Atom {
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
    pub(crate) fn both_distinct(&mut self, block: &Block, first: usize, second: usize) -> Block {
        let (one, two) = (block.atoms[first].clone(), block.atoms[second].clone());
        let (Kind::Distinct(left), Kind::Distinct(right)) = (&one.kind, &two.kind) else {
            return block.clone();
        };
        let (left, right) = (self.blocks(*left).clone(), self.blocks(*right).clone());
        let width = left.first().map_or(0, |block| block.out.len());
        let others = right.first().map_or(0, |block| block.out.len());
        let mut blocks = Vec::new();
        for left in left.iter() {
            for right in right.iter() {
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
        let first: BTreeMap<Field, Id> = (0..width).map(|at| column(0, at)).collect();
        let second: BTreeMap<Field, Id> = (0..others).map(|at| column(width, at)).collect();
        swap.columns(one.var, first);
        swap.columns(two.var, second);
        let mut next = swap.block(self, &rest);
        next.atoms.push(atom);
        next
    }

    /// Columns that something outside tells, or another column, are no columns.
    pub(crate) fn fewer_columns(
        &mut self,
        rest: &Block,
        var: Var,
        blocks: &[Block],
    ) -> Option<Block> {
        let images = self.images(var, blocks);
        if images.iter().all(Option::is_none) || !self.rule("told-columns") {
            return None;
        }
        let kept: Vec<usize> = (0..images.len()).filter(|at| images[*at].is_none()).collect();
        let mut narrower = blocks.to_vec();
        for block in &mut narrower {
            block.out = kept.iter().map(|at| block.out[*at]).collect();
        }
        let mut columns = BTreeMap::new();
        let mut next = rest.clone();
        if kept.is_empty() {
            next.facts.push(self.some_of(narrower));
        } else {
            let atom = self.distinct_row(narrower);
            for (place, at) in kept.iter().enumerate() {
                let column = self.column(atom.var, Field::At(number(place)));
                columns.insert(Field::At(number(*at)), column);
            }
            next.atoms.push(atom);
        }
        // Each once the columns that it is told by are there.
        let mut open: Vec<usize> = (0..images.len()).filter(|at| images[*at].is_some()).collect();
        while !open.is_empty() {
            let ready = |at: &usize| {
                images[*at].is_some_and(|id| crate::looks::only_in(self, id, var, &columns))
            };
            let place = open.iter().position(ready)?;
            let at = open.swap_remove(place);
            let mut known = Swap::merging();
            known.columns(var, columns.clone());
            let image = known.term(self, images[at]?);
            columns.insert(Field::At(number(at)), image);
        }
        let mut swap = Swap::merging();
        swap.columns(var, columns);
        Some(swap.block(self, &next))
    }

    /// For each column of a distinct row what else it is: a term from outside, another column that is kept, or what
    /// is computed from columns.
    fn images(&mut self, var: Var, blocks: &[Block]) -> Vec<Option<Id>> {
        let width = blocks[0].out.len();
        let mut theories: Vec<Theory> = blocks.iter().map(|it| self.theory_of(it)).collect();
        let mut images: Vec<Option<Id>> = vec![None; width];
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
            let told =
                same.and_then(|ids| ids.into_iter().min_by_key(|id| (self.vars(*id).len(), *id)));
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
        }
        let computed =
            |(at, image): (usize, Option<Id>)| image.or_else(|| self.computed(var, blocks, at));
        images.into_iter().enumerate().map(computed).collect()
    }

    /// A column as what it is computed to from others.
    fn computed(&mut self, var: Var, blocks: &[Block], at: usize) -> Option<Id> {
        let [block] = blocks else { return None };
        if matches!(self.get(block.out[at]), Term::Column(..)) {
            return None;
        }
        let own: Vec<Var> = block.atoms.iter().map(|atom| atom.var).collect();
        let mut known = Vec::new();
        for (place, out) in block.out.iter().enumerate() {
            if matches!(self.get(*out), Term::Column(..)) {
                known.push((*out, self.column(var, Field::At(number(place)))));
            }
        }
        self.expressed(block.out[at], &own, &known)
    }

    /// A term without these rows, other terms in the place of some of its parts.
    fn expressed(&mut self, id: Id, own: &[Var], known: &[(Id, Id)]) -> Option<Id> {
        if let Some((_, column)) = known.iter().find(|(out, _)| *out == id) {
            return Some(*column);
        }
        if !self.vars(id).iter().any(|var| own.contains(var)) {
            return Some(id);
        }
        let all = |it: &mut Self, ids: &[Id]| -> Option<Vec<Id>> {
            ids.iter().map(|id| it.expressed(*id, own, known)).collect()
        };
        let term = match &*self.shared(id) {
            Term::Call { function, args } => {
                Term::Call { function: *function, args: all(self, args)? }
            }
            Term::Cast { value, to, safe } => {
                let value = self.expressed(*value, own, known)?;
                Term::Cast { value, to: to.clone(), safe: *safe }
            }
            Term::Case { branches, otherwise } => {
                let mut cases = Vec::new();
                for (when, then) in branches.iter().copied() {
                    let when = self.expressed(when, own, known)?;
                    cases.push((when, self.expressed(then, own, known)?));
                }
                let otherwise = self.expressed(*otherwise, own, known)?;
                Term::Case { branches: cases, otherwise }
            }
            Term::Total(_) | Term::Fold { .. } | Term::One(_) | Term::Holds(_) => {
                return self.expressed_sum(id, own, known);
            }
            _ => return None,
        };
        Some(self.term(term))
    }

    /// A sum that looks at columns only that other terms stand for.
    fn expressed_sum(&mut self, id: Id, own: &[Var], known: &[(Id, Id)]) -> Option<Id> {
        let mut swap = Swap::merging();
        for var in self.vars(id).clone().iter().filter(|var| own.contains(var)) {
            let mut columns = BTreeMap::new();
            for (out, column) in known {
                if let Term::Column(it, field) = *self.get(*out)
                    && it == *var
                {
                    columns.insert(field, *column);
                }
            }
            if !crate::looks::only_in(self, id, *var, &columns) {
                return None;
            }
            swap.columns(*var, columns);
        }
        Some(swap.term(self, id))
    }

    /// A row inside that the outputs tell stands outside.
    pub(crate) fn out_of_distinct(
        &mut self,
        rest: &Block,
        var: Var,
        blocks: &[Block],
    ) -> Option<Block> {
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
    pub(crate) fn referred(
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
                let Some(key) = self.key_of(table, &reference.to) else { continue };
                let row = self.fresh(Origin::Table(table));
                for (from, to) in reference.columns.iter().zip(&reference.to) {
                    let (from, to) = (self.arena.symbol(from), self.arena.symbol(to));
                    let from = self.column(atom.var, Field::Named(from));
                    let class = theory.class(self, from);
                    let place = inner.out.iter().position(|out| theory.class(self, *out) == class);
                    let Some(place) = place.filter(|_| theory.is_value(self, from)) else { break };
                    let to = self.column(row, Field::Named(to));
                    let column = self.column(var, Field::At(number(place)));
                    facts.push(Fact::Same(to, column));
                }
                if facts.len() == reference.columns.len()
                    && facts.len() == inner.out.len()
                    && self.rule("referred-row")
                {
                    self.grounds.extend([reference.ground, key]);
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
}
