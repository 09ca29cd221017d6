//! What is imperfect in what was read, and how much was read at all.

use serde::{Deserialize, Serialize};

use crate::Place;

/// How much a problem took away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing; nothing was lost.
    Note,
    /// A part was not understood; the rest was.
    Partly,
    /// The whole thing was not understood.
    Failed,
}

/// Something in the user's platform that could not be read as it stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// How much was lost.
    pub severity: Severity,
    /// Kind in kebab-case, to count by: `sql-syntax`, `unknown-macro`, `unknown-column`.
    pub reason: String,
    /// One clause, lower case, names in backticks.
    pub message: String,
}

/// How well one statement was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Coverage {
    /// Everything in it has a known meaning.
    Read,
    /// Some part is a hole or opaque; what depends on it is unknown.
    Partly,
    /// It is a kind of statement or language whose meaning is not read.
    Opaque,
    /// It could not be rendered or parsed.
    Failed,
}

/// Statements by how well they were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Read whole.
    pub read: usize,
    /// Read but for holes.
    pub partly: usize,
    /// Not understood as a kind.
    pub opaque: usize,
    /// Not rendered or not parsed.
    pub failed: usize,
}

impl Tally {
    /// Counts one more.
    pub fn add(&mut self, coverage: Coverage) {
        match coverage {
            Coverage::Read => self.read += 1,
            Coverage::Partly => self.partly += 1,
            Coverage::Opaque => self.opaque += 1,
            Coverage::Failed => self.failed += 1,
        }
    }

    /// All of them.
    pub fn total(&self) -> usize {
        self.read + self.partly + self.opaque + self.failed
    }
}
