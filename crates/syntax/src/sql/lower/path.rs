//! Paths into values: fields, keys, indices, slices.

use plumb_base::Span;
use sqlparser::ast;

use super::{
    Lower,
    expr::{literal_text, node, rare},
    predicate::named,
};
use crate::sql::tree::{Argument, Expr, ExprKind, Literal, Step};

impl Lower<'_> {
    pub(super) fn access(&self, root: &ast::Expr, chain: &[ast::AccessExpr]) -> Expr {
        let (mut root, chain) = self.called(root, chain);
        let mut span = root.span;
        let mut steps = Vec::new();
        for access in chain {
            match access {
                ast::AccessExpr::Dot(ast::Expr::Identifier(field)) => {
                    span = span.to(self.span(field.span));
                    steps.push(Step::Key(field.value.clone()));
                }
                ast::AccessExpr::Dot(ast::Expr::Value(key)) => {
                    span = span.to(self.span(key.span));
                    let Some(text) = literal_text(&key.value) else {
                        return rare("path of a rare kind", &[root]);
                    };
                    steps.push(Step::Key(text));
                }
                ast::AccessExpr::Subscript(ast::Subscript::Index { index }) => {
                    let index = self.expr(index);
                    span = span.to(index.span);
                    steps.push(step(index));
                }
                ast::AccessExpr::Dot(_) => return rare("path of a rare kind", &[root]),
                // `list[:name]`: where there are no slices, a parameter.
                ast::AccessExpr::Subscript(ast::Subscript::Slice {
                    lower_bound: None,
                    upper_bound: Some(ast::Expr::Identifier(name)),
                    stride: None,
                }) if ["databricks", "snowflake"].contains(&self.dialect.name) => {
                    span = span.to(self.span(name.span));
                    let kind = ExprKind::Parameter(format!(":{}", name.value));
                    steps.push(Step::Index(node(kind, self.span(name.span))));
                }
                ast::AccessExpr::Subscript(ast::Subscript::Slice { .. }) => {
                    root = self.sliced(stepped(root, std::mem::take(&mut steps), span), access);
                    span = span.to(root.span);
                }
            }
        }
        stepped(root, steps, span)
    }

    /// `list[a:b]`, a call with NULL for an end that is not given.
    fn sliced(&self, list: Expr, access: &ast::AccessExpr) -> Expr {
        let ast::AccessExpr::Subscript(ast::Subscript::Slice { lower_bound, upper_bound, stride }) =
            access
        else {
            return list;
        };
        let end = |bound: &Option<ast::Expr>| {
            let none = || node(ExprKind::Literal(Literal::Null), Span::default());
            Argument::Plain(bound.as_ref().map_or_else(none, |bound| self.expr(bound)))
        };
        let span = list.span;
        let mut args = vec![Argument::Plain(list), end(lower_bound), end(upper_bound)];
        args.extend(stride.as_ref().map(|stride| Argument::Plain(self.expr(stride))));
        let name = if self.dialect.name == "duckdb" { "array_slice" } else { "[:]" };
        node(ExprKind::Call(Box::new(named(name, args))), span)
    }

    /// `a.b[1]`: what stands before the brackets may be a table and its column.
    fn qualified<'t>(
        &self,
        root: &ast::Expr,
        chain: &'t [ast::AccessExpr],
    ) -> (Expr, &'t [ast::AccessExpr]) {
        let (
            ast::Expr::Identifier(first),
            [ast::AccessExpr::Dot(ast::Expr::Identifier(second)), rest @ ..],
        ) = (root, chain)
        else {
            return (self.expr(root), chain);
        };
        (self.name(&[first.clone(), second.clone()]), rest)
    }

    /// `a.b.f(x).c` is field `c` of a call of `a.b.f`.
    fn called<'t>(
        &self,
        root: &ast::Expr,
        chain: &'t [ast::AccessExpr],
    ) -> (Expr, &'t [ast::AccessExpr]) {
        let call = chain.iter().enumerate().find_map(|(at, access)| match access {
            ast::AccessExpr::Dot(ast::Expr::Function(function)) => Some((at, function)),
            _ => None,
        });
        let Some((at, function)) = call else { return self.qualified(root, chain) };
        let mut name = match root {
            ast::Expr::Identifier(ident) => vec![ident.clone()],
            ast::Expr::CompoundIdentifier(idents) => idents.clone(),
            _ => return (self.expr(root), chain),
        };
        for access in &chain[..at] {
            match access {
                ast::AccessExpr::Dot(ast::Expr::Identifier(ident)) => name.push(ident.clone()),
                _ => return (self.expr(root), chain),
            }
        }
        let mut function = function.clone();
        function.name.0.splice(0..0, name.into_iter().map(ast::ObjectNamePart::Identifier));
        (self.call(&function), &chain[at + 1..])
    }

    pub(super) fn json(&self, value: &ast::Expr, path: &ast::JsonPath) -> Expr {
        let base = self.expr(value);
        let span = base.span;
        let step = |elem: &ast::JsonPathElem| match elem {
            ast::JsonPathElem::Dot { key, .. } => Step::Key(key.clone()),
            // Databricks: each element.
            ast::JsonPathElem::Bracket { key: ast::Expr::Wildcard(_) }
            | ast::JsonPathElem::ColonBracket { key: ast::Expr::Wildcard(_) } => {
                Step::Key("[*]".to_owned())
            }
            ast::JsonPathElem::Bracket { key } | ast::JsonPathElem::ColonBracket { key } => {
                step(self.expr(key))
            }
        };
        node(ExprKind::Path(Box::new(base), path.path.iter().map(step).collect()), span)
    }
}

/// An index that is a text is a key.
fn step(index: Expr) -> Step {
    match index.kind {
        ExprKind::Literal(Literal::Text(key)) => Step::Key(key),
        _ => Step::Index(index),
    }
}

fn stepped(root: Expr, steps: Vec<Step>, span: Span) -> Expr {
    if steps.is_empty() { root } else { node(ExprKind::Path(Box::new(root), steps), span) }
}
