//! What is promised of the rows of an asset: keys, foreign keys, columns without NULL, accepted values.

use plumb_base::{Name, Place};
use plumb_syntax::sql::Dialect;

/// Why a promise may be believed, the strongest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trust {
    /// It is written down; nobody checks it.
    Declared,
    /// A test checks it after the table is built.
    Tested,
    /// The platform refuses rows that break it.
    Enforced,
}

impl Trust {
    /// Who looks after a constraint: not every platform that takes one refuses a row that breaks it.
    pub(crate) fn of(constraint: &str, dialect: &Dialect) -> Self {
        match (constraint, dialect.name) {
            ("not_null", _) | (_, "postgres" | "duckdb") => Self::Enforced,
            _ => Self::Declared,
        }
    }

    /// The word that is printed.
    pub fn word(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Tested => "tested",
            Self::Enforced => "enforced",
        }
    }
}

/// What is promised of the rows of an asset, each in the order in which it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Promises {
    /// Columns whose values occur once.
    pub keys: Vec<Key>,
    /// Columns whose values occur elsewhere.
    pub foreign_keys: Vec<ForeignKey>,
    /// Columns without NULL.
    pub not_null: Vec<NotNull>,
    /// Columns with few values.
    pub accepted_values: Vec<AcceptedValues>,
}

/// Columns whose values occur once, together; rows in which one of them is NULL are not spoken of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its columns, as written.
    pub columns: Vec<Name>,
    /// Why it may be believed.
    pub trust: Trust,
    /// Where it is promised.
    pub place: Option<Place>,
}

/// Columns whose values, where they are not NULL, are found in another asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
    /// Its columns.
    pub columns: Vec<Name>,
    /// Key of the asset it points to.
    pub to: String,
    /// Columns there, in the order of its own.
    pub to_columns: Vec<Name>,
    /// Why it may be believed.
    pub trust: Trust,
    /// Where it is promised.
    pub place: Option<Place>,
}

/// A column without NULL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotNull {
    /// The column.
    pub column: Name,
    /// Why it may be believed.
    pub trust: Trust,
    /// Where it is promised.
    pub place: Option<Place>,
}

/// A column whose values, where they are not NULL, are of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedValues {
    /// The column.
    pub column: Name,
    /// The values, as written.
    pub values: Vec<String>,
    /// Why it may be believed.
    pub trust: Trust,
    /// Where it is promised.
    pub place: Option<Place>,
}
