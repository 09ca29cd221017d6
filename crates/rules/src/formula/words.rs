//! Scalars as people write them.

use std::collections::BTreeSet;

use plumb_base::Part;

use plumb_ir::{Literal, Type};

use super::{Counted, Term, counted::is_absent, number, rows::names_a_day};

pub(super) fn text(text: &str) -> Vec<Part> {
    vec![Part::Text(text.to_owned())]
}

/// A constant, and how it is printed.
pub(super) fn literal(literal: &Literal, printed: &str) -> Term {
    let text = match literal {
        Literal::Text(text) => Some(text.clone()),
        _ => None,
    };
    let moment = matches!(
        literal,
        Literal::Typed(
            Type::Date | Type::Timestamp | Type::TimestampZoned | Type::TimestampLocal,
            _
        )
    );
    let moves = moment || text.as_deref().is_some_and(names_a_day);
    let shown = vec![Part::Literal(printed.to_owned())];
    Term { key: number::plain(printed).to_owned(), shown, text, moves, ..Term::default() }
}

pub(super) fn is_literal(term: &Term) -> bool {
    matches!(term.shown.as_slice(), [Part::Literal(_)])
}

/// A value that somebody chooses, by its name; `None` for one that was not understood.
///
/// One name is one value inside a dashboard or a program; what is said of two rests on it being the same.
pub(super) fn chosen(kind: &str, name: &str) -> Option<Term> {
    let term = || Term {
        key: format!("«{name}»"),
        shown: vec![Part::Name(name.to_owned())],
        moves: true,
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
        "add" | "add-open" => " + ",
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
    let now = ["current-date", "current-timestamp"].iter().any(|now| name.contains(now));
    let moves = now || terms.iter().any(|term| term.moves);
    let does = Counted::by(name, terms);
    Term { key, shown: shown(name, terms, distinct), vague, moves, does, ..Term::default() }
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
        ("eq", [constant, value]) if is_literal(constant) => {
            let mut parts = value.shown.clone();
            parts.extend(wrapped(" = ", constant.shown.clone(), ""));
            parts
        }
        ("not", [term]) if is_absent(term) => {
            wrapped("", term.shown[..term.shown.len() - 1].to_vec(), " is not null")
        }
        ("not", [_]) => wrapped("not (", list("", 0), ")"),
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
                if matches!(name, "add" | "add-open" | "sub" | "or") {
                    wrapped("(", inner, ")")
                } else {
                    inner
                }
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
    let moves = terms.iter().chain(otherwise).any(|term| term.moves);
    Term { key, shown: parts, vague, moves, ..Term::default() }
}
