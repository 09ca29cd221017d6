//! Which files tell the same bill at several times: they have most lines in common, whatever they are called.
//!
//! A bill of a month that is exported again and again has what was settled in each export, and estimates of its last
//! days. Lines of a bill have no name that lasts, so nothing but what they have in common tells that.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::Decimal;
use plumb_base::record::usage::Time;

use crate::Names;
use crate::again::Origin;
use crate::apart::{Apart, Shared};
use crate::metered::groups;
use crate::names::NameId;

/// Lines that two files must have in common: fewer may be alike by chance.
const LEAST: u64 = 20;

/// What files have in common, while they are read. Lines of nothing tell nothing.
#[derive(Debug, Default)]
pub(crate) struct Versions {
    /// Lines of each file and hour.
    hours: BTreeMap<(NameId, Time), u64>,
    common: BTreeMap<(NameId, NameId), u64>,
    /// Lines that a file says more than once.
    repeated: BTreeMap<NameId, u64>,
    /// From when and how far each file tells, and the export that it is a part of.
    files: BTreeMap<NameId, ((Time, Time), NameId)>,
}

/// Files of bills that were told several times.
#[derive(Debug, Default)]
pub(crate) struct Bills {
    /// Files that tell the same.
    pairs: BTreeSet<(NameId, NameId)>,
    /// The first file of the same bill.
    first: BTreeMap<NameId, NameId>,
    /// The version that a file is of: what its export is called, or what it is itself.
    versions: BTreeMap<NameId, NameId>,
    /// How far a version tells, and the last of its names.
    ages: BTreeMap<NameId, (Time, String)>,
    /// From when a version tells.
    begins: BTreeMap<NameId, Time>,
    apart: Apart,
    /// Pairs of bills that are one, told in two forms.
    forms: BTreeSet<(NameId, NameId)>,
    /// Pairs of bills with lines in common.
    touching: BTreeSet<(NameId, NameId)>,
}

impl Versions {
    /// Sees a line of a time, and how much it is.
    pub(crate) fn saw(&mut self, origin: Origin, at: Time, much: Decimal) {
        if much == Decimal::ZERO {
            return;
        }
        *self.hours.entry((origin.file, at.hour())).or_default() += 1;
        let ((first, reach), _) =
            self.files.entry(origin.file).or_insert(((at, at), origin.export));
        (*first, *reach) = (at.min(*first), at.max(*reach));
    }

    /// Notes a line that a file says again.
    pub(crate) fn repeats(&mut self, file: NameId) {
        *self.repeated.entry(file).or_default() += 1;
    }

    /// Notes a line that two files have.
    pub(crate) fn both(&mut self, one: NameId, two: NameId, much: Decimal) {
        if much != Decimal::ZERO && one != two {
            *self.common.entry((one.min(two), one.max(two))).or_default() += 1;
        }
    }

    /// Tells which files are of one bill: of days that both tell, half of the lines are in both. Rows that several
    /// exports have tell which are of several accounts.
    pub(crate) fn close<'a>(
        self,
        names: &Names,
        shared: impl Iterator<Item = &'a Shared>,
    ) -> Bills {
        let mut days: BTreeMap<NameId, BTreeMap<Time, u64>> = BTreeMap::new();
        for ((file, hour), count) in &self.hours {
            *days.entry(*file).or_default().entry(hour.day()).or_default() += *count;
        }
        let told = |one: &NameId, two: &NameId| -> u64 {
            let (Some(one), Some(two)) = (days.get(one), days.get(two)) else { return 0 };
            one.iter().filter_map(|(day, count)| Some((*count).min(*two.get(day)?))).sum()
        };
        let export = |file: NameId| self.files.get(&file).map(|(_, export)| *export);
        let lines =
            |file: &NameId| -> u64 { days.get(file).into_iter().flat_map(BTreeMap::values).sum() };
        // A bill that repeats itself does so in other parts of it, too.
        let repeats =
            |file: &NameId| self.repeated.get(file).copied().unwrap_or_default() * 10 > lines(file);
        let is_one = |((one, two), common): &(&(NameId, NameId), &u64)| {
            let are_parts = export(*one) == export(*two) && (repeats(one) || repeats(two));
            // What was picked out of a bill may be less than what tells otherwise.
            let is_picked = **common * 2 >= LEAST && **common * 4 >= lines(one).min(lines(two)) * 3;
            let is_told = **common >= LEAST && **common * 2 >= told(one, two);
            (is_told || is_picked) && !are_parts
        };
        let pairs: BTreeSet<(NameId, NameId)> =
            self.common.iter().filter(is_one).map(|(pair, _)| *pair).collect();
        // Files that tell the same are no parts of one export, whatever they are called.
        let mut joined: Vec<(NameId, NameId)> = pairs.iter().copied().collect();
        let alike = pairs.iter().filter(|(one, two)| export(*one) == export(*two));
        let broken: BTreeSet<NameId> = alike.filter_map(|(one, _)| export(*one)).collect();
        let mut whole: BTreeMap<NameId, NameId> = BTreeMap::new();
        let mut bills = Bills::default();
        for (file, ((first, reach), export)) in &self.files {
            let is_part = !broken.contains(export);
            if is_part {
                joined.push((*whole.entry(*export).or_insert(*file), *file));
            }
            let version = if is_part { whole[export] } else { *file };
            bills.versions.insert(*file, version);
            let age = (*reach, names.name(*file).to_owned());
            let known = bills.ages.entry(version).or_insert_with(|| age.clone());
            *known = age.max(known.clone());
            let begins = bills.begins.entry(version).or_insert(*first);
            *begins = (*first).min(*begins);
        }
        bills.first = groups(self.files.keys().copied(), &joined);
        let touching = self.common.keys().map(|(one, two)| (bills.bill(*one), bills.bill(*two)));
        bills.touching = touching.flat_map(|(one, two)| [(one, two), (two, one)]).collect();
        bills.pairs = pairs;
        let whole = |(file, first): (&NameId, &NameId)| Some((export(*file)?, *first));
        let exports = bills.first.iter().filter_map(whole);
        let exports = exports.filter(|(export, _)| !broken.contains(export)).collect();
        let mut hours: BTreeMap<(NameId, Time), u64> = BTreeMap::new();
        for ((file, hour), count) in &self.hours {
            if let Some(export) = export(*file) {
                *hours.entry((export, *hour)).or_default() += count;
            }
        }
        bills.apart = Apart::new(exports, &hours, shared);
        bills
    }
}

impl Bills {
    /// Whether two files tell the same.
    pub(crate) fn are_alike(&self, one: NameId, two: NameId) -> bool {
        self.pairs.contains(&(one.min(two), one.max(two)))
    }

    /// Whether two files are of one bill.
    pub(crate) fn are_one(&self, one: NameId, two: NameId) -> bool {
        self.first.get(&one).is_some_and(|first| self.first.get(&two) == Some(first))
    }

    /// Whether a bill may be told in several exports.
    pub(crate) fn are_several(&self) -> bool {
        self.ages.len() > 1
    }

    /// Whether some versions are of bills that have no lines in common, or are of several accounts.
    pub(crate) fn share_nothing(&self, versions: &[NameId]) -> bool {
        let of: Vec<NameId> = versions.iter().map(|version| self.bill(*version)).collect();
        let mut pairs = of
            .iter()
            .enumerate()
            .flat_map(|(at, one)| of[at + 1..].iter().map(move |two| (*one, *two)));
        pairs.all(|(one, two)| !self.touching.contains(&(one, two)) || self.apart.are(one, two))
    }

    /// Takes it that some bills are one, told in two forms: then they are of no two accounts.
    pub(crate) fn are_forms(&mut self, pairs: &BTreeSet<(NameId, NameId)>) {
        self.forms.extend(pairs);
        self.apart.join(pairs);
    }

    /// Whether two files tell one bill in two forms.
    pub(crate) fn are_in_forms(&self, one: NameId, two: NameId) -> bool {
        let (one, two) = (self.bill(one), self.bill(two));
        self.forms.contains(&(one.min(two), one.max(two)))
    }

    /// Which bills are of several accounts.
    pub(crate) fn apart(&self) -> &Apart {
        &self.apart
    }

    /// Whether two files are of bills of two accounts.
    pub(crate) fn are_apart(&self, one: NameId, two: NameId) -> bool {
        let bills = self.first.get(&one).zip(self.first.get(&two));
        bills.is_some_and(|(one, two)| self.apart.are(*one, *two))
    }

    /// The bill that a file is of, by one of its files.
    pub(crate) fn bill(&self, file: NameId) -> NameId {
        self.first.get(&file).copied().unwrap_or(file)
    }

    /// Whether each of several bills is of an account of its own.
    pub(crate) fn are_all_apart(&self, bills: &[NameId]) -> bool {
        let mut pairs = bills.iter().flat_map(|one| bills.iter().map(move |two| (*one, *two)));
        pairs.all(|(one, two)| one == two || self.apart.are(one, two))
    }

    /// The version of a bill that a file is of.
    pub(crate) fn version(&self, file: NameId) -> NameId {
        self.versions.get(&file).copied().unwrap_or(file)
    }

    /// The version that tells a day most lately, if all are of one bill.
    pub(crate) fn newest(&self, day: Time, versions: &BTreeMap<NameId, u64>) -> Option<NameId> {
        let one = versions.keys().next()?;
        if !versions.keys().all(|version| self.are_one(*one, *version)) {
            return None;
        }
        let newest = *versions.keys().max_by_key(|version| self.ages.get(version))?;
        // A day may be cut where a version begins: another that begins before has more of it.
        let begins = |version: NameId| self.begins.get(&version).copied();
        let is_cut = begins(newest).is_some_and(|first| {
            first.day() == day && versions.keys().any(|it| begins(*it) < Some(first))
        });
        (!is_cut).then_some(newest)
    }

    /// What a version is called.
    pub(crate) fn name(&self, version: NameId) -> &str {
        self.ages.get(&version).map_or("", |(_, name)| name)
    }
}
