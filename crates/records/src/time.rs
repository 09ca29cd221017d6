//! Times as exports write them. Where no zone is said, it is UTC.

use plumb_base::Moment;
use plumb_base::record::usage::Time;

/// Reads `2026-10-01`, `2026-10-01 08:15:30.123 -0700`, `2026-10-01T08:15:30Z`, or a count since 1970.
pub(super) fn read(text: &str) -> Option<Time> {
    let text = text.trim();
    if text.len() < 10 || text.as_bytes().get(4) != Some(&b'-') {
        return counted(text);
    }
    let day = Moment::of_day(text.get(..10)?)?.0 * 1000;
    let rest = text[10..].trim_start_matches(['T', ' ']);
    let (clock, zone) = zone(rest)?;
    Some(Time(day + millis(clock)? - zone * 60_000))
}

/// A time of day in milliseconds.
fn millis(clock: &str) -> Option<i64> {
    if clock.is_empty() {
        return Some(0);
    }
    let mut parts = clock.splitn(3, ':');
    let number = |part: &str, most: i64| {
        part.parse::<i64>().ok().filter(|number| (0..most).contains(number))
    };
    let hours = number(parts.next()?, 24)?;
    let minutes = number(parts.next()?, 60)?;
    let second = parts.next().unwrap_or("0");
    let (seconds, fraction) = second.split_once('.').unwrap_or((second, ""));
    let seconds = number(seconds, 61)?;
    if !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let padded: String = fraction.chars().chain("000".chars()).take(3).collect();
    let fraction: i64 = padded.parse().ok()?;
    Some(((hours * 60 + minutes) * 60 + seconds) * 1000 + fraction)
}

/// A time of day without its zone, and the zone in minutes east of Greenwich.
fn zone(text: &str) -> Option<(&str, i64)> {
    let text = text.trim();
    for name in ["UTC", "GMT", "Z", "z"] {
        if let Some(clock) = text.strip_suffix(name) {
            return Some((clock.trim_end(), 0));
        }
    }
    let Some(at) = text.rfind(['+', '-']) else { return Some((text, 0)) };
    let (clock, offset) = text.split_at(at);
    let digits: String = offset[1..].chars().filter(|it| *it != ':').collect();
    let hours: i64 = digits.get(..2)?.parse().ok()?;
    let minutes: i64 = digits.get(2..4).map_or(Some(0), |it| it.parse().ok())?;
    let size = hours * 60 + minutes;
    let east = if offset.starts_with('-') { -size } else { size };
    (size <= 18 * 60).then_some((clock.trim_end(), east))
}

/// A count since 1970; its size tells whether it is of days, seconds or parts of them.
fn counted(text: &str) -> Option<Time> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let count: i64 = whole.parse().ok()?;
    let padded: String = fraction.chars().chain("000".chars()).take(3).collect();
    let millis = match count.unsigned_abs() {
        0..=99_999 => count * Time::DAY,
        100_000..=99_999_999_999 => count * 1000 + padded.parse::<i64>().ok()?,
        100_000_000_000..=99_999_999_999_999 => count,
        100_000_000_000_000..=99_999_999_999_999_999 => count / 1000,
        _ => count / 1_000_000,
    };
    Some(Time(millis))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_instant_is_written_in_many_ways() {
        let instant = Some(Time(1_790_842_530_123));
        for text in [
            "2026-10-01 08:15:30.123",
            "2026-10-01T08:15:30.123Z",
            "2026-10-01 01:15:30.123 -0700",
            "2026-10-01T10:15:30.123456+02:00",
            "2026-10-01 08:15:30.123 UTC",
            "1790842530.123000000",
            "1790842530123",
            "1790842530123000",
            "1790842530123000000",
        ] {
            assert_eq!(read(text), instant, "{text}");
        }
        assert_eq!(read("2026-10-01"), Some(Time(1_790_812_800_000)));
        assert_eq!(read("2026-10-01 08:15"), Some(Time(1_790_842_500_000)));
        assert_eq!(read("20727"), read("2026-10-01"));
        for text in
            ["", "today", "2026-13-01", "2026-10-01 25:00:00", "2026-10-01 08:15:3x", "01/10/2026"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
