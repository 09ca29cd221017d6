//! Days and moments: the calendar, and texts that say a day.

/// Microseconds of a day.
pub(crate) const DAY: i64 = 86_400_000_000;

/// The day `year-month-day`, counted from 1970-01-01; `None` if there is none, or outside 1–9999.
pub(crate) fn day(year: i64, month: i64, day: i64) -> Option<i32> {
    if !(1..=9999).contains(&year) || !(1..=12).contains(&month) {
        return None;
    }
    if day < 1 || day > days_of(year, month) {
        return None;
    }
    // Years that begin in March have their leap day at the end.
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    i32::try_from(era * 146_097 + days - 719_468).ok()
}

/// Year, month and day.
pub(crate) fn civil(day: i32) -> (i64, i64, i64) {
    let days = i64::from(day) + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let date = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, date)
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// So many months later; a day that the month has not is its last.
pub(crate) fn add_months(from: i32, months: i64) -> Option<i32> {
    let (year, month, date) = civil(from);
    let index = year.checked_mul(12)?.checked_add(month - 1)?.checked_add(months)?;
    let (year, month) = (index.div_euclid(12), index.rem_euclid(12) + 1);
    day(year, month, date.min(days_of(year, month)))
}

/// Reads `YYYY-MM-DD`.
pub(crate) fn parse_day(text: &str) -> Option<i32> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    day(digits(&text[..4])?, digits(&text[5..7])?, digits(&text[8..])?)
}

/// Reads a day, or a day with `HH:MM:SS` and a fraction behind it, in microseconds.
pub(crate) fn parse_moment(text: &str) -> Option<i64> {
    let date = i64::from(parse_day(text.get(..10)?)?) * DAY;
    let Some(rest) = text.get(11..).filter(|_| matches!(text.as_bytes()[10], b' ' | b'T')) else {
        return (text.len() == 10).then_some(date);
    };
    let (time, fraction) = rest.split_once('.').unwrap_or((rest, ""));
    let parts: Vec<i64> = time.split(':').map(digits).collect::<Option<_>>()?;
    let [hour, minute, second] = parts.as_slice() else { return None };
    if *hour > 23 || *minute > 59 || *second > 59 || fraction.len() > 6 {
        return None;
    }
    let micros = if fraction.is_empty() { 0 } else { digits(&format!("{fraction:0<6}"))? };
    Some(date + ((hour * 60 + minute) * 60 + second) * 1_000_000 + micros)
}

fn digits(text: &str) -> Option<i64> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// As [`parse_day`] reads it.
pub(crate) fn shown_day(day: i32) -> String {
    let (year, month, date) = civil(day);
    format!("{year:04}-{month:02}-{date:02}")
}

/// As [`parse_moment`] reads it.
pub(crate) fn shown_moment(moment: i64) -> String {
    let day = i32::try_from(moment.div_euclid(DAY)).unwrap_or(0);
    let (seconds, micros) = (moment.rem_euclid(DAY) / 1_000_000, moment.rem_euclid(1_000_000));
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    let fraction = if micros == 0 { String::new() } else { format!(".{micros:06}") };
    let day = shown_day(day);
    format!("{day} {:02}:{:02}:{seconds:02}{fraction}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_come_back() {
        assert_eq!(day(1970, 1, 1), Some(0));
        assert_eq!(day(2000, 3, 1), Some(11_017));
        for number in (-700_000..2_900_000).step_by(997) {
            let (year, month, date) = civil(number);
            assert_eq!(day(year, month, date), Some(number));
        }
        assert_eq!((day(2023, 2, 29), day(2024, 2, 29).is_some()), (None, true));
    }

    #[test]
    fn months_end() {
        let at = |text: &str| parse_day(text).unwrap();
        assert_eq!(add_months(at("2024-01-31"), 1), Some(at("2024-02-29")));
        assert_eq!(add_months(at("2024-03-31"), -13), Some(at("2023-02-28")));
    }

    #[test]
    fn moments_read_and_print() {
        for text in ["2024-02-29 23:59:59", "1969-12-31 00:00:00.000001"] {
            assert_eq!(shown_moment(parse_moment(text).unwrap()), text);
        }
        assert_eq!(parse_moment("2024-02-29"), parse_moment("2024-02-29T00:00:00"));
        assert_eq!(parse_moment("2024-02-29 25:00:00"), None);
        assert_eq!(parse_moment("2024-02-2é"), None);
    }
}
