//! What machines of the company's lake were busy with: event logs of a nightly job, and the load of its clusters.

use std::fmt::Write as _;

use super::record::{days, draw, instant, time};

const HOUR: i64 = 3600;
const MINUTE: i64 = 60;

/// Nights of which logs are kept, and days of which loads are: the last ones.
const LOGGED: i64 = 3;
const LOADED: i64 = 30;

/// Bytes of a mebibyte.
const MIB: i64 = 1 << 20;

/// The job that runs on a cluster of its own each night, and the second of the day at which it begins.
pub(super) const JOB: &str = "growth-nightly";
const BEGINS: i64 = 4 * HOUR + 30 * MINUTE;

/// The cluster on which people work, alone on one machine.
pub(super) const SHARED: &str = "shared-notebooks";

/// The cluster of the job on a day.
pub(super) fn cluster(day: i64) -> String {
    format!("growth-small-{day}")
}

/// A stage of the job: where it stands, what it reads, how many tasks it has, and how long each runs.
struct Stage {
    name: &'static str,
    tables: &'static [&'static str],
    tasks: i64,
    /// Seconds of a task, and of its longest beside that.
    seconds: i64,
    longest: i64,
    /// Mebibytes that each task writes to disk.
    spilled: i64,
}

/// One waits for the campaign that most clicks have, which is none; one sorts more than fits into memory. The others do
/// as much, and have no trouble: all of their tasks are long, and a little on disk is no harm.
const STAGES: [Stage; 4] = [
    Stage {
        name: "execute at campaign_backfill:41",
        tables: &["growth.fct_ad_spend", "lake.reference.campaign_names"],
        tasks: 24,
        seconds: 21,
        longest: 560,
        spilled: 0,
    },
    Stage {
        name: "saveAsTable at complaints_by_channel:33",
        tables: &["staging.stg_support__tickets", "staging.stg_shop__orders"],
        tasks: 8,
        seconds: 240,
        longest: 0,
        spilled: 870,
    },
    Stage {
        name: "collect at campaign_backfill:63",
        tables: &["growth.fct_ad_spend"],
        tasks: 16,
        seconds: 230,
        longest: 0,
        spilled: 0,
    },
    Stage {
        name: "execute at complaints_by_channel:12",
        tables: &["core.fct_orders"],
        tasks: 8,
        seconds: 150,
        longest: 0,
        spilled: 24,
    },
];

/// Logs and loads, by path below the folder of the lake.
pub(super) fn files() -> Vec<(String, String)> {
    let all = days().map(|(day, midnight, _)| (day, midnight));
    let days: Vec<(i64, i64)> = all.collect();
    let last = |count: i64| {
        let count = usize::try_from(count).unwrap_or_default();
        days.iter().skip(days.len().saturating_sub(count)).copied()
    };
    let log = |(day, midnight): (i64, i64)| {
        (format!("cluster-logs/{}/eventlog", cluster(day)), log(day, midnight + BEGINS))
    };
    let mut files: Vec<(String, String)> = last(LOGGED).map(log).collect();
    files.push(("node_timeline.csv".to_owned(), loads(last(LOADED))));
    files
}

/// The event log of a night.
fn log(day: i64, begins: i64) -> String {
    let (app, at) = (format!("app-{day}"), instant(begins));
    let cluster = cluster(day);
    let properties = |execution: usize| {
        format!(
            r#"{{"spark.databricks.clusterUsageTags.clusterId": "{cluster}", "spark.databricks.job.id": "{JOB}", "spark.databricks.job.runId": "{day}", "user": "harbor-lake-robot", "spark.sql.execution.id": "{execution}"}}"#
        )
    };
    let mut text = String::new();
    let mut say = |line: String| writeln!(text, "{line}").unwrap_or_default();
    say(format!(
        r#"{{"Event": "SparkListenerApplicationStart", "App Name": "Databricks Shell", "App ID": "{app}", "Timestamp": {at}, "User": "root"}}"#
    ));
    let mut now = at;
    for (number, stage) in STAGES.iter().enumerate() {
        let plan = plan(stage.tables);
        say(format!(
            r#"{{"Event": "org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart", "executionId": {number}, "description": "{}", "physicalPlanDescription": "{plan}", "time": {now}}}"#,
            stage.name
        ));
        let properties = properties(number);
        say(format!(
            r#"{{"Event": "SparkListenerJobStart", "Job ID": {number}, "Submission Time": {now}, "Stage IDs": [{number}], "Properties": {properties}}}"#
        ));
        let info = |more: &str| {
            format!(
                r#"{{"Stage ID": {number}, "Stage Attempt ID": 0, "Stage Name": "{}", "Number of Tasks": {}, "Submission Time": {now}{more}}}"#,
                stage.name, stage.tasks
            )
        };
        say(format!(
            r#"{{"Event": "SparkListenerStageSubmitted", "Stage Info": {}, "Properties": {properties}}}"#,
            info("")
        ));
        let mut end = now;
        for task in 0..stage.tasks {
            let until = now + 1000 * stage.length(day, task);
            end = end.max(until);
            say(stage.task(number, task, now, until));
        }
        let done = info(&format!(r#", "Completion Time": {end}"#));
        say(format!(r#"{{"Event": "SparkListenerStageCompleted", "Stage Info": {done}}}"#));
        now = end;
    }
    say(format!(r#"{{"Event": "SparkListenerApplicationEnd", "Timestamp": {now}}}"#));
    text
}

impl Stage {
    /// Seconds of a task.
    fn length(&self, day: i64, task: i64) -> i64 {
        let more = if task == 0 { self.longest } else { 0 };
        self.seconds + draw(&format!("{}{day}{task}", self.name), self.seconds / 4) + more
    }

    fn task(&self, stage: usize, task: i64, from: i64, until: i64) -> String {
        let (memory, disk, read) = (self.spilled * 4 * MIB, self.spilled * MIB, 512 * MIB);
        let info = format!(
            r#"{{"Task ID": {task}, "Launch Time": {from}, "Finish Time": {until}, "Failed": false, "Killed": false}}"#
        );
        let metrics = format!(
            r#"{{"Executor Run Time": {}, "JVM GC Time": 0, "Memory Bytes Spilled": {memory}, "Disk Bytes Spilled": {disk}, "Shuffle Read Metrics": {{"Remote Bytes Read": {read}, "Local Bytes Read": 0, "Total Records Read": 1}}}}"#,
            until - from
        );
        format!(
            r#"{{"Event": "SparkListenerTaskEnd", "Stage ID": {stage}, "Stage Attempt ID": 0, "Task Type": "ShuffleMapTask", "Task End Reason": {{"Reason": "Success"}}, "Task Info": {info}, "Task Metrics": {metrics}}}"#
        )
    }
}

/// A plan that reads tables, as Spark writes it.
fn plan(tables: &[&str]) -> String {
    let tree: Vec<String> =
        (1..).zip(tables).map(|(at, table)| format!("+- Scan parquet {table} ({at})")).collect();
    let each: Vec<String> = (1..)
        .zip(tables)
        .map(|(at, table)| format!("({at}) Scan parquet {table}\\nOutput [1]: [id#1L]"))
        .collect();
    format!("== Physical Plan ==\\n{}\\n\\n\\n{}\\n", tree.join("\\n"), each.join("\\n\\n"))
}

/// Loads of machines, minute by minute: one on which people look at a notebook now and then, and the workers of the job.
fn loads(days: impl Iterator<Item = (i64, i64)>) -> String {
    let mut text = "cluster_id,instance_id,start_time,end_time,driver,cpu_user_percent,cpu_system_percent,mem_used_percent\n".to_owned();
    for (day, midnight) in days {
        let mut minute = |cluster: &str, node: &str, at: i64, [driver, cpu, memory]: [i64; 3]| {
            let name = format!("{node}{at}");
            let (driver, cpu) = (driver == 1, cpu + draw(&name, 9));
            let (from, until) = (time(at), time(at + MINUTE));
            let memory = memory + draw(&format!("{name}m"), 12);
            writeln!(text, "{cluster},{node},{from},{until},{driver},{cpu},1,{memory}")
                .unwrap_or_default();
        };
        for at in 0..60 {
            minute(SHARED, "i-shared", midnight + 9 * HOUR + at * MINUTE, [1, 3, 24]);
        }
        for at in 0..25 {
            let begins = midnight + BEGINS + at * MINUTE;
            minute(&cluster(day), &format!("i-{day}-1"), begins, [0, 74, 71]);
            minute(&cluster(day), &format!("i-{day}-2"), begins, [0, 70, 69]);
        }
    }
    text
}
