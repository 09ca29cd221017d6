//! How many nodes of a plan are inside each other: what walks a plan asks first.

use std::collections::BTreeMap;

use plumb_ir::{Arena, FromId, RelId, ScalarId};

use crate::unable::Unable;

/// Sees whether a plan is low enough to be walked with a stack of usual size.
pub(crate) fn check(arena: &Arena, rel: RelId, most: u32) -> Result<(), Unable> {
    let mut heights = Heights { arena, rels: BTreeMap::new(), scalars: BTreeMap::new() };
    heights.rel(rel, most).map(|_| ()).ok_or(Unable::TooMuch)
}

struct Heights<'a> {
    arena: &'a Arena,
    rels: BTreeMap<RelId, u32>,
    scalars: BTreeMap<ScalarId, u32>,
}

/// The height of a node, if it is not above what is left.
type Height = Option<u32>;

impl Heights<'_> {
    fn rel(&mut self, id: RelId, left: u32) -> Height {
        if let Some(height) = self.rels.get(&id) {
            return (*height <= left).then_some(*height);
        }
        let below = left.checked_sub(1)?;
        let node = self.arena.get_rel(id);
        let mut height = 0;
        for scalar in node.scalars() {
            height = height.max(self.scalar(scalar, below)?);
        }
        for input in node.inputs() {
            height = height.max(self.rel(input, below)?);
        }
        if let Some(from) = node.from() {
            height = height.max(self.from(from, below)?);
        }
        self.rels.insert(id, height + 1);
        Some(height + 1)
    }

    fn from(&mut self, id: FromId, left: u32) -> Height {
        let from = self.arena.get_from(id);
        let mut height = 0;
        for input in &from.inputs {
            height = height.max(self.rel(*input, left)?);
        }
        for condition in from.conditions() {
            height = height.max(self.scalar(condition, left)?);
        }
        Some(height)
    }

    fn scalar(&mut self, id: ScalarId, left: u32) -> Height {
        if let Some(height) = self.scalars.get(&id) {
            return (*height <= left).then_some(*height);
        }
        let below = left.checked_sub(1)?;
        let node = self.arena.get_scalar(id);
        let mut height = 0;
        for child in node.children() {
            height = height.max(self.scalar(child, below)?);
        }
        if let Some(rel) = node.subquery() {
            height = height.max(self.rel(rel, below)?);
        }
        self.scalars.insert(id, height + 1);
        Some(height + 1)
    }
}

#[cfg(test)]
mod tests {
    use plumb_ir::{From, Literal, Out, Rel, Tree};

    use super::*;
    use crate::{Budget, Database, Meaning};

    /// `SELECT NOT NOT … TRUE`, nested so often in itself.
    fn nested(depth: u32) -> (Arena, RelId) {
        let mut arena = Arena::new();
        let mut scalar = arena.literal(Literal::Bool(true));
        for _ in 0..depth {
            scalar = arena.call("not", vec![scalar]);
        }
        let from = From { inputs: Vec::new(), tree: Tree::Inner(Vec::new()), filter: vec![scalar] };
        let from = arena.from(from);
        let rel = arena.rel(Rel::Project { from, out: vec![Out::Column(scalar)] });
        (arena, rel)
    }

    #[test]
    fn what_is_too_deep_is_not_walked() {
        let budget = Budget::default();
        let rows = |depth| {
            let (arena, rel) = nested(depth);
            crate::rows(&arena, &Database::default(), rel, Meaning::OPEN, budget)
        };
        assert_eq!(rows(80).map(|bag| bag.rows.len()), Ok(1));
        assert_eq!(rows(20_000).map(|bag| bag.rows.len()), Err(Unable::TooMuch));
    }

    #[test]
    fn nothing_is_found_of_what_is_too_deep() {
        let (arena, rel) = nested(20_000);
        let side = crate::Side { rel, outputs: &[0] };
        let found = crate::refute(
            &arena,
            side,
            side,
            &crate::Constraints::default(),
            crate::Effort::default(),
        );
        let none = crate::Outcome::NotFound { compared: 0, unable: Some(Unable::TooMuch) };
        assert_eq!(found, none);
    }
}
