//! DUP002: two assets hold the same rows but for columns or a condition.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Digest, Evidence, Finding, Hasher, Message, Reason};
use plumb_estate::Estate;

use crate::{
    Platform, Rule,
    alike::{self, Told},
    formula::masked,
    outline::{Outline, Rows},
    subject,
};

pub(crate) static RULE: Rule =
    Rule { code: "DUP002", name: "near-duplicate", page: include_str!("near_duplicate.md"), check };

/// Members from which on datasets that differ in constants only are one family.
const FAMILY: usize = 3;

/// How many columns of the smaller one the larger must have, in percent, where each has some of its own.
const ALIKE: usize = 60;

/// Assets with what they are made of.
type Members = Vec<(usize, Outline)>;

/// What sets near duplicates apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Difference {
    /// The same rows; so many columns are the same.
    Columns {
        /// Columns that both have.
        same: usize,
        /// Names of columns that only the first has, and only the second.
        only: [Vec<String>; 2],
    },
    /// The second has fewer rows: those that meet these conditions, too.
    Conditions(Vec<Message>),
    /// Each has another constant in the same place.
    Constants,
}

/// Near duplicates: the one that holds more comes first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Near {
    pub(crate) assets: Vec<usize>,
    pub(crate) difference: Difference,
}

fn check(platform: &Platform<'_>) -> Vec<Finding> {
    let told = platform.near().iter().map(|near| {
        let assets = near.assets.clone();
        Told { assets, finding: finding(platform, near) }
    });
    alike::fold(platform.estate, told.collect())
}

/// Near duplicates that are no duplicates; of duplicates only the one that stays is looked at.
pub(crate) fn near(estate: &Estate, groups: &[Vec<usize>]) -> Vec<Near> {
    let copies: BTreeSet<usize> =
        groups.iter().flat_map(|group| group[1..].iter().copied()).collect();
    let mut alike: BTreeMap<(Rows, Option<&str>), Members> = BTreeMap::new();
    for (at, asset) in estate.assets.iter().enumerate() {
        if copies.contains(&at) || !subject::is_compared(asset) || asset.open {
            continue;
        }
        let Some(outline) = Outline::of(&estate.arena, asset) else { continue };
        let key = (outline.rows.clone(), asset.environment.as_deref());
        alike.entry(key).or_default().push((at, outline));
    }
    let mut found = Vec::new();
    for mut members in alike.into_values() {
        // What several statements put into one table are parts of it, or versions.
        let mut tables = BTreeSet::new();
        members.retain(|(at, _)| tables.insert(subject::table(&estate.assets[*at])));
        let (families, rest) = families(members);
        found.extend(families);
        pairs(estate, &rest, &mut found);
    }
    found
}

/// Members that differ in constants only, and the others with one of each family.
fn families(members: Members) -> (Vec<Near>, Members) {
    let mut by_shape: BTreeMap<Digest, Members> = BTreeMap::new();
    for (at, outline) in members {
        let mut hasher = Hasher::new("shape");
        let conditions: BTreeSet<String> =
            outline.conditions.keys().map(|key| masked(key)).collect();
        let outputs: BTreeSet<String> = outline.outputs.keys().map(|key| masked(key)).collect();
        for text in conditions.iter().chain(&outputs) {
            hasher.text(text);
        }
        by_shape.entry(hasher.finish()).or_default().push((at, outline));
    }
    let (mut families, mut rest) = (Vec::new(), Vec::new());
    for mut members in by_shape.into_values() {
        if members.len() >= FAMILY {
            let assets = members.iter().map(|(at, _)| *at).collect();
            families.push(Near { assets, difference: Difference::Constants });
            members.truncate(1);
        }
        rest.append(&mut members);
    }
    (families, rest)
}

fn pairs(estate: &Estate, members: &[(usize, Outline)], found: &mut Vec<Near>) {
    let (mut told, mut told_pairs) = (BTreeSet::new(), BTreeSet::new());
    for (one, first) in members {
        for (two, second) in members {
            if one == two || told.contains(two) || told_pairs.contains(&(*two, *one)) {
                continue;
            }
            // What reads the other passes it on.
            if estate.depends(*one, &BTreeSet::from([*two]))
                || estate.depends(*two, &BTreeSet::from([*one]))
            {
                continue;
            }
            let Some(difference) = difference(first, second) else { continue };
            told.insert(*two);
            told_pairs.insert((*one, *two));
            found.push(Near { assets: vec![*one, *two], difference });
        }
    }
}

/// What sets two apart, where the first holds more.
fn difference(one: &Outline, two: &Outline) -> Option<Difference> {
    let has = |outline: &Outline, key: &String| outline.outputs.contains_key(key);
    let same = one.outputs.keys().filter(|key| has(two, key)).count();
    let only = |one: &Outline, two: &Outline| -> Vec<String> {
        let own = one.outputs.iter().filter(|(key, _)| !has(two, key));
        own.map(|(_, name)| name.clone()).collect()
    };
    let missing = only(two, one);
    if one.conditions == two.conditions {
        let larger = one.outputs.len() >= two.outputs.len();
        let enough = missing.is_empty() || same * 100 >= ALIKE * two.outputs.len();
        let only = [only(one, two), missing];
        return (larger && same > 0 && enough).then_some(Difference::Columns { same, only });
    }
    let within = one.conditions.keys().all(|key| two.conditions.contains_key(key));
    let more = two.conditions.iter().filter(|(key, _)| !one.conditions.contains_key(*key));
    let more: Vec<Message> = more.map(|(_, message)| message.clone()).collect();
    let shown = same > 0 && missing.is_empty();
    (within && shown).then_some(Difference::Conditions(more))
}

fn finding(platform: &Platform<'_>, near: &Near) -> Finding {
    let estate = platform.estate;
    let asset = |at: usize| &estate.assets[near.assets[at]];
    let said = |how: &'static str| {
        let [second, first] = alike::names(estate, asset(1), asset(0));
        let mut message = second.then(how);
        message.0.extend(first.0);
        message
    };
    let message = match &near.difference {
        Difference::Columns { only: [_, second], .. } if second.is_empty() => {
            said(" holds the rows of ").then(" with fewer columns")
        }
        Difference::Columns { same, .. } => said(" holds the rows of ")
            .then(" with other columns, ")
            .then_count(*same)
            .then(if *same == 1 { " is the same" } else { " are the same" }),
        Difference::Conditions(more) => {
            let mut message = said(" is ").then(" but for ");
            for (at, condition) in more.iter().enumerate() {
                if at > 0 {
                    message = message.then(" and ");
                }
                message.0.extend(condition.0.iter().cloned());
            }
            message
        }
        Difference::Constants => Message::name(&asset(0).name)
            .then(" and ")
            .then_count(near.assets.len() - 1)
            .then(" more are one dataset with other constants"),
    };
    let keys: Vec<&str> = near.assets.iter().map(|at| estate.assets[*at].key.as_str()).collect();
    let size = asset(0)
        .plan
        .as_ref()
        .map_or(1, |plan| plumb_canon::size(&estate.arena, plan.expanded.rel).max(1));
    // The one that holds less comes first: it is the one to change.
    let subjects = near.assets.iter().rev().map(|at| subject::whole(estate, *at)).collect();
    Finding {
        id: Finding::id_of(RULE.code, &keys, None),
        rule: RULE.code.to_owned(),
        name: RULE.name.to_owned(),
        message,
        subjects,
        evidence: Evidence::Observed,
        because: because(near),
        weight: (size * (near.assets.len() - 1) * 4) as u64,
        saving: platform.ledger.saving(asset(0)),
        owners: subject::owners(estate, &near.assets),
        action: None,
    }
}

fn because(near: &Near) -> Vec<Reason> {
    let observed = |message: Message| Reason { evidence: Evidence::Observed, message };
    let mut reasons = vec![observed(Message::text(match near.difference {
        Difference::Columns { .. } => "the same tables, joined, filtered and grouped alike",
        Difference::Conditions(_) | Difference::Constants => {
            "the same tables, joined and grouped alike, and every column it shows"
        }
    }))];
    if let Difference::Columns { only, .. } = &near.difference {
        for (at, names) in only.iter().enumerate().filter(|(_, names)| !names.is_empty()) {
            let which = ["only the first has ", "only the second has "][at];
            let mut message = Message::text(which);
            for (at, name) in names.iter().take(6).enumerate() {
                if at > 0 {
                    message = message.then(", ");
                }
                message = message.then_name(name);
            }
            if names.len() > 6 {
                message = message.then(" and ").then_count(names.len() - 6).then(" more");
            }
            reasons.push(observed(message));
        }
    }
    reasons
}
