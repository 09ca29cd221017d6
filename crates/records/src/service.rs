//! What services that work by themselves used, and for what: clustering, views, search, pipes, tasks.

use plumb_base::record::usage::{ServiceUse, UsageRecord};

use crate::{Column, Row};

/// What the name of a file says of the service, where its columns do not.
const NAMES: &[(&str, &str)] = &[
    ("clustering", "AUTO_CLUSTERING"),
    ("materialized_view", "MATERIALIZED_VIEW"),
    ("search_optimization", "SEARCH_OPTIMIZATION"),
];

/// Histories of Snowflake: `AUTOMATIC_CLUSTERING_HISTORY`, `MATERIALIZED_VIEW_REFRESH_HISTORY`,
/// `SEARCH_OPTIMIZATION_HISTORY`, `PIPE_USAGE_HISTORY`, `SERVERLESS_TASK_HISTORY`.
pub(super) fn snowflake(row: &Row<'_>, path: &str) -> Result<Option<UsageRecord>, Column> {
    let [table, pipe, task] =
        [Column::TableName, Column::PipeName, Column::TaskName].map(|column| row.owned(column));
    let reclustered = row.text(Column::RowsReclustered).map(|_| "AUTO_CLUSTERING");
    let (kind, name, told) = match (table, pipe, task) {
        (Some(table), _, _) => ("table", table, reclustered),
        (None, Some(pipe), _) => ("pipe", pipe, Some("PIPE")),
        (None, None, Some(task)) => ("task", task, Some("SERVERLESS_TASK")),
        (None, None, None) => return Err(Column::TableName),
    };
    let file = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let named = || NAMES.iter().find(|(name, _)| file.contains(name)).map(|(_, service)| *service);
    let service = row.owned(Column::ServiceType);
    let service = service.or_else(|| told.or_else(named).map(str::to_owned));
    Ok(Some(UsageRecord::ServiceUse(ServiceUse {
        service: service.ok_or(Column::ServiceType)?,
        of: (kind.to_owned(), full(row, Column::DatabaseName, name)),
        start: row.time(Column::StartTime)?,
        operation: None,
        quantity: row.needed_number(Column::CreditsUsed)?,
    })))
}

/// Predictive optimization of Databricks; what it says is an estimate, which is enough to share what was billed.
pub(super) fn databricks(row: &Row<'_>, _: &str) -> Result<Option<UsageRecord>, Column> {
    let table = full(row, Column::CatalogName, row.needed(Column::TableName)?);
    Ok(Some(UsageRecord::ServiceUse(ServiceUse {
        service: "PREDICTIVE_OPTIMIZATION".to_owned(),
        of: ("table".to_owned(), table),
        start: row.time(Column::StartTime)?,
        operation: row.owned(Column::OperationType),
        quantity: row.needed_number(Column::UsageQuantity)?,
    })))
}

/// A name below its schema and what that lies in, as far as they are said.
fn full(row: &Row<'_>, catalog: Column, name: String) -> String {
    let above = [row.owned(catalog), row.owned(Column::SchemaName)];
    let parts: Vec<String> = above.into_iter().flatten().chain([name]).collect();
    parts.join(".")
}
