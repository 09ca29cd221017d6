//! Text for people: at most 100 columns, tables without frames, nothing that depends on colour.

mod asset;
mod audit;
mod cost;
mod doctor;
mod exists;
mod explain;
mod extract;
mod finding;
mod graph;
mod line;
mod lineage;
mod metrics;
mod owners;
mod proved;
mod rule;
mod rules;
mod sheet;

use plumb_base::answer::Shown;

use crate::{BARE, Format, Style};

pub(crate) static FORMAT: Format = Format {
    name: "text",
    page: include_str!("text.md"),
    audit: Some(audit::audit),
    shown: Some(shown),
    explained: Some(explained),
    lineage: Some(lineage::lineage),
    graph: Some(graph::graph),
    cost: Some(cost::cost),
    doctor: Some(doctor::doctor),
    exists: Some(exists::exists),
    extract: Some(extract::extract),
    metrics: Some(metrics::metrics),
    owners: Some(owners::owners),
    proved: Some(proved::proved),
    rules: Some(rules::rules),
    ..BARE
};

fn shown(answer: &Shown, style: &Style<'_>) -> String {
    match answer {
        Shown::Finding(card) => finding::shown(card, style),
        Shown::Asset(card) => asset::shown(card, style),
        Shown::Rule(card) => rule::shown(card, style),
    }
}

fn explained(answer: &Shown, style: &Style<'_>) -> String {
    match answer {
        Shown::Finding(card) => explain::finding(card, style),
        Shown::Asset(card) => asset::explained(card, style),
        Shown::Rule(card) => rule::explained(card, style),
    }
}
