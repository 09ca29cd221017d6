//! Scalars as people write them.

use std::collections::BTreeSet;

use plumb_base::Part;

use super::{Term, number};

pub(super) fn text(text: &str) -> Vec<Part> {
    vec![Part::Text(text.to_owned())]
}

/// A constant as it is printed.
pub(super) fn literal(key: &str) -> Term {
    let shown = vec![Part::Literal(key.to_owned())];
    Term { key: number::plain(key).to_owned(), shown, ..Term::default() }
}

/// Stand around the name of a value that somebody chooses, in the key of what is made of it.
pub(super) const CHOSEN: [char; 2] = ['«', '»'];

/// A value that somebody chooses, by its name; `None` for one that was not understood.
///
/// One name is one value inside a dashboard or a program; what is said of two rests on it being the same.
pub(super) fn chosen(kind: &str, name: &str) -> Option<Term> {
    let [open, close] = CHOSEN;
    let term = || Term {
        key: format!("{open}{name}{close}"),
        shown: vec![Part::Name(name.to_owned())],
        ..Term::default()
    };
    matches!(kind, "parameter" | "value" | "variable").then(term)
}

/// Rows of some tables, counted.
pub(super) fn rows(name: &str, tables: &BTreeSet<String>) -> Vec<Part> {
    let mut parts = text(&format!("{name}(*) of "));
    for (at, table) in tables.iter().take(3).enumerate() {
        if at > 0 {
            parts.extend(text(", "));
        }
        let short = table.rsplit('.').next().unwrap_or(table);
        parts.push(Part::Name(short.to_owned()));
    }
    if tables.len() > 3 {
        parts.extend(text(", …"));
    }
    parts
}

/// How an operator stands between its arguments.
fn between(name: &str) -> Option<&'static str> {
    Some(match name {
        "add" => " + ",
        "sub" => " - ",
        "mul" => " * ",
        "div" | "div-int" | "div-safe" | "div-zero" => " / ",
        "eq" | "all-equal" => " = ",
        "ne" => " <> ",
        "lt" => " < ",
        "le" => " <= ",
        "and" => " and ",
        "or" => " or ",
        _ => return None,
    })
}

pub(super) fn call(name: &str, terms: &[Term], distinct: bool) -> Term {
    let mut keys: Vec<&str> = terms.iter().map(|term| term.key.as_str()).collect();
    if matches!(name, "add" | "mul" | "eq" | "ne" | "and" | "or" | "all-equal") {
        keys.sort_unstable();
    }
    let key = format!("{name}({}{})", if distinct { "distinct " } else { "" }, keys.join(", "));
    let vague = terms.iter().any(|term| term.vague);
    Term { key, shown: shown(name, terms, distinct), vague, ..Term::default() }
}

fn shown(name: &str, terms: &[Term], distinct: bool) -> Vec<Part> {
    let list = |between: &str, from: usize| {
        let mut parts = Vec::new();
        for (at, term) in terms[from..].iter().enumerate() {
            if at > 0 {
                parts.extend(text(between));
            }
            parts.extend(term.shown.iter().cloned());
        }
        parts
    };
    let wrapped = |before: &str, inside: Vec<Part>, after: &str| {
        let mut parts = text(before);
        parts.extend(inside);
        parts.extend(text(after));
        parts
    };
    match (name, terms) {
        // A constant is what something is compared with.
        ("eq", [constant, value]) if matches!(constant.shown.as_slice(), [Part::Literal(_)]) => {
            let mut parts = value.shown.clone();
            parts.extend(wrapped(" = ", constant.shown.clone(), ""));
            parts
        }
        ("not", [term]) => match term.key.strip_prefix("is-null(") {
            Some(_) => wrapped("", term.shown[..term.shown.len() - 1].to_vec(), " is not null"),
            None => wrapped("not (", list("", 0), ")"),
        },
        ("is-null", [_]) => wrapped("", list("", 0), " is null"),
        ("is-true", [_]) => list("", 0),
        ("in-list", [value, ..]) => {
            let mut parts = value.shown.clone();
            parts.extend(wrapped(" in (", list(", ", 1), ")"));
            parts
        }
        _ => match between(name) {
            Some(operator) if terms.len() > 1 => {
                let inner = list(operator, 0);
                if matches!(name, "add" | "sub" | "or") { wrapped("(", inner, ")") } else { inner }
            }
            _ => {
                let name = name.replace('-', "_");
                let before =
                    if distinct { format!("{name}(distinct ") } else { format!("{name}(") };
                wrapped(&before, list(", ", 0), ")")
            }
        },
    }
}

/// Conditions and results by turns, then what else.
pub(super) fn case(terms: &[Term], otherwise: Option<&Term>) -> Term {
    let (mut key, mut parts) = ("case".to_owned(), text("case"));
    for pair in terms.chunks_exact(2) {
        key = format!("{key} when {} then {}", pair[0].key, pair[1].key);
        for (word, term) in [(" when ", &pair[0]), (" then ", &pair[1])] {
            parts.extend(text(word));
            parts.extend(term.shown.iter().cloned());
        }
    }
    if let Some(last) = otherwise {
        key = format!("{key} else {}", last.key);
        parts.extend(text(" else "));
        parts.extend(last.shown.iter().cloned());
    }
    parts.extend(text(" end"));
    let vague = terms.iter().chain(otherwise).any(|term| term.vague);
    Term { key, shown: parts, vague, ..Term::default() }
}
