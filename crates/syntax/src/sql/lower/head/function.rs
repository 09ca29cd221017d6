//! Functions that somebody makes: `CREATE FUNCTION f(…) RETURNS type AS (expression)`.
//!
//! What they compute is read where it is one expression or one query in SQL. Bodies in other languages, of several
//! statements, or that are not run where an argument is NULL, leave a function of which only the name is known.

use plumb_base::{Name, TableName};
use sqlparser::{
    keywords::Keyword,
    tokenizer::{Token, TokenWithSpan, Word},
};

use super::{
    Head, Lower,
    create::behind_condition,
    look::{elements, is_word, keyword, name, parenthesized, phrase, text, top_level, type_before},
    rows,
};
use crate::sql::{
    tokens,
    tree::{Body, Expr, ExprKind, Function, StatementKind, TypeName},
};

/// Dialects in which a parameter may have no name, and a query of several rows gives the first of them.
const BY_PLACE: &[&str] = &["postgres", "redshift"];

/// What ends the type that a function gives.
const BEHIND_TYPE: &str = "\
    as language return begin immutable stable volatile strict called deterministic not memoizable \
    null security secure comment cost options sql contains reads modifies handler runtime_version \
    remote parallel leakproof window rows support set";

/// What is made, where the word `FUNCTION` or `MACRO` stands at an index.
pub(super) fn read<'a>(lower: &Lower<'_>, tokens: &[TokenWithSpan], at: usize) -> Head<'a> {
    let rows = rows::read(lower, tokens, at);
    rows.or_else(|| value(lower, tokens, at)).unwrap_or_else(|| Head::other("create"))
}

fn value<'a>(lower: &Lower<'_>, tokens: &[TokenWithSpan], at: usize) -> Option<Head<'a>> {
    let before = |word| (1..at).any(|at| is_word(tokens, at, word));
    let (target, after) = name(lower, tokens, behind_condition(tokens, at + 1)).ok()?;
    let list = parenthesized(tokens.get(after..)?);
    let rest = &tokens[after + list.len()..];
    let rows = [["as", "table"], ["returns", "table"], ["returns", "setof"]];
    let rows = before("table") || rows.iter().any(|it| phrase(rest, it).is_some());
    if list.first()?.token != Token::LParen || rows {
        return None;
    }
    let params = params(lower, list);
    let returns = phrase(rest, &["returns"]);
    let returns = returns.and_then(|at| said(type_before(&rest[at..], BEHIND_TYPE)));
    let body = params.as_ref().filter(|_| !before("aggregate") && !before("external"));
    let body = body.and_then(|params| body_of(lower, rest, params));
    let parts = target.name.0.iter().map(|it| Name::new(it.as_str().to_lowercase()));
    let function = Function {
        name: TableName(parts.collect()),
        temporary: before("temp") || before("temporary"),
        params: params.unwrap_or_default(),
        returns,
        body,
    };
    Some(Head::one(StatementKind::Function(Box::new(function))))
}

/// Names and types: `(a INT, IN b TEXT, c ANY TYPE)`; none where a parameter is more than a value.
fn params(lower: &Lower<'_>, list: &[TokenWithSpan]) -> Option<Vec<(Name, Option<TypeName>)>> {
    let mut params = Vec::new();
    for element in elements(list).into_iter().filter(|it| !it.is_empty()) {
        let skipped = usize::from(is_word(element, 0, "in"));
        let element = &element[skipped..];
        let other = ["out", "inout", "variadic", "table"];
        let default = element.iter().any(|it| it.token == Token::Assignment);
        if default || other.iter().any(|it| is_word(element, 0, it) && element.len() > 1) {
            return None;
        }
        let Token::Word(first) = &element.first()?.token else { return None };
        let unnamed = BY_PLACE.contains(&lower.dialect.name) && is_type(element);
        params.push(if unnamed {
            // As if its place were its name.
            let typed = [&element[..1], element].concat();
            let name = Name::new(format!("${}", params.len() + 1));
            (name, said(type_before(&typed, BEHIND_PARAM)))
        } else {
            let name = lower.dialect.column_name(&first.value, first.quote_style.is_some());
            (name, said(type_before(element, BEHIND_PARAM)))
        });
    }
    Some(params)
}

/// What ends the type of a parameter.
const BEHIND_PARAM: &str = "default not comment";

/// Whether an element is a type without a name.
fn is_type(element: &[TokenWithSpan]) -> bool {
    let second = element.get(1).map(|it| &it.token);
    let long = [("double", "precision"), ("character", "varying"), ("time", "with")];
    let long = long.iter().chain(&[("timestamp", "with"), ("timestamp", "without")]);
    let of_two = |(one, two): &(&str, &str)| is_word(element, 0, one) && is_word(element, 1, two);
    matches!(second, None | Some(Token::LParen)) || long.into_iter().any(of_two)
}

/// A type that says something.
fn said(name: TypeName) -> Option<TypeName> {
    (!matches!(name.0.as_str(), "" | "any type" | "any" | "anyelement")).then_some(name)
}

/// What a function computes.
fn body_of(
    lower: &Lower<'_>,
    rest: &[TokenWithSpan],
    params: &[(Name, Option<TypeName>)],
) -> Option<Expr> {
    let top = top_level(rest);
    let language = phrase(rest, &["language"]).map(|at| is_word(rest, at + 1, "sql"));
    let strict = [&["strict"][..], &["returns", "null", "on", "null"]];
    let begins = |at: &&usize| matches!(keyword(rest, **at), Keyword::AS | Keyword::RETURN);
    let at = *top.iter().find(begins)?;
    let block = top.iter().any(|at| keyword(rest, *at) == Keyword::BEGIN);
    if block || language == Some(false) || strict.iter().any(|it| phrase(rest, it).is_some()) {
        return None;
    }
    let behind = rest.get(at + 1..)?;
    let mut tokens = match behind.first()? {
        literal if text(&literal.token).is_some() => inside(lower, literal)?,
        open if open.token == Token::LParen && lower.dialect.name == "bigquery" => {
            parenthesized(behind).to_vec()
        }
        _ => behind.to_vec(),
    };
    let first = BY_PLACE.contains(&lower.dialect.name);
    if first {
        by_name(&mut tokens, params);
    }
    if !matches!(keyword(&tokens, 0), Keyword::SELECT | Keyword::WITH) {
        return Some(lower.expr(&lower.whole(tokens, super::super::expr).ok()?));
    }
    let query = lower.parsed(tokens).ok()?;
    let one = matches!(&query.body, Body::Select(select) if select.from.is_empty());
    let span = query.span;
    (one || !first).then(|| Expr { kind: ExprKind::Subquery(Box::new(query)), span })
}

/// The tokens of a body that stands in a text.
fn inside(lower: &Lower<'_>, literal: &TokenWithSpan) -> Option<Vec<TokenWithSpan>> {
    let (mut tokens, troubles) = tokens::inside(lower.text, literal, lower.dialect).ok()?;
    while matches!(tokens.last()?.token, Token::SemiColon | Token::EOF) {
        tokens.pop();
    }
    troubles.is_empty().then_some(tokens)
}

/// Gives parameters that are named by their place, `$1`, the names that they have.
fn by_name(tokens: &mut [TokenWithSpan], params: &[(Name, Option<TypeName>)]) {
    for token in tokens {
        let Token::Placeholder(text) = &token.token else { continue };
        let place = text.strip_prefix('$').and_then(|it| it.parse::<usize>().ok());
        let param = place.and_then(|place| params.get(place.checked_sub(1)?));
        let Some((name, _)) = param else { continue };
        token.token = Token::Word(Word {
            value: name.as_str().to_owned(),
            quote_style: Some('"'),
            keyword: Keyword::NoKeyword,
        });
    }
}
