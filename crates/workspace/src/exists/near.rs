//! Assets that are made of the same tables as a query.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use plumb_base::{Evidence, Message, answer::Match};
use plumb_estate::Estate;

use super::{Query, of_asset};

/// Assets that are called near.
const MOST: usize = 5;

/// Names in a sentence.
const NAMED: usize = 4;

/// The nearest first: most tables in common, fewest others, most names of columns in common.
pub(super) fn near(estate: &Estate, query: &Query, held: &BTreeSet<usize>) -> Vec<Match> {
    let tables = estate.tables(query.plan.expanded.rel);
    let wanted: BTreeSet<&str> =
        query.columns.iter().flatten().map(plumb_base::Name::as_str).collect();
    let mut found = Vec::new();
    for (at, asset) in estate.assets.iter().enumerate() {
        let Some(plan) = asset.plan.as_ref().filter(|_| asset.computes_rows()) else { continue };
        if held.contains(&at) || query.own.contains(&at) || query.reads.contains(&at) {
            continue;
        }
        let theirs = estate.tables(plan.expanded.rel);
        let common: Vec<&str> = tables.intersection(&theirs).map(String::as_str).collect();
        // Half of what it is made of, or more: else nearly everything is near.
        if common.is_empty() || common.len() * 2 < tables.len() {
            continue;
        }
        let columns = asset.columns.iter().filter_map(|column| column.name.as_ref());
        let columns = columns.filter(|name| wanted.contains(name.as_str())).count();
        let others = theirs.len() - common.len();
        let one = Match {
            why: vec![why(&common, tables.len(), columns, wanted.len())],
            evidence: Evidence::Observed,
            ..of_asset(estate, at)
        };
        found.push(((Reverse(common.len()), others, Reverse(columns), at), one));
    }
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().take(MOST).map(|(_, one)| one).collect()
}

fn why(common: &[&str], tables: usize, columns: usize, wanted: usize) -> Message {
    let mut message = match (common.len(), tables) {
        (1, 1) => Message::text("made of the same table, "),
        (all, of) if all == of => {
            Message::text("made of the same ").then_count(all).then(" tables: ")
        }
        (some, of) => Message::text("made of ")
            .then_count(some)
            .then(" of its ")
            .then_count(of)
            .then(" tables: "),
    };
    for (at, table) in common.iter().take(NAMED).enumerate() {
        message = if at == 0 { message } else { message.then(", ") }.then_name(*table);
    }
    if common.len() > NAMED {
        message = message.then(" and ").then_count(common.len() - NAMED).then(" more");
    }
    if columns == 0 || wanted == 0 {
        return message;
    }
    message.then("; ").then_count(columns).then(" of ").then_count(wanted).then(" names of columns")
}
