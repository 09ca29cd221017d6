//! A cent counts once, in however many files it is.

use std::collections::BTreeSet;

use plumb_base::Digest;

use super::*;

/// A file, and what is in it.
type File = (String, Vec<UsageRecord>);

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

fn billed(ledger: &Ledger) -> Vec<(Currency, i128)> {
    ledger.sums().unwrap().iter().map(|sum| (sum.currency, sum.billed)).collect()
}

/// A line as its row says it: a number for all that no other line says.
fn said(number: u64, billed: i64, id: Option<&str>) -> UsageRecord {
    let UsageRecord::Line(line) = line(billed, "Usage", Some("box")) else {
        unreachable!("a line")
    };
    UsageRecord::Line(Box::new(BillLine {
        start: Time(i64::try_from(number % 5).unwrap_or(0) * Time::DAY),
        id: id.map(str::to_owned),
        content: Some(Digest(number.into())),
        ..*line
    }))
}

/// What a row is the same as, in whatever file.
#[derive(Debug, Clone, Copy)]
enum Known {
    Id,
    Content,
    Hour,
}

fn row(known: Known, at: usize, amount: i64) -> UsageRecord {
    let number = u64::try_from(at).unwrap_or(0);
    match known {
        Known::Id => said(number, amount, Some(&format!("line {at}"))),
        Known::Content => said(number, amount, None),
        Known::Hour => {
            let at = i64::try_from(at).unwrap_or(0);
            hour("A", at, &format!("0.{:03}", amount.rem_euclid(1000)), None)
        }
    }
}

fn files(
    known: Known,
    amounts: &[i64],
    of: &[u8],
    again: &[(usize, u8)],
) -> (Vec<UsageRecord>, Vec<File>) {
    let rows: Vec<UsageRecord> =
        amounts.iter().enumerate().map(|(at, amount)| row(known, at, *amount)).collect();
    let mut places: BTreeSet<(u8, usize)> =
        (0..rows.len()).map(|at| (of.get(at).copied().unwrap_or(0), at)).collect();
    places.extend(again.iter().filter(|(at, _)| *at < rows.len()).map(|(at, file)| (*file, *at)));
    let numbers: BTreeSet<u8> = places.iter().map(|(file, _)| *file).collect();
    let file = |number: u8| {
        let of = places.iter().filter(|(file, _)| *file == number);
        (format!("bill-{number}.csv"), of.map(|(_, at)| rows[*at].clone()).collect())
    };
    let files = numbers.into_iter().map(file).collect();
    (rows, files)
}

proptest! {
    #[test]
    fn rows_have_one_sum_however_they_are_cut_and_told_again(
        known in prop::sample::select(vec![Known::Id, Known::Content, Known::Hour]),
        amounts in prop::collection::vec(-9_999_999_999_i64..9_999_999_999, 1..40),
        of in prop::collection::vec(0_u8..4, 0..40),
        again in prop::collection::vec((0_usize..40, 0_u8..6), 0..60),
    ) {
        let (rows, files) = files(known, &amounts, &of, &again);
        let whole = read_files(&[("whole.csv".to_owned(), rows)]);
        let cut = read_files(&files);
        prop_assert_eq!(billed(&whole), billed(&cut));
        let turned: Vec<File> = files.into_iter().rev().collect();
        prop_assert_eq!(billed(&whole), billed(&read_files(&turned)));
    }
}

const DOLLAR: i64 = 1_000_000_000_000;

fn file(name: &str, records: Vec<UsageRecord>) -> File {
    (name.to_owned(), records)
}

fn told(files: &[File]) -> (i128, Vec<String>) {
    let ledger = read_files(files);
    (ledger.sums().unwrap()[0].billed / 1_000_000_000, ledger.notes)
}

#[test]
fn a_part_of_an_export_that_is_there_again_counts_once_and_is_said_with_its_sum() {
    let rows = |range: std::ops::Range<u64>| range.map(|it| said(it, DOLLAR, None)).collect();
    let (billed, notes) = told(&[file("bill-1.csv", rows(0..10)), file("bill-2.csv", rows(7..9))]);
    assert_eq!(billed, 10);
    let said = "`bill-1.csv` and `bill-2.csv` have 2 lines in common (2 USD), the same lines: they count once";
    assert_eq!(notes, [said]);
    let parts = [file("bill-1.csv", rows(0..10)), file("bill-2.csv", rows(10..12))];
    assert_eq!(told(&parts), (12, vec![]));
}

#[test]
fn lines_of_one_file_that_are_the_same_all_count_and_so_they_do_in_its_parts() {
    // Each line is there twice; the first part has both of all but one.
    let same = |range: std::ops::Range<u64>| range.flat_map(|it| [it, it]);
    let rows = |numbers: Vec<u64>| numbers.into_iter().map(|it| said(it, DOLLAR, None)).collect();
    let one: Vec<u64> = same(0..5).chain([5]).collect();
    let two: Vec<u64> = std::iter::once(5).chain(same(6..11)).collect();
    let whole = rows(one.iter().chain(&two).copied().collect());
    assert_eq!(told(&[file("bill.csv", whole)]), (22, vec![]));
    let (billed, notes) = told(&[file("1.csv", rows(one.clone())), file("2.csv", rows(two))]);
    assert_eq!(billed, 22);
    assert!(
        notes[0].ends_with("(1 USD), the same lines, as each of them does alone: all count"),
        "{notes:?}"
    );
    // A copy of it has all of them.
    let (billed, notes) = told(&[file("1.csv", rows(one.clone())), file("2.csv", rows(one))]);
    assert_eq!((billed, notes.len()), (11, 1));
}

#[test]
fn lines_under_two_names_are_two_unless_all_of_a_file_was_named_anew() {
    let rows = |mark: &str, range: std::ops::Range<u64>| -> Vec<UsageRecord> {
        range.map(|it| said(it, DOLLAR, Some(&format!("{mark}{it}")))).collect()
    };
    assert_eq!(
        told(&[file("1.csv", rows("a", 0..9)), file("2.csv", rows("b", 8..20))]),
        (21, vec![])
    );
    let (billed, notes) = told(&[file("1.csv", rows("a", 0..9)), file("2.csv", rows("b", 2..20))]);
    assert_eq!((billed, notes.len()), (20, 1));
    assert!(notes[0].contains("7 lines in common (7 USD)"), "{notes:?}");
    // The same name and another amount.
    let other = said(99, 5 * DOLLAR, Some("a0"));
    let (billed, notes) = told(&[file("1.csv", rows("a", 0..9)), file("2.csv", vec![other])]);
    assert_eq!(billed, 9);
    assert!(notes[0].starts_with("1 line of bills (5 USD) have the id of another"), "{notes:?}");
}

#[test]
fn an_hour_that_was_not_over_is_told_by_the_file_that_reaches_farther() {
    let hours = |amounts: &[(i64, &str)]| -> Vec<UsageRecord> {
        amounts.iter().map(|(at, amount)| hour("A", *at, amount, None)).collect()
    };
    let old = file("b.csv", hours(&[(0, "1"), (1, "0.9"), (2, "0.1")]));
    let new = file("a.csv", hours(&[(1, "0.9"), (2, "1"), (3, "0.5")]));
    let sum = |files: &[File]| {
        let ledger = read_files(files);
        (ledger.sums().unwrap()[0].billed, ledger.notes)
    };
    // 3.4 credits at $2.37.
    for files in [[old.clone(), new.clone()], [new, old]] {
        let (billed, notes) = sum(&files);
        assert_eq!(billed, 8_058_000_000);
        assert!(
            notes.iter().any(|note| note.ends_with("the file that reaches farther counts")),
            "{notes:?}"
        );
    }
    // Two that say everything otherwise are of two accounts.
    let one = file("one.csv", hours(&[(0, "1"), (1, "0.9")]));
    let two = file("two.csv", hours(&[(0, "0.4"), (1, "0.3")]));
    assert_eq!(sum(&[one, two]).0, 6_162_000_000);
}
