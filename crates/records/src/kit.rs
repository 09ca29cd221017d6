//! What to export of each platform: exactly the columns that are read, from which view, since when.

use plumb_base::record::usage::{Platform, RecordKind};

use crate::{Column, kind};

/// Whose records a kit exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vendor {
    /// Snowflake.
    Snowflake,
    /// Databricks.
    Databricks,
    /// AWS.
    Aws,
}

/// One file of a kit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// What the file should be called, without its ending.
    pub name: &'static str,
    /// What its rows are.
    pub kind: RecordKind,
    /// Where the rows come from.
    pub from: &'static str,
    /// What they are good for.
    pub why: &'static str,
    /// Its columns, as the file names them.
    pub columns: Vec<&'static str>,
    /// The query that gives them; it writes nothing.
    pub query: String,
}

impl Vendor {
    /// All of them, with the words that are typed.
    pub const ALL: [(&'static str, Self); 3] =
        [("snowflake", Self::Snowflake), ("databricks", Self::Databricks), ("aws", Self::Aws)];
}

/// What a platform can export, the most telling first; `days` back from today.
pub fn kit(vendor: Vendor, days: u32) -> Vec<Export> {
    SOURCES.iter().filter(|it| it.vendor == vendor).filter_map(|it| it.export(days)).collect()
}

/// Where records of a kind come from.
struct Source {
    vendor: Vendor,
    name: &'static str,
    kind: RecordKind,
    platform: Option<Platform>,
    from: &'static str,
    why: &'static str,
    /// Which rows; `{}` is the number of days.
    since: &'static str,
    /// Columns that are no plain column there.
    written: &'static [(Column, &'static str)],
    /// Columns in place of those that the kind names first.
    instead: &'static [(Column, Column)],
}

impl Source {
    fn export(&self, days: u32) -> Option<Export> {
        let kind = kind::kind(self.kind, self.platform)?;
        let other = |column: Column| self.instead.iter().find(|(it, _)| *it == column);
        let all = || kind.columns().map(|column| other(column).map_or(column, |(_, it)| *it));
        let columns: Vec<&'static str> = all().map(Column::name).collect();
        let each: Vec<String> = all().map(|column| self.column(column)).collect();
        let since = self.since.replace("{}", &days.to_string());
        let query = format!("SELECT\n  {}\nFROM {}\nWHERE {since}", each.join(",\n  "), self.from);
        let (name, from, why) = (self.name, self.from, self.why);
        Some(Export { name, kind: self.kind, from, why, columns, query })
    }

    fn column(&self, column: Column) -> String {
        let name = column.name();
        match self.written.iter().find(|(it, _)| *it == column) {
            Some((_, written)) => format!("{written} AS {name}"),
            None => name.to_owned(),
        }
    }
}

const SNOWFLAKE: Option<Platform> = Some(Platform::Snowflake);
const DATABRICKS: Option<Platform> = Some(Platform::Databricks);

const SOURCES: &[Source] = &[
    Source {
        vendor: Vendor::Snowflake,
        name: "warehouse_metering_history",
        kind: RecordKind::WarehouseHours,
        platform: SNOWFLAKE,
        from: "snowflake.account_usage.warehouse_metering_history",
        why: "what each warehouse was billed, by hour: the bill",
        since: "START_TIME >= DATEADD('day', -{}, CURRENT_DATE)",
        written: &[],
        instead: &[],
    },
    Source {
        vendor: Vendor::Snowflake,
        name: "query_history",
        kind: RecordKind::Queries,
        platform: SNOWFLAKE,
        from: "snowflake.account_usage.query_history",
        why: "what ran: without it nothing of the bill has a cause",
        since: "START_TIME >= DATEADD('day', -{}, CURRENT_DATE)",
        written: &[],
        instead: &[],
    },
    Source {
        vendor: Vendor::Snowflake,
        name: "query_insights",
        kind: RecordKind::Insights,
        platform: SNOWFLAKE,
        from: "snowflake.account_usage.query_insights",
        why: "what Snowflake itself notes of queries: joins that explode, filters that prune nothing, spilling",
        since: "START_TIME >= DATEADD('day', -{}, CURRENT_DATE)\n  AND IS_OPPORTUNITY",
        written: &[],
        instead: &[],
    },
    Source {
        vendor: Vendor::Snowflake,
        name: "query_attribution_history",
        kind: RecordKind::QueryCredits,
        platform: SNOWFLAKE,
        from: "snowflake.account_usage.query_attribution_history",
        why: "credits of each query: without it the hours of a warehouse are split by time",
        since: "START_TIME >= DATEADD('day', -{}, CURRENT_DATE)",
        written: &[],
        instead: &[],
    },
    Source {
        vendor: Vendor::Snowflake,
        name: "query_metering_history",
        kind: RecordKind::QueryHours,
        platform: SNOWFLAKE,
        from: "snowflake.account_usage.query_metering_history",
        why: "credits of each query on adaptive warehouses, of which no other view tells; leave it out where there are none",
        since: "QUERY_METERING_HOUR >= DATEADD('day', -{}, CURRENT_DATE)",
        written: &[],
        instead: &[],
    },
    Source {
        vendor: Vendor::Snowflake,
        name: "access_history",
        kind: RecordKind::Accesses,
        platform: SNOWFLAKE,
        from: "snowflake.account_usage.access_history",
        why: "which table each query writes, which joins it to the code; Enterprise Edition has it",
        since: "QUERY_START_TIME >= DATEADD('day', -{}, CURRENT_DATE)",
        written: &[],
        instead: &[],
    },
    Source {
        vendor: Vendor::Snowflake,
        name: "task_history",
        kind: RecordKind::Starts,
        platform: SNOWFLAKE,
        from: "snowflake.account_usage.task_history",
        why: "which task started a query",
        since: "SCHEDULED_TIME >= DATEADD('day', -{}, CURRENT_DATE)",
        written: &[],
        instead: &[],
    },
    Source {
        vendor: Vendor::Snowflake,
        name: "tag_references",
        kind: RecordKind::ObjectTags,
        platform: SNOWFLAKE,
        from: "snowflake.account_usage.tag_references",
        why: "which warehouse, database and table has which tag: money by tag and by team",
        // Tags are of today, whatever the days of the export.
        since: "DOMAIN IN ('WAREHOUSE', 'DATABASE', 'SCHEMA', 'TABLE') AND OBJECT_DELETED IS NULL",
        written: &[],
        instead: &[],
    },
    Source {
        vendor: Vendor::Snowflake,
        name: "table_storage_metrics",
        kind: RecordKind::TableSizes,
        platform: SNOWFLAKE,
        from: "snowflake.account_usage.table_storage_metrics",
        why: "how large each table is: what storage costs is split by it",
        // Time travel and fail-safe keep what was dropped for 97 days at most; clones, for as long as they live.
        since: "TABLE_DROPPED IS NULL OR RETAINED_FOR_CLONE_BYTES > 0\n  OR TABLE_DROPPED >= DATEADD('day', -{} - 97, CURRENT_DATE)",
        written: &[],
        instead: &[],
    },
    Source {
        vendor: Vendor::Snowflake,
        name: "warehouse_events_history",
        kind: RecordKind::WarehouseEvents,
        platform: SNOWFLAKE,
        from: "snowflake.account_usage.warehouse_events_history",
        why: "when clusters of warehouses began and stopped: idle seconds, where credits of queries are not exported",
        since: "EVENT_NAME IN ('RESUME_CLUSTER', 'SUSPEND_CLUSTER', 'RESUME_WAREHOUSE', 'SUSPEND_WAREHOUSE')\n  AND TIMESTAMP >= DATEADD('day', -{}, CURRENT_DATE)",
        written: &[],
        instead: &[],
    },
    Source {
        vendor: Vendor::Snowflake,
        name: "metering_daily_history",
        kind: RecordKind::ServiceDays,
        platform: SNOWFLAKE,
        from: "snowflake.account_usage.metering_daily_history",
        why: "services beside warehouses, and cloud services as they are billed",
        since: "USAGE_DATE >= DATEADD('day', -{}, CURRENT_DATE)",
        written: &[],
        instead: &[],
    },
    Source {
        vendor: Vendor::Snowflake,
        name: "automatic_clustering_history",
        kind: RecordKind::ServiceUses,
        platform: SNOWFLAKE,
        from: "snowflake.account_usage.automatic_clustering_history",
        why: "for which tables clustering works: what it costs is split by it",
        since: "START_TIME >= DATEADD('day', -{}, CURRENT_DATE)",
        written: &[],
        instead: &[],
    },
    Source {
        vendor: Vendor::Snowflake,
        name: "materialized_view_refresh_history",
        kind: RecordKind::ServiceUses,
        platform: SNOWFLAKE,
        from: "snowflake.account_usage.materialized_view_refresh_history",
        why: "which materialized views are refreshed, in the same way",
        since: "START_TIME >= DATEADD('day', -{}, CURRENT_DATE)",
        written: &[],
        instead: &[],
    },
    Source {
        vendor: Vendor::Snowflake,
        name: "search_optimization_history",
        kind: RecordKind::ServiceUses,
        platform: SNOWFLAKE,
        from: "snowflake.account_usage.search_optimization_history",
        why: "for which tables search optimization works, in the same way",
        since: "START_TIME >= DATEADD('day', -{}, CURRENT_DATE)",
        written: &[],
        instead: &[],
    },
    Source {
        vendor: Vendor::Snowflake,
        name: "pipe_usage_history",
        kind: RecordKind::ServiceUses,
        platform: SNOWFLAKE,
        from: "snowflake.account_usage.pipe_usage_history",
        why: "what each pipe loads, in the same way",
        since: "START_TIME >= DATEADD('day', -{}, CURRENT_DATE)",
        written: &[(Column::DatabaseName, "NULL"), (Column::SchemaName, "NULL")],
        instead: &[(Column::TableName, Column::PipeName)],
    },
    Source {
        vendor: Vendor::Snowflake,
        name: "serverless_task_history",
        kind: RecordKind::ServiceUses,
        platform: SNOWFLAKE,
        from: "snowflake.account_usage.serverless_task_history",
        why: "what each task without a warehouse uses, in the same way",
        since: "START_TIME >= DATEADD('day', -{}, CURRENT_DATE)",
        written: &[],
        instead: &[(Column::TableName, Column::TaskName)],
    },
    Source {
        vendor: Vendor::Snowflake,
        name: "rate_sheet_daily",
        kind: RecordKind::Rates,
        platform: SNOWFLAKE,
        from: "snowflake.organization_usage.rate_sheet_daily",
        why: "what a credit costs: without it prices of plumb.toml or the list hold",
        since: "DATE >= DATEADD('day', -{}, CURRENT_DATE)\n  AND ACCOUNT_LOCATOR = CURRENT_ACCOUNT()",
        written: &[],
        instead: &[],
    },
    Source {
        vendor: Vendor::Snowflake,
        name: "usage_in_currency_daily",
        kind: RecordKind::Invoiced,
        platform: SNOWFLAKE,
        from: "snowflake.organization_usage.usage_in_currency_daily",
        why: "storage and transfer in money, and what the invoice says beyond the credits",
        since: "USAGE_DATE >= DATEADD('day', -{}, CURRENT_DATE)\n  AND ACCOUNT_LOCATOR = CURRENT_ACCOUNT()",
        written: &[],
        instead: &[],
    },
    Source {
        vendor: Vendor::Databricks,
        name: "billing_usage",
        kind: RecordKind::UsageLines,
        platform: DATABRICKS,
        from: "system.billing.usage",
        why: "what was used, by whom and what for: the bill",
        since: "usage_date >= current_date() - INTERVAL {} DAYS",
        written: &[
            (
                Column::UsageMetadata,
                "to_json(struct(usage_metadata.job_id, usage_metadata.job_name, usage_metadata.dlt_pipeline_id,\n    usage_metadata.notebook_id, usage_metadata.app_id, usage_metadata.endpoint_name, usage_metadata.database_instance_id,\n    usage_metadata.dlt_maintenance_id, usage_metadata.warehouse_id, usage_metadata.cluster_id))",
            ),
            (Column::IdentityMetadata, "to_json(struct(identity_metadata.run_as))"),
            (Column::CustomTags, "to_json(custom_tags)"),
        ],
        instead: &[],
    },
    Source {
        vendor: Vendor::Databricks,
        name: "list_prices",
        kind: RecordKind::UnitPrices,
        platform: DATABRICKS,
        from: "system.billing.list_prices",
        why: "what a unit costs; export system.billing.account_prices the same way, where you have it",
        since: "price_end_time IS NULL OR price_end_time >= current_date() - INTERVAL {} DAYS",
        written: &[(Column::Pricing, "to_json(pricing)"), (Column::Currency, "currency_code")],
        instead: &[],
    },
    Source {
        vendor: Vendor::Databricks,
        name: "query_history",
        kind: RecordKind::Queries,
        platform: DATABRICKS,
        from: "system.query.history",
        why: "what ran on warehouses: without it a warehouse has one cause, which is not known",
        since: "start_time >= current_date() - INTERVAL {} DAYS",
        written: &[
            (Column::Compute, "to_json(compute)"),
            (Column::QuerySource, "to_json(query_source)"),
            (Column::QueryTags, "to_json(query_tags)"),
        ],
        instead: &[],
    },
    Source {
        vendor: Vendor::Databricks,
        name: "table_lineage",
        kind: RecordKind::Accesses,
        platform: DATABRICKS,
        from: "system.access.table_lineage",
        why: "which table each statement, job and pipeline writes, which joins it to the code",
        since: "event_time >= current_date() - INTERVAL {} DAYS",
        written: &[(Column::EntityMetadata, "to_json(entity_metadata)")],
        instead: &[],
    },
    Source {
        vendor: Vendor::Databricks,
        name: "predictive_optimization_operations_history",
        kind: RecordKind::ServiceUses,
        platform: DATABRICKS,
        from: "system.storage.predictive_optimization_operations_history",
        why: "for which tables predictive optimization works: what it costs is split by it",
        since: "start_time >= current_date() - INTERVAL {} DAYS",
        written: &[],
        instead: &[],
    },
    Source {
        vendor: Vendor::Databricks,
        name: "jobs",
        kind: RecordKind::ObjectNames,
        platform: DATABRICKS,
        from: "system.lakeflow.jobs",
        why: "what jobs are called, which joins them to the code",
        since: "delete_time IS NULL OR delete_time >= current_date() - INTERVAL {} DAYS",
        written: &[],
        instead: &[],
    },
    Source {
        vendor: Vendor::Databricks,
        name: "pipelines",
        kind: RecordKind::ObjectNames,
        platform: DATABRICKS,
        from: "system.lakeflow.pipelines",
        why: "what pipelines are called, which joins them to the code",
        since: "delete_time IS NULL OR delete_time >= current_date() - INTERVAL {} DAYS",
        written: &[],
        instead: &[(Column::JobId, Column::PipelineId)],
    },
    Source {
        vendor: Vendor::Databricks,
        name: "warehouse_events",
        kind: RecordKind::WarehouseEvents,
        platform: DATABRICKS,
        from: "system.compute.warehouse_events",
        why: "when SQL warehouses began and stopped: without it their idle is in what their queries cost",
        since: "event_time >= current_date() - INTERVAL {} DAYS",
        written: &[],
        instead: &[],
    },
    Source {
        vendor: Vendor::Databricks,
        name: "node_timeline",
        kind: RecordKind::NodeLoads,
        platform: DATABRICKS,
        from: "system.compute.node_timeline",
        why: "how busy machines of clusters were, minute by minute, for 90 days at most: clusters that are too large",
        since: "start_time >= current_date() - INTERVAL {} DAYS",
        written: &[],
        instead: &[],
    },
    Source {
        vendor: Vendor::Databricks,
        name: "job_task_run_timeline",
        kind: RecordKind::JobRuns,
        platform: DATABRICKS,
        from: "system.lakeflow.job_task_run_timeline",
        why: "which job ran when on which cluster: a shared cluster without event logs is split by it",
        since: "period_start_time >= current_date() - INTERVAL {} DAYS",
        written: &[(Column::ComputeIds, "to_json(compute_ids)")],
        instead: &[],
    },
    Source {
        vendor: Vendor::Databricks,
        name: "job_run_timeline",
        kind: RecordKind::WholeRuns,
        platform: DATABRICKS,
        from: "system.lakeflow.job_run_timeline",
        why: "the same of jobs as wholes, where runs of their tasks are not exported",
        since: "period_start_time >= current_date() - INTERVAL {} DAYS",
        written: &[(Column::ComputeIds, "to_json(compute_ids)")],
        instead: &[],
    },
    Source {
        vendor: Vendor::Databricks,
        name: "pipeline_update_timeline",
        kind: RecordKind::Updates,
        platform: DATABRICKS,
        from: "system.lakeflow.pipeline_update_timeline",
        why: "which pipeline ran when on which cluster",
        since: "period_start_time >= current_date() - INTERVAL {} DAYS",
        written: &[(Column::Compute, "to_json(compute)")],
        instead: &[],
    },
    Source {
        vendor: Vendor::Databricks,
        name: "job_tasks",
        kind: RecordKind::JobTasks,
        platform: DATABRICKS,
        from: "system.lakeflow.job_tasks",
        why: "which tasks jobs have: a job that is deployed under another name is known by them",
        since: "delete_time IS NULL OR delete_time >= current_date() - INTERVAL {} DAYS",
        written: &[],
        instead: &[],
    },
    Source {
        vendor: Vendor::Databricks,
        name: "warehouses",
        kind: RecordKind::ObjectNames,
        platform: DATABRICKS,
        from: "system.compute.warehouses",
        why: "what warehouses are called, of which bills know the ids",
        since: "delete_time IS NULL OR delete_time >= current_date() - INTERVAL {} DAYS",
        written: &[],
        instead: &[(Column::JobId, Column::WarehouseId), (Column::Name, Column::WarehouseName)],
    },
    Source {
        vendor: Vendor::Databricks,
        name: "clusters",
        kind: RecordKind::ObjectNames,
        platform: DATABRICKS,
        from: "system.compute.clusters",
        why: "what clusters are called, in the same way",
        since: "delete_time IS NULL OR delete_time >= current_date() - INTERVAL {} DAYS",
        written: &[],
        instead: &[(Column::JobId, Column::ClusterId), (Column::Name, Column::ClusterName)],
    },
    Source {
        vendor: Vendor::Aws,
        name: "cost_and_usage",
        kind: RecordKind::CostAndUsage,
        platform: None,
        from: "cur2",
        why: "every line of the bill, with resources and tags",
        since: "line_item_usage_start_date >= current_date - interval '{}' day",
        written: &[
            // What a map does not have is an error behind brackets.
            (Column::CurProductName, "element_at(product, 'product_name')"),
            (Column::CurTags, "json_format(CAST(resource_tags AS json))"),
        ],
        instead: &[],
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{Columns, Recognized, recognize};

    /// Columns of each view, as its platform documents them; as many as a kit may ask for, and some more.
    const DOCUMENTED: &[(&str, &str)] = &[
        (
            "snowflake.account_usage.warehouse_metering_history",
            "start_time end_time warehouse_id warehouse_name credits_used credits_used_compute \
             credits_used_cloud_services credits_attributed_compute_queries",
        ),
        (
            "snowflake.account_usage.query_history",
            "query_id query_text user_name warehouse_id warehouse_name warehouse_size cluster_number query_tag \
             start_time end_time compilation_time queued_provisioning_time queued_repair_time queued_overload_time \
             list_external_files_time credits_used_cloud_services query_hash query_parameterized_hash",
        ),
        (
            "snowflake.account_usage.query_attribution_history",
            "query_id warehouse_id warehouse_name query_hash query_parameterized_hash query_tag user_name start_time \
             end_time credits_attributed_compute",
        ),
        (
            "snowflake.account_usage.query_metering_history",
            "query_id warehouse_id warehouse_name query_metering_hour query_start_time query_end_time parent_query_id \
             root_query_id user_id user_name role_name query_hash query_parameterized_hash query_tag \
             credits_used_compute credits_used_cloud_services credits_used",
        ),
        (
            "snowflake.account_usage.access_history",
            "query_id query_start_time user_name direct_objects_accessed base_objects_accessed objects_modified \
             object_modified_by_ddl policies_referenced parent_query_id root_query_id",
        ),
        (
            "snowflake.account_usage.task_history",
            "name query_text condition_text schema_name database_name scheduled_time completed_time state \
             return_value query_id query_start_time graph_version run_id root_task_id scheduled_from",
        ),
        (
            "snowflake.account_usage.table_storage_metrics",
            "id table_name table_schema table_schema_id table_catalog table_catalog_id clone_group_id is_transient \
             active_bytes time_travel_bytes failsafe_bytes retained_for_clone_bytes deleted table_created \
             table_dropped table_entered_failsafe",
        ),
        (
            "snowflake.account_usage.warehouse_events_history",
            "timestamp warehouse_id warehouse_name cluster_number event_name event_reason event_state user_name \
             role_name query_id size cluster_count warehouse_type",
        ),
        (
            "system.compute.warehouse_events",
            "account_id workspace_id warehouse_id event_type cluster_count event_time",
        ),
        (
            "system.compute.node_timeline",
            "workspace_id cluster_id instance_id start_time end_time driver cpu_user_percent cpu_system_percent \
             cpu_wait_percent mem_used_percent mem_swap_percent network_sent_bytes network_received_bytes \
             disk_free_bytes_per_mount_point node_type",
        ),
        (
            "snowflake.account_usage.metering_daily_history",
            "service_type usage_date credits_used_compute credits_used_cloud_services credits_used \
             credits_adjustment_cloud_services credits_billed",
        ),
        (
            "snowflake.account_usage.tag_references",
            "tag_database tag_schema tag_id tag_name tag_value object_database object_schema object_id object_name \
             object_deleted domain column_id column_name apply_method",
        ),
        (
            "snowflake.account_usage.query_insights",
            "start_time end_time total_elapsed_time query_id query_hash query_parameterized_hash warehouse_id \
             warehouse_name insight_instance_id insight_type_id message suggestions is_opportunity insight_topic",
        ),
        (
            "snowflake.account_usage.automatic_clustering_history",
            "start_time end_time credits_used num_bytes_reclustered num_rows_reclustered table_id table_name schema_id \
             schema_name database_id database_name instance_id",
        ),
        (
            "snowflake.account_usage.materialized_view_refresh_history",
            "start_time end_time credits_used table_id table_name schema_id schema_name database_id database_name",
        ),
        (
            "snowflake.account_usage.search_optimization_history",
            "start_time end_time credits_used table_id table_name schema_id schema_name database_id database_name",
        ),
        (
            "snowflake.account_usage.pipe_usage_history",
            "pipe_id pipe_name start_time end_time credits_used bytes_inserted files_inserted",
        ),
        (
            "snowflake.account_usage.serverless_task_history",
            "start_time end_time credits_used task_id task_name schema_id schema_name database_id database_name",
        ),
        (
            "system.storage.predictive_optimization_operations_history",
            "account_id workspace_id start_time end_time metastore_name metastore_id catalog_name schema_id schema_name \
             table_id table_name operation_type operation_id operation_status operation_metrics usage_unit \
             usage_quantity",
        ),
        (
            "snowflake.organization_usage.rate_sheet_daily",
            "date organization_name contract_number account_name account_locator region service_level usage_type \
             currency effective_rate service_type rating_type billing_type is_adjustment",
        ),
        (
            "snowflake.organization_usage.usage_in_currency_daily",
            "usage_date organization_name contract_number account_name account_locator region service_level usage \
             usage_type usage_in_currency currency balance_source service_type rating_type billing_type is_adjustment",
        ),
        (
            "system.billing.usage",
            "record_id account_id workspace_id sku_name cloud usage_start_time usage_end_time usage_date custom_tags \
             usage_unit usage_quantity usage_metadata identity_metadata record_type billing_origin_product",
        ),
        (
            "system.billing.list_prices",
            "price_start_time price_end_time account_id sku_name cloud currency_code usage_unit pricing",
        ),
        (
            "system.query.history",
            "account_id workspace_id statement_id executed_by compute statement_text waiting_for_compute_duration_ms \
             waiting_at_capacity_duration_ms compilation_duration_ms total_task_duration_ms result_fetch_duration_ms \
             start_time end_time query_source query_tags",
        ),
        (
            "system.access.table_lineage",
            "account_id metastore_id workspace_id entity_type entity_id entity_run_id source_table_full_name \
             source_type target_table_full_name target_type created_by event_time event_date record_id event_id \
             statement_id entity_metadata",
        ),
        (
            "system.lakeflow.jobs",
            "account_id workspace_id job_id name description creator_id tags change_time delete_time run_as",
        ),
        (
            "system.lakeflow.pipelines",
            "account_id workspace_id pipeline_id pipeline_type name created_by run_as tags change_time delete_time",
        ),
        (
            "system.lakeflow.job_task_run_timeline",
            "account_id workspace_id job_id run_id job_run_id parent_run_id task_key period_start_time period_end_time \
             compute_ids compute result_state termination_code",
        ),
        (
            "system.lakeflow.job_run_timeline",
            "account_id workspace_id job_id run_id period_start_time period_end_time trigger_type run_type run_name \
             compute_ids result_state termination_code job_parameters",
        ),
        (
            "system.lakeflow.pipeline_update_timeline",
            "account_id workspace_id pipeline_id update_id update_type request_id run_as_user_name trigger_type \
             trigger_details result_state compute period_start_time period_end_time refresh_selection",
        ),
        (
            "system.lakeflow.job_tasks",
            "account_id workspace_id job_id task_key depends_on_keys change_time delete_time timeout_seconds",
        ),
        (
            "system.compute.warehouses",
            "account_id workspace_id warehouse_id warehouse_name warehouse_type warehouse_channel warehouse_size \
             min_clusters max_clusters auto_stop_minutes tags change_time delete_time",
        ),
        (
            "system.compute.clusters",
            "account_id workspace_id cluster_id cluster_name owned_by create_time delete_time tags change_time",
        ),
        (
            "cur2",
            "identity_line_item_id identity_time_interval bill_billing_entity line_item_line_item_type line_item_usage_start_date line_item_usage_end_date \
             line_item_product_code line_item_resource_id line_item_currency_code line_item_unblended_cost \
             line_item_legal_entity product resource_tags split_line_item_parent_resource_id \
             savings_plan_savings_plan_a_r_n savings_plan_savings_plan_effective_cost \
             savings_plan_total_commitment_to_date savings_plan_used_commitment reservation_reservation_a_r_n \
             reservation_effective_cost reservation_unused_recurring_fee \
             reservation_unused_amortized_upfront_fee_for_billing_period",
        ),
    ];

    /// Words of a query that are no columns; what stands behind `AS` is a name that it gives.
    const WORDS: &[&str] = &[
        "select",
        "where",
        "in",
        "and",
        "or",
        "is",
        "null",
        "cast",
        "as",
        "json",
        "struct",
        "to_json",
        "json_format",
        "interval",
        "days",
        "day",
        "dateadd",
        "element_at",
        "current_date",
        "current_account",
    ];

    /// Columns that a query of a kit reads, without those within them.
    fn asked(export: &Export) -> BTreeSet<String> {
        let query = export.query.to_lowercase().replace(export.from, "").replace("\nfrom ", "\n");
        // Texts alternate with what is none.
        let code: String = query.split('\'').step_by(2).collect::<Vec<_>>().join(" ");
        let part = |it: char| !(it.is_alphanumeric() || it == '_' || it == '.');
        let words: Vec<&str> = code.split(part).filter(|word| !word.is_empty()).collect();
        let before = std::iter::once("").chain(words.iter().copied());
        let named = before.zip(&words).filter(|(before, _)| *before != "as");
        let columns = named.map(|(_, word)| word.split('.').next().unwrap_or(word));
        let is_column = |word: &&str| {
            !WORDS.contains(word) && !word.starts_with(|it: char| it.is_ascii_digit())
        };
        columns.filter(is_column).map(str::to_owned).collect()
    }

    #[test]
    fn a_kit_asks_a_view_for_columns_that_it_has() {
        for export in Vendor::ALL.into_iter().flat_map(|(_, vendor)| kit(vendor, 30)) {
            let view = DOCUMENTED.iter().find(|(view, _)| *view == export.from);
            let has: BTreeSet<&str> = view.expect("a view").1.split(' ').collect();
            let asked = asked(&export);
            let lacks: Vec<_> = asked.iter().filter(|it| !has.contains(it.as_str())).collect();
            assert!(lacks.is_empty(), "{} has no {lacks:?}:\n{}", export.from, export.query);
            assert!(asked.len() >= 3, "{asked:?}");
            assert!(!export.why.contains("--"), "{}", export.why);
        }
    }

    #[test]
    fn a_column_that_a_view_does_not_have_is_seen() {
        let mut export = kit(Vendor::Databricks, 30).remove(5);
        assert_eq!(export.name, "jobs");
        export.query = export.query.replace("job_id", "usage_metadata.job_id");
        assert!(asked(&export).contains("usage_metadata"), "{:?}", asked(&export));
    }

    #[test]
    fn what_a_kit_exports_is_recognised_and_lacks_nothing() {
        for (word, vendor) in Vendor::ALL {
            let kit = kit(vendor, 30);
            assert!(!kit.is_empty(), "{word}");
            for export in kit {
                let columns = Columns::of(export.columns.iter().copied());
                let Recognized::Kind(kind) = recognize(&format!("{}.csv", export.name), &columns)
                else {
                    panic!("{} is not recognised", export.name)
                };
                assert_eq!(kind.holds, export.kind, "{}", export.name);
                assert_eq!(kind.lacks(&columns), [""; 0], "{}", export.name);
                let once: BTreeSet<_> = export.columns.iter().collect();
                assert_eq!(once.len(), export.columns.len(), "{} names one twice", export.name);
                let is_of_today = export.kind == RecordKind::ObjectTags;
                assert!(is_of_today || export.query.contains("30"), "{} has no end", export.name);
            }
        }
    }
}
