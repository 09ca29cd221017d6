//! Parts of a plan that are work of their own: joins, and groupings of them.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::Digest;
use plumb_ir::{Arena, From, FromId, Rel, RelId, Scalar, ScalarId, Tree};

/// Most inputs of a join whose parts are looked at one by one.
const MOST: usize = 6;

/// What kind of work a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// Inputs joined, with the conditions among them.
    Join,
    /// Rows grouped by keys; what is measured may differ.
    Grouping,
}

/// A part of a plan. Equal parts of two plans have equal content, whatever stands around them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
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
}

/// Every join of two or more inputs and every grouping in a plan in normal form, and connected parts of
/// joins; each once.
pub fn subplans(arena: &mut Arena, rel: RelId, own: &dyn Fn(&Arena, FromId) -> Option<From>) -> Vec<Subplan> {
    let mut walk = Walk { own, found: BTreeMap::new(), seen: BTreeSet::new() };
    walk.rel(arena, rel);
    walk.found.into_values().collect()
}

struct Walk<'a> {
    /// The normal form of a `FROM` made of a part of another.
    own: &'a dyn Fn(&Arena, FromId) -> Option<From>,
    found: BTreeMap<Digest, Subplan>,
    seen: BTreeSet<RelId>,
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
        let Some(from_id) = rel.from() else { return };
        let from = arena.get_from(from_id).clone();
        for input in &from.inputs {
            self.rel(arena, *input);
        }
        for condition in from.conditions() {
            self.scalar(arena, condition);
        }
        if arena.from_reach(from_id) > 0 {
            return;
        }
        let joins = self.joins(arena, from_id, &from);
        if let Rel::Aggregate { keys, scalar: false, .. } = &rel {
            let only = Rel::Aggregate { from: from_id, keys: keys.clone(), calls: Vec::new(), scalar: false };
            let only = arena.rel(only);
            let weight = from.inputs.len() + from.conditions().len() + keys.len() + 1;
            self.add(arena, Shape::Grouping, only, weight, joins);
        }
    }

    fn scalar(&mut self, arena: &mut Arena, id: ScalarId) {
        let scalar: Scalar = arena.get_scalar(id).clone();
        for child in scalar.children() {
            self.scalar(arena, child);
        }
        if let Some(rel) = scalar.subquery() {
            self.rel(arena, rel);
        }
    }

    /// The whole join and its connected parts; digests of all of them.
    fn joins(&mut self, arena: &mut Arena, id: FromId, from: &From) -> Vec<Digest> {
        let count = from.inputs.len();
        if count < 2 {
            return Vec::new();
        }
        let mut all = Vec::new();
        let plain = matches!(&from.tree, Tree::Inner(parts) if parts.iter().all(|part| matches!(part, Tree::Input(_))));
        if plain && count <= MOST {
            for mask in 1_u32..1 << count {
                let size = mask.count_ones() as usize;
                if size < 2 || size == count {
                    continue;
                }
                if let Some(part) = part(arena, from, mask).and_then(|part| (self.own)(arena, part)) {
                    let weight = part.inputs.len() + part.filter.len();
                    let part = arena.from(part);
                    all.extend(self.join(arena, part, weight, Vec::new()));
                }
            }
        }
        let inside = all.clone();
        all.extend(self.join(arena, id, count + from.conditions().len(), inside));
        all
    }

    fn join(&mut self, arena: &mut Arena, from: FromId, weight: usize, inside: Vec<Digest>) -> Option<Digest> {
        if arena.from_reach(from) > 0 {
            return None;
        }
        let rel = arena.rel(Rel::Project { from, out: Vec::new() });
        self.add(arena, Shape::Join, rel, weight, inside)
    }

    fn add(&mut self, arena: &Arena, shape: Shape, rel: RelId, weight: usize, inside: Vec<Digest>) -> Option<Digest> {
        let digest = arena.rel_digest(rel);
        let mut tables = BTreeSet::new();
        tables_of(arena, rel, &mut tables);
        let tables: Vec<String> = tables.into_iter().collect();
        let part = Subplan { shape, digest, rel, tables, weight, inside };
        self.found.entry(digest).or_insert(part);
        Some(digest)
    }
}

/// The join of some inputs of a join, with the conditions that speak of them alone; `None` if it falls apart.
fn part(arena: &mut Arena, from: &From, mask: u32) -> Option<FromId> {
    let chosen: Vec<u32> = (0..u32::try_from(from.inputs.len()).ok()?).filter(|at| mask >> at & 1 == 1).collect();
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
    let place = |old: u32| chosen.iter().position(|at| *at == old).and_then(|at| u32::try_from(at).ok());
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

fn tables_of(arena: &Arena, rel: RelId, tables: &mut BTreeSet<String>) {
    let node = arena.get_rel(rel);
    if let Rel::Scan { table } = node {
        tables.insert(arena.name(*table).to_owned());
    }
    for input in node.inputs() {
        tables_of(arena, input, tables);
    }
    if let Some(from) = node.from() {
        for input in &arena.get_from(from).inputs {
            tables_of(arena, *input, tables);
        }
    }
}
