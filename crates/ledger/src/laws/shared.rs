//! Clusters that many share, by the time of their tasks.
#![cfg(test)]

use plumb_base::record::spark::{Application, Asker, Cluster, Work};

use super::*;

/// Task time of a job, or of a statement, by hour.
fn work(job: Option<&str>, text: &str, hours: &[(i64, u64)]) -> Work {
    let asker = Asker {
        source: job.map(|job| ("job".to_owned(), job.to_owned())),
        user: Some("ada".to_owned()),
        text: text.to_owned(),
        ..Asker::default()
    };
    let hours = hours.iter().map(|(hour, taken)| (Time(hour * Time::HOUR), *taken)).collect();
    Work { asker, hours }
}

/// An application of a cluster, logged for so many hours.
pub(super) fn application(cluster: Option<&str>, hours: i64, work: Vec<Work>) -> Application {
    let cluster = cluster.map(|id| Cluster { id: id.to_owned(), ..Cluster::default() });
    Application {
        id: format!("app-{hours}"),
        name: "shell".to_owned(),
        start: Time(0),
        last: Time(hours * Time::HOUR - 1),
        cluster,
        work,
        ..Application::default()
    }
}

pub(super) fn used(id: &str, hour: i64, cluster: &str, job: Option<&str>) -> UsageRecord {
    UsageRecord::Usage(Box::new(UsageLine {
        id: Some(id.to_owned()),
        sku: "ALL_PURPOSE".to_owned(),
        cloud: "AWS".to_owned(),
        unit: "DBU".to_owned(),
        quantity: number("2"),
        start: Time(hour * Time::HOUR),
        product: "ALL_PURPOSE".to_owned(),
        source: job.map(|job| ("job".to_owned(), job.to_owned())).into_iter().collect(),
        title: None,
        warehouse: None,
        cluster: Some(cluster.to_owned()),
        user: None,
        tags: Vec::new(),
        content: Digest::default(),
    }))
}

pub(super) fn price() -> UsageRecord {
    UsageRecord::UnitPrice(UnitPrice {
        sku: "ALL_PURPOSE".to_owned(),
        cloud: "AWS".to_owned(),
        unit: "DBU".to_owned(),
        currency: Currency::USD,
        price: number("0.5"),
        from: Time(0),
        until: None,
        agreed: false,
    })
}

pub(super) fn any_work() -> impl Strategy<Value = UsageRecord> {
    let hours = prop::collection::vec((0_i64..6, 0_u64..9_000_000), 0..4);
    let one = (prop::option::of("[0-9]"), hours)
        .prop_map(|(job, hours)| work(job.as_deref(), "select 1", &hours));
    let works = prop::collection::vec(one, 0..4);
    let named = prop::option::of(prop::sample::select(vec!["box", "bin"]));
    (named, 1_i64..6, works).prop_map(|(cluster, hours, works)| {
        UsageRecord::Application(Box::new(application(cluster, hours, works)))
    })
}

pub(super) fn any_use() -> impl Strategy<Value = UsageRecord> {
    let cluster = prop::sample::select(vec!["box", "bin", "bag"]);
    (0_i64..6, cluster, prop::option::of("[0-9]"), "[0-9]{1,2}")
        .prop_map(|(hour, cluster, job, id)| used(&id, hour, cluster, job.as_deref()))
}

#[test]
fn a_shared_cluster_is_split_by_the_time_of_tasks() {
    let works = vec![
        work(Some("7"), "", &[(0, 90_000)]),
        work(None, "insert into mart.orders select 1", &[(0, 20_000)]),
        work(None, "collect at <stdin>:1", &[(0, 10_000)]),
    ];
    let app = UsageRecord::Application(Box::new(application(Some("box"), 2, works)));
    let lines: Vec<UsageRecord> =
        (0..3).map(|hour| used(&hour.to_string(), hour, "box", None)).collect();
    let once = read(&[[price(), app.clone()].as_slice(), &lines].concat());
    assert_eq!(
        parts(&once),
        [
            ("attributed", "task-share", 75_000),
            ("attributed", "task-share", 16_666),
            ("attributed", "task-share", 8_333),
            ("idle whole hour", "no-task", 100_000),
            // The log ends before the third hour.
            ("unattributed", "unnamed", 100_000),
        ]
    );
    let keys: Vec<&str> = once.workloads.iter().map(|it| it.key.as_str()).collect();
    assert_eq!(keys, ["job:7", "table:mart.orders", "application:shell"]);
    assert_eq!(once.notes, [""; 0]);
    let twice = read(&[[price(), app.clone(), app].as_slice(), &lines].concat());
    assert_eq!(parts(&twice), parts(&once));
}

#[test]
fn machines_of_a_shared_cluster_are_split_as_it_is() {
    let works = vec![work(Some("7"), "", &[(0, 3)]), work(Some("8"), "", &[(23, 1)])];
    let app = UsageRecord::Application(Box::new(application(Some("box"), 24, works)));
    let UsageRecord::Line(machine) = line(0, "Usage", Some("i-1")) else { unreachable!("a line") };
    let tags = [("Vendor", "Databricks"), ("ClusterId", "box")];
    let machine = BillLine {
        billed: number("8"),
        tags: tags.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec(),
        ..*machine
    };
    let later = BillLine { start: Time(Time::DAY), ..machine.clone() };
    let lines = [machine, later].map(|line| UsageRecord::Line(Box::new(line)));
    let ledger = read(&[[app].as_slice(), &lines].concat());
    assert_eq!(
        parts(&ledger),
        [
            ("attributed", "task-share", 600_000),
            ("attributed", "task-share", 200_000),
            // No log tells of the second day: the machine is known, and not for whom it ran.
            ("attributed", "named", 800_000),
        ]
    );
}

#[test]
fn logs_and_bills_that_do_not_meet_are_said() {
    let app = |cluster| {
        let works = vec![work(Some("7"), "", &[(0, 1000)])];
        UsageRecord::Application(Box::new(application(cluster, 1, works)))
    };
    let notes = |records: &[UsageRecord]| read(records).notes;
    let told = notes(&[price(), app(None), app(Some("box")), used("1", 0, "bin", None)]);
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[0].starts_with("1 application of Spark: the event log names no cluster"));
    assert!(told[1].starts_with("1 cluster with event logs: no line"));
    assert!(told[2].starts_with("1 shared cluster without event logs"));
    assert_eq!(notes(&[price(), used("1", 0, "bin", None)]), [""; 0]);
    assert_eq!(notes(&[price(), app(Some("box")), used("1", 0, "box", Some("7"))]), [""; 0]);
}
