//! `CREATE …`: tables and views with their queries, columns that are declared, and code that holds statements.

use plumb_base::{Span, TableName};
use sqlparser::{
    keywords::Keyword,
    tokenizer::{Token, TokenWithSpan},
};

use super::{
    Head, Lower, Trouble, constraint, function, inner,
    look::{
        column_names, element_name, elements, is_word, keyword, name, opens_query, parenthesized,
        phrase, text, top_level, type_of, word,
    },
    whole,
};
use crate::sql::{
    lower::{metric, table::small_words},
    tokens,
    tree::{
        Body, Ident, Item, Query, RelationName, StatementKind, Table, TableKind, TypeName,
        WriteMode,
    },
};

/// `CREATE [OR REPLACE|OR REFRESH] [words] KIND [IF NOT EXISTS] name …`.
pub(super) fn read<'a>(
    lower: &Lower<'_>,
    tokens: &'a [TokenWithSpan],
) -> Result<Head<'a>, Trouble> {
    let Some((at, kind)) = kind(tokens) else { return Ok(Head::other("create")) };
    match kind.as_str() {
        // A table or view may have that name, too.
        "table" | "view"
            if is_word(tokens, at + 1, "function")
                && tokens.get(at + 2).is_some_and(|it| word(&it.token).is_some())
                && !is_word(tokens, at + 2, "as") =>
        {
            Ok(function::read(lower, tokens, at + 1))
        }
        "function" | "macro" => Ok(function::read(lower, tokens, at)),
        "table" | "view" => relation(lower, tokens, at),
        "stream" => stream(lower, tokens, at),
        "flow" => flow(lower, tokens),
        "task" | "pipe" | "alert" => Ok(code(lower, tokens)?),
        "procedure" => Ok(procedure(tokens)),
        "index" => Ok(constraint::of_index(lower, tokens, at)),
        _ => Ok(Head::other("create")),
    }
}

/// Kinds of things that are created; the first of these words says which.
const KINDS: &str = "\
    table view stream flow task pipe alert procedure function macro schema database stage index \
    policy role user warehouse sequence tag type model";

/// What is created, and where that is said.
fn kind(tokens: &[TokenWithSpan]) -> Option<(usize, String)> {
    let is_kind = |at: &usize| KINDS.split(' ').any(|kind| is_word(tokens, *at, kind));
    let at = (1..tokens.len().min(9)).find(is_kind)?;
    Some((at, word(&tokens[at].token)?.to_ascii_lowercase()))
}

/// Whether what is created keeps a statement for later.
pub(super) fn keeps_code(tokens: &[TokenWithSpan]) -> bool {
    let codes = ["flow", "task", "pipe", "alert"];
    keyword(tokens, 0) == Keyword::CREATE
        && kind(tokens).is_some_and(|(_, kind)| codes.contains(&kind.as_str()))
}

/// The index behind `IF NOT EXISTS`, where that stands.
pub(super) fn behind_condition(tokens: &[TokenWithSpan], at: usize) -> usize {
    let words = ["if", "not", "exists"];
    let says = words.iter().enumerate().all(|(offset, word)| is_word(tokens, at + offset, word));
    if says { at + 3 } else { at }
}

/// `TABLE|VIEW name [(columns)] [options] [AS query]`.
fn relation<'a>(
    lower: &Lower<'_>,
    tokens: &'a [TokenWithSpan],
    kind: usize,
) -> Result<Head<'a>, Trouble> {
    let view = keyword(tokens, kind) == Keyword::VIEW;
    let word = |text| (1..kind).any(|at| is_word(tokens, at, text));
    let temporary = word("temp") || word("temporary");
    let (target, after) = name(lower, tokens, behind_condition(tokens, kind + 1))?;
    let temporary = temporary || target.name.table().starts_with('#');
    // A materialized view and a streaming table hold what their query gives.
    let mode = if view { WriteMode::View } else { WriteMode::Replace };
    let rest = &tokens[after..];
    let columns = column_names(lower, rest);
    let written = |columns, query| {
        Head::one(StatementKind::Write { target: target.clone(), mode, temporary, columns, query })
    };
    if let Some(query) = query_after_as(rest) {
        let query = kept(lower, rest, lower.parsed(query)?, target.span)?;
        return Ok(written(columns, query));
    }
    if let Some(of) = copied(lower, rest)? {
        return Ok(written(Vec::new(), of));
    }
    if let Some(at) = phrase(rest, &["flow", "auto", "cdc"]) {
        return changes(lower, target, &rest[at..]);
    }
    if view && phrase(rest, &["with", "metrics"]).is_some() {
        return Ok(metrics(lower, target, rest));
    }
    if let Some(files) = located(lower, rest).filter(|_| !view && columns.is_empty()) {
        let (mode, columns) = (WriteMode::View, Vec::new());
        let query = whole(files);
        return Ok(Head::one(StatementKind::Write { target, mode, temporary, columns, query }));
    }
    let parents = constraint::of_parents(lower, rest);
    if view || (columns.is_empty() && parents.is_empty()) {
        return Ok(Head::other("create"));
    }
    if columns.is_empty() {
        return Ok(Head::Kinds(parents));
    }
    // A table of this name elsewhere is another one.
    let constraints = if temporary { Vec::new() } else { constraint::of_table(lower, rest) };
    let columns = declared(lower, rest);
    let mut kinds = vec![StatementKind::Declare { target, columns, constraints }];
    kinds.extend(parents);
    Ok(Head::Kinds(kinds))
}

/// The files of `[USING DELTA] LOCATION 'path'`, as a query names them: whoever writes them writes the table.
fn located(lower: &Lower<'_>, tokens: &[TokenWithSpan]) -> Option<RelationName> {
    let outside = top_level(tokens);
    let behind = |word: &str| {
        let at = outside.iter().find(|at| is_word(tokens, **at, word))?;
        tokens.get(at + 1)
    };
    let format = behind("using").map_or(Some("delta"), |token| word(&token.token))?;
    if lower.dialect.name != "databricks" || !format.eq_ignore_ascii_case("delta") {
        return None;
    }
    let path = behind("location")?;
    let parts = ["delta", text(&path.token)?];
    let name = TableName(parts.map(|part| lower.dialect.table_part(part, true)).to_vec());
    Some(RelationName { name, span: tokens::bytes(path.span) })
}

/// Rows of a query that a table keeps: `CONSTRAINT name EXPECT (condition) ON VIOLATION DROP ROW`.
fn kept(
    lower: &Lower<'_>,
    tokens: &[TokenWithSpan],
    mut query: Query,
    span: Span,
) -> Result<Query, Trouble> {
    let expects = |at: &usize| {
        is_word(tokens, *at, "expect")
            && tokens.get(at + 1).is_some_and(|token| token.token == Token::LParen)
    };
    for at in (0..tokens.len()).filter(expects) {
        let inside = parenthesized(&tokens[at + 1..]);
        let after = &tokens[at + 1 + inside.len()..];
        let drops = ["on", "violation", "drop", "row"];
        if !drops.iter().enumerate().all(|(offset, word)| is_word(after, offset, word)) {
            continue;
        }
        let condition = lower.expr(&lower.whole(inside, super::super::expr)?);
        let kind = TableKind::Derived { lateral: false, query: Box::new(query) };
        let from = vec![Table { kind, alias: None, span }];
        let body = Body::select(vec![Item::star(None, span)], from, Some(condition), span);
        query = Query::of(body, span);
    }
    Ok(query)
}

/// A metric view, which stands in YAML.
fn metrics<'a>(lower: &Lower<'_>, target: RelationName, rest: &[TokenWithSpan]) -> Head<'a> {
    let yaml = rest.iter().rev().find_map(|token| Some((text(&token.token)?, token.span)));
    let query = yaml.and_then(|(yaml, span)| {
        metric::view(lower.text, yaml, tokens::bytes(span), lower.dialect)
    });
    let Some(query) = query else { return Head::Opaque("a metric view".to_owned()) };
    Head::one(StatementKind::Write {
        target,
        mode: WriteMode::View,
        temporary: false,
        columns: Vec::new(),
        query,
    })
}

/// The rows of `[SHALLOW|DEEP] CLONE table [at a moment]`, `COPY table`.
fn copied(lower: &Lower<'_>, tokens: &[TokenWithSpan]) -> Result<Option<Query>, Trouble> {
    let mut words = top_level(tokens).into_iter();
    let copies =
        |at: &usize| is_word(tokens, *at, "clone") || (*at == 0 && is_word(tokens, 0, "copy"));
    let Some(at) = words.find(copies).filter(|at| *at <= 1) else { return Ok(None) };
    let (of, after) = name(lower, tokens, at + 1)?;
    let span = of.span;
    let mut query = whole(of);
    let moment = ["for", "at", "before", "version", "timestamp"];
    if moment.iter().any(|it| is_word(tokens, after, it))
        && let Body::Select(select) = &mut query.body
    {
        let said: Vec<String> = tokens[after..].iter().map(|it| it.token.to_string()).collect();
        let which = Some(small_words(&said.join(" ")));
        let table = Box::new(select.from.remove(0));
        let kind = TableKind::Part { table, which, what: "time-travel".to_owned() };
        select.from.push(Table { kind, alias: None, span });
    }
    Ok(Some(query))
}

/// What stands behind the `AS` that introduces a query, whatever options stand before it.
fn query_after_as(tokens: &[TokenWithSpan]) -> Option<&[TokenWithSpan]> {
    let query = |index: usize| {
        let mut at = index;
        while tokens.get(at).is_some_and(|token| token.token == Token::LParen) {
            at += 1;
        }
        matches!(
            keyword(tokens, at),
            Keyword::SELECT | Keyword::WITH | Keyword::VALUES | Keyword::FROM | Keyword::TABLE
        )
    };
    let top = top_level(tokens);
    let starts = |index: &usize| keyword(tokens, *index) == Keyword::AS && query(*index + 1);
    // Some leave the `AS` out.
    let bare = |index: &usize| {
        matches!(keyword(tokens, *index), Keyword::SELECT)
            && (*index == 0 || tokens[*index - 1].token == Token::RParen)
    };
    let at = top.iter().copied().find(starts).map(|at| at + 1);
    let at = at.or_else(|| top.iter().copied().find(bare))?;
    let end = trailing(&tokens[at..]).map_or(tokens.len(), |end| at + end);
    Some(&tokens[at..end])
}

/// Where options begin that stand behind the query.
fn trailing(tokens: &[TokenWithSpan]) -> Option<usize> {
    let options: [&[&str]; 4] = [
        &["with", "no", "schema", "binding"],
        &["with", "no", "data"],
        &["with", "data"],
        &["with", "check", "option"],
    ];
    options.iter().filter_map(|words| phrase(tokens, words)).filter(|at| *at > 0).min()
}

/// Columns and their types.
fn declared(lower: &Lower<'_>, tokens: &[TokenWithSpan]) -> Vec<(Ident, TypeName)> {
    let column =
        |element: &[TokenWithSpan]| Some((element_name(lower, element)?, type_of(element)));
    let mut columns: Vec<(Ident, TypeName)> =
        elements(tokens).into_iter().filter_map(column).collect();
    // Hive's tables have columns beside those that stand in their files.
    if let Some(at) = phrase(tokens, &["partitioned", "by"]) {
        let parts = elements(&tokens[at + 2..]).into_iter();
        let typed = parts.filter(|it| it.get(1).is_some_and(|next| word(&next.token).is_some()));
        columns.extend(typed.filter_map(column));
    }
    columns
}

/// `STREAM name … ON TABLE|VIEW table`: the changes of a table.
fn stream<'a>(
    lower: &Lower<'_>,
    tokens: &'a [TokenWithSpan],
    kind: usize,
) -> Result<Head<'a>, Trouble> {
    let (target, after) = name(lower, tokens, behind_condition(tokens, kind + 1))?;
    let rest = &tokens[after..];
    let on = |at: &usize| {
        keyword(rest, *at) == Keyword::ON
            && matches!(keyword(rest, at + 1), Keyword::TABLE | Keyword::VIEW)
    };
    let Some(at) = top_level(rest).into_iter().find(on) else { return Ok(Head::other("create")) };
    let (of, _) = name(lower, rest, at + 2)?;
    let span = of.span;
    let mut query = whole(of);
    if let Body::Select(select) = &mut query.body {
        let table = Box::new(select.from.remove(0));
        let kind = TableKind::Part { table, which: None, what: CHANGES.to_owned() };
        select.from.push(Table { kind, alias: None, span });
    }
    Ok(Head::one(StatementKind::Write {
        target,
        mode: WriteMode::View,
        temporary: false,
        columns: Vec::new(),
        query,
    }))
}

/// What is read of a table whose changes a stream holds.
const CHANGES: &str = "changes";

/// `FLOW name AS INSERT …` or `FLOW name AS AUTO CDC INTO …`.
fn flow<'a>(lower: &Lower<'_>, tokens: &'a [TokenWithSpan]) -> Result<Head<'a>, Trouble> {
    let starts = |at: &usize| keyword(tokens, *at) == Keyword::AS;
    let Some(at) = top_level(tokens).into_iter().find(starts) else {
        return Ok(Head::other("create"));
    };
    inner(lower, tokens, at)
}

/// `APPLY CHANGES INTO target FROM source KEYS (…) …`, `AUTO CDC INTO …`: keyed changes of a source.
pub(super) fn apply_changes<'a>(
    lower: &Lower<'_>,
    tokens: &'a [TokenWithSpan],
) -> Result<Head<'a>, Trouble> {
    let Some(into) = phrase(tokens, &["into"]) else { return Ok(Head::other("apply")) };
    let (target, after) = name(lower, tokens, into + 1)?;
    changes(lower, target, &tokens[after..])
}

/// What stands behind the target: `FROM source KEYS (…) …`.
fn changes<'a>(
    lower: &Lower<'_>,
    target: RelationName,
    rest: &[TokenWithSpan],
) -> Result<Head<'a>, Trouble> {
    let Some(from) = phrase(rest, &["from"]) else { return Ok(Head::other("apply")) };
    let mut source = from + 1;
    if is_word(rest, source, "stream") {
        source += 1;
    }
    while rest.get(source).is_some_and(|token| token.token == Token::LParen) {
        source += 1;
    }
    let (of, _) = name(lower, rest, source)?;
    let (mode, query) = (WriteMode::Merge, whole(of));
    Ok(Head::one(StatementKind::Write {
        target,
        mode,
        temporary: false,
        columns: Vec::new(),
        query,
    }))
}

/// `CACHE [LAZY] TABLE name [OPTIONS (…)] [AS] query`.
pub(super) fn cache<'a>(
    lower: &Lower<'_>,
    tokens: &'a [TokenWithSpan],
) -> Result<Head<'a>, Trouble> {
    let Some(at) = phrase(tokens, &["table"]) else { return Ok(Head::other("cache")) };
    let (target, after) = name(lower, tokens, at + 1)?;
    let rest = &tokens[after..];
    let query = |index: &usize| {
        matches!(keyword(rest, *index), Keyword::SELECT | Keyword::WITH)
            || opens_query(rest, *index)
    };
    let Some(start) = top_level(rest).into_iter().find(query) else {
        return Ok(Head::other("cache"));
    };
    Ok(Head::one(StatementKind::Write {
        target,
        mode: WriteMode::View,
        temporary: true,
        columns: Vec::new(),
        query: lower.parsed(&rest[start..])?,
    }))
}

/// `TASK … AS statement`, `PIPE … AS COPY …`, `ALERT … THEN statement`.
fn code<'a>(lower: &Lower<'_>, tokens: &'a [TokenWithSpan]) -> Result<Head<'a>, Trouble> {
    let starts = |at: &usize| matches!(keyword(tokens, *at), Keyword::AS | Keyword::THEN);
    let Some(at) = top_level(tokens).into_iter().find(starts) else {
        return Ok(Head::other("create"));
    };
    match tokens.get(at + 1) {
        Some(body) if text(&body.token).is_some() => Ok(Head::Inside(body)),
        Some(_) if keyword(tokens, at + 1) == Keyword::BEGIN => Ok(Head::other("create")),
        _ => inner(lower, tokens, at),
    }
}

/// `PROCEDURE … AS 'body'`, `DO 'body'`, where the body is SQL; one that is written out was taken apart before.
pub(super) fn procedure(tokens: &[TokenWithSpan]) -> Head<'_> {
    let language = (0..tokens.len()).find(|at| is_word(tokens, *at, "language"));
    let language = language.and_then(|at| word(&tokens.get(at + 1)?.token));
    let sql = language.is_none_or(|language| {
        ["sql", "plpgsql"].iter().any(|known| language.eq_ignore_ascii_case(known))
    });
    if !sql {
        let language = language.unwrap_or_default().to_ascii_lowercase();
        return Head::Opaque(format!("a procedure in {language}"));
    }
    let body = |at: usize| {
        let body = tokens.get(at + 1)?;
        let begins = matches!(keyword(tokens, at), Keyword::AS | Keyword::DO)
            || is_word(tokens, 1, "language") && at == 2;
        (begins && text(&body.token).is_some()).then_some(body)
    };
    match (0..tokens.len()).find_map(body) {
        Some(body) => Head::Inside(body),
        None => Head::other(&super::verb(tokens)),
    }
}
