//! What looks out of a relation.

use crate::{Arena, RelId, ScalarId};

impl Arena {
    /// Scalars of a relation, and of all below it, that may look at a scope outside of it, each with its level.
    pub fn looking_out(&self, id: RelId, level: u32, visit: &mut dyn FnMut(ScalarId, u32)) {
        if self.rel_reach(id) <= level {
            return;
        }
        let rel = self.get_rel(id);
        for id in rel.scalars() {
            visit(id, level + 1);
        }
        for id in rel.inputs() {
            self.looking_out(id, level, visit);
        }
        if let Some(from) = rel.from() {
            let from = self.get_from(from);
            for id in &from.inputs {
                self.looking_out(*id, level + 1, visit);
            }
            for id in from.conditions() {
                visit(id, level + 1);
            }
        }
    }
}
