//! Which columns of which tables two plans read, and what values they may hold.
//!
//! What is compared is of one class; a class has the type that is declared, or the one its uses tell.

use std::collections::{BTreeMap, BTreeSet};

use plumb_ir::{Arena, Field, FromId, Out, Rel, RelId, Scalar, ScalarId, Symbol, Type};

use super::domain::{Class, Domain, Ground};
use crate::{
    bag::{Column, Database, Table},
    constraints::Constraints,
    scalar::literal,
    value::Value,
};

/// Nodes that are looked at; what lies beyond has values of any type.
const STEPS: u32 = 40_000;

/// A column of a table.
#[derive(Debug, Clone)]
pub(super) struct ColumnShape {
    pub(super) name: String,
    pub(super) domain: Domain,
    /// Values that matter, the plainest first.
    pub(super) pool: Vec<Value>,
    pub(super) not_null: bool,
    data_type: Type,
}

/// Tables and their columns.
#[derive(Debug, Clone, Default)]
pub(super) struct Shape {
    pub(super) tables: BTreeMap<String, Vec<ColumnShape>>,
    /// Whole numbers that stand somewhere, as numbers of rows may be compared with them.
    pub(super) counts: BTreeSet<i64>,
    /// Whether something is made of groups of rows.
    pub(super) groups: bool,
}

impl Shape {
    /// What two plans read.
    pub(super) fn of(arena: &Arena, rels: &[RelId], constraints: &Constraints) -> Self {
        let mut walk = Walk::new(arena, constraints);
        for rel in rels {
            walk.rel(*rel);
        }
        if let [left, right] = rels {
            for at in 0..walk.width(*left).min(walk.width(*right)) {
                walk.same_output(*left, *right, at);
            }
        }
        walk.finish()
    }

    /// The tables, without rows.
    pub(super) fn empty(&self) -> Database {
        let column = |column: &ColumnShape| Column {
            name: column.name.clone(),
            data_type: column.data_type.clone(),
        };
        let table = |columns: &Vec<ColumnShape>| Table {
            columns: columns.iter().map(column).collect(),
            rows: Vec::new(),
        };
        let tables = self.tables.iter().map(|(name, columns)| (name.clone(), table(columns)));
        Database { tables: tables.collect() }
    }
}

/// A class among others, some of which were found to be the same.
pub(super) type ClassId = usize;

pub(super) struct Walk<'a> {
    pub(super) arena: &'a Arena,
    constraints: &'a Constraints,
    classes: Vec<Class>,
    parents: Vec<ClassId>,
    tables: BTreeMap<String, BTreeMap<String, ClassId>>,
    /// Classes of outputs by position.
    outputs: BTreeMap<(RelId, u32), ClassId>,
    seen: BTreeSet<RelId>,
    scopes: Vec<Vec<RelId>>,
    /// A part of a time, and the time.
    parts: Vec<(ClassId, String, ClassId)>,
    counts: BTreeSet<i64>,
    groups: bool,
    steps: u32,
}

impl<'a> Walk<'a> {
    fn new(arena: &'a Arena, constraints: &'a Constraints) -> Self {
        Self {
            arena,
            constraints,
            classes: Vec::new(),
            parents: Vec::new(),
            tables: BTreeMap::new(),
            outputs: BTreeMap::new(),
            seen: BTreeSet::new(),
            scopes: Vec::new(),
            parts: Vec::new(),
            counts: BTreeSet::new(),
            groups: false,
            steps: STEPS,
        }
    }

    fn finish(mut self) -> Shape {
        for (part, unit, time) in std::mem::take(&mut self.parts) {
            let numbers = self.class(part).constants.clone();
            for number in numbers {
                self.times(time, &unit, &number);
            }
        }
        let mut shape =
            Shape { counts: self.counts.clone(), groups: self.groups, ..Shape::default() };
        for (table, columns) in self.tables.clone() {
            let mut all = Vec::new();
            for (name, class) in columns {
                let class = self.class(class).clone();
                let not_null = self.constraints.not_null(&table, &name);
                let data_type = self.constraints.data_type(&table, &name);
                let (domain, pool) = (class.domain, class.pool());
                all.push(ColumnShape { name, domain, pool, not_null, data_type });
            }
            shape.tables.insert(table, all);
        }
        shape
    }

    /// Times with a part that is compared with a number.
    fn times(&mut self, time: ClassId, unit: &str, number: &Value) {
        let Value::Number(number) = number else { return };
        let Some(number) = number.as_whole() else { return };
        let day = match unit {
            "year" => crate::date::day(number, 6, 15),
            "month" => crate::date::day(2024, number, 15),
            "day" => crate::date::day(2024, 1, number),
            "quarter" => crate::date::day(2024, number * 3 - 1, 15),
            _ => None,
        };
        if let Some(day) = day {
            self.class(time).meet(Value::Date(day));
        }
    }

    pub(super) fn fresh(&mut self) -> ClassId {
        self.parents.push(self.classes.len());
        self.classes.push(Class::new());
        self.classes.len() - 1
    }

    pub(super) fn typed(&mut self, domain: Domain) -> ClassId {
        let class = self.fresh();
        self.be(class, domain, Ground::Use);
        class
    }

    fn root(&self, mut class: ClassId) -> ClassId {
        while self.parents[class] != class {
            class = self.parents[class];
        }
        class
    }

    pub(super) fn class(&mut self, class: ClassId) -> &mut Class {
        let root = self.root(class);
        &mut self.classes[root]
    }

    pub(super) fn be(&mut self, class: ClassId, domain: Domain, ground: Ground) {
        self.class(class).be(domain, ground);
    }

    pub(super) fn same(&mut self, one: ClassId, two: ClassId) -> ClassId {
        let (one, two) = (self.root(one), self.root(two));
        if one != two {
            let other = std::mem::replace(&mut self.classes[two], Class::new());
            self.classes[one].take(other);
            self.parents[two] = one;
        }
        one
    }

    pub(super) fn all_same(&mut self, classes: &[ClassId]) -> ClassId {
        let first = classes.first().copied().unwrap_or_else(|| self.fresh());
        classes.iter().fold(first, |one, two| self.same(one, *two))
    }

    pub(super) fn part_of_time(&mut self, part: ClassId, unit: String, time: ClassId) {
        self.parts.push((part, unit, time));
    }

    pub(super) fn rel(&mut self, id: RelId) {
        let seen = !self.seen.insert(id);
        if (seen && self.arena.rel_reach(id) == 0) || !self.step() {
            return;
        }
        match self.arena.get_rel(id) {
            Rel::Scan { table } => {
                self.tables.entry(self.arena.name(*table).to_owned()).or_default();
            }
            Rel::Values { rows, .. } => {
                self.scopes.push(Vec::new());
                for row in rows {
                    for (at, value) in (0..).zip(row) {
                        self.output(id, at, *value);
                    }
                }
                self.scopes.pop();
            }
            Rel::Project { from, out } => {
                self.from(*from);
                for (at, out) in (0..).zip(out) {
                    match out {
                        Out::Column(value) => self.output(id, at, *value),
                        Out::Star { input, .. } => self.star(*from, *input),
                    }
                }
                self.scopes.pop();
            }
            Rel::Aggregate { from, keys, calls, .. } => {
                self.groups |= !calls.is_empty();
                self.from(*from);
                for (at, value) in (0..).zip(keys.iter().chain(calls)) {
                    self.output(id, at, *value);
                }
                self.scopes.pop();
            }
            Rel::Distinct { input } => self.rel(*input),
            Rel::Union { inputs } => {
                for input in inputs {
                    self.rel(*input);
                }
                let Some((first, rest)) = inputs.split_first() else { return };
                for at in 0..self.width(*first) {
                    for other in rest {
                        self.same_output(*first, *other, at);
                    }
                }
            }
            Rel::Set { left, right, .. } => {
                self.rel(*left);
                self.rel(*right);
                (0..self.width(*left)).for_each(|at| self.same_output(*left, *right, at));
            }
            Rel::Limit { input, order, limit, offset } => {
                self.rel(*input);
                self.scopes.push(vec![*input]);
                for scalar in order.iter().map(|key| key.value).chain(*limit).chain(*offset) {
                    self.scalar(scalar);
                }
                self.scopes.pop();
            }
            Rel::Call { args, .. } => {
                self.scopes.push(Vec::new());
                for arg in args {
                    self.scalar(*arg);
                }
                self.scopes.pop();
            }
            Rel::Opaque { inputs, .. } => inputs.iter().for_each(|input| self.rel(*input)),
        }
    }

    pub(super) fn step(&mut self) -> bool {
        self.steps = self.steps.saturating_sub(1);
        self.steps > 0
    }

    fn output(&mut self, rel: RelId, at: u32, value: ScalarId) {
        let class = self.scalar(value);
        let known = *self.outputs.entry((rel, at)).or_insert(class);
        self.same(known, class);
    }

    fn width(&self, rel: RelId) -> u32 {
        let width = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        match self.arena.get_rel(rel) {
            Rel::Values { width, .. } => *width,
            Rel::Project { out, .. } => width(out.len()),
            Rel::Aggregate { keys, calls, .. } => width(keys.len() + calls.len()),
            Rel::Distinct { input } | Rel::Limit { input, .. } => self.width(*input),
            Rel::Union { inputs } => inputs.first().map_or(0, |first| self.width(*first)),
            Rel::Set { left, .. } => self.width(*left),
            Rel::Scan { .. } | Rel::Call { .. } | Rel::Opaque { .. } => 0,
        }
    }

    fn same_output(&mut self, one: RelId, two: RelId, at: u32) {
        let (one, two) = (self.field(one, Field::At(at)), self.field(two, Field::At(at)));
        self.same(one, two);
    }

    /// Opens the scope of a `FROM`; who calls closes it.
    fn from(&mut self, id: FromId) {
        let from = self.arena.get_from(id);
        self.scopes.push(from.inputs.clone());
        from.inputs.iter().for_each(|input| self.rel(*input));
        for condition in from.conditions() {
            let class = self.scalar(condition);
            self.be(class, Domain::Bool, Ground::Use);
        }
    }

    /// A star passes on whatever is declared.
    fn star(&mut self, from: FromId, input: u32) {
        let Some(input) = self.arena.get_from(from).inputs.get(input as usize) else { return };
        if let Rel::Scan { table } = self.arena.get_rel(*input) {
            let table = self.arena.name(*table).to_owned();
            let declared = self.constraints.tables.get(&table);
            let names: Vec<String> =
                declared.map(|it| it.columns.keys().cloned().collect()).unwrap_or_default();
            for name in names {
                self.table_column(&table, &name);
            }
        }
    }

    fn table_column(&mut self, table: &str, name: &str) -> ClassId {
        if let Some(class) = self.tables.get(table).and_then(|columns| columns.get(name)) {
            return *class;
        }
        let class = self.fresh();
        if let Some(domain) = Domain::of(&self.constraints.data_type(table, name)) {
            self.be(class, domain, Ground::Declared);
        }
        self.tables.entry(table.to_owned()).or_default().insert(name.to_owned(), class);
        class
    }

    pub(super) fn column(&mut self, depth: u32, input: u32, field: Field) -> ClassId {
        let scope = self.scopes.len().checked_sub(1 + depth as usize);
        let rel = scope.and_then(|at| self.scopes[at].get(input as usize)).copied();
        match rel {
            Some(rel) => self.field(rel, field),
            None => self.fresh(),
        }
    }

    /// The input, of those that may have a name, that has it: one that declares it, or the first.
    pub(super) fn either(&mut self, depth: u32, inputs: &[u32], name: Symbol) -> ClassId {
        let scope = self.scopes.len().checked_sub(1 + depth as usize);
        let declares = |input: &&u32| {
            let rel = scope.and_then(|at| self.scopes[at].get(**input as usize));
            rel.is_some_and(|rel| self.declares(*rel, name))
        };
        let chosen = inputs.iter().find(declares).or(inputs.first()).copied();
        self.column(depth, chosen.unwrap_or(0), Field::Named(name))
    }

    fn declares(&self, rel: RelId, name: Symbol) -> bool {
        match self.arena.get_rel(rel) {
            Rel::Scan { table } => {
                let (table, name) = (self.arena.name(*table), self.arena.name(name));
                let declared = self.constraints.tables.get(table);
                declared.is_some_and(|it| it.columns.contains_key(name))
                    || self.tables.get(table).is_some_and(|it| it.contains_key(name))
            }
            Rel::Project { from, out } => out.iter().any(|out| match out {
                Out::Star { input, except } if !except.contains(&name) => {
                    let input = self.arena.get_from(*from).inputs.get(*input as usize);
                    input.is_some_and(|input| self.declares(*input, name))
                }
                Out::Star { .. } | Out::Column(_) => false,
            }),
            Rel::Distinct { input } | Rel::Limit { input, .. } => self.declares(*input, name),
            Rel::Union { inputs } => inputs.iter().any(|input| self.declares(*input, name)),
            Rel::Set { left, .. } => self.declares(*left, name),
            Rel::Values { .. } | Rel::Aggregate { .. } | Rel::Call { .. } | Rel::Opaque { .. } => {
                false
            }
        }
    }

    /// The class of a column of a relation that has been walked.
    pub(super) fn field(&mut self, rel: RelId, field: Field) -> ClassId {
        if !self.step() {
            return self.fresh();
        }
        match (self.arena.get_rel(rel), field) {
            (Rel::Scan { table }, Field::Named(name)) => {
                let (table, name) = (self.arena.name(*table), self.arena.name(name));
                self.table_column(table, name)
            }
            (Rel::Project { from, out }, Field::Named(name)) => {
                let inputs = &self.arena.get_from(*from).inputs;
                let passing: Vec<RelId> = out
                    .iter()
                    .filter_map(|out| match out {
                        Out::Star { input, except } if !except.contains(&name) => {
                            inputs.get(*input as usize).copied()
                        }
                        Out::Star { .. } | Out::Column(_) => None,
                    })
                    .collect();
                let chosen = passing.iter().find(|rel| self.declares(**rel, name));
                match chosen.or(passing.first()).copied() {
                    Some(rel) => self.field(rel, field),
                    None => self.fresh(),
                }
            }
            (Rel::Distinct { input } | Rel::Limit { input, .. }, _) => self.field(*input, field),
            (Rel::Union { inputs }, _) => {
                let all: Vec<ClassId> =
                    inputs.iter().map(|input| self.field(*input, field)).collect();
                self.all_same(&all)
            }
            (Rel::Set { left, right, .. }, _) => {
                let (left, right) = (self.field(*left, field), self.field(*right, field));
                self.same(left, right)
            }
            (_, Field::At(at)) => {
                if let Some(class) = self.outputs.get(&(rel, at)) {
                    return *class;
                }
                let class = self.fresh();
                self.outputs.insert((rel, at), class);
                class
            }
            (_, Field::Named(_)) => self.fresh(),
        }
    }

    /// The class of a constant.
    pub(super) fn constant(&mut self, id: ScalarId) -> ClassId {
        let class = self.fresh();
        if let Scalar::Literal(constant) = self.arena.get_scalar(id)
            && let Ok(value) = literal(constant)
        {
            if let Value::Number(number) = &value {
                self.counts.extend(number.as_whole().filter(|it| (2..=12).contains(it)));
            }
            self.class(class).meet(value);
        }
        class
    }
}
