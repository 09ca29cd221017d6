//! Reads a finding back from `plumb/1`, as a script would: nothing may be lost on the way.

use plumb_base::{Finding, Saving};
use serde_json::{Map, Value, json};

/// The finding of an item.
pub(crate) fn finding(item: &Value) -> Finding {
    let saving = match &item["saving"] {
        Value::Null => json!({ "not-given": item["saving_not_given"] }),
        range => json!({ "per-month": { "low": zero(), "high": zero(), "range": range } }),
    };
    let mut value = Map::new();
    for key in ["id", "rule", "name", "weight", "owners"] {
        value.insert(key.to_owned(), item[key].clone());
    }
    value.insert("message".to_owned(), item["message_parts"].clone());
    value.insert("evidence".to_owned(), evidence(&item["evidence"]));
    value.insert("subjects".to_owned(), list(&item["subjects"], subject));
    value.insert("because".to_owned(), list(&item["because"], reason));
    value.insert("saving".to_owned(), saving);
    value.insert("action".to_owned(), action(&item["action"]));
    value.insert("example".to_owned(), example(&item["example"]));
    value.insert("instead".to_owned(), item["instead"].clone());
    let mut finding: Finding = serde_json::from_value(Value::Object(value)).expect("a finding");
    if let Saving::PerMonth { low, high } = &mut finding.saving {
        let nanos = |end: &str| nanos(item["saving"][end]["amount"].as_str().expect("an amount"));
        (low.nanos, high.nanos) = (nanos("low"), nanos("high"));
        let code = item["saving"]["low"]["currency"].as_str().expect("a currency");
        low.currency = plumb_base::Currency::parse(code).expect("a currency");
        high.currency = low.currency;
    }
    finding
}

fn zero() -> Value {
    json!(plumb_base::Money { currency: plumb_base::Currency::USD, nanos: 0 })
}

fn nanos(amount: &str) -> i128 {
    let (whole, fraction) = amount.split_once('.').expect("a decimal");
    let digits = format!("{whole}{fraction:0<9}");
    digits.parse().expect("digits")
}

fn list(value: &Value, item: fn(&Value) -> Value) -> Value {
    value.as_array().expect("a list").iter().map(item).collect()
}

fn subject(value: &Value) -> Value {
    let at = |end: &str| {
        let part = |what: &str| value[format!("{end}_{what}")].clone();
        json!({ "line": part("line"), "column": part("column") })
    };
    let place = json!({ "path": value["path"], "start": at("start"), "end": at("end") });
    json!({ "asset": value["asset"], "place": place })
}

fn reason(value: &Value) -> Value {
    json!({ "evidence": evidence(&value["evidence"]), "message": value["message_parts"] })
}

fn action(value: &Value) -> Value {
    if value.is_null() {
        return Value::Null;
    }
    let patch = match &value["patch"] {
        Value::Null => Value::Null,
        patch => json!([patch["path"], patch["text"]]),
    };
    let because = list(&value["because"], |message| message["message_parts"].clone());
    json!({ "message": value["message_parts"], "because": because, "patch": patch })
}

fn example(value: &Value) -> Value {
    if value.is_null() {
        return Value::Null;
    }
    let gives = list(&value["gives"], |it| json!([it["name"], it["rows"]]));
    json!({ "database": value["database"], "gives": gives })
}

fn evidence(value: &Value) -> Value {
    json!(value.as_str().expect("a word").replace('_', "-"))
}
