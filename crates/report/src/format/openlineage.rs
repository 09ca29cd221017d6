//! OpenLineage: one static `JobEvent` a line, for tools that gather lineage from many sources.

mod facet;

use plumb_base::Moment;
use plumb_base::answer::{Dataset, Graph, Job, Output, Use};
use serde_json::{Map, Value, json};

use crate::{BARE, Format, Style, safe::safe_json};
use facet::Facets;

pub(crate) static FORMAT: Format = Format {
    name: "openlineage",
    page: include_str!("openlineage.md"),
    graph: Some(graph),
    code: true,
    ..BARE
};

/// The specification of events that are not about a run.
const EVENT: &str = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/JobEvent";

fn graph(answer: &Graph, style: &Style<'_>) -> String {
    let producer = format!("urn:plumb:{}", style.version);
    let facets = Facets { producer: &producer };
    let time = answer.as_of.unwrap_or(Moment(0)).to_string();
    let made: Vec<usize> =
        answer.jobs.iter().flat_map(|job| &job.outputs).map(|output| output.dataset).collect();
    let mut text = String::new();
    for job in &answer.jobs {
        let known = |at: &usize| answer.datasets.get(*at);
        // The columns of what some job makes stand with that job.
        let input = |at: &usize| {
            let dataset = known(at)?;
            let facets = if made.contains(at) { Map::new() } else { described(facets, dataset) };
            Some(with_facets(named(dataset), facets))
        };
        let output = |output: &Output| {
            let dataset = known(&output.dataset)?;
            let mut all = described(facets, dataset);
            all.insert("columnLineage".to_owned(), columns(facets, output, answer));
            Some(with_facets(named(dataset), all))
        };
        let event = json!({
            "eventTime": time,
            "producer": producer,
            "schemaURL": EVENT,
            "job": self::job(facets, job, answer),
            "inputs": job.inputs.iter().filter_map(input).collect::<Vec<_>>(),
            "outputs": job.outputs.iter().filter_map(output).collect::<Vec<_>>(),
        });
        text.push_str(&safe_json(event.to_string()));
        text.push('\n');
    }
    text
}

fn named(dataset: &Dataset) -> Map<String, Value> {
    let keys = [("namespace", &dataset.namespace), ("name", &dataset.name)];
    keys.into_iter().map(|(key, value)| (key.to_owned(), json!(value))).collect()
}

fn with_facets(mut keys: Map<String, Value>, facets: Map<String, Value>) -> Value {
    if !facets.is_empty() {
        keys.insert("facets".to_owned(), Value::Object(facets));
    }
    Value::Object(keys)
}

/// What is said of a dataset beside where it comes from.
fn described(facets: Facets<'_>, dataset: &Dataset) -> Map<String, Value> {
    let mut all = Map::new();
    if !dataset.columns.is_empty() {
        let fields = dataset.columns.iter().map(|column| {
            let mut field = Map::new();
            field.insert("name".to_owned(), json!(column.name));
            let said = [
                ("type", column.data_type.as_deref()),
                ("description", Some(column.description.as_str())),
            ];
            for (key, value) in said {
                if let Some(value) = value.filter(|value| !value.is_empty()) {
                    field.insert(key.to_owned(), json!(value));
                }
            }
            Value::Object(field)
        });
        let fields = json!({ "fields": fields.collect::<Vec<_>>() });
        all.insert("schema".to_owned(), facets.of(facet::SCHEMA, fields));
    }
    if !dataset.description.is_empty() {
        let said = json!({ "description": dataset.description });
        all.insert("documentation".to_owned(), facets.of(facet::DATASET_DOCUMENTATION, said));
    }
    if !dataset.owners.is_empty() {
        let owners = facet::owners(&dataset.owners);
        all.insert("ownership".to_owned(), facets.of(facet::DATASET_OWNERSHIP, owners));
    }
    all
}

fn job(facets: Facets<'_>, job: &Job, graph: &Graph) -> Value {
    let mut all = Map::new();
    let integration = if job.namespace == "plumb" { "SQL" } else { "DBT" };
    let kind = job.kind.to_uppercase().replace(' ', "_");
    let kind = json!({ "processingType": "BATCH", "integration": integration, "jobType": kind });
    all.insert("jobType".to_owned(), facets.of(facet::JOB_TYPE, kind));
    if let Some((query, dialect)) = &job.sql {
        let sql = json!({ "query": query, "dialect": dialect });
        all.insert("sql".to_owned(), facets.of(facet::SQL, sql));
    }
    if let Some(location) = &job.location {
        let mut keys = Map::new();
        keys.insert("type".to_owned(), json!("git"));
        keys.insert("url".to_owned(), json!(location.url));
        keys.insert("repoUrl".to_owned(), json!(location.repository));
        keys.insert("path".to_owned(), json!(location.path));
        keys.extend(location.version.iter().map(|it| ("version".to_owned(), json!(it))));
        let kept = facets.of(facet::SOURCE_CODE_LOCATION, Value::Object(keys));
        all.insert("sourceCodeLocation".to_owned(), kept);
    }
    if !job.owners.is_empty() {
        let owners = facet::owners(&job.owners);
        all.insert("ownership".to_owned(), facets.of(facet::JOB_OWNERSHIP, owners));
    }
    if !job.description.is_empty() {
        let said = json!({ "description": job.description });
        all.insert("documentation".to_owned(), facets.of(facet::JOB_DOCUMENTATION, said));
    }
    let unknown = job.unknown.iter().filter_map(|at| graph.datasets.get(*at));
    let unknown: Vec<Value> = unknown.map(|dataset| Value::Object(named(dataset))).collect();
    let coverage = json!({ "statement": job.coverage, "unknownColumns": unknown });
    all.insert("plumb_coverage".to_owned(), facets.of(facet::COVERAGE, coverage));
    json!({ "namespace": job.namespace, "name": job.name, "facets": all })
}

fn columns(facets: Facets<'_>, output: &Output, graph: &Graph) -> Value {
    let inputs = |uses: &[Use]| -> Vec<Value> {
        uses.iter().filter_map(|one| input_field(one, graph)).collect()
    };
    let mut fields: Map<String, Value> = Map::new();
    for (name, uses) in &output.columns {
        // Two columns of one name are one to whoever reads the table.
        let known = fields.entry(name.clone()).or_insert_with(|| json!({ "inputFields": [] }));
        if let Some(list) = known["inputFields"].as_array_mut() {
            list.extend(inputs(uses));
        }
    }
    let rows = inputs(&output.rows);
    facets.of(facet::COLUMN_LINEAGE, json!({ "fields": fields, "dataset": rows }))
}

fn input_field(one: &Use, graph: &Graph) -> Option<Value> {
    let mut keys = named(graph.datasets.get(one.dataset)?);
    keys.insert("field".to_owned(), json!(one.column));
    let transformations = one.how.iter().map(|(how, masked)| facet::transformation(*how, *masked));
    keys.insert("transformations".to_owned(), transformations.collect());
    Some(Value::Object(keys))
}
