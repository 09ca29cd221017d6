//! JSON for scripts: schema `plumb/1`, summary first, nothing left out unless a limit was asked for.

mod cost;
mod exists;
mod graph;
mod metrics;
mod owners;
mod proved;
pub(crate) mod shape;

use plumb_base::answer::{
    Audit, Cost, Doctor, Exists, Extract, ExtractFile, Graph, Lineage, Metrics, Owners, Proved,
    Rules, Shown,
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{BARE, Format, Style, safe::safe_json};

pub(crate) use exists::{draft, matched};
pub(crate) use metrics::metric;

pub(crate) static FORMAT: Format = Format {
    name: "json",
    page: include_str!("json.md"),
    audit: Some(audit),
    shown: Some(shown),
    explained: Some(shown),
    lineage: Some(lineage),
    graph: Some(graph),
    cost: Some(cost),
    doctor: Some(doctor),
    exists: Some(exists),
    extract: Some(extract),
    metrics: Some(metrics),
    owners: Some(owners),
    proved: Some(proved),
    rules: Some(rules),
    ..BARE
};

/// The name of the shape; inside `plumb/1` keys are only ever added.
const SCHEMA: &str = "plumb/1";

fn audit(answer: &Audit, style: &Style<'_>) -> String {
    let shown = style.limit.unwrap_or(usize::MAX).min(answer.findings.len());
    let items: Vec<Value> = answer.findings[..shown].iter().map(shape::finding).collect();
    let kinds: Vec<Value> =
        answer.assets.iter().map(|(kind, count)| json!({ "kind": kind, "count": count })).collect();
    print(&json!({
        "schema": SCHEMA,
        "summary": {
            "root": answer.root,
            "files": answer.files.iter().map(shape::files).collect::<Vec<_>>(),
            "coverage": shape::coverage(&answer.coverage),
            "assets": kinds,
            "plans": answer.plans,
            "findings": answer.findings.len(),
            "problems": answer.problems.len(),
            "reasons": answer.reasons.iter().map(shape::reason).collect::<Vec<_>>(),
            "drift_watcher": answer.drift_watcher,
        },
        "items": items,
        "left_out": answer.findings.len() - shown,
        "not_covered": answer.not_covered.iter().map(shape::not_covered).collect::<Vec<_>>(),
        "problems": answer.problems.iter().map(shape::problem).collect::<Vec<_>>(),
        "using": answer.using.iter().map(shape::using).collect::<Vec<_>>(),
    }))
}

fn shown(answer: &Shown, _: &Style<'_>) -> String {
    let (kind, value) = match answer {
        Shown::Finding(card) => ("finding", shape::finding_card(card)),
        Shown::Asset(card) => ("asset", shape::asset_card(card)),
        Shown::Rule(card) => ("rule", shape::rule_card(card)),
    };
    print(&json!({ "schema": SCHEMA, kind: value }))
}

fn lineage(answer: &Lineage, style: &Style<'_>) -> String {
    print(&json!({ "schema": SCHEMA, "lineage": shape::lineage(answer, style.limit) }))
}

fn graph(answer: &Graph, _: &Style<'_>) -> String {
    #[derive(Serialize)]
    struct Answer<'a, G> {
        schema: &'a str,
        graph: G,
    }
    print(&Answer { schema: SCHEMA, graph: graph::whole(answer) })
}

fn cost(answer: &Cost, style: &Style<'_>) -> String {
    print(&cost::cost(answer, style.limit))
}

fn doctor(answer: &Doctor, _: &Style<'_>) -> String {
    print(&json!({ "schema": SCHEMA, "doctor": shape::doctor(answer) }))
}

fn proved(answer: &Proved, _: &Style<'_>) -> String {
    print(&json!({ "schema": SCHEMA, "proved": proved::proved(answer) }))
}

fn extract(answer: &Extract, _: &Style<'_>) -> String {
    let file = |file: &ExtractFile| {
        json!({
            "name": file.name,
            "from": file.from,
            "why": file.why,
            "columns": file.columns,
            "query": file.query,
        })
    };
    print(&json!({
        "schema": SCHEMA,
        "extract": {
            "platform": answer.platform,
            "days": answer.days,
            "notes": answer.notes,
            "before": answer.before,
            "files": answer.files.iter().map(file).collect::<Vec<_>>(),
        },
    }))
}

fn metrics(answer: &Metrics, style: &Style<'_>) -> String {
    print(&json!({ "schema": SCHEMA, "metrics": metrics::metrics(answer, style.limit) }))
}

fn owners(answer: &Owners, style: &Style<'_>) -> String {
    print(&owners::owners(answer, style.limit))
}

fn exists(answer: &Exists, style: &Style<'_>) -> String {
    print(&json!({ "schema": SCHEMA, "exists": exists::exists(answer, style.limit) }))
}

fn rules(answer: &Rules, _: &Style<'_>) -> String {
    let rules: Vec<Value> = answer.rules.iter().map(shape::rule_card).collect();
    print(&json!({ "schema": SCHEMA, "rules": rules }))
}

/// Two spaces, one newline at the end.
fn print(value: &impl Serialize) -> String {
    // Texts and trees always have a JSON.
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    safe_json(text)
}
