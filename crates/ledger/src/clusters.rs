//! Clusters that many share: who took how much of the time of their tasks, by the hour, as event logs say.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::record::usage::Time;

use crate::charge::{Method, Share};
use crate::names::NameId;

/// A part of a charge, and its weight.
type Part = (Share, Method, u64);

/// Task time on clusters, while event logs are read.
#[derive(Debug, Default)]
pub(crate) struct Clusters {
    /// Milliseconds, by cluster, hour and cause.
    taken: BTreeMap<(NameId, Time, usize), u64>,
    /// Milliseconds of runs of tasks of jobs, in the same way.
    ran: BTreeMap<(NameId, Time, usize), u64>,
    /// The same of jobs and pipelines as wholes.
    whole: BTreeMap<(NameId, Time, usize), u64>,
    /// Causes of which runs of tasks were read: as wholes, they would be told twice.
    in_tasks: BTreeSet<usize>,
    /// From when until when each application of a cluster was logged.
    logged: BTreeMap<NameId, Vec<(Time, Time)>>,
    /// Applications that name no cluster.
    nowhere: usize,
    /// Clusters that were billed, and whether the line itself says for whom.
    billed: BTreeMap<NameId, bool>,
}

impl Clusters {
    /// Notes that an application was logged from a time until another.
    pub(crate) fn logged(&mut self, cluster: Option<NameId>, from: Time, until: Time) {
        match cluster {
            Some(cluster) => self.logged.entry(cluster).or_default().push((from, until)),
            None => self.nowhere += 1,
        }
    }

    /// Adds task time of a cause.
    pub(crate) fn taken(&mut self, cluster: NameId, hour: Time, cause: usize, millis: u64) {
        let taken = self.taken.entry((cluster, hour.hour(), cause)).or_default();
        *taken = taken.saturating_add(millis);
    }

    /// Adds a run of a cause, of one task of it or as a whole, from a time until another.
    pub(crate) fn ran(
        &mut self,
        cluster: NameId,
        (cause, is_task): (usize, bool),
        (from, until): (Time, Time),
    ) {
        let runs = if is_task { &mut self.ran } else { &mut self.whole };
        if is_task {
            self.in_tasks.insert(cause);
        }
        let until = Time(until.0.min(from.0.saturating_add(LONGEST)));
        let mut at = from;
        while at < until {
            let next = Time(until.0.min(at.hour().0 + Time::HOUR));
            let ran = runs.entry((cluster, at.hour(), cause)).or_default();
            *ran = ran.saturating_add(u64::try_from(next.0 - at.0).unwrap_or(0));
            at = next;
        }
    }

    /// Notes that a cluster was billed, and whether to somebody.
    pub(crate) fn billed(&mut self, cluster: NameId, named: bool) {
        *self.billed.entry(cluster).or_insert(named) &= named;
    }

    /// Whether any log of a cluster, or any run on it, was read.
    pub(crate) fn knows(&self, cluster: NameId) -> bool {
        self.logged.contains_key(&cluster) || self.has_runs(cluster)
    }

    fn has_runs(&self, cluster: NameId) -> bool {
        let all = (cluster, Time(i64::MIN), 0)..=(cluster, Time(i64::MAX), usize::MAX);
        let mut whole = self.whole.range(all.clone()).map(|((_, _, cause), _)| cause);
        self.ran.range(all).next().is_some() || whole.any(|cause| !self.in_tasks.contains(cause))
    }

    /// Who used a cluster from a time until another, in whole hours; nothing where neither log nor run tells.
    pub(crate) fn parts(&self, cluster: NameId, from: Time, until: Time) -> Option<Vec<Part>> {
        let range = (cluster, from.hour(), 0)..(cluster, until, 0);
        let parts = shares(self.taken.range(range.clone()), Method::TaskShare);
        if !parts.is_empty() {
            return Some(parts);
        }
        let logged = self.logged.get(&cluster).into_iter().flatten().any(|(start, last)| {
            start.hour() <= from.hour() && until.0 <= last.hour().0 + Time::HOUR
        });
        if logged {
            return Some(vec![(Share::IdleWholeHour, Method::NoTask, 1)]);
        }
        let whole = self.whole.range(range.clone());
        let whole = whole.filter(|((_, _, cause), _)| !self.in_tasks.contains(cause));
        let parts = shares(self.ran.range(range).chain(whole), Method::RunShare);
        (!parts.is_empty()).then_some(parts)
    }

    /// What should be known of logs and bills that do not meet.
    pub(crate) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let many = |count: usize, what: &str| {
            if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
        };
        if self.nowhere > 0 {
            let apps = many(self.nowhere, "application");
            notes.push(format!(
                "{apps} of Spark: the event log names no cluster of Databricks, so no bill is shared by it"
            ));
        }
        let logged: BTreeSet<&NameId> = self.logged.keys().collect();
        let lost = logged.iter().filter(|it| !self.billed.contains_key(it)).count();
        if lost > 0 {
            let clusters = many(lost, "cluster");
            notes.push(format!("{clusters} with event logs: no line of billable use names them"));
        }
        let told = |it: &NameId| logged.contains(it) || self.has_runs(*it);
        let open = self.billed.iter().filter(|(it, named)| !**named && !told(it)).count();
        if open > 0 && !logged.is_empty() {
            let clusters = many(open, "shared cluster");
            notes.push(format!("{clusters} without event logs: who used them is not known"));
        }
        notes
    }
}

/// The longest run of a task that is believed; what says so has a wrong end.
const LONGEST: i64 = 60 * Time::DAY;

/// The part of each cause in milliseconds by cluster, hour and cause.
fn shares<'a>(
    of: impl Iterator<Item = (&'a (NameId, Time, usize), &'a u64)>,
    method: Method,
) -> Vec<Part> {
    let mut weights: BTreeMap<usize, u64> = BTreeMap::new();
    for ((_, _, cause), millis) in of {
        let weight = weights.entry(*cause).or_default();
        *weight = weight.saturating_add(*millis);
    }
    let part = |(cause, weight)| (Share::Attributed(cause), method, weight);
    weights.into_iter().map(part).collect()
}
