//! RUN004: machines of a cluster have little to do.

use std::collections::BTreeMap;

use plumb_base::record::usage::Time;
use plumb_base::{Currency, Finding, Message, Moment, Money, Nanos, Saving};
use plumb_ledger::{ClusterLoad, Ledger, NameId};

use crate::observed::{About, Observed};
use crate::spend;
use crate::{Platform, Rule};

pub(crate) static RULE: Rule = Rule {
    code: "RUN004",
    name: "oversized-cluster",
    page: include_str!("oversized_cluster.md"),
    check,
};

/// Thousandths of the processors below which a cluster has little to do: Databricks's own dashboard of jobs draws that line.
const CPU: u64 = 300;

/// Thousandths of the memory that even the fullest minute leaves: below it, dataflint advises less.
const MEMORY: u64 = 700;

/// Minutes of machines below which a load tells little.
const FEW: u64 = 24 * 60;

/// Days of a month, and days of a load below which it says nothing of one.
const MONTH: Nanos = 30;
const FEWEST: i64 = 7;

/// Clusters of one thing, one after the other or beside each other.
struct Loaded<'a> {
    about: About<'a>,
    loads: Vec<&'a ClusterLoad>,
}

fn check(platform: &Platform<'_>) -> Vec<Finding> {
    let ledger = platform.ledger;
    if ledger.loads.is_empty() {
        return Vec::new();
    }
    let assets = plumb_ledger::assets(ledger, platform.estate);
    let mut loaded: BTreeMap<&str, Loaded<'_>> = BTreeMap::new();
    for load in &ledger.loads {
        let name = ledger.names.name(load.cluster);
        let cause = |cause| About::cause(platform, &assets, cause);
        let about = load.cause.map_or_else(|| About::resource(name), cause);
        let new = || Loaded { about, loads: Vec::new() };
        loaded.entry(about.key).or_insert_with(new).loads.push(load);
    }
    let billed = billed(ledger);
    loaded.values().filter_map(|it| finding(platform, it, &billed)).collect()
}

fn finding(
    platform: &Platform<'_>,
    it: &Loaded<'_>,
    all: &BTreeMap<(NameId, Currency), Nanos>,
) -> Option<Finding> {
    let minutes: u64 = it.loads.iter().map(|load| load.minutes).sum();
    let mean = |of: fn(&ClusterLoad) -> u64| {
        it.loads.iter().map(|load| of(load) * load.minutes).sum::<u64>() / minutes.max(1)
    };
    let (cpu, memory) = (mean(|load| load.cpu), mean(|load| load.memory));
    let most = it.loads.iter().map(|load| load.most_memory).max().unwrap_or_default();
    if minutes < FEW || cpu >= CPU || most >= MEMORY {
        return None;
    }
    let clusters = it.loads.len();
    let (what, have) = if clusters == 1 { ("the cluster", "has") } else { ("clusters", "have") };
    let name = if clusters == 1 && it.loads[0].cause.is_none() {
        Message::text("cluster ").then_name(it.about.label)
    } else {
        Message::text(format!("{what} of ")).then_name(it.about.label)
    };
    let message = name.then(format!(
        " {have} little to do: {} of the processors work on average, and never more than {} of the memory is used",
        percent(cpu),
        percent(most)
    ));
    let workers = it.loads.iter().map(|load| load.workers).max().unwrap_or_default();
    let machines = match workers {
        0 => "one machine".to_owned(),
        1 => "one worker".to_owned(),
        more => format!("{more} workers"),
    };
    let many = if clusters == 1 { String::new() } else { format!("{clusters} clusters of up to ") };
    let mut because = vec![Message::text(format!(
        "{many}{machines}, {} hours of machines; {} of the memory is used on average",
        minutes / 60,
        percent(memory)
    ))];
    let mut billed: BTreeMap<Currency, Nanos> = BTreeMap::new();
    for ((cluster, currency), nanos) in all {
        if it.loads.iter().any(|load| load.cluster == *cluster) {
            *billed.entry(*currency).or_default() += nanos;
        }
    }
    let first = it.loads.iter().map(|load| load.time.0).min().unwrap_or_default();
    for (currency, nanos) in &billed {
        let money = Money { currency: *currency, nanos: *nanos };
        let day = Moment(first.0.div_euclid(1000)).day();
        because
            .push(Message::text(format!("{money} were billed for them in that time, since {day}")));
    }
    let most: Nanos = billed.values().copied().max().unwrap_or_default();
    let size = u64::try_from(most / spend::UNIT).unwrap_or(0).max(minutes / 60);
    let saving = if it.about.saves(platform) {
        Saving::NotGiven("what it would save is counted with another finding".to_owned())
    } else {
        saving(it, &billed, cpu)
    };
    if matches!(saving, Saving::PerMonth { .. }) {
        because.push(Message::text(
            "half of what the processors left unused in the last month is the most that smaller machines would save",
        ));
    }
    Some(it.about.finding(&RULE, platform, "", Observed { message, because, size, saving }))
}

/// At most half of what is not used, as Databricks's own dashboard of jobs reckons; maybe nothing, as smaller machines
/// may take longer.
fn saving(it: &Loaded<'_>, billed: &BTreeMap<Currency, Nanos>, cpu: u64) -> Saving {
    let times = || it.loads.iter().map(|load| load.time);
    let first = times().map(|time| time.0.day()).min().unwrap_or_default();
    let last = times().map(|time| time.1.day()).max().unwrap_or_default();
    let days = (last.0 - first.0) / Time::DAY + 1;
    let not_given = |why: &str| Saving::NotGiven(why.to_owned());
    let mut billed = billed.iter();
    let (Some((currency, nanos)), None) = (billed.next(), billed.next()) else {
        return not_given("no bill of one currency names it");
    };
    if days < FEWEST {
        return not_given("its load is known of fewer than 7 days");
    }
    let month = nanos.saturating_mul(MONTH) / i128::from(days);
    let most = month.saturating_mul(i128::from(1000 - cpu.min(1000))) / 2000;
    let money = |nanos| Money { currency: *currency, nanos };
    if most > 0 {
        Saving::PerMonth { low: money(0), high: money(most) }
    } else {
        not_given("what was billed for it is nothing")
    }
}

/// What was billed for each cluster in hours of which its load is known.
fn billed(ledger: &Ledger) -> BTreeMap<(NameId, Currency), Nanos> {
    let times: BTreeMap<NameId, (Time, Time)> =
        ledger.loads.iter().map(|load| (load.cluster, load.time)).collect();
    let mut sums: BTreeMap<(NameId, Currency), Nanos> = BTreeMap::new();
    for charge in &ledger.charges {
        let time = charge.resource.and_then(|cluster| Some((cluster, times.get(&cluster)?)));
        if let Some((cluster, (first, last))) = time
            && first.hour() <= charge.start
            && charge.start <= *last
        {
            *sums.entry((cluster, charge.currency)).or_default() += charge.billed;
        }
    }
    sums
}

fn percent(thousandths: u64) -> String {
    format!("{} %", (thousandths + 5) / 10)
}
