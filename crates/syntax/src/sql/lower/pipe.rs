//! Pipe syntax, `FROM t |> WHERE … |> AGGREGATE …`, as queries around queries.

use plumb_base::Span;
use sqlparser::ast;

use super::{Lower, expr::operator};
use crate::sql::tree::{
    Alias, Body, Distinct, Expr, GroupBy, GroupElement, Ident, Item, OrderKey, Query, SetOp, Star,
    Table, TableKind,
};

/// A query so far, and the name that the next step knows it by.
struct Pipe {
    query: Query,
    alias: Option<Ident>,
}

impl Lower<'_> {
    /// The query after all steps.
    pub(super) fn piped(&self, query: Query, steps: &[ast::PipeOperator]) -> Query {
        let pipe = Pipe { query, alias: None };
        steps.iter().fold(pipe, |pipe, step| self.step(pipe, step)).query
    }

    fn step(&self, pipe: Pipe, step: &ast::PipeOperator) -> Pipe {
        use ast::PipeOperator as P;
        match step {
            P::As { alias } => Pipe { alias: Some(self.table_ident(alias)), query: pipe.query },
            P::Limit { expr, offset } => pipe.over(|query| {
                query.limit = Some(self.expr(expr));
                query.offset = offset.as_ref().map(|offset| self.expr(offset));
            }),
            P::OrderBy { exprs } => {
                // An order lasts until the next step, which only a limit looks at.
                let mut pipe = pipe;
                pipe.query = pipe.wrapped(Vec::new());
                pipe.query.order_by = self.order_keys(exprs);
                pipe
            }
            P::Where { expr } => {
                let filter = self.expr(expr);
                pipe.filtered(filter)
            }
            P::Select { exprs } => {
                let items = exprs.iter().flat_map(|item| self.items(item)).collect();
                pipe.list(items)
            }
            P::Extend { exprs } => {
                let mut items = vec![Item::star(None, Span::default())];
                items.extend(exprs.iter().flat_map(|item| self.items(item)));
                pipe.list(items)
            }
            P::Set { .. } | P::Drop { .. } | P::Rename { .. } => self.changed(pipe, step),
            P::Aggregate { full_table_exprs, group_by_expr } => {
                self.aggregated(pipe, full_table_exprs, group_by_expr)
            }
            P::Union { set_quantifier, queries } => {
                self.combined(pipe, SetOp::Union, *set_quantifier, queries)
            }
            P::Intersect { set_quantifier, queries } => {
                self.combined(pipe, SetOp::Intersect, *set_quantifier, queries)
            }
            P::Except { set_quantifier, queries } => {
                self.combined(pipe, SetOp::Except, *set_quantifier, queries)
            }
            P::Join(join) => {
                let table = self.join(pipe.table(), join);
                Pipe { query: whole(table), alias: None }
            }
            P::TableSample { .. } | P::Call { .. } | P::Pivot { .. } | P::Unpivot { .. } => {
                pipe.over(|query| query.unread = Some("this pipe operator".to_owned()))
            }
        }
    }

    /// `SET`, `DROP`, `RENAME`: a star with some columns changed.
    fn changed(&self, pipe: Pipe, step: &ast::PipeOperator) -> Pipe {
        let mut star = Star {
            of: None,
            value: None,
            except: Vec::new(),
            replace: Vec::new(),
            rename: Vec::new(),
            like: None,
            span: Span::default(),
        };
        let mut unread = None;
        match step {
            ast::PipeOperator::Set { assignments } => {
                for assignment in assignments {
                    match &assignment.target {
                        ast::AssignmentTarget::ColumnName(name) => {
                            let column = name.0.last().and_then(|part| part.as_ident());
                            let Some(column) = column else { continue };
                            let value = self.expr(&assignment.value);
                            star.replace.push((value, self.ident(column).name));
                        }
                        ast::AssignmentTarget::Tuple(_) => {
                            unread = Some("set of several columns".to_owned());
                        }
                    }
                }
            }
            ast::PipeOperator::Drop { columns } => {
                star.except = columns.iter().map(|column| self.ident(column).name).collect();
            }
            ast::PipeOperator::Rename { mappings } => {
                let pair = |it: &ast::IdentWithAlias| {
                    (self.ident(&it.ident).name, self.ident(&it.alias).name)
                };
                star.rename = mappings.iter().map(pair).collect();
            }
            _ => {}
        }
        let mut pipe = pipe.list(vec![Item::Star(Box::new(star))]);
        pipe.query.unread = unread.or(pipe.query.unread);
        pipe
    }

    fn aggregated(
        &self,
        pipe: Pipe,
        aggregates: &[ast::ExprWithAliasAndOrderBy],
        keys: &[ast::ExprWithAliasAndOrderBy],
    ) -> Pipe {
        let item = |it: &ast::ExprWithAliasAndOrderBy| Item::Expr {
            expr: self.expr(&it.expr.expr),
            alias: it.expr.alias.as_ref().map(|alias| self.ident(alias)),
        };
        let groups: Vec<GroupElement> =
            keys.iter().map(|key| GroupElement::Key(self.expr(&key.expr.expr))).collect();
        let items = keys.iter().chain(aggregates).map(item).collect();
        let mut pipe = pipe.list(items);
        if let Body::Select(select) = &mut pipe.query.body
            && !groups.is_empty()
        {
            select.group_by = GroupBy::Elements(groups);
        }
        pipe
    }

    fn combined(
        &self,
        pipe: Pipe,
        op: SetOp,
        quantifier: ast::SetQuantifier,
        queries: &[ast::Query],
    ) -> Pipe {
        let (all, by_name) = super::query::quantified(quantifier);
        let span = pipe.query.span;
        let left = Body::Query(Box::new(pipe.query));
        let body = queries.iter().fold(left, |left, right| Body::Set {
            op,
            all,
            by_name,
            left: Box::new(left),
            right: Box::new(Body::Query(Box::new(self.query(right)))),
        });
        Pipe { query: Query::of(body, span), alias: None }
    }
}

impl Pipe {
    /// The query so far in a `FROM`.
    fn table(self) -> Table {
        let span = self.query.span;
        let alias = self.alias.map(|name| Alias { name, columns: Vec::new() });
        let kind = TableKind::Derived { lateral: false, query: Box::new(self.query) };
        Table { kind, alias, span }
    }

    /// Whether it is `SELECT * FROM … WHERE …` and no more: then the next step sees its tables by their names.
    fn bare(&self) -> bool {
        let query = &self.query;
        let whole = query.limit.is_none() && query.offset.is_none() && query.unread.is_none();
        let Body::Select(select) = &query.body else { return false };
        let star = matches!(select.items.as_slice(), [Item::Star(star)] if star.of.is_none()
            && star.value.is_none()
            && star.except.is_empty()
            && star.replace.is_empty()
            && star.rename.is_empty());
        self.alias.is_none()
            && whole
            && star
            && query.ctes.is_empty()
            && select.distinct == Distinct::No
            && select.group_by == GroupBy::No
            && select.having.is_none()
            && select.qualify.is_none()
            && select.value.is_none()
            && select.unread.is_none()
    }

    fn wrapped(&mut self, items: Vec<Item>) -> Query {
        let span = self.query.span;
        if self.bare() {
            let mut query =
                std::mem::replace(&mut self.query, Query::of(Body::Values(Vec::new()), span));
            if let Body::Select(select) = &mut query.body
                && !items.is_empty()
            {
                select.items = items;
            }
            return query;
        }
        let items = if items.is_empty() { vec![Item::star(None, span)] } else { items };
        let query = std::mem::replace(&mut self.query, Query::of(Body::Values(Vec::new()), span));
        let order: Vec<OrderKey> = query.order_by.clone();
        let table = Self { query, alias: self.alias.clone() }.table();
        let mut query = Query::of(Body::select(items, vec![table], None, span), span);
        query.order_by = order;
        query
    }

    fn filtered(mut self, filter: Expr) -> Self {
        self.query = self.wrapped(Vec::new());
        self.query.order_by.clear();
        if let Body::Select(select) = &mut self.query.body {
            select.filter = Some(match select.filter.take() {
                Some(before) => operator("and", vec![before, filter]),
                None => filter,
            });
        }
        self
    }

    fn list(mut self, items: Vec<Item>) -> Self {
        self.query = self.wrapped(items);
        self.query.order_by.clear();
        self.alias = None;
        self
    }

    /// A query around it, changed; the order before it holds for a limit.
    fn over(mut self, change: impl FnOnce(&mut Query)) -> Self {
        self.query = self.wrapped(Vec::new());
        change(&mut self.query);
        self
    }
}

/// `SELECT * FROM table`.
fn whole(table: Table) -> Query {
    let span = table.span;
    Query::of(Body::select(vec![Item::star(None, span)], vec![table], None, span), span)
}
