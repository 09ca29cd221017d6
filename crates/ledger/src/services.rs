//! What services that work by themselves worked for, as their histories tell it, day by day.

use std::collections::BTreeMap;

use plumb_base::record::usage::Time;
use plumb_base::{Decimal, Digest};
use rustc_hash::FxHashMap;

use crate::charge::{Method, Share};
use crate::hours::positive;
use crate::names::NameId;

/// A part of a charge, and its weight.
type Part = (Share, Method, u64);

/// Uses of services, while records are read.
#[derive(Debug, Default)]
pub(crate) struct Services {
    /// Billionths of a unit, by what is the same use.
    uses: FxHashMap<Digest, (Key, u64)>,
}

/// A service on a day, for a cause.
type Key = (NameId, Time, usize);

impl Services {
    /// Adds a use. Its row grows while the hour goes on: of several exports the largest counts.
    pub(crate) fn used(&mut self, row: Digest, (service, start, cause): Key, quantity: Decimal) {
        let units = positive(quantity.nanos());
        let (_, known) = self.uses.entry(row).or_insert(((service, start.day(), cause), units));
        *known = units.max(*known);
    }

    /// Who had each service work, and how much, by day.
    pub(crate) fn close(self) -> Worked {
        let mut worked = Worked::default();
        for (key, units) in self.uses.into_values() {
            let sum = worked.0.entry(key).or_default();
            *sum = sum.saturating_add(units);
        }
        worked
    }
}

/// Billionths of a unit of each service, by day and cause.
#[derive(Debug, Default)]
pub(crate) struct Worked(BTreeMap<Key, u64>);

impl Worked {
    /// For whom a service worked on a day; nothing where nobody tells.
    pub(crate) fn parts(&self, service: NameId, day: Time) -> Vec<Part> {
        let day = day.day();
        let range = self.0.range((service, day, 0)..=(service, day, usize::MAX));
        let part = |((_, _, cause), units): (&Key, &u64)| {
            (Share::Attributed(*cause), Method::ServiceUse, *units)
        };
        range.map(part).filter(|(_, _, units)| *units > 0).collect()
    }

    /// The same, of so many billionths: what the history does not tell of is for everybody.
    pub(crate) fn parts_of(&self, service: NameId, day: Time, units: u64) -> Vec<Part> {
        let mut parts = self.parts(service, day);
        let told = parts.iter().map(|(_, _, units)| *units).fold(0, u64::saturating_add);
        let rest = if parts.is_empty() { 1 } else { units.saturating_sub(told) };
        if rest > 0 {
            parts.push((Share::Overhead, Method::Service, rest));
        }
        parts
    }
}
