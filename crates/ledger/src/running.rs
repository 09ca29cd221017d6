//! When clusters of warehouses ran, and how many of those seconds something ran on them.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::record::usage::{Time, WarehouseEvent};

use crate::hours::{Hours, Place, Seconds};
use crate::names::NameId;

/// Seconds that are billed at least each time a cluster of Snowflake begins.
/// (<https://docs.snowflake.com/en/user-guide/cost-understanding-compute>)
pub(crate) const LEAST: i64 = 60_000;

/// How many clusters run from when on.
type Events = BTreeSet<(Time, u32)>;

/// Events of warehouses, while they are read.
#[derive(Debug, Default)]
pub(crate) struct Running {
    /// What ran from when on: of all clusters together, and of each.
    events: BTreeMap<NameId, BTreeMap<Option<u32>, Events>>,
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
fn spans(events: &Events, hour: Time, least: i64) -> Vec<Span> {
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

#[cfg(test)]
mod tests {
    use plumb_base::record::usage::Platform;

    use super::*;
    use crate::names::Names;

    const MINUTE: i64 = 60_000;

    /// Busy and running minutes of an hour of a warehouse, by its events and its runs, in minutes.
    fn minutes(
        events: &[(Option<u32>, u32, i64)],
        runs: &[(u32, i64, i64)],
        hour: i64,
    ) -> Option<(u64, u64)> {
        let warehouse = Names::default().id("w");
        let (mut running, mut hours) = (Running::default(), Hours::default());
        for (cluster, running_now, at) in events {
            let event = WarehouseEvent {
                platform: Platform::Snowflake,
                warehouse: "w".to_owned(),
                cluster: *cluster,
                running: *running_now,
                at: Time(at * MINUTE),
            };
            running.event(&event, warehouse);
        }
        for (cluster, from, until) in runs {
            let time = (Time(from * MINUTE), Time(until * MINUTE));
            hours.run(warehouse, *cluster, 0, time, None);
        }
        let place = (warehouse, Time(hour * Time::HOUR));
        running.at(place, &hours, LEAST).map(|it| (it.busy / 60, it.on / 60))
    }

    #[test]
    fn a_warehouse_that_never_stops_runs_whole_hours() {
        let events = [(None, 1, 5), (None, 0, 300)];
        assert_eq!(minutes(&events, &[(1, 70, 90)], 1), Some((20, 60)));
        assert_eq!(minutes(&events, &[(1, 10, 90)], 0), Some((50, 55)));
        // Nobody tells what ran after the last event.
        assert_eq!(minutes(&events, &[(1, 370, 390)], 6), None);
    }

    #[test]
    fn what_stops_first_ran_before_and_a_cluster_is_billed_for_a_minute() {
        assert_eq!(minutes(&[(Some(1), 0, 40)], &[(1, 10, 30)], 0), Some((20, 40)));
        let events = BTreeSet::from([(Time(5000), 1), (Time(25_000), 0)]);
        assert_eq!(spans(&events, Time(0), LEAST), [(Time(5000), Time(65_000))]);
        assert_eq!(spans(&events, Time(0), 0), [(Time(5000), Time(25_000))]);
    }

    #[test]
    fn each_cluster_is_busy_for_itself_and_clusters_that_are_told_together_are_busy_together() {
        let each = [(Some(1), 1, 0), (Some(2), 1, 10), (Some(2), 0, 30), (Some(1), 0, 50)];
        assert_eq!(minutes(&each, &[(1, 0, 20), (2, 10, 25)], 0), Some((35, 70)));
        // What is said of the warehouse is said once more, and some count clusters from zero.
        let zero =
            [(None, 1, 0), (Some(0), 1, 0), (Some(1), 1, 10), (Some(1), 0, 30), (Some(0), 0, 50)];
        assert_eq!(minutes(&zero, &[(1, 0, 20), (2, 10, 25)], 0), Some((35, 70)));
        // A history without numbers of clusters tells when any was busy.
        assert_eq!(minutes(&each, &[(0, 0, 20)], 0), Some((30, 70)));
        let together = [(None, 1, 0), (None, 2, 10), (None, 1, 30), (None, 0, 50)];
        assert_eq!(minutes(&together, &[(0, 0, 20)], 0), Some((30, 70)));
    }
}
