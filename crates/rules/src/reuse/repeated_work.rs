//! DUP003: the same join or grouping stands in several places.

mod places;

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Digest, Evidence, Finding, Message, Part, Reason};
use plumb_canon::{Obstacle, Shape, Subplan, obstacles};
use plumb_estate::{AssetKind, Estate};
use plumb_ir::{Arena, Node, Rel, RelId, ScalarId, scans};

use super::{duplicate_dataset, near_duplicate::Near};
use crate::{
    Platform, Rule,
    alike::{self, Told},
    derived::Derived,
    formula::inputs_of,
    listed::listed,
    subject,
};

pub(crate) static RULE: Rule =
    Rule { code: "DUP003", name: "repeated-work", page: include_str!("repeated_work.md"), check };

/// Tables joined by their keys are how a star is read, and one table is soon grouped: it takes this many places to be worth
/// a word.
const PLACES_OF_SMALL: usize = 3;

/// Weight up to which a part is small: two inputs and one condition, or one input grouped by one key.
const SMALL: usize = 3;

/// A part and the assets it stands in, ascending.
pub(crate) struct Repeated<'a> {
    part: &'a Subplan,
    pub(crate) assets: Vec<usize>,
    /// What equality rests on.
    rests_on: Vec<Obstacle>,
    /// Assets, copies and near duplicates of one dataset counted once.
    places: usize,
    is_star: bool,
}

fn check(platform: &Platform<'_>) -> Vec<Finding> {
    let told_of = (platform.copies(), platform.near(), platform.derived());
    let groups = Groups::new(platform.estate, told_of);
    let mut repeated: Vec<&Repeated<'_>> = platform.repeated().iter().collect();
    // The heaviest first: what stands inside something heavier, in the same places, is told with it.
    repeated.sort_by(|one, two| {
        weight(two).cmp(&weight(one)).then_with(|| one.part.digest.cmp(&two.part.digest))
    });
    let mut told: BTreeMap<Digest, BTreeSet<usize>> = BTreeMap::new();
    let mut findings: Vec<Told> = Vec::new();
    let mut by_places: BTreeMap<&[usize], usize> = BTreeMap::new();
    let mut parts: Vec<(&Repeated<'_>, usize)> = Vec::new();
    for it in &repeated {
        let known = told.get(&it.part.digest);
        let new: Vec<usize> = it
            .assets
            .iter()
            .copied()
            .filter(|at| known.is_none_or(|known| !known.contains(at)))
            .collect();
        // One new place beside known ones is still a place to share with; none is not.
        if new.is_empty() || (known.is_some() && groups.places(&new) < 2) {
            continue;
        }
        for inside in it.part.inside.iter().chain([&it.part.digest]) {
            told.entry(*inside).or_default().extend(&it.assets);
        }
        let more = finding(platform, it);
        // What repeats in the very same places is one conversation, and so is what is made of it in some of them.
        let made_of_it = |(part, told): &(&Repeated<'_>, usize)| {
            let within = it.assets.iter().all(|at| part.assets.contains(at));
            (within && it.part.inside.contains(&part.part.digest)).then_some(*told)
        };
        let same = by_places.get(it.assets.as_slice()).copied();
        if let Some(at) = same.or_else(|| parts.iter().find_map(made_of_it)) {
            let told = &mut findings[at].finding;
            let also = [Part::Text("also: ".to_owned())];
            let message = Message(also.into_iter().chain(more.message.0.clone()).collect());
            let reason = Reason { evidence: more.evidence, message };
            if told.message != more.message && !told.because.contains(&reason) {
                told.because.push(reason);
            }
        } else {
            let places = it.assets.iter().map(|at| places::place(platform.estate, *at, it.part));
            let more = Finding { subjects: places.collect(), ..more };
            by_places.insert(&it.assets, findings.len());
            parts.push((*it, findings.len()));
            findings.push(Told { assets: it.assets.clone(), finding: more });
        }
    }
    alike::fold(platform.estate, findings)
}

/// Copies and near duplicates of one dataset, and what is computed from it: what they share is told of them. And versions
/// of the load of one table, of which one runs: all of it, or what is new.
struct Groups(BTreeMap<usize, usize>);

impl Groups {
    fn new(estate: &Estate, (copies, near, derived): (&[Vec<usize>], &[Near], &[Derived])) -> Self {
        let near = near.iter().map(|near| near.assets.clone());
        let all = near.chain(derived.iter().map(|it| vec![it.asset, it.from]));
        let all = all.chain(subject::loads(estate));
        let groups = components(copies, all);
        let numbered = groups.iter().enumerate();
        Self(numbered.flat_map(|(of, group)| group.iter().map(move |at| (*at, of))).collect())
    }

    /// Assets, those of one group counted once: that they share their work is told by DUP001, DUP002 or
    /// DUP005.
    fn places(&self, assets: &[usize]) -> usize {
        let place = |at: &usize| self.0.get(at).map_or((1, *at), |group| (0, *group));
        assets.iter().map(place).collect::<BTreeSet<_>>().len()
    }
}

/// Copies, and what belongs to any of them or to each other, as one.
pub(crate) fn components(
    copies: &[Vec<usize>],
    others: impl Iterator<Item = Vec<usize>>,
) -> Vec<Vec<usize>> {
    let mut groups = copies.to_vec();
    for alike in others {
        let (mut one, rest): (Vec<_>, Vec<_>) =
            groups.into_iter().partition(|group| group.iter().any(|at| alike.contains(at)));
        one.push(alike);
        groups = rest;
        groups.push(one.concat());
    }
    groups
}

/// Parts that stand in several assets and are worth a word.
pub(crate) fn repeated<'a>(
    estate: &'a Estate,
    copies: &[Vec<usize>],
    near: &[Near],
    derived: &[Derived],
) -> Vec<Repeated<'a>> {
    let mut found: BTreeMap<Digest, Vec<(usize, &Subplan)>> = BTreeMap::new();
    for (at, asset) in estate.assets.iter().enumerate() {
        let Some(plan) = asset.plan.as_ref().filter(|_| subject::is_compared(asset)) else {
            continue;
        };
        for part in &plan.parts {
            // Equal digests find candidates; the nodes decide.
            let known = found.entry(part.digest).or_default();
            if known.first().is_none_or(|(_, first)| first.rel == part.rel) {
                known.push((at, part));
            }
        }
    }
    let groups = Groups::new(estate, (copies, near, derived));
    let mut repeated = Vec::new();
    for known in found.values().filter(|known| known.len() > 1) {
        let part = known[0].1;
        let assets = sharing(known);
        if assets.len() > 1 && !is_small(estate, part) {
            let rests_on = obstacles(&estate.arena, part.rel);
            let places = groups.places(&assets);
            let is_star = is_star(&estate.arena, part);
            repeated.push(Repeated { part, assets, rests_on, places, is_star });
        }
    }
    repeated.retain(|it| worth_a_word(it));
    repeated
}

/// Assets in which a part is one piece of work: rows of one table that are grouped by the same keys, and of which
/// everybody asks something else, are not.
fn sharing(known: &[(usize, &Subplan)]) -> Vec<usize> {
    let part = known[0].1;
    let alone = is_alone(part);
    // Values of a table, each once, are a list that anybody reads off it.
    if alone && known.iter().all(|(_, part)| part.calls.is_empty()) {
        return Vec::new();
    }
    let shares = |(at, one): &&(usize, &Subplan)| {
        let others = known.iter().filter(|(other, _)| other != at).map(|(_, two)| two);
        let mut others = others.map(|two| (&one.calls, &two.calls));
        !alone || others.any(|(one, two)| one == two || one.iter().any(|it| two.contains(it)))
    };
    let mut assets: Vec<usize> = known.iter().filter(shares).map(|(at, _)| *at).collect();
    assets.dedup();
    assets
}

/// Whether it joins tables by their keys, and does nothing else.
fn is_star(arena: &Arena, part: &Subplan) -> bool {
    let Some(from) = arena.get_rel(part.rel).from().map(|from| arena.get_from(from)) else {
        return false;
    };
    let joins = |condition: &ScalarId| {
        let mut inputs = BTreeSet::new();
        inputs_of(arena, *condition, &mut inputs);
        inputs.len() > 1
    };
    part.shape == Shape::Join
        && from.inputs.iter().all(|input| matches!(arena.get_rel(*input), Rel::Scan { .. }))
        && from.conditions().iter().all(joins)
}

/// With what the only table of a join is joined.
fn joined_with(arena: &Arena, part: &Subplan) -> &'static str {
    let from = arena.get_rel(part.rel).from().map(|from| arena.get_from(from));
    let has =
        |is: &dyn Fn(RelId) -> bool| from.is_some_and(|from| from.inputs.iter().any(|it| is(*it)));
    if scans(arena, part.rel) > 1 {
        " is joined with itself the same way in "
    } else if has(&|input| matches!(arena.get_rel(input), Rel::Call { .. })) {
        " is unnested the same way in "
    } else if has(&|input| scans(arena, input) == 0 && calls(arena, input)) {
        " is joined with rows of a function the same way in "
    } else if has(&|input| scans(arena, input) == 0) {
        " is joined with rows that are written out the same way in "
    } else {
        " is joined with what is made of it the same way in "
    }
}

/// Whether rows of a function are among what it reads.
fn calls(arena: &Arena, rel: RelId) -> bool {
    let mut found = false;
    arena.within(rel, &mut |node| found |= matches!(node, Node::Rel(Rel::Call { .. })));
    found
}

/// Whether it groups the rows of one table, and does nothing else.
fn is_alone(part: &Subplan) -> bool {
    part.shape == Shape::Grouping && part.tables.len() == 1 && part.inside.is_empty()
}

/// Whether it reads nothing but seeds: lists that somebody typed.
fn is_small(estate: &Estate, part: &Subplan) -> bool {
    part.tables
        .iter()
        .all(|table| estate.asset(table).is_some_and(|asset| asset.kind == AssetKind::Seed))
}

fn worth_a_word(it: &Repeated<'_>) -> bool {
    let small = it.part.weight <= SMALL || it.is_star || is_alone(it.part);
    let needed = if small { PLACES_OF_SMALL } else { 2 };
    let repeatable = !it.rests_on.iter().any(Obstacle::is_final);
    repeatable && !it.part.tables.is_empty() && it.places >= needed
}

fn weight(it: &Repeated<'_>) -> u64 {
    (it.part.weight * (it.places - 1)) as u64
}

fn finding(platform: &Platform<'_>, it: &Repeated<'_>) -> Finding {
    let estate = platform.estate;
    let part = it.part;
    let keys: Vec<&str> = it.assets.iter().map(|at| estate.assets[*at].key.as_str()).collect();
    let done = match (part.shape, part.tables.len()) {
        (Shape::Join, 1) => joined_with(&estate.arena, part),
        (Shape::Join, _) => " are joined the same way in ",
        (Shape::Grouping, 1) => " is grouped the same way in ",
        (Shape::Grouping, _) => " are joined and grouped the same way in ",
    };
    let message = named(&part.tables, estate).then(done).then_count(it.places).then(" places");
    let evidence = if it.rests_on.is_empty() { Evidence::Proved } else { Evidence::Observed };
    let same = Reason {
        evidence,
        message: Message::text("one normal form: the same inputs")
            .then(if part.shape == Shape::Grouping {
                ", conditions and keys"
            } else {
                " and conditions"
            })
            .then(", in ")
            .then_count(it.assets.len())
            .then(" assets")
            .then(if it.places < it.assets.len() { ", copies of one counted once" } else { "" }),
    };
    let rests_on = it.rests_on.iter().map(|obstacle| Reason {
        evidence: Evidence::NotChecked,
        message: duplicate_dataset::assumption(obstacle),
    });
    Finding {
        id: Finding::id_of(RULE.code, &keys, Some(part.digest)),
        rule: RULE.code.to_owned(),
        name: RULE.name.to_owned(),
        message,
        subjects: Vec::new(),
        evidence,
        because: std::iter::once(same).chain(rests_on).collect(),
        weight: weight(it),
        saving: platform.cost(it.assets.iter().copied()),
        owners: subject::owners(estate, &it.assets),
        action: None,
        example: None,
        instead: None,
    }
}

/// Tables by their short names, at most four.
fn named(tables: &[String], estate: &Estate) -> Message {
    const MOST: usize = 4;
    let short = |table: &String| {
        estate.asset(table).map_or_else(|| table.clone(), |asset| asset.name.clone())
    };
    let names: Vec<String> = tables.iter().map(short).collect();
    listed(&names.iter().map(String::as_str).collect::<Vec<_>>(), MOST)
}
