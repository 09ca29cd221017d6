//! Records of use and bills, read row by row: what is kept in memory does not grow with the file.
//!
//! This crate never writes, never holds a file at once, and never decides who pays for what.
#![warn(clippy::disallowed_methods, reason = "ask the World")]

mod access;
mod block;
mod cloud;
mod column;
mod compute;
mod dates;
mod file;
mod job;
mod json;
mod kind;
mod kit;
mod parquet;
pub mod parquet_rows;
mod read;
mod row;
mod service;
mod spark;
mod table;
mod time;

use plumb_base::record::usage::{RecordFile, RecordKind, UsageRecord};
use plumb_base::{Digest, Place, Position, Problem, Severity, World};

pub use file::{Form, form};
pub use kind::{Kind, Lack, Recognized, recognize};
pub use kit::{Export, Vendor, kit};
pub use row::Columns;
pub use spark::{is_events, may_be_events};

pub(crate) use column::Column;
use dates::Dates;
pub(crate) use row::{Cell, Row};

/// Name of a thread in which a library reads what may be damaged: a panic there is an answer, not a bug of plumb.
pub const FOREIGN_THREAD: &str = "plumb-foreign";

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
    /// Rows that a newer file tells anew, and that do not count.
    pub older: usize,
    /// Whether the file is there no more, and its rows are.
    pub gone: bool,
}

/// Records that stay when their files go.
pub trait RecordStore {
    /// Reads what is new in files, keeps it, and hands on every row that is kept, as [`records`] does.
    ///
    /// The order of rows depends on nothing but the rows. A file that was written over has a name of its own for each
    /// version.
    fn records(
        &self,
        world: &dyn World,
        files: &[RecordFile],
        problems: &mut Vec<Problem>,
        give: &mut dyn FnMut(UsageRecord, &str),
    ) -> Vec<Rows>;

    /// What tells what is kept from anything else that might be.
    fn mark(&self) -> Digest;

    /// Whether something failed: then what was handed on means nothing.
    fn failed(&self) -> bool;
}

/// Reads files of records, in the order given, and hands each row on with the path of its file.
///
/// A row that cannot be read is counted, and the first of its kind is located; the rest of the file goes on.
pub fn records(
    world: &dyn World,
    files: &[RecordFile],
    problems: &mut Vec<Problem>,
    give: &mut dyn FnMut(UsageRecord, &str),
) -> Vec<Rows> {
    let mut counts = Vec::new();
    let mut rest = files;
    while let [file, after @ ..] = rest {
        expect(world, rest);
        if file.kind == RecordKind::Events {
            let logs = rest.iter().take_while(|file| file.kind == RecordKind::Events).count();
            let (logs, after) = rest.split_at(logs);
            counts.extend(spark::read(world, logs, problems, give));
            rest = after;
            continue;
        }
        rest = after;
        let mut reading = Reading::new(file, give);
        match file.kind {
            RecordKind::NodeRuns => json::node_runs(world, &mut reading),
            _ => match form(&file.path) {
                Some(form) => {
                    reading.again = Some((world, form));
                    file::read(world, form, &mut reading);
                }
                None => continue,
            },
        }
        problems.append(&mut reading.problems());
        let (read, bad) = (reading.read, reading.bad);
        counts.push(Rows {
            path: file.path.clone(),
            kind: file.kind,
            read,
            bad,
            older: 0,
            gone: false,
        });
    }
    counts
}

/// Files that a world may ask for before they are read.
const AHEAD: usize = 8;

/// Says which files are read next.
pub fn expect(world: &dyn World, files: &[RecordFile]) {
    let next = files.iter().take(AHEAD).take_while(|file| file.kind != RecordKind::Events);
    world.expect(&next.map(|file| file.path.as_str()).collect::<Vec<_>>());
}

/// The columns of a file, from its beginning; `None` where it is no table.
pub fn columns(world: &dyn World, path: &str) -> Option<Columns> {
    file::columns(world, path, form(path)?)
}

/// The beginning of a line.
fn at(path: &str, line: u32) -> Place {
    let start = Position { line, column: 1 };
    Place { start, end: start, ..Place::file(path) }
}

fn partly(place: Place, reason: &str, message: String) -> Problem {
    Problem { place, severity: Severity::Partly, reason: reason.to_owned(), message }
}

/// One file while it is read.
struct Reading<'a> {
    file: &'a RecordFile,
    kind: Option<&'static Kind>,
    give: &'a mut dyn FnMut(UsageRecord, &str),
    /// Columns of the row before, where each row has its own.
    columns: Option<Columns>,
    read: usize,
    bad: usize,
    /// What was wrong: with how many rows, and where first.
    faults: Vec<(String, usize, Option<u32>)>,
    /// Why it was not read to its end.
    broken: Option<String>,
    dates: Dates,
    /// How the file is read once more.
    again: Option<(&'a dyn World, Form)>,
}

impl<'a> Reading<'a> {
    fn new(file: &'a RecordFile, give: &'a mut dyn FnMut(UsageRecord, &str)) -> Self {
        let kind = kind::kind(file.kind, file.platform);
        Self {
            file,
            kind,
            give,
            columns: None,
            read: 0,
            bad: 0,
            faults: Vec::new(),
            broken: None,
            dates: Dates::Open,
            again: None,
        }
    }

    /// A row, and its line where the file has lines.
    fn row(&mut self, row: &Row<'_>, line: Option<u32>) {
        let Some(kind) = self.kind else { return };
        if let (Dates::Open, Some((world, form))) = (&self.dates, self.again) {
            self.dates = Dates::of(world, form, self, row);
        }
        match &mut self.dates {
            Dates::Asked(seen) => return seen.look(row),
            Dates::Known(order) => row.order.set(*order),
            Dates::Open | Dates::Unknown(..) => {}
        }
        match (kind.read)(row, &self.file.path) {
            Ok(record) => {
                self.read += 1;
                for column in row.doubts() {
                    self.doubt(column, line);
                }
                if let Some(record) = record {
                    (self.give)(record, &self.file.path);
                }
            }
            Err(column) => self.fault(format!("no `{}` that can be read", column.name()), line),
        }
    }

    /// A row that cannot be read, and why.
    fn fault(&mut self, why: String, line: Option<u32>) {
        self.bad += 1;
        self.note(why, line);
    }

    /// A row that is read without a column.
    fn doubt(&mut self, column: Column, line: Option<u32>) {
        let why = format!("no `{}` that can be read (what was billed counts)", column.name());
        self.note(why, line);
    }

    fn note(&mut self, why: String, line: Option<u32>) {
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
        let mut problems: Vec<Problem> = self.dates.problem(path).into_iter().collect();
        for (why, count, line) in &self.faults {
            let rows =
                if *count == 1 { "1 row has".to_owned() } else { format!("{count} rows have") };
            let message = format!("{rows} {why}; the first is here");
            problems.push(partly(at(path, line.unwrap_or(1)), "bad-row", message));
        }
        if let Some(why) = &self.broken {
            let message = format!("breaks off after {} rows: {why}", self.read + self.bad);
            problems.push(partly(Place::file(path), "records-cut", message));
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::Write;

    use plumb_base::{Entry, WorldError};

    use super::*;

    /// Files that are not texts.
    struct Bytes(BTreeMap<String, Vec<u8>>);

    impl World for Bytes {
        fn files(&self, _: &str) -> Result<Vec<Entry>, WorldError> {
            let entry = |(path, bytes): (&String, &Vec<u8>)| Entry {
                path: path.clone(),
                size: bytes.len() as u64,
            };
            Ok(self.0.iter().map(entry).collect())
        }

        fn read(&self, path: &str) -> Result<Vec<u8>, WorldError> {
            self.0.get(path).cloned().ok_or_else(|| WorldError::Missing(path.to_owned()))
        }

        fn variable(&self, _: &str) -> Option<String> {
            None
        }

        fn root(&self) -> String {
            "memory".to_owned()
        }
    }

    fn read(path: &str, bytes: Vec<u8>) -> (Vec<UsageRecord>, Vec<String>) {
        let world = Bytes(BTreeMap::from([(path.to_owned(), bytes)]));
        let kind = columns(&world, path).map(|columns| recognize(path, &columns));
        let Some(Recognized::Kind(kind)) = kind else { return Default::default() };
        let file = RecordFile {
            path: path.to_owned(),
            kind: kind.holds,
            platform: kind.platform,
            lacks: Vec::new(),
        };
        let (mut problems, mut given) = (Vec::new(), Vec::new());
        let _rows = records(&world, &[file], &mut problems, &mut |row, _| given.push(row));
        (given, problems.into_iter().map(|it| it.message).collect())
    }

    const CSV: &str = "DATE,SERVICE_TYPE,EFFECTIVE_RATE,CURRENCY\n2026-10-01,PIPE,2.5,USD\n2026-10-02,PIPE,2.5,USD\n";

    fn gzip(text: &str) -> Vec<u8> {
        let mut file = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        file.write_all(text.as_bytes()).unwrap();
        file.finish().unwrap()
    }

    #[test]
    fn what_is_compressed_is_read_as_it_was() {
        let (plain, problems) = read("rates.csv", CSV.as_bytes().to_vec());
        assert_eq!((plain.len(), problems.len()), (2, 0));
        assert_eq!(read("rates.csv.gz", gzip(CSV)).0, plain);
        assert_eq!(read("rates.csv.zst", zstd::encode_all(CSV.as_bytes(), 1).unwrap()).0, plain);
        // Parts of an export are often put behind one another.
        let two = [gzip(CSV), gzip("2026-10-03,PIPE,2.5,USD\n")].concat();
        assert_eq!(read("rates.csv.gz", two).0.len(), 3);
    }

    #[test]
    fn what_breaks_off_is_read_so_far_and_said() {
        let lines = (0..20_000).map(|at| format!("2026-10-01,S{at},2.5,USD\n"));
        let long = lines.collect::<Vec<_>>().concat();
        let mut file = gzip(&(CSV.to_owned() + &long));
        file.truncate(file.len() / 2);
        let (given, problems) = read("rates.csv.gz", file);
        assert!(given.len() > 100, "{}", given.len());
        assert!(problems[0].starts_with("breaks off after"), "{problems:?}");
    }

    #[test]
    fn any_bytes_are_read_to_their_end() {
        let mut seed: u64 = 7;
        for name in ["a.csv", "query_history.json", "b.jsonl", "c.parquet", "d.csv.gz", "e.csv.zst"]
        {
            for length in [0, 1, 5, 400] {
                let mut bytes = CSV.as_bytes().to_vec();
                for _ in 0..length {
                    seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    bytes.push(u8::try_from(seed >> 20 & 0xff).unwrap_or(0));
                }
                let _read = read(name, bytes);
            }
        }
    }
}
