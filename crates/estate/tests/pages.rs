//! Runs the pages of the crate: each `##` section is a platform in memory and what it is made of.
//!
//! A section gives files as a path in backticks with a colon, then a fenced block. `UPDATE=1` rewrites the `estate`
//! blocks instead of comparing them.
#![expect(clippy::unwrap_used, reason = "a harness fails loudly")]
#![expect(clippy::print_stdout, reason = "a harness speaks")]
#![expect(clippy::disallowed_methods, reason = "a harness rewrites its pages")]

mod dump;

use plumb_base::MemoryWorld;
use plumb_estate::{Options, read};

fn main() {
    let pages = ["dbt.md", "bundles.md", "script.md"];
    let counts = pages.map(|name| page(&format!("{}/src/{name}", env!("CARGO_MANIFEST_DIR"))));
    let passed: usize = counts.iter().map(|(passed, _)| passed).sum();
    let failed: usize = counts.iter().map(|(_, failed)| failed).sum();
    println!("{passed} passed, {failed} failed");
    let silent = counts.iter().any(|(passed, failed)| passed + failed == 0);
    std::process::exit(i32::from(failed > 0 || silent));
}

/// Runs the cases of one page; how many passed, and how many failed.
fn page(path: &str) -> (usize, usize) {
    let page = std::fs::read_to_string(path).unwrap();
    let (mut passed, mut failed, mut rewritten) = (0, 0, String::new());
    let (mut world, mut file, mut title) = (MemoryWorld::default(), None::<String>, "");
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        rewritten.extend([line, "\n"]);
        if let Some(found) = line.strip_prefix("## ") {
            (world, title) = (MemoryWorld::default(), found);
        }
        if let Some(path) = line.strip_prefix('`').and_then(|line| line.strip_suffix("`:")) {
            file = Some(path.to_owned());
        }
        let Some(kind) = line.strip_prefix("```") else { continue };
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        let block = body.iter().fold(String::new(), |text, line| text + line + "\n");
        if kind == "estate" {
            let answer = || {
                let found = plumb_connect::discover(&world);
                dump::estate(&read(&found, &|_| None, &Options::default()))
            };
            let found = answer();
            let same = found == answer() && (found == block || std::env::var("UPDATE").is_ok());
            passed += usize::from(same);
            failed += usize::from(!same);
            let word = if same { "ok  " } else { "FAIL" };
            println!("{word} {title}");
            if !same {
                println!("{found}");
            }
            rewritten.extend([found.as_str(), "```\n"]);
        } else {
            if let Some(path) = file.take() {
                world.files.insert(path, block.clone());
            }
            rewritten.extend([block.as_str(), "```\n"]);
        }
    }
    if std::env::var("UPDATE").is_ok() && rewritten != page {
        std::fs::write(path, rewritten).unwrap();
    }
    (passed, failed)
}
