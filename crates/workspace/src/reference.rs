//! References: how people name things, and what they meant when they misspelled.

use plumb_base::answer::NoSuch;
use plumb_rules::{Rule, rules};

use crate::Workspace;

/// What a reference names.
pub(crate) enum Named {
    Finding(usize),
    Asset(usize),
    Rule(&'static Rule),
}

pub(crate) fn find(workspace: &Workspace, reference: &str) -> Result<Named, NoSuch> {
    let wanted = reference.trim();
    if let Some(at) = workspace.findings.iter().position(|it| it.id.eq_ignore_ascii_case(wanted)) {
        return Ok(Named::Finding(at));
    }
    if let Some(rule) = rules().find(|it| is_rule(it, wanted)) {
        return Ok(Named::Rule(rule));
    }
    if let Some(at) = asset(workspace, wanted) {
        return Ok(Named::Asset(at));
    }
    Err(missing(workspace, wanted))
}

/// Whether somebody means a rule.
pub(crate) fn is_rule(rule: &Rule, wanted: &str) -> bool {
    rule.code.eq_ignore_ascii_case(wanted) || rule.name.eq_ignore_ascii_case(wanted)
}

/// An asset by key, by path, by name, or by the end of its key, where only one fits.
pub(crate) fn asset(workspace: &Workspace, wanted: &str) -> Option<usize> {
    let estate = &workspace.estate;
    let lower = wanted.to_lowercase();
    if let Some(at) = estate.index.get(wanted).or_else(|| estate.index.get(&lower)) {
        return Some(*at);
    }
    let path = wanted.trim_start_matches("./");
    let only = |fits: &dyn Fn(usize) -> bool| {
        let mut found = (0..estate.assets.len()).filter(|at| fits(*at));
        let first = found.next()?;
        found.next().is_none().then_some(first)
    };
    let at_path =
        |at: usize| estate.assets[at].place.as_ref().is_some_and(|place| place.path == path);
    let has_code = |at: usize| estate.assets[at].coverage.is_some();
    only(&|at| at_path(at) && has_code(at))
        .or_else(|| only(&|at| estate.assets[at].name.to_lowercase() == lower && has_code(at)))
        .or_else(|| only(&|at| estate.assets[at].name.to_lowercase() == lower))
        .or_else(|| only(&|at| estate.assets[at].key.ends_with(&format!(".{lower}"))))
}

pub(crate) fn missing(workspace: &Workspace, wanted: &str) -> NoSuch {
    let upper = wanted.to_uppercase();
    if upper.starts_with("F-") {
        let names = workspace.findings.iter().map(|it| it.id.as_str());
        return NoSuch {
            reference: wanted.to_owned(),
            kind: "finding",
            nearest: nearest(&upper, names),
        };
    }
    let code = upper.len() == 6 && upper.bytes().take(3).all(|it| it.is_ascii_uppercase());
    if code && upper.bytes().skip(3).all(|it| it.is_ascii_digit()) {
        let names = rules().map(|it| it.code);
        return NoSuch {
            reference: wanted.to_owned(),
            kind: "rule",
            nearest: nearest(&upper, names),
        };
    }
    let assets = &workspace.estate.assets;
    let names = assets.iter().flat_map(|it| [it.key.as_str(), it.name.as_str()]);
    NoSuch {
        reference: wanted.to_owned(),
        kind: "asset",
        nearest: nearest(&wanted.to_lowercase(), names),
    }
}

/// The nearest three names, if any is near.
pub(crate) fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut near: Vec<(usize, &str)> = names
        .map(|name| (distance(wanted, &name.to_lowercase()).min(distance(wanted, name)), name))
        .filter(|(distance, _)| *distance <= wanted.chars().count().div_ceil(3))
        .collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter().take(3).map(|(_, name)| name.to_owned()).collect()
}

/// Letters to change, add or take away to get from one word to the other.
fn distance(one: &str, two: &str) -> usize {
    let two: Vec<char> = two.chars().collect();
    let mut row: Vec<usize> = (0..=two.len()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut corner = row[0];
        row[0] = at + 1;
        for (index, other) in two.iter().enumerate() {
            let change = corner + usize::from(letter != *other);
            corner = row[index + 1];
            row[index + 1] = change.min(corner + 1).min(row[index] + 1);
        }
    }
    row[two.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found() {
        assert_eq!(distance("fct_order", "fct_orders"), 1);
        let names = ["analytics.fct_orders", "raw.x"];
        assert_eq!(nearest("analytics.fct_order", names.into_iter()), ["analytics.fct_orders"]);
        assert!(nearest("something else", names.into_iter()).is_empty());
    }
}
