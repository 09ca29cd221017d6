//! Reading files into a store: each once, a handful of rows at a time, and from where an earlier run stopped.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use plumb_base::record::usage::{RecordFile, RecordKind, UsageRecord};
use plumb_base::{Digest, Hasher, Place, Problem, Severity, World, is_elsewhere};
use plumb_records::{Rows, records};
use rustc_hash::FxHashSet;

use crate::book::{End, SegmentNote, Told};
use crate::interrupt::Stoppable;
use crate::shelf::{Cell, Key, Shelf};
use crate::{Store, StoreError, files, segment};

/// Rows that are held before they are written; tests want many writes.
const MOST_ROWS: usize = if cfg!(test) { 16 } else { 1 << 17 };

/// Bytes of their texts.
const MOST_BYTES: usize = 64 << 20;

/// What became of the files of a run.
#[derive(Debug, Default)]
pub(crate) struct Filled {
    /// How many were read.
    pub(crate) new: usize,
    /// Those that are there.
    pub(crate) here: BTreeSet<Digest>,
    /// Those that cannot be read, and why.
    pub(crate) unreadable: Vec<(Rows, Problem)>,
}

/// Sweeps away what an earlier run left unfinished, then reads what is new.
pub(crate) fn fill(
    store: &Store,
    world: &dyn World,
    list: &[RecordFile],
) -> Result<Filled, StoreError> {
    let _heeding = store.interrupt.heed();
    sweep(store)?;
    let mut filled = Filled::default();
    let asked = vec![Arc::clone(&store.interrupt.asked)];
    let stoppable = Stoppable { world, asked, broke: Arc::default() };
    for (at, file) in list.iter().enumerate() {
        expect(store, world, &list[at..])?;
        let digest = match digest(&stoppable, file) {
            Ok(digest) => digest,
            Err(_) if store.interrupt.is_asked() => return Err(StoreError::Interrupted),
            Err(why) => {
                filled.unreadable.push(unreadable(file, &why));
                continue;
            }
        };
        filled.here.insert(digest);
        if store.book.borrow().knows(digest, &file.path)? {
            continue;
        }
        read(store, world, file, digest)?;
        filled.new += 1;
    }
    if store.interrupt.is_asked() {
        return Err(StoreError::Interrupted);
    }
    Ok(filled)
}

/// Says which files are read next: those near that are new, as far as their marks tell.
fn expect(store: &Store, world: &dyn World, list: &[RecordFile]) -> Result<(), StoreError> {
    let mut new = Vec::new();
    for file in list.iter().take(AHEAD).filter(|file| is_elsewhere(&file.path)) {
        let marked = world.mark(&file.path).and_then(|_| digest(world, file).ok());
        if let Some(digest) = marked
            && !store.book.borrow().knows(digest, &file.path)?
        {
            new.push(file.clone());
        }
    }
    if !new.is_empty() {
        plumb_records::expect(world, &new);
    }
    Ok(())
}

/// Files that are looked at to tell which are new.
const AHEAD: usize = 8;

/// Removes what is not noted.
fn sweep(store: &Store) -> Result<(), StoreError> {
    let facts = store.facts();
    let noted: BTreeSet<PathBuf> =
        store.book.borrow().names()?.iter().map(|name| facts.join(name)).collect();
    let found = store.disk.files(&facts).map_err(|why| files(&facts, why))?;
    for path in found.iter().filter(|path| !noted.contains(*path)) {
        store.disk.remove(path).map_err(|why| files(path, why))?;
    }
    Ok(())
}

/// A digest of everything that decides which rows a file gives.
fn digest(world: &dyn World, file: &RecordFile) -> Result<Digest, String> {
    let (kind, platform) = Shelf::of(file).words();
    let mut all = Hasher::new("file");
    all.text(kind).text(platform);
    // Of prices the name tells whether they were agreed.
    if file.kind == RecordKind::UnitPrices {
        all.number(u64::from(file.path.to_ascii_lowercase().contains("account_prices")));
    }
    // What has a mark is not read to be known again.
    if let Some(mark) = world.mark(&file.path) {
        let all = match mark.bytes() {
            Some(bytes) => all.digest(bytes),
            None => all.text(&file.path).digest(mark.digest()),
        };
        return Ok(all.finish());
    }
    let mut stream = world.stream(&file.path).map_err(|error| error.to_string())?;
    let mut all = all.finish();
    let mut part = Vec::new();
    loop {
        part.clear();
        let read = stream.by_ref().take(PART).read_to_end(&mut part);
        if read.map_err(|error| error.to_string())? == 0 {
            return Ok(all);
        }
        all = Hasher::new("file").digest(all).digest(Digest::of(&part)).finish();
    }
}

/// Bytes of a file that are held at once.
const PART: u64 = 1 << 20;

fn unreadable(file: &RecordFile, why: &str) -> (Rows, Problem) {
    let rows =
        Rows { path: file.path.clone(), kind: file.kind, read: 0, bad: 0, older: 0, gone: false };
    let problem = Problem {
        place: Place::file(&file.path),
        severity: Severity::Failed,
        reason: "records-cut".to_owned(),
        message: format!("cannot be read: {why}"),
    };
    (rows, problem)
}

/// Reads one file from where an earlier run stopped.
fn read(
    store: &Store,
    world: &dyn World,
    file: &RecordFile,
    digest: Digest,
) -> Result<(), StoreError> {
    let (id, given) = store.book.borrow_mut().begin(digest, file)?;
    let asked = Arc::clone(&store.interrupt.asked);
    let stop = Arc::new(AtomicBool::new(false));
    let broke = Arc::new(AtomicBool::new(false));
    let asked = vec![asked, Arc::clone(&stop)];
    let world = Stoppable { world, asked, broke: Arc::clone(&broke) };
    let mut intake = Intake {
        store,
        shelf: Shelf::of(file),
        file: id,
        name: digest,
        skip: given,
        given,
        rows: Vec::new(),
        bytes: 0,
    };
    let mut failure = None;
    let mut problems = Vec::new();
    let rows = records(&world, std::slice::from_ref(file), &mut problems, &mut |record, _| {
        if failure.is_none()
            && let Err(error) = intake.take(record)
        {
            stop.store(true, Ordering::Relaxed);
            failure = Some(error);
        }
    });
    if let Some(failure) = failure {
        return Err(failure);
    }
    if store.interrupt.is_asked() {
        intake.write(None)?;
        return Err(StoreError::Interrupted);
    }
    if broke.load(Ordering::Relaxed) {
        return intake.write(None);
    }
    let (read, bad) = rows.first().map_or((0, 0), |rows| (rows.read, rows.bad));
    intake.write(Some(&End { read, bad, problems: &problems }))
}

/// Rows of a file on their way into a store.
struct Intake<'a> {
    store: &'a Store,
    shelf: Shelf,
    file: i64,
    name: Digest,
    /// Rows that an earlier run has kept, and that are still to come.
    skip: usize,
    given: usize,
    rows: Vec<(Key, UsageRecord)>,
    bytes: usize,
}

impl Intake<'_> {
    fn take(&mut self, mut record: UsageRecord) -> Result<(), StoreError> {
        if self.skip > 0 {
            self.skip -= 1;
            return Ok(());
        }
        self.bytes += if let UsageRecord::Query(run) = &record { run.text.len() } else { 0 };
        self.given += 1;
        self.rows.push((Key::of(self.shelf, &mut record), record));
        if self.rows.len() >= MOST_ROWS || self.bytes >= MOST_BYTES {
            return self.write(None);
        }
        Ok(())
    }

    /// Writes what is held, a segment for each day, and notes it.
    fn write(&mut self, end: Option<&End<'_>>) -> Result<(), StoreError> {
        let shelf = self.shelf;
        let mut days: BTreeMap<i64, Vec<(Key, UsageRecord)>> = BTreeMap::new();
        for row in self.rows.drain(..) {
            days.entry(row.0.day(shelf)).or_default().push(row);
        }
        self.bytes = 0;
        let mut segments = Vec::new();
        for (day, mut rows) in days {
            rows.sort_unstable_by_key(|(key, _)| *key);
            self.leave_out_known(day, &mut rows)?;
            if !rows.is_empty() {
                segments.push(self.segment(day, rows)?);
            }
        }
        let disk = self.store.disk.as_ref();
        let step = || disk.step().map_err(|why| files(&self.store.folder, why));
        step()?;
        self.store.book.borrow_mut().add((self.file, self.given), &segments, end)?;
        step()
    }

    /// Leaves out rows that count once by themselves and are kept already, or come twice.
    fn leave_out_known(
        &self,
        day: i64,
        rows: &mut Vec<(Key, UsageRecord)>,
    ) -> Result<(), StoreError> {
        if rows.iter().all(|(_, record)| Cell::of(record).is_some()) {
            return Ok(());
        }
        let mut known: FxHashSet<Digest> = FxHashSet::default();
        for note in self.store.book.borrow().segments_of_day(self.shelf, day)? {
            let bytes = self.store.bytes(&note)?;
            let digests = segment::digests(bytes).map_err(|why| damaged(&note.name, &why))?;
            known.extend(digests);
        }
        rows.retain(|(key, record)| Cell::of(record).is_some() || known.insert(key.row));
        Ok(())
    }

    fn segment(
        &self,
        day: i64,
        rows: Vec<(Key, UsageRecord)>,
    ) -> Result<(SegmentNote, Vec<Told>), StoreError> {
        let mut told: BTreeMap<Cell, (Digest, usize)> = BTreeMap::new();
        for (key, record) in &rows {
            if let Some(cell) = Cell::of(record) {
                let (sum, count) = told.entry(cell).or_default();
                sum.0 = sum.0.wrapping_add(key.row.0);
                *count += 1;
            }
        }
        let folder = self.shelf.folder(day);
        // The number of the last row makes the name one of its own, whatever was begun here before.
        let name = format!("{folder}/{}-{}.parquet", self.name, self.given);
        let count = rows.len();
        let bytes = segment::write(self.shelf, rows).map_err(|why| damaged(&name, &why))?;
        self.put(&folder, &name, &bytes)?;
        let (size, digest) = (bytes.len(), Digest::of(&bytes));
        let note = SegmentNote { file: self.file, day, name, rows: count, size, digest };
        let told = told.into_iter().map(|(cell, (digest, rows))| (cell, digest, rows)).collect();
        Ok((note, told))
    }

    /// Writes a file beside its place, and moves it there when it is on the disk.
    fn put(&self, folder: &str, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let facts = self.store.facts();
        let (path, beside) = (facts.join(name), facts.join(format!("{name}.part")));
        let disk = self.store.disk.as_ref();
        let or = |path: &Path| {
            let path = path.to_owned();
            move |why| files(&path, why)
        };
        disk.folder(&facts.join(folder)).map_err(or(&facts))?;
        disk.write(&beside, bytes).map_err(or(&beside))?;
        disk.rename(&beside, &path).map_err(or(&path))
    }
}

pub(crate) fn damaged(name: &str, why: &dyn std::fmt::Display) -> StoreError {
    StoreError::Damaged(format!("`{name}` cannot be used: {why}"))
}
