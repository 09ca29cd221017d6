//! Which bytes of a file a text inside its JSON or YAML comes from.

use plumb_base::{MappedText, Source, Span};

use crate::yaml::{Shape, Tree};

/// The text of a value, or of several that are written as a list and read as one.
///
/// `between` is put between two items of a list unless the first ends a line.
pub fn text(source: &Source, tree: &Tree, between: &str) -> Option<MappedText> {
    let mut mapped = MappedText::default();
    match &tree.shape {
        Shape::Text(text) => push(&mut mapped, source, tree, text),
        Shape::List(items) => {
            for item in items {
                if !mapped.text.is_empty() && !mapped.text.ends_with('\n') {
                    mapped.print(between, Span { start: item.start, end: item.start });
                }
                if let Shape::Text(text) = &item.shape {
                    push(&mut mapped, source, item, text);
                }
            }
        }
        Shape::Null | Shape::Bool(_) | Shape::Number(_) | Shape::Map(_) => return None,
    }
    Some(mapped)
}

fn push(mapped: &mut MappedText, source: &Source, tree: &Tree, text: &str) {
    let start = (tree.start as usize).min(source.text.len());
    let written = source.text.get(start..).unwrap_or_default();
    Walk::new(written, text).all(|made, file, exact| {
        let text = &text[made.0..made.1];
        if exact {
            mapped.take(text, start + file.0);
        } else {
            mapped.print(text, Span::new(start + file.0, start + file.1));
        }
    });
}

/// The bytes of the file that a value takes, roughly: to the end of its text, else its first letter.
pub fn span(source: &Source, tree: &Tree) -> Span {
    match text(source, tree, "") {
        Some(mapped) if !mapped.text.is_empty() => {
            mapped.map.to_file(Span::new(0, mapped.text.len()))
        }
        _ => Span { start: tree.start, end: tree.start.saturating_add(1) },
    }
}

/// How a text is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Double,
    Single,
    Block,
    Plain,
}

/// A text as written beside the same text as read.
///
/// The reader has decided what it says; here is only found which letter is which. What cannot be told apart,
/// such as line breaks that were folded into spaces, is matched as a whole.
struct Walk<'a> {
    written: &'a str,
    read: &'a str,
    style: Style,
    at: usize,
    made: usize,
}

impl<'a> Walk<'a> {
    fn new(written: &'a str, read: &'a str) -> Self {
        let (style, at) = match written.as_bytes().first() {
            Some(b'"') => (Style::Double, 1),
            Some(b'\'') => (Style::Single, 1),
            // The head of a block names its style; its text begins on the next line.
            Some(b'|' | b'>') => {
                (Style::Block, written.find('\n').map_or(written.len(), |end| end + 1))
            }
            _ => (Style::Plain, 0),
        };
        Self { written, read, style, at, made: 0 }
    }

    /// Gives each piece: bytes of the text as read, bytes as written, and whether they are the same bytes.
    fn all(mut self, mut give: impl FnMut((usize, usize), (usize, usize), bool)) {
        while self.made < self.read.len() {
            let (made, at) = (self.made, self.at);
            let exact = self.same();
            if !exact && !self.escaped() && !self.spaces() {
                // The two do not fit: the rest is somewhere behind here.
                let rest = self.written.len().min(at + 1);
                give((made, self.read.len()), (at.min(rest), rest), false);
                return;
            }
            if self.made > made {
                give((made, self.made), (at, self.at), exact);
            }
        }
    }

    fn next(&self) -> (Option<char>, Option<char>) {
        (self.written[self.at..].chars().next(), self.read[self.made..].chars().next())
    }

    /// Steps over letters that are the same.
    fn same(&mut self) -> bool {
        let start = self.made;
        while let (Some(written), Some(read)) = self.next() {
            let special = match self.style {
                Style::Double => written == '\\',
                Style::Single => self.written[self.at..].starts_with("''"),
                Style::Block | Style::Plain => false,
            };
            if special || written != read {
                break;
            }
            self.at += written.len_utf8();
            self.made += read.len_utf8();
        }
        self.made > start
    }

    /// Steps over one escape.
    fn escaped(&mut self) -> bool {
        let rest = &self.written[self.at..];
        let Some(read) = self.next().1 else { return false };
        if self.style == Style::Single && rest.starts_with("''") {
            self.at += 2;
            self.made += 1;
            return read == '\'';
        }
        if self.style != Style::Double || !rest.starts_with('\\') {
            return false;
        }
        let digits = match rest.as_bytes().get(1) {
            Some(b'\n' | b'\r') | None => return false,
            Some(b'x') => 2,
            Some(b'u') => 4,
            Some(b'U') => 8,
            Some(_) => 0,
        };
        let mut length = 1 + rest[1..].chars().next().map_or(0, char::len_utf8) + digits;
        // A letter beyond the first 65,536 is a pair in JSON.
        if digits == 4 && u32::from(read) > 0xffff {
            length *= 2;
        }
        self.at = (self.at + length).min(self.written.len());
        while !self.written.is_char_boundary(self.at) {
            self.at += 1;
        }
        self.made += read.len_utf8();
        true
    }

    /// Steps over white space that is not the same on both sides.
    fn spaces(&mut self) -> bool {
        let (at, made) = (self.at, self.made);
        let rest = &self.written[at..];
        // A line break behind a backslash is no part of the text.
        let broken = self.style == Style::Double && rest.starts_with('\\');
        self.at += usize::from(broken);
        let space = self.written[self.at..].trim_start();
        let run = &self.written[self.at..self.written.len() - space.len()];
        self.at += run.len();
        // Of the breaks of a line that goes on, the first is a space if it is the only one, else nothing.
        let most = match (self.style, run.matches('\n').count()) {
            _ if broken => 0,
            (Style::Block, _) => usize::MAX,
            (_, breaks) => breaks.saturating_sub(1).max(1),
        };
        let spaces = self.read[made..].chars().take_while(|letter| letter.is_whitespace());
        self.made += spaces.take(most).map(char::len_utf8).sum::<usize>();
        self.at > at || self.made > made
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{json, yaml};

    /// The bytes of the file that stand for a part of a text.
    fn stands(file: &str, part: &str) -> String {
        let yaml = Source::new("a.yml", file);
        let tree = if file.starts_with('{') {
            json::parse(&yaml, &mut Vec::new()).unwrap()
        } else {
            yaml::parse(&yaml, &mut Vec::new()).remove(0)
        };
        let mapped = text(&yaml, tree.get("q").unwrap(), "\n").unwrap();
        let at = mapped.text.find(part).unwrap_or_else(|| panic!("{:?}", mapped.text));
        let span = mapped.map.to_file(Span::new(at, at + part.len()));
        file[span.start as usize..span.end as usize].to_owned()
    }

    #[test]
    fn escapes_of_json_lead_to_the_file() {
        let file = r#"{"a": "é", "q": "select \"x\"\n\tfrom t\u00e9 \ud83d\ude00 where y"}"#;
        assert_eq!(stands(file, "from"), "from");
        assert_eq!(stands(file, "\"x\""), r#"\"x\""#);
        assert_eq!(stands(file, "té"), r"t\u00e9");
        assert_eq!(stands(file, "😀"), r"\ud83d\ude00");
        assert_eq!(stands(file, "where y"), "where y");
        let file = "{\"q\": [\"select a\\n\",\n \"from t\", \"where b\"]}";
        assert_eq!(stands(file, "from t"), "from t");
        assert_eq!(stands(file, "where b"), "where b");
    }

    #[test]
    fn every_style_of_yaml_leads_to_the_file() {
        assert_eq!(stands("a: é\nq: select x\n  from t\nb: 1\n", "from t"), "from t");
        assert_eq!(stands("q: 'it''s\n\n  from t'\n", "from t"), "from t");
        assert_eq!(stands("q: 'it''s x'\n", "'s"), "''s");
        let double = "q: \"select é\\\n  \\ x\\n  from t\\\"\"\n";
        assert_eq!(stands(double, "from t"), "from t");
        assert_eq!(stands(double, "\""), "\\\"");
        assert_eq!(stands("q: |-\n  select x\n    , y\n\n  from t\nb: 1\n", "from t"), "from t");
        assert_eq!(stands("q: |-\n  select x\n    , y\n\n  from t\nb: 1\n", ", y"), ", y");
        assert_eq!(stands("q: >\n  select x\n  from t\n\n  where z\n", "where z"), "where z");
        assert_eq!(stands("- 1\n---\nq: x\n".trim_start_matches("- 1\n---\n"), "x"), "x");
    }
}
