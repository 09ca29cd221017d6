//! Texts as Python writes them: quotes, escapes, and the way back from each letter.

use plumb_base::{MappedText, Span};

/// How a literal is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Style {
    /// Backslashes stand for themselves.
    pub(crate) raw: bool,
    /// Two braces are one.
    pub(crate) braces: bool,
}

/// What stands between the quotes, with each escape as what it stands for; `at` is where it begins.
pub(crate) fn decoded(written: &str, at: usize, style: Style) -> MappedText {
    let mut made = MappedText::default();
    let (mut taken, mut here) = (0, 0);
    while let Some(letter) = written[here..].chars().next() {
        let rest = &written[here..];
        let (stands_for, len) = match letter {
            '\\' if !style.raw => escape(rest),
            '{' | '}' if style.braces && rest[1..].starts_with(letter) => (Some(letter), 2),
            _ => {
                here += letter.len_utf8();
                continue;
            }
        };
        made.take(&written[taken..here], at + taken);
        let span = Span::new(at + here, at + here + len);
        if let Some(letter) = stands_for {
            made.print(letter.encode_utf8(&mut [0; 4]), span);
        }
        here += len;
        taken = here;
    }
    made.take(&written[taken..], at + taken);
    made
}

/// What an escape stands for, if for anything, and how many bytes it takes.
fn escape(rest: &str) -> (Option<char>, usize) {
    let Some(kind) = rest[1..].chars().next() else { return (Some('\\'), 1) };
    match kind {
        '\n' => (None, 2),
        '\r' if rest[2..].starts_with('\n') => (None, 3),
        'n' => (Some('\n'), 2),
        't' => (Some('\t'), 2),
        'r' => (Some('\r'), 2),
        'a' => (Some('\u{7}'), 2),
        'b' => (Some('\u{8}'), 2),
        'f' => (Some('\u{c}'), 2),
        'v' => (Some('\u{b}'), 2),
        '\\' | '\'' | '"' => (Some(kind), 2),
        '0'..='7' => {
            let digits = rest[1..].bytes().take(3).take_while(|byte| matches!(byte, b'0'..=b'7'));
            numbered(rest, 1, digits.count(), 8)
        }
        'x' => numbered(rest, 2, 2, 16),
        'u' => numbered(rest, 2, 4, 16),
        'U' => numbered(rest, 2, 8, 16),
        'N' if rest[2..].starts_with('{') => {
            let len = rest.find('}').map_or(2, |end| end + 1);
            (Some(char::REPLACEMENT_CHARACTER), len)
        }
        // Python keeps the backslash of an escape that it does not know.
        _ => (Some('\\'), 1),
    }
}

fn numbered(rest: &str, start: usize, digits: usize, radix: u32) -> (Option<char>, usize) {
    let number =
        rest.get(start..start + digits).and_then(|digits| u32::from_str_radix(digits, radix).ok());
    match number {
        Some(number) => {
            let letter = char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER);
            (Some(letter), start + digits)
        }
        None => (Some('\\'), 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Style = Style { raw: false, braces: false };

    fn text(written: &str, style: Style) -> String {
        decoded(written, 0, style).text
    }

    #[test]
    fn escapes_stand_for_letters() {
        assert_eq!(text(r"a\n\t\\\'\x41\u00e9\101\d\N{BULLET}", PLAIN), "a\n\t\\'AéA\\d\u{fffd}");
        assert_eq!(text("a \\\n b", PLAIN), "a  b");
        assert_eq!(text(r"a\n", Style { raw: true, ..PLAIN }), r"a\n");
        assert_eq!(text("{{a}}", PLAIN), "{{a}}");
        assert_eq!(text("{{a}}", Style { braces: true, ..PLAIN }), "{a}");
        assert_eq!(text("\\", PLAIN), "\\");
        assert_eq!(text(r"\xé\u12", PLAIN), r"\xé\u12");
    }

    #[test]
    fn letters_keep_their_places() {
        let made = decoded(r"a\tb", 10, PLAIN);
        let place = |start, end| made.map.to_file(Span::new(start, end));
        assert_eq!(place(0, 1), Span::new(10, 11));
        assert_eq!(place(1, 2), Span::new(11, 13));
        assert_eq!(place(2, 3), Span::new(13, 14));
    }
}
