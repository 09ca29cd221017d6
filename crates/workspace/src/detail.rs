//! What is known of assets of some kinds only, in words.

use plumb_base::{
    answer::TileCard,
    record::{
        bundle::{Job, Pipeline, Runs, Task},
        dashboard::{Parameter, Stands},
    },
};
use plumb_estate::Detail;

/// Names and values: tasks of a job, parameters of a dataset, where a pipeline writes.
pub(crate) fn facts(detail: &Detail) -> Vec<(String, String)> {
    match detail {
        Detail::None | Detail::Tiles(_) => Vec::new(),
        Detail::Dataset { measures, parameters } => {
            let measures = measures.iter().map(|it| (it.name.clone(), it.expression.clone()));
            let parameters = parameters.iter().map(parameter);
            parameters
                .chain(measures.map(|(name, text)| (format!("measure {name}"), text)))
                .collect()
        }
        Detail::Job(job) => of_job(job),
        Detail::Pipeline(pipeline) => of_pipeline(pipeline),
    }
}

/// What a dashboard shows.
pub(crate) fn tiles(detail: &Detail) -> Vec<TileCard> {
    let Detail::Tiles(tiles) = detail else { return Vec::new() };
    let card = |tile: &plumb_base::record::dashboard::Tile| TileCard {
        title: tile.title.clone(),
        kind: tile.kind.clone(),
        dataset: tile.dataset.clone(),
        fields: tile.fields.iter().map(|it| (it.name.clone(), it.expression.clone())).collect(),
    };
    tiles.iter().map(card).collect()
}

fn parameter(parameter: &Parameter) -> (String, String) {
    let stands = match &parameter.stands {
        Stands::Value => parameter.default.clone().unwrap_or_else(|| "no default".to_owned()),
        Stands::Text(_) => "a snippet".to_owned(),
        Stands::Dataset(key) => key.clone(),
        Stands::Table(parts) => parts.join("."),
    };
    let kind =
        if parameter.kind.is_empty() { String::new() } else { format!("{}: ", parameter.kind) };
    (format!("parameter {}", parameter.keyword), kind + &stands)
}

fn of_job(job: &Job) -> Vec<(String, String)> {
    let when = job.trigger.clone().unwrap_or_else(|| "only by hand".to_owned());
    let mut facts = vec![("runs".to_owned(), when)];
    facts.extend(job.tasks.iter().map(|task| (format!("task {}", task.key), of_task(task))));
    facts
}

fn of_task(task: &Task) -> String {
    let what = match &task.runs {
        Runs::File { sort, path } => format!("{sort} {path}"),
        Runs::Dbt { folder, commands } if folder.is_empty() => {
            format!("dbt: {}", commands.join("; "))
        }
        Runs::Dbt { folder, commands } => format!("dbt in {folder}: {}", commands.join("; ")),
        Runs::Pipeline(key) => format!("pipeline {key}"),
        Runs::Job(key) => format!("job {key}"),
        Runs::Board(key) => format!("dashboard or alert {key}"),
        Runs::Elsewhere(what) => what.clone(),
        Runs::Unknown => "nothing that is known".to_owned(),
    };
    let on = task.compute.as_ref().map(|it| format!(", on {}", it.words())).unwrap_or_default();
    let after = match task.depends_on.as_slice() {
        [] => String::new(),
        keys => format!(", after {}", keys.join(", ")),
    };
    format!("{what}{on}{after}")
}

fn of_pipeline(pipeline: &Pipeline) -> Vec<(String, String)> {
    let part = |part: &Option<String>| part.clone().unwrap_or_else(|| "?".to_owned());
    let into = format!("{}.{}", part(&pipeline.catalog), part(&pipeline.schema));
    let mut facts = vec![("writes to".to_owned(), into)];
    if !pipeline.modes.is_empty() {
        facts.push(("mode".to_owned(), pipeline.modes.join(", ")));
    }
    facts.extend(pipeline.elsewhere.iter().map(|it| ("not here".to_owned(), it.clone())));
    facts
}
