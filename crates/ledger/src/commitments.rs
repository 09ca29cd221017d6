//! Savings plans and reservations: what is paid for them belongs to what was used under them.
//!
//! A bill charges a commitment by itself. What runs under it costs nothing more, or costs the list price that a line of
//! the same day takes back. So the lines of a commitment are one charge, split by what each use costs under it.

use std::collections::BTreeMap;

use plumb_base::record::usage::{BillLine, Commitment, Time};
use plumb_base::{Currency, Decimal};

use crate::book::Writer;
use crate::charge::{Method, Share};
use crate::hours::positive;
use crate::lines::{Key, ONE, Shared, charge};
use crate::names::NameId;

/// Lines that speak of commitments, while they are read.
#[derive(Debug, Default)]
pub(crate) struct Commitments {
    /// What was billed, by commitment.
    billed: BTreeMap<(NameId, Key), Decimal>,
    /// What was used of each commitment, by day.
    used: BTreeMap<(NameId, Currency, Time), BTreeMap<Share, Decimal>>,
}

impl Commitments {
    pub(crate) fn line(&mut self, line: &BillLine, key: &Key, id: NameId, said: &Commitment) {
        let used = self.used.entry((id, key.currency, key.day)).or_default();
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

    /// Turns what was read into charges, as far as they are wanted.
    pub(crate) fn close(
        &self,
        wanted: &mut dyn FnMut(&Key, Decimal) -> bool,
        writer: &mut Writer<'_>,
    ) {
        for ((id, key), billed) in &self.billed {
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
        for (share, amount) in self.used.range(days).flat_map(|(_, used)| used) {
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
