//! Exports of query history, metering and bills: which files are there, and what each holds.

use plumb_base::record::Found;
use plumb_base::record::usage::{RecordFile, RecordKind};
use plumb_base::{Severity, WorldError};

use plumb_records::{self as records, Recognized};

use crate::{Connector, Walk, path, text};

pub(crate) static CONNECTOR: Connector =
    Connector { name: "usage_records", page: include_str!("usage_records.md"), find };

/// Bytes of the beginning of run results that tell that they are ones.
const HEAD: usize = 4096;

fn find(walk: &Walk<'_>, found: &mut Found) {
    for file in walk.files() {
        if path::name(&file.path) == "run_results.json" {
            run_results(walk, &file.path, found);
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
                found.records.push(RecordFile { path, kind: kind.holds, platform: kind.platform });
            }
            Recognized::Lacking(kind, lacks) => {
                let names: Vec<String> = lacks.iter().map(|name| format!("`{name}`")).collect();
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
    found.records.sort_by(|one, two| (one.kind, &one.path).cmp(&(two.kind, &two.path)));
}

fn run_results(walk: &Walk<'_>, file: &str, found: &mut Found) {
    let head = match walk.world.head(file, HEAD) {
        Ok(head) => head,
        Err(WorldError::Missing(_) | WorldError::Unreadable { .. }) => return,
    };
    if String::from_utf8_lossy(&head).contains("run-results") {
        let (path, kind) = (file.to_owned(), RecordKind::NodeRuns);
        found.records.push(RecordFile { path, kind, platform: None });
    }
}
