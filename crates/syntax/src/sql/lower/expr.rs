//! Expressions.

use plumb_base::{Name, Span};
use sqlparser::ast;

use super::{Lower, predicate::named, select::spans};
use crate::sql::tree::{Argument, Expr, ExprKind, Ident, Literal, TypeName};

impl Lower<'_> {
    pub(super) fn expr(&self, expr: &ast::Expr) -> Expr {
        use ast::Expr as E;
        match expr {
            E::Identifier(ident) => self.name(std::slice::from_ref(ident)),
            E::CompoundIdentifier(idents) => self.name(idents),
            E::CompoundFieldAccess { root, access_chain } => self.access(root, access_chain),
            E::JsonAccess { value, path } => self.json(value, path),
            E::Nested(inner) => self.expr(inner),
            E::Value(value) => self.value(value),
            E::TypedString(typed) => self.typed(typed),
            E::BinaryOp { .. } => self.binary(expr),
            E::UnaryOp { op, expr } => self.unary(*op, expr),
            E::IsNull(_)
            | E::IsNotNull(_)
            | E::IsTrue(_)
            | E::IsNotTrue(_)
            | E::IsFalse(_)
            | E::IsNotFalse(_)
            | E::IsUnknown(_)
            | E::IsNotUnknown(_)
            | E::IsDistinctFrom(..)
            | E::IsNotDistinctFrom(..)
            | E::InList { .. }
            | E::InSubquery { .. }
            | E::InUnnest { .. }
            | E::Between { .. }
            | E::Like { .. }
            | E::ILike { .. }
            | E::SimilarTo { .. }
            | E::RLike { .. }
            | E::AnyOp { .. }
            | E::AllOp { .. } => self.predicate(expr),
            E::Cast { .. } | E::Convert { .. } => self.cast(expr),
            E::AtTimeZone { timestamp, time_zone } => {
                operator("at-time-zone", vec![self.expr(time_zone), self.expr(timestamp)])
            }
            E::Extract { .. }
            | E::Ceil { .. }
            | E::Floor { .. }
            | E::Position { .. }
            | E::Substring { .. }
            | E::Trim { .. }
            | E::Overlay { .. }
            | E::Collate { .. } => self.special(expr),
            E::Function(function) => self.call(function),
            E::Case { .. } => self.case(expr),
            E::Exists { .. } | E::Subquery(_) => self.nested(expr),
            E::Tuple(items) => listed(ExprKind::Row, self.exprs(items)),
            E::Array(array) => listed(ExprKind::Array, self.exprs(&array.elem)),
            E::Struct { .. } | E::Named { .. } | E::Dictionary(_) => self.compound(expr),
            E::Map(map) => self.map(map),
            E::Interval(interval) => self.interval(interval),
            E::Lambda(lambda) => self.arrow(lambda, ArrowStands::Elsewhere),
            E::Prefixed { value, .. } => self.expr(value),
            E::IsJson { expr, .. }
            | E::IsNormalized { expr, .. }
            | E::OuterJoin(expr)
            | E::Prior(expr) => rare("expression of a rare kind", &[self.expr(expr)]),
            E::GroupingSets(_)
            | E::Cube(_)
            | E::Rollup(_)
            | E::MatchAgainst { .. }
            | E::Wildcard(_)
            | E::QualifiedWildcard(..)
            | E::MemberOf(_) => rare("expression of a rare kind", &[]),
        }
    }

    fn typed(&self, typed: &ast::TypedString) -> Expr {
        let text = literal_text(&typed.value.value).unwrap_or_default();
        let data_type = type_name(&typed.data_type);
        node(
            ExprKind::Literal(Literal::Typed(Box::new(data_type), text)),
            self.span(typed.value.span),
        )
    }

    fn cast(&self, expr: &ast::Expr) -> Expr {
        let (inner, to, safe) = match expr {
            ast::Expr::Cast { kind, expr, data_type, format } => {
                let inner = self.expr(expr);
                if let Some(format) = format {
                    // What a text looks like is part of what it says.
                    let text = |text: String| {
                        node(ExprKind::Literal(Literal::Text(text)), Span::default())
                    };
                    let to = text(type_name(data_type).0);
                    return operator("cast-format", vec![inner, to, text(format.to_string())]);
                }
                let safe = matches!(kind, ast::CastKind::TryCast | ast::CastKind::SafeCast);
                (inner, data_type, safe)
            }
            ast::Expr::Convert { is_try, expr, data_type: Some(data_type), .. } => {
                (self.expr(expr), data_type, *is_try)
            }
            ast::Expr::Convert { expr, .. } => {
                return rare("expression of a rare kind", &[self.expr(expr)]);
            }
            _ => return rare("cast of a rare kind", &[]),
        };
        let span = inner.span;
        node(ExprKind::Cast { expr: Box::new(inner), to: type_name(to), safe }, span)
    }

    fn case(&self, expr: &ast::Expr) -> Expr {
        let ast::Expr::Case { operand, conditions, else_result, case_token, end_token } = expr
        else {
            return rare("case of a rare kind", &[]);
        };
        let branches =
            conditions.iter().map(|it| (self.expr(&it.condition), self.expr(&it.result)));
        let kind = ExprKind::Case {
            operand: operand.as_ref().map(|it| Box::new(self.expr(it))),
            branches: branches.collect(),
            otherwise: else_result.as_ref().map(|it| Box::new(self.expr(it))),
        };
        node(kind, self.span(case_token.0.span).to(self.span(end_token.0.span)))
    }

    /// A query inside an expression.
    fn nested(&self, expr: &ast::Expr) -> Expr {
        match expr {
            ast::Expr::Exists { subquery, negated } => {
                let query = self.query(subquery);
                let span = query.span;
                negate(*negated, node(ExprKind::Exists(Box::new(query)), span))
            }
            ast::Expr::Subquery(query) => {
                let query = self.query(query);
                let span = query.span;
                node(ExprKind::Subquery(Box::new(query)), span)
            }
            _ => rare("query of a rare kind", &[]),
        }
    }

    /// `x -> e`. In DuckDB it is a function as an argument of a call only, and a path into JSON elsewhere and
    /// where a constant follows.
    pub(super) fn arrow(&self, lambda: &ast::LambdaFunction, stands: ArrowStands) -> Expr {
        let path = stands == ArrowStands::Elsewhere || matches!(*lambda.body, ast::Expr::Value(_));
        match &lambda.params {
            ast::OneOrManyWithParens::One(base) if path && self.dialect.name == "duckdb" => {
                let base = self.name(std::slice::from_ref(&base.name));
                operator("json-extract", vec![base, self.expr(&lambda.body)])
            }
            _ => self.lambda(lambda),
        }
    }

    fn lambda(&self, lambda: &ast::LambdaFunction) -> Expr {
        let params = match &lambda.params {
            ast::OneOrManyWithParens::One(one) => vec![self.ident(&one.name)],
            ast::OneOrManyWithParens::Many(many) => {
                many.iter().map(|param| self.ident(&param.name)).collect()
            }
        };
        let body = self.expr(&lambda.body);
        let span = body.span;
        node(ExprKind::Lambda(params, Box::new(body)), span)
    }

    pub(super) fn name(&self, idents: &[ast::Ident]) -> Expr {
        if let [ast::Ident { value, quote_style: None, .. }] = idents
            && let Some(function) = self.dialect.keyword(&value.to_ascii_lowercase())
        {
            let ident = self.ident(&idents[0]);
            let span = ident.span;
            return node(ExprKind::Word(ident, function), span);
        }
        // Columns are most of a tree: their lists hold no room for more.
        let mut parts: Vec<Ident> = Vec::with_capacity(idents.len());
        for ident in idents {
            // BigQuery quotes a whole path at once.
            if ident.quote_style == Some('`') && ident.value.contains('.') {
                let span = self.span(ident.span);
                let part = |part| Ident { name: self.dialect.column_name(part, true), span };
                parts.extend(ident.value.split('.').map(part));
            } else {
                parts.push(self.ident(ident));
            }
        }
        let span = parts.iter().fold(Span::default(), |span, ident| span.to(ident.span));
        node(ExprKind::Column(parts), span)
    }

    fn value(&self, value: &ast::ValueWithSpan) -> Expr {
        use ast::Value as V;
        let kind = match &value.value {
            V::Null => ExprKind::Literal(Literal::Null),
            V::Boolean(value) => ExprKind::Literal(Literal::Bool(*value)),
            V::Number(text, _) => ExprKind::Literal(Literal::Number(text.clone())),
            V::Placeholder(name) if name.starts_with("__plumb_hole_") => {
                let (name, span) = (self.dialect.column_name(name, true), self.span(value.span));
                ExprKind::Column(vec![Ident { name, span }])
            }
            V::Placeholder(name) => ExprKind::Parameter(name.clone()),
            V::SingleQuotedByteStringLiteral(text)
            | V::DoubleQuotedByteStringLiteral(text)
            | V::TripleSingleQuotedByteStringLiteral(text)
            | V::TripleDoubleQuotedByteStringLiteral(text) => {
                ExprKind::Literal(Literal::Bytes(format!("b:{text}")))
            }
            V::HexStringLiteral(text) => ExprKind::Literal(Literal::Bytes(text.to_lowercase())),
            other => match literal_text(other) {
                Some(text) => ExprKind::Literal(Literal::Text(text)),
                None => ExprKind::Opaque("constant of a rare kind".to_owned()),
            },
        };
        node(kind, self.span(value.span))
    }

    fn binary(&self, expr: &ast::Expr) -> Expr {
        // Chains lean to the left and can be thousands long: they are unrolled, not recursed into.
        let (mut rights, mut at) = (Vec::new(), expr);
        while let ast::Expr::BinaryOp { left, op, right } = at {
            rights.push((op, right));
            at = left;
        }
        rights.into_iter().rev().fold(self.expr(at), |left, (op, right)| {
            let right = self.expr(right);
            match binary(op, self.dialect.name) {
                Binary::Same(name @ ("and" | "or")) => junction(name, left, right),
                Binary::Same(name) => operator(name, vec![left, right]),
                Binary::Swapped(name) => operator(name, vec![right, left]),
                Binary::Negated(name) => negate(true, operator(name, vec![left, right])),
                Binary::Unknown => rare("operator of a rare kind", &[left, right]),
            }
        })
    }

    fn unary(&self, op: ast::UnaryOperator, expr: &ast::Expr) -> Expr {
        let inner = self.expr(expr);
        match op {
            ast::UnaryOperator::Plus => inner,
            ast::UnaryOperator::Minus => match inner.kind {
                ExprKind::Literal(Literal::Number(text)) if !text.starts_with('-') => {
                    node(ExprKind::Literal(Literal::Number(format!("-{text}"))), inner.span)
                }
                _ => operator("neg", vec![inner]),
            },
            ast::UnaryOperator::Not | ast::UnaryOperator::BangNot => operator("not", vec![inner]),
            ast::UnaryOperator::BitwiseNot => operator("bit-not", vec![inner]),
            ast::UnaryOperator::PGAbs => operator("abs", vec![inner]),
            ast::UnaryOperator::PGSquareRoot => operator("sqrt", vec![inner]),
            _ => rare("operator of a rare kind", &[inner]),
        }
    }

    fn compound(&self, expr: &ast::Expr) -> Expr {
        let (fields, span) = match expr {
            ast::Expr::Struct { values, fields } => {
                let values = self.exprs(values);
                let span = spans(&values);
                let names = fields.iter().map(|field| field.field_name.as_ref());
                let names = names.map(|name| name.map(|name| self.ident(name).name));
                let mut names = names.chain(std::iter::repeat(None));
                // BigQuery names a field after the column it is made of, where no type says otherwise.
                let implied = fields.is_empty() && self.dialect.name == "bigquery";
                let pair = |value: Expr| match value.kind {
                    ExprKind::Struct(mut inner) if inner.len() == 1 && inner[0].0.is_some() => {
                        inner.swap_remove(0)
                    }
                    kind => {
                        let column = match &kind {
                            ExprKind::Column(names) if implied => names.last(),
                            _ => None,
                        };
                        let name = column.map(|column| column.name.clone());
                        (names.next().flatten().or(name), Expr { kind, span: value.span })
                    }
                };
                (values.into_iter().map(pair).collect(), span)
            }
            ast::Expr::Named { expr, name } => {
                let value = self.expr(expr);
                let span = value.span;
                (vec![(Some(self.ident(name).name), value)], span)
            }
            ast::Expr::Dictionary(fields) => {
                let pair = |field: &ast::DictionaryField| {
                    (Some(Name::new(field.key.value.clone())), self.expr(&field.value))
                };
                let fields: Vec<_> = fields.iter().map(pair).collect();
                let span =
                    fields.iter().fold(Span::default(), |span, (_, value)| span.to(value.span));
                (fields, span)
            }
            _ => return rare("struct of a rare kind", &[]),
        };
        node(ExprKind::Struct(fields), span)
    }

    /// `MAP {k: v}` is `MAP([k], [v])`.
    fn map(&self, map: &ast::Map) -> Expr {
        let keys = map.entries.iter().map(|entry| self.expr(&entry.key)).collect();
        let values = map.entries.iter().map(|entry| self.expr(&entry.value)).collect();
        let (keys, values) = (listed(ExprKind::Array, keys), listed(ExprKind::Array, values));
        let span = keys.span.to(values.span);
        let args = vec![Argument::Plain(keys), Argument::Plain(values)];
        node(ExprKind::Call(Box::new(named("map", args))), span)
    }

    fn interval(&self, interval: &ast::Interval) -> Expr {
        let value = self.expr(&interval.value);
        let span = value.span;
        let unit = interval.leading_field.as_ref().map(|unit| unit.to_string().to_lowercase());
        let unit = unit.map(|unit| unit.trim_end_matches('s').to_owned());
        let kind = match (&value.kind, unit) {
            (ExprKind::Literal(Literal::Text(text) | Literal::Number(text)), unit) => {
                let text = text.to_lowercase();
                let unit = unit.map_or(String::new(), |unit| format!(" {unit}"));
                ExprKind::Literal(Literal::Interval(format!("{text}{unit}")))
            }
            (_, Some(unit)) => {
                let unit = node(ExprKind::Literal(Literal::Text(unit)), span);
                ExprKind::Operator("make-interval", vec![value, unit])
            }
            (_, None) => ExprKind::Opaque("interval".to_owned()),
        };
        node(kind, span)
    }
}

/// Where an arrow stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ArrowStands {
    /// As an argument of a call.
    Argument,
    /// Somewhere else.
    Elsewhere,
}

/// Something whose meaning is not carried; it keeps the span of what is inside.
pub(super) fn rare(what: &str, inside: &[Expr]) -> Expr {
    node(ExprKind::Opaque(what.to_owned()), spans(inside))
}

fn listed(kind: fn(Vec<Expr>) -> ExprKind, items: Vec<Expr>) -> Expr {
    let span = spans(&items);
    node(kind(items), span)
}

pub(super) fn node(kind: ExprKind, span: Span) -> Expr {
    Expr { kind, span }
}

pub(super) fn operator(name: &'static str, args: Vec<Expr>) -> Expr {
    let span = spans(&args);
    node(ExprKind::Operator(name, args), span)
}

pub(super) fn negate(negated: bool, expr: Expr) -> Expr {
    if negated { operator("not", vec![expr]) } else { expr }
}

pub(super) fn type_name(data_type: &ast::DataType) -> TypeName {
    let text = data_type.to_string().to_lowercase();
    // A type the parser library has no grammar for comes as a quoted word.
    TypeName(text.trim_matches('"').to_owned())
}

pub(super) fn literal_text(value: &ast::Value) -> Option<String> {
    use ast::Value as V;
    Some(match value {
        V::SingleQuotedString(text)
        | V::TripleSingleQuotedString(text)
        | V::TripleDoubleQuotedString(text)
        | V::EscapedStringLiteral(text)
        | V::UnicodeStringLiteral(text)
        | V::SingleQuotedRawStringLiteral(text)
        | V::DoubleQuotedRawStringLiteral(text)
        | V::TripleSingleQuotedRawStringLiteral(text)
        | V::TripleDoubleQuotedRawStringLiteral(text)
        | V::NationalStringLiteral(text)
        | V::DoubleQuotedString(text) => text.clone(),
        V::DollarQuotedString(text) => text.value.clone(),
        _ => return None,
    })
}

/// `a AND b AND c` is one conjunction.
fn junction(name: &'static str, left: Expr, right: Expr) -> Expr {
    match left.kind {
        ExprKind::Operator(same, mut args) if same == name => {
            let span = left.span.to(right.span);
            args.push(right);
            node(ExprKind::Operator(name, args), span)
        }
        kind => operator(name, vec![Expr { kind, span: left.span }, right]),
    }
}

enum Binary {
    Same(&'static str),
    Swapped(&'static str),
    Negated(&'static str),
    Unknown,
}

fn binary(op: &ast::BinaryOperator, dialect: &str) -> Binary {
    use ast::BinaryOperator as B;
    Binary::Same(match op {
        B::Plus => "add",
        B::Minus => "sub",
        B::Multiply => "mul",
        // What `/` means is the dialect's: `resolve` decides.
        B::Divide => "div",
        B::Modulo => "mod",
        B::DuckIntegerDivide | B::MyIntegerDivide => "div-floor",
        B::StringConcat => "concat",
        B::Eq => "eq",
        B::NotEq => "ne",
        B::Lt => "lt",
        B::LtEq => "le",
        B::Gt => return Binary::Swapped("lt"),
        B::GtEq => return Binary::Swapped("le"),
        B::Spaceship => "is-not-distinct",
        B::And => "and",
        B::Or => "or",
        B::Xor => "xor",
        B::BitwiseAnd => "bit-and",
        B::BitwiseOr => "bit-or",
        // `^` is a power where PostgreSQL's words are spoken.
        B::BitwiseXor if ["duckdb", "redshift", "ansi"].contains(&dialect) => "power",
        B::BitwiseXor | B::PGBitwiseXor => "bit-xor",
        B::PGBitwiseShiftLeft => "shift-left",
        B::PGBitwiseShiftRight => "shift-right",
        B::PGExp => "power",
        B::PGRegexMatch | B::Regexp => "rlike",
        B::PGRegexNotMatch => return Binary::Negated("rlike"),
        B::PGRegexIMatch => "rlike-any-case",
        B::PGRegexNotIMatch => return Binary::Negated("rlike-any-case"),
        B::PGLikeMatch => "like",
        B::PGILikeMatch => "ilike",
        B::PGNotLikeMatch => return Binary::Negated("like"),
        B::PGNotILikeMatch => return Binary::Negated("ilike"),
        B::Glob => "glob",
        B::Arrow => "json-extract",
        B::LongArrow => "json-extract-scalar",
        _ => return Binary::Unknown,
    })
}
