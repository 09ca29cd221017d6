//! What dbt adds to Jinja, rewritten to plain Jinja of the same length, so that spans stay right.
//!
//! `{% do … %}` becomes a silent `{{ … }}`; the tags of a snapshot become comments; tests, materializations
//! and docs become comments as a whole; the colon that may end a tag goes. Trees that would be too deep for any stack are refused.

use std::borrow::Cow;

/// Operators in a row, and `elif`s in a file, that real templates never reach.
const CHAIN_LIMIT: usize = 400;

/// The first byte of a number that is too big for the parser, which then takes it for a name.
const BIG: u8 = b'N';

/// What preparing a text came to.
pub(super) enum Prepared<'a> {
    /// Text for the parser.
    Text(Cow<'a, str>),
    /// Byte at which an expression is too long to be read safely.
    TooLong(usize),
}

/// The macros of a file that as a whole does not parse, each with everything else blanked.
///
/// dbt takes macros out of a file and never looks at what stands between them.
pub(super) fn macros_alone(text: &str) -> Vec<String> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(start) = find(text, at, "{%") {
        at = start + 2;
        if word(text, start).0 == "macro" {
            at = block_end(text, start + 2, "endmacro");
            let mut edit = Edit { text, bytes: None };
            edit.blank(0, start);
            edit.blank(at, text.len());
            found.push(edit.finish().into_owned());
        }
    }
    found
}

/// Rewrites a template; with `snapshot` only the block of that name is kept, if the file has several.
pub(super) fn prepare<'a>(text: &'a str, snapshot: Option<&str>) -> Prepared<'a> {
    let mut edit = Edit { text, bytes: None };
    let mut blocks: Vec<(&str, usize, usize)> = Vec::new();
    let (mut at, mut elifs) = (0, 0);
    while let Some(start) = find(text, at, "{") {
        let rest = &text[start..];
        if rest.starts_with("{#") {
            at = find(text, start + 2, "#}").map_or(text.len(), |end| end + 2);
        } else if rest.starts_with("{{") {
            match edit.tag(start + 2, "}}") {
                Ok(end) => at = end,
                Err(place) => return Prepared::TooLong(place),
            }
        } else if rest.starts_with("{%") {
            let end = match edit.tag(start + 2, "%}") {
                Ok(end) => end,
                Err(place) => return Prepared::TooLong(place),
            };
            let (word, after) = word(text, start);
            at = end;
            edit.colon(after, end);
            match word {
                "raw" => at = block_end(text, end, "endraw"),
                "do" => edit.silence(start, after, end),
                "elif" => elifs += 1,
                "snapshot" => {
                    edit.comment(start, end);
                    let name = text[after..].trim_start();
                    let stop = name.find(|c: char| !c.is_alphanumeric() && c != '_');
                    blocks.push((&name[..stop.unwrap_or(name.len())], start, text.len()));
                }
                "endsnapshot" => {
                    edit.comment(start, end);
                    if let Some(block) = blocks.last_mut() {
                        block.2 = end;
                    }
                }
                "test" | "data_test" | "materialization" | "docs" => {
                    at = block_end(text, end, &format!("end{word}"));
                    edit.comment(start, at);
                }
                _ => {}
            }
            if elifs > CHAIN_LIMIT {
                return Prepared::TooLong(start);
            }
        } else {
            at = start + 1;
        }
    }
    if let Some(kept) = snapshot.filter(|_| blocks.len() > 1)
        && let Some((_, start, end)) = blocks.iter().find(|block| block.0 == kept)
    {
        edit.blank(0, *start);
        edit.blank(*end, text.len());
    }
    Prepared::Text(edit.finish())
}

struct Edit<'a> {
    text: &'a str,
    bytes: Option<Vec<u8>>,
}

impl<'a> Edit<'a> {
    fn bytes(&mut self) -> &mut Vec<u8> {
        self.bytes.get_or_insert_with(|| self.text.as_bytes().to_vec())
    }

    fn silence(&mut self, start: usize, after: usize, end: usize) {
        if end < start + 6 || !self.text[..end].ends_with("%}") {
            return;
        }
        let bytes = self.bytes();
        bytes[start + 1] = b'{';
        bytes[end - 2] = b'}';
        bytes[after - 2..after].fill(b' ');
    }

    /// Blanks a colon before the closing sign.
    fn colon(&mut self, after: usize, end: usize) {
        let Some(inner) = self.text[after..end].strip_suffix("%}") else { return };
        let inner = inner.trim_end_matches(['-', '+']).trim_end();
        if inner.ends_with(':') {
            self.blank(after + inner.len() - 1, after + inner.len());
        }
    }

    fn comment(&mut self, start: usize, end: usize) {
        if end < start + 4 || !self.text[..end].ends_with("%}") {
            return;
        }
        let bytes = self.bytes();
        for byte in &mut bytes[start..end] {
            if *byte == b'#' {
                *byte = b' ';
            }
        }
        bytes[start + 1] = b'#';
        bytes[end - 2] = b'#';
    }

    fn blank(&mut self, start: usize, end: usize) {
        for byte in &mut self.bytes()[start..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }

    /// Reads a tag to the byte after its end; strings and brackets hide the closing sign. `Err` if it is too long.
    ///
    /// Blanks what Jinja reads and the parser does not: a plus before a number, white space that is not ASCII.
    /// Numbers of any length become names.
    fn tag(&mut self, from: usize, close: &str) -> Result<usize, usize> {
        let text = self.text;
        let bytes = text.as_bytes();
        let (mut at, mut levels, mut before) = (from, vec![0_usize], b' ');
        while at < bytes.len() {
            if levels.len() == 1 && bytes[at..].starts_with(close.as_bytes()) {
                return Ok(at + 2);
            }
            let byte = bytes[at];
            let top = levels.len() - 1;
            match byte {
                b'"' | b'\'' => at += string_length(&bytes[at..], byte),
                b'(' | b'[' | b'{' => {
                    levels[top] += 1;
                    levels.push(0);
                }
                b')' | b']' | b'}' if top > 0 => drop(levels.pop()),
                b',' => levels[top] = 0,
                b'0'..=b'9' if !before.is_ascii_alphanumeric() && before != b'_' => {
                    let length = number_length(&bytes[at..]);
                    if is_big(&bytes[at..at + length]) {
                        self.bytes()[at] = BIG;
                    }
                    at += length - 1;
                }
                b'+' if b"([{,=:~*/<>".contains(&before) => self.blank(at, at + 1),
                b'+' | b'-' | b'*' | b'/' | b'~' | b'|' | b'.' | b'%' => levels[top] += 1,
                b'n' | b'e' | b'i' | b'a' | b'o' if is_operator_word(bytes, at) => levels[top] += 1,
                0xc2.. => {
                    let letter = text.get(at..).and_then(|rest| rest.chars().next());
                    if let Some(space) = letter.filter(|letter| letter.is_whitespace()) {
                        self.blank(at, at + space.len_utf8());
                    }
                }
                _ => {}
            }
            if levels.len() > CHAIN_LIMIT || levels.last().is_some_and(|level| *level > CHAIN_LIMIT)
            {
                return Err(from.saturating_sub(2));
            }
            // White space ends a word: it is no letter of the next one.
            if !byte.is_ascii_whitespace() {
                before = byte;
            } else if before.is_ascii_alphanumeric() || before == b'_' {
                before = b' ';
            }
            at += 1;
        }
        Ok(text.len())
    }

    fn finish(self) -> Cow<'a, str> {
        match self.bytes.map(String::from_utf8) {
            Some(Ok(text)) => Cow::Owned(text),
            Some(Err(_)) | None => Cow::Borrowed(self.text),
        }
    }
}

/// Letters and digits that a number begins.
fn number_length(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count()
}

/// Whether a whole number has more digits than surely fit 128 bits.
fn is_big(number: &[u8]) -> bool {
    match number {
        [b'0', b'x' | b'X', digits @ ..] => digits.len() > 31,
        digits => digits.len() > 38 && digits.iter().all(u8::is_ascii_digit),
    }
}

fn find(text: &str, from: usize, what: &str) -> Option<usize> {
    text.get(from..)?.find(what).map(|at| from + at)
}

/// The first word of a tag that begins at `start`, and the byte after it.
fn word(text: &str, start: usize) -> (&str, usize) {
    let inner = text[start + 2..].trim_start_matches(['-', '+']).trim_start();
    let from = text.len() - inner.len();
    let len = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inner.len());
    (&inner[..len], from + len)
}

/// The byte after the tag of this name, or the end of the text.
fn block_end(text: &str, from: usize, name: &str) -> usize {
    let mut at = from;
    while let Some(start) = find(text, at, "{%") {
        let (found, after) = word(text, start);
        if found == name {
            return find(text, after, "%}").map_or(text.len(), |end| end + 2);
        }
        at = start + 2;
    }
    text.len()
}

fn string_length(bytes: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < bytes.len() && bytes[at] != quote {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at
}

fn is_operator_word(bytes: &[u8], at: usize) -> bool {
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    if at > 0 && is_letter(&bytes[at - 1]) {
        return false;
    }
    let length = bytes[at..].iter().take_while(|byte| is_letter(byte)).count();
    matches!(&bytes[at..at + length], b"not" | b"else" | b"if" | b"is" | b"and" | b"or" | b"in")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        match prepare(text, Some("b")) {
            Prepared::Text(found) => {
                assert_eq!(found, expected);
                assert_eq!(found.len(), text.len());
            }
            Prepared::TooLong(at) => panic!("too long at {at}"),
        }
    }

    #[test]
    fn tags_keep_their_length() {
        check("{%- do x.append('%}') -%}", "{{-    x.append('%}') -}}");
        check("{% snapshot a %}x{% endsnapshot %}", "{# snapshot a #}x{# endsnapshot #}");
        check("{% test t(é) %}#{{ x }}{% endtest %}.", "{# test t(é) %} {{ x }}{% endtest #}.");
        check("{% raw %}{% do %}{% endraw %}", "{% raw %}{% do %}{% endraw %}");
        check("{{ f(+1, a\u{a0}+ 'é') }}+", "{{ f( 1, a  + 'é') }}+");
        check("{# {% do x %} #}", "{# {% do x %} #}");
        check("{%- if a[1:]: -%}{% else:%}", "{%- if a[1:]  -%}{% else %}");
        let big = "9".repeat(39);
        check(
            &format!("{{{{ f({big}, x{big}) }}}}"),
            &format!("{{{{ f(N{}, x{big}) }}}}", &big[1..]),
        );
        check(
            "{% snapshot a %}x{% endsnapshot %}{% snapshot b %}y{% endsnapshot %}",
            &format!("{}{{# snapshot b #}}y{{# endsnapshot #}}", " ".repeat(34)),
        );
    }

    #[test]
    fn what_no_stack_could_hold_is_refused() {
        for text in ["not ", "- ", "a ~ ", "x if y else ", "("] {
            let text = format!("{{{{ {} x }}}}", text.repeat(100_000));
            assert!(matches!(prepare(&text, None), Prepared::TooLong(0)));
        }
    }
}
