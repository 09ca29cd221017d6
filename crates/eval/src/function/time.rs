//! Functions of days and moments. Arguments are neither NULL nor symbols.

use crate::{
    date::{self, DAY},
    unable::Unable,
    value::{Interval, Value},
};

/// The value, if it is such a function.
pub(super) fn call(name: &str, args: &[Value]) -> Result<Option<Value>, Unable> {
    match (name, args) {
        ("date-part", [Value::Text(unit), time]) => Ok(part(unit, time)),
        ("date-trunc", [Value::Text(unit), time]) => Ok(trunc(unit, time)),
        ("date-add", [Value::Text(unit), Value::Number(by), Value::Date(day)]) => {
            let Some(by) = by.as_whole() else { return Ok(None) };
            let day = match unit.as_ref() {
                "day" => i32::try_from(i64::from(*day).saturating_add(by)).ok(),
                "week" => i32::try_from(i64::from(*day).saturating_add(by.saturating_mul(7))).ok(),
                "month" => date::add_months(*day, by),
                "quarter" => date::add_months(*day, by.saturating_mul(3)),
                "year" => date::add_months(*day, by.saturating_mul(12)),
                _ => return Ok(None),
            };
            day.map(Value::Date).map(Some).ok_or(Unable::TooMuch)
        }
        ("date-diff", [Value::Text(unit), Value::Date(one), Value::Date(two)]) => {
            let days = i64::from(*two) - i64::from(*one);
            Ok((unit.as_ref() == "day").then(|| Value::whole(days)))
        }
        ("to-date", [Value::Text(text)]) => Ok(date::parse_day(text).map(Value::Date)),
        ("to-date", [Value::Date(day)]) => Ok(Some(Value::Date(*day))),
        _ => Ok(None),
    }
}

/// A part of a time, as a number.
fn part(unit: &str, time: &Value) -> Option<Value> {
    let moment = moment(time)?;
    let (year, month, date) = date::civil(i32::try_from(moment.div_euclid(DAY)).ok()?);
    let seconds = moment.rem_euclid(DAY) / 1_000_000;
    let timed = matches!(time, Value::Timestamp(_));
    let number = match unit {
        "year" => year,
        "quarter" => (month + 2) / 3,
        "month" => month,
        "day" => date,
        "hour" if timed => seconds / 3600,
        "minute" if timed => seconds / 60 % 60,
        _ => return None,
    };
    Some(Value::whole(number))
}

/// The beginning of a span of time. Of a day, too, it is a moment in some engines: it stands for both.
fn trunc(unit: &str, time: &Value) -> Option<Value> {
    let moment = moment(time)?;
    let day = i32::try_from(moment.div_euclid(DAY)).ok()?;
    let (year, month, _) = date::civil(day);
    let start = match unit {
        "year" => date::day(year, 1, 1)?,
        "quarter" => date::day(year, (month - 1) / 3 * 3 + 1, 1)?,
        "month" => date::day(year, month, 1)?,
        "day" => day,
        _ => return None,
    };
    Some(Value::Timestamp(i64::from(start) * DAY))
}

fn moment(time: &Value) -> Option<i64> {
    match time {
        Value::Date(day) => Some(i64::from(*day) * DAY),
        Value::Timestamp(moment) => Some(*moment),
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::Text(_)
        | Value::Interval(_)
        | Value::Symbol(_) => None,
    }
}

/// Reads `3 month`.
pub(crate) fn interval(text: &str) -> Option<Interval> {
    let (amount, unit) = text.trim().split_once(' ')?;
    let amount: i64 = amount.trim_matches('\'').parse().ok()?;
    let months = |months: i64| Some(Interval { months: amount.checked_mul(months)?, micros: 0 });
    let micros = |micros: i64| Some(Interval { months: 0, micros: amount.checked_mul(micros)? });
    match unit.trim().trim_end_matches('s') {
        "year" => months(12),
        "quarter" => months(3),
        "month" => months(1),
        "week" => micros(7 * DAY),
        "day" => micros(DAY),
        "hour" => micros(DAY / 24),
        "minute" => micros(60_000_000),
        "second" => micros(1_000_000),
        _ => None,
    }
}
