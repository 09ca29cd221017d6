//! Exports that tell one bill in several forms: with other columns, by the hour and by the day, of some services only.
//!
//! Their lines have nothing in common, and their sums have: of a day, each service costs the same in both. Two accounts
//! do not agree to the last digit, service by service and day by day.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use plumb_base::record::usage::Time;
use plumb_base::{Currency, Decimal};

use crate::lines::{Key, Said};
use crate::names::NameId;
use crate::versions::Bills;

/// Sums of services and days that two bills must both tell, and how many of these must be different amounts.
const CELLS: usize = 10;
const AMOUNTS: usize = 5;

/// Sums that are less than a cent tell nothing: many are alike. In units of the last place.
const CENT: u128 = 10_000_000_000_000_000;

/// What may be lost where lines are rounded: one part in so many, and so much of any sum.
const EXACT: u128 = 1_000_000;
const LOST: u128 = CENT / 10_000;

/// A day of a provider.
pub(crate) type Day = (Currency, NameId, Time);

/// What an export says of a day.
#[derive(Debug, Default)]
struct Told {
    services: BTreeMap<NameId, Decimal>,
    /// Lines, and those of them that name a resource.
    lines: u64,
    named: u64,
}

/// Days that are told in several forms.
#[derive(Debug, Default)]
pub(crate) struct Forms {
    /// The version that counts.
    kept: BTreeMap<Day, NameId>,
    /// Pairs of bills that are one in two forms.
    pairs: BTreeSet<(NameId, NameId)>,
}

/// What speaks for two bills being one: the first tells all that the second tells.
#[derive(Debug, Default)]
struct Evidence {
    cells: usize,
    amounts: BTreeSet<i128>,
    /// What the second says of days on which the first says the same, and of all days of both.
    agreed: u128,
    both: u128,
}

impl Told {
    fn amount(&self) -> u128 {
        self.services.values().map(|sum| sum.units().unsigned_abs()).sum()
    }

    /// Whether it costs as much here, service by service, as there; there may be more.
    fn is_in(&self, other: &Self) -> bool {
        let is_same = |(service, sum): (&NameId, &Decimal)| {
            let there = other.services.get(service).copied().unwrap_or_default();
            let apart = sum.minus(there).units().unsigned_abs();
            apart <= sum.units().unsigned_abs() / EXACT + LOST
        };
        self.amount() > 0 && self.services.iter().all(is_same)
    }

    /// The more it names and tells the better.
    fn rank(&self) -> (bool, u64) {
        (self.named * 2 > self.lines, self.lines)
    }
}

impl Evidence {
    fn see(&mut self, told: &Told, is_in: bool) {
        let amount = told.amount();
        self.both += amount;
        if is_in {
            self.agreed += amount;
            let sums = told.services.values().map(|sum| sum.units());
            let telling: Vec<i128> = sums.filter(|sum| sum.unsigned_abs() > CENT).collect();
            self.cells += telling.len();
            self.amounts.extend(telling);
        }
    }

    fn is_enough(&self) -> bool {
        self.cells >= CELLS && self.amounts.len() >= AMOUNTS && self.agreed * 2 >= self.both
    }
}

impl Forms {
    /// Compares what files say of days.
    pub(crate) fn new<'a>(
        said: impl Iterator<Item = (&'a Key, (NameId, Said))>,
        bills: &Bills,
    ) -> Self {
        let mut days: BTreeMap<Day, BTreeMap<NameId, Told>> = BTreeMap::new();
        for (key, (file, said)) in said {
            let day = days.entry((key.currency, key.provider, key.day)).or_default();
            let told = day.entry(bills.version(file)).or_default();
            let sum = told.services.entry(key.service).or_default();
            *sum = sum.plus(said.sum);
            told.lines += said.lines;
            told.named += if key.resource.is_some() { said.lines } else { 0 };
        }
        days.retain(|_, versions| versions.len() > 1);
        for (day, versions) in &mut days {
            newest(day.2, versions, bills);
        }
        let mut evidence: BTreeMap<(NameId, NameId), Evidence> = BTreeMap::new();
        for versions in days.values() {
            for (one, told) in versions {
                for (two, other) in versions {
                    let pair = (bills.bill(*one), bills.bill(*two));
                    if pair.0 != pair.1 {
                        evidence.entry(pair).or_default().see(other, other.is_in(told));
                    }
                }
            }
        }
        evidence.retain(|_, it| it.is_enough());
        let holds =
            |one: NameId, two: NameId| evidence.contains_key(&(bills.bill(one), bills.bill(two)));
        let kept = days.iter().filter_map(|(day, versions)| Some((*day, kept(versions, &holds)?)));
        let pairs = evidence.keys().map(|(one, two)| (*one.min(two), *one.max(two)));
        Self { kept: kept.collect(), pairs: pairs.collect() }
    }

    /// The version that counts on a day that is told in several forms.
    pub(crate) fn kept(&self, day: &Day) -> Option<NameId> {
        self.kept.get(day).copied()
    }

    /// Whether a version counts on some day in the place of others.
    pub(crate) fn keeps(&self, version: NameId) -> bool {
        self.kept.values().any(|kept| *kept == version)
    }

    /// Pairs of bills that are one in two forms.
    pub(crate) fn pairs(&self) -> &BTreeSet<(NameId, NameId)> {
        &self.pairs
    }
}

/// Leaves of each bill its newest version, where it is known.
fn newest(day: Time, versions: &mut BTreeMap<NameId, Told>, bills: &Bills) {
    let mut of: BTreeMap<NameId, BTreeMap<NameId, u64>> = BTreeMap::new();
    for (version, told) in versions.iter() {
        of.entry(bills.bill(*version)).or_default().insert(*version, told.lines);
    }
    for several in of.values().filter(|several| several.len() > 1) {
        if let Some(newest) = bills.newest(day, several) {
            versions.retain(|version, _| *version == newest || !several.contains_key(version));
        }
    }
}

/// The version that tells all that the others tell of a day; where several do, the one that names most.
fn kept(
    versions: &BTreeMap<NameId, Told>,
    holds: &impl Fn(NameId, NameId) -> bool,
) -> Option<NameId> {
    let is_whole = |(one, told): &(&NameId, &Told)| {
        let mut others = versions.iter().filter(|(two, _)| two != one);
        others.all(|(two, other)| {
            // Where both tell all of the other, more of a day is a later state of it.
            let is_later = holds(*two, **one) && told.amount() > other.amount();
            holds(**one, *two) && (other.is_in(told) || is_later)
        })
    };
    let whole = versions.iter().filter(|_| versions.len() > 1).filter(is_whole);
    whole
        .max_by_key(|(version, told)| (told.rank(), Reverse(**version)))
        .map(|(version, _)| *version)
}
