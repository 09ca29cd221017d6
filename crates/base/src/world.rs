//! The outside as a trait: files and variables. Only `connect` and the doors have a real one.

use std::io::{Cursor, Read, Seek};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Digest, Hasher, record::History};

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Path below the root of the world, with `/`.
    pub path: String,
    /// Size in bytes.
    pub size: u64,
}

/// The world failed us.
#[derive(Debug, Error)]
pub enum WorldError {
    /// The path does not exist.
    #[error("`{0}` does not exist")]
    Missing(String),
    /// The path cannot be read.
    #[error("cannot read `{path}`: {why}")]
    Unreadable {
        /// Which path.
        path: String,
        /// What the system said.
        why: String,
    },
}

/// What tells the bytes of a file from those it had before, for less than it costs to read them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// What a store made of the bytes; of S3 the `ETag`.
    pub tag: String,
    /// Size in bytes.
    pub size: u64,
    /// When they were written, in milliseconds since 1970.
    pub written: i64,
}

impl Mark {
    /// One number that stands for the bytes themselves, whatever the file is called, where the tag is a sum of them.
    ///
    /// Other bytes have another number. The same bytes may have another, too, as where they were sent in parts.
    pub fn bytes(&self) -> Option<Digest> {
        let sum = self.tag.split('-').next().unwrap_or_default();
        let is_sum = sum.len() == 32 && sum.chars().all(|it| it.is_ascii_hexdigit());
        is_sum.then(|| Hasher::new("sum").text(&self.tag).number(self.size).finish())
    }

    /// One number that stands for all of it.
    pub fn digest(&self) -> Digest {
        let mut all = Hasher::new("mark");
        all.text(&self.tag).number(self.size).text(&self.written.to_string());
        all.finish()
    }
}

/// Bytes that can be read in order, and from any place.
pub trait Stream: Read + Seek + Send {}

impl<S: Read + Seek + Send> Stream for S {}

/// Files and variables, as far as plumb may see them. It offers no way to write.
pub trait World: Sync {
    /// Files below a folder (`""` is the root), sorted by path.
    ///
    /// A folder may be a prefix of an object store ([`crate::ObjectPath`]), where a world has a way there; its files
    /// have such paths, and no other listing names them.
    ///
    /// Hidden files, `.git`, and what ignore files at or below the folder exclude are left out; ignore files
    /// above it do not count, so that a folder asked for by name is always read.
    fn files(&self, folder: &str) -> Result<Vec<Entry>, WorldError>;

    /// Bytes of a file.
    fn read(&self, path: &str) -> Result<Vec<u8>, WorldError>;

    /// The first bytes of a file, at most so many.
    fn head(&self, path: &str, most: usize) -> Result<Vec<u8>, WorldError> {
        let mut bytes = self.read(path)?;
        bytes.truncate(most);
        Ok(bytes)
    }

    /// A file to read bit by bit, for what is too large to be held at once.
    fn stream(&self, path: &str) -> Result<Box<dyn Stream>, WorldError> {
        Ok(Box::new(Cursor::new(self.read(path)?)))
    }

    /// Says which files are read next as streams, in this order: a world that has to wait for them may ask now.
    fn expect(&self, _: &[&str]) {}

    /// What tells the bytes of a file from those it had before; `None` where only reading them does.
    fn mark(&self, _: &str) -> Option<Mark> {
        None
    }

    /// What runs note for each other of files that have marks, where they may.
    fn notes(&self) -> Option<&dyn Memory> {
        None
    }

    /// Path of the root below the top of the repository that holds it; `""` where it is the top, or lies in
    /// no repository.
    fn below_top(&self) -> String {
        String::new()
    }

    /// Bytes of a file of that repository, by its path below the top: for the few files that speak of what
    /// lies below them.
    fn read_from_top(&self, path: &str) -> Result<Vec<u8>, WorldError> {
        self.read(path)
    }

    /// What the repository remembers of the files below the root; `None` where no repository holds it.
    fn history(&self) -> Result<Option<History>, WorldError> {
        Ok(None)
    }

    /// What tells one state of that memory from every other, for less than it costs to read it.
    fn history_mark(&self) -> Result<Option<String>, WorldError> {
        Ok(self.history()?.map(|history| format!("{history:?}")))
    }

    /// An environment variable.
    fn variable(&self, name: &str) -> Option<String>;

    /// What the root is called for people, such as `.` or `demo`.
    fn root(&self) -> String;
}

/// What one run leaves for the next: bytes by key. It may forget, and never fails.
pub trait Memory {
    /// What was kept.
    fn recall(&self, key: Digest) -> Option<Vec<u8>>;

    /// Keeps it, if it can.
    fn keep(&self, key: Digest, bytes: &[u8]);
}
