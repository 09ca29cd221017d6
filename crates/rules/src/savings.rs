//! What findings about datasets would save: the dearest first, each of what those before it leave.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use plumb_base::{Nanos, Saving};
use plumb_ledger::Left;

use crate::Platform;

/// What somebody would change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Change {
    /// Of copies, one stays.
    Copies(Vec<usize>),
    /// One is computed from another.
    Instead(usize),
}

/// What each change would save.
pub(crate) type Savings = BTreeMap<Change, Saving>;

pub(crate) fn savings(platform: &Platform<'_>) -> Savings {
    let copies = platform.copies().iter().map(|group| Change::Copies(group.clone()));
    let sources = sources(platform);
    let derived = sources.keys().map(|asset| Change::Instead(*asset));
    let alone = |change: &Change| most(&take(platform, &mut Left::new(platform.ledger), change));
    let mut changes: Vec<(Reverse<Nanos>, Change)> =
        copies.chain(derived).map(|change| (Reverse(alone(&change)), change)).collect();
    changes.sort();
    let mut left = Left::new(platform.ledger);
    changes
        .into_iter()
        .map(|(_, change)| {
            let saving = take(platform, &mut left, &change);
            (change, saving)
        })
        .collect()
}

/// From what each dataset would be computed: the first that is there, and is not computed from it in turn.
pub(crate) fn sources(platform: &Platform<'_>) -> BTreeMap<usize, usize> {
    let mut sources: BTreeMap<usize, usize> = BTreeMap::new();
    // A view keeps no rows, and what reads it computes all of them again.
    let is_kept = |at: usize| platform.estate.assets[at].is_stored();
    for it in platform.derived().iter().filter(|it| is_kept(it.from)) {
        let mut made_of = std::iter::successors(Some(it.from), |at| sources.get(at).copied());
        let is_circle = made_of.any(|at| at == it.asset);
        if !is_circle {
            sources.entry(it.asset).or_insert(it.from);
        }
    }
    sources
}

fn take(platform: &Platform<'_>, left: &mut Left<'_>, change: &Change) -> Saving {
    let asset = |at: &usize| &platform.estate.assets[*at];
    match change {
        Change::Copies(group) => left.copies(&group.iter().map(asset).collect::<Vec<_>>()),
        Change::Instead(at) => left.instead(asset(at)),
    }
}

/// The most that is saved; what is not known comes after everything that is.
pub(crate) fn most(saving: &Saving) -> Nanos {
    match saving {
        Saving::NotGiven(_) => 0,
        Saving::PerMonth { high, .. } => high.nanos,
    }
}
