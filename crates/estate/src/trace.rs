//! What the values and the rows of a plan depend on. Each node is looked at once, however often it is used.

mod atoms;
mod functions;
mod unknown;
mod ways;

use std::rc::Rc;

use plumb_base::{Flow, Name};
use plumb_ir::{
    Arena, Field, FromId, FunctionKind, Out, Rel, RelId, Scalar, ScalarId, SortKey, Symbol,
    function,
};
use rustc_hash::FxHashMap;

use crate::{Estate, columns::Source};
use atoms::{Atom, Trace};
use functions::{decides, masks};
pub(crate) use ways::Ways;

/// Dependencies of nodes, as far as somebody asked.
pub(crate) struct Tracer<'a> {
    estate: &'a Estate,
    arena: &'a Arena,
    values: FxHashMap<(RelId, Field), Rc<Trace>>,
    rows: FxHashMap<RelId, Rc<Trace>>,
    scalars: FxHashMap<ScalarId, Rc<Trace>>,
    inputs: FxHashMap<(FromId, u32, Field), Rc<Trace>>,
    names: FxHashMap<Symbol, Name>,
    /// What a node depends on that asks for itself.
    nothing: Rc<Trace>,
}

impl<'a> Tracer<'a> {
    pub(crate) fn new(estate: &'a Estate) -> Self {
        Self {
            estate,
            arena: &estate.arena,
            values: FxHashMap::default(),
            rows: FxHashMap::default(),
            scalars: FxHashMap::default(),
            inputs: FxHashMap::default(),
            names: FxHashMap::default(),
            nothing: Rc::default(),
        }
    }

    /// A trace of a whole plan as columns of tables, sorted.
    pub(crate) fn sources(&mut self, trace: &Trace) -> Vec<Source> {
        let mut sources = Vec::new();
        for (atom, ways) in trace.iter() {
            // Nothing is around a whole plan.
            let Atom::Table(table, column) = atom else { continue };
            let (table, column) = (self.name(Some(*table)), self.name(*column));
            for (flow, masked) in ways.each() {
                let (table, column) = (table.clone(), column.clone());
                sources.push(Source { table, column, flow, masked });
            }
        }
        sources.sort();
        sources
    }

    /// The name of a table or a column; of one that is not known a star.
    fn name(&mut self, symbol: Option<Symbol>) -> Name {
        let Some(symbol) = symbol else { return Name::new("*") };
        let new = || Name::new(self.arena.name(symbol));
        self.names.entry(symbol).or_insert_with(new).clone()
    }

    /// What the value of a column of a relation is made of.
    pub(crate) fn value(&mut self, rel: RelId, field: Field) -> Rc<Trace> {
        if let Some(known) = self.values.get(&(rel, field)) {
            return Rc::clone(known);
        }
        // What a plan would say of itself says nothing.
        self.values.insert((rel, field), Rc::clone(&self.nothing));
        let trace = Rc::new(self.new_value(rel, field));
        self.values.insert((rel, field), Rc::clone(&trace));
        trace
    }

    fn new_value(&mut self, rel: RelId, field: Field) -> Trace {
        let mut trace = Trace::new();
        match self.arena.get_rel(rel) {
            Rel::Scan { table } => {
                let column = match field {
                    Field::Named(name) => Some(name),
                    Field::At(_) => None,
                };
                trace.insert(Atom::Table(*table, column), Ways::of(Flow::Identity));
            }
            Rel::Project { from, out } => match field {
                Field::At(at) => match out.get(at as usize) {
                    Some(Out::Column(scalar)) => trace = self.within(*from, *scalar),
                    Some(Out::Star { input, .. }) => trace = self.star(*from, *input),
                    None => {}
                },
                Field::Named(name) => {
                    for out in out {
                        if let Out::Star { input, except } = out
                            && !except.contains(&name)
                        {
                            add(&mut trace, &self.input(*from, *input, field));
                        }
                    }
                }
            },
            Rel::Aggregate { from, keys, calls, .. } => {
                if let Field::At(at) = field
                    && let Some(scalar) = keys.iter().chain(calls).nth(at as usize)
                {
                    trace = self.within(*from, *scalar);
                }
            }
            Rel::Distinct { input } | Rel::Limit { input, .. } => {
                add(&mut trace, &self.value(*input, field));
            }
            Rel::Union { inputs } => {
                for input in inputs {
                    add(&mut trace, &self.value(*input, field));
                }
            }
            Rel::Set { left, .. } => add(&mut trace, &self.value(*left, field)),
            Rel::Values { rows, .. } => {
                if let Field::At(at) = field {
                    for scalar in rows.iter().filter_map(|row| row.get(at as usize)) {
                        add(&mut trace, &outside(&self.scalar(*scalar)));
                    }
                }
            }
            Rel::Call { args, .. } => {
                for arg in args {
                    put(&mut trace, &outside(&self.scalar(*arg)), Ways::of(Flow::Transformation));
                }
            }
            Rel::Opaque { why, inputs, .. } => {
                if let [input] = inputs.as_slice()
                    && self.is_part(*why, *input)
                {
                    add(&mut trace, &self.value(*input, field));
                    return trace;
                }
                for input in inputs {
                    let below = self.behind(*why, *input, field);
                    put(&mut trace, &below, Ways::of(Flow::Transformation));
                }
            }
        }
        trace
    }

    /// What decides which rows a relation has.
    pub(crate) fn rows(&mut self, rel: RelId) -> Rc<Trace> {
        if let Some(known) = self.rows.get(&rel) {
            return Rc::clone(known);
        }
        self.rows.insert(rel, Rc::clone(&self.nothing));
        let trace = Rc::new(self.new_rows(rel));
        self.rows.insert(rel, Rc::clone(&trace));
        trace
    }

    fn new_rows(&mut self, rel: RelId) -> Trace {
        let mut trace = Trace::new();
        let node = self.arena.get_rel(rel);
        if let Some(id) = node.from() {
            let from = self.arena.get_from(id);
            for condition in from.tree.conditions() {
                put(&mut trace, &self.within(id, condition), Ways::of(Flow::Join));
            }
            for condition in &from.filter {
                let flow = if self.links(*condition) { Flow::Join } else { Flow::Filter };
                put(&mut trace, &self.within(id, *condition), Ways::of(flow));
            }
            for input in &from.inputs {
                let rows = self.rows(*input);
                add(&mut trace, &self.closed(id, &rows));
            }
        }
        match node {
            Rel::Aggregate { from, keys, .. } => {
                for key in keys {
                    put(&mut trace, &self.within(*from, *key), Ways::of(Flow::Group));
                }
            }
            Rel::Distinct { input } => {
                put(&mut trace, &self.all(*input), Ways::of(Flow::Group));
            }
            // A row stays because of what both sides hold, in all columns.
            Rel::Set { left, right, .. } => {
                for side in [left, right] {
                    put(&mut trace, &self.all(*side), Ways::of(Flow::Filter));
                }
            }
            Rel::Limit { input, order, limit, offset } => {
                let keys = order.iter().map(|key| (key.value, Flow::Sort));
                let counts = limit.iter().chain(offset).map(|scalar| (*scalar, Flow::Filter));
                for (scalar, flow) in keys.chain(counts) {
                    let seen = self.over(*input, scalar);
                    put(&mut trace, &seen, Ways::of(flow));
                }
            }
            // A table function gives as many rows as its arguments say.
            Rel::Call { args, .. } => {
                for arg in args {
                    put(&mut trace, &outside(&self.scalar(*arg)), Ways::of(Flow::Join));
                }
            }
            Rel::Scan { .. }
            | Rel::Values { .. }
            | Rel::Project { .. }
            | Rel::Union { .. }
            | Rel::Opaque { .. } => {}
        }
        for input in node.inputs() {
            add(&mut trace, &self.rows(input));
        }
        trace
    }

    /// What all columns of a relation are made of.
    fn all(&mut self, rel: RelId) -> Trace {
        let mut trace = Trace::new();
        match self.arena.get_rel(rel) {
            Rel::Scan { table } => {
                trace.insert(Atom::Table(*table, None), Ways::of(Flow::Identity));
            }
            Rel::Project { out, .. } => {
                for at in (0..).take(out.len()) {
                    add(&mut trace, &self.value(rel, Field::At(at)));
                }
            }
            Rel::Aggregate { keys, calls, .. } => {
                for at in (0..).take(keys.len() + calls.len()) {
                    add(&mut trace, &self.value(rel, Field::At(at)));
                }
            }
            Rel::Values { width, .. } => {
                for at in 0..*width {
                    add(&mut trace, &self.value(rel, Field::At(at)));
                }
            }
            Rel::Distinct { input } | Rel::Limit { input, .. } => trace = self.all(*input),
            Rel::Union { inputs } => {
                for input in inputs {
                    add(&mut trace, &self.all(*input));
                }
            }
            Rel::Set { left, .. } => trace = self.all(*left),
            Rel::Call { .. } => trace = (*self.value(rel, Field::At(0))).clone(),
            Rel::Opaque { why, inputs, .. } => {
                trace = match inputs.as_slice() {
                    [input] if self.is_part(*why, *input) => self.all(*input),
                    _ => self.everything(rel),
                }
            }
        }
        trace
    }

    /// What a scalar is made of, as the scope it stands in sees it.
    fn scalar(&mut self, id: ScalarId) -> Rc<Trace> {
        if let Some(known) = self.scalars.get(&id) {
            return Rc::clone(known);
        }
        let trace = Rc::new(self.new_scalar(id));
        self.scalars.insert(id, Rc::clone(&trace));
        trace
    }

    fn new_scalar(&mut self, id: ScalarId) -> Trace {
        let mut trace = Trace::new();
        let itself = Ways::of(Flow::Identity);
        let computed = Ways::of(Flow::Transformation);
        match self.arena.get_scalar(id) {
            Scalar::Column { depth, input, field } => {
                let atom = Atom::Around { depth: *depth, input: *input, field: *field };
                trace.insert(atom, itself);
            }
            Scalar::Either { depth, inputs, name } => {
                for input in inputs {
                    let field = Field::Named(*name);
                    trace.insert(Atom::Around { depth: *depth, input: *input, field }, itself);
                }
            }
            Scalar::Literal(_) | Scalar::Param(_) | Scalar::Hole { .. } => {}
            Scalar::Call { function, args } => {
                let name = self.arena.name(*function);
                for (at, arg) in args.iter().enumerate() {
                    let ways = if decides(name, at, args.len()) {
                        Ways::of(Flow::Conditional)
                    } else if masks(name) {
                        computed.masked()
                    } else {
                        computed
                    };
                    self.put(&mut trace, *arg, ways);
                }
            }
            Scalar::Cast { value, .. } => self.put(&mut trace, *value, computed),
            Scalar::Lambda { body, .. } => self.put(&mut trace, *body, computed),
            Scalar::Case { branches, otherwise } => {
                for (when, then) in branches {
                    self.put(&mut trace, *when, Ways::of(Flow::Conditional));
                    self.put(&mut trace, *then, computed);
                }
                if let Some(scalar) = otherwise {
                    self.put(&mut trace, *scalar, computed);
                }
            }
            Scalar::Aggregate { function, args, filter, order, .. } => {
                self.call(&mut trace, *function, args);
                if let Some(scalar) = filter {
                    self.put(&mut trace, *scalar, Ways::of(Flow::Filter));
                }
                self.keys(&mut trace, order, Flow::Sort);
            }
            Scalar::Window { function, args, partition, order, .. } => {
                self.call(&mut trace, *function, args);
                for scalar in partition {
                    self.put(&mut trace, *scalar, Ways::of(Flow::Window));
                }
                self.keys(&mut trace, order, Flow::Window);
            }
            Scalar::Exists(rel) => add(&mut trace, &self.rows(*rel)),
            Scalar::In { values, rel } => {
                for (at, value) in (0..).zip(values) {
                    self.put(&mut trace, *value, computed);
                    put(&mut trace, &self.value(*rel, Field::At(at)), computed);
                }
                add(&mut trace, &self.rows(*rel));
            }
            Scalar::Subquery(rel) => {
                put(&mut trace, &self.value(*rel, Field::At(0)), computed);
                add(&mut trace, &self.rows(*rel));
            }
        }
        trace
    }

    /// The arguments of a call over many rows; some only take the value of another row.
    fn call(&mut self, trace: &mut Trace, name: Symbol, args: &[ScalarId]) {
        let name = self.arena.name(name);
        let one = function(name).is_some_and(|known| known.kind == FunctionKind::Window);
        let ways = Ways::of(if one { Flow::Transformation } else { Flow::Aggregation });
        let ways = if masks(name) { ways.masked() } else { ways };
        for arg in args {
            self.put(trace, *arg, ways);
        }
    }

    fn keys(&mut self, trace: &mut Trace, keys: &[SortKey], flow: Flow) {
        for key in keys {
            self.put(trace, key.value, Ways::of(flow));
        }
    }

    fn put(&mut self, trace: &mut Trace, scalar: ScalarId, ways: Ways) {
        let below = self.scalar(scalar);
        put(trace, &below, ways);
    }

    /// A scalar of a join, as what stands around the join sees it.
    fn within(&mut self, from: FromId, scalar: ScalarId) -> Trace {
        let trace = self.scalar(scalar);
        self.closed(from, &trace)
    }

    /// A trace of the scope of a join, as what stands around the join sees it.
    fn closed(&mut self, from: FromId, trace: &Trace) -> Trace {
        let mut closed = Trace::new();
        for (atom, ways) in trace.iter() {
            match *atom {
                Atom::Table(..) => closed.insert(*atom, *ways),
                Atom::Around { depth: 0, input, field } => {
                    put(&mut closed, &self.input(from, input, field), *ways);
                }
                Atom::Around { depth, input, field } => {
                    closed.insert(Atom::Around { depth: depth - 1, input, field }, *ways);
                }
            }
        }
        closed
    }

    /// A column of an input of a join, as what stands around the join sees it; an input may look at those before it.
    fn input(&mut self, from: FromId, input: u32, field: Field) -> Rc<Trace> {
        let key = (from, input, field);
        if let Some(known) = self.inputs.get(&key) {
            return Rc::clone(known);
        }
        self.inputs.insert(key, Rc::clone(&self.nothing));
        let rel = self.arena.get_from(from).inputs.get(input as usize).copied();
        let value = rel.map(|rel| self.value(rel, field)).unwrap_or_default();
        let trace = Rc::new(self.closed(from, &value));
        self.inputs.insert(key, Rc::clone(&trace));
        trace
    }

    /// All columns of an input of a join.
    fn star(&mut self, from: FromId, input: u32) -> Trace {
        let rel = self.arena.get_from(from).inputs.get(input as usize).copied();
        let all = rel.map(|rel| self.all(rel)).unwrap_or_default();
        self.closed(from, &all)
    }

    /// A scalar that sees one relation as its input 0, as what stands around the relation sees it.
    fn over(&mut self, rel: RelId, scalar: ScalarId) -> Trace {
        let mut seen = Trace::new();
        for (atom, ways) in self.scalar(scalar).iter() {
            match *atom {
                Atom::Around { depth: 0, field, .. } => {
                    put(&mut seen, &self.value(rel, field), *ways);
                }
                Atom::Around { depth, input, field } => {
                    seen.insert(Atom::Around { depth: depth - 1, input, field }, *ways);
                }
                Atom::Table(..) => seen.insert(*atom, *ways),
            }
        }
        seen
    }

    /// Whether a condition speaks of several inputs, of this scope or of those around it.
    fn links(&self, condition: ScalarId) -> bool {
        fn walk(arena: &Arena, id: ScalarId, inputs: &mut std::collections::BTreeSet<(u32, u32)>) {
            let scalar = arena.get_scalar(id);
            if let Scalar::Column { depth, input, .. } = scalar {
                inputs.insert((*depth, *input));
            }
            if let Scalar::Either { depth, inputs: each, .. } = scalar {
                inputs.extend(each.first().map(|input| (*depth, *input)));
            }
            for child in scalar.children() {
                walk(arena, child, inputs);
            }
        }
        let mut inputs = std::collections::BTreeSet::new();
        walk(self.arena, condition, &mut inputs);
        inputs.len() > 1
    }
}

/// A trace of a scalar that has no scope of its own, as the relation that holds it sees it.
fn outside(trace: &Trace) -> Trace {
    let mut seen = Trace::new();
    for (atom, ways) in trace.iter() {
        match *atom {
            Atom::Around { depth: 0, .. } => {}
            Atom::Around { depth, input, field } => {
                seen.insert(Atom::Around { depth: depth - 1, input, field }, *ways);
            }
            Atom::Table(..) => seen.insert(*atom, *ways),
        }
    }
    seen
}

/// Adds a trace as it is.
fn add(trace: &mut Trace, other: &Trace) {
    trace.extend(other, |inner| inner);
}

/// Adds a trace that takes part in some ways.
fn put(trace: &mut Trace, other: &Trace, ways: Ways) {
    trace.extend(other, |inner| ways.over(inner));
}
