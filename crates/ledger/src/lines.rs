//! Lines of a bill in the FOCUS format: each is a charge already, and mostly names what it is for.

use std::collections::BTreeMap;

use plumb_base::record::usage::{BillLine, Time};
use plumb_base::{Currency, Decimal, Nanos};

use crate::book::{Ledger, Writer};
use crate::charge::{Charge, Method, Share};
use crate::names::NameId;

/// Lines, while they are read: those that are for the same thing on the same day are one.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    billed: BTreeMap<Key, Decimal>,
}

/// What lines must have in common to be one charge.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub currency: Currency,
    pub provider: NameId,
    pub service: NameId,
    pub resource: Option<NameId>,
    pub day: Time,
    pub share: Shared,
}

/// What a line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Shared {
    Cause(usize),
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
}

impl Lines {
    pub(crate) fn line(&mut self, line: &BillLine, key: Key) {
        let billed = self.billed.entry(key).or_default();
        *billed = billed.plus(line.billed);
    }

    /// Providers whose lines were read.
    pub(crate) fn providers(&self) -> impl Iterator<Item = NameId> {
        self.billed.keys().map(|key| key.provider)
    }

    /// Turns what was read into charges, but those of some providers.
    ///
    /// A line may be finer than a billionth. What rounding cuts off is carried to the next line of its provider
    /// and currency, so that all charges sum to what the lines sum to.
    pub(crate) fn close(&self, but: &[NameId], ledger: &mut Ledger) {
        let mut carried: BTreeMap<(Currency, NameId), (Decimal, Nanos)> = BTreeMap::new();
        for (key, exact) in &self.billed {
            if but.contains(&key.provider) {
                continue;
            }
            let (sum, given) = carried.entry((key.currency, key.provider)).or_default();
            *sum = sum.plus(*exact);
            let billed = sum.nanos() - *given;
            *given += billed;
            let charge = Charge {
                provider: key.provider,
                service: key.service,
                resource: key.resource,
                start: key.day,
                currency: key.currency,
                billed,
                quantity: None,
            };
            let (share, method) = match key.share {
                Shared::Cause(cause) => (Share::Attributed(cause), Method::Named),
                Shared::Everybody => (Share::Overhead, Method::Service),
                Shared::Nobody => (Share::Unattributed, Method::Unnamed),
            };
            Writer { ledger }.whole(charge, share, method);
        }
    }
}
