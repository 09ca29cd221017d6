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
}

impl Source {
    fn export(&self, days: u32) -> Option<Export> {
        let kind = kind::kind(self.kind, self.platform)?;
        let columns: Vec<&'static str> = kind.columns().map(Column::name).collect();
        let each: Vec<String> = kind.columns().map(|column| self.column(column)).collect();
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
    },
    Source {
        vendor: Vendor::Databricks,
        name: "jobs",
        kind: RecordKind::ObjectNames,
        platform: DATABRICKS,
        from: "system.lakeflow.jobs",
        why: "what jobs are called, which joins them to the code; export system.lakeflow.pipelines with\n-- pipeline_id in place of job_id the same way",
        since: "delete_time IS NULL OR delete_time >= current_date() - INTERVAL {} DAYS",
        written: &[],
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
            (Column::CurProductName, "product['product_name']"),
            (Column::CurTags, "json_format(CAST(resource_tags AS json))"),
        ],
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{Columns, Recognized, recognize};

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
                assert!(export.query.contains("30"), "{} has no end", export.name);
            }
        }
    }
}
