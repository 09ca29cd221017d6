//! Rows of CSV and JSON, with the names that warehouses give to the same columns.

use plumb_base::{Problem, Severity, Source};
use serde_json::Value;

use crate::text;

/// Reads the rows of a file; what is malformed is told and left out.
pub(super) type Format = fn(&Source, &mut Vec<Problem>) -> Vec<Row>;

/// What is read of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Catalog,
    Schema,
    Table,
    Column,
    Type,
    Position,
    Kind,
    Rows,
    Bytes,
    Comment,
    Deleted,
    Precision,
    Scale,
    ElementType,
}

/// What each is called, lower case, the best name first.
///
/// Snowflake, Databricks and PostgreSQL share the names of the standard; the others are those of BigQuery's
/// `TABLE_STORAGE` and `__TABLES__`, and of Redshift's `SVV_…` views and `PG_TABLE_DEF`.
const NAMES: &[(Field, &[&str])] = &[
    (Field::Catalog, &["table_catalog", "database_name", "project_id", "database"]),
    (Field::Schema, &["table_schema", "schema_name", "dataset_id", "schemaname", "schema"]),
    (Field::Table, &["table_name", "tablename", "table", "table_id"]),
    (Field::Column, &["column_name", "column"]),
    (Field::Type, &["full_data_type", "data_type", "type"]),
    (Field::Position, &["ordinal_position"]),
    (Field::Kind, &["table_type", "type"]),
    (Field::Rows, &["row_count", "total_rows", "tbl_rows", "n_live_tup"]),
    (Field::Bytes, &["bytes", "size_bytes", "total_logical_bytes"]),
    (Field::Comment, &["comment", "remarks", "column_comment", "description"]),
    (Field::Deleted, &["deleted"]),
    (Field::Precision, &["numeric_precision"]),
    (Field::Scale, &["numeric_scale"]),
    (Field::ElementType, &["udt_name"]),
];

/// Columns that only the information schema of one platform has.
const SIGNS: &[(&str, &[&str])] = &[
    ("databricks", &["full_data_type"]),
    (
        "bigquery",
        &[
            "clustering_ordinal_position",
            "is_partitioning_column",
            "dataset_id",
            "total_logical_bytes",
        ],
    ),
    ("redshift", &["distkey", "sortkey", "remarks", "tbl_rows"]),
    ("postgres", &["udt_name", "n_live_tup"]),
    ("snowflake", &["is_identity", "row_count"]),
];

/// One row, by what its cells are.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    cells: Vec<(Field, String)>,
    /// The dialect whose information schema it looks like.
    pub(super) dialect: Option<&'static str>,
}

impl Row {
    /// A cell, unless it is empty or NULL.
    pub(super) fn get(&self, field: Field) -> Option<&str> {
        let cell = self.cells.iter().find(|(known, _)| *known == field);
        cell.map(|(_, text)| text.as_str())
    }

    /// The type with what other columns say of it.
    pub(super) fn data_type(&self) -> Option<String> {
        let name = self.get(Field::Type)?.trim();
        let number =
            ["number", "numeric", "decimal"].iter().any(|it| name.eq_ignore_ascii_case(it));
        match (self.get(Field::Precision), self.get(Field::Scale), self.get(Field::ElementType)) {
            (Some(precision), Some(scale), _) if number => {
                Some(format!("{name}({precision},{scale})"))
            }
            // PostgreSQL says of an array only that it is one, and of a type of one's own only that.
            (_, _, Some(element)) if name.eq_ignore_ascii_case("array") => {
                Some(format!("{}[]", element.trim_start_matches('_')))
            }
            (_, _, Some(own)) if name.eq_ignore_ascii_case("user-defined") => Some(own.to_owned()),
            _ => Some(name.to_owned()),
        }
    }
}

/// Whether the first bytes of a file are those of an export.
pub(super) fn is_export(extension: &str, head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches('\u{feff}');
    if matches!(extension, "csv" | "tsv") {
        let mut reader = reader(text);
        return reader.headers().is_ok_and(|names| fits(names.iter()));
    }
    // The keys of the first object: what stands in quotes before a colon.
    let object = text.split('}').next().unwrap_or_default();
    let quoted: Vec<&str> = object.split('"').collect();
    let keys = (1..quoted.len()).step_by(2);
    let keys = keys
        .filter(|at| quoted.get(at + 1).is_some_and(|after| after.trim_start().starts_with(':')));
    fits(keys.map(|at| quoted[at]))
}

/// Whether names are those of a list of columns, or of tables.
fn fits<'a>(names: impl Iterator<Item = &'a str>) -> bool {
    let names: Vec<String> = names.map(|name| name.trim().to_ascii_lowercase()).collect();
    let has = |wanted: &[&str]| wanted.iter().all(|name| names.iter().any(|known| known == name));
    let typed = has(&["data_type"]) || has(&["full_data_type"]);
    let columns = has(&["table_name", "column_name"]) && typed;
    let placed = has(&["table_schema"]) || has(&["schema_name"]);
    let sized = ["row_count", "bytes", "total_rows", "table_type", "total_logical_bytes"];
    (columns && placed)
        || (has(&["table_schema", "table_name"]) && sized.iter().any(|name| has(&[name])))
        || has(&["dataset_id", "table_id", "row_count"])
        || has(&["schemaname", "tablename", "column", "type", "encoding"])
        || has(&["schema", "table", "tbl_rows"])
}

/// Rows of CSV, whatever stands between its cells.
pub(super) fn csv(source: &Source, problems: &mut Vec<Problem>) -> Vec<Row> {
    let mut reader = reader(&source.text);
    let Ok(names) = reader.headers().cloned() else { return Vec::new() };
    let names: Vec<&str> = names.iter().collect();
    let (fields, dialect) = fields(&names);
    let mut rows = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => {
                let cells =
                    fields.iter().filter_map(|(field, at)| Some((*field, record.get(*at)?)));
                rows.push(row(cells, dialect));
            }
            Err(error) => {
                let line = error.position().map_or(1, ::csv::Position::line);
                told(
                    source,
                    line,
                    "a line of this export has more cells than its head, or fewer",
                    problems,
                );
            }
        }
    }
    rows
}

fn reader(text: &str) -> ::csv::Reader<&[u8]> {
    let first = text.lines().next().unwrap_or_default();
    let often = |letter: &u8| first.bytes().filter(|byte| byte == letter).count();
    let delimiter = [b'|', b'\t', b';', b','].into_iter().max_by_key(often).unwrap_or(b',');
    ::csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes())
}

/// Rows of a list of objects, or of the list inside an object.
pub(super) fn json(source: &Source, problems: &mut Vec<Problem>) -> Vec<Row> {
    let value: Value = match serde_json::from_str(&source.text) {
        Ok(value) => value,
        // A file of that name may hold an object a line.
        Err(_) if source.text.trim_start().starts_with('{') => return json_lines(source, problems),
        Err(error) => {
            told(source, error.line() as u64, "this export is no JSON", problems);
            return Vec::new();
        }
    };
    let list = match &value {
        Value::Array(items) => Some(items),
        Value::Object(keys) => keys.values().find_map(Value::as_array),
        _ => None,
    };
    list.into_iter().flatten().filter_map(object).collect()
}

/// Rows of an object a line.
pub(super) fn json_lines(source: &Source, problems: &mut Vec<Problem>) -> Vec<Row> {
    let mut rows = Vec::new();
    for (line, text) in (1..).zip(source.text.lines()) {
        if text.trim().is_empty() {
            continue;
        }
        match serde_json::from_str::<Value>(text) {
            Ok(value) => rows.extend(object(&value)),
            Err(_) => told(source, line, "a line of this export is no JSON", problems),
        }
    }
    rows
}

fn object(value: &Value) -> Option<Row> {
    let keys = value.as_object()?;
    let names: Vec<&str> = keys.keys().map(String::as_str).collect();
    let cells: Vec<String> = keys
        .values()
        .map(|value| match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
        .collect();
    let (fields, dialect) = fields(&names);
    let cells = fields.iter().filter_map(|(field, at)| Some((*field, cells.get(*at)?.as_str())));
    Some(row(cells, dialect))
}

/// Which cell is what, and whose names they are.
fn fields(names: &[&str]) -> (Vec<(Field, usize)>, Option<&'static str>) {
    let lower: Vec<String> = names.iter().map(|name| name.trim().to_ascii_lowercase()).collect();
    let at = |wanted: &str| lower.iter().position(|name| name == wanted);
    let field = |(field, known): &(Field, &[&str])| {
        let at = known.iter().find_map(|name| at(name))?;
        Some((*field, at))
    };
    let fields = NAMES.iter().filter_map(field).collect();
    let speaks = |(_, signs): &&(&str, &[&str])| signs.iter().any(|sign| at(sign).is_some());
    let dialect = SIGNS.iter().find(speaks).map(|(name, _)| *name);
    (fields, dialect)
}

fn row<'a>(cells: impl Iterator<Item = (Field, &'a str)>, dialect: Option<&'static str>) -> Row {
    let null = |text: &str| matches!(text.trim(), "" | "NULL" | "null" | "\\N");
    let cells = cells.filter(|(_, text)| !null(text));
    Row { cells: cells.map(|(field, text)| (field, text.trim().to_owned())).collect(), dialect }
}

fn told(source: &Source, line: u64, message: &str, problems: &mut Vec<Problem>) {
    let at = (u32::try_from(line).unwrap_or(u32::MAX), 1);
    let message = message.to_owned();
    problems.push(text::at(&source.path, at, Severity::Partly, "schema-export", message));
}
