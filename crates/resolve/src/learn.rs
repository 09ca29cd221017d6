//! What uses tell of tables that nobody describes.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::Name;
use plumb_ir::{Arena, Field, Rel, RelId, Scalar, ScalarId, Symbol};
use rustc_hash::FxHashSet;

/// What was seen of tables so far.
#[derive(Default)]
pub struct Learned {
    seen: FxHashSet<RelId>,
    /// Tables, with columns that are named beyond doubt.
    columns: BTreeSet<(Symbol, Symbol)>,
    ambiguous: bool,
}

impl Learned {
    /// With what a plan tells.
    #[must_use]
    pub fn with(mut self, arena: &Arena, rel: RelId) -> Self {
        self.look(arena, rel);
        self
    }

    /// What both were told.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.seen.extend(other.seen);
        self.columns.extend(other.columns);
        self.ambiguous |= other.ambiguous;
        self
    }

    /// Looks at a plan, unless it was seen.
    fn look(&mut self, arena: &Arena, rel: RelId) {
        if !self.seen.insert(rel) {
            return;
        }
        let node = arena.get_rel(rel);
        let from = node.from().map(|from| arena.get_from(from));
        let inputs: &[RelId] = from.map_or(&[], |from| &from.inputs);
        let conditions = from.map(plumb_ir::From::conditions).unwrap_or_default();
        for scalar in node.scalars().into_iter().chain(conditions) {
            self.scalar(arena, scalar, inputs);
        }
        for below in inputs.iter().copied().chain(node.inputs()) {
            self.look(arena, below);
        }
    }

    fn scalar(&mut self, arena: &Arena, id: ScalarId, inputs: &[RelId]) {
        let scalar = arena.get_scalar(id);
        self.ambiguous |= matches!(scalar, Scalar::Either { .. });
        if let Scalar::Column { depth: 0, input, field: Field::Named(name) } = scalar
            && let Some(Rel::Scan { table }) =
                inputs.get(*input as usize).map(|input| arena.get_rel(*input))
        {
            self.columns.insert((*table, *name));
        }
        for child in scalar.children() {
            self.scalar(arena, child, inputs);
        }
        if let Some(rel) = scalar.subquery() {
            self.look(arena, rel);
        }
    }

    /// Columns of tables, if some column is ambiguous that they may settle.
    pub fn settling(&self, arena: &Arena) -> Option<BTreeMap<String, BTreeSet<Name>>> {
        if !self.ambiguous || self.columns.is_empty() {
            return None;
        }
        let mut learned: BTreeMap<String, BTreeSet<Name>> = BTreeMap::new();
        for (table, name) in &self.columns {
            let columns = learned.entry(arena.name(*table).to_owned()).or_default();
            columns.insert(Name::new(arena.name(*name)));
        }
        Some(learned)
    }
}
