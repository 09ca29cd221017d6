//! Plans as text.

use super::form::Form;
use crate::{
    Arena, Bound, Field, Frame, FrameUnit, FromId, Literal, Out, Rel, RelId, Scalar, ScalarId,
    SetKind, SortKey, Symbol, Tree,
};

/// A relation as text, in lines of at most about 100 characters.
pub fn print_rel(arena: &Arena, rel: RelId) -> String {
    Printer { arena }.rel(rel).layout(0)
}

/// A scalar as text.
pub fn print_scalar(arena: &Arena, scalar: ScalarId) -> String {
    Printer { arena }.scalar(scalar).layout(0)
}

/// Heads of scalar lists that are not calls.
pub(super) const RESERVED: &[&str] = &[
    "agg",
    "bytes",
    "call",
    "case",
    "cast",
    "either",
    "exists",
    "float",
    "hole",
    "in",
    "interval",
    "lambda",
    "param",
    "subquery",
    "try-cast",
    "typed",
    "when",
    "else",
    "win",
    "distinct",
    "filter",
    "order",
    "by",
    "frame",
    "ignore-nulls",
    "star",
];

struct Printer<'a> {
    arena: &'a Arena,
}

impl Printer<'_> {
    fn name(&self, symbol: Symbol) -> Form {
        Form::name(self.arena.name(symbol))
    }

    fn rel(&self, id: RelId) -> Form {
        match self.arena.get_rel(id) {
            Rel::Scan { table } => Form::list("scan", [self.name(*table)]),
            Rel::Values { width, rows } => {
                let rows = rows.iter().map(|row| Form::list("row", self.scalars(row)));
                Form::list("values", std::iter::once(Form::word(width.to_string())).chain(rows))
            }
            Rel::Project { from, out } => {
                let out = Form::list("out", out.iter().map(|out| self.out(out)));
                Form::list("project", std::iter::once(out).chain(self.from(*from)))
            }
            Rel::Aggregate { from, keys, calls, scalar } => {
                let keys = Form::list("keys", self.scalars(keys));
                let calls = Form::list("calls", self.scalars(calls));
                let head = if *scalar { "aggregate-all" } else { "aggregate" };
                Form::list(head, [keys, calls].into_iter().chain(self.from(*from)))
            }
            Rel::Distinct { input } => Form::list("distinct", [self.rel(*input)]),
            Rel::Union { inputs } => {
                Form::list("union", inputs.iter().map(|input| self.rel(*input)))
            }
            Rel::Set { kind, all, left, right } => {
                let head = match (kind, all) {
                    (SetKind::Intersect, false) => "intersect",
                    (SetKind::Intersect, true) => "intersect-all",
                    (SetKind::Except, false) => "except",
                    (SetKind::Except, true) => "except-all",
                };
                Form::list(head, [self.rel(*left), self.rel(*right)])
            }
            Rel::Limit { input, order, limit, offset } => {
                let mut parts = vec![self.rel(*input)];
                parts.extend(self.order(order));
                parts.extend(limit.map(|value| Form::list("rows", [self.scalar(value)])));
                parts.extend(offset.map(|value| Form::list("skip", [self.scalar(value)])));
                Form::list("limit", parts)
            }
            Rel::Call { function, args } => {
                Form::list("table", std::iter::once(self.name(*function)).chain(self.scalars(args)))
            }
            Rel::Opaque { why, key, inputs } => {
                let words = [self.name(*why), self.name(*key)];
                let inputs = inputs.iter().map(|input| self.rel(*input));
                Form::list("opaque", words.into_iter().chain(inputs))
            }
        }
    }

    fn from(&self, id: FromId) -> Vec<Form> {
        let from = self.arena.get_from(id);
        let mut parts = vec![Form::list("from", from.inputs.iter().map(|input| self.rel(*input)))];
        if !is_plain(&from.tree) {
            parts.push(Form::list("tree", [self.tree(&from.tree)]));
        }
        if !from.filter.is_empty() {
            parts.push(Form::list("where", self.scalars(&from.filter)));
        }
        parts
    }

    fn tree(&self, tree: &Tree) -> Form {
        match tree {
            Tree::Input(input) => Form::word(input.to_string()),
            Tree::Inner(parts) => Form::list("inner", parts.iter().map(|part| self.tree(part))),
            Tree::Where { part, on } => {
                Form::list("where", [self.tree(part), Form::list("on", self.scalars(on))])
            }
            Tree::Left { left, right, on } => self.outer("left", left, right, on),
            Tree::Full { left, right, on } => self.outer("full", left, right, on),
        }
    }

    fn outer(&self, head: &str, left: &Tree, right: &Tree, on: &[ScalarId]) -> Form {
        Form::list(head, [self.tree(left), self.tree(right), Form::list("on", self.scalars(on))])
    }

    fn out(&self, out: &Out) -> Form {
        match out {
            Out::Column(scalar) => self.scalar(*scalar),
            Out::Star { input, except } => {
                let except = except.iter().map(|name| self.name(*name));
                Form::list("star", std::iter::once(Form::word(input.to_string())).chain(except))
            }
        }
    }

    fn scalars(&self, scalars: &[ScalarId]) -> Vec<Form> {
        scalars.iter().map(|scalar| self.scalar(*scalar)).collect()
    }

    fn order(&self, keys: &[SortKey]) -> Option<Form> {
        let key = |key: &SortKey| {
            let nulls = key.nulls_first.then(|| Form::word("nulls-first"));
            let head = if key.descending { "desc" } else { "asc" };
            Form::list(head, std::iter::once(self.scalar(key.value)).chain(nulls))
        };
        (!keys.is_empty()).then(|| Form::list("order", keys.iter().map(key)))
    }

    fn scalar(&self, id: ScalarId) -> Form {
        match self.arena.get_scalar(id) {
            Scalar::Column { depth, input, field } => self.column(*depth, *input, *field),
            Scalar::Either { depth, inputs, name } => {
                let outer = (*depth > 0).then(|| Form::word(format!("^{depth}")));
                let inputs = inputs.iter().map(|input| Form::word(input.to_string()));
                Form::list("either", outer.into_iter().chain(inputs).chain([self.name(*name)]))
            }
            Scalar::Literal(literal) => print_literal(literal),
            Scalar::Call { function, args } => self.call(self.arena.name(*function), args),
            Scalar::Case { branches, otherwise } => {
                let when = |(when, then): &(ScalarId, ScalarId)| {
                    Form::list("when", [self.scalar(*when), self.scalar(*then)])
                };
                let other = otherwise.map(|value| Form::list("else", [self.scalar(value)]));
                Form::list("case", branches.iter().map(when).chain(other))
            }
            Scalar::Cast { value, to, safe } => {
                let head = if *safe { "try-cast" } else { "cast" };
                Form::list(head, [Form::name(&to.to_string()), self.scalar(*value)])
            }
            Scalar::Aggregate { function, args, distinct, filter, order } => {
                let mut parts = vec![self.name(*function)];
                parts.extend(self.scalars(args));
                parts.extend(distinct.then(|| Form::list("distinct", [])));
                parts.extend(filter.map(|value| Form::list("filter", [self.scalar(value)])));
                parts.extend(self.order(order));
                Form::list("agg", parts)
            }
            Scalar::Window { .. } => self.window(id),
            Scalar::Exists(rel) => Form::list("exists", [self.rel(*rel)]),
            Scalar::In { values, rel } => {
                Form::list("in", [Form::List(self.scalars(values), 0), self.rel(*rel)])
            }
            Scalar::Subquery(rel) => Form::list("subquery", [self.rel(*rel)]),
            Scalar::Lambda { params, body } => {
                Form::list("lambda", [Form::word(params.to_string()), self.scalar(*body)])
            }
            Scalar::Param(index) => Form::list("param", [Form::word(index.to_string())]),
            Scalar::Hole { kind, key } => Form::list("hole", [self.name(*kind), self.name(*key)]),
        }
    }

    fn call(&self, name: &str, args: &[ScalarId]) -> Form {
        let args = self.scalars(args);
        if RESERVED.contains(&name) || !matches!(Form::name(name), Form::Word(..)) {
            return Form::list("call", std::iter::once(Form::name(name)).chain(args));
        }
        Form::list(name, args)
    }

    fn column(&self, depth: u32, input: u32, field: Field) -> Form {
        let outer = if depth > 0 { format!("^{depth}:") } else { String::new() };
        match field {
            Field::At(position) => Form::word(format!("{outer}{input}#{position}")),
            Field::Named(name) => match self.name(name) {
                Form::Word(name, _) => Form::word(format!("{outer}{input}.{name}")),
                other @ (Form::Text(..) | Form::Quoted(..) | Form::List(..)) => {
                    Form::List(vec![Form::word(format!("{outer}{input}.")), other], 0)
                }
            },
        }
    }

    fn window(&self, id: ScalarId) -> Form {
        let Scalar::Window { function, args, distinct, ignore_nulls, partition, order, frame } =
            self.arena.get_scalar(id)
        else {
            return Form::word("?");
        };
        let mut parts = vec![self.name(*function)];
        parts.extend(self.scalars(args));
        parts.extend(distinct.then(|| Form::list("distinct", [])));
        parts.extend(ignore_nulls.then(|| Form::list("ignore-nulls", [])));
        if !partition.is_empty() {
            parts.push(Form::list("by", self.scalars(partition)));
        }
        parts.extend(self.order(order));
        parts.extend(frame.map(|frame| self.frame(frame)));
        Form::list("win", parts)
    }

    fn frame(&self, frame: Frame) -> Form {
        let unit = match frame.unit {
            FrameUnit::Rows => "rows",
            FrameUnit::Range => "range",
            FrameUnit::Groups => "groups",
        };
        let bound = |bound| match bound {
            Bound::First => Form::word("first"),
            Bound::Before(value) => Form::list("before", [self.scalar(value)]),
            Bound::Current => Form::word("current"),
            Bound::After(value) => Form::list("after", [self.scalar(value)]),
            Bound::Last => Form::word("last"),
        };
        Form::list("frame", [Form::word(unit), bound(frame.start), bound(frame.end)])
    }
}

/// Whether a tree is the plain join of inputs in their order, which is not printed.
pub(super) fn is_plain(tree: &Tree) -> bool {
    match tree {
        Tree::Input(input) => *input == 0,
        Tree::Inner(parts) => {
            parts.len() != 1
                && parts.iter().zip(0..).all(|(part, index)| *part == Tree::Input(index))
        }
        Tree::Where { .. } | Tree::Left { .. } | Tree::Full { .. } => false,
    }
}

fn print_literal(literal: &Literal) -> Form {
    match literal {
        Literal::Null => Form::word("null"),
        Literal::Bool(value) => Form::word(value.to_string()),
        Literal::Integer(value) => Form::word(value.to_string()),
        Literal::Decimal { units, scale } => {
            let width = *scale as usize;
            let digits = format!("{:0>1$}", units.unsigned_abs(), width + 1);
            let (whole, part) = digits.split_at(digits.len() - width);
            Form::word(format!("{}{whole}.{part}", if *units < 0 { "-" } else { "" }))
        }
        Literal::Float(text) => Form::list("float", [Form::text(text)]),
        Literal::Text(text) => Form::text(text),
        Literal::Bytes(text) => Form::list("bytes", [Form::text(text)]),
        Literal::Typed(data_type, text) => {
            Form::list("typed", [Form::name(&data_type.to_string()), Form::text(text)])
        }
        Literal::Interval(text) => Form::list("interval", [Form::text(text)]),
    }
}
