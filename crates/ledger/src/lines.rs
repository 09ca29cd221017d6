//! Lines of bills: each is a charge already, and mostly names what it is for.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::record::usage::{BillLine, Time};
use plumb_base::{Currency, Decimal, Nanos};

use crate::book::Writer;
use crate::charge::{Charge, Method, Share};
use crate::commitments::Commitments;
use crate::names::NameId;

/// Lines, while they are read: those that are for the same thing on the same day are one.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    billed: BTreeMap<Key, Decimal>,
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

    /// The same in the words of allocations.
    pub(crate) fn share(self) -> Share {
        match self {
            Self::Cause(cause) => Share::Attributed(cause),
            Self::Everybody => Share::Overhead,
            Self::Nobody => Share::Unattributed,
        }
    }
}

impl Lines {
    /// Adds a line; `commitment` is the id of what was committed to, where the line speaks of it.
    pub(crate) fn line(&mut self, line: &BillLine, key: Key, commitment: Option<NameId>) {
        if let Some((id, said)) = commitment.zip(line.commitment.as_ref()) {
            self.commitments.line(line, &key, id, said);
            return;
        }
        let billed = self.billed.entry(key).or_default();
        *billed = billed.plus(line.billed);
    }

    /// Turns what was read into charges, but what a provider charged for a day already. Says whose lines that were.
    pub(crate) fn close(&self, writer: &mut Writer<'_>) -> BTreeSet<NameId> {
        let charged = writer.ledger.charges.iter().map(|it| (it.provider, it.start.day()));
        let charged: BTreeSet<(NameId, Time)> = charged.collect();
        let mut twice = BTreeSet::new();
        let mut once = |key: &Key| {
            let known = charged.contains(&(key.provider, key.day));
            if known {
                twice.insert(key.provider);
            }
            !known
        };
        for (key, billed) in &self.billed {
            if !once(key) {
                continue;
            }
            let method = match key.share {
                Shared::Cause(_) => Method::Named,
                Shared::Everybody => Method::Service,
                Shared::Nobody => Method::Unnamed,
            };
            let parts = [(key.share.share(), method, 1)];
            writer.priced(charge(key), *billed, ONE, &parts);
        }
        self.commitments.close(&mut once, writer);
        twice
    }
}

/// A charge of which only the amount is missing.
pub(crate) fn charge(key: &Key) -> Charge {
    Charge {
        provider: key.provider,
        service: key.service,
        resource: key.resource,
        start: key.day,
        currency: key.currency,
        billed: 0,
        quantity: None,
    }
}

/// Price of what is money already.
pub(crate) const ONE: Nanos = 1_000_000_000;
