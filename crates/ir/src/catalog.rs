//! What is known of tables before a statement is resolved.

use plumb_base::{Name, TableName};

use crate::Type;

/// A column that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownColumn {
    /// Its name.
    pub name: Name,
    /// Its type, if known.
    pub data_type: Type,
}

/// The columns of a table, as far as they are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    /// Spelling under which the table is scanned; one table has one, however it is written.
    pub table: String,
    /// Known columns, in order if `open` is false.
    pub columns: Vec<KnownColumn>,
    /// Whether there may be more columns than are listed.
    pub open: bool,
}

impl Schema {
    /// Whether a column of this name is known.
    pub fn has(&self, name: &Name) -> bool {
        self.columns.iter().any(|column| column.name == *name)
    }
}

/// Answers what is known of a table.
pub trait Catalog {
    /// The schema of a table as a statement names it; `None` if nothing is known of it.
    fn table(&self, name: &TableName) -> Option<Schema>;

    /// Whether a name is that of a variable, where no column has it.
    fn is_variable(&self, _name: &Name) -> bool {
        false
    }
}
