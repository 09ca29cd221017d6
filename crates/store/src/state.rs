//! What a store holds, for people.

use std::collections::BTreeMap;
use std::path::PathBuf;

use plumb_base::record::usage::{Platform, RecordKind};

use crate::shelf::Shelf;
use crate::{Store, StoreError};

/// What is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// Where.
    pub folder: PathBuf,
    /// Bytes of its segments.
    pub size: usize,
    /// Files that were read.
    pub files: usize,
    /// Rows by kind and platform, in the order in which they are read.
    pub kept: Vec<Kept>,
}

/// What is kept of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The kind.
    pub kind: RecordKind,
    /// The platform, where the kind is of one.
    pub platform: Option<Platform>,
    /// Rows.
    pub rows: usize,
    /// The first and the last day of which there are rows, in days since 1970.
    pub days: (i64, i64),
}

pub(crate) fn state(store: &Store) -> Result<State, StoreError> {
    let book = store.book.borrow();
    let notes = book.files()?;
    let mut kept: BTreeMap<Shelf, Kept> = BTreeMap::new();
    let mut size = 0;
    for shelf in notes.iter().map(|note| note.shelf).collect::<std::collections::BTreeSet<_>>() {
        for note in book.segments(shelf)? {
            size += note.size;
            let Shelf { kind, platform } = shelf;
            let days = (note.day, note.day);
            let known = kept.entry(shelf).or_insert(Kept { kind, platform, rows: 0, days });
            known.rows += note.rows;
            known.days = (known.days.0.min(note.day), known.days.1.max(note.day));
        }
    }
    let (folder, files) = (store.folder.clone(), notes.len());
    Ok(State { folder, size, files, kept: kept.into_values().collect() })
}
