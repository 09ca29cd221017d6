//! A cent counts once, in however many files it is.
#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::*;

/// A file, and what is in it.
pub(super) type File = (String, Vec<UsageRecord>);

fn read_files(files: &[File]) -> Ledger {
    let mut reading = Reading::new(contract());
    for (name, records) in files {
        reading.of(name);
        for record in records {
            reading.add(record.clone());
        }
    }
    reading.close()
}

fn billed(ledger: &Ledger) -> i128 {
    ledger.sums().unwrap().iter().map(|sum| sum.billed).sum()
}

const DOLLAR: i64 = 1_000_000_000_000;

pub(super) fn file(name: &str, records: Vec<UsageRecord>) -> File {
    (name.to_owned(), records)
}

pub(super) fn told(files: &[File]) -> (i128, Vec<String>) {
    let ledger = read_files(files);
    (billed(&ledger) / 1_000_000_000, ledger.notes)
}

/// A row that says what it says.
pub(super) fn with_content(mut record: UsageRecord) -> UsageRecord {
    let content = match &record {
        UsageRecord::Line(line) => {
            let (id, content) = (None, Digest::default());
            Digest::of(format!("{:?}", BillLine { id, content, ..(**line).clone() }))
        }
        UsageRecord::Usage(line) => {
            let (id, content) = (None, Digest::default());
            Digest::of(format!("{:?}", UsageLine { id, content, ..(**line).clone() }))
        }
        _ => Digest::default(),
    };
    match &mut record {
        UsageRecord::Line(line) => line.content = content,
        UsageRecord::Usage(line) => line.content = content,
        _ => {}
    }
    record
}

/// A line as its row says it: a number for all that no other line says.
pub(super) fn said(number: u64, dollars: i64, id: Option<&str>) -> UsageRecord {
    let resource = format!("box {number}");
    let UsageRecord::Line(line) = line(dollars * DOLLAR, "Usage", Some(&resource)) else {
        unreachable!("a line")
    };
    UsageRecord::Line(Box::new(BillLine {
        start: Time(i64::try_from(number % 5).unwrap_or(0) * Time::DAY),
        id: id.map(str::to_owned),
        content: Digest::of(format!("{number} {dollars}")),
        ..*line
    }))
}

/// How an export names its lines.
#[derive(Debug, Clone, Copy)]
enum Ids {
    Lasting,
    OfTheExport,
    None,
}

/// Lines of a bill: some say the same as others.
const LINES: u8 = 24;
const SAY: u64 = 9;

/// An export: its lines, how it names them, and the part that each is in.
fn export() -> impl Strategy<Value = (BTreeSet<u64>, Ids, Vec<u8>)> {
    let ids = prop::sample::select(vec![Ids::Lasting, Ids::OfTheExport, Ids::None]);
    (
        prop::collection::btree_set(0..u64::from(LINES), 0..20),
        ids,
        prop::collection::vec(0_u8..4, usize::from(LINES)),
    )
}

fn parts(at: usize, (lines, ids, parts): &(BTreeSet<u64>, Ids, Vec<u8>)) -> Vec<File> {
    let mut files: BTreeMap<String, Vec<UsageRecord>> = BTreeMap::new();
    for line in lines {
        let id = match ids {
            Ids::Lasting => Some(format!("line {line}")),
            Ids::OfTheExport => Some(format!("line {line} of {at}")),
            Ids::None => None,
        };
        let part = parts[usize::try_from(*line).unwrap_or(0)];
        let says = line % SAY;
        let record = said(says, i64::try_from(says).unwrap_or(0) + 1, id.as_deref());
        files.entry(format!("{at}/bill-{part}.csv")).or_default().push(record);
    }
    files.into_iter().collect()
}

/// What counts: of what is the same, as much as the export has that has most of it.
fn most(exports: &[(BTreeSet<u64>, Ids, Vec<u8>)]) -> i128 {
    let each = (0..SAY).map(|says| {
        let count = |lines: &BTreeSet<u64>| lines.iter().filter(|it| *it % SAY == says).count();
        let most = exports.iter().map(|(lines, ..)| count(lines)).max().unwrap_or_default();
        (i128::from(says) + 1) * i128::try_from(most).unwrap_or(0)
    });
    each.sum()
}

proptest! {
    #[test]
    fn a_bill_has_one_sum_however_it_is_cut_named_told_again_and_ordered(
        exports in prop::collection::vec(export(), 1..5),
        turn in any::<prop::sample::Index>(),
    ) {
        let mut files: Vec<File> =
            exports.iter().enumerate().flat_map(|(at, export)| parts(at, export)).collect();
        prop_assert_eq!(told(&files).0, most(&exports));
        let turn = if files.is_empty() { 0 } else { turn.index(files.len()) };
        files.rotate_left(turn);
        prop_assert_eq!(told(&files).0, most(&exports));
        files.reverse();
        prop_assert_eq!(told(&files).0, most(&exports));
    }

    #[test]
    fn of_a_line_that_was_corrected_what_is_read_first_counts(
        versions in prop::collection::vec(prop::collection::btree_map(0_u64..12, 0_i64..4, 0..12), 1..5),
    ) {
        let mut known: BTreeMap<u64, i64> = BTreeMap::new();
        let mut files = Vec::new();
        for (at, version) in versions.iter().enumerate() {
            let line = |(number, dollars): (&u64, &i64)| {
                known.entry(*number).or_insert(*dollars);
                said(*number, *dollars, Some(&format!("line {number}")))
            };
            files.push(file(&format!("{at}.csv"), version.iter().map(line).collect()));
        }
        prop_assert_eq!(told(&files).0, known.values().map(|it| i128::from(*it)).sum::<i128>());
    }

    #[test]
    fn an_hour_is_told_by_the_file_of_its_account_that_reaches_farthest(
        steps in prop::collection::vec(1_i64..9, 1..6),
        back in prop::collection::vec(3_i64..9, 6),
        turned in any::<bool>(),
    ) {
        // Each export begins a while before the end of the one before, and tells its last hour before it is over.
        let (mut end, mut files, mut last) = (0, Vec::new(), 0);
        for (at, step) in steps.iter().enumerate() {
            let from = (end - back[at]).max(0);
            end += step + 2;
            last = end - 1;
            let mut hours: Vec<UsageRecord> = (from..last).map(|it| hour("A", it, "1", None)).collect();
            hours.push(hour("A", last, "0.25", None));
            files.push(file(&format!("{at}.csv"), hours));
        }
        if turned {
            files.reverse();
        }
        let credits = i128::from(last) * 1_000_000_000 + 250_000_000;
        prop_assert_eq!(billed(&read_files(&files)), credits * 237 / 100);
    }
}

fn rows(range: Range<u64>) -> Vec<UsageRecord> {
    range.map(|it| said(it, 1, None)).collect()
}

#[test]
fn what_two_exports_have_in_common_counts_once_and_is_said_with_its_sum() {
    let (billed, notes) = told(&[file("a.csv", rows(0..10)), file("b.csv", rows(7..12))]);
    assert_eq!(billed, 12);
    assert_eq!(notes, ["`a.csv` and `b.csv` have 3 lines (3 USD) in common: they count once"]);
}

#[test]
fn the_three_pairs_with_most_in_common_are_named() {
    let whole = file("whole.csv", rows(0..40));
    let of = [("a", 5), ("b", 10), ("c", 15), ("d", 20), ("e", 25)];
    let of = of.map(|(name, count)| file(&format!("of-{name}.csv"), rows(0..count)));
    let files = of.to_vec();
    let (billed, notes) = told(&[vec![whole], files].concat());
    assert_eq!((billed, notes.len()), (40, 4));
    assert!(notes[0].starts_with("`of-e.csv` and `whole.csv` have 25 lines (25 USD)"), "{notes:?}");
    assert_eq!(notes[3], "2 more pairs of files have 15 lines (15 USD) in common: they count once");
}

#[test]
fn parts_of_one_export_are_read_as_one_and_what_they_have_in_common_is_said() {
    let (billed, notes) = told(&[file("bill-1.csv", rows(0..3)), file("bill-2.csv", rows(2..5))]);
    assert_eq!(billed, 6);
    let said = "`bill-1.csv` and `bill-2.csv` are parts of one export by their names, and have 1 line (1 USD) in common: all count";
    assert_eq!(notes, [said]);
}

#[test]
fn a_name_that_a_file_has_twice_stands_for_two_lines_unless_they_say_the_same() {
    let line = |number, dollars| said(number, dollars, Some("x"));
    assert_eq!(told(&[file("a.csv", vec![line(1, 1), line(2, 5)])]), (6, vec![]));
    let (billed, notes) = told(&[file("a.csv", vec![line(1, 1), line(1, 1)])]);
    assert_eq!(billed, 1);
    assert_eq!(notes, ["`a.csv` has 1 line (1 USD) twice, by their ids: they count once"]);
    // The next export has both again, and one of them twice.
    let next = vec![line(2, 5), line(1, 1), line(1, 1)];
    assert_eq!(told(&[file("a.csv", vec![line(1, 1), line(2, 5)]), file("b.csv", next)]).0, 6);
}

#[test]
fn a_line_that_was_corrected_is_said() {
    let files =
        [file("b.csv", vec![said(1, 2, Some("x"))]), file("a.csv", vec![said(1, 1, Some("x"))])];
    let (billed, notes) = told(&files);
    assert_eq!(billed, 2);
    let said = "`a.csv` has 1 line (1 USD) that `b.csv` tells otherwise, under the same ids: those of `b.csv` count";
    assert_eq!(notes, [said]);
}

#[test]
fn lines_of_a_thing_and_day_that_another_file_bills_otherwise_count_and_are_said() {
    let (billed, notes) =
        told(&[file("b.csv", vec![said(1, 2, None)]), file("a.csv", vec![said(1, 1, None)])]);
    assert_eq!(billed, 3);
    let said = "`a.csv` has 1 line (1 USD) of things and days that `b.csv` bills otherwise: all count; where one is a later state of the other, read that one alone";
    assert_eq!(notes, [said]);
}

fn hours(amounts: &[(i64, &str)]) -> Vec<UsageRecord> {
    amounts.iter().map(|(at, amount)| hour("A", *at, amount, None)).collect()
}

fn credits(files: &[File]) -> (String, Vec<String>) {
    let ledger = read_files(files);
    (format!("{}", Decimal::of_nanos(billed(&ledger) * 100 / 237)), ledger.notes)
}

#[test]
fn an_hour_that_was_not_over_counts_as_the_newer_file_has_it_and_that_is_said() {
    let old = file("b.csv", hours(&[(0, "1"), (1, "0.9"), (2, "0.1")]));
    let new = file("a.csv", hours(&[(1, "0.9"), (2, "1"), (3, "0.5")]));
    for files in [[old.clone(), new.clone()], [new, old]] {
        let (sum, notes) = credits(&files);
        assert_eq!(sum, "3.4");
        let said = "1 row (0.1 credits) of other files are of hours or days that `a.csv` tells otherwise: it reaches farther, and counts";
        assert!(notes.contains(&said.to_owned()), "{notes:?}");
        assert!(notes.contains(&"1 row was there twice and counts once".to_owned()), "{notes:?}");
    }
}

#[test]
fn of_two_files_that_reach_as_far_the_last_by_name_counts() {
    let one = file("one.csv", hours(&[(0, "1"), (1, "0.5")]));
    let two = file("two.csv", hours(&[(0, "1"), (1, "2")]));
    let (sum, notes) = credits(&[two, one]);
    assert_eq!(sum, "3");
    assert!(
        notes.iter().any(|it| it.contains("reaches as far and is the last by name")),
        "{notes:?}"
    );
}

#[test]
fn a_warehouse_that_was_made_anew_has_two_rows_of_an_hour_and_a_newer_file_tells_both() {
    let old = hours(&[(0, "1"), (1, "1"), (2, "0.3"), (2, "0.5")]);
    let new = hours(&[(0, "1"), (1, "1"), (2, "0.3"), (2, "0.6"), (3, "1")]);
    assert_eq!(credits(&[file("a.csv", old.clone())]).0, "2.8");
    for names in [["a.csv", "b.csv"], ["z.csv", "b.csv"]] {
        let files = [file(names[0], old.clone()), file(names[1], new.clone())];
        assert_eq!(credits(&files).0, "3.9");
    }
}

#[test]
fn an_export_that_names_the_warehouse_by_its_id_too_is_of_the_same_account() {
    let with_id = |records: Vec<UsageRecord>, ids: [&str; 4]| -> Vec<UsageRecord> {
        let named = |(record, id): (UsageRecord, &str)| match record {
            UsageRecord::WarehouseHour(hour) => {
                UsageRecord::WarehouseHour(WarehouseHour { id: Some(id.to_owned()), ..hour })
            }
            other => other,
        };
        records.into_iter().zip(ids).map(named).collect()
    };
    let rows = || hours(&[(0, "1"), (1, "1"), (2, "0.5"), (2, "0.5")]);
    // Two warehouses of one name, one after the other, are told by their ids alone.
    let named = || with_id(rows(), ["1", "1", "1", "2"]);
    assert_eq!(credits(&[file("a.csv", rows())]).0, "2.5");
    assert_eq!(credits(&[file("a.csv", named())]).0, "3");
    assert_eq!(credits(&[file("a.csv", named()), file("b.csv", named())]).0, "3");
    assert_eq!(credits(&[file("b.csv", rows()), file("a.csv", named())]).0, "2.5");
}

#[test]
fn an_export_with_more_columns_is_of_the_same_account() {
    let hour = |at: i64, queries: Option<&str>| hour("A", at, "1", queries);
    let old = file("a.csv", (0..5).map(|at| hour(at, None)).collect());
    let new = file("b.csv", (3..8).map(|at| hour(at, Some("0.5"))).collect());
    assert_eq!(credits(&[old.clone(), new.clone()]).0, "8");
    assert_eq!(credits(&[new, old]).0, "8");
}

#[test]
fn what_a_newer_export_leaves_out_is_not_lost() {
    let told = |cloud: &str, range: Range<i64>| -> Vec<UsageRecord> {
        let row = |at| match hour("A", at, "0.01", None) {
            UsageRecord::WarehouseHour(it) => {
                UsageRecord::WarehouseHour(WarehouseHour { cloud_services: number(cloud), ..it })
            }
            other => other,
        };
        range.map(row).collect()
    };
    let cloud = |files: &[File]| -> i128 {
        let ledger = read_files(files);
        let all = ledger.charges.iter();
        all.filter(|it| ledger.names.name(it.service) == "CLOUD_SERVICES").map(|it| it.billed).sum()
    };
    let both = [file("a.csv", told("0.01", 0..5)), file("b.csv", told("0", 3..8))];
    // A tenth of the compute of the day is free: of five hours, then of eight.
    assert_eq!(cloud(&both[..1]), 45 * 2_370_000);
    assert_eq!(cloud(&both), 42 * 2_370_000);
}

#[test]
fn files_that_say_most_hours_otherwise_are_of_two_accounts() {
    let one = file("one.csv", hours(&[(0, "1"), (1, "0.9"), (2, "1")]));
    let two = file("two.csv", hours(&[(0, "0.4"), (1, "0.3"), (2, "1")]));
    let (sum, notes) = credits(&[one, two]);
    assert_eq!(sum, "4.6");
    assert!(notes.iter().any(|it| it.ends_with("all count, as of several accounts")), "{notes:?}");
}

#[test]
fn parts_of_an_old_export_are_of_the_account_of_the_new_one() {
    let tell = |range: Range<i64>, last: &str| -> Vec<UsageRecord> {
        let end = range.end - 1;
        range.map(|at| hour("A", at, if at == end { last } else { "1" }, None)).collect()
    };
    let files = [
        file("old/m-1.csv", tell(0..10, "1")),
        file("old/m-2.csv", tell(10..21, "0.2")),
        file("new/m-1.csv", tell(0..20, "1")),
        file("new/m-2.csv", tell(20..24, "1")),
    ];
    assert_eq!(credits(&files).0, "24");
}

#[test]
fn use_without_ids_counts_as_in_the_export_that_has_most_of_it_and_use_with_ids_by_them() {
    let used = |id: Option<&str>, hour: i64| {
        let UsageRecord::Usage(line) = shared::used("", hour, "c", Some("1")) else {
            unreachable!("a line of use")
        };
        with_content(UsageRecord::Usage(Box::new(UsageLine { id: id.map(str::to_owned), ..*line })))
    };
    // Two units for half a dollar.
    let dollars = |files: &[File]| {
        let price = file("prices.csv", vec![shared::price()]);
        told(&[vec![price], files.to_vec()].concat()).0
    };
    let none = |hours: Range<i64>| hours.map(|at| used(None, at)).collect::<Vec<_>>();
    let named = |hours: Range<i64>| hours.map(|at| used(Some(&format!("u{at}")), at)).collect();
    assert_eq!(dollars(&[file("u-1.csv", none(0..3)), file("u-2.csv", none(2..4))]), 5);
    assert_eq!(dollars(&[file("a.csv", none(0..3)), file("b.csv", none(2..4))]), 4);
    assert_eq!(dollars(&[file("a.csv", none(0..3)), file("b.csv", named(2..5))]), 5);
    assert_eq!(dollars(&[file("b.csv", named(2..5)), file("a.csv", none(0..3))]), 5);
    let twice = [file("a.csv", vec![used(Some("x"), 0)]), file("b.csv", vec![used(Some("y"), 0)])];
    assert_eq!(dollars(&twice), 2);
}

#[test]
fn the_same_amount_of_two_regions_counts_twice_however_often_it_is_exported() {
    let row = |region: Option<&str>| {
        UsageRecord::Invoiced(Invoiced {
            day: Time(0),
            service: "STORAGE".to_owned(),
            usage: Decimal::ZERO,
            usage_type: "storage".to_owned(),
            is_credits: false,
            amount: number("2"),
            currency: Currency::USD,
            balance: None,
            is_adjustment: None,
            region: region.map(str::to_owned),
            contract: None,
            account: None,
        })
    };
    let both = || vec![row(Some("eu")), row(Some("us"))];
    assert_eq!(told(&[file("a.csv", both())]).0, 4);
    assert_eq!(told(&[file("a.csv", both()), file("b.csv", both())]).0, 4);
    assert_eq!(told(&[file("a.csv", vec![row(Some("eu"))]), file("b.csv", both())]).0, 4);
    // Nothing tells these apart.
    assert_eq!(told(&[file("a.csv", vec![row(None), row(None)])]).0, 2);
    assert_eq!(told(&[file("a.csv", vec![row(None)]), file("b.csv", vec![row(Some("eu"))])]).0, 2);
}

#[test]
fn where_names_last_two_lines_that_say_the_same_under_two_names_are_two() {
    let named = |range: Range<u64>, own: &str| {
        let line = |number: u64| said(number, 1, Some(&format!("line {number}")));
        let mut lines: Vec<UsageRecord> = range.map(line).collect();
        lines.push(said(900, 5, Some(own)));
        lines
    };
    // A hundred lines each, forty of them in both, and one that says the same in both.
    let (one, two) = (0..100, 60..160);
    let file_of = |range: &Range<u64>, own: &str, name: &str| file(name, named(range.clone(), own));
    let two_lines = [file_of(&one, "a", "a.csv"), file_of(&two, "b", "b.csv")];
    assert_eq!(told(&two_lines).0, 160 + 2 * 5);
    let note = "`a.csv` and `b.csv` have 40 lines (40 USD) in common: they count once";
    assert_eq!(told(&two_lines).1[0], note);
    let one_line = [file_of(&one, "a", "a.csv"), file_of(&two, "a", "b.csv")];
    assert_eq!(told(&one_line).0, 160 + 5);
    // Whichever is read first, and beside an export that calls all of it otherwise.
    let [first, second] = two_lines;
    let renamed = |at: usize, line: UsageRecord| match line {
        UsageRecord::Line(line) => {
            let id = Some(format!("other {at}"));
            UsageRecord::Line(Box::new(BillLine { id, ..*line }))
        }
        other => other,
    };
    let other = first.1.iter().cloned().enumerate().map(|(at, line)| renamed(at, line)).collect();
    let all = [file("c.csv", other), second, first];
    assert_eq!(told(&all).0, 160 + 2 * 5);
}
