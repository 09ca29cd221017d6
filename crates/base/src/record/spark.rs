//! What an application of Spark did, as its event log tells it.

use super::usage::Time;

/// An application: what ran between the start and the end of one Spark driver.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Application {
    /// Its id, such as `app-20261001080000-0001`; empty where the log does not say.
    pub id: String,
    /// Which attempt of it, where the cluster counts them.
    pub attempt: Option<String>,
    /// Its name.
    pub name: String,
    /// Version of Spark.
    pub version: Option<String>,
    /// Who started it.
    pub user: Option<String>,
    /// When it began, or the first that was logged of it.
    pub start: Time,
    /// The last that was logged of it.
    pub last: Time,
    /// When it ended; none where it was running, or its log is not whole.
    pub end: Option<Time>,
    /// The cluster of Databricks that ran it.
    pub cluster: Option<Cluster>,
    /// Its stages, by number and attempt.
    pub stages: Vec<Stage>,
    /// Its SQL, by number.
    pub executions: Vec<Execution>,
    /// Who had its tasks run, and when.
    pub work: Vec<Work>,
}

/// A cluster of Databricks, as it describes itself to what runs on it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cluster {
    /// Its id, which bills name.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// Tags that people gave it, by key.
    pub tags: Vec<(String, String)>,
}

/// An attempt of a stage.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stage {
    /// Its number.
    pub id: u64,
    /// Which attempt of it.
    pub attempt: u64,
    /// Its name, mostly a place in the code.
    pub name: String,
    /// Number of the SQL execution that it is a part of.
    pub execution: Option<u64>,
    /// Which of the work of its application it is.
    pub work: Option<usize>,
    /// Tasks that it was to have.
    pub planned: u64,
    /// When it began.
    pub start: Option<Time>,
    /// When it ended.
    pub end: Option<Time>,
    /// Whether it failed.
    pub failed: bool,
    /// What its tasks did.
    pub tasks: Tasks,
}

/// What tasks did together. Times are milliseconds, sizes bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tasks {
    /// Tasks that ended, however they did.
    pub ended: u64,
    /// Of these, how many failed.
    pub failed: u64,
    /// Of these, how many were killed: another attempt was faster, or nobody needed them.
    pub killed: u64,
    /// From the launch to the end of each: how long slots of executors were taken.
    pub taken: u64,
    /// How long executors ran them.
    pub run: u64,
    /// Of that, how long they collected garbage.
    pub garbage: u64,
    /// How long half of them ran at most; to within a hundredth.
    pub median: u64,
    /// How long all but a twentieth of them ran at most; to within a hundredth.
    pub most: u64,
    /// How long the longest ran.
    pub longest: u64,
    /// What did not fit into memory, as it was there.
    pub spilled_memory: u64,
    /// The same, as it was written to disk.
    pub spilled_disk: u64,
    /// Read from outside.
    pub input: Moved,
    /// Written to outside.
    pub output: Moved,
    /// Read of what other stages wrote.
    pub shuffle_read: Moved,
    /// Written for other stages.
    pub shuffle_written: Moved,
}

/// How much was read or written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moved {
    /// Bytes.
    pub bytes: u64,
    /// Rows.
    pub rows: u64,
}

impl Moved {
    /// Both together; the largest number stands for whatever is larger.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            bytes: self.bytes.saturating_add(other.bytes),
            rows: self.rows.saturating_add(other.rows),
        }
    }
}

/// A statement of SQL, or what a program asks of tables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Execution {
    /// Its number.
    pub id: u64,
    /// The one that it is a part of.
    pub root: Option<u64>,
    /// What it is, in the words of Spark: a place in the code, or the beginning of a statement.
    pub description: String,
    /// When it began.
    pub start: Option<Time>,
    /// When it ended.
    pub end: Option<Time>,
    /// Whether it failed.
    pub failed: bool,
    /// What its last plan reads, each once.
    pub scans: Vec<Scan>,
    /// Numbers of the stages that ran for it.
    pub stages: Vec<u64>,
}

/// Something that a plan reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scan {
    /// How it is written, such as `parquet`.
    pub format: Option<String>,
    /// The table, where it is read by name.
    pub table: Option<String>,
    /// Where its files lie, as the plan says it; a long list is cut there.
    pub location: Option<String>,
    /// Conditions that files are read by.
    pub pushed: Option<String>,
    /// Conditions that choose partitions.
    pub partitions: Option<String>,
}

/// Tasks that ran for the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Work {
    /// What they ran for.
    pub asker: Asker,
    /// Milliseconds in which they took slots of executors, by the hour.
    pub hours: Vec<(Time, u64)>,
}

/// What tasks ran for, as far as the job of Spark says.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asker {
    /// A kind such as `job` or `notebook`, and an id.
    pub source: Option<(String, String)>,
    /// What that is called.
    pub title: Option<String>,
    /// Which run of it.
    pub run: Option<String>,
    /// Who asked.
    pub user: Option<String>,
    /// The statement, where nothing else tells.
    pub text: String,
}
