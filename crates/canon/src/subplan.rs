//! Parts of a plan that are work of their own: joins, and groupings of them.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::Digest;
use plumb_ir::{Arena, From, FromId, Out, Rel, RelId, Scalar, ScalarId, Tree};
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use crate::{Canonicalizer, splice::windowed};

/// Most inputs of a join whose parts are looked at one by one.
const MOST: usize = 6;

/// What kind of work a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Shape {
    /// Inputs joined, with the conditions among them.
    Join,
    /// Rows grouped by keys; what is measured may differ.
    Grouping,
}

/// A part of a plan. Equal parts of two plans have equal content, whatever stands around them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Subplan {
    /// What it is.
    pub shape: Shape,
    /// Digest of its content.
    pub digest: Digest,
    /// A plan of it, for people: a projection of nothing over the join, or the grouping.
    pub rel: RelId,
    /// Tables it reads, sorted, each once.
    pub tables: Vec<String>,
    /// How much work it is: inputs, conditions and keys.
    pub weight: usize,
    /// Digests of the parts inside it.
    pub inside: Vec<Digest>,
    /// Digests of what a grouping measures, as it stands there; not a part of its own digest.
    pub calls: BTreeSet<Digest>,
}

/// Every join of two or more inputs and every grouping in a plan in normal form, and connected parts of
/// joins; each once, by digest.
///
/// A part is brought to normal form by itself, so it is the same wherever it was cut out: what the plan around
/// it does not look at, or measures, leaves no trace in its digest.
pub fn subplans(arena: &mut Arena, rel: RelId, canonicalizer: &mut Canonicalizer) -> Vec<Subplan> {
    let mut walk = Walk {
        canonicalizer,
        found: BTreeMap::new(),
        seen: FxHashSet::default(),
        seen_scalars: FxHashSet::default(),
    };
    walk.rel(arena, rel);
    walk.found.into_values().collect()
}

struct Walk<'a> {
    canonicalizer: &'a mut Canonicalizer,
    found: BTreeMap<Digest, Subplan>,
    seen: FxHashSet<RelId>,
    seen_scalars: FxHashSet<ScalarId>,
}

impl Walk<'_> {
    fn rel(&mut self, arena: &mut Arena, id: RelId) {
        if !self.seen.insert(id) {
            return;
        }
        let rel = arena.get_rel(id).clone();
        for input in rel.inputs() {
            self.rel(arena, input);
        }
        for scalar in rel.scalars() {
            self.scalar(arena, scalar);
        }
        if let Some(from) = rel.from() {
            self.below(arena, from);
        }
        if let Some((from, keys)) = grouped(arena, &rel)
            && let Some(digest) = self.grouping(arena, from, keys)
        {
            let calls = calls(arena, &rel);
            self.found.entry(digest).and_modify(|part| part.calls.extend(calls));
        }
    }

    fn below(&mut self, arena: &mut Arena, id: FromId) {
        let from = arena.get_from(id).clone();
        for input in &from.inputs {
            self.rel(arena, *input);
        }
        for condition in from.conditions() {
            self.scalar(arena, condition);
        }
        self.joins(arena, id, &from);
    }

    fn grouping(&mut self, arena: &mut Arena, id: FromId, keys: Vec<ScalarId>) -> Option<Digest> {
        if arena.from_reach(id) > 0 || keys.iter().any(|key| arena.scalar_reach(*key) > 1) {
            return None;
        }
        let from = arena.get_from(id).clone();
        let inside = self.joins(arena, id, &from);
        let weight = from.inputs.len() + from.conditions().len() + keys.len() + 1;
        let rel = arena.rel(Rel::Aggregate { from: id, keys, calls: Vec::new(), scalar: false });
        Some(self.add(arena, Shape::Grouping, rel, weight, inside))
    }

    fn scalar(&mut self, arena: &mut Arena, id: ScalarId) {
        if !self.seen_scalars.insert(id) {
            return;
        }
        let scalar: Scalar = arena.get_scalar(id).clone();
        for child in scalar.children() {
            self.scalar(arena, child);
        }
        if let Some(rel) = scalar.subquery() {
            self.rel(arena, rel);
        }
    }

    /// The whole join and its connected parts; digests of all of them, none for a join that looks outside.
    fn joins(&mut self, arena: &mut Arena, id: FromId, from: &From) -> Vec<Digest> {
        let count = from.inputs.len();
        if count < 2 || arena.from_reach(id) > 0 {
            return Vec::new();
        }
        let mut all = BTreeSet::new();
        let leaf = |part: &Tree| matches!(part, Tree::Input(_));
        let plain = matches!(&from.tree, Tree::Inner(parts) if parts.iter().all(leaf));
        if plain && count <= MOST {
            for mask in 1_u32..(1 << count) - 1 {
                if mask.count_ones() < 2 {
                    continue;
                }
                if let Some(part) = part(arena, from, mask) {
                    all.insert(self.join(arena, part, &[]));
                }
            }
        }
        let inside: Vec<Digest> = all.iter().copied().collect();
        all.insert(self.join(arena, id, &inside));
        all.into_iter().collect()
    }

    fn join(&mut self, arena: &mut Arena, id: FromId, inside: &[Digest]) -> Digest {
        let from = arena.get_from(id);
        let weight = from.inputs.len() + from.conditions().len();
        let rel = arena.rel(Rel::Project { from: id, out: Vec::new() });
        self.add(arena, Shape::Join, rel, weight, inside.to_vec())
    }

    fn add(
        &mut self,
        arena: &mut Arena,
        shape: Shape,
        rel: RelId,
        weight: usize,
        inside: Vec<Digest>,
    ) -> Digest {
        let normal = self.canonicalizer.canonical(arena, rel);
        // A grouping without measures has the normal form of DISTINCT; for people it stays a grouping.
        let rel = if shape == Shape::Join { normal.rel } else { rel };
        let digest = normal.fingerprint;
        if shape == Shape::Join && is_reading(arena, rel) {
            return digest;
        }
        let inside = inside.into_iter().filter(|inner| *inner != digest).collect();
        let tables: Vec<String> = arena.tables(rel).into_iter().map(str::to_owned).collect();
        let calls = BTreeSet::new();
        let part = Subplan { shape, digest, rel, tables, weight, inside, calls };
        self.found.entry(digest).or_insert(part);
        digest
    }
}

/// Whether a join came to nothing: rows of one input, of which no others are asked.
fn is_reading(arena: &Arena, rel: RelId) -> bool {
    let Some(from) = arena.get_rel(rel).from().map(|from| arena.get_from(from)) else {
        return true;
    };
    let asks = |condition: &ScalarId| arena.holds_relation(*condition);
    from.inputs.len() < 2 && !from.conditions().iter().any(asks)
}

/// Digests of what a grouping measures.
fn calls(arena: &Arena, rel: &Rel) -> Vec<Digest> {
    let Rel::Aggregate { calls, .. } = rel else { return Vec::new() };
    calls.iter().map(|call| arena.scalar_digest(*call)).collect()
}

/// The rows and keys of a grouping; DISTINCT is one.
fn grouped(arena: &Arena, rel: &Rel) -> Option<(FromId, Vec<ScalarId>)> {
    if let Rel::Aggregate { from, keys, scalar: false, .. } = rel {
        return Some((*from, keys.clone()));
    }
    let Rel::Distinct { input } = rel else { return None };
    let Rel::Project { from, out } = arena.get_rel(*input) else { return None };
    let key = |out: &Out| match out {
        Out::Column(scalar) if !windowed(arena, *scalar) => Some(*scalar),
        Out::Column(_) | Out::Star { .. } => None,
    };
    Some((*from, out.iter().map(key).collect::<Option<_>>()?))
}

/// The join of some inputs of a join, with the conditions that speak of them alone; `None` if it falls apart.
fn part(arena: &mut Arena, from: &From, mask: u32) -> Option<FromId> {
    let chosen: Vec<u32> =
        (0..u32::try_from(from.inputs.len()).ok()?).filter(|at| mask >> at & 1 == 1).collect();
    let mut filter = Vec::new();
    let mut linked: Vec<BTreeSet<u32>> = Vec::new();
    for condition in &from.filter {
        let inputs = inputs_of(arena, *condition);
        if inputs.is_empty() || !inputs.iter().all(|input| chosen.contains(input)) {
            continue;
        }
        filter.push(*condition);
        if inputs.len() > 1 {
            linked.push(inputs);
        }
    }
    connected(&chosen, &linked).then_some(())?;
    if chosen.iter().any(|at| arena.rel_reach(from.inputs[*at as usize]) > 0) {
        return None;
    }
    let place =
        |old: u32| chosen.iter().position(|at| *at == old).and_then(|at| u32::try_from(at).ok());
    let filter = filter
        .into_iter()
        .map(|condition| {
            arena.rewrite(condition, 0, &mut |arena: &mut Arena, id: ScalarId, level: u32| {
                if let Scalar::Column { depth, input, field } = *arena.get_scalar(id)
                    && depth == level
                {
                    let input = place(input)?;
                    return Some(arena.scalar(Scalar::Column { depth, input, field }));
                }
                None
            })
        })
        .collect();
    let inputs = chosen.iter().map(|at| from.inputs[*at as usize]).collect();
    let tree = Tree::Inner((0..u32::try_from(chosen.len()).ok()?).map(Tree::Input).collect());
    Some(arena.from(From { inputs, tree, filter }))
}

/// Inputs a condition speaks of. A condition with an ambiguous column speaks of none that can be chosen.
fn inputs_of(arena: &mut Arena, condition: ScalarId) -> BTreeSet<u32> {
    let (mut inputs, mut unclear) = (BTreeSet::new(), false);
    arena.rewrite(condition, 0, &mut |arena: &mut Arena, id: ScalarId, level: u32| {
        if let Scalar::Column { depth, input, .. } = arena.get_scalar(id)
            && *depth == level
        {
            inputs.insert(*input);
        }
        unclear |= matches!(arena.get_scalar(id), Scalar::Either { .. });
        None
    });
    if unclear { BTreeSet::new() } else { inputs }
}

fn connected(chosen: &[u32], links: &[BTreeSet<u32>]) -> bool {
    let Some(first) = chosen.first() else { return false };
    let mut reached = BTreeSet::from([*first]);
    loop {
        let before = reached.len();
        for link in links {
            if link.iter().any(|input| reached.contains(input)) {
                reached.extend(link);
            }
        }
        if reached.len() == before {
            return reached.len() == chosen.len();
        }
    }
}
