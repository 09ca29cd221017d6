//! Runs the cases on the pages: a view and a query, and what the query is over the view, in the block `derived`.
//! `UPDATE=1` rewrites it. A block `facts` is what it is on the pages of verdicts.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test harness"
)]

#[path = "../../prove/tests/facts.rs"]
mod facts;

use std::{fmt::Write as _, fs, path::Path, process::ExitCode};

use facts::facts;
use plumb_canon::{Canonicalizer, Facts};
use plumb_derive::{View, derive};
use plumb_ir::{
    Arena, Symbol,
    text::{parse_rel, print_rel},
};
use plumb_prove::{Assumption, Effort};

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

fn page(path: &Path, update: bool) -> (u32, u32) {
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
                "view" => left.clone_from(&body),
                "query" => right.clone_from(&body),
                "derived" => {
                    let found = derived(&left, &right, &known);
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
    let (mut passed, mut failed) = (0, 0);
    for path in paths {
        let (good, bad) = page(&path, update);
        passed += good;
        failed += bad;
    }
    println!("pages of views: {passed} passed, {failed} failed");
    if failed == 0 && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
