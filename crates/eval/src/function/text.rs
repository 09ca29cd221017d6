//! Functions of texts. Arguments are neither NULL nor symbols.

use crate::{number::NumberKind, unable::Unable, value::Value};

/// Letters that a text may become.
const LONGEST: usize = 4096;

/// The value, if it is such a function.
pub(super) fn call(name: &str, args: &[Value]) -> Result<Option<Value>, Unable> {
    let done = match (name, args) {
        ("concat", _) => return concat(args),
        ("lower", [Value::Text(text)]) => Value::text(&text.to_lowercase()),
        ("upper", [Value::Text(text)]) => Value::text(&text.to_uppercase()),
        ("trim", [Value::Text(text)]) => Value::text(text.trim_matches(' ')),
        ("ltrim", [Value::Text(text)]) => Value::text(text.trim_start_matches(' ')),
        ("rtrim", [Value::Text(text)]) => Value::text(text.trim_end_matches(' ')),
        ("reverse", [Value::Text(text)]) => Value::text(&text.chars().rev().collect::<String>()),
        ("length", [Value::Text(text)]) => {
            Value::whole(i64::try_from(text.chars().count()).unwrap_or(i64::MAX))
        }
        ("replace", [Value::Text(text), Value::Text(from), Value::Text(to)])
            if !from.is_empty() && text.len() * (to.len() + 1) <= LONGEST =>
        {
            Value::text(&text.replace(from.as_ref(), to))
        }
        ("starts-with", [Value::Text(text), Value::Text(part)]) => {
            Value::Bool(text.starts_with(part.as_ref()))
        }
        ("ends-with", [Value::Text(text), Value::Text(part)]) => {
            Value::Bool(text.ends_with(part.as_ref()))
        }
        ("contains", [Value::Text(text), Value::Text(part)]) => {
            Value::Bool(text.contains(part.as_ref()))
        }
        ("substring", [Value::Text(text), Value::Number(from)]) => {
            let Some(from) = from.as_whole().filter(|from| *from > 0) else { return Ok(None) };
            Value::text(&part(text, from, i64::MAX))
        }
        ("substring", [Value::Text(text), Value::Number(from), Value::Number(count)]) => {
            let (Some(from), Some(count)) = (from.as_whole(), count.as_whole()) else {
                return Ok(None);
            };
            if count < 0 {
                return Err(Unable::Fails("a part of negative length"));
            }
            Value::text(&part(text, from, count))
        }
        ("left", [Value::Text(text), Value::Number(count)]) => match count.as_whole() {
            Some(count) => Value::text(&part(text, 1, count.max(0))),
            None => return Ok(None),
        },
        ("like", [Value::Text(text), Value::Text(pattern)]) if !pattern.contains('\\') => {
            Value::Bool(like(text, pattern))
        }
        ("ilike", [Value::Text(text), Value::Text(pattern)]) if !pattern.contains('\\') => {
            Value::Bool(like(&text.to_lowercase(), &pattern.to_lowercase()))
        }
        _ => return Ok(None),
    };
    Ok(Some(done))
}

fn concat(args: &[Value]) -> Result<Option<Value>, Unable> {
    let mut text = String::new();
    for arg in args {
        match arg {
            Value::Text(part) => text.push_str(part),
            Value::Number(number) if number.kind() == NumberKind::Whole => {
                text.push_str(&number.to_string());
            }
            _ => return Ok(None),
        }
    }
    if text.len() > LONGEST {
        return Err(Unable::TooMuch);
    }
    Ok(Some(Value::text(&text)))
}

/// Letters from a place on, counted from 1; what lies before counts as there and empty.
fn part(text: &str, from: i64, count: i64) -> String {
    let end = from.saturating_add(count);
    let inside = |(at, _): &(i64, char)| (from..end).contains(at);
    (1..).zip(text.chars()).filter(inside).map(|(_, letter)| letter).collect()
}

/// Whether a text fits a pattern of `%` and `_`.
pub(crate) fn like(text: &str, pattern: &str) -> bool {
    let (text, pattern): (Vec<char>, Vec<char>) =
        (text.chars().collect(), pattern.chars().collect());
    // Reachable places in the text after each letter of the pattern.
    let mut places = vec![false; text.len() + 1];
    places[0] = true;
    for letter in pattern {
        let mut next = vec![false; text.len() + 1];
        for (at, here) in places.iter().enumerate() {
            match letter {
                '%' => next[at] = *here || (at > 0 && next[at - 1]),
                _ if at < text.len() && *here && (letter == '_' || letter == text[at]) => {
                    next[at + 1] = true;
                }
                _ => {}
            }
        }
        places = next;
    }
    places[text.len()]
}
