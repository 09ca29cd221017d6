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

use std::{fs, path::Path, process::ExitCode};

use plumb_eval::{
    ColumnConstraint, Constraints, Difference, Effort, Outcome, Side, Unable, inserts, refute,
    shown,
};
use plumb_ir::{Arena, Rel, RelId, Type, text::parse_rel};

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

fn width(arena: &Arena, rel: RelId) -> usize {
    match arena.get_rel(rel) {
        Rel::Values { width, .. } => *width as usize,
        Rel::Project { out, .. } => out.len(),
        Rel::Aggregate { keys, calls, .. } => keys.len() + calls.len(),
        Rel::Distinct { input } | Rel::Limit { input, .. } => width(arena, *input),
        Rel::Union { inputs } => inputs.first().map_or(0, |first| width(arena, *first)),
        Rel::Set { left, .. } => width(arena, *left),
        Rel::Scan { .. } | Rel::Call { .. } | Rel::Opaque { .. } => 0,
    }
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

fn page(path: &Path, update: bool) -> (u32, u32) {
    let text = fs::read_to_string(path).unwrap();
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    let (mut passed, mut failed) = (0, 0);
    let (mut new, mut title, mut fence) = (String::new(), "", None::<(String, String)>);
    let (mut left, mut right, mut known) = (String::new(), String::new(), Constraints::default());
    for line in text.lines() {
        if let Some((kind, body)) = &mut fence {
            if line != "```" {
                body.push_str(line);
                body.push('\n');
                continue;
            }
            let (kind, mut body) = (kind.clone(), std::mem::take(body));
            match kind.as_str() {
                "facts" => known = facts(&body),
                "left" => left.clone_from(&body),
                "right" => right.clone_from(&body),
                "rows" => {
                    let found = found(&left, &right, &known);
                    if found == body {
                        println!("ok   {name} - {title}");
                        passed += 1;
                    } else {
                        println!("FAIL {name} - {title}\nexpected:\n{body}found:\n{found}");
                        failed += 1;
                    }
                    body = found;
                }
                _ => {}
            }
            new.push_str(&body);
            fence = None;
        } else if let Some(kind) = line.strip_prefix("```") {
            fence = Some((kind.to_owned(), String::new()));
        } else if let Some(heading) = line.strip_prefix("## ") {
            title = heading;
            known = Constraints::default();
        }
        new.push_str(line);
        new.push('\n');
    }
    if update && new != text {
        fs::write(path, new).unwrap();
    }
    (passed, failed)
}

fn main() -> ExitCode {
    let update = std::env::var_os("UPDATE").is_some();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pages");
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let (mut passed, mut failed) = (0, 0);
    for path in paths {
        let (good, bad) = page(&path, update);
        passed += good;
        failed += bad;
    }
    println!("pages of differences: {passed} passed, {failed} failed");
    if failed == 0 && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
