//! Functions that a project makes of a query: `CREATE FUNCTION f(…) RETURNS TABLE (…) AS query`.
//!
//! Such a function is a view whose name ends with `()`, so that it meets no table of that name. What it is called with is
//! not known where it is made: its parameters are parameters of the query.

use plumb_base::{Name, TableName};
use sqlparser::{
    keywords::Keyword,
    tokenizer::{Token, TokenWithSpan},
};

use super::{
    Head, Lower,
    create::behind_condition,
    look::{column_names, is_word, keyword, name, parenthesized, phrase, text, top_level, word},
};
use crate::sql::{
    tokens,
    tree::{RelationName, StatementKind, WriteMode},
};

/// The view that a function is, behind the word `FUNCTION`; none where it gives no rows, or is no query.
pub(super) fn read<'a>(lower: &Lower<'_>, tokens: &[TokenWithSpan], at: usize) -> Option<Head<'a>> {
    let (target, after) = name(lower, tokens, behind_condition(tokens, at + 1)).ok()?;
    let params = parenthesized(tokens.get(after..)?);
    let rest = &tokens[after + params.len()..];
    let of_table = is_word(tokens, at.checked_sub(1)?, "table");
    let returns = phrase(rest, &["returns", "table"]);
    if params.first()?.token != Token::LParen || returns.is_none() && !of_table {
        return None;
    }
    let language = phrase(rest, &["language"]).map(|at| is_word(rest, at + 1, "sql"));
    if language == Some(false) {
        return None;
    }
    let columns = returns
        .map(|at| &rest[at + 2..])
        .filter(|it| it.first().is_some_and(|token| token.token == Token::LParen));
    let columns = columns.map(|it| column_names(lower, parenthesized(it))).unwrap_or_default();
    let mut body = body(lower, rest)?;
    let names = names(params);
    for at in 0..body.len() {
        if let Some(text) = stands_for(&body, at, &names) {
            body[at].token = Token::Placeholder(text);
        }
    }
    let query = lower.parsed(&body).ok()?;
    let parts: Vec<Name> = target.name.0.iter().map(|it| lowered(it.as_str())).collect();
    let (last, outer) = parts.split_last()?;
    let called = Name::new(format!("{last}()"));
    let name = TableName(outer.iter().cloned().chain([called]).collect());
    let target = RelationName { name, ..target };
    let (mode, temporary) = (WriteMode::View, false);
    Some(Head::Kinds(vec![StatementKind::Write { target, mode, temporary, columns, query }]))
}

/// Calls are read without case.
fn lowered(text: &str) -> Name {
    Name::new(text.to_lowercase())
}

/// The tokens of its query, which may stand in a text.
fn body(lower: &Lower<'_>, rest: &[TokenWithSpan]) -> Option<Vec<TokenWithSpan>> {
    let query = |tokens: &[TokenWithSpan], at: usize| {
        let open = (at..tokens.len()).take_while(|at| tokens[*at].token == Token::LParen).count();
        matches!(keyword(tokens, at + open), Keyword::SELECT | Keyword::WITH)
    };
    let begins = |at: &usize| matches!(keyword(rest, *at), Keyword::AS | Keyword::RETURN);
    let at = top_level(rest).into_iter().find(|at| {
        let literal = rest.get(at + 1).is_some_and(|token| text(&token.token).is_some());
        begins(at) && (literal || query(rest, at + 1))
    })?;
    if query(rest, at + 1) {
        return Some(rest[at + 1..].to_vec());
    }
    let (inner, troubles) = tokens::inside(lower.text, &rest[at + 1], lower.dialect).ok()?;
    let end = inner.iter().position(|token| token.token == Token::SemiColon);
    let (own, behind) = inner.split_at(end.unwrap_or(inner.len()));
    let whole = behind.iter().all(|it| matches!(it.token, Token::SemiColon | Token::EOF));
    (troubles.is_empty() && whole && query(own, 0)).then(|| own.to_vec())
}

/// Names of parameters: `(a INT, IN b TEXT)`.
fn names(params: &[TokenWithSpan]) -> Vec<String> {
    let inside = &params[1..params.len().max(2) - 1];
    let mut names = Vec::new();
    let mut begins = true;
    for at in top_level(inside) {
        if inside[at].token == Token::Comma {
            begins = true;
        } else if begins && !is_word(inside, at, "in") {
            names.extend(word(&inside[at].token).map(str::to_lowercase));
            begins = false;
        }
    }
    names
}

/// The parameter that a word of the query is: no part of a longer name, no name of a function or of an output.
fn stands_for(body: &[TokenWithSpan], at: usize, names: &[String]) -> Option<String> {
    let Token::Word(word) = &body[at].token else { return None };
    let name = word.value.to_lowercase();
    let is = |at: Option<usize>, token: &Token| {
        at.and_then(|at| body.get(at)).is_some_and(|it| it.token == *token)
    };
    let part = is(at.checked_sub(1), &Token::Period) || is(Some(at + 1), &Token::Period);
    let named = at.checked_sub(1).is_some_and(|at| is_word(body, at, "as"));
    let called = is(Some(at + 1), &Token::LParen);
    (names.contains(&name) && !part && !named && !called).then(|| format!(":{name}"))
}
