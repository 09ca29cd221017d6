//! What values a column may hold: its type, and the constants it meets.

use std::collections::BTreeSet;

use plumb_ir::Type;

use crate::{
    date,
    number::{Number, NumberKind},
    value::Value,
};

/// The values of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Domain {
    /// Numbers of a whole type.
    Whole,
    /// Numbers of a type with digits after the point.
    Exact,
    /// Numbers of some type.
    Number,
    Text,
    Bool,
    Date,
    Timestamp,
}

/// How sure a domain is; later ones win.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ground {
    Nothing,
    /// A constant beside it.
    Constant,
    /// A function that takes or gives it.
    Use,
    Declared,
}

/// Columns and other values that are compared with each other.
#[derive(Debug, Clone)]
pub(super) struct Class {
    pub(super) domain: Domain,
    pub(super) ground: Ground,
    /// Constants that are compared with it, as they stand.
    pub(super) constants: BTreeSet<Value>,
}

impl Class {
    pub(super) fn new() -> Self {
        Self { domain: Domain::Number, ground: Ground::Nothing, constants: BTreeSet::new() }
    }

    pub(super) fn be(&mut self, domain: Domain, ground: Ground) {
        if ground > self.ground {
            (self.domain, self.ground) = (domain, ground);
        } else if (self.domain, domain) == (Domain::Number, Domain::Exact) {
            self.domain = Domain::Exact;
        }
    }

    pub(super) fn take(&mut self, other: Self) {
        self.be(other.domain, other.ground);
        self.constants.extend(other.constants);
    }

    /// A constant that is compared with it.
    pub(super) fn meet(&mut self, constant: Value) {
        let domain = match &constant {
            Value::Number(number) if number.as_whole().is_none() => Domain::Exact,
            Value::Number(_) => Domain::Number,
            Value::Text(_) => Domain::Text,
            Value::Bool(_) => Domain::Bool,
            Value::Date(_) => Domain::Date,
            Value::Timestamp(_) => Domain::Timestamp,
            Value::Null | Value::Interval(_) | Value::Symbol(_) => return,
        };
        self.be(domain, Ground::Constant);
        if self.constants.len() < 16 {
            self.constants.insert(constant);
        }
    }

    /// Values to choose from, the plainest first: those that matter, and their neighbours.
    pub(super) fn pool(&self) -> Vec<Value> {
        let mut pool = Vec::new();
        let fitting: Vec<Value> = self.constants.iter().filter_map(|it| self.fit(it)).collect();
        pool.extend(fitting.iter().cloned());
        pool.extend((0..3).map(|nth| self.domain.nth(nth)));
        for constant in &fitting {
            pool.extend(self.domain.neighbours(constant));
        }
        pool.extend(self.domain.telling());
        let mut seen = BTreeSet::new();
        pool.retain(|value| seen.insert(value.clone()));
        pool.truncate(40);
        pool
    }

    /// A constant as a value of the domain.
    pub(super) fn fit(&self, constant: &Value) -> Option<Value> {
        match (self.domain, constant) {
            (Domain::Whole, Value::Number(number)) => {
                Some(Value::Number(number.floor().of(NumberKind::Whole)))
            }
            (Domain::Exact, Value::Number(number)) => {
                Some(Value::Number(number.of(NumberKind::Exact)))
            }
            (Domain::Number, Value::Number(number)) => {
                Some(Value::Number(number.of(NumberKind::Open)))
            }
            (Domain::Whole | Domain::Number | Domain::Exact, Value::Text(text)) => {
                text.parse().ok().map(|number| self.domain.whole(number))
            }
            (Domain::Date, Value::Text(text)) => date::parse_day(text).map(Value::Date),
            (Domain::Date, Value::Timestamp(moment)) => {
                i32::try_from(moment.div_euclid(date::DAY)).ok().map(Value::Date)
            }
            (Domain::Timestamp, Value::Text(text)) => {
                date::parse_moment(text).map(Value::Timestamp)
            }
            (Domain::Timestamp, Value::Date(day)) => {
                Some(Value::Timestamp(i64::from(*day) * date::DAY))
            }
            (Domain::Text, Value::Date(day)) => Some(Value::text(&date::shown_day(*day))),
            (Domain::Text, Value::Text(_))
            | (Domain::Bool, Value::Bool(_))
            | (Domain::Date, Value::Date(_))
            | (Domain::Timestamp, Value::Timestamp(_)) => Some(constant.clone()),
            _ => None,
        }
    }
}

impl Domain {
    /// The domain of a declared type; of a type without a word of its own, texts stand for the values.
    pub(super) fn of(data_type: &Type) -> Option<Self> {
        Some(match data_type {
            Type::Unknown => return None,
            Type::Bool => Self::Bool,
            Type::Int(_) => Self::Whole,
            Type::Decimal(Some((_, 0))) => Self::Number,
            Type::Decimal(_) | Type::Float(_) => Self::Exact,
            Type::Date => Self::Date,
            Type::Timestamp | Type::TimestampZoned | Type::TimestampLocal => Self::Timestamp,
            Type::Text
            | Type::Bytes
            | Type::Time
            | Type::Interval
            | Type::Variant
            | Type::Array(_)
            | Type::Other(_) => Self::Text,
        })
    }

    fn whole(self, number: i64) -> Value {
        let kind = match self {
            Self::Whole => NumberKind::Whole,
            Self::Exact => NumberKind::Exact,
            _ => NumberKind::Open,
        };
        Value::Number(Number::whole(number).of(kind))
    }

    /// Values one after the other, all different but for truth values.
    pub(super) fn nth(self, nth: i64) -> Value {
        // 2024-01-01, a day on which a year, a quarter, a month and a week begin.
        let day = i32::try_from(19_723 + nth).unwrap_or(19_723);
        match self {
            Self::Whole | Self::Exact | Self::Number => self.whole(nth + 1),
            Self::Text => {
                let letter = u8::try_from(nth.rem_euclid(26)).unwrap_or(0) + b'a';
                let more = if nth < 26 { String::new() } else { (nth / 26).to_string() };
                Value::text(&format!("{}{more}", char::from(letter)))
            }
            Self::Bool => Value::Bool(nth % 2 == 0),
            Self::Date => Value::Date(day),
            Self::Timestamp => Value::Timestamp(i64::from(day) * date::DAY),
        }
    }

    /// Values on which functions differ that agree on plain ones.
    fn telling(self) -> Vec<Value> {
        // The last of a year, of a February, of a half; the middle of a quarter that is no first of a week.
        let days = [19_722, 19_782, 19_904, 19_857];
        match self {
            Self::Whole | Self::Exact | Self::Number => vec![self.whole(0), self.whole(-1)],
            Self::Text => ["", "A", " a", "ba"].map(Value::text).to_vec(),
            Self::Bool => Vec::new(),
            Self::Date => days.map(Value::Date).to_vec(),
            Self::Timestamp => {
                let (noon, minute) = (date::DAY / 2, date::DAY / 1440);
                let at = |day: i32| i64::from(day) * date::DAY + noon + minute;
                let first = Value::Timestamp(i64::from(19_723) * date::DAY + noon);
                std::iter::once(first).chain(days.map(|day| Value::Timestamp(at(day)))).collect()
            }
        }
    }

    /// Values just below and above.
    pub(super) fn neighbours(self, of: &Value) -> Vec<Value> {
        let number = |number: Option<Number>| number.map(Value::Number);
        match of {
            Value::Number(of) => {
                let one = Number::whole(1);
                let mut all = vec![number(of.add(one)), number(of.add(one.neg()))];
                if self == Self::Exact {
                    let half = Number::new(1, 2, NumberKind::Exact);
                    all.push(number(half.and_then(|half| of.add(half))));
                }
                let kind = of.kind();
                let of_kind = |value| match value {
                    Value::Number(number) => Value::Number(number.of(kind)),
                    other => other,
                };
                all.into_iter().flatten().map(of_kind).collect()
            }
            Value::Date(day) => vec![Value::Date(day + 1), Value::Date(day - 1)],
            Value::Timestamp(moment) => {
                vec![Value::Timestamp(moment + 1_000_000), Value::Timestamp(moment - 1_000_000)]
            }
            Value::Text(text) => {
                let longer = Value::text(&format!("{text}z"));
                let others = [text.to_uppercase(), text.to_lowercase()];
                let day = date::parse_day(text);
                let days = day.into_iter().flat_map(|day| [day + 1, day - 1]);
                let mut all: Vec<Value> =
                    days.map(|day| Value::text(&date::shown_day(day))).collect();
                if day.is_none() {
                    all.push(longer);
                    all.extend(others.iter().map(|other| Value::text(other)));
                }
                all
            }
            Value::Bool(_) | Value::Null | Value::Interval(_) | Value::Symbol(_) => Vec::new(),
        }
    }
}
