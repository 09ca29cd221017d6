//! Formulas that differ in constants only.

use plumb_base::Hasher;

/// A key without its constants.
pub(crate) fn masked(key: &str) -> String {
    let mut text = String::new();
    let (mut quoted, mut number, mut exact) = (false, false, false);
    let mut letters = key.chars().peekable();
    while let Some(letter) = letters.next() {
        // A quote inside of a text stands there twice.
        if quoted && letter == '\'' && letters.next_if_eq(&'\'').is_some() {
            continue;
        }
        exact = letter == EXACT || exact && letter.is_alphanumeric();
        if letter == '\'' {
            quoted = !quoted;
            if quoted {
                text.push('?');
            }
            continue;
        }
        let digit = letter.is_ascii_digit()
            && !text.ends_with(|it: char| it.is_alphanumeric() || it == '_' || it == '#');
        if quoted || exact || digit && number {
            continue;
        }
        number = digit;
        text.push(if digit { '?' } else { letter });
    }
    text
}

/// Stands before what tells a shortened key apart from those that differ in constants.
const EXACT: char = '~';

/// A key of bounded length: what is too long is told apart by digests, without its constants and with them.
pub(super) fn shortened(key: &str) -> String {
    let digest = |key: &str| {
        let mut hasher = Hasher::new("term");
        hasher.text(key);
        hasher.finish()
    };
    format!("#{}{EXACT}{}", digest(&masked(key)), digest(key))
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn constants_are_left_out_whole() {
        for text in ["'paid'", "'it''s'", "''''", "'a (1), b'", "'«é»'", "12", "1.5"] {
            let key = masked(&format!("eq({text}, t1.a_2)")).replace("?.?", "?");
            assert_eq!(key, "eq(?, t1.a_2)", "{text}");
        }
    }
}
