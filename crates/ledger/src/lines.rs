//! Lines of a bill in the FOCUS format: each is a charge already, and mostly names what it is for.

use std::collections::BTreeMap;

use plumb_base::record::usage::{BillLine, Time};
use plumb_base::{Currency, Decimal, Nanos};

use crate::book::Writer;
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
    pub(crate) fn close(&self, but: &[NameId], writer: &mut Writer<'_>) {
        for (key, billed) in self.billed.iter().filter(|(key, _)| !but.contains(&key.provider)) {
            let charge = Charge {
                provider: key.provider,
                service: key.service,
                resource: key.resource,
                start: key.day,
                currency: key.currency,
                billed: 0,
                quantity: None,
            };
            let (share, method) = match key.share {
                Shared::Cause(cause) => (Share::Attributed(cause), Method::Named),
                Shared::Everybody => (Share::Overhead, Method::Service),
                Shared::Nobody => (Share::Unattributed, Method::Unnamed),
            };
            writer.priced(charge, *billed, ONE, &[(share, method, 1)]);
        }
    }
}

/// Price of what is money already.
const ONE: Nanos = 1_000_000_000;
