//! JSON lines for pipes: one finding, edge, rule or query a line, each as it stands in `json`.

use plumb_base::Finding;
use plumb_base::answer::{Audit, Exists, Lineage, Metrics, Rules, Shown};
use serde_json::{Value, json};

use super::json::{draft, matched, metric, shape};
use crate::{BARE, Format, Style, safe::safe_json};

pub(crate) static FORMAT: Format = Format {
    name: "jsonl",
    page: include_str!("jsonl.md"),
    audit: Some(audit),
    shown: Some(shown),
    explained: Some(shown),
    lineage: Some(lineage),
    exists: Some(exists),
    metrics: Some(metrics),
    rules: Some(rules),
    ..BARE
};

fn audit(answer: &Audit, style: &Style<'_>) -> String {
    let shown = style.limit.unwrap_or(usize::MAX).min(answer.findings.len());
    lines(answer.findings[..shown].iter().map(|finding: &Finding| shape::finding(finding)))
}

fn shown(answer: &Shown, _: &Style<'_>) -> String {
    lines([match answer {
        Shown::Finding(card) => shape::finding_card(card),
        Shown::Asset(card) => shape::asset_card(card),
        Shown::Rule(card) => shape::rule_card(card),
    }])
}

fn metrics(answer: &Metrics, style: &Style<'_>) -> String {
    lines(answer.metrics.iter().take(style.limit.unwrap_or(usize::MAX)).map(metric))
}

fn lineage(answer: &Lineage, style: &Style<'_>) -> String {
    let most = style.limit.unwrap_or(usize::MAX);
    let sides = [("up", &answer.up), ("down", &answer.down)];
    lines(sides.iter().flat_map(|(side, links)| {
        links.iter().take(most).map(move |link| {
            let mut value = json!({ "side": side });
            if let (Value::Object(value), Value::Object(link)) = (&mut value, shape::link(link)) {
                value.extend(link);
            }
            value
        })
    }))
}

fn exists(answer: &Exists, style: &Style<'_>) -> String {
    let most = style.limit.unwrap_or(usize::MAX);
    let queries = answer.queries.iter().map(|query| draft(query, most));
    lines(queries.chain(answer.named.iter().take(most).map(matched)))
}

fn rules(answer: &Rules, _: &Style<'_>) -> String {
    lines(answer.rules.iter().map(shape::rule_card))
}

fn lines(values: impl IntoIterator<Item = Value>) -> String {
    values.into_iter().map(|value| safe_json(format!("{value}\n"))).collect()
}
