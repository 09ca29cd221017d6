//! A plan with the plans of the models it reads put in place of their names.

use std::collections::BTreeMap;

use plumb_ir::{Arena, Field, From, FromId, Part, Rel, RelId, Scalar, ScalarId, Symbol};

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
