//! What assets cost a month, and so what their copies would save.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::record::usage::Time;
use plumb_base::{Currency, Money, Nanos, Saving};
use plumb_estate::{Asset, Estate};

use crate::{Ledger, Period, Share, Since};

/// Days of a month.
const MONTH: i128 = 30;

/// Fewer days say nothing of a month.
const FEWEST: i128 = 7;

/// What was attributed to assets, in the currency with the most charges.
#[derive(Debug, Clone, Default)]
pub(crate) struct Months {
    /// By key of the asset.
    attributed: BTreeMap<String, Nanos>,
    currency: Option<Currency>,
    /// Days that were read, from the first to the last.
    days: i128,
}

impl Months {
    fn new(ledger: &Ledger, estate: &Estate) -> Self {
        let currency = ledger.sums().ok().and_then(|sums| Some(sums.first()?.currency));
        let assets = crate::assets(ledger, estate);
        let mut months = Self { currency, ..Self::default() };
        let mut days: BTreeSet<Time> = BTreeSet::new();
        for one in &ledger.allocations {
            let charge = &ledger.charges[one.charge];
            days.insert(charge.start.day());
            let Share::Attributed(cause) = one.share else { continue };
            let asset = assets.of(&ledger.causes[cause]);
            if let Some(at) = asset.filter(|_| Some(charge.currency) == currency) {
                let key = estate.assets[at].key.clone();
                *months.attributed.entry(key).or_default() += one.nanos;
            }
        }
        if let (Some(first), Some(last)) = (days.first(), days.last()) {
            months.days = i128::from((last.0 - first.0) / Time::DAY + 1);
        }
        months
    }

    /// What an asset costs a month, where anything is known of it.
    fn of(&self, asset: &Asset) -> Option<Nanos> {
        let attributed = self.attributed.get(&asset.key)?;
        Some(attributed.saturating_mul(MONTH) / self.days.max(1))
    }
}

impl Ledger {
    /// Learns which workload computes which asset.
    pub fn join(&mut self, estate: &Estate) {
        // What a month costs is what the last one did.
        let period = Period { since: Since::Days(30), until: None };
        self.months = Months::new(&self.clone().within(period), estate);
    }

    /// Why a change to assets has no saving: what they cost may be known, what the change leaves of that is not.
    pub fn saving(&self, assets: &[&Asset]) -> Saving {
        let known: Vec<Nanos> = assets.iter().filter_map(|asset| self.months.of(asset)).collect();
        let Some(currency) = self.months.currency.filter(|_| !known.is_empty()) else {
            return Saving::NotGiven(self.unknown(assets.len()).to_owned());
        };
        let (of, they, cost) = match (assets.len(), known.len()) {
            (1, _) => (String::new(), "it", "costs"),
            (all, known) if known < all => (format!("{known} of {all} "), "they", "cost"),
            (all, _) => (format!("all {all} "), "they", "cost"),
        };
        let who = if of.is_empty() { they } else { of.trim_end() };
        Saving::NotGiven(if self.months.days < FEWEST {
            format!("what {they} {cost} is known of fewer than {FEWEST} days")
        } else {
            let money = Money { currency, nanos: known.iter().sum() };
            format!(
                "{who} {cost} {money} a month, and how much of that this would save is not known"
            )
        })
    }

    /// Why nothing is known of what assets cost.
    fn unknown(&self, assets: usize) -> &'static str {
        match assets {
            _ if self.is_empty() => "no bill was read",
            1 => "nothing in the record is known to compute it",
            _ => "nothing in the record is known to compute them",
        }
    }
}

/// What assets cost a month, less what was said before that others would save of it: no unit is saved twice.
#[derive(Debug)]
pub struct Left<'l> {
    ledger: &'l Ledger,
    /// By key of the asset, where it is less than all.
    less: BTreeMap<String, Nanos>,
}

impl<'l> Left<'l> {
    /// All that assets cost.
    pub fn new(ledger: &'l Ledger) -> Self {
        Self { ledger, less: BTreeMap::new() }
    }

    fn of(&self, asset: &Asset) -> Option<Nanos> {
        let all = self.ledger.months.of(asset)?;
        Some(self.less.get(&asset.key).copied().unwrap_or(all))
    }

    /// What it saves to keep one of several copies, and takes that out: the dearest or the cheapest may be the one that
    /// stays.
    ///
    /// Copies of which nothing is known may cost anything: the range is then of the others alone, of which all
    /// may go.
    pub fn copies(&mut self, copies: &[&Asset]) -> Saving {
        let known: Vec<Nanos> = copies.iter().filter_map(|asset| self.of(asset)).collect();
        if known.len() == 1 {
            let why = "the record tells what only one of them costs";
            return Saving::NotGiven(why.to_owned());
        }
        let (Some(least), Some(most)) = (known.iter().min(), known.iter().max()) else {
            return Saving::NotGiven(self.ledger.unknown(copies.len()).to_owned());
        };
        let sum: Nanos = known.iter().sum();
        let stays = if known.len() == copies.len() { *least } else { 0 };
        self.range((sum - most, sum - stays), copies, stays)
    }

    /// What it saves to compute something from what is there already, and takes that out: all that it costs at most.
    pub fn instead(&mut self, asset: &Asset) -> Saving {
        match self.of(asset) {
            Some(cost) => self.range((0, cost), &[asset], 0),
            None => Saving::NotGiven(self.ledger.unknown(1).to_owned()),
        }
    }

    /// A range of what assets cost, of which the first keeps what stays.
    fn range(&mut self, (low, high): (Nanos, Nanos), of: &[&Asset], stays: Nanos) -> Saving {
        let months = &self.ledger.months;
        let Some(currency) = months.currency.filter(|_| months.days >= FEWEST) else {
            return Saving::NotGiven(format!("fewer than {FEWEST} days were read"));
        };
        if high <= 0 {
            let why = "what it costs is in what another finding would save, or nothing";
            return Saving::NotGiven(why.to_owned());
        }
        for (at, asset) in of.iter().enumerate() {
            self.less.insert(asset.key.clone(), if at == 0 { stays } else { 0 });
        }
        let money = |nanos| Money { currency, nanos };
        Saving::PerMonth { low: money(low), high: money(high) }
    }
}
