//! Kinds of records: by which columns each is told, and what it cannot do without.

use plumb_base::record::usage::{Platform, RecordKind};

use crate::cloud;
use crate::column::bare;
use crate::read::{self, Read};
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
    /// Turns a row into a record.
    pub(crate) read: Read,
}

/// What a header is.
pub enum Recognized {
    /// A kind of records.
    Kind(&'static Kind),
    /// It is called like a kind, or looks like one, and lacks columns.
    Lacking(&'static Kind, Vec<&'static str>),
    /// Nothing of this.
    Other,
}

/// Tells what a file is by its columns, and by its name where they are not enough.
pub fn recognize(path: &str, columns: &Columns) -> Recognized {
    let told = |kind: &&Kind| {
        let any = |list: &[Column]| list.iter().any(|column| columns.has(*column));
        kind.tells.iter().all(|list| any(list)) && !kind.not.iter().any(|it| columns.has(*it))
    };
    let lacks = |kind: &Kind| -> Vec<&'static str> {
        let tells = kind.tells.iter().filter(|list| !list.iter().any(|it| columns.has(*it)));
        let needs = kind.needs.iter().filter(|column| !columns.has(**column));
        tells.filter_map(|list| list.first()).chain(needs).map(|column| column.name()).collect()
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
        read: read::query_credits,
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
        read: read::snowflake_query,
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
        read: read::invoiced,
    },
    Kind {
        holds: RecordKind::UsageLines,
        platform: DATABRICKS,
        name: "billing_usage",
        tells: &[&[Column::UsageQuantity], &[Column::Sku]],
        not: &[],
        needs: &[Column::UsageUnit, Column::UsageStart],
        read: read::usage,
    },
    Kind {
        holds: RecordKind::UnitPrices,
        platform: DATABRICKS,
        name: "list_prices",
        tells: &[&[Column::PriceStart], &[Column::Sku]],
        not: &[],
        needs: &[Column::Pricing, Column::Currency, Column::UsageUnit],
        read: read::list_price,
    },
    Kind {
        holds: RecordKind::Queries,
        platform: DATABRICKS,
        name: "query_history",
        tells: &[&[Column::StatementId], &[Column::StartTime], &[Column::EndTime]],
        not: &[],
        needs: &[],
        read: read::databricks_query,
    },
    Kind {
        holds: RecordKind::BillLines,
        platform: None,
        name: "focus",
        tells: &[&[Column::BilledCost], &[Column::ChargePeriodStart]],
        not: &[],
        needs: &[Column::BillingCurrency],
        read: cloud::focus,
    },
    Kind {
        holds: RecordKind::CostAndUsage,
        platform: None,
        name: "cost_and_usage",
        tells: &[&[Column::CurCost], &[Column::CurType]],
        not: &[],
        needs: &[Column::CurStart, Column::CurProductCode, Column::CurCurrency],
        read: cloud::report,
    },
];

/// The kind of a file that was recognised before.
pub(crate) fn kind(kind: RecordKind, platform: Option<Platform>) -> Option<&'static Kind> {
    KINDS.iter().find(|it| it.holds == kind && it.platform == platform)
}
