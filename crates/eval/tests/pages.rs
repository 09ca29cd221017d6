//! Runs the cases on the pages: two plans, and the smallest rows on which they differ. `UPDATE=1` rewrites `rows`.
//!
//! A block `facts` says what is promised of tables in the case, a line each, as on the pages of rewrites.
//! A block `rows` is what the search finds, or that it finds nothing.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test harness"
)]

mod page;
mod width;

use std::{path::Path, process::ExitCode};

use plumb_eval::{
    ColumnConstraint, Constraints, Difference, Effort, Outcome, Side, Unable, inserts, refute,
    shown,
};
use plumb_ir::{Arena, Type, text::parse_rel};
use width::width;

/// What a block `facts` says: a line a table, `name: column type [not-null], …; key column …`.
fn facts(text: &str) -> Constraints {
    let mut constraints = Constraints::default();
    for line in text.lines() {
        let (name, rest) = line.split_once(':').expect("a table and its columns");
        let table = constraints.tables.entry(name.to_owned()).or_default();
        let mut parts = rest.split(';');
        for column in parts.next().unwrap().split(',') {
            let words: Vec<&str> = column.split_whitespace().collect();
            let data_type = Type::parse(words[1]).expect("a type");
            let not_null = words.contains(&"not-null");
            table.columns.insert(words[0].to_owned(), ColumnConstraint { data_type, not_null });
        }
        for key in parts {
            let columns = key.split_whitespace().skip(1).map(str::to_owned).collect();
            table.keys.push(columns);
        }
    }
    constraints
}

fn found(left: &str, right: &str, known: &Constraints) -> String {
    let mut arena = Arena::new();
    let mut plan = |text: &str| match parse_rel(&mut arena, text) {
        Ok(rel) => Ok(rel),
        Err(error) => Err(format!("{error}\n{text}")),
    };
    let (left, right) = match (plan(left), plan(right)) {
        (Ok(left), Ok(right)) => (left, right),
        (Err(error), _) | (_, Err(error)) => return error,
    };
    let outputs: Vec<u32> = (0..).take(width(&arena, left)).collect();
    let side = |rel| Side { rel, outputs: &outputs };
    match refute(&arena, side(left), side(right), known, Effort::default()) {
        Outcome::Different(found) => {
            let Difference { database, left, right } = *found;
            let lines = |name: &str, rows: &str| {
                rows.split_inclusive('\n')
                    .map(|line| [name, " ", line].concat())
                    .collect::<String>()
            };
            let (left, right) = (lines("left ", &shown(&left)), lines("right", &shown(&right)));
            format!("{}{left}{right}", inserts(&database))
        }
        Outcome::NotFound { compared, unable } => match (compared, unable) {
            (0, Some(Unable::Unknown(why))) => format!("nothing to compare: {why}\n"),
            (0, Some(other)) => format!("nothing to compare: {other:?}\n"),
            _ => "nothing found\n".to_owned(),
        },
    }
}

fn main() -> ExitCode {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pages");
    let block = |blocks: &page::Blocks, kind| blocks.get(kind).cloned().unwrap_or_default();
    let passed = page::run(&folder, "rows", &mut |blocks| {
        found(&block(blocks, "left"), &block(blocks, "right"), &facts(&block(blocks, "facts")))
    });
    if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
