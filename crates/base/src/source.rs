//! A text as it was found, and how its bytes fall into lines.

use crate::{Digest, Place, Position, Span};

/// One file (or one cell of it), as found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Path below the folder that was read, with `/`.
    pub path: String,
    /// The text. What was not UTF-8 is replaced, and said in a problem.
    pub text: String,
    /// Digest of the text.
    pub hash: Digest,
}

impl Source {
    /// Wraps a text.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { path: path.into(), hash: Digest::of(&text), text }
    }

    /// The place of a span of this text; use [`Lines`] for many.
    pub fn place(&self, span: Span) -> Place {
        Lines::new(&self.text).place(&self.path, &self.text, span)
    }
}

/// Byte offsets at which lines begin.
#[derive(Debug, Clone)]
pub struct Lines {
    starts: Vec<u32>,
    /// Characters before every [`STRIDE`]th byte, where a line is that long: an export may be one line of megabytes,
    /// and hold thousands of places.
    marks: Vec<u32>,
}

const STRIDE: usize = 4096;

impl Lines {
    /// Finds the lines of a text; `\r\n` and `\n` end a line.
    pub fn new(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = breaks.map(|(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX));
        let starts: Vec<u32> = std::iter::once(0).chain(starts).collect();
        let ends = starts[1..].iter().copied().chain(u32::try_from(text.len()));
        let long = starts.iter().zip(ends).any(|(start, end)| (end - start) as usize > STRIDE);
        let mut before = 0;
        let mark = |part: &[u8]| {
            let mark = before;
            before += characters(part);
            mark
        };
        let parts = text.as_bytes().chunks(STRIDE).filter(|_| long);
        Self { marks: parts.map(mark).collect(), starts }
    }

    /// Line and column of a byte; past the end it is the end.
    pub fn position(&self, text: &str, byte: u32) -> Position {
        let byte = byte.min(u32::try_from(text.len()).unwrap_or(u32::MAX));
        let line = self.starts.partition_point(|start| *start <= byte).saturating_sub(1);
        let (start, end) = (self.starts[line] as usize, byte as usize);
        let column = if end - start > STRIDE && !self.marks.is_empty() {
            self.before(text, end) - self.before(text, start)
        } else {
            characters(&text.as_bytes()[start..end])
        };
        Position { line: u32::try_from(line + 1).unwrap_or(u32::MAX), column: column + 1 }
    }

    /// Characters before a byte.
    fn before(&self, text: &str, byte: usize) -> u32 {
        let (Some(mark), mark_at) = (self.marks.get(byte / STRIDE), byte / STRIDE * STRIDE) else {
            return characters(text.as_bytes());
        };
        mark + characters(&text.as_bytes()[mark_at..byte])
    }

    /// The byte of a line and column; past the end of a line it is in the next.
    pub fn byte(&self, text: &str, at: Position) -> u32 {
        let start = self
            .start(at.line)
            .unwrap_or(u32::MAX)
            .min(u32::try_from(text.len()).unwrap_or(u32::MAX));
        let rest = text.get(start as usize..).unwrap_or_default();
        let before = rest.chars().take((at.column as usize).saturating_sub(1)).map(char::len_utf8);
        start.saturating_add(u32::try_from(before.sum::<usize>()).unwrap_or(u32::MAX))
    }

    /// Byte at which a 1-based line begins.
    pub fn start(&self, line: u32) -> Option<u32> {
        self.starts.get(line.checked_sub(1)? as usize).copied()
    }

    /// The place of a span.
    pub fn place(&self, path: &str, text: &str, span: Span) -> Place {
        let last = span.end.saturating_sub(1).max(span.start);
        Place {
            path: path.to_owned(),
            start: self.position(text, span.start),
            end: self.position(text, last),
        }
    }
}

/// Characters that begin in some bytes.
fn characters(bytes: &[u8]) -> u32 {
    let begins = bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
    u32::try_from(begins).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_any_length_has_columns() {
        let text = format!("é\n{}\né", "aé€".repeat(3_000));
        let lines = Lines::new(&text);
        let (mut line, mut column) = (1, 1);
        for (at, letter) in text.char_indices() {
            let at = u32::try_from(at).unwrap();
            assert_eq!(lines.position(&text, at), Position { line, column });
            (line, column) = if letter == '\n' { (line + 1, 1) } else { (line, column + 1) };
        }
        assert_eq!(lines.position(&text, u32::MAX), Position { line, column });
    }

    #[test]
    fn columns_count_characters() {
        let source = Source::new("a.sql", "select 'é',\r\n  x");
        assert_eq!(source.place(Span::new(11, 12)).to_string(), "a.sql:1:11");
        assert_eq!(source.place(Span::new(16, 17)).to_string(), "a.sql:2:3");
        let lines = Lines::new(&source.text);
        assert_eq!(lines.byte(&source.text, source.place(Span::new(11, 12)).start), 11);
        assert_eq!(lines.byte(&source.text, source.place(Span::new(16, 17)).start), 16);
        assert_eq!(source.place(Span::new(900, 901)).to_string(), "a.sql:2:4");
    }
}
