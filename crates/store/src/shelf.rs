//! Where a row belongs: its kind, its platform and its day; and what makes it the same as another.

use plumb_base::record::usage::{Platform, RecordFile, RecordKind, Time, UsageRecord};
use plumb_base::{Decimal, Digest, Hasher, Moment};

use crate::fields::{Count, Fields, NAMING, visit};

/// Rows of one kind, of one platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Shelf {
    pub(crate) kind: RecordKind,
    pub(crate) platform: Option<Platform>,
}

/// Every kind.
const KINDS: [RecordKind; 26] = [
    RecordKind::NodeRuns,
    RecordKind::ObjectNames,
    RecordKind::JobTasks,
    RecordKind::JobRuns,
    RecordKind::WholeRuns,
    RecordKind::Updates,
    RecordKind::WarehouseEvents,
    RecordKind::NodeLoads,
    RecordKind::ObjectTags,
    RecordKind::Starts,
    RecordKind::Accesses,
    RecordKind::TableSizes,
    RecordKind::ServiceUses,
    RecordKind::Rates,
    RecordKind::UnitPrices,
    RecordKind::Queries,
    RecordKind::Insights,
    RecordKind::Events,
    RecordKind::QueryCredits,
    RecordKind::QueryHours,
    RecordKind::WarehouseHours,
    RecordKind::ServiceDays,
    RecordKind::Invoiced,
    RecordKind::UsageLines,
    RecordKind::BillLines,
    RecordKind::CostAndUsage,
];

/// The word that stands for a kind in paths; it may never change.
fn word(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::NodeRuns => "node_runs",
        RecordKind::ObjectNames => "object_names",
        RecordKind::JobTasks => "job_tasks",
        RecordKind::JobRuns => "job_runs",
        RecordKind::WholeRuns => "whole_runs",
        RecordKind::Updates => "updates",
        RecordKind::WarehouseEvents => "warehouse_events",
        RecordKind::NodeLoads => "node_loads",
        RecordKind::ObjectTags => "object_tags",
        RecordKind::Starts => "starts",
        RecordKind::Accesses => "accesses",
        RecordKind::TableSizes => "table_sizes",
        RecordKind::ServiceUses => "service_uses",
        RecordKind::Rates => "rates",
        RecordKind::UnitPrices => "unit_prices",
        RecordKind::Queries => "queries",
        RecordKind::Insights => "insights",
        RecordKind::Events => "events",
        RecordKind::QueryCredits => "query_credits",
        RecordKind::QueryHours => "query_hours",
        RecordKind::WarehouseHours => "warehouse_hours",
        RecordKind::ServiceDays => "service_days",
        RecordKind::Invoiced => "invoiced",
        RecordKind::UsageLines => "usage_lines",
        RecordKind::BillLines => "bill_lines",
        RecordKind::CostAndUsage => "cost_and_usage",
    }
}

const PLATFORMS: [(Option<Platform>, &str); 3] = [
    (None, "any"),
    (Some(Platform::Snowflake), "snowflake"),
    (Some(Platform::Databricks), "databricks"),
];

impl Shelf {
    pub(crate) fn of(file: &RecordFile) -> Self {
        Self { kind: file.kind, platform: file.platform }
    }

    /// Whether rows of a kind come to stay. Table sizes and tags are of one day, a log of Spark is one row in several
    /// files, and loads of machines are no part of what anything costs: these are read anew at each run.
    pub(crate) fn keeps(kind: RecordKind) -> bool {
        !matches!(
            kind,
            RecordKind::TableSizes
                | RecordKind::ObjectTags
                | RecordKind::Events
                | RecordKind::NodeLoads
        )
    }

    /// The words of kind and platform.
    pub(crate) fn words(self) -> (&'static str, &'static str) {
        let platform = PLATFORMS.iter().find(|(platform, _)| *platform == self.platform);
        (word(self.kind), platform.map_or("any", |(_, word)| word))
    }

    /// What such words stand for.
    pub(crate) fn named(kind: &str, platform: &str) -> Option<Self> {
        let kind = KINDS.iter().find(|one| word(**one) == kind)?;
        let (platform, _) = PLATFORMS.iter().find(|(_, word)| *word == platform)?;
        Some(Self { kind: *kind, platform: *platform })
    }

    /// The folder of a day, as engines that know partitions by their paths read it.
    pub(crate) fn folder(self, day: i64) -> String {
        let (kind, platform) = self.words();
        format!("{kind}/platform={platform}/day={}", Moment(day.saturating_mul(86_400)).day())
    }

    /// Whether the latest is given first. A query is known by its id, and the first row of it counts: it is the one
    /// that ended last, because a row of a query that still ran knows less.
    pub(crate) fn is_latest_first(self) -> bool {
        matches!(self.kind, RecordKind::Queries | RecordKind::QueryCredits | RecordKind::QueryHours)
    }

    /// Whether a day is given file by file, the last by name first: of a line that was corrected, the first one counts.
    pub(crate) fn is_by_file(self) -> bool {
        matches!(self.kind, RecordKind::BillLines | RecordKind::CostAndUsage)
    }
}

/// What orders rows, and is equal only for equal rows of a shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    /// Milliseconds since 1970; less than nothing for what is given latest first.
    pub(crate) order: i64,
    pub(crate) row: Digest,
}

impl Key {
    pub(crate) fn of(shelf: Shelf, record: &mut UsageRecord) -> Self {
        let at = time(record).0;
        let order = if shelf.is_latest_first() { at.saturating_neg() } else { at };
        Self { order, row: digest(record) }
    }

    /// Days since 1970.
    pub(crate) fn day(self, shelf: Shelf) -> i64 {
        let at = if shelf.is_latest_first() { self.order.saturating_neg() } else { self.order };
        at.div_euclid(Time::DAY)
    }
}

/// The first kind that a row may be of.
pub(crate) fn kind(record: &UsageRecord) -> RecordKind {
    match record {
        UsageRecord::NodeRun(_) => RecordKind::NodeRuns,
        UsageRecord::ObjectName(_) => RecordKind::ObjectNames,
        UsageRecord::JobTask(_) => RecordKind::JobTasks,
        UsageRecord::JobRun(_) => RecordKind::JobRuns,
        UsageRecord::WarehouseEvent(_) => RecordKind::WarehouseEvents,
        UsageRecord::NodeLoad(_) => RecordKind::NodeLoads,
        UsageRecord::ObjectTag(_) => RecordKind::ObjectTags,
        UsageRecord::Start(_) => RecordKind::Starts,
        UsageRecord::Access(_) => RecordKind::Accesses,
        UsageRecord::TableSize(_) => RecordKind::TableSizes,
        UsageRecord::ServiceUse(_) => RecordKind::ServiceUses,
        UsageRecord::Rate(_) => RecordKind::Rates,
        UsageRecord::UnitPrice(_) => RecordKind::UnitPrices,
        UsageRecord::Query(_) => RecordKind::Queries,
        UsageRecord::Insight(_) => RecordKind::Insights,
        UsageRecord::Application(_) => RecordKind::Events,
        UsageRecord::QueryCredits(_) => RecordKind::QueryCredits,
        UsageRecord::WarehouseHour(_) => RecordKind::WarehouseHours,
        UsageRecord::ServiceDay(_) => RecordKind::ServiceDays,
        UsageRecord::Invoiced(_) => RecordKind::Invoiced,
        UsageRecord::Usage(_) => RecordKind::UsageLines,
        UsageRecord::Line(_) => RecordKind::BillLines,
    }
}

/// The time of a row: when it began, or, of what is known by its end, when it ended.
fn time(record: &UsageRecord) -> Time {
    match record {
        UsageRecord::NodeRun(_)
        | UsageRecord::ObjectTag(_)
        | UsageRecord::Start(_)
        | UsageRecord::Access(_)
        | UsageRecord::TableSize(_)
        | UsageRecord::NodeLoad(_)
        | UsageRecord::Application(_) => Time(0),
        UsageRecord::WarehouseEvent(it) => it.at,
        UsageRecord::ObjectName(it) => it.from,
        UsageRecord::ServiceUse(it) => it.start,
        UsageRecord::JobTask(it) => it.from,
        UsageRecord::JobRun(it) => it.start,
        UsageRecord::Rate(it) => it.day,
        UsageRecord::UnitPrice(it) => it.from,
        UsageRecord::Query(it) => it.end,
        UsageRecord::Insight(it) => it.start,
        UsageRecord::QueryCredits(it) => it.end,
        UsageRecord::WarehouseHour(it) => it.start,
        UsageRecord::ServiceDay(it) => it.day,
        UsageRecord::Invoiced(it) => it.day,
        UsageRecord::Usage(it) => it.start,
        UsageRecord::Line(it) => it.start,
    }
}

/// What a newer export tells anew as a whole: all rows of one time. What has an id stands for itself and is in none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Cell {
    pub(crate) start: i64,
    pub(crate) end: i64,
    /// Of whom, as far as rows say it: an account, a provider.
    pub(crate) of: i64,
}

impl Cell {
    /// The cell of a row; none for what counts once by itself.
    pub(crate) fn of(record: &UsageRecord) -> Option<Self> {
        let (start, end, of) = match record {
            UsageRecord::Rate(it) => (it.day, None, None),
            UsageRecord::WarehouseHour(it) => (it.start, None, it.account.as_deref()),
            UsageRecord::ServiceDay(it) => (it.day, None, it.account.as_deref()),
            UsageRecord::Invoiced(it) => (it.day, None, it.account.as_deref()),
            UsageRecord::Usage(it) if it.id.is_none() => (it.start, None, None),
            UsageRecord::Line(it) => (it.start, it.end, Some(it.provider.as_str())),
            UsageRecord::NodeRun(_)
            | UsageRecord::ObjectName(_)
            | UsageRecord::Start(_)
            | UsageRecord::Access(_)
            | UsageRecord::TableSize(_)
            | UsageRecord::ServiceUse(_)
            | UsageRecord::JobTask(_)
            | UsageRecord::JobRun(_)
            | UsageRecord::WarehouseEvent(_)
            | UsageRecord::NodeLoad(_)
            | UsageRecord::ObjectTag(_)
            | UsageRecord::Insight(_)
            | UsageRecord::Application(_)
            | UsageRecord::UnitPrice(_)
            | UsageRecord::Query(_)
            | UsageRecord::QueryCredits(_)
            | UsageRecord::Usage(_) => return None,
        };
        let of = of.map_or(0, |name| {
            i64::from_le_bytes(
                Digest::of(name).0.to_le_bytes().first_chunk().copied().unwrap_or_default(),
            )
        });
        Some(Self { start: start.0, end: end.map_or(i64::MAX, |it| it.0), of })
    }
}

/// A digest of everything that a row says, but what it is called.
fn digest(record: &mut UsageRecord) -> Digest {
    let mut all = All(Hasher::new("row"));
    visit(record, &mut all);
    all.0.finish()
}

struct All(Hasher);

impl Fields for All {
    fn text(&mut self, name: &'static str, value: &mut Option<String>) {
        if name == NAMING {
            return;
        }
        self.0.number(u64::from(value.is_some()));
        if let Some(text) = value {
            self.0.text(text);
        }
    }

    fn number(&mut self, _: &'static str, _: Count, value: &mut Option<i64>) {
        self.0.number(u64::from(value.is_some())).number(value.unwrap_or_default().cast_unsigned());
    }

    fn amount(&mut self, _: &'static str, value: &mut Option<Decimal>) {
        let units = value.unwrap_or_default().units().cast_unsigned();
        self.0.number(u64::from(value.is_some())).digest(Digest(units));
    }
}
