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
#[path = "../../eval/tests/page.rs"]
mod page;
#[path = "../../eval/tests/width.rs"]
mod width;

use std::{collections::BTreeSet, fmt::Write as _, path::Path, process::ExitCode};

use facts::facts;
use plumb_canon::Facts;
use plumb_eval::{inserts, shown};
use plumb_ir::{Arena, text::parse_rel};
use plumb_prove::{Assumption, Effort, Plan, RULES, Verdict, compare};
use width::width;

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

fn main() -> ExitCode {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pages");
    let block = |blocks: &page::Blocks, kind| blocks.get(kind).cloned().unwrap_or_default();
    let mut used = BTreeSet::new();
    let mut passed = page::run(&folder, "verdict", &mut |blocks| {
        let known = facts(&block(blocks, "facts"));
        said(&block(blocks, "left"), &block(blocks, "right"), &known, &mut used)
    });
    for rule in RULES.iter().filter(|rule| !used.contains(*rule)) {
        println!("FAIL no page uses the rule {rule}");
        passed = false;
    }
    if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
