//! JSON with the place of every value, and of every letter of a text.

use jsonc_parser::{
    CollectOptions, ParseOptions,
    ast::{Object, StringLit, Value},
    parse_to_ast,
};
use plumb_base::{MappedText, Span};

/// Why a text is no JSON, and the byte at which it stops being some.
pub(super) struct Broken {
    pub(super) at: usize,
    pub(super) why: String,
}

/// Parses a text; what people write into JSON though it is no JSON (comments, a comma too many) is taken.
pub(super) fn parse(text: &str) -> Result<Option<Value<'_>>, Broken> {
    let parsed = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default());
    parsed.map(|it| it.value).map_err(|error| {
        let why = error.kind().to_string();
        Broken { at: error.range().start.min(text.len()), why: why.to_lowercase() }
    })
}

/// The value of a key, through objects in objects.
pub(super) fn at<'v, 't>(object: &'v Object<'t>, keys: &[&str]) -> Option<&'v Value<'t>> {
    let (last, outer) = keys.split_last()?;
    let mut object = object;
    for key in outer {
        object = object.get_object(key)?;
    }
    Some(&object.get(last)?.value)
}

/// The text at a key, through objects in objects.
pub(super) fn text_at<'v>(object: &'v Object<'_>, keys: &[&str]) -> Option<&'v str> {
    Some(&*at(object, keys)?.as_string_lit()?.value)
}

/// The texts of a value: itself, or those it lists, one behind the other.
pub(super) fn joined(file: &str, value: &Value<'_>) -> MappedText {
    let mut all = MappedText::default();
    match value {
        Value::StringLit(one) => all.push(&decoded(file, one)),
        Value::Array(list) => {
            for one in list.elements.iter().filter_map(Value::as_string_lit) {
                all.push(&decoded(file, one));
            }
        }
        Value::NumberLit(_) | Value::BooleanLit(_) | Value::Object(_) | Value::NullKeyword(_) => {}
    }
    all
}

/// A text without its quotes and escapes.
fn decoded(file: &str, literal: &StringLit<'_>) -> MappedText {
    let (start, end) = (literal.range.start + 1, literal.range.end.saturating_sub(1));
    let raw = file.get(start..end).unwrap_or_default();
    let mut made = MappedText::default();
    let mut at = 0;
    while let Some(found) = raw[at..].find('\\') {
        made.take(&raw[at..at + found], start + at);
        at += found;
        let (letter, len) = escape(&raw[at..]);
        let mut buffer = [0; 4];
        let letter: &str = letter.encode_utf8(&mut buffer);
        made.print(letter, Span::new(start + at, start + at + len));
        at += len;
    }
    made.take(&raw[at..], start + at);
    made
}

/// What an escape stands for, and how many bytes it takes.
fn escape(raw: &str) -> (char, usize) {
    let Some(kind) = raw[1..].chars().next() else { return ('\\', 1) };
    let letter = match kind {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'u' => return unicode(raw),
        other => other,
    };
    (letter, 1 + kind.len_utf8())
}

/// `\u0041`, or two of them that are one letter together.
fn unicode(raw: &str) -> (char, usize) {
    let unit = |at: usize| {
        let digits = raw.get(at..at + 6)?.strip_prefix("\\u")?;
        u32::from_str_radix(digits, 16).ok()
    };
    match (unit(0), unit(6)) {
        (Some(high @ 0xd800..=0xdbff), Some(low @ 0xdc00..=0xdfff)) => {
            let letter = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
            (char::from_u32(letter).unwrap_or(char::REPLACEMENT_CHARACTER), 12)
        }
        (Some(one), _) => (char::from_u32(one).unwrap_or(char::REPLACEMENT_CHARACTER), 6),
        (None, _) => (char::REPLACEMENT_CHARACTER, 2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_map_to_where_they_stand() {
        let file = r#"{"a": ["é\n", "x\u00e9y\ud83d\ude00\/"]}"#;
        let parsed = parse(file).ok().flatten().unwrap();
        let text = joined(file, at(parsed.as_object().unwrap(), &["a"]).unwrap());
        assert_eq!(text.text, "é\nxéy😀/");
        let place = |part: &str| {
            let start = text.text.find(part).unwrap();
            let span = text.map.to_file(Span::new(start, start + part.len()));
            &file[span.start as usize..span.end as usize]
        };
        for (part, raw) in [("y", "y"), ("\n", "\\n"), ("😀", "\\ud83d\\ude00"), ("x", "x")] {
            assert_eq!(place(part), raw);
        }
    }

    #[test]
    fn what_breaks_has_a_place() {
        assert_eq!(parse("{\"a\": [1, ").err().map(|it| it.at), Some(6));
        assert!(parse(&"[".repeat(100_000)).is_err());
        assert!(parse("{\"a\": NaN, // b\n}").is_ok());
    }
}
