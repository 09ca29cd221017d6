//! Rows of metering, kept until all are read: of several files that tell the same, the newer counts.
//!
//! A row of an hour or a day says whose it is, and is told anew by each export, the last ones before they are over. Rows
//! of several accounts look the same but for their amounts. So files are compared: two that say the same of most of what
//! both tell are of one account, and the one that reaches farther counts. Otherwise all rows count.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::Digest;
use plumb_base::record::usage::Time;
use rustc_hash::FxHashMap;

use crate::Names;
use crate::again::Sightings;
use crate::names::NameId;

/// A row, what it is of, and whether its account is named.
#[derive(Debug)]
struct Kept<R> {
    file: NameId,
    of: Digest,
    named: bool,
    row: R,
}

/// Rows of one kind.
#[derive(Debug)]
pub(crate) struct Metered<R> {
    rows: Vec<Kept<R>>,
    sightings: Sightings,
    /// How many rows two files say alike.
    alike: BTreeMap<(NameId, NameId), u64>,
    /// The last time that each file tells.
    until: BTreeMap<NameId, Time>,
}

impl<R> Default for Metered<R> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            sightings: Sightings::default(),
            alike: BTreeMap::new(),
            until: BTreeMap::new(),
        }
    }
}

/// How many rows do not count because a newer file tells of the same, or count though others tell of the same.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Counts {
    pub(crate) older: usize,
    pub(crate) more: usize,
}

/// What tells a row: all of it, and all but its amounts.
pub(crate) struct Marks {
    pub(crate) row: Digest,
    pub(crate) of: Digest,
    pub(crate) named: bool,
    pub(crate) at: Time,
}

impl<R> Metered<R> {
    /// Adds a row of a file; whether it was not there before.
    pub(crate) fn add(&mut self, file: NameId, marks: &Marks, row: R) -> bool {
        let until = self.until.entry(file).or_insert(marks.at);
        *until = marks.at.max(*until);
        match self.sightings.see(marks.row, file) {
            (1, None) => {}
            (1, Some(other)) => {
                *self.alike.entry(pair(file, other)).or_default() += 1;
                return false;
            }
            // The platform tells an hour once, and an export may be put together of two.
            _ => return false,
        }
        self.rows.push(Kept { file, of: marks.of, named: marks.named, row });
        true
    }

    /// Hands on what counts.
    pub(crate) fn close(self, names: &Names, give: &mut dyn FnMut(R)) -> Counts {
        let mut of: FxHashMap<Digest, Vec<usize>> = FxHashMap::default();
        for (at, row) in self.rows.iter().enumerate() {
            of.entry(row.of).or_default().push(at);
        }
        let several = || {
            let rows = self.rows.iter().enumerate();
            rows.filter_map(|(at, row)| of.get(&row.of).filter(|all| all.len() > 1 && all[0] == at))
        };
        let mut unlike: BTreeMap<(NameId, NameId), u64> = BTreeMap::new();
        for rows in several() {
            let files: BTreeSet<NameId> = rows.iter().map(|at| self.rows[*at].file).collect();
            for one in &files {
                for two in files.range(..one) {
                    *unlike.entry(pair(*one, *two)).or_default() += 1;
                }
            }
        }
        let is_one = |one: &Kept<R>, two: &Kept<R>| {
            let both = pair(one.file, two.file);
            let alike = self.alike.get(&both).copied().unwrap_or_default();
            one.named || (alike > 0 && unlike.get(&both).is_none_or(|other| *other <= alike))
        };
        let age = |file: NameId| (self.until.get(&file), names.name(file));
        let mut counts = Counts::default();
        let mut older: BTreeSet<usize> = BTreeSet::new();
        for rows in several() {
            let is_older = |at: &&usize| {
                let one = &self.rows[**at];
                let newer = |two: &Kept<R>| two.file != one.file && age(two.file) > age(one.file);
                rows.iter().any(|at| newer(&self.rows[*at]) && is_one(one, &self.rows[*at]))
            };
            let gone: Vec<usize> = rows.iter().filter(is_older).copied().collect();
            counts.more += rows.len() - gone.len() - 1;
            older.extend(gone);
        }
        counts.older = older.len();
        for (at, kept) in self.rows.into_iter().enumerate() {
            if !older.contains(&at) {
                give(kept.row);
            }
        }
        counts
    }
}

fn pair(one: NameId, two: NameId) -> (NameId, NameId) {
    if one < two { (one, two) } else { (two, one) }
}
