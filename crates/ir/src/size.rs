//! How large a plan is when it is written out: each part as often as it stands there.

use rustc_hash::FxHashMap;

use crate::{Arena, Rel, RelId, ScalarId};

/// How many tables, rows written out and table functions a plan reads, each as often as it is read; at most
/// `usize::MAX`.
pub fn atoms(arena: &Arena, rel: RelId) -> usize {
    let own = |rel: &Rel| {
        matches!(rel, Rel::Scan { .. } | Rel::Values { .. } | Rel::Call { .. } | Rel::Opaque { .. })
    };
    Count { arena, own, rels: FxHashMap::default(), scalars: FxHashMap::default() }.rel(rel)
}

/// How many tables a plan reads, each as often as it is read; at most `usize::MAX`.
pub fn scans(arena: &Arena, rel: RelId) -> usize {
    let own = |rel: &Rel| matches!(rel, Rel::Scan { .. });
    Count { arena, own, rels: FxHashMap::default(), scalars: FxHashMap::default() }.rel(rel)
}

/// How many relations a plan has when it is written out; at most `usize::MAX`.
pub fn relations(arena: &Arena, rel: RelId) -> usize {
    Count { arena, own: |_| true, rels: FxHashMap::default(), scalars: FxHashMap::default() }
        .rel(rel)
}

/// Counts each node once, though it may be read often.
struct Count<'a> {
    arena: &'a Arena,
    /// Whether a relation counts.
    own: fn(&Rel) -> bool,
    rels: FxHashMap<RelId, usize>,
    scalars: FxHashMap<ScalarId, usize>,
}

impl Count<'_> {
    fn scalar(&mut self, id: ScalarId) -> usize {
        if !self.arena.holds_relation(id) {
            return 0;
        }
        if let Some(done) = self.scalars.get(&id) {
            return *done;
        }
        let node = self.arena.get_scalar(id);
        let below = sum(node.children(), |child| self.scalar(child));
        let all = below.saturating_add(node.subquery().map_or(0, |rel| self.rel(rel)));
        self.scalars.insert(id, all);
        all
    }

    fn rel(&mut self, id: RelId) -> usize {
        if let Some(done) = self.rels.get(&id) {
            return *done;
        }
        let node = self.arena.get_rel(id);
        let own = usize::from((self.own)(node));
        let (mut scalars, mut rels) = (node.scalars(), node.inputs());
        if let Some(from) = node.from() {
            let from = self.arena.get_from(from);
            scalars.extend(from.conditions());
            rels.extend_from_slice(&from.inputs);
        }
        let all = own
            .saturating_add(sum(scalars, |id| self.scalar(id)))
            .saturating_add(sum(rels, |id| self.rel(id)));
        self.rels.insert(id, all);
        all
    }
}

fn sum<T>(of: impl IntoIterator<Item = T>, count: impl FnMut(T) -> usize) -> usize {
    of.into_iter().map(count).fold(0, usize::saturating_add)
}

/// How much a plan does: tables, conditions, keys and calls, each as often as it stands there.
pub fn size(arena: &Arena, rel: RelId) -> usize {
    size_below(arena, rel, &mut FxHashMap::default())
}

fn size_below(arena: &Arena, rel: RelId, done: &mut FxHashMap<RelId, usize>) -> usize {
    if let Some(done) = done.get(&rel) {
        return *done;
    }
    let node = arena.get_rel(rel);
    let own = match node {
        Rel::Aggregate { keys, calls, .. } => keys.len() + calls.len() + 1,
        Rel::Scan { .. }
        | Rel::Values { .. }
        | Rel::Distinct { .. }
        | Rel::Set { .. }
        | Rel::Limit { .. }
        | Rel::Call { .. }
        | Rel::Opaque { .. } => 1,
        Rel::Project { .. } | Rel::Union { .. } => 0,
    };
    let (mut conditions, mut below) = (0, node.inputs());
    if let Some(from) = node.from() {
        let from = arena.get_from(from);
        conditions = from.conditions().len();
        below.extend_from_slice(&from.inputs);
    }
    let below = sum(below, |input| size_below(arena, input, done));
    let all = below.saturating_add(own + conditions);
    done.insert(rel, all);
    all
}
