//! Runs the cases on the pages of dialects: SQL in, plan out. `UPDATE=1` rewrites what is expected.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test harness"
)]

use std::{fmt::Write as _, path::Path, process::ExitCode};

use plumb_base::TableName;
use plumb_ir::{Arena, Catalog, KnownColumn, Schema, Type, text::print_rel};
use plumb_resolve::{Around, Functions, resolve};
use plumb_syntax::sql::{Dialect, parse, tree::StatementKind};

/// Tables of a case: lines of `name: column, column` or `name: column, …` for an open one.
struct Tables(Vec<Schema>);

impl Catalog for Tables {
    fn table(&self, name: &TableName) -> Option<Schema> {
        self.0.iter().find(|schema| name.is_suffix_of(&TableName::parse(&schema.table))).cloned()
    }
}

fn tables(text: &str) -> Tables {
    let table = |line: &str| {
        let (name, columns) = line.split_once(':')?;
        let words = columns.split(',').map(str::trim);
        let known = words.clone().filter(|word| *word != "…" && !word.is_empty());
        let column = |word: &str| KnownColumn { name: word.into(), data_type: Type::Unknown };
        let open = words.clone().any(|word| word == "…");
        Some(Schema { table: name.trim().to_owned(), columns: known.map(column).collect(), open })
    };
    Tables(text.lines().filter_map(table).collect())
}

fn plan(sql: &str, tables: &Tables, dialect: &'static Dialect) -> String {
    let mut shown = String::new();
    let parsed = parse(sql, dialect);
    let line = |at: u32| sql[..(at as usize).min(sql.len())].matches('\n').count() + 1;
    for trouble in &parsed.problems {
        writeln!(
            shown,
            "; line {}: {}: {}",
            line(trouble.span.start),
            trouble.reason,
            trouble.message
        )
        .unwrap();
    }
    let mut functions = Functions::default();
    for statement in &parsed.statements {
        let query = match &statement.kind {
            StatementKind::Query(query) => query,
            StatementKind::Write { target, mode, query, .. } => {
                writeln!(shown, "; {mode:?} {}", target.name).unwrap();
                query
            }
            StatementKind::Function(function) => {
                let text = &sql[statement.span.start as usize..statement.span.end as usize];
                functions.add(function.name.clone(), dialect, text, function);
                writeln!(shown, "; Function {}", function.name).unwrap();
                continue;
            }
            other => {
                writeln!(shown, "; {other:?}").unwrap();
                continue;
            }
        };
        let mut arena = Arena::new();
        let made = |name: &str, args| functions.find(&TableName::parse(name), args, dialect);
        let (holes, owner) = (&[], "case");
        let around = Around { catalog: tables, dialect, holes, functions: &made, owner };
        let resolved = resolve(query, &mut arena, &around);
        let names =
            resolved.columns.iter().map(|it| it.name.as_ref().map_or("?", |name| name.as_str()));
        let names: Vec<&str> = names.chain(resolved.open.then_some("…")).collect();
        writeln!(shown, "; columns: {}", names.join(", ")).unwrap();
        for trouble in &resolved.problems {
            writeln!(
                shown,
                "; line {}: {}: {}",
                line(trouble.span.start),
                trouble.reason,
                trouble.message
            )
            .unwrap();
        }
        writeln!(shown, "{}", print_rel(&arena, resolved.rel)).unwrap();
    }
    shown
}

/// Runs a page; gives back the page with what was found in place of what was expected.
fn run(name: &str, page: &str, dialect: &'static Dialect, tally: &mut (u32, u32)) -> String {
    let (mut new, mut title, mut fence) = (String::new(), "", None::<(String, String)>);
    let (mut sql, mut known) = (String::new(), Tables(Vec::new()));
    for line in page.lines() {
        match &mut fence {
            Some((kind, body)) if line == "```" => {
                let (kind, body) = (kind.clone(), std::mem::take(body));
                fence = None;
                match kind.as_str() {
                    "sql" => sql.clone_from(&body),
                    "tables" => known = tables(&body),
                    _ => {}
                }
                if kind == "plan" {
                    let found = plan(&sql, &known, dialect);
                    let ok = found == body;
                    println!("{} {name} - {title}", if ok { "ok  " } else { "FAIL" });
                    if ok {
                        tally.0 += 1;
                    } else {
                        tally.1 += 1;
                    }
                    if !ok {
                        println!("expected:\n{body}found:\n{found}");
                    }
                    new.push_str(&found);
                } else {
                    new.push_str(&body);
                }
                new.push_str("```\n");
                continue;
            }
            Some((_, body)) => {
                body.push_str(line);
                body.push('\n');
                continue;
            }
            None => {}
        }
        if let Some(text) = line.strip_prefix("## ") {
            title = text;
            known = Tables(Vec::new());
        } else if let Some(kind) = line.strip_prefix("```") {
            fence = Some((kind.to_owned(), String::new()));
        }
        new.push_str(line);
        new.push('\n');
    }
    new
}

fn main() -> ExitCode {
    let mut tally = (0, 0);
    for dialect in Dialect::all() {
        let new = run(dialect.name, dialect.page, dialect, &mut tally);
        let cases = dialect.page.matches("\n## ").count();
        if cases == 0 {
            println!("FAIL {} - the page has no case", dialect.name);
            tally.1 += 1;
        }
        if std::env::var_os("UPDATE").is_some() && new != dialect.page {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../syntax/src/sql/dialect");
            std::fs::write(folder.join(format!("{}.md", dialect.name)), new).unwrap();
        }
    }
    println!("{} passed, {} failed", tally.0, tally.1);
    ExitCode::from(u8::from(tally.1 > 0))
}
