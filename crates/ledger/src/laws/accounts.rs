//! A fee that several accounts pay counts for each of them, in however many files each account is.
#![cfg(test)]

use super::again::{File, file, said, told};
use super::*;

/// Lines of an account that nobody else has, and fees that everybody pays.
const OWN: u64 = 60;
const FEES: u64 = 6;

/// Dollars of an account.
const SUM: i128 = 60 * 3 + 6 * 2;

fn lines(account: u64) -> Vec<UsageRecord> {
    let own = (0..OWN).map(|at| said(1000 * (account + 1) + at, 3, None));
    own.chain((0..FEES).map(|at| said(at, 2, None))).collect()
}

/// An export of an account, from a line until another.
fn part(account: u64, name: &str, from: usize, until: usize) -> File {
    file(&format!("{account}/{name}.csv"), lines(account)[from..until].to_vec())
}

#[test]
fn files_with_little_in_common_are_of_two_accounts() {
    let all = usize::try_from(OWN + FEES).unwrap();
    let (billed, notes) = told(&[part(0, "a", 0, all), part(1, "a", 0, all)]);
    assert_eq!(billed, 2 * SUM, "{notes:?}");
    let said = "`0/a.csv` and `1/a.csv` have 6 lines (12 USD) in common, and little else of the same hours: they are of two accounts, and all count";
    assert_eq!(notes, [said]);
}

#[test]
fn files_of_other_hours_are_of_one_account() {
    let line = |at: u64| {
        let UsageRecord::Line(line) = said(at, 3, None) else { unreachable!("a line") };
        let start = Time(i64::try_from(at).unwrap() * Time::HOUR / 8);
        UsageRecord::Line(Box::new(BillLine { start, ..*line }))
    };
    // Both tell one hour of a day, and all of that is in both.
    let (one, two) = ((0..104).map(line).collect(), (96..200).map(line).collect());
    assert_eq!(told(&[file("a.csv", one), file("b.csv", two)]).0, 600);
}

#[test]
fn bills_that_meet_within_an_hour_are_of_one_account() {
    let line = |at: u64| {
        let UsageRecord::Line(line) = said(at, 3, None) else { unreachable!("a line") };
        let start = Time(i64::try_from(at).unwrap() / 64 * Time::HOUR);
        UsageRecord::Line(Box::new(BillLine { start, ..*line }))
    };
    // Of the 30 lines of an hour that both could have, 6 are in both.
    let (one, two) = ((0..104).map(line).collect(), (98..192).map(line).collect());
    assert_eq!(told(&[file("a.csv", one), file("b.csv", two)]).0, 576);
}

proptest! {
    #[test]
    fn each_account_counts_once_however_it_is_exported(
        exports in prop::collection::vec(prop::collection::vec((0_usize..66, 0_usize..66), 0..3), 1..4),
        turn in any::<prop::sample::Index>(),
    ) {
        let mut files: Vec<File> = Vec::new();
        let mut sum = 0;
        for (account, again) in (0_u64..).zip(&exports) {
            files.push(part(account, "all", 0, 66));
            for (at, (one, two)) in again.iter().enumerate() {
                files.push(part(account, &format!("again {}", ["x", "y"][at]), *one.min(two), *one.max(two)));
            }
            sum += SUM;
        }
        let at = turn.index(files.len());
        files.rotate_left(at);
        let (billed, notes) = told(&files);
        prop_assert_eq!(billed, sum, "{:?}", notes);
    }
}
