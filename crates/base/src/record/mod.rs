//! Plain rows that the outside world sends, in the words of the outside world.

pub mod bundle;
pub mod dashboard;
pub mod dbt;
mod export;
mod repository;
mod settings;
pub mod spark;
mod table;
pub mod usage;

use serde::{Deserialize, Serialize};
pub mod notebook;

use crate::{Problem, Source};

pub use export::export;
pub use repository::{Change, CodeOwners, Commit, DescribedFolder, History, OwnerRule};
pub use settings::{Match, OwnerSetting, PriceSettings, Role, Settings, SqlFolder};
pub use table::{ColumnInfo, TableInfo};

/// Everything that was found in one folder, before any of it is understood.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// dbt projects, by folder.
    pub dbt: Vec<dbt::Project>,
    /// SQL files that belong to no dbt project, by path.
    pub sql: Vec<Source>,
    /// Dashboards, by key.
    pub dashboards: Vec<dashboard::Dashboard>,
    /// Saved queries that several dashboards may show, or none, by key.
    pub datasets: Vec<dashboard::Dataset>,
    /// Databricks bundles, by path.
    pub bundles: Vec<bundle::Bundle>,
    /// Notebooks, by path.
    pub notebooks: Vec<notebook::Notebook>,
    /// Python programs that may hold SQL or work on tables, by path.
    pub programs: Vec<Source>,
    /// Settings from `plumb.toml`.
    pub settings: Settings,
    /// Tables that exports of an information schema list, by name.
    pub tables: Vec<TableInfo>,
    /// Files of use and bills, in the order in which they are read.
    pub records: Vec<usage::RecordFile>,
    /// Places elsewhere where records were looked for, by path.
    pub places: Vec<RecordPlace>,
    /// The file of code owners, where there is one.
    pub code_owners: Option<CodeOwners>,
    /// Files beside SQL that say whose the tables of their folder are, by path.
    pub described: Vec<DescribedFolder>,
    /// What the repository remembers, where it does.
    pub history: Option<History>,
    /// Why the history could not be read, where there is one.
    pub no_history: Option<String>,
    /// Files that were seen, by how their names end, most first.
    pub files: Vec<FileCount>,
    /// What was seen and not read, by reason: file kinds with their counts and examples.
    pub not_covered: Vec<NotCovered>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// A prefix of an object store.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordPlace {
    /// Its path, such as `s3://exports/bills`.
    pub path: String,
    /// How many files lie below it.
    pub files: usize,
    /// How many of them hold records.
    pub records: usize,
    /// Why it could not be listed, where it could not.
    pub why: Option<String>,
}

/// Files of one ending.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileCount {
    /// How their names end, lower case, without the dot; `""` where there is none.
    pub extension: String,
    /// How many there are.
    pub seen: usize,
    /// How many of them were read.
    pub read: usize,
    /// How many carry meaning that is not read.
    pub not_covered: usize,
}

/// A kind of file that carries meaning plumb does not read yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotCovered {
    /// What it is, in the plural: `Python models`, `notebooks`.
    pub kind: String,
    /// Paths, sorted.
    pub paths: Vec<String>,
}
