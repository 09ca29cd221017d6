//! What operators mean, as in Python; a comparison with something unknown has no answer.

use std::cmp::Ordering;
use std::sync::Arc;

use super::container::LIMIT;
use super::hole::MARK;
use super::moment;
use super::template::Operator;
use super::value::{Key, Value};

/// Bytes of a text that a value may be; what makes a longer one stops soon behind, so that it is seen.
pub(super) const TEXT_LIMIT: usize = 8 << 20;

/// Values that a comparison looks at: lists that hold each other can be more than anybody can look through.
const COMPARED: usize = 1_000_000;

/// Whether a value counts as true; `None` if it is not known.
pub(super) fn truth(value: &Value) -> Option<bool> {
    Some(match value {
        Value::Unknown(_) => return None,
        Value::Undefined | Value::None => false,
        Value::Bool(value) => *value,
        Value::Int(value) => *value != 0,
        Value::Float(value) => *value != 0.0,
        Value::Text(text) => !text.is_empty(),
        Value::List(items) | Value::Tuple(items) => !items.0.borrow().is_empty(),
        Value::Dict(entries) => entries.namespace || !entries.map.borrow().is_empty(),
        Value::Relation(_)
        | Value::Macro(_)
        | Value::Host(_)
        | Value::Package(_)
        | Value::Bound(_)
        | Value::Moment(_)
        | Value::Node(_)
        | Value::Big(_)
        | Value::Loop(_) => true,
    })
}

/// Whether two values are equal; `None` if it is not known.
pub(super) fn equal(left: &Value, right: &Value) -> Option<bool> {
    let mut rest = COMPARED;
    equal_within(left, right, 40, &mut rest)
}

fn equal_within(left: &Value, right: &Value, depth: usize, rest: &mut usize) -> Option<bool> {
    *rest = rest.saturating_sub(1);
    if depth == 0 || *rest == 0 {
        return None;
    }
    match (left, right) {
        (Value::Unknown(left), Value::Unknown(right)) if left.key == right.key => Some(true),
        (Value::Unknown(_), _) | (_, Value::Unknown(_)) => None,
        (Value::Undefined | Value::None, Value::Undefined | Value::None) => Some(true),
        (Value::Text(left), Value::Text(right)) if left == right => Some(true),
        (Value::Text(left), Value::Text(right)) => {
            if left.contains(MARK) || right.contains(MARK) {
                None
            } else {
                Some(false)
            }
        }
        (Value::List(left), Value::List(right)) | (Value::Tuple(left), Value::Tuple(right)) => {
            let (left, right) = (left.0.borrow(), right.0.borrow());
            if left.len() != right.len() {
                return Some(false);
            }
            all(left.iter().zip(right.iter()).map(|(l, r)| equal_within(l, r, depth - 1, rest)))
        }
        (Value::Dict(left), Value::Dict(right)) => {
            let (left, right) = (left.map.borrow(), right.map.borrow());
            if left.len() != right.len() {
                return Some(false);
            }
            all(left.iter().map(|(key, (_, value))| match right.get(key) {
                Some((_, other)) => equal_within(value, other, depth - 1, rest),
                None => Some(false),
            }))
        }
        (Value::Relation(left), Value::Relation(right)) => Some(left.render() == right.render()),
        (Value::Moment(left), Value::Moment(right)) => Some(left == right),
        (Value::Macro(left), Value::Macro(right)) => Some(std::rc::Rc::ptr_eq(left, right)),
        (Value::Host(left), Value::Host(right)) => Some(left == right),
        (Value::Node(left), Value::Node(right)) => Some(left == right),
        (Value::Big(left), Value::Big(right)) => Some(left == right),
        _ => Some(order_numbers(left, right) == Some(Ordering::Equal)),
    }
}

fn all(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = true;
    for answer in answers {
        match answer {
            Some(false) => return Some(false),
            Some(true) => {}
            None => known = false,
        }
    }
    known.then_some(true)
}

/// The order of two values; `None` if they have none or it is not known.
pub(super) fn order(left: &Value, right: &Value) -> Option<Ordering> {
    let mut rest = COMPARED;
    order_within(left, right, 40, &mut rest)
}

fn order_within(left: &Value, right: &Value, depth: usize, rest: &mut usize) -> Option<Ordering> {
    *rest = rest.saturating_sub(1);
    if depth == 0 || *rest == 0 {
        return None;
    }
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        (Value::List(left), Value::List(right)) | (Value::Tuple(left), Value::Tuple(right)) => {
            let (left, right) = (left.0.borrow(), right.0.borrow());
            for (left, right) in left.iter().zip(right.iter()) {
                match order_within(left, right, depth - 1, rest)? {
                    Ordering::Equal => {}
                    other => return Some(other),
                }
            }
            Some(left.len().cmp(&right.len()))
        }
        (Value::Moment(left), Value::Moment(right)) => left.partial_cmp(right),
        _ => order_numbers(left, right),
    }
}

fn order_numbers(left: &Value, right: &Value) -> Option<Ordering> {
    match (left.as_int(), right.as_int()) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => as_float(left)?.partial_cmp(&as_float(right)?),
    }
}

/// A number as a float.
#[expect(clippy::cast_precision_loss, reason = "as Python converts")]
pub(super) fn as_float(value: &Value) -> Option<f64> {
    match value {
        Value::Float(value) => Some(*value),
        other => other.as_int().map(|value| value as f64),
    }
}

/// Whether a value is in a container; `None` if it is not known.
pub(super) fn contains(container: &Value, item: &Value) -> Option<bool> {
    match container {
        Value::Unknown(_) => None,
        Value::Text(text) => match item {
            Value::Text(part) if text.contains(part.as_ref()) => Some(true),
            Value::Text(part) if part.contains(MARK) || text.contains(MARK) => None,
            Value::Unknown(_) => None,
            _ => Some(false),
        },
        Value::List(items) | Value::Tuple(items) => {
            let mut known = true;
            for candidate in items.0.borrow().iter() {
                match equal(candidate, item) {
                    Some(true) => return Some(true),
                    Some(false) => {}
                    None => known = false,
                }
            }
            known.then_some(false)
        }
        Value::Dict(entries) => {
            let entries = entries.map.borrow();
            let marked = |value: &Value| value.as_text().is_some_and(|text| text.contains(MARK));
            match item {
                _ if entries.is_empty() => Some(false),
                Value::Unknown(_) => None,
                item if entries.contains_key(&Key::of(item)) => Some(true),
                item if marked(item) || entries.values().any(|(key, _)| marked(key)) => None,
                _ => Some(false),
            }
        }
        _ => Some(false),
    }
}

/// The value of an arithmetic operator between known values; undefined where Python would refuse.
pub(super) fn arithmetic(op: Operator, left: &Value, right: &Value) -> Value {
    match (op, left, right) {
        (Operator::Add, Value::Text(left), Value::Text(right)) => {
            Value::text(format!("{left}{right}"))
        }
        (Operator::Add, Value::List(left), Value::List(right)) => {
            Value::list([left.0.borrow().clone(), right.0.borrow().clone()].concat())
        }
        (Operator::Add, Value::Tuple(left), Value::Tuple(right)) => {
            Value::tuple([left.0.borrow().clone(), right.0.borrow().clone()].concat())
        }
        (Operator::Multiply, Value::Text(text), count)
        | (Operator::Multiply, count, Value::Text(text))
            if count.as_int().is_some() =>
        {
            repeated(text, count.as_int().unwrap_or(0))
        }
        (Operator::Multiply, Value::List(items), count) if count.as_int().is_some() => {
            let items = items.0.borrow();
            let times = usize::try_from(count.as_int().unwrap_or(0).max(0)).unwrap_or(usize::MAX);
            let times = times.min(LIMIT / items.len().max(1) + 1);
            Value::list((0..times).flat_map(|_| items.iter().cloned()).collect())
        }
        (_, Value::Moment(_), _) | (_, _, Value::Moment(_)) => {
            moment::arithmetic(op, left, right).map_or(Value::Undefined, Value::Moment)
        }
        _ => numbers(op, left, right),
    }
}

fn repeated(text: &Arc<str>, times: i128) -> Value {
    let times = usize::try_from(times.max(0)).unwrap_or(usize::MAX);
    let times = times.min(TEXT_LIMIT / text.len().max(1) + 1);
    Value::text(text.repeat(times))
}

fn numbers(op: Operator, left: &Value, right: &Value) -> Value {
    if let (Some(left), Some(right)) = (left.as_int(), right.as_int())
        && let Some(value) = whole(op, left, right)
    {
        return Value::Int(value);
    }
    let (Some(left), Some(right)) = (as_float(left), as_float(right)) else {
        return Value::Undefined;
    };
    match op {
        Operator::Add => Value::Float(left + right),
        Operator::Subtract => Value::Float(left - right),
        Operator::Multiply => Value::Float(left * right),
        Operator::Divide if right != 0.0 => Value::Float(left / right),
        Operator::FloorDivide if right != 0.0 => Value::Float((left / right).floor()),
        Operator::Remainder if right != 0.0 => Value::Float(left - right * (left / right).floor()),
        Operator::Power => Value::Float(left.powf(right)),
        _ => Value::Undefined,
    }
}

fn whole(op: Operator, left: i128, right: i128) -> Option<i128> {
    match op {
        Operator::Add => left.checked_add(right),
        Operator::Subtract => left.checked_sub(right),
        Operator::Multiply => left.checked_mul(right),
        Operator::FloorDivide => {
            let rest = left.checked_rem(right)?;
            let quotient = left.checked_div(right)?;
            Some(if rest != 0 && (rest < 0) != (right < 0) { quotient - 1 } else { quotient })
        }
        Operator::Remainder => {
            let rest = left.checked_rem(right)?;
            Some(if rest != 0 && (rest < 0) != (right < 0) { rest + right } else { rest })
        }
        Operator::Power => left.checked_pow(u32::try_from(right).ok()?),
        _ => None,
    }
}
