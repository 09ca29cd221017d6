//! Types the parser library has no grammar for become one quoted word.

use sqlparser::tokenizer::Token;

use super::Tape;

pub(super) fn mend(tape: &mut Tape<'_>, at: usize, word: &str) {
    let call = matches!(tape.token(at + 1), Token::LParen);
    match word {
        "cast" | "try_cast" | "safe_cast" if call => cast(tape, at + 1),
        "array" if matches!(tape.token(at + 1), Token::Lt) => typed_list(tape, at),
        _ => {}
    }
}

/// `CAST(x AS ROW(a BIGINT))`: types with parentheses around types.
fn cast(tape: &mut Tape<'_>, open: usize) {
    let Some(close) = tape.closing(open) else { return };
    let level = tape.level(open + 1, close);
    let Some(at) = level.iter().rev().find(|at| tape.is(**at, "as")) else { return };
    let start = at + 1;
    let strange = (start..close).any(|at| {
        tape.any(at, &["row", "array", "map", "struct"])
            && (matches!(tape.token(at + 1), Token::LParen)
                || tape.dialect.name == "trino" && matches!(tape.token(at + 1), Token::Lt))
    });
    if strange {
        let text = tape.in_small_letters(start, close);
        tape.put(start, close - start, [Token::make_word(&text, Some('"'))]);
    }
}

/// BigQuery's `ARRAY<type>[…]` is `[…]`.
fn typed_list(tape: &mut Tape<'_>, at: usize) {
    let mut depth = 0_u32;
    for index in at + 1..tape.tokens.len() {
        if !tape.looks_on() {
            return;
        }
        match tape.token(index) {
            Token::Lt => depth += 1,
            Token::Gt => depth = depth.saturating_sub(1),
            Token::ShiftRight => depth = depth.saturating_sub(2),
            Token::SemiColon | Token::EOF => return,
            _ => {}
        }
        if depth == 0 {
            if matches!(tape.token(index + 1), Token::LBracket) {
                tape.remove(at, index + 1 - at);
            }
            return;
        }
    }
}
