//! `attribution`: warehouses whose every credit is known, and how far each way of sharing them is from that.
//!
//! The simulator bills as warehouses do: by the second, 60 at least for each start, on until they suspend themselves.
//! Queries run beside each other with different weights; what a second costs belongs to them by weight, and a second in
//! which nothing runs is idle. That is the truth that the ledger does not see.

mod simulator;

use std::collections::BTreeMap;

use plumb_base::record::usage::{
    Platform, QueryCredits, Time, UsageRecord, WarehouseEvent, WarehouseHour,
};
use plumb_base::{Decimal, Nanos};
use plumb_ledger::{Contract, Ledger, Reading, Share};

use crate::Fault;
use simulator::{Month, Query};

pub(crate) fn run(args: &[&str]) -> Result<(), Fault> {
    let (mut days, mut seed) = (30_i64, 1_u64);
    let mut args = args.iter();
    while let Some(&arg) = args.next() {
        match arg {
            "--days" => days = args.next().ok_or("--days needs a number")?.parse()?,
            "--seed" => seed = args.next().ok_or("--seed needs a number")?.parse()?,
            other => return Err(format!("no option `{other}`").into()),
        }
    }
    let month = simulator::month(days, seed);
    let billed: f64 = month.metered.values().sum();
    let worked: f64 = month.truth.iter().sum();
    println!(
        "{} queries of {} workloads on {} warehouses, {days} days, seed {seed}",
        month.queries.len(),
        simulator::WORKLOADS,
        simulator::WAREHOUSES
    );
    println!("billed {billed:.2} credits: {worked:.2} work, {:.2} idle", billed - worked);
    println!(
        "\n{:<34}{:>8}{:>8}{:>12}{:>12}",
        "error per workload", "mean", "p95", "work", "bill lost"
    );
    let truth = by_workload(&month, &month.truth);
    for (name, ledger) in [
        ("query-credits (the platform's own)", ledger(&month, Known::Queries)?),
        ("time-share, work of the hour known", ledger(&month, Known::Hours)?),
        ("time-share, events known", ledger(&month, Known::Events)?),
        ("time-share, size known", ledger(&month, Known::Sizes)?),
        ("time-share-with-idle", ledger(&month, Known::Nothing)?),
    ] {
        let sums = ledger.sums()?;
        let whole: Nanos = sums.iter().map(|it| it.billed).sum();
        report(name, &truth, &attributed(&ledger), billed - credits(whole));
    }
    let (plain, lost) = plain(&month);
    report("plain: the hour by time, idle too", &truth, &plain, lost);
    Ok(())
}

/// What is exported beside the queries.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    /// Credits of each query.
    Queries,
    /// Credits of all queries of an hour.
    Hours,
    /// When warehouses began and stopped.
    Events,
    /// Sizes of warehouses.
    Sizes,
    /// Nothing.
    Nothing,
}

fn ledger(month: &Month, known: Known) -> Result<Ledger, Fault> {
    let contract = Contract { snowflake_credit: Decimal::parse("1"), ..Contract::default() };
    let mut reading = Reading::new(contract);
    for query in &month.queries {
        reading.add(UsageRecord::Query(Box::new(
            query.record(!matches!(known, Known::Events | Known::Nothing)),
        )));
    }
    if known == Known::Queries {
        for (query, credits) in month.queries.iter().zip(&month.truth) {
            // What is over in a moment is not attributed.
            if query.length > 0 {
                reading.add(UsageRecord::QueryCredits(attributed_by_platform(query, *credits)?));
            }
        }
    }
    if known == Known::Events {
        for (warehouse, from, until) in &month.on {
            for (running, at) in [(1, from), (0, until)] {
                reading.add(UsageRecord::WarehouseEvent(WarehouseEvent {
                    platform: Platform::Snowflake,
                    warehouse: simulator::warehouse(*warehouse),
                    cluster: Some(1),
                    running,
                    at: Time(at * 1000),
                }));
            }
        }
    }
    for ((warehouse, hour), used) in &month.metered {
        let queries = match known {
            Known::Hours => Some(number(month.worked.get(&(*warehouse, *hour)).copied())?),
            Known::Queries | Known::Events | Known::Sizes | Known::Nothing => None,
        };
        reading.add(UsageRecord::WarehouseHour(WarehouseHour {
            id: None,
            account: None,
            warehouse: simulator::warehouse(*warehouse),
            start: Time(hour * Time::HOUR),
            compute: number(Some(*used))?,
            cloud_services: Decimal::ZERO,
            queries,
        }));
    }
    Ok(reading.close())
}

fn attributed_by_platform(query: &Query, credits: f64) -> Result<QueryCredits, Fault> {
    let record = query.record(true);
    Ok(QueryCredits {
        id: record.id,
        warehouse: simulator::warehouse(query.warehouse),
        user: record.user,
        tag: None,
        hash: None,
        start: record.start,
        end: record.end,
        hour: None,
        credits: number(Some(credits))?,
    })
}

fn number(credits: Option<f64>) -> Result<Decimal, Fault> {
    let text = format!("{:.9}", credits.unwrap_or_default());
    Decimal::parse(&text).ok_or_else(|| format!("`{text}` is no number").into())
}

#[expect(clippy::cast_precision_loss, reason = "a bench compares to some digits")]
fn credits(nanos: Nanos) -> f64 {
    nanos as f64 / 1e9
}

/// What the ledger attributes to each workload.
fn attributed(ledger: &Ledger) -> BTreeMap<String, f64> {
    let mut sums = BTreeMap::new();
    for one in &ledger.allocations {
        if let Share::Attributed(cause) = one.share {
            let workload = &ledger.workloads[ledger.causes[cause].workload];
            *sums.entry(workload.label.clone()).or_default() += credits(one.nanos);
        }
    }
    sums
}

fn by_workload(month: &Month, each: &[f64]) -> BTreeMap<String, f64> {
    let mut sums = BTreeMap::new();
    for (query, credits) in month.queries.iter().zip(each) {
        *sums.entry(simulator::workload(query.workload)).or_default() += credits;
    }
    sums
}

/// The formula of most tools: what an hour was billed, by the time of each query in it. Hours without one are lost.
fn plain(month: &Month) -> (BTreeMap<String, f64>, f64) {
    let mut time: BTreeMap<(usize, i64), BTreeMap<usize, f64>> = BTreeMap::new();
    for query in &month.queries {
        for (hour, seconds) in query.hours() {
            let hour = time.entry((query.warehouse, hour)).or_default();
            *hour.entry(query.workload).or_default() += seconds;
        }
    }
    let (mut sums, mut lost) = (BTreeMap::new(), 0.0);
    for (place, used) in &month.metered {
        let Some(ran) = time.get(place) else {
            lost += used;
            continue;
        };
        let all: f64 = ran.values().sum();
        for (workload, seconds) in ran {
            *sums.entry(simulator::workload(*workload)).or_default() += used * seconds / all;
        }
    }
    (sums, lost)
}

fn report(name: &str, truth: &BTreeMap<String, f64>, told: &BTreeMap<String, f64>, lost: f64) {
    let error = |(workload, truth): (&String, &f64)| {
        let told = told.get(workload).copied().unwrap_or_default();
        (told - truth).abs() / truth
    };
    let mut errors: Vec<f64> = truth.iter().filter(|(_, it)| **it > 0.0).map(error).collect();
    errors.sort_by(f64::total_cmp);
    let mean = errors.iter().sum::<f64>() / f64::from(u32::try_from(errors.len()).unwrap_or(1));
    let p95 = errors.get(errors.len() * 95 / 100).copied().unwrap_or_default();
    let work: f64 = told.values().sum::<f64>() / truth.values().sum::<f64>();
    println!(
        "{name:<34}{:>7.2}%{:>7.2}%{:>11.1}%{lost:>12.2}",
        mean * 100.0,
        p95 * 100.0,
        work * 100.0
    );
}
