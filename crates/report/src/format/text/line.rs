//! A line of ink: text that is already safe to print, and how it is dressed.

use plumb_base::{Message, Part};

use crate::safe::{ascii, visible};

/// How a piece of text is dressed. Ink never carries a meaning that the words do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    Plain,
    Strong,
    Faint,
    Good,
    Warning,
    Bad,
}

impl Ink {
    fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Strong => "\u{1b}[1m",
            Self::Faint => "\u{1b}[2m",
            Self::Good => "\u{1b}[32m",
            Self::Warning => "\u{1b}[33m",
            Self::Bad => "\u{1b}[31m",
        }
    }
}

/// Writes lines: the only way from a text to a [`Line`], so that everything printed is escaped.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pen {
    pub ascii: bool,
}

impl Pen {
    /// A text in an ink.
    pub(crate) fn write(self, ink: Ink, text: &str) -> Line {
        let safe = visible(text);
        let text = if self.ascii { ascii(&safe) } else { safe };
        Line(vec![(ink, text)])
    }

    /// A text as it is.
    pub(crate) fn plain(self, text: &str) -> Line {
        self.write(Ink::Plain, text)
    }

    /// A title or the point of a line.
    pub(crate) fn strong(self, text: &str) -> Line {
        self.write(Ink::Strong, text)
    }

    /// What can be passed over.
    pub(crate) fn faint(self, text: &str) -> Line {
        self.write(Ink::Faint, text)
    }

    /// A message; a name that could be read as a part of the sentence stands in backticks.
    pub(crate) fn message(self, message: &Message) -> Line {
        let mut line = Line::default();
        for part in &message.0 {
            line = line.and(match part {
                Part::Text(text) | Part::Literal(text) => self.plain(text),
                Part::Name(name) if is_word(name) => self.plain(name),
                Part::Name(name) => self.plain(&format!("`{name}`")),
                Part::Count(count) => self.plain(&count.to_string()),
            });
        }
        line
    }
}

/// Whether a name looks like a name in the middle of a sentence.
fn is_word(name: &str) -> bool {
    let marked = name.contains(|letter: char| "_./".contains(letter) || letter.is_numeric());
    let joined = |letter: char| letter.is_alphanumeric() || "_-./:$*".contains(letter);
    marked && name.chars().all(joined)
}

/// One line, in pieces.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Line(Vec<(Ink, String)>);

impl Line {
    /// Columns it takes.
    pub(crate) fn width(&self) -> usize {
        self.letters().map(|(_, letter)| columns(letter)).sum()
    }

    /// Goes on with another.
    #[must_use]
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Filled up with spaces at its end.
    #[must_use]
    pub(crate) fn padded(mut self, width: usize) -> Self {
        let missing = width.saturating_sub(self.width());
        self.0.push((Ink::Plain, " ".repeat(missing)));
        self
    }

    /// Filled up with spaces at its beginning.
    #[must_use]
    pub(crate) fn right(mut self, width: usize) -> Self {
        let missing = width.saturating_sub(self.width());
        self.0.insert(0, (Ink::Plain, " ".repeat(missing)));
        self
    }

    /// Moved to the right.
    #[must_use]
    pub(crate) fn indented(self, columns: usize) -> Self {
        Self(vec![(Ink::Plain, " ".repeat(columns))]).and(self)
    }

    fn letters(&self) -> impl Iterator<Item = (Ink, char)> {
        self.0.iter().flat_map(|(ink, text)| text.chars().map(|letter| (*ink, letter)))
    }

    /// Broken at spaces, and inside words only where a word alone is too long.
    pub(crate) fn wrapped(&self, width: usize) -> Vec<Self> {
        let width = width.max(1);
        let letters: Vec<(Ink, char)> = self.letters().collect();
        let mut lines = Vec::new();
        let mut start = 0;
        while start < letters.len() {
            let (mut end, mut used, mut space, mut worded) = (start, 0, None, false);
            while end < letters.len() {
                let letter = letters[end].1;
                // What only indents is no place to break.
                if letter != ' ' {
                    worded = true;
                } else if worded {
                    space = Some(end);
                }
                used += columns(letter);
                if used > width && end > start {
                    break;
                }
                end += 1;
            }
            let at = if end == letters.len() { end } else { space.unwrap_or(end) };
            lines.push(Self::of(&letters[start..at]));
            start = at;
            while letters.get(start).is_some_and(|(_, letter)| *letter == ' ') {
                start += 1;
            }
        }
        if lines.is_empty() {
            lines.push(Self::default());
        }
        lines
    }

    fn of(letters: &[(Ink, char)]) -> Self {
        let mut pieces: Vec<(Ink, String)> = Vec::new();
        for &(ink, letter) in letters {
            match pieces.last_mut() {
                Some((last, text)) if *last == ink => text.push(letter),
                _ => pieces.push((ink, letter.to_string())),
            }
        }
        Self(pieces)
    }

    /// Its bytes, without spaces at the end.
    pub(crate) fn bytes(&self, colour: bool) -> String {
        let end = self.letters().collect::<Vec<_>>();
        let end = end.iter().rposition(|(_, letter)| *letter != ' ').map_or(0, |last| last + 1);
        let letters: Vec<(Ink, char)> = self.letters().take(end).collect();
        let mut bytes = String::new();
        for (ink, text) in Self::of(&letters).0 {
            if colour && ink != Ink::Plain {
                bytes.push_str(ink.code());
                bytes.push_str(&text);
                bytes.push_str("\u{1b}[0m");
            } else {
                bytes.push_str(&text);
            }
        }
        bytes
    }
}

/// Columns a character takes: none for marks that sit on another, two for the wide scripts of East Asia.
fn columns(letter: char) -> usize {
    match letter {
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{20d0}'..='\u{20ff}' => 0,
        '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1f64f}'
        | '\u{1f900}'..='\u{1f9ff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEN: Pen = Pen { ascii: false };

    #[test]
    fn lines_break_at_spaces_and_long_words_anywhere() {
        let broken = |text: &str, width| {
            let lines = PEN.plain(text).wrapped(width);
            lines.iter().map(|line| line.bytes(false)).collect::<Vec<_>>()
        };
        assert_eq!(broken("one two three", 8), ["one two", "three"]);
        assert_eq!(broken("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(broken("  abcdef", 5), ["  abc", "def"]);
        assert_eq!(broken("東京 大阪", 4), ["東京", "大阪"]);
        assert_eq!(broken("", 4), [""]);
    }

    #[test]
    fn nothing_foreign_reaches_the_terminal() {
        let line = PEN.plain("a\u{1b}[31mb\nc\u{202e}");
        assert_eq!(line.bytes(true), "a\\u{1b}[31mb\\nc\\u{202e}");
    }

    #[test]
    fn ascii_is_ascii() {
        let line = Pen { ascii: true }.plain("✓ a · b … Zoë 1–2");
        assert_eq!(line.bytes(false), "+ a - b ... Zo\\u{eb} 1-2");
    }

    #[test]
    fn names_that_could_be_words_are_quoted() {
        let message = Message::name("orders").then(" repeats ").then_name("shop.fct_orders");
        assert_eq!(PEN.message(&message).bytes(false), "`orders` repeats shop.fct_orders");
    }

    #[test]
    fn ink_ends_where_it_ends() {
        let line = PEN.strong("a").and(PEN.plain(" b  "));
        assert_eq!(line.bytes(true), "\u{1b}[1ma\u{1b}[0m b");
    }
}
