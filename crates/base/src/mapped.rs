//! A text that was made from a file, together with the way back.

use std::ops::Range;

use crate::{SourceMap, Span};

/// A text, and where in its file each byte of it comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MappedText {
    /// The text.
    pub text: String,
    /// From bytes of it to bytes of the file.
    pub map: SourceMap,
}

impl MappedText {
    /// A part of the file as it stands, which begins at a byte of it.
    pub fn taken(text: &str, at: usize) -> Self {
        let mut taken = Self::default();
        taken.take(text, at);
        taken
    }

    /// Adds a part of the file as it stands.
    pub fn take(&mut self, text: &str, at: usize) {
        let (start, end) = (self.text.len(), self.text.len() + text.len());
        self.map.literal(start, end, Span::new(at, at + text.len()));
        self.text.push_str(text);
    }

    /// Adds what was made in place of a part of the file.
    pub fn print(&mut self, text: &str, file: Span) {
        let start = self.text.len();
        self.map.printed(start, start + text.len(), file);
        self.text.push_str(text);
    }

    /// Adds another text.
    pub fn push(&mut self, other: &Self) {
        self.map.append(self.text.len(), &other.map);
        self.text.push_str(&other.text);
    }

    /// A part of it; a range that cuts a letter or lies outside gives nothing.
    #[must_use]
    pub fn cut(&self, range: Range<usize>) -> Self {
        let Some(text) = self.text.get(range.clone()) else { return Self::default() };
        Self { text: text.to_owned(), map: self.map.cut(Span::new(range.start, range.end)) }
    }

    /// What stands from a byte on.
    #[must_use]
    pub fn from(&self, start: usize) -> Self {
        self.cut(start..self.text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_keep_their_places() {
        let mut text = MappedText::taken("select ", 4);
        text.print("\n", Span::new(11, 13));
        text.push(&MappedText::taken("1", 13));
        assert_eq!(text.text, "select \n1");
        let rest = text.from(7);
        assert_eq!(rest.text, "\n1");
        assert_eq!(rest.map.to_file(Span::new(0, 1)), Span::new(11, 13));
        assert_eq!(rest.map.to_file(Span::new(1, 2)), Span::new(13, 14));
        assert_eq!(text.cut(3..99), MappedText::default());
    }
}
