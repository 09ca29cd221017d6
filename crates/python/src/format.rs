//! Texts that are filled in: `%`, `format`, `replace`, `join`.

use plumb_base::{MappedText, Span};
use ruff_python_ast::{Arguments, Expr, ExprCall};

use crate::{
    program::span,
    text::{Part, Text, Unknown},
    walk::Walk,
};

/// How a placeholder is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fill {
    /// With the text that a value prints.
    Printed,
    /// With the value itself, by the driver: it is never a part of the text.
    Bound,
}

/// `template % values`
pub(crate) fn percent(walk: &mut Walk<'_>, template: &Text, values: &Expr) -> Text {
    filled_percent(walk, template, values, Fill::Printed)
}

/// `execute(template, values)`: placeholders that begin with `%`; others are SQL.
pub(crate) fn bound(walk: &mut Walk<'_>, template: &Text, values: &Expr) -> Text {
    filled_percent(walk, template, values, Fill::Bound)
}

fn filled_percent(walk: &mut Walk<'_>, template: &Text, values: &Expr, fill: Fill) -> Text {
    let mut next = 0;
    filled(template, |text, at| {
        let rest = &text.text[at..];
        if !rest.starts_with('%') {
            return None;
        }
        if rest.starts_with("%%") {
            return Some((Text::known(text.cut(at..at + 1)), 2));
        }
        let (name, start) = match rest.strip_prefix("%(").and_then(|rest| rest.split_once(')')) {
            Some((name, _)) => (Some(name), name.len() + 3),
            None => (None, 1),
        };
        let flags = rest[start..].find(|letter: char| !"-+ #0123456789.".contains(letter))?;
        let kind = rest[start + flags..].chars().next()?;
        if !kind.is_ascii_alphabetic() || fill == Fill::Bound && (kind != 's' || flags > 0) {
            return None;
        }
        let value = match name {
            Some(name) => keyed(values, name),
            None => positioned(values, next),
        };
        next += usize::from(name.is_none());
        let place = name.map_or_else(|| (next - 1).to_string(), |name| format!("{name:?}"));
        let text = match (value, fill) {
            (Some(value), Fill::Printed) => {
                let written = walk.written(value);
                walk.printed(value, &written)
            }
            (Some(value), Fill::Bound) => {
                let written = walk.written(value);
                // What it prints would be another thing.
                let unknown = match walk.unknown(value, &written) {
                    Unknown::Parameter(name) | Unknown::Expression(name) => {
                        Unknown::Expression(format!("value of {name}"))
                    }
                };
                Text::hole(unknown, walk.place(span(value)))
            }
            (None, _) => {
                let written = format!("{}[{place}]", walk.written(values));
                Text::hole(walk.unknown(values, &written), walk.place(span(values)))
            }
        };
        Some((text, start + flags + 1))
    })
}

/// The value of a position: one of a tuple, or the only one.
fn positioned(values: &Expr, position: usize) -> Option<&Expr> {
    match values {
        Expr::Tuple(tuple) => tuple.elts.get(position),
        Expr::List(list) => list.elts.get(position),
        Expr::StringLiteral(_)
        | Expr::FString(_)
        | Expr::NumberLiteral(_)
        | Expr::Attribute(_)
        | Expr::Subscript(_)
        | Expr::Call(_)
        | Expr::Name(_)
        | Expr::BinOp(_)
            if position == 0 =>
        {
            Some(values)
        }
        _ => None,
    }
}

fn keyed<'e>(values: &'e Expr, name: &str) -> Option<&'e Expr> {
    let Expr::Dict(dict) = values else { return None };
    dict.iter().find_map(|item| match &item.key {
        Some(Expr::StringLiteral(key)) if key.value.to_str() == name => Some(&item.value),
        _ => None,
    })
}

/// `template.format(values)`
pub(crate) fn braces(walk: &mut Walk<'_>, template: &Text, values: &Arguments) -> Text {
    let mut next = 0;
    filled(template, |text, at| {
        let rest = &text.text[at..];
        if rest.starts_with("{{") || rest.starts_with("}}") {
            return Some((Text::known(text.cut(at..at + 1)), 2));
        }
        let inner = rest.strip_prefix('{')?;
        let inner = &inner[..inner.find('}')?];
        let len = inner.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
        let (field, more) = inner.split_at(len.unwrap_or(inner.len()));
        if !(more.is_empty() || more.starts_with(['.', '[', '!', ':'])) {
            return None;
        }
        let value = if field.is_empty() {
            next += 1;
            values.args.get(next - 1)
        } else if let Ok(position) = field.parse::<usize>() {
            values.args.get(position)
        } else {
            let named = |keyword: &&ruff_python_ast::Keyword| {
                keyword.arg.as_ref().is_some_and(|name| name.as_str() == field)
            };
            values.keywords.iter().find(named).map(|keyword| &keyword.value)
        };
        let text = match value {
            Some(Expr::Starred(_)) | None => {
                let unknown = Unknown::Expression(format!("{field}{more} of format"));
                Text::hole(unknown, walk.place(span(values)))
            }
            Some(value) if more.is_empty() => {
                let written = walk.written(value);
                walk.printed(value, &written)
            }
            Some(value) => {
                let written = format!("{}{more}", walk.written(value));
                Text::hole(walk.unknown(value, &written), walk.place(span(value)))
            }
        };
        Some((text, inner.len() + 2))
    })
}

/// A text in which `fill` says what stands at a byte instead of so many bytes, if something else does.
fn filled(
    template: &Text,
    mut fill: impl FnMut(&MappedText, usize) -> Option<(Text, usize)>,
) -> Text {
    let mut whole = Text::default();
    for part in template.parts() {
        let Part::Known(text) = part else {
            whole.push(Text::from(part.clone()));
            continue;
        };
        let (mut taken, mut at) = (0, 0);
        while let Some(letter) = text.text[at..].chars().next() {
            let Some((instead, len)) = fill(text, at) else {
                at += letter.len_utf8();
                continue;
            };
            whole.push(Text::known(text.cut(taken..at)));
            if whole.is_too_long() {
                return whole;
            }
            let place = text.map.to_file(Span::new(at, at + len));
            whole.push(instead.in_place_of(place));
            at += len;
            taken = at;
        }
        whole.push(Text::known(text.from(taken)));
    }
    whole
}

/// `text.replace(old, new)`; not where `old` may stand in what is not known.
pub(crate) fn replaced(walk: &mut Walk<'_>, text: &Expr, call: &ExprCall) -> Option<Text> {
    let [old, new] = call.arguments.args.as_ref() else { return None };
    let text = walk.text(text)?;
    text.whole()?;
    let old = walk.text(old)?.whole().filter(|old| !old.is_empty())?;
    let written = walk.written(new);
    let new = walk.printed(new, &written);
    Some(filled(&text, |text, at| {
        text.text[at..].starts_with(&old).then(|| (new.clone(), old.len()))
    }))
}

/// `between.join([…])`, where the list is written out.
pub(crate) fn joined(walk: &mut Walk<'_>, between: &Expr, list: &Expr) -> Option<Text> {
    let between = walk.text(between)?;
    let items = match list {
        Expr::List(list) => &list.elts,
        Expr::Tuple(tuple) => &tuple.elts,
        _ => return None,
    };
    let mut whole = Text::default();
    for (at, item) in items.iter().enumerate() {
        if matches!(item, Expr::Starred(_)) {
            return None;
        }
        if at > 0 {
            whole.push(between.clone());
        }
        let written = walk.written(item);
        whole.push(walk.printed(item, &written));
    }
    Some(whole)
}
