//! Dashboards and saved queries as their tools export them: each text with its place in the export.

use std::sync::Arc;

use crate::{MappedText, Owner, Place, Source, Span};

/// Which tool a dashboard is made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tool {
    /// Databricks AI/BI, before that called Lakeview.
    DatabricksAiBi,
    /// Databricks SQL as it was before, and Redash, which it came from.
    DatabricksSql,
    /// Apache Superset.
    Superset,
    /// Metabase.
    Metabase,
}

impl Tool {
    /// Its name, as people say it.
    pub fn word(self) -> &'static str {
        match self {
            Self::DatabricksAiBi => "Databricks AI/BI",
            Self::DatabricksSql => "Databricks SQL",
            Self::Superset => "Superset",
            Self::Metabase => "Metabase",
        }
    }
}

/// What a dashboard is, beside a dashboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// A page, or several, of tiles.
    Dashboard,
    /// A chart that stands on no dashboard of the export.
    Chart,
}

impl Sort {
    /// The word that is printed.
    pub fn word(self) -> &'static str {
        match self {
            Self::Dashboard => "dashboard",
            Self::Chart => "chart",
        }
    }
}

/// One dashboard.
#[derive(Debug, Clone)]
pub struct Dashboard {
    /// The tool it is made with.
    pub tool: Tool,
    /// What it is.
    pub sort: Sort,
    /// Path of its file; with `#` and an id where a file holds several.
    pub key: String,
    /// Its title.
    pub name: String,
    /// Description.
    pub description: String,
    /// Where it stands.
    pub place: Place,
    /// Owners, and how that is known.
    pub owners: Vec<Owner>,
    /// Tags.
    pub tags: Vec<String>,
    /// Datasets that only it has.
    pub datasets: Vec<Dataset>,
    /// What it shows, in file order.
    pub tiles: Vec<Tile>,
}

/// One dataset: a query that is saved under a name, of one dashboard or of many.
#[derive(Debug, Clone)]
pub struct Dataset {
    /// The tool it is made with.
    pub tool: Tool,
    /// Path of its file; with `#` and an id where a file holds several.
    pub key: String,
    /// Its title.
    pub title: String,
    /// What it is in the words of its tool, such as `dataset`, `question`, `alert`.
    pub sort: &'static str,
    /// Description.
    pub description: String,
    /// The file it stands in.
    pub source: Arc<Source>,
    /// Where it stands.
    pub place: Place,
    /// What it reads.
    pub body: Body,
    /// What its text leaves open.
    pub parameters: Vec<Parameter>,
    /// Values that are declared on it for others to use: metrics, computed columns.
    pub measures: Vec<Field>,
    /// Engine or adapter it is written for, where the export says so.
    pub engine: Option<String>,
    /// Catalog in which its names are looked up, where it says so.
    pub catalog: Option<String>,
    /// Schema in which its names are looked up, where it says so.
    pub schema: Option<String>,
    /// Owners, and how that is known.
    pub owners: Vec<Owner>,
    /// Tags.
    pub tags: Vec<String>,
}

/// What a dataset reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// What a text says; without the escapes and the indentation of the file.
    Sql(MappedText),
    /// A table as it is; outer parts of its name first.
    Table(Vec<String>),
    /// Something put together with the mouse: what it reads is known, what it computes is not.
    Editor {
        /// Tables; outer parts of a name first.
        tables: Vec<Vec<String>>,
        /// Keys of other datasets.
        datasets: Vec<String>,
    },
    /// Nothing: the export has no text for it.
    Missing,
}

/// What a text leaves open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// How the text names it.
    pub keyword: String,
    /// Its type, in the words of the tool.
    pub kind: String,
    /// What it is unless somebody chooses.
    pub default: Option<String>,
    /// What takes its place.
    pub stands: Stands,
}

/// What takes the place of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stands {
    /// A value that somebody chooses.
    Value,
    /// This text.
    Text(String),
    /// The dataset of this key.
    Dataset(String),
    /// The table of this name; outer parts first.
    Table(Vec<String>),
}

/// One tile: a chart, a number, a table, a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// Its title; empty where it has none.
    pub title: String,
    /// What it is, in the words of the tool.
    pub kind: String,
    /// Key of the dataset it shows.
    pub dataset: Option<String>,
    /// What it shows of it.
    pub fields: Vec<Field>,
    /// Path of the file it stands in.
    pub path: String,
    /// Where it stands.
    pub span: Span,
}

/// A value over the columns of a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// How it is named.
    pub name: String,
    /// What it is, as text; made from parts where the tool keeps it in parts.
    pub expression: String,
    /// Where it stands.
    pub span: Span,
}
