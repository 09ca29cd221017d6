//! Queries, their CTEs, set operations, order and limit.

use plumb_base::{Span, TableName};
use sqlparser::ast;

use super::Lower;
use crate::sql::tree::{
    Body, Cte, Expr, ExprKind, Item, Literal, OrderKey, Query, RelationName, SetOp, Table,
};

impl Lower<'_> {
    pub(super) fn query(&self, query: &ast::Query) -> Query {
        let mut body = self.body(&query.body);
        let (mut limit, mut offset, mut unread) = (None, None, None);
        if let (ast::SetExpr::Select(select), Body::Query(inner)) = (&*query.body, &body)
            && select.top.is_some()
        {
            // The order of the whole query says which rows are on top.
            limit.clone_from(&inner.limit);
            unread.clone_from(&inner.unread);
            body = inner.body.clone();
        }
        match &query.limit_clause {
            Some(ast::LimitClause::LimitOffset { limit: rows, offset: skip, limit_by }) => {
                limit = rows.as_ref().map(|expr| self.expr(expr)).or(limit);
                offset = skip.as_ref().map(|skip| self.expr(&skip.value));
                if !limit_by.is_empty() {
                    unread = Some("limit by".to_owned());
                }
            }
            Some(ast::LimitClause::OffsetCommaLimit { offset: skip, limit: rows }) => {
                limit = Some(self.expr(rows));
                offset = Some(self.expr(skip));
            }
            None => {}
        }
        if let Some(fetch) = &query.fetch {
            limit = fetch.quantity.as_ref().map(|expr| self.expr(expr)).or_else(|| Some(one()));
            if fetch.with_ties || fetch.percent {
                unread = Some("fetch with ties or percent".to_owned());
            }
        }
        let mut order_by = Vec::new();
        match query.order_by.as_ref().map(|order| &order.kind) {
            Some(ast::OrderByKind::Expressions(keys)) => order_by = self.order_keys(keys),
            Some(ast::OrderByKind::All(_)) if limit.is_some() => {
                unread = Some("order by all".to_owned());
            }
            Some(ast::OrderByKind::All(_)) | None => {}
        }
        let ctes: &[ast::Cte] = query.with.as_ref().map_or(&[], |with| &with.cte_tables);
        let ctes: Vec<Cte> = ctes.iter().map(|cte| self.cte(cte)).collect();
        let with =
            query.with.as_ref().map_or(Span::default(), |with| self.span(with.with_token.0.span));
        let span = with.to(body_span(&body));
        let recursive = query.with.as_ref().is_some_and(|with| with.recursive);
        if query.pipe_operators.is_empty() {
            return Query { ctes, recursive, body, order_by, limit, offset, unread, span };
        }
        let first =
            Query { ctes: Vec::new(), recursive, body, order_by, limit, offset, unread, span };
        Query { ctes, recursive, ..self.piped(first, &query.pipe_operators) }
    }

    fn cte(&self, cte: &ast::Cte) -> Cte {
        let columns = cte.alias.columns.iter().map(|column| self.ident(&column.name)).collect();
        Cte { name: self.table_ident(&cte.alias.name), columns, query: self.query(&cte.query) }
    }

    /// A name of a CTE or an alias of a table: an identifier folded as relations are.
    pub(super) fn table_ident(&self, ident: &ast::Ident) -> crate::sql::tree::Ident {
        let name = self.dialect.table_part(&ident.value, ident.quote_style.is_some());
        crate::sql::tree::Ident { name, span: self.span(ident.span) }
    }

    fn body(&self, body: &ast::SetExpr) -> Body {
        match body {
            ast::SetExpr::Select(select) => self.select(select),
            ast::SetExpr::Query(query) => Body::Query(Box::new(self.query(query))),
            ast::SetExpr::SetOperation { op, set_quantifier, left, right } => {
                let op = match op {
                    ast::SetOperator::Union => SetOp::Union,
                    ast::SetOperator::Intersect => SetOp::Intersect,
                    ast::SetOperator::Except | ast::SetOperator::Minus => SetOp::Except,
                };
                let (all, by_name) = quantified(*set_quantifier);
                let (left, right) = (Box::new(self.body(left)), Box::new(self.body(right)));
                Body::Set { op, all, by_name, left, right }
            }
            ast::SetExpr::Values(values) => {
                let row = |row: &ast::Parens<Vec<ast::Expr>>| {
                    row.content.iter().map(|it| self.expr(it)).collect()
                };
                Body::Values(values.rows.iter().map(row).collect())
            }
            ast::SetExpr::Insert(_)
            | ast::SetExpr::Update(_)
            | ast::SetExpr::Delete(_)
            | ast::SetExpr::Merge(_) => Body::Opaque("statement inside a query".to_owned()),
            ast::SetExpr::Table(table) => self.whole_table(table),
        }
    }

    /// `TABLE t`.
    fn whole_table(&self, table: &ast::Table) -> Body {
        let part =
            |part: &Option<String>| part.as_ref().map(|part| self.dialect.table_part(part, false));
        let parts = part(&table.schema_name).into_iter().chain(part(&table.table_name));
        let name = RelationName { name: TableName(parts.collect()), span: Span::default() };
        let span = name.span;
        Body::select(vec![Item::star(None, span)], vec![Table::named(name)], None, span)
    }

    pub(super) fn order_keys(&self, keys: &[ast::OrderByExpr]) -> Vec<OrderKey> {
        keys.iter()
            .map(|key| OrderKey {
                expr: self.expr(&key.expr),
                descending: matches!(key.options.sort, Some(ast::OrderBySort::Desc)),
                nulls_first: key.options.nulls_first,
            })
            .collect()
    }
}

/// Whether duplicates are kept, and whether columns are matched by name.
pub(super) fn quantified(quantifier: ast::SetQuantifier) -> (bool, bool) {
    match quantifier {
        ast::SetQuantifier::All => (true, false),
        ast::SetQuantifier::AllByName => (true, true),
        ast::SetQuantifier::ByName | ast::SetQuantifier::DistinctByName => (false, true),
        ast::SetQuantifier::Distinct | ast::SetQuantifier::None => (false, false),
    }
}

fn one() -> Expr {
    Expr { kind: ExprKind::Literal(Literal::Number("1".to_owned())), span: Span::default() }
}

pub(super) fn body_span(body: &Body) -> Span {
    match body {
        Body::Select(select) => select.span,
        Body::Query(query) => query.span,
        Body::Set { left, right, .. } => body_span(left).to(body_span(right)),
        Body::Values(rows) => {
            rows.iter().flatten().fold(Span::default(), |span, value| span.to(value.span))
        }
        Body::Opaque(_) => Span::default(),
    }
}
