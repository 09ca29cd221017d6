//! Bundles, as text.

use plumb_base::record::bundle::{Board, Bundle, Given, Job, Pipeline, Runs, Task};

use super::{line, owners};

pub(super) fn bundle(out: &mut String, bundle: &Bundle) {
    let target = bundle.target.as_deref().unwrap_or("none");
    let head = format!("bundle {} at {}", bundle.name, bundle.path);
    let targets = bundle.targets.join(", ");
    line(out, 0, &format!("{head}: target {target} of [{targets}], {}", bundle.chosen));
    bundle.jobs.iter().for_each(|it| job(out, it));
    bundle.pipelines.iter().for_each(|it| pipeline(out, it));
    bundle.boards.iter().for_each(|it| board(out, it));
    if !bundle.unknown.is_empty() {
        line(out, 1, &format!("unknown {}", bundle.unknown.join(", ")));
    }
}

fn job(out: &mut String, job: &Job) {
    let place = job.place.as_ref().unwrap();
    line(out, 1, &format!("job {} {:?} at {place}", job.key, job.name));
    if !job.description.is_empty() {
        line(out, 2, &format!("description {:?}", job.description));
    }
    if let Some(trigger) = &job.trigger {
        line(out, 2, &format!("runs {trigger}"));
    }
    tags(out, &job.tags);
    owners(out, 2, &job.owners);
    job.tasks.iter().for_each(|it| task(out, it));
}

fn task(out: &mut String, task: &Task) {
    let runs = match &task.runs {
        Runs::File { sort, path } => format!("{sort} {path}"),
        Runs::Dbt { folder, commands } => format!("dbt in `{folder}`: {}", commands.join("; ")),
        Runs::Pipeline(key) => format!("pipeline {key} of this bundle"),
        Runs::Job(key) => format!("job {key} of this bundle"),
        Runs::Board(key) => format!("board {key} of this bundle"),
        Runs::Elsewhere(what) => format!("elsewhere: {what}"),
        Runs::Unknown => "nothing known".to_owned(),
    };
    let on = task.compute.as_ref().map(|it| format!(" on {}", it.words())).unwrap_or_default();
    let after = match task.depends_on.as_slice() {
        [] => String::new(),
        keys => format!(" after {}", keys.join(", ")),
    };
    line(out, 2, &format!("task {}{after}{on}: {runs}", task.key));
    given(out, 3, &task.parameters);
}

fn pipeline(out: &mut String, pipeline: &Pipeline) {
    let place = pipeline.place.as_ref().unwrap();
    line(out, 1, &format!("pipeline {} {:?} at {place}", pipeline.key, pipeline.name));
    let part = |part: &Option<String>| part.clone().unwrap_or_else(|| "?".to_owned());
    line(out, 2, &format!("into {}.{}", part(&pipeline.catalog), part(&pipeline.schema)));
    if !pipeline.modes.is_empty() {
        line(out, 2, &pipeline.modes.join(", "));
    }
    tags(out, &pipeline.tags);
    owners(out, 2, &pipeline.owners);
    pipeline.files.iter().for_each(|it| line(out, 2, &format!("file {it}")));
    given(out, 2, &pipeline.configuration);
    pipeline.elsewhere.iter().for_each(|it| line(out, 2, &format!("elsewhere {it}")));
}

fn given(out: &mut String, depth: usize, given: &Given) {
    for (name, value) in given {
        let value = value.as_ref().map_or("not known".to_owned(), |it| format!("{it:?}"));
        line(out, depth, &format!("with {name} {value}"));
    }
}

fn board(out: &mut String, board: &Board) {
    let name = board.name.as_deref().unwrap_or("untitled");
    let path = board.path.as_deref().unwrap_or("no file");
    let part = |part: &Option<String>| part.clone().unwrap_or_else(|| "?".to_owned());
    let inside = format!("{}.{}", part(&board.catalog), part(&board.schema));
    line(out, 1, &format!("board {} {name:?} {path} in {inside}", board.key));
    owners(out, 2, &board.owners);
}

fn tags(out: &mut String, tags: &[String]) {
    if !tags.is_empty() {
        line(out, 2, &format!("tags {}", tags.join(", ")));
    }
}
