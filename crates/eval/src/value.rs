//! Values, and when two of them are equal or one comes first.

use std::{cmp::Ordering, sync::Arc};

use plumb_base::{Digest, Hasher};

use crate::{
    date::{self, DAY},
    evaluator::TextOrder,
    number::{Number, NumberKind},
    unable::Unable,
};

/// A span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Interval {
    /// Months, which have no fixed length.
    pub months: i64,
    /// Microseconds.
    pub micros: i64,
}

/// A value. The order is one to sort by, not that of SQL.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// NULL.
    Null,
    /// TRUE or FALSE.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text.
    Text(Arc<str>),
    /// A day, counted from 1970-01-01.
    Date(i32),
    /// A moment, in microseconds from 1970-01-01.
    Timestamp(i64),
    /// A span of time.
    Interval(Interval),
    /// What a function of unknown meaning gives: perhaps NULL. Equal symbols are equal values; of different
    /// ones nothing is known.
    Symbol(Digest),
}

impl Value {
    /// A whole number.
    pub fn whole(units: i64) -> Self {
        Self::Number(Number::whole(units))
    }

    /// A text.
    pub fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn truth_of(value: Option<bool>) -> Self {
        value.map_or(Self::Null, Self::Bool)
    }

    /// Whether it is a symbol.
    pub fn is_symbol(&self) -> bool {
        matches!(self, Self::Symbol(_))
    }

    /// What a function gives of which nothing is known but that it is one.
    pub(crate) fn symbol<'a>(name: &str, args: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut hasher = Hasher::new("symbol");
        hasher.text(name);
        args.into_iter().for_each(|arg| arg.digest(&mut hasher));
        Self::Symbol(hasher.finish())
    }

    fn digest(&self, hasher: &mut Hasher) {
        match self {
            Self::Null => hasher.text("null"),
            Self::Bool(value) => hasher.text("bool").number(u64::from(*value)),
            // `1` and `1.0` are equal, and yet a function may tell them apart.
            Self::Number(number) => hasher.text(&format!("{:?}", (number.parts(), number.kind()))),
            Self::Text(text) => hasher.text("text").text(text),
            Self::Date(_) | Self::Timestamp(_) | Self::Interval(_) => {
                hasher.text(&format!("{self:?}"))
            }
            Self::Symbol(digest) => hasher.text("symbol").digest(*digest),
        };
    }

    /// Its truth, as a condition needs it.
    pub(crate) fn truth(&self) -> Result<Option<bool>, Unable> {
        match self {
            Self::Null => Ok(None),
            Self::Bool(value) => Ok(Some(*value)),
            Self::Symbol(_) => Unable::unknown("a condition"),
            other => Unable::broken(&format!("{other:?} is no truth value")),
        }
    }

    /// Equality as SQL has it: a truth value, NULL or a symbol.
    pub(crate) fn same(&self, other: &Self) -> Result<Self, Unable> {
        match (self, other) {
            (Self::Null, _) | (_, Self::Null) => Ok(Self::Null),
            (Self::Symbol(_), _) | (_, Self::Symbol(_)) => Ok(Self::symbol("eq", [self, other])),
            _ => {
                let (one, two) = aligned(self, other)?;
                Ok(Self::Bool(one == two))
            }
        }
    }

    /// Whether it is less: a truth value, NULL or a symbol.
    pub(crate) fn below(&self, other: &Self, texts: TextOrder) -> Result<Self, Unable> {
        match (self, other) {
            (Self::Null, _) | (_, Self::Null) => Ok(Self::Null),
            (Self::Symbol(_), _) | (_, Self::Symbol(_)) => Ok(Self::symbol("lt", [self, other])),
            _ => Ok(Self::Bool(self.order(other, texts)?.is_lt())),
        }
    }

    /// Which of two values that are not NULL comes first.
    pub(crate) fn order(&self, other: &Self, texts: TextOrder) -> Result<Ordering, Unable> {
        let (one, two) = aligned(self, other)?;
        if one == two {
            return Ok(Ordering::Equal);
        }
        match (&one, &two) {
            (Self::Symbol(_), _) | (_, Self::Symbol(_)) => Unable::unknown("an order"),
            (Self::Text(a), Self::Text(b)) if texts == TextOrder::Open => open_order(a, b),
            (Self::Interval(a), Self::Interval(b)) if a.months != b.months => {
                Err(Unable::Ambiguous("months have no fixed length"))
            }
            _ => Ok(one.cmp(&two)),
        }
    }
}

/// Both values as values of one type.
fn aligned(one: &Value, two: &Value) -> Result<(Value, Value), Unable> {
    let moment = |day: i32| Value::Timestamp(i64::from(day) * DAY);
    let pair = match (one, two) {
        (Value::Date(day), Value::Timestamp(_)) => (moment(*day), two.clone()),
        (Value::Timestamp(_), Value::Date(day)) => (one.clone(), moment(*day)),
        // A text beside a time is read as one; what is not clearly one is not.
        (Value::Text(text), Value::Date(_)) if date::parse_day(text).is_some() => {
            (date::parse_day(text).map_or(Value::Null, Value::Date), two.clone())
        }
        (Value::Text(text), Value::Timestamp(_)) if date::parse_moment(text).is_some() => {
            (date::parse_moment(text).map_or(Value::Null, Value::Timestamp), two.clone())
        }
        (Value::Date(_) | Value::Timestamp(_), Value::Text(_)) => {
            let (two, one) = match (two, one) {
                (Value::Text(text), Value::Date(_)) => {
                    (date::parse_day(text).map(Value::Date), one.clone())
                }
                (Value::Text(text), _) => {
                    (date::parse_moment(text).map(Value::Timestamp), one.clone())
                }
                _ => (None, one.clone()),
            };
            match two {
                Some(two) => (one, two),
                None => return Unable::unknown("a text as a time"),
            }
        }
        (Value::Symbol(_), _) | (_, Value::Symbol(_)) => (one.clone(), two.clone()),
        (Value::Number(one), Value::Number(two)) if one.is_close(*two) => {
            return Err(Unable::Ambiguous("numbers that may be rounded"));
        }
        _ if std::mem::discriminant(one) == std::mem::discriminant(two) => {
            (one.clone(), two.clone())
        }
        _ => return Unable::broken(&format!("{one:?} is compared with {two:?}")),
    };
    Ok(pair)
}

/// The order of two texts, where all usual orders agree: byte by byte, and letters without case and accents.
fn open_order(one: &str, two: &str) -> Result<Ordering, Unable> {
    let plain = |text: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric();
        text.bytes().all(plain) || date::parse_day(text).is_some()
    };
    let folded = one.to_ascii_lowercase().cmp(&two.to_ascii_lowercase());
    if one.is_empty() || two.is_empty() {
        return Ok(one.cmp(two));
    }
    if folded == one.cmp(two) && plain(one) && plain(two) {
        return Ok(folded);
    }
    Err(Unable::Ambiguous("the order of texts"))
}

/// False if one is false, else a symbol if one is, else NULL if one is NULL.
pub(crate) fn and(all: impl IntoIterator<Item = Value>) -> Result<Value, Unable> {
    let (mut null, mut symbols) = (false, Vec::new());
    for value in all {
        match value {
            Value::Symbol(_) => symbols.push(value),
            Value::Null => null = true,
            Value::Bool(true) => {}
            Value::Bool(false) => return Ok(Value::Bool(false)),
            other => return Unable::broken(&format!("{other:?} is no truth value")),
        }
    }
    if !symbols.is_empty() {
        symbols.extend(null.then_some(Value::Null));
        symbols.sort();
        return Ok(Value::symbol("and", &symbols));
    }
    Ok(if null { Value::Null } else { Value::Bool(true) })
}

pub(crate) fn not(value: Value) -> Result<Value, Unable> {
    match value {
        Value::Symbol(_) => Ok(Value::symbol("not", [&value])),
        other => Ok(Value::truth_of(other.truth()?.map(|truth| !truth))),
    }
}

pub(crate) fn or(all: impl IntoIterator<Item = Value>) -> Result<Value, Unable> {
    let all: Vec<Value> = all.into_iter().map(not).collect::<Result<_, _>>()?;
    not(and(all)?)
}

/// A fraction in lowest terms, as decimals are written.
pub(crate) fn decimal(units: i128, scale: u32) -> Result<Value, Unable> {
    let over = 10_i128.checked_pow(scale).ok_or(Unable::TooMuch)?;
    Number::new(units, over, NumberKind::Exact).map(Value::Number).ok_or(Unable::TooMuch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_an_order_where_all_agree() {
        let order = |a: &str, b: &str| Value::text(a).order(&Value::text(b), TextOrder::Open);
        assert_eq!(order("a", "b"), Ok(Ordering::Less));
        assert_eq!(order("", "b"), Ok(Ordering::Less));
        assert!(order("a", "B").is_err());
        assert!(order("a b", "ab").is_err());
        assert_eq!(order("2024-01-02", "2024-01-10"), Ok(Ordering::Less));
    }

    #[test]
    fn times_and_texts_meet() {
        let day = Value::Date(0);
        assert_eq!(day.same(&Value::text("1970-01-01")), Ok(Value::Bool(true)));
        assert_eq!(day.same(&Value::Timestamp(1)), Ok(Value::Bool(false)));
        assert!(day.same(&Value::text("today")).is_err());
        assert!(day.same(&Value::whole(1)).is_err());
    }

    #[test]
    fn truth_has_three_values_and_symbols() {
        let symbol = Value::symbol("f", []);
        let (yes, no) = (Value::Bool(true), Value::Bool(false));
        assert_eq!(and([symbol.clone(), no.clone()]), Ok(no.clone()));
        assert!(and([symbol.clone(), yes.clone()]).is_ok_and(|it| it.is_symbol()));
        assert_eq!(or([Value::Null, yes.clone()]), Ok(yes));
        assert_eq!(or([Value::Null, no]), Ok(Value::Null));
        assert!(symbol.truth().is_err());
    }
}
