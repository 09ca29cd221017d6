//! The record of the company's lake: jobs, a pipeline, and a warehouse that dashboards ask.

use std::fmt::Write as _;

use super::record::{days, decimal, draw, time};
use super::spark;

const HOUR: i64 = 3600;

/// Billionths of a unit.
const UNIT: i64 = 1_000_000_000;

/// The warehouse of the bundle.
const WAREHOUSE: &str = "4f0c9a77b1d20e63";

/// What runs every night: what it is, its id, when, how many units, whose it is.
const NIGHTLY: [(&str, &str, i64, i64, &str); 3] = [
    ("job_id", spark::JOB, 4, 18, "growth"),
    ("job_id", "core-checks", 5, 3, "core_data"),
    ("dlt_pipeline_id", "clicks", 2, 9, "growth"),
];

/// Boards that are looked at on working days.
const BOARDS: [&str; 4] = ["campaigns", "freight", "revenue_board", "trading_weekly"];

/// Files by name.
pub(super) fn files() -> Vec<(&'static str, String)> {
    vec![
        ("usage", usage()),
        ("list_prices", prices()),
        ("query_history", queries()),
        ("warehouse_events", events()),
        ("jobs", jobs()),
    ]
}

fn usage() -> String {
    let mut text = "record_id,sku_name,cloud,usage_unit,usage_quantity,usage_start_time,billing_origin_product,usage_metadata,custom_tags,record_type\n".to_owned();
    for (day, midnight, works) in days() {
        for (key, id, hour, units, team) in NIGHTLY {
            let quantity = units * UNIT + draw(&format!("{id}{day}"), UNIT);
            let (sku, product) = if key == "job_id" {
                ("PREMIUM_JOBS_COMPUTE", "JOBS")
            } else {
                ("PREMIUM_DLT_CORE", "DLT")
            };
            let start = time(midnight + hour * HOUR);
            let cluster = if id == spark::JOB {
                format!(", \"\"cluster_id\"\": \"\"{}\"\"", spark::cluster(day))
            } else {
                String::new()
            };
            let mut line = |record: &str, quantity: &str, kind: &str| {
                let line = format!(
                    "{record},{sku},AWS,DBU,{quantity},{start},{product},\"{{\"\"{key}\"\": \"\"{id}\"\"{cluster}}}\",\"{{\"\"team\"\": \"\"{team}\"\"}}\",{kind}"
                );
                writeln!(text, "{line}").unwrap_or_default();
            };
            line(&format!("{id}-{day}"), &decimal(quantity), "ORIGINAL");
            // One day was counted wrongly, and put right.
            if day == 376 && id == "clicks" {
                line("clicks-back", &format!("-{}", decimal(quantity)), "RETRACTION");
                line("clicks-right", &decimal(quantity / 2), "RESTATEMENT");
            }
        }
        let storage = decimal(2 * UNIT + draw(&format!("storage{day}"), UNIT / 4));
        writeln!(
            text,
            "storage-{day},PREMIUM_STORAGE,AWS,DSU,{storage},{},DEFAULT_STORAGE,{{}},{{}},ORIGINAL",
            time(midnight)
        )
        .unwrap_or_default();
        let shared = decimal(3 * UNIT);
        writeln!(text, "shared-{day},PREMIUM_ALL_PURPOSE_COMPUTE,AWS,DBU,{shared},{},ALL_PURPOSE,\"{{\"\"cluster_id\"\": \"\"{}\"\"}}\",{{}},ORIGINAL", time(midnight + 9 * HOUR), spark::SHARED).unwrap_or_default();
        for hour in (7..19).filter(|_| works) {
            let start = time(midnight + hour * HOUR);
            writeln!(text, "sql-{day}-{hour},PREMIUM_SQL_PRO_COMPUTE,AWS,DBU,{},{start},SQL,\"{{\"\"warehouse_id\"\": \"\"{WAREHOUSE}\"\"}}\",{{}},ORIGINAL", decimal(6 * UNIT)).unwrap_or_default();
        }
    }
    text
}

fn prices() -> String {
    let mut text =
        "sku_name,cloud,usage_unit,currency_code,price_start_time,price_end_time,pricing\n"
            .to_owned();
    for (sku, unit, price) in [
        ("PREMIUM_JOBS_COMPUTE", "DBU", "0.15"),
        ("PREMIUM_DLT_CORE", "DBU", "0.20"),
        ("PREMIUM_SQL_PRO_COMPUTE", "DBU", "0.55"),
        ("PREMIUM_ALL_PURPOSE_COMPUTE", "DBU", "0.55"),
        ("PREMIUM_STORAGE", "DSU", "0.023"),
    ] {
        writeln!(
            text,
            "{sku},AWS,{unit},USD,2025-01-01 00:00:00,,\"{{\"\"default\"\": \"\"{price}\"\"}}\""
        )
        .unwrap_or_default();
    }
    text
}

/// On working days the warehouse runs from seven to seven.
fn events() -> String {
    let mut text = "warehouse_id,event_type,cluster_count,event_time\n".to_owned();
    for (_, midnight, _) in days().filter(|(_, _, works)| *works) {
        for (kind, count, hour) in [("STARTING", 0, 7), ("RUNNING", 1, 7), ("STOPPED", 0, 19)] {
            let at = time(midnight + hour * HOUR);
            writeln!(text, "{WAREHOUSE},{kind},{count},{at}").unwrap_or_default();
        }
    }
    text
}

/// What the jobs of the bundle are called.
fn jobs() -> String {
    format!(
        "job_id,name,change_time\n{},Growth nightly,2025-09-30 00:00:00\ncore-checks,Core checks,2025-09-30 00:00:00\n",
        spark::JOB
    )
}

fn queries() -> String {
    let mut text = "statement_id,statement_text,executed_by,start_time,end_time,total_task_duration_ms,compute,query_source\n".to_owned();
    for (day, midnight, _) in days().filter(|(_, _, works)| *works) {
        // The last hour of the day nobody looks, and the warehouse goes on.
        for hour in 7..18 {
            for board in BOARDS {
                let name = format!("{board}-{day}-{hour}");
                let start = midnight + hour * HOUR + draw(&name, 3000);
                let seconds = 3 + draw(&format!("{name}s"), 60);
                let (from, until) = (time(start), time(start + seconds));
                let line = format!(
                    "{name},select 1,board,{from},{until},{},\"{{\"\"warehouse_id\"\": \"\"{WAREHOUSE}\"\"}}\",\"{{\"\"dashboard_id\"\": \"\"{board}\"\"}}\"",
                    seconds * 1700
                );
                writeln!(text, "{line}").unwrap_or_default();
            }
        }
    }
    text
}
