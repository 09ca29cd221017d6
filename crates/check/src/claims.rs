//! What is claimed of tables.

use std::collections::BTreeMap;

use plumb_ir::Type;

/// What is claimed of tables. What is not said is not known.
#[derive(Debug, Clone, Default)]
pub struct Claims {
    /// By the name under which they are scanned.
    pub tables: BTreeMap<String, TableClaims>,
    /// Whether what is compared with `=` may be taken to have one type where types are not known.
    pub one_type: bool,
    /// Whether no number is NaN, so that of two numbers one is at least the other.
    pub no_nan: bool,
}

/// What is claimed of a table.
#[derive(Debug, Clone, Default)]
pub struct TableClaims {
    /// Types of columns, and whether they are never NULL.
    pub columns: BTreeMap<String, (Type, bool)>,
    /// Columns that no two rows share, where none of them is NULL.
    pub keys: Vec<Vec<String>>,
    /// Columns that point to a row of another table.
    pub references: Vec<Reference>,
}

/// Columns that point to a row of another table, where none of them is NULL.
#[derive(Debug, Clone)]
pub struct Reference {
    /// The columns.
    pub columns: Vec<String>,
    /// The table they point to.
    pub table: String,
    /// Its columns, one for each.
    pub to: Vec<String>,
}
