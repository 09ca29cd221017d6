//! What a project promises of its data: tests that are run, and constraints that are declared.

use serde_json::{Map, Value};

use crate::Place;

/// A test of a node or of one of its columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Test {
    /// Its name: `unique`, `dbt_utils.unique_combination_of_columns`, …
    pub name: String,
    /// Its arguments, as written.
    pub arguments: Map<String, Value>,
    /// The condition on the rows that it looks at; without one it looks at all.
    pub rows: Option<String>,
    /// Whether a failure stops a run.
    pub severity: TestSeverity,
    /// Where it stands.
    pub place: Option<Place>,
}

/// What a failing test does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TestSeverity {
    /// The first row that fails is an error.
    #[default]
    Error,
    /// A failure is a warning, or some rows may fail.
    Lenient,
}

/// A constraint of a contract.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Constraint {
    /// `primary_key`, `foreign_key`, `unique`, `not_null`, `check`, `custom`.
    pub kind: String,
    /// Its columns; those of a column are that column.
    pub columns: Vec<String>,
    /// What it says beside that, as written.
    pub expression: Option<String>,
    /// What a foreign key points to, such as `ref('customers')`.
    pub to: Option<String>,
    /// Columns there.
    pub to_columns: Vec<String>,
    /// Where it stands.
    pub place: Option<Place>,
}
