//! CTEs that write: `WITH gone AS (DELETE FROM t WHERE … RETURNING a) …`.
//!
//! Each is a statement of its own, and in its place stands a query of the rows it returns. Those of `DELETE` are the rows
//! that were there; what `INSERT`, `UPDATE` and `MERGE` return are values after the change, which are not carried.

use sqlparser::{
    keywords::Keyword,
    tokenizer::{Token, TokenWithSpan},
};

use super::{
    Head, Lower, Trouble,
    look::{is_word, keyword, parenthesized, top_level, word},
};
use crate::sql::tree::{Query, StatementKind};

/// What is said of a CTE whose rows are values after a change.
const RETURNED: &str = "rows that a change returns";

/// Statements and query of a `WITH` in which something writes.
pub(super) fn read<'a>(
    lower: &Lower<'_>,
    tokens: &[TokenWithSpan],
) -> Result<Option<Head<'a>>, Trouble> {
    let changes = |at: usize| {
        matches!(
            keyword(tokens, at),
            Keyword::INSERT | Keyword::UPDATE | Keyword::DELETE | Keyword::MERGE
        )
    };
    // Most write nothing, and are not copied.
    let writes = (1..tokens.len()).any(|at| changes(at) && tokens[at - 1].token == Token::LParen);
    let Some(apart) = writes.then(|| apart(tokens)).flatten() else { return Ok(None) };
    let mut kinds = Vec::new();
    for written in &apart.written {
        match super::read(lower, written)? {
            Head::Kinds(more) => kinds.extend(more),
            Head::Inside(_) | Head::Opaque(_) => return Ok(None),
        }
    }
    match super::with(lower, &apart.query)? {
        Head::Kinds(more) => kinds.extend(more),
        Head::Inside(_) | Head::Opaque(_) => return Ok(None),
    }
    for kind in &mut kinds {
        if let StatementKind::Query(query) | StatementKind::Write { query, .. } = kind {
            mark(query, &apart.changed);
        }
    }
    Ok(Some(Head::Kinds(kinds)))
}

/// Says of CTEs that stand at some bytes that their rows are values after a change.
fn mark(query: &mut Query, changed: &[u32]) {
    for cte in &mut query.ctes {
        if changed.contains(&cte.name.span.start) {
            cte.query.unread = Some(RETURNED.to_owned());
        }
    }
}

/// A `WITH` without what writes in it.
struct Apart {
    /// What its CTEs write, each with the CTEs before it.
    written: Vec<Vec<TokenWithSpan>>,
    /// The rest, with the rows that are returned.
    query: Vec<TokenWithSpan>,
    /// Where the names of those CTEs stand whose rows are values after a change.
    changed: Vec<u32>,
}

fn apart(tokens: &[TokenWithSpan]) -> Option<Apart> {
    let mut at = if keyword(tokens, 1) == Keyword::RECURSIVE { 2 } else { 1 };
    let head = at;
    let mut apart =
        Apart { written: Vec::new(), query: tokens[..at].to_vec(), changed: Vec::new() };
    loop {
        let name = at;
        word(&tokens.get(at)?.token)?;
        at += 1;
        if tokens.get(at)?.token == Token::LParen {
            at += parenthesized(&tokens[at..]).len();
        }
        while ["as", "not", "materialized"].iter().any(|it| is_word(tokens, at, it)) {
            at += 1;
        }
        let inside = parenthesized(tokens.get(at..)?);
        if inside.first()?.token != Token::LParen || inside.len() < 3 {
            return None;
        }
        let body = &inside[1..inside.len() - 1];
        match returned(body) {
            Some((written, rows)) => {
                let mut statement = apart.query.clone();
                statement.truncate(if statement.len() > head { statement.len() - 1 } else { 0 });
                statement.extend_from_slice(written);
                apart.written.push(statement);
                apart.query.extend_from_slice(&tokens[name..=at]);
                apart.query.extend(rows);
                apart.query.push(inside[inside.len() - 1].clone());
                // Two rows of what `USING` names may meet the same row, which goes once.
                let whole = keyword(body, 0) == Keyword::DELETE
                    && !top_level(body).iter().any(|at| keyword(body, *at) == Keyword::USING);
                if !whole {
                    apart.changed.push(crate::sql::tokens::bytes(tokens[name].span).start);
                }
            }
            None => apart.query.extend_from_slice(&tokens[name..at + inside.len()]),
        }
        at += inside.len();
        if tokens.get(at)?.token != Token::Comma {
            break;
        }
        apart.query.push(tokens[at].clone());
        at += 1;
    }
    apart.query.extend_from_slice(&tokens[at..]);
    (!apart.written.is_empty()).then_some(apart)
}

/// A statement without `RETURNING`, and a query of the rows that it returns.
fn returned(body: &[TokenWithSpan]) -> Option<(&[TokenWithSpan], Vec<TokenWithSpan>)> {
    let verb = keyword(body, 0);
    let top = top_level(body);
    let find = |wanted: Keyword| top.iter().copied().find(|at| keyword(body, *at) == wanted);
    let end = find(Keyword::RETURNING).unwrap_or(body.len());
    let written = &body[..end];
    // The table stands behind `INTO` or `FROM`, where there is such a word.
    let tables = match verb {
        Keyword::DELETE => 1 + usize::from(keyword(body, 1) == Keyword::FROM),
        Keyword::INSERT | Keyword::MERGE => 1 + usize::from(keyword(body, 1) == Keyword::INTO),
        Keyword::UPDATE => 1,
        _ => return None,
    };
    let made = |token: Token| TokenWithSpan { token, span: body[0].span };
    let mut rows = vec![made(Token::make_keyword("SELECT"))];
    let listed = body.get(end + 1..).unwrap_or_default();
    if listed.is_empty() {
        rows.push(made(Token::make_keyword("NULL")));
        return Some((written, rows));
    }
    rows.extend_from_slice(listed);
    rows.push(made(Token::make_keyword("FROM")));
    let behind = match verb {
        Keyword::DELETE => end,
        Keyword::UPDATE => find(Keyword::SET)?,
        Keyword::MERGE => find(Keyword::USING)?,
        // Its columns, or its rows.
        _ => top.iter().copied().find(|at| *at > tables && !joins(body, *at))?,
    };
    for token in body.get(tables..behind)? {
        let using = matches!(&token.token, Token::Word(word) if word.keyword == Keyword::USING);
        rows.push(if using { made(Token::Comma) } else { token.clone() });
    }
    if verb == Keyword::UPDATE
        && let Some(from) = find(Keyword::FROM)
    {
        rows.push(made(Token::Comma));
        rows.extend_from_slice(body.get(from + 1..end)?);
    }
    Some((written, rows))
}

/// Whether a token belongs to the name of a table that begins before it.
fn joins(body: &[TokenWithSpan], at: usize) -> bool {
    let dot = |at: usize| body.get(at).is_some_and(|token| token.token == Token::Period);
    dot(at) || at.checked_sub(1).is_some_and(dot)
}
