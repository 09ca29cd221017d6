//! DUP002: two assets hold the same rows but for columns or a condition.

mod words;

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Digest, Evidence, Example, Finding, Hasher, Message, Reason};
use plumb_canon::made_of;
use plumb_estate::{Asset, AssetKind, Estate};
use rayon::prelude::*;

use crate::{
    Platform, Rule,
    alike::{self, Told},
    compare::{self, Compared, Shown, Side},
    derived::{self, Derived},
    drifted::drifted,
    formula::masked,
    outline::{Outline, Rows},
    subject,
};
use words::{but_for, with_columns, with_names};

pub(crate) static RULE: Rule =
    Rule { code: "DUP002", name: "near-duplicate", page: include_str!("near_duplicate.md"), check };

/// Members from which on datasets that differ in constants only are one family.
const FAMILY: usize = 3;

/// How many columns of the smaller one the larger must have, in percent, where each has some of its own.
const ALIKE: usize = 60;

/// Assets with what they are made of.
type Members = Vec<(usize, Outline)>;

/// Pairs that are put beside each other, at most: a platform of very many near duplicates is told without proofs.
const JUDGED: usize = 200;

/// Members of a family that are put beside the first at a time.
const TOGETHER: usize = 8;

/// Assets with what they are made of, and the grain of time by which they are grouped.
type Grained = Vec<(usize, Outline, String)>;

/// What sets near duplicates apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Difference {
    /// The same rows in the columns that both have; names of columns that only the first has, and only the second.
    Columns([Vec<String>; 2]),
    /// The second has fewer rows: those that meet these conditions, too.
    Conditions(Vec<Message>),
    /// The second has coarser groups in time: its grain, and that of the first.
    Grain([String; 2]),
    /// Each has another constant in the same place.
    Constants,
    /// They have one name and so many columns of the same tables by the same names, and rows show that they differ.
    Drifted(usize),
}

/// Near duplicates: the one that holds more comes first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Near {
    pub(crate) assets: Vec<usize>,
    pub(crate) difference: Difference,
    /// How it was shown that nothing else sets them apart, if it was.
    shown: Option<Shown>,
    /// Rows on which the first two differ.
    example: Option<Example>,
    /// SQL that gives the second from the first.
    sql: Option<String>,
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
    let outline = |(at, asset): (usize, &Asset)| {
        let looks = asset.open || subject::only_looks(estate, asset);
        // What is neither grouped nor aggregated may be an aggregate that nobody knows, and what is not there anything.
        let doubts = ["not-grouped", "unknown-column"];
        let unsure = asset.problems.iter().any(|it| doubts.contains(&it.reason.as_str()));
        let compared = !copies.contains(&at) && subject::is_compared(asset) && !looks && !unsure;
        compared.then(|| Outline::of(&estate.arena, asset)).flatten()
    };
    let outlines: Vec<Option<Outline>> =
        estate.assets.par_iter().enumerate().map(outline).collect();
    for (at, outline) in outlines.into_iter().enumerate() {
        let Some(outline) = outline else { continue };
        let key = (outline.rows.clone(), estate.assets[at].environment.as_deref());
        alike.entry(key).or_default().push((at, outline));
    }
    let mut grains: BTreeMap<(Rows, Option<&str>), Grained> = BTreeMap::new();
    for ((rows, environment), members) in &alike {
        let (rows, units) = rows.at_any_grain();
        if let (1, Some(grain)) = (units.len(), units.into_iter().next()) {
            let members = members.iter().map(|(at, it)| (*at, it.clone(), grain.clone()));
            grains.entry((rows, *environment)).or_default().extend(members);
        }
    }
    let mut search = Search { estate, left: JUDGED, found: Vec::new() };
    for mut members in alike.into_values() {
        // What several statements put into one table are parts of it, or versions.
        let mut tables = BTreeSet::new();
        members.retain(|(at, _)| tables.insert(subject::table(&estate.assets[*at])));
        let rest = search.families(members);
        search.pairs(&rest);
    }
    for members in grains.into_values() {
        search.grains(&members);
    }
    let mut found = search.found;
    found.retain(|near| !looks_on(estate, &near.assets));
    let told = groups.iter().cloned().chain(found.iter().map(|near| near.assets.clone()));
    let drifted = drifted(estate, &told.collect::<Vec<_>>());
    found.extend(drifted.into_iter().map(|it| Near {
        assets: it.assets.to_vec(),
        difference: Difference::Drifted(it.columns),
        shown: None,
        example: it.example,
        sql: None,
    }));
    found
}

/// Whether all are queries of one notebook: who runs one after the other looks at what changes.
fn looks_on(estate: &Estate, assets: &[usize]) -> bool {
    let mut assets = assets.iter().map(|at| &estate.assets[*at]);
    let whole = |asset: &Asset| asset.part_of.as_ref().and_then(|key| estate.asset(key));
    let notebook = assets.clone().next().and_then(whole);
    let of_it = |asset: &Asset| {
        asset.kind == AssetKind::Query
            && asset.part_of.as_ref() == notebook.map(|notebook| &notebook.key)
    };
    notebook.is_some_and(|it| it.kind == AssetKind::Notebook) && assets.all(of_it)
}

struct Search<'a> {
    estate: &'a Estate,
    /// Pairs that may still be put beside each other.
    left: usize,
    found: Vec<Near>,
}

impl Search<'_> {
    /// Finds members that differ in constants only; gives back the others with one of each family.
    fn families(&mut self, members: Members) -> Members {
        let mut by_shape: BTreeMap<Digest, Members> = BTreeMap::new();
        for (at, outline) in members {
            let mut hasher = Hasher::new("shape");
            let mask = |key: &String| masked(key);
            let mut conditions: Vec<String> = outline.conditions.keys().map(mask).collect();
            let mut outputs: Vec<String> = outline.told().map(mask).collect();
            conditions.sort_unstable();
            outputs.sort_unstable();
            hasher.number((outline.outputs.len() - outputs.len()) as u64);
            for texts in [conditions, outputs] {
                hasher.number(texts.len() as u64);
                for text in &texts {
                    hasher.text(text);
                }
            }
            by_shape.entry(hasher.finish()).or_default().push((at, outline));
        }
        let mut rest = Vec::new();
        for members in by_shape.into_values() {
            // What reads another member passes it on.
            let all: BTreeSet<usize> = members.iter().map(|(at, _)| *at).collect();
            let first_hand = |it: &(usize, Outline)| !self.estate.depends(it.0, &all);
            let (mut members, mut others): (Members, Members) = if members.len() >= FAMILY {
                members.into_iter().partition(first_hand)
            } else {
                (members, Vec::new())
            };
            if members.len() >= FAMILY {
                let near = self.family(&members);
                self.found.push(near);
                members.truncate(1);
            }
            rest.append(&mut members);
            rest.append(&mut others);
        }
        rest.sort_by_key(|(at, _)| *at);
        rest
    }

    /// Shown to be one dataset with other constants if each is, beside the first.
    fn family(&mut self, members: &[(usize, Outline)]) -> Near {
        let assets = members.iter().map(|(at, _)| *at).collect();
        let difference = Difference::Constants;
        let mut all = Shown { assumptions: Vec::new(), trials: u32::MAX };
        for some in members[1..].chunks(TOGETHER) {
            let sides = some.iter().map(|(_, member)| members[0].1.beside(member)).collect();
            let left = self.left;
            for (at, compared) in self.compared(sides).into_iter().enumerate() {
                let Compared::Same(shown) = compared else {
                    // Those behind it need not have been asked.
                    self.left = left.saturating_sub(at + 1);
                    return Near { assets, difference, shown: None, example: None, sql: None };
                };
                all.add(shown);
            }
        }
        let example = self.example(&members[0], &members[1]);
        Near { assets, difference, shown: Some(all), example, sql: None }
    }

    fn pairs(&mut self, members: &[(usize, Outline)]) {
        let (mut told, mut told_pairs) = (BTreeSet::new(), BTreeSet::new());
        for first in members {
            let one = first.0;
            let asked = |second: &&(usize, Outline)| {
                let two = second.0;
                let told = told.contains(&two) || told_pairs.contains(&(two, one));
                one != two && !told && !self.reads(one, two)
            };
            let seconds: Vec<_> = members.iter().filter(asked).collect();
            for near in self.near(first, &seconds) {
                told.insert(near.assets[1]);
                told_pairs.insert((one, near.assets[1]));
                self.found.push(near);
            }
        }
    }

    /// Finds members that differ in the grain of time, where the coarser is proved to be made of the finer.
    fn grains(&mut self, members: &[(usize, Outline, String)]) {
        let mut told = BTreeSet::new();
        for (one, first, fine) in members {
            for (two, second, coarse) in members {
                let coarser = coarse != fine && made_of(coarse, fine);
                let shows = || second.outputs.keys().all(|key| first.outputs.contains_key(key));
                let same = || second.conditions == first.conditions && shows();
                if !coarser || !same() || told.contains(two) || self.reads(*one, *two) {
                    continue;
                }
                let Some(left) = self.left.checked_sub(1) else { return };
                self.left = left;
                let Some(derived) = derived::of(self.estate, *two, *one) else { continue };
                told.insert(*two);
                let Derived { assumptions, trials, sql, .. } = derived;
                let difference = Difference::Grain([coarse.clone(), fine.clone()]);
                let [first, second] = [(*one, first.clone()), (*two, second.clone())];
                let example = self.example(&first, &second);
                let shown = Some(Shown { assumptions, trials });
                self.found.push(Near { assets: vec![*one, *two], difference, shown, example, sql });
            }
        }
    }

    /// What reads the other passes it on.
    fn reads(&self, one: usize, two: usize) -> bool {
        self.estate.depends(one, &BTreeSet::from([two]))
            || self.estate.depends(two, &BTreeSet::from([one]))
    }

    /// Those that are the same as the first but for a difference, unless rows show that they are not.
    fn near(&mut self, first: &(usize, Outline), seconds: &[&(usize, Outline)]) -> Vec<Near> {
        let apart = |second: &&(usize, Outline)| difference(&first.1, &second.1);
        let apart: Vec<(&(usize, Outline), Difference)> =
            seconds.iter().filter_map(|second| Some((*second, apart(second)?))).collect();
        let sides = apart.iter().map(|(second, _)| first.1.beside(&second.1)).collect();
        let compared = self.compared(sides);
        let near =
            |((second, mut difference), compared): ((&(usize, Outline), Difference), Compared)| {
                let mut shown = match compared {
                    Compared::Same(shown) => Some(shown),
                    Compared::Unknown => None,
                    Compared::Different => return None,
                };
                if let (Difference::Columns(columns), Some(shown)) = (&mut difference, &mut shown) {
                    self.settle(columns, [&first.1, &second.1], shown);
                }
                let filters = matches!(difference, Difference::Conditions(_));
                let example = if filters { self.example(first, second) } else { None };
                Some(Near {
                    assets: vec![first.0, second.0],
                    difference,
                    shown,
                    example,
                    sql: None,
                })
            };
        apart.into_par_iter().zip(compared).filter_map(near).collect()
    }

    /// Takes columns out that both have by one name, if they are shown to hold the same.
    fn settle(&self, columns: &mut [Vec<String>; 2], sides: [&Outline; 2], shown: &mut Shown) {
        let [first, second] = columns;
        let both: Vec<String> =
            second.iter().filter(|name| first.contains(name)).cloned().collect();
        if both.is_empty() {
            return;
        }
        let [one, two] = sides[0].named_beside(sides[1], &both);
        if let Compared::Same(more) = compare::compared(self.estate, &one, &two) {
            shown.add(more);
            for names in columns {
                names.retain(|name| !both.contains(name));
            }
        }
    }

    /// What is said of pairs, side by side; of those that are too many, nothing.
    fn compared(&mut self, sides: Vec<[Side; 2]>) -> Vec<Compared> {
        let judged = sides.len().min(self.left);
        self.left -= judged;
        let estate = self.estate;
        let one = |(at, [one, two]): (usize, [Side; 2])| {
            if at < judged { compare::compared(estate, &one, &two) } else { Compared::Unknown }
        };
        sides.into_par_iter().enumerate().with_max_len(1).map(one).collect()
    }

    fn example(&self, first: &(usize, Outline), second: &(usize, Outline)) -> Option<Example> {
        let [one, two] = first.1.whole_beside(&second.1);
        let name = |at: usize| self.estate.assets[at].name.as_str();
        compare::example(self.estate, (name(first.0), &one), (name(second.0), &two))
    }
}

/// What sets two apart, where the first holds more.
fn difference(one: &Outline, two: &Outline) -> Option<Difference> {
    let has = |outline: &Outline, key: &String| outline.outputs.contains_key(key);
    let same = one.told().filter(|key| has(two, key)).count();
    let only = |one: &Outline, two: &Outline| -> Vec<String> {
        let own = one.outputs.iter().filter(|(key, _)| !has(two, key));
        own.map(|(_, name)| name.clone()).collect()
    };
    let missing = only(two, one);
    if one.conditions.keys().eq(two.conditions.keys()) {
        let larger = one.outputs.len() >= two.outputs.len();
        let enough = missing.is_empty() || same * 100 >= ALIKE * two.told().count();
        let only = [only(one, two), missing];
        return (larger && same > 0 && enough).then_some(Difference::Columns(only));
    }
    let within = one.conditions.keys().all(|key| two.conditions.contains_key(key));
    let more = two.conditions.iter().filter(|(key, _)| !one.conditions.contains_key(*key));
    let more: Vec<Message> = more.map(|(_, message)| message.clone()).collect();
    let shown = same > 0 && missing.is_empty();
    let rows = !one.is_distinct() || only(one, two).is_empty();
    (within && shown && rows).then_some(Difference::Conditions(more))
}

fn finding(platform: &Platform<'_>, near: &Near) -> Finding {
    let estate = platform.estate;
    let asset = |at: usize| &estate.assets[near.assets[at]];
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
        message: message(estate, near),
        subjects,
        evidence: evidence(near),
        because: because(estate, near),
        // One dataset for each of many is meant where all are calls of macros.
        weight: if calls(estate, near) {
            near.assets.len() as u64
        } else {
            (size * (near.assets.len() - 1) * 4) as u64
        },
        saving: platform.cost(near.assets.iter().copied()),
        owners: subject::owners(estate, &near.assets),
        action: None,
        example: near.example.clone(),
        instead: near.sql.clone(),
    }
}

/// Whether a family is written once, in macros that its members call.
fn calls(estate: &Estate, near: &Near) -> bool {
    let mut assets = near.assets.iter().map(|at| &estate.assets[*at]);
    near.difference == Difference::Constants && !assets.any(subject::writes)
}

fn message(estate: &Estate, near: &Near) -> Message {
    let asset = |at: usize| &estate.assets[near.assets[at]];
    let said = |how: &'static str, rest: Message| {
        let [second, first] = alike::names(estate, asset(1), asset(0));
        let mut message = second.then(how);
        message.0.extend(first.0);
        message.0.extend(rest.0);
        message
    };
    match &near.difference {
        Difference::Columns([first, second]) if first.is_empty() && second.is_empty() => {
            said(" is made like ", Message::text(", column by column"))
        }
        Difference::Columns([first, second]) => said(" is ", with_columns(first, second)),
        Difference::Conditions(more) => said(" is ", but_for(more)),
        Difference::Grain([coarse, fine]) => said(
            " is ",
            Message::text(" by ").then_literal(coarse).then(" instead of ").then_literal(fine),
        ),
        Difference::Constants => Message::name(&asset(0).name)
            .then(" and ")
            .then_count(near.assets.len() - 1)
            .then(" more are one dataset with other constants"),
        Difference::Drifted(columns) => said(
            " has other rows than ",
            Message::text(": ")
                .then_count(*columns)
                .then(" columns of the same tables, called alike"),
        ),
    }
}

/// Proved, unless nobody has shown it, or it rests on something that code alone does not tell.
fn evidence(near: &Near) -> Evidence {
    match (&near.shown, &near.difference) {
        (_, Difference::Drifted(_)) => Evidence::Proved,
        (Some(shown), _) if shown.assumptions.is_empty() => Evidence::Proved,
        (Some(_) | None, _) => Evidence::Observed,
    }
}

fn because(estate: &Estate, near: &Near) -> Vec<Reason> {
    let how = match &near.difference {
        Difference::Columns(_) => [
            "the same tables, joined, filtered and grouped alike",
            "the columns that both have hold the same rows",
        ],
        Difference::Conditions(_) => [
            "the same tables, joined and grouped alike, and every column it shows",
            "without that both give the same rows",
        ],
        Difference::Grain(_) => [
            "the same tables, joined and filtered alike",
            "the rows of the finer, grouped, give the coarser",
        ],
        Difference::Constants => [
            "the same tables, joined and grouped alike, and every column it shows",
            "the columns that all have hold the same rows, conditions that differ aside",
        ],
        Difference::Drifted(_) => ["the same name, tables and columns; rows tell them apart"; 2],
    };
    let mut reasons = match &near.shown {
        None => vec![Reason { evidence: evidence(near), message: Message::text(how[0]) }],
        Some(shown) => {
            let message =
                Message::text(how[1]).then("; tried on ").then_count(shown.trials as usize);
            let assumed = shown.assumptions.iter().cloned();
            let assumed = assumed.map(|message| Reason { evidence: Evidence::NotChecked, message });
            let shown =
                Reason { evidence: evidence(near), message: message.then(" small databases") };
            std::iter::once(shown).chain(assumed).collect()
        }
    };
    if calls(estate, near) {
        let message = Message::text("each is a call of macros: what they share is written once");
        reasons.push(Reason { evidence: Evidence::Observed, message });
    }
    if let Difference::Columns([first, second]) = &near.difference {
        let asset = |at: usize| &estate.assets[near.assets[at]];
        let [two, one] = alike::names(estate, asset(1), asset(0));
        let (both, own): (Vec<&String>, Vec<&String>) =
            second.iter().partition(|name| first.contains(name));
        let other = first.iter().filter(|name| !both.contains(name)).collect();
        let only = |whose: Message| {
            let mut message = Message::text("only ");
            message.0.extend(whose.0);
            message.then(" has ")
        };
        let both = (Message::text("both have, made in other ways: "), both);
        for (message, names) in [(only(two), own), (only(one), other), both] {
            if !names.is_empty() {
                let message = with_names(message, &names);
                reasons.push(Reason { evidence: Evidence::Observed, message });
            }
        }
    }
    reasons
}
