//! Promises of models that rows of tables break: such rows tell nothing of the platform.

use std::collections::BTreeSet;

use plumb_base::Name;
use plumb_estate::Estate;
use plumb_eval::{Budget, Database, Meaning, Row, Value, rows};

/// What is promised of assets, or of what they stand on, and does not hold of these tables.
pub(crate) fn broken<'a>(
    estate: &mut Estate,
    of: impl IntoIterator<Item = &'a str>,
    database: &Database,
) -> Option<String> {
    let found = of.into_iter().filter_map(|key| estate.index.get(key).copied());
    let of: BTreeSet<usize> = found.collect();
    let below = of.iter().flat_map(|at| estate.sources(*at));
    let all: BTreeSet<usize> = below.chain(of.iter().copied()).collect();
    all.into_iter().find_map(|at| of_model(estate, at, database))
}

fn of_model(estate: &mut Estate, at: usize, database: &Database) -> Option<String> {
    let model = &estate.assets[at];
    // What a run added to a table need not be what its query gives now.
    if model.plan.as_ref().is_none_or(|plan| !plan.worlds.is_empty()) || model.incremental.is_some()
    {
        return None;
    }
    let (key, promises) = (model.key.clone(), model.promises.clone());
    let has_null = |row: &Row| row.contains(&Value::Null);
    for promise in &promises.not_null {
        let found = values(estate, at, std::slice::from_ref(&promise.column), database);
        if found.is_some_and(|rows| rows.iter().any(has_null)) {
            return Some(format!("`{key}.{}` has no NULL", promise.column));
        }
    }
    for promise in &promises.keys {
        let found = values(estate, at, &promise.columns, database).unwrap_or_default();
        let twice = |two: &[Row]| two[0] == two[1] && !has_null(&two[0]);
        if found.windows(2).any(twice) {
            let columns: Vec<&str> = promise.columns.iter().map(Name::as_str).collect();
            let columns = columns.join(", ");
            return Some(format!("no two rows of `{key}` have the same `{columns}`"));
        }
    }
    None
}

/// Some columns of an asset over these tables, sorted, if that can be told.
fn values(
    estate: &mut Estate,
    at: usize,
    columns: &[Name],
    database: &Database,
) -> Option<Vec<Row>> {
    let rel = estate.narrowed(at, columns)?;
    let bag = rows(&estate.arena, database, rel, Meaning::OPEN, Budget::default()).ok()?;
    let mut rows = bag.rows;
    rows.sort();
    Some(rows)
}
