//! Words around tables and queries.

use sqlparser::tokenizer::Token;

use super::{Tape, join, script};

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
        "approximate" if tape.is(at + 1, "count") => approximate_count(tape, at),
        "positional" if tape.dialect.name == "duckdb" && tape.is(at + 1, "join") => {
            join::positional(tape, at);
        }
        "symmetric" if marks_bounds(tape, at) => symmetric(tape, at),
        "asymmetric" if marks_bounds(tape, at) => tape.remove(at, 1),
        "prior" => prior(tape, at),
        "exists" if tape.dialect.name == "databricks" => exists(tape, at),
        "transform" if tape.dialect.name == "databricks" => script::mend(tape, at),
        "with" if tape.dialect.name == "trino" => script::functions(tape, at),
        "asof" => join::asof(tape, at),
        "values" => values(tape, at),
        "table" => argument(tape, at),
        // `ML.PREDICT(MODEL m, …)`; elsewhere it names something.
        "model"
            if at > 3
                && matches!(tape.token(at - 3), Token::Period)
                && tape.any(at - 4, &["ml", "ai"]) =>
        {
            argument(tape, at);
        }
        "union" => outer_union(tape, at),
        // Tables that inherit from it hold rows of their own.
        "only"
            if ["postgres", "redshift"].contains(&tape.dialect.name)
                && at > 0
                && tape.any(at - 1, &["from", "join", "update", "into"])
                && tape.names_table(at + 1) =>
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
        // The parser takes the word for another name of the table before it.
        "limit" if is_hole(tape.token(at + 1)) => {
            let hole = tape.token(at + 1).to_string();
            tape.put(at + 1, 1, [Token::Placeholder(hole)]);
        }
        _ if is_query(tape, at) => {
            let hole = tape.token(at).clone();
            let [select, from] = ["SELECT", "FROM"].map(Token::make_keyword);
            tape.put(at, 1, [select, Token::Mul, from, hole]);
        }
        "except" | "exclude" if matches!(tape.before(at), Token::Mul) => unqualified(tape, at + 1),
        _ => {}
    }
}

fn is_hole(token: &Token) -> bool {
    matches!(token, Token::Word(word) if word.value.starts_with("__plumb_hole_"))
}

/// Whether a template prints a whole query there: as a CTE, or on a side of a set operation.
fn is_query(tape: &Tape<'_>, at: usize) -> bool {
    const SETS: [&str; 4] = ["union", "intersect", "except", "minus"];
    if !is_hole(tape.token(at)) {
        return false;
    }
    let (before, behind) = (at.wrapping_sub(1), tape.token(at + 1));
    let opens = *tape.before(at) == Token::LParen;
    let named = opens && at > 1 && tape.any(at - 2, &["as", "materialized"]);
    let second = tape.any(before, &SETS)
        || tape.any(before, &["all", "distinct"]) && tape.any(before.wrapping_sub(1), &SETS);
    let first = (opens || matches!(tape.before(at), Token::EOF | Token::SemiColon))
        && tape.any(at + 1, &SETS);
    let ends = matches!(behind, Token::RParen | Token::SemiColon | Token::EOF);
    first || (named || second) && (ends || tape.any(at + 1, &SETS))
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
    let table = tape.any(at.wrapping_sub(1), &["from", "join"])
        || (matches!(tape.before(at), Token::Comma) && lists_tables(tape, at));
    if table && (matches!(tape.token(at + 1), Token::LParen) || tape.names_table(at + 1)) {
        tape.remove(at, 1);
    }
}

/// Whether a comma before a token stands between tables.
fn lists_tables(tape: &Tape<'_>, at: usize) -> bool {
    let mut depth = 0_u32;
    for at in tape.back(at) {
        match tape.token(at) {
            Token::RParen => depth += 1,
            Token::LParen if depth == 0 => return false,
            Token::LParen => depth -= 1,
            _ if depth == 0 && tape.any(at, &["from", "join"]) => return true,
            _ if depth == 0 && tape.any(at, &["select", "by", "where", "set", "on"]) => {
                return false;
            }
            _ => {}
        }
    }
    false
}

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
        && !tape.one_of(at - 2, "from join using into update clone copy");
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

/// Whether a word behind `BETWEEN` says which bound may be the lower one, and is no name of a value.
fn marks_bounds(tape: &Tape<'_>, at: usize) -> bool {
    let knows = ["ansi", "duckdb", "postgres", "redshift", "trino"].contains(&tape.dialect.name);
    let value = tape.is(at + 1, "and") || tape.ends_value(at + 1);
    at > 0 && tape.is(at - 1, "between") && knows && !value
}

/// `BETWEEN SYMMETRIC a AND b`: the first bound is marked, for either may be the lower one.
fn symmetric(tape: &mut Tape<'_>, at: usize) {
    let Some(end) = tape.end_ahead(at + 1) else { return };
    let level = tape.level(at + 1, end);
    // What stands in a `CASE` is no end of the bound.
    let mut cases = 0_u32;
    let ends = |at: &usize| {
        cases += u32::from(tape.is(*at, "case"));
        cases -= cases.min(u32::from(tape.is(*at, "end")));
        cases == 0 && tape.is(*at, "and")
    };
    let Some(and) = level.into_iter().find(ends) else { return };
    tape.put(and, 1, [Token::RParen, Token::make_keyword("and")]);
    tape.put(at, 1, [Token::make_word(SYMMETRIC, None), Token::LParen]);
}

/// What the first bound of a `BETWEEN SYMMETRIC` is put into.
pub(crate) const SYMMETRIC: &str = "plumb_symmetric";

/// `PRIOR a.b` in a list of columns is `PRIOR(a.b)`; the parser knows it behind `CONNECT BY` only. Without that it is a
/// column, with another name behind it.
fn prior(tape: &mut Tape<'_>, at: usize) {
    let follows = *tape.before(at) == Token::Comma || tape.any(at.wrapping_sub(1), &["select"]);
    let known = ["snowflake", "redshift", "ansi"].contains(&tape.dialect.name);
    if !known || !follows || tape.ends_value(at + 1) {
        return;
    }
    let Some(end) = tape.behind_name(at + 1).filter(|_| connects(tape, at)) else { return };
    let last = tape.token(end - 1).clone();
    tape.put(end - 1, 1, [last, Token::RParen]);
    tape.put(at, 1, [Token::make_word("prior", None), Token::LParen]);
}

/// Whether rows are connected in the query around a token.
fn connects(tape: &Tape<'_>, at: usize) -> bool {
    let Some(end) = tape.end_ahead(at) else { return false };
    let level = tape.level(at, end);
    let same = level.into_iter().take_while(|at| !tape.any(*at, &["union", "except", "intersect"]));
    let mut words = same.filter(|at| tape.is(*at, "connect"));
    words.any(|at| tape.is(at + 1, "by"))
}

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
    let open = match tape.before(at) {
        Token::LParen => Some(at - 1),
        Token::Comma | Token::RArrow => opening(tape, at),
        _ => return,
    };
    if !open.is_some_and(|open| calls(tape, open)) {
        return;
    }
    let opens = matches!(tape.token(at + 1), Token::LParen);
    let close = if opens { tape.closing(at + 1) } else { None };
    let query = opens && tape.any(at + 2, &["select", "with"]);
    // In `input => TABLE(t)` the name stands in parentheses of its own.
    let parts = |from: usize, to: usize| {
        (from..to).all(|at| matches!(tape.token(at), Token::Word(_) | Token::Period))
    };
    let behind = match close {
        Some(close) if query || parts(at + 2, close) => close + 1,
        Some(_) => return,
        None => behind_dashed_name(tape, at + 1),
    };
    let Some(end) = tape.end_ahead(behind) else { return };
    let comma = |at: &usize| *tape.token(*at) == Token::Comma;
    let end = tape.level(behind, end).into_iter().find(comma).unwrap_or(end);
    // How the rows are handed over: `AS a PARTITION BY b ORDER BY c`.
    if end > behind {
        if !tape.any(behind, &["as", "partition", "order", "keep", "prune", "copartition"]) {
            return;
        }
        let text = tape.in_small_letters(behind, end);
        tape.put(behind, end - behind, [Token::Comma, Token::SingleQuotedString(text)]);
    }
    if query {
        tape.remove(at, 1);
        return;
    }
    let last = tape.token(behind - 1).clone();
    match close {
        Some(_) => tape.remove(at + 1, 1),
        None => tape.put(behind - 1, 1, [last, Token::RParen]),
    }
    let [select, from] = ["SELECT", "FROM"].map(Token::make_keyword);
    tape.put(at, 1, [Token::LParen, select, Token::Mul, from]);
}

/// The index behind a name in which dashes may stand, as in a project of BigQuery.
fn behind_dashed_name(tape: &Tape<'_>, at: usize) -> usize {
    let mut end = at;
    while matches!(tape.token(end), Token::Word(_))
        && matches!(tape.token(end + 1), Token::Period | Token::Minus)
        && tape.touches(end)
    {
        end += 2;
    }
    if matches!(tape.token(end), Token::Word(_)) { end + 1 } else { at }
}

/// The parenthesis that a token stands in.
fn opening(tape: &Tape<'_>, at: usize) -> Option<usize> {
    let mut depth = 0_u32;
    for at in tape.back(at) {
        match tape.token(at) {
            Token::RParen => depth += 1,
            Token::LParen if depth == 0 => return Some(at),
            Token::LParen => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Whether a parenthesis opens the arguments of a call, and no list of columns: `CREATE TABLE t (table …)`.
fn calls(tape: &Tape<'_>, open: usize) -> bool {
    let mut name = open;
    while name > 0 && matches!(tape.token(name - 1), Token::Word(_)) {
        name -= 1;
        if name == 0 || !matches!(tape.token(name - 1), Token::Period) {
            break;
        }
        name -= 1;
    }
    let quoted = matches!(tape.before(open), Token::Word(word) if word.quote_style.is_some());
    let lists = name > 0 && tape.one_of(name - 1, "table view into exists overwrite");
    name < open && !quoted && !lists
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
