//! What a job of Spark runs for, and on which cluster, as its properties say.

use plumb_base::record::spark::{Application, Asker, Cluster};
use serde_json::Value;

pub(super) use super::event::Properties;

/// Tags that Databricks itself gives to every cluster.
const DEFAULT_TAGS: &[&str] =
    &["ClusterId", "ClusterName", "Creator", "JobId", "RunName", "Vendor"];

/// What stands in place of a value that was hidden.
const REDACTED: &str = "(redacted)";

/// Letters of a statement that are kept: what tells it stands at its beginning, or in a comment at its end.
const TEXT: usize = 4000;

const CLUSTER: &str = "spark.databricks.clusterUsageTags.";

/// A property that says something.
fn said<'p>(properties: &'p Properties, name: &str) -> Option<&'p str> {
    let Value::String(text) = properties.get(name)? else { return None };
    let text = text.trim();
    (!text.is_empty() && !text.ends_with(REDACTED)).then_some(text)
}

/// Notes the cluster that properties describe, if none was noted before.
pub(super) fn cluster(properties: &Properties, known: &mut Option<Cluster>) {
    if known.is_some() {
        return;
    }
    let of = |name: &str| said(properties, &format!("{CLUSTER}{name}"));
    let Some(id) = of("clusterId") else { return };
    *known = Some(Cluster {
        id: id.to_owned(),
        name: of("clusterName").map(str::to_owned),
        tags: of("clusterAllTags").map(tags).unwrap_or_default(),
    });
}

/// Tags that people gave, from a list of keys and values.
fn tags(text: &str) -> Vec<(String, String)> {
    let Ok(Value::Array(list)) = serde_json::from_str(text) else { return Vec::new() };
    let pair = |it: &Value| {
        let of = |name: &str| it.get(name).and_then(Value::as_str).map(str::to_owned);
        of("key").zip(of("value"))
    };
    let mut tags: Vec<(String, String)> = list.iter().filter_map(pair).collect();
    tags.retain(|(key, value)| !DEFAULT_TAGS.contains(&key.as_str()) && !value.ends_with(REDACTED));
    tags.sort();
    tags
}

/// What a job runs for: the job or the notebook of Databricks, else its statement.
pub(super) fn of(properties: &Properties, app: &Application) -> Asker {
    let of = |name: &str| said(properties, name).map(str::to_owned);
    let named = app.cluster.as_ref().and_then(|cluster| job_cluster(cluster.name.as_deref()?));
    let job = of("spark.databricks.job.id").map(|job| (job, of("spark.databricks.job.runId")));
    let path = of("spark.databricks.notebook.path");
    // Databricks starts every application as the same user of its own; jobs say for whom they run.
    let started = app.user.clone().filter(|_| app.cluster.is_none());
    let user = of("user").or(started);
    if let Some((job, run)) = job.or(named) {
        let source = Some(("job".to_owned(), job));
        return Asker { source, run, user, ..Asker::default() };
    }
    let notebook = of("spark.databricks.notebook.id").or_else(|| path.clone());
    if let Some(id) = notebook {
        let source = Some(("notebook".to_owned(), id));
        return Asker { source, title: path, user, ..Asker::default() };
    }
    let text = said(properties, "spark.job.description").unwrap_or_default();
    Asker { user, text: text.chars().take(TEXT).collect(), ..Asker::default() }
}

/// The job and the run that a cluster works for, by its name: `job-JOB-run-RUN-KEY`.
fn job_cluster(name: &str) -> Option<(String, Option<String>)> {
    let (job, rest) = name.strip_prefix("job-")?.split_once("-run-")?;
    let run = rest.split('-').next().unwrap_or_default();
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    (is_number(job) && is_number(run)).then(|| (job.to_owned(), Some(run.to_owned())))
}

/// The number of the SQL that a job is a part of.
pub(super) fn execution(properties: &Properties) -> Option<u64> {
    said(properties, "spark.sql.execution.id")?.parse().ok()
}
