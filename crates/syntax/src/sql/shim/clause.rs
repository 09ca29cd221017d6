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
        "descriptor" if tape.dialect.name == "trino" => descriptor(tape, at),
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
                && !tape.any(at + 1, NOT_A_NAME) =>
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
        Token::Word(word) => !NOT_A_NAME.contains(&word.value.to_ascii_lowercase().as_str()),
        Token::LParen => true,
        _ => false,
    };
    if table && named {
        tape.remove(at, 1);
    }
}

/// What follows a table of the name `stream` and is no name of one.
const NOT_A_NAME: &[&str] = &[
    "as",
    "where",
    "group",
    "order",
    "join",
    "left",
    "right",
    "inner",
    "full",
    "cross",
    "on",
    "limit",
    "union",
    "having",
    "lateral",
    "using",
    "pivot",
    "unpivot",
    "qualify",
    "window",
    "anti",
    "semi",
    "natural",
    "cluster",
    "distribute",
    "sort",
    "except",
    "intersect",
    "minus",
];

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
    const ENDS: &[&str] = &[
        "where",
        "join",
        "left",
        "right",
        "inner",
        "full",
        "cross",
        "on",
        "using",
        "group",
        "order",
        "having",
        "qualify",
        "window",
        "limit",
        "union",
        "except",
        "intersect",
        "tablesample",
        "pivot",
        "unpivot",
        "when",
        "set",
    ];
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
        matches!(token, Token::Comma | Token::VerticalBarRightAngleBracket) || tape.any(*at, ENDS)
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
        let marks = [("left", NEAREST_LEFT), ("right", NEAREST_RIGHT), ("full", NEAREST_FULL)];
        if let Some((_, mark)) = marks.iter().find(|(word, _)| tape.is(at + 1, word)) {
            keeps = Token::make_word(mark, None);
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

/// What stands in place of the condition where rows of one side are kept that have no match.
pub(crate) const NEAREST_LEFT: &str = "plumb_nearest_left";
/// The same of the other side.
pub(crate) const NEAREST_RIGHT: &str = "plumb_nearest_right";
/// The same of both.
pub(crate) const NEAREST_FULL: &str = "plumb_nearest_full";

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
    } else if named(end) && !tape.any(end, NOT_A_NAME) && !tape.any(end, &["asof", "positional"]) {
        end += 1;
    }
    if end > tape.tokens.len() {
        return;
    }
    tape.put(at, 1, [Token::make_keyword("ASOF")]);
    let Some(span) = tape.tokens.get(at).map(|token| token.span) else { return };
    let words = [Token::make_keyword("MATCH_CONDITION"), Token::LParen];
    let keeps = [Token::make_word(NEAREST_FULL, None), Token::RParen];
    for token in words.into_iter().chain(keeps).rev() {
        tape.insert(end, sqlparser::tokenizer::TokenWithSpan { token, span });
    }
}

/// `BETWEEN SYMMETRIC a AND b`: the first bound is marked, for either may be the lower one.
fn symmetric(tape: &mut Tape<'_>, at: usize) {
    let Some(end) = tape.end_ahead(at + 1) else { return };
    let level = tape.level(at + 1, end);
    let Some(and) = level.into_iter().find(|at| tape.is(*at, "and")) else { return };
    let Some(last) = tape.tokens.get(and - 1).map(|token| token.span) else { return };
    let token = Token::RParen;
    tape.insert(and, sqlparser::tokenizer::TokenWithSpan { token, span: last });
    tape.put(at, 1, [Token::make_word(SYMMETRIC, None), Token::LParen]);
}

/// What the first bound of a `BETWEEN SYMMETRIC` is put into.
pub(crate) const SYMMETRIC: &str = "plumb_symmetric";

/// `PRIOR a.b` in a list of columns is `PRIOR(a.b)`; the parser knows it behind `CONNECT BY` only.
fn prior(tape: &mut Tape<'_>, at: usize) {
    let column = matches!(tape.token(at + 1), Token::Word(_)) && !tape.any(at + 1, NO_COLUMN);
    let follows = matches!(tape.before(at), Token::Comma) || tape.any(at.wrapping_sub(1), BEFORE);
    let known = ["snowflake", "redshift", "ansi"].contains(&tape.dialect.name);
    if !known || !follows || !column {
        return;
    }
    let mut end = at + 1;
    while matches!(tape.token(end + 1), Token::Period)
        && matches!(tape.token(end + 2), Token::Word(_))
    {
        end += 2;
    }
    let Some(span) = tape.tokens.get(end).map(|token| token.span) else { return };
    tape.insert(end + 1, sqlparser::tokenizer::TokenWithSpan { token: Token::RParen, span });
    let Some(span) = tape.tokens.get(at).map(|token| token.span) else { return };
    tape.insert(at + 1, sqlparser::tokenizer::TokenWithSpan { token: Token::LParen, span });
}

/// What stands before a column of a list.
const BEFORE: &[&str] = &["select", "distinct"];

/// What stands behind a column of the name `prior`.
const NO_COLUMN: &[&str] = &[
    "as", "from", "where", "is", "and", "or", "not", "in", "between", "like", "over", "into",
    "union",
];

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
    let spans = [at + 1, close].map(|at| tape.tokens.get(at).map(|token| token.span));
    let [Some(open), Some(end)] = spans else { return };
    let token = |token, span| sqlparser::tokenizer::TokenWithSpan { token, span };
    tape.insert(close, token(Token::RParen, end));
    let from =
        [Token::make_keyword("SELECT"), Token::Mul, Token::make_keyword("FROM"), Token::LParen];
    for word in from.into_iter().rev() {
        tape.insert(at + 2, token(word, open));
    }
}

/// Trino's `DESCRIPTOR(a, b)` names columns of what a table function makes.
fn descriptor(tape: &mut Tape<'_>, at: usize) {
    if !matches!(tape.token(at + 1), Token::LParen) {
        return;
    }
    let Some(close) = tape.closing(at + 1) else { return };
    for at in at + 2..close {
        if let Token::Word(word) = tape.token(at)
            && matches!(tape.before(at), Token::LParen | Token::Comma)
        {
            let text = Token::SingleQuotedString(word.value.clone());
            tape.put(at, 1, [text]);
        }
    }
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
