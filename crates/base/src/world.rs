//! The outside as a trait: files and variables. Only `connect` and the doors have a real one.

use thiserror::Error;

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

/// Files and variables, as far as plumb may see them. It offers no way to write.
pub trait World: Sync {
    /// Files below a folder (`""` is the root), sorted by path.
    ///
    /// Hidden files, `.git`, and what ignore files at or below the folder exclude are left out; ignore files
    /// above it do not count, so that a folder asked for by name is always read.
    fn files(&self, folder: &str) -> Result<Vec<Entry>, WorldError>;

    /// Bytes of a file.
    fn read(&self, path: &str) -> Result<Vec<u8>, WorldError>;

    /// An environment variable.
    fn variable(&self, name: &str) -> Option<String>;

    /// What the root is called for people, such as `.` or `demo`.
    fn root(&self) -> String;
}
