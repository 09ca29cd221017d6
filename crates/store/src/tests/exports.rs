//! Made-up exports of a made-up company.

use std::fmt::Write;
use std::ops::Range;

/// An hour of October 2026, as exports write it.
fn hour(hour: i64) -> String {
    format!("2026-10-{:02} {:02}:00:00", 1 + hour / 24, hour % 24)
}

/// Query history of Snowflake, one query an hour.
pub(super) fn queries(hours: Range<i64>) -> String {
    let mut text = "QUERY_ID,QUERY_TEXT,USER_NAME,WAREHOUSE_NAME,WAREHOUSE_SIZE,START_TIME,END_TIME,CREDITS_USED_CLOUD_SERVICES\n".to_owned();
    for at in hours {
        let (start, user) = (hour(at), if at % 3 == 0 { "ADA" } else { "BEA" });
        let end = start.replace(":00:00", ":20:00");
        writeln!(text, "q{at},\"select {at}, 'a,b'\",{user},WH,X-Small,{start},{end},0.0001")
            .unwrap();
    }
    text
}

/// Metering of a warehouse; the last hours are not over when they are told.
pub(super) fn metering(hours: Range<i64>, unsettled: i64) -> String {
    let mut text =
        "START_TIME,WAREHOUSE_NAME,CREDITS_USED_COMPUTE,CREDITS_USED_CLOUD_SERVICES\n".to_owned();
    let settled = hours.end - unsettled;
    for at in hours {
        let thousandths = if at < settled { 500 + at } else { 100 };
        writeln!(text, "{},WH,0.{thousandths},0", hour(at)).unwrap();
    }
    text
}

/// Billable use of Databricks: some of it is taken back and told anew.
pub(super) fn usage(hours: Range<i64>) -> String {
    let mut text = "record_id,sku_name,cloud,usage_unit,usage_quantity,usage_start_time,billing_origin_product,record_type,usage_metadata\n".to_owned();
    for at in hours {
        let start = hour(at);
        let mut line = |id: &str, quantity: i64, kind: &str| {
            writeln!(text, "r{at}{id},JOBS,AWS,DBU,{quantity},{start},JOBS,{kind},\"{{\"\"job_id\"\":\"\"7\"\"}}\"").unwrap();
        };
        line("", 5, "ORIGINAL");
        if at % 4 == 0 {
            line("x", -5, "RETRACTION");
            line("y", 4, "RESTATEMENT");
        }
    }
    text
}

pub(super) const PRICES: &str = "\
sku_name,cloud,usage_unit,currency_code,pricing,price_start_time,price_end_time
JOBS,AWS,DBU,USD,\"{\"\"default\"\":\"\"0.15\"\"}\",2026-01-01 00:00:00,
";

/// A bill in which two lines of a day are the same, and both count.
pub(super) fn bill(days: Range<i64>, cents: i64) -> String {
    let mut text = "BilledCost,BillingCurrency,ChargePeriodStart,ChargePeriodEnd,ProviderName,ServiceName,ChargeCategory,ResourceId\n".to_owned();
    for day in days {
        let (start, end) = (hour(day * 24), hour(day * 24 + 24));
        for _ in 0..2 {
            writeln!(text, "0.{:02},USD,{start},{end},Cloud,Storage,Usage,box", 10 + cents)
                .unwrap();
        }
        writeln!(text, "1.{:02},USD,{start},{end},Cloud,Compute,Usage,", day + 10).unwrap();
    }
    text
}

/// A file of every form that matters, with a row that cannot be read.
pub(super) fn everything() -> Vec<(String, String)> {
    let credits = "QUERY_ID,WAREHOUSE_NAME,START_TIME,END_TIME,CREDITS_ATTRIBUTED_COMPUTE\nq1,WH,2026-10-01 01:00:00,2026-10-01 01:20:00,0.25\nq2,WH,2026-10-01 02:00:00,never,0.25\n";
    let days = "SERVICE_TYPE,USAGE_DATE,CREDITS_USED_COMPUTE,CREDITS_USED_CLOUD_SERVICES,CREDITS_ADJUSTMENT_CLOUD_SERVICES,CREDITS_BILLED\nPIPE,2026-10-01,1.5,0.1,-0.1,1.5\n";
    let rates = "DATE,SERVICE_TYPE,EFFECTIVE_RATE,CURRENCY\n2026-10-01,PIPE,2.5,EUR\n";
    let invoiced = "USAGE_DATE,SERVICE_TYPE,USAGE_TYPE,USAGE,USAGE_IN_CURRENCY,CURRENCY,BALANCE_SOURCE,IS_ADJUSTMENT\n2026-10-01,STORAGE,storage,3,4.5,EUR,capacity,true\n";
    let jobs = "job_id,name,change_time\n7,nightly,2026-10-01 00:00:00\n";
    let worked = "START_TIME,CREDITS_USED,TABLE_NAME,SERVICE_TYPE\n2026-10-01 02:00:00,0.5,A,AUTO_CLUSTERING\n";
    let optimized =
        "start_time,operation_type,table_name,usage_quantity\n2026-10-01 02:00:00,VACUUM,a,0.25\n";
    let ran = "job_id,run_id,period_start_time,period_end_time,compute_ids\n7,9,2026-10-01,2026-10-02,\"[\"\"b\"\",\"\"a\"\"]\"\n";
    let insights = "QUERY_ID,INSIGHT_TYPE_ID,START_TIME\nq1,QUERY_INSIGHT_EXPLODING_JOIN,2026-10-01 02:00:00\n";
    let report = "identity_line_item_id,identity_time_interval,bill_billing_entity,line_item_line_item_type,line_item_usage_start_date,line_item_usage_end_date,line_item_product_code,line_item_unblended_cost,line_item_currency_code,line_item_resource_id,savings_plan_savings_plan_a_r_n,savings_plan_savings_plan_effective_cost\nline1,2026-10-01T00:00:00Z/2026-10-01T01:00:00Z,AWS,SavingsPlanCoveredUsage,2026-10-01T00:00:00Z,2026-10-01T01:00:00Z,AmazonEC2,1.25,USD,i-1,plan,0.5\n";
    let runs = "{\"metadata\":{\"dbt_schema_version\":\"run-results\"},\"results\":[{\"unique_id\":\"model.shop.a\",\"adapter_response\":{\"query_id\":\"q1\"}}]}";
    [
        ("dbt_project.yml", "name: shop\n"),
        ("target/run_results.json", runs),
        ("credits.csv", credits),
        ("days.csv", days),
        ("worked.csv", worked),
        ("optimized.csv", optimized),
        ("insights.csv", insights),
        ("ran.csv", ran),
        ("rates.csv", rates),
        ("invoiced.csv", invoiced),
        ("jobs.csv", jobs),
        ("report.csv", report),
        ("prices.csv", PRICES),
        ("queries.csv", &queries(0..30)),
        ("metering.csv", &metering(0..30, 0)),
        ("usage.csv", &usage(0..30)),
        ("bill.csv", &bill(0..3, 0)),
    ]
    .map(|(path, text)| (path.to_owned(), text.to_owned()))
    .into()
}
