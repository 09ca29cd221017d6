//! Runs whole platforms: each folder of `fixtures` holds a `project` and what is expected of it.
//!
//! `history.txt` beside them is what the repository remembers. `UPDATE=1` rewrites `expected`. A file in `expected` that nobody writes is an error.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test harness"
)]

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use plumb_base::{MemoryWorld, answer::Shown};
use plumb_workspace::{Options, Workspace};

fn walk(folder: &Path, root: &Path, files: &mut BTreeMap<String, String>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            walk(&path, root, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            files.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

/// What is known of assets beside their code: whose, what for, how large, of which types.
fn known(workspace: &Workspace) -> String {
    let mut text = String::new();
    for key in workspace.assets() {
        let Ok(Shown::Asset(card)) = workspace.show(key) else { continue };
        let mut said = String::new();
        for (what, value) in [("layer", &card.layer), ("environment", &card.environment)] {
            if let Some(value) = value {
                writeln!(said, "  {what} {value}").unwrap();
            }
        }
        for (what, value) in [("rows", card.rows), ("bytes", card.bytes)] {
            if let Some(value) = value {
                writeln!(said, "  {what} {value}").unwrap();
            }
        }
        for owner in &card.owners {
            writeln!(said, "  {}: {}", owner.source, owner.name).unwrap();
        }
        for column in &card.columns {
            if let Some(data_type) = &column.data_type {
                writeln!(said, "  column {} {data_type}", column.name).unwrap();
            }
        }
        if !said.is_empty() {
            writeln!(text, "{} {}\n{}", card.kind, card.key, said.trim_end()).unwrap();
        }
    }
    text
}

/// Everything worth looking at, as text files; what would be empty is left out.
fn answers(
    files: &BTreeMap<String, String>,
    history: Option<&str>,
) -> BTreeMap<&'static str, String> {
    let mut world = MemoryWorld::new(files.clone());
    if let Some(history) = history {
        world.remember(history);
    }
    let workspace = Workspace::open(&world, &Options::default());
    let audit = workspace.audit();
    let mut findings = String::new();
    for finding in &audit.findings {
        let places: Vec<String> = finding.subjects.iter().map(|it| it.place.to_string()).collect();
        let message = finding.message.plain("`");
        writeln!(findings, "{} {} {message}", finding.rule, finding.evidence.word()).unwrap();
        writeln!(findings, "  {}", places.join(", ")).unwrap();
        for reason in &finding.because {
            writeln!(findings, "  {}: {}", reason.evidence.word(), reason.message.plain("`"))
                .unwrap();
        }
    }
    let mut coverage = String::new();
    let tally = audit.coverage;
    writeln!(
        coverage,
        "read {} partly {} opaque {} failed {}",
        tally.read, tally.partly, tally.opaque, tally.failed
    )
    .unwrap();
    for using in &audit.using {
        writeln!(coverage, "using {} {} {}", using.what, using.path, using.detail).unwrap();
    }
    for kind in &audit.not_covered {
        writeln!(coverage, "not covered: {} {}", kind.count, kind.kind).unwrap();
    }
    for problem in &audit.problems {
        writeln!(coverage, "{} {}: {}", problem.place, problem.reason, problem.message).unwrap();
    }
    let mut lineage = String::new();
    for (key, columns) in workspace.columns() {
        for column in columns {
            let edges = workspace.lineage(&format!("{key}.{column}"), 1, 0).unwrap();
            for link in edges.up {
                writeln!(lineage, "{} <- {} ({})", link.to, link.from, link.how).unwrap();
            }
        }
    }
    let mut answers = BTreeMap::from([
        ("findings.txt", findings),
        ("coverage.txt", coverage),
        ("lineage.txt", lineage),
    ]);
    let around = workspace.assets().filter_map(|key| around(&workspace, key)).collect::<String>();
    if !around.is_empty() {
        answers.insert("around.txt", around);
    }
    let known = known(&workspace);
    if !known.is_empty() {
        answers.insert("known.txt", known);
    }
    answers
}

/// What is known of an asset that is no table: a dashboard and its datasets, a job, a pipeline.
fn around(workspace: &Workspace, key: &str) -> Option<String> {
    let Ok(Shown::Asset(card)) = workspace.show(key) else { return None };
    let own = ["alert", "dataset", "question", "saved query"];
    let own =
        card.kind == "query" && card.materialized.as_deref().is_some_and(|it| own.contains(&it));
    let whole =
        matches!(card.kind.as_str(), "dashboard" | "job" | "pipeline" | "notebook" | "program");
    if card.facts.is_empty() && card.part_of.is_none() && !own && !whole {
        return None;
    }
    let place = card.place.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut out = format!("{} {} at {place}, {}\n", card.kind, card.key, card.coverage);
    let mut say = |name: &str, value: &str| writeln!(out, "  {name}: {value}").unwrap();
    say("is", card.materialized.as_deref().unwrap_or_default());
    say("description", &card.description);
    say("part of", card.part_of.as_deref().unwrap_or_default());
    say("tags", &card.tags.join(", "));
    card.owners.iter().for_each(|it| say("owner", &format!("{}, {}", it.name, it.source)));
    card.facts.iter().for_each(|(name, value)| say(name, value));
    for tile in &card.tiles {
        let fields: Vec<&str> = tile.fields.iter().map(|(_, text)| text.as_str()).collect();
        let dataset = tile.dataset.as_deref().unwrap_or("nothing");
        say("tile", &format!("{} ({}) of {dataset}: {}", tile.title, tile.kind, fields.join("; ")));
    }
    say("reads", &card.reads.join(", "));
    say("read by", &card.read_by.join(", "));
    say("runs", &card.runs.join(", "));
    say("run by", &card.run_by.join(", "));
    card.problems.iter().for_each(|it| say(&it.reason, &format!("{} {}", it.place, it.message)));
    let said: Vec<&str> = out.lines().filter(|line| !line.ends_with(": ")).collect();
    Some(said.join("\n") + "\n")
}

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let update = std::env::var_os("UPDATE").is_some();
    let (mut passed, mut failed) = (0, 0);
    let mut cases: Vec<PathBuf> =
        fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    for case in cases.into_iter().filter(|path| path.is_dir()) {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let mut files = BTreeMap::new();
        walk(&case.join("project"), &case.join("project"), &mut files);
        let mut expected = BTreeMap::new();
        if case.join("expected").exists() {
            walk(&case.join("expected"), &case.join("expected"), &mut expected);
        }
        let history = fs::read_to_string(case.join("history.txt")).ok();
        let found = answers(&files, history.as_deref());
        let again = answers(&files, history.as_deref()) == found;
        let mut check = |what: &str, trouble: Option<String>| match trouble {
            None => {
                println!("ok   {name} - {what}");
                passed += 1;
            }
            Some(trouble) => {
                println!("FAIL {name} - {what}\n{trouble}");
                failed += 1;
            }
        };
        check("two runs give the same bytes", (!again).then(|| "they differ".to_owned()));
        for (file, text) in &found {
            if update {
                fs::create_dir_all(case.join("expected")).unwrap();
                fs::write(case.join("expected").join(file), text).unwrap();
            }
            let wanted = expected.remove(*file).unwrap_or_default();
            check(file, (wanted != *text).then(|| format!("expected:\n{wanted}found:\n{text}")));
        }
        check(
            "nothing expected is unwritten",
            (!expected.is_empty()).then(|| format!("{:?}", expected.keys())),
        );
        check(
            "it says why it exists",
            (!case.join("README.md").exists()).then(|| "no README.md".to_owned()),
        );
    }
    println!("{passed} passed, {failed} failed");
    ExitCode::from(u8::from(failed > 0))
}
