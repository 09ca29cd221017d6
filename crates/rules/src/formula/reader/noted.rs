//! What a value comes by: tables, and the rows of which it is made.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Message, Part};
use plumb_ir::{FromId, ScalarId, Tree};

use super::Reader;
use crate::formula::{Counted, Term, inputs_of};

/// What is noted of a value on the way.
#[derive(Debug, Clone)]
pub(super) struct Noted {
    measures: bool,
    tables: BTreeSet<String>,
    way: BTreeSet<FromId>,
    met: BTreeSet<(FromId, u32)>,
}

impl Reader<'_> {
    /// The conditions on rows that the value itself comes by, rather than what is joined to it.
    pub(in crate::formula) fn on_the_way(&mut self) -> BTreeMap<String, Message> {
        let mut conditions = BTreeMap::new();
        for (id, condition) in self.restricting() {
            let key = self.said_of(condition, id).key;
            let Some(words) = self.conditions.get(&key) else { continue };
            // What speaks of no column is the same for each row.
            let speaks =
                words.0.iter().any(|part| !matches!(part, Part::Literal(_) | Part::Text(_)));
            if (speaks || self.vague.contains(&key)) && !self.ties(condition) {
                conditions.insert(key, self.said(words.clone()));
            }
        }
        conditions
    }

    /// Those of them that say which rows count, rather than how far back in time they are looked at, or what somebody
    /// chooses to look at.
    pub(in crate::formula) fn counted(&mut self) -> BTreeMap<String, Counted> {
        let mut counted = BTreeMap::new();
        for (id, condition) in self.restricting() {
            let before = self.noted();
            let term = self.scalar(condition, &[id]).map(Term::bounded);
            let tables = self.noted().tables;
            self.note(before);
            // What picks groups says nothing of the rows in them, what speaks of two tables how they are joined.
            let says = |term: &Term| {
                !term.vague && !term.moves && term.grouping.is_none() && tables.len() < 2
            };
            counted.extend(term.filter(says).map(Term::counted));
        }
        counted
    }

    /// Conditions on the rows that the value comes by. Those of an outer join leave rows out where it looks at the side
    /// that may be missing.
    fn restricting(&self) -> Vec<(FromId, ScalarId)> {
        let mut found = Vec::new();
        for id in &self.way {
            let from = self.arena.get_from(*id);
            found.extend(from.filter.iter().map(|condition| (*id, *condition)));
            self.in_tree(&from.tree, *id, &mut found);
        }
        found
    }

    fn in_tree(&self, tree: &Tree, id: FromId, found: &mut Vec<(FromId, ScalarId)>) {
        let (parts, on) = match tree {
            Tree::Input(_) => return,
            Tree::Inner(parts) => (parts.iter().collect::<Vec<_>>(), None),
            Tree::Where { part, on } => (vec![&**part], Some(on)),
            Tree::Left { left, right, on } => {
                (vec![&**left, &**right], Some(on).filter(|_| self.meets(right, id)))
            }
            Tree::Full { left, right, .. } => (vec![&**left, &**right], None),
        };
        found.extend(on.into_iter().flatten().map(|condition| (id, *condition)));
        for part in parts {
            self.in_tree(part, id, found);
        }
    }

    /// Whether the value looks at an input of a part.
    fn meets(&self, tree: &Tree, id: FromId) -> bool {
        match tree {
            Tree::Input(input) => self.met.contains(&(id, *input)),
            Tree::Inner(parts) => parts.iter().any(|part| self.meets(part, id)),
            Tree::Where { part, .. } => self.meets(part, id),
            Tree::Left { left, right, .. } | Tree::Full { left, right, .. } => {
                self.meets(left, id) || self.meets(right, id)
            }
        }
    }

    /// Whether a condition ties inputs to each other: by what they are joined.
    fn ties(&self, condition: ScalarId) -> bool {
        let mut inputs = BTreeSet::new();
        inputs_of(self.arena, condition, &mut inputs);
        inputs.len() > 1 && matches!(self.arena.as_call(condition), Some(("eq" | "all-equal", _)))
    }

    /// Takes out what was noted of a value so far.
    pub(super) fn noted(&mut self) -> Noted {
        Noted {
            measures: std::mem::take(&mut self.measures),
            tables: std::mem::take(&mut self.tables),
            way: std::mem::take(&mut self.way),
            met: std::mem::take(&mut self.met),
        }
    }

    pub(super) fn note(&mut self, noted: Noted) {
        self.measures |= noted.measures;
        self.tables.extend(noted.tables);
        self.way.extend(noted.way);
        self.met.extend(noted.met);
    }
}
