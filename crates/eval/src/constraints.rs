//! What tables promise: a database that breaks it shows nothing.

use std::collections::BTreeMap;

use plumb_ir::Type;

use crate::{
    bag::{Database, Row, Table},
    value::Value,
};

/// What is promised of tables, by name. What is not said is not promised.
#[derive(Debug, Clone, Default)]
pub struct Constraints {
    /// The tables.
    pub tables: BTreeMap<String, TableConstraints>,
}

/// What is promised of a table.
#[derive(Debug, Clone, Default)]
pub struct TableConstraints {
    /// Its columns, by the name under which plans read them.
    pub columns: BTreeMap<String, ColumnConstraint>,
    /// Columns that no two rows share, where none of them is NULL.
    pub keys: Vec<Vec<String>>,
    /// Columns that point to a row of another table, where none of them is NULL.
    pub references: Vec<Reference>,
}

/// What is promised of a column.
#[derive(Debug, Clone)]
pub struct ColumnConstraint {
    /// Its type.
    pub data_type: Type,
    /// Whether it is never NULL.
    pub not_null: bool,
}

/// Columns that point to a row of another table.
#[derive(Debug, Clone)]
pub struct Reference {
    /// The columns.
    pub columns: Vec<String>,
    /// The table they point to.
    pub table: String,
    /// Its columns.
    pub to: Vec<String>,
}

impl Constraints {
    /// Whether a database keeps what is promised.
    pub fn hold(&self, database: &Database) -> bool {
        self.tables.iter().all(|(name, promised)| {
            let Some(table) = database.tables.get(name) else { return true };
            let never = promised.columns.iter().filter(|(_, column)| column.not_null);
            let mut never = never.filter_map(|(name, _)| place(table, name));
            never.all(|at| table.rows.iter().all(|row| row[at] != Value::Null))
                && promised.keys.iter().all(|key| is_key(table, key))
                && promised.references.iter().all(|it| points(table, it, database))
        })
    }

    pub(crate) fn not_null(&self, table: &str, column: &str) -> bool {
        let of = self.tables.get(table).and_then(|table| table.columns.get(column));
        of.is_some_and(|column| column.not_null)
    }

    pub(crate) fn data_type(&self, table: &str, column: &str) -> Type {
        let of = self.tables.get(table).and_then(|table| table.columns.get(column));
        of.map_or(Type::Unknown, |column| column.data_type.clone())
    }
}

pub(crate) fn place(table: &Table, name: &str) -> Option<usize> {
    table.columns.iter().position(|column| column.name == name)
}

pub(crate) fn places(table: &Table, names: &[String]) -> Option<Vec<usize>> {
    names.iter().map(|name| place(table, name)).collect()
}

/// The values of some columns, if none is NULL.
pub(crate) fn picked(row: &Row, places: &[usize]) -> Option<Vec<Value>> {
    let values: Vec<Value> = places.iter().map(|at| row[*at].clone()).collect();
    (!values.contains(&Value::Null)).then_some(values)
}

fn is_key(table: &Table, key: &[String]) -> bool {
    // A column that the table does not show may tell all rows apart.
    let Some(places) = places(table, key) else { return true };
    let mut seen: Vec<Vec<Value>> =
        table.rows.iter().filter_map(|row| picked(row, &places)).collect();
    seen.sort();
    seen.windows(2).all(|pair| pair[0] != pair[1])
}

fn points(table: &Table, reference: &Reference, database: &Database) -> bool {
    // A table that no plan reads may have the row.
    let Some(target) = database.tables.get(&reference.table) else { return true };
    let (Some(from), Some(to)) = (places(table, &reference.columns), places(target, &reference.to))
    else {
        return true;
    };
    let known = |values: Vec<Value>| {
        target.rows.iter().any(|row| picked(row, &to).is_some_and(|it| it == values))
    };
    table.rows.iter().filter_map(|row| picked(row, &from)).all(known)
}
