//! What exports of an information schema say of the tables that the code names.

use std::collections::BTreeMap;

use plumb_base::{
    Name, TableName,
    answer::Using,
    record::{Found, TableInfo},
};
use plumb_ir::{KnownColumn, Schema};
use plumb_resolve::data_type;
use plumb_syntax::sql::{Dialect, tree::TypeName};

use crate::{
    asset::AssetKind,
    read::{Gathered, Options},
};

/// A table of the warehouse, in the words of the code.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    name: TableName,
    /// Its columns; none where only the table is listed.
    pub(crate) columns: Vec<KnownColumn>,
    /// What is said of columns, by name.
    pub(crate) comments: BTreeMap<Name, String>,
    pub(crate) rows: Option<u64>,
    pub(crate) bytes: Option<u64>,
}

/// Reads the exports, and says which were found.
pub(crate) fn read(found: &Found, options: &Options, gathered: &mut Gathered) -> Vec<Told> {
    let mut files: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for table in &found.tables {
        for (rank, path) in table.paths.iter().enumerate() {
            let (tables, columns) = files.entry(path).or_default();
            *tables += 1;
            *columns += if rank == 0 { table.columns.len() } else { 0 };
        }
    }
    for (path, (tables, columns)) in files {
        gathered.using.push(Using {
            what: "schema export".to_owned(),
            path: path.to_owned(),
            detail: match columns {
                0 => format!("sizes of {tables} tables"),
                _ => format!("{tables} tables, {columns} columns"),
            },
        });
    }
    found.tables.iter().map(|table| told(table, options)).collect()
}

fn told(table: &TableInfo, options: &Options) -> Told {
    let named = table.dialect.or(options.dialect.as_deref()).and_then(Dialect::named);
    let dialect = named.unwrap_or(Dialect::plain());
    // A warehouse writes names as it keeps them; of one that is not known, case says nothing.
    let kept = named.is_some();
    let parts = [table.catalog.as_deref(), table.schema.as_deref(), Some(&table.name)];
    let parts = parts.into_iter().flatten().map(|part| dialect.table_part(part, kept));
    let name = |column: &str| dialect.column_name(column, kept);
    let column = |column: &plumb_base::record::ColumnInfo| KnownColumn {
        name: name(&column.name),
        data_type: data_type(&TypeName(column.data_type.to_lowercase()), dialect.name),
    };
    let comments = table.columns.iter().filter(|column| !column.comment.is_empty());
    Told {
        name: TableName(parts.collect()),
        columns: table.columns.iter().map(column).collect(),
        comments: comments.map(|column| (name(&column.name), column.comment.clone())).collect(),
        rows: table.rows,
        bytes: table.bytes,
    }
}

/// Finds the tables that the code names among those of the warehouse, and closes the schemas of those that it does not
/// build.
pub(crate) fn close(told: Vec<Told>, gathered: &mut Gathered) {
    if told.is_empty() {
        return;
    }
    let mut by_last: BTreeMap<String, Vec<Told>> = BTreeMap::new();
    for table in told {
        by_last.entry(table.name.table().to_owned()).or_default().push(table);
    }
    let find = |name: &TableName| {
        let mut fitting = by_last.get(name.table())?.iter().filter(|table| fits(&table.name, name));
        let first = fitting.next()?;
        fitting.next().is_none().then_some(first)
    };
    let mut told: BTreeMap<String, Told> = BTreeMap::new();
    for (name, key) in gathered.names.all() {
        // Of two that share a name, it is not known which one the warehouse speaks of.
        let Some(table) = find(name).filter(|_| !gathered.contested.contains(key)) else {
            continue;
        };
        told.entry(key.to_owned()).or_insert_with(|| table.clone());
    }
    for (key, table) in &told {
        let Some(draft) = gathered.drafts.get(key) else { continue };
        let is_read = draft.statement.is_none() && draft.asset.kind == AssetKind::Source;
        let known = gathered.names.schemas.get_mut(key);
        match known {
            // What the code declares itself is closed already; only types may be missing.
            Some(known) if !is_read || !known.open => typed(known, table),
            _ if is_read && !table.columns.is_empty() => {
                let columns = table.columns.clone();
                let schema = Schema { table: key.clone(), columns, open: false };
                gathered.names.schemas.insert(key.clone(), schema);
            }
            _ => {}
        }
    }
    gathered.names.told = told;
}

/// Whether a table of the warehouse may be what the code names: either leaves outer parts out, and of the code's a
/// template may give some that are not known here.
fn fits(stored: &TableName, named: &TableName) -> bool {
    let unknown = |part: &Name| part.as_str().contains(['(', '|', '{']);
    let mut pairs = stored.0.iter().rev().zip(named.0.iter().rev());
    pairs.all(|(stored, named)| stored == named || unknown(named))
}

/// Fills in the types that are not known.
pub(crate) fn typed(schema: &mut Schema, table: &Told) {
    for column in &mut schema.columns {
        if column.data_type == plumb_ir::Type::Unknown
            && let Some(told) = table.columns.iter().find(|told| told.name == column.name)
        {
            column.data_type = told.data_type.clone();
        }
    }
}
