//! Databricks bundles as they lie on disk: which jobs and pipelines there are, and what they run.

use std::collections::BTreeMap;

use crate::{Owner, Place};

/// Values by name; what is given and has no value that is known is there without one.
pub type Given = BTreeMap<String, Option<String>>;

/// One bundle, as its production target deploys it.
#[derive(Debug, Clone, Default)]
pub struct Bundle {
    /// Path of its `databricks.yml`.
    pub path: String,
    /// `bundle.name`, else the name of its folder.
    pub name: String,
    /// Names of its targets, sorted.
    pub targets: Vec<String>,
    /// The target whose settings are taken; nothing if it has none.
    pub target: Option<String>,
    /// How it was chosen: `by its mode`, `by its name`, `the default`, `the only one`, `none`.
    pub chosen: &'static str,
    /// Jobs, by key.
    pub jobs: Vec<Job>,
    /// Pipelines, by key.
    pub pipelines: Vec<Pipeline>,
    /// Dashboards and alerts, by key.
    pub boards: Vec<Board>,
    /// References that nothing here gives a value, such as `var.catalog`, sorted.
    pub unknown: Vec<String>,
}

/// One job.
#[derive(Debug, Clone, Default)]
pub struct Job {
    /// Its key in the bundle.
    pub key: String,
    /// Its name, else its key.
    pub name: String,
    /// Description.
    pub description: String,
    /// Where it is declared.
    pub place: Option<Place>,
    /// Tags as `key=value`, or `key` alone.
    pub tags: Vec<String>,
    /// Who looks after it, and how that is known.
    pub owners: Vec<Owner>,
    /// When it runs, in a few words; nothing if only by hand.
    pub trigger: Option<String>,
    /// Its tasks, in file order.
    pub tasks: Vec<Task>,
}

/// One task of a job.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Task {
    /// Its key.
    pub key: String,
    /// Keys of the tasks it waits for.
    pub depends_on: Vec<String>,
    /// What it runs.
    pub runs: Runs,
    /// Parameters of what it runs: its own, and those of the job in front of them.
    pub parameters: Given,
    /// What it runs on.
    pub compute: Option<Compute>,
    /// Where it is declared.
    pub place: Option<Place>,
}

/// What a task runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Runs {
    /// A file of this folder: a notebook, a query, a program.
    File {
        /// `notebook`, `SQL file`, `Python file`.
        sort: &'static str,
        /// Its path below the root.
        path: String,
    },
    /// A dbt project of this folder.
    Dbt {
        /// Its folder below the root.
        folder: String,
        /// What is called, in order.
        commands: Vec<String>,
    },
    /// A pipeline of the bundle, by key.
    Pipeline(String),
    /// Another job of the bundle, by key.
    Job(String),
    /// A dashboard or an alert of the bundle, by key.
    Board(String),
    /// Something that lies elsewhere, in a few words.
    Elsewhere(String),
    /// Nothing that is known.
    #[default]
    Unknown,
}

/// What a task runs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compute {
    /// A cluster of the job, by key; `None` is one of the task alone.
    JobCluster(Option<String>),
    /// A cluster that is there anyway, by id.
    AllPurpose(String),
    /// Compute that nobody sets up.
    Serverless,
    /// A SQL warehouse, by id.
    Warehouse(String),
}

impl Compute {
    /// What it is, in a few words.
    pub fn words(&self) -> String {
        match self {
            Self::JobCluster(Some(key)) => format!("job cluster {key}"),
            Self::JobCluster(None) => "a cluster of its own".to_owned(),
            Self::AllPurpose(id) => format!("all-purpose cluster {id}"),
            Self::Serverless => "serverless".to_owned(),
            Self::Warehouse(id) => format!("warehouse {id}"),
        }
    }
}

/// One pipeline: tables that are kept up to date from declarations.
#[derive(Debug, Clone, Default)]
pub struct Pipeline {
    /// Its key in the bundle.
    pub key: String,
    /// Its name, else its key.
    pub name: String,
    /// Where it is declared.
    pub place: Option<Place>,
    /// Catalog it writes to, where that is known.
    pub catalog: Option<String>,
    /// Schema it writes to, where that is known.
    pub schema: Option<String>,
    /// Files of this folder that declare its tables, sorted.
    pub files: Vec<String>,
    /// Settings that its files may ask for.
    pub configuration: Given,
    /// Libraries that are not in this folder, as written.
    pub elsewhere: Vec<String>,
    /// How it runs: `serverless`, `continuous`, `development`.
    pub modes: Vec<&'static str>,
    /// Tags as `key=value`, or `key` alone.
    pub tags: Vec<String>,
    /// Who looks after it, and how that is known.
    pub owners: Vec<Owner>,
}

/// A dashboard or an alert that a bundle deploys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Board {
    /// Its key in the bundle.
    pub key: String,
    /// Its title.
    pub name: Option<String>,
    /// Path of its file below the root, or key of the query that stands in the bundle itself.
    pub path: Option<String>,
    /// Catalog in which its datasets look names up.
    pub catalog: Option<String>,
    /// Schema in which its datasets look names up.
    pub schema: Option<String>,
    /// Who looks after it, and how that is known.
    pub owners: Vec<Owner>,
}
