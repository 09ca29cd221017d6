//! What becomes of idle: it stays apart, or is spread over what ran, or goes to whoever owns the resource.

use std::collections::BTreeMap;

use plumb_base::Currency;

use crate::cause::Cause;
use crate::hours::positive;
use crate::names::NameId;
use crate::workload::Workload;
use crate::{Allocation, Ledger, Method, Share};

/// What becomes of idle.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum IdlePolicy {
    /// It is shown by itself.
    #[default]
    Apart,
    /// It is spread over what ran on the same resource: within its hour, else over all hours.
    Proportional,
    /// It goes to whoever owns the resource.
    Owner,
}

/// Causes with what is attributed to each.
type Weights = BTreeMap<usize, u64>;

/// A resource, in one currency.
type Resource = (NameId, Currency);

impl Ledger {
    /// The same ledger with idle dealt with. No charge changes; idle of a resource on which nothing ran stays.
    #[must_use]
    pub fn with_idle(mut self, policy: IdlePolicy) -> Self {
        match policy {
            IdlePolicy::Apart => {}
            IdlePolicy::Proportional => self.spread(),
            IdlePolicy::Owner => self.give(),
        }
        self
    }

    fn spread(&mut self) {
        let mut by_charge: BTreeMap<usize, Weights> = BTreeMap::new();
        let mut by_resource: BTreeMap<Resource, Weights> = BTreeMap::new();
        for one in &self.allocations {
            let Share::Attributed(cause) = one.share else { continue };
            let weight = positive(one.nanos);
            let add = |weights: &mut Weights| {
                let sum = weights.entry(cause).or_default();
                *sum = sum.saturating_add(weight);
            };
            add(by_charge.entry(one.charge).or_default());
            if let Some(resource) = self.resource(one.charge) {
                add(by_resource.entry(resource).or_default());
            }
        }
        let mut spread = Vec::with_capacity(self.allocations.len());
        for one in &self.allocations {
            let within = by_charge.get(&one.charge).filter(|_| one.share == Share::IdleInHour);
            let around = self.resource(one.charge).and_then(|it| by_resource.get(&it));
            let weights = match one.share {
                Share::IdleInHour | Share::IdleWholeHour => within.or(around),
                Share::Attributed(_) | Share::Overhead | Share::Unattributed => None,
            };
            let Some(weights) = weights.filter(|weights| weights.values().any(|it| *it > 0)) else {
                spread.push(*one);
                continue;
            };
            let list: Vec<u64> = weights.values().copied().collect();
            let (shares, _) = crate::split(one.nanos, &list);
            let each = weights.keys().zip(shares).filter(|(_, nanos)| *nanos != 0);
            spread.extend(each.map(|(cause, nanos)| Allocation {
                share: Share::Attributed(*cause),
                method: Method::IdleProportional,
                nanos,
                ..*one
            }));
        }
        self.allocations = spread;
    }

    fn give(&mut self) {
        let mut causes: BTreeMap<NameId, usize> = BTreeMap::new();
        for at in 0..self.allocations.len() {
            let one = self.allocations[at];
            let Some((resource, _)) = self.resource(one.charge) else { continue };
            if !matches!(one.share, Share::IdleInHour | Share::IdleWholeHour) {
                continue;
            }
            let cause = *causes.entry(resource).or_insert_with(|| {
                self.workloads.push(Workload::resource(self.names.name(resource)));
                let workload = self.workloads.len() - 1;
                let cause = Cause { workload, user: None, tags: Vec::new(), table: None, runs: 0 };
                self.causes.push(cause);
                self.causes.len() - 1
            });
            let (share, method) = (Share::Attributed(cause), Method::IdleOwner);
            self.allocations[at] = Allocation { share, method, ..one };
        }
    }

    fn resource(&self, charge: usize) -> Option<Resource> {
        let charge = self.charges.get(charge)?;
        Some((charge.resource?, charge.currency))
    }
}
