//! What stands in a relation.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use crate::{Arena, Rel, RelId, Scalar, ScalarId};

/// A relation or a scalar.
#[derive(Debug, Clone, Copy)]
pub enum Node<'a> {
    /// A relation.
    Rel(&'a Rel),
    /// A scalar.
    Scalar(&'a Scalar),
}

impl Arena {
    /// Tables that a relation reads but in subqueries of its scalars, sorted.
    pub fn tables(&self, id: RelId) -> BTreeSet<&str> {
        let (mut found, mut work, mut seen) =
            (BTreeSet::new(), vec![id], FxHashSet::<RelId>::default());
        while let Some(id) = work.pop() {
            if !seen.insert(id) {
                continue;
            }
            let rel = self.get_rel(id);
            if let Rel::Scan { table } = rel {
                found.insert(self.name(*table));
            }
            work.extend(rel.inputs());
            work.extend(rel.from().iter().flat_map(|from| &self.get_from(*from).inputs));
        }
        found
    }

    /// Sees a relation and all that stands in it, also in subqueries: each once, in no order that means something.
    pub fn within<'a>(&'a self, id: RelId, see: &mut dyn FnMut(Node<'a>)) {
        let (rels, scalars) = Default::default();
        Walk { arena: self, see, rels, scalars }.rel(id);
    }
}

struct Walk<'a, 's> {
    arena: &'a Arena,
    see: &'s mut dyn FnMut(Node<'a>),
    rels: FxHashSet<RelId>,
    scalars: FxHashSet<ScalarId>,
}

impl Walk<'_, '_> {
    fn rel(&mut self, id: RelId) {
        if !self.rels.insert(id) {
            return;
        }
        let rel = self.arena.get_rel(id);
        (self.see)(Node::Rel(rel));
        for scalar in rel.scalars() {
            self.scalar(scalar);
        }
        for input in rel.inputs() {
            self.rel(input);
        }
        if let Some(from) = rel.from() {
            let from = self.arena.get_from(from);
            for input in &from.inputs {
                self.rel(*input);
            }
            for condition in from.conditions() {
                self.scalar(condition);
            }
        }
    }

    fn scalar(&mut self, id: ScalarId) {
        if !self.scalars.insert(id) {
            return;
        }
        let scalar = self.arena.get_scalar(id);
        (self.see)(Node::Scalar(scalar));
        for child in scalar.children() {
            self.scalar(child);
        }
        if let Some(rel) = scalar.subquery() {
            self.rel(rel);
        }
    }
}
