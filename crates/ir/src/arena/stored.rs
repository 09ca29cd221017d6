//! Arenas as they are stored: their nodes, of which all else follows.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::{Arena, Set};
use crate::{From, Rel, Scalar, ScalarId, digest, reach};

type Nodes = (Set<String>, Set<Arc<Rel>>, Set<Arc<From>>, Set<Scalar>);

impl Serialize for Arena {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        (&self.symbols, &self.rels, &self.froms, &self.scalars).serialize(to)
    }
}

impl<'de> Deserialize<'de> for Arena {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let (symbols, rels, froms, scalars) = Nodes::deserialize(from)?;
        let mut arena = Self { symbols, rels, froms, scalars, ..Self::default() };
        // What stands below a node was there before it.
        while arena.settle_scalars() | arena.settle_froms() | arena.settle_rels() {}
        let (rels, froms, scalars) = arena.settled();
        let all = (rels, froms, scalars) == arena.sizes();
        if all { Ok(arena) } else { Err(D::Error::custom("nodes that stand on nothing")) }
    }
}

impl Arena {
    /// How many relations, joins and scalars all is known of.
    fn settled(&self) -> (usize, usize, usize) {
        (self.rel_digests.len(), self.from_digests.len(), self.scalar_digests.len())
    }

    fn settle_scalars(&mut self) -> bool {
        let (rels, _, start) = self.settled();
        while let Some(scalar) = self.scalars.get_index(self.scalar_digests.len()) {
            let known = self.know(&scalar.children());
            if !known || scalar.subquery().is_some_and(|rel| rel.index() >= rels) {
                break;
            }
            let (digest, reach) = (digest::of_scalar(self, scalar), reach::of_scalar(self, scalar));
            self.scalar_digests.push(digest);
            self.scalar_reaches.push(reach);
        }
        self.scalar_digests.len() > start
    }

    fn settle_froms(&mut self) -> bool {
        let (rels, start, _) = self.settled();
        while let Some(from) = self.froms.get_index(self.from_digests.len()) {
            let known = self.know(&from.conditions());
            if !known || from.inputs.iter().any(|rel| rel.index() >= rels) {
                break;
            }
            let (digest, reach) = (digest::of_from(self, from), reach::of_from(self, from));
            self.from_digests.push(digest);
            self.from_reaches.push(reach);
        }
        self.from_digests.len() > start
    }

    fn settle_rels(&mut self) -> bool {
        let (start, froms, _) = self.settled();
        while let Some(rel) = self.rels.get_index(self.rel_digests.len()) {
            let known = self.know(&rel.scalars());
            let below = rel.inputs().iter().all(|rel| rel.index() < self.rel_digests.len());
            if !known || !below || rel.from().is_some_and(|from| from.index() >= froms) {
                break;
            }
            let (digest, reach) = (digest::of_rel(self, rel), reach::of_rel(self, rel));
            self.rel_digests.push(digest);
            self.rel_reaches.push(reach);
        }
        self.rel_digests.len() > start
    }

    /// Whether all is known of some scalars.
    fn know(&self, scalars: &[ScalarId]) -> bool {
        scalars.iter().all(|scalar| scalar.index() < self.scalar_digests.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RelId;

    #[test]
    fn nodes_that_stand_on_nothing_are_no_arena() {
        let rels: Set<Rel> = [Rel::Distinct { input: RelId::new(1) }].into_iter().collect();
        let nodes =
            (Set::<String>::default(), rels, Set::<From>::default(), Set::<Scalar>::default());
        let stored = postcard::to_stdvec(&nodes).unwrap();
        assert!(postcard::from_bytes::<Arena>(&stored).is_err());
    }
}
