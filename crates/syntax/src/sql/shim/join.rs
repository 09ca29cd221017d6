//! Joins that the parser library does not know: with the nearest row, and by the number of a row.

use sqlparser::tokenizer::Token;

use super::Tape;

/// The `ASOF JOIN` of DuckDB and Trino has its condition in `ON`: the parser wants it where Snowflake has it. Which rows it keeps stands
/// there instead.
pub(super) fn asof(tape: &mut Tape<'_>, at: usize) {
    let mut keeps = Token::make_keyword("TRUE");
    let known = ["ansi", "duckdb", "snowflake", "trino"].contains(&tape.dialect.name);
    let side = tape.any(at + 1, &["left", "right", "inner", "full", "semi", "anti"]);
    let outer = side && tape.is(at + 2, "outer");
    let count = usize::from(side) + usize::from(outer);
    if !known || !tape.is(at + 1 + count, "join") || !tape.follows_table(at) {
        return tape.name(at);
    }
    if side {
        if !tape.is(at + 1, "inner") {
            keeps = nearest(&tape.token(at + 1).to_string());
        }
        tape.remove(at + 1, count);
    }
    let Some(end) = tape.end_ahead(at + 2) else { return };
    let level = tape.level(at + 2, end);
    let condition = level.into_iter().find(|at| tape.any(*at, &["on", "using", "match_condition"]));
    if let Some(on) = condition
        && !tape.is(on, "match_condition")
    {
        let own = tape.token(on).clone();
        let words = [Token::make_keyword("MATCH_CONDITION"), Token::LParen];
        tape.put(on, 1, words.into_iter().chain([keeps, Token::RParen, own]));
    }
}

/// What stands in place of the condition where rows without a match are kept: this, and the side.
pub(crate) const NEAREST: &str = "plumb_nearest_";

fn nearest(side: &str) -> Token {
    Token::make_word(&format!("{NEAREST}{}", side.to_lowercase()), None)
}

/// DuckDB's `POSITIONAL JOIN`: rows meet by their number, in no join that the parser knows.
pub(super) fn positional(tape: &mut Tape<'_>, at: usize) {
    let Some(end) = behind_table(tape, at + 2).filter(|_| tape.follows_table(at)) else { return };
    let last = tape.token(end - 1).clone();
    let words = [last, Token::make_keyword("MATCH_CONDITION"), Token::LParen];
    tape.put(end - 1, 1, words.into_iter().chain([nearest("full"), Token::RParen]));
    tape.put(at, 1, [Token::make_keyword("ASOF")]);
}

/// The index behind a table: a name, a file, a query, what a function gives, with what it is called.
fn behind_table(tape: &Tape<'_>, at: usize) -> Option<usize> {
    let list = |at: usize| match tape.token(at) {
        Token::LParen => tape.closing(at).map(|close| close + 1),
        _ => Some(at),
    };
    let end = match tape.token(at) {
        Token::LParen => list(at)?,
        Token::SingleQuotedString(_) => at + 1,
        _ => list(tape.behind_name(at)?)?,
    };
    let alias = if tape.is(end, "as") { end + 1 } else { end };
    if tape.names_table(alias) { list(alias + 1) } else { Some(end) }
}
