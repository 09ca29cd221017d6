//! Tables, joins and table functions.

use plumb_base::{Name, Span, TableName};
use sqlparser::ast::{self, Spanned};

use super::{Lower, call::spelled, expr::operator, select::spans};
use crate::sql::{
    shim::NEAREST,
    tree::{
        Alias, Argument, Expr, ExprKind, Ident, JoinKind, JoinOn, Literal, Pivot, RelationName,
        Table, TableKind, Unpivot,
    },
};

impl Lower<'_> {
    pub(super) fn joined(&self, table: &ast::TableWithJoins) -> Table {
        let first = self.factor(&table.relation);
        table.joins.iter().fold(first, |left, join| self.join(left, join))
    }

    pub(super) fn join(&self, left: Table, join: &ast::Join) -> Table {
        use ast::{JoinConstraint as Constraint, JoinOperator as Op};
        let right = self.factor(&join.relation);
        let span = left.span.to(right.span);
        let (kind, on, swap) = match &join.join_operator {
            Op::Join(on) | Op::Inner(on) | Op::CrossJoin(on) | Op::StraightJoin(on) => {
                (JoinKind::Inner, self.constraint(on), false)
            }
            Op::Left(on) | Op::LeftOuter(on) => (JoinKind::Left, self.constraint(on), false),
            Op::Right(on) | Op::RightOuter(on) => (JoinKind::Right, self.constraint(on), false),
            Op::FullOuter(on) => (JoinKind::Full, self.constraint(on), false),
            Op::Semi(on) | Op::LeftSemi(on) => (JoinKind::LeftSemi, self.constraint(on), false),
            Op::Anti(on) | Op::LeftAnti(on) => (JoinKind::LeftAnti, self.constraint(on), false),
            Op::RightSemi(on) => (JoinKind::LeftSemi, self.constraint(on), true),
            Op::RightAnti(on) => (JoinKind::LeftAnti, self.constraint(on), true),
            Op::CrossApply => (JoinKind::Inner, JoinOn::Nothing, false),
            Op::OuterApply => (JoinKind::Left, JoinOn::Nothing, false),
            Op::AsOf { match_condition, constraint }
                if !matches!(constraint, Constraint::Using(_) | Constraint::Natural) =>
            {
                let (kind, on) = self.nearest(match_condition, constraint);
                (kind, on, false)
            }
            Op::AsOf { .. } | Op::ArrayJoin | Op::LeftArrayJoin | Op::InnerArrayJoin => {
                let kind = TableKind::Opaque("join of a rare kind".to_owned(), vec![left, right]);
                return Table { kind, alias: None, span };
            }
        };
        let (left, right) = if swap { (right, left) } else { (left, right) };
        let (left, right) = (Box::new(left), Box::new(right));
        Table { kind: TableKind::Join { left, right, kind, on }, alias: None, span }
    }

    /// Which rows an `ASOF JOIN` keeps, and what makes a match: that of all that fit only the nearest counts is not
    /// carried.
    fn nearest(
        &self,
        condition: &ast::Expr,
        constraint: &ast::JoinConstraint,
    ) -> (JoinKind, JoinOn) {
        let side = match condition {
            ast::Expr::Identifier(name) => name.value.strip_prefix(NEAREST),
            _ => None,
        };
        let kind = match side {
            Some("left") => JoinKind::Left,
            Some("right") => JoinKind::Right,
            Some("full") => JoinKind::Full,
            Some("semi") => JoinKind::LeftSemi,
            Some("anti") => JoinKind::LeftAnti,
            // In Snowflake rows without a match stay.
            _ if self.dialect.name == "snowflake" => JoinKind::Left,
            _ => JoinKind::Inner,
        };
        let said = !matches!(condition, ast::Expr::Identifier(_) | ast::Expr::Value(_));
        let said = said.then(|| self.expr(condition));
        let on = match constraint {
            ast::JoinConstraint::On(expr) => Some(self.expr(expr)),
            _ => None,
        };
        let by_number = on.is_none() && kind == JoinKind::Full;
        let what = if by_number { "a positional join" } else { "a join with the nearest row" };
        let what = ExprKind::Opaque(what.to_owned());
        let nearest = Expr { kind: what, span: self.span(condition.span()) };
        let known = on.into_iter().chain(said);
        let all = known.fold(nearest, |all, one| operator("and", vec![one, all]));
        (kind, JoinOn::Condition(all))
    }

    fn constraint(&self, on: &ast::JoinConstraint) -> JoinOn {
        match on {
            ast::JoinConstraint::On(expr) => JoinOn::Condition(self.expr(expr)),
            ast::JoinConstraint::Using(names) => {
                let last =
                    |name: &ast::ObjectName| name.0.last()?.as_ident().map(|it| self.ident(it));
                JoinOn::Using(names.iter().filter_map(last).collect())
            }
            ast::JoinConstraint::Natural => JoinOn::Natural,
            ast::JoinConstraint::None => JoinOn::Nothing,
        }
    }

    fn alias(&self, alias: Option<&ast::TableAlias>) -> Option<Alias> {
        alias.map(|alias| Alias {
            name: self.table_ident(&alias.name),
            columns: alias.columns.iter().map(|column| self.ident(&column.name)).collect(),
        })
    }

    fn table(&self, kind: TableKind, alias: Option<&ast::TableAlias>, span: Span) -> Table {
        let alias = self.alias(alias);
        let span = alias.as_ref().map_or(span, |alias| span.to(alias.name.span));
        Table { kind, alias, span }
    }

    pub(super) fn factor(&self, factor: &ast::TableFactor) -> Table {
        use ast::TableFactor as F;
        match factor {
            F::Table { name, alias, args, version, sample, with_ordinality, .. } => {
                let relation = self.relation(name);
                let span = relation.span;
                let kind = match args {
                    Some(args) => {
                        let position = with_ordinality.then(|| self.position(alias.as_ref(), 1));
                        self.function(name, &args.args, position)
                    }
                    None => by_name(name, relation),
                };
                let which = version.as_ref().map(|version| small_words(&version.to_string()));
                let kind = match which {
                    Some(which) => part(kind, "time-travel", Some(which), span),
                    None => kind,
                };
                let kind = if sample.is_some() { part(kind, "sample", None, span) } else { kind };
                self.table(kind, alias.as_ref(), span)
            }
            F::Derived { lateral, subquery, alias, sample } => {
                let query = Box::new(self.query(subquery));
                let span = query.span;
                let kind = TableKind::Derived { lateral: *lateral, query };
                let kind = if sample.is_some() { part(kind, "sample", None, span) } else { kind };
                self.table(kind, alias.as_ref(), span)
            }
            F::TableFunction { expr, alias } => {
                let expr = self.expr(expr);
                let span = expr.span;
                let kind = match self.named_by(&expr) {
                    Some(name) => TableKind::Named(name),
                    None => function_of(expr, false),
                };
                self.table(kind, alias.as_ref(), span)
            }
            F::Function { name, args, alias, with_ordinality, .. } => {
                let span = self.relation(name).span;
                let position = with_ordinality.then(|| self.position(alias.as_ref(), 1));
                let kind = self.function(name, args, position);
                self.table(kind, alias.as_ref(), span)
            }
            F::UNNEST { .. } => self.unnest(factor),
            F::NestedJoin { table_with_joins, alias } => {
                let table = self.joined(table_with_joins);
                match alias {
                    Some(_) => {
                        let span = table.span;
                        let kind = TableKind::Opaque("join with an alias".to_owned(), vec![table]);
                        self.table(kind, alias.as_ref(), span)
                    }
                    None => table,
                }
            }
            F::Pivot { .. } => self.pivot(factor),
            F::Unpivot { .. } => self.unpivot(factor),
            F::JsonTable { alias, .. }
            | F::OpenJsonTable { alias, .. }
            | F::XmlTable { alias, .. }
            | F::SemanticView { alias, .. } => self.rare(factor, alias.as_ref()),
            F::UnpivotExpr { .. } => self.rare(factor, None),
            F::MatchRecognize { table, alias, .. } => {
                let table = self.factor(table);
                let span = table.span;
                let kind = TableKind::Opaque("match_recognize".to_owned(), vec![table]);
                self.table(kind, alias.as_ref(), span)
            }
        }
    }

    fn rare(&self, factor: &ast::TableFactor, alias: Option<&ast::TableAlias>) -> Table {
        let kind = TableKind::Opaque("table function of a rare kind".to_owned(), Vec::new());
        self.table(kind, alias, self.span(factor.span()))
    }

    fn opaque(&self, what: &str, tables: Vec<Table>) -> Table {
        let span = tables.iter().fold(Span::default(), |span, table| span.to(table.span));
        self.table(TableKind::Opaque(what.to_owned(), tables), None, span)
    }

    fn unnest(&self, factor: &ast::TableFactor) -> Table {
        let ast::TableFactor::UNNEST {
            alias,
            array_exprs,
            with_offset,
            with_offset_alias,
            with_ordinality,
        } = factor
        else {
            return self.opaque("unnest", Vec::new());
        };
        let args = self.exprs(array_exprs);
        let span = spans(&args);
        let position = match with_offset_alias {
            Some(name) => Some(self.ident(name)),
            None if *with_offset => Some(Ident { name: Name::new("offset"), span }),
            None => with_ordinality.then(|| self.position(alias.as_ref(), args.len())),
        };
        let args = args.into_iter().map(Argument::Plain).collect();
        let kind = TableKind::Function { name: "unnest".to_owned(), args, outer: false, position };
        self.table(kind, alias.as_ref(), span)
    }

    /// With `ORDINALITY`, the column behind the values counts.
    fn position(&self, alias: Option<&ast::TableAlias>, values: usize) -> Ident {
        let named = alias.and_then(|alias| alias.columns.get(values..)?.last());
        named.map_or_else(
            || Ident { name: Name::new("ordinality"), span: Span::default() },
            |column| self.ident(&column.name),
        )
    }

    fn function(
        &self,
        name: &ast::ObjectName,
        args: &[ast::FunctionArg],
        position: Option<Ident>,
    ) -> TableKind {
        let name = spelled(name);
        let args: Vec<Argument> = args.iter().map(|arg| self.argument(arg)).collect();
        if let ("table", [Argument::Plain(expr)]) = (name.as_str(), args.as_slice())
            && let Some(name) = self.named_by(expr)
        {
            return TableKind::Named(name);
        }
        // `TABLE(f(x))` is `f(x)`.
        if let ("table", [Argument::Plain(inner)]) = (name.as_str(), args.as_slice()) {
            return function_of(inner.clone(), false);
        }
        let outer = args.iter().any(|arg| match arg {
            Argument::Named(name, expr) => name.as_str() == "outer" && is_true(expr),
            Argument::Plain(_) | Argument::Star(_) | Argument::Query(_) => false,
        });
        TableKind::Function { name, args, outer, position }
    }

    /// Snowflake's `TABLE('a.b')` and `TABLE($x)`: a table that a text or a parameter names.
    fn named_by(&self, expr: &Expr) -> Option<RelationName> {
        let parts = match &expr.kind {
            _ if self.dialect.name != "snowflake" => return None,
            ExprKind::Literal(Literal::Text(text)) => TableName::parse(text).0,
            ExprKind::Parameter(name) => vec![Name::new(name.as_str())],
            _ => return None,
        };
        let folded = parts.iter().map(|it| self.dialect.table_part(it.as_str(), false));
        Some(RelationName { name: TableName(folded.collect()), span: expr.span })
    }

    pub(super) fn lateral_view(&self, view: &ast::LateralView) -> Table {
        let expr = self.expr(&view.lateral_view);
        let span = expr.span;
        let columns = view.lateral_col_alias.iter().map(|column| self.ident(column)).collect();
        let name = self.relation(&view.lateral_view_name);
        let name = Ident { name: Name::new(name.name.table()), span: name.span };
        Table { kind: function_of(expr, view.outer), alias: Some(Alias { name, columns }), span }
    }

    fn pivot(&self, factor: &ast::TableFactor) -> Table {
        let ast::TableFactor::Pivot {
            table,
            aggregate_functions,
            value_column,
            value_source,
            default_on_null,
            alias,
        } = factor
        else {
            return self.opaque("pivot", Vec::new());
        };
        let table = self.factor(table);
        let span = table.span;
        let named = |item: &ast::ExprWithAlias| {
            (self.expr(&item.expr), item.alias.as_ref().map(|alias| self.ident(alias)))
        };
        let values = match value_source {
            ast::PivotValueSource::List(values) if default_on_null.is_none() => {
                values.iter().map(named).collect()
            }
            ast::PivotValueSource::List(_)
            | ast::PivotValueSource::Any(_)
            | ast::PivotValueSource::Subquery(_) => Vec::new(),
        };
        let aggregates = aggregate_functions.iter().map(named).collect();
        let columns = self.exprs(value_column);
        let kind = TableKind::Pivot(Box::new(Pivot { table, aggregates, columns, values }));
        self.table(kind, alias.as_ref(), span)
    }

    fn unpivot(&self, factor: &ast::TableFactor) -> Table {
        let ast::TableFactor::Unpivot { table, value, name, columns, null_inclusion, alias } =
            factor
        else {
            return self.opaque("unpivot", Vec::new());
        };
        let table = self.factor(table);
        let span = table.span;
        let named = |item: &ast::ExprWithAlias| {
            (self.expr(&item.expr), item.alias.as_ref().map(|alias| self.ident(alias)))
        };
        let unpivot = Unpivot {
            table,
            value: self.expr(value),
            name: self.ident(name),
            columns: columns.iter().map(named).collect(),
            keep_nulls: matches!(null_inclusion, Some(ast::NullInclusion::IncludeNulls)),
        };
        self.table(TableKind::Unpivot(Box::new(unpivot)), alias.as_ref(), span)
    }
}

/// A text with its words in small letters; what stands in quotes stays as it is.
pub(super) fn small_words(text: &str) -> String {
    let mut quote = None;
    let small = |letter: char| {
        match quote {
            Some(open) if open == letter => quote = None,
            None if ['\'', '"', '`'].contains(&letter) => quote = Some(letter),
            _ => {}
        }
        if quote.is_none() { letter.to_lowercase().collect() } else { vec![letter] }
    };
    text.chars().flat_map(small).collect()
}

/// The rows of a table at another time, or some of them.
fn part(kind: TableKind, what: &str, which: Option<String>, span: Span) -> TableKind {
    let table = Box::new(Table { kind, alias: None, span });
    TableKind::Part { table, which, what: what.to_owned() }
}

fn is_true(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Literal(Literal::Bool(true)))
}

/// A call in the place of a table.
fn function_of(expr: Expr, outer: bool) -> TableKind {
    match expr.kind {
        ExprKind::Call(call) => {
            TableKind::Function { name: call.name, args: call.args, outer, position: None }
        }
        other => {
            let args = vec![Argument::Plain(Expr { kind: other, span: expr.span })];
            TableKind::Function { name: "table".to_owned(), args, outer, position: None }
        }
    }
}

/// A table by its name; a bare keyword is what a clause that nobody finished left behind.
fn by_name(name: &ast::ObjectName, relation: RelationName) -> TableKind {
    const KEYWORDS: [&str; 8] =
        ["from", "group", "having", "on", "order", "select", "union", "where"];
    match name.0.as_slice() {
        [ast::ObjectNamePart::Identifier(word)]
            if word.quote_style.is_none()
                && KEYWORDS.iter().any(|it| word.value.eq_ignore_ascii_case(it)) =>
        {
            let what = format!("the keyword `{}` as a table", word.value.to_lowercase());
            TableKind::Opaque(what, Vec::new())
        }
        _ => TableKind::Named(relation),
    }
}
