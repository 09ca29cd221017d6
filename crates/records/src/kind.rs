//! Kinds of records: by which columns each is told, and what it cannot do without.

use plumb_base::record::usage::{Platform, RecordKind};

use crate::access;
use crate::cloud;
use crate::column::bare;
use crate::read::{self, Read};
use crate::service;
use crate::{Column, Columns};

/// A kind of file.
pub struct Kind {
    /// What its rows are.
    pub holds: RecordKind,
    /// Whose export it is, where that is one platform's.
    pub platform: Option<Platform>,
    /// What its file is mostly called; the platform's name of the view.
    pub name: &'static str,
    /// Columns that tell it, of each list at least one.
    tells: &'static [&'static [Column]],
    /// Columns that tell that it is something else.
    not: &'static [Column],
    /// Columns without which it says nothing, beside those that tell it.
    needs: &'static [Column],
    /// Columns that it is better to have.
    better: &'static [Column],
    /// Columns that are read where one of the others is missing, because exports differ.
    #[cfg_attr(not(test), expect(dead_code, reason = "tests hold the lists against what is read"))]
    instead: &'static [Column],
    /// Turns a row into a record.
    pub(crate) read: Read,
}

impl Kind {
    /// Every column that an export should have, in the order in which they matter.
    pub(crate) fn columns(&self) -> impl Iterator<Item = Column> {
        let tells = self.tells.iter().filter_map(|list| list.first());
        let needs = self.needs.iter().filter(|it| !self.tells.iter().any(|list| list[0] == **it));
        tells.chain(needs).chain(self.better).copied()
    }

    /// Every column that is read of it, under whatever name or in whatever place.
    #[cfg(test)]
    pub(crate) fn every(&self) -> std::collections::BTreeSet<Column> {
        self.columns().chain(self.instead.iter().copied()).collect()
    }

    /// Columns that it is better to have, and that a header lacks.
    pub fn lacks(&self, columns: &Columns) -> Vec<&'static str> {
        self.better.iter().filter(|it| !columns.has(**it)).map(|it| it.name()).collect()
    }
}

/// What a header is.
pub enum Recognized {
    /// A kind of records.
    Kind(&'static Kind),
    /// It is called like a kind, or looks like one, and lacks columns.
    Lacking(&'static Kind, Vec<Lack>),
    /// Nothing of this.
    Other,
}

/// A column that is not there, and the one that may be it under another name.
pub struct Lack {
    /// Its name, as documentation writes it.
    pub name: &'static str,
    /// A column that nobody reads and whose name has most of its words.
    pub renamed: Option<String>,
}

impl std::fmt::Display for Lack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.renamed {
            Some(other) => write!(f, "`{}` (`{other}` may be it)", self.name),
            None => write!(f, "`{}`", self.name),
        }
    }
}

/// Tells what a file is by its columns, and by its name where they are not enough.
pub fn recognize(path: &str, columns: &Columns) -> Recognized {
    let told = |kind: &&Kind| {
        let any = |list: &[Column]| list.iter().any(|column| columns.has(*column));
        kind.tells.iter().all(|list| any(list)) && !kind.not.iter().any(|it| columns.has(*it))
    };
    let lacks = |kind: &Kind| -> Vec<Lack> {
        let tells = kind.tells.iter().filter(|list| !list.iter().any(|it| columns.has(*it)));
        let needs = kind.needs.iter().filter(|column| !columns.has(**column));
        let lack = |column: &Column| {
            let name = column.name();
            Lack { name, renamed: columns.renamed(name).map(str::to_owned) }
        };
        let mut missing: Vec<&Column> =
            tells.filter_map(|list| list.first()).chain(needs).collect();
        missing.sort();
        missing.dedup();
        missing.into_iter().map(lack).collect()
    };
    if let Some(kind) = KINDS.iter().find(told) {
        let lacks = lacks(kind);
        return if lacks.is_empty() {
            Recognized::Kind(kind)
        } else {
            Recognized::Lacking(kind, lacks)
        };
    }
    let file = bare(path.rsplit_once('/').map_or(path, |(_, name)| name));
    // The longest name counts: `query_history` is a part of `query_attribution_history` in none, but may be.
    let named = KINDS.iter().filter(|kind| file.contains(&bare(kind.name)));
    let some =
        |kind: &&Kind| kind.tells.iter().flat_map(|list| list.iter()).any(|it| columns.has(*it));
    match named.filter(some).max_by_key(|kind| kind.name.len()) {
        Some(kind) => Recognized::Lacking(kind, lacks(kind)),
        None => Recognized::Other,
    }
}

const SNOWFLAKE: Option<Platform> = Some(Platform::Snowflake);
const DATABRICKS: Option<Platform> = Some(Platform::Databricks);

/// The first that fits counts.
static KINDS: &[Kind] = &[
    Kind {
        holds: RecordKind::QueryCredits,
        platform: SNOWFLAKE,
        name: "query_attribution_history",
        tells: &[&[Column::QueryId], &[Column::CreditsAttributed]],
        not: &[],
        needs: &[Column::WarehouseName, Column::StartTime, Column::EndTime],
        better: &[Column::UserName, Column::QueryTag, Column::ParameterizedHash],
        instead: &[],
        read: read::query_credits,
    },
    Kind {
        holds: RecordKind::Insights,
        platform: SNOWFLAKE,
        name: "query_insights",
        tells: &[&[Column::QueryId], &[Column::InsightType]],
        not: &[],
        needs: &[Column::StartTime],
        better: &[Column::IsOpportunity],
        instead: &[],
        read: read::insight,
    },
    Kind {
        holds: RecordKind::Queries,
        platform: SNOWFLAKE,
        name: "query_history",
        tells: &[
            &[Column::QueryId],
            &[Column::WarehouseName],
            &[Column::StartTime],
            &[Column::EndTime],
        ],
        not: &[Column::InsightType, Column::CreditsUsed, Column::CreditsCompute],
        needs: &[],
        better: &[
            Column::QueryText,
            Column::UserName,
            Column::WarehouseSize,
            Column::QueryTag,
            Column::CompilationTime,
            Column::QueuedProvisioning,
            Column::QueuedRepair,
            Column::QueuedOverload,
            Column::ListExternalFiles,
            Column::ClusterNumber,
            Column::CreditsCloudServices,
            Column::ParameterizedHash,
        ],
        instead: &[],
        read: read::snowflake_query,
    },
    Kind {
        holds: RecordKind::QueryHours,
        platform: SNOWFLAKE,
        name: "query_metering_history",
        tells: &[&[Column::QueryId], &[Column::MeteringHour], &[Column::CreditsCompute]],
        not: &[],
        needs: &[Column::WarehouseName],
        better: &[Column::UserName, Column::QueryTag, Column::ParameterizedHash],
        instead: &[],
        read: read::query_hour,
    },
    Kind {
        holds: RecordKind::Accesses,
        platform: SNOWFLAKE,
        name: "access_history",
        tells: &[&[Column::QueryId], &[Column::ObjectsModified]],
        not: &[],
        needs: &[],
        better: &[Column::BaseObjects, Column::DirectObjects],
        instead: &[],
        read: access::snowflake,
    },
    Kind {
        holds: RecordKind::Accesses,
        platform: DATABRICKS,
        name: "table_lineage",
        tells: &[&[Column::TargetTable], &[Column::SourceTable]],
        // Lineage of columns says the same once for each of them.
        not: &[Column::TargetField],
        needs: &[],
        better: &[
            Column::StatementId,
            Column::EntityType,
            Column::EntityId,
            Column::EntityMetadata,
        ],
        instead: &[],
        read: access::databricks,
    },
    Kind {
        holds: RecordKind::TableSizes,
        platform: SNOWFLAKE,
        name: "table_storage_metrics",
        tells: &[&[Column::TableName], &[Column::ActiveBytes]],
        not: &[],
        needs: &[Column::TableCatalog, Column::TableSchema],
        better: &[
            Column::TableId,
            Column::TimeTravelBytes,
            Column::FailsafeBytes,
            Column::CloneBytes,
        ],
        instead: &[],
        read: access::table_size,
    },
    Kind {
        holds: RecordKind::ServiceUses,
        platform: SNOWFLAKE,
        name: "service_history",
        tells: &[
            &[Column::TableName, Column::PipeName, Column::TaskName],
            &[Column::CreditsUsed],
            &[Column::StartTime],
        ],
        not: &[Column::WarehouseName, Column::QueryId, Column::CreditsCompute],
        needs: &[],
        better: &[Column::DatabaseName, Column::SchemaName],
        instead: &[
            Column::PipeName,
            Column::TaskName,
            Column::RowsReclustered,
            Column::ServiceType,
        ],
        read: service::snowflake,
    },
    Kind {
        holds: RecordKind::ServiceUses,
        platform: DATABRICKS,
        name: "predictive_optimization_operations_history",
        tells: &[&[Column::OperationType], &[Column::UsageQuantity], &[Column::TableName]],
        not: &[],
        needs: &[Column::StartTime],
        better: &[Column::CatalogName, Column::SchemaName],
        instead: &[],
        read: service::databricks,
    },
    Kind {
        holds: RecordKind::ObjectTags,
        platform: SNOWFLAKE,
        name: "tag_references",
        tells: &[&[Column::TagName], &[Column::TagValue], &[Column::ObjectName]],
        not: &[],
        needs: &[Column::Domain],
        better: &[Column::ObjectDatabase, Column::ObjectSchema, Column::ObjectDeleted],
        instead: &[],
        read: read::object_tag,
    },
    Kind {
        holds: RecordKind::Starts,
        platform: SNOWFLAKE,
        name: "task_history",
        tells: &[
            &[Column::QueryId],
            &[Column::Name],
            &[Column::DatabaseName],
            &[Column::SchemaName],
        ],
        not: &[],
        needs: &[],
        better: &[],
        instead: &[],
        read: access::task,
    },
    Kind {
        holds: RecordKind::WarehouseHours,
        platform: SNOWFLAKE,
        name: "warehouse_metering_history",
        tells: &[
            &[Column::WarehouseName],
            &[Column::CreditsCompute, Column::CreditsUsed],
            &[Column::StartTime],
        ],
        not: &[Column::QueryId],
        needs: &[Column::CreditsCompute],
        better: &[Column::CreditsCloudServices, Column::CreditsOfQueries],
        instead: &[Column::Account, Column::WarehouseId],
        read: read::warehouse_hour,
    },
    Kind {
        holds: RecordKind::ServiceDays,
        platform: SNOWFLAKE,
        name: "metering_daily_history",
        tells: &[
            &[Column::ServiceType],
            &[Column::UsageDate],
            &[Column::CreditsBilled, Column::CreditsUsed, Column::CreditsCompute],
        ],
        not: &[],
        needs: &[],
        better: &[Column::CreditsCompute, Column::CreditsCloudServices, Column::CreditsAdjusted],
        instead: &[Column::CreditsUsed, Column::Account],
        read: read::service_day,
    },
    Kind {
        holds: RecordKind::Rates,
        platform: SNOWFLAKE,
        name: "rate_sheet_daily",
        tells: &[
            &[Column::EffectiveRate],
            &[Column::Date],
            &[Column::ServiceType, Column::UsageType],
        ],
        not: &[],
        needs: &[Column::Currency],
        better: &[Column::UsageType, Column::BillingType, Column::IsAdjustment],
        instead: &[],
        read: read::rate,
    },
    Kind {
        holds: RecordKind::Invoiced,
        platform: SNOWFLAKE,
        name: "usage_in_currency_daily",
        tells: &[
            &[Column::UsageInCurrency],
            &[Column::UsageDate],
            &[Column::ServiceType, Column::UsageType],
        ],
        not: &[],
        needs: &[Column::Currency],
        better: &[Column::UsageType, Column::RatingType, Column::Usage, Column::BalanceSource],
        instead: &[Column::Account, Column::IsAdjustment],
        read: read::invoiced,
    },
    Kind {
        holds: RecordKind::UsageLines,
        platform: DATABRICKS,
        name: "billing_usage",
        tells: &[&[Column::UsageQuantity], &[Column::Sku]],
        not: &[],
        needs: &[Column::UsageUnit, Column::UsageStart],
        better: &[
            Column::RecordId,
            Column::Cloud,
            Column::BillingProduct,
            Column::UsageMetadata,
            Column::IdentityMetadata,
            Column::CustomTags,
        ],
        instead: &[
            Column::JobId,
            Column::PipelineId,
            Column::NotebookId,
            Column::WarehouseId,
            Column::ClusterId,
            Column::RunAs,
        ],
        read: read::usage,
    },
    Kind {
        holds: RecordKind::UnitPrices,
        platform: DATABRICKS,
        name: "list_prices",
        tells: &[&[Column::PriceStart], &[Column::Sku]],
        not: &[],
        needs: &[Column::Pricing, Column::Currency, Column::UsageUnit],
        better: &[Column::Cloud, Column::PriceEnd],
        instead: &[],
        read: read::list_price,
    },
    Kind {
        holds: RecordKind::JobRuns,
        platform: DATABRICKS,
        name: "job_task_run_timeline",
        tells: &[
            &[Column::PeriodStart],
            &[Column::PeriodEnd],
            &[Column::JobId],
            &[Column::ComputeIds],
        ],
        not: &[],
        needs: &[Column::RunId],
        better: &[],
        instead: &[],
        read: read::job_run,
    },
    Kind {
        holds: RecordKind::ObjectNames,
        platform: DATABRICKS,
        name: "lakeflow",
        tells: &[
            &[Column::JobId, Column::PipelineId, Column::WarehouseId, Column::ClusterId],
            &[Column::Name, Column::WarehouseName, Column::ClusterName],
            &[Column::ChangeTime],
        ],
        not: &[],
        needs: &[],
        better: &[],
        instead: &[
            Column::PipelineId,
            Column::WarehouseId,
            Column::ClusterId,
            Column::WarehouseName,
            Column::ClusterName,
        ],
        read: read::object_name,
    },
    Kind {
        holds: RecordKind::Queries,
        platform: DATABRICKS,
        name: "query_history",
        tells: &[&[Column::StatementId], &[Column::StartTime], &[Column::EndTime]],
        not: &[],
        needs: &[],
        better: &[
            Column::StatementText,
            Column::ExecutedBy,
            Column::Compute,
            Column::TaskMs,
            Column::CompilationMs,
            Column::ResultFetchMs,
            Column::WaitingComputeMs,
            Column::WaitingCapacityMs,
            Column::QuerySource,
            Column::QueryTags,
        ],
        instead: &[Column::WarehouseId],
        read: read::databricks_query,
    },
    Kind {
        holds: RecordKind::BillLines,
        platform: None,
        name: "focus",
        tells: &[&[Column::BilledCost], &[Column::ChargePeriodStart]],
        not: &[],
        needs: &[Column::BillingCurrency],
        better: &[
            Column::Provider,
            Column::ServiceName,
            Column::ChargeCategory,
            Column::ResourceId,
            Column::ResourceName,
            Column::ChargePeriodEnd,
            Column::Tags,
            Column::CommitmentId,
            Column::CommitmentStatus,
            Column::EffectiveCost,
        ],
        instead: &[],
        read: cloud::focus,
    },
    Kind {
        holds: RecordKind::CostAndUsage,
        platform: None,
        name: "cost_and_usage",
        tells: &[&[Column::CurCost], &[Column::CurType]],
        not: &[],
        needs: &[Column::CurStart, Column::CurProductCode, Column::CurCurrency],
        better: &[
            Column::CurLine,
            Column::CurInterval,
            Column::CurEnd,
            Column::CurResource,
            Column::CurTags,
            Column::CurBillingEntity,
            Column::CurProductName,
            Column::CurLegalEntity,
            Column::CurSplitParent,
            Column::CurPlan,
            Column::CurPlanCost,
            Column::CurPlanCommitted,
            Column::CurPlanUsed,
            Column::CurReservation,
            Column::CurReservationCost,
            Column::CurReservationUnused,
            Column::CurReservationUnusedUpfront,
        ],
        instead: &[Column::CurProduct],
        read: cloud::report,
    },
];

/// The kind of a file that was recognised before.
pub(crate) fn kind(kind: RecordKind, platform: Option<Platform>) -> Option<&'static Kind> {
    KINDS.iter().find(|it| it.holds == kind && it.platform == platform)
}

/// Every kind.
#[cfg(test)]
pub(crate) fn all() -> &'static [Kind] {
    KINDS
}
