//! DuckDB's `PIVOT` and `UNPIVOT` as statements.

use sqlparser::{
    keywords::Keyword,
    tokenizer::{Token, TokenWithSpan},
};

use super::{
    Head, Lower, Trouble,
    look::{behind, is_word, keyword, name, opens_query, phrase, top_level},
};
use crate::sql::{
    lower::{expr, query::body_span},
    tokens,
    tree::{
        Body, Expr, ExprKind, Ident, Item, Pivot, Query, StatementKind, Table, TableKind, Unpivot,
    },
};

/// `PIVOT table ON column [IN (values)] [USING aggregates] [GROUP BY keys]`,
/// `UNPIVOT table ON columns INTO NAME name VALUE value`.
pub(super) fn read<'a>(
    lower: &Lower<'_>,
    tokens: &'a [TokenWithSpan],
    verb: &str,
) -> Result<Head<'a>, Trouble> {
    let span = tokens::bytes(tokens[0].span);
    let (table, after) = if opens_query(tokens, 1) {
        let after = behind(tokens, 1);
        let query = Box::new(lower.parsed(&tokens[2..after.saturating_sub(1).max(2)])?);
        let span = body_span(&query.body);
        (Table { kind: TableKind::Derived { lateral: false, query }, alias: None, span }, after)
    } else {
        let (name, after) = name(lower, tokens, 1)?;
        (Table::named(name), after)
    };
    let rest = &tokens[after..];
    let turned = if verb == "pivot" { pivot(lower, rest)? } else { unpivot(lower, rest)? };
    let kind = match turned {
        Some(Turned::Pivot(pivot)) => TableKind::Pivot(Box::new(Pivot { table, ..*pivot })),
        Some(Turned::Unpivot(unpivot)) => {
            TableKind::Unpivot(Box::new(Unpivot { table, ..*unpivot }))
        }
        None => TableKind::Opaque(format!("this form of `{verb}`"), vec![table]),
    };
    let from = vec![Table { kind, alias: None, span }];
    let body = Body::select(vec![Item::star(None, span)], from, None, span);
    Ok(Head::one(StatementKind::Query(Query::of(body, span))))
}

/// What is done to a table that is put in afterwards.
enum Turned {
    Pivot(Box<Pivot>),
    Unpivot(Box<Unpivot>),
}

fn nothing() -> Table {
    let kind = TableKind::Opaque(String::new(), Vec::new());
    Table { kind, alias: None, span: plumb_base::Span::default() }
}

/// Only what says its values and keeps all other columns.
fn pivot(lower: &Lower<'_>, rest: &[TokenWithSpan]) -> Result<Option<Turned>, Trouble> {
    let (Some(on), Some(using)) = (phrase(rest, &["on"]), phrase(rest, &["using"])) else {
        return Ok(None);
    };
    let values = (on + 1..using).find(|at| keyword(rest, *at) == Keyword::IN);
    let more = ["group", "order", "limit"].iter().any(|word| phrase(rest, &[*word]).is_some());
    let Some(values) = values.filter(|values| !more && *values == on + 2) else { return Ok(None) };
    let columns = listed(lower, &rest[on + 1..values])?;
    let list = listed(lower, &rest[values + 1..using])?;
    let list = match list.as_slice() {
        [Expr { kind: ExprKind::Row(items), .. }] => items.clone(),
        _ => list,
    };
    let values = list.into_iter().map(|value| (value, None)).collect();
    let aggregates = listed(lower, &rest[using + 1..])?.into_iter().map(|it| (it, None)).collect();
    let pivot = Pivot { table: nothing(), aggregates, columns, values };
    Ok(Some(Turned::Pivot(Box::new(pivot))))
}

fn unpivot(lower: &Lower<'_>, rest: &[TokenWithSpan]) -> Result<Option<Turned>, Trouble> {
    let (Some(on), Some(into)) = (phrase(rest, &["on"]), phrase(rest, &["into"])) else {
        return Ok(None);
    };
    let plain = rest.len() == into + 5
        && is_word(rest, into + 1, "name")
        && is_word(rest, into + 3, "value");
    if !plain {
        return Ok(None);
    }
    let columns = listed(lower, &rest[on + 1..into])?;
    if !columns.iter().all(|it| matches!(it.kind, ExprKind::Column(_))) {
        return Ok(None);
    }
    let name: Option<Ident> = named(&listed(lower, &rest[into + 2..into + 3])?);
    let value = listed(lower, &rest[into + 4..])?.pop();
    let (Some(name), Some(value)) = (name, value) else { return Ok(None) };
    let columns = columns.into_iter().map(|it| (it, None)).collect();
    let unpivot = Unpivot { table: nothing(), value, name, columns, keep_nulls: false };
    Ok(Some(Turned::Unpivot(Box::new(unpivot))))
}

fn named(exprs: &[Expr]) -> Option<Ident> {
    match exprs {
        [Expr { kind: ExprKind::Column(names), .. }] => names.last().cloned(),
        _ => None,
    }
}

/// Expressions with commas between them.
fn listed(lower: &Lower<'_>, tokens: &[TokenWithSpan]) -> Result<Vec<Expr>, Trouble> {
    let (mut found, mut start) = (Vec::new(), 0);
    let commas = top_level(tokens).into_iter().filter(|at| tokens[*at].token == Token::Comma);
    for end in commas.chain([tokens.len()]) {
        let read = lower.whole(&tokens[start..end], expr)?;
        found.push(lower.expr(&read));
        start = end + 1;
    }
    Ok(found)
}
