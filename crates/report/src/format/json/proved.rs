//! Whether two queries give the same rows, as JSON.

use plumb_base::answer::{Compared, Paired, Proved};
use serde_json::{Value, json};

use super::shape;

pub(crate) fn proved(answer: &Proved) -> Value {
    let rules = answer.rules.iter().map(|(name, times)| json!({ "rule": name, "times": times }));
    let missed = answer.replayed.missed.iter();
    let missed = missed.map(|(rule, times)| json!({ "rule": rule, "times": times }));
    json!({
        "verdict": answer.judged.word(),
        "left": side(&answer.left),
        "right": side(&answer.right),
        "paired": match answer.paired {
            Paired::ByName => "name",
            Paired::ByPlace => "place",
            Paired::ByPlan => "plan",
        },
        "columns": answer.columns,
        "assumptions": answer.assumptions.iter().map(shape::message).collect::<Vec<_>>(),
        "rules": rules.collect::<Vec<_>>(),
        "trials": answer.trials,
        "replayed": {
            "steps": answer.replayed.steps,
            "of": answer.replayed.of,
            "missed": missed.collect::<Vec<_>>(),
        },
        "database": answer.database,
        "obstacle": answer.obstacle,
        "problems": answer.problems.iter().map(shape::problem).collect::<Vec<_>>(),
    })
}

fn side(side: &Compared) -> Value {
    json!({
        "name": side.name,
        "place": side.place.as_ref().map(shape::place),
        "only": side.only,
        "rows": side.rows,
    })
}
