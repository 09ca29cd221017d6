//! Runs every page of the crate: each `##` section is a folder, and transcripts of commands in it; then the laws.
//!
//! A section gives files as a path in backticks with a colon, then a fenced block; lines that begin with
//! `variable:` give variables. In a `console` block, lines after `$ …` are what it prints, then what it tells,
//! then `[code]`. A `console pending` block is counted and not run. `UPDATE=1` rewrites the transcripts.
#![expect(clippy::expect_used, reason = "a harness fails loudly")]
#![expect(clippy::print_stdout, reason = "a harness speaks")]

mod stage;

use std::collections::BTreeSet;
use std::path::Path;

use stage::Stage;

fn main() {
    let update = std::env::var("UPDATE").is_ok();
    let mut tally = Tally::default();
    let mut names = BTreeSet::new();
    for (name, page) in plumb::pages() {
        tally.say(names.insert(name), &format!("law: name `{name}` is used once"), "");
        let mut rewritten = page.to_owned();
        let mut run = 0;
        for block in blocks(page) {
            if block.pending {
                println!("pending {name}: {}", block.title);
                continue;
            }
            run += 1;
            let label = format!("{name}: {}", block.title);
            let output = block.transcript();
            if update {
                rewritten = rewritten.replacen(&fenced(&block.text), &fenced(&output), 1);
            }
            let again = block.transcript();
            tally.say(output == again, &format!("{label} (twice)"), "two runs differ");
            tally.say(update || output == block.text, &label, &difference(&block.text, &output));
        }
        tally.say(run > 0, &format!("law: page `{name}` has a case"), "");
        if update && rewritten != page {
            let shelf = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/command");
            std::fs::write(shelf.join(format!("{}.md", name.replace('-', "_"))), rewritten)
                .expect("a page is written");
        }
    }
    laws(&mut tally);
    println!("{} passed, {} failed", tally.passed, tally.failed);
    std::process::exit(i32::from(tally.failed > 0));
}

/// What holds for every command, without a page.
fn laws(tally: &mut Tally) {
    let mut tree = plumb::tree(100);
    tree.build();
    let bare = Stage::default().run("plumb");
    tally.say(bare.matches("\n  plumb ").count() == 3, "law: `plumb` shows three examples", &bare);
    tally.say(!bare.ends_with("]\n"), "law: `plumb` alone is no error", &bare);
    let version = Stage::default().run("plumb --version");
    tally.say(version.starts_with("plumb 0."), "law: `plumb --version` says it", &version);
    let file = Stage::default().run("plumb init --stdout");
    for (what, text) in [("as it is written", file.clone()), ("with every key set", set(&file))] {
        let files = [("plumb.toml", text.as_str()), ("a.sql", "select 1")];
        let files = files.map(|(path, text)| (path.to_owned(), text.to_owned())).into();
        let said = Stage { files, ..Stage::default() }.run("plumb doctor");
        let label = format!("law: settings of `plumb init` are understood {what}");
        tally.say(said.contains("✓ plumb.toml"), &label, &said);
    }
    for command in tree.get_subcommands().filter(|command| command.get_name() != "help") {
        let name = command.get_name();
        for argument in command.get_arguments() {
            let label = format!("law: `{name}` documents `{}`", argument.get_id());
            tally.say(argument.get_help().is_some(), &label, "");
        }
        for flag in ["-h", "--help"] {
            let help = Stage::default().run(&format!("plumb {name} {flag}"));
            let wide = help.lines().find(|line| line.chars().count() > 100);
            let label = format!("law: `{name} {flag}` keeps within 100 columns");
            tally.say(wide.is_none(), &label, wide.unwrap_or_default());
        }
        let help = Stage::default().run(&format!("plumb {name} --help"));
        let first = help.starts_with("Examples:");
        tally.say(first, &format!("law: `{name} --help` begins with examples"), &help);
    }
}

/// A file of settings with its comments turned into settings.
fn set(file: &str) -> String {
    let setting = |line: &str| {
        let key = line.split_once(" = ").is_some_and(|(key, _)| !key.contains(' '));
        line.starts_with('[') || key
    };
    let line = |line| match str::strip_prefix(line, "# ") {
        Some(rest) if setting(rest) => format!("{rest}\n"),
        _ => format!("{line}\n"),
    };
    file.lines().map(line).collect()
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

/// One console block, with what stands before it in its section.
struct Block {
    title: String,
    files: Vec<(String, String)>,
    variables: Vec<(String, String)>,
    text: String,
    pending: bool,
}

impl Block {
    /// The commands of the block, each with what it gives now.
    fn transcript(&self) -> String {
        let stage = Stage {
            files: self.files.iter().cloned().collect(),
            variables: self.variables.iter().cloned().collect(),
            ..Stage::default()
        };
        let commands = self.text.lines().filter_map(|line| line.strip_prefix("$ "));
        commands
            .flat_map(|line| ["$ ".to_owned(), line.to_owned(), "\n".to_owned(), stage.run(line)])
            .collect()
    }
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut title = String::new();
    let (mut files, mut variables, mut file) = (Vec::new(), Vec::new(), None::<String>);
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(next) = line.strip_prefix("## ") {
            next.clone_into(&mut title);
            files.clear();
            variables.clear();
        }
        if let Some(path) = line.strip_prefix('`').and_then(|line| line.strip_suffix("`:")) {
            file = Some(path.to_owned());
        }
        if let Some(variable) = line.strip_prefix("variable: ") {
            let (name, value) = variable.split_once('=').expect("a variable has a value");
            variables.push((name.to_owned(), value.to_owned()));
        }
        let fence = line.chars().take_while(|letter| *letter == '`').count();
        if fence < 3 {
            continue;
        }
        let (end, info) = line.split_at(fence);
        let text: String =
            lines.by_ref().take_while(|line| *line != end).flat_map(|line| [line, "\n"]).collect();
        if info.starts_with("console") {
            let (title, files, variables) = (title.clone(), files.clone(), variables.clone());
            blocks.push(Block { title, files, variables, text, pending: info != "console" });
        } else if let Some(path) = file.take() {
            files.push((path, text));
        }
    }
    blocks
}

/// A block as it stands in the page; transcripts hold no fences of their own at the margin.
fn fenced(text: &str) -> String {
    format!("```console\n{text}```\n")
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
