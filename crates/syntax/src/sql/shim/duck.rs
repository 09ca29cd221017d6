//! What only DuckDB writes: a query that begins with `FROM`, list comprehensions, samples of results.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::Tape;

pub(super) fn mend(tape: &mut Tape<'_>, at: usize, word: &str) {
    if tape.dialect.name != "duckdb" {
        return;
    }
    match word {
        "from" => whole(tape, at),
        "using" if tape.is(at + 1, "sample") => sample(tape, at),
        "limit" if matches!(tape.token(at + 2), Token::Mod) => {
            let share = tape.token(at + 1).clone();
            tape.put(at + 1, 2, called("plumb_share", share));
        }
        _ => {}
    }
}

/// `FROM t WHERE …` is `SELECT * FROM t WHERE …`, unless a `SELECT` follows.
fn whole(tape: &mut Tape<'_>, at: usize) {
    let opens = matches!(tape.before(at), Token::EOF | Token::SemiColon | Token::LParen)
        || (at > 0 && tape.any(at - 1, &["as", "all"]));
    // `EXTRACT(… FROM x)` has something before it, `TRIM(FROM x)` has not.
    let called = matches!(tape.before(at), Token::LParen)
        && at > 1
        && matches!(tape.token(at - 2), Token::Word(word) if word.quote_style.is_none() && tape.touches(at - 2));
    let end = tape.end(at);
    if !opens || called || tape.level(at, end).iter().any(|at| tape.is(*at, "select")) {
        return;
    }
    tape.put(
        at,
        1,
        ["SELECT", "*", "FROM"].map(|word| match word {
            "*" => Token::Mul,
            word => Token::make_keyword(word),
        }),
    );
}

/// `* LIKE 'a%'` takes the columns whose names match; names that are compared in another way are left to whoever knows
/// them, as `COLUMNS(…)` is. `f(*COLUMNS(…))` is handed several values at once.
pub(super) fn star(tape: &mut Tape<'_>, at: usize) {
    if tape.dialect.name != "duckdb" {
        return;
    }
    let opens = matches!(tape.before(at), Token::Comma | Token::LParen | Token::Period)
        || (at > 0 && tape.any(at - 1, &["select", "distinct"]));
    if opens && tape.is(at + 1, "columns") && matches!(tape.token(at + 2), Token::LParen) {
        return tape.remove(at, 1);
    }
    let words = ["not", "like", "ilike", "glob", "similar", "to"];
    let count = (1..4).take_while(|offset| tape.any(at + offset, &words)).count();
    let Token::SingleQuotedString(pattern) = tape.token(at + 1 + count).clone() else { return };
    if !opens || count == 0 {
        return;
    }
    // Names are read in small letters: a pattern of them matches the same names whatever case is looked at.
    let plain = !pattern.contains(char::is_uppercase);
    if count == 1 && (tape.is(at + 1, "ilike") || (tape.is(at + 1, "like") && plain)) {
        return tape.put(at + 1, 1, [Token::make_word("ilike", None)]);
    }
    let text = format!("{} {pattern}", tape.spelled(at + 1, at + 1 + count));
    tape.put(at, 2 + count, called("columns", Token::SingleQuotedString(text)));
}

/// `USING SAMPLE …` behind everything else: so many rows, and nobody knows which.
fn sample(tape: &mut Tape<'_>, at: usize) {
    let end = tape.end(at);
    let text = tape.spelled(at + 2, end);
    let limit = std::iter::once(Token::make_keyword("LIMIT"));
    let rows = called("plumb_sample", Token::SingleQuotedString(text));
    tape.put(at, end - at, limit.chain(rows));
}

fn called(name: &str, argument: Token) -> [Token; 4] {
    [Token::make_word(name, None), Token::LParen, argument, Token::RParen]
}

/// `[e FOR x IN list IF c]` is `list_transform(list_filter(list, x -> c), x -> e)`.
pub(super) fn comprehension(tape: &mut Tape<'_>, open: usize) {
    let Some(close) = tape.closing(open).filter(|_| tape.dialect.name == "duckdb") else { return };
    let level = tape.level(open + 1, close);
    let find =
        |from: usize, word: &str| level.iter().copied().find(|at| *at > from && tape.is(*at, word));
    let Some(each) = find(open, "for") else { return };
    let Some(of) = find(each, "in").filter(|of| *of == each + 2) else { return };
    let only = find(of, "if");
    let part = |from: usize, to: usize| -> Vec<TokenWithSpan> {
        (from..to).filter_map(|at| tape.tokens.get(at).cloned()).collect()
    };
    let (value, name) = (part(open + 1, each), part(each + 1, of));
    let list = part(of + 1, only.unwrap_or(close));
    let condition = only.map(|at| part(at + 1, close));
    let (Some(first), Some(last)) = (tape.tokens.get(open), tape.tokens.get(close)) else { return };
    let span = first.span.union(&last.span);
    let own = |token: Token| TokenWithSpan { token, span };
    let applied = |function: &str, list: Vec<TokenWithSpan>, body: Vec<TokenWithSpan>| {
        let mut made = vec![own(Token::make_word(function, None)), own(Token::LParen)];
        made.extend(list);
        made.push(own(Token::Comma));
        made.extend(name.clone());
        made.extend([own(Token::Arrow), own(Token::LParen)]);
        made.extend(body);
        made.extend([own(Token::RParen), own(Token::RParen)]);
        made
    };
    let list = match condition {
        Some(condition) => applied("list_filter", list, condition),
        None => list,
    };
    let made = applied("list_transform", list, value);
    tape.tokens.splice(open, close + 1 - open, made);
}
