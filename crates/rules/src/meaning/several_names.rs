//! KPI002: one definition, several names.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Evidence, Finding, Message, Reason};

use crate::{
    Platform, Rule,
    measures::{self, Measure},
};

pub(crate) static RULE: Rule =
    Rule { code: "KPI002", name: "several-names", page: include_str!("several_names.md"), check };

fn check(platform: &Platform<'_>) -> Vec<Finding> {
    let measures = measures::all(platform.estate);
    let mut by_formula: BTreeMap<&str, Vec<&Measure>> = BTreeMap::new();
    for measure in measures.iter().filter(|it| !it.subject().is_empty()) {
        by_formula.entry(&measure.formula.key).or_default().push(measure);
    }
    by_formula.into_values().filter_map(|group| finding(platform, &group)).collect()
}

fn finding(platform: &Platform<'_>, group: &[&Measure]) -> Option<Finding> {
    let estate = platform.estate;
    // A name is another if it speaks of something else; `order_count` and `orders` do not.
    let mut names: BTreeMap<String, Vec<&Measure>> = BTreeMap::new();
    for measure in group {
        names.entry(measure.subject()).or_default().push(measure);
    }
    let assets: BTreeSet<usize> = group.iter().map(|it| it.asset).collect();
    let nested = |one: &String, two: &String| {
        let has = |long: &String, short: &String| {
            short.split('_').all(|word| long.split('_').any(|other| other == word))
        };
        has(one, two) || has(two, one)
    };
    // `revenue` and `daily_revenue`, `net_amount` and `net`: the longer name only says more.
    let apart = names.keys().any(|one| names.keys().any(|two| !nested(one, two)));
    if names.len() < 2 || assets.len() < 2 || !apart || trivial(group[0]) {
        return None;
    }
    let spelled: Vec<&str> = names.values().map(|them| them[0].name.as_str()).collect();
    let mut message = Message::default();
    for (at, name) in spelled.iter().take(4).enumerate() {
        let between = match at {
            0 => "",
            _ if at + 1 == spelled.len() => " and ",
            _ => ", ",
        };
        if at > 0 {
            message = message.then(between);
        }
        message = message.then_name(*name);
    }
    if spelled.len() > 4 {
        message = message.then(" and ").then_count(spelled.len() - 4).then(" more");
    }
    let message = message.then(" are one number");
    let mut formula = Message::text("each is ");
    formula.0.extend(group[0].formula.message().0);
    let mut because = vec![Reason { evidence: Evidence::Observed, message: formula }];
    for them in names.values() {
        let message = Message::name(&*them[0].name).then(" in ");
        let mut message = message;
        message.0.extend(them[0].said(estate).0);
        if them.len() > 1 {
            message = message.then(" and ").then_count(them.len() - 1).then(" more");
        }
        because.push(Reason { evidence: Evidence::Observed, message });
    }
    let keys: Vec<&str> = assets.iter().map(|at| estate.assets[*at].key.as_str()).collect();
    let mut owners = Vec::new();
    for owner in group.iter().flat_map(|it| it.owners(estate)) {
        if !owners.contains(&owner) {
            owners.push(owner);
        }
    }
    let mut subjects: Vec<_> = names.values().flatten().map(|it| it.place(estate)).collect();
    subjects.dedup();
    let declared = group.iter().any(|it| it.declared);
    Some(Finding {
        id: Finding::id_of(&format!("{} {}", RULE.code, group[0].formula.key), &keys, None),
        rule: RULE.code.to_owned(),
        name: RULE.name.to_owned(),
        message,
        subjects,
        evidence: Evidence::Observed,
        because,
        weight: (names.len() * assets.len() * if declared { 10 } else { 2 }) as u64,
        saving: platform.ledger.saving(&estate.assets[group[0].asset]),
        owners,
        action: None,
    })
}

/// Rows that are counted without a condition: everybody has a name of their own for that.
fn trivial(measure: &Measure) -> bool {
    measure.formula.key.starts_with("count({") && measure.formula.conditions.is_empty()
}
