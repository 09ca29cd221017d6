//! Files that are parts of one export, told by their names.

/// The export that a file is of: its path without the number of a part.
///
/// `in/bill-2.csv.gz` and `in/bill-3.csv.gz` are parts of one export, and `in/bill-2026-10.csv` is none.
pub fn export(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
    let (stem, end) = name.split_once('.').unwrap_or((name, ""));
    let digits = |it: char| it.is_ascii_digit();
    // Spark writes the number first, and what is the same of all parts behind it.
    let first = stem.strip_prefix("part-").map(|rest| rest.trim_start_matches(digits));
    let mut rest = first.unwrap_or(stem);
    loop {
        let cut = rest.trim_end_matches(digits);
        let number = &rest[cut.len()..];
        let before = cut.strip_suffix(['-', '_']).unwrap_or(cut);
        // What may be a day, a month, an account or a year is no number of a part.
        let is_part =
            !number.is_empty() && number.len() < 6 && !ends_with_year(before) && !is_year(number);
        let is_named = is_version(before.trim_end()) || is_month(before.trim_end());
        if !is_part || before.is_empty() || is_named {
            break;
        }
        rest = before;
    }
    format!("{folder}/{rest}.{end}")
}

/// Whether what stands before a number makes it one of a version.
fn is_version(text: &str) -> bool {
    ["v", "ver", "version"].iter().any(|it| last_word(text).eq_ignore_ascii_case(it))
}

/// Whether what stands before a number makes it a day: the name of a month, or three letters of it.
fn is_month(text: &str) -> bool {
    let word = last_word(text).to_ascii_lowercase();
    word.len() >= 3 && MONTHS.iter().any(|month| word == *month || word == month[..3])
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

fn last_word(text: &str) -> &str {
    text.rsplit(|it: char| !it.is_ascii_alphabetic()).next().unwrap_or_default()
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && (text.starts_with("19") || text.starts_with("20"))
}

/// Whether what stands before a number makes it a month or a day.
fn ends_with_year(text: &str) -> bool {
    let mut parts = text.rsplit(|it: char| !it.is_ascii_digit());
    let (last, before) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    is_year(last) || (last.len() == 2 && is_year(before))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_parts_are_no_dates_and_no_accounts() {
        assert_eq!(export("in/bill-2.csv.gz"), export("in/bill-00013.csv.gz"));
        assert_eq!(export("in/data_0_1_0.csv"), export("in/data_0_2_3.csv"));
        for (one, two) in [
            ("bill-2026-10.csv", "bill-2026-11.csv"),
            ("bill-2026-10-01.csv", "bill-2026-10-02.csv"),
            ("bill-20261001.csv", "bill-20261002.csv"),
            ("bill-202610.csv", "bill-202611.csv"),
            ("bill2025.csv", "bill2026.csv"),
            ("111122223333.csv", "444455556666.csv"),
            ("bill-v1.csv", "bill-v2.csv"),
            ("Version 1.csv", "Version 2.csv"),
            ("bill_sep_10.csv", "bill_sep_25.csv"),
            ("October 7.csv", "October 14.csv"),
        ] {
            assert_ne!(export(one), export(two));
        }
    }
}
