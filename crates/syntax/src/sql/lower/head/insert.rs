//! `INSERT` in its forms.

use sqlparser::{keywords::Keyword, tokenizer::TokenWithSpan};

use super::{
    Head, Lower, Trouble, change, files,
    look::{
        behind, column_names, is_word, keyword, name, opens_query, phrase, text, top_level, word,
    },
    several, tokens, write,
};
use crate::sql::tree::{Body, Expr, ExprKind, Ident, Item, Query, StatementKind, WriteMode};

/// `INSERT [OVERWRITE] [INTO] [TABLE] name [(columns)] [PARTITION (…)] [BY NAME] [REPLACE …] query`.
pub(super) fn read<'a>(
    lower: &Lower<'_>,
    tokens: &'a [TokenWithSpan],
) -> Result<Head<'a>, Trouble> {
    let mut at = 1;
    let mut mode = WriteMode::Append;
    if ["with", "schema", "evolution"].iter().zip(1..).all(|(word, at)| is_word(tokens, at, word)) {
        at += 3;
    }
    // `INSERT OR REPLACE INTO` changes rows by key.
    if keyword(tokens, at) == Keyword::OR {
        at += 2;
        mode = WriteMode::Merge;
    }
    while let Keyword::OVERWRITE | Keyword::INTO | Keyword::TABLE = keyword(tokens, at) {
        if keyword(tokens, at) == Keyword::OVERWRITE {
            mode = WriteMode::Replace;
        }
        at += 1;
    }
    // A flow that runs once; a table of that name has no other name behind it.
    let named = tokens.get(at + 1).and_then(|it| word(&it.token)).is_some()
        && keyword(tokens, at + 1) == Keyword::NoKeyword;
    if lower.dialect.name == "databricks" && is_word(tokens, at, "once") && named {
        at += 1;
    }
    match keyword(tokens, at) {
        Keyword::ALL | Keyword::FIRST if keyword(tokens, at - 1) != Keyword::INTO => {
            return several::inserts(lower, tokens, at);
        }
        Keyword::DIRECTORY | Keyword::LOCAL => return directory(lower, tokens, at),
        _ => {}
    }
    let (target, after) = name(lower, tokens, at)?;
    let mut rest = &tokens[after..];
    let columns = column_names(lower, rest);
    if !columns.is_empty() {
        rest = &rest[behind(rest, 0)..];
    }
    // Only some partitions, or some rows, are replaced: the others stay.
    let some = |at: &usize| {
        keyword(rest, *at) == Keyword::PARTITION || (*at < 2 && is_word(rest, *at, "replace"))
    };
    if mode == WriteMode::Replace && top_level(rest).iter().any(some) {
        mode = WriteMode::Append;
    }
    let Some(start) = top_level(rest).into_iter().find(|index| starts_query(rest, *index)) else {
        return Ok(if is_word(rest, 0, "default") {
            Head::other("insert")
        } else {
            Head::Opaque("this form of `insert`".to_owned())
        });
    };
    let end = trailing(&rest[start..]).map_or(rest.len(), |end| start + end);
    let by_name = phrase(&rest[..start], &["by", "name"]).is_some();
    let mut kind = write(lower, target, mode, columns, &rest[start..end])?;
    if let StatementKind::Write { query, columns, .. } = &mut kind {
        defaults(query);
        if by_name {
            match names(query) {
                Some(names) => *columns = names,
                None => query.unread = Some("an insert by names that are not known".to_owned()),
            }
        }
    }
    Ok(Head::one(kind))
}

fn starts_query(tokens: &[TokenWithSpan], index: usize) -> bool {
    matches!(
        keyword(tokens, index),
        Keyword::SELECT | Keyword::WITH | Keyword::VALUES | Keyword::FROM | Keyword::TABLE
    ) || opens_query(tokens, index)
        || (index == 0 && several_parentheses(tokens))
}

/// `((SELECT …) UNION …)`.
fn several_parentheses(tokens: &[TokenWithSpan]) -> bool {
    use sqlparser::tokenizer::Token;
    let open = tokens.iter().take_while(|token| token.token == Token::LParen).count();
    open > 1 && opens_query(tokens, open - 1)
}

/// Where clauses begin that stand behind the query.
fn trailing(tokens: &[TokenWithSpan]) -> Option<usize> {
    let top = top_level(tokens);
    let clause = |at: &usize| {
        (keyword(tokens, *at) == Keyword::ON
            && (is_word(tokens, at + 1, "conflict") || is_word(tokens, at + 1, "duplicate")))
            || keyword(tokens, *at) == Keyword::RETURNING
    };
    top.into_iter().find(clause)
}

/// `INSERT OVERWRITE [LOCAL] DIRECTORY 'path' [USING format …] query`.
fn directory<'a>(
    lower: &Lower<'_>,
    tokens: &'a [TokenWithSpan],
    at: usize,
) -> Result<Head<'a>, Trouble> {
    let path = tokens[at..].iter().take(3).find(|token| text(&token.token).is_some());
    let query =
        top_level(tokens).into_iter().find(|index| *index > at && starts_query(tokens, *index));
    let (Some(path), Some(query)) = (path, query) else {
        return Ok(Head::Opaque("this form of `insert`".to_owned()));
    };
    let target = files(tokens::bytes(path.span), text(&path.token).unwrap_or_default());
    let kind = write(lower, target, WriteMode::Replace, Vec::new(), &tokens[query..])?;
    Ok(Head::one(kind))
}

/// The names of the columns of a query, where its list says them.
fn names(query: &Query) -> Option<Vec<Ident>> {
    let Body::Select(select) = &query.body else { return None };
    let name = |item: &Item| match item {
        Item::Expr { alias: Some(alias), .. } => Some(alias.clone()),
        Item::Expr { expr: Expr { kind: ExprKind::Column(names), .. }, alias: None } => {
            names.last().cloned()
        }
        Item::Expr { .. } | Item::Columns { .. } | Item::Star(_) => None,
    };
    select.items.iter().map(name).collect()
}

/// `DEFAULT` among the values is what the table says.
fn defaults(query: &mut Query) {
    if let Body::Values(rows) = &mut query.body {
        for value in rows.iter_mut().flatten() {
            *value = change::value(value.clone());
        }
    }
}
