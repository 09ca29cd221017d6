//! When warehouses ran, and how busy machines of clusters were.

use plumb_base::record::usage::{NodeLoad, Platform, UsageRecord, WarehouseEvent};

use crate::{Column, Row};

/// An event of a warehouse of Snowflake. Clusters tell each of theirs, also of warehouses that have only one.
pub(super) fn snowflake(row: &Row<'_>, _: &str) -> Result<Option<UsageRecord>, Column> {
    let (warehouse, at) = (row.needed(Column::WarehouseName)?, row.time(Column::Timestamp)?);
    let number = row.text(Column::ClusterNumber).map(|_| row.millis(Column::ClusterNumber));
    let number = number.and_then(|it| u32::try_from(it).ok());
    let name = row.needed(Column::EventName)?.to_ascii_uppercase();
    let (cluster, running) = match name.as_str() {
        "RESUME_CLUSTER" => (Some(number.unwrap_or(1)), 1),
        "SUSPEND_CLUSTER" => (Some(number.unwrap_or(1)), 0),
        "RESUME_WAREHOUSE" => (None, 1),
        "SUSPEND_WAREHOUSE" => (None, 0),
        // Others say what was asked for, or what changed without beginning or stopping.
        _ => return Ok(None),
    };
    let platform = Platform::Snowflake;
    let event = WarehouseEvent { platform, warehouse, cluster, running, at };
    Ok(Some(UsageRecord::WarehouseEvent(event)))
}

/// An event of a SQL warehouse of Databricks, which tells how many clusters run.
pub(super) fn databricks(row: &Row<'_>, _: &str) -> Result<Option<UsageRecord>, Column> {
    let (warehouse, at) = (row.needed(Column::WarehouseId)?, row.time(Column::EventTime)?);
    let count = u32::try_from(row.millis(Column::ClusterCount)).unwrap_or(0);
    let running = match row.needed(Column::EventType)?.to_ascii_uppercase().as_str() {
        "RUNNING" | "SCALED_UP" | "SCALED_DOWN" => count.max(1),
        _ => 0,
    };
    let platform = Platform::Databricks;
    let event = WarehouseEvent { platform, warehouse, cluster: None, running, at };
    Ok(Some(UsageRecord::WarehouseEvent(event)))
}

/// What a machine of a cluster of Databricks did in a minute.
pub(super) fn node(row: &Row<'_>, _: &str) -> Result<Option<UsageRecord>, Column> {
    let (user, system) =
        (row.needed_number(Column::CpuUser)?, row.number_if_any(Column::CpuSystem));
    Ok(Some(UsageRecord::NodeLoad(NodeLoad {
        cluster: row.needed(Column::ClusterId)?,
        node: row.needed(Column::InstanceId)?,
        is_driver: row.flag(Column::IsDriver),
        start: row.time(Column::StartTime)?,
        end: row.time(Column::EndTime)?,
        cpu: user.plus(system),
        memory: row.needed_number(Column::MemoryUsed)?,
    })))
}
