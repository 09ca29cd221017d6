//! Lines of bills: each is a charge already, and mostly names what it is for.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::record::usage::{BillLine, Time};
use plumb_base::{Currency, Decimal, Nanos};

use crate::Ledger;
use crate::again::Origin;
use crate::book::Writer;
use crate::charge::{Charge, Method, Share};
use crate::clusters::Clusters;
use crate::commitments::Commitments;
use crate::names::NameId;

/// Lines, while they are read: those that are for the same thing on the same day are one.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    /// What was billed, and where the first line of it stands.
    billed: BTreeMap<Key, (Decimal, Origin)>,
    commitments: Commitments,
}

/// What lines must have in common to be one charge.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub currency: Currency,
    pub provider: NameId,
    pub service: NameId,
    pub resource: Option<NameId>,
    pub day: Time,
    /// The first day that is out.
    pub until: Time,
    pub share: Shared,
}

/// What a line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Shared {
    Cause(usize),
    /// Whoever had tasks run on a cluster; a cause where that is not known.
    Cluster(NameId, usize),
    Everybody,
    Nobody,
}

impl Shared {
    /// What is no use is for everybody: taxes, fees, credits, corrections.
    pub(crate) fn of(line: &BillLine, cause: Option<usize>) -> Self {
        match cause {
            _ if !line.category.eq_ignore_ascii_case("usage") => Self::Everybody,
            Some(cause) => Self::Cause(cause),
            None => Self::Nobody,
        }
    }

    /// The same in the words of allocations.
    pub(crate) fn share(self) -> Share {
        match self {
            Self::Cause(cause) | Self::Cluster(_, cause) => Share::Attributed(cause),
            Self::Everybody => Share::Overhead,
            Self::Nobody => Share::Unattributed,
        }
    }
}

impl Key {
    /// Days that it is for; of what says that it is for years, the first ones.
    fn days(&self) -> impl Iterator<Item = Time> + use<> {
        let (first, until) = (self.day.0, self.until.0.min(self.day.0 + LONGEST * Time::DAY));
        (0..).map(move |at| Time(first + at * Time::DAY)).take_while(move |day| day.0 < until)
    }
}

/// Days of the longest time that a line is for.
const LONGEST: i64 = 400;

/// Days of which records were read that tell the money of a provider, and what else tells of them.
#[derive(Debug, Default)]
pub(crate) struct Covered {
    days: BTreeSet<(NameId, Time)>,
    /// Providers with lines of days that are all told already.
    twice: BTreeSet<NameId>,
    /// Lines for days of which some are told already: whose, whether they count, and their sum.
    partly: BTreeMap<(NameId, bool, Currency), Decimal>,
}

impl Covered {
    /// Notes what was charged so far.
    pub(crate) fn charged(&mut self, writer: &Writer<'_>) {
        self.days.extend(writer.ledger.charges.iter().map(|it| (it.provider, it.start.day())));
    }

    /// Says what of a bill is left out or may count twice, and forgets it.
    pub(crate) fn say(&mut self, place: &str, ledger: &mut Ledger) {
        for provider in std::mem::take(&mut self.twice) {
            let name = ledger.names.name(provider);
            let note = format!(
                "lines of {name} in {place} are left out on days of which its own records were read"
            );
            ledger.notes.push(note);
        }
        for ((provider, counts, currency), sum) in std::mem::take(&mut self.partly) {
            let name = ledger.names.name(provider);
            let end = if counts {
                "fewer than half of which its own records tell: they count, and some of it counts twice"
            } else {
                "at least half of which its own records tell: they are left out, and some of it is in nothing"
            };
            let note =
                format!("{sum} {currency} of lines of {name} in {place} are for days, {end}");
            ledger.notes.push(note);
        }
    }

    /// Whether a line counts. One for many days cannot be cut: what is told of most of them is left out.
    fn wants(&mut self, key: &Key, billed: Decimal) -> bool {
        let (mut told, mut days) = (0, 0);
        for day in key.days() {
            days += 1;
            told += u32::from(self.days.contains(&(key.provider, day)));
        }
        let wants = told * 2 < days;
        if told == days {
            self.twice.insert(key.provider);
        } else if told > 0 {
            let sum = self.partly.entry((key.provider, wants, key.currency)).or_default();
            *sum = sum.plus(billed);
        }
        wants
    }
}

impl Lines {
    /// Adds a line; `commitment` is the id of what was committed to, where the line speaks of it.
    ///
    /// The file of another export that bills the same thing on the same day, if there is one.
    pub(crate) fn line(
        &mut self,
        line: &BillLine,
        key: Key,
        commitment: Option<NameId>,
        origin: Origin,
    ) -> Option<NameId> {
        if let Some((id, said)) = commitment.zip(line.commitment.as_ref()) {
            self.commitments.line(line, &key, id, said);
            return None;
        }
        let is_thing = key.resource.is_some() && line.billed != Decimal::ZERO;
        let (billed, first) = self.billed.entry(key).or_insert((Decimal::ZERO, origin));
        *billed = billed.plus(line.billed);
        (is_thing && first.export != origin.export).then_some(first.file)
    }

    /// Turns what was read into charges, but what was told already.
    pub(crate) fn close(
        &self,
        clusters: &Clusters,
        covered: &mut Covered,
        writer: &mut Writer<'_>,
    ) {
        let mut told = Vec::new();
        let mut once = |key: &Key, billed: Decimal| {
            let wants = covered.wants(key, billed);
            if wants {
                told.extend(key.days().map(|day| (key.provider, day)));
            }
            wants
        };
        for (key, (billed, _)) in &self.billed {
            if !once(key, *billed) {
                continue;
            }
            let method = match key.share {
                Shared::Cause(_) | Shared::Cluster(..) => Method::Named,
                Shared::Everybody => Method::Service,
                Shared::Nobody => Method::Unnamed,
            };
            let shared = match key.share {
                Shared::Cluster(cluster, _) => clusters.parts(cluster, key.day, key.until),
                Shared::Cause(_) | Shared::Everybody | Shared::Nobody => None,
            };
            let parts = shared.unwrap_or_else(|| vec![(key.share.share(), method, 1)]);
            writer.priced(charge(key), *billed, ONE, &parts);
        }
        self.commitments.close(&mut once, writer);
        covered.days.extend(told);
    }
}

/// A charge of which only the amount is missing.
pub(crate) fn charge(key: &Key) -> Charge {
    Charge {
        provider: key.provider,
        service: key.service,
        resource: key.resource,
        start: key.day,
        end: key.until,
        currency: key.currency,
        billed: 0,
        quantity: None,
    }
}

/// Price of what is money already.
pub(crate) const ONE: Nanos = 1_000_000_000;
