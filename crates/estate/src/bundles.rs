//! Databricks bundles as assets: jobs and pipelines, and what they start.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use plumb_base::{
    TableName,
    answer::Using,
    record::{
        Found,
        bundle::{Bundle, Job, Pipeline, Runs},
    },
};
use plumb_syntax::sql::{Dialect, tree::StatementKind};

use crate::{
    asset::{Asset, AssetKind, Detail},
    read::{Draft, Gathered, Text, blank},
    session::Session,
};

/// Where names are looked up in a file, if it belongs to a pipeline: where that writes.
pub(crate) fn session(found: &Found, path: &str, dialect: &Dialect) -> Option<Session> {
    let mut pipelines = found.bundles.iter().flat_map(|bundle| &bundle.pipelines);
    let pipeline = pipelines.find(|pipeline| pipeline.files.iter().any(|file| file == path))?;
    let (catalog, schema) = (pipeline.catalog.as_deref(), pipeline.schema.as_deref());
    Some(Session::at(catalog, schema, dialect).of_pipeline())
}

/// The same for files of SQL, by path.
///
/// All files of a pipeline see its temporary views, whichever of them makes one.
pub(crate) fn sessions(found: &Found, texts: &[Arc<Text>]) -> BTreeMap<String, Session> {
    let mut sessions = BTreeMap::new();
    for pipeline in found.bundles.iter().flat_map(|bundle| &bundle.pipelines) {
        let own = |text: &&Arc<Text>| pipeline.files.contains(&text.path);
        let texts: Vec<&Arc<Text>> = texts.iter().filter(own).collect();
        for text in &texts {
            let Some(mut session) = session(found, &text.path, text.dialect) else { continue };
            for (path, name) in texts.iter().flat_map(|it| temporary(it)) {
                session.remember(name.clone(), &format!("{path}#{name}"));
            }
            sessions.entry(text.path.clone()).or_insert(session);
        }
    }
    sessions
}

/// Temporary views that a text makes, with its path.
fn temporary(text: &Text) -> impl Iterator<Item = (&str, &TableName)> {
    text.parsed().statements.iter().filter_map(|statement| match &statement.kind {
        StatementKind::Write { target, temporary: true, .. } => {
            Some((text.path.as_str(), &target.name))
        }
        _ => None,
    })
}

pub(crate) fn bundles(found: &Found, gathered: &mut Gathered) {
    let at = at_paths(gathered);
    for bundle in &found.bundles {
        let folder = bundle.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut keys = Keys { jobs: BTreeMap::new(), pipelines: BTreeMap::new() };
        for job in &bundle.jobs {
            keys.jobs.insert(&job.key, add_job(job, bundle, folder, gathered));
        }
        for pipeline in &bundle.pipelines {
            keys.pipelines.insert(&pipeline.key, add_pipeline(pipeline, bundle, folder, gathered));
        }
        for job in &bundle.jobs {
            for task in &job.tasks {
                let started = keys.started(&task.runs, bundle, &at, gathered);
                let own = &keys.jobs[job.key.as_str()];
                gathered.runs.extend(started.into_iter().map(|it| (own.clone(), it)));
            }
        }
        for pipeline in &bundle.pipelines {
            let own = &keys.pipelines[pipeline.key.as_str()];
            let files = pipeline.files.iter().filter_map(|path| at.get(path)).flatten();
            gathered.runs.extend(files.map(|it| (own.clone(), it.clone())));
        }
    }
    using(found, gathered);
}

/// Files that bundles run: whatever they look like, Databricks reads them.
pub(crate) fn files(found: &Found) -> BTreeSet<&str> {
    let pipelines = found.bundles.iter().flat_map(|bundle| &bundle.pipelines);
    let tasks = found.bundles.iter().flat_map(|bundle| &bundle.jobs).flat_map(|job| &job.tasks);
    let run = tasks.filter_map(|task| match &task.runs {
        Runs::File { path, .. } => Some(path),
        _ => None,
    });
    pipelines.flat_map(|pipeline| &pipeline.files).chain(run).map(String::as_str).collect()
}

/// Keys of what lies at a path, its parts left out.
fn at_paths(gathered: &Gathered) -> BTreeMap<String, Vec<String>> {
    let mut at: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for draft in gathered.drafts.values() {
        let asset = &draft.asset;
        if let (Some(place), None) = (&asset.place, &asset.part_of)
            && asset.kind != AssetKind::Source
        {
            at.entry(place.path.clone()).or_default().push(asset.key.clone());
        }
    }
    at
}

/// Keys of the assets of one bundle, by their keys in the bundle.
struct Keys<'a> {
    jobs: BTreeMap<&'a str, String>,
    pipelines: BTreeMap<&'a str, String>,
}

impl Keys<'_> {
    /// Keys of the assets that a task starts.
    fn started(
        &self,
        runs: &Runs,
        bundle: &Bundle,
        at: &BTreeMap<String, Vec<String>>,
        gathered: &Gathered,
    ) -> Vec<String> {
        let one = |key: Option<&String>| key.cloned().into_iter().collect();
        match runs {
            Runs::File { path, .. } => at.get(path).cloned().unwrap_or_default(),
            Runs::Dbt { folder, commands } => dbt(folder, commands, gathered),
            Runs::Pipeline(key) => one(self.pipelines.get(key.as_str())),
            Runs::Job(key) => one(self.jobs.get(key.as_str())),
            Runs::Board(key) => {
                let board = bundle.boards.iter().find(|board| board.key == *key);
                one(board.and_then(|board| board.path.as_ref()))
            }
            Runs::Elsewhere(_) | Runs::Unknown => Vec::new(),
        }
    }
}

/// Options of `dbt` that choose a part of a project.
const PARTS: &[&str] = &["-s", "--select", "-m", "--models", "--model", "--exclude", "--selector"];

/// What `dbt` builds of a project: all of it, where no command says that it is only a part.
fn dbt(folder: &str, commands: &[String], gathered: &Gathered) -> Vec<String> {
    let whole = |command: &String| {
        let words: Vec<&str> = command.split_whitespace().collect();
        let builds = words.iter().any(|word| matches!(*word, "run" | "build"));
        let part = |word: &&str| PARTS.contains(&word.split('=').next().unwrap_or_default());
        builds && !words.iter().any(part)
    };
    if !commands.iter().any(whole) {
        return Vec::new();
    }
    let inside = |path: &str| folder.is_empty() || path.starts_with(&format!("{folder}/"));
    let built = gathered.built.iter().filter(|((path, _), _)| inside(path));
    built.map(|(_, key)| key.clone()).collect()
}

fn add_job(job: &Job, bundle: &Bundle, folder: &str, gathered: &mut Gathered) -> String {
    let key = format!("job:{}/{}", bundle.name, job.key);
    let asset = Asset {
        place: job.place.clone(),
        description: job.description.clone(),
        owners: job.owners.clone(),
        tags: job.tags.clone(),
        open: false,
        detail: Detail::Job(Box::new(job.clone())),
        ..blank(&key, &job.name, AssetKind::Job, "")
    };
    gathered.add(Draft::new(asset, None), &format!("job:{folder}/{}", job.key))
}

fn add_pipeline(
    pipeline: &Pipeline,
    bundle: &Bundle,
    folder: &str,
    gathered: &mut Gathered,
) -> String {
    let key = format!("pipeline:{}/{}", bundle.name, pipeline.key);
    let asset = Asset {
        place: pipeline.place.clone(),
        owners: pipeline.owners.clone(),
        tags: pipeline.tags.clone(),
        open: false,
        detail: Detail::Pipeline(Box::new(pipeline.clone())),
        ..blank(&key, &pipeline.name, AssetKind::Pipeline, "")
    };
    gathered.add(Draft::new(asset, None), &format!("pipeline:{folder}/{}", pipeline.key))
}

/// More bundles than this are one line.
const LINES: usize = 6;

/// Says which bundles were found, and which target of each counts.
fn using(found: &Found, gathered: &mut Gathered) {
    if found.bundles.len() <= LINES {
        gathered.using.extend(found.bundles.iter().map(line));
        return;
    }
    let mut chosen: BTreeMap<&str, usize> = BTreeMap::new();
    for bundle in &found.bundles {
        *chosen.entry(bundle.chosen).or_default() += 1;
    }
    let chosen: Vec<String> = chosen.iter().map(|(why, count)| format!("{count} {why}")).collect();
    let jobs = found.bundles.iter().map(|bundle| bundle.jobs.len()).sum();
    let pipelines = found.bundles.iter().map(|bundle| bundle.pipelines.len()).sum();
    gathered.using.push(Using {
        what: "bundles".to_owned(),
        path: ".".to_owned(),
        detail: format!(
            "{}, {}, {}; target: {}",
            counted(found.bundles.len(), "bundle"),
            counted(jobs, "job"),
            counted(pipelines, "pipeline"),
            chosen.join(", ")
        ),
    });
}

fn line(bundle: &Bundle) -> Using {
    let target = match &bundle.target {
        Some(target) => format!("target {target} ({})", bundle.chosen),
        None => "no target".to_owned(),
    };
    let unknown = match bundle.unknown.as_slice() {
        [] => String::new(),
        names => format!(", not known: {}", names.join(", ")),
    };
    let (jobs, pipelines) =
        (counted(bundle.jobs.len(), "job"), counted(bundle.pipelines.len(), "pipeline"));
    Using {
        what: "bundle".to_owned(),
        path: bundle.path.clone(),
        detail: format!("{}: {jobs}, {pipelines}, {target}{unknown}", bundle.name),
    }
}

/// A number and what it counts.
pub(crate) fn counted(number: usize, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}
