//! `plans`: random plans as SQL for DuckDB, tables, and the rows that the evaluator gives: one JSON a line.
//!
//! `oracle/check.py` runs the SQL and compares. The text is for one engine and for the plans that are grown
//! here, unless it is asked to be as people read it.

mod scalar;
mod sql;

use plumb_eval::{Budget, Database, Meaning, Row, Value};
use plumb_ir::{Arena, RelId};
use plumb_syntax::sql::Dialect;
use plumb_unparse::Wanted;
use serde_json::{Value as Json, json};

use crate::{
    Fault,
    soundness::{self, tables::TABLES},
};

pub(crate) fn run(args: &[&str]) -> Result<(), Fault> {
    let (mut count, mut from, mut write) = (500_u64, 0_u64, sql::statement as Write);
    let mut args = args.iter();
    while let Some(&arg) = args.next() {
        match arg {
            "--count" => count = args.next().ok_or("--count needs a number")?.parse()?,
            "--unparsed" => write = unparsed,
            "--seed" => from = args.next().ok_or("--seed needs a number")?.parse()?,
            other => return Err(format!("no option `{other}`").into()),
        }
    }
    for seed in from..from.saturating_add(count) {
        println!("{}", line(seed, write));
    }
    Ok(())
}

/// How a plan is written.
type Write = fn(&Arena, RelId) -> Result<String, String>;

/// As people read it.
fn unparsed(arena: &Arena, rel: RelId) -> Result<String, String> {
    let dialect = Dialect::named("duckdb").ok_or("no such dialect")?;
    let (fields, open) = crate::unparse::back::outputs(arena, rel);
    if fields.is_empty() && !open {
        return Err("no columns".to_owned());
    }
    let columns: Vec<_> = fields.into_iter().map(|field| (field, None)).collect();
    let wanted = Wanted { rel, columns: &columns, open };
    plumb_unparse::unparse(arena, wanted, dialect, &|_| None).map_err(|why| why.to_string())
}

/// One plan with its tables and rows, or why there are none.
fn line(seed: u64, write: Write) -> Json {
    let (arena, rel) = soundness::plan(seed);
    let mut database = Database::default();
    for (at, (name, columns)) in (0..).zip(TABLES) {
        let table = soundness::rows(seed * 8 + at, name, columns);
        database.tables.insert(name.to_owned(), table);
    }
    let sql = match write(&arena, rel) {
        Ok(sql) => sql,
        Err(why) => return json!({ "seed": seed, "skipped": why }),
    };
    let tables: serde_json::Map<String, Json> = database
        .tables
        .iter()
        .map(|(name, table)| {
            let columns: Vec<Json> = table
                .columns
                .iter()
                .map(|column| json!([column.name, column.data_type.to_string()]))
                .collect();
            (name.clone(), json!({ "columns": columns, "rows": rows(&table.rows) }))
        })
        .collect();
    match plumb_eval::rows(&arena, &database, rel, Meaning::BYTES, Budget::default()) {
        Ok(bag) if bag.rows.iter().flatten().any(Value::is_symbol) => {
            json!({ "seed": seed, "skipped": "a value that is not known" })
        }
        Ok(bag) => {
            json!({ "seed": seed, "sql": sql, "tables": tables, "rows": rows(&bag.rows) })
        }
        Err(unable) => json!({ "seed": seed, "skipped": format!("{unable:?}") }),
    }
}

fn rows(rows: &[Row]) -> Vec<Vec<Json>> {
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
