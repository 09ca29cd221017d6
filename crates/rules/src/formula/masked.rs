//! Formulas that differ in constants only.

/// A key without its constants.
pub(crate) fn masked(key: &str) -> String {
    let mut text = String::new();
    let (mut quoted, mut number) = (false, false);
    for letter in key.chars() {
        if letter == '\'' {
            quoted = !quoted;
            if quoted {
                text.push('?');
            }
            continue;
        }
        let digit = letter.is_ascii_digit()
            && !text.ends_with(|it: char| it.is_alphanumeric() || it == '_');
        if quoted || digit && number {
            continue;
        }
        number = digit;
        text.push(if digit { '?' } else { letter });
    }
    text
}
