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
#[path = "../../eval/tests/page.rs"]
mod page;

use std::{fmt::Write as _, path::Path, process::ExitCode};

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

fn main() -> ExitCode {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pages");
    let block = |blocks: &page::Blocks, kind| blocks.get(kind).cloned().unwrap_or_default();
    let passed = page::run(&folder, "derived", &mut |blocks| {
        derived(&block(blocks, "view"), &block(blocks, "query"), &facts(&block(blocks, "facts")))
    });
    if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
