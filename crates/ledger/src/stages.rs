//! Stages of Spark in trouble: one task that the others wait for, or data that do not fit into memory.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::record::spark::{Application, Stage};

/// A stage of a workload, in all runs that were logged of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StageTrouble {
    /// What had it run, as [`crate::Ledger::causes`] counts.
    pub cause: usize,
    /// Its name, mostly a place in the code.
    pub name: String,
    /// How often it ran.
    pub runs: u64,
    /// Runs that waited for one task.
    pub skewed: Skewed,
    /// Runs that wrote to disk what did not fit into memory.
    pub spilled: Spilled,
    /// Tables that the statements of such runs read.
    pub tables: BTreeSet<String>,
}

/// Runs of a stage that waited for one task. Times are milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Skewed {
    /// How many.
    pub runs: u64,
    /// In all of them: how much longer the longest task ran than nearly all others (of few tasks: than half of them).
    pub waited: u64,
    /// Of the worst of them: how many tasks it had, how long half of them ran at most, and how long the longest.
    pub tasks: u64,
    /// See above.
    pub median: u64,
    /// See above.
    pub longest: u64,
}

/// Runs of a stage that wrote to disk what did not fit into memory. Sizes are bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spilled {
    /// How many.
    pub runs: u64,
    /// In all of them: what was written.
    pub disk: u64,
    /// In all of them: what the stage reads, from outside and of other stages.
    pub read: u64,
}

/// A task is long if it runs longer than this, and so many times as long as half of the tasks do.
const LONG: u64 = 60_000;
const TIMES: u64 = 10;

/// Fewer tasks tell nothing of the others.
const FEW: u64 = 4;

/// Less on disk is no trouble.
const SPILL: u64 = 1 << 30;

/// Stages in trouble, while records are read.
#[derive(Debug, Default)]
pub(crate) struct Stages {
    known: BTreeMap<(usize, String), StageTrouble>,
}

impl Stages {
    /// Adds the stages of an application that are some of its work.
    pub(crate) fn add(&mut self, app: &Application, work: usize, cause: usize) {
        for stage in app.stages.iter().filter(|stage| stage.work == Some(work)) {
            let new =
                || StageTrouble { cause, name: stage.name.clone(), ..StageTrouble::default() };
            let known = self.known.entry((cause, stage.name.clone())).or_insert_with(new);
            known.runs += 1;
            if known.skewed.add(stage) | known.spilled.add(stage) {
                let of = |it: u64| app.executions.iter().find(|execution| execution.id == it);
                let scans = stage.execution.and_then(of).map(|it| it.scans.as_slice());
                let tables = scans.unwrap_or_default().iter().filter_map(|scan| scan.table.clone());
                known.tables.extend(tables);
            }
        }
    }

    /// Those in trouble.
    pub(crate) fn close(self) -> Vec<StageTrouble> {
        let troubled = |it: &StageTrouble| it.skewed.runs > 0 || it.spilled.runs > 0;
        self.known.into_values().filter(troubled).collect()
    }
}

impl Skewed {
    /// Adds a run, if it waited for one task.
    fn add(&mut self, stage: &Stage) -> bool {
        let tasks = &stage.tasks;
        let is_long = tasks.longest >= LONG && tasks.longest > tasks.median.saturating_mul(TIMES);
        if tasks.ended < FEW || !is_long {
            return false;
        }
        self.runs += 1;
        // Of fewer tasks, the longest is a twentieth.
        let others = if tasks.ended > 20 { tasks.most } else { tasks.median };
        self.waited = self.waited.saturating_add(tasks.longest.saturating_sub(others));
        if tasks.longest > self.longest {
            (self.tasks, self.median, self.longest) = (tasks.ended, tasks.median, tasks.longest);
        }
        true
    }
}

impl Spilled {
    /// Adds a run, if it wrote much to disk.
    fn add(&mut self, stage: &Stage) -> bool {
        let tasks = &stage.tasks;
        if tasks.spilled_disk < SPILL {
            return false;
        }
        self.runs += 1;
        self.disk = self.disk.saturating_add(tasks.spilled_disk);
        let read = tasks.input.bytes.saturating_add(tasks.shuffle_read.bytes);
        self.read = self.read.saturating_add(read);
        true
    }
}
