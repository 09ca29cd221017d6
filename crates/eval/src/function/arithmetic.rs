//! Functions of numbers. Arguments are neither NULL nor symbols.

use crate::{
    date::{self, DAY},
    number::{Number, NumberKind},
    unable::Unable,
    value::{Interval, Value},
};

/// The value, if it is such a function.
pub(super) fn call(name: &str, args: &[Value]) -> Result<Option<Value>, Unable> {
    match (name, args) {
        ("add" | "add-open" | "sub" | "mul", [Value::Number(one), Value::Number(two)]) => {
            let number = match name {
                "add" | "add-open" => one.add(*two),
                "sub" => one.add(two.neg()),
                _ => one.mul(*two),
            };
            number.map(Value::Number).map(Some).ok_or(Unable::TooMuch)
        }
        ("add" | "add-open", [Value::Interval(by), time] | [time, Value::Interval(by)]) => {
            moved(time, *by, 1)
        }
        ("sub", [time, Value::Interval(by)]) => moved(time, *by, -1),
        (
            "add" | "sub" | "mul",
            [Value::Text(_) | Value::Bool(_), _] | [_, Value::Text(_) | Value::Bool(_)],
        ) => Unable::broken("arithmetic with what is no number"),
        (
            "div" | "div-int" | "div-floor" | "div-safe" | "div-zero" | "mod",
            [Value::Number(one), Value::Number(two)],
        ) => divided(name, *one, *two),
        ("neg", [Value::Number(one)]) => Ok(Some(Value::Number(one.neg()))),
        ("abs", [Value::Number(one)]) => Ok(Some(Value::Number(one.abs()))),
        ("floor", [Value::Number(one)]) => Ok(Some(open(one.floor(), *one))),
        ("ceil", [Value::Number(one)]) => Ok(Some(open(one.neg().floor().neg(), *one))),
        ("sign", [Value::Number(one)]) => {
            let sign = Number::whole(one.signum()).of(NumberKind::Open);
            Ok(Some(Value::Number(sign)))
        }
        _ => Ok(None),
    }
}

/// A number that is whole, of a type that may not be.
fn open(number: Number, of: Number) -> Value {
    let kind = if of.kind() == NumberKind::Whole { NumberKind::Whole } else { NumberKind::Open };
    Value::Number(number.of(kind))
}

fn divided(name: &str, one: Number, two: Number) -> Result<Option<Value>, Unable> {
    if two.is_zero() {
        return match name {
            "div-safe" => Ok(Some(Value::Null)),
            "div-zero" => Ok(Some(Value::whole(0))),
            _ => Err(Unable::Fails("a division by zero")),
        };
    }
    let quotient = one.div(two).ok_or(Unable::TooMuch)?;
    let kind = one.kind().with(two.kind());
    let number = match name {
        "div-int" => match kind {
            // The quotient of whole numbers is not rounded on the way.
            NumberKind::Whole => one.trunc_div(two).ok_or(Unable::TooMuch)?,
            NumberKind::Exact => quotient,
            NumberKind::Open if quotient.as_whole().is_some() => quotient.of(kind),
            NumberKind::Open => {
                return Err(Unable::Ambiguous("a quotient of perhaps whole numbers"));
            }
        },
        "div-floor" => quotient.floor().of(NumberKind::Open),
        "mod" => {
            let whole = one.trunc_div(two).and_then(|it| it.mul(two)).ok_or(Unable::TooMuch)?;
            one.add(whole.neg()).ok_or(Unable::TooMuch)?.of(kind)
        }
        _ => quotient,
    };
    Ok(Some(Value::Number(number)))
}

/// A time so much later. A day and a span may be a day or a moment: the moment stands for both.
fn moved(time: &Value, by: Interval, sign: i64) -> Result<Option<Value>, Unable> {
    let moment = match time {
        Value::Date(day) => i64::from(*day) * DAY,
        Value::Timestamp(moment) => *moment,
        _ => return Ok(None),
    };
    let day = i32::try_from(moment.div_euclid(DAY)).ok();
    let day = day.and_then(|day| date::add_months(day, by.months * sign));
    let day = day.ok_or(Unable::TooMuch)?;
    let micros = by.micros.checked_mul(sign).and_then(|it| it.checked_add(moment.rem_euclid(DAY)));
    let moment = micros.and_then(|micros| micros.checked_add(i64::from(day) * DAY));
    moment.map(Value::Timestamp).map(Some).ok_or(Unable::TooMuch)
}
