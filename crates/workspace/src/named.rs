//! `exists` for words: assets that are called so, or have columns that are.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use plumb_base::{
    Evidence, Message,
    answer::{Exists, Match},
};
use plumb_estate::Asset;

use crate::{Workspace, exists::of_asset};

/// Words that say nothing about data.
const EMPTY: &[&str] = &[
    "a", "all", "and", "by", "each", "every", "for", "from", "in", "of", "on", "per", "the", "to",
    "with",
];

/// Assets that are listed at most.
const MOST: usize = 20;

pub(crate) fn named(workspace: &Workspace, words: &str) -> Exists {
    let estate = &workspace.estate;
    let wanted: Vec<String> =
        tokens(words).into_iter().filter(|word| !EMPTY.contains(&word.as_str())).collect();
    let lower = words.trim().to_lowercase();
    let mut found = Vec::new();
    for (at, asset) in estate.assets.iter().enumerate() {
        let exact = asset.key.to_lowercase() == lower || asset.name.to_lowercase() == lower;
        let (name, columns, said) = fits(asset, &wanted);
        let known = name.len() + columns.len() + said.len();
        if !exact && (wanted.is_empty() || known < wanted.len().div_ceil(2)) {
            continue;
        }
        let one = Match {
            why: why(exact, &name, &columns, &said, wanted.len()),
            evidence: Evidence::Observed,
            ..of_asset(estate, at)
        };
        let rank = (!exact, Reverse(known), Reverse(name.len()), Reverse(asset.read_by.len()), at);
        found.push((rank, one));
    }
    found.sort_by_key(|(rank, _)| *rank);
    Exists {
        asked: words.trim().to_owned(),
        named: found.into_iter().take(MOST).map(|(_, one)| one).collect(),
        coverage: estate.coverage,
        ..Exists::default()
    }
}

/// Words that stand in the name of an asset, of the others those in its columns, of the others those in what is said
/// of it.
fn fits<'w>(asset: &Asset, wanted: &'w [String]) -> (Vec<&'w str>, Vec<&'w str>, Vec<&'w str>) {
    let columns = asset.columns.iter().filter_map(|column| column.name.as_ref());
    let columns: BTreeSet<String> = columns.flat_map(|name| tokens(name.as_str())).collect();
    let names: BTreeSet<String> =
        tokens(&asset.key).into_iter().chain(tokens(&asset.name)).collect();
    let said: BTreeSet<String> = tokens(&asset.description)
        .into_iter()
        .chain(asset.tags.iter().flat_map(|tag| tokens(tag)))
        .collect();
    let (mut by_name, mut by_column, mut by_word) = (Vec::new(), Vec::new(), Vec::new());
    for word in wanted {
        if names.iter().any(|name| alike(name, word)) {
            by_name.push(word.as_str());
        } else if columns.iter().any(|name| alike(name, word)) {
            by_column.push(word.as_str());
        } else if said.iter().any(|name| alike(name, word)) {
            by_word.push(word.as_str());
        }
    }
    (by_name, by_column, by_word)
}

fn why(exact: bool, name: &[&str], columns: &[&str], said: &[&str], wanted: usize) -> Vec<Message> {
    if exact {
        return vec![Message::text("called so")];
    }
    let list = |what: &str, words: &[&str]| {
        (!words.is_empty()).then(|| format!("{} in its {what}", words.join(", ")))
    };
    let each = [list("name", name), list("columns", columns), list("description", said)];
    let each: Vec<String> = each.into_iter().flatten().collect();
    let known = name.len() + columns.len() + said.len();
    let missing =
        if known < wanted { format!("; {known} of {wanted} words") } else { String::new() };
    vec![Message::text(each.join("; ") + &missing)]
}

/// The words of a name or text, lower case.
fn tokens(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether two words are one, but for their endings: `customer` and `customers`, `rev` and `revenue`.
fn alike(one: &str, two: &str) -> bool {
    let (short, long) = if one.len() <= two.len() { (one, two) } else { (two, one) };
    short == long || (short.chars().count() >= 3 && long.starts_with(short))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_alike_but_for_their_endings() {
        assert!(alike("customers", "customer") && alike("rev", "revenue"));
        assert!(!alike("id", "idea") && !alike("order", "border"));
        assert_eq!(tokens("Fct_orders.net-amount"), ["fct", "orders", "net", "amount"]);
    }
}
