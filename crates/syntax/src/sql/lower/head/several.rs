//! Statements that write to several tables at once.

use sqlparser::{keywords::Keyword, tokenizer::TokenWithSpan};

use super::{
    super::{expr, expr::operator},
    Head, Lower, Trouble, change,
    look::{behind, column_names, elements, is_word, keyword, name, top_level},
    write,
};
use crate::sql::tree::{
    Alias, Body, Expr, Ident, Item, Query, StatementKind, Table, TableKind, WriteMode,
};

/// `INSERT ALL|FIRST [WHEN c THEN] INTO a [(columns)] [VALUES (…)] … query`.
pub(super) fn inserts<'a>(
    lower: &Lower<'_>,
    tokens: &'a [TokenWithSpan],
    start: usize,
) -> Result<Head<'a>, Trouble> {
    let begins = |index: &usize| matches!(keyword(tokens, *index), Keyword::SELECT | Keyword::WITH);
    let Some(at) = top_level(tokens).into_iter().find(begins) else {
        return Ok(Head::Opaque("this form of `insert`".to_owned()));
    };
    let source = lower.parsed(&tokens[at..])?;
    let clauses = &tokens[start + 1..at];
    let into: Vec<usize> = top_level(clauses)
        .into_iter()
        .filter(|index| keyword(clauses, *index) == Keyword::INTO)
        .collect();
    let first = keyword(tokens, start) == Keyword::FIRST;
    let mut kinds = Vec::new();
    let mut conditions = Conditions::default();
    let mut before = 0;
    for index in into {
        match when(&clauses[before..index]) {
            When::If(tokens) => {
                let condition = lower.whole(tokens, expr)?;
                conditions.next(lower.expr(&condition), first);
            }
            When::Else => conditions.otherwise(),
            When::Same => {}
        }
        let (target, mut rest) = name(lower, clauses, index + 1)?;
        let columns = column_names(lower, &clauses[rest..]);
        if !columns.is_empty() {
            rest = behind(clauses, rest);
        }
        let items = values(lower, &clauses[rest..])?;
        let span = source.span;
        let query = Box::new(source.clone());
        let alias = Ident { name: "rows".into(), span };
        let table = Table {
            kind: TableKind::Derived { lateral: false, query },
            alias: Some(Alias { name: alias, columns: Vec::new() }),
            span,
        };
        let body = Body::select(items, vec![table], conditions.now.clone(), span);
        let query = Query::of(body, span);
        kinds.push(StatementKind::Write {
            target,
            mode: WriteMode::Append,
            temporary: false,
            columns,
            query,
        });
        before = rest;
    }
    Ok(Head::Kinds(kinds))
}

/// Conditions of the clauses so far.
#[derive(Default)]
struct Conditions {
    seen: Vec<Expr>,
    /// What must hold for the rows of the present clause.
    now: Option<Expr>,
}

impl Conditions {
    /// `WHEN condition`; with `FIRST` only rows that no clause before it took.
    fn next(&mut self, condition: Expr, first: bool) {
        let mut all = if first { self.none_before() } else { Vec::new() };
        all.push(condition.clone());
        self.now = all.into_iter().reduce(both);
        self.seen.push(condition);
    }

    /// `ELSE`.
    fn otherwise(&mut self) {
        self.now = self.none_before().into_iter().reduce(both);
    }

    fn none_before(&self) -> Vec<Expr> {
        let untrue = |it: &Expr| operator("not", vec![operator("is-true", vec![it.clone()])]);
        self.seen.iter().map(untrue).collect()
    }
}

fn both(one: Expr, two: Expr) -> Expr {
    operator("and", vec![one, two])
}

/// What stands before an `INTO`.
enum When<'a> {
    /// `WHEN … THEN`.
    If(&'a [TokenWithSpan]),
    /// `ELSE`.
    Else,
    /// Neither: what was said before goes on.
    Same,
}

fn when(tokens: &[TokenWithSpan]) -> When<'_> {
    let top = top_level(tokens);
    let word = |at: &usize| matches!(keyword(tokens, *at), Keyword::WHEN | Keyword::ELSE);
    let Some(last) = top.iter().rposition(word) else { return When::Same };
    let at = top[last];
    if keyword(tokens, at) == Keyword::ELSE {
        return When::Else;
    }
    match top[last..].iter().find(|at| keyword(tokens, **at) == Keyword::THEN) {
        Some(then) => When::If(&tokens[at + 1..*then]),
        None => When::Same,
    }
}

/// What is inserted: the listed values, or the whole row.
fn values(lower: &Lower<'_>, tokens: &[TokenWithSpan]) -> Result<Vec<Item>, Trouble> {
    if keyword(tokens, 0) != Keyword::VALUES {
        return Ok(vec![Item::star(None, plumb_base::Span::default())]);
    }
    elements(&tokens[1..])
        .into_iter()
        .map(|element| {
            let expr = lower.whole(element, expr)?;
            Ok(Item::Expr { expr: change::value(lower.expr(&expr)), alias: None })
        })
        .collect()
}

/// Whether it is Hive's `FROM … INSERT … SELECT … INSERT … SELECT …`.
pub(super) fn hive(tokens: &[TokenWithSpan]) -> bool {
    top_level(tokens).into_iter().any(|at| starts_insert(tokens, at))
}

fn starts_insert(tokens: &[TokenWithSpan], at: usize) -> bool {
    keyword(tokens, at) == Keyword::INSERT
        && matches!(keyword(tokens, at + 1), Keyword::OVERWRITE | Keyword::INTO)
}

/// What stands behind the list and what it is from.
const BEHIND: &str = "where group having order sort cluster distribute limit";

pub(super) fn hive_inserts<'a>(
    lower: &Lower<'_>,
    tokens: &'a [TokenWithSpan],
) -> Result<Head<'a>, Trouble> {
    let starts: Vec<usize> =
        top_level(tokens).into_iter().filter(|at| starts_insert(tokens, *at)).collect();
    let from = &tokens[..starts[0]];
    let mut kinds = Vec::new();
    for (number, start) in starts.iter().enumerate() {
        let end = starts.get(number + 1).copied().unwrap_or(tokens.len());
        let part = &tokens[*start..end];
        let mut at = 2;
        if keyword(part, at) == Keyword::TABLE {
            at += 1;
        }
        let (target, _) = name(lower, part, at)?;
        let select = |index: &usize| keyword(part, *index) == Keyword::SELECT;
        let Some(select) = top_level(part).into_iter().find(select) else {
            return Ok(Head::Opaque("this form of `insert`".to_owned()));
        };
        let clause = |index: &usize| {
            *index > select && BEHIND.split(' ').any(|word| is_word(part, *index, word))
        };
        let list_end = top_level(part).into_iter().find(clause).unwrap_or(part.len());
        let query = [&part[select..list_end], from, &part[list_end..]].concat();
        let replaces = keyword(part, 1) == Keyword::OVERWRITE
            && !top_level(part).into_iter().any(|at| keyword(part, at) == Keyword::PARTITION);
        let mode = if replaces { WriteMode::Replace } else { WriteMode::Append };
        kinds.push(write(lower, target, mode, Vec::new(), &query)?);
    }
    Ok(Head::Kinds(kinds))
}
