//! Which rows a number counts.

use plumb_ir::{Arena, Literal, Scalar, ScalarId};

/// Whether a text is a day, or a moment of one: `2026-01-31`.
pub(super) fn names_a_day(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let number = |part: Option<&str>, most: usize| {
        part.is_some_and(|part| {
            let digits = part.chars().take_while(char::is_ascii_digit).count();
            digits > 0 && digits <= most
        })
    };
    number(parts.next(), 4) && number(parts.next(), 2) && number(parts.next(), 2)
}

/// The condition whose rows are counted one by one: `sum(case when … then 1 end)`.
pub(super) fn condition(arena: &Arena, name: &str, args: &[ScalarId]) -> Option<ScalarId> {
    let [arg] = args else { return None };
    let Scalar::Case { branches, otherwise } = arena.get_scalar(*arg) else { return None };
    let [(when, then)] = branches.as_slice() else { return None };
    let one = arena.as_literal(*then)?;
    let none = otherwise.is_none_or(|other| {
        arena.as_literal(other) == Some(&Literal::Null) || name == "sum" && is_nothing(arena, other)
    });
    let counts = match name {
        "sum" => *one == Literal::Integer(1),
        "count" => *one != Literal::Null,
        _ => false,
    };
    (counts && none).then_some(*when)
}

/// Whether a value adds nothing to a sum.
pub(super) fn is_nothing(arena: &Arena, id: ScalarId) -> bool {
    arena.as_literal(id) == Some(&Literal::Null) || is_zero(arena, id)
}

/// Whether a value is the number 0.
pub(super) fn is_zero(arena: &Arena, id: ScalarId) -> bool {
    match arena.as_literal(id) {
        Some(Literal::Integer(0) | Literal::Decimal { units: 0, .. }) => true,
        Some(Literal::Float(text)) => text.parse() == Ok(0.0),
        _ => false,
    }
}

/// Whether a value is written out, and no text; however exact it is kept.
pub(super) fn is_number(arena: &Arena, id: ScalarId) -> bool {
    match arena.get_scalar(id) {
        Scalar::Cast { value, .. } => is_number(arena, *value),
        Scalar::Literal(literal) => !matches!(literal, Literal::Text(_)),
        _ => false,
    }
}

/// Whether a function puts texts together; dialects differ in what NULL does.
fn puts_together(name: &str) -> bool {
    name.split('-').any(|word| word == "concat")
}

/// Whether a text says more than a unit.
fn is_sentence(arena: &Arena, id: ScalarId) -> bool {
    match arena.get_scalar(id) {
        Scalar::Literal(Literal::Text(text)) => {
            let mut words = text.split(|it: char| !it.is_alphabetic());
            words.any(|word| word.len() > 3)
        }
        Scalar::Call { function, args } if puts_together(arena.name(*function)) => {
            args.iter().any(|arg| is_sentence(arena, *arg))
        }
        _ => false,
    }
}

/// Whether a value is a word, a flag or an error rather than a number.
pub(super) fn is_label(arena: &Arena, id: ScalarId) -> bool {
    match arena.get_scalar(id) {
        Scalar::Literal(literal) => matches!(literal, Literal::Text(_) | Literal::Bool(_)),
        Scalar::Case { branches, .. } => branches.iter().all(|(_, then)| is_label(arena, *then)),
        Scalar::Call { function, args } => match arena.name(*function) {
            "lt" | "le" | "eq" | "ne" | "and" | "or" | "not" | "is-null" | "in-list" | "like" => {
                true
            }
            "coalesce" => args.iter().any(|arg| is_label(arena, *arg)),
            // A number in a sentence.
            name if puts_together(name) => args.iter().any(|arg| is_sentence(arena, *arg)),
            // What only stops a run.
            name => name.ends_with("error"),
        },
        _ => false,
    }
}
