//! KPI001: one name, several definitions.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Evidence, Finding, Message, Reason};
use plumb_estate::Estate;

use crate::{Platform, Rule, formula::masked, measures::Measure};

pub(crate) static RULE: Rule = Rule {
    code: "KPI001",
    name: "several-definitions",
    page: include_str!("several_definitions.md"),
    check,
};

/// Definitions that are shown with a finding.
const SHOWN: usize = 6;

fn check(platform: &Platform<'_>) -> Vec<Finding> {
    let estate = platform.estate;
    let mut by_name: BTreeMap<String, Vec<&Measure>> = BTreeMap::new();
    for measure in platform.measures() {
        if !measure.subject().is_empty() {
            by_name.entry(measure.spelling()).or_default().push(measure);
        }
    }
    // Names that the same assets define differently are one conversation.
    let mut by_assets: BTreeMap<BTreeSet<usize>, Vec<Rivals<'_>>> = BTreeMap::new();
    let named = by_name.into_values();
    let named = named.filter(|group| group.iter().any(|it| it.declared || !it.formula.is_count()));
    for rivals in named.flat_map(|group| rivals(estate, &group)) {
        let assets = rivals.iter().flatten().map(|it| it.asset).collect();
        by_assets.entry(assets).or_default().push(rivals);
    }
    by_assets.values().map(|names| finding(platform, &names[0], &names[1..])).collect()
}

/// Measures of one name, by definition.
type Rivals<'m> = Vec<Vec<&'m Measure>>;

/// Measures of one name, by definition, where they speak of the same tables; the most used definition first.
fn rivals<'m>(estate: &Estate, group: &[&'m Measure]) -> Vec<Rivals<'m>> {
    let built_on_another = |it: &Measure| {
        let made_of =
            |one: usize, two: usize| one != two && estate.depends(one, &BTreeSet::from([two]));
        // The column that a metric counts on is a part of the metric.
        let part = |metric: &Measure| metric.asset == it.asset || made_of(metric.asset, it.asset);
        !it.declared
            && group.iter().any(|other| {
                if other.declared { part(other) } else { made_of(it.asset, other.asset) }
            })
    };
    // Columns of a family, one for each kind of order, are one definition with other constants.
    let declared = group.iter().any(|it| it.declared);
    let mut definitions: BTreeMap<String, Vec<&'m Measure>> = BTreeMap::new();
    for measure in group {
        // What is computed from a number of this name is a view of it, not a rival.
        if !built_on_another(measure) {
            let key = &measure.formula.key;
            let key = if declared { key.clone() } else { masked(key) };
            definitions.entry(key).or_default().push(measure);
        }
    }
    let mut clusters: Vec<(BTreeSet<String>, Vec<Vec<&'m Measure>>)> = Vec::new();
    for definition in definitions.into_values() {
        let mut tables = sources(estate, &definition[0].formula.tables);
        let mut members = vec![definition];
        let (near, far): (Vec<_>, Vec<_>) =
            clusters.into_iter().partition(|(known, _)| !known.is_disjoint(&tables));
        clusters = far;
        for (more, definitions) in near {
            tables.extend(more);
            members.extend(definitions);
        }
        clusters.push((tables, members));
    }
    let clusters = clusters.into_iter().map(|(_, members)| members);
    let mut found: Vec<Vec<Vec<&Measure>>> = clusters.filter(|members| members.len() > 1).collect();
    for members in &mut found {
        members.sort_by_key(|it| {
            let declared = it.iter().any(|measure| measure.declared);
            (!declared, usize::MAX - it.len(), it[0].formula.key.clone())
        });
    }
    found
}

/// Tables, and what they are made of.
fn sources(estate: &Estate, tables: &BTreeSet<String>) -> BTreeSet<String> {
    let mut work: Vec<usize> =
        tables.iter().filter_map(|table| estate.index.get(table).copied()).collect();
    let mut seen: BTreeSet<usize> = work.iter().copied().collect();
    while let Some(at) = work.pop() {
        let new = estate.assets[at].reads.iter().filter(|source| seen.insert(**source));
        work.extend(new);
    }
    let above = seen.into_iter().map(|at| estate.assets[at].key.clone());
    above.chain(tables.iter().cloned()).collect()
}

fn finding(platform: &Platform<'_>, definitions: &Rivals<'_>, others: &[Rivals<'_>]) -> Finding {
    let estate = platform.estate;
    let name = &definitions[0][0].name;
    let places: usize = definitions.iter().map(Vec::len).sum();
    let message = match others.len() {
        0 => Message::name(name).then(" has ").then_count(definitions.len()).then(" definitions"),
        1 => Message::name(name).then(" and ").then_name(&others[0][0][0].name).then(" differ"),
        more => Message::name(name).then(" and ").then_count(more).then(" more numbers differ"),
    };
    let message = message.then(" in ").then_count(places).then(" places");
    let mut because: Vec<Reason> = definitions
        .iter()
        .take(SHOWN)
        .map(|definition| Reason {
            evidence: Evidence::Observed,
            message: said(estate, definition),
        })
        .collect();
    if definitions.len() > SHOWN {
        let message =
            Message::text("and ").then_count(definitions.len() - SHOWN).then(" definitions more");
        because.push(Reason { evidence: Evidence::Observed, message });
    }
    if !others.is_empty() {
        let mut message = Message::text("also: ");
        for (at, other) in others.iter().take(SHOWN).enumerate() {
            message = message.then(if at == 0 { "" } else { ", " }).then_name(&other[0][0].name);
        }
        if others.len() > SHOWN {
            message = message.then(" and ").then_count(others.len() - SHOWN).then(" more");
        }
        because.push(Reason { evidence: Evidence::Observed, message });
    }
    let all = || definitions.iter().flatten();
    let keys: Vec<&str> = all().map(|it| estate.assets[it.asset].key.as_str()).collect();
    let mut owners = Vec::new();
    for owner in all().flat_map(|it| it.owners(estate)) {
        if !owners.contains(&owner) {
            owners.push(owner);
        }
    }
    let mut subjects = Vec::new();
    for subject in all().map(|it| it.place(estate)) {
        if !subjects.contains(&subject) {
            subjects.push(subject);
        }
    }
    let declared = all().any(|it| it.declared);
    Finding {
        id: Finding::id_of(&format!("{} {}", RULE.code, definitions[0][0].spelling()), &keys, None),
        rule: RULE.code.to_owned(),
        name: RULE.name.to_owned(),
        message,
        subjects,
        evidence: Evidence::Observed,
        because,
        weight: (definitions.len() * places * if declared { 20 } else { 5 }) as u64,
        saving: platform.ledger.saving(&estate.assets[definitions[0][0].asset]),
        owners,
        action: None,
    }
}

/// A definition and where it stands.
fn said(estate: &Estate, definition: &[&Measure]) -> Message {
    let mut message = definition[0].said(estate);
    if definition.len() > 1 {
        message = message.then(" and ").then_count(definition.len() - 1).then(" more");
    }
    message = message.then(": ");
    message.0.extend(definition[0].formula.message().0);
    message
}
