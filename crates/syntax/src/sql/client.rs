//! What `psql` does itself with a script: commands that begin with `\`, and rows that follow `COPY … FROM stdin`.

use std::borrow::Cow;

/// A text in which blanks stand for what the client does, byte for byte; `\gexec` and its like end a statement.
///
/// Whether a backslash hides the quote behind it in any literal is up to the dialect.
pub(super) fn without_commands(text: &str, escapes: bool) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut scan = Scan { text, escapes, at: 0, begins: 0, found: Vec::new() };
    while scan.at < text.len() {
        scan.step();
    }
    if scan.found.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut made = String::with_capacity(text.len());
    for (start, end, ends) in scan.found {
        made.push_str(&text[made.len()..start]);
        let kept = |(at, byte)| match byte {
            b'\n' => '\n',
            _ if at == 0 && ends => ';',
            _ => ' ',
        };
        made.extend(text[start..end].bytes().enumerate().map(kept));
    }
    made.push_str(&text[made.len()..]);
    Cow::Owned(made)
}

struct Scan<'a> {
    text: &'a str,
    escapes: bool,
    at: usize,
    /// Where the statement begins.
    begins: usize,
    /// Pieces the client keeps for itself, and whether they end a statement.
    found: Vec<(usize, usize, bool)>,
}

impl Scan<'_> {
    fn step(&mut self) {
        let rest = &self.text[self.at..];
        let behind = |closing: &str, from: usize| {
            rest.get(from..)
                .and_then(|inner| inner.find(closing))
                .map(|at| from + at + closing.len())
        };
        let taken = match rest.as_bytes()[0] {
            b'-' if rest.starts_with("--") => line(rest),
            b'/' if rest.starts_with("/*") => behind("*/", 2).unwrap_or(rest.len()),
            b'\'' => self.literal(rest),
            b'"' => behind("\"", 1).unwrap_or(rest.len()),
            b'$' => dollars(rest).and_then(|tag| behind(tag, tag.len())).unwrap_or(1),
            b'\\' => return self.command(rest),
            b';' => return self.ended(rest),
            _ => rest.chars().next().map_or(1, char::len_utf8),
        };
        self.at += taken;
    }

    /// The length of a literal; a backslash hides the quote behind it where the literal says so.
    fn literal(&self, rest: &str) -> usize {
        let escapes = self.escapes || self.text[..self.at].ends_with(['e', 'E']);
        let mut hidden = false;
        for (at, byte) in rest.bytes().enumerate().skip(1) {
            match byte {
                _ if hidden => hidden = false,
                b'\\' if escapes => hidden = true,
                b'\'' => return at + 1,
                _ => {}
            }
        }
        rest.len()
    }

    /// A command takes the rest of its line.
    fn command(&mut self, rest: &str) {
        let word = rest[1..]
            .bytes()
            .next()
            .is_some_and(|it| it.is_ascii_alphabetic() || b"!?.".contains(&it));
        if !word {
            self.at += 1;
            return;
        }
        let before = &self.text[..self.at];
        let first = before.rsplit('\n').next().is_some_and(|line| line.trim().is_empty());
        // Behind a statement only what runs it is a command.
        let runs =
            !first && ["g", "watch", "crosstabview"].iter().any(|it| rest[1..].starts_with(it));
        if !first && !runs {
            self.at += 1;
            return;
        }
        let end = self.at + line(rest);
        self.found.push((self.at, end, runs));
        self.at = end;
    }

    /// Behind the semicolon of `COPY … FROM stdin` come rows, up to a line `\.`.
    fn ended(&mut self, rest: &str) {
        let statement = self.text[self.begins..self.at].trim_start();
        self.at += 1;
        self.begins = self.at;
        let copies = statement.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("copy"))
            && statement.to_ascii_lowercase().split_whitespace().any(|word| word == "stdin");
        let rows = line(rest);
        if !copies || rows >= rest.len() {
            return;
        }
        let start = self.at - 1 + rows;
        let lines = &self.text[start..];
        let end = match lines.find("\n\\.") {
            _ if lines.starts_with("\n\\.") => line(&lines[1..]) + 1,
            Some(last) => last + 1 + line(&lines[last + 1..]),
            None => lines.len(),
        };
        self.found.push((start, start + end, false));
        (self.at, self.begins) = (start + end, start + end);
    }
}

/// Bytes up to the end of the line.
fn line(text: &str) -> usize {
    text.find('\n').unwrap_or(text.len())
}

/// The quote `$tag$` that a text begins with.
fn dollars(text: &str) -> Option<&str> {
    let inner = text[1..].find('$')?;
    let tag = &text[1..=inner];
    let plain = tag.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_');
    (plain && !tag.starts_with(|it: char| it.is_ascii_digit())).then(|| &text[..inner + 2])
}

#[cfg(test)]
mod tests {
    use super::without_commands;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let made = without_commands(text, false);
        assert_eq!(made, expected);
        assert_eq!(made.len(), text.len());
    }

    #[test]
    fn commands_take_their_line() {
        let blank = " ".repeat(8);
        check(
            "\\set x 'é\nselect 1;\n \\i a;b\n",
            &format!("{blank}  \nselect 1;\n{}\n", &blank[1..]),
        );
        check("select 1 \\gexec\nselect 2", "select 1 ;     \nselect 2");
    }

    #[test]
    fn what_is_quoted_is_no_command() {
        for text in [
            "select '\n\\d'",
            "select e'\\'\n\\d', 1",
            "do $$\n\\d\n$$",
            "do $a$\n$$\\d\n$a$",
            "-- \\d\n/* \\d */ select \"\\d\"",
            "select '\\' || 'd'",
            "select a \\d from t",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn a_dialect_may_hide_quotes() {
        let text = "select 'it\\'s', '\n\\d+'";
        assert_eq!(without_commands(text, true), text);
    }

    #[test]
    fn rows_end_with_a_line_of_their_own() {
        check("COPY t FROM stdin;\nit's\n\\.\nselect 1", "COPY t FROM stdin;\n    \n  \nselect 1");
        check("copy t from STDIN csv;\n\\.\nselect 1", "copy t from STDIN csv;\n  \nselect 1");
        check("copy t from stdin;\n1;\\N", "copy t from stdin;\n    ");
        check("copy t from 'stdin';\nselect '\\'", "copy t from 'stdin';\nselect '\\'");
    }
}
