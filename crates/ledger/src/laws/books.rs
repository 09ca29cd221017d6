//! Books of several sources, periods of them, and what is refused.
#![cfg(test)]

use super::*;

#[test]
fn a_day_that_a_provider_reports_itself_is_not_taken_from_a_second_bill() {
    let UsageRecord::Line(first) = line(5_000_000_000_000, "Usage", Some("x")) else {
        unreachable!("a line")
    };
    let own = BillLine { own: true, ..(*first).clone() };
    let later = BillLine { start: Time(Time::DAY), ..(*first).clone() };
    let records = [*first, own, later].map(|line| UsageRecord::Line(Box::new(line)));
    let ledger = read(&records);
    assert_eq!(ledger.sums().unwrap()[0].billed, 10_000_000_000);
    assert_eq!(ledger.notes.len(), 1);
}

#[test]
fn a_line_for_many_days_of_which_some_are_told_is_said() {
    let line = |from: i64, until: i64, dollars: i64, own| {
        let UsageRecord::Line(line) = line(dollars * 1_000_000_000_000, "Usage", Some("x")) else {
            unreachable!("a line")
        };
        let (start, end) = (Time(from * Time::DAY), Some(Time(until * Time::DAY)));
        UsageRecord::Line(Box::new(BillLine { start, end, own, ..*line }))
    };
    let told = |records: &[UsageRecord]| {
        let ledger = read(records);
        (ledger.sums().unwrap()[0].billed / 1_000_000_000, ledger.notes)
    };
    // Of the month, the provider tells two of three days, one of three, or all.
    let month = line(0, 3, 30, false);
    let (billed, notes) = told(&[month.clone(), line(1, 2, 7, true), line(2, 3, 7, true)]);
    assert_eq!((billed, notes.len()), (14, 1));
    assert!(notes[0].starts_with("30 USD of lines of Cloud in FOCUS files are for days, at least"));
    let (billed, notes) = told(&[month.clone(), line(1, 2, 7, true)]);
    assert_eq!((billed, notes.len()), (37, 1));
    assert!(notes[0].contains("fewer than half"), "{notes:?}");
    let (billed, notes) = told(&[month.clone(), line(0, 3, 28, true)]);
    assert_eq!((billed, notes.len()), (28, 1));
    assert!(notes[0].contains("are left out on days of which"), "{notes:?}");
    assert_eq!(told(&[month, line(3, 4, 7, true)]), (37, vec![]));
}

#[test]
fn a_ledger_that_does_not_add_up_has_no_sums() {
    let mut ledger = read(&[line(5_000_000, "Usage", Some("x")), line(7_000_000, "Tax", None)]);
    assert_eq!(ledger.sums().unwrap()[0].billed, 12_000);
    ledger.allocations[0].nanos -= 1;
    assert!(matches!(ledger.sums(), Err(Imbalance::Charge { charge: 0, .. })));
    ledger.allocations[0].nanos += 1;
    ledger.allocations[0].charge = 9;
    assert_eq!(ledger.sums(), Err(Imbalance::NoCharge(9)));
    ledger.allocations[0].charge = 0;
    ledger.allocations[0].share = Share::Attributed(9);
    ledger.allocations[0].method = Method::Named;
    assert_eq!(ledger.sums(), Err(Imbalance::NoCause(9)));
}

#[test]
fn what_no_number_can_say_is_refused() {
    let line = |billed: &str, resource: &str| {
        let UsageRecord::Line(line) = line(0, "Usage", Some(resource)) else { unreachable!() };
        UsageRecord::Line(Box::new(BillLine { billed: number(billed), ..*line }))
    };
    // More than the sum of products can be carried in is still exact.
    let much = read(&[line("1e20", "x"), line("0.5", "x"), line("1e20", "y")]);
    assert_eq!(much.sums().unwrap()[0].billed, 200_000_000_000_000_000_000_500_000_000);
    let UsageRecord::Line(other) = line("1e20", "x") else { unreachable!("a line") };
    let other = BillLine { service: "Other".to_owned(), ..*other };
    let two = [line("1e20", "x"), UsageRecord::Line(Box::new(other))];
    let spread = read(&two).with_idle(IdlePolicy::Proportional);
    assert_eq!(spread.sums().unwrap()[0].billed, 200_000_000_000_000_000_000_000_000_000);
    let refused = |records: &[UsageRecord]| {
        let ledger = read(records);
        assert_eq!(ledger.sums(), Err(Imbalance::TooLarge));
        assert!(ledger.is_empty());
    };
    refused(&[line("1.7e20", "x"), line("1.7e20", "x")]);
    refused(&[line("-1.7e20", "x"), line("-1.7e20", "x"), line("1.7e20", "x")]);
    // Weights of hours are finer than the credits that are billed.
    refused(&[hour("A", 0, "1e11", None)]);
    let credits = |id: &str| {
        UsageRecord::QueryCredits(QueryCredits {
            id: id.to_owned(),
            warehouse: "A".to_owned(),
            user: None,
            tag: None,
            hash: None,
            start: Time(0),
            end: Time(60_000),
            hour: None,
            credits: number("1.8e10"),
        })
    };
    refused(&[credits("1"), credits("2"), hour("A", 0, "1", None)]);
}

#[test]
fn a_charge_that_began_before_a_period_is_said() {
    let UsageRecord::Line(month) = line(7_000_000_000_000, "Usage", Some("x")) else {
        unreachable!("a line")
    };
    let month = BillLine { end: Some(Time(30 * Time::DAY)), ..*month };
    let last = BillLine { start: Time(30 * Time::DAY), end: None, ..month.clone() };
    let ledger = read(&[month, last].map(|line| UsageRecord::Line(Box::new(line))));
    let within = |days| ledger.clone().within(Period { since: Since::Days(days), until: None });
    assert_eq!(within(31).notes, [""; 0]);
    let cut = within(30);
    assert_eq!(cut.sums().unwrap()[0].billed, 7_000_000_000);
    assert_eq!(cut.notes.len(), 1);
    assert!(
        cut.notes[0].starts_with("7 USD of charges that began before 1970-01-02"),
        "{:?}",
        cut.notes
    );
}
