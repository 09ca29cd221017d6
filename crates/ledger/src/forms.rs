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

/// Sums of services and days that two bills must both tell, and how many of these must be different amounts. Of times of
/// several days, so many are enough.
const CELLS: usize = 10;
const AMOUNTS: usize = 5;

/// Days of the longest time that lines are summed for.
const MONTH: i64 = 31;

/// Most versions of a day that are compared with each other.
const MOST: usize = 32;

/// Sums that are less than a cent tell nothing: many are alike. In units of the last place.
const CENT: u128 = 10_000_000_000_000_000;

/// What may be lost where lines are rounded: one part in so many, and so much of any sum.
const EXACT: u128 = 1_000_000;
const LOST: u128 = CENT / 10_000;

/// A day of a provider.
pub(crate) type Day = (Currency, NameId, Time);

/// What an export says of a day.
#[derive(Debug, Default, Clone)]
struct Told {
    services: BTreeMap<NameId, Decimal>,
    /// Lines, those of them that name a resource, and those that are for several days.
    lines: u64,
    named: u64,
    long: u64,
    /// The first day after the longest of those.
    until: Time,
}

/// Days that are told in several forms.
#[derive(Debug, Default)]
pub(crate) struct Forms {
    /// The versions that count.
    kept: BTreeMap<Day, Vec<NameId>>,
    /// Pairs of bills that are one in two forms.
    pairs: BTreeSet<(NameId, NameId)>,
    /// Days on which all count, as what would be left has lines in common.
    open: BTreeSet<Day>,
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
    fn add(&mut self, key: &Key, said: Said) {
        let sum = self.services.entry(key.service).or_default();
        *sum = sum.plus(said.sum);
        self.lines += said.lines;
        self.named += if key.resource.is_some() { said.lines } else { 0 };
        if (2..=MONTH).contains(&((key.until.0 - key.day.0) / Time::DAY)) {
            self.long += said.lines;
            self.until = key.until.max(self.until);
        }
    }

    fn join(&mut self, other: &Self) {
        self.lines += other.lines;
        self.named += other.named;
        for (service, sum) in &other.services {
            let all = self.services.entry(*service).or_default();
            *all = all.plus(*sum);
        }
    }

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

    fn is_enough(&self, cells: usize) -> bool {
        self.cells >= cells && self.amounts.len() >= AMOUNTS && self.agreed * 2 >= self.both
    }
}

/// What versions tell of each day.
type Days = BTreeMap<Day, BTreeMap<NameId, Told>>;

/// Times of some days that a version tells as one by their first days, and where they end.
fn periods(days: &Days) -> (Days, BTreeMap<Day, Time>) {
    let (mut periods, mut ends) = (Days::new(), BTreeMap::new());
    for (day, versions) in days {
        let long = versions.values().filter(|told| told.long * 2 > told.lines);
        let Some(until) = long.map(|told| told.until).max() else { continue };
        let all = periods.entry(*day).or_default();
        for (version, told) in days.range(*day..(day.0, day.1, until)).flat_map(|(_, it)| it) {
            all.entry(*version).or_default().join(told);
        }
        ends.insert(*day, until);
    }
    (periods, ends)
}

/// The versions that count on each day that is told in several forms, and the bills that are one.
fn compared(mut days: Days, bills: &Bills, cells: usize) -> Forms {
    for (day, versions) in &mut days {
        newest(day.2, versions, bills);
    }
    days.retain(|_, versions| (2..=MOST).contains(&versions.len()));
    let many: BTreeMap<Day, usize> = days.iter().map(|(day, told)| (*day, told.len())).collect();
    // First those of which another tells all; of what is left, what all others tell together.
    let mut pairs = dropped(&mut days, one_by_one, bills, cells);
    pairs.extend(dropped(&mut days, one_and_the_rest, bills, cells));
    let left = days.into_iter().map(|(day, told)| (day, told.into_keys().collect::<Vec<_>>()));
    let less = left.filter(|(day, versions)| versions.len() < many[day]);
    let (kept, open): (BTreeMap<_, _>, BTreeMap<_, _>) =
        less.partition(|(_, versions)| bills.share_nothing(versions));
    let pairs = pairs.iter().flat_map(|(one, two)| {
        one.iter().flat_map(|one| two.iter().map(|two| (*one.min(two), *one.max(two))))
    });
    Forms { kept, pairs: pairs.collect(), open: open.into_keys().collect() }
}

/// Bills, and others that they tell all of.
type Pairs = BTreeSet<(Vec<NameId>, Vec<NameId>)>;

impl Forms {
    /// Compares what files say of days.
    pub(crate) fn new<'a>(
        said: impl Iterator<Item = (&'a Key, (NameId, Said))>,
        bills: &Bills,
    ) -> Self {
        let mut days = Days::new();
        for (key, (file, said)) in said {
            let day = days.entry((key.currency, key.provider, key.day)).or_default();
            day.entry(bills.version(file)).or_default().add(key, said);
        }
        let mut forms = compared(days.clone(), bills, CELLS);
        let (periods, ends) = periods(&days);
        let of_periods = compared(periods, bills, AMOUNTS);
        for (first, versions) in of_periods.kept {
            for (day, _) in days.range(first..(first.0, first.1, ends[&first])) {
                forms.kept.entry(*day).or_insert_with(|| versions.clone());
            }
        }
        forms.pairs.extend(of_periods.pairs);
        forms.open.extend(of_periods.open);
        forms
    }

    /// The versions that count on a day that is told in several forms.
    pub(crate) fn kept(&self, day: &Day) -> Option<&[NameId]> {
        self.kept.get(day).map(Vec::as_slice)
    }

    /// Whether a version counts on some day in the place of others.
    pub(crate) fn keeps(&self, version: NameId) -> bool {
        self.kept.values().any(|kept| kept.contains(&version))
    }

    /// What is told in several forms, and all of it counts.
    pub(crate) fn note(&self) -> Option<String> {
        let many = match self.open.len() {
            0 => return None,
            1 => "1 day is".to_owned(),
            more => format!("{more} days are"),
        };
        Some(format!(
            "{many} told in several forms by exports of which some have lines in common with others: all count, and some of it counts twice; read one form alone"
        ))
    }

    /// Pairs of bills that are one in two forms, or one a part of the other.
    pub(crate) fn pairs(&self) -> &BTreeSet<(NameId, NameId)> {
        &self.pairs
    }
}

/// Some versions, and what they tell of a day together.
struct Side {
    versions: Vec<NameId>,
    told: Told,
}

impl Side {
    fn of<'a>(versions: impl Iterator<Item = (&'a NameId, &'a Told)>) -> Self {
        let mut side = Self { versions: Vec::new(), told: Told::default() };
        for (version, told) in versions {
            side.versions.push(*version);
            side.told.join(told);
        }
        side
    }

    fn bills(&self, bills: &Bills) -> Vec<NameId> {
        let all: BTreeSet<NameId> = self.versions.iter().map(|it| bills.bill(*it)).collect();
        all.into_iter().collect()
    }
}

/// Which versions of a day are compared: whether the first side tells all of the second.
type Sides = fn(&BTreeMap<NameId, Told>) -> Vec<(Side, Side)>;

/// Every two versions of a day.
fn one_by_one(versions: &BTreeMap<NameId, Told>) -> Vec<(Side, Side)> {
    let side = |version: &NameId| Side::of(versions.get_key_value(version).into_iter());
    let pairs = versions.keys().flat_map(|one| versions.keys().map(move |two| (one, two)));
    pairs.filter(|(one, two)| one != two).map(|(one, two)| (side(one), side(two))).collect()
}

/// Every version of a day beside all others, where these are several: the whole and its parts, and the other way round.
fn one_and_the_rest(versions: &BTreeMap<NameId, Told>) -> Vec<(Side, Side)> {
    let several = versions.keys().filter(|_| versions.len() > 2);
    let pair = |one: &NameId| {
        let split = |is_one: bool| Side::of(versions.iter().filter(|it| (it.0 == one) == is_one));
        [(split(true), split(false)), (split(false), split(true))]
    };
    several.flat_map(pair).collect()
}

/// Takes out of each day what others tell all of; gives the pairs for which enough speaks.
fn dropped(days: &mut Days, sides: Sides, bills: &Bills, cells: usize) -> Pairs {
    let mut evidence: BTreeMap<(Vec<NameId>, Vec<NameId>), Evidence> = BTreeMap::new();
    for (one, two) in days.values().flat_map(sides) {
        let pair = (one.bills(bills), two.bills(bills));
        if pair.0.iter().all(|bill| !pair.1.contains(bill)) {
            evidence.entry(pair).or_default().see(&two.told, two.told.is_in(&one.told));
        }
    }
    let pairs: Pairs =
        evidence.into_iter().filter(|(_, it)| it.is_enough(cells)).map(|(pair, _)| pair).collect();
    if pairs.is_empty() {
        return pairs;
    }
    for versions in days.values_mut() {
        let is_out = |(one, two): &(Side, Side)| {
            let (ours, theirs) = (one.bills(bills), two.bills(bills));
            let (holds, held) =
                (pairs.contains(&(ours.clone(), theirs.clone())), pairs.contains(&(theirs, ours)));
            // Where each tells all of the other, more of a day is a later state of it.
            let is_later = held && one.told.amount() > two.told.amount();
            let is_same = held && one.told.is_in(&two.told);
            let is_in = two.told.is_in(&one.told);
            let is_better = || rank(one) > rank(two);
            holds && if is_in { !is_same || is_better() } else { is_later }
        };
        let out: BTreeSet<NameId> = sides(versions)
            .iter()
            .filter(|it| is_out(it))
            .flat_map(|(_, two)| two.versions.clone())
            .collect();
        if out.len() < versions.len() {
            versions.retain(|version, _| !out.contains(version));
        }
    }
    pairs
}

/// What names more, then tells more, is better.
fn rank(side: &Side) -> (bool, u64, Reverse<&[NameId]>) {
    let Told { lines, named, .. } = side.told;
    (named * 2 > lines, lines, Reverse(&side.versions))
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
