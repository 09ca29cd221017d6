//! Which columns rows of each kind have, said once for writing, reading and comparing.

use plumb_base::record::usage::{
    Access, Accessor, BillLine, Commitment, Invoiced, NodeRun, ObjectName, QueryCredits, QueryRun,
    Rate, ServiceDay, Time, UnitPrice, UsageLine, UsageRecord, WarehouseEvent, WarehouseHour,
};
use plumb_base::{Currency, Decimal, Digest};

/// What a number of a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Count {
    /// A count, or 0 and 1 for no and yes.
    Plain,
    /// Milliseconds since 1970-01-01 00:00 UTC.
    Time,
}

/// What only names a row, and may be another name in the next export.
pub(crate) const NAMING: &str = "LineId";

/// Whoever wants to see or set every column of a row, in order.
pub(crate) trait Fields {
    /// A text.
    fn text(&mut self, name: &'static str, value: &mut Option<String>);

    /// A whole number.
    fn number(&mut self, name: &'static str, count: Count, value: &mut Option<i64>);

    /// An amount.
    fn amount(&mut self, name: &'static str, value: &mut Option<Decimal>);
}

/// Shows every column of a row. What bills are is called as in FOCUS.
pub(crate) fn visit(record: &mut UsageRecord, to: &mut dyn Fields) {
    match record {
        UsageRecord::NodeRun(NodeRun { query, node }) => {
            text(to, "query_id", query);
            text(to, "node", node);
        }
        UsageRecord::ObjectName(ObjectName { kind, id, name, from }) => {
            text(to, "kind", kind);
            text(to, "id", id);
            text(to, "name", name);
            time(to, "from", from);
        }
        UsageRecord::Start(it) => {
            text(to, "query_id", &mut it.query);
            text(to, "source_kind", &mut it.source.0);
            text(to, "source_id", &mut it.source.1);
        }
        UsageRecord::Access(it) => access(it, to),
        // These are not kept.
        UsageRecord::TableSize(_)
        | UsageRecord::ObjectTag(_)
        | UsageRecord::NodeLoad(_)
        | UsageRecord::Application(_) => {}
        UsageRecord::WarehouseEvent(it) => warehouse_event(it, to),
        UsageRecord::ServiceUse(it) => {
            text(to, "service", &mut it.service);
            text(to, "kind", &mut it.of.0);
            text(to, "name", &mut it.of.1);
            time(to, "start", &mut it.start);
            to.text("operation", &mut it.operation);
            amount(to, "quantity", &mut it.quantity);
        }
        UsageRecord::Rate(it) => rate(it, to),
        UsageRecord::UnitPrice(it) => unit_price(it, to),
        UsageRecord::Query(it) => query(it, to),
        UsageRecord::JobTask(it) => {
            text(to, "job_id", &mut it.job);
            text(to, "key", &mut it.key);
            time(to, "from", &mut it.from);
            flag(to, "is_gone", &mut it.is_gone);
        }
        UsageRecord::JobRun(it) => {
            text(to, "kind", &mut it.of.0);
            text(to, "id", &mut it.of.1);
            text(to, "run_id", &mut it.run);
            flag(to, "is_task", &mut it.is_task);
            to.text("name", &mut it.name);
            texts(to, "compute_ids", &mut it.compute);
            time(to, "start", &mut it.start);
            time(to, "end", &mut it.end);
        }
        UsageRecord::Insight(it) => {
            text(to, "query_id", &mut it.query);
            time(to, "start", &mut it.start);
            text(to, "insight", &mut it.kind);
        }
        UsageRecord::QueryCredits(it) => query_credits(it, to),
        UsageRecord::WarehouseHour(it) => warehouse_hour(it, to),
        UsageRecord::ServiceDay(it) => service_day(it, to),
        UsageRecord::Invoiced(it) => invoiced(it, to),
        UsageRecord::Usage(it) => usage(it, to),
        UsageRecord::Line(it) => line(it, to),
    }
}

/// A query is named by its id alone, anything else by its kind, too.
fn access(it: &mut Access, to: &mut dyn Fields) {
    let Access { by, reads, writes } = it;
    let (mut kind, mut id) = match by {
        Accessor::Query(id) => (None, Some(std::mem::take(id))),
        Accessor::Object(kind, id) => (Some(std::mem::take(kind)), Some(std::mem::take(id))),
    };
    to.text("kind", &mut kind);
    to.text("id", &mut id);
    let id = id.unwrap_or_default();
    *by = match kind {
        None => Accessor::Query(id),
        Some(kind) => Accessor::Object(kind, id),
    };
    texts(to, "reads", reads);
    texts(to, "writes", writes);
}

fn rate(it: &mut Rate, to: &mut dyn Fields) {
    let Rate { day, service, currency: unit, price, is_overage } = it;
    time(to, "day", day);
    text(to, "service", service);
    currency(to, unit);
    amount(to, "price", price);
    flag(to, "is_overage", is_overage);
}

fn unit_price(it: &mut UnitPrice, to: &mut dyn Fields) {
    let UnitPrice { sku, cloud, unit, currency: money, price, from, until, agreed } = it;
    text(to, "sku", sku);
    text(to, "cloud", cloud);
    text(to, "unit", unit);
    currency(to, money);
    amount(to, "price", price);
    time(to, "from", from);
    time_if_any(to, "until", until);
    flag(to, "agreed", agreed);
}

fn query(it: &mut QueryRun, to: &mut dyn Fields) {
    let QueryRun { platform: _, id, text: sql, user, warehouse, size, cluster, start, end, .. } =
        it;
    text(to, "query_id", id);
    text(to, "query_text", sql);
    to.text("user", user);
    to.text("warehouse", warehouse);
    to.text("warehouse_size", size);
    let mut number = Some(i64::from(*cluster));
    to.number("cluster", Count::Plain, &mut number);
    *cluster = number.and_then(|it| u32::try_from(it).ok()).unwrap_or_default();
    time(to, "start", start);
    time(to, "end", end);
    let QueryRun { work, cloud_services, tag, hash, hash_version, whole_hash, source, .. } = it;
    let mut number = work.map(|it| i64::try_from(it).unwrap_or(i64::MAX));
    to.number("work", Count::Plain, &mut number);
    *work = number.and_then(|it| u64::try_from(it).ok());
    amount(to, "credits_cloud_services", cloud_services);
    to.text("tag", tag);
    to.text("hash", hash);
    to.text("hash_version", hash_version);
    to.text("whole_hash", whole_hash);
    let (mut kind, mut id) = source.take().unzip();
    to.text("source_kind", &mut kind);
    to.text("source_id", &mut id);
    *source = kind.zip(id);
}

fn query_credits(it: &mut QueryCredits, to: &mut dyn Fields) {
    let QueryCredits { id, warehouse, user, tag, hash, start, end, hour, credits } = it;
    text(to, "query_id", id);
    text(to, "warehouse", warehouse);
    to.text("user", user);
    to.text("tag", tag);
    to.text("hash", hash);
    time(to, "start", start);
    time(to, "end", end);
    time_if_any(to, "hour", hour);
    amount(to, "credits", credits);
}

fn warehouse_event(it: &mut WarehouseEvent, to: &mut dyn Fields) {
    let WarehouseEvent { platform: _, warehouse, cluster, running, at } = it;
    text(to, "warehouse", warehouse);
    let mut number = cluster.map(i64::from);
    to.number("cluster", Count::Plain, &mut number);
    *cluster = number.and_then(|it| u32::try_from(it).ok());
    let mut number = Some(i64::from(*running));
    to.number("running", Count::Plain, &mut number);
    *running = number.and_then(|it| u32::try_from(it).ok()).unwrap_or_default();
    time(to, "at", at);
}

fn warehouse_hour(it: &mut WarehouseHour, to: &mut dyn Fields) {
    let WarehouseHour { warehouse, start, compute, cloud_services, queries, id, account } = it;
    text(to, "warehouse", warehouse);
    time(to, "start", start);
    amount(to, "credits_compute", compute);
    amount(to, "credits_cloud_services", cloud_services);
    to.amount("credits_of_queries", queries);
    to.text("warehouse_id", id);
    to.text("account", account);
}

fn service_day(it: &mut ServiceDay, to: &mut dyn Fields) {
    let ServiceDay { service, day, compute, cloud_services, billed, account } = it;
    text(to, "service", service);
    time(to, "day", day);
    to.amount("credits_compute", compute);
    amount(to, "credits_cloud_services", cloud_services);
    amount(to, "credits_billed", billed);
    to.text("account", account);
}

fn invoiced(it: &mut Invoiced, to: &mut dyn Fields) {
    let Invoiced { day, service, usage: used, usage_type, is_credits, amount: billed, .. } = it;
    time(to, "day", day);
    text(to, "service", service);
    amount(to, "usage", used);
    text(to, "usage_type", usage_type);
    flag(to, "is_credits", is_credits);
    amount(to, "amount", billed);
    let Invoiced { currency: money, balance, is_adjustment, region, contract, account, .. } = it;
    currency(to, money);
    to.text("balance", balance);
    let mut number = is_adjustment.map(i64::from);
    to.number("is_adjustment", Count::Plain, &mut number);
    *is_adjustment = number.map(|it| it == 1);
    to.text("region", region);
    to.text("contract", contract);
    to.text("account", account);
}

fn usage(it: &mut UsageLine, to: &mut dyn Fields) {
    let UsageLine { id, sku, cloud, unit, quantity, start, product, source, title, .. } = it;
    to.text("record_id", id);
    text(to, "sku", sku);
    text(to, "cloud", cloud);
    text(to, "unit", unit);
    amount(to, "quantity", quantity);
    time(to, "start", start);
    text(to, "product", product);
    pairs(to, "source", source);
    to.text("title", title);
    let UsageLine { warehouse, cluster, user, tags, content, .. } = it;
    to.text("warehouse", warehouse);
    to.text("cluster", cluster);
    to.text("user", user);
    pairs(to, "tags", tags);
    digest(to, content);
}

fn line(it: &mut BillLine, to: &mut dyn Fields) {
    let BillLine { provider, service, category, resource, billed, currency: money, .. } = it;
    text(to, "ProviderName", provider);
    text(to, "ServiceName", service);
    text(to, "ChargeCategory", category);
    to.text("ResourceName", resource);
    amount(to, "BilledCost", billed);
    currency(to, money);
    let BillLine { start, end, tags, commitment, own, .. } = it;
    time(to, "ChargePeriodStart", start);
    time_if_any(to, "ChargePeriodEnd", end);
    pairs(to, "Tags", tags);
    let (mut id, mut used, mut unused) = match commitment.take() {
        Some(it) => (Some(it.id), Some(it.used), Some(it.unused)),
        None => (None, None, None),
    };
    to.text("CommitmentDiscountId", &mut id);
    to.amount("CommitmentUsed", &mut used);
    to.amount("CommitmentUnused", &mut unused);
    *commitment = id.map(|id| Commitment {
        id,
        used: used.unwrap_or_default(),
        unused: unused.unwrap_or_default(),
    });
    flag(to, "ProviderReport", own);
    let BillLine { id, content, .. } = it;
    to.text(NAMING, id);
    digest(to, content);
}

fn digest(to: &mut dyn Fields, value: &mut Digest) {
    let mut units = Some(Decimal::of_units(value.0.cast_signed()));
    to.amount("row_content", &mut units);
    *value = Digest(units.unwrap_or_default().units().cast_unsigned());
}

fn text(to: &mut dyn Fields, name: &'static str, value: &mut String) {
    let mut text = Some(std::mem::take(value));
    to.text(name, &mut text);
    *value = text.unwrap_or_default();
}

fn currency(to: &mut dyn Fields, value: &mut Currency) {
    let mut text = Some(value.to_string());
    to.text("BillingCurrency", &mut text);
    *value = text.as_deref().and_then(Currency::parse).unwrap_or(*value);
}

fn amount(to: &mut dyn Fields, name: &'static str, value: &mut Decimal) {
    let mut amount = Some(*value);
    to.amount(name, &mut amount);
    *value = amount.unwrap_or_default();
}

fn time(to: &mut dyn Fields, name: &'static str, value: &mut Time) {
    let mut number = Some(value.0);
    to.number(name, Count::Time, &mut number);
    *value = Time(number.unwrap_or_default());
}

fn time_if_any(to: &mut dyn Fields, name: &'static str, value: &mut Option<Time>) {
    let mut number = value.map(|it| it.0);
    to.number(name, Count::Time, &mut number);
    *value = number.map(Time);
}

fn flag(to: &mut dyn Fields, name: &'static str, value: &mut bool) {
    let mut number = Some(i64::from(*value));
    to.number(name, Count::Plain, &mut number);
    *value = number == Some(1);
}

/// Names and values are one text: a list of pairs in JSON, in their order.
fn pairs(to: &mut dyn Fields, name: &'static str, value: &mut Vec<(String, String)>) {
    // A list of pairs of texts can always be written.
    let mut text = match value.as_slice() {
        [] => None,
        pairs => Some(serde_json::to_string(pairs).unwrap_or_default()),
    };
    to.text(name, &mut text);
    *value = text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
}

/// Texts are one text: a list in JSON, in their order.
fn texts(to: &mut dyn Fields, name: &'static str, value: &mut Vec<String>) {
    // A list of texts can always be written.
    let mut text = match value.as_slice() {
        [] => None,
        texts => Some(serde_json::to_string(texts).unwrap_or_default()),
    };
    to.text(name, &mut text);
    *value = text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
}
