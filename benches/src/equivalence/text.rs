//! Pairs written as SQL.

use std::{fs, path::Path};

use plumb_base::{Name, TableName};
use plumb_canon::{Column, Facts, Ground, Reference};
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
    let (left, right) = (side("sql1")?, side("sql2")?);
    Ok(Pair { left, right, facts: tables.facts })
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

/// Tables by name, and what their declarations promise.
struct Tables {
    schemas: Vec<Schema>,
    facts: Facts,
}

impl Tables {
    /// What the `.sql` files of a folder declare.
    fn read(folder: &Path) -> Self {
        let facts = Facts::assuming_one_type();
        let mut tables = Self { schemas: Vec::new(), facts };
        let Ok(files) = fs::read_dir(folder) else { return tables };
        let mut paths: Vec<_> = files.flatten().map(|file| file.path()).collect();
        paths.sort();
        for path in paths {
            let Some("sql") = path.extension().and_then(|it| it.to_str()) else { continue };
            tables.declare(&fs::read_to_string(&path).unwrap_or_default());
        }
        tables
    }

    /// One column a line, as these files are written.
    fn declare(&mut self, text: &str) {
        let mut table = String::new();
        for line in text.lines() {
            let line = line.trim().trim_end_matches(',').replace('`', "").to_lowercase();
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                ["create", "table", name, ..] => {
                    table = String::from(*name);
                    self.schemas.push(Schema { table: table.clone(), ..Schema::default() });
                }
                ["(" | ");" | ")", ..] | [] => {}
                [name, of, ..] => self.column(&table, name, of, &line),
                [_] => {}
            }
        }
    }

    fn column(&mut self, table: &str, name: &str, of: &str, line: &str) {
        let data_type = match of.split('(').next() {
            Some("int") => Type::Int(32),
            Some("tinyint") => Type::Int(8),
            Some("varchar") => Type::Text,
            _ => Type::Unknown,
        };
        if let Some(schema) = self.schemas.last_mut() {
            let column = KnownColumn { name: Name::new(name), data_type: data_type.clone() };
            schema.columns.push(column);
        }
        let facts = self.facts.table(table);
        let primary = line.contains("primary key");
        let not_null = (primary || line.contains("not null")).then_some(Ground::ENFORCED);
        facts.columns.insert(name.to_owned(), Column { data_type, not_null });
        if primary {
            facts.keys.push((vec![name.to_owned()], Ground::ENFORCED));
        }
        if let Some((_, target)) = line.split_once("references ")
            && let Some((table, column)) = target.split_once('(')
        {
            facts.references.push(Reference {
                columns: vec![name.to_owned()],
                table: table.trim().to_owned(),
                to: vec![column.trim_end_matches(')').to_owned()],
                ground: Ground::ENFORCED,
            });
        }
    }
}

impl Catalog for Tables {
    fn table(&self, name: &TableName) -> Option<Schema> {
        let name = name.table().trim_matches('"').to_lowercase();
        self.schemas.iter().find(|schema| schema.table == name).cloned()
    }
}
