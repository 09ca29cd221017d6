//! Looking at the tokens of a statement: words, phrases, lists, names.

use sqlparser::{
    keywords::Keyword,
    parser::Parser,
    tokenizer::{Token, TokenWithSpan},
};

use super::super::{Lower, trouble};
use crate::sql::{
    Trouble, tokens,
    tree::{Ident, RelationName, TypeName},
};

/// The word or sign that tokens begin with, lower case.
pub(in crate::sql::lower) fn verb(tokens: &[TokenWithSpan]) -> String {
    let first = tokens.first().map(|first| (word(&first.token).is_some(), first.token.to_string()));
    match first {
        Some((is_word, text)) if is_word || text.len() < 3 => text.to_ascii_lowercase(),
        _ => "?".to_owned(),
    }
}

pub(super) fn word(token: &Token) -> Option<&str> {
    if let Token::Word(word) = token { Some(&word.value) } else { None }
}

/// A word that is not in quotes.
pub(super) fn plain_word(token: &Token) -> Option<&str> {
    matches!(token, Token::Word(word) if word.quote_style.is_none()).then(|| word(token)).flatten()
}

/// The value of a literal text.
pub(super) fn text(token: &Token) -> Option<&str> {
    match token {
        Token::SingleQuotedString(text)
        | Token::DoubleQuotedString(text)
        | Token::TripleDoubleQuotedString(text)
        | Token::TripleSingleQuotedString(text)
        | Token::SingleQuotedRawStringLiteral(text)
        | Token::TripleDoubleQuotedRawStringLiteral(text)
        | Token::TripleSingleQuotedRawStringLiteral(text) => Some(text),
        Token::DollarQuotedString(text) => Some(&text.value),
        _ => None,
    }
}

pub(super) fn keyword(tokens: &[TokenWithSpan], index: usize) -> Keyword {
    match tokens.get(index).map(|token| &token.token) {
        Some(Token::Word(word)) if word.quote_style.is_none() => word.keyword,
        _ => Keyword::NoKeyword,
    }
}

pub(super) fn is_word(tokens: &[TokenWithSpan], index: usize, text: &str) -> bool {
    tokens
        .get(index)
        .and_then(|token| plain_word(&token.token))
        .is_some_and(|it| it.eq_ignore_ascii_case(text))
}

/// Where these words follow each other outside all parentheses.
pub(super) fn phrase(tokens: &[TokenWithSpan], words: &[&str]) -> Option<usize> {
    let here = |at: &usize| {
        words.iter().enumerate().all(|(offset, word)| is_word(tokens, at + offset, word))
    };
    top_level(tokens).into_iter().find(here)
}

pub(super) fn opens_query(tokens: &[TokenWithSpan], index: usize) -> bool {
    tokens.get(index).is_some_and(|token| token.token == Token::LParen)
        && matches!(
            keyword(tokens, index + 1),
            Keyword::SELECT | Keyword::WITH | Keyword::VALUES | Keyword::FROM
        )
}

/// What tokens begin with, up to the parenthesis that closes the first one.
pub(super) fn parenthesized(tokens: &[TokenWithSpan]) -> &[TokenWithSpan] {
    let mut depth = 0_u32;
    let closes = |token: &TokenWithSpan| {
        match token.token {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    };
    let end = tokens.iter().position(closes).map_or(tokens.len(), |at| at + 1);
    &tokens[..end]
}

/// A name that begins at an index, and the index behind it.
pub(super) fn name(
    lower: &Lower<'_>,
    tokens: &[TokenWithSpan],
    at: usize,
) -> Result<(RelationName, usize), Trouble> {
    let grammar = (lower.dialect.grammar)();
    let tokens = tokens.get(at..).unwrap_or_default();
    let end = tokens.first().map_or(0, |token| tokens::bytes(token.span).end);
    // A handful of tokens is enough for any name, and cheap to copy.
    let few = tokens[..tokens.len().min(24)].to_vec();
    let mut parser = Parser::new(&grammar).with_tokens_with_locations(few);
    let name = parser.parse_object_name(true).map_err(|error| trouble(&error, end, end))?;
    Ok((lower.relation(&name), at + parser.index().min(tokens.len())))
}

/// Indices of tokens outside all parentheses, opening ones included.
pub(super) fn top_level(tokens: &[TokenWithSpan]) -> Vec<usize> {
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

/// The index behind the parenthesis that closes the one at an index.
pub(super) fn behind(tokens: &[TokenWithSpan], open: usize) -> usize {
    let mut depth = 0_u32;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        match token.token {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return index + 1;
        }
    }
    tokens.len()
}

/// Tokens of each element of the parenthesised list that comes first, if one comes first.
pub(super) fn elements(tokens: &[TokenWithSpan]) -> Vec<&[TokenWithSpan]> {
    if tokens.first().is_none_or(|token| token.token != Token::LParen) || opens_query(tokens, 0) {
        return Vec::new();
    }
    let (mut depth, mut start, mut found) = (0_u32, 1, Vec::new());
    for (index, token) in tokens.iter().enumerate() {
        match token.token {
            Token::LParen | Token::Lt => depth += 1,
            Token::RParen | Token::Gt if depth > 1 => depth -= 1,
            Token::ShiftRight => depth = depth.saturating_sub(2).max(1),
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

pub(super) fn column_names(lower: &Lower<'_>, tokens: &[TokenWithSpan]) -> Vec<Ident> {
    elements(tokens).into_iter().filter_map(|element| element_name(lower, element)).collect()
}

pub(super) fn element_name(lower: &Lower<'_>, element: &[TokenWithSpan]) -> Option<Ident> {
    let [first, ..] = element else { return None };
    let Token::Word(word) = &first.token else { return None };
    let constraint = "constraint primary foreign unique check like"
        .split(' ')
        .any(|it| word.value.eq_ignore_ascii_case(it));
    (word.quote_style.is_some() || !constraint).then(|| Ident {
        name: lower.dialect.column_name(&word.value, word.quote_style.is_some()),
        span: tokens::bytes(first.span),
    })
}

/// The type of an element of a list of columns: what stands between its name and its options.
pub(super) fn type_of(element: &[TokenWithSpan]) -> TypeName {
    const OPTIONS: &str = "\
        not null default comment primary unique references check generated identity autoincrement \
        encode distkey sortkey collate constraint options masking tag with as mask projection";
    type_before(element, OPTIONS)
}

/// What stands between the first word and any of these words outside all parentheses.
pub(super) fn type_before(element: &[TokenWithSpan], options: &str) -> TypeName {
    let (mut depth, mut text) = (0_u32, String::new());
    let mut end = 0;
    for (index, token) in element.iter().enumerate().skip(1) {
        let option = plain_word(&token.token)
            .is_some_and(|it| options.split(' ').any(|word| word.eq_ignore_ascii_case(it)));
        // `timestamp with time zone` is one type.
        let zone = is_word(element, index, "with")
            && (is_word(element, index + 1, "time") || is_word(element, index + 1, "local"));
        if depth == 0 && option && !zone {
            break;
        }
        match token.token {
            Token::LParen | Token::Lt => depth += 1,
            Token::RParen | Token::Gt => depth = depth.saturating_sub(1),
            Token::ShiftRight => depth = depth.saturating_sub(2),
            _ => {}
        }
        let start = tokens::bytes(token.span).start;
        if end != 0 && start > end {
            text.push(' ');
        }
        text.push_str(&token.token.to_string());
        end = tokens::bytes(token.span).end;
    }
    TypeName(text.to_lowercase())
}
