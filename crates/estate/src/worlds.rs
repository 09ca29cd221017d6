//! Whether an asset has the same columns in every world of its template.

use plumb_base::Name;
use plumb_resolve::Resolved;
use plumb_syntax::sql::tree::{Body, ExprKind, Item, Query, Table, TableKind};

use crate::{script::HOLE, statement::Statement};

/// Whether what its template gives in other worlds has the columns that it has in the likeliest one; not where
/// nothing is known of other worlds.
pub(crate) fn settled(
    likeliest: &Resolved,
    others: &[Statement],
    mut bind: impl FnMut(&Statement) -> Option<Resolved>,
) -> bool {
    let Some(wanted) = columns(likeliest) else { return false };
    let same = |other: &Statement| {
        bind(other).and_then(|other| columns(&other)).is_some_and(|found| found == wanted)
    };
    !others.is_empty() && others.iter().all(same)
}

/// The names of all columns, where they are known.
fn columns(of: &Resolved) -> Option<Vec<Name>> {
    of.columns.iter().map(|it| it.name.clone()).collect::<Option<_>>().filter(|_| !of.open)
}

/// Whether a run names one of the columns of a query: then nobody can tell whether it has them in every world.
pub(crate) fn is_named_by_run(query: &Query) -> bool {
    Ctes(Vec::new()).query(query)
}

/// What the CTEs around a query compute, innermost last.
struct Ctes<'q>(Vec<(&'q Name, &'q Query)>);

impl<'q> Ctes<'q> {
    fn query(&mut self, query: &'q Query) -> bool {
        let around = self.0.len();
        if !query.recursive {
            self.0.extend(query.ctes.iter().map(|cte| (&cte.name.name, &cte.query)));
        }
        let found = self.body(&query.body);
        self.0.truncate(around);
        found
    }

    fn body(&mut self, body: &'q Body) -> bool {
        match body {
            Body::Select(select) => select.items.iter().any(|item| match item {
                Item::Expr { alias: Some(alias), .. } => is_hole(&alias.name),
                Item::Expr { expr, alias: None } => match &expr.kind {
                    ExprKind::Column(names) => names.last().is_some_and(|it| is_hole(&it.name)),
                    _ => false,
                },
                Item::Columns { names, .. } => names.iter().any(|it| is_hole(&it.name)),
                // One with a qualifier may mean another table.
                Item::Star(star) if star.of.is_none() && star.value.is_none() => {
                    select.from.iter().any(|table| self.table(table))
                }
                Item::Star(_) => false,
            }),
            Body::Query(query) => self.query(query),
            Body::Set { left, .. } => self.body(left),
            Body::Values(_) | Body::Opaque(_) => false,
        }
    }

    fn table(&mut self, table: &'q Table) -> bool {
        match &table.kind {
            TableKind::Named(relation) => {
                let [name] = relation.name.0.as_slice() else { return false };
                let Some(at) = self.0.iter().rposition(|(known, _)| *known == name) else {
                    return false;
                };
                // It sees those before it.
                let behind = self.0.split_off(at);
                let found = self.query(behind[0].1);
                self.0.extend(behind);
                found
            }
            TableKind::Derived { query, .. } => self.query(query),
            TableKind::Join { left, right, .. } => self.table(left) || self.table(right),
            _ => false,
        }
    }
}

fn is_hole(name: &Name) -> bool {
    name.as_str().contains(HOLE)
}
