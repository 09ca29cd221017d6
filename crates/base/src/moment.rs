//! A second of the calendar, as commits and events name it.

use std::fmt;

use serde::{Deserialize, Serialize};

const DAY: i64 = 86_400;

/// Seconds since 1970-01-01 00:00 UTC, without leap seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Moment(pub i64);

impl Moment {
    /// Reads `2026-03-02`: its first second.
    pub fn of_day(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '-');
        let year: i64 = parts.next()?.parse().ok()?;
        let month: i64 = parts.next()?.parse().ok()?;
        let day: i64 = parts.next()?.parse().ok()?;
        if !((0..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day)) {
            return None;
        }
        let moment = Self(days_before(year, month, day) * DAY);
        // A day that a month has not got would be one of the next month.
        (moment.day() == text).then_some(moment)
    }

    /// Its day, such as `2026-03-02`.
    pub fn day(self) -> String {
        let (year, month, day) = civil(self.0.div_euclid(DAY));
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// Whole days from another moment to this one; 0 where it is not later.
    pub fn days_after(self, other: Self) -> u32 {
        u32::try_from(self.0.saturating_sub(other.0).max(0) / DAY).unwrap_or(u32::MAX)
    }
}

impl fmt::Display for Moment {
    /// As RFC 3339 writes it, in UTC.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let second = self.0.rem_euclid(DAY);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(f, "{}T{hour:02}:{minute:02}:{second:02}Z", self.day())
    }
}

/// Days from 1970-01-01 to a date of the Gregorian calendar. The year begins in March, so that the leap day is
/// its last; 146,097 days make 400 years.
fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The other way: year, month and day.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_moments_are_those_of_the_calendar() {
        assert_eq!(Moment(0).to_string(), "1970-01-01T00:00:00Z");
        assert_eq!(Moment(951_782_400 + 3661).to_string(), "2000-02-29T01:01:01Z");
        assert_eq!(Moment(-1).to_string(), "1969-12-31T23:59:59Z");
        assert_eq!(Moment::of_day("2026-03-02"), Some(Moment(1_772_409_600)));
        for wrong in [
            "2026-02-29",
            "2026-13-01",
            "2026-3-2",
            "today",
            "-1-01-01",
            "9223372036854775807-01-01",
        ] {
            assert_eq!(Moment::of_day(wrong), None, "{wrong}");
        }
        for days in (-800_000..800_000).step_by(97) {
            let (year, month, day) = civil(days);
            assert_eq!(days_before(year, month, day), days);
        }
    }

    #[test]
    fn age_counts_whole_days_and_is_never_negative() {
        assert_eq!(Moment(3 * DAY - 1).days_after(Moment(0)), 2);
        assert_eq!(Moment(0).days_after(Moment(DAY)), 0);
    }
}
