//! Cases of the pages of rewrites: before, after, and the normal form, over databases that ask something of them.

#[path = "../../../crates/canon/tests/pages/known.rs"]
mod known;

use std::collections::BTreeMap;

use plumb_canon::{Canonicalizer, Facts, Rewrite, rewrites};
use plumb_eval::{Column, Database, Effort, Side, Value};
use plumb_ir::{Arena, RelId, Type, text::parse_rel};
use serde_json::{Value as Json, json};

use super::{unparsed, written};
use crate::Fault;

/// Databases of a case.
const DATABASES: usize = 6;

pub(super) fn run() -> Result<(), Fault> {
    for rewrite in rewrites() {
        for case in cases(rewrite) {
            for told in lines(rewrite.name, &case)? {
                println!("{told}");
            }
        }
    }
    Ok(())
}

struct Case {
    title: String,
    facts: Facts,
    before: String,
    after: String,
}

/// Cases of a page; what a rewrite leaves alone is its own `after`.
fn cases(rewrite: &Rewrite) -> Vec<Case> {
    let (mut cases, mut title, mut facts) = (Vec::new(), String::new(), Facts::default());
    let (mut before, mut fence) = (String::new(), None::<(String, String)>);
    for line in rewrite.page.lines() {
        match (&mut fence, line) {
            (Some((kind, body)), "```") => {
                let (title, facts_now) = (title.clone(), facts.clone());
                match kind.as_str() {
                    "facts" => facts = known::facts(body),
                    "before" => before.clone_from(body),
                    "after" => {
                        let (before, after) = (before.clone(), body.clone());
                        cases.push(Case { title, facts: facts_now, before, after });
                    }
                    "same" => {
                        let (before, after) = (body.clone(), body.clone());
                        cases.push(Case { title, facts: facts_now, before, after });
                    }
                    _ => {}
                }
                fence = None;
            }
            (Some((_, body)), _) => {
                body.push_str(line);
                body.push('\n');
            }
            (None, _) => {
                if let Some(text) = line.strip_prefix("## ") {
                    (title, facts) = (text.to_owned(), Facts::default());
                } else if let Some(kind) = line.strip_prefix("```") {
                    fence = Some((kind.to_owned(), String::new()));
                }
            }
        }
    }
    cases
}

fn lines(name: &str, case: &Case) -> Result<Vec<Json>, Fault> {
    let mut arena = Arena::new();
    let before = parse_rel(&mut arena, &case.before).map_err(|error| error.to_string())?;
    let after = parse_rel(&mut arena, &case.after).map_err(|error| error.to_string())?;
    let normal = Canonicalizer::knowing(case.facts.clone()).canonical(&mut arena, before);
    let same: Vec<u32> = (0..).take(normal.columns.len()).collect();
    let all =
        [("plan", before, &same), ("after", after, &same), ("normal", normal.rel, &normal.columns)];
    let query = |(of, rel, outputs): (&str, RelId, &Vec<u32>)| match unparsed(&arena, rel, outputs)
    {
        Ok((sql, _)) => json!({ "of": of, "sql": sql }),
        Err(why) => json!({ "of": of, "skipped": why }),
    };
    let queries: Vec<Json> = all.map(query).into();
    let known = plumb_prove::constraints(&case.facts);
    let side = |rel, outputs| Side { rel, outputs };
    let (left, right) = (side(before, &same), side(normal.rel, &normal.columns));
    let mut databases = plumb_eval::databases(
        &arena,
        left,
        right,
        &known,
        Effort { databases: 60, ..Effort::default() },
    );
    databases.truncate(DATABASES);
    let types = types(&databases);
    for database in &databases {
        let (one, two) = (side(before, &same), side(after, &same));
        let budget = Effort::default().budget;
        if let Ok(Some(found)) = plumb_eval::refuted_on(&arena, one, two, database, budget) {
            return Err(format!("{name}, {}: {found:?}", case.title).into());
        }
    }
    let line = |database: &Database| {
        let type_of = |table: &str, column: &Column| {
            types.get(&(table.to_owned(), column.name.clone())).cloned().unwrap_or(Type::Text)
        };
        let mut bare = database.clone();
        bare.tables.values_mut().for_each(|table| table.rows.clear());
        json!({
            "seed": format!("{name}, {}", case.title),
            "tables": written(&bare, &type_of),
            "inserts": plumb_eval::inserts(database),
            "queries": queries,
        })
    };
    Ok(databases.iter().map(line).collect())
}

/// Types of columns: what is declared, else what their values are.
fn types(databases: &[Database]) -> BTreeMap<(String, String), Type> {
    let mut types = BTreeMap::new();
    for (name, table) in databases.iter().flat_map(|database| &database.tables) {
        for (at, column) in table.columns.iter().enumerate() {
            let key = (name.clone(), column.name.clone());
            if column.data_type != Type::Unknown {
                types.insert(key, column.data_type.clone());
                continue;
            }
            for found in table.rows.iter().filter_map(|row| type_of(&row[at])) {
                let wide = types.get(&key).is_some_and(|known| matches!(known, Type::Decimal(_)));
                if !wide {
                    types.insert(key.clone(), found);
                }
            }
        }
    }
    types
}

fn type_of(value: &Value) -> Option<Type> {
    Some(match value {
        Value::Bool(_) => Type::Bool,
        Value::Number(number) if number.as_whole().is_some() => Type::Int(64),
        Value::Number(_) => Type::Decimal(None),
        Value::Text(_) => Type::Text,
        Value::Date(_) => Type::Date,
        Value::Timestamp(_) => Type::Timestamp,
        Value::Null | Value::Interval(_) | Value::Symbol(_) => return None,
    })
}
