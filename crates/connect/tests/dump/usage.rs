//! Rows of records, as text.

use plumb_base::Moment;
use plumb_base::record::usage::{Accessor, Commitment, TableSize, Time, UsageRecord};

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
        UsageRecord::Access(it) => {
            let by = match &it.by {
                Accessor::Query(id) => format!("query {id}"),
                Accessor::Object(kind, id) => format!("{kind} {id}"),
            };
            say("reads", &it.reads.join(","));
            say("writes", &it.writes.join(","));
            return format!("access by {by} {}", said.join(" "));
        }
        UsageRecord::TableSize(it) => {
            say("id", &text(&it.id));
            let TableSize { active, time_travel, failsafe, clones, .. } = it;
            let sizes = format!("{active}+{time_travel}+{failsafe}+{clones}");
            return format!("size {} {sizes} {}", it.table, said.join(" "));
        }
        UsageRecord::Rate(rate) => {
            let (day, service) = (time(rate.day), &rate.service);
            return format!("rate {day} {service} {} {}", rate.price, rate.currency);
        }
        UsageRecord::UnitPrice(price) => {
            say("cloud", &price.cloud);
            say("from", &time(price.from));
            say("until", &price.until.map(time).unwrap_or_default());
            let head =
                format!("price {} {} {}/{}", price.sku, price.price, price.currency, price.unit);
            return format!("{head} {}", said.join(" "));
        }
        UsageRecord::Query(run) => {
            say("on", &text(&run.warehouse));
            say("size", &text(&run.size));
            say("by", &text(&run.user));
            say("work", &run.work.map(|it| it.to_string()).unwrap_or_default());
            say("tag", &text(&run.tag));
            say(
                "from",
                &run.source.as_ref().map(|it| format!("{} {}", it.0, it.1)).unwrap_or_default(),
            );
            say("text", &run.text.replace('\n', " "));
            let (start, end) = (time(run.start), time(run.end));
            return format!("query {} {start} to {end} {}", run.id, said.join(" "));
        }
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

pub(super) fn time(time: Time) -> String {
    let millis = time.0.rem_euclid(1000);
    let second = Moment(time.0.div_euclid(1000)).to_string();
    if millis == 0 { second } else { second.replace('Z', &format!(".{millis:03}Z")) }
}
