//! `SELECT`: its list, grouping and windows.

use plumb_base::{Span, TableName};
use sqlparser::ast;

use super::{Lower, array_path, marked};
use crate::sql::{
    shim::SCRIPT,
    tree::{
        Argument, Body, Bound, Distinct, Expr, ExprKind, Frame, FrameUnit, GroupBy, GroupElement,
        Item, JoinKind, JoinOn, Literal, Query, RowValue, Select, Star, Table, TableKind, Window,
    },
};

/// Keys of a `CUBE` inside `GROUPING SETS`: more make more sets than are read.
const WIDEST: usize = 6;

impl Lower<'_> {
    pub(super) fn select(&self, select: &ast::Select) -> Body {
        let joined = marked::joined(self.dialect, select);
        let select = joined.as_ref().unwrap_or(select);
        let mut from = self.from(&select.from);
        array_path::unnest(self.dialect, &mut from);
        for view in &select.lateral_views {
            let view = self.lateral_view(view);
            match from.pop() {
                Some(last) => from.push(beside(last, view)),
                None => from.push(view),
            }
        }
        let distinct = match &select.distinct {
            None | Some(ast::Distinct::All) => Distinct::No,
            Some(ast::Distinct::Distinct) => Distinct::Rows,
            Some(ast::Distinct::On(keys)) => Distinct::On(self.exprs(keys)),
        };
        let mut items: Vec<Item> = Vec::with_capacity(select.projection.len());
        for item in &select.projection {
            items.extend(self.items(item));
        }
        if select.flavor == ast::SelectFlavor::FromFirstNoSelect {
            items.push(Item::star(None, Span::default()));
        }
        let filter = select.selection.as_ref().map(|expr| self.expr(expr));
        let having = select.having.as_ref().map(|expr| self.expr(expr));
        let qualify = select.qualify.as_ref().map(|expr| self.expr(expr));
        let mut span = self.ends.from(self.span(select.select_token.0.span));
        for table in &from {
            span = span.to(table.span);
        }
        for item in &items {
            span = span.to(match item {
                Item::Expr { expr, alias } => {
                    alias.as_ref().map_or(expr.span, |it| expr.span.to(it.span))
                }
                Item::Columns { expr, names } => {
                    names.iter().fold(expr.span, |span, name| span.to(name.span))
                }
                Item::Star(star) => star.span,
            });
        }
        for expr in filter.iter().chain(&having).chain(&qualify) {
            span = span.to(expr.span);
        }
        let windows =
            select.named_window.iter().map(|it| (self.ident(&it.0), self.named(&it.1))).collect();
        let group_by = self.group_by(&select.group_by);
        let unread = unread(select).or_else(|| {
            let several = self.dialect.name == "duckdb" && items.iter().any(several);
            several.then(|| "`columns` inside an expression".to_owned())
        });
        let unread = unread
            .or_else(|| items.iter().any(script).then(|| "a transform by a script".to_owned()));
        let (value, distinct) = match select.value_table_mode {
            None => (None, distinct),
            Some(ast::ValueTableMode::AsStruct) => (Some(RowValue::Struct), distinct),
            Some(ast::ValueTableMode::AsValue) => (Some(RowValue::Value), distinct),
            Some(ast::ValueTableMode::DistinctAsStruct) => (Some(RowValue::Struct), Distinct::Rows),
            Some(ast::ValueTableMode::DistinctAsValue) => (Some(RowValue::Value), Distinct::Rows),
        };
        let body = Body::Select(Box::new(Select {
            distinct,
            items,
            from,
            filter,
            group_by,
            having,
            qualify,
            windows,
            value,
            unread,
            span,
        }));
        match &select.top {
            Some(top) => self.top(body, top, span),
            None => body,
        }
    }

    /// `SELECT TOP n` is a query with a limit; the order of the query around it decides which rows they are.
    fn top(&self, body: Body, top: &ast::Top, span: Span) -> Body {
        let mut query = Query::of(body, span);
        query.limit = match &top.quantity {
            Some(ast::TopQuantity::Expr(expr)) => Some(self.expr(expr)),
            Some(ast::TopQuantity::Constant(rows)) => {
                let kind = ExprKind::Literal(Literal::Number(rows.to_string()));
                Some(Expr { kind, span: Span::default() })
            }
            None => None,
        };
        if top.with_ties || top.percent {
            query.unread = Some("top with ties or percent".to_owned());
        }
        Body::Query(Box::new(query))
    }

    pub(super) fn items(&self, item: &ast::SelectItem) -> Vec<Item> {
        let plain = |expr: &ast::Expr, alias| Item::Expr { expr: self.expr(expr), alias };
        match item {
            ast::SelectItem::UnnamedExpr(expr) => {
                let item = plain(expr, None);
                // DuckDB's `COLUMNS(*)` by itself is the star.
                let star = matches!(&item, Item::Expr { expr, .. } if is_columns_of_all(expr));
                if star && self.dialect.name == "duckdb" {
                    return vec![Item::star(None, Span::default())];
                }
                vec![item]
            }
            ast::SelectItem::ExprWithAlias { expr, alias } => {
                vec![plain(expr, Some(self.ident(alias)))]
            }
            ast::SelectItem::ExprWithAliases { expr, aliases } => {
                let names = aliases.iter().map(|alias| self.ident(alias)).collect();
                vec![Item::Columns { expr: self.expr(expr), names }]
            }
            ast::SelectItem::Wildcard(options) => {
                vec![Item::Star(Box::new(self.star(None, options)))]
            }
            ast::SelectItem::QualifiedWildcard(kind, options) => match kind {
                ast::SelectItemQualifiedWildcardKind::ObjectName(name) => {
                    let relation = self.relation(name);
                    let mut star = self.star(Some(relation.name), options);
                    star.span = star.span.to(relation.span);
                    vec![Item::Star(Box::new(star))]
                }
                ast::SelectItemQualifiedWildcardKind::Expr(expr) => {
                    let mut star = self.star(None, options);
                    let value = self.expr(expr);
                    star.span = star.span.to(value.span);
                    star.value = Some(Box::new(value));
                    vec![Item::Star(Box::new(star))]
                }
            },
        }
    }

    fn star(&self, of: Option<TableName>, options: &ast::WildcardAdditionalOptions) -> Star {
        let column = |name: &ast::Ident| self.ident(name).name;
        let last =
            |name: &ast::ObjectName| name.0.last().and_then(|part| part.as_ident()).map(column);
        let mut except: Vec<_> = match &options.opt_exclude {
            Some(ast::ExcludeSelectItem::Single(name)) => last(name).into_iter().collect(),
            Some(ast::ExcludeSelectItem::Multiple(names)) => {
                names.iter().filter_map(last).collect()
            }
            None => Vec::new(),
        };
        if let Some(list) = &options.opt_except {
            except.push(column(&list.first_element));
            except.extend(list.additional_elements.iter().map(column));
        }
        let replace = options.opt_replace.iter().flat_map(|list| &list.items);
        let replace =
            replace.map(|item| (self.expr(&item.expr), column(&item.column_name))).collect();
        let pair = |item: &ast::IdentWithAlias| (column(&item.ident), column(&item.alias));
        let rename = match &options.opt_rename {
            Some(ast::RenameSelectItem::Single(item)) => vec![pair(item)],
            Some(ast::RenameSelectItem::Multiple(items)) => items.iter().map(pair).collect(),
            None => Vec::new(),
        };
        let like = options.opt_ilike.as_ref().map(|ilike| ilike.pattern.clone());
        let span = self.span(options.wildcard_token.0.span);
        Star { of, value: None, except, replace, rename, like, span }
    }

    fn group_by(&self, group_by: &ast::GroupByExpr) -> GroupBy {
        let (exprs, modifiers) = match group_by {
            ast::GroupByExpr::All(_) => return GroupBy::All,
            ast::GroupByExpr::Expressions(exprs, modifiers) => (exprs, modifiers),
        };
        if exprs.is_empty() && modifiers.is_empty() {
            return GroupBy::No;
        }
        let lists = |sets: &[Vec<ast::Expr>]| sets.iter().map(|set| self.exprs(set)).collect();
        let element = |expr: &ast::Expr| match expr {
            ast::Expr::Rollup(sets) => GroupElement::Rollup(lists(sets)),
            ast::Expr::Cube(sets) => GroupElement::Cube(lists(sets)),
            ast::Expr::GroupingSets(sets) => {
                GroupElement::Sets(sets.iter().flat_map(|set| self.grouping_set(set)).collect())
            }
            _ => GroupElement::Key(self.expr(expr)),
        };
        let singles = || exprs.iter().map(|expr| vec![self.expr(expr)]).collect();
        let elements = match modifiers.first() {
            Some(ast::GroupByWithModifier::Rollup) => vec![GroupElement::Rollup(singles())],
            Some(ast::GroupByWithModifier::Cube) => vec![GroupElement::Cube(singles())],
            Some(ast::GroupByWithModifier::GroupingSets(sets)) => vec![element(sets)],
            Some(ast::GroupByWithModifier::Totals) | None => exprs.iter().map(element).collect(),
        };
        GroupBy::Elements(elements)
    }

    /// A set of `GROUPING SETS`, or the sets that a `ROLLUP` or `CUBE` in its place stands for.
    fn grouping_set(&self, set: &[ast::Expr]) -> Vec<Vec<Expr>> {
        let [ast::Expr::Function(call)] = set else { return vec![self.exprs(set)] };
        let expr = self.expr(&set[0]);
        let ExprKind::Call(inner) = &expr.kind else { return vec![vec![expr]] };
        let groups: Vec<&Expr> = inner
            .args
            .iter()
            .filter_map(|arg| if let Argument::Plain(expr) = arg { Some(expr) } else { None })
            .collect();
        let all = groups.len();
        let kept = |keep: &dyn Fn(usize) -> bool| -> Vec<Expr> {
            (0..all).filter(|at| keep(*at)).map(|at| groups[at].clone()).collect()
        };
        match call.name.to_string().to_ascii_lowercase().as_str() {
            "rollup" => (0..=all).rev().map(|most| kept(&|at| at < most)).collect(),
            "cube" if all <= WIDEST => {
                (0..1_usize << all).rev().map(|mask| kept(&|at| mask >> at & 1 == 1)).collect()
            }
            "cube" => {
                let kind = ExprKind::Opaque("a cube of so many keys".to_owned());
                vec![vec![Expr { kind, span: expr.span }]]
            }
            _ => vec![vec![expr]],
        }
    }

    fn named(&self, window: &ast::NamedWindowExpr) -> Window {
        match window {
            ast::NamedWindowExpr::NamedWindow(base) => {
                Window { base: Some(self.ident(base)), ..Window::default() }
            }
            ast::NamedWindowExpr::WindowSpec(spec) => self.window(spec),
        }
    }

    pub(super) fn window(&self, spec: &ast::WindowSpec) -> Window {
        Window {
            base: spec.window_name.as_ref().map(|name| self.ident(name)),
            partition: self.exprs(&spec.partition_by),
            order_by: self.order_keys(&spec.order_by),
            frame: spec.window_frame.as_ref().map(|frame| self.frame(frame)),
        }
    }

    fn frame(&self, frame: &ast::WindowFrame) -> Frame {
        let unit = match frame.units {
            ast::WindowFrameUnits::Rows => FrameUnit::Rows,
            ast::WindowFrameUnits::Range => FrameUnit::Range,
            ast::WindowFrameUnits::Groups => FrameUnit::Groups,
        };
        let bound = |bound: &ast::WindowFrameBound| match bound {
            ast::WindowFrameBound::CurrentRow => Bound::Current,
            ast::WindowFrameBound::Preceding(None) => Bound::First,
            ast::WindowFrameBound::Preceding(Some(expr)) => Bound::Before(self.expr(expr)),
            ast::WindowFrameBound::Following(None) => Bound::Last,
            ast::WindowFrameBound::Following(Some(expr)) => Bound::After(self.expr(expr)),
        };
        let end = frame.end_bound.as_ref().map_or(Bound::Current, bound);
        Frame { unit, start: bound(&frame.start_bound), end }
    }

    pub(super) fn exprs(&self, exprs: &[ast::Expr]) -> Vec<Expr> {
        exprs.iter().map(|expr| self.expr(expr)).collect()
    }
}

/// Whether an item of a list stands for several columns, as all do in which DuckDB's `COLUMNS(…)` is called.
fn several(item: &Item) -> bool {
    match item {
        Item::Expr { expr, .. } => calls_columns(expr),
        Item::Columns { .. } | Item::Star(_) => false,
    }
}

/// Whether rows are handed to a script.
fn script(item: &Item) -> bool {
    let Item::Columns { expr, .. } = item else { return false };
    matches!(&expr.kind, ExprKind::Call(call) if call.name == SCRIPT)
}

fn is_columns_of_all(expr: &Expr) -> bool {
    let ExprKind::Call(call) = &expr.kind else { return false };
    call.name == "columns" && matches!(call.args.as_slice(), [Argument::Star(None)])
}

fn calls_columns(expr: &Expr) -> bool {
    let any = |exprs: &[Expr]| exprs.iter().any(calls_columns);
    match &expr.kind {
        ExprKind::Call(call) => {
            call.name == "columns"
                || call.name.ends_with(".columns")
                || call.args.iter().any(|arg| match arg {
                    Argument::Plain(expr) | Argument::Named(_, expr) => calls_columns(expr),
                    Argument::Star(_) | Argument::Query(_) => false,
                })
        }
        ExprKind::Operator(_, args) | ExprKind::Array(args) | ExprKind::Row(args) => any(args),
        ExprKind::Cast { expr, .. } | ExprKind::Path(expr, _) | ExprKind::Lambda(_, expr) => {
            calls_columns(expr)
        }
        ExprKind::Case { operand, branches, otherwise } => {
            operand.iter().chain(otherwise).any(|it| calls_columns(it))
                || branches.iter().any(|(when, then)| calls_columns(when) || calls_columns(then))
        }
        ExprKind::Struct(fields) => fields.iter().any(|(_, value)| calls_columns(value)),
        ExprKind::Column(_)
        | ExprKind::Word(..)
        | ExprKind::Literal(_)
        | ExprKind::InQuery(..)
        | ExprKind::Exists(_)
        | ExprKind::Subquery(_)
        | ExprKind::Quantified { .. }
        | ExprKind::Parameter(_)
        | ExprKind::Opaque(_) => false,
    }
}

/// A `LATERAL VIEW` next to what stands before it.
fn beside(left: Table, right: Table) -> Table {
    let span = left.span.to(right.span);
    let outer = matches!(&right.kind, TableKind::Function { outer: true, .. });
    let kind = if outer { JoinKind::Left } else { JoinKind::Inner };
    let (left, right) = (Box::new(left), Box::new(right));
    Table { kind: TableKind::Join { left, right, kind, on: JoinOn::Nothing }, alias: None, span }
}

/// Dialects in which a join takes all that stands before it, across commas; elsewhere commas part.
const LEFT_TO_RIGHT: [&str; 2] = ["bigquery", "databricks"];

impl Lower<'_> {
    /// What is joined, by commas and by joins.
    fn from(&self, tables: &[ast::TableWithJoins]) -> Vec<Table> {
        let mut from: Vec<Table> = Vec::with_capacity(tables.len());
        for table in tables {
            let across = LEFT_TO_RIGHT.contains(&self.dialect.name) && !table.joins.is_empty();
            let before = if across { from.drain(..).reduce(beside) } else { None };
            let Some(left) = before else {
                from.push(self.joined(table));
                continue;
            };
            let first = beside(left, self.factor(&table.relation));
            from.push(table.joins.iter().fold(first, |left, join| self.join(left, join)));
        }
        from
    }
}

/// A clause that changes the meaning and is not carried.
fn unread(select: &ast::Select) -> Option<String> {
    let clauses = [
        (!select.connect_by.is_empty(), "connect by"),
        (select.into.is_some(), "select into"),
        (select.prewhere.is_some(), "prewhere"),
        (select.exclude.is_some(), "exclude after the list"),
    ];
    clauses.iter().find(|(present, _)| *present).map(|(_, name)| (*name).to_owned())
}

/// Spans of expressions together.
pub(super) fn spans(exprs: &[Expr]) -> Span {
    exprs.iter().fold(Span::default(), |span, expr| span.to(expr.span))
}
