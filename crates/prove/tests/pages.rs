//! Runs the cases on the pages: two plans, and what is said of them. `UPDATE=1` rewrites the blocks `verdict`.
//!
//! A block `facts` says what is known of tables in the case, a line a table: `name: column type [not-null], …;
//! key column …; reference column table(column)`. Each rule that proofs are made of has to be used somewhere.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test harness"
)]

mod facts;

use std::{collections::BTreeSet, fmt::Write as _, fs, path::Path, process::ExitCode};

use facts::facts;
use plumb_canon::Facts;
use plumb_eval::{inserts, shown};
use plumb_ir::{Arena, Rel, RelId, text::parse_rel};
use plumb_prove::{Assumption, Effort, Plan, RULES, Verdict, compare};

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
                "left" => left.clone_from(&body),
                "right" => right.clone_from(&body),
                "verdict" => {
                    let found = said(&left, &right, &known, used);
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
