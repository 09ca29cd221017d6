//! The words of a statement without its comments and literals, read at the speed of the text and in no dialect.

use plumb_base::Digest;

/// A statement as words.
#[derive(Debug, Default)]
pub(crate) struct Statement<'a> {
    /// Comments, without their marks.
    pub comments: Vec<&'a str>,
    /// Words and signs in lower case, each with [`END`] behind it; each literal is `?`, and a list of literals is one.
    words: Vec<u8>,
}

/// The fingerprint of a statement without its comments, literals and layout; `None` where nothing is left.
pub fn template(text: &str) -> Option<Digest> {
    Statement::read(text).template()
}

/// What ends a word. No name holds it in any dialect.
const END: u8 = 0;

/// Letters of a label.
const LABEL: usize = 60;

/// Words that are looked at to tell what a statement writes: no keyword stands farther from the beginning.
const FIRST: usize = 16;

impl<'a> Statement<'a> {
    /// Reads a text; what breaks off in the middle is read as far as it goes.
    pub(crate) fn read(text: &'a str) -> Self {
        // A sign and its end are the most that one byte becomes.
        let words = Vec::with_capacity(text.len() * 2);
        let mut statement = Self { comments: Vec::new(), words };
        let (bytes, mut at) = (text.as_bytes(), 0);
        while let Some(byte) = bytes.get(at) {
            at = match CLASS[usize::from(*byte)] {
                Class::Space => at + 1,
                Class::Letter | Class::Quote => statement.name(text, at),
                Class::Digit => {
                    statement.literal();
                    at + run(&bytes[at..], |it| it.is_ascii_alphanumeric() || it == b'.')
                }
                Class::Sign => statement.sign(text, at, *byte),
                Class::Wide => statement.wide(text, at),
            };
        }
        // What ends a statement is no part of it.
        while let Some(shorter) = statement.words.strip_suffix(b";\0") {
            let length = shorter.len();
            statement.words.truncate(length);
        }
        statement
    }

    /// Reads a sign, a text, or a comment, and gives where it ends.
    fn sign(&mut self, text: &'a str, at: usize, byte: u8) -> usize {
        let rest = &text[at..];
        if let Some(inside) = rest.strip_prefix("--").filter(|_| byte == b'-') {
            let end = inside.find('\n').unwrap_or(inside.len());
            self.comments.push(&inside[..end]);
            return at + 2 + end;
        }
        if let Some(inside) = rest.strip_prefix("/*").filter(|_| byte == b'/') {
            let (comment, rest) = inside.split_once("*/").unwrap_or((inside, ""));
            self.comments.push(comment);
            return text.len() - rest.len();
        }
        if byte == b'\'' {
            self.literal();
            return text.len() - quoted(rest, '\'').len();
        }
        self.words.extend([byte, END]);
        at + 1
    }

    /// Reads what begins with a letter that is not ASCII.
    fn wide(&mut self, text: &'a str, at: usize) -> usize {
        match text[at..].chars().next() {
            Some(letter) if is_word(letter) => self.name(text, at),
            Some(letter) if letter.is_whitespace() => at + letter.len_utf8(),
            Some(letter) => {
                self.words.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
                self.words.push(END);
                at + letter.len_utf8()
            }
            None => text.len(),
        }
    }

    /// A word, or a name of several parts.
    fn name(&mut self, text: &'a str, mut at: usize) -> usize {
        let bytes = text.as_bytes();
        loop {
            at = self.part(text, at);
            let more = bytes.get(at) == Some(&b'.')
                && match bytes.get(at + 1).map(|it| CLASS[usize::from(*it)]) {
                    Some(Class::Letter | Class::Quote | Class::Digit) => true,
                    Some(Class::Wide) => text[at + 1..].chars().next().is_some_and(is_word),
                    _ => false,
                };
            if !more {
                break;
            }
            self.words.push(b'.');
            at += 1;
        }
        self.words.push(END);
        at
    }

    /// A part of a name, in quotes or not.
    fn part(&mut self, text: &str, at: usize) -> usize {
        let rest = &text[at..];
        let bytes = rest.as_bytes();
        let quote = bytes.first().filter(|byte| CLASS[usize::from(**byte)] == Class::Quote);
        if let Some(quote) = quote {
            let end = rest.len() - quoted(rest, char::from(*quote)).len();
            let name = rest[..end].trim_matches(['"', '`']).to_lowercase();
            self.words.extend_from_slice(name.as_bytes());
            return at + end;
        }
        let before = self.words.len();
        let mut end = 0;
        while let Some(lower) =
            bytes.get(end).map(|it| LOWER[usize::from(*it)]).filter(|it| *it > 0)
        {
            self.words.push(lower);
            end += 1;
        }
        if bytes.get(end).is_none_or(u8::is_ascii) {
            return at + end;
        }
        self.words.truncate(before);
        let end = rest.find(|it: char| !is_word(it)).unwrap_or(rest.len());
        self.words.extend_from_slice(rest[..end].to_lowercase().as_bytes());
        at + end
    }

    fn literal(&mut self) {
        let listed = self.words.strip_suffix(b"?\0,\0");
        let listed = listed.filter(|before| before.last().is_none_or(|it| *it == END));
        match listed.map(<[u8]>::len) {
            Some(before) => self.words.truncate(before + 2),
            None => self.words.extend(b"?\0"),
        }
    }

    /// The fingerprint of its words.
    pub(crate) fn template(&self) -> Option<Digest> {
        (!self.words.is_empty()).then(|| Digest::of(&self.words))
    }

    /// Each word and sign.
    fn tokens(&self) -> impl Iterator<Item = &str> {
        let words = self.words.split(|byte| *byte == END).filter(|word| !word.is_empty());
        words.map(|word| std::str::from_utf8(word).unwrap_or_default())
    }

    /// The table that it writes, where it begins like something that does.
    pub(crate) fn written(&self) -> Option<&str> {
        let words: Vec<&str> = self.tokens().take(FIRST).collect();
        let rest = match words.as_slice() {
            ["insert", rest @ ..] => skip(rest, &["overwrite", "into", "table"]),
            ["merge" | "copy", "into", rest @ ..] => rest,
            ["delete", "from", rest @ ..] | ["update", rest @ ..] => rest,
            ["create", rest @ ..] => {
                let kind =
                    rest.iter().take(6).position(|word| matches!(*word, "table" | "view"))?;
                skip(&rest[kind + 1..], &["if", "not", "exists"])
            }
            _ => return None,
        };
        let name = *rest.first()?;
        name.starts_with(is_word).then_some(name)
    }

    /// The beginning of it, for people.
    pub(crate) fn label(&self) -> String {
        let mut label = String::new();
        for token in self.tokens() {
            let tight = matches!(token, "," | ")" | ";") || label.ends_with('(');
            if !label.is_empty() && !tight {
                label.push(' ');
            }
            label.push_str(token);
            if label.chars().count() > LABEL {
                return label.chars().take(LABEL - 1).chain(['…']).collect();
            }
        }
        label
    }
}

/// What a byte begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Space,
    Letter,
    Digit,
    /// A quote of a name.
    Quote,
    Sign,
    /// A letter of several bytes.
    Wide,
}

static CLASS: [Class; 256] = {
    let mut class = [Class::Sign; 256];
    let mut byte = 0_u8;
    loop {
        class[byte as usize] = match byte {
            b' ' | 9..=13 => Class::Space,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' => Class::Letter,
            b'0'..=b'9' => Class::Digit,
            b'"' | b'`' => Class::Quote,
            128..=255 => Class::Wide,
            _ => Class::Sign,
        };
        if byte == u8::MAX {
            break;
        }
        byte += 1;
    }
    class
};

/// The letters and digits of names that are ASCII, in lower case; 0 for whatever else.
static LOWER: [u8; 256] = {
    let mut lower = [0; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        if matches!(CLASS[byte as usize], Class::Letter | Class::Digit) {
            lower[byte as usize] = byte.to_ascii_lowercase();
        }
        byte += 1;
    }
    lower
};

/// How many bytes from the beginning are of a kind.
fn run(bytes: &[u8], kind: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|byte| !kind(*byte)).unwrap_or(bytes.len())
}

fn skip<'t, 'w>(words: &'t [&'w str], known: &[&str]) -> &'t [&'w str] {
    let end = words.iter().position(|word| !known.contains(word)).unwrap_or(words.len());
    &words[end..]
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == '$'
}

/// What follows a text in quotes; a doubled quote does not end it.
fn quoted(text: &str, quote: char) -> &str {
    let mut rest = &text[quote.len_utf8()..];
    loop {
        let Some(at) = rest.find(quote) else { return "" };
        rest = &rest[at + quote.len_utf8()..];
        match rest.strip_prefix(quote) {
            Some(after) => rest = after,
            None => return rest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_told_by_the_first_words() {
        let written = |text| Statement::read(text).written().map(str::to_owned);
        for (text, table) in [
            ("INSERT INTO \"Lake\".Mart.orders (a) values (1)", "lake.mart.orders"),
            ("insert overwrite table `x`.y select 1", "x.y"),
            ("/* c */ create or replace transient table if not exists a.b as select 1", "a.b"),
            ("merge into t using s on t.a = s.a", "t"),
            ("copy into raw.events from @stage/x", "raw.events"),
            ("update t set a = 1", "t"),
            ("create view v as select 1", "v"),
        ] {
            assert_eq!(written(text).as_deref(), Some(table), "{text}");
        }
        for text in
            ["select 1", "copy into @stage/x from t", "create role r", "insert", "", "create or"]
        {
            assert_eq!(written(text), None, "{text}");
        }
    }

    #[test]
    fn any_text_is_read_to_its_end() {
        for text in
            ["'", "\"a", "/*", "--", "a.", ".", "1.2.3", "é'ü", "`", "''''", "a.\"b", "\u{0}"]
        {
            let _read = Statement::read(text);
        }
        let label = Statement::read("select count(*), sum(a) from t where b = 'x'").label();
        assert_eq!(label, "select count (*), sum (a) from t where b = ?");
        assert!(Statement::read(&"select ".repeat(50)).label().ends_with('…'));
    }
}
