//! What dbt 2 knows of a project, as it leaves it in Parquet: compiled code, names and columns.
//!
//! Betas write `target/index/`, later versions `target/info_schema/vN/`; the tables are called the same.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::record::dbt::{CatalogColumn, Project};
use plumb_base::{Problem, Severity, WorldError};
use serde_json::{Map, Value};

use super::manifest::{self, shape::ManifestNode};
use crate::{Walk, path, text};
use plumb_records::parquet_rows::{Cell, Row, rows};

/// Columns of the table of nodes that are read.
const NODE: &[&str] = &[
    "compiled_code",
    "config",
    "name",
    "node_language",
    "original_file_path",
    "package_name",
    "raw_code",
    "relation_name",
    "resource_type",
    "unique_id",
];

/// Columns of the table of columns that are read.
const COLUMN: &[&str] =
    &["catalog_type", "column_index", "column_name", "inferred_type", "unique_id"];

/// Lays the information schema, where there is one, over a project; a manifest that has compiled code counts more.
pub(super) fn apply(
    walk: &Walk<'_>,
    target: &str,
    folders: &BTreeMap<String, String>,
    project: &mut Project,
    problems: &mut Vec<Problem>,
) {
    let Some(folder) = folder(walk, target) else { return };
    if project.manifest.is_none() {
        let at = format!("{folder}/dbt.nodes.parquet");
        let nodes: Vec<ManifestNode> =
            table(walk, &at, NODE, problems).into_iter().map(node).collect();
        if manifest::lay(walk, nodes, folders, project, &at, problems) {
            project.manifest = Some(at);
        }
    }
    if project.catalog.is_none() {
        let at = format!("{folder}/dbt.node_columns.parquet");
        let tables = columns(table(walk, &at, COLUMN, problems));
        if super::catalog::lay(&tables, project) {
            project.catalog = Some(at);
        }
    }
}

/// The folder of the newest version that is there.
fn folder(walk: &Walk<'_>, target: &str) -> Option<String> {
    let inside = path::join(target, "info_schema")?;
    let files = walk.world.files(&inside).unwrap_or_default();
    let versions: BTreeSet<(u32, &str)> = files
        .iter()
        .filter_map(|file| {
            let (version, rest) = path::under(&file.path, &inside)?.split_once('/')?;
            let number = version.strip_prefix('v')?.parse().ok()?;
            rest.ends_with(".parquet").then_some((number, version))
        })
        .collect();
    let index = path::join(target, "index")?;
    let is_there =
        |folder: &String| walk.world.read(&format!("{folder}/dbt.nodes.parquet")).is_ok();
    let newest = versions.last().map(|(_, version)| format!("{inside}/{version}"));
    newest.or_else(|| Some(index).filter(is_there))
}

fn table(walk: &Walk<'_>, at: &str, wanted: &[&str], problems: &mut Vec<Problem>) -> Vec<Row> {
    let bytes = match walk.world.read(at) {
        Ok(bytes) => bytes,
        Err(WorldError::Missing(_)) => return Vec::new(),
        Err(error) => {
            problems.push(text::of_file(at, Severity::Failed, "unreadable", error.to_string()));
            return Vec::new();
        }
    };
    rows(bytes, wanted).unwrap_or_else(|error| {
        let message = format!("not Parquet that can be read: {error}; files are read instead");
        problems.push(text::of_file(at, Severity::Partly, "parquet-syntax", message));
        Vec::new()
    })
}

fn node(mut row: Row) -> ManifestNode {
    let mut text = |key: &str| row.remove(key).and_then(Cell::text);
    let config = text("config").and_then(|config| serde_json::from_str(&config).ok());
    ManifestNode {
        resource_type: text("resource_type"),
        language: text("node_language"),
        package: text("package_name").unwrap_or_default(),
        name: text("name").unwrap_or_default(),
        path: text("original_file_path").unwrap_or_default(),
        raw: text("raw_code"),
        compiled: text("compiled_code").filter(|code| !code.trim().is_empty()),
        relation: text("relation_name"),
        config: match config {
            Some(Value::Object(config)) => config,
            _ => Map::new(),
        },
    }
}

/// Columns of each table of which every column has a type that was found and not only declared: then it is all.
fn columns(rows: Vec<Row>) -> BTreeMap<String, Vec<CatalogColumn>> {
    let mut tables: BTreeMap<String, Vec<(Option<i64>, CatalogColumn)>> = BTreeMap::new();
    for mut row in rows {
        let index = row.get("column_index").and_then(Cell::number);
        let mut text = |key: &str| row.remove(key).and_then(Cell::text);
        let (Some(id), Some(name)) = (text("unique_id"), text("column_name")) else { continue };
        let data_type = text("catalog_type").or_else(|| text("inferred_type"));
        let column = CatalogColumn { name, data_type: data_type.filter(|it| !it.is_empty()) };
        tables.entry(id).or_default().push((index, column));
    }
    let whole = |columns: &Vec<(Option<i64>, CatalogColumn)>| {
        columns.iter().all(|(index, column)| index.is_some() && column.data_type.is_some())
    };
    tables
        .into_iter()
        .filter(|(_, columns)| whole(columns))
        .map(|(id, mut columns)| {
            columns.sort_by_key(|(index, _)| *index);
            (id, columns.into_iter().map(|(_, column)| column).collect())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
    use parquet::file::properties::WriterProperties;
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;
    use plumb_base::{Entry, World};

    use super::*;

    /// A Parquet file of one row group, as dbt would write it.
    fn file(schema: &str, texts: &[(&str, &[Option<&str>])], numbers: &[i64]) -> Vec<u8> {
        let schema = Arc::new(parse_message_type(schema).unwrap());
        let properties = Arc::new(WriterProperties::builder().build());
        let mut bytes = Vec::new();
        let mut writer = SerializedFileWriter::new(&mut bytes, schema, properties).unwrap();
        let mut group = writer.next_row_group().unwrap();
        let mut at = 0;
        while let Some(mut column) = group.next_column().unwrap() {
            if let Some((_, values)) = texts.get(at) {
                let levels: Vec<i16> = values.iter().map(|it| i16::from(it.is_some())).collect();
                let values: Vec<ByteArray> =
                    values.iter().flatten().map(|text| ByteArray::from(*text)).collect();
                column.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None).unwrap();
            } else {
                let levels = vec![1; numbers.len()];
                column.typed::<Int64Type>().write_batch(numbers, Some(&levels), None).unwrap();
            }
            column.close().unwrap();
            at += 1;
        }
        group.close().unwrap();
        writer.close().unwrap();
        bytes
    }

    fn schema(texts: &[&str], numbers: &[&str]) -> String {
        let text = |name: &&str| format!("optional binary {name} (UTF8); ");
        let number = |name: &&str| format!("optional int64 {name}; ");
        let fields: String = texts.iter().map(text).chain(numbers.iter().map(number)).collect();
        format!("message dbt {{ {fields} }}")
    }

    /// Files that are not texts.
    struct Bytes(BTreeMap<String, Vec<u8>>);

    impl World for Bytes {
        fn files(&self, folder: &str) -> Result<Vec<Entry>, WorldError> {
            let below = self.0.iter().filter(|(at, _)| path::under(at, folder).is_some());
            let entry = |(at, bytes): (&String, &Vec<u8>)| Entry {
                path: at.clone(),
                size: bytes.len() as u64,
            };
            Ok(below.map(entry).collect())
        }

        fn read(&self, path: &str) -> Result<Vec<u8>, WorldError> {
            self.0.get(path).cloned().ok_or_else(|| WorldError::Missing(path.to_owned()))
        }

        fn variable(&self, _: &str) -> Option<String> {
            None
        }

        fn root(&self) -> String {
            "memory".to_owned()
        }
    }

    fn nodes() -> Vec<u8> {
        let texts: [(&str, &[Option<&str>]); 8] = [
            ("unique_id", &[Some("model.shop.a"), Some("model.shop.b")]),
            ("name", &[Some("a"), Some("b")]),
            ("resource_type", &[Some("model"), Some("model")]),
            ("package_name", &[Some("shop"), Some("shop")]),
            ("original_file_path", &[Some("models/a.sql"), Some("models/b.sql")]),
            ("raw_code", &[Some("select {{ 1 }} as id"), Some("select 'before'")]),
            ("compiled_code", &[Some("select 1 as id"), Some("select 'before'")]),
            ("relation_name", &[Some("lake.mart.a"), None]),
        ];
        file(&schema(&texts.map(|(name, _)| name), &[]), &texts, &[])
    }

    fn found(folder: &str, nodes: Vec<u8>) -> plumb_base::record::Found {
        let texts: [(&str, &[Option<&str>]); 3] = [
            ("unique_id", &[Some("model.shop.a"), Some("model.shop.a"), Some("model.shop.b")]),
            ("column_name", &[Some("name"), Some("id"), Some("x")]),
            ("inferred_type", &[Some("VARCHAR"), Some("NUMBER"), None]),
        ];
        let columns =
            file(&schema(&texts.map(|(name, _)| name), &["column_index"]), &texts, &[1, 0, 0]);
        let text = |at: &str, text: &str| (at.to_owned(), text.as_bytes().to_vec());
        let files = BTreeMap::from([
            text("dbt_project.yml", "name: shop\n"),
            text("models/a.sql", "select {{ 1 }} as id\n"),
            text("models/b.sql", "select 'after'\n"),
            (format!("target/{folder}/dbt.nodes.parquet"), nodes),
            (format!("target/{folder}/dbt.node_columns.parquet"), columns),
        ]);
        crate::discover(&Bytes(files))
    }

    #[test]
    fn code_and_columns_of_dbt_2_are_read() {
        for folder in ["info_schema/v1", "index"] {
            let found = found(folder, nodes());
            let project = &found.dbt[0];
            let (a, b) = (&project.nodes[0], &project.nodes[1]);
            assert_eq!(a.compiled.as_deref(), Some("select 1 as id"));
            assert_eq!(a.relation.as_deref(), Some("lake.mart.a"));
            let names = |columns: &Option<Vec<CatalogColumn>>| {
                columns.iter().flatten().map(|it| it.name.clone()).collect::<Vec<_>>()
            };
            assert_eq!(names(&a.catalog), ["id", "name"]);
            // The file changed since, and not every column has a type.
            assert_eq!((b.compiled.as_deref(), b.catalog.is_none()), (None, true));
            assert_eq!(found.problems.len(), 1, "{:?}", found.problems);
            assert_eq!(found.problems[0].reason, "manifest-stale");
        }
    }

    #[test]
    fn a_damaged_file_is_a_problem_and_never_a_panic() {
        let whole = nodes();
        let short = found("index", whole[..whole.len() / 2].to_vec());
        assert_eq!(short.problems[0].reason, "parquet-syntax");
        assert_eq!(short.dbt[0].nodes.len(), 2);
        let mut seed: u64 = 3;
        for _ in 0..400 {
            let mut bytes = whole.clone();
            for _ in 0..3 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let at = usize::try_from(seed >> 33).unwrap_or(0) % bytes.len();
                bytes[at] = u8::try_from(seed >> 20 & 0xff).unwrap_or(0);
            }
            let _rows = rows(bytes, NODE);
        }
    }
}
