//! Charges as bills make them, and who caused how much of each.

use plumb_base::record::usage::Time;
use plumb_base::{Currency, Decimal, Nanos};

use crate::names::NameId;

/// One line of a bill, in the words of FOCUS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// `ProviderName`.
    pub provider: NameId,
    /// `ServiceName`.
    pub service: NameId,
    /// `ResourceName`: a warehouse, a cluster, whatever the line is for.
    pub resource: Option<NameId>,
    /// `ChargePeriodStart`.
    pub start: Time,
    /// `ChargePeriodEnd`: the first instant that it is not for.
    pub end: Time,
    /// `BillingCurrency`.
    pub currency: Currency,
    /// `BilledCost`.
    pub billed: Nanos,
    /// `ConsumedQuantity` and `ConsumedUnit`, where the line says them.
    pub quantity: Option<(Decimal, Unit)>,
}

/// What is counted where money is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// Credits.
    Credit,
    /// A unit in the words of the platform, such as `DBU`.
    Named(NameId),
}

/// A part of a charge: what for, how that was told, how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allocation {
    /// Position of the charge.
    pub charge: usize,
    /// What it is for.
    pub share: Share,
    /// How that was told.
    pub method: Method,
    /// How much, in billionths of the currency of the charge.
    pub nanos: Nanos,
}

/// What a part of a charge is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Share {
    /// Somebody's work; which, as [`crate::Ledger::causes`] counts.
    Attributed(usize),
    /// Idle in an hour in which something ran.
    IdleInHour,
    /// Idle for a whole hour.
    IdleWholeHour,
    /// What the platform does by itself, for everybody.
    Overhead,
    /// Not known.
    Unattributed,
}

/// How a part of a charge was told. Each number names its own (`AllocatedMethodId`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// By the credits that the platform itself attributes to each query.
    QueryCredits,
    /// By the credits that are metered for each query of an adaptive warehouse; it has no idle.
    QueryHours,
    /// By the time of each query within its hour; idle is told apart.
    TimeShare,
    /// The same, where nothing tells idle apart: it is in it.
    TimeShareWithIdle,
    /// By the work of each query within its hour; idle is in it.
    WorkShare,
    /// By the work of each query within its hour, while its warehouse ran; idle is told apart.
    WorkShareOfRunning,
    /// By the time of the tasks of each job on a shared cluster within its hour; idle is in it.
    TaskShare,
    /// By the time of the runs of each job on a shared cluster within its hour; idle is in it, and whoever had no job.
    RunShare,
    /// By the bytes of each table.
    TableBytes,
    /// By the cloud services of each query, of what is left of them after the daily tenth of compute.
    CloudServices,
    /// The line itself names what it is for.
    Named,
    /// What was committed to beforehand, by what each use costs under it.
    Commitment,
    /// Committed to, and used by nobody.
    Unused,
    /// By what the service says that it worked for.
    ServiceUse,
    /// The service works for everybody.
    Service,
    /// Metered, and not attributed to any query.
    Idle,
    /// A cluster that was on, and ran no task.
    NoTask,
    /// Attributed by the platform to queries that it does not list.
    ShortQueries,
    /// Nothing was read of the queries of that time.
    NoHistory,
    /// The line names nothing.
    Unnamed,
    /// What one record of the same use says beyond another.
    Difference,
    /// Idle, spread over what ran on the same resource.
    IdleProportional,
    /// Idle, given to whoever owns the resource.
    IdleOwner,
}

impl Method {
    /// Its id, in kebab-case.
    pub fn id(self) -> &'static str {
        match self {
            Self::QueryCredits => "query-credits",
            Self::QueryHours => "query-hours",
            Self::TimeShare => "time-share",
            Self::TimeShareWithIdle => "time-share-with-idle",
            Self::WorkShare => "work-share",
            Self::WorkShareOfRunning => "work-share-of-running",
            Self::TaskShare => "task-share",
            Self::RunShare => "run-share",
            Self::TableBytes => "table-bytes",
            Self::CloudServices => "cloud-services",
            Self::Named => "named",
            Self::Commitment => "commitment",
            Self::Unused => "unused-commitment",
            Self::ServiceUse => "service-use",
            Self::Service => "service",
            Self::Idle => "idle",
            Self::NoTask => "no-task",
            Self::ShortQueries => "short-queries",
            Self::NoHistory => "no-history",
            Self::Unnamed => "unnamed",
            Self::Difference => "difference",
            Self::IdleProportional => "idle-proportional",
            Self::IdleOwner => "idle-owner",
        }
    }

    /// What it means, in a clause.
    pub fn words(self) -> &'static str {
        match self {
            Self::QueryCredits => "credits that the platform attributes to each query",
            Self::QueryHours => "credits that are metered for each query of an adaptive warehouse",
            Self::TimeShare => "time of each query within its hour, idle apart",
            Self::TimeShareWithIdle => "time of each query within its hour, idle not known apart",
            Self::WorkShare => "work of each query within its hour, idle not known apart",
            Self::WorkShareOfRunning => "work of each query while its warehouse ran, idle apart",
            Self::TaskShare => "time of tasks of Spark on a shared cluster, idle not known apart",
            Self::RunShare => {
                "time of runs of jobs on a shared cluster; idle and work in notebooks are in it"
            }
            Self::TableBytes => "bytes of each table when its size was exported; stages are in it",
            Self::CloudServices => "cloud services of each query, after the daily tenth of compute",
            Self::Named => "the line of the bill names what it is for",
            Self::Commitment => "a plan or reservation, by what each use costs under it",
            Self::Unused => "a plan or reservation, paid and not used",
            Self::ServiceUse => "what a service says it used for each table, pipe or task",
            Self::Service => "a service that works for everybody",
            Self::Idle => "metered, and nothing ran",
            Self::NoTask => {
                "a cluster that ran no task of Spark; what its driver did alone is not seen"
            }
            Self::ShortQueries => "attributed by the platform to queries that it does not list",
            Self::NoHistory => "no query history of that time was read",
            Self::Unnamed => "the line of the bill names nothing",
            Self::Difference => "what one record of the same use says beyond another",
            Self::IdleProportional => "idle, spread over what ran on the same resource",
            Self::IdleOwner => "idle, given to whoever owns the resource",
        }
    }
}
