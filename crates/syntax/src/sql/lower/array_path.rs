//! Lists that a `FROM` names by their path from a table before them: `FROM orders AS o, o.items AS item`.

use crate::sql::{
    Dialect,
    tree::{Alias, Argument, Expr, ExprKind, Ident, RelationName, Table, TableKind},
};

/// Dialects in which a name that begins with a table before it is no table.
const DIALECTS: [&str; 2] = ["bigquery", "redshift"];

/// Makes `unnest` of such paths.
pub(super) fn unnest(dialect: &Dialect, from: &mut [Table]) {
    if !DIALECTS.contains(&dialect.name) {
        return;
    }
    let mut before = Vec::new();
    for table in from {
        walk(dialect, table, &mut before);
    }
}

fn walk(dialect: &Dialect, table: &mut Table, before: &mut Vec<String>) {
    if let TableKind::Join { left, right, .. } = &mut table.kind {
        walk(dialect, left, before);
        walk(dialect, right, before);
        return;
    }
    if let TableKind::Named(relation) = &table.kind
        && let Some(path) = path(dialect, relation, before)
    {
        let last = path.last().cloned();
        let list = Expr { kind: ExprKind::Column(path), span: table.span };
        table.kind = TableKind::Function {
            name: "unnest".to_owned(),
            args: vec![Argument::Plain(list)],
            outer: false,
            position: None,
        };
        if table.alias.is_none() {
            table.alias = last.map(|name| Alias { name, columns: Vec::new() });
        }
    }
    let name = match (&table.alias, &table.kind) {
        (Some(alias), _) => alias.name.name.as_str(),
        (None, TableKind::Named(relation)) => relation.name.table(),
        (None, _) => return,
    };
    before.push(name.to_lowercase());
}

/// The column that a relation is, if it begins with the name of a table before it.
fn path(dialect: &Dialect, relation: &RelationName, before: &[String]) -> Option<Vec<Ident>> {
    let parts = relation.name.0.as_slice();
    let first = parts.first().filter(|_| parts.len() > 1)?;
    if !before.contains(&first.as_str().to_lowercase()) {
        return None;
    }
    let column = |part: &plumb_base::Name| {
        let plain = part.as_str().trim_matches('"');
        let name = dialect.column_name(plain, plain != part.as_str());
        Ident { name, span: relation.span }
    };
    Some(parts.iter().map(column).collect())
}
