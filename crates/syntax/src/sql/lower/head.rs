//! Statement heads: what a statement does with its query, read from its first tokens.
//!
//! The parser library knows queries well and the statements around them less so. Only the query goes to it.

use plumb_base::TableName;
use sqlparser::{
    keywords::Keyword,
    parser::Parser,
    tokenizer::{Token, TokenWithSpan},
};

use super::{Lower, trouble};
use crate::sql::{
    Trouble, tokens,
    tree::{Ident, Level, RelationName, TypeName, WriteMode},
};

/// A statement without its query.
pub(super) enum Head<'a> {
    Query,
    Write {
        target: RelationName,
        mode: WriteMode,
        temporary: bool,
        columns: Vec<Ident>,
        query: &'a [TokenWithSpan],
    },
    Use {
        level: Level,
        name: TableName,
    },
    Declare {
        target: RelationName,
        columns: Vec<(Ident, TypeName)>,
    },
    Other,
    Opaque,
}

/// The first word, lower case.
pub(super) fn verb(tokens: &[TokenWithSpan]) -> String {
    tokens.iter().find_map(|token| word(&token.token)).unwrap_or("?").to_ascii_lowercase()
}

fn word(token: &Token) -> Option<&str> {
    if let Token::Word(word) = token { Some(&word.value) } else { None }
}

fn keyword(tokens: &[TokenWithSpan], index: usize) -> Keyword {
    match tokens.get(index).map(|token| &token.token) {
        Some(Token::Word(word)) if word.quote_style.is_none() => word.keyword,
        _ => Keyword::NoKeyword,
    }
}

fn is_word(tokens: &[TokenWithSpan], index: usize, text: &str) -> bool {
    tokens
        .get(index)
        .and_then(|token| word(&token.token))
        .is_some_and(|it| it.eq_ignore_ascii_case(text))
}

pub(super) fn read<'a>(
    lower: &Lower<'_>,
    tokens: &'a [TokenWithSpan],
) -> Result<Head<'a>, Trouble> {
    let mut start = 0;
    while matches!(tokens.get(start).map(|token| &token.token), Some(Token::LParen)) {
        start += 1;
    }
    Ok(match verb(&tokens[start..]).as_str() {
        "select" | "with" | "values" | "from" | "table" => Head::Query,
        "create" | "replace" => create(lower, tokens)?,
        "insert" => insert(lower, tokens)?,
        "use" => used(lower, tokens)?,
        "merge" | "update" | "delete" | "copy" | "unload" | "begin" | "declare" | "execute"
        | "call" | "apply" | "export" | "load" => Head::Opaque,
        _ => Head::Other,
    })
}

/// `CREATE [OR REPLACE] [words] TABLE|VIEW [IF NOT EXISTS] name … [AS query | (columns)]`.
fn create<'a>(lower: &Lower<'_>, tokens: &'a [TokenWithSpan]) -> Result<Head<'a>, Trouble> {
    let kind = (0..tokens.len().min(9))
        .find(|index| matches!(keyword(tokens, *index), Keyword::TABLE | Keyword::VIEW));
    let Some(kind) = kind else {
        let code = ["procedure", "function", "task", "pipe", "stream"];
        let opaque =
            (0..tokens.len().min(6)).any(|at| code.iter().any(|text| is_word(tokens, at, text)));
        return Ok(if opaque { Head::Opaque } else { Head::Other });
    };
    let view = keyword(tokens, kind) == Keyword::VIEW;
    let temporary =
        (1..kind).any(|at| matches!(keyword(tokens, at), Keyword::TEMP | Keyword::TEMPORARY));
    let mut at = kind + 1;
    if keyword(tokens, at) == Keyword::IF {
        at += 3;
    }
    let (target, after) = name(lower, &tokens[at..])?;
    let mode = if view { WriteMode::View } else { WriteMode::Replace };
    let columns = column_names(lower, &tokens[at + after..]);
    if let Some(query) = query_after_as(&tokens[at + after..]) {
        return Ok(Head::Write { target, mode, temporary, columns, query });
    }
    if view || columns.is_empty() {
        return Ok(Head::Other);
    }
    Ok(Head::Declare { target, columns: declared(lower, &tokens[at + after..]) })
}

/// `INSERT [OVERWRITE] [INTO] [TABLE] name [(columns)] [PARTITION (…)] query`.
fn insert<'a>(lower: &Lower<'_>, tokens: &'a [TokenWithSpan]) -> Result<Head<'a>, Trouble> {
    let mut at = 1;
    let mut mode = WriteMode::Append;
    while let Keyword::OVERWRITE | Keyword::INTO | Keyword::TABLE = keyword(tokens, at) {
        if keyword(tokens, at) == Keyword::OVERWRITE {
            mode = WriteMode::Replace;
        }
        at += 1;
    }
    if matches!(
        keyword(tokens, at),
        Keyword::ALL | Keyword::FIRST | Keyword::DIRECTORY | Keyword::LOCAL
    ) {
        return Ok(Head::Opaque);
    }
    let (target, after) = name(lower, &tokens[at..])?;
    let rest = &tokens[at + after..];
    let columns = column_names(lower, rest);
    let starts = |index: &usize| {
        matches!(
            keyword(rest, *index),
            Keyword::SELECT | Keyword::WITH | Keyword::VALUES | Keyword::FROM
        )
    };
    let Some(mut query) = top_level(rest).into_iter().find(starts) else {
        let parenthesised = top_level(rest).into_iter().find(|index| opens_query(rest, *index));
        return Ok(match parenthesised {
            Some(index) => {
                let query = &rest[index..];
                Head::Write { target, mode, temporary: false, columns, query }
            }
            None => Head::Opaque,
        });
    };
    if let Some(open) = (0..query).find(|index| opens_query(rest, *index)) {
        query = open;
    }
    Ok(Head::Write { target, mode, temporary: false, columns, query: &rest[query..] })
}

/// `USE [CATALOG|DATABASE|SCHEMA] name`; what else is used (a role, a warehouse) is no part of a name.
fn used<'a>(lower: &Lower<'_>, tokens: &'a [TokenWithSpan]) -> Result<Head<'a>, Trouble> {
    // `use warehouse.sales` names a schema, `use warehouse large` does not.
    let kind = tokens.get(2).is_some_and(|token| word(&token.token).is_some());
    let second = tokens.get(1).filter(|_| kind).and_then(|token| word(&token.token));
    let second = second.unwrap_or_default();
    let (level, at) = match second.to_ascii_lowercase().as_str() {
        "role" | "warehouse" | "secondary" => return Ok(Head::Other),
        "catalog" => (Level::Catalog, 2),
        // A database is a schema where Hive's words are spoken.
        "database" if lower.dialect.name != "databricks" => (Level::Catalog, 2),
        "schema" | "database" | "namespace" => (Level::Schema, 2),
        _ if lower.dialect.name == "snowflake" => (Level::Catalog, 1),
        _ => (Level::Schema, 1),
    };
    let (name, _) = name(lower, &tokens[at.min(tokens.len())..])?;
    Ok(Head::Use { level, name: name.name })
}

fn opens_query(tokens: &[TokenWithSpan], index: usize) -> bool {
    tokens[index].token == Token::LParen
        && matches!(keyword(tokens, index + 1), Keyword::SELECT | Keyword::WITH)
}

/// A name and how many tokens it takes.
fn name(lower: &Lower<'_>, tokens: &[TokenWithSpan]) -> Result<(RelationName, usize), Trouble> {
    let grammar = (lower.dialect.grammar)();
    let end = tokens.first().map_or(0, |token| tokens::bytes(token.span).end);
    // A handful of tokens is enough for any name, and cheap to copy.
    let few = tokens[..tokens.len().min(24)].to_vec();
    let mut parser = Parser::new(grammar.as_ref()).with_tokens_with_locations(few);
    let name = parser.parse_object_name(true).map_err(|error| trouble(&error, end))?;
    let next = parser.peek_token();
    let after = tokens.iter().position(|token| token.span == next.span).unwrap_or(tokens.len());
    Ok((lower.relation(&name), after))
}

/// Indices of tokens outside all parentheses, opening ones included.
fn top_level(tokens: &[TokenWithSpan]) -> Vec<usize> {
    let (mut depth, mut indices) = (0_u32, Vec::new());
    for (index, token) in tokens.iter().enumerate() {
        if depth == 0 {
            indices.push(index);
        }
        match token.token {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    indices
}

/// What stands behind the `AS` that introduces a query, whatever options stand before it.
fn query_after_as(tokens: &[TokenWithSpan]) -> Option<&[TokenWithSpan]> {
    let query = |index: usize| {
        let mut at = index + 1;
        while tokens.get(at).is_some_and(|token| token.token == Token::LParen) {
            at += 1;
        }
        matches!(
            keyword(tokens, at),
            Keyword::SELECT | Keyword::WITH | Keyword::VALUES | Keyword::FROM
        )
    };
    let starts = |index: &usize| keyword(tokens, *index) == Keyword::AS && query(*index);
    let at = top_level(tokens).into_iter().find(starts)?;
    Some(&tokens[at + 1..])
}

/// Tokens of each element of the parenthesised list that comes first, if one comes first.
fn elements(tokens: &[TokenWithSpan]) -> Vec<&[TokenWithSpan]> {
    if tokens.first().is_none_or(|token| token.token != Token::LParen) || opens_query(tokens, 0) {
        return Vec::new();
    }
    let (mut depth, mut start, mut found) = (0_u32, 1, Vec::new());
    for (index, token) in tokens.iter().enumerate() {
        match token.token {
            Token::LParen | Token::Lt => depth += 1,
            Token::RParen | Token::Gt if depth > 1 => depth -= 1,
            Token::RParen => {
                found.push(&tokens[start..index]);
                return found;
            }
            Token::Comma if depth == 1 => {
                found.push(&tokens[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    found
}

fn column_names(lower: &Lower<'_>, tokens: &[TokenWithSpan]) -> Vec<Ident> {
    elements(tokens).into_iter().filter_map(|element| element_name(lower, element)).collect()
}

fn element_name(lower: &Lower<'_>, element: &[TokenWithSpan]) -> Option<Ident> {
    let [first, ..] = element else { return None };
    let Token::Word(word) = &first.token else { return None };
    let constraint = matches!(
        word.keyword,
        Keyword::CONSTRAINT
            | Keyword::PRIMARY
            | Keyword::FOREIGN
            | Keyword::UNIQUE
            | Keyword::CHECK
    );
    (word.quote_style.is_some() || !constraint).then(|| Ident {
        name: lower.dialect.column_name(&word.value, word.quote_style.is_some()),
        span: tokens::bytes(first.span),
    })
}

fn declared(lower: &Lower<'_>, tokens: &[TokenWithSpan]) -> Vec<(Ident, TypeName)> {
    let column = |element: &[TokenWithSpan]| {
        let name = element_name(lower, element)?;
        let data_type = element.get(1).and_then(|token| word(&token.token)).unwrap_or_default();
        Some((name, TypeName(data_type.to_lowercase())))
    };
    elements(tokens).into_iter().filter_map(column).collect()
}
