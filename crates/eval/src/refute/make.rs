//! Databases to try: the plain ones, random ones, and neighbours of promising ones.

use super::{
    chance::Chance,
    shape::{ColumnShape, Shape},
};
use crate::{
    bag::{Database, Row, Table},
    constraints::{Constraints, Reference, picked, place, places},
    value::Value,
};

/// Rows that a table may have.
const MOST_ROWS: usize = 14;

/// The databases that come first: without rows, and with one or two plain rows a table.
pub(super) fn plain(shape: &Shape) -> Vec<Database> {
    let filled = |choose: &dyn Fn(&ColumnShape, usize) -> Value, count: usize| {
        let mut database = shape.empty();
        for (name, table) in &mut database.tables {
            let columns = &shape.tables[name];
            for nth in 0..count {
                table.rows.push(columns.iter().map(|column| choose(column, nth)).collect());
            }
        }
        database
    };
    let first = |column: &ColumnShape, _: usize| column.domain.nth(0);
    let wanted = |column: &ColumnShape, _: usize| {
        column.pool.first().cloned().unwrap_or_else(|| column.domain.nth(0))
    };
    let null = |column: &ColumnShape, _: usize| {
        if column.not_null { column.domain.nth(0) } else { Value::Null }
    };
    let both = |column: &ColumnShape, nth: usize| match nth {
        1 if !column.not_null => Value::Null,
        _ => column.domain.nth(0),
    };
    vec![
        shape.empty(),
        filled(&first, 1),
        filled(&wanted, 1),
        filled(&null, 1),
        filled(&first, 2),
        filled(&both, 2),
    ]
}

/// Some rows of chance in each table.
pub(super) fn random(shape: &Shape, chance: &mut Chance) -> Database {
    let mut database = shape.empty();
    let few = chance.percent(50);
    for (name, table) in &mut database.tables {
        let columns = &shape.tables[name];
        for _ in 0..chance.below(if few { 3 } else { 5 }) {
            let row: Row = columns.iter().map(|column| value(column, chance)).collect();
            table.rows.push(row);
        }
    }
    database
}

fn value(column: &ColumnShape, chance: &mut Chance) -> Value {
    if !column.not_null && chance.percent(15) {
        return Value::Null;
    }
    // Few values, so that rows meet.
    let few = if chance.percent(60) { 3 } else { column.pool.len() };
    column.pool.get(chance.below(few.min(column.pool.len()))).cloned().unwrap_or(Value::Null)
}

/// Adds rows to a database.
pub(super) fn add(database: &mut Database, rows: Vec<(String, Row)>) {
    for (name, row) in rows {
        if let Some(table) = database.tables.get_mut(&name)
            && table.rows.len() < MOST_ROWS
        {
            table.rows.push(row);
        }
    }
}

/// Repeats every row of a database.
pub(super) fn multiply(database: &mut Database, times: usize) {
    for table in database.tables.values_mut() {
        let rows = table.rows.clone();
        for _ in 1..times {
            table.rows.extend(rows.iter().cloned());
        }
        table.rows.truncate(MOST_ROWS);
    }
}

/// A database with one small thing changed, or a few.
pub(super) fn neighbour(database: &Database, shape: &Shape, chance: &mut Chance) -> Database {
    let mut changed = database.clone();
    for _ in 0..=chance.below(3) {
        change(&mut changed, shape, chance);
    }
    changed
}

fn change(database: &mut Database, shape: &Shape, chance: &mut Chance) {
    let names: Vec<String> = database.tables.keys().cloned().collect();
    let Some(name) = chance.pick(&names) else { return };
    let (Some(table), Some(columns)) = (database.tables.get_mut(name), shape.tables.get(name))
    else {
        return;
    };
    if table.rows.is_empty() {
        table.rows.push(columns.iter().map(|column| value(column, chance)).collect());
        return;
    }
    let row = chance.below(table.rows.len());
    match chance.below(10) {
        0 => {
            table.rows.remove(row);
        }
        1 | 2 if table.rows.len() < MOST_ROWS => table.rows.push(table.rows[row].clone()),
        3 | 4 if table.rows.len() < MOST_ROWS => {
            let mut copy = table.rows[row].clone();
            cell(&mut copy, columns, chance);
            table.rows.push(copy);
        }
        _ => cell(&mut table.rows[row], columns, chance),
    }
}

fn cell(row: &mut Row, columns: &[ColumnShape], chance: &mut Chance) {
    let at = chance.below(columns.len());
    if let (Some(cell), Some(column)) = (row.get_mut(at), columns.get(at)) {
        *cell = match chance.below(4) {
            0 if !column.not_null => Value::Null,
            _ => value(column, chance),
        };
    }
}

/// Changes a database until it keeps what is promised, if that is not hard.
pub(super) fn repair(database: &mut Database, shape: &Shape, constraints: &Constraints) -> bool {
    for _ in 0..4 {
        for (name, promised) in &constraints.tables {
            let (Some(table), Some(columns)) =
                (database.tables.get_mut(name), shape.tables.get(name))
            else {
                continue;
            };
            for key in &promised.keys {
                unite(table, columns, key);
            }
        }
        for (name, promised) in &constraints.tables {
            for reference in &promised.references {
                point(database, shape, name, reference);
            }
        }
        if constraints.hold(database) {
            return true;
        }
    }
    false
}

/// Gives a row that shares its key a key of its own, or drops it if it is the same row.
fn unite(table: &mut Table, columns: &[ColumnShape], key: &[String]) {
    let Some(places) = places(table, key) else { return };
    let Some(&at) = places.last() else {
        table.rows.truncate(1);
        return;
    };
    let mut kept: Vec<Row> = Vec::new();
    for mut row in std::mem::take(&mut table.rows) {
        let clashes = |row: &Row, kept: &[Row]| {
            let key = picked(row, &places);
            key.is_some() && kept.iter().any(|other| picked(other, &places) == key)
        };
        let mut nth = 0;
        while clashes(&row, &kept) && nth < 20 {
            row[at] = columns[at].domain.nth(nth);
            nth += 1;
        }
        if !clashes(&row, &kept) {
            kept.push(row);
        }
    }
    table.rows = kept;
}

/// Adds the rows that others point to.
fn point(database: &mut Database, shape: &Shape, name: &str, reference: &Reference) {
    let (Some(table), Some(target)) =
        (database.tables.get(name), database.tables.get(&reference.table))
    else {
        return;
    };
    let (Some(from), Some(to)) = (places(table, &reference.columns), places(target, &reference.to))
    else {
        return;
    };
    let Some(columns) = shape.tables.get(&reference.table) else { return };
    let mut missing: Vec<Row> = Vec::new();
    for row in &table.rows {
        let Some(values) = picked(row, &from) else { continue };
        let there = |rows: &[Row]| {
            rows.iter().any(|row| picked(row, &to).is_some_and(|other| other == values))
        };
        if there(&target.rows) || there(&missing) {
            continue;
        }
        let mut row: Row = columns.iter().map(|column| column.domain.nth(0)).collect();
        for (at, value) in to.iter().zip(values) {
            row[*at] = value;
        }
        missing.push(row);
    }
    if let Some(target) = database.tables.get_mut(&reference.table) {
        target.rows.extend(missing);
    }
}

/// A value as plain as can be, for a column of a table.
pub(super) fn plainest(table: &Table, shape: &Shape, name: &str, at: usize) -> Option<Value> {
    let column = table.columns.get(at)?;
    let columns = shape.tables.get(name)?;
    let same = columns.iter().find(|other| other.name == column.name)?;
    place(table, &column.name).map(|_| same.domain.nth(0))
}
