//! Handing on what is kept, in an order that depends on nothing but the rows: kind by kind, day by day, merged.

use std::cmp::Reverse;
use std::collections::binary_heap::{BinaryHeap, PeekMut};
use std::collections::{BTreeMap, BTreeSet};

use plumb_base::record::usage::UsageRecord;
use plumb_base::{Digest, Place, Problem, Severity};
use plumb_records::Rows;

use crate::book::{FileNote, SegmentNote};
use crate::fill::{Filled, damaged};
use crate::newest::{Older, Origin, older};
use crate::shelf::{Cell, Key, Shelf};
use crate::{Store, StoreError, files, segment};

/// Hands on every row that counts; how much of each file that is.
pub(crate) fn give(
    store: &Store,
    filled: Filled,
    problems: &mut Vec<Problem>,
    give: &mut dyn FnMut(UsageRecord, &str),
) -> Result<Vec<Rows>, StoreError> {
    let notes = store.book.borrow().files()?;
    let names = names(&notes);
    let mut left_out: BTreeMap<i64, usize> = BTreeMap::new();
    let shelves: BTreeSet<Shelf> = notes.iter().map(|note| note.shelf).collect();
    for shelf in shelves {
        let files: Vec<Origin> = notes
            .iter()
            .filter(|note| note.shelf == shelf)
            .map(|FileNote { id, path, generation, whole, .. }| Origin {
                file: *id,
                path: path.clone(),
                generation: *generation,
                whole: *whole,
            })
            .collect();
        let told = store.book.borrow().told(shelf)?;
        let older = older(&files, &told);
        for (file, (cell, _, rows)) in &told {
            if older.has(*file, *cell) {
                *left_out.entry(*file).or_default() += rows;
            }
        }
        problems.extend(older.disputes.iter().map(|(path, other)| dispute(path, other)));
        days(store, shelf, (&older, &names), give)?;
    }
    let mut all: Vec<Rows> = Vec::new();
    for note in notes {
        let gone = !filled.here.contains(&note.digest);
        if !note.whole {
            problems.push(cut(&note));
        }
        problems.extend(note.problems);
        let older = left_out.get(&note.id).copied().unwrap_or_default();
        let read = if note.whole { note.read } else { note.given };
        let (path, kind, bad) = (note.path, note.shelf.kind, note.bad);
        all.push(Rows { path, kind, read, bad, older, gone });
    }
    for (rows, problem) in filled.unreadable {
        all.push(rows);
        problems.push(problem);
    }
    all.sort_by(|one, two| (one.kind, &one.path).cmp(&(two.kind, &two.path)));
    Ok(all)
}

/// What a file is called, and its place among those of its kind: the last by name first, and the last version of it.
struct Named {
    rank: usize,
    name: String,
}

/// What each file is called: of one that was written over, every version but the last has a name of its own.
fn names(notes: &[FileNote]) -> BTreeMap<i64, Named> {
    let mut last: BTreeMap<&str, i64> = BTreeMap::new();
    for note in notes {
        let known = last.entry(&note.path).or_insert(note.generation);
        *known = note.generation.max(*known);
    }
    let name = |note: &FileNote| match last.get(note.path.as_str()) {
        Some(last) if *last > note.generation => {
            format!("{}, version {}", note.path, note.generation + 1)
        }
        _ => note.path.clone(),
    };
    let mut notes: Vec<&FileNote> = notes.iter().collect();
    notes.sort_by_key(|note| Reverse((&note.path, note.generation)));
    let named = |(rank, note): (usize, &&FileNote)| (note.id, Named { rank, name: name(note) });
    notes.iter().enumerate().map(named).collect()
}

fn cut(note: &FileNote) -> Problem {
    let rows = note.given;
    Problem {
        place: Place::file(&note.path),
        severity: Severity::Partly,
        reason: "records-cut".to_owned(),
        message: format!("was not read to its end: {rows} rows of it are kept"),
    }
}

fn dispute(path: &str, other: &str) -> Problem {
    Problem {
        place: Place::file(path),
        severity: Severity::Note,
        reason: "bill-overlap".to_owned(),
        message: format!(
            "tells times that `{other}` tells, too, and mostly otherwise: both count, but for rows that are the same"
        ),
    }
}

/// Hands on the rows of a shelf.
fn days(
    store: &Store,
    shelf: Shelf,
    of: (&Older, &BTreeMap<i64, Named>),
    give: &mut dyn FnMut(UsageRecord, &str),
) -> Result<(), StoreError> {
    let mut days: BTreeMap<i64, Vec<SegmentNote>> = BTreeMap::new();
    for note in store.book.borrow().segments(shelf)? {
        let day = if shelf.is_latest_first() { -note.day } else { note.day };
        days.entry(day).or_default().push(note);
    }
    for notes in days.into_values() {
        if !shelf.is_by_file() {
            day(store, shelf, &notes, of, give)?;
            continue;
        }
        let mut files: BTreeMap<Option<usize>, Vec<SegmentNote>> = BTreeMap::new();
        for note in notes {
            files.entry(of.1.get(&note.file).map(|it| it.rank)).or_default().push(note);
        }
        files.into_values().try_for_each(|notes| day(store, shelf, &notes, of, give))?;
    }
    Ok(())
}

/// Merges the segments of a day.
fn day(
    store: &Store,
    shelf: Shelf,
    notes: &[SegmentNote],
    (older, names): (&Older, &BTreeMap<i64, Named>),
    give: &mut dyn FnMut(UsageRecord, &str),
) -> Result<(), StoreError> {
    let mut sources = Vec::new();
    let mut next = BinaryHeap::new();
    for (at, note) in notes.iter().enumerate() {
        let rows = segment::Rows::open(shelf, store.bytes(note)?);
        let mut source = Source { rows: rows.map_err(|why| damaged(&note.name, &why))?, row: None };
        next.extend(source.step(note)?.map(|key| Reverse((key, at))));
        sources.push(source);
    }
    let mut before: Option<Key> = None;
    while let Some(mut first) = next.peek_mut() {
        let Reverse((key, at)) = *first;
        let record = sources[at].row.take();
        match sources[at].step(&notes[at])? {
            Some(key) => *first = Reverse((key, at)),
            None => drop(PeekMut::pop(first)),
        }
        let Some(record) = record else { continue };
        let counts = match Cell::of(&record) {
            Some(cell) => !older.has(notes[at].file, cell),
            // What stands for itself may have come to two segments, though never from one file.
            None => before != Some(key),
        };
        if counts {
            give(record, names.get(&notes[at].file).map_or("", |it| &it.name));
        }
        before = Some(key);
    }
    Ok(())
}

/// A segment, and its next row.
struct Source {
    rows: segment::Rows,
    row: Option<UsageRecord>,
}

impl Source {
    fn step(&mut self, note: &SegmentNote) -> Result<Option<Key>, StoreError> {
        let row = self.rows.next().map_err(|why| damaged(&note.name, &why))?;
        let (key, record) = row.unzip();
        self.row = record;
        Ok(key)
    }
}

impl Store {
    /// Bytes of a segment, as they were written.
    pub(crate) fn bytes(&self, note: &SegmentNote) -> Result<Vec<u8>, StoreError> {
        let path = self.facts().join(&note.name);
        let bytes = self.disk.read(&path).map_err(|why| files(&path, why))?;
        if Digest::of(&bytes) == note.digest {
            Ok(bytes)
        } else {
            Err(damaged(&note.name, &"its bytes are not those that were written"))
        }
    }
}
