//! The bill of Snowflake: warehouses by hour, cloud services above the daily tenth, services that work by themselves.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::record::usage::{
    Invoiced, QueryCredits, QueryRun, ServiceDay, Time, WarehouseHour,
};
use plumb_base::{Currency, Decimal, Digest, Nanos};
use rustc_hash::FxHashMap;

use crate::book::Writer;
use crate::charge::{Charge, Method, Share, Unit};
use crate::hours::{Hours, Ran, Seconds, positive};
use crate::names::NameId;
use crate::prices::{Price, Prices};
use crate::running::{LEAST, Running};
use crate::services::Worked;

/// Service of what warehouses use.
const WAREHOUSES: &str = "WAREHOUSE_METERING";

/// Name under which cloud services are charged.
const CLOUD_SERVICES: &str = "CLOUD_SERVICES";

/// Service of what is stored.
const STORAGE: &str = "STORAGE";

/// What metering calls cloud services that no warehouse asked for.
const NO_WAREHOUSE: &str = "CLOUD_SERVICES_ONLY";

const PROVIDER: &str = "Snowflake";

/// Billionths of a credit of an hour of the smallest warehouse.
const CREDIT: u64 = 1_000_000_000;

/// Records of Snowflake, while they are read.
#[derive(Debug, Default)]
pub(crate) struct Snowflake {
    hours: Hours,
    metered: BTreeMap<(NameId, Time), Metered>,
    services: BTreeMap<(Time, NameId), ServiceDay>,
    invoiced: BTreeMap<(Time, String, String, Currency), Decimal>,
    /// Whether all credits that were invoiced of a service and day were overage.
    over: BTreeMap<(String, Time), bool>,
    /// Credits that were invoiced of a service and day, and what for; nothing where that is of several currencies.
    priced: BTreeMap<(String, Time), Option<Bought>>,
    /// Billionths of credits that were metered for a query in an hour of an adaptive warehouse.
    query_hours: FxHashMap<Digest, u64>,
    /// Hours of adaptive warehouses.
    adaptive: BTreeSet<(NameId, Time)>,
    /// Bytes of tables and the cause of each, by version of the table.
    stored: BTreeMap<String, (usize, u64)>,
    /// Billionths of credits of cloud services, by day and cause.
    cloud: BTreeMap<(Time, usize), u64>,
    /// Billionths of a credit that an hour of a warehouse takes, by its size.
    hourly: BTreeMap<NameId, u64>,
}

#[derive(Debug, Clone, Copy)]
struct Metered {
    compute: Decimal,
    cloud_services: Decimal,
    queries: Option<Decimal>,
}

/// What warehouses used on a day; cloud services before any adjustment.
#[derive(Debug, Clone, Copy, Default)]
struct Day {
    compute: Option<Decimal>,
    cloud_services: Decimal,
}

impl Snowflake {
    pub(crate) fn query(&mut self, run: &QueryRun, warehouse: Option<NameId>, cause: usize) {
        self.hours.cover(run.start, run.end);
        let day = run.end.day();
        let cloud = positive(run.cloud_services.nanos());
        if cloud > 0 {
            let sum = self.cloud.entry((day, cause)).or_default();
            *sum = sum.saturating_add(cloud);
        }
        // What has no size ran on no warehouse: a cached result, or metadata.
        let (Some(warehouse), Some(size)) = (warehouse, &run.size) else { return };
        self.hours.run(warehouse, run.cluster, cause, (run.start, run.end), run.work);
        if let Some(hourly) = hourly(size) {
            let known = self.hourly.entry(warehouse).or_default();
            *known = hourly.max(*known);
        }
    }

    pub(crate) fn credits(&mut self, run: &QueryCredits, warehouse: NameId, cause: usize) {
        let credits = positive(run.credits.nanos());
        self.hours.credit(warehouse, cause, (run.start, run.end), credits);
    }

    /// Credits of a query in an hour. Its row grows while it runs: of several exports the largest counts.
    pub(crate) fn metered(
        &mut self,
        row: Digest,
        run: &QueryCredits,
        place: (NameId, Time),
        cause: usize,
    ) {
        let credits = positive(run.credits.nanos());
        let known = self.query_hours.entry(row).or_default();
        let more = credits.saturating_sub(*known);
        *known = credits.max(*known);
        self.adaptive.insert(place);
        self.hours.cover(run.start, Time(run.end.0 - 1));
        self.hours.credit(place.0, cause, (run.start, run.end), more);
    }

    /// Rows of one warehouse and hour are of several accounts: they are summed.
    pub(crate) fn warehouse(&mut self, hour: &WarehouseHour, warehouse: NameId) {
        let metered = Metered {
            compute: if hour.warehouse == NO_WAREHOUSE { Decimal::ZERO } else { hour.compute },
            cloud_services: hour.cloud_services,
            queries: hour.queries,
        };
        let place = (warehouse, hour.start.hour());
        let sum = self.metered.get(&place).map_or(metered, |known| Metered {
            compute: known.compute.plus(metered.compute),
            cloud_services: known.cloud_services.plus(metered.cloud_services),
            queries: known.queries.zip(metered.queries).map(|(one, two)| one.plus(two)),
        });
        self.metered.insert(place, sum);
    }

    pub(crate) fn service(&mut self, day: ServiceDay, service: NameId) {
        let at = (day.day.day(), service);
        let told =
            |it: &ServiceDay| it.compute.unwrap_or_else(|| it.billed.minus(it.cloud_services));
        let sum = match self.services.remove(&at) {
            Some(known) => ServiceDay {
                compute: known.compute.or(day.compute).map(|_| told(&known).plus(told(&day))),
                cloud_services: known.cloud_services.plus(day.cloud_services),
                billed: known.billed.plus(day.billed),
                ..day
            },
            None => day,
        };
        self.services.insert(at, sum);
    }

    pub(crate) fn invoiced(&mut self, row: Invoiced) {
        let service = row.service.to_ascii_uppercase();
        if row.is_credits && row.amount != Decimal::ZERO && row.is_adjustment != Some(true) {
            let balance = row.balance.as_deref();
            let is_over = balance.is_some_and(|it| it.eq_ignore_ascii_case("overage"));
            *self.over.entry((service.clone(), row.day.day())).or_insert(true) &= is_over;
            self.price(&row, &service);
        }
        let key = (row.day.day(), service, row.usage_type, row.currency);
        let amount = self.invoiced.entry(key).or_default();
        *amount = amount.plus(row.amount);
    }

    /// Notes what was invoiced for credits.
    fn price(&mut self, row: &Invoiced, service: &str) {
        if row.usage <= Decimal::ZERO || row.amount <= Decimal::ZERO {
            return;
        }
        let none = (row.currency, Decimal::ZERO, Decimal::ZERO);
        let place = (service.to_owned(), row.day.day());
        let known = self.priced.entry(place).or_insert(Some(none));
        *known = known.filter(|known| known.0 == row.currency).map(|(currency, usage, amount)| {
            (currency, usage.plus(row.usage), amount.plus(row.amount))
        });
    }

    /// Notes how large a version of a table is.
    pub(crate) fn stored(&mut self, version: String, cause: usize, bytes: u64) {
        self.stored.insert(version, (cause, bytes));
    }

    /// Who fills how much of what is stored.
    fn tables(&self) -> Vec<(Share, Method, u64)> {
        let mut bytes: BTreeMap<usize, u64> = BTreeMap::new();
        for (cause, size) in self.stored.values() {
            let sum = bytes.entry(*cause).or_default();
            *sum = sum.saturating_add(*size);
        }
        let part = |(cause, bytes)| (Share::Attributed(cause), Method::TableBytes, bytes);
        bytes.into_iter().map(part).collect()
    }

    /// Whether any query of a day was read.
    pub(crate) fn ran_on(&self, day: Time) -> bool {
        self.hours.ran_on(day)
    }

    /// Turns what was read into charges, each with its allocations.
    pub(crate) fn close(
        &self,
        running: &Running,
        worked: &Worked,
        prices: &mut Prices,
        writer: &mut Writer<'_>,
    ) {
        let from = writer.ledger.charges.len();
        for ((service, day), _) in self.over.iter().filter(|(_, is_over)| **is_over) {
            prices.over(service, *day);
        }
        for ((service, day), priced) in &self.priced {
            if let Some(price) = priced.and_then(price) {
                prices.invoiced(service, *day, price);
            }
        }
        let mut days: BTreeMap<Time, Day> = BTreeMap::new();
        for ((warehouse, hour), metered) in &self.metered {
            let day = days.entry(hour.day()).or_default();
            day.compute = Some(day.compute.unwrap_or_default().plus(metered.compute));
            day.cloud_services = day.cloud_services.plus(metered.cloud_services);
            if [metered.compute, metered.cloud_services]
                .map(|it| positive(it.nanos()))
                .contains(&u64::MAX)
            {
                writer.ledger.too_large = true;
            }
            let parts = self.parts((*warehouse, *hour), metered, running);
            let charge = Line { service: WAREHOUSES, resource: Some(*warehouse), start: *hour };
            charge.write(metered.compute, prices, writer, &parts);
        }
        for (day, _) in self.services.keys() {
            days.entry(*day).or_default();
        }
        for (day, hours) in days {
            self.day(day, hours, (prices, worked), writer);
        }
        self.settle(from, worked, writer);
    }

    /// Who used a warehouse in an hour, by weights in billionths of a credit.
    fn parts(
        &self,
        place: (NameId, Time),
        metered: &Metered,
        running: &Running,
    ) -> Vec<(Share, Method, u64)> {
        let compute = positive(metered.compute.nanos());
        let known = metered.queries.map(|credits| positive(credits.nanos()).min(compute));
        let ran = self.hours.at(place);
        let sum =
            |of: fn(&Ran) -> u64| ran.iter().map(|(_, ran)| of(ran)).fold(0, u64::saturating_add);
        let (credits, work) = (sum(|ran| ran.credits), sum(|ran| ran.work));
        let mut parts: Vec<(Share, Method, u64)> = Vec::new();
        let idle = |whole: bool| if whole { Share::IdleWholeHour } else { Share::IdleInHour };
        if self.adaptive.contains(&place) {
            let each = ran.iter().filter(|(_, ran)| ran.credits > 0);
            parts.extend(
                each.map(|(cause, ran)| {
                    (Share::Attributed(*cause), Method::QueryHours, ran.credits)
                }),
            );
            let rest = compute.saturating_sub(credits);
            parts.push((Share::Unattributed, Method::ShortQueries, rest));
        } else if credits > 0 {
            let each = ran.iter().filter(|(_, ran)| ran.credits > 0);
            parts.extend(each.map(|(cause, ran)| {
                (Share::Attributed(*cause), Method::QueryCredits, ran.credits)
            }));
            let queries = known.unwrap_or(credits).max(credits);
            parts.push((Share::Unattributed, Method::ShortQueries, queries - credits));
            parts.push((idle(false), Method::Idle, compute.saturating_sub(queries)));
        } else if work > 0 {
            let ran_for = || running.at(place, &self.hours, LEAST);
            let ran_for = || Some(part(compute, ran_for()?));
            let busy = known.or_else(ran_for).or_else(|| self.estimate(place));
            let method = if busy.is_some() { Method::TimeShare } else { Method::TimeShareWithIdle };
            let busy = busy.unwrap_or(compute).min(compute);
            let works: Vec<u64> = ran.iter().map(|(_, ran)| ran.work).collect();
            let (shares, _) = crate::split(i128::from(busy), &works);
            let each = ran.iter().zip(shares);
            parts.extend(
                each.map(|((cause, _), share)| {
                    (Share::Attributed(*cause), method, positive(share))
                }),
            );
            parts.push((idle(false), Method::Idle, compute - busy));
        } else if let Some(queries) = known {
            parts.push((Share::Unattributed, Method::ShortQueries, queries));
            parts.push((idle(queries == 0), Method::Idle, compute - queries));
        } else if self.hours.covers(place.1) {
            parts.push((idle(true), Method::Idle, 1));
        } else {
            parts.push((Share::Unattributed, Method::NoHistory, 1));
        }
        parts
    }

    /// Billionths of credits of the seconds in which something ran.
    ///
    /// Where an hour of one cluster took more than its size says, the warehouse is of a dearer kind, and that hour
    /// tells its rate.
    fn estimate(&self, place: (NameId, Time)) -> Option<u64> {
        let by_size = *self.hourly.get(&place.0)?;
        let (seconds, clusters) = self.hours.busy(place);
        let compute = positive(self.metered.get(&place)?.compute.nanos());
        let seen = compute / clusters.max(1);
        Some(seconds.saturating_mul(by_size.max(seen)) / 3600)
    }

    /// Cloud services of a day, and services other than warehouses.
    fn day(
        &self,
        day: Time,
        hours: Day,
        (prices, worked): (&mut Prices, &Worked),
        writer: &mut Writer<'_>,
    ) {
        let rows: Vec<(&NameId, &ServiceDay)> = self
            .services
            .range((day, NameId::FIRST)..=(day, NameId::LAST))
            .map(|((_, id), row)| (id, row))
            .collect();
        let mut cloud = Decimal::ZERO;
        for (service, row) in &rows {
            let is_warehouse = row.service.eq_ignore_ascii_case(WAREHOUSES);
            let told = row.compute.unwrap_or_else(|| row.billed.minus(row.cloud_services));
            let compute = if is_warehouse && row.compute.is_none() {
                hours.compute.unwrap_or(told)
            } else {
                told
            };
            cloud = cloud.plus(row.billed.minus(compute));
            if is_warehouse {
                let line = Line { service: WAREHOUSES, resource: None, start: day };
                let rest = compute.minus(hours.compute.unwrap_or_default());
                line.write(rest, prices, writer, &[(Share::Unattributed, Method::Difference, 1)]);
            } else {
                let name = writer.ledger.names.name(**service).to_owned();
                let line = Line { service: &name, resource: None, start: day };
                let parts = worked.parts_of(**service, day, positive(compute.nanos()));
                line.write(compute, prices, writer, &parts);
            }
        }
        // What the day does not say of warehouses, their hours do.
        if !rows.iter().any(|(_, row)| row.service.eq_ignore_ascii_case(WAREHOUSES)) {
            let tenth = hours.compute.unwrap_or_default().tenth();
            cloud = cloud.plus(hours.cloud_services.minus(tenth).max(Decimal::ZERO));
        }
        let range = self.cloud.range((day, 0)..=(day, usize::MAX));
        let mut parts: Vec<(Share, Method, u64)> = range
            .map(|((_, cause), nanos)| (Share::Attributed(*cause), Method::CloudServices, *nanos))
            .collect();
        let queries = parts.iter().map(|(_, _, nanos)| *nanos).fold(0, u64::saturating_add);
        let rest = positive(hours.cloud_services.nanos()).saturating_sub(queries);
        parts.push((Share::Overhead, Method::Service, if queries == 0 { 1 } else { rest }));
        Line { service: CLOUD_SERVICES, resource: None, start: day }
            .write(cloud, prices, writer, &parts);
    }

    /// Adds what was invoiced beside the credits, and the difference where it was for credits.
    fn settle(&self, from: usize, worked: &Worked, writer: &mut Writer<'_>) {
        let mut computed: BTreeMap<(Time, String, Currency), Nanos> = BTreeMap::new();
        for charge in &writer.ledger.charges[from..] {
            let service = family(writer.ledger.names.name(charge.service));
            *computed.entry((charge.start.day(), service, charge.currency)).or_default() +=
                charge.billed;
        }
        let mut wanted: BTreeMap<(Time, String, Currency, Stores), Nanos> = BTreeMap::new();
        for ((day, service, usage_type, currency), amount) in &self.invoiced {
            let usage_type = usage_type.to_ascii_lowercase();
            let cloud = usage_type.contains("cloud services");
            let service = if cloud { family(CLOUD_SERVICES) } else { family(service) };
            let stores = Stores::of(&service, &usage_type);
            let entry = wanted.entry((*day, service, *currency, stores)).or_default();
            *entry += amount.nanos();
            writer.ledger.too_large |= amount.is_too_large();
        }
        let tables = self.tables();
        let has_tables = tables.iter().any(|(_, _, bytes)| *bytes > 0);
        for ((day, service, currency, stores), amount) in wanted {
            let known = computed.get(&(day, service.clone(), currency)).copied();
            let method = if known.is_some() { Method::Difference } else { Method::Service };
            let share = if service == WAREHOUSES && known.is_none() {
                Share::Unattributed
            } else {
                Share::Overhead
            };
            let charge = Charge {
                provider: writer.ledger.names.id(PROVIDER),
                service: writer.ledger.names.id(&service),
                resource: None,
                start: day,
                end: Time(day.0 + Time::DAY),
                currency,
                billed: amount - known.unwrap_or(0),
                quantity: None,
            };
            let is_split = stores == Stores::Tables && known.is_none() && has_tables;
            let mut parts = if is_split { tables.clone() } else { Vec::new() };
            if parts.is_empty() && known.is_none() {
                parts = worked.parts(charge.service, day);
            }
            if parts.is_empty() {
                parts.push((share, method, 1));
            }
            writer.charge(charge, &parts);
        }
    }
}

/// Credits that were invoiced, and what for, in which currency.
type Bought = (Currency, Decimal, Decimal);

/// The price of a credit: what was invoiced for some.
fn price((currency, usage, amount): Bought) -> Option<Price> {
    let nanos = amount.nanos().checked_mul(Nanos::from(CREDIT))?.checked_div(usage.nanos())?;
    Some(Price { currency, nanos })
}

/// The part of the seconds of a warehouse in which it was busy.
fn part(of: u64, seconds: Seconds) -> u64 {
    let part = u128::from(of) * u128::from(seconds.busy) / u128::from(seconds.on.max(1));
    u64::try_from(part).unwrap_or(u64::MAX)
}

/// What a line of an invoice is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stores {
    /// Tables are stored, as their sizes say.
    Tables,
    /// It is for something else.
    Other,
}

impl Stores {
    fn of(service: &str, usage_type: &str) -> Self {
        // Sizes of tables say nothing of these.
        let others = ["hybrid", "archive", "stage", "cool", "cold"];
        let is_other = others.iter().any(|other| usage_type.contains(other));
        if service == STORAGE && !is_other { Self::Tables } else { Self::Other }
    }
}

/// Services that an invoice nets with each other.
fn family(service: &str) -> String {
    if service == CLOUD_SERVICES { WAREHOUSES.to_owned() } else { service.to_owned() }
}

/// A charge in credits.
struct Line<'a> {
    service: &'a str,
    resource: Option<NameId>,
    start: Time,
}

impl Line<'_> {
    fn write(
        &self,
        credits: Decimal,
        prices: &mut Prices,
        writer: &mut Writer<'_>,
        parts: &[(Share, Method, u64)],
    ) {
        if credits == Decimal::ZERO {
            return;
        }
        let price = prices.credit(self.service, self.start.day());
        let length = if self.resource.is_some() { Time::HOUR } else { Time::DAY };
        let charge = Charge {
            provider: writer.ledger.names.id(PROVIDER),
            service: writer.ledger.names.id(self.service),
            resource: self.resource,
            start: self.start,
            end: Time(self.start.0 + length),
            currency: price.currency,
            billed: 0,
            quantity: Some((credits, Unit::Credit)),
        };
        writer.priced(charge, credits, price.nanos, parts);
    }
}

/// Billionths of credits that an hour of a warehouse of a size takes: each size takes twice the one before.
fn hourly(size: &str) -> Option<u64> {
    let letters = |it: &char| it.is_ascii_alphanumeric();
    let size: String = size.chars().filter(letters).collect::<String>().to_ascii_lowercase();
    let step = match size.as_str() {
        "xsmall" => 0,
        "small" => 1,
        "medium" => 2,
        "large" => 3,
        "xlarge" => 4,
        "2xlarge" | "xxlarge" => 5,
        "3xlarge" | "xxxlarge" => 6,
        "4xlarge" | "x4large" => 7,
        "5xlarge" | "x5large" => 8,
        "6xlarge" | "x6large" => 9,
        _ => return None,
    };
    Some(CREDIT << step)
}
