//! Short ways to write an answer in a page: what is left out has its default.

use plumb_base::answer::{
    AssetCard, Audit, ColumnCard, Cost, Dataset, Doctor, Draft, Exists, Graph, Job, Lineage,
    Output, Parts, RuleCard, Rules, TileCard,
};
use serde_json::{Map, Value, json};

/// The whole answer.
pub(crate) fn answer(kind: &str, value: Value) -> Value {
    match kind {
        "audit" => {
            let value = over(json!(Audit::default()), value);
            let value = each(each(value, "findings", finding), "problems", placed);
            each(each(value, "reasons", placed), "rules", rule)
        }
        "rules" => each(over(json!(Rules::default()), value), "rules", rule),
        "exists" => {
            let value = each(over(json!(Exists::default()), value), "problems", placed);
            each(each(value, "queries", draft), "named", matched)
        }
        "shown" | "explained" => shown(value),
        "cost" => each(over(json!(Cost::default()), value), "accounts", account),
        "lineage" => over(json!(Lineage::default()), value),
        "graph" => {
            let value = over(json!(Graph::default()), value);
            let value = each(value, "datasets", |dataset| {
                let dataset = over(json!(Dataset::default()), dataset);
                each(dataset, "columns", |column| over(json!(ColumnCard::default()), column))
            });
            each(value, "jobs", |job| {
                let job = over(json!(Job::default()), job);
                each(job, "outputs", |output| over(json!(Output::default()), output))
            })
        }
        _ => over(json!(Doctor::default()), value),
    }
}

fn account(value: Value) -> Value {
    let none = json!({ "cents": Parts::default(), "parts": Parts::default(), "methods": [] });
    let mut value = over(none, value);
    for key in ["cents", "parts"] {
        value[key] = over(json!(Parts::default()), value[key].take());
    }
    each(value, "rows", |row| {
        let none = json!({ "runs": 0, "owner": null, "asset": null, "told": null });
        let mut row = over(none, row);
        for key in ["cents", "parts"] {
            row[key] = over(json!(Parts::default()), row[key].take());
        }
        row
    })
}

fn shown(value: Value) -> Value {
    let Value::Object(keys) = value else { panic!("an answer is an object") };
    let whole = keys.into_iter().map(|(key, value)| match key.as_str() {
        "finding" => (key, card(value)),
        "rule" => (key, rule(value)),
        _ => (key, asset(value)),
    });
    Value::Object(whole.collect::<Map<_, _>>())
}

fn rule(value: Value) -> Value {
    over(json!(RuleCard::default()), value)
}

fn draft(value: Value) -> Value {
    let value = placed(over(json!(Draft::default()), value));
    let value = each(each(value, "fits", matched), "near", matched);
    each(value, "parts", |mut part| {
        part["what"] = sentence(part["what"].take());
        part
    })
}

fn matched(value: Value) -> Value {
    let none = json!({
        "place": null, "evidence": "observed", "why": [], "more_columns": 0, "readers": 0, "owners": [],
    });
    each(placed(over(none, value)), "why", sentence)
}

fn card(value: Value) -> Value {
    let none = json!({ "code": [], "plan": null, "steps": [], "columns": [], "doubts": [] });
    let mut value = each(over(none, value), "code", placed);
    value["finding"] = finding(value["finding"].take());
    value
}

fn asset(value: Value) -> Value {
    let value = placed(over(json!(AssetCard::default()), value));
    let value = each(each(value, "findings", finding), "problems", placed);
    let value = each(value, "tiles", |tile| over(json!(TileCard::default()), tile));
    each(value, "columns", |column| over(json!(ColumnCard::default()), column))
}

fn finding(value: Value) -> Value {
    let none = json!({
        "id": "F-000000", "rule": "DUP001", "name": "duplicate-dataset", "message": "",
        "subjects": [], "evidence": "proved", "because": [], "weight": 0,
        "saving": { "not-given": "no run history was read" }, "owners": [], "action": null,
        "example": null, "instead": null,
    });
    let value = each(over(none, value), "subjects", placed);
    let mut value = each(value, "because", said);
    if value["action"].is_object() {
        let action = said(over(json!({ "because": [], "patch": null }), value["action"].take()));
        value["action"] = each(action, "because", sentence);
    }
    said(value)
}

fn said(mut value: Value) -> Value {
    value["message"] = sentence(value["message"].take());
    value
}

/// A sentence with names in backticks becomes parts.
fn sentence(value: Value) -> Value {
    let Value::String(text) = value else { return value };
    let parts = text.split('`').enumerate().filter(|(_, part)| !part.is_empty());
    let part = |(index, part): (usize, &str)| {
        if index % 2 == 0 { json!({ "text": part }) } else { json!({ "name": part }) }
    };
    parts.map(part).collect()
}

/// `"place": "path:3-9"` becomes a place.
fn placed(mut value: Value) -> Value {
    let Some(place) = value["place"].as_str() else { return value };
    let (path, lines) = place.rsplit_once(':').expect("a place has a line");
    let (start, end) = lines.split_once('-').unwrap_or((lines, lines));
    let at = |line: &str| json!({ "line": line.parse::<u32>().expect("a line"), "column": 1 });
    value["place"] = json!({ "path": path, "start": at(start), "end": at(end) });
    value
}

fn each(mut value: Value, key: &str, whole: impl Fn(Value) -> Value) -> Value {
    if let Value::Array(items) = value[key].take() {
        value[key] = items.into_iter().map(whole).collect();
    }
    value
}

fn over(mut below: Value, above: Value) -> Value {
    if let (Value::Object(below), Value::Object(above)) = (&mut below, above) {
        below.extend(above);
    }
    below
}
