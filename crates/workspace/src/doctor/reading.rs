//! How much was read, and what kept the rest from being read.

use plumb_base::{
    Severity,
    answer::{Check, Health, NotCovered, ReasonCount},
    record::{FileCount, RecordPlace, usage::RecordFile},
};
use plumb_estate::AssetKind;

use super::check;
use crate::{Workspace, audit, cost};

/// Reasons that are named beside those for which something failed.
const REASONS: usize = 5;

/// Endings of files that are named.
const ENDINGS: usize = 6;

pub(super) fn reading(workspace: &Workspace, kept: usize) -> Vec<Check> {
    let estate = &workspace.estate;
    let mut checks = vec![files(&workspace.found.files)];
    // Two readers may have counted one kind.
    let mut kinds: Vec<&NotCovered> = Vec::new();
    for kind in &estate.not_covered {
        if kinds.iter().all(|known| known.kind != kind.kind) {
            kinds.push(kind);
        }
    }
    checks.extend(kinds.into_iter().map(|kind| {
        let detail = match kind.examples.first() {
            Some(first) if kind.count > 1 => format!("{}, such as {first}", kind.count),
            Some(first) => first.clone(),
            None => kind.count.to_string(),
        };
        check(Health::Warning, &format!("{}: not covered", kind.kind), detail)
    }));
    let tally = estate.coverage;
    let whole = tally.read == tally.total();
    let detail = format!(
        "{} of {} read, {} partly, {} not read, {} failed",
        tally.read,
        tally.total(),
        tally.partly,
        tally.opaque,
        tally.failed
    );
    checks.push(check(if whole { Health::Good } else { Health::Warning }, "statements", detail));
    let failed = |reason: &ReasonCount| {
        let problems = estate.problems.iter().filter(|it| it.reason == reason.reason);
        problems.map(|it| it.severity).max() == Some(Severity::Failed)
    };
    // What failed is told in any case, however rare it is; of places each is told by itself.
    let (lost, partly): (Vec<ReasonCount>, Vec<ReasonCount>) =
        audit::reasons(&estate.problems).into_iter().partition(failed);
    let lost = lost.into_iter().filter(|reason| reason.reason != "place-unlisted");
    let lost = lost.map(|reason| (Health::Problem, reason));
    let partly = partly.into_iter().take(REASONS).map(|reason| (Health::Warning, reason));
    for (health, reason) in lost.chain(partly) {
        let detail = format!("{}, first at {}: {}", reason.count, reason.place, reason.message);
        checks.push(check(health, &reason.reason, detail));
    }
    checks.extend(schemas(workspace));
    checks.extend(records(workspace, kept));
    checks
}

/// Which exports of query history and bills are there; what they hold is for `plumb cost`.
fn records(workspace: &Workspace, kept: usize) -> Vec<Check> {
    let mut checks = places(workspace);
    checks.extend(exports(workspace, kept));
    checks
}

/// The places elsewhere where they were looked for.
fn places(workspace: &Workspace) -> Vec<Check> {
    let place = |place: &RecordPlace| {
        if let Some(why) = &place.why {
            let lost = Some("none of its records count".to_owned());
            return Check { why: lost, ..check(Health::Problem, &place.path, why) };
        }
        let health = if place.records == 0 { Health::Warning } else { Health::Good };
        let files = if place.files == 1 { "file" } else { "files" };
        let detail = format!("{} {files}, {} of records", place.files, place.records);
        check(health, &place.path, detail)
    };
    workspace.found.places.iter().map(place).collect()
}

fn exports(workspace: &Workspace, kept: usize) -> Vec<Check> {
    let what = "bills and query history";
    let files = &workspace.found.records;
    if files.is_empty() && kept > 0 {
        let detail = "none in this folder; those of earlier runs are in the store";
        return vec![check(Health::Good, what, detail)];
    }
    if files.is_empty() {
        return vec![Check {
            fix: Some(
                "export them into this folder: plumb extract-kit prints the queries".to_owned(),
            ),
            ..check(Health::Absent, what, "none found; findings have no cost")
        }];
    }
    let mut kinds: Vec<&str> = files.iter().map(|file| cost::kind(file.kind)).collect();
    kinds.dedup();
    let number =
        if files.len() == 1 { "1 file".to_owned() } else { format!("{} files", files.len()) };
    let mut checks = vec![check(Health::Good, what, format!("{number}: {}", kinds.join(", ")))];
    // Parts of one export lack the same.
    let mut lacking: Vec<(&RecordFile, usize)> = Vec::new();
    for file in files.iter().filter(|file| !file.lacks.is_empty()) {
        match lacking.iter_mut().find(|(it, _)| (it.kind, &it.lacks) == (file.kind, &file.lacks)) {
            Some((_, others)) => *others += 1,
            None => lacking.push((file, 0)),
        }
    }
    checks.extend(lacking.into_iter().map(|(file, others)| {
        let more = if others == 0 { String::new() } else { format!(" and {others} more") };
        let detail = format!("{}{more} without {}", file.path, file.lacks.join(", "));
        check(Health::Absent, cost::kind(file.kind), detail)
    }));
    checks
}

fn files(files: &[FileCount]) -> Check {
    let sum = |of: fn(&FileCount) -> usize| files.iter().map(of).sum::<usize>();
    let read: Vec<String> = files
        .iter()
        .filter(|it| it.read > 0)
        .take(ENDINGS)
        .map(|it| {
            let name = if it.extension.is_empty() {
                "no ending".to_owned()
            } else {
                format!(".{}", it.extension)
            };
            if it.read == it.seen {
                format!("{} {name}", it.read)
            } else {
                format!("{} of {} {name}", it.read, it.seen)
            }
        })
        .collect();
    let which = if read.is_empty() { String::new() } else { format!(": {}", read.join(", ")) };
    let detail = format!("{} of {} read{which}", sum(|it| it.read), sum(|it| it.seen));
    check(Health::Good, "files", detail)
}

/// How many of the tables that are only read have known columns.
fn schemas(workspace: &Workspace) -> Option<Check> {
    let sources = workspace.estate.assets.iter().filter(|it| it.kind == AssetKind::Source);
    let (closed, total) =
        sources.fold((0, 0), |(closed, total), it| (closed + usize::from(!it.open), total + 1));
    let detail = format!("all columns known of {closed} of {total}");
    if closed == total {
        return (total > 0).then(|| check(Health::Good, "tables that are read", detail));
    }
    Some(Check {
        why: Some("stars and bare names over the others have fewer equalities".to_owned()),
        fix: Some("export INFORMATION_SCHEMA.COLUMNS as CSV into this folder".to_owned()),
        ..check(Health::Absent, "tables that are read", detail)
    })
}
