//! What the rows of a table keep, as its declaration says.

use super::{Ident, RelationName};
use crate::Span;

/// Something that holds of the rows of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    /// What holds.
    pub rule: RowRule,
    /// Its name, or that of its index, where it has one.
    pub name: Option<Ident>,
    /// Whether it is said that rows may break it: `NOT ENFORCED`, `NOT VALID`.
    pub unchecked: bool,
    /// Where.
    pub span: Span,
}

/// What holds of the rows of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowRule {
    /// No two rows have the same values in these columns, where none of them is NULL.
    Unique(Vec<Ident>),
    /// The same, and none of them is NULL.
    PrimaryKey(Vec<Ident>),
    /// A column is never NULL.
    NotNull(Ident),
    /// Values of these columns, where none of them is NULL, are found elsewhere.
    References {
        /// Columns here.
        columns: Vec<Ident>,
        /// The other table.
        to: RelationName,
        /// Columns there, in the same order; the primary key where none is named.
        to_columns: Vec<Ident>,
    },
}

/// What `ALTER TABLE` changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// What rows keep from here on.
    pub adds: Vec<Constraint>,
    /// Whether the columns may be others.
    pub columns: bool,
    /// Whether rows may break what was said of them before.
    pub frees: bool,
}
