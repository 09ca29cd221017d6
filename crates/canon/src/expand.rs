//! A plan with the plans of the models it reads put in place of their names.

use std::collections::BTreeMap;

use plumb_ir::{Arena, Field, From, FromId, Part, Rel, RelId, Scalar, ScalarId, Symbol};
use rustc_hash::FxHashMap;

/// A model that can be put in place of its name.
#[derive(Debug, Clone)]
pub struct Model {
    /// Its plan.
    pub rel: RelId,
    /// How each of its columns is addressed, by name.
    pub columns: BTreeMap<Symbol, Field>,
    /// Whether it passes on columns that are not listed.
    pub open: bool,
}

/// Puts models in place of scans. A scan whose columns the model cannot all give stays a scan.
pub fn expand(arena: &mut Arena, rel: RelId, models: &BTreeMap<Symbol, Model>) -> RelId {
    Expand { models, done: BTreeMap::new() }.rel(arena, rel)
}

/// How many tables, rows written out and table functions a plan reads, each as often as it is read; at most
/// `usize::MAX`.
pub fn atoms(arena: &Arena, rel: RelId) -> usize {
    let own = |rel: &Rel| {
        matches!(rel, Rel::Scan { .. } | Rel::Values { .. } | Rel::Call { .. } | Rel::Opaque { .. })
    };
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

struct Expand<'a> {
    models: &'a BTreeMap<Symbol, Model>,
    done: BTreeMap<RelId, RelId>,
}

impl Expand<'_> {
    fn rel(&mut self, arena: &mut Arena, id: RelId) -> RelId {
        if let Some(done) = self.done.get(&id) {
            return *done;
        }
        let old = arena.get_rel(id).clone();
        // The models that take the place of this relation's own inputs, by number.
        let mut replaced: BTreeMap<u32, Model> = BTreeMap::new();
        let mut new = old.clone();
        if let Some(from) = old.from() {
            let from = self.from(arena, &old, from, &mut replaced);
            new = arena.map_rel(&new, &mut |_, part| {
                if let Part::From(_) = part { Part::From(from) } else { part }
            });
        }
        let new = arena.map_rel(&new, &mut |arena, part| match part {
            Part::From(from) => Part::From(from),
            Part::Scalar(scalar) => Part::Scalar(self.scalar(arena, scalar, &replaced)),
            Part::Rel(rel) => Part::Rel(self.rel(arena, rel)),
        });
        let new = arena.rel(new);
        self.done.insert(id, new);
        new
    }

    fn from(
        &mut self,
        arena: &mut Arena,
        rel: &Rel,
        id: FromId,
        replaced: &mut BTreeMap<u32, Model>,
    ) -> FromId {
        let from = arena.get_from(id).clone();
        let used = names_used(arena, rel, &from);
        let mut inputs = Vec::new();
        for (number, input) in (0..).zip(&from.inputs) {
            let model = match arena.get_rel(*input) {
                Rel::Scan { table } => self.models.get(table),
                Rel::Values { .. }
                | Rel::Project { .. }
                | Rel::Aggregate { .. }
                | Rel::Distinct { .. }
                | Rel::Union { .. }
                | Rel::Set { .. }
                | Rel::Limit { .. }
                | Rel::Call { .. }
                | Rel::Opaque { .. } => None,
            };
            match model.filter(|model| gives(model, used.get(&number))) {
                Some(model) => {
                    inputs.push(model.rel);
                    replaced.insert(number, model.clone());
                }
                None => inputs.push(self.rel(arena, *input)),
            }
        }
        if !replaced.is_empty() {
            inputs =
                inputs.into_iter().map(|input| readdress_rel(arena, input, replaced)).collect();
        }
        let filter =
            from.filter.iter().map(|scalar| self.scalar(arena, *scalar, replaced)).collect();
        let tree = from
            .tree
            .map(&mut plumb_ir::Tree::Input, &mut |scalar| self.scalar(arena, scalar, replaced));
        arena.from(From { inputs, tree, filter })
    }

    fn scalar(
        &mut self,
        arena: &mut Arena,
        id: ScalarId,
        replaced: &BTreeMap<u32, Model>,
    ) -> ScalarId {
        let id = self.subqueries(arena, id);
        if replaced.is_empty() {
            return id;
        }
        arena.rewrite(id, 0, &mut |arena: &mut Arena, id: ScalarId, level: u32| {
            readdress(arena, id, level, replaced)
        })
    }

    fn subqueries(&mut self, arena: &mut Arena, id: ScalarId) -> ScalarId {
        if !arena.holds_relation(id) {
            return id;
        }
        let id = arena.map_scalar(
            id,
            &mut |arena, child| self.subqueries(arena, child),
            &mut |_, rel| rel,
        );
        arena.map_subquery(id, &mut |arena, rel| self.rel(arena, rel))
    }
}

fn readdress_rel(arena: &mut Arena, rel: RelId, replaced: &BTreeMap<u32, Model>) -> RelId {
    arena.rewrite_rel(rel, 0, &mut |arena: &mut Arena, id: ScalarId, level: u32| {
        readdress(arena, id, level, replaced)
    })
}

/// A column by name of a scan, as the column of the model in its place.
fn readdress(
    arena: &mut Arena,
    id: ScalarId,
    level: u32,
    replaced: &BTreeMap<u32, Model>,
) -> Option<ScalarId> {
    if let Scalar::Column { depth, input, field: Field::Named(name) } = *arena.get_scalar(id)
        && depth == level
    {
        let field = *replaced.get(&input)?.columns.get(&name)?;
        return Some(arena.scalar(Scalar::Column { depth, input, field }));
    }
    None
}

/// Names by which each input is used; `None` inside stands for a star or an ambiguous name.
fn names_used(arena: &mut Arena, rel: &Rel, from: &From) -> BTreeMap<u32, Vec<Option<Symbol>>> {
    let mut used: BTreeMap<u32, Vec<Option<Symbol>>> = BTreeMap::new();
    if let Rel::Project { out, .. } = rel {
        for out in out {
            if let plumb_ir::Out::Star { input, .. } = out {
                used.entry(*input).or_default().push(None);
            }
        }
    }
    let mut note = |arena: &mut Arena, id: ScalarId, level: u32| {
        match arena.get_scalar(id) {
            Scalar::Column { depth, input, field: Field::Named(name) } if *depth == level => {
                used.entry(*input).or_default().push(Some(*name));
            }
            Scalar::Either { depth, inputs, .. } if *depth == level => {
                for input in inputs {
                    used.entry(*input).or_default().push(None);
                }
            }
            Scalar::Column { .. }
            | Scalar::Either { .. }
            | Scalar::Literal(_)
            | Scalar::Call { .. }
            | Scalar::Case { .. }
            | Scalar::Cast { .. }
            | Scalar::Aggregate { .. }
            | Scalar::Window { .. }
            | Scalar::Exists(_)
            | Scalar::In { .. }
            | Scalar::Subquery(_)
            | Scalar::Lambda { .. }
            | Scalar::Param(_)
            | Scalar::Hole { .. } => {}
        }
        None
    };
    for scalar in rel.scalars().into_iter().chain(from.conditions()) {
        arena.rewrite(scalar, 0, &mut note);
    }
    for input in &from.inputs {
        arena.rewrite_rel(*input, 0, &mut note);
    }
    used
}

/// Whether a model has every column that is used by name.
fn gives(model: &Model, used: Option<&Vec<Option<Symbol>>>) -> bool {
    used.is_none_or(|used| {
        used.iter().all(|name| match name {
            Some(name) => model.open || model.columns.contains_key(name),
            None => {
                model.open
                    && model.columns.iter().all(|(name, field)| *field == Field::Named(*name))
            }
        })
    })
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
