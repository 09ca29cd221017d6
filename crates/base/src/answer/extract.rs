//! `plumb extract-kit`: what to export of a platform, and how.

use serde::{Deserialize, Serialize};

/// Queries that export exactly what is read of a platform.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Extract {
    /// The platform, as it is typed.
    pub platform: String,
    /// Days back from today.
    pub days: u32,
    /// What must be known before: rights, the session, how rows become files. A sentence each.
    pub notes: Vec<String>,
    /// Commands that come before the queries.
    pub before: Vec<String>,
    /// Files, the most telling first.
    pub files: Vec<ExtractFile>,
}

/// One file of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtractFile {
    /// What it should be called, without its ending.
    pub name: String,
    /// Where its rows come from.
    pub from: String,
    /// What they are good for.
    pub why: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// The query that gives them.
    pub query: String,
}
