//! Metric views: measures of a source, by its dimensions.
//!
//! Where that can be written as SQL, it is read as the query of all dimensions. Else the view is an opaque part over its
//! tables, with columns by name.

use std::fmt::Write as _;

use plumb_base::{Span, TableName};
use serde::Deserialize;
use sqlparser::tokenizer;

use super::{Ends, Lower};
use crate::sql::{
    Dialect, tokens,
    tree::{Body, Expr, ExprKind, Ident, Item, Query, RelationName, Table, TableKind},
};

/// The rows of a metric view that stands at a place of a text; nothing if no table is named.
pub(crate) fn view(text: &str, yaml: &str, span: Span, dialect: &'static Dialect) -> Option<Query> {
    let said: Said = serde_saphyr::from_str(yaml).ok()?;
    if let Some(query) = said.sql().and_then(|sql| query(text, &sql, span, dialect)) {
        return Some(query);
    }
    let tables: Vec<Table> =
        said.sources().into_iter().filter_map(|name| table(name, span)).collect();
    if tables.is_empty() {
        return None;
    }
    let column = |name: &str| {
        let ident = Ident { name: dialect.column_name(name, true), span };
        Item::named(Expr { kind: ExprKind::Column(vec![ident.clone()]), span }, ident)
    };
    let mut items: Vec<Item> = said.columns().map(column).collect();
    if items.is_empty() {
        items.push(Item::star(None, span));
    }
    let kind = TableKind::Opaque("a metric view".to_owned(), tables);
    let from = vec![Table { kind, alias: None, span }];
    Some(Query::of(Body::select(items, from, None, span), span))
}

/// What SQL says that stands in no file: all of it where the YAML does.
fn query(text: &str, sql: &str, span: Span, dialect: &'static Dialect) -> Option<Query> {
    let (mut tokens, troubles) = tokens::read(sql, dialect);
    if !troubles.is_empty() {
        return None;
    }
    let [start, end] = [span.start, span.end].map(|byte| tokens::location(byte as usize));
    for token in &mut tokens {
        token.span = tokenizer::Span::new(start, end);
    }
    let lower = Lower { text, dialect, ends: Ends::of(&tokens) };
    lower.parsed(tokens).ok()
}

/// A table by its name; a query in its place is none.
fn table(name: &str, span: Span) -> Option<Table> {
    let plain = |it: char| it.is_alphanumeric() || "._-`".contains(it);
    let named = !name.is_empty() && name.chars().all(plain);
    named.then(|| Table::named(RelationName { name: TableName::parse(name), span }))
}

/// What the YAML says, as far as it is looked at.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Said {
    source: Option<String>,
    joins: Option<Vec<Join>>,
    filter: Option<String>,
    dimensions: Option<Vec<Column>>,
    /// As dimensions are called, too.
    fields: Option<Vec<Column>>,
    measures: Option<Vec<Column>>,
}

#[derive(Deserialize)]
struct Join {
    source: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    on: Option<String>,
    #[serde(default)]
    using: Option<Vec<String>>,
    #[serde(default)]
    joins: Option<Vec<Self>>,
}

#[derive(Deserialize)]
struct Column {
    name: String,
    #[serde(default)]
    expr: Option<String>,
    /// Over which rows a measure is taken, where those are not the rows of its group.
    #[serde(default)]
    window: Option<serde::de::IgnoredAny>,
}

impl Said {
    /// The tables that it names, outermost first.
    fn sources(&self) -> Vec<&str> {
        fn below<'s>(joins: Option<&'s Vec<Join>>, found: &mut Vec<&'s str>) {
            for join in joins.into_iter().flatten() {
                found.push(&join.source);
                below(join.joins.as_ref(), found);
            }
        }
        let mut found: Vec<&str> = self.source.as_deref().into_iter().collect();
        below(self.joins.as_ref(), &mut found);
        found
    }

    /// The query of all measures by all dimensions; `None` where it is not that simple.
    fn sql(&self) -> Option<String> {
        let source = self.source.as_deref()?.trim();
        let measures = self.measures.as_deref().filter(|measures| !measures.is_empty())?;
        let dimensions: Vec<&Column> =
            [&self.dimensions, &self.fields].into_iter().flatten().flatten().collect();
        let mut items = Vec::new();
        for column in dimensions.iter().copied().chain(measures) {
            let expr = column.expr.as_deref().filter(|_| column.window.is_none())?;
            // A measure of measures is not of rows.
            if expr.to_ascii_lowercase().contains("measure(") {
                return None;
            }
            items.push(format!("{expr} as {}", quoted(&column.name)));
        }
        let opens =
            |word: &str| source.get(..word.len()).is_some_and(|it| it.eq_ignore_ascii_case(word));
        let is_query = opens("select") || opens("with");
        let source = if is_query { format!("({source})") } else { source.to_owned() };
        let mut sql = format!("select {} from {source} as source", items.join(", "));
        for join in self.joins.iter().flatten() {
            if join.name.is_empty() || join.joins.is_some() {
                return None;
            }
            let _ = write!(sql, " left join {} as {}", join.source, quoted(&join.name));
            match (&join.on, &join.using) {
                (Some(on), None) => write!(sql, " on {on}").ok()?,
                (None, Some(using)) => {
                    let names: Vec<String> = using.iter().map(|name| quoted(name)).collect();
                    write!(sql, " using ({})", names.join(", ")).ok()?;
                }
                _ => return None,
            }
        }
        if let Some(filter) = &self.filter {
            let _ = write!(sql, " where {filter}");
        }
        if !dimensions.is_empty() {
            let places: Vec<String> = (1..=dimensions.len()).map(|at| at.to_string()).collect();
            let _ = write!(sql, " group by {}", places.join(", "));
        }
        Some(sql)
    }

    fn columns(&self) -> impl Iterator<Item = &str> {
        let all = [&self.dimensions, &self.fields, &self.measures];
        all.into_iter().flatten().flatten().map(|column| column.name.as_str())
    }
}

fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}
