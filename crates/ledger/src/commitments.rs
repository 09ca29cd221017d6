//! Savings plans and reservations: what is paid for them belongs to what was used under them.
//!
//! A bill charges a commitment by itself. What runs under it costs nothing more, or costs the list price that a line of
//! the same day takes back. So the lines of a commitment are one charge, split by what each use costs under it.

use std::collections::BTreeMap;

use plumb_base::record::usage::{BillLine, Commitment, Time};
use plumb_base::{Currency, Decimal};

use crate::again::Counts;
use crate::book::Writer;
use crate::charge::{Method, Share};
use crate::forms::Forms;
use crate::hours::positive;
use crate::lines::{Key, ONE, Shared, charge};
use crate::names::NameId;
use crate::versions::Bills;

/// Lines that speak of commitments, while they are read.
#[derive(Debug, Default)]
pub(crate) struct Commitments {
    counted: Told,
    /// All that each file says.
    said: BTreeMap<NameId, Told>,
    /// Who sold each.
    providers: BTreeMap<NameId, NameId>,
}

/// A commitment on a day.
type Day = (NameId, Currency, Time);

/// What lines say of commitments.
#[derive(Debug, Default)]
struct Told {
    /// What was billed, by commitment.
    billed: BTreeMap<(NameId, Key), Decimal>,
    /// What was used of each commitment, by day.
    used: BTreeMap<Day, BTreeMap<Share, Decimal>>,
    /// Lines, also those that are not counted as another file tells them otherwise.
    lines: BTreeMap<Day, u64>,
}

impl Told {
    fn line(&mut self, line: &BillLine, key: &Key, id: NameId, said: &Commitment) {
        let day = (id, key.currency, key.day);
        *self.lines.entry(day).or_default() += 1;
        let used = self.used.entry(day).or_default();
        if said.used != Decimal::ZERO {
            let share = key.share.share();
            let sum = used.entry(share).or_default();
            *sum = sum.plus(said.used);
        }
        // What is not used is told by the line that pays, which may pay for many days.
        if said.unused != Decimal::ZERO {
            let sum = used.entry(Share::IdleWholeHour).or_default();
            *sum = sum.plus(said.unused);
        }
        let key = Key { resource: None, share: Shared::Everybody, ..key.clone() };
        let billed = self.billed.entry((id, key)).or_default();
        *billed = billed.plus(line.billed);
    }

    /// What was billed for a commitment on a day.
    fn billed(&self, day: &Day) -> impl Iterator<Item = (&(NameId, Key), &Decimal)> {
        let (id, currency, start) = *day;
        let is_it = move |((of, key), _): &(&(NameId, Key), &Decimal)| {
            (*of, key.currency, key.day) == (id, currency, start)
        };
        self.billed.iter().filter(is_it)
    }

    /// Takes what another says of a day in place of what is said here, and gives by how much that is less.
    fn take(&mut self, day: &Day, others: &[&Self]) -> Decimal {
        let before: Vec<(NameId, Key)> = self.billed(day).map(|(key, _)| key.clone()).collect();
        let mut more: Decimal = before.iter().filter_map(|key| self.billed.remove(key)).sum();
        let mut used: BTreeMap<Share, Decimal> = BTreeMap::new();
        for other in others {
            for (key, billed) in other.billed(day) {
                more = more.minus(*billed);
                let sum = self.billed.entry(key.clone()).or_default();
                *sum = sum.plus(*billed);
            }
            for (share, amount) in other.used.get(day).into_iter().flatten() {
                let sum = used.entry(*share).or_default();
                *sum = sum.plus(*amount);
            }
        }
        self.used.insert(*day, used);
        more
    }
}

impl Commitments {
    /// A line of a file; one that another file tells otherwise is not counted, and known to be there.
    pub(crate) fn line(
        &mut self,
        line: &BillLine,
        key: &Key,
        (id, said): (NameId, &Commitment),
        (file, counts): (NameId, Counts),
    ) {
        self.said.entry(file).or_default().line(line, key, id, said);
        self.providers.insert(id, key.provider);
        match counts {
            Counts::Yes => self.counted.line(line, key, id, said),
            Counts::Otherwise => {
                *self.counted.lines.entry((id, key.currency, key.day)).or_default() += 1;
            }
            Counts::No | Counts::Elsewhere | Counts::BesideAPart(_) => {}
        }
    }

    /// Counts a line that waited.
    pub(crate) fn count(&mut self, line: &BillLine, key: &Key, id: NameId, said: &Commitment) {
        self.counted.line(line, key, id, said);
    }

    /// What each file says that commitments cost.
    pub(crate) fn said(&self) -> impl Iterator<Item = (&Key, (NameId, Decimal))> {
        self.said.iter().flat_map(|(file, told)| {
            told.billed.iter().map(move |((_, key), billed)| (key, (*file, *billed)))
        })
    }

    /// Of a commitment and day that several versions of a bill tell, and none of them all, the newest counts: by how much
    /// that is less, and of how many lines.
    pub(crate) fn settle(
        &mut self,
        bills: &Bills,
        forms: &Forms,
    ) -> Vec<(NameId, Currency, u64, Decimal)> {
        let mut days: BTreeMap<Day, BTreeMap<NameId, u64>> = BTreeMap::new();
        for (file, told) in &self.said {
            for (day, lines) in &told.lines {
                let version = days.entry(*day).or_default().entry(bills.version(*file));
                *version.or_default() += lines;
            }
        }
        let mut less = Vec::new();
        for (day, versions) in &days {
            let lines = self.counted.lines.get(day).copied().unwrap_or_default();
            let provider = self.providers.get(&day.0);
            let kept = provider.and_then(|of| forms.kept(&(day.1, *of, day.2)));
            let is_all = versions.len() == 1 || versions.values().any(|said| *said == lines);
            if kept.map_or(is_all, |kept| versions.keys().all(|version| kept.contains(version))) {
                continue;
            }
            let newest = match kept {
                Some(kept) => kept.to_vec(),
                None => bills.newest(day.2, versions).into_iter().collect(),
            };
            let Some(named) = newest.first() else { continue };
            let of = self.said.iter().filter(|(file, _)| newest.contains(&bills.version(**file)));
            let of: Vec<&Told> = of.map(|(_, told)| told).collect();
            let more = self.counted.take(day, &of);
            let said: u64 = newest.iter().filter_map(|version| versions.get(version)).sum();
            less.push((*named, day.1, lines.saturating_sub(said), more));
        }
        less
    }

    /// Turns what was read into charges, as far as they are wanted.
    pub(crate) fn close(
        &self,
        wanted: &mut dyn FnMut(&Key, Decimal) -> bool,
        writer: &mut Writer<'_>,
    ) {
        for ((id, key), billed) in &self.counted.billed {
            if !wanted(key, *billed) {
                continue;
            }
            let parts = self.parts(*id, key);
            writer.priced(charge(key), *billed, ONE, &parts);
        }
    }

    /// Who used a commitment in a time, and how much of it nobody did.
    fn parts(&self, id: NameId, key: &Key) -> Vec<(Share, Method, u64)> {
        let days = (id, key.currency, key.day)..(id, key.currency, key.until);
        let mut used: BTreeMap<Share, Decimal> = BTreeMap::new();
        for (share, amount) in self.counted.used.range(days).flat_map(|(_, used)| used) {
            let sum = used.entry(*share).or_default();
            *sum = sum.plus(*amount);
        }
        let weigh = |(share, amount): (Share, Decimal)| {
            let unused = share == Share::IdleWholeHour;
            let method = if unused { Method::Unused } else { Method::Commitment };
            (share, method, positive(amount.nanos()))
        };
        let parts: Vec<_> = used.into_iter().map(weigh).filter(|part| part.2 > 0).collect();
        // Paid, and no line says for what.
        if parts.is_empty() { vec![(Share::Overhead, Method::Service, 1)] } else { parts }
    }
}
