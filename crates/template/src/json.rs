//! Values to JSON and back.

use serde_json::{Map, Number, Value as Json};

use super::print::describe;
use super::value::Value;

/// The JSON of a value; what JSON has no word for becomes its text.
pub(super) fn to_json(value: &Value) -> Json {
    bounded(value).unwrap_or_default()
}

/// Values that one text of JSON may hold.
const NODES: usize = 1_000_000;

/// The JSON of a value; `None` if it is more than anybody can read.
pub(super) fn bounded(value: &Value) -> Option<Json> {
    let mut rest = NODES;
    within(value, 60, &mut rest)
}

fn within(value: &Value, depth: usize, rest: &mut usize) -> Option<Json> {
    *rest = rest.checked_sub(1)?;
    if depth == 0 {
        return Some(Json::Null);
    }
    Some(match value {
        Value::Undefined | Value::None => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Int(value) => {
            i64::try_from(*value).map_or_else(|_| Json::String(value.to_string()), Json::from)
        }
        Value::Float(value) => Number::from_f64(*value).map_or(Json::Null, Json::Number),
        Value::Text(text) => Json::String(text.as_ref().to_owned()),
        Value::List(items) | Value::Tuple(items) => {
            let items = items.0.borrow();
            let items = items.iter().map(|item| within(item, depth - 1, rest));
            Json::Array(items.collect::<Option<_>>()?)
        }
        Value::Dict(entries) => {
            let map = entries.map.borrow();
            let pairs = map.values().map(|(key, value)| match key {
                Value::Text(key) => {
                    Some((key.as_ref().to_owned(), within(value, depth - 1, rest)?))
                }
                other => Some((describe(other), within(value, depth - 1, rest)?)),
            });
            Json::Object(pairs.collect::<Option<Map<_, _>>>()?)
        }
        Value::Relation(relation) => Json::String(relation.render()),
        Value::Moment(moment) => Json::String(moment.to_string()),
        Value::Unknown(_)
        | Value::Macro(_)
        | Value::Host(_)
        | Value::Package(_)
        | Value::Bound(_)
        | Value::Node(_)
        | Value::Big(_)
        | Value::Loop(_) => Json::String(describe(value)),
    })
}

/// JSON text as Python's `json.dumps` writes it: with a space after `,` and `:`.
pub(super) fn dumps(json: &Json, sort: bool) -> String {
    let mut out = String::new();
    dump(&mut out, json, sort);
    out
}

fn dump(out: &mut String, json: &Json, sort: bool) {
    match json {
        Json::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                dump(out, item, sort);
            }
            out.push(']');
        }
        Json::Object(map) => {
            let mut pairs: Vec<_> = map.iter().collect();
            if sort {
                pairs.sort_by_key(|(key, _)| key.as_str());
            }
            out.push('{');
            for (at, (key, value)) in pairs.into_iter().enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                out.push_str(&Json::String(key.clone()).to_string());
                out.push_str(": ");
                dump(out, value, sort);
            }
            out.push('}');
        }
        other => out.push_str(&other.to_string()),
    }
}
