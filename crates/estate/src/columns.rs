//! Where the value of a column comes from, and what decides which rows it has.

use std::collections::BTreeSet;

use plumb_ir::{Arena, Field, FromId, Out, Rel, RelId, Scalar, ScalarId};

/// How a source takes part in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flow {
    /// The value as it is.
    Identity,
    /// A value computed from it.
    Transformation,
    /// A value of many rows.
    Aggregation,
    /// It decides the value without being part of it: `CASE WHEN`.
    Conditional,
    /// It decides which rows meet.
    Join,
    /// It decides which rows stay.
    Filter,
    /// It decides which rows fall together.
    Group,
    /// It decides an order that decides rows.
    Sort,
    /// It decides the window of a call.
    Window,
}

impl Flow {
    /// The word that is printed.
    pub fn word(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Transformation => "transformation",
            Self::Aggregation => "aggregation",
            Self::Conditional => "conditional",
            Self::Join => "join",
            Self::Filter => "filter",
            Self::Group => "group",
            Self::Sort => "sort",
            Self::Window => "window",
        }
    }

    /// Whether the value itself flows.
    pub fn is_direct(self) -> bool {
        matches!(self, Self::Identity | Self::Transformation | Self::Aggregation)
    }
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// Key of the table.
    pub table: String,
    /// Name of the column; `*` where it is not known which.
    pub column: String,
    /// How it takes part.
    pub flow: Flow,
}

/// Columns of tables that one output column of a plan is made of or depends on, sorted.
pub(crate) fn of_column(arena: &Arena, rel: RelId, field: Field) -> BTreeSet<Source> {
    let mut walk = Walk { arena, found: BTreeSet::new(), seen: BTreeSet::new() };
    walk.field(rel, field, Flow::Identity, &[]);
    walk.rows(rel, &[]);
    walk.found
}

/// The inputs of the scopes around, innermost last.
type Scopes<'a> = &'a [Vec<RelId>];

struct Walk<'a> {
    arena: &'a Arena,
    found: BTreeSet<Source>,
    seen: BTreeSet<RelId>,
}

impl Walk<'_> {
    /// The value of a column of a relation.
    fn field(&mut self, rel: RelId, field: Field, flow: Flow, scopes: Scopes<'_>) {
        match self.arena.get_rel(rel) {
            Rel::Scan { table } => {
                let column = match field {
                    Field::Named(name) => self.arena.name(name).to_owned(),
                    Field::At(_) => "*".to_owned(),
                };
                let table = self.arena.name(*table).to_owned();
                self.found.insert(Source { table, column, flow });
            }
            Rel::Project { from, out } => {
                let inside = self.inside(*from, scopes);
                match field {
                    Field::At(at) => {
                        if let Some(Out::Column(scalar)) = out.get(at as usize) {
                            self.scalar(*scalar, flow, &inside);
                        }
                    }
                    Field::Named(_) => {
                        for out in out {
                            if let Out::Star { input, .. } = out
                                && let Some(below) =
                                    self.arena.get_from(*from).inputs.get(*input as usize)
                            {
                                self.field(*below, field, flow, &inside);
                            }
                        }
                    }
                }
            }
            Rel::Aggregate { from, keys, calls, .. } => {
                let inside = self.inside(*from, scopes);
                if let Field::At(at) = field {
                    let at = at as usize;
                    if let Some(scalar) = keys.iter().chain(calls).nth(at) {
                        self.scalar(*scalar, flow, &inside);
                    }
                }
            }
            Rel::Distinct { input } | Rel::Limit { input, .. } => {
                self.field(*input, field, flow, scopes);
            }
            Rel::Union { inputs } => {
                for input in inputs {
                    self.field(*input, field, flow, scopes);
                }
            }
            Rel::Set { left, right, .. } => {
                self.field(*left, field, flow, scopes);
                self.field(*right, field, flow.max(Flow::Filter), scopes);
            }
            Rel::Values { rows, .. } => {
                if let Field::At(at) = field {
                    let inside: Vec<Vec<RelId>> =
                        scopes.iter().cloned().chain([Vec::new()]).collect();
                    for row in rows {
                        if let Some(scalar) = row.get(at as usize) {
                            self.scalar(*scalar, flow, &inside);
                        }
                    }
                }
            }
            Rel::Call { args, .. } => {
                let inside: Vec<Vec<RelId>> = scopes.iter().cloned().chain([Vec::new()]).collect();
                for arg in args {
                    self.scalar(*arg, flow.max(Flow::Transformation), &inside);
                }
            }
            Rel::Opaque { inputs, .. } => {
                for input in inputs {
                    self.field(*input, field, flow.max(Flow::Transformation), scopes);
                }
            }
        }
    }

    fn inside(&self, from: FromId, scopes: Scopes<'_>) -> Vec<Vec<RelId>> {
        scopes.iter().cloned().chain([self.arena.get_from(from).inputs.clone()]).collect()
    }

    fn scalar(&mut self, id: ScalarId, flow: Flow, scopes: Scopes<'_>) {
        let changed = if flow.is_direct() { flow.max(Flow::Transformation) } else { flow };
        let decides = if flow.is_direct() { Flow::Conditional } else { flow };
        match self.arena.get_scalar(id) {
            Scalar::Column { depth, input, field } => {
                self.column(*depth, &[*input], *field, flow, scopes);
            }
            Scalar::Either { depth, inputs, name } => {
                self.column(*depth, inputs, Field::Named(*name), flow, scopes);
            }
            Scalar::Literal(_) | Scalar::Param(_) | Scalar::Hole { .. } => {}
            Scalar::Call { args, .. } => self.each(args.iter().copied(), changed, scopes),
            Scalar::Cast { value, .. } => self.scalar(*value, changed, scopes),
            Scalar::Lambda { body, .. } => self.scalar(*body, changed, scopes),
            Scalar::Case { branches, otherwise } => {
                for (when, then) in branches {
                    self.scalar(*when, decides, scopes);
                    self.scalar(*then, changed, scopes);
                }
                self.each(otherwise.iter().copied(), changed, scopes);
            }
            Scalar::Aggregate { args, filter, order, .. } => {
                let many = if flow.is_direct() { Flow::Aggregation } else { flow };
                self.each(args.iter().copied(), many, scopes);
                self.each(filter.iter().copied(), decides, scopes);
                self.each(order.iter().map(|key| key.value), Flow::Sort, scopes);
            }
            Scalar::Window { args, partition, order, .. } => {
                let many = if flow.is_direct() { Flow::Aggregation } else { flow };
                self.each(args.iter().copied(), many, scopes);
                let around = partition.iter().copied().chain(order.iter().map(|key| key.value));
                self.each(around, Flow::Window, scopes);
            }
            Scalar::Exists(rel) => self.rows(*rel, scopes),
            Scalar::In { values, rel } => {
                self.each(values.iter().copied(), decides, scopes);
                self.field(*rel, Field::At(0), decides, scopes);
                self.rows(*rel, scopes);
            }
            Scalar::Subquery(rel) => {
                self.field(*rel, Field::At(0), changed, scopes);
                self.rows(*rel, scopes);
            }
        }
    }

    fn each(
        &mut self,
        scalars: impl IntoIterator<Item = ScalarId>,
        flow: Flow,
        scopes: Scopes<'_>,
    ) {
        for scalar in scalars {
            self.scalar(scalar, flow, scopes);
        }
    }

    fn column(&mut self, depth: u32, inputs: &[u32], field: Field, flow: Flow, scopes: Scopes<'_>) {
        let Some(at) = scopes.len().checked_sub(1 + depth as usize) else { return };
        // An input may see its siblings: their scope stays around it.
        let around = &scopes[..=at];
        for input in inputs {
            if let Some(rel) = scopes[at].get(*input as usize) {
                self.field(*rel, field, flow, around);
            }
        }
    }

    /// What decides which rows a relation has.
    fn rows(&mut self, rel: RelId, scopes: Scopes<'_>) {
        if !self.seen.insert(rel) {
            return;
        }
        let node = self.arena.get_rel(rel);
        if let Some(id) = node.from() {
            let from = self.arena.get_from(id);
            let inside = self.inside(id, scopes);
            for condition in from.tree.conditions() {
                self.scalar(condition, Flow::Join, &inside);
            }
            for condition in &from.filter {
                let flow = if self.links(*condition) { Flow::Join } else { Flow::Filter };
                self.scalar(*condition, flow, &inside);
            }
            if let Rel::Aggregate { keys, .. } = node {
                self.each(keys.iter().copied(), Flow::Group, &inside);
            }
            for input in &from.inputs {
                self.rows(*input, &inside);
            }
        }
        if let Rel::Limit { input, order, .. } = node {
            let inside: Vec<Vec<RelId>> = scopes.iter().cloned().chain([vec![*input]]).collect();
            self.each(order.iter().map(|key| key.value), Flow::Sort, &inside);
        }
        for input in node.inputs() {
            self.rows(input, scopes);
        }
    }

    /// Whether a condition speaks of several inputs.
    fn links(&self, condition: ScalarId) -> bool {
        fn walk(arena: &Arena, id: ScalarId, inputs: &mut BTreeSet<u32>) {
            let scalar = arena.get_scalar(id);
            if let Scalar::Column { depth: 0, input, .. } = scalar {
                inputs.insert(*input);
            }
            for child in scalar.children() {
                walk(arena, child, inputs);
            }
        }
        let mut inputs = BTreeSet::new();
        walk(self.arena, condition, &mut inputs);
        inputs.len() > 1
    }
}
