//! Events of a log, as Spark writes them: what is read of each, and nothing else.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// Properties by name, as a job or an environment lists them.
pub(super) type Properties = BTreeMap<String, Value>;

/// The name of an event.
#[derive(Deserialize)]
pub(super) struct Named<'a> {
    #[serde(rename = "Event", borrow)]
    pub event: Cow<'a, str>,
}

#[derive(Deserialize)]
pub(super) struct LogStart {
    #[serde(rename = "Spark Version")]
    pub version: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct ApplicationStart {
    #[serde(rename = "App Name", default)]
    pub name: String,
    #[serde(rename = "App ID")]
    pub id: Option<String>,
    #[serde(rename = "App Attempt ID")]
    pub attempt: Option<String>,
    #[serde(rename = "Timestamp", default)]
    pub time: i64,
    #[serde(rename = "User")]
    pub user: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct ApplicationEnd {
    #[serde(rename = "Timestamp")]
    pub time: i64,
}

#[derive(Deserialize)]
pub(super) struct Environment {
    #[serde(rename = "Spark Properties", default)]
    pub properties: Properties,
}

#[derive(Deserialize)]
pub(super) struct JobStart {
    #[serde(rename = "Submission Time", default)]
    pub time: i64,
    #[serde(rename = "Stage IDs", default)]
    pub stages: Vec<u64>,
    #[serde(rename = "Properties")]
    pub properties: Option<Properties>,
}

#[derive(Deserialize)]
pub(super) struct StageEvent {
    #[serde(rename = "Stage Info")]
    pub info: StageInfo,
    #[serde(rename = "Properties")]
    pub properties: Option<Properties>,
}

#[derive(Deserialize)]
pub(super) struct StageInfo {
    #[serde(rename = "Stage ID")]
    pub id: u64,
    #[serde(rename = "Stage Attempt ID", default)]
    pub attempt: u64,
    #[serde(rename = "Stage Name", default)]
    pub name: String,
    #[serde(rename = "Number of Tasks", default)]
    pub tasks: u64,
    #[serde(rename = "Submission Time")]
    pub start: Option<i64>,
    #[serde(rename = "Completion Time")]
    pub end: Option<i64>,
    #[serde(rename = "Failure Reason")]
    pub failure: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct TaskEnd<'a> {
    #[serde(rename = "Stage ID")]
    pub stage: u64,
    #[serde(rename = "Stage Attempt ID", default)]
    pub attempt: u64,
    #[serde(rename = "Task End Reason", borrow)]
    pub reason: Option<EndReason<'a>>,
    #[serde(rename = "Task Info", default)]
    pub info: TaskInfo,
    #[serde(rename = "Task Metrics")]
    pub metrics: Option<Metrics>,
}

#[derive(Deserialize)]
pub(super) struct EndReason<'a> {
    #[serde(rename = "Reason", borrow)]
    pub reason: Cow<'a, str>,
}

#[derive(Deserialize, Default)]
pub(super) struct TaskInfo {
    #[serde(rename = "Launch Time", default)]
    pub launch: i64,
    #[serde(rename = "Finish Time", default)]
    pub finish: i64,
    #[serde(rename = "Failed", default)]
    pub failed: bool,
    #[serde(rename = "Killed", default)]
    pub killed: bool,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Metrics {
    #[serde(rename = "Executor Run Time")]
    pub run: i64,
    #[serde(rename = "JVM GC Time")]
    pub garbage: i64,
    #[serde(rename = "Memory Bytes Spilled")]
    pub spilled_memory: i64,
    #[serde(rename = "Disk Bytes Spilled")]
    pub spilled_disk: i64,
    #[serde(rename = "Input Metrics")]
    pub input: Option<Input>,
    #[serde(rename = "Output Metrics")]
    pub output: Option<Output>,
    #[serde(rename = "Shuffle Read Metrics")]
    pub shuffle_read: Option<ShuffleRead>,
    #[serde(rename = "Shuffle Write Metrics")]
    pub shuffle_written: Option<ShuffleWrite>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Input {
    #[serde(rename = "Bytes Read")]
    pub bytes: i64,
    #[serde(rename = "Records Read")]
    pub rows: i64,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Output {
    #[serde(rename = "Bytes Written")]
    pub bytes: i64,
    #[serde(rename = "Records Written")]
    pub rows: i64,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ShuffleRead {
    #[serde(rename = "Remote Bytes Read")]
    pub remote: i64,
    #[serde(rename = "Local Bytes Read")]
    pub local: i64,
    #[serde(rename = "Total Records Read")]
    pub rows: i64,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ShuffleWrite {
    #[serde(rename = "Shuffle Bytes Written")]
    pub bytes: i64,
    #[serde(rename = "Shuffle Records Written")]
    pub rows: i64,
}

#[derive(Deserialize)]
pub(super) struct ExecutionStart<'a> {
    #[serde(rename = "executionId")]
    pub id: u64,
    #[serde(rename = "rootExecutionId")]
    pub root: Option<u64>,
    #[serde(default, borrow)]
    pub description: Cow<'a, str>,
    #[serde(rename = "physicalPlanDescription", default, borrow)]
    pub plan: Cow<'a, str>,
    #[serde(default)]
    pub time: i64,
}

#[derive(Deserialize)]
pub(super) struct ExecutionUpdate<'a> {
    #[serde(rename = "executionId")]
    pub id: u64,
    #[serde(rename = "physicalPlanDescription", default, borrow)]
    pub plan: Cow<'a, str>,
}

#[derive(Deserialize)]
pub(super) struct ExecutionEnd {
    #[serde(rename = "executionId")]
    pub id: u64,
    #[serde(default)]
    pub time: i64,
    #[serde(rename = "errorMessage")]
    pub error: Option<String>,
}
