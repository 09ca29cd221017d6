//! Runs the cases on the pages of rewrites: a plan before, the plan after. `UPDATE=1` rewrites `after`.
//!
//! A block `facts` says what is known of tables in the case, a line each. A block `same` is a plan that the rewrite must leave alone. Every case is also a law: both plans have one
//! normal form, and a normal form is its own.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test harness"
)]

#[path = "pages/known.rs"]
mod known;

use std::{path::Path, process::ExitCode};

use known::facts;
use plumb_canon::{Canonicalizer, Facts, Rewrite, rewrites};
use plumb_ir::{
    Arena,
    text::{parse_rel, print_rel},
};

struct Tally {
    passed: u32,
    failed: u32,
}

impl Tally {
    fn check(&mut self, name: &str, title: &str, trouble: Option<String>) {
        match trouble {
            None => {
                println!("ok   {name} - {title}");
                self.passed += 1;
            }
            Some(trouble) => {
                println!("FAIL {name} - {title}\n{trouble}");
                self.failed += 1;
            }
        }
    }
}

fn rewritten(rewrite: &'static Rewrite, text: &str, facts: &Facts) -> Result<String, String> {
    let mut arena = Arena::new();
    let rel = parse_rel(&mut arena, text).map_err(|error| format!("{error}\n{text}"))?;
    let new = Canonicalizer::with(vec![rewrite], facts.clone()).rewritten(&mut arena, rel);
    Ok(format!("{}\n", print_rel(&arena, new)))
}

/// Both plans have one normal form, which is its own.
fn law(before: &str, after: &str, facts: &Facts) -> Option<String> {
    let mut arena = Arena::new();
    let mut canonicalizer = Canonicalizer::knowing(facts.clone());
    let one = parse_rel(&mut arena, before).ok()?;
    let two = parse_rel(&mut arena, after).ok()?;
    let one = canonicalizer.canonical(&mut arena, one);
    let two = canonicalizer.canonical(&mut arena, two);
    if one.rel != two.rel || one.fingerprint != two.fingerprint {
        let (one, two) = (print_rel(&arena, one.rel), print_rel(&arena, two.rel));
        return Some(format!("two normal forms:\n{one}\nand\n{two}"));
    }
    let again = Canonicalizer::knowing(facts.clone()).canonical(&mut arena, one.rel);
    (again.rel != one.rel).then(|| {
        let (one, two) = (print_rel(&arena, one.rel), print_rel(&arena, again.rel));
        format!("a normal form has another:\n{one}\nand\n{two}")
    })
}

fn run(rewrite: &'static Rewrite, tally: &mut Tally) -> String {
    let (mut new, mut title, mut fence) = (String::new(), "", None::<(String, String)>);
    let (mut before, mut known) = (String::new(), Facts::default());
    for line in rewrite.page.lines() {
        match &mut fence {
            Some((kind, body)) if line == "```" => {
                let (kind, body) = (kind.clone(), std::mem::take(body));
                fence = None;
                let mut written = laid_out(&body);
                match kind.as_str() {
                    "facts" => known = facts(&body),
                    "before" => {
                        before.clone_from(&body);
                    }
                    "after" => {
                        let found = rewritten(rewrite, &before, &known);
                        let trouble = match &found {
                            Ok(found) if *found == body => law(&before, &body, &known),
                            Ok(found) => Some(format!("expected:\n{body}found:\n{found}")),
                            Err(error) => Some(error.clone()),
                        };
                        tally.check(rewrite.name, title, trouble);
                        written = found.unwrap_or(body);
                    }
                    "same" => {
                        let mut arena = Arena::new();
                        let printed = parse_rel(&mut arena, &body)
                            .map(|rel| format!("{}\n", print_rel(&arena, rel)));
                        let trouble = match (rewritten(rewrite, &body, &known), printed) {
                            (Ok(found), Ok(printed)) if found == printed => {
                                law(&body, &body, &known)
                            }
                            (Ok(found), _) => Some(format!("should stay:\n{body}became:\n{found}")),
                            (Err(error), _) => Some(error),
                        };
                        tally.check(rewrite.name, title, trouble);
                    }
                    _ => {}
                }
                new.push_str(&written);
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
            known = Facts::default();
        } else if let Some(kind) = line.strip_prefix("```") {
            fence = Some((kind.to_owned(), String::new()));
        }
        new.push_str(line);
        new.push('\n');
    }
    new
}

/// A plan in the lines that printing gives it; what is no plan stays as it is.
fn laid_out(text: &str) -> String {
    let mut arena = Arena::new();
    parse_rel(&mut arena, text)
        .map_or_else(|_| text.to_owned(), |rel| format!("{}\n", print_rel(&arena, rel)))
}

/// Laws of the shelf.
fn shelf(tally: &mut Tally) {
    let mut names: Vec<&str> = rewrites().iter().map(|rewrite| rewrite.name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    tally.check("shelf", "names are unique", (names.len() != count).then(|| format!("{names:?}")));
    for rewrite in rewrites() {
        let speaks = rewrite.page.contains("```after");
        let silent = rewrite.page.contains("```same");
        let trouble = (!speaks || !silent)
            .then(|| "a page needs a case `after` and a case `same`".to_owned());
        tally.check(rewrite.name, "the page speaks and is silent", trouble);
    }
}

fn main() -> ExitCode {
    let mut tally = Tally { passed: 0, failed: 0 };
    shelf(&mut tally);
    for rewrite in rewrites() {
        let new = run(rewrite, &mut tally);
        if std::env::var_os("UPDATE").is_some() && new != rewrite.page {
            let file = format!("{}.md", rewrite.name.replace('-', "_"));
            std::fs::write(
                Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rewrite").join(file),
                new,
            )
            .unwrap();
        }
    }
    println!("{} passed, {} failed", tally.passed, tally.failed);
    ExitCode::from(u8::from(tally.failed > 0))
}
