//! Counts in words: plurals, thousands, percentages that never round up to all.

use plumb_base::Currency;
use plumb_base::answer::RowKind;

/// A count with its noun: `1 model`, `1,204 models`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{} {}", grouped(number), plural(noun)) }
}

/// The plural of an English noun.
fn plural(noun: &str) -> String {
    if let Some(stem) = noun.strip_suffix("sis") {
        return format!("{stem}ses");
    }
    match noun.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ies"),
        _ if noun.ends_with('s') => noun.to_owned(),
        _ => format!("{noun}s"),
    }
}

/// A number with its thousands set apart.
pub(crate) fn grouped(number: impl std::fmt::Display) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A size with two digits or more, in steps of 1024.
pub(crate) fn bytes(number: u64) -> String {
    const UNITS: [&str; 6] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
    let step = (number.max(1).ilog2() / 10).min(5);
    let (whole, unit) = (number >> (10 * step), UNITS[step as usize]);
    let tenths = ((number >> (10 * step).saturating_sub(10)) & 1023) * 10 / 1024;
    if step > 0 && whole < 10 {
        format!("{whole}.{tenths} {unit}")
    } else {
        format!("{whole} {unit}")
    }
}

/// A share in whole percent; `100 %` is all of it and `0 %` is none of it.
pub(crate) fn percent(part: usize, whole: usize) -> String {
    if part == whole {
        return "100 %".to_owned();
    }
    let share = part.saturating_mul(100) / whole.max(1);
    if share == 0 && part > 0 { "<1 %".to_owned() } else { format!("{share} %") }
}

/// Cents as an amount: `$1,234.56`, `EUR 12.00`, `−$0.50`.
pub(crate) fn cents(cents: i128, currency: Currency) -> String {
    let size = cents.unsigned_abs();
    let whole = grouped(size / 100);
    let sign = if cents < 0 { "−" } else { "" };
    let symbol = if currency == Currency::USD { "$".to_owned() } else { format!("{currency} ") };
    format!("{sign}{symbol}{whole}.{:02}", size % 100)
}

/// The word of what a row of a cost is.
pub(crate) fn row_kind(kind: RowKind) -> &'static str {
    match kind {
        RowKind::Named => "named",
        RowKind::NotNamed => "not-named",
        RowKind::Idle => "idle",
        RowKind::Overhead => "overhead",
        RowKind::Unattributed => "unattributed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_read_well() {
        assert_eq!(count(1, "query"), "1 query");
        assert_eq!(count(1204, "query"), "1,204 queries");
        assert_eq!(count(2, "analysis"), "2 analyses");
        assert_eq!(count(0, "seed"), "0 seeds");
        assert_eq!(count(2, "SQL files"), "2 SQL files");
    }

    #[test]
    fn amounts_are_said_whole() {
        let most = cents(-i128::MAX, Currency::USD);
        assert_eq!(most, "−$1,701,411,834,604,692,317,316,873,037,158,841,057.27");
    }

    #[test]
    fn sizes_read_well() {
        assert_eq!(bytes(0), "0 B");
        assert_eq!(bytes(1023), "1023 B");
        assert_eq!(bytes(1536), "1.5 KiB");
        assert_eq!(bytes(35 << 20), "35 MiB");
        assert_eq!(bytes(4_500_000_000_000), "4.0 TiB");
        assert_eq!(bytes(u64::MAX), "16383 PiB");
    }

    #[test]
    fn all_is_said_only_of_all() {
        assert_eq!(percent(999, 1000), "99 %");
        assert_eq!(percent(1, 1000), "<1 %");
        assert_eq!(percent(0, 0), "100 %");
    }
}
