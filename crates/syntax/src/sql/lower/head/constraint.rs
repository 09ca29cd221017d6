//! What rows keep: constraints of `CREATE TABLE`, `ALTER TABLE` and `CREATE UNIQUE INDEX`.

use plumb_base::{Name, Span};
use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::{
    Head, Lower,
    create::behind_condition,
    look::{element_name, elements, is_word, name, phrase, word},
};
use crate::sql::{
    tokens,
    tree::{Change, Constraint, Ident, RowRule, StatementKind},
};

/// Constraints of the parenthesised list that tokens begin with: of its columns, and of the table.
pub(super) fn of_table(lower: &Lower<'_>, tokens: &[TokenWithSpan]) -> Vec<Constraint> {
    let of = |element: &&[TokenWithSpan]| match element_name(lower, element) {
        Some(column) => of_column(lower, element, &column),
        None => of_rows(lower, element).into_iter().collect(),
    };
    elements(tokens).iter().flat_map(of).collect()
}

/// `INHERITS (table, …)`: rows of the new table are rows of those, and no key tells them apart.
pub(super) fn of_parents(lower: &Lower<'_>, tokens: &[TokenWithSpan]) -> Vec<StatementKind> {
    let Some(at) = phrase(tokens, &["inherits"]) else { return Vec::new() };
    let parent = |element: &[TokenWithSpan]| {
        let (target, _) = name(lower, element, 0).ok()?;
        let change = Change { frees: true, ..Change::default() };
        Some(StatementKind::Alter { target, change })
    };
    elements(&tokens[at + 1..]).into_iter().filter_map(parent).collect()
}

/// `name type [NOT NULL] [PRIMARY KEY|UNIQUE] [REFERENCES table [(column)]]`.
fn of_column(lower: &Lower<'_>, element: &[TokenWithSpan], column: &Ident) -> Vec<Constraint> {
    let outside = outside(element);
    let says = |at: usize, words: &[&str]| {
        words.iter().enumerate().all(|(offset, word)| is_word(element, at + offset, word))
    };
    let mut found = Vec::new();
    let mut named = None;
    for at in outside.into_iter().skip(1) {
        let rule = if says(at, &["not", "null"]) && !is_word(element, at - 1, "is") {
            RowRule::NotNull(column.clone())
        } else if says(at, &["primary", "key"]) {
            RowRule::PrimaryKey(vec![column.clone()])
        } else if says(at, &["unique"]) {
            RowRule::Unique(vec![column.clone()])
        } else if says(at, &["references"])
            && let Some(rule) = references(lower, &element[at..], vec![column.clone()])
        {
            rule
        } else {
            if says(at, &["constraint"]) {
                named = element.get(at + 1..).and_then(|rest| ident(lower, rest));
            }
            continue;
        };
        found.push(constraint(rule, named.take(), element));
    }
    found
}

/// `[CONSTRAINT name] PRIMARY KEY (…)`, `UNIQUE (…)`, `FOREIGN KEY (…) REFERENCES …`; none where it is another one.
fn of_rows(lower: &Lower<'_>, element: &[TokenWithSpan]) -> Option<Constraint> {
    let named = is_word(element, 0, "constraint");
    let (label, rest) =
        if named { element.get(1..)?.split_at_checked(1)? } else { (&[][..], element) };
    let label = ident(lower, label);
    let list = rest.iter().position(|token| token.token == Token::LParen)?;
    let columns = || plain_columns(lower, &rest[list..]);
    let rule = if is_word(rest, 0, "primary") && is_word(rest, 1, "key") {
        RowRule::PrimaryKey(columns()?)
    } else if is_word(rest, 0, "unique") {
        RowRule::Unique(columns()?)
    } else if is_word(rest, 0, "foreign") && is_word(rest, 1, "key") {
        let at = (list..rest.len()).find(|at| is_word(rest, *at, "references"))?;
        references(lower, &rest[at..], columns()?)?
    } else {
        return None;
    };
    Some(constraint(rule, label, element))
}

fn constraint(rule: RowRule, name: Option<Ident>, tokens: &[TokenWithSpan]) -> Constraint {
    const UNCHECKED: &[&[&str]] =
        &[&["not", "enforced"], &["not", "valid"], &["novalidate"], &["disable"]];
    let unchecked = |at: usize| {
        UNCHECKED.iter().any(|words| {
            words.iter().enumerate().all(|(offset, word)| is_word(tokens, at + offset, word))
        })
    };
    let unchecked = (0..tokens.len()).any(unchecked);
    Constraint { rule, name, unchecked, span: extent(tokens) }
}

fn extent(tokens: &[TokenWithSpan]) -> Span {
    let [first, .., last] = tokens else {
        return tokens.first().map(|only| tokens::bytes(only.span)).unwrap_or_default();
    };
    Span { start: tokens::bytes(first.span).start, end: tokens::bytes(last.span).end }
}

/// `REFERENCES table [(columns)]`.
fn references(lower: &Lower<'_>, tokens: &[TokenWithSpan], columns: Vec<Ident>) -> Option<RowRule> {
    let (to, after) = name(lower, tokens, 1).ok()?;
    let listed = tokens.get(after).is_some_and(|token| token.token == Token::LParen);
    let to_columns = if listed { plain_columns(lower, &tokens[after..])? } else { Vec::new() };
    Some(RowRule::References { columns, to, to_columns })
}

/// Columns of a list, each perhaps with an order; none where one of them is computed, or is a span of time.
fn plain_columns(lower: &Lower<'_>, tokens: &[TokenWithSpan]) -> Option<Vec<Ident>> {
    let plain = |element: &&[TokenWithSpan]| {
        let computed = element.iter().any(|token| token.token == Token::LParen);
        let spans = (1..element.len()).any(|at| is_word(element, at, "without"));
        ident(lower, element).filter(|_| !computed && !spans)
    };
    let columns: Option<Vec<Ident>> = elements(tokens).iter().map(plain).collect();
    columns.filter(|columns| !columns.is_empty())
}

fn ident(lower: &Lower<'_>, tokens: &[TokenWithSpan]) -> Option<Ident> {
    let Token::Word(word) = &tokens.first()?.token else { return None };
    let name = lower.dialect.column_name(&word.value, word.quote_style.is_some());
    Some(Ident { name, span: tokens::bytes(tokens.first()?.span) })
}

/// Indices of tokens outside all parentheses and types in angle brackets.
fn outside(tokens: &[TokenWithSpan]) -> Vec<usize> {
    let (mut depth, mut found) = (0_i32, Vec::new());
    for (at, token) in tokens.iter().enumerate() {
        if depth == 0 {
            found.push(at);
        }
        depth += match token.token {
            Token::LParen | Token::Lt => 1,
            Token::RParen | Token::Gt => -1,
            Token::ShiftRight => -2,
            _ => 0,
        };
    }
    found
}

/// `UNIQUE INDEX [CONCURRENTLY] [IF NOT EXISTS] [name] ON [ONLY] table [USING method] (columns) …`; an index of some
/// rows or of what is computed keeps nothing of all rows.
pub(super) fn of_index<'a>(
    lower: &Lower<'_>,
    tokens: &'a [TokenWithSpan],
    kind: usize,
) -> Head<'a> {
    let read = || {
        let on = (kind..tokens.len()).find(|at| is_word(tokens, *at, "on"))?;
        let table = if is_word(tokens, on + 1, "only") { on + 2 } else { on + 1 };
        let (target, after) = name(lower, tokens, table).ok()?;
        let list = (after..tokens.len()).find(|at| tokens[*at].token == Token::LParen)?;
        let some = (list..tokens.len()).any(|at| is_word(tokens, at, "where"));
        let columns = plain_columns(lower, &tokens[list..]).filter(|_| !some)?;
        let mut label = kind + 1;
        if is_word(tokens, label, "concurrently") {
            label += 1;
        }
        let label = behind_condition(tokens, label);
        let label = if label < on { ident(lower, &tokens[label..]) } else { None };
        let adds = vec![constraint(RowRule::Unique(columns), label, &tokens[on..])];
        let change = Change { adds, ..Change::default() };
        Some(Head::one(StatementKind::Alter { target, change }))
    };
    let unique = (1..kind).any(|at| is_word(tokens, at, "unique"));
    if unique { read() } else { None }.unwrap_or_else(|| Head::other("create"))
}

/// `DROP INDEX [CONCURRENTLY] [IF EXISTS] name`.
pub(super) fn drop_index<'a>(lower: &Lower<'_>, tokens: &'a [TokenWithSpan]) -> Head<'a> {
    let mut at = if is_word(tokens, 2, "concurrently") { 3 } else { 2 };
    if is_word(tokens, at, "if") && is_word(tokens, at + 1, "exists") {
        at += 2;
    }
    match name(lower, tokens, at) {
        Ok((index, _)) => {
            Head::one(StatementKind::DropIndex { name: Name::new(index.name.table()) })
        }
        Err(_) => Head::other("drop"),
    }
}

/// `DROP [kind] TABLE | VIEW [IF EXISTS] name, …`; whatever else is dropped holds no rows.
pub(super) fn drop<'a>(lower: &Lower<'_>, tokens: &'a [TokenWithSpan]) -> Head<'a> {
    const KIND: usize = 3;
    let is_kind = |at: &usize| is_word(tokens, *at, "table") || is_word(tokens, *at, "view");
    let Some(kind) = (1..=KIND).find(is_kind) else { return Head::other("drop") };
    let is_there = is_word(tokens, kind + 1, "if") && is_word(tokens, kind + 2, "exists");
    let mut at = if is_there { kind + 3 } else { kind + 1 };
    let mut targets = Vec::new();
    while let Ok((target, after)) = name(lower, tokens, at) {
        targets.push(target);
        if tokens.get(after).is_none_or(|token| token.token != Token::Comma) {
            break;
        }
        at = after + 1;
    }
    if targets.is_empty() {
        Head::other("drop")
    } else {
        Head::one(StatementKind::Drop { targets })
    }
}

/// `ALTER TABLE name action, …`; whatever else is altered moves nothing.
pub(super) fn alter<'a>(lower: &Lower<'_>, tokens: &'a [TokenWithSpan]) -> Head<'a> {
    if !is_word(tokens, 1, "table") {
        return Head::other("alter");
    }
    let at = if is_word(tokens, 2, "if") { 4 } else { 2 };
    let only = is_word(tokens, at, "only")
        && tokens.get(at + 1).is_some_and(|it| word(&it.token).is_some());
    let Ok((target, after)) = name(lower, tokens, at + usize::from(only)) else {
        return Head::other("alter");
    };
    let mut change = Change::default();
    let commas = |at: &usize| tokens[after..][*at].token == Token::Comma;
    let mut start = after;
    let ends = outside(&tokens[after..]).into_iter().filter(commas).map(|at| after + at);
    for end in ends.chain([tokens.len()]) {
        action(lower, &tokens[start..end], &mut change);
        start = end + 1;
    }
    if change == Change::default() {
        return Head::other("alter");
    }
    Head::one(StatementKind::Alter { target, change })
}

/// Words behind `ADD` or `DROP` that begin something other than a column.
const OF_ROWS: &str = "constraint primary unique foreign check exclude key";

fn action(lower: &Lower<'_>, tokens: &[TokenWithSpan], change: &mut Change) {
    let starts = |words: &str, at: usize| words.split(' ').any(|it| is_word(tokens, at, it));
    let has = |words: &[&str]| {
        (1..tokens.len()).find(|at| {
            words.iter().enumerate().all(|(offset, word)| is_word(tokens, at + offset, word))
        })
    };
    if starts("add", 0) && starts(OF_ROWS, 1) {
        change.adds.extend(of_rows(lower, &tokens[1..]));
    } else if starts("drop", 0) && starts(OF_ROWS, 1) {
        change.frees = true;
    } else if starts("add drop", 0) {
        change.columns |= !starts("partition", 1);
        change.frees |= starts("drop", 0);
    } else if starts("rename swap exchange", 0) {
        change.columns |= starts("rename", 0);
        change.frees = true;
    } else if starts("alter modify change", 0) {
        change.frees |=
            has(&["drop", "not", "null"]).is_some() || has(&["not", "enforced"]).is_some();
        let column = if is_word(tokens, 1, "column") { 2 } else { 1 };
        if let Some(at) = has(&["set", "not", "null"])
            && at == column + 1
            && let Some(column) = ident(lower, &tokens[column..])
        {
            change.adds.push(constraint(RowRule::NotNull(column), None, tokens));
        }
    }
}
