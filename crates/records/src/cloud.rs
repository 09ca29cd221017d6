//! What a line of a bill says: FOCUS of any vendor, and the Cost and Usage Report of AWS in both its generations.

use plumb_base::Decimal;
use plumb_base::record::usage::{BillLine, Commitment, UsageRecord};

use crate::{Column, Row};

/// A line of a FOCUS file.
pub(super) fn focus(row: &Row<'_>, _: &str) -> Result<Option<UsageRecord>, Column> {
    let category = row.owned(Column::ChargeCategory).unwrap_or_else(|| "Usage".to_owned());
    let is_use = category.eq_ignore_ascii_case("usage");
    let commitment = row.owned(Column::CommitmentId).map(|id| {
        let cost = row.number_if_any(Column::EffectiveCost);
        let cost = if is_use { cost } else { Decimal::ZERO };
        let unused = row
            .text(Column::CommitmentStatus)
            .is_some_and(|status| status.eq_ignore_ascii_case("unused"));
        let (used, unused) = if unused { (Decimal::ZERO, cost) } else { (cost, Decimal::ZERO) };
        Commitment { id, used, unused }
    });
    Ok(Some(UsageRecord::Line(Box::new(BillLine {
        provider: row.owned(Column::Provider).unwrap_or_else(|| "not named".to_owned()),
        service: row.owned(Column::ServiceName).unwrap_or_else(|| "not named".to_owned()),
        category,
        resource: row.owned(Column::ResourceName).or_else(|| row.owned(Column::ResourceId)),
        billed: row.needed_number(Column::BilledCost)?,
        currency: row.currency(Column::BillingCurrency)?,
        start: row.time(Column::ChargePeriodStart)?,
        end: row.time_if_any(Column::ChargePeriodEnd),
        tags: row.pairs(Column::Tags),
        commitment,
        own: false,
        id: None,
        content: row.content(NAMING),
    }))))
}

/// A line of a Cost and Usage Report, at what it adds to the invoice (the unblended cost).
pub(super) fn report(row: &Row<'_>, _: &str) -> Result<Option<UsageRecord>, Column> {
    // Shares of a container in its instance: the instance has a line of its own, with all of the cost.
    if row.text(Column::CurSplitParent).is_some() {
        return Ok(None);
    }
    let kind = row.needed(Column::CurType)?;
    let resource = row.owned(Column::CurResource);
    Ok(Some(UsageRecord::Line(Box::new(BillLine {
        provider: seller(row).to_owned(),
        service: row.needed(Column::CurProductCode)?,
        category: category(&kind, resource.is_some()).to_owned(),
        resource,
        billed: row.needed_number(Column::CurCost)?,
        currency: row.currency(Column::CurCurrency)?,
        start: row.time(Column::CurStart)?,
        end: row.time_if_any(Column::CurEnd),
        tags: tags(row),
        commitment: commitment(&kind, row),
        own: true,
        id: id(row),
        content: row.content(NAMING),
    }))))
}

/// Columns that only name a line, or the invoice that it came to stand on.
const NAMING: &[Column] = &[Column::CurLine, Column::CurInterval, Column::CurInvoice];

/// What AWS calls a line of a time: one of its own within a file, and maybe another one in the next report.
fn id(row: &Row<'_>) -> Option<String> {
    let (line, interval) = (row.owned(Column::CurLine)?, row.text(Column::CurInterval)?);
    Some(format!("{line} {interval}"))
}

/// The category of a line in the words of FOCUS.
fn category(kind: &str, names_resource: bool) -> &'static str {
    match kind {
        "Usage" | "DiscountedUsage" | "SavingsPlanCoveredUsage" | "SavingsPlanNegation" => "Usage",
        "Tax" => "Tax",
        "Credit" => "Credit",
        "Refund" => "Refund",
        "Fee" | "RIFee" | "SavingsPlanRecurringFee" | "SavingsPlanUpfrontFee" => "Purchase",
        // What is discounted on the use of a resource is the resource's.
        _ if names_resource && kind.ends_with("Discount") => "Usage",
        _ => "Adjustment",
    }
}

/// Who sells what the line is for: on the marketplace, platforms that send records of their own.
fn seller(row: &Row<'_>) -> &'static str {
    let marketplace = row
        .text(Column::CurBillingEntity)
        .is_some_and(|text| text.eq_ignore_ascii_case("AWS Marketplace"));
    if marketplace {
        let product = row.owned(Column::CurProductName);
        let product = product.or_else(|| pair(row, Column::CurProduct, "product_name"));
        let legal = row.owned(Column::CurLegalEntity);
        let names = [product, legal].into_iter().flatten().map(|name| name.to_lowercase());
        for name in names {
            if name.contains("databricks") {
                return "Databricks";
            }
            if name.contains("snowflake") {
                return "Snowflake";
            }
        }
    }
    "AWS"
}

fn pair(row: &Row<'_>, column: Column, key: &str) -> Option<String> {
    row.pairs(column).into_iter().find(|(name, _)| name == key).map(|(_, value)| value)
}

/// Tags of a column each or of one map. A tag that a user set has no prefix in our words.
fn tags(row: &Row<'_>) -> Vec<(String, String)> {
    let plain = |(key, value): (String, String)| {
        let user = key.strip_prefix("user:").or_else(|| key.strip_prefix("user_"));
        (user.map_or_else(|| key.clone(), str::to_owned), value)
    };
    let mut tags: Vec<(String, String)> =
        row.tags().into_iter().chain(row.pairs(Column::CurTags).into_iter().map(plain)).collect();
    tags.sort();
    tags.dedup();
    tags
}

/// What a line has to do with a savings plan or a reservation.
fn commitment(kind: &str, row: &Row<'_>) -> Option<Commitment> {
    let number = |column| row.number_if_any(column);
    let plan = row.owned(Column::CurPlan);
    let reservation = row.owned(Column::CurReservation);
    let of = |id: Option<String>, used, unused| id.map(|id| Commitment { id, used, unused });
    match kind {
        "SavingsPlanCoveredUsage" => of(plan, number(Column::CurPlanCost), Decimal::ZERO),
        "SavingsPlanNegation" => of(plan, Decimal::ZERO, Decimal::ZERO),
        "SavingsPlanRecurringFee" => {
            let unused = number(Column::CurPlanCommitted).minus(number(Column::CurPlanUsed));
            of(plan, Decimal::ZERO, unused)
        }
        "DiscountedUsage" => of(reservation, number(Column::CurReservationCost), Decimal::ZERO),
        "RIFee" => {
            let upfront = number(Column::CurReservationUnusedUpfront);
            of(reservation, Decimal::ZERO, number(Column::CurReservationUnused).plus(upfront))
        }
        _ => None,
    }
}
