//! `extract-kit`: what to export of a platform, and what must be known before.

use plumb_base::answer::{Extract, ExtractFile};
use plumb_records::{Export, Vendor};

/// Platforms that have a kit, by the word that is typed.
pub fn vendors() -> impl Iterator<Item = &'static str> {
    Vendor::ALL.iter().map(|(word, _)| *word)
}

/// The kit of a platform, so many days back; empty for a platform that has none.
pub fn extract(platform: &str, days: u32) -> Extract {
    let vendor = Vendor::ALL.iter().find(|(word, _)| *word == platform);
    let Some((word, vendor)) = vendor else { return Extract::default() };
    let (notes, before) = around(*vendor);
    Extract {
        platform: (*word).to_owned(),
        days,
        notes: notes.iter().map(|note| (*note).to_owned()).collect(),
        before: before.iter().map(|line| (*line).to_owned()).collect(),
        files: plumb_records::kit(*vendor, days).into_iter().map(file).collect(),
    }
}

fn file(export: Export) -> ExtractFile {
    ExtractFile {
        name: export.name.to_owned(),
        from: export.from.to_owned(),
        why: export.why.to_owned(),
        columns: export.columns.into_iter().map(str::to_owned).collect(),
        query: export.query,
    }
}

/// What must be known, and what comes before the queries.
fn around(vendor: Vendor) -> (&'static [&'static str], &'static [&'static str]) {
    match vendor {
        Vendor::Snowflake => (
            &[
                "Every query reads; none writes.",
                "The role needs the database roles SNOWFLAKE.USAGE_VIEWER and SNOWFLAKE.GOVERNANCE_VIEWER; the last two, SNOWFLAKE.ORGANIZATION_BILLING_VIEWER. Leave out what you may not read.",
                "Save each result under its name, as CSV or Parquet: snow sql -f this.sql --format csv, or the download of a worksheet.",
                "QUERY_TEXT holds the literals of your queries. Without it runs are told apart by tags and hashes alone.",
            ],
            &["ALTER SESSION SET TIMEZONE = 'UTC'"],
        ),
        Vendor::Databricks => (
            &[
                "Every query reads; none writes.",
                "Whoever runs them needs USE CATALOG on system, and USE SCHEMA and SELECT on system.billing, system.lakeflow, system.query and system.access.",
                "Save each result under its name, as CSV or Parquet: the download of the SQL editor takes all rows.",
                "statement_text holds the literals of your queries. Without it runs are told apart by what started them.",
                "Clusters that many share are split by their event logs: where clusters deliver their logs, copy DESTINATION/CLUSTER_ID/eventlog/ here as it lies there.",
            ],
            &["SET TIME ZONE 'UTC'"],
        ),
        Vendor::Aws => (
            &[
                "A Cost and Usage Report that is delivered already can be read as it lies there: aws bcm-data-exports list-exports names its bucket, and aws s3 sync s3://BUCKET/PREFIX/EXPORT/data/ cur/ copies it.",
                "Each month lies there once; of a legacy report take the newest assembly of each month only.",
                "The query below gives the same in fewer columns, in Athena; cur2 stands for the table of your export. Leave out columns that it does not have.",
            ],
            &[],
        ),
    }
}
