//! The methods of Python's strings.

use std::sync::Arc;

use super::format;
use super::hole::MARK;
use super::operate::{TEXT_LIMIT, truth};
use super::value::{Args, Value};

/// Calls a method of a text; `None` if texts have no such method.
pub(super) fn method(text: &str, name: &str, args: &Args) -> Option<Value> {
    let argument = |at, name| args.text(at, name).map(AsRef::<str>::as_ref);
    Some(match name {
        "upper" => Value::text(cased(text, str::to_uppercase)),
        "lower" | "casefold" => Value::text(cased(text, str::to_lowercase)),
        "title" => Value::text(cased(text, title)),
        "capitalize" => Value::text(cased(text, capitalize)),
        "swapcase" => Value::text(cased(text, swapcase)),
        "strip" => Value::text(stripped(text, argument(0, "chars"), true, true)),
        "lstrip" => Value::text(stripped(text, argument(0, "chars"), true, false)),
        "rstrip" => Value::text(stripped(text, argument(0, "chars"), false, true)),
        "replace" => Value::text(replaced(text, args)),
        "removeprefix" => Value::text(text.strip_prefix(argument(0, "prefix")?).unwrap_or(text)),
        "removesuffix" => Value::text(text.strip_suffix(argument(0, "suffix")?).unwrap_or(text)),
        "split" | "rsplit" | "splitlines" | "partition" | "rpartition" => {
            return parts(text, name, args);
        }
        "startswith" => Value::Bool(affixed(args, |affix| text.starts_with(affix))),
        "endswith" => Value::Bool(affixed(args, |affix| text.ends_with(affix))),
        "find" | "index" | "rfind" | "rindex" => {
            let part = argument(0, "sub")?;
            let at = if name.starts_with('r') { text.rfind(part) } else { text.find(part) };
            let at = at.map(|at| text[..at].chars().count());
            Value::Int(at.and_then(|at| i128::try_from(at).ok()).unwrap_or(-1))
        }
        "count" => {
            let part = argument(0, "sub")?;
            Value::Int(i128::try_from(text.matches(part).count()).unwrap_or(0))
        }
        "format" => Value::text(format::braces(text, args)),
        "format_map" => Value::text(format::braces(text, args)),
        "encode" | "decode" | "__str__" | "expandtabs" => Value::text(text),
        "zfill" => Value::text(zero_filled(text, width(args)?)),
        "ljust" => Value::text(padded(text, args, |room| (0, room))?),
        "rjust" => Value::text(padded(text, args, |room| (room, 0))?),
        "center" => Value::text(padded(text, args, |room| (room / 2, room - room / 2))?),
        _ => Value::Bool(kind(text, name)?),
    })
}

/// Changes the case of a text, but not of the holes in it.
fn cased(text: &str, change: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(MARK) {
        let digits = &rest[at + MARK.len()..];
        let end = digits.find("__").map_or(rest.len(), |end| at + MARK.len() + end + 2);
        out.push_str(&change(&rest[..at]));
        out.push_str(&rest[at..end]);
        rest = &rest[end..];
    }
    out.push_str(&change(rest));
    out
}

fn title(text: &str) -> String {
    let mut inside = false;
    let letters = text.chars().flat_map(|letter| {
        let was_inside = std::mem::replace(&mut inside, letter.is_alphabetic());
        if was_inside {
            letter.to_lowercase().collect::<Vec<_>>()
        } else {
            letter.to_uppercase().collect()
        }
    });
    letters.collect()
}

fn capitalize(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters.flat_map(char::to_lowercase)).collect()
    })
}

fn swapcase(text: &str) -> String {
    let swapped = text.chars().flat_map(|letter| {
        if letter.is_uppercase() {
            letter.to_lowercase().collect::<Vec<_>>()
        } else {
            letter.to_uppercase().collect()
        }
    });
    swapped.collect()
}

/// Strips white space or the given letters.
pub(super) fn stripped<'t>(
    text: &'t str,
    letters: Option<&str>,
    left: bool,
    right: bool,
) -> &'t str {
    let is_stripped =
        |letter: char| letters.map_or(letter.is_whitespace(), |set| set.contains(letter));
    let text = if left { text.trim_start_matches(is_stripped) } else { text };
    if right { text.trim_end_matches(is_stripped) } else { text }
}

fn replaced(text: &str, args: &Args) -> String {
    let (Some(old), Some(new)) = (args.text(0, "old"), args.text(1, "new")) else {
        return text.to_owned();
    };
    let count = args.int(2, "count").and_then(|count| usize::try_from(count).ok());
    // A little more than a text may be is enough for it to be refused.
    let most = TEXT_LIMIT / new.len().max(1) + 1;
    match count {
        Some(count) if count <= most => text.replacen(old.as_ref(), new, count),
        _ if text.matches(old.as_ref()).nth(most).is_some() => new.repeat(most),
        Some(count) => text.replacen(old.as_ref(), new, count),
        None => text.replace(old.as_ref(), new),
    }
}

fn parts(text: &str, name: &str, args: &Args) -> Option<Value> {
    let separator = args.text(0, "sep").map(AsRef::<str>::as_ref).filter(|sep| !sep.is_empty());
    let limit = args.int(1, "maxsplit").and_then(|limit| usize::try_from(limit).ok());
    let found: Vec<&str> = match (name, separator, limit) {
        ("splitlines", _, _) => text.lines().collect(),
        ("partition" | "rpartition", Some(separator), _) => {
            let is_last = name == "rpartition";
            let split = if is_last { text.rfind(separator) } else { text.find(separator) };
            let triple = match split {
                Some(at) => [&text[..at], separator, &text[at + separator.len()..]],
                None if is_last => ["", "", text],
                None => [text, "", ""],
            };
            return Some(Value::tuple(triple.into_iter().map(Value::text).collect()));
        }
        ("partition" | "rpartition", None, _) => return None,
        ("rsplit", Some(separator), Some(limit)) => {
            let mut found: Vec<_> = text.rsplitn(limit + 1, separator).collect();
            found.reverse();
            found
        }
        (_, Some(separator), Some(limit)) => text.splitn(limit + 1, separator).collect(),
        (_, Some(separator), None) => text.split(separator).collect(),
        (_, None, Some(limit)) => words(text, limit),
        (_, None, None) => text.split_whitespace().collect(),
    };
    Some(Value::list(found.into_iter().map(Value::text).collect()))
}

fn words(text: &str, limit: usize) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let end = rest.find(char::is_whitespace).filter(|_| found.len() < limit);
        let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
        found.push(word);
        rest = after.trim_start();
    }
    found
}

fn affixed(args: &Args, has: impl Fn(&str) -> bool) -> bool {
    match args.positional.first() {
        Some(Value::Text(affix)) => has(affix),
        Some(Value::Tuple(affixes) | Value::List(affixes)) => {
            affixes.0.borrow().iter().filter_map(Value::as_text).any(|affix: &Arc<str>| has(affix))
        }
        _ => false,
    }
}

fn width(args: &Args) -> Option<usize> {
    usize::try_from(args.int(0, "width")?).ok().map(|width| width.min(1 << 16))
}

fn zero_filled(text: &str, width: usize) -> String {
    let (sign, digits) = match text.strip_prefix(['-', '+']) {
        Some(digits) => text.split_at(text.len() - digits.len()),
        None => ("", text),
    };
    let zeros = width.saturating_sub(text.chars().count());
    format!("{sign}{}{digits}", "0".repeat(zeros))
}

fn padded(text: &str, args: &Args, sides: impl Fn(usize) -> (usize, usize)) -> Option<String> {
    let fill = args.text(1, "fillchar").map_or(" ", AsRef::<str>::as_ref);
    let (left, right) = sides(width(args)?.saturating_sub(text.chars().count()));
    Some(format!("{}{text}{}", fill.repeat(left), fill.repeat(right)))
}

fn kind(text: &str, name: &str) -> Option<bool> {
    let all = |is: fn(char) -> bool| !text.is_empty() && text.chars().all(is);
    Some(match name {
        "isdigit" | "isdecimal" | "isnumeric" => all(char::is_numeric),
        "isalpha" => all(char::is_alphabetic),
        "isalnum" => all(char::is_alphanumeric),
        "isspace" => all(char::is_whitespace),
        "isupper" => text.chars().any(char::is_alphabetic) && text == text.to_uppercase(),
        "islower" => text.chars().any(char::is_alphabetic) && text == text.to_lowercase(),
        "isidentifier" => {
            let is_letter = |letter: char| letter.is_alphanumeric() || letter == '_';
            text.chars().all(is_letter) && !text.starts_with(|c: char| c.is_ascii_digit())
        }
        "__len__" => truth(&Value::text(text))?,
        _ => return None,
    })
}
