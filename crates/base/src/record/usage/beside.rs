//! What explains use and charges, and is none itself: names, tags, runs, accesses, sizes.

use super::{Platform, Time};
use crate::Decimal;

/// A node that dbt ran, with the query that did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeRun {
    /// Id of the query.
    pub query: String,
    /// Id of the node, such as `model.shop.orders`.
    pub node: String,
}

/// What something that a platform gives an id is called, from some time on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectName {
    /// Kind, such as `job`.
    pub kind: String,
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Since when.
    pub from: Time,
}

/// A tag that a platform keeps of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectTag {
    /// What it is of, such as `WAREHOUSE` or `TABLE`.
    pub kind: String,
    /// The full name of that.
    pub name: String,
    /// Key.
    pub key: String,
    /// Value.
    pub value: String,
}

/// A task of a job, from some time on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobTask {
    /// Id of the job.
    pub job: String,
    /// Its key within the job.
    pub key: String,
    /// Since when.
    pub from: Time,
    /// Whether the job has it no more.
    pub is_gone: bool,
}

/// A run of a job, of a task of one, or of a pipeline; or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRun {
    /// Of what: a kind, `job` or `pipeline`, and its id.
    pub of: (String, String),
    /// Id of the run.
    pub run: String,
    /// Whether it is of a task: then the job has a run of the same time.
    pub is_task: bool,
    /// What it is called, where the job has no name of its own.
    pub name: Option<String>,
    /// Ids of clusters and warehouses on which it ran; sorted.
    pub compute: Vec<String>,
    /// When it began.
    pub start: Time,
    /// When it ended.
    pub end: Time,
}

/// A warehouse that began or stopped to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarehouseEvent {
    /// Whose warehouse.
    pub platform: Platform,
    /// Its name or id.
    pub warehouse: String,
    /// Which of its clusters; none where it is all of them.
    pub cluster: Option<u32>,
    /// How many clusters run from now on.
    pub running: u32,
    /// When.
    pub at: Time,
}

/// The load of a machine of a cluster, mostly in one minute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeLoad {
    /// Id of the cluster.
    pub cluster: String,
    /// Id of the machine.
    pub node: String,
    /// Whether it is the one that hands out the work.
    pub is_driver: bool,
    /// When the time began.
    pub start: Time,
    /// When it ended.
    pub end: Time,
    /// How much of its processors worked, in percent.
    pub cpu: Decimal,
    /// How much of its memory was used, in percent.
    pub memory: Decimal,
}

/// What started a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// Id of the query.
    pub query: String,
    /// A kind such as `task`, and an id.
    pub source: (String, String),
}

/// Which tables something read and wrote, by full name as the platform writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// What did.
    pub by: Accessor,
    /// What it read, views and the tables under them; sorted.
    pub reads: Vec<String>,
    /// What it wrote; sorted.
    pub writes: Vec<String>,
}

/// What reads and writes tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accessor {
    /// A query, by its id.
    Query(String),
    /// A kind such as `job`, and an id.
    Object(String, String),
}

/// How many bytes of a table are stored and paid for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableSize {
    /// Id of this version of it, where it has one: a table that is made anew is stored once more.
    pub id: Option<String>,
    /// Its full name, as the platform writes it.
    pub table: String,
    /// What can be read now.
    pub active: u64,
    /// What can be read as it was.
    pub time_travel: u64,
    /// What only the platform can bring back.
    pub failsafe: u64,
    /// What is kept for clones of it.
    pub clones: u64,
}

/// What a service that works by itself used for one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceUse {
    /// Service, such as `AUTO_CLUSTERING`.
    pub service: String,
    /// For what: a kind such as `table`, `task` or `pipe`, and its full name.
    pub of: (String, String),
    /// Since when.
    pub start: Time,
    /// Which operation, where it does several.
    pub operation: Option<String>,
    /// How much, in the unit in which the service is billed.
    pub quantity: Decimal,
}

/// What a platform notes of how a query ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Insight {
    /// Id of the query.
    pub query: String,
    /// When it began.
    pub start: Time,
    /// What is noted, in the platform's own word, such as `EXPLODING_JOIN`.
    pub kind: String,
}

impl TableSize {
    /// All that is paid for; the largest number stands for whatever is larger.
    pub fn bytes(&self) -> u64 {
        let parts = [self.active, self.time_travel, self.failsafe, self.clones];
        parts.into_iter().fold(0, u64::saturating_add)
    }
}
