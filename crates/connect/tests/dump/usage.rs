//! Rows of records, as text.

use plumb_base::Moment;
use plumb_base::record::usage::{
    Access, Accessor, Commitment, QueryRun, TableSize, Time, UsageRecord,
};

use super::spark;

/// A row: what it is, and what it says of that.
pub(crate) fn row(record: &UsageRecord) -> String {
    let mut said: Vec<String> = Vec::new();
    let mut say = |name: &str, value: &str| {
        if !value.is_empty() {
            said.push(format!("{name}={value}"));
        }
    };
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let tags = |list: &[(String, String)]| {
        list.iter().map(|(key, value)| format!("{key}:{value}")).collect::<Vec<_>>().join(",")
    };
    match record {
        UsageRecord::NodeRun(run) => return format!("node {} ran as {}", run.node, run.query),
        UsageRecord::ObjectName(it) => {
            return format!("name {} {} is {} from {}", it.kind, it.id, it.name, time(it.from));
        }
        UsageRecord::Start(it) => {
            return format!("start {} by {} {}", it.query, it.source.0, it.source.1);
        }
        UsageRecord::Access(it) => return access(it),
        UsageRecord::TableSize(it) => return size(it),
        UsageRecord::JobTask(_)
        | UsageRecord::JobRun(_)
        | UsageRecord::WarehouseEvent(_)
        | UsageRecord::NodeLoad(_)
        | UsageRecord::ObjectTag(_)
        | UsageRecord::Insight(_)
        | UsageRecord::ServiceUse(_) => return beside(record),
        UsageRecord::Rate(rate) => {
            let (day, service) = (time(rate.day), &rate.service);
            let overage = if rate.is_overage { " of overage" } else { "" };
            return format!("rate{overage} {day} {service} {} {}", rate.price, rate.currency);
        }
        UsageRecord::UnitPrice(price) => {
            say("cloud", &price.cloud);
            say("from", &time(price.from));
            say("until", &price.until.map(time).unwrap_or_default());
            let head =
                format!("price {} {} {}/{}", price.sku, price.price, price.currency, price.unit);
            return format!("{head} {}", said.join(" "));
        }
        UsageRecord::Query(run) => return query(run),
        UsageRecord::Application(app) => return spark::application(app),
        UsageRecord::QueryCredits(run) => {
            let hour = run.hour.map_or_else(String::new, |hour| format!(" in {}", time(hour)));
            return format!("credits {} {}{hour}", run.id, run.credits);
        }
        UsageRecord::WarehouseHour(hour) => {
            say("queries", &hour.queries.map(|it| it.to_string()).unwrap_or_default());
            say("cloud", &hour.cloud_services.to_string());
            let (start, compute) = (time(hour.start), hour.compute);
            return format!("hour {} {start} {compute} {}", hour.warehouse, said.join(" "));
        }
        UsageRecord::ServiceDay(day) => {
            return format!("service {} {} billed {}", day.service, time(day.day), day.billed);
        }
        UsageRecord::Invoiced(row) => {
            let (day, amount) = (time(row.day), row.amount);
            return format!("invoiced {} {day} {amount} {}", row.service, row.currency);
        }
        UsageRecord::Usage(line) => {
            say("on", &text(&line.warehouse));
            say("cluster", &text(&line.cluster));
            say("by", &text(&line.user));
            say("for", &tags(&line.source));
            say("called", &text(&line.title));
            say("tags", &tags(&line.tags));
            let head = format!("use {} {} {}", time(line.start), line.quantity, line.unit);
            return format!("{head} {} {} {}", line.sku, line.product, said.join(" "));
        }
        UsageRecord::Line(line) => {
            say("resource", &text(&line.resource));
            say("tags", &tags(&line.tags));
            let said = |it: &Commitment| format!("{} used {} unused {}", it.id, it.used, it.unused);
            say("commitment", &line.commitment.as_ref().map(said).unwrap_or_default());
        }
    }
    let UsageRecord::Line(line) = record else { return String::new() };
    let head = format!("line {} {} {}", time(line.start), line.billed, line.currency);
    format!("{head} {} {} {} {}", line.provider, line.service, line.category, said.join(" "))
}

fn query(run: &QueryRun) -> String {
    let (start, end) = (time(run.start), time(run.end));
    let head = format!("query {} {start} to {end}", run.id);
    let source = run.source.as_ref().map(|it| format!("{} {}", it.0, it.1));
    let said = [
        ("on", run.warehouse.clone()),
        ("size", run.size.clone()),
        ("by", run.user.clone()),
        ("work", run.work.map(|it| it.to_string())),
        ("tag", run.tag.clone()),
        ("from", source),
        ("text", Some(run.text.replace('\n', " "))),
    ];
    with(&head, said)
}

fn access(it: &Access) -> String {
    let by = match &it.by {
        Accessor::Query(id) => format!("query {id}"),
        Accessor::Object(kind, id) => format!("{kind} {id}"),
    };
    let said = [("reads", Some(it.reads.join(","))), ("writes", Some(it.writes.join(",")))];
    with(&format!("access by {by}"), said)
}

fn size(it: &TableSize) -> String {
    let TableSize { id, table, active, time_travel, failsafe, clones } = it;
    with(&format!("size {table} {active}+{time_travel}+{failsafe}+{clones}"), [("id", id.clone())])
}

/// A text, a blank, and what is said besides.
fn with<const N: usize>(head: &str, said: [(&str, Option<String>); N]) -> String {
    let said = said.into_iter().filter_map(|(name, value)| {
        let value = value.filter(|value| !value.is_empty())?;
        Some(format!("{name}={value}"))
    });
    format!("{head} {}", said.collect::<Vec<_>>().join(" "))
}

pub(super) fn time(time: Time) -> String {
    let millis = time.0.rem_euclid(1000);
    let second = Moment(time.0.div_euclid(1000)).to_string();
    if millis == 0 { second } else { second.replace('Z', &format!(".{millis:03}Z")) }
}

/// What is read beside runs and charges.
fn beside(record: &UsageRecord) -> String {
    match record {
        UsageRecord::JobRun(it) => {
            let (start, end, on) = (time(it.start), time(it.end), it.compute.join(" "));
            let task = if it.is_task { "a task of " } else { "" };
            let name = it.name.as_deref().map(|name| format!(" ({name})")).unwrap_or_default();
            let (kind, id) = &it.of;
            format!("run {} of {task}{kind} {id}{name} on {on} {start} to {end}", it.run)
        }
        UsageRecord::JobTask(it) => {
            let has = if it.is_gone { "had" } else { "has" };
            format!("job {} {has} task {} from {}", it.job, it.key, time(it.from))
        }
        UsageRecord::WarehouseEvent(it) => {
            let cluster = it.cluster.map_or_else(String::new, |it| format!(" cluster {it}"));
            format!("warehouse {}{cluster} runs {} from {}", it.warehouse, it.running, time(it.at))
        }
        UsageRecord::NodeLoad(it) => {
            let (what, start) = (if it.is_driver { "driver" } else { "worker" }, time(it.start));
            let (cpu, memory) = (it.cpu, it.memory);
            format!("load of {} {what} {} {start}: cpu {cpu}, memory {memory}", it.cluster, it.node)
        }
        UsageRecord::ObjectTag(it) => {
            format!("tag of {} {}: {}={}", it.kind, it.name, it.key, it.value)
        }
        UsageRecord::Insight(it) => format!("insight {} {} {}", it.query, time(it.start), it.kind),
        UsageRecord::ServiceUse(it) => {
            let ((kind, name), start) = (&it.of, time(it.start));
            format!("use of {} by {kind} {name} {start} {}", it.service, it.quantity)
        }
        _ => String::new(),
    }
}
