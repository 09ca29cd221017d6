//! One application, gathered event by event: what is kept grows with its stages and statements, not with its tasks.

use std::borrow::Cow;
use std::collections::BTreeMap;

use plumb_base::record::spark::{Application, Asker, Execution, Moved, Stage, Tasks, Work};
use plumb_base::record::usage::Time;
use serde::Deserialize;

use super::asker::{self, Properties};
use super::event;
use super::plan;
use super::times::Times;

/// Letters of a description that are kept.
const DESCRIPTION: usize = 200;

/// No task runs longer than this; what says so has a wrong end.
const LONGEST: i64 = 8 * Time::DAY;

/// What is known of an application so far.
#[derive(Default)]
pub(super) struct Gathered {
    app: Application,
    stages: BTreeMap<(u64, u64), (Stage, Times)>,
    executions: BTreeMap<u64, Execution>,
    /// What each stage runs for, and the number of its SQL, as the job says that had it run.
    jobs: BTreeMap<u64, (usize, Option<u64>)>,
    askers: BTreeMap<Asker, usize>,
    taken: BTreeMap<(usize, Time), u64>,
    /// Whether the application said that it began.
    began: bool,
}

/// What became of a line.
pub(super) enum Taken {
    /// It was read, or says nothing here.
    Yes,
    /// It is no event.
    No,
    /// It ends in the middle of one.
    Cut,
    /// It begins another application.
    Next,
}

impl Gathered {
    /// An application of which only the name of its log is known so far.
    pub(super) fn new(log: &str) -> Self {
        let app =
            Application { id: log.to_owned(), start: Time(i64::MAX), ..Application::default() };
        Self { app, ..Self::default() }
    }

    /// The application, if anything was logged of one.
    pub(super) fn close(mut self) -> Option<Application> {
        if !self.began && self.stages.is_empty() && self.executions.is_empty() {
            return None;
        }
        let ran = self.stages.values().filter(|(stage, _)| stage.tasks.ended > 0);
        for (stage, _) in ran {
            let execution = stage.execution.and_then(|id| self.executions.get_mut(&id));
            if let Some(execution) = execution.filter(|it| it.stages.last() != Some(&stage.id)) {
                execution.stages.push(stage.id);
            }
        }
        self.app.stages =
            self.stages.into_values().map(|(stage, times)| timed(stage, &times)).collect();
        self.app.executions = self.executions.into_values().collect();
        let mut works: Vec<(Work, usize)> = Vec::new();
        let mut askers: Vec<(usize, Asker)> =
            self.askers.into_iter().map(|(it, at)| (at, it)).collect();
        askers.sort_unstable();
        for (at, asker) in askers {
            let hours = self.taken.range((at, Time(i64::MIN))..=(at, Time(i64::MAX)));
            let hours: Vec<(Time, u64)> = hours.map(|((_, hour), taken)| (*hour, *taken)).collect();
            if !hours.is_empty() {
                works.push((Work { asker, hours }, at));
            }
        }
        works.sort_by(|(one, _), (two, _)| one.asker.cmp(&two.asker));
        let of: BTreeMap<usize, usize> =
            works.iter().enumerate().map(|(to, (_, at))| (*at, to)).collect();
        for stage in &mut self.app.stages {
            let job = self.jobs.get(&stage.id);
            stage.work = job.and_then(|(asker, _)| of.get(asker).copied());
        }
        self.app.work = works.into_iter().map(|(work, _)| work).collect();
        self.app.start = self.app.start.min(self.app.last);
        Some(self.app)
    }

    /// Takes a line of a log.
    pub(super) fn line(&mut self, line: &[u8]) -> Taken {
        match name(line).and_then(|name| self.event(&name, line)) {
            Ok(taken) => taken,
            Err(error) if error.is_eof() => Taken::Cut,
            Err(_) => Taken::No,
        }
    }

    fn event(&mut self, name: &str, line: &[u8]) -> serde_json::Result<Taken> {
        let short = name.rsplit('.').next().unwrap_or(name);
        match short {
            "SparkListenerTaskEnd" => self.task(&read(line)?),
            "SparkListenerStageSubmitted" | "SparkListenerStageCompleted" => {
                self.stage(read(line)?);
            }
            "SparkListenerJobStart" => self.job(&read(line)?),
            "SparkListenerSQLExecutionStart" => self.execution(&read(line)?),
            "SparkListenerSQLAdaptiveExecutionUpdate" => {
                let update: event::ExecutionUpdate<'_> = read(line)?;
                self.execution_of(update.id).scans = plan::scans(&update.plan);
            }
            "SparkListenerSQLExecutionEnd" => {
                let end: event::ExecutionEnd = read(line)?;
                self.seen(end.time);
                let execution = self.execution_of(end.id);
                execution.end = Some(Time(end.time));
                execution.failed = end.error.is_some_and(|it| !it.is_empty());
            }
            "SparkListenerLogStart" | "DBCEventLoggingListenerMetadata" => {
                let start: event::LogStart = read(line)?;
                self.app.version = start.version.or(self.app.version.take());
            }
            "SparkListenerEnvironmentUpdate" => {
                let environment: event::Environment = read(line)?;
                asker::cluster(&environment.properties, &mut self.app.cluster);
            }
            "SparkListenerApplicationStart" => return Ok(self.start(read(line)?)),
            "SparkListenerApplicationEnd" => {
                let end: event::ApplicationEnd = read(line)?;
                self.seen(end.time);
                self.app.end = Some(Time(end.time));
            }
            // Of what nobody asks here, only whether it is an event matters.
            _ => {}
        }
        Ok(Taken::Yes)
    }

    fn start(&mut self, start: event::ApplicationStart) -> Taken {
        if self.began {
            let same = start.id.as_ref().is_none_or(|id| *id == self.app.id);
            return if same && self.app.attempt == start.attempt {
                Taken::Yes
            } else {
                Taken::Next
            };
        }
        self.began = true;
        self.app.id = start.id.unwrap_or_else(|| std::mem::take(&mut self.app.id));
        (self.app.attempt, self.app.name, self.app.user) = (start.attempt, start.name, start.user);
        self.seen(start.time);
        Taken::Yes
    }

    /// Notes a time at which something happened; zero is none.
    fn seen(&mut self, time: i64) {
        if time > 0 {
            self.app.start = self.app.start.min(Time(time));
            self.app.last = self.app.last.max(Time(time));
        }
    }

    fn job(&mut self, job: &event::JobStart) {
        self.seen(job.time);
        let Some(properties) = &job.properties else { return };
        let of = self.asked(properties);
        for stage in &job.stages {
            // A stage that several jobs list is run by the first.
            self.jobs.entry(*stage).or_insert(of);
        }
    }

    /// What a job runs for, and the number of its SQL.
    fn asked(&mut self, properties: &Properties) -> (usize, Option<u64>) {
        asker::cluster(properties, &mut self.app.cluster);
        let asker = asker::of(properties, &self.app);
        let next = self.askers.len();
        let at = *self.askers.entry(asker).or_insert(next);
        (at, asker::execution(properties))
    }

    fn stage(&mut self, event: event::StageEvent) {
        let info = event.info;
        if let Some(properties) = event.properties.filter(|it| !it.is_empty()) {
            let of = self.asked(&properties);
            self.jobs.insert(info.id, of);
        }
        info.start.into_iter().chain(info.end).for_each(|time| self.seen(time));
        let execution = self.jobs.get(&info.id).and_then(|(_, execution)| *execution);
        let (stage, _) = self.stage_of(info.id, info.attempt);
        stage.name = info.name;
        stage.planned = info.tasks;
        stage.execution = execution;
        stage.start = info.start.map(Time).or(stage.start);
        stage.end = info.end.map(Time).or(stage.end);
        stage.failed |= info.failure.is_some();
    }

    fn stage_of(&mut self, id: u64, attempt: u64) -> &mut (Stage, Times) {
        let new = || (Stage { id, attempt, ..Stage::default() }, Times::default());
        self.stages.entry((id, attempt)).or_insert_with(new)
    }

    fn execution_of(&mut self, id: u64) -> &mut Execution {
        self.executions.entry(id).or_insert_with(|| Execution { id, ..Execution::default() })
    }

    fn execution(&mut self, start: &event::ExecutionStart<'_>) {
        self.seen(start.time);
        let execution = self.execution_of(start.id);
        execution.root = start.root.filter(|root| *root != start.id);
        execution.description = start.description.trim().chars().take(DESCRIPTION).collect();
        execution.start = Some(Time(start.time));
        execution.scans = plan::scans(&start.plan);
    }

    fn task(&mut self, task: &event::TaskEnd<'_>) {
        let (launch, finish) = (task.info.launch, task.info.finish);
        self.seen(launch);
        self.seen(finish);
        let taken = if launch > 0 { (finish - launch).clamp(0, LONGEST) } else { 0 };
        self.take(task.stage, launch, launch + taken);
        let (stage, times) = self.stage_of(task.stage, task.attempt);
        let tasks = &mut stage.tasks;
        tasks.ended += 1;
        let reason = task.reason.as_ref().map_or("Success", |it| it.reason.as_ref());
        if task.info.killed || reason == "TaskKilled" {
            tasks.killed += 1;
        } else if task.info.failed || reason != "Success" {
            tasks.failed += 1;
        }
        add(&mut tasks.taken, taken);
        if let Some(metrics) = &task.metrics {
            times.add(size(metrics.run));
            measured(tasks, metrics);
        }
    }

    /// Gives the time of a task to whoever had it run, by the hour.
    fn take(&mut self, stage: u64, launch: i64, finish: i64) {
        let asker = match self.jobs.get(&stage) {
            Some((asker, _)) => *asker,
            None => self.asked(&Properties::new()).0,
        };
        let mut at = Time(launch);
        while at.0 < finish {
            let until = finish.min(at.hour().0 + Time::HOUR);
            add(self.taken.entry((asker, at.hour())).or_default(), until - at.0);
            at = Time(until);
        }
    }
}

fn measured(tasks: &mut Tasks, metrics: &event::Metrics) {
    add(&mut tasks.run, metrics.run);
    add(&mut tasks.garbage, metrics.garbage);
    add(&mut tasks.spilled_memory, metrics.spilled_memory);
    add(&mut tasks.spilled_disk, metrics.spilled_disk);
    let moved = |bytes: i64, rows: i64| Moved { bytes: size(bytes), rows: size(rows) };
    if let Some(it) = &metrics.input {
        tasks.input = tasks.input.plus(moved(it.bytes, it.rows));
    }
    if let Some(it) = &metrics.output {
        tasks.output = tasks.output.plus(moved(it.bytes, it.rows));
    }
    if let Some(it) = &metrics.shuffle_read {
        let bytes = it.remote.saturating_add(it.local);
        tasks.shuffle_read = tasks.shuffle_read.plus(moved(bytes, it.rows));
    }
    if let Some(it) = &metrics.shuffle_written {
        tasks.shuffle_written = tasks.shuffle_written.plus(moved(it.bytes, it.rows));
    }
}

fn timed(mut stage: Stage, times: &Times) -> Stage {
    stage.tasks.median = times.percentile(50);
    stage.tasks.most = times.percentile(95);
    stage.tasks.longest = times.longest();
    stage
}

/// A size; nothing is smaller than nothing.
fn size(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

fn add(sum: &mut u64, number: i64) {
    *sum = sum.saturating_add(size(number));
}

fn read<'a, T: Deserialize<'a>>(line: &'a [u8]) -> serde_json::Result<T> {
    serde_json::from_slice(line)
}

/// The name of the event of a line; mostly it stands first.
fn name(line: &[u8]) -> serde_json::Result<Cow<'_, str>> {
    const START: &[u8] = b"{\"Event\":\"";
    if let Some(rest) = line.strip_prefix(START)
        && let Some(end) = rest.iter().position(|byte| *byte == b'"')
        && line.ends_with(b"}")
        && let Ok(name) = std::str::from_utf8(&rest[..end])
    {
        return Ok(Cow::Borrowed(name));
    }
    read(line).map(|it: event::Named<'_>| it.event)
}
