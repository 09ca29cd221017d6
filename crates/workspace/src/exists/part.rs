//! Joins and groupings of a query that assets compute already.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Digest, Evidence, Message, answer::SharedPart};
use plumb_canon::{Obstacle, Shape, Subplan, obstacles};
use plumb_estate::Estate;

use super::Query;

/// Weight up to which a part is no work worth a word: two inputs and one condition, or one input grouped by one key.
const SMALL: usize = 3;

/// Tables named in a sentence.
const NAMED: usize = 4;

/// The heaviest parts first; what stands inside one that was told, in the same assets, is told with it.
pub(super) fn shared(estate: &Estate, query: &Query) -> Vec<SharedPart> {
    let holders = holders(estate, query);
    let used: BTreeSet<Digest> = query
        .reads
        .iter()
        .filter_map(|at| estate.assets[*at].plan.as_ref())
        .flat_map(|plan| plan.parts.iter().map(|part| part.digest))
        .collect();
    let top = query.plan.parts.iter().map(|part| part.weight).max().unwrap_or(0);
    let mut parts: Vec<&Subplan> =
        query.plan.parts.iter().filter(|part| !used.contains(&part.digest)).collect();
    parts.sort_by_key(|part| (std::cmp::Reverse(part.weight), part.digest));
    let mut told: BTreeMap<Digest, BTreeSet<usize>> = BTreeMap::new();
    let mut shared = Vec::new();
    for part in parts {
        let Some(assets) = holders.get(&part.digest) else { continue };
        let whole = part.weight == top;
        let known = told.get(&part.digest);
        let new = assets.iter().any(|at| known.is_none_or(|known| !known.contains(at)));
        if !new || (part.weight <= SMALL && !whole) || part.tables.is_empty() {
            continue;
        }
        let rests_on = obstacles(&estate.arena, part.rel);
        if rests_on.iter().any(Obstacle::is_final) {
            continue;
        }
        for inside in part.inside.iter().chain([&part.digest]) {
            told.entry(*inside).or_default().extend(assets);
        }
        let mut assets: Vec<usize> = assets.iter().copied().collect();
        assets.sort_by_key(|at| (usize::MAX - estate.assets[*at].read_by.len(), *at));
        shared.push(SharedPart {
            what: said(estate, part),
            whole,
            assets: assets.iter().map(|at| estate.assets[*at].key.clone()).collect(),
            evidence: if rests_on.is_empty() { Evidence::Proved } else { Evidence::Observed },
        });
    }
    shared
}

/// Assets that compute a part of the query themselves, by part.
fn holders(estate: &Estate, query: &Query) -> BTreeMap<Digest, BTreeSet<usize>> {
    let wanted: BTreeMap<Digest, &Subplan> =
        query.plan.parts.iter().map(|part| (part.digest, part)).collect();
    let mut holders: BTreeMap<Digest, BTreeSet<usize>> = BTreeMap::new();
    for (at, asset) in estate.assets.iter().enumerate() {
        let Some(plan) = asset.plan.as_ref().filter(|_| asset.computes_rows()) else { continue };
        if query.own.contains(&at) || query.reads.contains(&at) {
            continue;
        }
        for part in &plan.parts {
            // Equal digests find candidates; the nodes decide.
            if wanted.get(&part.digest).is_some_and(|mine| mine.rel == part.rel) {
                holders.entry(part.digest).or_default().insert(at);
            }
        }
    }
    holders
}

fn said(estate: &Estate, part: &Subplan) -> Message {
    let done = match (part.shape, part.tables.len()) {
        (Shape::Join, 1) => " is joined with itself the same way",
        (Shape::Join, _) => " are joined the same way",
        (Shape::Grouping, 1) => " is grouped the same way; what is measured may differ",
        (Shape::Grouping, _) => " are joined and grouped the same way; what is measured may differ",
    };
    let mut message = Message::default();
    let shown = part.tables.len().min(NAMED);
    for (at, table) in part.tables[..shown].iter().enumerate() {
        let last = at > 0 && at + 1 == part.tables.len();
        let between = if last { " and " } else { ", " };
        let name = estate.asset(table).map_or(table, |asset| &asset.name);
        message = if at == 0 { message } else { message.then(between) }.then_name(name);
    }
    if part.tables.len() > NAMED {
        message = message.then(" and ").then_count(part.tables.len() - NAMED).then(" more");
    }
    message.then(done)
}
