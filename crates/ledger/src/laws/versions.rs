//! A bill that is told several times counts once, as it is told last.
#![cfg(test)]

use std::ops::Range;

use super::again::{file, said, told};
use super::*;

/// Lines of days, of which `late` are told otherwise on the last.
fn bill(days: Range<u64>, late: i64) -> Vec<UsageRecord> {
    let last = days.end - 1;
    let day = |day: u64| (0..10).map(move |at| (day, at));
    let line = |(day, at): (u64, u64)| {
        let late = if day == last && at < 3 { late } else { 0 };
        let dollars = i64::try_from(at).unwrap_or(0) + 5 - late;
        let UsageRecord::Line(line) = said(day * 100 + at, dollars, None) else {
            unreachable!("a line")
        };
        let start = Time(i64::try_from(day).unwrap_or(0) * Time::DAY);
        let resource = Some(format!("box {at}"));
        UsageRecord::Line(Box::new(BillLine { start, resource, ..*line }))
    };
    days.flat_map(day).map(line).collect()
}

/// Dollars of a day.
const DAY: i128 = 95;

#[test]
fn a_bill_that_is_told_again_counts_as_the_newest_file_tells_it_whatever_they_are_called() {
    for names in [["sep.csv", "late.csv"], ["bill-10.csv", "bill-25.csv"], ["b.csv", "a.csv"]] {
        let files = [file(names[0], bill(0..10, 2)), file(names[1], bill(0..12, 2))];
        let (billed, notes) = told(&files);
        assert_eq!(billed, 12 * DAY - 6, "{notes:?}");
        let said = format!(
            "3 lines (12 USD) of older exports are of things and days that `{}` tells otherwise: it is the newest of this bill, and counts",
            names[1]
        );
        assert!(notes.contains(&said), "{notes:?}");
        let (turned, _) = told(&[files[1].clone(), files[0].clone()]);
        assert_eq!(turned, billed);
    }
}

#[test]
fn versions_of_a_bill_are_compared_as_wholes_however_each_is_cut() {
    let cut = |folder: &str, at: usize, lines: Vec<UsageRecord>| {
        let (one, two) = lines.split_at(at);
        [
            file(&format!("{folder}/bill-1.csv"), one.to_vec()),
            file(&format!("{folder}/bill-2.csv"), two.to_vec()),
        ]
    };
    let old = cut("old", 37, bill(0..10, 1));
    let new = cut("new", 64, bill(0..12, 0));
    assert_eq!(told(&[old.to_vec(), new.to_vec()].concat()).0, 12 * DAY);
    assert_eq!(told(&[new.to_vec(), old.to_vec()].concat()).0, 12 * DAY);
}

#[test]
fn a_part_of_a_bill_that_was_picked_out_takes_nothing_from_the_whole() {
    let whole = file("a.csv", bill(0..10, 0));
    let every = |lines: Vec<UsageRecord>| lines.into_iter().step_by(2).collect();
    let picked = file("b.csv", every(bill(0..10, 0)));
    assert_eq!(told(&[whole, picked]).0, 10 * DAY);
}

#[test]
fn a_bill_that_repeats_itself_is_cut_into_parts_that_all_count() {
    // Each hour costs the same, and no line says of which hour it is.
    let hours = |from: u64| (from..from + 120).map(|at| said(at % 5, 1, None)).collect();
    let (billed, _) = told(&[file("bill-1.csv", hours(0)), file("bill-2.csv", hours(120))]);
    assert_eq!(billed, 240);
}

#[test]
fn a_tag_that_a_newer_export_tells_makes_no_other_thing_of_a_line() {
    let tagged = |lines: Vec<UsageRecord>| -> Vec<UsageRecord> {
        let tag = |(at, record): (usize, UsageRecord)| match record {
            UsageRecord::Line(line) if at % 10 == 0 => {
                let tags = vec![("team".to_owned(), "ink".to_owned())];
                with_content(UsageRecord::Line(Box::new(BillLine { tags, ..*line })))
            }
            other => other,
        };
        lines.into_iter().enumerate().map(tag).collect()
    };
    let files = [file("a.csv", bill(0..10, 0)), file("b.csv", tagged(bill(0..10, 0)))];
    assert_eq!(told(&files).0, 10 * DAY);
}

#[test]
fn what_is_used_of_a_plan_counts_as_the_newest_file_tells_it() {
    let line = |day: i64, at: u64, billed: i64, used: Option<i64>| {
        let UsageRecord::Line(line) = said(0, billed, None) else { unreachable!("a line") };
        let dollars = |it: i64| Decimal::of_nanos(i128::from(it) * 1_000_000_000);
        let commitment = used.map(|used| Commitment {
            id: "plan".to_owned(),
            used: dollars(used),
            unused: Decimal::ZERO,
        });
        let resource = Some(format!("box {at}"));
        let start = Time(day * Time::DAY);
        let line = BillLine { start, resource, commitment, ..*line };
        with_content(UsageRecord::Line(Box::new(line)))
    };
    let bill = |days: i64, late: i64| -> Vec<UsageRecord> {
        let mut lines = Vec::new();
        for day in 0..days {
            let late = if day == days - 1 { late } else { 0 };
            lines.extend((0..5).map(|at| line(day, at, 3, None)));
            lines.push(line(day, 9, 10 - late, Some(0)));
            lines.push(line(day, 9, 0, Some(8 - late)));
        }
        lines
    };
    for names in [["a.csv", "b.csv"], ["bill-10.csv", "bill-25.csv"]] {
        let files = [file(names[0], bill(6, 2)), file(names[1], bill(8, 0))];
        let (billed, notes) = told(&files);
        assert_eq!(billed, 8 * 25, "{notes:?}");
        let said = format!(
            "2 lines (8 USD) of older exports are of things and days that `{}` tells otherwise: it is the newest of this bill, and counts",
            names[1]
        );
        assert!(notes.contains(&said), "{notes:?}");
    }
}

#[test]
fn use_without_ids_that_is_told_again_under_the_name_of_a_part_counts_once() {
    let used = |hour: i64| {
        let UsageRecord::Usage(line) = shared::used("", hour, "c", Some("1")) else {
            unreachable!("a line of use")
        };
        with_content(UsageRecord::Usage(Box::new(UsageLine { id: None, ..*line })))
    };
    let price = file("prices.csv", vec![shared::price()]);
    let week = |hours: i64| (0..hours).map(used).collect::<Vec<_>>();
    let (once, _) = told(&[price.clone(), file("oct_14.csv", week(40))]);
    let (billed, notes) = told(&[price, file("oct_14.csv", week(40)), file("oct_7.csv", week(30))]);
    assert_eq!(billed, once);
    assert!(notes.contains(&"30 rows were there twice and count once".to_owned()), "{notes:?}");
}

#[test]
fn a_day_on_which_a_newer_export_begins_keeps_what_only_the_older_one_tells() {
    let hours = |from: i64, until: i64, more: i64| -> Vec<UsageRecord> {
        let hour = |at: i64| {
            let more = if at == 30 { more } else { 0 };
            let UsageRecord::Line(line) = said(0, 1 + more, None) else { unreachable!("a line") };
            let start = Time(at * Time::HOUR);
            with_content(UsageRecord::Line(Box::new(BillLine { start, ..*line })))
        };
        (from..until).map(hour).collect()
    };
    // An hour was told otherwise: both count on a day of which the newer export has only a part.
    let files = [file("a.csv", hours(0, 60, 0)), file("b.csv", hours(28, 80, 1))];
    assert_eq!(told(&files).0, 80 + 2);
    let files = [file("a.csv", hours(0, 60, 0)), file("b.csv", hours(20, 80, 1))];
    assert_eq!(told(&files).0, 80 + 1);
}
