//! The record of the built-in company: thirteen months of queries and metering, made by the mechanics of a warehouse.
//!
//! In that time prices fell twice, boards moved from a large warehouse to one of their own, a board ran away for two
//! weeks, and a table was filled again from the beginning.
//!
//! Warehouses bill by the second, 60 at least for each start, and go on until they suspend themselves. Nothing
//! here is random: what differs from day to day is told by digests of names.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use plumb_base::{Digest, Moment};

use super::{lake, spark};

/// The first second of the record (2025-10-01), and its days: the last is 2026-10-31.
const START: i64 = 1_759_276_800;
const DAYS: i64 = 396;

/// The day on which boards moved to a warehouse of their own: 2026-03-01.
const MOVE: i64 = 151;

/// Days on which a board asked again every few minutes: the first half of June.
const RUNAWAY: std::ops::Range<i64> = 243..257;

/// The day on which a table was filled again from the beginning: 2026-04-20.
const BACKFILL: i64 = 201;

/// Days from which a new price of a credit holds: 2026-01-01 and 2026-10-16.
const PRICES: [(i64, &str); 3] = [(0, "3.20"), (92, "3.00"), (380, "2.85")];

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// Billionths of a credit.
const CREDIT: i64 = 1_000_000_000;

/// A warehouse of the company.
struct Warehouse {
    name: &'static str,
    size: &'static str,
    /// Credits of an hour.
    hourly: i64,
    /// Seconds after which it suspends itself; 0 is never.
    suspend: i64,
}

const LOADING: Warehouse = Warehouse { name: "LOADING", size: "X-Small", hourly: 1, suspend: 0 };
const TRANSFORM: Warehouse = Warehouse { name: "TRANSFORM", size: "Small", hourly: 2, suspend: 60 };
const REPORTING: Warehouse =
    Warehouse { name: "REPORTING", size: "X-Small", hourly: 1, suspend: 600 };
const ANALYSIS: Warehouse = Warehouse { name: "ANALYSIS", size: "Medium", hourly: 4, suspend: 300 };

/// A query that ran.
#[derive(Clone)]
struct Run {
    /// Seconds since the record began.
    start: i64,
    seconds: i64,
    user: &'static str,
    tag: &'static str,
    text: String,
}

/// Files of the record, by path; `models` are paths of the dbt project.
pub(super) fn files<'a>(models: impl Iterator<Item = &'a str>) -> Vec<(String, String)> {
    let models: Vec<&str> = models.collect();
    let (before, boards): (Vec<Run>, Vec<Run>) =
        reports().into_iter().partition(|run| run.start < MOVE * DAY);
    let mut analysis = [questions(), before].concat();
    analysis.sort_by_key(|run| run.start);
    let all = [
        (LOADING, loads()),
        (TRANSFORM, builds(&models)),
        (REPORTING, boards),
        (ANALYSIS, analysis),
    ];
    let mut history = "QUERY_ID,QUERY_TEXT,USER_NAME,WAREHOUSE_NAME,WAREHOUSE_SIZE,QUERY_TAG,START_TIME,END_TIME,CREDITS_USED_CLOUD_SERVICES\n".to_owned();
    let mut credits =
        "QUERY_ID,WAREHOUSE_NAME,START_TIME,END_TIME,CREDITS_ATTRIBUTED_COMPUTE\n".to_owned();
    let mut insights = "QUERY_ID,INSIGHT_TYPE_ID,START_TIME,IS_OPPORTUNITY\n".to_owned();
    let mut metering =
        "START_TIME,WAREHOUSE_NAME,CREDITS_USED_COMPUTE,CREDITS_USED_CLOUD_SERVICES\n".to_owned();
    let mut days = vec![0; usize::try_from(DAYS).unwrap_or_default()];
    for (warehouse, runs) in &all {
        queries(warehouse, runs, &mut history, &mut credits);
        notes(warehouse, runs, &mut insights);
        meter(warehouse, runs, &mut metering, &mut days);
    }
    let snowflake = [
        ("query_history", history),
        ("query_attribution_history", credits),
        ("query_insights", insights),
        ("warehouse_metering_history", metering),
        ("metering_daily_history", daily(&days)),
        ("rate_sheet_daily", rates()),
    ];
    let at = |folder: &str, name: &str| format!("records/{folder}/{name}.csv");
    let mut files: Vec<(String, String)> =
        snowflake.into_iter().map(|(name, text)| (at("snowflake", name), text)).collect();
    files.extend(lake::files().into_iter().map(|(name, text)| (at("databricks", name), text)));
    let path = |name: String| format!("records/databricks/{name}");
    files.extend(spark::files().into_iter().map(|(name, text)| (path(name), text)));
    files
}

/// A number below `most`, told by a name.
pub(super) fn draw(name: &str, most: i64) -> i64 {
    let digest = Digest::of(name).0 % u128::from(most.max(1).unsigned_abs());
    i64::try_from(digest).unwrap_or(0)
}

/// A second of the record, as logs write it: in milliseconds since 1970.
pub(super) fn instant(second: i64) -> i64 {
    (START + second) * 1000
}

/// A second of the record, as an export writes it.
pub(super) fn time(second: i64) -> String {
    Moment(START + second).to_string().replace('T', " ").replace('Z', "")
}

/// A quantity in billionths, written out.
pub(super) fn decimal(nanos: i64) -> String {
    format!("{}.{:09}", nanos / CREDIT, nanos % CREDIT)
}

/// Days of the record, each with its first second; `true` is a working day (it begins on a Wednesday).
pub(super) fn days() -> impl Iterator<Item = (i64, i64, bool)> {
    (0..DAYS).map(|day| (day, day * DAY, !matches!((day + 2) % 7, 5 | 6)))
}

/// Every hour, what has arrived is loaded.
fn loads() -> Vec<Run> {
    let tables =
        ["raw_shop.orders", "raw_shop.payments", "raw_web.page_views", "raw_support.tickets"];
    let hours = (0..DAYS * 24).step_by(2);
    hours
        .flat_map(|hour| tables.into_iter().zip(1..).map(move |(table, turn)| (hour, table, turn)))
        .map(|(hour, table, turn)| Run {
            start: hour * HOUR + turn * 240,
            seconds: 20 + draw(&format!("{table}{hour}"), 40),
            user: "LOADER",
            tag: "",
            text: format!("copy into {table} from @landing/{table}"),
        })
        .collect()
}

/// Every night dbt builds everything, one model after the other.
fn builds(models: &[&str]) -> Vec<Run> {
    let mut runs = Vec::new();
    for (day, midnight, _) in days() {
        let mut at = midnight + 3 * HOUR;
        for path in models {
            let name = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".sql");
            let is_view = !path.contains("/marts/");
            // Tables grow by a half in a year.
            let seconds = if is_view { 1 } else { 20 + draw(name, 600) * (800 + day) / 1000 };
            let again = day == BACKFILL && name == "fct_orders";
            let seconds = if again { 9 * HOUR } else { seconds };
            let kind = if is_view { "view" } else { "table" };
            let node = format!(
                r#"{{"app": "dbt", "target_name": "prod", "node_id": "model.harbor_hill.{name}"}}"#
            );
            runs.push(Run {
                start: at,
                seconds,
                user: "DBT",
                tag: "",
                text: format!("create or replace {kind} {name} as (select 1) /* {node} */"),
            });
            at += seconds + 1;
        }
    }
    runs
}

/// On working days, boards are looked at.
fn reports() -> Vec<Run> {
    let boards = [
        (
            "PRIYA_ANAND",
            "team=finance",
            "select payment_date, amount from finance.payments_completed_daily where payment_date >= ",
        ),
        (
            "JONAS_WEIR",
            "team=finance",
            "select day, net_revenue from finance.fct_revenue_daily where day >= ",
        ),
        (
            "INES_OKAFOR",
            "team=growth",
            "select day, sales from growth.daily_sales where chan = 'web' and day >= ",
        ),
    ];
    let working = days().filter(|(_, _, works)| *works);
    let mut runs: Vec<Run> = Vec::new();
    for (day, midnight, _) in working {
        for hour in 7..18 {
            let mut at = midnight + hour * HOUR;
            for (user, tag, text) in boards {
                let seconds = 5 + draw(&format!("{user}{midnight}{hour}"), 35);
                at += 30 + draw(&format!("{midnight}{user}{hour}"), 600);
                let text = format!("{text}'{}'", &time(midnight)[..10]);
                // A tab that is open asks again and again.
                let times = if RUNAWAY.contains(&day) && tag == "team=growth" { 8 } else { 1 };
                for turn in 0..times {
                    let start = at + turn * 240;
                    runs.push(Run { start, seconds, user, tag, text: text.clone() });
                }
                at += seconds;
            }
        }
    }
    runs
}

/// On working days, somebody wants to know something.
fn questions() -> Vec<Run> {
    let people = ["TOMAS_REYES", "MARA_LINDQVIST", "INES_OKAFOR"];
    let mut runs = Vec::new();
    for (day, midnight, _) in days().filter(|(_, _, works)| *works) {
        for (turn, user) in (0..).zip(people) {
            let start = midnight + (9 + 2 * turn) * HOUR + draw(&format!("{user}{day}"), 1800);
            let text = format!(
                "select channel, count(*) from core.fct_orders where order_id > {day} group by 1"
            );
            runs.push(Run {
                start,
                seconds: 40 + draw(&format!("{day}{user}"), 400),
                user,
                tag: "",
                text,
            });
        }
    }
    runs
}

/// What Snowflake notes of queries: a filter that keeps nearly all orders, the refill that did not fit into memory, and
/// what boards do well.
fn notes(warehouse: &Warehouse, runs: &[Run], insights: &mut String) {
    for (number, run) in runs.iter().enumerate() {
        let (kind, is_opportunity) = if run.text.starts_with("select channel") {
            ("UNSELECTIVE_FILTER", true)
        } else if run.seconds >= 9 * HOUR {
            ("REMOTE_SPILLAGE", true)
        } else if run.text.starts_with("select day") && run.start % 5 == 0 {
            ("FILTER_WITH_CLUSTERING_KEY", false)
        } else {
            continue;
        };
        let (id, start) = (id(warehouse, number), time(run.start));
        writeln!(insights, "{id},QUERY_INSIGHT_{kind},{start},{is_opportunity}")
            .unwrap_or_default();
    }
}

fn id(warehouse: &Warehouse, number: usize) -> String {
    format!("{}-{number:05}", warehouse.name).to_lowercase()
}

fn queries(warehouse: &Warehouse, runs: &[Run], history: &mut String, credits: &mut String) {
    for (number, run) in runs.iter().enumerate() {
        let (name, size) = (warehouse.name, warehouse.size);
        let id = id(warehouse, number);
        let (start, end) = (time(run.start), time(run.start + run.seconds));
        let text = run.text.replace('"', "\"\"");
        let (user, tag) = (run.user, run.tag);
        let line =
            writeln!(history, "{id},\"{text}\",{user},{name},{size},{tag},{start},{end},0.0002");
        line.unwrap_or_default();
        // What is over in a moment is not attributed.
        if run.seconds > 1 {
            let used = decimal(run.seconds * warehouse.hourly * CREDIT / HOUR);
            writeln!(credits, "{id},{name},{start},{end},{used}").unwrap_or_default();
        }
    }
}

/// Writes what a warehouse used in each hour, and adds it to the days, in billionths of a credit.
fn meter(warehouse: &Warehouse, runs: &[Run], metering: &mut String, days: &mut [i64]) {
    let mut on: Vec<(i64, i64)> = Vec::new();
    for run in runs {
        let end = run.start + run.seconds + warehouse.suspend;
        let end = if warehouse.suspend == 0 { DAYS * DAY } else { end.max(run.start + 60) };
        match on.last_mut() {
            Some(last) if run.start <= last.1 => last.1 = last.1.max(end),
            _ => on.push((run.start, end)),
        }
    }
    let mut hours: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
    for (start, end) in on {
        for hour in start / HOUR..=(end - 1) / HOUR {
            let inside = end.min((hour + 1) * HOUR) - start.max(hour * HOUR);
            hours.entry(hour).or_default().0 += inside;
        }
    }
    for run in runs {
        hours.entry(run.start / HOUR).or_default().1 += 1;
    }
    for (hour, (seconds, asked)) in hours.range(..DAYS * 24) {
        let used = seconds * warehouse.hourly * CREDIT / HOUR;
        let (start, cloud) = (time(hour * HOUR), decimal(asked * CREDIT / 5000));
        writeln!(metering, "{start},{},{},{cloud}", warehouse.name, decimal(used))
            .unwrap_or_default();
        if let Some(day) = usize::try_from(hour / 24).ok().and_then(|day| days.get_mut(day)) {
            *day += used;
        }
    }
}

/// Daily metering: cloud services stay below the tenth that is free.
fn daily(days: &[i64]) -> String {
    let mut text = "SERVICE_TYPE,USAGE_DATE,CREDITS_USED_COMPUTE,CREDITS_USED_CLOUD_SERVICES,CREDITS_ADJUSTMENT_CLOUD_SERVICES,CREDITS_BILLED\n".to_owned();
    for (day, used) in (0..).zip(days) {
        let (date, used) = (&time(day * DAY)[..10], decimal(*used));
        let clustering = decimal(CREDIT / 2 + draw(date, CREDIT));
        writeln!(text, "WAREHOUSE_METERING,{date},{used},0,0,{used}").unwrap_or_default();
        writeln!(text, "AUTO_CLUSTERING,{date},{clustering},0,0,{clustering}").unwrap_or_default();
    }
    text
}

/// Prices of a credit: each contract was better than the one before.
fn rates() -> String {
    let mut text = "DATE,SERVICE_TYPE,USAGE_TYPE,EFFECTIVE_RATE,CURRENCY\n".to_owned();
    for (day, midnight, _) in days() {
        let rate = PRICES.iter().rfind(|(from, _)| *from <= day).map_or("", |(_, rate)| rate);
        let date = &time(midnight)[..10];
        writeln!(text, "{date},WAREHOUSE_METERING,compute,{rate},USD").unwrap_or_default();
    }
    text
}
