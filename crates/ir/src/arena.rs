//! Where plans live: every node once, so that equal plans are one id.

mod stored;

use std::{collections::BTreeMap, hash::Hash, sync::Arc};

use indexmap::IndexSet;
use plumb_base::Digest;
use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};

use crate::{From, Rel, Scalar, reach::Reach};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        pub struct $name(u32);

        impl $name {
            /// Its number: small, and counted from 0.
            pub fn index(self) -> usize {
                self.0 as usize
            }

            fn new(index: usize) -> Self {
                Self(u32::try_from(index).expect("an arena holds fewer than 2^32 nodes"))
            }
        }
    };
}

id!(
    /// A relation in an [`Arena`]; means nothing outside it.
    RelId
);
id!(
    /// A [`From`] in an [`Arena`]; means nothing outside it.
    FromId
);
id!(
    /// A scalar in an [`Arena`]; means nothing outside it.
    ScalarId
);
id!(
    /// A spelling in an [`Arena`]; means nothing outside it.
    Symbol
);

type Set<T> = IndexSet<T, FxBuildHasher>;

/// All plans of one analysis.
///
/// Nodes are never changed or dropped. Equal nodes have equal ids; each node also has a digest that depends on
/// its content alone, so that it is the same in every run and can be stored. A whole arena can be stored, too.
#[derive(Default)]
pub struct Arena {
    symbols: Set<String>,
    rels: Set<Arc<Rel>>,
    froms: Set<Arc<From>>,
    scalars: Set<Scalar>,
    rel_digests: Vec<Digest>,
    rel_reaches: Vec<Reach>,
    from_digests: Vec<Digest>,
    from_reaches: Vec<Reach>,
    scalar_digests: Vec<Digest>,
    scalar_reaches: Vec<Reach>,
}

/// Where a node is, and whether it is new.
fn interned<T: Hash + Eq>(nodes: &mut Set<Arc<T>>, node: T) -> (usize, bool) {
    match nodes.get_index_of(&node) {
        Some(index) => (index, false),
        None => nodes.insert_full(Arc::new(node)),
    }
}

impl Arena {
    /// An empty arena.
    pub fn new() -> Self {
        Self::default()
    }

    /// The symbol of a spelling.
    pub fn symbol(&mut self, text: &str) -> Symbol {
        if let Some(index) = self.symbols.get_index_of(text) {
            return Symbol::new(index);
        }
        Symbol::new(self.symbols.insert_full(text.to_owned()).0)
    }

    /// The symbol of a spelling, if it has one.
    pub fn find_symbol(&self, text: &str) -> Option<Symbol> {
        self.symbols.get_index_of(text).map(Symbol::new)
    }

    /// The spelling of a symbol.
    pub fn name(&self, symbol: Symbol) -> &str {
        &self.symbols[symbol.index()]
    }

    /// Adds a relation.
    pub fn rel(&mut self, rel: Rel) -> RelId {
        let (index, new) = interned(&mut self.rels, rel);
        if new {
            let digest = crate::digest::of_rel(self, &self.rels[index]);
            let reach = crate::reach::of_rel(self, &self.rels[index]);
            self.rel_digests.push(digest);
            self.rel_reaches.push(reach);
        }
        RelId::new(index)
    }

    /// Adds a join.
    pub fn from(&mut self, from: From) -> FromId {
        let (index, new) = interned(&mut self.froms, from);
        if new {
            let digest = crate::digest::of_from(self, &self.froms[index]);
            let reach = crate::reach::of_from(self, &self.froms[index]);
            self.from_digests.push(digest);
            self.from_reaches.push(reach);
        }
        FromId::new(index)
    }

    /// Adds a scalar.
    pub fn scalar(&mut self, scalar: Scalar) -> ScalarId {
        let (index, new) = self.scalars.insert_full(scalar);
        if new {
            let digest = crate::digest::of_scalar(self, &self.scalars[index]);
            let reach = crate::reach::of_scalar(self, &self.scalars[index]);
            self.scalar_digests.push(digest);
            self.scalar_reaches.push(reach);
        }
        ScalarId::new(index)
    }

    /// Adds a relation of which another arena knows the rest.
    pub(crate) fn copied_rel(&mut self, rel: Rel, digest: Digest, reach: Reach) -> RelId {
        let (index, new) = interned(&mut self.rels, rel);
        if new {
            self.rel_digests.push(digest);
            self.rel_reaches.push(reach);
        }
        RelId::new(index)
    }

    /// Adds a join of which another arena knows the rest.
    pub(crate) fn copied_from(&mut self, from: From, digest: Digest, reach: Reach) -> FromId {
        let (index, new) = interned(&mut self.froms, from);
        if new {
            self.from_digests.push(digest);
            self.from_reaches.push(reach);
        }
        FromId::new(index)
    }

    /// Adds a scalar of which another arena knows the rest.
    pub(crate) fn copied_scalar(
        &mut self,
        scalar: Scalar,
        digest: Digest,
        reach: Reach,
    ) -> ScalarId {
        let (index, new) = self.scalars.insert_full(scalar);
        if new {
            self.scalar_digests.push(digest);
            self.scalar_reaches.push(reach);
        }
        ScalarId::new(index)
    }

    /// Reads a relation.
    pub fn get_rel(&self, id: RelId) -> &Rel {
        &self.rels[id.index()]
    }

    /// Reads a join.
    pub fn get_from(&self, id: FromId) -> &From {
        &self.froms[id.index()]
    }

    /// A relation that stays at hand while others are made.
    pub fn shared_rel(&self, id: RelId) -> Arc<Rel> {
        Arc::clone(&self.rels[id.index()])
    }

    /// A join that stays at hand while others are made.
    pub fn shared_from(&self, id: FromId) -> Arc<From> {
        Arc::clone(&self.froms[id.index()])
    }

    /// Reads a scalar.
    pub fn get_scalar(&self, id: ScalarId) -> &Scalar {
        &self.scalars[id.index()]
    }

    /// Digest of a relation.
    pub fn rel_digest(&self, id: RelId) -> Digest {
        self.rel_digests[id.index()]
    }

    /// Digest of a join.
    pub fn from_digest(&self, id: FromId) -> Digest {
        self.from_digests[id.index()]
    }

    /// Digest of a scalar.
    pub fn scalar_digest(&self, id: ScalarId) -> Digest {
        self.scalar_digests[id.index()]
    }

    /// The digest a scalar would have if some of its parts had others than they have.
    pub fn scalar_digest_with(&self, id: ScalarId, parts: BTreeMap<ScalarId, Digest>) -> Digest {
        crate::digest::of_scalar_with(self, id, parts)
    }

    /// Scopes a scalar looks at, counted from its own: 0 for a constant, 1 if it only sees its own.
    pub fn scalar_reach(&self, id: ScalarId) -> u32 {
        self.reach_of_scalar(id).scopes()
    }

    /// Scopes around a relation that it looks at: 0 if it stands for itself.
    pub fn rel_reach(&self, id: RelId) -> u32 {
        self.reach_of_rel(id).scopes()
    }

    /// Scopes around a join that it looks at.
    pub fn from_reach(&self, id: FromId) -> u32 {
        self.reach_of_from(id).scopes()
    }

    /// Whether a scalar may give something else each time it is asked.
    pub fn is_volatile(&self, id: ScalarId) -> bool {
        self.reach_of_scalar(id).is_volatile()
    }

    /// Whether the rows of a relation may be others each time it is read.
    pub fn varies(&self, id: RelId) -> bool {
        self.reach_of_rel(id).is_volatile()
    }

    /// Whether a relation stands somewhere in a scalar.
    pub fn holds_relation(&self, id: ScalarId) -> bool {
        self.reach_of_scalar(id).holds_relation()
    }

    pub(crate) fn reach_of_scalar(&self, id: ScalarId) -> Reach {
        self.scalar_reaches[id.index()]
    }

    pub(crate) fn reach_of_rel(&self, id: RelId) -> Reach {
        self.rel_reaches[id.index()]
    }

    pub(crate) fn reach_of_from(&self, id: FromId) -> Reach {
        self.from_reaches[id.index()]
    }

    /// How many relations, joins and scalars it holds.
    pub fn sizes(&self) -> (usize, usize, usize) {
        (self.rels.len(), self.froms.len(), self.scalars.len())
    }
}

/// Short ways to build scalars that every floor above needs.
impl Arena {
    /// A call of a canonical function.
    pub fn call(&mut self, function: &str, args: Vec<ScalarId>) -> ScalarId {
        let function = self.symbol(function);
        self.scalar(Scalar::Call { function, args })
    }

    /// A column of the scope it stands in.
    pub fn column(&mut self, input: u32, field: crate::Field) -> ScalarId {
        self.scalar(Scalar::Column { depth: 0, input, field })
    }

    /// A constant.
    pub fn literal(&mut self, literal: crate::Literal) -> ScalarId {
        self.scalar(Scalar::Literal(literal))
    }

    /// The function and arguments, if it is a call.
    pub fn as_call(&self, id: ScalarId) -> Option<(&str, &[ScalarId])> {
        match self.get_scalar(id) {
            Scalar::Call { function, args } => Some((self.name(*function), args)),
            Scalar::Column { .. }
            | Scalar::Either { .. }
            | Scalar::Literal(_)
            | Scalar::Case { .. }
            | Scalar::Cast { .. }
            | Scalar::Aggregate { .. }
            | Scalar::Window { .. }
            | Scalar::Exists(_)
            | Scalar::In { .. }
            | Scalar::Subquery(_)
            | Scalar::Lambda { .. }
            | Scalar::Param(_)
            | Scalar::Hole { .. } => None,
        }
    }

    /// The constant, if it is one.
    pub fn as_literal(&self, id: ScalarId) -> Option<&crate::Literal> {
        if let Scalar::Literal(literal) = self.get_scalar(id) { Some(literal) } else { None }
    }
}
