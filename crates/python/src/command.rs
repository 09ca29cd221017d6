//! Commands of a notebook between the lines of Python: `%sql select 1`, `!ls`, `orders?`.

use std::collections::BTreeMap;

use plumb_base::Span;

/// Code without commands.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Plain {
    /// The code, byte for byte where it was, with a number in place of each command.
    pub(crate) code: String,
    /// Commands by the byte at which they begin.
    pub(crate) commands: BTreeMap<u32, Span>,
}

/// Finds the commands of some code.
pub(crate) fn plain(text: &str) -> Plain {
    let bytes = text.as_bytes();
    let mut scan = Scan { bytes, at: 0, depth: 0, begins: true };
    let (mut code, mut commands) = (bytes.to_vec(), BTreeMap::new());
    while let Some(found) = scan.next() {
        match found {
            Found::Command(start, end) => {
                code[start..end].fill(b' ');
                code[start] = b'0';
                let span = Span::new(start, end);
                commands.insert(span.start, span);
            }
            Found::Question(at) => code[at] = b' ',
        }
    }
    // Ends lie before line breaks: whole letters were replaced.
    Plain { code: String::from_utf8(code).unwrap_or_default(), commands }
}

enum Found {
    Command(usize, usize),
    /// `?`, which no Python holds.
    Question(usize),
}

/// A walk over code that knows strings, comments and brackets.
struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
    /// Whether a command may stand here: a statement begins, or its right side.
    begins: bool,
}

impl Scan<'_> {
    fn next(&mut self) -> Option<Found> {
        while let Some(byte) = self.bytes.get(self.at).copied() {
            let next = self.bytes.get(self.at + 1).copied().unwrap_or_default();
            let begins = std::mem::replace(&mut self.begins, false);
            match byte {
                b' ' | b'\t' | b'\r' => self.begins = begins,
                b'\n' => self.begins = self.depth == 0,
                b'%' if begins && (next.is_ascii_alphabetic() || next == b'%') => {
                    return Some(self.command());
                }
                b'!' if begins && next != b'=' => return Some(self.command()),
                b'?' => {
                    self.at += 1;
                    return Some(Found::Question(self.at - 1));
                }
                b'#' => {
                    self.at = self.line_end();
                    continue;
                }
                // A line that goes on is no new statement.
                b'\\' => self.at += 1,
                b'"' | b'\'' => {
                    self.string(byte);
                    continue;
                }
                b'(' | b'[' | b'{' => self.depth += 1,
                b')' | b']' | b'}' => self.depth = self.depth.saturating_sub(1),
                b'=' => {
                    let before = self.at.checked_sub(1).map_or(b' ', |at| self.bytes[at]);
                    let compares =
                        next == b'=' || matches!(before, b'=' | b'!' | b'<' | b'>' | b':');
                    self.begins = self.depth == 0 && !compares;
                }
                _ => {}
            }
            self.at += 1;
        }
        None
    }

    fn line_end(&self) -> usize {
        let rest = &self.bytes[self.at..];
        rest.iter().position(|byte| *byte == b'\n').map_or(self.bytes.len(), |end| self.at + end)
    }

    /// A command reaches to the end of its line, or of one that is said to go on.
    fn command(&mut self) -> Found {
        let start = self.at;
        loop {
            let end = self.line_end();
            self.at = end;
            let goes_on =
                end < self.bytes.len() && self.bytes[start..end].trim_ascii_end().ends_with(b"\\");
            if !goes_on {
                let len = self.bytes[start..end].trim_ascii_end().len();
                return Found::Command(start, start + len);
            }
            self.at = end + 1;
        }
    }

    /// Goes behind a string; one in single quotes ends with its line.
    fn string(&mut self, quote: u8) {
        let triple = self.bytes[self.at..].starts_with(&[quote; 3]);
        self.at += if triple { 3 } else { 1 };
        while let Some(byte) = self.bytes.get(self.at).copied() {
            match byte {
                b'\\' => self.at += 1,
                b'\n' if !triple => return,
                _ if byte == quote && !triple => {
                    self.at += 1;
                    return;
                }
                _ if byte == quote && self.bytes[self.at..].starts_with(&[quote; 3]) => {
                    self.at += 3;
                    return;
                }
                _ => {}
            }
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, code: &str, commands: &[&str]) {
        let plain = plain(text);
        assert_eq!(plain.code, code);
        let said = plain.commands.values();
        let said: Vec<&str> = said.map(|it| &text[it.start as usize..it.end as usize]).collect();
        assert_eq!(said, commands);
    }

    #[test]
    fn commands_are_no_code() {
        check("%sql é \nx = !ls\n", "0       \nx = 0  \n", &["%sql é", "!ls"]);
        check("%%time\r\nx = 1", "0     \r\nx = 1", &["%%time"]);
        check("if a:\n  !ls\n  b?", "if a:\n  0  \n  b ", &["!ls"]);
        check("%sql a \\\n b\nc", "0          \nc", &["%sql a \\\n b"]);
        check("x = %sql a", "x = 0     ", &["%sql a"]);
    }

    #[test]
    fn code_is_no_command() {
        for text in [
            "f(a\n% b)",
            "'''\n%c\n'''",
            "x = '''\n!c?'''",
            "a = b \\\n % c",
            "f(x=%s)",
            "a == %b",
            "a != b",
            "x = 'a\\\n%b'",
            "# %sql a?",
            "f'{a!r}'",
            "%s",
            "% (a)",
            "",
        ] {
            let changed = text == "%s";
            assert_eq!(plain(text).commands.is_empty(), !changed, "{text}");
        }
        check("'", "'", &[]);
        check("'\n%a", "'\n0 ", &["%a"]);
    }
}
