//! Tables that are written and stored: whose a run is, and what it costs to keep them.
#![cfg(test)]

use plumb_base::record::usage::{Access, Accessor, ServiceUse, Start, TableSize};

use super::*;

fn size(id: Option<&str>, table: &str, parts: [u64; 4]) -> TableSize {
    let [active, time_travel, failsafe, clones] = parts;
    let id = id.map(str::to_owned);
    TableSize { id, table: table.to_owned(), active, time_travel, failsafe, clones }
}

fn storage(day: i64, usage_type: &str, amount: &str) -> UsageRecord {
    UsageRecord::Invoiced(Invoiced {
        is_adjustment: None,
        region: None,
        contract: None,
        day: Time(day * Time::DAY),
        service: "STORAGE".to_owned(),
        usage: Decimal::ZERO,
        usage_type: usage_type.to_owned(),
        is_credits: false,
        amount: number(amount),
        currency: Currency::USD,
        balance: None,
        account: None,
    })
}

fn access(by: Accessor, writes: &[&str]) -> UsageRecord {
    let writes = writes.iter().map(|it| (*it).to_owned()).collect();
    UsageRecord::Access(Access { by, reads: Vec::new(), writes })
}

pub(super) fn any_size() -> impl Strategy<Value = UsageRecord> {
    let table = prop::sample::select(vec!["L.M.ORDERS", "L.M.USERS"]);
    let bytes = prop_oneof![Just(0_u64), 0_u64..9_000_000_000, Just(u64::MAX / 4096)];
    (prop::option::of("[0-9]"), table, bytes).prop_map(|(id, table, bytes)| {
        UsageRecord::TableSize(size(id.as_deref(), table, [bytes, bytes, 1, 0]))
    })
}

pub(super) fn any_storage() -> impl Strategy<Value = UsageRecord> {
    let usage_type = prop::sample::select(vec!["storage", "hybrid table storage"]);
    (0_i64..4, usage_type, -99_i64..9_999)
        .prop_map(|(day, usage_type, cents)| storage(day, usage_type, &format!("{cents}e-2")))
}

pub(super) fn any_access() -> impl Strategy<Value = UsageRecord> {
    let tables = prop::sample::subsequence(vec!["L.M.ORDERS", "L.M.USERS"], 0..=2);
    ("[0-9]{1,3}", any::<bool>(), tables).prop_map(|(id, is_query, tables)| {
        let object = Accessor::Object("job".to_owned(), id.clone());
        access(if is_query { Accessor::Query(id) } else { object }, &tables)
    })
}

fn used(service: &str, of: (&str, &str), hour: i64, quantity: &str) -> UsageRecord {
    UsageRecord::ServiceUse(ServiceUse {
        service: service.to_owned(),
        of: (of.0.to_owned(), of.1.to_owned()),
        start: Time(hour * Time::HOUR),
        operation: None,
        quantity: number(quantity),
    })
}

pub(super) fn any_use() -> impl Strategy<Value = UsageRecord> {
    let of = prop::sample::select(vec![("table", "L.M.ORDERS"), ("pipe", "L.M.LOAD")]);
    let service = prop::sample::select(vec!["PIPE", "STORAGE"]);
    (service, of, 0_i64..100, -9_i64..999).prop_map(|(service, of, hour, hundredths)| {
        used(service, of, hour, &format!("{hundredths}e-2"))
    })
}

/// Parts with the key of what each is the work of.
fn keys(ledger: &Ledger) -> Vec<(&str, &'static str, i128)> {
    let key = |one: &crate::Allocation| {
        let Share::Attributed(cause) = one.share else { return ("", one.method.id(), one.nanos) };
        let workload = &ledger.workloads[ledger.causes[cause].workload];
        (workload.key.as_str(), one.method.id(), one.nanos)
    };
    ledger.allocations.iter().map(key).collect()
}

#[test]
fn storage_is_split_by_the_bytes_of_tables() {
    let sizes = [
        size(Some("1"), "LAKE.MART.ORDERS", [60, 20, 10, 10]),
        // Made anew: the one before is kept for some days, and paid for.
        size(Some("2"), "LAKE.MART.ORDERS", [0, 0, 50, 0]),
        size(Some("3"), "LAKE.MART.USERS", [50, 0, 0, 0]),
        size(Some("4"), "LAKE.MART.NOTHING", [0, 0, 0, 0]),
    ];
    let invoice = [storage(0, "storage", "0.04"), storage(0, "hybrid table storage", "0.05")];
    let sizes: Vec<UsageRecord> = sizes.into_iter().map(UsageRecord::TableSize).collect();
    let ledger = read(&[sizes.as_slice(), &invoice].concat());
    let split = [
        ("table:lake.mart.orders", "table-bytes", 30_000_000),
        ("table:lake.mart.users", "table-bytes", 10_000_000),
        ("", "service", 50_000_000),
    ];
    assert_eq!(keys(&ledger), split);
    // The same export twice, and a later one of one table.
    let later = UsageRecord::TableSize(size(Some("3"), "LAKE.MART.USERS", [450, 0, 0, 0]));
    let twice = read(&[sizes.as_slice(), &sizes, &invoice].concat());
    assert_eq!(keys(&twice), split);
    let ledger = read(&[sizes.as_slice(), &[later], &invoice].concat());
    assert_eq!(keys(&ledger)[0], ("table:lake.mart.orders", "table-bytes", 10_000_000));
    assert_eq!(keys(&read(&invoice)).len(), 2);
    assert!(keys(&read(&invoice)).iter().all(|(_, method, _)| *method == "service"));
    // Without a size that counts, everybody pays.
    let nothing = UsageRecord::TableSize(size(None, "A.B.C", [0; 4]));
    let ledger = read(&[[nothing].as_slice(), &invoice[..1]].concat());
    assert_eq!(keys(&ledger), [("", "service", 40_000_000)]);
}

#[test]
fn a_service_is_split_by_what_it_says_it_worked_for() {
    let day = |billed: &str| {
        UsageRecord::ServiceDay(ServiceDay {
            service: "AUTO_CLUSTERING".to_owned(),
            day: Time(0),
            compute: Some(number(billed)),
            cloud_services: Decimal::ZERO,
            billed: number(billed),
            account: None,
        })
    };
    let uses = [
        used("AUTO_CLUSTERING", ("table", "LAKE.MART.ORDERS"), 1, "0.5"),
        used("AUTO_CLUSTERING", ("table", "LAKE.MART.ORDERS"), 2, "0.5"),
        // The hour was not over; another export tells it anew.
        used("AUTO_CLUSTERING", ("table", "LAKE.MART.USERS"), 2, "0.25"),
        used("AUTO_CLUSTERING", ("table", "LAKE.MART.USERS"), 2, "0.75"),
        // Another day, and another service.
        used("AUTO_CLUSTERING", ("table", "LAKE.MART.USERS"), 24, "7"),
        used("PIPE", ("pipe", "LAKE.RAW.LOAD"), 1, "7"),
    ];
    let of = |billed: &str| {
        keys(&read(&[uses.as_slice(), &[day(billed)]].concat()))
            .iter()
            .map(|(key, method, nanos)| (key.to_string(), *method, nanos / 10_000_000))
            .collect::<Vec<_>>()
    };
    // $2.37 a credit.
    let (orders, users) = ("table:lake.mart.orders".to_owned(), "table:lake.mart.users".to_owned());
    let rest = (String::new(), "service", 59);
    assert_eq!(
        of("2"),
        [(orders.clone(), "service-use", 237), (users.clone(), "service-use", 177), rest]
    );
    // The day says less than its hours: what is billed is split.
    assert_eq!(of("0.7"), [(orders, "service-use", 94), (users, "service-use", 71)]);
    assert_eq!(keys(&read(&[day("1")])), [("", "service", 2_370_000_000)]);
}

#[test]
fn a_run_is_the_work_of_what_started_it_or_of_the_table_it_writes() {
    let query = |id: &str, tag: Option<&str>| {
        let tag = tag.map(str::to_owned);
        let run = run(Platform::Snowflake, id, "A", 0, 600_000);
        UsageRecord::Query(Box::new(QueryRun { tag, text: String::new(), ..run }))
    };
    let by = |id: &str| Accessor::Query(id.to_owned());
    let source = ("task".to_owned(), "LAKE.OPS.NIGHTLY".to_owned());
    let records = [
        UsageRecord::Start(Start { query: "1".to_owned(), source }),
        access(by("1"), &["LAKE.MART.ORDERS"]),
        access(by("2"), &["\"LAKE\".MART.USERS"]),
        access(by("3"), &["LAKE.MART.USERS", "LAKE.MART.ORDERS"]),
        access(by("4"), &["LAKE.MART.ORDERS"]),
        query("1", Some("team=growth")),
        query("2", None),
        query("3", None),
        query("4", Some("team=growth")),
    ];
    let ledger = read(&records);
    let told = |cause: &crate::Cause| {
        let workload = &ledger.workloads[cause.workload];
        let table = cause.table.map(|table| ledger.names.name(table)).unwrap_or_default();
        (workload.key.as_str(), workload.told.words(), table)
    };
    let told: Vec<_> = ledger.causes.iter().map(told).collect();
    assert_eq!(
        told,
        [
            ("task:LAKE.OPS.NIGHTLY", "platform", "lake.mart.orders"),
            ("table:lake.mart.users", "access history", ""),
            // What writes several tables is told by none.
            ("unknown:not told", "nothing tells", ""),
            ("tag:team=growth", "query tag", "lake.mart.orders"),
        ]
    );
}

#[test]
fn a_job_that_writes_one_table_is_told_by_it() {
    let job = |id: &str| Accessor::Object("job".to_owned(), id.to_owned());
    let records = [
        access(job("1"), &["lake.mart.orders"]),
        access(job("1"), &["lake.mart.orders"]),
        access(job("2"), &["lake.mart.orders"]),
        access(job("2"), &["lake.mart.users"]),
        shared::price(),
        shared::used("a", 0, "box", Some("1")),
        shared::used("b", 0, "box", Some("2")),
    ];
    let ledger = read(&records);
    let table = |cause: &crate::Cause| cause.table.map(|table| ledger.names.name(table));
    let tables: Vec<_> = ledger.causes.iter().map(table).collect();
    assert_eq!(tables, [Some("lake.mart.orders"), None]);
}
