//! Pairs written as SQL.

use std::{fs, path::Path};

use plumb_base::TableName;
use plumb_ir::{Arena, Catalog, KnownColumn, RelId, Schema, Type};
use plumb_resolve::{Around, resolve};
use plumb_syntax::sql::{Dialect, parse, tree::StatementKind};
use serde_json::Value;

use super::Pair;

/// Reads both queries of a row, with the tables that the folder declares.
pub(crate) fn pair(arena: &mut Arena, row: &Value, folder: &Path) -> Result<Pair, String> {
    let tables = Tables::read(folder);
    let mut side = |key: &str| {
        let text = row[key].as_str().ok_or_else(|| format!("no `{key}`"))?;
        query(arena, text, &tables)
    };
    Ok(Pair { left: side("sql1")?, right: side("sql2")? })
}

fn query(arena: &mut Arena, text: &str, tables: &Tables) -> Result<RelId, String> {
    let dialect = Dialect::plain();
    let parsed = parse(text, dialect);
    if let Some(problem) = parsed.problems.first() {
        return Err(format!("{}: {text}", problem.message));
    }
    let Some(StatementKind::Query(query)) = parsed.statements.first().map(|it| &it.kind) else {
        return Err(format!("no query: {text}"));
    };
    let around = Around { catalog: tables, dialect, holes: &[], owner: text };
    Ok(resolve(query, arena, &around).rel)
}

/// Tables by name.
struct Tables(Vec<Schema>);

impl Tables {
    /// What the `.sql` files of a folder declare.
    fn read(folder: &Path) -> Self {
        let mut tables = Vec::new();
        let Ok(files) = fs::read_dir(folder) else { return Self(tables) };
        let mut paths: Vec<_> = files.flatten().map(|file| file.path()).collect();
        paths.sort();
        for path in paths {
            let Some("sql") = path.extension().and_then(|it| it.to_str()) else { continue };
            let text = fs::read_to_string(&path).unwrap_or_default();
            for statement in parse(&text, Dialect::plain()).statements {
                let StatementKind::Declare { target, columns } = statement.kind else { continue };
                let column = |(name, _): (plumb_syntax::sql::tree::Ident, _)| KnownColumn {
                    name: name.name,
                    data_type: Type::Unknown,
                };
                let table = target.name.to_string();
                let columns = columns.into_iter().map(column).collect();
                tables.push(Schema { table, columns, open: false });
            }
        }
        Self(tables)
    }
}

impl Catalog for Tables {
    fn table(&self, name: &TableName) -> Option<Schema> {
        let name = name.table().trim_matches('"').to_lowercase();
        self.0.iter().find(|schema| schema.table == name).cloned()
    }
}
