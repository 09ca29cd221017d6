//! Runs the cases on the pages: two plans, and what is said of them. `UPDATE=1` rewrites the blocks `verdict`.
//! On a page of views, a view and a query, and what the query is over the view, in the block `derived`.
//!
//! A block `facts` says what is known of tables in the case, a line a table: `name: column type [not-null], …;
//! key column …; reference column table(column)`. Each rule that proofs are made of has to be used somewhere.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test harness"
)]

use std::{collections::BTreeSet, fmt::Write as _, fs, path::Path, process::ExitCode};

use plumb_canon::{Canonicalizer, Column, Facts, Reference};
use plumb_eval::{inserts, shown};
use plumb_ir::{
    Arena, Rel, RelId, Symbol, Type,
    text::{parse_rel, print_rel},
};
use plumb_prove::{Assumption, Effort, Plan, RULES, Verdict, View, compare, derive};

fn facts(text: &str) -> Facts {
    let mut facts = Facts::default();
    for line in text.lines() {
        let (name, rest) = line.split_once(':').expect("a table and its columns");
        let mut parts = rest.split(';');
        for column in parts.next().unwrap().split(',') {
            let words: Vec<&str> = column.split_whitespace().collect();
            let ground = facts.ground(&format!("{name}.{} is never NULL", words[0]));
            let not_null = words.get(2).map(|_| ground);
            let data_type = Type::parse(words[1]).expect("a type");
            facts.table(name).columns.insert(words[0].to_owned(), Column { data_type, not_null });
        }
        for promise in parts {
            let words: Vec<String> = promise.split_whitespace().map(str::to_owned).collect();
            let ground = facts.ground(&format!("{name}: {}", words.join(" ")));
            match words[0].as_str() {
                "key" => facts.table(name).keys.push((words[1..].to_vec(), ground)),
                "reference" => {
                    let (table, to) = words[2].trim_end_matches(')').split_once('(').unwrap();
                    facts.table(name).references.push(Reference {
                        columns: vec![words[1].clone()],
                        table: table.to_owned(),
                        to: vec![to.to_owned()],
                        ground,
                    });
                }
                other => unreachable!("{other} promises nothing"),
            }
        }
    }
    facts
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

fn said(left: &str, right: &str, facts: &Facts, used: &mut BTreeSet<&'static str>) -> String {
    let mut arena = Arena::new();
    let (left, right) = match (parse_rel(&mut arena, left), parse_rel(&mut arena, right)) {
        (Ok(left), Ok(right)) => (left, right),
        (Err(error), _) | (_, Err(error)) => return format!("{error}\n"),
    };
    let outputs: Vec<u32> = (0..).take(width(&arena, left)).collect();
    let plan = |rel| Plan { rel, outputs: &outputs };
    let verdict = compare(&mut arena, facts, plan(left), plan(right), Effort::default());
    let mut text = String::new();
    match verdict {
        Verdict::Equal { assumptions, proof } => {
            text.push_str("equal\n");
            for assumption in assumptions {
                match assumption {
                    Assumption::Holds(sentence) => writeln!(text, "if {sentence}").unwrap(),
                    Assumption::Obstacle(obstacle) => writeln!(text, "if {obstacle:?}").unwrap(),
                }
            }
            for (rule, _) in &proof.sums {
                used.insert(rule);
            }
            let rules: Vec<&str> = proof.sums.iter().map(|(rule, _)| *rule).collect();
            writeln!(
                text,
                "by {}",
                if rules.is_empty() { "one normal form".to_owned() } else { rules.join(", ") }
            )
            .unwrap();
        }
        Verdict::Different(found) => {
            text.push_str("different\n");
            text.push_str(&inserts(&found.database));
            for (name, rows) in [("left ", &found.left), ("right", &found.right)] {
                for row in shown(rows).lines() {
                    writeln!(text, "{name} {row}").unwrap();
                }
            }
        }
        Verdict::Unknown { obstacle } => writeln!(text, "unknown: {obstacle}").unwrap(),
    }
    text
}

/// What a query is over a view with columns `c0`, `c1`, …
fn derived(view: &str, query: &str, facts: &Facts) -> String {
    let mut arena = Arena::new();
    let (view, query) = match (parse_rel(&mut arena, view), parse_rel(&mut arena, query)) {
        (Ok(view), Ok(query)) => (view, query),
        (Err(error), _) | (_, Err(error)) => return format!("{error}\n"),
    };
    let mut canonicalizer = Canonicalizer::knowing(facts.clone());
    let plan = canonicalizer.canonical(&mut arena, view);
    let query = canonicalizer.canonical(&mut arena, query);
    let columns: Vec<Symbol> =
        (0..plan.columns.len()).map(|at| arena.symbol(&format!("c{at}"))).collect();
    let view = View { plan: &plan, name: arena.symbol("view"), columns: &columns };
    let Some(found) = derive(&mut arena, facts, view, &query, Effort::default()) else {
        return "nothing\n".to_owned();
    };
    let mut text = format!("{:?}\n", found.relation).to_lowercase();
    for assumption in found.assumptions {
        match assumption {
            Assumption::Holds(sentence) => writeln!(text, "if {sentence}").unwrap(),
            Assumption::Obstacle(obstacle) => writeln!(text, "if {obstacle:?}").unwrap(),
        }
    }
    text.push_str(print_rel(&arena, found.rel).trim_end());
    text.push('\n');
    text
}

fn page(path: &Path, update: bool, used: &mut BTreeSet<&'static str>) -> (u32, u32) {
    let text = fs::read_to_string(path).unwrap();
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    let (mut passed, mut failed) = (0, 0);
    let (mut new, mut title, mut fence) = (String::new(), "", None::<(String, String)>);
    let (mut left, mut right, mut known) = (String::new(), String::new(), Facts::default());
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
                "left" | "view" => left.clone_from(&body),
                "right" | "query" => right.clone_from(&body),
                "verdict" | "derived" => {
                    let found = if kind == "verdict" {
                        said(&left, &right, &known, used)
                    } else {
                        derived(&left, &right, &known)
                    };
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
            known = Facts::default();
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
    let (mut passed, mut failed, mut used) = (0, 0, BTreeSet::new());
    for path in paths {
        let (good, bad) = page(&path, update, &mut used);
        passed += good;
        failed += bad;
    }
    for rule in RULES.iter().filter(|rule| !used.contains(*rule)) {
        println!("FAIL no page uses the rule {rule}");
        failed += 1;
    }
    println!("pages of verdicts: {passed} passed, {failed} failed");
    if failed == 0 && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
