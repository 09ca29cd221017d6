//! Rows of tables: those with one key are one row.

use std::collections::BTreeSet;

use plumb_ir::{Field, Symbol};

use super::Theory;
use crate::{
    space::Space,
    term::{Term, Var},
};

impl Theory {
    /// Rows of one table with one key are one row.
    pub(super) fn keys(&mut self, space: &mut Space<'_>) {
        for first in 0..self.rows.len() {
            for second in first + 1..self.rows.len() {
                let ((one, table), (two, other)) = (self.rows[first], self.rows[second]);
                if table == other && self.one_row(space, one, two) {
                    self.merge_rows(space, one, two);
                }
            }
        }
    }

    pub(super) fn one_row(&mut self, space: &mut Space<'_>, one: Var, two: Var) -> bool {
        let Some((_, table)) = space.table(one) else { return false };
        'keys: for (columns, ground) in &table.keys {
            for column in columns {
                let name = space.arena.symbol(column);
                let first = space.term(Term::Column(one, Field::Named(name)));
                let second = space.term(Term::Column(two, Field::Named(name)));
                let (Some(first), Some(second)) =
                    (self.places.get(&first), self.places.get(&second))
                else {
                    continue 'keys;
                };
                let class = self.find(*first);
                if class != self.find(*second) || !self.value[class] {
                    continue 'keys;
                }
            }
            space.grounds.insert(*ground);
            return true;
        }
        false
    }

    pub(super) fn merge_rows(&mut self, space: &mut Space<'_>, one: Var, two: Var) {
        let fields: BTreeSet<Field> = self
            .terms
            .iter()
            .filter_map(|id| match space.get(*id) {
                Term::Column(var, field) if *var == one || *var == two => Some(*field),
                _ => None,
            })
            .collect();
        let mut fields: Vec<Field> = fields.into_iter().collect();
        fields.sort_unstable();
        for field in fields {
            let first = space.term(Term::Column(one, field));
            let second = space.term(Term::Column(two, field));
            let (first, second) = (self.place(space, first), self.place(space, second));
            self.merge(space, first, second);
        }
        let (first, second) = (space.term(Term::Row(one)), space.term(Term::Row(two)));
        if self.places.contains_key(&first) || self.places.contains_key(&second) {
            let (first, second) = (self.place(space, first), self.place(space, second));
            self.merge(space, first, second);
        }
    }

    /// The rows of tables it knows of.
    pub(crate) fn rows(&self) -> Vec<(Var, Symbol)> {
        self.rows.clone()
    }

    /// Another row that is this row of a table.
    pub(crate) fn twin(&mut self, space: &mut Space<'_>, var: Var) -> Option<Var> {
        self.settle(space);
        let table = self.rows.iter().find(|row| row.0 == var)?.1;
        let others: Vec<Var> = self
            .rows
            .iter()
            .filter(|row| row.0 != var && row.1 == table)
            .map(|row| row.0)
            .collect();
        others.into_iter().find(|other| self.one_row(space, var, *other))
    }
}
