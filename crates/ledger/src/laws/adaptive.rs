//! Adaptive warehouses, by the credits of each query.
#![cfg(test)]

use super::*;

pub(super) fn query_hour(id: &str, warehouse: &str, at: i64, credits: Decimal) -> UsageRecord {
    let start = Time(at * Time::HOUR);
    UsageRecord::QueryCredits(QueryCredits {
        id: id.to_owned(),
        warehouse: warehouse.to_owned(),
        user: None,
        tag: None,
        hash: None,
        start,
        end: Time(start.0 + Time::HOUR),
        hour: Some(start),
        credits,
    })
}

#[test]
fn an_adaptive_warehouse_has_no_idle() {
    let query = |id, at, credits| query_hour(id, "A", at, number(credits));
    let records = [
        query("1", 0, "0.25"),
        query("2", 0, "0.5"),
        // The same row of a later export, when the query had gone on.
        query("1", 0, "0.4"),
        query("1", 0, "0.25"),
        query("1", 1, "0.1"),
        hour("A", 0, "1", None),
        hour("A", 1, "0.1", None),
    ];
    let ledger = read(&records);
    assert_eq!(
        parts(&ledger),
        [
            ("attributed", "query-hours", 213_300),
            ("unattributed", "short-queries", 23_700),
            ("attributed", "query-hours", 23_700),
        ]
    );
    // Both have no text, no tag and no hash: one cause, of two runs.
    assert_eq!(ledger.causes.iter().map(|cause| cause.runs).sum::<u64>(), 2);
}
