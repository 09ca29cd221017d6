//! Who may have caused a part of a charge: what ran, who ran it, under which tag.

use std::collections::BTreeMap;

use plumb_base::record::usage::Time;
use rustc_hash::FxHashMap;

use crate::hashes::Hashes;
use crate::names::{NameId, Names};
use crate::workload::{self, Sign, Told, Workload, WorkloadKind};

/// Work of one kind, by one person, under one tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// What ran, as [`crate::Ledger::workloads`] counts.
    pub workload: usize,
    /// Who ran it.
    pub user: Option<NameId>,
    /// Its tags, written `key=value` where they have keys.
    pub tags: Vec<NameId>,
    /// The table that the platform says it writes, where it is one, and the workload does not name it.
    pub table: Option<NameId>,
    /// How often it ran, where each run is known.
    pub runs: u64,
}

/// What tells causes apart: workload, person, tags, table.
type Key = (usize, Option<NameId>, Vec<NameId>, Option<NameId>);

/// Causes and workloads, each once, while records are read.
#[derive(Debug, Default)]
pub(crate) struct Causes {
    pub(crate) list: Vec<Cause>,
    pub(crate) workloads: Vec<Workload>,
    /// Runs of each cause, by day.
    pub(crate) ran: BTreeMap<(usize, Time), u64>,
    by_key: FxHashMap<String, usize>,
    known: FxHashMap<Key, usize>,
}

impl Causes {
    /// The cause of a workload, a person and tags.
    pub(crate) fn id<'s>(
        &mut self,
        names: &mut Names,
        sign: impl Into<Sign<'s>>,
        user: Option<&str>,
        tags: &[String],
    ) -> usize {
        self.of(names, sign.into(), user, tags, None)
    }

    /// The same of what writes a table; a workload that is the table says it already.
    pub(crate) fn of(
        &mut self,
        names: &mut Names,
        sign: Sign<'_>,
        user: Option<&str>,
        tags: &[String],
        table: Option<NameId>,
    ) -> usize {
        let next = self.workloads.len();
        let table = table.filter(|_| sign.kind != WorkloadKind::Table);
        let workload = if let Some(known) = self.by_key.get(&sign.key) {
            *known
        } else {
            self.by_key.insert(sign.key.clone(), next);
            self.workloads.push(sign.workload());
            next
        };
        let user = user.map(|user| names.id(user));
        let mut tags: Vec<NameId> = tags.iter().map(|tag| names.id(tag)).collect();
        tags.sort_unstable();
        tags.dedup();
        let key = (workload, user, tags, table);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let id = self.list.len();
        self.list.push(Cause { workload, user, tags: key.2.clone(), table, runs: 0 });
        self.known.insert(key, id);
        id
    }

    /// Puts what is known by a hash alone to the statement that has this hash, where it is one.
    pub(crate) fn know_hashes(&mut self, hashes: &Hashes) {
        let statement = |workload: &Workload| {
            let hash = (workload.told == Told::Hash).then_some(workload.label.as_str())?;
            self.by_key.get(&workload::statement(hashes.template(hash)?)).copied()
        };
        let known: Vec<Option<usize>> = self.workloads.iter().map(statement).collect();
        for cause in &mut self.list {
            cause.workload = known[cause.workload].unwrap_or(cause.workload);
        }
    }

    /// Counts one more run.
    pub(crate) fn ran(&mut self, cause: usize, day: Time) {
        self.list[cause].runs += 1;
        *self.ran.entry((cause, day)).or_default() += 1;
    }
}
