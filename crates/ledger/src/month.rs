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

    /// Why a change to an asset has no saving: what it costs may be known, what the change leaves of that is not.
    pub fn saving(&self, asset: &Asset) -> Saving {
        let why = match self.months.of(asset) {
            _ if self.is_empty() => "no bill was read",
            Some(_) => "what it costs is known, and not how much of that this would save",
            None => "nothing in the record is known to compute it",
        };
        Saving::NotGiven(why.to_owned())
    }

    /// What it saves to keep one of several copies: the dearest or the cheapest may be the one that stays.
    ///
    /// Copies of which nothing is known may cost anything: the range is then of the others alone, of which all
    /// may go.
    pub fn saving_of_copies(&self, copies: &[&Asset]) -> Saving {
        let known: Vec<Nanos> = copies.iter().filter_map(|asset| self.months.of(asset)).collect();
        let not_given = |why: &str| Saving::NotGiven(why.to_owned());
        if known.len() == 1 {
            return not_given("the record tells what only one of them costs");
        }
        let (Some(currency), Some(least), Some(most)) =
            (self.months.currency, known.iter().min(), known.iter().max())
        else {
            let none = self.is_empty();
            return not_given(if none {
                "no bill was read"
            } else {
                "nothing in the record is known to compute them"
            });
        };
        if self.months.days < FEWEST {
            return not_given("fewer than 7 days were read");
        }
        let sum: Nanos = known.iter().sum();
        let all = known.len() == copies.len();
        let (low, high) = (sum - most, if all { sum - least } else { sum });
        let money = |nanos| Money { currency, nanos };
        Saving::PerMonth { low: money(low), high: money(high) }
    }
}
