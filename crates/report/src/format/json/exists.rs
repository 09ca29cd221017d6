//! What there is already, as JSON: each query with what fits it, holds a part of it, or is near.

use plumb_base::answer::{Draft, Exists, Match, SharedPart};
use serde_json::{Value, json};

use super::shape;

pub(crate) fn exists(answer: &Exists, limit: Option<usize>) -> Value {
    let most = limit.unwrap_or(usize::MAX);
    json!({
        "asked": answer.asked,
        "dialect": answer.dialect,
        "queries": answer.queries.iter().map(|query| draft(query, most)).collect::<Vec<_>>(),
        "named": answer.named.iter().take(most).map(matched).collect::<Vec<_>>(),
        "problems": answer.problems.iter().map(shape::problem).collect::<Vec<_>>(),
        "coverage": shape::coverage(&answer.coverage),
    })
}

pub(crate) fn draft(draft: &Draft, most: usize) -> Value {
    let list = |matches: &[Match]| matches.iter().take(most).map(matched).collect::<Vec<_>>();
    json!({
        "verdict": verdict(draft),
        "place": draft.place.as_ref().map(shape::place),
        "columns": draft.columns,
        "tables": draft.tables,
        "unknown_tables": draft.unknown,
        "fingerprint": draft.fingerprint,
        "undecided": draft.undecided,
        "instead": draft.instead,
        "fits": list(&draft.fits),
        "parts": draft.parts.iter().take(most).map(part).collect::<Vec<_>>(),
        "near": list(&draft.near),
    })
}

/// One word for a script that wants no more.
fn verdict(draft: &Draft) -> &'static str {
    if !draft.fits.is_empty() {
        "fits"
    } else if !draft.parts.is_empty() {
        "part"
    } else if !draft.near.is_empty() {
        "near"
    } else {
        "none"
    }
}

pub(crate) fn matched(one: &Match) -> Value {
    json!({
        "asset": one.asset,
        "kind": one.kind,
        "place": one.place.as_ref().map(shape::place),
        "evidence": shape::evidence(one.evidence),
        "why": one.why.iter().map(shape::message).collect::<Vec<_>>(),
        "more_columns": one.more_columns,
        "readers": one.readers,
        "owners": one.owners.iter().map(shape::owner).collect::<Vec<_>>(),
    })
}

fn part(part: &SharedPart) -> Value {
    let mut value = shape::message(&part.what);
    value["evidence"] = json!(shape::evidence(part.evidence));
    value["whole"] = json!(part.whole);
    value["assets"] = json!(part.assets);
    value
}
