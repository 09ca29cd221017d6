//! Numbers with a name, as JSON.

use plumb_base::answer::{DefinitionCard, MetricCard, Metrics};
use serde_json::{Value, json};

use super::shape;

pub(crate) fn metrics(answer: &Metrics, limit: Option<usize>) -> Value {
    let shown = limit.unwrap_or(usize::MAX).min(answer.metrics.len());
    json!({
        "asked": answer.asked,
        "summary": {
            "names": answer.metrics.len(),
            "several_definitions":
                answer.metrics.iter().filter(|card| card.definitions.len() > 1).count(),
            "coverage": shape::coverage(&answer.coverage),
        },
        "items": answer.metrics[..shown].iter().map(metric).collect::<Vec<_>>(),
        "left_out": answer.metrics.len() - shown,
    })
}

pub(crate) fn metric(card: &MetricCard) -> Value {
    json!({
        "name": card.name,
        "declared": card.declared,
        "definitions": card.definitions.iter().map(definition).collect::<Vec<_>>(),
        "finding": card.finding,
    })
}

fn definition(definition: &DefinitionCard) -> Value {
    let places = definition.places.iter().map(|it| {
        json!({
            "asset": it.asset,
            "place": shape::place(&it.place),
            "declared": it.declared,
            "owners": it.owners.iter().map(shape::owner).collect::<Vec<_>>(),
        })
    });
    let mut value = shape::message(&definition.formula);
    value["also"] = json!(definition.also);
    value["places"] = places.collect();
    value
}
