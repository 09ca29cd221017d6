//! Laws that hold for every ledger, whatever was read: nothing is lost, nothing counts twice, nothing is invented.
#![cfg(test)]

mod accounts;
mod adaptive;
mod again;
mod books;
mod forms;
mod shared;
mod tables;
mod versions;

use again::with_content;
use plumb_base::record::usage::{
    BillLine, Commitment, Invoiced, Platform, QueryCredits, QueryRun, ServiceDay, Time, UnitPrice,
    UsageLine, UsageRecord, WarehouseHour,
};
use plumb_base::{Currency, Decimal, Digest};
use proptest::prelude::*;

use crate::{Contract, IdlePolicy, Imbalance, Ledger, Method, Period, Reading, Share, Since};

fn number(text: &str) -> Decimal {
    Decimal::parse(text).unwrap()
}

fn contract() -> Contract {
    Contract { snowflake_credit: Some(number("2.37")), ..Contract::default() }
}

fn read(records: &[UsageRecord]) -> Ledger {
    let mut reading = Reading::new(contract());
    for record in records {
        reading.add(with_content(record.clone()));
    }
    reading.close()
}

fn run(platform: Platform, id: &str, warehouse: &str, from: i64, until: i64) -> QueryRun {
    QueryRun {
        platform,
        id: id.to_owned(),
        text: format!("insert into t_{} select 1", id.len() % 5),
        user: Some("ada".to_owned()),
        warehouse: Some(warehouse.to_owned()),
        size: Some("X-Small".to_owned()),
        cluster: 1,
        start: Time(from),
        end: Time(until),
        work: None,
        cloud_services: number("0.001"),
        tag: None,
        hash: None,
        hash_version: None,
        whole_hash: None,
        source: None,
    }
}

fn hour(warehouse: &str, at: i64, compute: &str, queries: Option<&str>) -> UsageRecord {
    UsageRecord::WarehouseHour(WarehouseHour {
        warehouse: warehouse.to_owned(),
        start: Time(at * Time::HOUR),
        compute: number(compute),
        cloud_services: number("0.01"),
        queries: queries.map(number),
        id: None,
        account: None,
    })
}

fn line(billed: i64, category: &str, resource: Option<&str>) -> UsageRecord {
    with_content(UsageRecord::Line(Box::new(BillLine {
        provider: "Cloud".to_owned(),
        service: "Storage".to_owned(),
        category: category.to_owned(),
        resource: resource.map(str::to_owned),
        // Finer than a billionth.
        billed: number(&format!("{billed}e-12")),
        currency: Currency::USD,
        start: Time(0),
        end: None,
        tags: Vec::new(),
        commitment: None,
        own: false,
        id: None,
        content: Digest::default(),
    })))
}

/// A line that has to do with a plan: its use, what takes that back, or what pays.
fn planned(
    day: i64,
    billed: &str,
    used: &str,
    unused: &str,
    resource: Option<&str>,
) -> UsageRecord {
    let UsageRecord::Line(line) = line(0, "Usage", resource) else { unreachable!("a line") };
    UsageRecord::Line(Box::new(BillLine {
        billed: number(billed),
        start: Time(day * Time::DAY),
        commitment: Some(Commitment {
            id: "plan".to_owned(),
            used: number(used),
            unused: number(unused),
        }),
        own: true,
        ..*line
    }))
}

fn any_record() -> impl Strategy<Value = UsageRecord> {
    let warehouse = prop::sample::select(vec!["A", "B"]);
    let credits = (0_i64..3_000_000_000).prop_map(|nanos| Decimal::of_nanos(nanos.into()));
    let time = -20_000_000_i64..400_000_000;
    let query = ("[0-9]{1,3}", warehouse.clone(), time.clone(), 0_i64..9_000_000, any::<bool>());
    let query = query.prop_map(|(id, warehouse, from, length, snow)| {
        let platform = if snow { Platform::Snowflake } else { Platform::Databricks };
        UsageRecord::Query(Box::new(run(platform, &id, warehouse, from, from + length)))
    });
    let attributed = ("[0-9]{1,3}", warehouse.clone(), time, 0_i64..9_000_000, credits.clone());
    let attributed = attributed.prop_map(|(id, warehouse, from, length, credits)| {
        UsageRecord::QueryCredits(QueryCredits {
            id,
            warehouse: warehouse.to_owned(),
            user: None,
            tag: None,
            hash: None,
            start: Time(from),
            end: Time(from + length),
            hour: None,
            credits,
        })
    });
    let adaptive = ("[0-9]{1,2}", warehouse.clone(), 0_i64..100, credits.clone());
    let adaptive = adaptive
        .prop_map(|(id, warehouse, at, credits)| adaptive::query_hour(&id, warehouse, at, credits));
    let metered =
        (warehouse.clone(), 0_i64..100, credits.clone(), prop::option::of(credits.clone()));
    let metered = metered.prop_map(|(warehouse, at, compute, queries)| {
        UsageRecord::WarehouseHour(WarehouseHour {
            id: None,
            warehouse: warehouse.to_owned(),
            start: Time(at * Time::HOUR),
            compute,
            cloud_services: number("0.2"),
            queries,
            account: None,
        })
    });
    let service = prop::sample::select(vec!["WAREHOUSE_METERING", "PIPE"]);
    let daily = (service, 0_i64..5, prop::option::of(credits.clone()), credits);
    let daily = daily.prop_map(|(service, day, compute, billed)| {
        UsageRecord::ServiceDay(ServiceDay {
            service: service.to_owned(),
            day: Time(day * Time::DAY),
            compute,
            cloud_services: Decimal::ZERO,
            billed,
            account: None,
        })
    });
    let lines = (-9_999_999_999_i64..9_999_999_999, any::<bool>());
    let lines = lines.prop_map(|(billed, named)| line(billed, "Usage", named.then_some("bucket")));
    let plans = (0_i64..3, -99_i64..99, 0_i64..9, 0_i64..9, any::<bool>());
    let plans = plans.prop_map(|(day, billed, used, unused, named)| {
        let [billed, used, unused] = [billed, used, unused].map(|it| it.to_string());
        planned(day, &billed, &used, &unused, named.then_some("i-1"))
    });
    prop_oneof![
        4 => query,
        4 => attributed,
        2 => adaptive,
        4 => metered,
        2 => daily,
        2 => lines,
        2 => plans,
        2 => tables::any_size(),
        2 => tables::any_use(),
        2 => tables::any_storage(),
        2 => tables::any_access(),
        2 => shared::any_work(),
        2 => shared::any_use(),
        1 => Just(shared::price()),
    ]
}

proptest! {
    #[test]
    fn whatever_is_read_adds_up(records in prop::collection::vec(any_record(), 0..60)) {
        let ledger = read(&records);
        let before = ledger.sums().unwrap();
        for policy in [IdlePolicy::Apart, IdlePolicy::Proportional, IdlePolicy::Owner] {
            let after = ledger.clone().with_idle(policy).sums().unwrap();
            prop_assert_eq!(before.len(), after.len());
            for (one, two) in before.iter().zip(&after) {
                prop_assert_eq!(one.billed, two.billed);
                prop_assert_eq!(one.overhead, two.overhead);
                prop_assert_eq!(one.unattributed, two.unattributed);
                prop_assert_eq!(one.attributed + one.idle(), two.attributed + two.idle());
            }
        }
        // Two exports that overlap are one; lines of a bill have nothing that tells them apart.
        let once: Vec<_> = records.iter().filter(|it| !matches!(it, UsageRecord::Line(_))).cloned().collect();
        let twice: Vec<_> = once.iter().flat_map(|record| [record.clone(), record.clone()]).collect();
        prop_assert_eq!(read(&once).sums().unwrap(), read(&twice).sums().unwrap());
    }

    #[test]
    fn lines_of_a_bill_sum_to_the_bill(amounts in prop::collection::vec(-9_999_999_i64..9_999_999, 0..60)) {
        let bucket = |at: usize| format!("bucket-{at}");
        let records: Vec<_> =
            amounts.iter().enumerate().map(|(at, it)| line(*it, "Usage", Some(&bucket(at)))).collect();
        let exact: Decimal = amounts.iter().map(|it| number(&format!("{it}e-12"))).sum();
        let billed: i128 = read(&records).charges.iter().map(|charge| charge.billed).sum();
        prop_assert_eq!(billed, exact.nanos());
    }
}

/// Parts of a ledger in hundred thousandths of a dollar, by what they are.
fn parts(ledger: &Ledger) -> Vec<(&'static str, &'static str, i128)> {
    let part = |one: &crate::Allocation| {
        let share = match one.share {
            Share::Attributed(_) => "attributed",
            Share::IdleInHour => "idle in hour",
            Share::IdleWholeHour => "idle whole hour",
            Share::Overhead => "overhead",
            Share::Unattributed => "unattributed",
        };
        (share, one.method.id(), one.nanos / 10_000)
    };
    ledger.allocations.iter().map(part).collect()
}

#[test]
fn a_warehouse_hour_without_native_credits_is_shared_by_time() {
    // Half an hour of work in an hour that was on for all of it.
    let query = |id, from: i64, until: i64| {
        UsageRecord::Query(Box::new(run(
            Platform::Snowflake,
            id,
            "A",
            from * 60_000,
            until * 60_000,
        )))
    };
    let records = [
        query("1", 0, 15),
        query("22", 15, 30),
        hour("A", 0, "1", None),
        hour("A", 1, "0.5", None),
    ];
    // The second hour lies beyond the record.
    assert_eq!(
        parts(&read(&records)),
        [
            ("attributed", "time-share", 59_250),
            ("attributed", "time-share", 59_250),
            ("idle in hour", "idle", 118_500),
            ("unattributed", "no-history", 118_500),
        ]
    );
}

#[test]
fn a_day_without_a_query_may_be_a_gap_and_is_said() {
    let query = |id, day: i64| {
        let at = day * Time::DAY;
        UsageRecord::Query(Box::new(run(Platform::Snowflake, id, "A", at, at + 60_000)))
    };
    let records =
        [query("1", 0), query("2", 2), hour("A", 30, "1", None), hour("A", 50, "1", None)];
    let notes = read(&records).notes;
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(notes[0].starts_with("no query was read of 1 day"), "{notes:?}");
}

#[test]
fn credits_that_the_platform_attributes_count_more_than_time() {
    let query = run(Platform::Snowflake, "1", "A", 0, 600_000);
    let credits = QueryCredits {
        id: "1".to_owned(),
        warehouse: "A".to_owned(),
        user: None,
        tag: None,
        hash: None,
        start: Time(0),
        end: Time(600_000),
        hour: None,
        credits: number("0.25"),
    };
    let later = run(Platform::Snowflake, "2", "B", 3 * Time::HOUR, 3 * Time::HOUR + 1);
    let records = [
        UsageRecord::Query(Box::new(query)),
        UsageRecord::Query(Box::new(later)),
        UsageRecord::QueryCredits(credits),
        hour("A", 0, "1", Some("0.3")),
        hour("A", 1, "1", None),
    ];
    assert_eq!(
        parts(&read(&records)),
        [
            ("attributed", "query-credits", 59_250),
            ("unattributed", "short-queries", 11_850),
            ("idle in hour", "idle", 165_900),
            ("idle whole hour", "idle", 237_000),
        ]
    );
}

#[test]
fn cloud_services_are_charged_above_a_tenth_of_the_days_compute() {
    let query = run(Platform::Snowflake, "1", "A", 0, 600_000);
    let metered = |cloud: &str| {
        UsageRecord::WarehouseHour(WarehouseHour {
            id: None,
            warehouse: "A".to_owned(),
            start: Time(0),
            compute: number("1"),
            cloud_services: number(cloud),
            queries: Some(number("1")),
            account: None,
        })
    };
    let charged = |cloud| {
        let ledger = read(&[UsageRecord::Query(Box::new(query.clone())), metered(cloud)]);
        parts(&ledger).into_iter().skip(1).collect::<Vec<_>>()
    };
    assert_eq!(charged("0.1"), []);
    assert_eq!(
        charged("0.102"),
        [("attributed", "cloud-services", 4), ("overhead", "service", 469)]
    );
}

#[test]
fn cloud_services_of_warehouses_do_not_go_where_another_service_is_told_by_day() {
    let metered = UsageRecord::WarehouseHour(WarehouseHour {
        id: None,
        warehouse: "A".to_owned(),
        start: Time(0),
        compute: number("1"),
        cloud_services: number("0.3"),
        queries: None,
        account: None,
    });
    let pipe = ServiceDay {
        service: "PIPE".to_owned(),
        day: Time(0),
        compute: Some(number("2")),
        cloud_services: Decimal::ZERO,
        billed: number("2"),
        account: None,
    };
    let billed = |records: &[UsageRecord]| read(records).sums().unwrap()[0].billed;
    // 1 credit, 0.2 of cloud services above the tenth, 2 of pipes.
    assert_eq!(billed(std::slice::from_ref(&metered)), 2_844_000_000);
    assert_eq!(billed(&[metered.clone(), UsageRecord::ServiceDay(pipe.clone())]), 7_584_000_000);
    // Where the day says what was billed of warehouses, the day counts.
    let service = "WAREHOUSE_METERING".to_owned();
    let (compute, billed_credits) = (Some(number("1")), number("1.25"));
    let day = ServiceDay { service, compute, billed: billed_credits, ..pipe };
    assert_eq!(billed(&[metered, UsageRecord::ServiceDay(day)]), 2_962_500_000);
}

#[test]
fn rows_of_the_same_that_differ_are_summed_and_rows_that_do_not_count_once() {
    let hour = |account: &str, compute: &str| {
        let UsageRecord::WarehouseHour(hour) = hour("A", 0, compute, None) else { unreachable!() };
        let account = Some(account.to_owned());
        UsageRecord::WarehouseHour(WarehouseHour { id: None, account, ..hour })
    };
    let day = |account: &str, billed: &str| {
        UsageRecord::ServiceDay(ServiceDay {
            service: "PIPE".to_owned(),
            day: Time(0),
            compute: None,
            cloud_services: Decimal::ZERO,
            billed: number(billed),
            account: Some(account.to_owned()),
        })
    };
    let invoiced = |account: &str, balance: &str, amount: &str| {
        UsageRecord::Invoiced(Invoiced {
            is_adjustment: None,
            region: None,
            contract: None,
            day: Time(0),
            service: "STORAGE".to_owned(),
            usage: Decimal::ZERO,
            usage_type: "storage".to_owned(),
            is_credits: false,
            amount: number(amount),
            currency: Currency::USD,
            balance: Some(balance.to_owned()),
            account: Some(account.to_owned()),
        })
    };
    let told = |records: &[UsageRecord]| {
        let ledger = read(records);
        (ledger.sums().unwrap()[0].billed, ledger.notes)
    };
    // At $2.37 a credit.
    assert_eq!(told(&[hour("one", "1"), hour("two", "1")]), (4_740_000_000, vec![]));
    assert_eq!(told(&[day("one", "1"), day("two", "2")]), (7_110_000_000, vec![]));
    let sources = [invoiced("one", "capacity", "3"), invoiced("one", "rollover", "3")];
    assert_eq!(told(&sources), (6_000_000_000, vec![]));
    let accounts = [invoiced("one", "capacity", "3"), invoiced("two", "capacity", "3")];
    assert_eq!(told(&accounts), (6_000_000_000, vec![]));
    let again = [hour("one", "1"), hour("one", "1")];
    let once = "1 row was there twice and counts once".to_owned();
    assert_eq!(told(&again), (2_370_000_000, vec![once]));
    let (billed, notes) = told(&[hour("one", "1"), hour("one", "2")]);
    assert_eq!(billed, 7_110_000_000);
    assert!(
        notes[0].ends_with("say other amounts: all count, as of several accounts"),
        "{notes:?}"
    );
}

#[test]
fn what_a_line_takes_back_is_gone() {
    let used = |id: &str, quantity: &str, job: Option<&str>| {
        UsageRecord::Usage(Box::new(UsageLine {
            id: Some(id.to_owned()),
            sku: "JOBS".to_owned(),
            cloud: "AWS".to_owned(),
            unit: "DBU".to_owned(),
            quantity: number(quantity),
            start: Time(0),
            product: "JOBS".to_owned(),
            source: job.map(|job| ("job".to_owned(), job.to_owned())).into_iter().collect(),
            title: None,
            warehouse: None,
            cluster: None,
            user: None,
            tags: Vec::new(),
            content: Digest::default(),
        }))
    };
    let price = UsageRecord::UnitPrice(UnitPrice {
        sku: "JOBS".to_owned(),
        cloud: "AWS".to_owned(),
        unit: "DBU".to_owned(),
        currency: Currency::USD,
        price: number("0.2"),
        from: Time(-5),
        until: None,
        agreed: false,
    });
    let lines = [
        used("a", "2", Some("1")),
        used("b", "-2", Some("1")),
        used("c", "1.5", Some("1")),
        used("c", "1.5", Some("1")),
        used("d", "1", None),
    ];
    let ledger = read(&[[price].as_slice(), &lines].concat());
    assert_eq!(
        parts(&ledger),
        [("attributed", "named", 30_000), ("unattributed", "unnamed", 20_000)]
    );
    // Without a price it is no money, and is said.
    let ledger = read(&lines);
    assert!(ledger.is_empty());
    assert_eq!(ledger.unpriced, [("2.5 DBU".to_owned(), "JOBS".to_owned())]);
}

#[test]
fn what_is_paid_for_a_plan_belongs_to_what_ran_under_it() {
    let records = [
        planned(0, "6", "4", "0", Some("i-1")),
        planned(0, "3", "2", "0", Some("i-2")),
        planned(0, "-9", "0", "0", None),
        planned(0, "10", "0", "4", None),
        // A day on which nothing ran.
        planned(1, "10", "0", "10", None),
    ];
    assert_eq!(
        parts(&read(&records)),
        [
            ("attributed", "commitment", 400_000),
            ("attributed", "commitment", 200_000),
            ("idle whole hour", "unused-commitment", 400_000),
            ("idle whole hour", "unused-commitment", 1_000_000),
        ]
    );
    // A line that nobody explains is for everybody.
    let paid = [planned(0, "10", "0", "0", None)];
    assert_eq!(parts(&read(&paid)), [("overhead", "service", 1_000_000)]);
}
