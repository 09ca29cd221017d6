//! Times as exports write them. Where no zone is said, it is UTC.

use plumb_base::Moment;
use plumb_base::record::usage::Time;

/// Which number of a day that ends with its year stands first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Day,
    Month,
}

/// Reads `2026-10-01`, `2026-10-01 08:15:30.123 -0700`, `2026-10-01T08:15:30Z`, or a count since 1970; and `10/1/26` where
/// it is known which of its numbers is the day.
pub(super) fn read(text: &str, order: Option<Order>) -> Option<Time> {
    let text = text.trim();
    if let Some((numbers, rest)) = year_last(text) {
        return at(&day(numbers, order?), rest);
    }
    if text.len() < 10 || text.as_bytes().get(4) != Some(&b'-') {
        return counted(text);
    }
    at(text.get(..10)?, &text[10..])
}

/// The first two numbers of a day that ends with its year, such as `10/1/26`.
pub(super) fn numbers(text: &str) -> Option<(u32, u32)> {
    year_last(text.trim()).map(|((one, two, _), _)| (one, two))
}

/// A day that ends with its year: its numbers, and what follows it.
fn year_last(text: &str) -> Option<((u32, u32, u32), &str)> {
    let sign = text.find(['/', '-', '.']).filter(|at| (1..=2).contains(at))?;
    let sign = char::from(*text.as_bytes().get(sign)?);
    let mut parts = text.splitn(3, sign);
    let (one, two, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let year = rest.find(|it: char| !it.is_ascii_digit()).unwrap_or(rest.len());
    let (year, rest) = rest.split_at(year);
    let number = |part: &str| {
        let digits = !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
        part.parse::<u32>().ok().filter(|_| digits)
    };
    let full = match year.len() {
        2 => number(year)? + 2000,
        4 => number(year)?,
        _ => return None,
    };
    (two.len() <= 2).then_some(((number(one)?, number(two)?, full), rest))
}

/// The same as it is written with the year first.
fn day((one, two, year): (u32, u32, u32), order: Order) -> String {
    let (month, day) = match order {
        Order::Day => (two, one),
        Order::Month => (one, two),
    };
    format!("{year:04}-{month:02}-{day:02}")
}

/// A day, and a time of it with its zone.
fn at(day: &str, rest: &str) -> Option<Time> {
    let day = Moment::of_day(day)?.0 * 1000;
    let (clock, zone) = zone(rest.trim_start_matches(['T', ' ']))?;
    Some(Time(day + millis(clock)? - zone * 60_000))
}

/// A time of day in milliseconds.
fn millis(clock: &str) -> Option<i64> {
    if clock.is_empty() {
        return Some(0);
    }
    let half = [(" AM", false), (" PM", true)].into_iter().find_map(|(end, is_late)| {
        let start = clock.len().checked_sub(end.len())?;
        clock.get(start..)?.eq_ignore_ascii_case(end).then_some((start, is_late))
    });
    let (clock, half) = half.map_or((clock, None), |(end, late)| (&clock[..end], Some(late)));
    let mut parts = clock.splitn(3, ':');
    let number = |part: &str, most: i64| {
        part.parse::<i64>().ok().filter(|number| (0..most).contains(number))
    };
    let mut hours = number(parts.next()?, 24)?;
    if let Some(is_late) = half {
        hours = (1..=12).contains(&hours).then_some(hours % 12 + if is_late { 12 } else { 0 })?;
    }
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
            assert_eq!(read(text, None), instant, "{text}");
        }
        assert_eq!(read("2026-10-01", None), Some(Time(1_790_812_800_000)));
        assert_eq!(read("2026-10-01 08:15", None), Some(Time(1_790_842_500_000)));
        assert_eq!(read("20727", None), read("2026-10-01", None));
        for text in
            ["", "today", "2026-13-01", "2026-10-01 25:00:00", "2026-10-01 08:15:3x", "01/10/2026"]
        {
            assert_eq!(read(text, None), None, "{text}");
        }
    }

    #[test]
    fn a_day_with_its_year_last_is_read_where_its_order_is_known() {
        let day = |text, order| read(text, Some(order));
        let october = read("2026-10-01", None);
        for text in ["10/1/26", "10/01/2026", "10-1-2026", "10.01.26 00:00", "10/1/26 12:00:00 AM"]
        {
            assert_eq!(day(text, Order::Month), october, "{text}");
            assert_eq!(read(text, None), None, "{text}");
        }
        assert_eq!(day("1/10/26", Order::Day), october);
        assert_eq!(day("10/1/26 1:15 pm", Order::Month), read("2026-10-01 13:15", None));
        for text in ["13/1/26", "10/1/026", "10/1", "10/x/26", "0/1/26", "10/1/26 13:00 PM"] {
            assert_eq!(day(text, Order::Month), None, "{text}");
        }
        assert_eq!(numbers(" 10/1/26 08:00"), Some((10, 1)));
        assert_eq!(numbers("2026-10-01"), None);
        assert_eq!(numbers("1790842530.123"), None);
    }
}
