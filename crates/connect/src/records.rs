//! Records of use and bills, read row by row: what is kept in memory does not grow with the file.

mod column;
mod file;
mod json;
mod kind;
mod parquet;
mod read;
mod row;
mod table;
mod time;

use plumb_base::record::usage::{RecordFile, RecordKind, UsageRecord};
use plumb_base::{Problem, Severity, World};

use crate::text;

pub(crate) use column::Column;
pub(crate) use file::form;
pub(crate) use kind::{Kind, Recognized, recognize};
pub(crate) use row::{Cell, Columns, Row};

/// How much of a file was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// Path.
    pub path: String,
    /// What it holds.
    pub kind: RecordKind,
    /// Rows that were read.
    pub read: usize,
    /// Rows that could not be.
    pub bad: usize,
}

/// Reads files of records, in the order given, and hands each row on.
///
/// A row that cannot be read is counted, and the first of its kind is located; the rest of the file goes on.
pub fn records(
    world: &dyn World,
    files: &[RecordFile],
    problems: &mut Vec<Problem>,
    give: &mut dyn FnMut(UsageRecord),
) -> Vec<Rows> {
    let mut counts = Vec::new();
    for file in files {
        let mut reading = Reading::new(file, give);
        match file.kind {
            RecordKind::NodeRuns => json::node_runs(world, &mut reading),
            _ => match form(&file.path) {
                Some(form) => file::read(world, form, &mut reading),
                None => continue,
            },
        }
        problems.append(&mut reading.problems());
        let (read, bad) = (reading.read, reading.bad);
        counts.push(Rows { path: file.path.clone(), kind: file.kind, read, bad });
    }
    counts
}

/// The columns of a file, from its beginning; `None` where it is no table.
pub(crate) fn columns(world: &dyn World, path: &str) -> Option<Columns> {
    file::columns(world, path, form(path)?)
}

/// One file while it is read.
struct Reading<'a> {
    file: &'a RecordFile,
    kind: Option<&'static Kind>,
    give: &'a mut dyn FnMut(UsageRecord),
    read: usize,
    bad: usize,
    /// What was wrong: with how many rows, and where first.
    faults: Vec<(String, usize, Option<u32>)>,
    /// Why it was not read to its end.
    broken: Option<String>,
}

impl<'a> Reading<'a> {
    fn new(file: &'a RecordFile, give: &'a mut dyn FnMut(UsageRecord)) -> Self {
        let kind = kind::kind(file.kind, file.platform);
        Self { file, kind, give, read: 0, bad: 0, faults: Vec::new(), broken: None }
    }

    /// A row, and its line where the file has lines.
    fn row(&mut self, row: &Row<'_>, line: Option<u32>) {
        let Some(kind) = self.kind else { return };
        match (kind.read)(row, &self.file.path) {
            Ok(record) => {
                self.read += 1;
                if let Some(record) = record {
                    (self.give)(record);
                }
            }
            Err(column) => self.fault(format!("no `{}` that can be read", column.name()), line),
        }
    }

    /// A row that cannot be read, and why.
    fn fault(&mut self, why: String, line: Option<u32>) {
        self.bad += 1;
        match self.faults.iter_mut().find(|(known, _, _)| *known == why) {
            Some((_, count, _)) => *count += 1,
            None => self.faults.push((why, 1, line)),
        }
    }

    /// The rest of the file cannot be read.
    fn breaks_off(&mut self, why: &dyn std::fmt::Display) {
        self.broken.get_or_insert(why.to_string());
    }

    fn problems(&self) -> Vec<Problem> {
        let path = &self.file.path;
        let mut problems = Vec::new();
        for (why, count, line) in &self.faults {
            let rows =
                if *count == 1 { "1 row has".to_owned() } else { format!("{count} rows have") };
            let message = format!("{rows} {why}; the first is here");
            let line = (line.unwrap_or(1), 1);
            problems.push(text::at(path, line, Severity::Partly, "bad-row", message));
        }
        if let Some(why) = &self.broken {
            let message = format!("breaks off after {} rows: {why}", self.read + self.bad);
            problems.push(text::of_file(path, Severity::Partly, "records-cut", message));
        }
        problems
    }
}
