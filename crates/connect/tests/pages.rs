//! Runs every page of the crate: each `##` section is a folder in memory and what is found in it.
//!
//! A section gives files as a path in backticks with a colon, then a fenced block; lines that begin with
//! `variable:` give variables. A line `below the top: a/b` puts the root there in its repository, and files
//! named after the word `above` lie there above it. `UPDATE=1` rewrites the `found` blocks instead of comparing
//! them.
#![expect(clippy::unwrap_used, reason = "a harness fails loudly")]
#![expect(clippy::print_stdout, reason = "a harness speaks")]

mod dump;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use plumb_base::MemoryWorld;

fn main() {
    let update = std::env::var("UPDATE").is_ok();
    let mut tally = Tally::default();
    let mut names = BTreeSet::new();
    for (name, page) in plumb_connect::pages() {
        tally.say(names.insert(name), &format!("law: name `{name}` is used once"), "");
        let cases = cases(page);
        tally.say(!cases.is_empty(), &format!("law: page `{name}` has a case"), "");
        let explained = page.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#'));
        tally.say(explained.is_some(), &format!("law: page `{name}` explains itself"), "");
        let mut rewritten = page.to_owned();
        for case in &cases {
            let found = dump::all(&case.world);
            let again = dump::all(&case.world);
            let label = format!("{name}: {}", case.title);
            tally.say(found == again, &format!("{label} (twice)"), "two runs differ");
            if update {
                rewritten = rewrite(&rewritten, &case.title, &found);
                tally.say(true, &label, "");
            } else {
                let wanted = case.wanted.as_deref().unwrap_or_default();
                tally.say(found == wanted, &label, &difference(wanted, &found));
            }
        }
        if update && rewritten != page {
            std::fs::write(page_file(name), rewritten).unwrap();
        }
    }
    println!("{} passed, {} failed", tally.passed, tally.failed);
    std::process::exit(i32::from(tally.failed > 0));
}

#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
}

impl Tally {
    fn say(&mut self, passed: bool, label: &str, why: &str) {
        if passed {
            self.passed += 1;
            println!("ok   {label}");
        } else {
            self.failed += 1;
            println!("FAIL {label}\n{why}");
        }
    }
}

struct Case {
    title: String,
    world: MemoryWorld,
    wanted: Option<String>,
}

fn cases(page: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let (mut file, mut above, mut lines) = (None::<String>, None::<String>, page.lines());
    while let Some(line) = lines.next() {
        if let Some(title) = line.strip_prefix("## ") {
            let world = MemoryWorld::default();
            cases.push(Case { title: title.to_owned(), world, wanted: None });
        }
        let Some(case) = cases.last_mut() else { continue };
        if let Some(path) = line.strip_prefix('`').and_then(|line| line.strip_suffix("`:")) {
            file = Some(path.to_owned());
        }
        if let Some(path) = line.strip_prefix("above `").and_then(|line| line.strip_suffix("`:")) {
            above = Some(path.to_owned());
        }
        if let Some(folder) = line.strip_prefix("below the top: ") {
            folder.clone_into(&mut case.world.below_top);
        }
        if let Some(variable) = line.strip_prefix("variable: ") {
            let (name, value) = variable.split_once('=').unwrap();
            case.world.variables.insert(name.to_owned(), value.to_owned());
        }
        let fence = line.chars().take_while(|letter| *letter == '`').count();
        if fence < 3 {
            continue;
        }
        let (end, kind) = line.split_at(fence);
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != end).collect();
        let block: String = body.iter().flat_map(|line| [*line, "\n"]).collect();
        if kind == "found" {
            case.wanted = Some(block);
        } else if let Some(path) = above.take() {
            case.world.above.insert(path, block);
        } else if let Some(path) = file.take() {
            case.world.files.insert(path, block);
        }
    }
    cases
}

/// The page with the `found` block of one case replaced, or added where it has none.
fn rewrite(page: &str, title: &str, found: &str) -> String {
    let start = page.find(&format!("## {title}\n")).unwrap();
    let end = page[start + 3..].find("\n## ").map_or(page.len(), |at| start + 3 + at + 1);
    let section = &page[start..end];
    let body = section.split("```found\n").next().unwrap().trim_end();
    let gap = if end == page.len() { "" } else { "\n" };
    format!("{}{body}\n\n```found\n{found}```\n{gap}{}", &page[..start], &page[end..])
}

fn difference(wanted: &str, found: &str) -> String {
    let only = |a: &str, b: &str, sign: &str| -> Vec<String> {
        let new = a.lines().filter(|line| !b.lines().any(|other| other == *line));
        new.map(|line| format!("  {sign} {line}")).collect()
    };
    let lines = [only(wanted, found, "-"), only(found, wanted, "+")].concat();
    if lines.is_empty() {
        "  same lines in another order, or more often".to_owned()
    } else {
        lines.join("\n")
    }
}

fn page_file(name: &str) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let shelf = source.join("connector").join(format!("{name}.md"));
    if shelf.exists() { shelf } else { source.join(format!("{name}.md")) }
}
