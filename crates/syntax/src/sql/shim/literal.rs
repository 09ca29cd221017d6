//! Literals and parameters that the parser library takes for names.

use sqlparser::tokenizer::Token;

use super::Tape;

pub(super) fn mend(tape: &mut Tape<'_>, at: usize, word: &str) {
    match word {
        // BigQuery: raw bytes.
        "rb" | "br" if tape.touches(at) => {
            let bytes = match tape.token(at + 1) {
                Token::SingleQuotedString(text)
                | Token::DoubleQuotedString(text)
                | Token::TripleSingleQuotedString(text)
                | Token::TripleDoubleQuotedString(text) => Some(text.clone()),
                _ => None,
            };
            if let Some(text) = bytes {
                tape.put(at, 2, [Token::SingleQuotedByteStringLiteral(format!("rb:{text}"))]);
            }
        }
        // `schema.true(x)` calls a function that has the name of a literal, `SAFE.SUBSTR(x, 1)` one that the parser
        // reads in a way of its own.
        "true" | "false" | "null" | "substr" | "substring" | "trim" | "ceil" | "floor"
        | "position" | "overlay" | "interval" | "struct" | "user"
            if matches!(tape.before(at), Token::Period)
                && matches!(tape.token(at + 1), Token::LParen) =>
        {
            tape.put(at, 1, [Token::make_word(word, Some('`'))]);
        }
        // BigQuery: a query parameter.
        _ if word.starts_with('@') && !word.starts_with("@{") => {
            let mut count = 1;
            while matches!(tape.token(at + count), Token::Period)
                && matches!(tape.token(at + count + 1), Token::Word(_))
            {
                count += 2;
            }
            let text = tape.spelled(at, at + count);
            tape.put(at, count, [Token::Placeholder(text)]);
        }
        // `1_000_000`.
        _ if word.starts_with('_') && at > 0 && tape.touches(at - 1) => {
            let digits = word.replace('_', "");
            let number = match tape.token(at - 1) {
                Token::Number(number, long) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                    Some((format!("{number}{digits}"), *long))
                }
                _ => None,
            };
            if let Some((number, long)) = number {
                tape.put(at - 1, 2, [Token::Number(number, long)]);
            }
        }
        _ => {}
    }
}
