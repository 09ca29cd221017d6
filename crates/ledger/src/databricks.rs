//! The bill of Databricks: what each line of use names, warehouses by the work of their queries, and shared clusters by
//! the time of their tasks.

use std::collections::BTreeMap;

use plumb_base::Decimal;
use plumb_base::record::usage::{QueryRun, Time, UsageLine};

use crate::book::Writer;
use crate::charge::{Charge, Method, Share, Unit};
use crate::clusters::Clusters;
use crate::hours::{Hours, Ran, Seconds, positive};
use crate::names::NameId;
use crate::prices::Prices;
use crate::running::Running;
use crate::services::Worked;

const PROVIDER: &str = "Databricks";

/// Products that work by themselves, for everybody.
const SERVICES: &[&str] = &[
    "DATA_CLASSIFICATION",
    "DATA_QUALITY_MONITORING",
    "DEFAULT_STORAGE",
    "LAKEHOUSE_MONITORING",
    "NETWORKING",
    "PREDICTIVE_OPTIMIZATION",
];

/// Records of Databricks, while they are read.
#[derive(Debug, Default)]
pub(crate) struct Databricks {
    hours: Hours,
    used: BTreeMap<Key, Decimal>,
}

/// What lines must have in common to be one charge; what a line takes back, it takes from its own charge.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub start: Time,
    pub sku: NameId,
    pub cloud: NameId,
    pub unit: NameId,
    pub product: NameId,
    pub resource: Option<NameId>,
    pub asked: Asked,
}

/// Who a line of use is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Asked {
    /// It names a cause.
    Cause(usize),
    /// It names a warehouse: whoever asked it something.
    Warehouse(NameId),
    /// It names a cluster: whoever had tasks run on it.
    Cluster(NameId),
    /// It names nobody.
    Nobody,
}

impl Databricks {
    pub(crate) fn query(&mut self, run: &QueryRun, warehouse: Option<NameId>, cause: usize) {
        self.hours.cover(run.start, run.end);
        let Some(warehouse) = warehouse else { return };
        // What took no work came from a cache.
        if run.work != Some(0) {
            self.hours.run(warehouse, 0, cause, (run.start, run.end), run.work);
        }
    }

    pub(crate) fn line(&mut self, line: &UsageLine, key: Key) {
        let used = self.used.entry(key).or_default();
        *used = used.plus(line.quantity);
    }

    /// Takes out a part of what was used.
    pub(crate) fn take_back(&mut self, key: &Key, quantity: Decimal) {
        if let Some(used) = self.used.get_mut(key) {
            *used = used.minus(quantity);
        }
    }

    /// Whether any query of a day was read.
    pub(crate) fn ran_on(&self, day: Time) -> bool {
        self.hours.ran_on(day)
    }

    /// Turns what was read into charges, each with its allocations.
    pub(crate) fn close(
        &self,
        (running, clusters): (&Running, &Clusters),
        worked: &Worked,
        prices: &mut Prices,
        writer: &mut Writer<'_>,
    ) {
        let mut unpriced: BTreeMap<(NameId, NameId), Decimal> = BTreeMap::new();
        for (key, quantity) in &self.used {
            let name = |id: NameId| writer.ledger.names.name(id).to_owned();
            let (sku, cloud, unit) = (name(key.sku), name(key.cloud), name(key.unit));
            let product = name(key.product);
            let price = prices.unit_at((&sku, &cloud, &unit), &product, key.start);
            let Some(price) = price else {
                let lost = unpriced.entry((key.sku, key.unit)).or_default();
                *lost = lost.plus(*quantity);
                continue;
            };
            let parts = self.parts(key, &product, (running, clusters, worked));
            let charge = Charge {
                provider: writer.ledger.names.id(PROVIDER),
                service: key.product,
                resource: key.resource,
                start: key.start,
                end: Time(key.start.0 + Time::HOUR),
                currency: price.currency,
                billed: 0,
                quantity: Some((*quantity, Unit::Named(key.unit))),
            };
            writer.priced(charge, *quantity, price.nanos, &parts);
        }
        let ledger = &mut *writer.ledger;
        for ((sku, unit), quantity) in unpriced {
            if quantity != Decimal::ZERO {
                let much = format!("{quantity} {}", ledger.names.name(unit));
                ledger.unpriced.push((much, ledger.names.name(sku).to_owned()));
            }
        }
    }

    fn parts(
        &self,
        key: &Key,
        product: &str,
        (running, clusters, worked): (&Running, &Clusters, &Worked),
    ) -> Vec<(Share, Method, u64)> {
        match key.asked {
            Asked::Cluster(_) | Asked::Nobody if SERVICES.contains(&product) => {
                let parts = worked.parts(key.product, key.start);
                if parts.is_empty() { vec![(Share::Overhead, Method::Service, 1)] } else { parts }
            }
            Asked::Cluster(cluster) => {
                let (from, until) = (key.start, Time(key.start.0 + Time::HOUR));
                let unnamed = || vec![(Share::Unattributed, Method::Unnamed, 1)];
                clusters.parts(cluster, from, until).unwrap_or_else(unnamed)
            }
            Asked::Cause(cause) => vec![(Share::Attributed(cause), Method::Named, 1)],
            Asked::Nobody => vec![(Share::Unattributed, Method::Unnamed, 1)],
            Asked::Warehouse(warehouse) => {
                let ran = self.hours.at((warehouse, key.start.hour()));
                if ran.is_empty() {
                    return vec![if self.hours.covers(key.start.hour()) {
                        (Share::IdleWholeHour, Method::Idle, 1)
                    } else {
                        (Share::Unattributed, Method::NoHistory, 1)
                    }];
                }
                let place = (warehouse, key.start.hour());
                work_shares(&ran, running.at(place, &self.hours, 0))
            }
        }
    }
}

/// Billionths of a second, so that shares of work lose nothing.
const SECOND: u64 = 1_000_000_000;

/// The part of each cause in an hour of a warehouse, and the seconds in which it ran for nobody.
fn work_shares(ran: &[(usize, Ran)], seconds: Option<Seconds>) -> Vec<(Share, Method, u64)> {
    let share = |cause: usize, method: Method, part: u64| (Share::Attributed(cause), method, part);
    let Some(Seconds { busy, on }) = seconds else {
        return ran.iter().map(|(cause, ran)| share(*cause, Method::WorkShare, ran.work)).collect();
    };
    let works: Vec<u64> = ran.iter().map(|(_, ran)| ran.work).collect();
    let (shares, _) = crate::split(i128::from(busy) * i128::from(SECOND), &works);
    let each = ran.iter().zip(shares);
    let mut parts: Vec<_> = each
        .map(|((cause, _), part)| share(*cause, Method::WorkShareOfRunning, positive(part)))
        .collect();
    let idle = on.saturating_sub(busy).saturating_mul(SECOND);
    parts.push((Share::IdleInHour, Method::Idle, idle));
    parts
}
