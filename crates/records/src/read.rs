//! What a row of each kind says.

use plumb_base::Decimal;
use plumb_base::record::usage::{
    Insight, Invoiced, ObjectName, ObjectTag, Platform, QueryCredits, QueryRun, Rate, ServiceDay,
    Time, UnitPrice, UsageLine, UsageRecord, WarehouseHour,
};
use serde_json::Value;

use crate::row::plain;
use crate::{Column, Row};

/// Turns a row into a record. `None` is a row that says nothing here; a fault names the column that cannot be read.
pub(crate) type Read = fn(&Row<'_>, &str) -> Result<Option<UsageRecord>, Column>;

pub(super) fn snowflake_query(row: &Row<'_>, _: &str) -> Result<Option<UsageRecord>, Column> {
    // The warehouse works on a query only when it is compiled and has left its queues.
    let waits = [
        Column::CompilationTime,
        Column::QueuedProvisioning,
        Column::QueuedRepair,
        Column::QueuedOverload,
        Column::ListExternalFiles,
    ];
    let waited: i64 = waits.into_iter().map(|column| row.millis(column)).sum();
    let end = row.time(Column::EndTime)?;
    let start = Time(row.time(Column::StartTime)?.0.saturating_add(waited).min(end.0));
    // A file without sizes does not tell what ran on no warehouse: nothing that names one is left out.
    let size = if row.has(Column::WarehouseSize) {
        row.owned(Column::WarehouseSize)
    } else {
        Some(String::new())
    };
    Ok(Some(UsageRecord::Query(Box::new(QueryRun {
        platform: Platform::Snowflake,
        id: row.needed(Column::QueryId)?,
        text: row.owned(Column::QueryText).unwrap_or_default(),
        user: row.owned(Column::UserName),
        warehouse: row.owned(Column::WarehouseName),
        size,
        cluster: u32::try_from(row.millis(Column::ClusterNumber)).unwrap_or(0),
        start,
        end,
        work: None,
        cloud_services: row.number(Column::CreditsCloudServices)?.unwrap_or_default(),
        tag: row.owned(Column::QueryTag),
        hash: row.owned(Column::ParameterizedHash),
        hash_version: row.owned(Column::HashVersion),
        whole_hash: row.owned(Column::WholeHash).map(|hash| {
            let version = row.owned(Column::WholeHashVersion);
            version.map_or(hash.clone(), |version| format!("{hash} version {version}"))
        }),
        source: None,
    }))))
}

pub(super) fn query_credits(row: &Row<'_>, _: &str) -> Result<Option<UsageRecord>, Column> {
    Ok(Some(UsageRecord::QueryCredits(QueryCredits {
        id: row.needed(Column::QueryId)?,
        warehouse: row.needed(Column::WarehouseName)?,
        user: row.owned(Column::UserName),
        tag: row.owned(Column::QueryTag),
        hash: row.owned(Column::ParameterizedHash),
        start: row.time(Column::StartTime)?,
        end: row.time(Column::EndTime)?,
        hour: None,
        credits: row.number(Column::CreditsAttributed)?.unwrap_or_default(),
    })))
}

pub(super) fn query_hour(row: &Row<'_>, _: &str) -> Result<Option<UsageRecord>, Column> {
    let (id, start) = (row.needed(Column::QueryId)?, row.time(Column::MeteringHour)?.hour());
    let credits = row.number(Column::CreditsCompute)?.unwrap_or_default();
    let (user, tag) = (row.owned(Column::UserName), row.owned(Column::QueryTag));
    let hash = row.owned(Column::ParameterizedHash);
    // Until a query ends, its row need not say where it runs.
    let Some(warehouse) = row.owned(Column::WarehouseName) else { return Ok(None) };
    let (end, hour) = (Time(start.0 + Time::HOUR), Some(start));
    let run = QueryCredits { id, warehouse, user, tag, hash, start, end, hour, credits };
    Ok(Some(UsageRecord::QueryCredits(run)))
}

pub(super) fn warehouse_hour(row: &Row<'_>, _: &str) -> Result<Option<UsageRecord>, Column> {
    Ok(Some(UsageRecord::WarehouseHour(WarehouseHour {
        warehouse: row.needed(Column::WarehouseName)?,
        start: row.time(Column::StartTime)?,
        compute: row.needed_number(Column::CreditsCompute)?,
        cloud_services: row.number(Column::CreditsCloudServices)?.unwrap_or_default(),
        queries: row.number(Column::CreditsOfQueries)?,
        id: row.owned(Column::WarehouseId),
        account: row.owned(Column::Account),
    })))
}

pub(super) fn service_day(row: &Row<'_>, _: &str) -> Result<Option<UsageRecord>, Column> {
    let compute = row.number(Column::CreditsCompute)?;
    let cloud = row.number(Column::CreditsCloudServices)?.unwrap_or_default();
    let adjusted = cloud.plus(row.number(Column::CreditsAdjusted)?.unwrap_or_default());
    let used = row.number(Column::CreditsUsed)?;
    let compute = compute.or_else(|| used.map(|used| used.minus(cloud)));
    let sum = compute.map(|compute| compute.plus(adjusted));
    let billed = row.number(Column::CreditsBilled)?.or(sum).ok_or(Column::CreditsBilled)?;
    Ok(Some(UsageRecord::ServiceDay(ServiceDay {
        service: row.needed(Column::ServiceType)?,
        day: row.time(Column::UsageDate)?,
        compute,
        cloud_services: adjusted,
        billed,
        account: row.owned(Column::Account),
    })))
}

pub(super) fn rate(row: &Row<'_>, _: &str) -> Result<Option<UsageRecord>, Column> {
    let usage = row.text(Column::UsageType).unwrap_or_default().to_ascii_lowercase();
    let other = |text: &str| text.eq_ignore_ascii_case("consumption");
    // Rebates and corrections are no prices.
    let skip = row.flag(Column::IsAdjustment)
        || row.text(Column::BillingType).is_some_and(|text| !other(&text));
    if skip {
        return Ok(None);
    }
    let service = row.owned(Column::ServiceType).or_else(|| row.owned(Column::UsageType));
    Ok(Some(UsageRecord::Rate(Rate {
        day: row.time(Column::Date)?,
        service: service.ok_or(Column::ServiceType)?,
        currency: row.currency(Column::Currency)?,
        price: row.needed_number(Column::EffectiveRate)?,
        is_overage: usage.starts_with("overage"),
    })))
}

pub(super) fn invoiced(row: &Row<'_>, _: &str) -> Result<Option<UsageRecord>, Column> {
    let usage_type = row.owned(Column::UsageType).unwrap_or_default();
    let service = row.owned(Column::ServiceType).unwrap_or_else(|| usage_type.clone());
    let is_credits = match row.text(Column::RatingType) {
        Some(rating) => rating.eq_ignore_ascii_case("compute"),
        None => !["STORAGE", "DATA_TRANSFER"].contains(&service.to_ascii_uppercase().as_str()),
    };
    Ok(Some(UsageRecord::Invoiced(Invoiced {
        day: row.time(Column::UsageDate)?,
        service,
        usage: row.number(Column::Usage)?.unwrap_or_default(),
        usage_type,
        is_credits,
        amount: row.needed_number(Column::UsageInCurrency)?,
        currency: row.currency(Column::Currency)?,
        balance: row.owned(Column::BalanceSource),
        is_adjustment: row.text(Column::IsAdjustment).map(|_| row.flag(Column::IsAdjustment)),
        region: row.owned(Column::Region),
        contract: row.owned(Column::Contract),
        account: row.owned(Column::Account),
    })))
}

pub(super) fn object_tag(row: &Row<'_>, _: &str) -> Result<Option<UsageRecord>, Column> {
    let name = row.needed(Column::ObjectName)?;
    let above = [Column::ObjectDatabase, Column::ObjectSchema].map(|column| row.owned(column));
    let parts: Vec<String> = above.into_iter().flatten().chain([name]).collect();
    let kind = row.needed(Column::Domain)?;
    let (key, value) = (row.needed(Column::TagName)?, row.owned(Column::TagValue));
    let is_gone = row.text(Column::ObjectDeleted).is_some();
    let Some(value) = value.filter(|_| !is_gone) else { return Ok(None) };
    let name = parts.join(".");
    Ok(Some(UsageRecord::ObjectTag(ObjectTag { kind, name, key, value })))
}

pub(super) fn insight(row: &Row<'_>, _: &str) -> Result<Option<UsageRecord>, Column> {
    let kind = row.needed(Column::InsightType)?.to_ascii_uppercase();
    let kind = kind.strip_prefix("QUERY_INSIGHT_").map(str::to_owned).unwrap_or(kind);
    // Others say what went well.
    let praises = row.text(Column::IsOpportunity).is_some() && !row.flag(Column::IsOpportunity);
    let (query, start) = (row.needed(Column::QueryId)?, row.time(Column::StartTime)?);
    Ok((!praises).then_some(UsageRecord::Insight(Insight { query, start, kind })))
}

/// What may have a name: its kind, and the columns of its id and its name.
const NAMED: [(&str, Column, Column); 4] = [
    ("job", Column::JobId, Column::Name),
    ("pipeline", Column::PipelineId, Column::Name),
    ("warehouse", Column::WarehouseId, Column::WarehouseName),
    ("cluster", Column::ClusterId, Column::ClusterName),
];

pub(super) fn object_name(row: &Row<'_>, _: &str) -> Result<Option<UsageRecord>, Column> {
    let each = NAMED.map(|(kind, id, name)| (kind, row.owned(id), row.owned(name)));
    let first = each.into_iter().find_map(|(kind, id, name)| Some((kind, id?, name)));
    let (kind, id, name) = first.ok_or(Column::JobId)?;
    let Some(name) = name else { return Ok(None) };
    let from = row.time(Column::ChangeTime)?;
    Ok(Some(UsageRecord::ObjectName(ObjectName { kind: kind.to_owned(), id, name, from })))
}

/// What a line of use may be for, the most telling first: a key of its metadata, and what it names.
const SOURCES: &[(&str, &str)] = &[
    ("job_id", "job"),
    ("dlt_pipeline_id", "pipeline"),
    ("notebook_id", "notebook"),
    ("app_id", "app"),
    ("endpoint_name", "endpoint"),
    ("database_instance_id", "database"),
    ("dlt_maintenance_id", "pipeline maintenance"),
];

pub(super) fn usage(row: &Row<'_>, _: &str) -> Result<Option<UsageRecord>, Column> {
    let metadata = row.pairs(Column::UsageMetadata);
    let of = |key: &str| metadata.iter().find(|(name, _)| name == key).map(|(_, id)| id.clone());
    let flat = [
        ("job", Column::JobId),
        ("pipeline", Column::PipelineId),
        ("notebook", Column::NotebookId),
    ];
    let nested = SOURCES.iter().filter_map(|(key, kind)| Some(((*kind).to_owned(), of(key)?)));
    let flat =
        flat.iter().filter_map(|(kind, column)| Some(((*kind).to_owned(), row.owned(*column)?)));
    let identity = row.pairs(Column::IdentityMetadata);
    let run_as = identity.iter().find(|(key, _)| key == "run_as").map(|(_, user)| user.clone());
    Ok(Some(UsageRecord::Usage(Box::new(UsageLine {
        id: row.owned(Column::RecordId),
        sku: row.needed(Column::Sku)?,
        cloud: row.owned(Column::Cloud).unwrap_or_default(),
        unit: row.needed(Column::UsageUnit)?,
        quantity: row.needed_number(Column::UsageQuantity)?,
        start: row.time(Column::UsageStart)?,
        product: row.owned(Column::BillingProduct).unwrap_or_default(),
        source: nested.chain(flat).collect(),
        title: of("job_name"),
        warehouse: of("warehouse_id").or_else(|| row.owned(Column::WarehouseId)),
        cluster: of("cluster_id").or_else(|| row.owned(Column::ClusterId)),
        user: run_as.or_else(|| row.owned(Column::RunAs)),
        tags: row.pairs(Column::CustomTags),
        content: row.content(&[Column::RecordId]),
    }))))
}

pub(super) fn list_price(row: &Row<'_>, path: &str) -> Result<Option<UsageRecord>, Column> {
    let nested = row.nested(Column::Pricing);
    let price = match nested.as_deref() {
        Some(Value::Object(pricing)) => {
            let effective = pricing.get("effective_list").and_then(|list| list.get("default"));
            effective.or_else(|| pricing.get("default")).and_then(plain)
        }
        _ => row.owned(Column::Pricing),
    };
    let price = price.and_then(|price| Decimal::parse(&price)).ok_or(Column::Pricing)?;
    let until = row.text(Column::PriceEnd).map(|_| row.time(Column::PriceEnd)).transpose()?;
    Ok(Some(UsageRecord::UnitPrice(UnitPrice {
        sku: row.needed(Column::Sku)?,
        cloud: row.owned(Column::Cloud).unwrap_or_default(),
        unit: row.needed(Column::UsageUnit)?,
        currency: row.currency(Column::Currency)?,
        price,
        from: row.time(Column::PriceStart)?,
        until,
        // Both tables have the same columns; only their names tell them apart.
        agreed: path.to_ascii_lowercase().contains("account_prices"),
    })))
}

/// What may have started a query, the most telling first: a way into its source, and what stands there.
const STARTED: &[(&[&str], &str)] = &[
    (&["job_info", "job_id"], "job"),
    (&["pipeline_info", "pipeline_id"], "pipeline"),
    (&["dashboard_id"], "dashboard"),
    (&["legacy_dashboard_id"], "dashboard"),
    (&["alert_id"], "alert"),
    (&["genie_space_id"], "space"),
    (&["notebook_id"], "notebook"),
    (&["sql_query_id"], "query"),
];

pub(super) fn databricks_query(row: &Row<'_>, _: &str) -> Result<Option<UsageRecord>, Column> {
    let waited = row.millis(Column::WaitingComputeMs) + row.millis(Column::WaitingCapacityMs);
    let end = row.time(Column::EndTime)?;
    let start = Time(row.time(Column::StartTime)?.0.saturating_add(waited).min(end.0));
    let task = row.text(Column::TaskMs).map(|_| row.millis(Column::TaskMs));
    let beside = row.millis(Column::CompilationMs) + row.millis(Column::ResultFetchMs);
    // What did no task came from a cache, and cost nothing.
    let work = task.map(|task| if task == 0 { 0 } else { task + beside });
    let compute = row.nested(Column::Compute);
    let warehouse = compute.as_deref().and_then(|it| it.get("warehouse_id")).and_then(plain);
    let source = row.nested(Column::QuerySource);
    let started = STARTED.iter().find_map(|(way, kind)| {
        let value = way.iter().try_fold(source.as_deref()?, |value, key| value.get(key))?;
        Some(((*kind).to_owned(), plain(value)?))
    });
    let tags = row.pairs(Column::QueryTags);
    let tags: Vec<String> = tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
    Ok(Some(UsageRecord::Query(Box::new(QueryRun {
        platform: Platform::Databricks,
        id: row.needed(Column::StatementId)?,
        text: row.owned(Column::StatementText).unwrap_or_default(),
        user: row.owned(Column::ExecutedBy),
        warehouse: warehouse.or_else(|| row.owned(Column::WarehouseId)),
        size: None,
        cluster: 0,
        start,
        end,
        work: work.and_then(|work| u64::try_from(work).ok()),
        cloud_services: Decimal::ZERO,
        tag: (!tags.is_empty()).then(|| tags.join(",")),
        hash: None,
        hash_version: None,
        whole_hash: None,
        source: started,
    }))))
}
