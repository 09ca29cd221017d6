//! Expressions.

use plumb_base::{Name, Span};
use plumb_ir::{Literal, Scalar, ScalarId, Type, function};
use plumb_syntax::sql::{
    Division, Units,
    tree::{self, Body, Expr, ExprKind, Item, Query, Step},
};

use crate::{scope::Resolver, types::data_type};

/// How templates spell a value they could not give.
const HOLE: &str = "__plumb_hole_";

impl Resolver<'_> {
    pub(crate) fn expr(&mut self, expr: &Expr) -> ScalarId {
        match &expr.kind {
            ExprKind::Column(names) => self.names(names, expr.span),
            ExprKind::Word(_, function) => self.arena.call(function, Vec::new()),
            ExprKind::Literal(literal) => self.constant(literal),
            ExprKind::Operator(name, args) => self.operator(name, args),
            ExprKind::Call(call) => self.call(call, expr.span),
            ExprKind::Case { operand, branches, otherwise } => {
                let operand = operand.as_ref().map(|operand| self.expr(operand));
                let branches = branches
                    .iter()
                    .map(|(when, then)| {
                        let when = self.expr(when);
                        let when = match operand {
                            Some(operand) => self.arena.call("eq", vec![operand, when]),
                            None => when,
                        };
                        (when, self.expr(then))
                    })
                    .collect();
                let otherwise = otherwise.as_ref().map(|otherwise| self.expr(otherwise));
                self.arena.scalar(Scalar::Case { branches, otherwise })
            }
            ExprKind::Cast { expr, to, safe } => {
                let value = self.expr(expr);
                let to = data_type(to, self.around.dialect.name);
                self.arena.scalar(Scalar::Cast { value, to, safe: *safe })
            }
            ExprKind::InQuery(values, query) => {
                let values = values.iter().map(|value| self.expr(value)).collect();
                let rel = self.value_query(query).rel;
                self.arena.scalar(Scalar::In { values, rel })
            }
            ExprKind::Exists(query) => {
                let rel = self.query(query).rel;
                self.arena.scalar(Scalar::Exists(rel))
            }
            ExprKind::Subquery(query) => self.subquery(query),
            ExprKind::Quantified { op, all, left, right } => self.quantified(op, *all, left, right),
            ExprKind::Path(base, steps) => self.steps(base, steps),
            ExprKind::Array(items) => self.listed("array", items),
            ExprKind::Row(items) => self.listed("row", items),
            ExprKind::Struct(fields) => {
                let mut args = Vec::new();
                for (name, value) in fields {
                    args.push(match name {
                        Some(name) => self.text(name.as_str()),
                        None => self.null(),
                    });
                    args.push(self.expr(value));
                }
                self.arena.call("struct", args)
            }
            ExprKind::Lambda(params, body) => {
                let outer = self.lambdas.len();
                self.lambdas.extend(params.iter().map(|param| param.name.clone()));
                let body = self.expr(body);
                self.lambdas.truncate(outer);
                let params = crate::scope::number(params.len());
                self.arena.scalar(Scalar::Lambda { params, body })
            }
            ExprKind::Parameter(name) => {
                if let Some(column) = self.by_place(name) {
                    return column;
                }
                let (kind, key) = (self.arena.symbol("parameter"), self.arena.symbol(name));
                self.arena.scalar(Scalar::Hole { kind, key })
            }
            ExprKind::Opaque(what) => {
                self.problem(expr.span, "not-read", format!("{what} is not read yet"));
                self.unknown("not-read")
            }
        }
    }

    fn listed(&mut self, function: &str, items: &[Expr]) -> ScalarId {
        let args = items.iter().map(|item| self.expr(item)).collect();
        self.arena.call(function, args)
    }

    fn names(&mut self, names: &[tree::Ident], span: Span) -> ScalarId {
        if let Some(hole) = names.iter().find(|name| is_hole(&name.name)) {
            let text = hole.name.as_str().to_owned();
            return self.hole(&text);
        }
        let names: Vec<Name> = names.iter().map(|name| name.name.clone()).collect();
        if let [of @ .., last] = names.as_slice()
            && !of.is_empty()
            && self.around.dialect.name == "snowflake"
            && last.as_str().eq_ignore_ascii_case("nextval")
        {
            let of: Vec<&str> = of.iter().map(Name::as_str).collect();
            let sequence = self.text(&of.join("."));
            return self.arena.call("sequence-next", vec![sequence]);
        }
        self.column(&names, span)
    }

    fn constant(&mut self, literal: &tree::Literal) -> ScalarId {
        let literal = match literal {
            tree::Literal::Null => Literal::Null,
            tree::Literal::Bool(value) => Literal::Bool(*value),
            tree::Literal::Number(text) => Literal::number(text),
            tree::Literal::Text(text) if text.contains(HOLE) => return self.hole(text),
            tree::Literal::Typed(_, text) | tree::Literal::Interval(text)
                if text.contains(HOLE) =>
            {
                return self.hole(text);
            }
            tree::Literal::Text(text) => Literal::Text(text.clone()),
            tree::Literal::Bytes(text) => Literal::Bytes(text.clone()),
            tree::Literal::Typed(to, text) => {
                Literal::Typed(data_type(to, self.around.dialect.name), text.clone())
            }
            tree::Literal::Interval(text) => Literal::Interval(interval(text)),
        };
        self.arena.literal(literal)
    }

    /// A text with values in it that its template could not give.
    fn hole(&mut self, text: &str) -> ScalarId {
        let kind = self.hole_in(text).map_or("value", |hole| hole.kind.as_str()).to_owned();
        let key = self.with_keys(text);
        let (kind, key) = (self.arena.symbol(&kind), self.arena.symbol(&key));
        self.arena.scalar(Scalar::Hole { kind, key })
    }

    pub(crate) fn hole_in(&self, text: &str) -> Option<&crate::Hole> {
        let digits = text.split(HOLE).nth(1)?.split("__").next()?;
        self.around.holes.get(digits.parse::<usize>().ok()?)
    }

    /// The text with what stands for a hole replaced by the identity of the hole.
    pub(crate) fn with_keys(&self, text: &str) -> String {
        with_keys(text, self.around.holes, self.around.owner)
    }

    fn operator(&mut self, name: &'static str, args: &[Expr]) -> ScalarId {
        if let ("is-null" | "is-not-null", [arg]) = (name, args)
            && let Some(asked) = self.of_each_field(name, arg)
        {
            return asked;
        }
        if name == "is-not-null" {
            let null = self.operator("is-null", args);
            return self.arena.call("not", vec![null]);
        }
        let dialect = self.around.dialect;
        let shapes: Vec<_> = args.iter().map(crate::call::shape).collect();
        let args: Vec<ScalarId> = args.iter().map(|arg| self.expr(arg)).collect();
        let (name, args) = match dialect.operator(name, &shapes) {
            Some(rule) => (rule.canonical, self.given(&rule.arguments(args.len()), &args)),
            None => (name, args),
        };
        let name = match name {
            "div" if dialect.division == Division::Whole => "div-int",
            "add-open" if args.iter().any(|arg| self.is_counted(*arg)) => "add",
            other => other,
        };
        let args = match name {
            // `a AND (b AND c)` is one conjunction.
            "and" | "or" => args.iter().flat_map(|arg| self.same(name, *arg)).collect(),
            "date-part" => {
                let unit = self.arena.as_literal(args[0]).cloned();
                match unit {
                    Some(Literal::Text(unit)) => {
                        vec![self.text(&dialect.unit(Units::Extract, &unit)), args[1]]
                    }
                    _ => args,
                }
            }
            // SQL puts the pattern first in POSITION and second everywhere else.
            _ => args,
        };
        debug_assert!(function(name).is_some(), "operator `{name}` is not canonical");
        match name {
            "like" | "ilike" | "like-any" | "like-all" | "ilike-any" | "ilike-all" => {
                self.pattern(name, args)
            }
            _ => self.plain(name, args),
        }
    }

    /// Whether a value is a number or a time as it is written, whatever the types of columns.
    fn is_counted(&self, value: ScalarId) -> bool {
        plumb_ir::is_counted(self.arena, value, &|_, _, _| Type::Unknown)
    }

    /// A comparison with patterns: what the dialect escapes with is written out, where a pattern may have it.
    fn pattern(&mut self, name: &str, mut args: Vec<ScalarId>) -> ScalarId {
        let (one, several) = name.split_once('-').unwrap_or((name, ""));
        let Some(escape) = self.around.dialect.like_escape else { return self.plain(name, args) };
        let patterns = &args[1..];
        let said = several.is_empty() && patterns.len() > 1;
        // One of several may be a list of them.
        let texts = several.is_empty() || patterns.iter().all(|it| self.is_text(*it));
        if said || !texts || patterns.iter().all(|it| self.is_text_without(*it, escape)) {
            return self.plain(name, args);
        }
        let escape = self.text(escape);
        let value = args.remove(0);
        let mut each: Vec<ScalarId> = Vec::new();
        for pattern in args {
            each.push(self.arena.call(one, vec![value, pattern, escape]));
        }
        match (each.as_slice(), several) {
            ([only], _) => *only,
            (_, "all") => self.arena.call("and", each),
            _ => self.arena.call("or", each),
        }
    }

    fn is_text(&self, scalar: ScalarId) -> bool {
        matches!(self.arena.as_literal(scalar), Some(Literal::Text(_)))
    }

    fn is_text_without(&self, scalar: ScalarId, escape: &str) -> bool {
        matches!(self.arena.as_literal(scalar), Some(Literal::Text(text)) if !text.contains(escape))
    }

    fn same(&self, name: &str, scalar: ScalarId) -> Vec<ScalarId> {
        match self.arena.as_call(scalar) {
            Some((other, args)) if other == name => args.to_vec(),
            _ => vec![scalar],
        }
    }

    fn subquery(&mut self, query: &Query) -> ScalarId {
        // `(SELECT expr)` without FROM is the expression.
        if let Body::Select(select) = &query.body
            && let [Item::Expr { expr, .. }] = select.items.as_slice()
            && select.from.is_empty()
            && select.filter.is_none()
            && query.ctes.is_empty()
            && query.limit.is_none()
        {
            let scalar = self.expr(expr);
            if !self.aggregates(scalar) {
                return scalar;
            }
        }
        let bound = self.value_query(query);
        self.arena.scalar(Scalar::Subquery(bound.rel))
    }

    fn quantified(&mut self, op: &str, all: bool, left: &Expr, right: &Expr) -> ScalarId {
        let word = if all { "all" } else { "any" };
        let ExprKind::Subquery(query) = &right.kind else {
            // `x = ANY(array)`.
            let (left, right) = (self.expr(left), self.expr(right));
            return self.arena.call(&format!("{op}-{word}-of-array"), vec![left, right]);
        };
        let value = self.expr(left);
        let rel = self.query(query).rel;
        match (op, all) {
            ("eq", false) => self.arena.scalar(Scalar::In { values: vec![value], rel }),
            ("ne", true) => {
                let inside = self.arena.scalar(Scalar::In { values: vec![value], rel });
                self.arena.call("not", vec![inside])
            }
            _ => {
                let rows = self.arena.scalar(Scalar::Subquery(rel));
                self.arena.call(&format!("{op}-{word}-of-rows"), vec![value, rows])
            }
        }
    }

    fn steps(&mut self, base: &Expr, steps: &[Step]) -> ScalarId {
        let base = self.expr(base);
        steps.iter().fold(base, |base, step| match step {
            Step::Key(key) => {
                let key = self.text(key);
                self.arena.call("get-field", vec![base, key])
            }
            Step::Index(index) => {
                let index = self.expr(index);
                let function = if self.around.dialect.first_item == 0 {
                    "get-item"
                } else {
                    "get-item-from-one"
                };
                self.arena.call(function, vec![base, index])
            }
        })
    }
}

/// Whether a name stands for a value that a template could not give, or holds one.
pub(crate) fn is_hole(name: &Name) -> bool {
    name.as_str().contains(HOLE)
}

/// A text with what stands for a hole replaced by the identity of the hole, in braces.
///
/// A hole that is not in the list is its owner's alone.
pub fn with_keys(text: &str, holes: &[crate::Hole], owner: &str) -> String {
    let mut parts = text.split(HOLE);
    let mut result = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (digits, rest) = part.split_once("__").unwrap_or((part, ""));
        let hole = digits.parse::<usize>().ok().and_then(|index| holes.get(index));
        let key = hole.map_or_else(|| format!("{owner}:{digits}"), |hole| hole.key.clone());
        result.push('{');
        result.push_str(&key);
        result.push('}');
        result.push_str(rest);
    }
    result
}

/// One spelling for an interval: amount, space, unit in the singular.
fn interval(text: &str) -> String {
    let text = text.trim();
    match text.split_once(' ') {
        Some((amount, unit)) if !unit.trim().contains(' ') => {
            format!("{amount} {}", crate::call::unit_name(unit.trim()))
        }
        _ => text.to_owned(),
    }
}
