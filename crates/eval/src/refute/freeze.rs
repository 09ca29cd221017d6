//! Rows that a plan asks for: one for each table it reads, with the values its conditions want.
//!
//! Nothing here need be right: what comes out is a database like any other, only a promising one.

mod fill;

use plumb_ir::{Arena, Field, FromId, Out, Rel, RelId, Scalar, ScalarId, SetKind, Tree};

use super::{chance::Chance, shape::Shape};
use crate::{bag::Row, number::Number, scalar::literal, value::Value};

/// Nodes that are looked at.
const STEPS: u32 = 4_000;

/// A value that is to be chosen.
type Slot = usize;

/// What is known of a value.
#[derive(Debug, Clone)]
enum Term {
    Slot(Slot),
    /// The sum of a value over all copies of a row.
    Sum(Slot),
    Constant(Value),
    Unknown,
}

/// What a value that is to be chosen has to satisfy.
#[derive(Debug, Clone, Default)]
struct Wanted {
    fixed: Option<Value>,
    null: Option<bool>,
    /// At least, or more than if the flag says so.
    low: Option<(Value, Strict)>,
    high: Option<(Value, Strict)>,
    not: Vec<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Strict {
    Yes,
    No,
}

/// Rows for the tables of a plan, by table and column; those that something is counted, added up or compared in are
/// there so many times.
pub(super) fn freeze(
    arena: &Arena,
    shape: &Shape,
    rel: RelId,
    copies: usize,
    chance: &mut Chance,
) -> Vec<(String, Row)> {
    let mut freeze = Freeze {
        arena,
        shape,
        chance,
        parents: Vec::new(),
        wanted: Vec::new(),
        columns: Vec::new(),
        atoms: Vec::new(),
        scopes: Vec::new(),
        less: Vec::new(),
        copies,
        measured: Vec::new(),
        steps: STEPS,
    };
    freeze.rel(rel);
    freeze.rows()
}

type Fields = Vec<(Field, Term)>;

struct Freeze<'a> {
    arena: &'a Arena,
    shape: &'a Shape,
    chance: &'a mut Chance,
    parents: Vec<Slot>,
    wanted: Vec<Wanted>,
    /// Of which table and column a slot is.
    columns: Vec<(String, usize)>,
    atoms: Vec<(String, Vec<Slot>)>,
    scopes: Vec<Vec<Fields>>,
    less: Vec<(Slot, Slot)>,
    copies: usize,
    /// What aggregates are made of.
    measured: Vec<Slot>,
    steps: u32,
}

impl Freeze<'_> {
    fn step(&mut self) -> bool {
        self.steps = self.steps.saturating_sub(1);
        self.steps > 0 && self.atoms.len() < 24
    }

    fn root(&self, mut slot: Slot) -> Slot {
        while self.parents[slot] != slot {
            slot = self.parents[slot];
        }
        slot
    }

    fn rel(&mut self, id: RelId) -> Fields {
        if !self.step() {
            return Vec::new();
        }
        match self.arena.get_rel(id) {
            Rel::Scan { table } => self.scan(self.arena.name(*table)),
            Rel::Values { rows, .. } => {
                let row = self.chance.pick(rows).cloned().unwrap_or_default();
                let term = |value: &ScalarId| self.term(*value);
                positioned(row.iter().map(term).collect())
            }
            Rel::Project { from, out } => {
                self.from(*from);
                let mut fields = Vec::new();
                for (at, out) in (0..).zip(out) {
                    match out {
                        Out::Column(value) => fields.push((Field::At(at), self.term(*value))),
                        Out::Star { input, except } => {
                            let scope = self.scopes.last();
                            let inner = scope.and_then(|it| it.get(*input as usize));
                            let named = inner.into_iter().flatten().filter(
                                |(field, _)| matches!(field, Field::Named(name) if !except.contains(name)),
                            );
                            fields.extend(named.cloned().collect::<Vec<_>>());
                        }
                    }
                }
                self.scopes.pop();
                fields
            }
            Rel::Aggregate { from, keys, calls, .. } => {
                self.from(*from);
                let terms = keys.iter().chain(calls).map(|it| self.term(*it)).collect();
                self.scopes.pop();
                positioned(terms)
            }
            Rel::Distinct { input } | Rel::Limit { input, .. } => self.rel(*input),
            Rel::Union { inputs } => {
                let chosen = self.chance.pick(inputs).copied();
                chosen.map(|input| self.rel(input)).unwrap_or_default()
            }
            Rel::Set { kind, left, right, .. } => {
                let fields = self.rel(*left);
                if *kind == SetKind::Intersect || self.chance.percent(40) {
                    let other = self.rel(*right);
                    let pairs: Vec<(Term, Term)> = fields
                        .iter()
                        .zip(&other)
                        .map(|(a, b)| (a.1.clone(), b.1.clone()))
                        .collect();
                    for (one, two) in &pairs {
                        self.equal(one, two);
                    }
                }
                fields
            }
            Rel::Call { .. } => Vec::new(),
            Rel::Opaque { inputs, .. } => {
                for input in inputs {
                    self.rel(*input);
                }
                Vec::new()
            }
        }
    }

    fn scan(&mut self, table: &str) -> Fields {
        let Some(columns) = self.shape.tables.get(table) else { return Vec::new() };
        let mut slots = Vec::new();
        let mut fields = Vec::new();
        for (at, column) in columns.iter().enumerate() {
            let slot = self.parents.len();
            self.parents.push(slot);
            self.wanted.push(Wanted::default());
            self.columns.push((table.to_owned(), at));
            slots.push(slot);
            if let Some(name) = self.arena.find_symbol(&column.name) {
                fields.push((Field::Named(name), Term::Slot(slot)));
            }
        }
        self.atoms.push((table.to_owned(), slots));
        fields
    }

    /// Opens the scope of a `FROM`, and wants what it wants; who calls closes it.
    fn from(&mut self, id: FromId) {
        let from = self.arena.get_from(id);
        self.scopes.push(Vec::new());
        let optional = optional(&from.tree);
        for (at, input) in (0..).zip(&from.inputs) {
            let skipped = optional.contains(&at) && self.chance.percent(35);
            let fields = if skipped { Vec::new() } else { self.rel(*input) };
            if let Some(scope) = self.scopes.last_mut() {
                scope.push(fields);
            }
        }
        for condition in from.conditions() {
            self.want(condition, true);
        }
    }

    fn want(&mut self, id: ScalarId, truth: bool) {
        if !self.step() {
            return;
        }
        let arena = self.arena;
        match arena.get_scalar(id) {
            Scalar::Call { function, args } => self.wanted_call(arena.name(*function), args, truth),
            Scalar::Exists(rel) if truth => {
                self.rel(*rel);
            }
            Scalar::In { values, rel } if truth => {
                let fields = self.rel(*rel);
                for (value, (_, field)) in values.iter().zip(fields) {
                    let value = self.term(*value);
                    self.equal(&value, &field);
                }
            }
            Scalar::Column { .. } | Scalar::Either { .. } => {
                let term = self.term(id);
                self.equal(&term, &Term::Constant(Value::Bool(truth)));
            }
            _ => {}
        }
    }

    fn wanted_call(&mut self, name: &str, args: &[ScalarId], truth: bool) {
        match (name, args) {
            ("and" | "or", _) if (name == "and") == truth => {
                for arg in args {
                    self.want(*arg, truth);
                }
            }
            ("and" | "or", _) => {
                if let Some(chosen) = self.chance.pick(args).copied() {
                    self.want(chosen, truth);
                }
            }
            ("not", [arg]) => self.want(*arg, !truth),
            ("is-true", [arg]) if truth => self.want(*arg, true),
            ("is-false", [arg]) if truth => self.want(*arg, false),
            ("is-null", [arg]) => {
                if let Term::Slot(slot) = self.term(*arg) {
                    let root = self.root(slot);
                    self.wanted[root].null = Some(truth);
                }
            }
            ("eq" | "is-not-distinct" | "ne" | "is-distinct", [one, two]) => {
                let (one, two) = (self.term(*one), self.term(*two));
                if matches!(name, "eq" | "is-not-distinct") == truth {
                    self.equal(&one, &two);
                } else if let (Term::Slot(slot), Term::Constant(value))
                | (Term::Constant(value), Term::Slot(slot)) = (one, two)
                {
                    let root = self.root(slot);
                    self.wanted[root].not.push(value);
                }
            }
            ("all-equal", [first, rest @ ..]) if truth => {
                for arg in rest {
                    let (one, two) = (self.term(*first), self.term(*arg));
                    self.equal(&one, &two);
                }
            }
            ("lt" | "le", [one, two]) => {
                let strict = if (name == "lt") == truth { Strict::Yes } else { Strict::No };
                let (low, high) = if truth { (one, two) } else { (two, one) };
                let (low, high) = (self.term(*low), self.term(*high));
                self.ordered(low, high, strict);
            }
            ("between", [value, low, high]) if truth => {
                let terms = [self.term(*low), self.term(*value), self.term(*high)];
                self.ordered(terms[0].clone(), terms[1].clone(), Strict::No);
                self.ordered(terms[1].clone(), terms[2].clone(), Strict::No);
            }
            ("in-list", [value, items @ ..]) if truth => {
                if let Some(item) = self.chance.pick(items).copied() {
                    let (one, two) = (self.term(*value), self.term(item));
                    self.equal(&one, &two);
                }
            }
            ("like", [value, pattern]) if truth => {
                let (one, two) = (self.term(*value), self.term(*pattern));
                if let Term::Constant(Value::Text(pattern)) = two {
                    let text = pattern.replace('%', "").replace('_', "x");
                    self.equal(&one, &Term::Constant(Value::text(&text)));
                }
            }
            _ => {}
        }
    }

    fn ordered(&mut self, low: Term, high: Term, strict: Strict) {
        match self.shared(low, high) {
            (Term::Slot(slot), Term::Constant(value)) => {
                let root = self.root(slot);
                self.wanted[root].high = Some((value, strict));
            }
            (Term::Constant(value), Term::Slot(slot)) => {
                let root = self.root(slot);
                self.wanted[root].low = Some((value, strict));
            }
            (Term::Slot(low), Term::Slot(high)) => self.less.push((low, high)),
            _ => {}
        }
    }

    /// Where a sum meets a constant, what each copy of a row has to give to it.
    fn shared(&self, one: Term, two: Term) -> (Term, Term) {
        let copies = i64::try_from(self.copies).unwrap_or(1);
        let share = |of: &Value| match of {
            Value::Number(number) => number.div(Number::whole(copies)).map(Value::Number),
            _ => None,
        };
        let shared =
            |slot: Slot, of: Value| (Term::Slot(slot), Term::Constant(share(&of).unwrap_or(of)));
        match (one, two) {
            (Term::Sum(slot), Term::Constant(of)) => shared(slot, of),
            (Term::Constant(of), Term::Sum(slot)) => {
                let (slot, of) = shared(slot, of);
                (of, slot)
            }
            (Term::Sum(_), _) | (_, Term::Sum(_)) => (Term::Unknown, Term::Unknown),
            others => others,
        }
    }

    fn equal(&mut self, one: &Term, two: &Term) {
        match self.shared(one.clone(), two.clone()) {
            (Term::Slot(one), Term::Slot(two)) => {
                let (one, two) = (self.root(one), self.root(two));
                if one != two {
                    let other = std::mem::take(&mut self.wanted[two]);
                    self.parents[two] = one;
                    let wanted = &mut self.wanted[one];
                    wanted.fixed = wanted.fixed.take().or(other.fixed);
                    wanted.null = Some(false);
                    wanted.low = wanted.low.take().or(other.low);
                    wanted.high = wanted.high.take().or(other.high);
                    wanted.not.extend(other.not);
                }
            }
            (Term::Slot(slot), Term::Constant(value))
            | (Term::Constant(value), Term::Slot(slot)) => {
                let root = self.root(slot);
                self.wanted[root].fixed = Some(value);
            }
            _ => {}
        }
    }

    /// What a scalar is made of, roughly.
    fn term(&mut self, id: ScalarId) -> Term {
        if !self.step() {
            return Term::Unknown;
        }
        let arena = self.arena;
        match arena.get_scalar(id) {
            Scalar::Column { depth, input, field } => self.column(*depth, *input, *field),
            Scalar::Either { depth, inputs, name } => {
                let found = inputs.iter().map(|it| self.column(*depth, *it, Field::Named(*name)));
                let mut found = found.filter(|term| !matches!(term, Term::Unknown));
                found.next().unwrap_or(Term::Unknown)
            }
            Scalar::Literal(constant) => literal(constant).map_or(Term::Unknown, Term::Constant),
            Scalar::Cast { value, .. } => self.term(*value),
            Scalar::Call { function, args } => match (arena.name(*function), args.as_slice()) {
                (
                    "coalesce" | "lower" | "upper" | "trim" | "substring" | "left" | "abs",
                    [first, ..],
                ) => self.term(*first),
                ("date-trunc" | "date-part", [_, time]) => self.term(*time),
                _ => Term::Unknown,
            },
            Scalar::Aggregate { function, args, .. } if self.copies > 1 => {
                self.measure(arena.name(*function), args)
            }
            Scalar::Aggregate { function, args, .. } | Scalar::Window { function, args, .. } => {
                match (arena.name(*function), args.as_slice()) {
                    ("count", _) => Term::Unknown,
                    (_, [first, ..]) => self.term(*first),
                    _ => Term::Unknown,
                }
            }
            Scalar::Subquery(rel) => {
                let fields = self.rel(*rel);
                fields.into_iter().next().map_or(Term::Unknown, |(_, term)| term)
            }
            Scalar::Case { branches, otherwise } => {
                let chosen = self.chance.below(branches.len() + 1);
                match (branches.get(chosen).copied(), otherwise) {
                    (Some((when, then)), _) => {
                        self.want(when, true);
                        self.term(then)
                    }
                    (None, Some(value)) => self.term(*value),
                    (None, None) => Term::Constant(Value::Null),
                }
            }
            Scalar::Exists(rel) | Scalar::In { rel, .. } => {
                if self.chance.percent(50) {
                    self.rel(*rel);
                }
                Term::Unknown
            }
            Scalar::Lambda { .. } | Scalar::Param(_) | Scalar::Hole { .. } => Term::Unknown,
        }
    }

    /// What is made of all copies of a row.
    fn measure(&mut self, name: &str, args: &[ScalarId]) -> Term {
        let Some(Term::Slot(slot)) = args.first().map(|first| self.term(*first)) else {
            return Term::Unknown;
        };
        self.measured.push(slot);
        match name {
            "count" => Term::Unknown,
            "sum" => Term::Sum(slot),
            _ => Term::Slot(slot),
        }
    }

    fn column(&self, depth: u32, input: u32, field: Field) -> Term {
        let scope = self.scopes.len().checked_sub(1 + depth as usize);
        let fields = scope.and_then(|at| self.scopes[at].get(input as usize));
        let found = fields.and_then(|fields| fields.iter().find(|(other, _)| *other == field));
        found.map_or(Term::Unknown, |(_, term)| term.clone())
    }
}

fn positioned(terms: Vec<Term>) -> Fields {
    (0..).map(Field::At).zip(terms).collect()
}

/// The inputs that an outer join may leave without a row.
fn optional(tree: &Tree) -> Vec<u32> {
    match tree {
        Tree::Input(_) => Vec::new(),
        Tree::Inner(parts) => parts.iter().flat_map(optional).collect(),
        Tree::Where { part, .. } => optional(part),
        Tree::Left { left, right, .. } => {
            let mut all = optional(left);
            all.extend(right.inputs());
            all
        }
        Tree::Full { left, right, .. } => {
            let mut all = left.inputs();
            all.extend(right.inputs());
            all
        }
    }
}
