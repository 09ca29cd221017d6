//! JSON functions of the standard: their clauses become an argument, so that calls that differ in them differ.

use sqlparser::tokenizer::Token;

use super::Tape;

pub(super) fn mend(tape: &mut Tape<'_>, at: usize, word: &str) {
    if !matches!(tape.token(at + 1), Token::LParen) || tape.dialect.name == "bigquery" {
        return;
    }
    match word {
        "json_query" | "json_value" | "json_exists" => clauses(tape, at + 1, STARTS),
        "json_object" | "json_array" => {
            pairs(tape, at + 1);
            clauses(tape, at + 1, "null absent with without returning");
        }
        _ => {}
    }
}

/// Words that begin a clause behind the arguments.
const STARTS: &str = "returning with without omit keep null error empty default passing absent";

/// Puts everything from the first clause on into one text.
fn clauses(tape: &mut Tape<'_>, open: usize, starts: &str) {
    let Some(close) = tape.closing(open) else { return };
    // A clause follows an argument; what follows a comma is one.
    let begins = |at: &usize| {
        *at > open + 1
            && tape.one_of(*at, starts)
            && !matches!(tape.before(*at), Token::Comma | Token::LParen | Token::Eq)
    };
    let Some(at) = tape.level(open + 1, close).into_iter().find(begins) else { return };
    let text = tape.in_small_letters(at, close);
    tape.put(at, close - at, [Token::Comma, Token::SingleQuotedString(text)]);
}

/// `JSON_OBJECT('a': 1, KEY 'b' VALUE 2)` is a list of keys and values.
fn pairs(tape: &mut Tape<'_>, open: usize) {
    let Some(close) = tape.closing(open) else { return };
    for at in tape.level(open + 1, close).into_iter().rev() {
        if matches!(tape.token(at), Token::Colon)
            || (tape.is(at, "value")
                && !matches!(tape.before(at), Token::Comma | Token::Colon | Token::LParen))
        {
            tape.put(at, 1, [Token::Comma]);
        } else if tape.is(at, "key") && !matches!(tape.token(at + 1), Token::Comma | Token::Colon) {
            tape.remove(at, 1);
        }
    }
}
