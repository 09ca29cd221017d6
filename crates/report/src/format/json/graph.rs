//! The shape of the whole lineage in `plumb/1`: jobs name datasets by their keys.

use plumb_base::answer::{Dataset, Graph, Job, Output, Use};
use serde_json::{Value, json};

use super::shape::owner;

pub(super) fn graph(answer: &Graph) -> Value {
    json!({
        "root": answer.root,
        "as_of": answer.as_of.map(|moment| moment.to_string()),
        "coverage": {
            "total": answer.coverage.total(),
            "read": answer.coverage.read,
            "partly": answer.coverage.partly,
            "opaque": answer.coverage.opaque,
            "failed": answer.coverage.failed,
        },
        "gaps": answer.gaps,
        "datasets": answer.datasets.iter().map(dataset).collect::<Vec<_>>(),
        "jobs": answer.jobs.iter().map(|it| job(it, answer)).collect::<Vec<_>>(),
    })
}

fn dataset(dataset: &Dataset) -> Value {
    let columns = dataset.columns.iter().map(|column| {
        json!({
            "name": column.name,
            "type": column.data_type,
            "description": column.description,
        })
    });
    json!({
        "key": dataset.asset,
        "namespace": dataset.namespace,
        "name": dataset.name,
        "description": dataset.description,
        "owners": dataset.owners.iter().map(owner).collect::<Vec<_>>(),
        "columns": columns.collect::<Vec<_>>(),
        "columns_complete": !dataset.open,
    })
}

fn job(job: &Job, graph: &Graph) -> Value {
    let keys = |list: &[usize]| list.iter().map(|at| key(graph, *at)).collect::<Vec<_>>();
    json!({
        "namespace": job.namespace,
        "name": job.name,
        "kind": job.kind,
        "coverage": job.coverage,
        "owners": job.owners.iter().map(owner).collect::<Vec<_>>(),
        "inputs": keys(&job.inputs),
        "inputs_with_unknown_columns": keys(&job.unknown),
        "outputs": job.outputs.iter().map(|it| output(it, graph)).collect::<Vec<_>>(),
    })
}

fn output(output: &Output, graph: &Graph) -> Value {
    let columns = output
        .columns
        .iter()
        .map(|(name, uses)| json!({ "name": name, "from": from(uses, graph) }));
    json!({
        "key": key(graph, output.dataset),
        "columns": columns.collect::<Vec<_>>(),
        "rows": from(&output.rows, graph),
    })
}

fn from(uses: &[Use], graph: &Graph) -> Vec<Value> {
    let each = uses.iter().flat_map(|one| one.how.iter().map(move |how| (one, how)));
    each.map(|(one, (how, masked))| {
        json!({
            "key": key(graph, one.dataset),
            "column": one.column,
            "how": how,
            "masked": masked,
        })
    })
    .collect()
}

fn key(graph: &Graph, at: usize) -> &str {
    graph.datasets.get(at).map_or("", |dataset| dataset.asset.as_str())
}
