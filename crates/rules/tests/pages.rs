//! Runs every case on every rule page. `UPDATE=1` rewrites what is expected.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test harness"
)]

use std::{collections::BTreeMap, fmt::Write as _, path::PathBuf, process::ExitCode};

use plumb_base::{Finding, MemoryWorld, World};
use plumb_ledger::{Contract, Reading};
use plumb_rules::{Platform, Rule, judge, rules};

#[derive(Default)]
struct Tally(u32, u32);

impl Tally {
    fn check(&mut self, name: &str, title: &str, trouble: Option<String>) {
        match trouble {
            None => {
                println!("ok   {name} - {title}");
                self.0 += 1;
            }
            Some(trouble) => {
                println!("FAIL {name} - {title}\n{trouble}");
                self.1 += 1;
            }
        }
    }
}

fn found(files: &BTreeMap<String, String>) -> Vec<Finding> {
    let world = MemoryWorld::new(files.clone());
    let mut found = plumb_connect::discover(&world);
    let prices = &found.settings.prices;
    let contract = Contract {
        snowflake_credit: prices.snowflake_credit,
        currency: prices.currency,
        ..Contract::default()
    };
    let mut reading = Reading::new(contract);
    let _rows =
        plumb_records::records(&world, &found.records, &mut found.problems, &mut |record, file| {
            reading.of(file);
            reading.add(record);
        });
    let estate =
        plumb_estate::read(&found, &|name| world.variable(name), &plumb_estate::Options::default());
    let mut ledger = reading.close();
    ledger.join(&estate);
    judge(&Platform::new(&found, &estate, &ledger))
}

fn shown(findings: &[Finding], rule: &Rule) -> String {
    let mut lines: Vec<String> = findings
        .iter()
        .filter(|finding| finding.rule == rule.code)
        .map(|finding| {
            let place = &finding.subjects[0].place;
            format!(
                "{}:{} {} {}",
                place.path,
                place.start.line,
                finding.rule,
                finding.message.plain("")
            )
        })
        .collect();
    lines.sort();
    lines.iter().fold(String::new(), |mut text, line| {
        writeln!(text, "{line}").unwrap();
        text
    })
}

fn run(rule: &'static Rule, tally: &mut Tally) -> String {
    let (mut new, mut title, mut fence) = (String::new(), "", None::<(String, String)>);
    let (mut files, mut path) = (BTreeMap::new(), String::new());
    let (mut speaking, mut silent) = (0, 0);
    for line in rule.page.lines() {
        match &mut fence {
            Some((kind, body)) if line == "```" => {
                let (kind, body) = (kind.clone(), std::mem::take(body));
                fence = None;
                if kind == "findings" {
                    let findings = found(&files);
                    let now = shown(&findings, rule);
                    let again = found(&files) == findings;
                    let round = findings.iter().all(|finding| {
                        let json = serde_json::to_string(finding).unwrap();
                        serde_json::from_str::<Finding>(&json).unwrap() == *finding
                    });
                    let trouble = if now != body {
                        Some(format!("expected:\n{body}found:\n{now}"))
                    } else if !again {
                        Some("two runs differ".to_owned())
                    } else {
                        (!round).then(|| "a finding does not survive JSON".to_owned())
                    };
                    tally.check(rule.name, title, trouble);
                    if body.is_empty() {
                        silent += 1;
                    } else {
                        speaking += 1;
                    }
                    new.push_str(&now);
                } else {
                    files.insert(path.clone(), body.clone());
                    new.push_str(&body);
                }
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
            files.clear();
        } else if let Some(kind) = line.strip_prefix("```") {
            fence = Some((kind.to_owned(), String::new()));
        } else if let Some(named) = line.strip_prefix('`').and_then(|rest| rest.strip_suffix("`:"))
        {
            named.clone_into(&mut path);
        }
        new.push_str(line);
        new.push('\n');
    }
    let enough = speaking > 0 && silent > 0;
    tally.check(
        rule.name,
        "the page speaks and is silent",
        (!enough).then(|| "a case is missing".to_owned()),
    );
    new
}

/// Laws of the registry.
fn registry(tally: &mut Tally) {
    let unique = |mut all: Vec<&str>| {
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        (all.len() != count).then(|| format!("{all:?}"))
    };
    tally.check("registry", "codes are unique", unique(rules().map(|rule| rule.code).collect()));
    tally.check("registry", "names are unique", unique(rules().map(|rule| rule.name).collect()));
    for rule in rules() {
        let head = format!("# {} {}", rule.code, rule.name);
        let trouble = if rule.page.lines().next() != Some(head.as_str()) {
            Some(format!("the page should begin with `{head}`"))
        } else if rule.name.starts_with("no-") {
            Some("a rule is named after the fault, not its absence".to_owned())
        } else {
            rule.summary().is_empty().then(|| "the page has no first paragraph".to_owned())
        };
        tally.check(rule.name, "the page has a head", trouble);
    }
}

/// The page of a rule, wherever on the shelves it stands.
fn page_of(rule: &Rule) -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src");
    let file = format!("{}.md", rule.name.replace('-', "_"));
    let shelves = std::fs::read_dir(root).unwrap();
    shelves.map(|entry| entry.unwrap().path().join(&file)).find(|path| path.exists())
}

fn main() -> ExitCode {
    let only = std::env::args().nth(1).filter(|arg| !arg.starts_with('-'));
    let mut tally = Tally::default();
    registry(&mut tally);
    for rule in rules() {
        if only.as_ref().is_some_and(|only| !rule.name.contains(only) && !rule.code.contains(only))
        {
            continue;
        }
        let new = run(rule, &mut tally);
        if std::env::var_os("UPDATE").is_some()
            && new != rule.page
            && let Some(path) = page_of(rule)
        {
            std::fs::write(path, new).unwrap();
        }
    }
    println!("{} passed, {} failed", tally.0, tally.1);
    ExitCode::from(u8::from(tally.1 > 0))
}
