//! What of a foreign text may reach a terminal, and what a shell takes for one word.

use std::fmt::Write as _;

/// Writes out what would act on a terminal or hide in it: control characters, direction overrides, and
/// characters that nobody sees. `ESC` becomes `\u{1b}`, a line break `\n`.
pub fn visible(text: &str) -> String {
    if text.chars().all(|letter| !is_hidden(letter)) {
        return text.to_owned();
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        if is_hidden(letter) {
            safe.extend(escaped(letter));
        } else {
            safe.push(letter);
        }
    }
    safe
}

/// A character as `\n` or `\u{1b}`.
pub(crate) fn escaped(letter: char) -> impl Iterator<Item = char> {
    let short = matches!(letter, '\n' | '\r' | '\t').then(|| letter.escape_default());
    let long = short.is_none().then(|| letter.escape_unicode());
    short.into_iter().flatten().chain(long.into_iter().flatten())
}

/// Whether a character acts or hides instead of showing itself.
pub(crate) fn is_hidden(letter: char) -> bool {
    // Most are these, and there are many.
    if matches!(letter, ' '..='~') {
        return false;
    }
    letter.is_control()
        || matches!(
            letter,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// JSON that is printed already, with what would hide on a terminal written as `\u202e`: direction overrides are
/// legal in JSON but deceive whoever reads it.
pub(crate) fn safe_json(json: String) -> String {
    let hides = |letter: char| letter != '\n' && is_hidden(letter);
    if !json.chars().any(hides) {
        return json;
    }
    let mut text = String::with_capacity(json.len());
    for letter in json.chars() {
        if !hides(letter) {
            text.push(letter);
            continue;
        }
        for unit in letter.encode_utf16(&mut [0; 2]) {
            // Writing to a text cannot fail.
            let _ = write!(text, "\\u{unit:04x}");
        }
    }
    text
}

/// The nearest ASCII; what has none is written out.
pub(crate) fn ascii(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut plain = String::new();
    for letter in text.chars() {
        match letter {
            '·' | '–' | '−' | '─' | '━' | '╍' | '—' => plain.push('-'),
            '…' => plain.push_str("..."),
            '×' | '✗' => plain.push('x'),
            '✓' => plain.push('+'),
            '│' => plain.push('|'),
            '≠' => plain.push_str("!="),
            '→' => plain.push_str("->"),
            '“' | '”' => plain.push('"'),
            '‘' | '’' => plain.push('\''),
            '\u{a0}' => plain.push(' '),
            _ if letter.is_ascii() => plain.push(letter),
            _ => plain.extend(escaped(letter)),
        }
    }
    plain
}

/// A path as the path of a relative URI: what is not plain there is percent-encoded, byte by byte (RFC 3986).
pub(crate) fn encoded(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a text cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

/// One word of a shell: as it is where that is safe, else in quotes.
pub fn argument(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_-./:@%+=,".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_on_a_terminal_is_written_out() {
        assert_eq!(visible("a\u{1b}]0;x\u{7}b"), "a\\u{1b}]0;x\\u{7}b");
        assert_eq!(visible("a\nb\tc\rd"), "a\\nb\\tc\\rd");
        assert_eq!(visible("a\u{202e}b\u{2066}c\u{9b}"), "a\\u{202e}b\\u{2066}c\\u{9b}");
        assert_eq!(visible("Zoë Müller, 東京"), "Zoë Müller, 東京");
    }

    #[test]
    fn a_path_is_a_uri() {
        assert_eq!(encoded("a b/ü%.sql"), "a%20b/%C3%BC%25.sql");
        assert_eq!(encoded("models/x_1.sql"), "models/x_1.sql");
    }

    #[test]
    fn a_word_of_a_shell_stays_one_word() {
        assert_eq!(argument("shop.fct_orders"), "shop.fct_orders");
        assert_eq!(argument("my models"), "'my models'");
        assert_eq!(argument("a'; rm -rf ~"), "'a'\\''; rm -rf ~'");
        assert_eq!(argument(""), "''");
    }
}
