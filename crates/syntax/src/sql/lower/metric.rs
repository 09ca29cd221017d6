//! Metric views: which tables their YAML is of, and what their columns are called.
//!
//! What a dimension or a measure computes is not read: the view is an opaque part over its tables, with columns by name.

use plumb_base::{Span, TableName};

use crate::sql::{
    Dialect,
    tree::{Body, Expr, ExprKind, Ident, Item, Query, RelationName, Table, TableKind},
};

/// The rows of a metric view; nothing if no table is named.
pub(crate) fn view(yaml: &str, span: Span, dialect: &Dialect) -> Option<Query> {
    let said = Said::read(yaml);
    let tables: Vec<Table> = said.sources.iter().filter_map(|name| table(name, span)).collect();
    if tables.is_empty() {
        return None;
    }
    let column = |name: &&str| {
        let ident = Ident { name: dialect.column_name(name, true), span };
        Item::named(Expr { kind: ExprKind::Column(vec![ident.clone()]), span }, ident)
    };
    let mut items: Vec<Item> = said.columns.iter().map(column).collect();
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

/// What the lines of the YAML say.
#[derive(Default)]
struct Said<'y> {
    sources: Vec<&'y str>,
    columns: Vec<&'y str>,
}

impl<'y> Said<'y> {
    /// Reads lines as people write such YAML: a key or an item on each.
    fn read(yaml: &'y str) -> Self {
        let mut said = Self::default();
        let (mut part, mut keys_at) = ("", None);
        for line in yaml.lines().filter(|line| !line.trim_start().starts_with('#')) {
            let depth = line.len() - line.trim_start().len();
            let item = line.trim_start().strip_prefix("- ");
            let entry = item.unwrap_or(line).trim_start();
            let Some((key, value)) = entry.split_once(':') else { continue };
            if depth == 0 && item.is_none() {
                (part, keys_at) = (key.trim(), None);
            }
            match (part, key.trim()) {
                ("source" | "joins", "source") => said.sources.push(bare(value)),
                ("dimensions" | "fields" | "measures", "name") => {
                    // Items of items have names, too.
                    let at = line.len() - entry.len();
                    if *keys_at.get_or_insert(at) == at {
                        said.columns.push(bare(value));
                    }
                }
                _ => {}
            }
        }
        said
    }
}

/// A scalar without its quotes and without a comment behind it.
fn bare(value: &str) -> &str {
    let value = value.split(" #").next().unwrap_or_default().trim();
    let quoted = ['"', '\''].into_iter();
    let mut quoted = quoted.filter_map(|it| value.strip_prefix(it)?.strip_suffix(it));
    quoted.next().unwrap_or(value)
}
