//! Code inside a query: scripts that rows are handed to, and functions that only one query has.

use plumb_base::Digest;
use sqlparser::{
    keywords::Keyword,
    tokenizer::{Token, TokenWithSpan},
};

use super::Tape;

/// The function that `TRANSFORM (…) USING 'script'` is read as.
pub(crate) const SCRIPT: &str = "transform_using";

/// `TRANSFORM (a, b) … USING 'script' [AS (x type, y)] …` is `transform_using('script', a, b) AS (x, y)`.
pub(super) fn mend(tape: &mut Tape<'_>, at: usize) {
    if !matches!(tape.token(at + 1), Token::LParen) || !tape.any(at.wrapping_sub(1), &["select"]) {
        return;
    }
    let Some(close) = tape.closing(at + 1) else { return };
    let Some(end) = tape.end_ahead(close + 1) else { return };
    let level = tape.level(close + 1, end);
    let from = level.iter().copied().find(|at| tape.any(*at, BEHIND)).unwrap_or(end);
    let Some(using) = level.iter().copied().find(|at| *at < from && tape.is(*at, "using")) else {
        return;
    };
    let script = tape.token(using + 1).clone();
    let names = if tape.is(using + 2, "as") { names(tape, using + 3, from) } else { Vec::new() };
    let names = if names.is_empty() { ["key", "value"].map(plain).to_vec() } else { names };
    let Some(span) = tape.tokens.get(using).map(|token| token.span) else { return };
    let own = |token| TokenWithSpan { token, span };
    let mut columns = vec![own(Token::make_keyword("AS")), own(Token::LParen)];
    for (at, name) in names.into_iter().enumerate() {
        if at > 0 {
            columns.push(own(Token::Comma));
        }
        columns.push(own(name));
    }
    columns.push(own(Token::RParen));
    tape.tokens.splice(close + 1, from - close - 1, columns);
    // The script is over the rows anyway: a star says no more of what it is handed.
    if matches!(tape.token(at + 2), Token::Mul) {
        tape.put(at + 2, 1, [script]);
    } else {
        let Some(span) = tape.tokens.get(at + 1).map(|token| token.span) else { return };
        tape.insert(at + 2, TokenWithSpan { token: Token::Comma, span });
        tape.insert(at + 2, TokenWithSpan { token: script, span });
    }
    tape.put(at, 1, [plain(SCRIPT)]);
}

/// What ends the list of columns.
const BEHIND: &[&str] =
    &["from", "where", "union", "order", "limit", "cluster", "distribute", "sort"];

fn plain(name: &str) -> Token {
    Token::make_word(name, None)
}

/// Names of `(x string, y int)` or `x, y`.
fn names(tape: &Tape<'_>, at: usize, end: usize) -> Vec<Token> {
    let (from, to) = match tape.token(at) {
        Token::LParen => (at + 1, tape.closing(at).unwrap_or(at + 1)),
        _ => (at, end),
    };
    let mut found = Vec::new();
    for at in tape.level(from, to) {
        let begins = at == from || matches!(tape.before(at), Token::Comma);
        if begins && matches!(tape.token(at), Token::Word(_)) {
            found.push(tape.token(at).clone());
        }
    }
    found
}

/// Trino's `WITH FUNCTION f(…) RETURNS … RETURN …, … SELECT`: calls of such a function carry a digest of what it is, so
/// that they equal no call of another with its name.
pub(super) fn functions(tape: &mut Tape<'_>, at: usize) {
    // A query may have that name, too: `WITH function AS (…)`, `WITH function (a) AS (…)`.
    let named = matches!(tape.token(at + 2), Token::Word(_));
    if !tape.is(at + 1, "function") || !named || !matches!(tape.token(at + 3), Token::LParen) {
        return;
    }
    if tape.is(at + 2, "as") {
        return;
    }
    let Some(end) = tape.end_ahead(at) else { return };
    let level = tape.level(at + 1, end);
    // The query is what begins last; a body that is a block is not read.
    let query = level.iter().copied().rfind(|at| {
        tape.is(*at, "select")
            && !tape.any(at.wrapping_sub(1), &["union", "all", "except", "intersect"])
    });
    let named = |at: usize| matches!(tape.token(at + 1), Token::Word(_));
    let ctes = level.iter().copied().find(|it| tape.is(*it, "with") && named(*it));
    let Some(query) = ctes.or(query) else { return };
    let text = tape.spelled(at, query);
    let digest = Digest::of(&text).to_string();
    let mark: String = digest.chars().take(8).collect();
    let mut own: Vec<String> = Vec::new();
    for it in level.iter().copied().filter(|it| *it < query && tape.is(*it, "function")) {
        if let Token::Word(word) = tape.token(it + 1) {
            own.push(word.value.to_lowercase());
        }
    }
    for it in query..end {
        if !matches!(tape.token(it + 1), Token::LParen) {
            continue;
        }
        if let Some(Token::Word(word)) = tape.tokens.get_mut(it).map(|token| &mut token.token)
            && own.contains(&word.value.to_lowercase())
        {
            word.value = format!("{}@{mark}", word.value);
            word.keyword = Keyword::NoKeyword;
        }
    }
    tape.remove(at, query - at);
}
