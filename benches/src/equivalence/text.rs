//! Pairs written as SQL.

use std::{fs, path::Path};

use plumb_base::{Coverage, Name, TableName};
use plumb_canon::{Column, Facts, Ground, Reference};
use plumb_ir::{Arena, Catalog, KnownColumn, RelId, Schema, Type};
use plumb_resolve::{Around, Resolved, data_type, resolve};
use plumb_syntax::sql::{
    Dialect, parse,
    tree::{StatementKind, TypeName},
};
use serde_json::Value;

use super::Pair;

/// Reads both queries of a row, with the tables that the folder declares.
pub(crate) fn pair(arena: &mut Arena, row: &Value, folder: &Path) -> Result<Pair, String> {
    let tables = Tables::read(folder, Dialect::plain());
    let mut side = |key: &str| {
        let text = row[key].as_str().ok_or_else(|| format!("no `{key}`"))?;
        query(arena, text, &tables).map(|query| query.rel)
    };
    let (left, right) = (side("sql1")?, side("sql2")?);
    Ok(Pair { left, right, facts: tables.facts })
}

/// The plan of a text of which every part has a known meaning.
pub(super) fn whole(arena: &mut Arena, text: &str, tables: &Tables) -> Result<RelId, String> {
    let resolved = query(arena, text, tables)?;
    if resolved.coverage == Coverage::Read {
        return Ok(resolved.rel);
    }
    let problems: Vec<&str> = resolved.problems.iter().map(|it| it.message.as_str()).collect();
    Err(format!("{}: {text}", problems.join(", ")))
}

fn query(arena: &mut Arena, text: &str, tables: &Tables) -> Result<Resolved, String> {
    let dialect = tables.dialect;
    let parsed = parse(text, dialect);
    if let Some(problem) = parsed.problems.first() {
        return Err(format!("{}: {text}", problem.message));
    }
    let Some(StatementKind::Query(query)) = parsed.statements.first().map(|it| &it.kind) else {
        return Err(format!("no query: {text}"));
    };
    let around =
        Around { catalog: tables, dialect, holes: &[], functions: &|_, _| None, owner: text };
    Ok(resolve(query, arena, &around))
}

/// Tables by name, and what their declarations promise.
pub(super) struct Tables {
    dialect: &'static Dialect,
    schemas: Vec<Schema>,
    pub(super) facts: Facts,
}

impl Tables {
    /// What the `.sql` files of a folder declare.
    pub(super) fn read(folder: &Path, dialect: &'static Dialect) -> Self {
        let mut tables = Self { dialect, schemas: Vec::new(), facts: Facts::assuming_one_type() };
        let Ok(files) = fs::read_dir(folder) else { return tables };
        let mut paths: Vec<_> = files.flatten().map(|file| file.path()).collect();
        paths.sort();
        for path in paths {
            let Some("sql") = path.extension().and_then(|it| it.to_str()) else { continue };
            tables.declare(&fs::read_to_string(&path).unwrap_or_default());
        }
        tables
    }

    /// What one text declares.
    pub(super) fn declared(text: &str, dialect: &'static Dialect) -> Self {
        let mut tables = Self { dialect, schemas: Vec::new(), facts: Facts::default() };
        tables.declare(text);
        tables
    }

    /// Forgets which columns identify rows, and which point to other tables.
    pub(super) fn forget_keys(&mut self) {
        for schema in &self.schemas {
            let facts = self.facts.table(&schema.table);
            facts.keys.clear();
            facts.references.clear();
        }
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
                ["--" | "(" | ");" | ")", ..] | [] => {}
                ["primary" | "unique", ..] => self.key(&table, &line),
                [name, of, ..] => self.column(&table, name, of, &line),
                [_] => {}
            }
        }
    }

    /// A line that names the columns of a key.
    fn key(&mut self, table: &str, line: &str) {
        let Some((word, columns)) = line.split_once('(') else { return };
        let columns = columns.trim_end_matches(')').split(',').map(|it| it.trim().to_owned());
        let columns: Vec<String> = columns.collect();
        let facts = self.facts.table(table);
        if word.starts_with("primary") {
            for name in &columns {
                if let Some(column) = facts.columns.get_mut(name) {
                    column.not_null = Some(Ground::ENFORCED);
                }
            }
        }
        facts.keys.push((columns, Ground::ENFORCED));
    }

    fn column(&mut self, table: &str, name: &str, of: &str, line: &str) {
        let data_type = match of.split('(').next() {
            Some("varchar") => Type::Text,
            _ => data_type(&TypeName(of.to_owned()), self.dialect.name),
        };
        if let Some(schema) = self.schemas.last_mut() {
            let column = KnownColumn { name: Name::new(name), data_type: data_type.clone() };
            schema.columns.push(column);
        }
        let facts = self.facts.table(table);
        let primary = line.contains("primary key");
        let not_null = (primary || line.contains("not null")).then_some(Ground::ENFORCED);
        facts.columns.insert(name.to_owned(), Column { data_type, not_null });
        if primary || line.contains(" unique") {
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
