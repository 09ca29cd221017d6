//! Which inputs of its scope a scalar looks at, also from statements inside it.

use std::collections::BTreeSet;

use plumb_ir::{Arena, RelId, Scalar, ScalarId};

/// The inputs; none if it looks at a name of which nobody knows whose it is.
pub(crate) fn inputs(arena: &Arena, scalar: ScalarId) -> Option<BTreeSet<u32>> {
    let mut look = Look { arena, found: BTreeSet::new(), lost: false };
    look.scalar(scalar, 0);
    (!look.lost).then_some(look.found)
}

struct Look<'a> {
    arena: &'a Arena,
    found: BTreeSet<u32>,
    lost: bool,
}

impl Look<'_> {
    fn scalar(&mut self, id: ScalarId, level: u32) {
        if self.arena.scalar_reach(id) <= level {
            return;
        }
        let node = self.arena.get_scalar(id);
        match node {
            Scalar::Column { depth, input, .. } if *depth == level => {
                self.found.insert(*input);
            }
            Scalar::Either { depth, .. } if *depth == level => self.lost = true,
            _ => {}
        }
        node.children().iter().for_each(|child| self.scalar(*child, level));
        if let Some(rel) = node.subquery() {
            self.rel(rel, level);
        }
    }

    /// A relation around which stand so many scopes, counted from that of the scalar; it opens one of its own.
    fn rel(&mut self, id: RelId, level: u32) {
        if self.arena.rel_reach(id) <= level {
            return;
        }
        let node = self.arena.get_rel(id);
        node.inputs().into_iter().for_each(|input| self.rel(input, level));
        let inside = level + 1;
        node.scalars().into_iter().for_each(|scalar| self.scalar(scalar, inside));
        if let Some(from) = node.from() {
            let from = self.arena.get_from(from);
            from.inputs.iter().for_each(|input| self.rel(*input, inside));
            from.conditions().into_iter().for_each(|scalar| self.scalar(scalar, inside));
        }
    }
}
