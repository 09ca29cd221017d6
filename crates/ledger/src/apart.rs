//! Which bills are of several accounts, though some of their lines say the same: a fee costs everybody as much.
//!
//! Files that tell the same hours and have few of their lines in common tell no bill twice. Where a line says of which
//! account it is, it is another line; where it does not, only this tells.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use plumb_base::record::usage::Time;

use crate::names::NameId;

/// Lines that two bills must both tell of the same hours, that few in common say something.
const LEAST: u64 = 20;

/// Of lines that both could have, one in so many at most is in both by chance.
const FEW: u64 = 4;

/// A row that several exports have: how often each.
pub(crate) type Shared = Vec<(NameId, u64)>;

/// Pairs of bills of several accounts.
#[derive(Debug, Default)]
pub(crate) struct Apart {
    /// The bill of each export; one that is not here is compared with nothing.
    bills: BTreeMap<NameId, NameId>,
    pairs: BTreeSet<(NameId, NameId)>,
}

impl Apart {
    /// Compares bills: lines of each export by hour, and the rows that several have.
    pub(crate) fn new<'a>(
        bills: BTreeMap<NameId, NameId>,
        hours: &BTreeMap<(NameId, Time), u64>,
        rows: impl Iterator<Item = &'a Shared>,
    ) -> Self {
        let mut apart = Self { bills, pairs: BTreeSet::new() };
        let mut common: BTreeMap<(NameId, NameId), u64> = BTreeMap::new();
        for row in rows {
            let row = apart.of_bills(row);
            for (at, (one, count)) in row.iter().enumerate() {
                for (two, other) in &row[at + 1..] {
                    *common.entry((*one, *two)).or_default() += count.min(other);
                }
            }
        }
        let mut told: BTreeMap<NameId, BTreeMap<Time, u64>> = BTreeMap::new();
        for ((export, hour), count) in hours {
            if let Some(bill) = apart.bills.get(export) {
                let most = told.entry(*bill).or_default().entry(*hour).or_default();
                *most = (*most).max(*count);
            }
        }
        let few = |((one, two), common): (&(NameId, NameId), &u64)| {
            let (one, two) = (told.get(one)?, told.get(two)?);
            let both = |(hour, count): (&Time, &u64)| Some((*count).min(*two.get(hour)?));
            let told: Vec<u64> = one.iter().filter_map(both).collect();
            // Within the hour in which one bill ends and the other begins, anything may be in both.
            let is_edge = told.len() == 1 && one.len().max(two.len()) > 1;
            let told: u64 = told.iter().sum();
            Some(!is_edge && told >= LEAST && common * FEW < told)
        };
        let pairs = common.iter().filter(|pair| few(*pair) == Some(true)).map(|(pair, _)| *pair);
        apart.pairs = pairs.collect();
        apart
    }

    /// Takes it that some bills are of no two accounts.
    pub(crate) fn join(&mut self, pairs: &BTreeSet<(NameId, NameId)>) {
        self.pairs.retain(|pair| !pairs.contains(pair));
    }

    /// Whether two bills are of two accounts.
    pub(crate) fn are(&self, one: NameId, two: NameId) -> bool {
        self.pairs.contains(&(one.min(two), one.max(two)))
    }

    /// How often a row counts: in each account as often as in the bill that has most of it.
    pub(crate) fn count(&self, row: &Shared) -> u64 {
        let mut bills = self.of_bills(row);
        let others = |bill: NameId| bills.iter().filter(|(it, _)| self.are(*it, bill)).count();
        let ranks: BTreeMap<NameId, usize> =
            bills.iter().map(|(bill, _)| (*bill, others(*bill))).collect();
        // A few lines of some account are told apart from nobody's: they come last.
        bills.sort_by_key(|(bill, count)| (Reverse(ranks[bill]), Reverse(*count), *bill));
        let most = bills.iter().map(|(_, count)| *count).max().unwrap_or_default();
        let mut accounts: Vec<(NameId, u64)> = Vec::new();
        for (bill, count) in bills {
            if accounts.iter().all(|(account, _)| self.are(*account, bill)) {
                accounts.push((bill, count));
            }
        }
        accounts.iter().map(|(_, count)| count).sum::<u64>().max(most)
    }

    /// How often each bill has a row, in the order of bills.
    fn of_bills(&self, row: &Shared) -> Vec<(NameId, u64)> {
        let mut most: BTreeMap<NameId, u64> = BTreeMap::new();
        for (export, count) in row {
            let bill = self.bills.get(export).unwrap_or(export);
            let known = most.entry(*bill).or_default();
            *known = (*known).max(*count);
        }
        most.into_iter().collect()
    }
}
