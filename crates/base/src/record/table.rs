//! What a warehouse says of its tables: rows of an information schema.

/// One table or view.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableInfo {
    /// Catalog (database, project), as stored.
    pub catalog: Option<String>,
    /// Schema (dataset), as stored.
    pub schema: Option<String>,
    /// Name, as stored.
    pub name: String,
    /// `BASE TABLE`, `VIEW`, as stored.
    pub kind: Option<String>,
    /// Rows, where that is told.
    pub rows: Option<u64>,
    /// Size in bytes, where that is told.
    pub bytes: Option<u64>,
    /// Columns in order; none where only the table was listed.
    pub columns: Vec<ColumnInfo>,
    /// Name of the dialect whose information schema looks like this, where that is told.
    pub dialect: Option<&'static str>,
    /// Paths of the files that list it; the columns are those of the first.
    pub paths: Vec<String>,
}

/// One column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnInfo {
    /// Name, as stored.
    pub name: String,
    /// Type, as the warehouse spells it.
    pub data_type: String,
    /// Comment, where there is one.
    pub comment: String,
}
