//! Runs every page of the crate: each `##` section is an answer and the text it becomes; then the laws.
//!
//! A section gives an answer in a `json KIND` block, maybe a line `style: …`, and the output below it.
//! `UPDATE=1` rewrites the output instead of comparing it.
#![expect(clippy::expect_used, reason = "a harness fails loudly")]
#![expect(clippy::panic, reason = "a harness fails loudly")]
#![expect(clippy::print_stdout, reason = "a harness speaks")]

mod page;

use std::collections::BTreeSet;
use std::path::Path;

use page::{Case, cases, read_back, rewrite};
use plumb_report::Format;
use serde_json::Value;

fn main() {
    let update = std::env::var("UPDATE").is_ok();
    let mut tally = Tally::default();
    let mut names = BTreeSet::new();
    for format in Format::all() {
        let name = format.name;
        tally.say(names.insert(name), &format!("law: name `{name}` is used once"), "");
        let cases = cases(format.page);
        tally.say(cases.len() >= 2, &format!("law: page `{name}` has two cases"), "");
        let mut rewritten = format.page.to_owned();
        for case in &cases {
            let label = format!("{name}: {}", case.title);
            let output = case.run(format);
            tally.say(output == case.run(format), &format!("{label} (twice)"), "two runs differ");
            laws(&mut tally, format, case, &label, &output);
            if update {
                let info = if name == "json" { "json output" } else { name };
                rewritten = rewrite(&rewritten, &case.title, info, &output);
            }
            let wanted = case.wanted.as_deref().unwrap_or_default();
            tally.say(update || output == wanted, &label, &difference(wanted, &output));
        }
        if update && rewritten != format.page {
            let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/format");
            std::fs::write(source.join(format!("{name}.md")), rewritten)
                .expect("a page is written");
        }
    }
    println!("{} passed, {} failed", tally.passed, tally.failed);
    std::process::exit(i32::from(tally.failed > 0));
}

/// What holds for every case of every page.
fn laws(tally: &mut Tally, format: &Format, case: &Case, label: &str, output: &str) {
    // TSV has tabs, between cells and never in them.
    let parts = |letter: char| letter == '\n' || (letter == '\t' && format.name == "csv");
    let hidden = |letter: char| letter.is_control() && !parts(letter);
    let overrides =
        |letter: char| matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let safe = !output.contains(|letter| hidden(letter) || overrides(letter));
    tally.say(safe, &format!("{label} (nothing acts on a terminal)"), output);
    if format.name == "text" {
        let wide = output.lines().find(|line| line.chars().count() > 100);
        tally.say(wide.is_none(), &format!("{label} (100 columns)"), wide.unwrap_or_default());
        tally.say(case.washed(format) == output, &format!("{label} (colour adds nothing)"), "");
        let ascii = !case.style.contains("ascii") || output.is_ascii();
        tally.say(ascii, &format!("{label} (ASCII where asked)"), output);
        let ragged = output.lines().find(|line| line.ends_with(' '));
        tally.say(ragged.is_none(), &format!("{label} (no space at the end)"), "");
    }
    if format.name == "markdown" {
        let bare = output.lines().find(|line| line.contains("<img") && !line.contains('`'));
        tally.say(bare.is_none(), &format!("{label} (no tag of theirs)"), bare.unwrap_or_default());
    }
    if format.name == "jsonl" {
        let whole = |line: &str| serde_json::from_str::<Value>(line).is_ok_and(|it| it.is_object());
        tally.say(output.lines().all(whole), &format!("{label} (an object a line)"), output);
    }
    if format.name == "github" {
        let known = |line: &str| {
            ["::warning ", "::notice ", "plumb: "].iter().any(|it| line.starts_with(it))
        };
        tally.say(output.lines().all(known), &format!("{label} (no command of theirs)"), output);
    }
    if format.name == "json" {
        let value: Value = serde_json::from_str(output).expect("JSON");
        tally.say(value["schema"] == "plumb/1", &format!("{label} (schema)"), "");
        let items = match &value["items"] {
            Value::Array(items) => items.clone(),
            _ if value["finding"].is_object() => vec![value["finding"].clone()],
            _ => value["asset"]["findings"].as_array().cloned().unwrap_or_default(),
        };
        let back: Vec<_> = items.iter().map(read_back::finding).collect();
        let given = case.findings();
        let same = back == given[..back.len().min(given.len())];
        tally.say(same, &format!("{label} (findings survive)"), "a finding was changed on the way");
    }
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

fn difference(wanted: &str, output: &str) -> String {
    let only = |a: &str, b: &str, sign: &str| -> Vec<String> {
        let new = a.lines().filter(|line| !b.lines().any(|other| other == *line));
        new.map(|line| format!("  {sign} {line}")).collect()
    };
    let lines = [only(wanted, output, "-"), only(output, wanted, "+")].concat();
    if lines.is_empty() {
        "  same lines in another order, or more often".to_owned()
    } else {
        lines.join("\n")
    }
}
