//! Metric views: which tables their YAML is of, and what their columns are called.
//!
//! What a dimension or a measure computes is not read: the view is an opaque part over its tables, with columns by name.

use plumb_base::{Span, TableName};
use serde::Deserialize;

use crate::sql::{
    Dialect,
    tree::{Body, Expr, ExprKind, Ident, Item, Query, RelationName, Table, TableKind},
};

/// The rows of a metric view; nothing if no table is named.
pub(crate) fn view(yaml: &str, span: Span, dialect: &Dialect) -> Option<Query> {
    let said: Said = serde_saphyr::from_str(yaml).ok()?;
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
    dimensions: Option<Vec<Column>>,
    /// As dimensions are called, too.
    fields: Option<Vec<Column>>,
    measures: Option<Vec<Column>>,
}

#[derive(Deserialize)]
struct Join {
    source: String,
    #[serde(default)]
    joins: Option<Vec<Self>>,
}

#[derive(Deserialize)]
struct Column {
    name: String,
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

    fn columns(&self) -> impl Iterator<Item = &str> {
        let all = [&self.dimensions, &self.fields, &self.measures];
        all.into_iter().flatten().flatten().map(|column| column.name.as_str())
    }
}
