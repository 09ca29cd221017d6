//! The methods of Python's lists, tuples, sets and dictionaries.

use std::cmp::Ordering;
use std::rc::Rc;

use super::operate::{equal, order, truth};
use super::value::{Args, Entries, Items, Key, Value};

/// Length that no real list reaches.
pub(super) const LIMIT: usize = 400_000;

/// Calls a method of a list or a tuple; `None` if they have no such method.
// Comparing can look into the very list that is changed, so nothing stays borrowed while values are compared.
pub(super) fn list_method(items: &Rc<Items>, name: &str, args: &Args) -> Option<Value> {
    let first = args.positional.first();
    let list = &items.0;
    let len = list.borrow().len();
    let place =
        |value: &Value| list.borrow().iter().position(|item| equal(item, value) == Some(true));
    let index = |at: i128| usize::try_from(if at < 0 { at + len_of(len) } else { at });
    match name {
        "append" if len < LIMIT => list.borrow_mut().push(first?.clone()),
        "add" if len < LIMIT && place(first?).is_none() => list.borrow_mut().push(first?.clone()),
        "append" | "add" => {}
        "extend" | "update" => {
            for item in elements(first?).into_iter().take(LIMIT.saturating_sub(len)) {
                if name == "extend" || place(&item).is_none() {
                    list.borrow_mut().push(item);
                }
            }
        }
        "insert" => {
            let at = index(first?.as_int()?).unwrap_or(0).min(len);
            list.borrow_mut().insert(at, args.positional.get(1)?.clone());
        }
        "remove" | "discard" => {
            let removed = place(first?).map(|at| list.borrow_mut().remove(at));
            drop(removed);
        }
        "pop" => {
            let at = index(first.and_then(Value::as_int).unwrap_or(-1)).unwrap_or(len);
            return Some(if at < len { list.borrow_mut().remove(at) } else { Value::Undefined });
        }
        "clear" => drop(list.take()),
        "reverse" => list.borrow_mut().reverse(),
        "sort" => {
            let mut sorted = list.borrow().clone();
            sort(&mut sorted, args.named("reverse").is_some_and(|v| truth(v) == Some(true)));
            drop(list.replace(sorted));
        }
        "index" => {
            return Some(place(first?).map_or(Value::Undefined, |at| Value::Int(len_of(at))));
        }
        "count" => {
            let value = first?;
            let items = list.borrow();
            let same = items.iter().filter(|item| equal(item, value) == Some(true)).count();
            return Some(Value::Int(len_of(same)));
        }
        "copy" => return Some(Value::list(list.borrow().clone())),
        "group" => {
            let at = index(first.and_then(Value::as_int).unwrap_or(0)).ok();
            return Some(at.and_then(|at| list.borrow().get(at).cloned()).unwrap_or_default());
        }
        "groups" => return Some(Value::tuple(list.borrow().iter().skip(1).cloned().collect())),
        "union"
        | "intersection"
        | "difference"
        | "issubset"
        | "issuperset"
        | "symmetric_difference" => {
            return Some(set_operation(name, &list.borrow().clone(), elements(first?)));
        }
        _ => return None,
    }
    Some(Value::None)
}

fn set_operation(name: &str, left: &[Value], right: Vec<Value>) -> Value {
    let has = |all: &[Value], item: &Value| all.iter().any(|one| equal(one, item) == Some(true));
    match name {
        "issubset" => return Value::Bool(left.iter().all(|item| has(&right, item))),
        "issuperset" => return Value::Bool(right.iter().all(|item| has(left, item))),
        _ => {}
    }
    let mut out: Vec<Value> = match name {
        "union" => left.to_vec(),
        "intersection" => left.iter().filter(|item| has(&right, item)).cloned().collect(),
        _ => left.iter().filter(|item| !has(&right, item)).cloned().collect(),
    };
    if matches!(name, "union" | "symmetric_difference") {
        out.extend(right.into_iter().filter(|item| !has(left, item)));
    }
    Value::list(out)
}

/// Sorts values; those without an order stay where they are.
pub(super) fn sort(items: &mut [Value], reversed: bool) {
    items.sort_by(|left, right| {
        let found = rank(left).cmp(&rank(right));
        let found = found.then_with(|| order(left, right).unwrap_or(Ordering::Equal));
        if reversed { found.reverse() } else { found }
    });
}

// A sort needs one order for all: values of different kinds are ordered by kind.
fn rank(value: &Value) -> u8 {
    match value {
        Value::Undefined | Value::None => 0,
        Value::Bool(_) | Value::Int(_) | Value::Float(_) => 1,
        Value::Text(_) => 2,
        Value::List(_) | Value::Tuple(_) => 3,
        Value::Moment(_) => 4,
        _ => 5,
    }
}

/// The names of the methods that dictionaries have.
pub(super) fn is_dict_method(name: &str) -> bool {
    matches!(
        name,
        "items" | "keys" | "values" | "get" | "pop" | "update" | "setdefault" | "copy" | "clear"
    )
}

/// Calls a method of a dictionary; `None` if they have no such method.
pub(super) fn dict_method(entries: &Rc<Entries>, name: &str, args: &Args) -> Option<Value> {
    let default = || args.get(1, "default").cloned();
    match name {
        "items" => {
            let map = entries.map.borrow();
            let pairs = map.values().map(|(k, v)| Value::tuple(vec![k.clone(), v.clone()]));
            Some(Value::list(pairs.collect()))
        }
        "keys" => Some(Value::list(elements(&Value::Dict(Rc::clone(entries))))),
        "values" => {
            let map = entries.map.borrow();
            Some(Value::list(map.values().map(|(_, value)| value.clone()).collect()))
        }
        "get" => {
            let key = Key::of(args.get(0, "key")?);
            Some(entries.get_key(&key).or_else(default).unwrap_or(Value::None))
        }
        "pop" => {
            let key = Key::of(args.positional.first()?);
            let removed = entries.map.borrow_mut().shift_remove(&key);
            Some(removed.map(|(_, value)| value).or_else(default).unwrap_or_default())
        }
        "setdefault" => {
            let key = args.positional.first()?;
            if entries.get_key(&Key::of(key)).is_none() {
                entries.set(key.clone(), default().unwrap_or(Value::None));
            }
            entries.get_key(&Key::of(key))
        }
        "update" => {
            match args.positional.first() {
                Some(Value::Dict(other)) if !Rc::ptr_eq(other, entries) => {
                    for (key, value) in other.map.borrow().values() {
                        entries.set(key.clone(), value.clone());
                    }
                }
                Some(Value::List(pairs) | Value::Tuple(pairs)) => {
                    for pair in pairs.0.borrow().iter() {
                        if let [key, value] = elements(pair).as_slice() {
                            entries.set(key.clone(), value.clone());
                        }
                    }
                }
                _ => {}
            }
            for (name, value) in &args.named {
                entries.set(Value::Text(std::sync::Arc::clone(name)), value.clone());
            }
            Some(Value::None)
        }
        "copy" => Some(Value::dict(entries.map.borrow().values().cloned().collect::<Vec<_>>())),
        "clear" => {
            let old = std::mem::take(&mut *entries.map.borrow_mut());
            drop(old);
            Some(Value::None)
        }
        _ => None,
    }
}

/// What a loop over a known value sees.
pub(super) fn elements(value: &Value) -> Vec<Value> {
    match value {
        Value::List(items) | Value::Tuple(items) => items.0.borrow().clone(),
        Value::Dict(entries) => entries.map.borrow().values().map(|(key, _)| key.clone()).collect(),
        Value::Text(text) => text.chars().map(|letter| Value::text(letter.to_string())).collect(),
        _ => Vec::new(),
    }
}

/// A length as a number.
pub(super) fn len_of(len: usize) -> i128 {
    i128::try_from(len).unwrap_or(i128::MAX)
}

/// The length of a known value, if it has one.
pub(super) fn length(value: &Value) -> Option<usize> {
    Some(match value {
        Value::Text(text) => text.chars().count(),
        Value::List(items) | Value::Tuple(items) => items.0.borrow().len(),
        Value::Dict(entries) => entries.map.borrow().len(),
        Value::Undefined => 0,
        _ => return None,
    })
}

/// `value[start:stop:step]`
pub(super) fn slice(value: &Value, bounds: [Option<i128>; 3]) -> Value {
    let items = elements(value);
    let len = len_of(items.len());
    let step = bounds[2].unwrap_or(1);
    let (low, high) = if step < 0 { (-1, len - 1) } else { (0, len) };
    let clamp = |at: i128| (if at < 0 { at.saturating_add(len) } else { at }).clamp(low, high);
    let start = bounds[0].map_or(if step < 0 { high } else { low }, clamp);
    let stop = bounds[1].map_or(if step < 0 { low } else { high }, clamp);
    let mut out = Vec::new();
    let mut at = start;
    while step != 0 && (if step > 0 { at < stop } else { at > stop }) {
        out.extend(usize::try_from(at).ok().and_then(|at| items.get(at)).cloned());
        at = at.saturating_add(step);
    }
    match value {
        Value::Text(_) => Value::text(
            out.iter().filter_map(Value::as_text).map(AsRef::as_ref).collect::<String>(),
        ),
        Value::Tuple(_) => Value::tuple(out),
        Value::Undefined => Value::Undefined,
        _ => Value::list(out),
    }
}
