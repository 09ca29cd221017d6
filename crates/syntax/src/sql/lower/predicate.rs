//! Predicates and the functions SQL spells with words.

use sqlparser::ast;

use super::{
    Lower,
    call::spelled,
    expr::{negate, node, operator, rare},
};
use crate::sql::{
    shim::SYMMETRIC,
    tree::{Argument, Call, Expr, ExprKind, Literal},
};

impl Lower<'_> {
    pub(super) fn predicate(&self, expr: &ast::Expr) -> Expr {
        use ast::Expr as E;
        let one = |name, expr: &ast::Expr| operator(name, vec![self.expr(expr)]);
        match expr {
            E::IsNull(inner) | E::IsUnknown(inner) => one("is-null", inner),
            // Of a row, it is not the opposite.
            E::IsNotNull(inner) => one("is-not-null", inner),
            E::IsNotUnknown(inner) => negate(true, one("is-null", inner)),
            E::IsTrue(inner) => one("is-true", inner),
            E::IsNotTrue(inner) => negate(true, one("is-true", inner)),
            E::IsFalse(inner) => one("is-false", inner),
            E::IsNotFalse(inner) => negate(true, one("is-false", inner)),
            E::IsDistinctFrom(a, b) => operator("is-distinct", vec![self.expr(a), self.expr(b)]),
            E::IsNotDistinctFrom(a, b) => {
                operator("is-not-distinct", vec![self.expr(a), self.expr(b)])
            }
            E::InList { expr, list, negated } => {
                let mut args = vec![self.expr(expr)];
                args.extend(self.exprs(list));
                negate(*negated, operator("in-list", args))
            }
            E::InSubquery { expr, subquery, negated } => {
                let left = self.expr(expr);
                let span = left.span;
                let values = match left.kind {
                    ExprKind::Row(values) => values,
                    kind => vec![Expr { kind, span }],
                };
                let query = self.query(subquery);
                let span = span.to(query.span);
                negate(*negated, node(ExprKind::InQuery(values, Box::new(query)), span))
            }
            E::InUnnest { expr, array_expr, negated } => {
                let args = vec![self.expr(array_expr), self.expr(expr)];
                negate(*negated, operator("array-contains", args))
            }
            E::Between { expr, negated, low, high } => {
                let (value, low, high) = (self.expr(expr), self.expr(low), self.expr(high));
                let between = match symmetric(&low) {
                    Some(low) => {
                        let other = vec![value.clone(), high.clone(), low.clone()];
                        let either = [vec![value, low, high], other];
                        operator("or", either.map(|it| operator("between", it)).to_vec())
                    }
                    None => operator("between", vec![value, low, high]),
                };
                negate(*negated, between)
            }
            E::Like { .. } | E::ILike { .. } | E::SimilarTo { .. } | E::RLike { .. } => {
                self.pattern(expr)
            }
            E::AnyOp { left, compare_op, right, .. } => {
                self.quantified(left, compare_op, right, false)
            }
            E::AllOp { left, compare_op, right } => self.quantified(left, compare_op, right, true),
            _ => rare("predicate of a rare kind", &[]),
        }
    }

    fn pattern(&self, expr: &ast::Expr) -> Expr {
        use ast::Expr as E;
        let (name, negated, any, expr, pattern, escape) = match expr {
            E::Like { negated, any, expr, pattern, escape_char } => {
                ("like", *negated, *any, expr, pattern, escape_char.as_ref())
            }
            E::ILike { negated, any, expr, pattern, escape_char } => {
                ("ilike", *negated, *any, expr, pattern, escape_char.as_ref())
            }
            E::SimilarTo { negated, expr, pattern, escape_char } => {
                ("similar", *negated, false, expr, pattern, escape_char.as_ref())
            }
            E::RLike { negated, expr, pattern, .. } => {
                ("rlike", *negated, false, expr, pattern, None)
            }
            _ => return rare("pattern of a rare kind", &[]),
        };
        let value = self.expr(expr);
        if let Some((all, patterns)) = self.patterns(any, pattern) {
            return match escape {
                Some(_) => rare("`like any` with an escape", &[value]),
                None => self.matches(name, all, negated, (value, patterns)),
            };
        }
        let mut args = vec![value, self.expr(pattern)];
        args.extend(escape.map(|escape| self.expr(escape)));
        negate(negated, operator(name, args))
    }

    /// The patterns of `LIKE ANY (…)` and `LIKE ALL (…)`, and whether all have to match.
    fn patterns(&self, any: bool, pattern: &ast::Expr) -> Option<(bool, Vec<Expr>)> {
        match pattern {
            ast::Expr::Tuple(items) if any => Some((false, self.exprs(items))),
            _ if any => Some((false, vec![self.expr(pattern)])),
            // The parser knows `ANY` only: it takes the other two for functions.
            ast::Expr::Function(function) => {
                let all = match spelled(&function.name).as_str() {
                    "all" => true,
                    "some" | "any" => false,
                    _ => return None,
                };
                let ast::FunctionArguments::List(list) = &function.args else { return None };
                let pattern = |arg: &ast::FunctionArg| match self.argument(arg) {
                    Argument::Plain(expr) => Some(expr),
                    Argument::Named(..) | Argument::Star(_) | Argument::Query(_) => None,
                };
                Some((all, list.args.iter().map(pattern).collect::<Option<_>>()?))
            }
            _ => None,
        }
    }

    fn matches(
        &self,
        name: &'static str,
        all: bool,
        negated: bool,
        (value, patterns): (Expr, Vec<Expr>),
    ) -> Expr {
        // `NOT LIKE ANY` denies the whole in Snowflake, and each pattern in PostgreSQL and Spark, where some
        // pattern must fail: then not all match.
        let (all, known) = match (negated, self.dialect.name) {
            (false, _) | (true, "snowflake") => (all, true),
            (true, "postgres" | "databricks") => (!all, true),
            (true, _) => (all, false),
        };
        let name = match (name, all) {
            ("like", false) => "like-any",
            ("like", true) => "like-all",
            ("ilike", false) => "ilike-any",
            ("ilike", true) => "ilike-all",
            _ => return rare("pattern of a rare kind", &[value]),
        };
        if !known {
            return rare("a denied `like any`", &[value]);
        }
        let args = std::iter::once(value).chain(patterns).collect();
        negate(negated, operator(name, args))
    }

    fn quantified(
        &self,
        left: &ast::Expr,
        op: &ast::BinaryOperator,
        right: &ast::Expr,
        all: bool,
    ) -> Expr {
        use ast::BinaryOperator as B;
        let op = match op {
            B::Eq => "eq",
            B::NotEq => "ne",
            B::Lt => "lt",
            B::LtEq => "le",
            B::Gt => "gt",
            B::GtEq => "ge",
            _ => return rare("quantified comparison of a rare kind", &[]),
        };
        let (left, right) = (Box::new(self.expr(left)), Box::new(self.expr(right)));
        let span = left.span.to(right.span);
        node(ExprKind::Quantified { op, all, left, right }, span)
    }

    /// Functions with a grammar of their own: canonical operators where the meaning is the same
    /// everywhere, calls by name where the dialect has a say.
    pub(super) fn special(&self, expr: &ast::Expr) -> Expr {
        use ast::Expr as E;
        match expr {
            E::Extract { field, expr, .. } => {
                let value = self.expr(expr);
                let unit = ExprKind::Literal(Literal::Text(field.to_string().to_lowercase()));
                operator("date-part", vec![node(unit, value.span), value])
            }
            E::Ceil { expr, field } => self.rounded("ceil", expr, field),
            E::Floor { expr, field } => self.rounded("floor", expr, field),
            E::Position { expr, r#in } => {
                operator("position", vec![self.expr(expr), self.expr(r#in)])
            }
            E::Substring { expr, substring_from, substring_for, .. } => {
                let mut args = vec![self.expr(expr)];
                args.extend(substring_from.as_ref().map(|it| self.expr(it)));
                args.extend(substring_for.as_ref().map(|it| self.expr(it)));
                operator("substring", args)
            }
            E::Trim { trim_where, trim_what, expr, trim_characters } => {
                let name = match trim_where {
                    Some(ast::TrimWhereField::Leading) => "ltrim",
                    Some(ast::TrimWhereField::Trailing) => "rtrim",
                    Some(ast::TrimWhereField::Both) | None => "trim",
                };
                let mut args = vec![self.expr(expr)];
                args.extend(trim_what.as_ref().map(|it| self.expr(it)));
                args.extend(trim_characters.iter().flatten().map(|it| self.expr(it)));
                operator(name, args)
            }
            E::Overlay { expr, overlay_what, overlay_from, overlay_for } => {
                let mut args =
                    vec![self.expr(expr), self.expr(overlay_what), self.expr(overlay_from)];
                args.extend(overlay_for.as_ref().map(|it| self.expr(it)));
                let span = super::select::spans(&args);
                let args = args.into_iter().map(Argument::Plain).collect();
                node(ExprKind::Call(Box::new(named("overlay", args))), span)
            }
            E::Collate { expr, collation } => {
                let value = self.expr(expr);
                let name = ExprKind::Literal(Literal::Text(collation.to_string().to_lowercase()));
                let name = node(name, value.span);
                operator("collate", vec![value, name])
            }
            _ => rare("function of a rare kind", &[]),
        }
    }

    fn rounded(&self, name: &'static str, expr: &ast::Expr, field: &ast::CeilFloorKind) -> Expr {
        let value = self.expr(expr);
        match field {
            ast::CeilFloorKind::DateTimeField(ast::DateTimeField::NoDateTime) => {
                operator(name, vec![value])
            }
            ast::CeilFloorKind::DateTimeField(unit) => {
                match (name, unit.to_string().to_lowercase()) {
                    ("floor", unit) if PARTS.contains(&unit.as_str()) => {
                        let unit = node(ExprKind::Literal(Literal::Text(unit)), value.span);
                        operator("date-trunc", vec![unit, value])
                    }
                    _ => rare("ceil or floor to a time unit", &[value]),
                }
            }
            ast::CeilFloorKind::Scale(scale) => {
                let kind = match &scale.value {
                    ast::Value::Number(text, _) => ExprKind::Literal(Literal::Number(text.clone())),
                    _ => return rare("ceil or floor to a computed scale", &[value]),
                };
                let scale = node(kind, value.span);
                operator(name, vec![value, scale])
            }
        }
    }
}

/// Units that begin at the same moment wherever a time is cut to them.
const PARTS: [&str; 7] = ["year", "quarter", "month", "day", "hour", "minute", "second"];

/// A plain call.
pub(super) fn named(name: &str, args: Vec<Argument>) -> Call {
    Call {
        name: name.to_owned(),
        name_span: plumb_base::Span::default(),
        args,
        distinct: false,
        filter: None,
        order_by: Vec::new(),
        ignore_nulls: false,
        limit: None,
        at: None,
        unread: None,
        over: None,
    }
}

/// The bound that `BETWEEN SYMMETRIC` marks.
fn symmetric(low: &Expr) -> Option<Expr> {
    let ExprKind::Call(call) = &low.kind else { return None };
    let [Argument::Plain(bound)] = call.args.as_slice() else { return None };
    (call.name == SYMMETRIC).then(|| bound.clone())
}
