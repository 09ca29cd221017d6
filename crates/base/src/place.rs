//! Where something stands: byte spans inside a text, line and column inside a file.

use serde::{Deserialize, Serialize};

/// Half-open range of bytes inside one text.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// Makes a span; an end before the start is taken as empty.
    pub fn new(start: usize, end: usize) -> Self {
        let start = u32::try_from(start).unwrap_or(u32::MAX);
        let end = u32::try_from(end).unwrap_or(u32::MAX);
        Self { start, end: end.max(start) }
    }

    /// Whether it covers nothing.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The same, so many bytes further on.
    #[must_use]
    pub fn on(self, bytes: u32) -> Self {
        let (start, end) = (self.start.saturating_add(bytes), self.end.saturating_add(bytes));
        Self { start, end }
    }

    /// The same, so many bytes further back.
    #[must_use]
    pub fn back(self, bytes: u32) -> Self {
        let (start, end) = (self.start.saturating_sub(bytes), self.end.saturating_sub(bytes));
        Self { start, end }
    }

    /// Smallest span that covers both; an empty span at 0 adds nothing.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        if self == Self::default() {
            return other;
        }
        if other == Self::default() {
            return self;
        }
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// 1-based line and column; columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// 1-based line.
    pub line: u32,
    /// 1-based column, in characters.
    pub column: u32,
}

/// A place a person can open: a file, and a range of lines in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Path below the folder that was read, with `/`.
    pub path: String,
    /// Where it begins.
    pub start: Position,
    /// Where it ends (inclusive line).
    pub end: Position,
}

impl Place {
    /// The first line of a file, for what concerns the whole of it.
    pub fn file(path: impl Into<String>) -> Self {
        let start = Position { line: 1, column: 1 };
        Self { path: path.into(), start, end: start }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.path, self.start.line, self.start.column)
    }
}
