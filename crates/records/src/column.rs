//! Columns of records, by the names that exports give them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A column that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Column {
    Account,
    ActiveBytes,
    BalanceSource,
    BaseObjects,
    BilledCost,
    BillingCurrency,
    BillingProduct,
    BillingType,
    ChangeTime,
    ChargeCategory,
    ChargePeriodEnd,
    ChargePeriodStart,
    CloneBytes,
    Cloud,
    ClusterId,
    ClusterNumber,
    CommitmentId,
    CommitmentStatus,
    CompilationMs,
    CompilationTime,
    Compute,
    CreditsAdjusted,
    CreditsAttributed,
    CreditsBilled,
    CreditsCloudServices,
    CreditsCompute,
    CreditsOfQueries,
    CreditsUsed,
    CurBillingEntity,
    CurCost,
    CurCurrency,
    CurEnd,
    CurLegalEntity,
    CurPlan,
    CurPlanCommitted,
    CurPlanCost,
    CurPlanUsed,
    CurProduct,
    CurProductCode,
    CurProductName,
    CurReservation,
    CurReservationCost,
    CurReservationUnused,
    CurReservationUnusedUpfront,
    CurResource,
    CurSplitParent,
    CurStart,
    CurTags,
    CurType,
    Currency,
    CustomTags,
    DatabaseName,
    Date,
    DirectObjects,
    EffectiveCost,
    EffectiveRate,
    EndTime,
    EntityId,
    EntityMetadata,
    EntityType,
    ExecutedBy,
    FailsafeBytes,
    IdentityMetadata,
    InsightType,
    IsAdjustment,
    JobId,
    ListExternalFiles,
    MeteringHour,
    Name,
    NotebookId,
    ObjectsModified,
    ParameterizedHash,
    PipelineId,
    PriceEnd,
    PriceStart,
    Pricing,
    Provider,
    QueryId,
    QuerySource,
    QueryTag,
    QueryTags,
    QueryText,
    QueuedOverload,
    QueuedProvisioning,
    QueuedRepair,
    RatingType,
    RecordId,
    ResourceId,
    ResourceName,
    ResultFetchMs,
    RunAs,
    SchemaName,
    ServiceName,
    ServiceType,
    Sku,
    SourceTable,
    StartTime,
    StatementId,
    StatementText,
    TableCatalog,
    TableId,
    TableName,
    TableSchema,
    Tags,
    TargetField,
    TargetTable,
    TaskMs,
    TimeTravelBytes,
    Usage,
    UsageDate,
    UsageInCurrency,
    UsageMetadata,
    UsageQuantity,
    UsageStart,
    UsageType,
    UsageUnit,
    UserName,
    WaitingCapacityMs,
    WaitingComputeMs,
    WarehouseId,
    WarehouseName,
    WarehouseSize,
}

impl Column {
    /// How many there are.
    pub(crate) const COUNT: usize = NAMES.len();

    /// Every column, in order.
    #[cfg(test)]
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|(column, _)| *column)
    }

    /// Its name, as documentation writes it.
    pub(crate) fn name(self) -> &'static str {
        NAMES[self as usize].1[0]
    }

    /// The column that a header names: case, spaces and underscores do not count.
    pub(crate) fn of(header: &str) -> Option<Self> {
        static BARE: LazyLock<BTreeMap<String, Column>> = LazyLock::new(|| {
            let each =
                NAMES.iter().flat_map(|(column, names)| names.iter().map(move |it| (it, column)));
            each.map(|(name, column)| (bare(name), *column)).collect()
        });
        BARE.get(&bare(header)).copied()
    }
}

/// A name without what does not count.
pub(super) fn bare(name: &str) -> String {
    name.chars().filter(|it| it.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Every column with its names, in the order of the list above.
const NAMES: &[(Column, &[&str])] = &[
    (Column::Account, &["ACCOUNT_NAME", "ACCOUNT_LOCATOR"]),
    (Column::ActiveBytes, &["ACTIVE_BYTES"]),
    (Column::BalanceSource, &["BALANCE_SOURCE"]),
    (Column::BaseObjects, &["BASE_OBJECTS_ACCESSED"]),
    (Column::BilledCost, &["BilledCost"]),
    (Column::BillingCurrency, &["BillingCurrency"]),
    (Column::BillingProduct, &["billing_origin_product"]),
    (Column::BillingType, &["BILLING_TYPE"]),
    (Column::ChangeTime, &["change_time"]),
    (Column::ChargeCategory, &["ChargeCategory"]),
    (Column::ChargePeriodEnd, &["ChargePeriodEnd"]),
    (Column::ChargePeriodStart, &["ChargePeriodStart"]),
    (Column::CloneBytes, &["RETAINED_FOR_CLONE_BYTES"]),
    (Column::Cloud, &["cloud"]),
    (Column::ClusterId, &["cluster_id", "usage_metadata.cluster_id"]),
    (Column::ClusterNumber, &["CLUSTER_NUMBER"]),
    (Column::CommitmentId, &["CommitmentDiscountId"]),
    (Column::CommitmentStatus, &["CommitmentDiscountStatus"]),
    (Column::CompilationMs, &["compilation_duration_ms"]),
    (Column::CompilationTime, &["COMPILATION_TIME"]),
    (Column::Compute, &["compute"]),
    (Column::CreditsAdjusted, &["CREDITS_ADJUSTMENT_CLOUD_SERVICES"]),
    (Column::CreditsAttributed, &["CREDITS_ATTRIBUTED_COMPUTE"]),
    (Column::CreditsBilled, &["CREDITS_BILLED"]),
    (Column::CreditsCloudServices, &["CREDITS_USED_CLOUD_SERVICES"]),
    (Column::CreditsCompute, &["CREDITS_USED_COMPUTE"]),
    (Column::CreditsOfQueries, &["CREDITS_ATTRIBUTED_COMPUTE_QUERIES"]),
    (Column::CreditsUsed, &["CREDITS_USED"]),
    (Column::CurBillingEntity, &["bill_billing_entity"]),
    (Column::CurCost, &["line_item_unblended_cost"]),
    (Column::CurCurrency, &["line_item_currency_code"]),
    (Column::CurEnd, &["line_item_usage_end_date"]),
    (Column::CurLegalEntity, &["line_item_legal_entity"]),
    (Column::CurPlan, &["savings_plan_savings_plan_a_r_n"]),
    (Column::CurPlanCommitted, &["savings_plan_total_commitment_to_date"]),
    (Column::CurPlanCost, &["savings_plan_savings_plan_effective_cost"]),
    (Column::CurPlanUsed, &["savings_plan_used_commitment"]),
    (Column::CurProduct, &["product"]),
    (Column::CurProductCode, &["line_item_product_code"]),
    (Column::CurProductName, &["product_product_name"]),
    (Column::CurReservation, &["reservation_reservation_a_r_n"]),
    (Column::CurReservationCost, &["reservation_effective_cost"]),
    (Column::CurReservationUnused, &["reservation_unused_recurring_fee"]),
    (
        Column::CurReservationUnusedUpfront,
        &["reservation_unused_amortized_upfront_fee_for_billing_period"],
    ),
    (Column::CurResource, &["line_item_resource_id"]),
    (Column::CurSplitParent, &["split_line_item_parent_resource_id"]),
    (Column::CurStart, &["line_item_usage_start_date"]),
    (Column::CurTags, &["resource_tags"]),
    (Column::CurType, &["line_item_line_item_type"]),
    (Column::Currency, &["CURRENCY", "currency_code"]),
    (Column::CustomTags, &["custom_tags"]),
    (Column::DatabaseName, &["DATABASE_NAME"]),
    (Column::Date, &["DATE"]),
    (Column::DirectObjects, &["DIRECT_OBJECTS_ACCESSED"]),
    (Column::EffectiveCost, &["EffectiveCost"]),
    (Column::EffectiveRate, &["EFFECTIVE_RATE"]),
    (Column::EndTime, &["END_TIME"]),
    (Column::EntityId, &["entity_id"]),
    (Column::EntityMetadata, &["entity_metadata"]),
    (Column::EntityType, &["entity_type"]),
    (Column::ExecutedBy, &["executed_by"]),
    (Column::FailsafeBytes, &["FAILSAFE_BYTES"]),
    (Column::IdentityMetadata, &["identity_metadata"]),
    (Column::InsightType, &["INSIGHT_TYPE_ID"]),
    (Column::IsAdjustment, &["IS_ADJUSTMENT"]),
    (Column::JobId, &["job_id", "usage_metadata.job_id"]),
    (Column::ListExternalFiles, &["LIST_EXTERNAL_FILES_TIME"]),
    (Column::MeteringHour, &["QUERY_METERING_HOUR"]),
    (Column::Name, &["name"]),
    (Column::NotebookId, &["notebook_id", "usage_metadata.notebook_id"]),
    (Column::ObjectsModified, &["OBJECTS_MODIFIED"]),
    (Column::ParameterizedHash, &["QUERY_PARAMETERIZED_HASH"]),
    (Column::PipelineId, &["pipeline_id", "dlt_pipeline_id", "usage_metadata.dlt_pipeline_id"]),
    (Column::PriceEnd, &["price_end_time"]),
    (Column::PriceStart, &["price_start_time"]),
    (Column::Pricing, &["pricing", "pricing.effective_list.default", "pricing.default"]),
    (Column::Provider, &["ProviderName", "ServiceProviderName", "Provider"]),
    (Column::QueryId, &["QUERY_ID"]),
    (Column::QuerySource, &["query_source"]),
    (Column::QueryTag, &["QUERY_TAG"]),
    (Column::QueryTags, &["query_tags"]),
    (Column::QueryText, &["QUERY_TEXT"]),
    (Column::QueuedOverload, &["QUEUED_OVERLOAD_TIME"]),
    (Column::QueuedProvisioning, &["QUEUED_PROVISIONING_TIME"]),
    (Column::QueuedRepair, &["QUEUED_REPAIR_TIME"]),
    (Column::RatingType, &["RATING_TYPE"]),
    (Column::RecordId, &["record_id"]),
    (Column::ResourceId, &["ResourceId"]),
    (Column::ResourceName, &["ResourceName"]),
    (Column::ResultFetchMs, &["result_fetch_duration_ms"]),
    (Column::RunAs, &["run_as", "identity_metadata.run_as"]),
    (Column::SchemaName, &["SCHEMA_NAME"]),
    (Column::ServiceName, &["ServiceName"]),
    (Column::ServiceType, &["SERVICE_TYPE"]),
    (Column::Sku, &["sku_name"]),
    (Column::SourceTable, &["source_table_full_name"]),
    (Column::StartTime, &["START_TIME"]),
    (Column::StatementId, &["statement_id"]),
    (Column::StatementText, &["statement_text"]),
    (Column::TableCatalog, &["TABLE_CATALOG"]),
    (Column::TableId, &["ID"]),
    (Column::TableName, &["TABLE_NAME"]),
    (Column::TableSchema, &["TABLE_SCHEMA"]),
    (Column::Tags, &["Tags"]),
    (Column::TargetField, &["target_column_name"]),
    (Column::TargetTable, &["target_table_full_name"]),
    (Column::TaskMs, &["total_task_duration_ms"]),
    (Column::TimeTravelBytes, &["TIME_TRAVEL_BYTES"]),
    (Column::Usage, &["USAGE"]),
    (Column::UsageDate, &["USAGE_DATE"]),
    (Column::UsageInCurrency, &["USAGE_IN_CURRENCY"]),
    (Column::UsageMetadata, &["usage_metadata"]),
    (Column::UsageQuantity, &["usage_quantity"]),
    (Column::UsageStart, &["usage_start_time"]),
    (Column::UsageType, &["USAGE_TYPE"]),
    (Column::UsageUnit, &["usage_unit"]),
    (Column::UserName, &["USER_NAME"]),
    (Column::WaitingCapacityMs, &["waiting_at_capacity_duration_ms"]),
    (Column::WaitingComputeMs, &["waiting_for_compute_duration_ms"]),
    (Column::WarehouseId, &["warehouse_id", "compute.warehouse_id", "usage_metadata.warehouse_id"]),
    (Column::WarehouseName, &["WAREHOUSE_NAME"]),
    (Column::WarehouseSize, &["WAREHOUSE_SIZE"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_the_order_of_the_columns() {
        for (at, (column, names)) in NAMES.iter().enumerate() {
            assert_eq!(*column as usize, at, "{names:?}");
            assert!(names.iter().all(|name| Column::of(name) == Some(*column)), "{names:?}");
        }
        assert_eq!(Column::of(" query_id "), Some(Column::QueryId));
        assert_eq!(Column::of("Billed Cost"), Some(Column::BilledCost));
        assert_eq!(Column::of("amount"), None);
    }
}
