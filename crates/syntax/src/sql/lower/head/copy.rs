//! Rows that come from files and go to files: `COPY`, `UNLOAD`, `EXPORT DATA`, `LOAD DATA`.

use plumb_base::Span;
use sqlparser::{
    keywords::Keyword,
    tokenizer::{Token, TokenWithSpan},
};

use super::{
    Head, Lower, Trouble, files,
    look::{behind, column_names, is_word, keyword, name, opens_query, phrase, text},
    tokens, whole,
};
use crate::sql::tree::{RelationName, StatementKind, WriteMode};

/// `COPY [INTO] table [(columns)] FROM place|(query)`, `COPY [INTO] place|table|(query) FROM|TO …`.
pub(super) fn read<'a>(
    lower: &Lower<'_>,
    tokens: &'a [TokenWithSpan],
) -> Result<Head<'a>, Trouble> {
    let start = if keyword(tokens, 1) == Keyword::INTO { 2 } else { 1 };
    let unread = || Ok(Head::Opaque("this form of `copy`".to_owned()));
    // Whoever runs it gives the rows, or gets them.
    let outside = [["from", "stdin"], ["from", "program"], ["to", "stdout"], ["to", "program"]];
    if outside.iter().any(|words| phrase(tokens, words).is_some()) {
        return Ok(Head::other("copy"));
    }
    // DuckDB and PostgreSQL: `COPY (query)|table TO 'file'`.
    if let Some(to) = phrase(tokens, &["to"]) {
        let Some((target, _)) = place(&tokens[to + 1..]) else { return unread() };
        let query = if opens_query(tokens, start) {
            lower.parsed(&tokens[start..behind(tokens, start)])?
        } else {
            whole(name(lower, &tokens[..to], start)?.0)
        };
        return Ok(write(target, query, Vec::new()));
    }
    let Some(from) = phrase(tokens, &["from"]) else { return unread() };
    let rest = &tokens[from + 1..];
    if let Some((target, _)) = place(&tokens[start..from]) {
        // Out of the warehouse.
        let query = if opens_query(rest, 0) {
            lower.parsed(&rest[..behind(rest, 0)])?
        } else {
            whole(name(lower, rest, 0)?.0)
        };
        return Ok(write(target, query, Vec::new()));
    }
    let (target, after) = name(lower, &tokens[..from], start)?;
    let columns = column_names(lower, &tokens[after..from]);
    let query = if opens_query(rest, 0) {
        lower.parsed(staged(&rest[..behind(rest, 0)]))?
    } else {
        let Some((source, _)) = place(rest) else { return unread() };
        whole(source)
    };
    Ok(write(target, query, columns))
}

fn write<'a>(
    target: RelationName,
    query: crate::sql::tree::Query,
    columns: Vec<crate::sql::tree::Ident>,
) -> Head<'a> {
    let mode = WriteMode::Append;
    Head::one(StatementKind::Write { target, mode, temporary: false, columns, query })
}

/// A place of files that comes first, `'s3://…'` or `@stage/path`, and how many tokens it takes.
fn place(tokens: &[TokenWithSpan]) -> Option<(RelationName, usize)> {
    let first = tokens.first()?;
    if let Some(path) = text(&first.token) {
        return Some((files(tokens::bytes(first.span), path), 1));
    }
    if first.token != Token::AtSign
        && !matches!(&first.token, Token::Word(word) if word.value.starts_with('@'))
    {
        return None;
    }
    // The path of a stage goes on as long as nothing stands between its tokens.
    let mut span = tokens::bytes(first.span);
    let mut path = first.token.to_string();
    let mut taken = 1;
    for token in &tokens[1..] {
        let next = tokens::bytes(token.span);
        if next.start != span.end || token.token == Token::LParen || token.token == Token::RParen {
            break;
        }
        path.push_str(&token.token.to_string());
        span = Span { start: span.start, end: next.end };
        taken += 1;
    }
    // Case counts in the names of files, and not in those of stages.
    let stage = path.find('/').unwrap_or(path.len());
    path.replace_range(..stage, &path[..stage].to_lowercase());
    Some((files(span, &path), taken))
}

/// A query over files, with the path as a name: `(SELECT … FROM 'path')`.
fn staged(tokens: &[TokenWithSpan]) -> Vec<TokenWithSpan> {
    let mut tokens = tokens.to_vec();
    for at in 1..tokens.len() {
        if keyword(&tokens, at - 1) == Keyword::FROM
            && let Some(path) = text(&tokens[at].token)
        {
            tokens[at].token = Token::make_word(path, Some('"'));
        }
    }
    tokens
}

/// `UNLOAD ('query') TO 'place'`.
pub(super) fn unload<'a>(
    lower: &Lower<'_>,
    tokens: &'a [TokenWithSpan],
) -> Result<Head<'a>, Trouble> {
    let unread = || Ok(Head::Opaque("this form of `unload`".to_owned()));
    let Some(to) = phrase(tokens, &["to"]) else { return unread() };
    let Some((target, _)) = place(&tokens[to + 1..]) else { return unread() };
    let query = if opens_query(tokens, 1) {
        lower.parsed(&tokens[1..behind(tokens, 1)])?
    } else {
        let Some(literal) = tokens.get(2).filter(|token| text(&token.token).is_some()) else {
            return unread();
        };
        let (inner, troubles) = tokens::inside(lower.text, literal, lower.dialect)?;
        if let Some(trouble) = troubles.into_iter().next() {
            return Err(trouble);
        }
        lower.parsed(&inner)?
    };
    Ok(write(target, query, Vec::new()))
}

/// `EXPORT DATA [WITH CONNECTION c] OPTIONS (uri = 'place', …) AS query`.
pub(super) fn export<'a>(
    lower: &Lower<'_>,
    tokens: &'a [TokenWithSpan],
) -> Result<Head<'a>, Trouble> {
    let Some(at) = phrase(tokens, &["as"]) else { return Ok(Head::other("export")) };
    let uri = (0..at).find(|index| is_word(tokens, *index, "uri"));
    let place = uri.and_then(|uri| tokens.get(uri + 2));
    let path = place.and_then(|token| text(&token.token)).unwrap_or("export");
    let target = files(place.map_or(Span::default(), |token| tokens::bytes(token.span)), path);
    Ok(write(target, lower.parsed(&tokens[at + 1..])?, Vec::new()))
}

/// `LOAD DATA INTO|OVERWRITE table … FROM FILES (…)`, `LOAD DATA INPATH|INFILE 'place' INTO TABLE table`; what is
/// computed on the way is not read.
pub(super) fn load<'a>(
    lower: &Lower<'_>,
    tokens: &'a [TokenWithSpan],
) -> Result<Head<'a>, Trouble> {
    let table = |at: &usize| matches!(keyword(tokens, *at), Keyword::INTO | Keyword::OVERWRITE);
    let (Some(at), true) = ((0..tokens.len().min(6)).find(table), is_word(tokens, 1, "data"))
    else {
        return Ok(Head::other("load"));
    };
    let at = if keyword(tokens, at + 1) == Keyword::TABLE { at + 2 } else { at + 1 };
    let (target, _) = name(lower, tokens, at)?;
    let named = |at: &usize| {
        text(&tokens[*at].token).is_some_and(|it| it.contains('/'))
            || ["inpath", "infile"].iter().any(|word| is_word(tokens, at.wrapping_sub(1), word))
    };
    let path = (0..tokens.len()).find(named).map(|at| &tokens[at]);
    let path = path.and_then(|token| Some((text(&token.token)?, tokens::bytes(token.span))));
    match path.filter(|_| phrase(tokens, &["set"]).is_none()) {
        Some((path, span)) => Ok(write(target, whole(files(span, path)), Vec::new())),
        None => Ok(Head::Opaque("this form of `load`".to_owned())),
    }
}
