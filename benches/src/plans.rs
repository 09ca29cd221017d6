//! `plans`: random plans as SQL for DuckDB, before and after rewriting, and the rows that the evaluator gives.
//!
//! A line is a plan with what it becomes (the same written another way, and its normal form), as JSON; tables
//! stand in the first line that is about them. `oracle/check.py` runs the SQL and compares. The text is for
//! one engine and for the plans that are grown here, unless it is asked to be as people read it.

mod pages;
mod scalar;
mod sql;

use plumb_canon::{Canonicalizer, Facts};
use plumb_eval::{Budget, Column, Database, Meaning, Row, Table, Value};
use plumb_ir::{Arena, RelId, Type};
use plumb_syntax::sql::Dialect;
use plumb_unparse::Wanted;
use serde_json::{Value as Json, json};

use crate::{
    Fault,
    soundness::{self, tables},
};

/// Plans that share their tables, which take an engine longer than a plan.
const SHARED: u64 = 50;

pub(crate) fn run(args: &[&str]) -> Result<(), Fault> {
    let (mut count, mut from, mut write) = (500_u64, 0_u64, for_engine as Write);
    let mut args = args.iter();
    while let Some(&arg) = args.next() {
        match arg {
            "--count" => count = args.next().ok_or("--count needs a number")?.parse()?,
            "--unparsed" => write = unparsed,
            "--pages" => return pages::run(),
            "--seed" => from = args.next().ok_or("--seed needs a number")?.parse()?,
            other => return Err(format!("no option `{other}`").into()),
        }
    }
    let (facts, mut group) = (tables::facts(), None);
    let mut database = Database::default();
    for seed in from..from.saturating_add(count) {
        let mut told = serde_json::Map::from_iter([("seed".to_owned(), json!(seed))]);
        if group.replace(seed / SHARED) != Some(seed / SHARED) {
            database = filled(seed / SHARED);
            told.insert(
                "tables".to_owned(),
                written(&database, &|_, column| column.data_type.clone()),
            );
        }
        match queries(seed, &facts, &database, write) {
            Ok(queries) => told.insert("queries".to_owned(), json!(queries)),
            Err(why) => told.insert("skipped".to_owned(), json!(why)),
        };
        println!("{}", Json::Object(told));
    }
    Ok(())
}

/// Outputs of a plan as text, and the columns of stars as they stand there.
type Write = fn(&Arena, RelId, &[u32]) -> Result<(String, Stars), String>;

#[derive(Clone, Copy)]
enum Stars {
    /// In the order of the tables.
    AsGiven,
    /// In the order of the evaluator.
    ByName,
}

fn for_engine(arena: &Arena, rel: RelId, outputs: &[u32]) -> Result<(String, Stars), String> {
    Ok((sql::statement(arena, rel, outputs)?, Stars::ByName))
}

/// As people read it.
fn unparsed(arena: &Arena, rel: RelId, outputs: &[u32]) -> Result<(String, Stars), String> {
    let dialect = Dialect::named("duckdb").ok_or("no such dialect")?;
    let (fields, open) = crate::unparse::back::outputs(arena, rel);
    if open && !outputs.iter().copied().eq((0..).take(outputs.len())) {
        return Err("columns of a star in another order".to_owned());
    }
    let columns: Vec<_> = if open {
        fields.into_iter().map(|field| (field, None)).collect()
    } else {
        outputs.iter().map(|at| (fields[*at as usize], None)).collect()
    };
    if columns.is_empty() && !open {
        return Err("no columns".to_owned());
    }
    let wanted = Wanted { rel, columns: &columns, open };
    let text = plumb_unparse::unparse(arena, wanted, dialect, &|_| None);
    let stars = if open { Stars::AsGiven } else { Stars::ByName };
    text.map(|text| (text, stars)).map_err(|why| why.to_string())
}

/// A plan and what it becomes, each with its rows, or why there is none.
fn queries(
    seed: u64,
    facts: &Facts,
    database: &Database,
    write: Write,
) -> Result<Vec<Json>, String> {
    let (mut arena, rel) = soundness::plan(seed);
    let twin = soundness::twin(&mut arena, rel, seed);
    let normal = Canonicalizer::knowing(facts.clone()).canonical(&mut arena, rel);
    let same: Vec<u32> = (0..).take(normal.columns.len()).collect();
    let all =
        [("plan", rel, &same), ("twin", twin, &same), ("normal", normal.rel, &normal.columns)];
    let mut queries = Vec::new();
    for (name, rel, outputs) in all {
        let told = query(&arena, (rel, outputs), database, write)
            .map(|(sql, rows)| json!({ "of": name, "sql": sql, "rows": rows }));
        match told {
            Ok(told) => queries.push(told),
            // Nothing to compare with.
            Err(why) if name == "plan" => return Err(why),
            Err(why) => queries.push(json!({ "of": name, "skipped": why })),
        }
    }
    Ok(queries)
}

fn query(
    arena: &Arena,
    (rel, outputs): (RelId, &[u32]),
    database: &Database,
    write: Write,
) -> Result<(String, Vec<Vec<Json>>), String> {
    let (sql, stars) = write(arena, rel, outputs)?;
    let bag = plumb_eval::rows(arena, database, rel, Meaning::BYTES, Budget::default())
        .map_err(|unable| format!("{unable:?}"))?;
    let rows = match stars {
        Stars::AsGiven => bag.rows,
        Stars::ByName => bag.outputs(outputs),
    };
    if rows.iter().any(Vec::is_empty) {
        return Err("no columns".to_owned());
    }
    if rows.iter().flatten().any(Value::is_symbol) {
        return Err("a value that is not known".to_owned());
    }
    Ok((sql, shown(&rows)))
}

/// Tables with rows made up from a seed.
fn filled(seed: u64) -> Database {
    let mut database = Database::default();
    for (at, (name, columns)) in (0..).zip(tables::TABLES) {
        database.tables.insert(name.to_owned(), soundness::rows(seed * 8 + at, name, columns));
    }
    database
}

/// Tables with the types of their columns, and their rows.
fn written(database: &Database, type_of: &dyn Fn(&str, &Column) -> Type) -> Json {
    let table = |name: &str, table: &Table| {
        let typed = |column: &Column| json!([column.name, type_of(name, column).to_string()]);
        let columns = table.columns.iter().map(typed);
        json!({ "columns": columns.collect::<Vec<Json>>(), "rows": shown(&table.rows) })
    };
    database.tables.iter().map(|(name, it)| (name.clone(), table(name, it))).collect()
}

fn shown(rows: &[Row]) -> Vec<Vec<Json>> {
    let value = |value: &Value| match value {
        Value::Null => Json::Null,
        Value::Bool(truth) => json!(truth),
        Value::Number(number) => {
            number.as_whole().map_or_else(|| json!(number.to_string()), |number| json!(number))
        }
        Value::Text(text) => json!(text.as_ref()),
        Value::Date(_) | Value::Timestamp(_) | Value::Interval(_) | Value::Symbol(_) => {
            json!(format!("{value:?}"))
        }
    };
    rows.iter().map(|row| row.iter().map(value).collect()).collect()
}
