//! A bill that is told in several forms counts once, whatever columns and lines each form has.
#![cfg(test)]

use super::again::{file, told};
use super::*;

/// Services of a day, and boxes of a service.
const SERVICES: i64 = 3;
const BOXES: i64 = 4;

/// What a box of a service costs on a day, in dollars: no two alike.
fn cost(day: i64, service: i64, at: i64) -> i64 {
    100 * day + 10 * service + at + 1
}

/// A day of a service: a line for each box, or one for all.
fn of_day(day: i64, service: i64, by_box: bool, own: &str) -> Vec<UsageRecord> {
    let said = |dollars: i64, resource: Option<String>| {
        let UsageRecord::Line(line) = line(0, "Usage", None) else { unreachable!("a line") };
        let billed = Decimal::of_nanos(i128::from(dollars) * 1_000_000_000);
        let (start, service) = (Time(day * Time::DAY), format!("service {service}"));
        // What only tells the forms apart.
        let tags = vec![("form".to_owned(), format!("{own} {by_box}"))];
        let line = BillLine { billed, start, service, resource, tags, ..*line };
        with_content(UsageRecord::Line(Box::new(line)))
    };
    if by_box {
        let each = (0..BOXES).map(|at| said(cost(day, service, at), Some(format!("{own} {at}"))));
        return each.collect();
    }
    vec![said((0..BOXES).map(|at| cost(day, service, at)).sum(), None)]
}

fn bill(days: std::ops::Range<i64>, by_box: bool, own: &str) -> Vec<UsageRecord> {
    let of = |day| (0..SERVICES).flat_map(move |service| of_day(day, service, by_box, own));
    days.flat_map(of).collect()
}

fn sum(days: std::ops::Range<i64>) -> i128 {
    let each = days.flat_map(|day| {
        (0..SERVICES).flat_map(move |service| (0..BOXES).map(move |at| cost(day, service, at)))
    });
    each.map(i128::from).sum()
}

#[test]
fn a_bill_by_box_and_by_day_counts_once_and_that_is_said() {
    for (one, two) in [("a.csv", "b.csv"), ("b.csv", "a.csv")] {
        let files = [file(one, bill(0..9, true, "x")), file(two, bill(0..9, false, "x"))];
        let (billed, notes) = told(&files);
        assert_eq!(billed, sum(0..9));
        assert_eq!(
            notes,
            [format!(
                "27 lines ({billed} USD) are of days that `{one}` tells, too, in another form: by what services cost \
                 on these days both are one bill, and what tells more of each day counts"
            )]
        );
    }
}

#[test]
fn each_form_may_tell_other_days() {
    let files = [file("a.csv", bill(0..9, true, "x")), file("b.csv", bill(4..14, false, "x"))];
    assert_eq!(told(&files).0, sum(0..14));
}

#[test]
fn of_a_day_that_was_not_over_the_form_that_tells_more_counts() {
    let mut early = bill(0..9, false, "x");
    early.extend(of_day(9, 0, false, "x"));
    for by_box in [true, false] {
        let files = [file("a.csv", early.clone()), file("b.csv", bill(0..10, by_box, "y"))];
        assert_eq!(told(&files).0, sum(0..10));
    }
}

#[test]
fn some_services_of_a_bill_are_in_the_whole_of_it() {
    let some = (0..9).flat_map(|day| (1..SERVICES).flat_map(move |it| of_day(day, it, false, "x")));
    let files = [file("a.csv", bill(0..9, true, "x")), file("b.csv", some.collect())];
    assert_eq!(told(&files).0, sum(0..9));
}

#[test]
fn two_accounts_with_one_service_that_costs_otherwise_are_two() {
    let mut other = bill(0..9, false, "y");
    other.extend((0..9).flat_map(|day| of_day(day, SERVICES, false, "y")));
    let extra: i128 = (0..9)
        .map(|day| (0..BOXES).map(|at| i128::from(cost(day, SERVICES, at))).sum::<i128>())
        .sum();
    let mut one = bill(0..9, true, "x");
    one.extend((0..9).flat_map(|day| of_day(day, SERVICES + 1, true, "x")));
    let more: i128 = (0..9)
        .map(|day| (0..BOXES).map(|at| i128::from(cost(day, SERVICES + 1, at))).sum::<i128>())
        .sum();
    let files = [file("a.csv", one), file("b.csv", other)];
    assert_eq!(told(&files).0, 2 * sum(0..9) + extra + more);
}

/// The same, but each service costs so much more on each day.
fn dearer(lines: Vec<UsageRecord>, more: i64) -> Vec<UsageRecord> {
    let of = |record: UsageRecord| match record {
        UsageRecord::Line(line) => {
            let billed = line.billed.plus(Decimal::of_nanos(i128::from(more) * 1_000_000_000));
            with_content(UsageRecord::Line(Box::new(BillLine { billed, ..*line })))
        }
        other => other,
    };
    lines.into_iter().map(of).collect()
}

#[test]
fn a_bill_in_two_forms_beside_one_of_another_account_counts_once() {
    let other = dearer(bill(0..9, false, "z"), 7);
    let files = [
        file("a.csv", bill(0..9, true, "x")),
        file("b.csv", bill(0..9, false, "x")),
        file("c.csv", other),
    ];
    assert_eq!(told(&files).0, 2 * sum(0..9) + 9 * 7 * i128::from(SERVICES));
}

#[test]
fn where_what_would_be_left_has_lines_in_common_all_counts_and_that_is_said() {
    let by_box = bill(0..9, true, "x");
    let mut other = dearer(bill(0..9, false, "z"), 7);
    other.extend(by_box.iter().take(12).cloned());
    let files =
        [file("a.csv", by_box), file("b.csv", bill(0..9, false, "x")), file("c.csv", other)];
    let (_, notes) = told(&files);
    assert!(notes.iter().any(|note| note.starts_with("9 days are told in several forms")));
}

#[test]
fn a_bill_of_two_accounts_counts_once_beside_one_of_each() {
    let (one, two) = (bill(0..9, true, "x"), dearer(bill(0..9, true, "y"), 7));
    let both = (0..9).flat_map(|day| {
        let of = move |service| {
            let UsageRecord::Line(line) = of_day(day, service, false, "both").remove(0) else {
                unreachable!("a line")
            };
            let more = Decimal::of_nanos(i128::from(BOXES) * 7_000_000_000);
            let billed = line.billed.plus(line.billed).plus(more);
            with_content(UsageRecord::Line(Box::new(BillLine { billed, ..*line })))
        };
        (0..SERVICES).map(of)
    });
    let all = 2 * sum(0..9) + 9 * 7 * i128::from(SERVICES * BOXES);
    let files = [file("a.csv", one), file("b.csv", two), file("c.csv", both.collect())];
    assert_eq!(told(&files).0, all);
}

#[test]
fn a_bill_by_box_and_by_month_counts_once() {
    let month = |first: i64| {
        let of = move |service| {
            let sum = (first..first + 30).flat_map(|day| of_day(day, service, false, "month"));
            let all = sum.fold(None::<BillLine>, |all, record| match (all, record) {
                (None, UsageRecord::Line(line)) => Some(*line),
                (Some(all), UsageRecord::Line(line)) => {
                    Some(BillLine { billed: all.billed.plus(line.billed), ..all })
                }
                (all, _) => all,
            });
            let Some(line) = all else { unreachable!("a line") };
            let end = Some(Time((first + 30) * Time::DAY));
            with_content(UsageRecord::Line(Box::new(BillLine { end, ..line })))
        };
        (0..SERVICES).map(of)
    };
    let months = (0..4).flat_map(|at| month(30 * at)).collect();
    let files = [file("a.csv", bill(0..120, true, "x")), file("b.csv", months)];
    assert_eq!(told(&files).0, sum(0..120));
}

#[test]
fn a_few_equal_sums_say_nothing() {
    let files = [file("a.csv", bill(0..3, true, "x")), file("b.csv", bill(0..3, false, "x"))];
    assert_eq!(told(&files).0, 2 * sum(0..3));
}

#[test]
fn what_commitments_cost_is_told_in_forms_too() {
    let held = |lines: Vec<UsageRecord>| -> Vec<UsageRecord> {
        let of = |record: UsageRecord| match record {
            UsageRecord::Line(line) if line.service == "service 1" => {
                let commitment = Some(Commitment {
                    id: "plan".to_owned(),
                    used: line.billed,
                    unused: Decimal::ZERO,
                });
                UsageRecord::Line(Box::new(BillLine { commitment, ..*line }))
            }
            other => other,
        };
        lines.into_iter().map(of).collect()
    };
    let (by_box, by_day) = (bill(0..9, true, "x"), bill(0..9, false, "x"));
    for (one, two) in [
        (held(by_box.clone()), held(by_day.clone())),
        (held(by_box.clone()), by_day.clone()),
        (by_box, held(by_day)),
    ] {
        assert_eq!(told(&[file("a.csv", one), file("b.csv", two)]).0, sum(0..9));
    }
}
