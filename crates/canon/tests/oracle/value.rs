//! Values, and what functions do with them.

use plumb_ir::{Literal, SetKind};

/// A value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Int(i128),
    Text(String),
}

impl Value {
    pub(crate) fn truth(&self) -> Option<bool> {
        match self {
            Self::Null => None,
            Self::Bool(value) => Some(*value),
            other @ (Self::Int(_) | Self::Text(_)) => panic!("{other:?} is no truth value"),
        }
    }

    fn int(&self) -> Option<i128> {
        match self {
            Self::Null => None,
            Self::Int(value) => Some(*value),
            other @ (Self::Bool(_) | Self::Text(_)) => panic!("{other:?} is no number"),
        }
    }

    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Self::Null => None,
            Self::Int(value) => Some(value.to_string()),
            Self::Text(value) => Some(value.clone()),
            Self::Bool(_) => panic!("{self:?} is no text"),
        }
    }

    /// Equality as SQL has it.
    pub(crate) fn same(&self, other: &Self) -> Option<bool> {
        if *self == Self::Null || *other == Self::Null {
            return None;
        }
        let one = std::mem::discriminant(self) == std::mem::discriminant(other);
        assert!(one, "{self:?} is compared with {other:?}");
        Some(self == other)
    }

    fn below(&self, other: &Self) -> Option<bool> {
        self.same(other).map(|_| self < other)
    }
}

fn bool(value: Option<bool>) -> Value {
    value.map_or(Value::Null, Value::Bool)
}

fn int(value: Option<i128>) -> Value {
    value.map_or(Value::Null, Value::Int)
}

fn both(args: &[Value], compute: fn(i128, i128) -> i128) -> Value {
    let (one, two) = (args[0].int(), args[1].int());
    int(one.zip(two).map(|(one, two)| compute(one, two)))
}

/// False if one is false, else NULL if one is NULL.
pub(crate) fn and(all: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let all: Vec<Option<bool>> = all.collect();
    if all.contains(&Some(false)) {
        return Some(false);
    }
    (!all.contains(&None)).then_some(true)
}

pub(crate) fn not(value: Option<bool>) -> Option<bool> {
    value.map(|value| !value)
}

pub(crate) fn or(all: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    not(and(all.map(not)))
}

pub(crate) fn call(name: &str, args: &[Value]) -> Value {
    match name {
        "and" => bool(and(args.iter().map(Value::truth))),
        "or" => bool(or(args.iter().map(Value::truth))),
        "not" => bool(not(args[0].truth())),
        "eq" => bool(args[0].same(&args[1])),
        "ne" => bool(not(args[0].same(&args[1]))),
        "lt" => bool(args[0].below(&args[1])),
        "le" => bool(not(args[1].below(&args[0]))),
        "between" => {
            let low = not(args[0].below(&args[1]));
            bool(and([low, not(args[2].below(&args[0]))].into_iter()))
        }
        "in-list" => bool(or(args[1..].iter().map(|item| args[0].same(item)))),
        "is-null" => Value::Bool(args[0] == Value::Null),
        "all-equal" => bool(and(args.windows(2).map(|pair| pair[0].same(&pair[1])))),
        "is-false" => Value::Bool(args[0].truth() == Some(false)),
        "is-true" => Value::Bool(args[0].truth() == Some(true)),
        "is-distinct" => Value::Bool(args[0] != args[1]),
        "is-not-distinct" => Value::Bool(args[0] == args[1]),
        "add" => both(args, i128::wrapping_add),
        "sub" => both(args, i128::wrapping_sub),
        "mul" => both(args, i128::wrapping_mul),
        "neg" => int(args[0].int().map(i128::wrapping_neg)),
        "coalesce" => args.iter().find(|arg| **arg != Value::Null).cloned().unwrap_or(Value::Null),
        "lower" => args[0].text().map_or(Value::Null, |text| Value::Text(text.to_lowercase())),
        "concat" => {
            let parts: Option<Vec<String>> = args.iter().map(Value::text).collect();
            parts.map_or(Value::Null, |parts| Value::Text(parts.concat()))
        }
        other => panic!("{other} is not generated"),
    }
}

/// An aggregate over the arguments of all rows that count; `None` for a row without arguments.
pub(crate) fn measure(name: &str, mut values: Vec<Option<Value>>, distinct: bool) -> Value {
    if name == "only-value" {
        let first = values.pop().flatten().unwrap_or(Value::Null);
        assert!(
            values.iter().flatten().all(|it| *it == first),
            "a group has two of its only value"
        );
        return first;
    }
    values.retain(|value| *value != Some(Value::Null));
    if distinct {
        values.sort();
        values.dedup();
    }
    match name {
        "count" => int(i128::try_from(values.len()).ok()),
        "sum" => int(values
            .into_iter()
            .flatten()
            .map(|it| it.int())
            .reduce(|a, b| Some(a? + b?))
            .flatten()),
        "min" => values.into_iter().flatten().min().unwrap_or(Value::Null),
        "max" => values.into_iter().flatten().max().unwrap_or(Value::Null),
        other => panic!("{other} is not generated"),
    }
}

/// Rows of the left that the right has too, or has not.
pub(crate) fn set(
    kind: SetKind,
    all: bool,
    left: &[Vec<Value>],
    right: &[Vec<Value>],
) -> Vec<Vec<Value>> {
    let mut left = left.to_vec();
    left.sort();
    if !all {
        left.dedup();
    }
    let mut rest = right.to_vec();
    left.retain(|row| {
        let found = rest.iter().position(|other| other == row);
        if let (Some(at), true) = (found, all) {
            rest.swap_remove(at);
        }
        found.is_some() == (kind == SetKind::Intersect)
    });
    left
}

/// The value of a constant.
pub(crate) fn literal(literal: &Literal) -> Value {
    match literal {
        Literal::Null => Value::Null,
        Literal::Bool(value) => Value::Bool(*value),
        Literal::Integer(value) => Value::Int(*value),
        Literal::Text(text) => Value::Text(text.clone()),
        other => panic!("{other:?} is not generated"),
    }
}
