//! The columns that tables had when dbt last looked into the warehouse: `catalog.json`.

use std::collections::BTreeMap;

use plumb_base::record::dbt::{CatalogColumn, Kind, Node, Project, SourceTable};
use plumb_base::{Problem, Severity, WorldError};
use serde_json::Value;

use crate::{Walk, path, text};

/// Lays the catalog, where there is one, over a project.
///
/// A catalog that is cut off, or that was committed with a merge conflict in it, is read table by table: one
/// that is damaged loses only itself.
pub(super) fn apply(
    walk: &Walk<'_>,
    target: &str,
    project: &mut Project,
    problems: &mut Vec<Problem>,
) {
    let Some(at) = path::join(target, "catalog.json") else { return };
    let bytes = match walk.world.read(&at) {
        Ok(bytes) => bytes,
        Err(WorldError::Missing(_)) => return,
        Err(error) => {
            problems.push(text::of_file(&at, Severity::Failed, "unreadable", error.to_string()));
            return;
        }
    };
    let written = String::from_utf8_lossy(&bytes);
    let tables = match serde_json::from_str::<Value>(&written) {
        Ok(whole) => of_whole(&whole),
        Err(error) => {
            let (tables, lost) = of_parts(&written);
            let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
            let place = (number(error.line()), number(error.column()));
            let what = if written.lines().any(|line| line.starts_with("<<<<<<< ")) {
                "a merge conflict is not resolved"
            } else {
                "not JSON from here on"
            };
            let message = format!("{what}; {} tables are read, {lost} are damaged", tables.len());
            problems.push(text::at(&at, place, Severity::Partly, "catalog-syntax", message));
            tables
        }
    };
    if lay(&tables, project) {
        project.catalog = Some(at);
    }
}

/// Gives nodes and sources their columns, by id; whether there was something to give.
pub(super) fn lay(tables: &Tables, project: &mut Project) -> bool {
    for node in &mut project.nodes {
        node.catalog = tables.get(&node_id(node)).cloned();
    }
    for table in &mut project.sources {
        table.catalog = tables.get(&source_id(table)).cloned();
    }
    !tables.is_empty()
}

fn node_id(node: &Node) -> String {
    let kind = match node.kind {
        Kind::Model | Kind::PythonModel => "model",
        Kind::Snapshot => "snapshot",
        Kind::Seed => "seed",
        Kind::Analysis => "analysis",
    };
    match &node.properties.version {
        Some(version) => format!("{kind}.{}.{}.v{}", node.package, version.of, version.version),
        None => format!("{kind}.{}.{}", node.package, node.name),
    }
}

fn source_id(table: &SourceTable) -> String {
    format!("source.{}.{}.{}", table.package, table.source, table.name)
}

pub(super) type Tables = BTreeMap<String, Vec<CatalogColumn>>;

fn of_whole(whole: &Value) -> Tables {
    let parts = ["nodes", "sources"].into_iter().filter_map(|key| whole.get(key)?.as_object());
    parts.flatten().filter_map(|(id, table)| Some((id.clone(), columns(table)?))).collect()
}

/// Columns by their place in the table.
fn columns(table: &Value) -> Option<Vec<CatalogColumn>> {
    let listed = table.get("columns")?.as_object()?;
    let mut found: Vec<(i64, CatalogColumn)> = listed
        .iter()
        .map(|(key, column)| {
            let text = |key: &str| column.get(key).and_then(Value::as_str).map(str::to_owned);
            let index = column.get("index").and_then(Value::as_i64).unwrap_or(i64::MAX);
            let name = text("name").unwrap_or_else(|| key.clone());
            (index, CatalogColumn { name, data_type: text("type") })
        })
        .collect();
    found.sort_by_key(|(index, _)| *index);
    let columns: Vec<CatalogColumn> = found.into_iter().map(|(_, column)| column).collect();
    (!columns.is_empty()).then_some(columns)
}

/// Tables that are whole in a text that is not; and how many are not.
fn of_parts(text: &str) -> (Tables, usize) {
    let (mut tables, mut lost) = (Tables::new(), 0);
    let mut rest = text;
    while let Some((id, after)) = next_id(rest) {
        let whole = object(after).map(|length| after.split_at(length));
        let table = whole.and_then(|(inner, beyond)| {
            let table = serde_json::from_str::<Value>(inner).ok();
            Some((table.as_ref().and_then(columns)?, beyond))
        });
        if let Some((columns, beyond)) = table {
            tables.entry(id.to_owned()).or_insert(columns);
            rest = beyond;
        } else {
            lost += 1;
            rest = after;
        }
    }
    (tables, lost)
}

/// The next id of a table that has an object after it; and what begins with that object.
fn next_id(text: &str) -> Option<(&str, &str)> {
    let mut rest = text;
    loop {
        let starts = ["\"model.", "\"seed.", "\"snapshot.", "\"source."];
        let start = starts.iter().filter_map(|start| rest.find(start)).min()?;
        let (id, after) = rest[start + 1..].split_once('"')?;
        let object = after.trim_start().strip_prefix(':').map(str::trim_start);
        if let Some(object) = object.filter(|object| object.starts_with('{')) {
            return Some((id, object));
        }
        rest = after;
    }
}

/// The length of an object that a text begins with.
fn object(text: &str) -> Option<usize> {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' if !quoted => depth += 1,
            b'}' if !quoted => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}
