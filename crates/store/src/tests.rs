//! Laws of a store: nothing is lost, nothing counts twice, in whatever order it comes and whatever stops a run.

#![expect(clippy::disallowed_methods, reason = "these tests have a disk")]

mod breaks;
mod exports;
mod orders;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use plumb_base::MemoryWorld;
use plumb_base::record::usage::UsageRecord;
use plumb_ledger::{Contract, Reading};

use super::*;

/// A folder that goes with its test.
pub(super) struct Folder(pub(super) PathBuf);

impl Folder {
    pub(super) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("plumb-store-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let _absent = fs::remove_dir_all(&folder);
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = fs::remove_dir_all(&self.0);
    }
}

pub(super) fn open(folder: &Path) -> Store {
    Store::open(folder, Box::new(RealDisk), Interrupt::default(), Box::new(|| {})).unwrap()
}

/// Everything that comes of one reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) records: Vec<UsageRecord>,
    pub(super) rows: Vec<Rows>,
    pub(super) problems: Vec<Problem>,
    /// Charges, allocations and causes, with their names.
    pub(super) ledger: String,
}

impl Given {
    pub(super) fn bag(&self) -> Vec<String> {
        let mut bag: Vec<String> = self.records.iter().map(|it| format!("{it:?}")).collect();
        bag.sort();
        bag
    }
}

/// Reads a folder of files through a store.
pub(super) fn read(store: &Store, files: &[(&str, &str)]) -> Result<Given, StoreError> {
    let world = MemoryWorld::new(files.iter().copied());
    let found = plumb_connect::discover(&world);
    let (mut records, mut problems) = (Vec::new(), Vec::new());
    let mut give = |record, file: &str| records.push((file.to_owned(), record));
    let rows = store.records(&world, &found.records, &mut problems, &mut give);
    match store.failure() {
        Some(failure) => Err(failure),
        None => Ok(given(records, rows, problems)),
    }
}

/// Reads a folder of files without one.
pub(super) fn directly(files: &[(&str, &str)]) -> Given {
    let world = MemoryWorld::new(files.iter().copied());
    let found = plumb_connect::discover(&world);
    let (mut records, mut problems) = (Vec::new(), Vec::new());
    let mut give = |record, file: &str| records.push((file.to_owned(), record));
    let rows = plumb_records::records(&world, &found.records, &mut problems, &mut give);
    given(records, rows, problems)
}

fn given(records: Vec<(String, UsageRecord)>, rows: Vec<Rows>, problems: Vec<Problem>) -> Given {
    let mut reading = Reading::new(Contract::default());
    for (file, record) in &records {
        reading.of(file);
        reading.add(record.clone());
    }
    let records = records.into_iter().map(|(_, record)| record).collect();
    let ledger = reading.close();
    let mut text = format!("{:?}\n", ledger.sums());
    for one in &ledger.allocations {
        let charge = &ledger.charges[one.charge];
        let name = ledger.names.name(charge.service);
        let resource = charge.resource.map(|id| ledger.names.name(id));
        writeln!(text, "{name} {resource:?} {charge:?} {one:?}").unwrap();
    }
    for cause in &ledger.causes {
        writeln!(text, "{} {}", ledger.workloads[cause.workload].key, cause.runs).unwrap();
    }
    Given { records, rows, problems, ledger: text }
}

#[test]
fn what_is_kept_is_what_was_read() {
    let files = exports::everything();
    let files: Vec<(&str, &str)> = files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let folder = Folder::new();
    let (kept, plain) = (read(&open(&folder.0), &files).unwrap(), directly(&files));
    assert_eq!(kept.bag(), plain.bag());
    assert_eq!(kept.rows, plain.rows);
    assert_eq!(kept.problems, plain.problems);
    // From the store alone, too.
    let again = read(&open(&folder.0), &[]).unwrap();
    assert_eq!(again.records, kept.records);
    assert_eq!(again.ledger, kept.ledger);
    assert!(again.rows.iter().all(|rows| rows.gone));
}

#[test]
fn a_second_run_reads_only_what_is_new() {
    let folder = Folder::new();
    let (one, two) = (exports::queries(0..10), exports::queries(5..20));
    let store = open(&folder.0);
    let fill = |files: &[(&str, &str)]| {
        let world = MemoryWorld::new(files.iter().copied());
        store.fill(&world, &plumb_connect::discover(&world).records).unwrap()
    };
    assert_eq!(fill(&[("one.csv", &one)]), 1);
    assert_eq!(fill(&[("one.csv", &one), ("two.csv", &two)]), 1);
    assert_eq!(fill(&[("two.csv", &two), ("moved/one.csv", &one)]), 0);
    let state = store.state().unwrap();
    assert_eq!((state.files, state.kept[0].rows), (2, 20), "the overlap is kept once");
}

#[test]
fn a_store_of_another_layout_is_left_alone() {
    for (version, said) in [(7, "a newer plumb (layout 7,"), (1, "an earlier plumb (layout 1,")] {
        let folder = Folder::new();
        drop(open(&folder.0));
        let database = rusqlite::Connection::open(folder.0.join(DATABASE)).unwrap();
        database.pragma_update(None, "user_version", version).unwrap();
        drop(database);
        let opened =
            Store::open(&folder.0, Box::new(RealDisk), Interrupt::default(), Box::new(|| {}));
        let error = opened.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains(&format!("was written by {said}")), "{error}");
    }
}

#[test]
fn a_database_of_somebody_else_is_left_alone() {
    let folder = Folder::new();
    fs::create_dir_all(&folder.0).unwrap();
    let database = rusqlite::Connection::open(folder.0.join(DATABASE)).unwrap();
    database.execute_batch("create table theirs (a); pragma application_id = 5;").unwrap();
    let opened = Store::open(&folder.0, Box::new(RealDisk), Interrupt::default(), Box::new(|| {}));
    assert!(matches!(opened, Err(StoreError::NotOurs(_))));
}

#[test]
fn damage_is_said_and_nothing_is_made_of_it() {
    let folder = Folder::new();
    let one = exports::queries(0..10);
    read(&open(&folder.0), &[("one.csv", &one)]).unwrap();
    let segments = RealDisk.files(&folder.0.join("facts")).unwrap();
    let mut bytes = fs::read(&segments[0]).unwrap();
    bytes[10] ^= 1;
    fs::write(&segments[0], bytes).unwrap();
    let failure = read(&open(&folder.0), &[("one.csv", &one)]).unwrap_err().to_string();
    assert!(failure.ends_with("its bytes are not those that were written"), "{failure}");
}

#[test]
fn two_that_write_take_turns() {
    let folder = Folder::new();
    let first = open(&folder.0);
    let locked = first.lock().unwrap();
    let path = folder.0.clone();
    let (said, heard) = std::sync::mpsc::channel();
    let second = std::thread::spawn(move || {
        let waits = Box::new(move || said.send(()).unwrap());
        let store = Store::open(&path, Box::new(RealDisk), Interrupt::default(), waits).unwrap();
        read(&store, &[("one.csv", &exports::queries(0..5))]).unwrap().records.len()
    });
    heard.recv().unwrap();
    drop(locked);
    assert_eq!(second.join().unwrap(), 5);
}
