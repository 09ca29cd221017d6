//! Function calls.

use sqlparser::ast;

use super::{
    Lower,
    expr::{ArrowStands, node, rare},
    predicate::named,
};
use crate::sql::shim::EXCLUDES;
use crate::sql::tree::{Argument, Call, Expr, ExprKind, Extreme, Window};

impl Lower<'_> {
    pub(super) fn call(&self, function: &ast::Function) -> Expr {
        let name_span = self.relation(&function.name).span;
        let mut call = Call { name_span, ..named(&spelled(&function.name), Vec::new()) };
        match &function.args {
            ast::FunctionArguments::None => {}
            ast::FunctionArguments::Subquery(query) => {
                call.args.push(Argument::Query(Box::new(self.query(query))));
            }
            ast::FunctionArguments::List(list) => {
                call.args = list.args.iter().map(|arg| self.argument(arg)).collect();
                call.distinct =
                    matches!(list.duplicate_treatment, Some(ast::DuplicateTreatment::Distinct));
                for clause in &list.clauses {
                    self.clause(clause, &mut call);
                }
            }
        }
        if !matches!(function.parameters, ast::FunctionArguments::None) {
            call.unread = Some("parameters before the arguments".to_owned());
        }
        if !function.within_group.is_empty() {
            call.order_by = self.order_keys(&function.within_group);
        }
        call.filter = function.filter.as_ref().map(|filter| Box::new(self.expr(filter)));
        call.ignore_nulls |=
            matches!(function.null_treatment, Some(ast::NullTreatment::IgnoreNulls));
        if function.over.as_ref().is_some_and(excludes) {
            call.unread = Some("a window that excludes rows".to_owned());
        }
        call.over = function.over.as_ref().map(|over| match over {
            ast::WindowType::WindowSpec(spec) => Box::new(self.window(spec)),
            ast::WindowType::NamedWindow(name) => {
                Box::new(Window { base: Some(self.ident(name)), ..Window::default() })
            }
        });
        let mut span = call.name_span;
        for arg in &call.args {
            if let Argument::Plain(expr) | Argument::Named(_, expr) = arg {
                span = span.to(expr.span);
            }
        }
        if let Some(window) = &call.over {
            span = span.to(super::select::spans(&window.partition));
            span = window.order_by.iter().fold(span, |span, key| span.to(key.expr.span));
        }
        node(ExprKind::Call(Box::new(call)), span)
    }

    fn clause(&self, clause: &ast::FunctionArgumentClause, call: &mut Call) {
        use ast::FunctionArgumentClause as C;
        match clause {
            C::IgnoreOrRespectNulls(nulls) => {
                call.ignore_nulls = matches!(nulls, ast::NullTreatment::IgnoreNulls);
            }
            C::OrderBy(keys) => call.order_by = self.order_keys(keys),
            C::Where(filter) => call.filter = Some(Box::new(self.expr(filter))),
            C::Separator(text) => {
                let text = self.expr(&ast::Expr::Value(text.clone()));
                call.args.push(Argument::Plain(text));
            }
            C::Limit(limit) => call.limit = Some(Box::new(self.expr(limit))),
            C::OnOverflow(_) => {}
            C::Having(ast::HavingBound(kind, value)) => {
                let end = match kind {
                    ast::HavingBoundKind::Min => Extreme::Min,
                    ast::HavingBoundKind::Max => Extreme::Max,
                };
                call.at = Some(Box::new((end, self.expr(value))));
            }
            C::JsonNullClause(_) | C::JsonReturningClause(_) => {
                call.unread = Some("json clause inside a call".to_owned());
            }
        }
    }

    pub(super) fn argument(&self, arg: &ast::FunctionArg) -> Argument {
        match arg {
            ast::FunctionArg::Unnamed(arg) => self.plain(arg),
            ast::FunctionArg::Named { name, arg, .. } => self.with_name(self.ident(name).name, arg),
            ast::FunctionArg::ExprNamed { name, arg, .. } => {
                let name = plumb_base::Name::new(name.to_string().to_lowercase());
                self.with_name(name, arg)
            }
        }
    }

    fn with_name(&self, name: plumb_base::Name, arg: &ast::FunctionArgExpr) -> Argument {
        match self.plain(arg) {
            Argument::Plain(expr) => Argument::Named(name, expr),
            other @ (Argument::Named(..) | Argument::Star(_) | Argument::Query(_)) => other,
        }
    }

    fn plain(&self, arg: &ast::FunctionArgExpr) -> Argument {
        match arg {
            ast::FunctionArgExpr::Expr(ast::Expr::Lambda(lambda)) => {
                Argument::Plain(self.arrow(lambda, ArrowStands::Argument))
            }
            ast::FunctionArgExpr::Expr(expr) => Argument::Plain(self.expr(expr)),
            ast::FunctionArgExpr::QualifiedWildcard(name) => {
                Argument::Star(Some(self.relation(name).name))
            }
            ast::FunctionArgExpr::Wildcard => Argument::Star(None),
            ast::FunctionArgExpr::WildcardWithOptions(_) => {
                Argument::Plain(rare("star with options", &[]))
            }
        }
    }
}

/// Whether the frame of a window leaves rows out.
fn excludes(over: &ast::WindowType) -> bool {
    let ast::WindowType::WindowSpec(spec) = over else { return false };
    let marked = |bound: &ast::WindowFrameBound| match bound {
        ast::WindowFrameBound::Preceding(Some(expr))
        | ast::WindowFrameBound::Following(Some(expr)) => {
            matches!(&**expr, ast::Expr::Identifier(name) if name.value == EXCLUDES)
        }
        _ => false,
    };
    let frame = spec.window_frame.as_ref();
    frame.is_some_and(|it| marked(&it.start_bound) || it.end_bound.as_ref().is_some_and(marked))
}

/// A name of a function, lower case, with dots.
pub(super) fn spelled(name: &ast::ObjectName) -> String {
    let parts: Vec<String> = name
        .0
        .iter()
        .map(|part| part.as_ident().map_or_else(|| part.to_string(), |ident| ident.value.clone()))
        .collect();
    parts.join(".").to_lowercase()
}
