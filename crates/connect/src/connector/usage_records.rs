//! Exports of query history, metering and bills: which files are there, and what each holds.

use plumb_base::record::Found;
use plumb_base::record::usage::{RecordFile, RecordKind};
use plumb_base::{Severity, WorldError};

use plumb_records::{self as records, Form, Lack, Recognized, Vendor};
use serde_json::Value;

use crate::{Connector, Walk, path, text, versions};

pub(crate) static CONNECTOR: Connector =
    Connector { name: "usage_records", page: include_str!("usage_records.md"), find };

/// What a kit calls its own description.
const MANIFEST: &str = "plumb-extract.json";

/// Bytes of the beginning of run results that tell that they are ones.
const HEAD: usize = 4096;

fn find(walk: &Walk<'_>, found: &mut Found) {
    for file in walk.files() {
        if path::name(&file.path) == "run_results.json" {
            run_results(walk, &file.path, found);
            continue;
        }
        if records::may_be_events(&file.path) && records::is_events(walk.world, &file.path) {
            let (path, kind) = (file.path.clone(), RecordKind::Events);
            found.records.push(RecordFile { path, kind, platform: None, lacks: Vec::new() });
            continue;
        }
        if records::form(&file.path).is_none() {
            continue;
        }
        // Most such files hold something else: that they cannot be read is for others to say.
        let Some(columns) = records::columns(walk.world, &file.path) else { continue };
        match records::recognize(&file.path, &columns) {
            Recognized::Kind(kind) => {
                let path = file.path.clone();
                // Objects may leave out what they have no value for.
                let fixed = records::form(&path) != Some(Form::Json);
                let lacks = if fixed { kind.lacks(&columns) } else { Vec::new() };
                found.records.push(RecordFile {
                    path,
                    kind: kind.holds,
                    platform: kind.platform,
                    lacks: lacks.into_iter().map(str::to_owned).collect(),
                });
            }
            Recognized::Lacking(kind, lacks) => {
                let names: Vec<String> = lacks.iter().map(Lack::to_string).collect();
                let columns = if lacks.len() == 1 { "column" } else { "columns" };
                let message = format!(
                    "looks like `{}`, without the {columns} {}; not read",
                    kind.name,
                    names.join(", ")
                );
                let problem =
                    text::of_file(&file.path, Severity::Failed, "missing-column", message);
                found.problems.push(problem);
            }
            Recognized::Other => {}
        }
    }
    // What dbt leaves in its own folder is no file of the walk.
    for project in walk.projects() {
        if let Some(file) = path::join(project, "target/run_results.json")
            && !walk.has(&file)
        {
            run_results(walk, &file, found);
        }
    }
    for file in walk.files().iter().filter(|file| path::name(&file.path) == MANIFEST) {
        manifest(walk, &file.path, found);
    }
    found.records.sort_by(|one, two| (one.kind, &one.path).cmp(&(two.kind, &two.path)));
    versions::keep_newest(walk, found);
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

fn run_results(walk: &Walk<'_>, file: &str, found: &mut Found) {
    let head = match walk.world.head(file, HEAD) {
        Ok(head) => head,
        Err(WorldError::Missing(_) | WorldError::Unreadable { .. }) => return,
    };
    if String::from_utf8_lossy(&head).contains("run-results") {
        let (path, kind) = (file.to_owned(), RecordKind::NodeRuns);
        found.records.push(RecordFile { path, kind, platform: None, lacks: Vec::new() });
    }
}
