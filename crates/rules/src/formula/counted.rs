//! What a condition on rows does: of which column it picks values, and whether it leaves rows out.

use std::collections::BTreeSet;

use super::{Term, words::is_literal};

/// What a condition does that says which rows count.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Counted {
    /// The column of which it picks values, and those.
    pub(crate) picks: Option<(String, BTreeSet<String>)>,
    /// The text that a column is compared with.
    pub(crate) text: Option<String>,
    /// Whether it leaves rows out, such as cancelled orders, rather than picks a kind of rows.
    pub(crate) leaves_out: bool,
    /// Whether it holds for rows without a value.
    pub(super) absent: bool,
}

impl Counted {
    /// What a call does where it stands as a condition, unless it just leaves rows out.
    pub(super) fn by(name: &str, terms: &[Term]) -> Option<Box<Self>> {
        let picks = match name {
            "eq" | "in-list" => picked(terms),
            _ => None,
        };
        let text = terms.iter().find_map(|term| term.text.clone()).filter(|_| name == "eq");
        // Rows without a value would come to nothing anyway.
        let denies_absent = name == "not" && terms.iter().any(is_absent);
        let kinds = ["eq", "in-list", "like", "or", "and", "is-null", "is-true", "all-equal"];
        let absent = name == "is-null";
        (denies_absent || kinds.contains(&name))
            .then(|| Box::new(Self { picks, text, leaves_out: false, absent }))
    }
}

/// Whether it asks for rows without a value.
pub(super) fn is_absent(term: &Term) -> bool {
    term.does.as_ref().is_some_and(|does| does.absent)
}

/// The only column that is compared with constants, and those.
fn picked(terms: &[Term]) -> Option<(String, BTreeSet<String>)> {
    let (values, columns): (Vec<&Term>, Vec<&Term>) = terms.iter().partition(|it| is_literal(it));
    let [column] = columns.as_slice() else { return None };
    // A column is the same in small letters, and in the table of another country.
    let inside = ["lower(", "upper("].iter().find_map(|call| column.key.strip_prefix(call));
    let key = inside.and_then(|key| key.strip_suffix(')')).unwrap_or(&column.key);
    let name = key.rsplit('.').next().filter(|_| !key.contains('(')).unwrap_or(key);
    Some((name.to_owned(), values.into_iter().map(|value| value.key.clone()).collect()))
}
