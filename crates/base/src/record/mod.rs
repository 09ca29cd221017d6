//! Plain rows that the outside world sends, in the words of the outside world.

pub mod dbt;
pub mod notebook;

use crate::{Problem, Source};

/// Everything that was found in one folder, before any of it is understood.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// dbt projects, by folder.
    pub dbt: Vec<dbt::Project>,
    /// SQL files that belong to no dbt project, by path.
    pub sql: Vec<Source>,
    /// Notebooks, by path.
    pub notebooks: Vec<notebook::Notebook>,
    /// Python programs that may hold SQL or work on tables, by path.
    pub programs: Vec<Source>,
    /// Settings from `plumb.toml`.
    pub settings: Settings,
    /// What was seen and not read, by reason: file kinds with their counts and examples.
    pub not_covered: Vec<NotCovered>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// A kind of file that carries meaning plumb does not read yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotCovered {
    /// What it is, in the plural: `Python models`, `notebooks`.
    pub kind: String,
    /// Paths, sorted.
    pub paths: Vec<String>,
}

/// What `plumb.toml` says. Everything is optional.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// Path of the file, where there is one.
    pub path: Option<String>,
    /// Dialect by folder prefix (`""` is everywhere), longest prefix wins.
    pub dialects: Vec<(String, String)>,
    /// Who watches for cost drift.
    pub drift_watcher: Option<String>,
    /// Folders to leave out.
    pub exclude: Vec<String>,
}
