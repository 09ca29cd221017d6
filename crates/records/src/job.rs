//! Tasks of jobs, and runs of jobs and pipelines: when, and on what.

use plumb_base::record::usage::{JobRun, JobTask, UsageRecord};
use serde_json::Value;

use crate::row::plain;
use crate::{Column, Row};

/// A task that a job has, or had.
pub(super) fn task(row: &Row<'_>, _: &str) -> Result<Option<UsageRecord>, Column> {
    Ok(Some(UsageRecord::JobTask(JobTask {
        job: row.needed(Column::JobId)?,
        key: row.needed(Column::TaskKey)?,
        from: row.time(Column::ChangeTime)?,
        is_gone: row.text(Column::DeleteTime).is_some(),
    })))
}

/// A run of a task of a job.
pub(super) fn task_run(row: &Row<'_>, _: &str) -> Result<Option<UsageRecord>, Column> {
    let compute = row.list(Column::ComputeIds)?;
    let run = JobRun { is_task: true, ..run(row, job(row)?, Column::RunId, &compute)? };
    Ok(Some(UsageRecord::JobRun(run)))
}

/// A run of a job as a whole.
pub(super) fn whole_run(row: &Row<'_>, _: &str) -> Result<Option<UsageRecord>, Column> {
    let compute = [row.list(Column::ComputeIds)?, machines(row)].concat();
    // What was handed in as a single run is no job that anybody gave a name.
    let is_single =
        row.text(Column::RunType).is_some_and(|it| it.eq_ignore_ascii_case("SUBMIT_RUN"));
    let name = row.owned(Column::RunName).filter(|_| is_single);
    let run = JobRun { name, ..run(row, job(row)?, Column::RunId, &compute)? };
    Ok(Some(UsageRecord::JobRun(run)))
}

/// A run of a pipeline.
pub(super) fn update(row: &Row<'_>, _: &str) -> Result<Option<UsageRecord>, Column> {
    let pipeline = ("pipeline".to_owned(), row.needed(Column::PipelineId)?);
    let run = run(row, pipeline, Column::UpdateId, &machines(row))?;
    Ok(Some(UsageRecord::JobRun(run)))
}

fn job(row: &Row<'_>) -> Result<(String, String), Column> {
    Ok(("job".to_owned(), row.needed(Column::JobId)?))
}

/// Ids of clusters and warehouses in a structure, or in a list of such.
fn machines(row: &Row<'_>) -> Vec<Value> {
    let of = |compute: &Value| {
        let id = |key: &str| compute.get(key).filter(|id| !id.is_null()).cloned();
        id("cluster_id").or_else(|| id("warehouse_id"))
    };
    match row.nested(Column::Compute).as_deref() {
        Some(Value::Array(list)) => list.iter().filter_map(of).collect(),
        Some(one) => of(one).into_iter().collect(),
        None => Vec::new(),
    }
}

fn run(
    row: &Row<'_>,
    of: (String, String),
    id: Column,
    compute: &[Value],
) -> Result<JobRun, Column> {
    let (start, end) = (row.time(Column::PeriodStart)?, row.time(Column::PeriodEnd)?);
    let mut compute: Vec<String> = compute.iter().filter_map(plain).collect();
    compute.sort();
    compute.dedup();
    let run = row.needed(id)?;
    Ok(JobRun { of, run, is_task: false, name: None, compute, start, end })
}
