//! Records that stay: what was read once of query history and bills is kept as Parquet, and never counted twice.
//!
//! A row comes to stay in three steps: a segment is written under another name and is on the disk; it gets its name;
//! and a transaction notes it, together with how far its file was read. What is not noted is swept away at the next
//! start, so that whatever stops a run takes nothing away and adds nothing.
//!
//! This crate never decides who pays for what, never changes or removes what is kept, and touches nothing outside of
//! its folder; only `disk.rs` and the database in `book.rs` touch that.
#![warn(clippy::disallowed_methods, reason = "ask the World, or the Disk")]

mod blank;
mod book;
mod disk;
mod fields;
mod fill;
mod give;
mod interrupt;
mod newest;
mod segment;
mod shelf;
mod state;
#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use plumb_base::record::usage::{RecordFile, RecordKind, UsageRecord};
use plumb_base::{Digest, Problem, World};
use plumb_records::{RecordStore, Rows, records};
use thiserror::Error;

pub use disk::{Disk, RealDisk};
pub use interrupt::Interrupt;
pub use state::{Kept, State};

pub(crate) use book::Book;
use shelf::Shelf;

/// The store failed us; what is kept stays as it is.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Files of the store cannot be used.
    #[error("`{path}`: {why}")]
    Files {
        /// Which.
        path: String,
        /// What the system said.
        why: io::Error,
    },
    /// The database cannot be used.
    #[error("its database cannot be used: {0}")]
    Database(#[from] rusqlite::Error),
    /// A newer program wrote it.
    #[error("`{path}` was written by a newer plumb (layout {found}, and this one knows {known})")]
    Newer {
        /// The database.
        path: String,
        /// Its version.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// An earlier program wrote it.
    #[error(
        "`{path}` was written by an earlier plumb (layout {found}, and this one knows {known}): move its folder away, and a new one is made"
    )]
    Older {
        /// The database.
        path: String,
        /// Its version.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// Somebody else wrote it.
    #[error("`{0}` is no store of plumb")]
    NotOurs(String),
    /// Something in it is not as it was written.
    #[error("{0}")]
    Damaged(String),
    /// Somebody asked to stop.
    #[error("interrupted; what was read is kept")]
    Interrupted,
}

/// Name of the database in the folder of a store.
const DATABASE: &str = "state.sqlite";

/// Records of one platform, in a folder.
pub struct Store {
    folder: PathBuf,
    disk: Box<dyn Disk>,
    book: RefCell<Book>,
    interrupt: Interrupt,
    waits: Box<dyn Fn()>,
    failure: RefCell<Option<StoreError>>,
}

impl Store {
    /// Whether there is a store in a folder.
    pub fn is_in(folder: &Path) -> bool {
        folder.join(DATABASE).is_file()
    }

    /// Opens the store of a folder, and makes it where it is not there.
    ///
    /// `waits` is called before it waits for another process that writes.
    pub fn open(
        folder: impl Into<PathBuf>,
        disk: Box<dyn Disk>,
        interrupt: Interrupt,
        waits: Box<dyn Fn()>,
    ) -> Result<Self, StoreError> {
        let folder = folder.into();
        let facts = folder.join("facts");
        disk.folder(&facts).map_err(|why| files(&facts, why))?;
        let book = RefCell::new(Book::open(&folder.join(DATABASE))?);
        Ok(Self { folder, disk, book, interrupt, waits, failure: RefCell::default() })
    }

    /// Reads what is new in files and keeps it; how many files were read.
    pub fn fill(&self, world: &dyn World, list: &[RecordFile]) -> Result<usize, StoreError> {
        let _locked = self.lock()?;
        let kept = list.iter().filter(|file| Shelf::keeps(file.kind)).cloned();
        fill::fill(self, world, &kept.collect::<Vec<_>>()).map(|filled| filled.new)
    }

    /// Why something failed since it was opened.
    pub fn failure(&self) -> Option<StoreError> {
        self.failure.take()
    }

    /// What is kept.
    pub fn state(&self) -> Result<State, StoreError> {
        state::state(self)
    }

    /// The folder of segments.
    fn facts(&self) -> PathBuf {
        self.folder.join("facts")
    }

    /// Waits until no other process writes; the system lets go of the lock when the process ends, however that is.
    fn lock(&self) -> Result<File, StoreError> {
        let path = self.folder.join("lock");
        let locked = || -> io::Result<File> {
            let file = File::options().create(true).truncate(false).write(true).open(&path)?;
            if file.try_lock().is_err() {
                (self.waits)();
                file.lock()?;
            }
            Ok(file)
        };
        locked().map_err(|why| files(&path, why))
    }
}

/// Files whose rows are handed on and not kept, in the order of their kinds.
struct Passing<'a> {
    world: &'a dyn World,
    left: Vec<RecordFile>,
    problems: Vec<Problem>,
    counts: Vec<Rows>,
}

impl Passing<'_> {
    /// Reads the files of all kinds before one.
    fn until(&mut self, kind: Option<RecordKind>, give: &mut dyn FnMut(UsageRecord, &str)) {
        let now = |file: &RecordFile| kind.is_none_or(|kind| file.kind < kind);
        if !self.left.iter().any(now) {
            return;
        }
        let (files, left) = std::mem::take(&mut self.left).into_iter().partition(now);
        self.left = left;
        self.counts.extend(records(self.world, &files, &mut self.problems, give));
    }
}

impl RecordStore for Store {
    fn records(
        &self,
        world: &dyn World,
        files: &[RecordFile],
        problems: &mut Vec<Problem>,
        give: &mut dyn FnMut(UsageRecord, &str),
    ) -> Vec<Rows> {
        let (kept, passed): (Vec<_>, Vec<_>) =
            files.iter().cloned().partition(|file| Shelf::keeps(file.kind));
        let mut counts = Vec::new();
        let mut passing = Passing { world, left: passed, problems: Vec::new(), counts: Vec::new() };
        let mut read = || -> Result<Vec<Rows>, StoreError> {
            let _locked = self.lock()?;
            let filled = fill::fill(self, world, &kept)?;
            give::give(self, filled, problems, &mut |record, file| {
                passing.until(Some(shelf::kind(&record)), give);
                give(record, file);
            })
        };
        let read = read().map(|rows| {
            passing.until(None, give);
            counts.extend(rows.into_iter().chain(passing.counts));
            counts.sort_by(|one, two| (one.kind, &one.path).cmp(&(two.kind, &two.path)));
            problems.append(&mut passing.problems);
            counts
        });
        read.unwrap_or_else(|failure| {
            self.failure.replace(Some(failure));
            Vec::new()
        })
    }

    fn mark(&self) -> Digest {
        self.book.borrow().mark().unwrap_or_else(|failure| {
            self.failure.replace(Some(failure));
            Digest::default()
        })
    }

    fn failed(&self) -> bool {
        self.failure.borrow().is_some()
    }
}

fn files(path: &Path, why: io::Error) -> StoreError {
    StoreError::Files { path: path.to_string_lossy().into_owned(), why }
}
