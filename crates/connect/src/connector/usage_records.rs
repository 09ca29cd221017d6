//! Exports of query history, metering and bills: which files are there, and what each holds.

mod elsewhere;

use plumb_base::record::Found;
use plumb_base::record::usage::{Platform, RecordFile, RecordKind};
use plumb_base::{Severity, World};

use plumb_records::{self as records, Form, Lack, Recognized, Vendor};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Connector, Walk, path, text, versions};

pub(crate) static CONNECTOR: Connector =
    Connector { name: "usage_records", page: include_str!("usage_records.md"), find };

/// What a kit calls its own description.
const MANIFEST: &str = "plumb-extract.json";

/// What dbt calls the results of a run.
const RESULTS: &str = "run_results.json";

/// Bytes of the beginning of run results that tell that they are ones.
const HEAD: usize = 4096;

/// What a file is, by its name and its beginning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Look {
    /// Records of a kind, with the columns that it lacks.
    Holds(RecordKind, Option<Platform>, Vec<String>),
    /// Nearly records: why they are not.
    Lacks(String),
    /// Nothing of concern here.
    Other,
}

fn find(walk: &Walk<'_>, found: &mut Found) {
    for file in walk.files() {
        take(&file.path, look(walk.world, &file.path), found);
    }
    for (file, look) in elsewhere::looks(walk, &mut found.problems) {
        take(&file.path, look, found);
    }
    // What dbt leaves in its own folder is no file of the walk.
    for project in walk.projects() {
        if let Some(file) = path::join(project, "target/run_results.json")
            && !walk.has(&file)
        {
            take(&file, run_results(walk.world, &file), found);
        }
    }
    for file in walk.exports().filter(|file| path::name(&file.path) == MANIFEST) {
        manifest(walk, &file.path, found);
    }
    found.records.sort_by(|one, two| (one.kind, &one.path).cmp(&(two.kind, &two.path)));
    versions::keep_newest(walk, found);
}

/// Looks into a file.
fn look(world: &dyn World, file: &str) -> Look {
    if path::name(file) == RESULTS {
        return run_results(world, file);
    }
    if records::may_be_events(file) && records::is_events(world, file) {
        return Look::Holds(RecordKind::Events, None, Vec::new());
    }
    let Some(form) = records::form(file) else { return Look::Other };
    // Most such files hold something else: that they cannot be read is for others to say.
    let Some(columns) = records::columns(world, file) else { return Look::Other };
    match records::recognize(file, &columns) {
        Recognized::Kind(kind) => {
            // Objects may leave out what they have no value for.
            let lacks = if form == Form::Json { Vec::new() } else { kind.lacks(&columns) };
            let lacks = lacks.into_iter().map(str::to_owned).collect();
            Look::Holds(kind.holds, kind.platform, lacks)
        }
        Recognized::Lacking(kind, lacks) => {
            let names: Vec<String> = lacks.iter().map(Lack::to_string).collect();
            let columns = if lacks.len() == 1 { "column" } else { "columns" };
            let names = names.join(", ");
            Look::Lacks(format!(
                "looks like `{}`, without the {columns} {names}; not read",
                kind.name
            ))
        }
        Recognized::Other => Look::Other,
    }
}

fn take(file: &str, look: Look, found: &mut Found) {
    match look {
        Look::Holds(kind, platform, lacks) => {
            found.records.push(RecordFile { path: file.to_owned(), kind, platform, lacks });
        }
        Look::Lacks(message) => {
            let problem = text::of_file(file, Severity::Failed, "missing-column", message);
            found.problems.push(problem);
        }
        Look::Other => {}
    }
}

/// Holds what is here against what a kit was to export: files and columns that did not come.
fn manifest(walk: &Walk<'_>, manifest: &str, found: &mut Found) {
    let Ok(bytes) = walk.world.read(manifest) else { return };
    let text = String::from_utf8_lossy(&bytes);
    let Ok(said) = serde_json::from_str::<Value>(text.trim_start_matches('\u{feff}')) else {
        let message = "is no JSON: what was to be exported is not known".to_owned();
        let problem = text::of_file(manifest, Severity::Partly, "extract-manifest", message);
        return found.problems.push(problem);
    };
    let folder = manifest.strip_suffix(MANIFEST).unwrap_or_default();
    let kit = said["extract"]["platform"].as_str().unwrap_or_default();
    let vendor = Vendor::ALL.iter().find(|(word, _)| *word == kit).map(|(_, vendor)| *vendor);
    let exports = vendor.map(|vendor| records::kit(vendor, 1)).unwrap_or_default();
    let files = said["extract"]["files"].as_array();
    let wanted: Vec<&str> =
        files.into_iter().flatten().filter_map(|file| file["name"].as_str()).collect();
    for export in exports.iter().filter(|export| wanted.contains(&export.name)) {
        let is_it = |file: &&RecordFile| file.kind == export.kind && file.path.starts_with(folder);
        let mut here = found.records.iter().filter(is_it).peekable();
        if here.peek().is_none() {
            let message = format!("no file of `{}` came: {}", export.name, export.why);
            let problem = text::of_file(manifest, Severity::Partly, "extract-gap", message);
            found.problems.push(problem);
            continue;
        }
        for file in here.filter(|file| !file.lacks.is_empty()) {
            let names: Vec<String> = file.lacks.iter().map(|it| format!("`{it}`")).collect();
            let message = format!("the extract was to have {}, too", names.join(", "));
            let problem = text::of_file(&file.path, Severity::Partly, "extract-gap", message);
            found.problems.push(problem);
        }
    }
}

fn run_results(world: &dyn World, file: &str) -> Look {
    let head = world.head(file, HEAD).unwrap_or_default();
    if String::from_utf8_lossy(&head).contains("run-results") {
        return Look::Holds(RecordKind::NodeRuns, None, Vec::new());
    }
    Look::Other
}
