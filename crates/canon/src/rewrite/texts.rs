//! Texts that are cut, trimmed, folded, put together and compared with patterns, written one way.

use plumb_ir::{Arena, Literal, RelId, ScalarId, Type};

use crate::{
    Apply, Known, Rewrite, Stage,
    walk::{Rule, Site, simplified},
};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "texts",
    stage: Stage::Predicates,
    page: include_str!("texts.md"),
    apply: Apply::Known(apply),
};

fn apply(arena: &mut Arena, known: &mut Known, rel: RelId) -> Option<RelId> {
    simplified(arena, known, rel, &RULE)
}

static RULE: Rule = Rule {
    looks_at: &[
        "ansi-ltrim",
        "ansi-rtrim",
        "ansi-trim",
        "bigquery-ltrim",
        "bigquery-rtrim",
        "bigquery-trim",
        "concat",
        "duckdb-ltrim",
        "duckdb-rtrim",
        "duckdb-trim",
        "left",
        "like",
        "lower",
        "ltrim",
        "rtrim",
        "starts-with",
        "substring",
        "trim",
        "trino-ltrim",
        "trino-rtrim",
        "trino-trim",
        "upper",
    ],
    around: &["eq"],
    apply: one_way,
};

fn one_way(arena: &mut Arena, _: &mut Known, site: &Site<'_>, id: ScalarId) -> Option<ScalarId> {
    let (name, args) = arena.as_call(id)?;
    match (name, args) {
        ("lower" | "upper", &[inner]) => (arena.as_call(inner)?.0 == name).then_some(inner),
        (name, &[inner]) if name.ends_with("trim") => trimmed(arena, id, inner),
        ("left", &[text, count]) => {
            let count = number(arena, count).filter(|count| *count >= 1)?;
            Some(cut(arena, text, 1, Some(count)))
        }
        ("substring", &[text, ..]) => {
            let (_, start, count) = part(arena, id)?;
            let (inner, first, most) = part(arena, text)?;
            let most = most.map(|most| most.saturating_sub(start - 1).max(0));
            let count = match (count, most) {
                (Some(count), Some(most)) => Some(count.min(most)),
                (count, most) => count.or(most),
            };
            if count == Some(0) {
                return None;
            }
            Some(cut(arena, inner, first.checked_add(start - 1)?, count))
        }
        ("eq", &[one, two]) => {
            begins(arena, site, one, two).or_else(|| begins(arena, site, two, one))
        }
        ("starts-with", &[text, prefix]) => {
            let prefix = words(arena, prefix)?.to_owned();
            prefixed(arena, site, text, &prefix)
        }
        ("like", &[text, pattern]) => {
            let pattern = words(arena, pattern).filter(|pattern| !pattern.contains('\\'))?;
            let shorter = pattern.replace("%%", "%");
            (shorter.len() < pattern.len()).then(|| like(arena, text, shorter))
        }
        ("concat", args) => {
            let args = args.to_vec();
            put_together(arena, site, &args)
        }
        _ => None,
    }
}

/// What is trimmed on one side and on the other is trimmed on both.
fn trimmed(arena: &mut Arena, id: ScalarId, inner: ScalarId) -> Option<ScalarId> {
    let (outer, _) = arena.as_call(id)?;
    let (name, &[text]) = arena.as_call(inner)? else { return None };
    // Dialects do not trim the same letters; a dialect's own functions do.
    let ((of, side), (other, first)) = (trims(outer)?, trims(name)?);
    if of != other {
        return None;
    }
    if side == first || first == "trim" {
        return Some(inner);
    }
    let both = format!("{of}trim");
    Some(arena.call(&both, vec![text]))
}

/// Whose function it is, and which side it trims.
fn trims(name: &str) -> Option<(&str, &str)> {
    ["ltrim", "rtrim", "trim"].iter().find_map(|side| Some((name.strip_suffix(side)?, *side)))
}

/// A part of a text from a letter on, which is 1 or more, and how many letters it has at most.
fn part(arena: &Arena, id: ScalarId) -> Option<(ScalarId, i128, Option<i128>)> {
    let (text, start, count) = match arena.as_call(id)? {
        ("substring", &[text, start]) => (text, start, None),
        ("substring", &[text, start, count]) => (text, start, Some(number(arena, count)?)),
        _ => return None,
    };
    let start = number(arena, start).filter(|start| *start >= 1)?;
    // Less than none is an error, or empty, by dialect.
    (count.is_none_or(|count| count >= 0)).then_some((text, start, count))
}

fn cut(arena: &mut Arena, text: ScalarId, start: i128, count: Option<i128>) -> ScalarId {
    let numbers = std::iter::once(start).chain(count);
    let mut args = vec![text];
    args.extend(numbers.map(|number| arena.literal(Literal::Integer(number))));
    arena.call("substring", args)
}

/// A text whose first letters are these, all of which are compared.
fn begins(arena: &mut Arena, site: &Site<'_>, one: ScalarId, two: ScalarId) -> Option<ScalarId> {
    let (text, 1, Some(count)) = part(arena, one)? else { return None };
    let prefix = words(arena, two)?.to_owned();
    // A blank at the end does not count where texts are filled up with blanks.
    let whole = i128::try_from(prefix.chars().count()).is_ok_and(|letters| letters == count);
    if !whole || prefix.ends_with(' ') {
        return None;
    }
    prefixed(arena, site, text, &prefix)
}

fn prefixed(arena: &mut Arena, site: &Site<'_>, text: ScalarId, prefix: &str) -> Option<ScalarId> {
    let plain = !prefix.is_empty() && !prefix.contains(['%', '_', '\\']);
    (plain && site.scope.type_of(arena, text) == Type::Text)
        .then(|| like(arena, text, format!("{prefix}%")))
}

fn like(arena: &mut Arena, text: ScalarId, pattern: String) -> ScalarId {
    let pattern = arena.literal(Literal::Text(pattern));
    arena.call("like", vec![text, pattern])
}

/// Texts put together from texts that were put together.
fn put_together(arena: &mut Arena, site: &Site<'_>, args: &[ScalarId]) -> Option<ScalarId> {
    let mut flat = Vec::new();
    for arg in args {
        match arena.as_call(*arg) {
            Some(("concat", inner)) => flat.extend_from_slice(inner),
            _ => flat.push(*arg),
        }
    }
    let is_text =
        |id: &ScalarId| words(arena, *id).is_some() || site.scope.type_of(arena, *id) == Type::Text;
    if !flat.iter().all(is_text) {
        return None;
    }
    let mut joined: Vec<ScalarId> = Vec::new();
    for part in flat {
        let both = joined.last().and_then(|last| Some((words(arena, *last)?, words(arena, part)?)));
        match both.map(|(one, two)| format!("{one}{two}")) {
            Some(text) => {
                joined.pop();
                joined.push(arena.literal(Literal::Text(text)));
            }
            None => joined.push(part),
        }
    }
    (joined != args && joined.len() > 1).then(|| arena.call("concat", joined))
}

fn number(arena: &Arena, id: ScalarId) -> Option<i128> {
    match arena.as_literal(id)? {
        Literal::Integer(number) => Some(*number),
        _ => None,
    }
}

fn words(arena: &Arena, id: ScalarId) -> Option<&str> {
    match arena.as_literal(id)? {
        Literal::Text(text) => Some(text),
        _ => None,
    }
}
