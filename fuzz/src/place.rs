//! Files of a platform: the bytes stand in one place of a small one, which is then read as a whole.

use std::collections::BTreeMap;

use plumb_base::{Entry, World, WorldError};
use plumb_workspace::{By, Idle, Imbalance, Options, Period, Since, Workspace};

/// Files in memory, of any bytes.
struct Folder(BTreeMap<&'static str, Vec<u8>>);

impl World for Folder {
    fn files(&self, folder: &str) -> Result<Vec<Entry>, WorldError> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let below = self.0.iter().filter(|(path, _)| path.starts_with(&prefix));
        let entry = |(path, bytes): (&&str, &Vec<u8>)| Entry {
            path: (*path).to_owned(),
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
        "fuzz".to_owned()
    }
}

const PROJECT: (&str, &str) = ("dbt_project.yml", "name: shop\nprofile: shop\n");
const MODEL: (&str, &str) =
    ("models/paid.sql", "select id, sum(amount) as a from {{ source('s', 't') }} group by 1");
const QUERY: (&str, &str) = ("jobs/paid.sql", "create table paid as select id from orders");

/// Reads a platform and asks it the cheap things.
fn read(files: &[(&'static str, &str)], path: &'static str, bytes: &[u8]) -> Workspace {
    let mut folder = Folder(BTreeMap::new());
    for (path, text) in files {
        folder.0.insert(path, text.as_bytes().to_vec());
    }
    folder.0.insert(path, bytes.to_vec());
    let workspace = Workspace::open(&folder, &Options::default());
    let _ = workspace.audit();
    let _ = workspace.doctor(0);
    workspace
}

/// A model, and a macro file.
pub fn template(bytes: &[u8]) {
    read(&[PROJECT, MODEL], "models/x.sql", bytes);
    read(&[PROJECT, MODEL], "macros/x.sql", bytes);
}

/// `dbt_project.yml`.
pub fn project(bytes: &[u8]) {
    read(&[MODEL], "dbt_project.yml", bytes);
}

/// Other YAML of a dbt project.
pub fn properties(bytes: &[u8]) {
    for path in ["models/x.yml", "profiles.yml", "packages.yml"] {
        read(&[PROJECT, MODEL], path, bytes);
    }
}

/// What dbt writes as JSON.
pub fn manifest(bytes: &[u8]) {
    for path in ["target/manifest.json", "target/catalog.json"] {
        read(&[PROJECT, MODEL], path, bytes);
    }
}

/// Exports of dashboards.
pub fn dashboard(bytes: &[u8]) {
    for path in ["x.lvdash.json", "x.dbquery.json", "x.json", "collections/x.yaml"] {
        read(&[QUERY], path, bytes);
    }
}

/// Exports of Superset.
pub fn superset(bytes: &[u8]) {
    for path in ["x/charts/x.yaml", "x/dashboards/x.yaml", "x/datasets/x.yaml"] {
        read(&[QUERY], path, bytes);
    }
}

/// A bundle.
pub fn bundle(bytes: &[u8]) {
    read(&[QUERY], "databricks.yml", bytes);
}

/// Notebooks and programs.
pub fn notebook(bytes: &[u8]) {
    for path in ["x.ipynb", "x.py", "x.sql"] {
        read(&[QUERY], path, bytes);
    }
    let mut source = b"# Databricks notebook source\n".to_vec();
    source.extend(bytes);
    read(&[QUERY], "x.py", &source);
}

/// `plumb.toml`.
pub fn settings(bytes: &[u8]) {
    read(&[QUERY], "plumb.toml", bytes);
}

/// `CODEOWNERS`.
pub fn code_owners(bytes: &[u8]) {
    read(&[QUERY], "CODEOWNERS", bytes);
}

/// An export of the information schema.
pub fn csv_export(bytes: &[u8]) {
    read(&[QUERY], "columns.csv", bytes);
}

/// Event logs of Spark: whole, after an event that tells what the file is, rolled, and compressed.
pub fn event_logs(bytes: &[u8]) {
    const FIRST: &[u8] = b"{\"Event\":\"SparkListenerLogStart\",\"Spark Version\":\"3.5.2\"}\n";
    let begun = [FIRST, bytes].concat();
    for path in ["logs/app-1", "logs/eventlog_v2_app-1/events_1_app-1", "logs/app/eventlog"] {
        costs(&read(&[QUERY], path, &begun));
    }
    for path in ["logs/app-1", "logs/app-1.zstd", "logs/app-1.gz", "logs/app-1.lz4", "logs/app-1.snappy"] {
        costs(&read(&[QUERY], path, bytes));
    }
}

/// Exports of use and bills; their columns tell what they are.
pub fn usage_records(bytes: &[u8]) {
    for path in ["x.csv", "x.jsonl", "x.json", "x.csv.gz", "target/run_results.json", "x.parquet"] {
        costs(&read(&[QUERY], path, bytes));
    }
}

/// Asks what everything costs: shares must add up.
fn costs(workspace: &Workspace) {
    let all = Period { since: Since::Ever, until: None };
    for idle in [Idle::Apart, Idle::Proportional] {
        if let Err(error) = workspace.cost(By::Workload, idle, all) {
            assert_eq!(error, Imbalance::TooLarge);
        }
    }
}

/// What dbt writes as Parquet.
pub fn parquet(bytes: &[u8]) {
    read(&[PROJECT, MODEL], "target/index/dbt.nodes.parquet", bytes);
}
