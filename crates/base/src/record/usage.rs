//! What platforms record of their use and charge for it: queries, metering, prices, lines of bills.

mod beside;

use serde::{Deserialize, Serialize};

use super::spark;
use crate::{Currency, Decimal, Digest};

pub use beside::{
    Access, Accessor, Insight, JobRun, JobTask, NodeLoad, NodeRun, ObjectName, ObjectTag,
    ServiceUse, Start, TableSize, WarehouseEvent,
};

/// Milliseconds since 1970-01-01 00:00 UTC.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Time(pub i64);

impl Time {
    /// Milliseconds of an hour.
    pub const HOUR: i64 = 3_600_000;

    /// Milliseconds of a day.
    pub const DAY: i64 = 24 * Self::HOUR;

    /// The first instant of its hour.
    #[must_use]
    pub fn hour(self) -> Self {
        Self(self.0.div_euclid(Self::HOUR) * Self::HOUR)
    }

    /// The first instant of its day.
    #[must_use]
    pub fn day(self) -> Self {
        Self(self.0.div_euclid(Self::DAY) * Self::DAY)
    }
}

/// A platform that keeps a record of queries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Platform {
    /// Snowflake.
    Snowflake,
    /// Databricks.
    Databricks,
}

impl Platform {
    /// The name that is printed.
    pub fn word(self) -> &'static str {
        match self {
            Self::Snowflake => "Snowflake",
            Self::Databricks => "Databricks",
        }
    }
}

/// What a file of records holds, in the order in which such files are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordKind {
    /// What dbt ran: `run_results.json`.
    NodeRuns,
    /// What jobs and pipelines are called: `system.lakeflow.jobs`, `system.lakeflow.pipelines`.
    ObjectNames,
    /// Which tasks jobs have: `system.lakeflow.job_tasks`.
    JobTasks,
    /// Runs of tasks of jobs, and on what: `system.lakeflow.job_task_run_timeline`.
    JobRuns,
    /// Runs of jobs as wholes: `system.lakeflow.job_run_timeline`.
    WholeRuns,
    /// Runs of pipelines: `system.lakeflow.pipeline_update_timeline`.
    Updates,
    /// When warehouses began and stopped: `WAREHOUSE_EVENTS_HISTORY`, `system.compute.warehouse_events`.
    WarehouseEvents,
    /// How busy machines of clusters were: `system.compute.node_timeline`.
    NodeLoads,
    /// Tags of objects: `TAG_REFERENCES`.
    ObjectTags,
    /// What started queries: `TASK_HISTORY`.
    Starts,
    /// Which tables were read and written, by what: `ACCESS_HISTORY`, `system.access.table_lineage`.
    Accesses,
    /// How large tables are: `TABLE_STORAGE_METRICS`.
    TableSizes,
    /// What services worked for: `AUTOMATIC_CLUSTERING_HISTORY`, `SERVERLESS_TASK_HISTORY`,
    /// `system.storage.predictive_optimization_operations_history`, …
    ServiceUses,
    /// Prices of a credit by day: `RATE_SHEET_DAILY`.
    Rates,
    /// Prices of a unit of use: `system.billing.list_prices`.
    UnitPrices,
    /// Queries: `QUERY_HISTORY`, `system.query.history`.
    Queries,
    /// What Snowflake itself notes of queries: `QUERY_INSIGHTS`.
    Insights,
    /// What Spark applications did: event logs.
    Events,
    /// Credits of single queries: `QUERY_ATTRIBUTION_HISTORY`.
    QueryCredits,
    /// Credits of single queries on adaptive warehouses, by hour: `QUERY_METERING_HISTORY`.
    QueryHours,
    /// Credits of warehouses by hour: `WAREHOUSE_METERING_HISTORY`.
    WarehouseHours,
    /// Credits of services by day: `METERING_DAILY_HISTORY`.
    ServiceDays,
    /// Money by day: `USAGE_IN_CURRENCY_DAILY`.
    Invoiced,
    /// Billable use: `system.billing.usage`.
    UsageLines,
    /// Lines of a bill in the FOCUS format, of any vendor.
    BillLines,
    /// Lines of a bill of AWS: the Cost and Usage Report, of either generation.
    CostAndUsage,
}

/// A file of records, told by its columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordFile {
    /// Path.
    pub path: String,
    /// What it holds.
    pub kind: RecordKind,
    /// Which platform it is of, where that is told by its columns.
    pub platform: Option<Platform>,
    /// Columns that it is better to have, and that it lacks; where rows have columns of their own, that is not known.
    pub lacks: Vec<String>,
}

/// One row of such a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UsageRecord {
    /// A node that dbt ran.
    NodeRun(NodeRun),
    /// What something is called.
    ObjectName(ObjectName),
    /// A task of a job.
    JobTask(JobTask),
    /// A run of a job, of a task of one, or of a pipeline.
    JobRun(JobRun),
    /// A warehouse that began or stopped to run.
    WarehouseEvent(WarehouseEvent),
    /// The load of a machine.
    NodeLoad(NodeLoad),
    /// A tag of an object.
    ObjectTag(ObjectTag),
    /// What started a query.
    Start(Start),
    /// Tables that were read and written.
    Access(Access),
    /// The size of a table.
    TableSize(TableSize),
    /// What a service worked for.
    ServiceUse(ServiceUse),
    /// The price of a credit.
    Rate(Rate),
    /// The price of a unit of use.
    UnitPrice(UnitPrice),
    /// A query.
    Query(Box<QueryRun>),
    /// What a platform notes of a query.
    Insight(Insight),
    /// An application of Spark.
    Application(Box<spark::Application>),
    /// Credits of a query.
    QueryCredits(QueryCredits),
    /// Credits of a warehouse in an hour.
    WarehouseHour(WarehouseHour),
    /// Credits of a service on a day.
    ServiceDay(ServiceDay),
    /// Money for a service on a day.
    Invoiced(Invoiced),
    /// Billable use.
    Usage(Box<UsageLine>),
    /// A line of a bill.
    Line(Box<BillLine>),
}

/// The price of a credit of a service on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    /// The day.
    pub day: Time,
    /// Service, such as `WAREHOUSE_METERING`.
    pub service: String,
    /// What it is a price in.
    pub currency: Currency,
    /// Price of one credit.
    pub price: Decimal,
    /// Whether it holds for what is used when a contract is used up.
    pub is_overage: bool,
}

/// The price of a unit of use from some time on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitPrice {
    /// What is sold.
    pub sku: String,
    /// In which cloud.
    pub cloud: String,
    /// Unit, such as `DBU`.
    pub unit: String,
    /// What it is a price in.
    pub currency: Currency,
    /// Price of one unit.
    pub price: Decimal,
    /// Since when.
    pub from: Time,
    /// Until when; open where it still holds.
    pub until: Option<Time>,
    /// Whether it was agreed with this customer; otherwise it is the list price.
    pub agreed: bool,
}

/// A query that ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryRun {
    /// Where.
    pub platform: Platform,
    /// Its id there.
    pub id: String,
    /// Its text, as far as it was kept.
    pub text: String,
    /// Who ran it.
    pub user: Option<String>,
    /// Name or id of the warehouse that ran it; none where none did.
    pub warehouse: Option<String>,
    /// Size of that warehouse, such as `X-Small`.
    pub size: Option<String>,
    /// Which of several clusters of the warehouse.
    pub cluster: u32,
    /// When the warehouse began to work on it.
    pub start: Time,
    /// When it ended.
    pub end: Time,
    /// Milliseconds of work, where the platform counts it apart from time.
    pub work: Option<u64>,
    /// Credits of cloud services, before any adjustment.
    pub cloud_services: Decimal,
    /// Its tag.
    pub tag: Option<String>,
    /// The platform's own hash of its text, literals left out.
    pub hash: Option<String>,
    /// Which version of that hash it is.
    pub hash_version: Option<String>,
    /// The platform's own hash of its text with its literals, and the version behind it.
    pub whole_hash: Option<String>,
    /// What started it: a kind such as `job` or `dashboard`, and an id.
    pub source: Option<(String, String)>,
}

/// Credits that the platform itself attributes to a query; idle time is in none of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryCredits {
    /// Id of the query.
    pub id: String,
    /// The warehouse.
    pub warehouse: String,
    /// Who ran it.
    pub user: Option<String>,
    /// Its tag.
    pub tag: Option<String>,
    /// The platform's own hash of its text, literals left out.
    pub hash: Option<String>,
    /// When it began.
    pub start: Time,
    /// When it ended.
    pub end: Time,
    /// The hour in which it used the credits, where they are metered by the hour and not attributed.
    pub hour: Option<Time>,
    /// Credits.
    pub credits: Decimal,
}

/// What a warehouse used in an hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarehouseHour {
    /// The warehouse.
    pub warehouse: String,
    /// The hour.
    pub start: Time,
    /// Credits of compute.
    pub compute: Decimal,
    /// Credits of cloud services, before any adjustment.
    pub cloud_services: Decimal,
    /// How much of the compute the platform attributes to queries, where it says so.
    pub queries: Option<Decimal>,
    /// The id of the warehouse, where it is said: one that was made anew has the name of the one before.
    pub id: Option<String>,
    /// Of which account, where the export is of several.
    pub account: Option<String>,
}

/// What a service used on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceDay {
    /// Service, such as `AUTO_CLUSTERING`.
    pub service: String,
    /// The day.
    pub day: Time,
    /// Credits of compute, where they are told apart.
    pub compute: Option<Decimal>,
    /// Credits of cloud services, after the adjustment.
    pub cloud_services: Decimal,
    /// Credits that are billed.
    pub billed: Decimal,
    /// Of which account, where the export is of several.
    pub account: Option<String>,
}

/// Money that was invoiced for a service on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoiced {
    /// The day.
    pub day: Time,
    /// Service, such as `STORAGE`.
    pub service: String,
    /// How much was used.
    pub usage: Decimal,
    /// What for, in the words of the invoice.
    pub usage_type: String,
    /// Whether it is for credits; otherwise it is for storage and the like.
    pub is_credits: bool,
    /// What was invoiced.
    pub amount: Decimal,
    /// In which currency.
    pub currency: Currency,
    /// What it was taken from, such as `capacity` or `rollover`.
    pub balance: Option<String>,
    /// Whether it corrects what was invoiced before, where that is said.
    pub is_adjustment: Option<bool>,
    /// In which region, where that is said.
    pub region: Option<String>,
    /// Under which contract, where that is said.
    pub contract: Option<String>,
    /// Of which account, where the export is of several.
    pub account: Option<String>,
}

/// Billable use of a platform that bills by the unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageLine {
    /// Its id, where it has one.
    pub id: Option<String>,
    /// What was sold.
    pub sku: String,
    /// In which cloud.
    pub cloud: String,
    /// Unit, such as `DBU`.
    pub unit: String,
    /// How much; less than nothing where a line takes another back.
    pub quantity: Decimal,
    /// When the use began.
    pub start: Time,
    /// Which product, such as `JOBS`.
    pub product: String,
    /// What it was for: a kind such as `job`, and an id; the most telling first.
    pub source: Vec<(String, String)>,
    /// What that is called.
    pub title: Option<String>,
    /// The warehouse it ran on.
    pub warehouse: Option<String>,
    /// The cluster it ran on.
    pub cluster: Option<String>,
    /// Who it ran as.
    pub user: Option<String>,
    /// Tags.
    pub tags: Vec<(String, String)>,
    /// All that its row says, but its id: the same in every form of a file.
    pub content: Digest,
}

/// A line of a bill, in the words of FOCUS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillLine {
    /// `ProviderName`.
    pub provider: String,
    /// `ServiceName`.
    pub service: String,
    /// `ChargeCategory`: `Usage`, `Tax`, …
    pub category: String,
    /// `ResourceName`, or its id.
    pub resource: Option<String>,
    /// `BilledCost`.
    pub billed: Decimal,
    /// `BillingCurrency`.
    pub currency: Currency,
    /// `ChargePeriodStart`.
    pub start: Time,
    /// `ChargePeriodEnd`, where it is said.
    pub end: Option<Time>,
    /// `Tags`.
    pub tags: Vec<(String, String)>,
    /// What was committed to beforehand, where the line pays for it or uses it.
    pub commitment: Option<Commitment>,
    /// Whether it is a line of the provider's own report, which says more than its FOCUS file of the same money.
    pub own: bool,
    /// What the vendor calls this line, within its time, where it does: in another export it may be called otherwise.
    pub id: Option<String>,
    /// All that its row says, but how it is called: the same in every form of a file.
    pub content: Digest,
}

/// A commitment, such as a savings plan or a reservation, as one line of a bill speaks of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commitment {
    /// `CommitmentDiscountId`.
    pub id: String,
    /// What the use of this line costs under it; nothing where the line is no use.
    pub used: Decimal,
    /// What this line pays for and nobody used.
    pub unused: Decimal,
}
