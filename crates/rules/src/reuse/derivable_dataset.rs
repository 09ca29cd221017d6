//! DUP005: a dataset can be computed from one that is there.

use std::collections::BTreeMap;

use plumb_base::{Evidence, Finding, Message, Reason, Saving};
use plumb_derive::Relation;

use crate::{
    Platform, Rule,
    alike::{self, Told},
    derived::Derived,
    listed::listed,
    savings::Change,
    subject,
};

pub(crate) static RULE: Rule = Rule {
    code: "DUP005",
    name: "derivable-dataset",
    page: include_str!("derivable_dataset.md"),
    check,
};

/// Datasets that are named in a message, and that are told one by one.
const NAMED: usize = 2;
const SHOWN: usize = 6;

fn check(platform: &Platform<'_>) -> Vec<Finding> {
    // What can be computed from one dataset is one conversation.
    let mut by_source: BTreeMap<usize, Vec<&Derived>> = BTreeMap::new();
    // A view keeps no rows: what reads it computes all of them again.
    let is_kept = |it: &&Derived| platform.estate.assets[it.from].is_stored();
    let is_written = |it: &&Derived| it.sql.is_some();
    for derived in platform.derived().iter().filter(is_kept).filter(is_written) {
        by_source.entry(derived.from).or_default().push(derived);
    }
    let told = by_source.into_iter().map(|(from, all)| {
        let assets = all.iter().map(|it| it.asset).chain([from]).collect();
        Told { assets, finding: finding(platform, from, &all) }
    });
    alike::fold(platform.estate, told.collect())
}

fn finding(platform: &Platform<'_>, from: usize, all: &[&Derived]) -> Finding {
    let estate = platform.estate;
    let assets: Vec<usize> = all.iter().map(|it| it.asset).chain([from]).collect();
    let keys: Vec<&str> = assets.iter().map(|at| estate.assets[*at].key.as_str()).collect();
    let size = |at: usize| {
        let plan = estate.assets[at].plan.as_ref();
        plan.map_or(1, |plan| plumb_canon::size(&estate.arena, plan.expanded.rel).max(1))
    };
    let weight: usize = all.iter().map(|it| size(it.asset) * 6).sum();
    let proved = all.iter().all(|it| it.assumptions.is_empty());
    Finding {
        id: Finding::id_of(RULE.code, &keys, None),
        rule: RULE.code.to_owned(),
        name: RULE.name.to_owned(),
        message: message(platform, from, all),
        subjects: assets.iter().map(|at| subject::whole(estate, *at)).collect(),
        evidence: if proved { Evidence::Proved } else { Evidence::Observed },
        because: because(platform, all),
        weight: weight as u64,
        saving: saving(platform, from, all),
        owners: subject::owners(estate, &assets),
        action: None,
        example: None,
        instead: all[0].sql.clone(),
    }
}

/// What it saves to compute all of them from the dataset; one that others give, too, is counted with the first.
fn saving(platform: &Platform<'_>, from: usize, all: &[&Derived]) -> Saving {
    let is_told = |it: &&&Derived| platform.source(it.asset) == Some(from);
    let savings = all.iter().filter(is_told).map(|it| platform.saving(&Change::Instead(it.asset)));
    let elsewhere = "what it would save is counted with another finding".to_owned();
    savings.reduce(Saving::and).unwrap_or(Saving::NotGiven(elsewhere))
}

fn message(platform: &Platform<'_>, from: usize, all: &[&Derived]) -> Message {
    let asset = |at: usize| &platform.estate.assets[at];
    if let [one] = all {
        let [one_name, other] = alike::names(platform.estate, asset(one.asset), asset(from));
        let mut message = one_name.then(" can be computed from ");
        message.0.extend(other.0);
        return message.then(match one.relation {
            Relation::Projection | Relation::Part if one.computes => {
                ": its columns, and what is computed of them"
            }
            Relation::Projection | Relation::Part => ": its columns, picked",
            Relation::Filter => ": its rows, filtered",
            Relation::RollUp => ": its rows, grouped",
            Relation::Extends => ": its rows, joined with more",
            Relation::Union => ": its rows, and some more",
        });
    }
    // Several statements may fill one table.
    let mut names: Vec<&str> = Vec::new();
    for name in all.iter().map(|it| asset(it.asset).name.as_str()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    listed(&names, NAMED).then(" can be computed from ").then_name(&asset(from).name)
}

fn because(platform: &Platform<'_>, all: &[&Derived]) -> Vec<Reason> {
    let estate = platform.estate;
    let mut reasons: Vec<Reason> = Vec::new();
    for it in all.iter().take(SHOWN) {
        let none = it.assumptions.is_empty();
        let how = match it.relation {
            Relation::Projection | Relation::Part => " is its columns",
            Relation::Filter => " is some of its rows",
            Relation::RollUp => " is its rows, grouped",
            Relation::Extends => " is its rows, joined with other tables",
            Relation::Union => " is its rows, and some more",
        };
        let message = Message::name(&estate.assets[it.asset].name)
            .then(how)
            .then("; tried on ")
            .then_count(it.trials as usize)
            .then(" small databases");
        let evidence = if none { Evidence::Proved } else { Evidence::Observed };
        reasons.push(Reason { evidence, message });
    }
    reasons.dedup();
    if all.len() > SHOWN {
        let message = Message::text("and ").then_count(all.len() - SHOWN).then(" more");
        reasons.push(Reason { evidence: Evidence::Observed, message });
    }
    for message in all.iter().flat_map(|it| &it.assumptions) {
        let reason = Reason { evidence: Evidence::NotChecked, message: message.clone() };
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    reasons
}
