//! Exports of an information schema: which tables a warehouse has, with their columns and sizes.

mod rows;

use std::collections::BTreeMap;

use plumb_base::record::{ColumnInfo, Found, TableInfo};
use rows::{Field, Row};

use crate::{Connector, Walk, path};

pub(crate) static CONNECTOR: Connector =
    Connector { name: "schema_export", page: include_str!("schema_export.md"), find };

/// Bytes of a file that tell whether it is one.
const HEAD: usize = 4096;

/// Tables by catalog, schema and name.
type Tables = BTreeMap<(Option<String>, Option<String>, String), Listed>;

/// A table, while its rows are gathered.
#[derive(Default)]
struct Listed {
    table: TableInfo,
    /// Columns with their positions, in the order of the file.
    columns: Vec<(u64, ColumnInfo)>,
}

fn find(walk: &Walk<'_>, found: &mut Found) {
    let mut tables = Tables::new();
    for file in walk.files() {
        let format = match path::extension(&file.path).to_ascii_lowercase().as_str() {
            "csv" | "tsv" => rows::csv as rows::Format,
            "json" => rows::json,
            "jsonl" | "ndjson" => rows::json_lines,
            _ => continue,
        };
        // Most such files hold something else: that they cannot be read is for others to say.
        let Ok(head) = walk.world.head(&file.path, HEAD) else { continue };
        if !rows::is_export(&path::extension(&file.path).to_ascii_lowercase(), &head) {
            continue;
        }
        let Some(source) = walk.read(&file.path, &mut found.problems) else { continue };
        let mut own = Tables::new();
        for row in format(&source, &mut found.problems) {
            add(&row, &source.path, &mut own);
        }
        merge(own, &mut tables);
    }
    found.tables.extend(tables.into_values().map(|listed| listed.table));
}

fn add(row: &Row, path: &str, tables: &mut Tables) {
    let text = |field| row.get(field).map(str::to_owned);
    // What was dropped is listed by some platforms for a year.
    let (Some(name), None) = (text(Field::Table), row.get(Field::Deleted)) else { return };
    let (catalog, schema) = (text(Field::Catalog), text(Field::Schema));
    let listed = tables.entry((catalog.clone(), schema.clone(), name.clone())).or_default();
    let number = |field| row.get(field).and_then(|text| text.parse::<f64>().ok());
    // Sizes are whole numbers that some exports write as `1.2E7`.
    let size = |field| {
        let number: f64 = number(field).filter(|number| *number >= 0.0 && *number < 1e18)?;
        format!("{number:.0}").parse().ok()
    };
    let table = &mut listed.table;
    (table.catalog, table.schema, table.name) = (catalog, schema, name);
    table.paths = vec![path.to_owned()];
    table.dialect = table.dialect.or(row.dialect);
    if row.get(Field::Column).is_none() {
        table.kind = table.kind.take().or_else(|| text(Field::Kind));
    }
    table.rows = table.rows.or_else(|| size(Field::Rows));
    table.bytes = table.bytes.or_else(|| size(Field::Bytes));
    if let (Some(name), Some(data_type)) = (text(Field::Column), row.data_type()) {
        let position = size(Field::Position).unwrap_or(u64::MAX);
        let comment = text(Field::Comment).unwrap_or_default();
        listed.columns.push((position, ColumnInfo { name, data_type, comment }));
    }
}

/// Adds the tables of a file to those of the files before it: what is known already stays.
fn merge(own: Tables, tables: &mut Tables) {
    for (key, mut listed) in own {
        listed.columns.sort_by_key(|(position, _)| *position);
        listed.table.columns =
            std::mem::take(&mut listed.columns).into_iter().map(|it| it.1).collect();
        let new = listed.table;
        let known = tables.entry(key).or_default();
        if known.table.name.is_empty() {
            known.table = new;
            continue;
        }
        let table = &mut known.table;
        table.kind = table.kind.take().or(new.kind);
        table.rows = table.rows.or(new.rows);
        table.bytes = table.bytes.or(new.bytes);
        if table.columns.is_empty() {
            (table.columns, table.dialect) = (new.columns, new.dialect);
            table.paths.splice(0..0, new.paths);
        } else {
            table.paths.extend(new.paths);
        }
    }
}
