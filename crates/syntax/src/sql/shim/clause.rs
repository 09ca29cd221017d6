//! Words around tables and queries.

use sqlparser::tokenizer::Token;

use super::{Tape, script};

pub(super) fn mend(tape: &mut Tape<'_>, at: usize, word: &str) {
    match word {
        "materialized" => materialized(tape, at),
        "siblings" if tape.any(at.wrapping_sub(1), &["order"]) && tape.is(at + 1, "by") => {
            tape.remove(at, 1);
        }
        "stream" if tape.dialect.name == "databricks" => stream(tape, at),
        "watermark" if tape.dialect.name == "databricks" => watermark(tape, at),
        "for"
            if tape.phrase(at + 2, &["as", "of"])
                && tape.any(at + 1, &["version", "timestamp"]) =>
        {
            tape.remove(at, 1);
        }
        "for" if tape.dialect.name == "bigquery" => named_before_time(tape, at),
        // The parser takes it for the time of a table.
        "at" if tape.dialect.name == "trino"
            && !tape.is(at + 1, "time")
            && !matches!(tape.token(at + 1), Token::LParen) =>
        {
            tape.put(at, 1, [Token::make_word("at", Some('"'))]);
        }
        "approximate" if tape.is(at + 1, "count") => approximate_count(tape, at),
        "positional" if tape.is(at + 1, "join") => positional(tape, at),
        "symmetric" if at > 0 && tape.is(at - 1, "between") => symmetric(tape, at),
        "asymmetric" if at > 0 && tape.is(at - 1, "between") => tape.remove(at, 1),
        "prior" => prior(tape, at),
        "exists" if tape.dialect.name == "databricks" => exists(tape, at),
        "transform" if tape.dialect.name == "databricks" => script::mend(tape, at),
        "with" if tape.dialect.name == "trino" => script::functions(tape, at),
        "asof" => asof(tape, at),
        "values" => values(tape, at),
        "table" | "model" => argument(tape, at),
        "union" => outer_union(tape, at),
        // Tables that inherit from it hold rows of their own.
        "only"
            if ["postgres", "redshift"].contains(&tape.dialect.name)
                && at > 0
                && tape.any(at - 1, &["from", "join", "update", "into"])
                && matches!(tape.token(at + 1), Token::Word(_))
                && !tape.one_of(at + 1, NOT_A_NAME) =>
        {
            tape.remove(at, 1);
        }
        // What a template prints there is the whole list.
        "in" if is_hole(tape.token(at + 1))
            && !matches!(tape.token(at + 2), Token::LParen | Token::Period) =>
        {
            let hole = tape.token(at + 1).clone();
            tape.put(at + 1, 1, [Token::LParen, hole, Token::RParen]);
        }
        "except" | "exclude" if matches!(tape.before(at), Token::Mul) => unqualified(tape, at + 1),
        _ => {}
    }
}

fn is_hole(token: &Token) -> bool {
    matches!(token, Token::Word(word) if word.value.starts_with("__plumb_hole_"))
}

/// `AS [NOT] MATERIALIZED (` is advice.
fn materialized(tape: &mut Tape<'_>, at: usize) {
    if !matches!(tape.token(at + 1), Token::LParen) {
        return;
    }
    if tape.is(at.wrapping_sub(1), "as") {
        tape.remove(at, 1);
    } else if tape.is(at.wrapping_sub(1), "not") && tape.is(at.wrapping_sub(2), "as") {
        tape.remove(at - 1, 2);
    }
}

/// `FROM STREAM t`, `FROM STREAM(t)`: all rows there will ever be are the rows of the table.
fn stream(tape: &mut Tape<'_>, at: usize) {
    let table = tape.any(at.wrapping_sub(1), &["from", "join", "into"])
        || matches!(tape.before(at), Token::Comma);
    let named = match tape.token(at + 1) {
        Token::Word(word) => !NOT_A_NAME.split(' ').any(|it| word.value.eq_ignore_ascii_case(it)),
        Token::LParen => true,
        _ => false,
    };
    if table && named {
        tape.remove(at, 1);
    }
}

/// What follows a table of the name `stream` and is no name of one.
const NOT_A_NAME: &str = "\
    as where group order join left right inner full cross on limit union having lateral using \
    pivot unpivot qualify window anti semi natural cluster distribute sort except intersect minus";

/// `WATERMARK column DELAY OF INTERVAL …` says when late rows are given up.
fn watermark(tape: &mut Tape<'_>, at: usize) {
    if !tape.phrase(at + 2, &["delay", "of", "interval"]) {
        return;
    }
    // `INTERVAL 10 MINUTES`, `INTERVAL '10 minutes'`.
    let unit = matches!(tape.token(at + 6), Token::Word(_))
        && !matches!(tape.token(at + 5), Token::SingleQuotedString(text) if text.contains(' '));
    tape.remove(at, if unit { 7 } else { 6 });
}

/// BigQuery's `t AS a FOR SYSTEM_TIME AS OF x` is `t FOR SYSTEM_TIME AS OF x AS a`.
fn named_before_time(tape: &mut Tape<'_>, at: usize) {
    const ENDS: &str = "\
        where join left right inner full cross on using group order having qualify window limit \
        union except intersect tablesample pivot unpivot when set";
    if !tape.phrase(at + 1, &["system_time", "as", "of"]) || at < 2 {
        return;
    }
    let table = matches!(tape.token(at - 2), Token::Word(_))
        && !tape.any(at - 2, &["from", "join", "using", "into", "update"]);
    if !matches!(tape.before(at), Token::Word(_)) || !table {
        return;
    }
    let most = tape.end(at + 4);
    let end = tape.level(at + 4, most).into_iter().find(|at| {
        let token = tape.token(*at);
        matches!(token, Token::Comma | Token::VerticalBarRightAngleBracket)
            || tape.one_of(*at, ENDS)
    });
    let start = if tape.is(at - 2, "as") { at - 2 } else { at - 1 };
    let alias: Vec<_> = (start..at).filter_map(|at| tape.tokens.get(at).cloned()).collect();
    let end = end.unwrap_or(most);
    for token in alias.into_iter().rev() {
        tape.insert(end, token);
    }
    tape.remove(start, at - start);
}

/// Redshift's `APPROXIMATE COUNT(DISTINCT x)`.
fn approximate_count(tape: &mut Tape<'_>, at: usize) {
    if matches!(tape.token(at + 2), Token::LParen) && tape.is(at + 3, "distinct") {
        let name = Token::make_word("approx_count_distinct", None);
        tape.put(at, 4, [name, Token::LParen]);
    }
}

/// DuckDB's `ASOF JOIN` has its condition in `ON`: the parser wants it where Snowflake has it. Which rows it keeps stands
/// there instead.
fn asof(tape: &mut Tape<'_>, at: usize) {
    let mut keeps = Token::make_keyword("TRUE");
    if tape.any(at + 1, &["left", "right", "inner", "full"]) && tape.is(at + 2, "join") {
        if !tape.is(at + 1, "inner") {
            keeps = nearest(&tape.token(at + 1).to_string());
        }
        tape.remove(at + 1, 1);
    }
    if !tape.is(at + 1, "join") {
        return;
    }
    let level = tape.level(at + 2, tape.tokens.len());
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
fn positional(tape: &mut Tape<'_>, at: usize) {
    let mut end = at + 2;
    if matches!(tape.token(end), Token::LParen) {
        let Some(close) = tape.closing(end) else { return };
        end = close + 1;
    } else {
        while matches!(tape.token(end + 1), Token::Period) {
            end += 2;
        }
        end += 1;
    }
    let named = |at: usize| matches!(tape.token(at), Token::Word(_));
    if tape.is(end, "as") {
        end += 2;
    } else if named(end) && !tape.one_of(end, NOT_A_NAME) && !tape.any(end, &["asof", "positional"])
    {
        end += 1;
    }
    let last = tape.token(end - 1).clone();
    if matches!(last, Token::Word(_) | Token::RParen) {
        let words = [last, Token::make_keyword("MATCH_CONDITION"), Token::LParen];
        tape.put(end - 1, 1, words.into_iter().chain([nearest("full"), Token::RParen]));
        tape.put(at, 1, [Token::make_keyword("ASOF")]);
    }
}

/// `BETWEEN SYMMETRIC a AND b`: the first bound is marked, for either may be the lower one.
fn symmetric(tape: &mut Tape<'_>, at: usize) {
    let Some(end) = tape.end_ahead(at + 1) else { return };
    let level = tape.level(at + 1, end);
    let Some(and) = level.into_iter().find(|at| tape.is(*at, "and")) else { return };
    tape.put(and, 1, [Token::RParen, Token::make_keyword("and")]);
    tape.put(at, 1, [Token::make_word(SYMMETRIC, None), Token::LParen]);
}

/// What the first bound of a `BETWEEN SYMMETRIC` is put into.
pub(crate) const SYMMETRIC: &str = "plumb_symmetric";

/// `PRIOR a.b` in a list of columns is `PRIOR(a.b)`; the parser knows it behind `CONNECT BY` only.
fn prior(tape: &mut Tape<'_>, at: usize) {
    let column = matches!(tape.token(at + 1), Token::Word(_)) && !tape.one_of(at + 1, NO_COLUMN);
    let follows = *tape.before(at) == Token::Comma || tape.any(at.wrapping_sub(1), &["select"]);
    let known = ["snowflake", "redshift", "ansi"].contains(&tape.dialect.name);
    if !known || !follows || !column {
        return;
    }
    let mut end = at + 1;
    while matches!(tape.token(end + 1), Token::Period) {
        end += 2;
    }
    let last = tape.token(end).clone();
    tape.put(end, 1, [last, Token::RParen]);
    tape.put(at, 1, [Token::make_word("prior", None), Token::LParen]);
}

/// What stands behind a column of the name `prior`.
const NO_COLUMN: &str = "as from where is and or not in between like over into union";

/// `EXISTS ((SELECT …) UNION …)`: the parser takes it for a function of that name.
fn exists(tape: &mut Tape<'_>, at: usize) {
    let mut first = at + 1;
    while matches!(tape.token(first), Token::LParen) {
        first += 1;
    }
    if first < at + 3 || !tape.any(first, &["select", "with", "values"]) {
        return;
    }
    let Some(close) = tape.closing(at + 1) else { return };
    tape.put(close, 1, [Token::RParen, Token::RParen]);
    let [select, from] = ["SELECT", "FROM"].map(Token::make_keyword);
    tape.put(at + 1, 1, [Token::LParen, select, Token::Mul, from, Token::LParen]);
}

/// `VALUES 1, 2` is `VALUES (1), (2)`.
fn values(tape: &mut Tape<'_>, at: usize) {
    if matches!(tape.token(at + 1), Token::LParen | Token::Period | Token::Comma | Token::RParen)
        || !matches!(
            tape.token(at + 1),
            Token::Number(..) | Token::SingleQuotedString(_) | Token::Minus
        )
    {
        return;
    }
    let ends = ["union", "order", "limit", "as", "except", "intersect", "where"];
    let mut start = at + 1;
    let mut index = start;
    let mut depth = 0_u32;
    loop {
        let token = tape.token(index).clone();
        let last = matches!(token, Token::SemiColon | Token::EOF)
            || !tape.looks_on()
            || (depth == 0 && (token == Token::RParen || tape.any(index, &ends)));
        if last || (depth == 0 && token == Token::Comma) {
            let Some(span) = tape.tokens.get(index.saturating_sub(1)).map(|token| token.span)
            else {
                return;
            };
            let paren = |token| sqlparser::tokenizer::TokenWithSpan { token, span };
            tape.insert(index, paren(Token::RParen));
            tape.insert(start, paren(Token::LParen));
            index += 2;
            start = index + 1;
        }
        if last {
            return;
        }
        match token {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            _ => {}
        }
        index += 1;
    }
}

/// `f(TABLE t)`, `f(TABLE(SELECT …))`, `ML.PREDICT(MODEL m, …)`: a query as an argument.
fn argument(tape: &mut Tape<'_>, at: usize) {
    let inside = matches!(tape.before(at), Token::LParen | Token::Comma | Token::RArrow);
    // `CREATE TABLE t (table …)` declares a column; an argument follows a call.
    let called = match tape.before(at) {
        Token::LParen => {
            at >= 2 && matches!(tape.token(at - 2), Token::Word(word) if word.quote_style.is_none())
        }
        _ => true,
    };
    if !inside || !called {
        return;
    }
    if matches!(tape.token(at + 1), Token::LParen) && tape.any(at + 2, &["select", "with"]) {
        tape.remove(at, 1);
        return;
    }
    // `input => TABLE(t)`, where the name stands in parentheses of its own.
    if matches!(tape.token(at + 1), Token::LParen) && matches!(tape.before(at), Token::RArrow) {
        let Some(close) = tape.closing(at + 1) else { return };
        let part = |at: usize| matches!(tape.token(at), Token::Word(_) | Token::Period);
        if !(at + 2..close).all(part) {
            return;
        }
        tape.remove(close, 1);
        tape.remove(at + 1, 1);
    }
    let mut end = at + 1;
    while matches!(tape.token(end), Token::Word(_))
        && matches!(tape.token(end + 1), Token::Period | Token::Minus)
        && tape.touches(end)
    {
        end += 2;
    }
    let name = matches!(tape.token(end), Token::Word(_))
        && matches!(tape.token(end + 1), Token::RParen | Token::Comma);
    if !name {
        return;
    }
    let Some(span) = tape.tokens.get(at).map(|token| token.span) else { return };
    let word = |token| sqlparser::tokenizer::TokenWithSpan { token, span };
    tape.insert(end + 1, word(Token::RParen));
    tape.put(
        at,
        1,
        [Token::LParen, Token::make_keyword("SELECT"), Token::Mul, Token::make_keyword("FROM")],
    );
}

/// BigQuery's `FULL OUTER UNION ALL BY NAME`: missing columns are NULL, as everywhere where names are matched.
fn outer_union(tape: &mut Tape<'_>, at: usize) {
    if tape.dialect.name != "bigquery" {
        return;
    }
    // `LEFT` and `INNER` leave columns out, and are not read.
    let mut start = at;
    while start > 0 && tape.any(start - 1, &["full", "outer"]) {
        start -= 1;
    }
    tape.remove(start, at - start);
}

/// `* EXCEPT (a, t.b)`: the qualifier says nothing that the name does not.
fn unqualified(tape: &mut Tape<'_>, open: usize) {
    let Some(close) = tape.closing(open) else { return };
    for at in (open + 1..close).rev() {
        if matches!(tape.token(at), Token::Period) {
            tape.remove(at - 1, 2);
        }
    }
}

/// Snowflake's `model!method(x)` is a function of that name.
pub(super) fn method(tape: &mut Tape<'_>, at: usize) {
    let (Token::Word(of), Token::Word(name)) = (tape.before(at), tape.token(at + 1)) else {
        return;
    };
    if tape.dialect.name == "snowflake" && tape.touches(at - 1) && tape.touches(at) {
        let text = format!("{}!{}", of.value, name.value);
        tape.put(at - 1, 3, [Token::make_word(&text, None)]);
    }
}

/// `a ** b` is a power.
pub(super) fn power(tape: &mut Tape<'_>, at: usize) {
    if tape.dialect.name == "duckdb" && matches!(tape.token(at + 1), Token::Mul) && tape.touches(at)
    {
        tape.put(at, 2, [Token::Caret]);
    }
}
