//! Rows as people read them: `INSERT`s and small tables.

use std::fmt::Write as _;

use crate::{
    bag::{Database, Row},
    date,
    value::Value,
};

/// A database as `INSERT`s, one row a line; a table without rows is a comment.
pub fn inserts(database: &Database) -> String {
    let mut text = String::new();
    for (name, table) in &database.tables {
        let name = name.split('.').map(identifier).collect::<Vec<_>>().join(".");
        if table.rows.is_empty() {
            writeln!(text, "-- {name} has no rows").unwrap_or(());
            continue;
        }
        if table.columns.is_empty() {
            // Only how many rows there are is asked for.
            for _ in &table.rows {
                writeln!(text, "INSERT INTO {name} DEFAULT VALUES;").unwrap_or(());
            }
            continue;
        }
        let columns: Vec<String> = table.columns.iter().map(|it| identifier(&it.name)).collect();
        for row in &table.rows {
            let values: Vec<String> = row.iter().map(literal).collect();
            let (columns, values) = (columns.join(", "), values.join(", "));
            writeln!(text, "INSERT INTO {name} ({columns}) VALUES ({values});").unwrap_or(());
        }
    }
    text
}

/// Rows, one a line.
pub fn shown(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows {
        let values: Vec<String> = row.iter().map(literal).collect();
        writeln!(text, "({})", values.join(", ")).unwrap_or(());
    }
    text
}

/// A name bare where it may stand so everywhere (DuckDB takes no `at`), else in double quotes.
fn identifier(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let begins = name.bytes().next().is_some_and(|byte| !byte.is_ascii_digit());
    let word = plumb_base::sql::is_reserved(name) || name == "at";
    if begins && name.bytes().all(plain) && !word {
        return name.to_owned();
    }
    format!("\"{}\"", on_one_line(&name.replace('"', "\"\"")))
}

fn literal(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Bool(true) => "TRUE".to_owned(),
        Value::Bool(false) => "FALSE".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => format!("'{}'", on_one_line(&text.replace('\'', "''"))),
        Value::Date(day) => format!("DATE '{}'", date::shown_day(*day)),
        Value::Timestamp(moment) => format!("TIMESTAMP '{}'", date::shown_moment(*moment)),
        Value::Interval(span) => {
            format!("INTERVAL '{} months {} microseconds'", span.months, span.micros)
        }
        Value::Symbol(digest) => format!("?{}", &digest.to_string()[..6]),
    }
}

/// What would break a line, or be seen by nobody, in the way of Unicode's names.
fn on_one_line(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        if letter.is_control() {
            write!(out, "\\u{{{:x}}}", u32::from(letter)).unwrap_or(());
        } else {
            out.push(letter);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bag::{Column, Table};

    #[test]
    fn what_is_printed_can_be_run() {
        let column = |name: &str| Column { name: name.to_owned(), data_type: plumb_ir::Type::Text };
        let rows = vec![vec![Value::text("it's"), Value::Date(0)], vec![Value::Null, Value::Null]];
        let table = Table { columns: vec![column("a"), column("Odd \"one\"")], rows };
        let mut database = Database::default();
        database.tables.insert("shop.orders".to_owned(), table);
        database.tables.insert("empty".to_owned(), Table::default());
        assert_eq!(
            inserts(&database),
            "-- empty has no rows\n\
             INSERT INTO shop.orders (a, \"Odd \"\"one\"\"\") VALUES ('it''s', DATE '1970-01-01');\n\
             INSERT INTO shop.orders (a, \"Odd \"\"one\"\"\") VALUES (NULL, NULL);\n"
        );
    }
}
