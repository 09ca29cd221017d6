//! Warehouses that bill by the second, and what every query of them truly costs.

use std::collections::BTreeMap;

use plumb_base::Decimal;
use plumb_base::record::usage::{Platform, QueryRun, Time};

pub(super) const WAREHOUSES: usize = 6;
pub(super) const WORKLOADS: usize = 60;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// Sizes of warehouses, the credits of an hour of each, and after how many seconds they suspend themselves.
const SIZES: [(&str, i64, i64); WAREHOUSES] = [
    ("X-Small", 1, 60),
    ("X-Small", 1, 600),
    ("Small", 2, 60),
    ("Medium", 4, 300),
    ("Large", 8, 120),
    ("Small", 2, 3600),
];

/// A query that ran; times in seconds.
pub(super) struct Query {
    pub(super) warehouse: usize,
    pub(super) workload: usize,
    pub(super) start: i64,
    pub(super) length: i64,
    /// How much of the warehouse it takes, beside others.
    weight: f64,
    number: usize,
}

/// What ran, what was billed, and the truth.
pub(super) struct Month {
    pub(super) queries: Vec<Query>,
    /// Credits of each query.
    pub(super) truth: Vec<f64>,
    /// Credits by warehouse and hour.
    pub(super) metered: BTreeMap<(usize, i64), f64>,
    /// When each warehouse ran, in seconds.
    pub(super) on: Vec<(usize, i64, i64)>,
    /// How much of them was work.
    pub(super) worked: BTreeMap<(usize, i64), f64>,
}

pub(super) fn warehouse(number: usize) -> String {
    format!("W{number}")
}

pub(super) fn workload(number: usize) -> String {
    format!("mart.t{number}")
}

impl Query {
    /// As the platform exports it.
    pub(super) fn record(&self, sized: bool) -> QueryRun {
        QueryRun {
            platform: Platform::Snowflake,
            id: format!("q{}", self.number),
            text: format!("insert into {} select {}", workload(self.workload), self.number),
            user: Some("sim".to_owned()),
            warehouse: Some(warehouse(self.warehouse)),
            size: Some(if sized { SIZES[self.warehouse].0.to_owned() } else { String::new() }),
            cluster: 1,
            start: Time(self.start * 1000),
            end: Time((self.start + self.length) * 1000),
            work: None,
            cloud_services: Decimal::ZERO,
            tag: None,
            hash: None,
            hash_version: None,
            whole_hash: None,
            source: None,
        }
    }

    /// Hours that it touches, with its seconds in each; what is over in a moment took some time.
    pub(super) fn hours(&self) -> Vec<(i64, f64)> {
        if self.length == 0 {
            return vec![(self.start / HOUR, 0.001)];
        }
        let end = self.start + self.length;
        let hours = self.start / HOUR..=(end - 1) / HOUR;
        hours.map(|hour| (hour, seconds(overlap(hour, self.start, end)))).collect()
    }
}

/// Seconds of a time that lie in an hour.
fn overlap(hour: i64, from: i64, until: i64) -> i64 {
    (until.min((hour + 1) * HOUR) - from.max(hour * HOUR)).max(0)
}

fn seconds(count: i64) -> f64 {
    f64::from(i32::try_from(count).unwrap_or(i32::MAX))
}

/// Chance that is the same every time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: i64) -> i64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap_or(0) % most.max(1)
    }
}

/// So many days of six warehouses.
pub(super) fn month(days: i64, seed: u64) -> Month {
    let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mut queries = Vec::new();
    for workload in 0..WORKLOADS {
        run(workload, days, &mut chance, &mut queries);
    }
    queries.sort_by_key(|query| (query.warehouse, query.start, query.workload));
    for (number, query) in queries.iter_mut().enumerate() {
        query.number = number;
    }
    let mut month = Month {
        truth: vec![0.0; queries.len()],
        queries,
        metered: BTreeMap::new(),
        on: Vec::new(),
        worked: BTreeMap::new(),
    };
    for warehouse in 0..WAREHOUSES {
        bill(warehouse, &mut month);
        share(warehouse, &mut month);
    }
    month
}

/// Runs of a workload: a batch of the night, a board of working hours, or something that runs all day.
fn run(workload: usize, days: i64, chance: &mut Chance, queries: &mut Vec<Query>) {
    let warehouse = usize::try_from(chance.below(6)).unwrap_or(0);
    let weight = seconds(1 + chance.below(40)) / 20.0;
    let (usual, often) = (2 + chance.below(300), 1 + chance.below(24));
    for day in 0..days {
        let kind = workload % 3;
        // A backfill on the tenth day, and a board that runs away from the twentieth on.
        let backfill = if workload == 3 && day == 10 { 12 } else { 1 };
        let runaway = if workload == 1 && day >= 20 { 20 } else { 1 };
        let runs = if kind == 0 { 1 } else { often * runaway };
        for turn in 0..runs {
            let start = match kind {
                0 => 3 * HOUR + chance.below(HOUR),
                1 => 7 * HOUR + chance.below(11 * HOUR),
                _ => turn * DAY / runs + chance.below(600),
            };
            let moment = chance.below(10) == 0 && kind == 1;
            let length = if moment { 0 } else { (1 + chance.below(2 * usual)) * backfill };
            let start = day * DAY + start;
            queries.push(Query { warehouse, workload, start, length, weight, number: 0 });
        }
    }
}

/// What is billed: from a start until nothing has run for a while, and 60 seconds at least.
fn bill(warehouse: usize, month: &mut Month) {
    let (_, hourly, suspend) = SIZES[warehouse];
    let mut on: Vec<(i64, i64)> = Vec::new();
    for query in month.queries.iter().filter(|query| query.warehouse == warehouse) {
        let end = (query.start + query.length + suspend).max(query.start + 60);
        match on.last_mut() {
            Some(last) if query.start <= last.1 => last.1 = last.1.max(end),
            _ => on.push((query.start, end)),
        }
    }
    month.on.extend(on.iter().map(|(start, end)| (warehouse, *start, *end)));
    for (start, end) in on {
        for hour in start / HOUR..=(end - 1) / HOUR {
            let credits = seconds(overlap(hour, start, end) * hourly) / seconds(HOUR);
            *month.metered.entry((warehouse, hour)).or_default() += credits;
        }
    }
}

/// What each second truly cost: whoever ran shares it by weight.
fn share(warehouse: usize, month: &mut Month) {
    let hourly = SIZES[warehouse].1;
    let mut events: BTreeMap<i64, Vec<(usize, bool)>> = BTreeMap::new();
    for (at, query) in month.queries.iter().enumerate() {
        if query.warehouse == warehouse && query.length > 0 {
            events.entry(query.start).or_default().push((at, true));
            events.entry(query.start + query.length).or_default().push((at, false));
        }
    }
    // Hours end what runs, too, so that each part lies in one.
    let edges: Vec<i64> = events.keys().copied().collect();
    if let (Some(first), Some(last)) = (edges.first(), edges.last()) {
        for hour in first / HOUR..=last / HOUR {
            events.entry(hour * HOUR).or_default();
        }
    }
    let mut running: BTreeMap<usize, f64> = BTreeMap::new();
    let mut before = 0;
    for (moment, changes) in events {
        let all: f64 = running.values().sum();
        if all > 0.0 {
            let credits = seconds((moment - before) * hourly) / seconds(HOUR);
            for (query, weight) in &running {
                month.truth[*query] += credits * weight / all;
            }
            *month.worked.entry((warehouse, before / HOUR)).or_default() += credits;
        }
        for (query, begins) in changes {
            if begins {
                running.insert(query, month.queries[query].weight);
            } else {
                running.remove(&query);
            }
        }
        before = moment;
    }
}
