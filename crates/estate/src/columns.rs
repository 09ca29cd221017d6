//! Columns of tables that take part in others.

use plumb_base::{Flow, Name};

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// Key of the table.
    pub table: Name,
    /// Name of the column; `*` where it is not known which.
    pub column: Name,
    /// How it takes part.
    pub flow: Flow,
    /// Whether nobody could tell the value from what became of it: a hash, a count.
    pub masked: bool,
}
