//! The first rows of the first rows are the first rows; skipping none skips nothing.

use plumb_ir::{Arena, Literal, Rel, RelId, ScalarId};

use crate::{Apply, Rewrite, Stage};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "limits",
    stage: Stage::Predicates,
    page: include_str!("limits.md"),
    apply: Apply::Rel(apply),
};

fn apply(arena: &mut Arena, rel: RelId) -> Option<RelId> {
    let Rel::Limit { input, order, limit, offset } = arena.get_rel(rel).clone() else {
        return None;
    };
    if offset.is_some_and(|offset| number(arena, offset) == Some(0)) {
        if limit.is_none() && order.is_empty() {
            return Some(input);
        }
        return Some(arena.rel(Rel::Limit { input, order, limit, offset: None }));
    }
    let (None, Some(few)) = (offset, limit.and_then(|limit| number(arena, limit))) else {
        return None;
    };
    let Rel::Limit { input: below, order: inner, limit: Some(most), offset } =
        arena.get_rel(input).clone()
    else {
        return None;
    };
    // Which rows come first of rows that have an order nobody has said for them above.
    if !order.is_empty() || !inner.is_empty() {
        return None;
    }
    let most = number(arena, most)?;
    let limit = Some(arena.literal(Literal::Integer(few.min(most))));
    Some(arena.rel(Rel::Limit { input: below, order, limit, offset }))
}

fn number(arena: &Arena, id: ScalarId) -> Option<i128> {
    match arena.as_literal(id) {
        Some(Literal::Integer(number)) if *number >= 0 => Some(*number),
        _ => None,
    }
}
