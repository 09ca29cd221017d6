//! What a value comes by.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::Message;
use plumb_ir::FromId;

use super::Reader;
use crate::formula::Counted;

/// What is noted of a value on the way.
#[derive(Debug, Clone)]
pub(super) struct Noted {
    measures: bool,
    pub(super) tables: BTreeSet<String>,
    counted: BTreeMap<String, Counted>,
    way: BTreeSet<FromId>,
}

impl Reader<'_> {
    /// The conditions on rows that the value itself comes by, rather than what is joined to it.
    pub(in crate::formula) fn on_the_way(&self) -> BTreeMap<String, Message> {
        let way: BTreeSet<_> = self.way.iter().map(|id| self.arena.from_digest(*id)).collect();
        let met = |key: &String| self.stands[key].iter().any(|(from, _)| way.contains(from));
        self.conditions().into_iter().filter(|(key, _)| met(key)).collect()
    }

    /// Takes out what was noted of a value so far.
    pub(super) fn noted(&mut self) -> Noted {
        Noted {
            measures: std::mem::take(&mut self.measures),
            tables: std::mem::take(&mut self.tables),
            counted: std::mem::take(&mut self.counted),
            way: std::mem::take(&mut self.way),
        }
    }

    pub(super) fn note(&mut self, noted: Noted) {
        self.measures |= noted.measures;
        self.tables.extend(noted.tables);
        self.counted.extend(noted.counted);
        self.way.extend(noted.way);
    }
}
