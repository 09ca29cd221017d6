//! KPI001: one name, several definitions.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Evidence, Finding, Message, Part, Reason};
use plumb_estate::Estate;

use crate::{
    Platform, Rule,
    alike::{self, Told},
    judged::{Judge, Judged},
    measures::Measure,
    rivals::{Rivals, rivals},
};

pub(crate) static RULE: Rule = Rule {
    code: "KPI001",
    name: "several-definitions",
    page: include_str!("several_definitions.md"),
    check,
};

/// What stands before further names in a finding.
const ALSO: &str = "also: ";

/// Definitions that are shown with a finding.
const SHOWN: usize = 6;

/// Columns from which on a numbered family is one.
const SLOTS: usize = 3;

fn check(platform: &Platform<'_>) -> Vec<Finding> {
    let estate = platform.estate;
    let slots = slots(platform.measures());
    let mut by_name: BTreeMap<String, Vec<&Measure>> = BTreeMap::new();
    for measure in platform.measures() {
        let slot = slots.contains(&(measure.asset, stem(&measure.name)));
        if !slot && !measure.subject().is_empty() {
            by_name.entry(measure.spelling()).or_default().push(measure);
        }
    }
    // Names that the same assets define differently are one conversation.
    let mut by_assets: BTreeMap<BTreeSet<usize>, Vec<Judged<'_>>> = BTreeMap::new();
    let all = by_name.values().flat_map(|group| rivals(estate, group));
    let judge = Judge::new(estate);
    for judged in all.filter(says_something).filter_map(|rivals| judge.rivals(rivals)) {
        let assets = judged.definitions.iter().flatten().map(|it| it.asset).collect();
        by_assets.entry(assets).or_default().push(judged);
    }
    let told = by_assets.iter().map(|(assets, names)| Told {
        assets: assets.iter().copied().collect(),
        finding: finding(platform, &names[0], &names[1..]),
    });
    alike::fold_families(estate, told.collect())
}

/// Whether a finding of this rule speaks of a number of this name.
pub(crate) fn speaks_of(finding: &Finding, name: &str) -> bool {
    let also = |message: &&Message| message.0.first() == Some(&Part::Text(ALSO.to_owned()));
    let others = finding.because.iter().map(|it| &it.message).filter(also);
    let parts = [&finding.message].into_iter().chain(others).flat_map(|message| &message.0);
    finding.rule == RULE.code && parts.into_iter().any(|it| *it == Part::Name(name.to_owned()))
}

/// Whether a name that nobody declared says more than of what kind a number is, or which rows its query reads.
fn says_something(rivals: &Rivals<'_>) -> bool {
    let all = || rivals.iter().flatten();
    let (plain, rows) =
        (all().all(|it| it.formula.is_count()), all().all(|it| it.formula.counts()));
    let first = rivals[0][0];
    let says = first.has_subject() && (!rows || first.subject().contains('_'));
    all().any(|it| it.declared) || !plain && says
}

/// Columns of a family that are told apart by a number, such as `hr_0` to `hr_23`: places, not numbers with a name.
fn slots(measures: &[Measure]) -> BTreeSet<(usize, &str)> {
    let mut numbered: BTreeMap<(usize, &str), usize> = BTreeMap::new();
    for measure in measures.iter().filter(|it| !it.declared) {
        let stem = stem(&measure.name);
        if stem.len() < measure.name.len() {
            *numbered.entry((measure.asset, stem)).or_default() += 1;
        }
    }
    numbered.into_iter().filter(|(_, count)| *count >= SLOTS).map(|(slot, _)| slot).collect()
}

/// A name without the number at its end.
fn stem(name: &str) -> &str {
    name.trim_end_matches(|it: char| it.is_ascii_digit())
}

fn finding(platform: &Platform<'_>, judged: &Judged<'_>, others: &[Judged<'_>]) -> Finding {
    let estate = platform.estate;
    let definitions = &judged.definitions;
    let name = &definitions[0][0].name;
    let places: usize = definitions.iter().map(Vec::len).sum();
    let second = |other: &Judged<'_>| other.definitions[0][0].name.clone();
    let message = match others {
        [] => Message::name(name).then(" has ").then_count(definitions.len()).then(" definitions"),
        [other] => Message::name(name).then(" and ").then_name(second(other)).then(" differ"),
        more => {
            Message::name(name).then(" and ").then_count(more.len()).then(" more numbers differ")
        }
    };
    let message = message.then(" in ").then_count(places).then(" places");
    let evidence = |apart| if apart { Evidence::Proved } else { Evidence::Observed };
    let all_apart = judged.apart && others.iter().all(|it| it.apart);
    let mut because: Vec<Reason> = definitions
        .iter()
        .zip(judged.said())
        .take(SHOWN)
        .map(|(definition, formula)| Reason {
            evidence: evidence(judged.apart),
            message: said(estate, definition, formula),
        })
        .collect();
    if definitions.len() > SHOWN {
        let message =
            Message::text("and ").then_count(definitions.len() - SHOWN).then(" definitions more");
        because.push(Reason { evidence: Evidence::Observed, message });
    }
    if !others.is_empty() {
        let mut message = Message::text(ALSO);
        for (at, other) in others.iter().take(SHOWN).enumerate() {
            message = message.then(if at == 0 { "" } else { ", " }).then_name(second(other));
        }
        if others.len() > SHOWN {
            message = message.then(" and ").then_count(others.len() - SHOWN).then(" more");
        }
        because.push(Reason { evidence: Evidence::Observed, message });
    }
    let all = || definitions.iter().flatten();
    let keys: Vec<&str> = all().map(|it| estate.assets[it.asset].key.as_str()).collect();
    let owners = crate::subject::people(all().flat_map(|it| it.owners(estate)));
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
        evidence: evidence(all_apart),
        because,
        weight: (definitions.len() * places * if declared { 20 } else { 5 }) as u64,
        saving: platform.cost(all().map(|it| it.asset)),
        owners,
        action: None,
        example: judged.example.clone(),
        instead: None,
    }
}

/// A definition and where it stands.
fn said(estate: &Estate, definition: &[&Measure], formula: Message) -> Message {
    let mut message = definition[0].said(estate);
    if definition.len() > 1 {
        message = message.then(" and ").then_count(definition.len() - 1).then(" more");
    }
    message = message.then(": ");
    message.0.extend(formula.0);
    message
}
