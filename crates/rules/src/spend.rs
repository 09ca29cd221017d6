//! What was spent in the last month, part by part, for rules that ask whose the money is.

use std::collections::BTreeMap;

use plumb_base::record::Settings;
use plumb_base::record::usage::Time;
use plumb_base::{
    Currency, Evidence, Finding, Message, Moment, Money, Nanos, Place, Reason, Saving, Subject,
};
use plumb_estate::Estate;
use plumb_ledger::{Assets, Cause, Ledger, Payers, Period, Share, Since};

use crate::{Platform, Rule, subject};

/// Things that are named with a finding, the dearest ones.
const NAMED: usize = 5;

/// A part that speaks only if it is at least one in so many: bills always have crumbs.
pub(crate) const CRUMBS: Nanos = 20;

/// A month of the record, in which each part can be asked for.
pub(crate) struct Spend<'a> {
    settings: &'a Settings,
    estate: &'a Estate,
    pub ledger: Ledger,
    assets: Assets,
}

/// A part that somebody caused, or that a resource idled away.
pub(crate) struct Part<'l> {
    pub nanos: Nanos,
    pub currency: Currency,
    /// What caused it; nothing where it is idle.
    pub cause: Option<&'l Cause>,
    pub asset: Option<usize>,
    pub resource: Option<&'l str>,
}

impl<'a> Spend<'a> {
    pub(crate) fn new(platform: &Platform<'a>) -> Self {
        let month = Period { since: Since::Days(30), until: None };
        let ledger = platform.ledger.clone().within(month);
        let assets = plumb_ledger::assets(&ledger, platform.estate);
        Self { settings: &platform.found.settings, estate: platform.estate, ledger, assets }
    }

    pub(crate) fn payers(&self) -> Payers<'_> {
        Payers::new(self.settings, self.estate, &self.ledger)
    }

    /// Every part that could be somebody's: overhead and what is not known are not asked for.
    pub(crate) fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        self.ledger.allocations.iter().filter_map(|one| {
            let charge = &self.ledger.charges[one.charge];
            let cause = match one.share {
                Share::Attributed(cause) => Some(&self.ledger.causes[cause]),
                Share::IdleInHour | Share::IdleWholeHour => None,
                Share::Overhead | Share::Unattributed => return None,
            };
            Some(Part {
                nanos: one.nanos,
                currency: charge.currency,
                cause,
                asset: cause.and_then(|cause| self.assets.of(cause)),
                resource: charge.resource.map(|id| self.ledger.names.name(id)),
            })
        })
    }

    /// What each cause is spent on: its position, and how much.
    pub(crate) fn by_cause(&self) -> impl Iterator<Item = (usize, Currency, Nanos)> {
        self.ledger.allocations.iter().filter_map(|one| {
            let Share::Attributed(cause) = one.share else { return None };
            Some((cause, self.ledger.charges[one.charge].currency, one.nanos))
        })
    }

    /// Since when this is spent, in words that end a sentence.
    pub(crate) fn since(&self) -> String {
        let first = self.ledger.charges.iter().map(|charge| charge.start).min();
        let first = first.unwrap_or(Time(0)).0.div_euclid(1000);
        format!(" spent since {}", Moment(first).day())
    }
}

/// What is wrong with the money of one currency, thing by thing.
#[derive(Default)]
pub(crate) struct Heap {
    /// All that was asked for.
    pub all: Nanos,
    /// What is wrong, by name, with the asset where there is one.
    things: BTreeMap<String, (Nanos, Option<usize>)>,
}

impl Heap {
    /// Adds a part to what is wrong, under its asset, else under its resource, else under what it is.
    pub(crate) fn put(&mut self, spend: &Spend<'_>, part: &Part<'_>) {
        let name = match (part.asset, part.resource, part.cause) {
            (Some(at), _, _) => spend.estate.assets[at].key.clone(),
            (None, Some(resource), _) => resource.to_owned(),
            (None, None, Some(cause)) => spend.ledger.workloads[cause.workload].label.clone(),
            (None, None, None) => "idle".to_owned(),
        };
        self.add(name, part.nanos, part.asset);
    }

    pub(crate) fn add(&mut self, name: String, nanos: Nanos, asset: Option<usize>) {
        self.things.entry(name).or_insert((0, asset)).0 += nanos;
    }

    pub(crate) fn wrong(&self) -> Nanos {
        self.things.values().map(|(nanos, _)| nanos).sum()
    }

    /// What each thing is called.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.things.keys().map(String::as_str).collect()
    }

    /// Whether it is more than crumbs.
    pub(crate) fn matters(&self) -> bool {
        self.wrong() > 0 && self.wrong() * CRUMBS >= self.all
    }

    /// The one finding about all of it. Without a place in the code, it stands where the money is settled or read.
    pub(crate) fn finding(
        &self,
        rule: &Rule,
        platform: &Platform<'_>,
        currency: Currency,
        message: Message,
    ) -> Finding {
        let mut things: Vec<(&String, Nanos, Option<usize>)> =
            self.things.iter().map(|(name, (nanos, asset))| (name, *nanos, *asset)).collect();
        things.sort_by(|one, two| two.1.cmp(&one.1).then(one.0.cmp(two.0)));
        let assets: Vec<usize> = things.iter().filter_map(|(_, _, asset)| *asset).collect();
        let mut subjects: Vec<Subject> =
            assets.iter().map(|at| subject::whole(platform.estate, *at)).collect();
        if subjects.is_empty() {
            let dearest = things.first().map_or("", |(name, _, _)| name.as_str());
            subjects.push(Subject { asset: dearest.to_owned(), place: place(platform) });
        }
        let observed = |message: Message| Reason { evidence: Evidence::Observed, message };
        let dearest = things.iter().take(NAMED).map(|(name, nanos, _)| {
            let money = Money { currency, nanos: *nanos };
            observed(Message::name(*name).then(format!(" is {money} of it")))
        });
        let saving = Saving::NotGiven("whose it is changes nothing of what it costs".to_owned());
        Finding {
            id: Finding::id_of(rule.code, &[&currency.to_string(), ""], None),
            rule: rule.code.to_owned(),
            name: rule.name.to_owned(),
            message,
            subjects,
            evidence: Evidence::Observed,
            because: dearest.collect(),
            weight: u64::try_from(self.wrong() / UNIT).unwrap_or(0),
            saving,
            owners: subject::owners(platform.estate, &assets),
            action: None,
            example: None,
            instead: None,
        }
    }
}

/// Where money and time stand that no code is known to cause: where they are settled, or read.
pub(crate) fn place(platform: &Platform<'_>) -> Place {
    let found = platform.found;
    let record = || found.records.first().map(|file| file.path.clone());
    // Where all is kept from earlier runs there is no file, and it would be settled in this one.
    let settled = || "plumb.toml".to_owned();
    Place::file(found.settings.path.clone().or_else(record).unwrap_or_else(settled))
}

/// Billionths of one unit.
pub(crate) const UNIT: Nanos = 1_000_000_000;
