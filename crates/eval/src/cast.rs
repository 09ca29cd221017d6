//! Conversions, where all engines agree on them.

use plumb_ir::{Literal, Type};

use crate::{
    date::{self, DAY},
    number::{Number, NumberKind},
    scalar::literal,
    unable::Unable,
    value::Value,
};

/// The value as one of another type.
pub(crate) fn cast(value: Value, to: &Type) -> Result<Value, Unable> {
    if value == Value::Null {
        return Ok(value);
    }
    let done = match to {
        Type::Bool => match &value {
            Value::Bool(_) => Some(value.clone()),
            _ => None,
        },
        Type::Int(bits) => whole(&value)?.map(|number| in_range(number, *bits)).transpose()?,
        Type::Decimal(size) => match (number(&value)?, size) {
            (Some(number), Some((precision, scale))) => fits(number, *precision, *scale)?,
            (Some(number), None) => number.as_whole().map(|_| of(number, NumberKind::Open)),
            (None, _) => None,
        },
        Type::Float(_) => number(&value)?.map(|number| of(number, NumberKind::Exact)),
        Type::Text => match &value {
            Value::Text(_) => Some(value.clone()),
            Value::Number(number) if number.kind() == NumberKind::Whole => {
                number.as_whole().map(|number| Value::text(&number.to_string()))
            }
            Value::Date(day) => Some(Value::text(&date::shown_day(*day))),
            _ => None,
        },
        Type::Date => match &value {
            Value::Date(_) => Some(value.clone()),
            Value::Timestamp(moment) => i32::try_from(moment.div_euclid(DAY)).ok().map(Value::Date),
            Value::Text(text) => date::parse_day(text).map(Value::Date),
            _ => None,
        },
        Type::Timestamp => match &value {
            Value::Timestamp(_) => Some(value.clone()),
            Value::Date(day) => Some(Value::Timestamp(i64::from(*day) * DAY)),
            Value::Text(text) => date::parse_moment(text).map(Value::Timestamp),
            _ => None,
        },
        Type::Unknown
        | Type::Bytes
        | Type::Time
        | Type::TimestampZoned
        | Type::TimestampLocal
        | Type::Interval
        | Type::Variant
        | Type::Array(_)
        | Type::Other(_) => None,
    };
    // What engines convert in their own ways is a function of the value, and no more is known.
    Ok(done.unwrap_or_else(|| Value::symbol("cast", [&Value::text(&to.to_string()), &value])))
}

fn of(number: Number, kind: NumberKind) -> Value {
    Value::Number(number.of(kind))
}

/// The number that a value is or says.
fn number(value: &Value) -> Result<Option<Number>, Unable> {
    match value {
        Value::Number(number) => Ok(Some(*number)),
        Value::Text(text) => {
            let (sign, digits) =
                text.strip_prefix('-').map_or((1, text.as_ref()), |rest| (-1, rest));
            let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            if digits.is_empty() || !plain {
                // Some engines are content with blanks, signs and exponents.
                let letters = text.bytes().any(|byte| byte.is_ascii_alphabetic() && byte != b'e');
                let fails = Unable::Fails("a text that is no number");
                return if letters { Err(fails) } else { Ok(None) };
            }
            match literal(&Literal::number(digits))? {
                Value::Number(number) if sign < 0 => Ok(Some(number.neg())),
                Value::Number(number) => Ok(Some(number)),
                _ => Ok(None),
            }
        }
        _ => Ok(None),
    }
}

/// A whole number; one that is not is rounded here and cut there.
fn whole(value: &Value) -> Result<Option<Number>, Unable> {
    if let Value::Bool(truth) = value {
        return Ok(Some(Number::whole(i64::from(*truth))));
    }
    Ok(number(value)?.filter(|number| number.as_whole().is_some()))
}

fn in_range(number: Number, bits: u16) -> Result<Value, Unable> {
    let most = 1_i128.checked_shl(u32::from(bits.clamp(1, 64)) - 1).unwrap_or(i128::MAX);
    if number.parts().0 >= most || number.parts().0 < -most {
        return Err(Unable::Fails("a number out of range"));
    }
    Ok(of(number, NumberKind::Whole))
}

/// A decimal that needs no rounding; whether one without digits after the point is whole, engines disagree.
fn fits(number: Number, precision: u32, scale: u32) -> Result<Option<Value>, Unable> {
    let power = 10_i128.checked_pow(scale).ok_or(Unable::TooMuch)?;
    let (units, over) = number.parts();
    if power % over != 0 {
        return Ok(None);
    }
    let digits = units.checked_mul(power / over).ok_or(Unable::TooMuch)?;
    if digits.abs() >= 10_i128.checked_pow(precision).ok_or(Unable::TooMuch)? {
        return Err(Unable::Fails("a number out of range"));
    }
    let kind = if scale == 0 { NumberKind::Open } else { NumberKind::Exact };
    Ok(Some(of(number, kind)))
}
