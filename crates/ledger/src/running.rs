//! When clusters of warehouses ran, and how many of those seconds something ran on them.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::record::usage::{Time, WarehouseEvent};

use crate::hours::{Hours, Place, Seconds};
use crate::names::NameId;

/// Seconds that are billed at least each time a cluster of Snowflake begins.
/// (<https://docs.snowflake.com/en/user-guide/cost-understanding-compute>)
pub(crate) const LEAST: i64 = 60_000;

/// Events of warehouses, while they are read.
#[derive(Debug, Default)]
pub(crate) struct Running {
    /// What ran from when on: of all clusters together, and of each.
    events: BTreeMap<NameId, BTreeMap<Option<u32>, BTreeSet<(Time, u32)>>>,
    /// The last event of any warehouse: what ran later is not told.
    until: Option<Time>,
}

/// A cluster that ran from a time until another.
type Span = (Time, Time);

impl Running {
    pub(crate) fn event(&mut self, event: &WarehouseEvent, warehouse: NameId) {
        let of = self.events.entry(warehouse).or_default();
        of.entry(event.cluster).or_default().insert((event.at, event.running));
        self.until = self.until.max(Some(event.at));
    }

    /// The seconds of an hour, if events tell of it; `least` is how long a cluster is billed that began.
    pub(crate) fn at(&self, place: Place, hours: &Hours, least: i64) -> Option<Seconds> {
        let events = self.events.get(&place.0)?;
        // Where clusters tell of themselves, what is said of all of them is the same once more.
        let some = events.keys().any(Option::is_some);
        let clusters = events.iter().filter(|(cluster, _)| cluster.is_some() == some);
        let clusters: Vec<_> = clusters.collect();
        let first = clusters.iter().filter_map(|(_, all)| all.first()).map(|(at, _)| *at).min()?;
        if place.1 < first.hour() || place.1 > self.until?.hour() {
            return None;
        }
        // Some count from zero, and history of queries never does.
        let zero = u32::from(clusters.iter().any(|(cluster, _)| **cluster == Some(0)));
        let mut sum = Seconds { busy: 0, on: 0 };
        for (cluster, events) in clusters {
            let number = cluster.map(|it| it + zero);
            for span in spans(events, place.1, least) {
                let seconds = hours.within(place, number, span);
                sum.busy += seconds.busy;
                sum.on += seconds.on;
            }
        }
        // What is billed has run: events that say otherwise tell nothing.
        (sum.on > 0 && sum.busy > 0).then_some(sum)
    }
}

/// When a cluster ran within an hour; of several that are told together, each by itself.
fn spans(events: &BTreeSet<(Time, u32)>, hour: Time, least: i64) -> Vec<Span> {
    let end = Time(hour.0 + Time::HOUR);
    let mut spans = Vec::new();
    let mut on: Vec<Time> = match events.range(..(hour, 0)).next_back() {
        Some((at, running)) => vec![*at; count(*running)],
        // What stops first has run before.
        None if events.first().is_some_and(|(_, running)| *running == 0) => vec![hour],
        None => Vec::new(),
    };
    let mut add = |from: Time, until: Time| {
        let (from, until) = (from.max(hour), until.max(Time(from.0 + least)).min(end));
        if from < until {
            spans.push((from, until));
        }
    };
    for (at, running) in events.range((hour, 0)..(end, 0)) {
        let running = count(*running);
        while on.len() > running {
            if let Some(from) = on.pop() {
                add(from, *at);
            }
        }
        on.resize(running, *at);
    }
    for from in on {
        add(from, end);
    }
    spans
}

/// Clusters; no warehouse has more than a few.
fn count(running: u32) -> usize {
    usize::try_from(running).unwrap_or(0).min(1000)
}
