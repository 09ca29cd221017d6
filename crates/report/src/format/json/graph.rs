//! The shape of the whole lineage in `plumb/1`: jobs name datasets by their keys.

use plumb_base::answer::{Dataset, Graph, Job, Output, Use};
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Value, json};

use super::shape::owner;

/// A whole platform is written one thing after the other: its tree would take many times the room of its text.
pub(super) struct Whole<'a>(pub(super) &'a Graph);

impl Serialize for Whole<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let answer = self.0;
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("root", &answer.root)?;
        map.serialize_entry("as_of", &answer.as_of.map(|moment| moment.to_string()))?;
        let coverage = json!({
            "total": answer.coverage.total(),
            "read": answer.coverage.read,
            "partly": answer.coverage.partly,
            "opaque": answer.coverage.opaque,
            "failed": answer.coverage.failed,
        });
        map.serialize_entry("coverage", &coverage)?;
        map.serialize_entry("gaps", &answer.gaps)?;
        map.serialize_entry("datasets", &Each(&answer.datasets, dataset))?;
        map.serialize_entry("jobs", &Each(&answer.jobs, |it: &Job| job(it, answer)))?;
        map.end()
    }
}

/// Things in order, each as it is written.
struct Each<'a, T, F>(&'a [T], F);

impl<T, F: Fn(&T) -> Value> Serialize for Each<'_, T, F> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.iter().map(&self.1))
    }
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
