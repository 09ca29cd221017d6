//! `records`: millions of queries, the metering of their warehouses, invoices and lines of a bill, read and allocated; the
//! text is made as it is read.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{Read, Seek, SeekFrom};
use std::time::Instant;

use plumb_base::record::usage::{Platform, RecordFile, RecordKind, UsageRecord};
use plumb_base::{Decimal, Digest, Entry, Moment, Stream, World, WorldError};
use plumb_ledger::{Contract, IdlePolicy, Reading};

use crate::Fault;

const WAREHOUSES: u64 = 20;
const WORKLOADS: u64 = 2000;
const DAYS: u64 = 30;

/// The first second of the record.
const START: i64 = 1_790_812_800;

const QUERIES: &str = "query_history.csv";
const METERING: &str = "warehouse_metering_history.csv";
const INVOICE: &str = "usage_in_currency_daily.csv";
const BILL: &str = "focus.csv";

/// Queries for each line of a bill.
const PER_LINE: u64 = 10;

pub(crate) fn run(args: &[&str]) -> Result<(), Fault> {
    let mut count = 10_000_000_u64;
    let mut digests = false;
    let mut args = args.iter();
    while let Some(&arg) = args.next() {
        match arg {
            "--count" => count = args.next().ok_or("--count needs a number")?.parse()?,
            "--digest" => digests = true,
            other => return Err(format!("no option `{other}`").into()),
        }
    }
    let world = Generated { count };
    if digests {
        digest(&world);
        return Ok(());
    }
    let begun = Instant::now();
    let bytes = std::io::copy(&mut world.text(QUERIES), &mut std::io::sink())?;
    let made = begun.elapsed();
    println!("{count} queries, {} MB; made in {:.1} s", bytes >> 20, made.as_secs_f64());
    templates();
    let snowflake = |path: &str, kind| RecordFile {
        path: path.to_owned(),
        kind,
        platform: Some(Platform::Snowflake),
        lacks: Vec::new(),
    };
    let bill = RecordFile { platform: None, ..snowflake(BILL, RecordKind::BillLines) };
    let files = [
        snowflake(QUERIES, RecordKind::Queries),
        snowflake(METERING, RecordKind::WarehouseHours),
        snowflake(INVOICE, RecordKind::Invoiced),
        bill,
    ];
    let contract = Contract { snowflake_credit: Decimal::parse("3"), ..Contract::default() };
    let begun = Instant::now();
    let mut reading = Reading::new(contract);
    let mut problems = Vec::new();
    let rows = plumb_records::records(&world, &files, &mut problems, &mut |it, file| {
        reading.of(file);
        reading.add(it);
    });
    let read = begun.elapsed();
    let ledger = reading.close();
    let sums = ledger.sums()?;
    let spread = ledger.clone().with_idle(IdlePolicy::Proportional).sums()?;
    let all = begun.elapsed();
    for file in rows {
        println!("{}: {} read, {} not", file.path, file.read, file.bad);
    }
    println!(
        "{} charges, {} allocations, {} workloads; read in {:.1} s, allocated in {:.1} s more, {:.1} s in all",
        ledger.charges.len(),
        ledger.allocations.len(),
        ledger.workloads.len(),
        read.as_secs_f64(),
        all.saturating_sub(read).as_secs_f64(),
        all.as_secs_f64()
    );
    for (sum, spread) in sums.iter().zip(&spread) {
        println!(
            "billed {} = {} in parts; {}",
            sum.billed,
            sum.money(sum.billed),
            spread.billed == sum.billed
        );
    }
    println!("most memory: {} MB", memory().unwrap_or_default());
    Ok(())
}

/// The most memory that this process held, as Linux counts it.
fn memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes >> 10)
}

/// Files that are made while they are read.
struct Generated {
    count: u64,
}

impl Generated {
    fn text(&self, path: &str) -> Text {
        let (rows, line, header): (u64, fn(u64, u64, &mut String), &str) = match path {
            METERING => (
                WAREHOUSES * DAYS * 24,
                metering,
                "START_TIME,WAREHOUSE_NAME,CREDITS_USED_COMPUTE,CREDITS_USED_CLOUD_SERVICES",
            ),
            INVOICE => (
                DAYS,
                invoiced,
                "USAGE_DATE,SERVICE_TYPE,USAGE_TYPE,USAGE,USAGE_IN_CURRENCY,CURRENCY,RATING_TYPE",
            ),
            BILL => (
                self.count / PER_LINE,
                billed,
                "BilledCost,BillingCurrency,ChargePeriodStart,ChargePeriodEnd,ProviderName,ServiceName,ChargeCategory,ResourceId,Tags",
            ),
            _ => (
                self.count,
                query,
                "QUERY_ID,QUERY_TEXT,USER_NAME,WAREHOUSE_NAME,WAREHOUSE_SIZE,QUERY_TAG,START_TIME,END_TIME,CREDITS_USED_CLOUD_SERVICES",
            ),
        };
        Text { rows, next: 0, line, buffer: format!("{header}\n"), at: 0 }
    }
}

/// Counts templates of all queries, and how long each ran, without warehouses and money.
fn digest(world: &Generated) {
    let begun = Instant::now();
    let file = RecordFile {
        path: QUERIES.to_owned(),
        kind: RecordKind::Queries,
        platform: Some(Platform::Snowflake),
        lacks: Vec::new(),
    };
    let mut told: BTreeMap<Option<Digest>, (u64, i64)> = BTreeMap::new();
    let mut problems = Vec::new();
    let _rows = plumb_records::records(world, &[file], &mut problems, &mut |record, _| {
        let UsageRecord::Query(run) = record else { return };
        let (runs, millis) = told.entry(plumb_ledger::template(&run.text)).or_default();
        *runs += 1;
        *millis += run.end.0 - run.start.0;
    });
    let runs: u64 = told.values().map(|(runs, _)| runs).sum();
    let hours = told.values().map(|(_, millis)| millis).sum::<i64>() / 3_600_000;
    println!(
        "{runs} queries of {} templates, {hours} hours; made, read and counted in {:.1} s",
        told.len(),
        begun.elapsed().as_secs_f64()
    );
    println!("most memory: {} MB", memory().unwrap_or_default());
}

/// Rounds of which the fastest counts: others may use the machine, too.
const ROUNDS: usize = 10;

/// Says how fast texts are told apart without their literals, on one core.
fn templates() {
    let mut text = String::new();
    let texts: Vec<String> = (0..200_000)
        .map(|number| {
            text.clear();
            query(number, 200_000, &mut text);
            let sql = text.split('"').skip(1).take_while(|it| !it.starts_with(",USER_"));
            sql.collect::<Vec<_>>().join("\"")
        })
        .collect();
    let bytes: u128 = texts.iter().map(|text| text.len() as u128).sum();
    let mut told = BTreeSet::new();
    let mut speed = 0;
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let templates: Vec<_> =
            texts.iter().filter_map(|text| plumb_ledger::template(text)).collect();
        speed = speed.max(bytes / begun.elapsed().as_micros().max(1));
        told.extend(templates);
    }
    println!("{} templates of {} MB, {speed} MB/s on one core", told.len(), bytes >> 20);
}

/// A row of the history: a dbt model, a dashboard with a tag, or a question with literals.
fn query(number: u64, rows: u64, text: &mut String) {
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let workload = mixed % WORKLOADS;
    let second = START + i64::try_from(number * (DAYS * 86_400 - 600) / rows).unwrap_or(0);
    let (start, end) =
        (Moment(second), Moment(second + 1 + i64::try_from(mixed % 300).unwrap_or(0)));
    let warehouse = workload % WAREHOUSES;
    let (sql, tag) = match workload % 3 {
        0 => (
            format!(
                "create or replace table mart.t{workload} as (select a, b, sum(c) from raw.x join raw.y using (id) group by 1, 2) /* {{\"\"app\"\": \"\"dbt\"\", \"\"node_id\"\": \"\"model.shop.t{workload}\"\"}} */"
            ),
            "",
        ),
        1 => (
            format!(
                "select day, sum(amount) from mart.t{workload} where day >= '2026-10-{:02}' group by day",
                1 + mixed % 28
            ),
            "board=sales",
        ),
        _ => (
            format!(
                "select t{workload}.a, b, c from mart.t{workload} where id in ({}, {}) and note <> 'x'",
                mixed % 1000,
                number
            ),
            "",
        ),
    };
    let user = workload % 97;
    writeln!(
        text,
        "01b{number:012x},\"{sql}\",USER_{user},WH_{warehouse},Medium,{tag},{start},{end},0.0001"
    )
    .unwrap_or_default();
}

fn metering(number: u64, _: u64, text: &mut String) {
    let (hour, warehouse) = (number / WAREHOUSES, number % WAREHOUSES);
    let start = Moment(START + i64::try_from(hour * 3600).unwrap_or(0));
    writeln!(text, "{start},WH_{warehouse},4,0.02").unwrap_or_default();
}

fn invoiced(day: u64, _: u64, text: &mut String) {
    let day = Moment(START + i64::try_from(day * 86_400).unwrap_or(0)).day();
    writeln!(text, "{day},WAREHOUSE_METERING,compute,1920,5808.00,USD,compute").unwrap_or_default();
}

/// A line of a bill: an hour of a machine, mostly with a team, or a fee.
fn billed(number: u64, rows: u64, text: &mut String) {
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let hour = number * DAYS * 24 / rows.max(1);
    let start = START + i64::try_from(hour * 3600).unwrap_or(0);
    let (start, end) = (Moment(start), Moment(start + 3600));
    let (cost, machine) = (mixed % 100_000, mixed % 5000);
    let tags = match mixed % 4 {
        0 => String::new(),
        team => format!("\"{{\"\"team\"\": \"\"team {team}\"\"}}\""),
    };
    writeln!(text, "0.{cost:05},USD,{start},{end},AWS,Amazon EC2,Usage,i-{machine:08x},{tags}")
        .unwrap_or_default();
}

impl World for Generated {
    fn files(&self, _: &str) -> Result<Vec<Entry>, WorldError> {
        Ok(Vec::new())
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, WorldError> {
        Err(WorldError::Missing(path.to_owned()))
    }

    fn stream(&self, path: &str) -> Result<Box<dyn Stream>, WorldError> {
        Ok(Box::new(self.text(path)))
    }

    fn variable(&self, _: &str) -> Option<String> {
        None
    }

    fn root(&self) -> String {
        "generated".to_owned()
    }
}

/// A text, line by line.
struct Text {
    rows: u64,
    next: u64,
    line: fn(u64, u64, &mut String),
    buffer: String,
    at: usize,
}

impl Read for Text {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        if self.at == self.buffer.len() {
            self.buffer.clear();
            self.at = 0;
            while self.next < self.rows && self.buffer.len() < 1 << 16 {
                (self.line)(self.next, self.rows, &mut self.buffer);
                self.next += 1;
            }
        }
        let rest = &self.buffer.as_bytes()[self.at..];
        let length = rest.len().min(bytes.len());
        bytes[..length].copy_from_slice(&rest[..length]);
        self.at += length;
        Ok(length)
    }
}

impl Seek for Text {
    fn seek(&mut self, _: SeekFrom) -> std::io::Result<u64> {
        Err(std::io::Error::other("what is made is read in order"))
    }
}
