//! What a column may depend on that comes through a part that is not known.

use std::{collections::BTreeSet, rc::Rc};

use plumb_base::Flow;
use plumb_ir::{Field, Rel, RelId, Symbol};

use super::{
    Tracer, Ways,
    atoms::{Atom, Trace},
};

impl Tracer<'_> {
    /// What a column is made of that comes through such a part from one of its inputs.
    pub(super) fn behind(&mut self, why: Symbol, input: RelId, field: Field) -> Rc<Trace> {
        // Beside a part that a run gives, the columns of what it stands by are what they were.
        if self.arena.name(why) == "unknown-part" && self.has(input, field) {
            return self.value(input, field);
        }
        // A clause that is not read gives other rows with the same columns.
        if self.arena.name(why) == "unread-clause" {
            return self.value(input, field);
        }
        if self.arena.name(why) == "grouped-star" && matches!(field, Field::Named(_)) {
            return self.value(input, field);
        }
        // Which of its columns come from where is not known: all may come from anywhere.
        Rc::new(self.everything(input))
    }

    /// Whether it stands for other rows of a table, or some of them, each with the columns of the table.
    pub(super) fn is_part(&self, why: Symbol, input: RelId) -> bool {
        let part =
            ["changes", "time-travel", "sample", "table-function"].contains(&self.arena.name(why));
        part && matches!(self.arena.get_rel(input), Rel::Scan { .. })
    }

    /// Whether a relation has a column for certain: one at a place, or one of a table that is known wholly.
    fn has(&self, rel: RelId, field: Field) -> bool {
        match (self.arena.get_rel(rel), field) {
            (Rel::Scan { table }, Field::Named(name)) => {
                let name = self.arena.name(name);
                let known = self.estate.asset(self.arena.name(*table)).filter(|it| !it.open);
                known.is_some_and(|asset| {
                    let mut names = asset.columns.iter().filter_map(|column| column.name.as_ref());
                    names.any(|known| known.as_str() == name)
                })
            }
            (_, Field::At(_)) => true,
            (_, Field::Named(_)) => false,
        }
    }

    /// Every table that is read below a relation, whichever of its columns.
    pub(super) fn everything(&self, rel: RelId) -> Trace {
        let (mut trace, mut seen) = (Trace::new(), BTreeSet::new());
        let mut work = vec![rel];
        while let Some(rel) = work.pop() {
            if !seen.insert(rel) {
                continue;
            }
            let node = self.arena.get_rel(rel);
            if let Rel::Scan { table } = node {
                trace.insert(Atom::Table(*table, None), Ways::of(Flow::Identity));
            }
            work.extend(node.inputs());
            work.extend(node.from().iter().flat_map(|from| &self.arena.get_from(*from).inputs));
        }
        trace
    }
}
