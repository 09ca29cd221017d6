//! The first row of each part, where only what tells parts apart is looked at, or what rows are numbered by.

use std::collections::BTreeMap;

use plumb_ir::{Field, Literal};

use crate::{
    looks,
    space::Space,
    swap::{Swap, renamed},
    term::{Block, Fact, Id, Kind, Term, Var, Window},
    theory::as_call,
    tidy::number,
    types::Alike,
};

impl Space<'_> {
    /// Rows with the number 1 are one for each part: its keys are distinct, and the value that decides is the least or
    /// the largest.
    pub(crate) fn first_of_each(&mut self, block: &Block) -> Option<Block> {
        for (at, atom) in block.atoms.iter().enumerate() {
            let Kind::Window(sum) = atom.kind else { continue };
            let [inner] = &**self.blocks(sum) else { continue };
            let inner = inner.clone();
            let Some((place, window)) = self.numbering(&inner) else { continue };
            let column = self.column(atom.var, Field::At(number(place)));
            let one = block.facts.iter().position(|fact| self.is_first(fact, column));
            let Some(one) = one else { continue };
            let mut rest = block.clone();
            rest.atoms.remove(at);
            rest.facts.remove(one);
            if let Some(next) = self.by_parts(&rest, atom.var, &inner, &window) {
                return Some(next);
            }
        }
        None
    }

    /// The only window among the outputs of a block, if it numbers rows.
    fn numbering(&self, block: &Block) -> Option<(usize, Window)> {
        let mut found = None;
        for (at, id) in block.out.iter().enumerate() {
            match self.get(*id) {
                Term::Window(window) if found.is_none() => {
                    if self.arena.name(window.function) != "row-number" {
                        return None;
                    }
                    found = Some((at, window.as_ref().clone()));
                }
                term if holds_window(self, term) => return None,
                _ => {}
            }
        }
        found
    }

    /// Whether a fact says that a number is 1.
    fn is_first(&self, fact: &Fact, column: Id) -> bool {
        let is_one = |one: Id, two: Id| one == column && two == self.one;
        match fact {
            Fact::Same(one, two) if *two == self.truth || *one == self.truth => {
                let call = if *two == self.truth { *one } else { *two };
                match as_call(self, call) {
                    Some((name, args)) if name == "eq" && args.len() == 2 => {
                        is_one(args[0], args[1]) || is_one(args[1], args[0])
                    }
                    _ => false,
                }
            }
            Fact::Same(one, two) => is_one(*one, *two) || is_one(*two, *one),
            Fact::AtMost(one, two) => is_one(*one, *two),
            Fact::Below(one, two) => {
                *one == column && matches!(self.get(*two), Term::Literal(Literal::Integer(2)))
            }
            _ => false,
        }
    }

    /// The block with the keys of parts in the place of their first rows.
    fn by_parts(
        &mut self,
        rest: &Block,
        var: Var,
        inner: &Block,
        window: &Window,
    ) -> Option<Block> {
        if window.partition.is_empty() {
            return None;
        }
        let rows = renamed(self, &Block { out: window.partition.clone(), ..inner.clone() });
        let atom = self.distinct_row(vec![rows]);
        let key = |it: &mut Self, at: usize| it.column(atom.var, Field::At(number(at)));
        let mut columns = BTreeMap::new();
        for (at, out) in inner.out.iter().enumerate() {
            let value = match window.partition.iter().position(|part| part == out) {
                Some(part) => Some(key(self, part)),
                None => self.deciding(*out, inner, window, atom.var),
            };
            if let Some(value) = value {
                columns.insert(Field::At(number(at)), value);
            }
        }
        if !looks::only(self, rest, var, &columns) || !self.rule("first-of-each") {
            return None;
        }
        let mut swap = Swap::merging();
        swap.columns(var, columns);
        let mut next = swap.block(self, rest);
        next.atoms.push(atom);
        Some(next)
    }

    /// What the first row of a part has of the value that rows are numbered by.
    fn deciding(&mut self, out: Id, inner: &Block, window: &Window, part: Var) -> Option<Id> {
        let (value, descending, nulls_first) = *window.order.first()?;
        let nulls = nulls_first && self.is_null(value) != Fact::False;
        if value != out || nulls || self.alike(value, value) != Alike::Yes {
            return None;
        }
        let out = [vec![value], window.partition.clone()].concat();
        let mut rows = renamed(self, &Block { out, ..inner.clone() });
        for (at, id) in rows.out.split_off(1).into_iter().enumerate() {
            let key = self.column(part, Field::At(number(at)));
            rows.facts.push(Fact::Same(id, key));
        }
        let known = self.not_null(rows.out[0]);
        rows.facts.push(known);
        let function = self.arena.symbol(if descending { "max" } else { "min" });
        Some(self.fold(function, vec![rows], Vec::new()))
    }
}

fn holds_window(space: &Space<'_>, term: &Term) -> bool {
    matches!(term, Term::Window(_))
        || crate::space::parts(term).into_iter().any(|part| holds_window(space, space.get(part)))
}
