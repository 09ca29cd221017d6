//! How busy machines of clusters were, of which each minute counts once.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::record::usage::{NodeLoad, Time};

use crate::hours::positive;
use crate::names::NameId;

/// How busy the machines of a cluster were: its workers, or, where it has none, the one machine that it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterLoad {
    /// The cluster.
    pub cluster: NameId,
    /// What it works for, as [`crate::Ledger::causes`] counts, where that is one alone.
    pub cause: Option<usize>,
    /// Minutes of machines that were read.
    pub minutes: u64,
    /// Machines that are not the one that hands out the work.
    pub workers: usize,
    /// How much of the processors worked on average, in thousandths.
    pub cpu: u64,
    /// How much of the memory was used on average, in thousandths.
    pub memory: u64,
    /// The most that was used of it in one minute of one machine, in thousandths.
    pub most_memory: u64,
    /// The first and the last minute.
    pub time: (Time, Time),
}

/// Minutes of a day.
const MINUTES: usize = 1440;
const WORDS: usize = MINUTES.div_ceil(64);

/// Minutes of the longest row that is believed; the platform writes one a minute.
const LONGEST: i64 = 2 * 1440;

/// Loads of machines, while they are read.
#[derive(Debug, Default)]
pub(crate) struct Nodes {
    known: BTreeMap<(NameId, bool), Sum>,
    /// Minutes of each day that are read of a machine: exports overlap.
    seen: BTreeMap<(NameId, NameId, Time), Box<[u64; WORDS]>>,
}

/// What minutes of machines sum to, in thousandths.
#[derive(Debug, Default)]
struct Sum {
    minutes: u64,
    nodes: BTreeSet<NameId>,
    cpu: u64,
    memory: u64,
    most: u64,
    time: Option<(Time, Time)>,
}

impl Nodes {
    pub(crate) fn load(&mut self, load: &NodeLoad, ids: (NameId, NameId)) {
        let new = self.new_minutes(load, ids);
        if new == 0 {
            return;
        }
        let sum = self.known.entry((ids.0, load.is_driver)).or_default();
        let [cpu, memory] = [load.cpu, load.memory].map(|it| positive(it.nanos()) / THOUSANDTH);
        sum.minutes += new;
        sum.nodes.insert(ids.1);
        sum.cpu = sum.cpu.saturating_add(cpu.saturating_mul(new));
        sum.memory = sum.memory.saturating_add(memory.saturating_mul(new));
        sum.most = sum.most.max(memory);
        let (first, last) = sum.time.unwrap_or((load.start, load.end));
        sum.time = Some((first.min(load.start), last.max(load.end)));
    }

    /// How many minutes were not read before; what is shorter is one, too.
    fn new_minutes(&mut self, load: &NodeLoad, (cluster, node): (NameId, NameId)) -> u64 {
        let minute = |at: i64| at.div_euclid(60_000);
        let first = minute(load.start.0);
        let until = minute(load.end.0.saturating_sub(1)).clamp(first, first + LONGEST);
        let mut new = 0;
        for at in first..=until {
            let day = Time(at.saturating_mul(60_000)).day();
            let seen =
                self.seen.entry((cluster, node, day)).or_insert_with(|| Box::new([0; WORDS]));
            let of_day = usize::try_from(at - minute(day.0)).unwrap_or(0) % MINUTES;
            let (word, bit) = (of_day / 64, 1 << (of_day % 64));
            new += u64::from(seen[word] & bit == 0);
            seen[word] |= bit;
        }
        new
    }

    /// The load of each cluster.
    pub(crate) fn close(self, causes: &BTreeMap<NameId, Option<usize>>) -> Vec<ClusterLoad> {
        let mut loads: BTreeMap<NameId, ClusterLoad> = BTreeMap::new();
        // Workers come after their driver, and take its place.
        for ((cluster, is_driver), sum) in self.known.iter().rev() {
            let Some(time) = sum.time else { continue };
            let each = |all: u64| all / sum.minutes.max(1);
            loads.insert(
                *cluster,
                ClusterLoad {
                    cluster: *cluster,
                    cause: causes.get(cluster).copied().flatten(),
                    minutes: sum.minutes,
                    workers: if *is_driver { 0 } else { sum.nodes.len() },
                    cpu: each(sum.cpu),
                    memory: each(sum.memory),
                    most_memory: sum.most,
                    time,
                },
            );
        }
        loads.into_values().collect()
    }
}

/// Billionths of a percent that make a thousandth.
const THOUSANDTH: u64 = 100_000_000;
