//! Rows of metering, kept until all are read: of several files that tell the same, the newer counts.
//!
//! A row of an hour or a day says whose it is, and is told anew by each export, the last ones before they are over. Rows
//! of several accounts look the same but for their amounts. So files are compared: two that say the same of nearly all
//! that both tell of days that were over are of one account, and so are those that name the same one. Of the files of an account, the
//! one that reaches farthest tells what an hour or a day had, as a whole. Otherwise all rows count.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::record::usage::Time;
use plumb_base::{Decimal, Digest};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::Names;
use crate::again::Origin;
use crate::names::NameId;

/// Files that are compared with each other of what many tell, the next ones by age.
const NEAR: usize = 32;

/// What an export may leave out of a row, column by column.
type More = Vec<Option<Digest>>;

/// What tells a row.
#[derive(Debug)]
pub(crate) struct Marks {
    /// All but its account, and what not every file says.
    pub(crate) row: Digest,
    /// The same without its amounts.
    pub(crate) of: Digest,
    pub(crate) account: Option<Digest>,
    /// What not every file says, and tells rows apart where all do, each for itself.
    pub(crate) more: More,
    /// How many columns it has that an export may leave out.
    pub(crate) beside: usize,
    pub(crate) at: Time,
    /// How much it is of what, in the column that every export has.
    pub(crate) amount: (Decimal, String),
}

/// What rows must have in common to tell the same: what they say, whose it is, and what else they say.
type Told = (Digest, Option<Digest>, More);

#[derive(Debug)]
struct Kept<R> {
    file: NameId,
    marks: Marks,
    row: R,
}

/// Rows of one kind.
#[derive(Debug)]
pub(crate) struct Metered<R> {
    rows: Vec<Kept<R>>,
    seen: FxHashSet<(Told, NameId)>,
    /// The last time that each file tells, and its export.
    files: BTreeMap<NameId, (Time, NameId)>,
    /// Rows that a file has twice: the platform tells an hour once, and an export may be put together of two.
    same: usize,
}

impl<R> Default for Metered<R> {
    fn default() -> Self {
        let (rows, seen) = (Vec::new(), FxHashSet::default());
        Self { rows, seen, files: BTreeMap::new(), same: 0 }
    }
}

/// What is known of rows that do not count, or that count beside others of the same hour or day.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// How many were there twice and said the same.
    pub(crate) same: usize,
    pub(crate) notes: Vec<String>,
}

/// What files tell of one hour or day: the rows of each.
type Tellers = BTreeMap<NameId, Vec<usize>>;

impl<R> Metered<R> {
    /// Adds a row.
    pub(crate) fn add(&mut self, origin: Origin, marks: Marks, row: R) {
        let (until, _) = self.files.entry(origin.file).or_insert((marks.at, origin.export));
        *until = marks.at.max(*until);
        let told = (marks.row, marks.account, marks.more.clone());
        if !self.seen.insert((told, origin.file)) {
            self.same += 1;
            return;
        }
        self.rows.push(Kept { file: origin.file, marks, row });
    }

    /// Hands on what counts.
    pub(crate) fn close(self, names: &Names, give: &mut dyn FnMut(R)) -> Counts {
        let of = self.several();
        let ages: BTreeMap<NameId, (Time, &str)> = self
            .files
            .iter()
            .map(|(file, (until, _))| (*file, (*until, names.name(*file))))
            .collect();
        let sources = self.sources(&of, &ages);
        let mut counts = Counts { same: self.same, notes: Vec::new() };
        let (mut older, mut said) = (BTreeSet::<usize>::new(), Said::default());
        for tellers in &of {
            let mut of_source: BTreeMap<NameId, Vec<NameId>> = BTreeMap::new();
            for file in tellers.keys() {
                of_source.entry(sources[file]).or_default().push(*file);
            }
            if of_source.len() > 1 || tellers.values().any(|rows| rows.len() > 1) {
                said.beside(tellers.values().flatten().map(|at| &self.rows[*at].marks));
            }
            for mut files in of_source.into_values() {
                let Some(last) = files.iter().max_by_key(|file| ages[*file]) else { continue };
                let amounts = self.says(tellers, *last);
                // Of those that say the same, the one that says most beside it.
                let alike = files.iter().filter(|file| self.says(tellers, **file) == amounts);
                let beside = |file: &NameId| -> usize {
                    tellers[file].iter().map(|at| self.rows[*at].marks.beside).sum()
                };
                let newest = alike.max_by_key(|file| (beside(file), ages[*file]));
                let newest = *newest.unwrap_or(last);
                files.retain(|file| *file != newest);
                for file in files {
                    let equal = self.says(tellers, file) == amounts;
                    let rows = &tellers[&file];
                    counts.same += if equal { rows.len() } else { 0 };
                    if !equal {
                        let reach = ages[&file].0 == ages[&newest].0;
                        said.older(
                            rows.iter().map(|at| &self.rows[*at].marks),
                            ages[&newest].1,
                            reach,
                        );
                    }
                    older.extend(rows);
                }
            }
        }
        counts.notes = said.notes();
        for (at, kept) in self.rows.into_iter().enumerate() {
            if !older.contains(&at) {
                give(kept.row);
            }
        }
        counts
    }

    /// What more than one row tells.
    fn several(&self) -> Vec<Tellers> {
        let accounts: BTreeSet<Digest> =
            self.rows.iter().filter_map(|row| row.marks.account).collect();
        // Where one account is named, rows that name none are of it, as far as anybody knows.
        let account = |marks: &Marks| marks.account.filter(|_| accounts.len() > 1);
        let all_say = |at: usize| {
            self.rows.iter().all(|row| row.marks.more.get(at).is_some_and(Option::is_some))
        };
        let count = self.rows.iter().map(|row| row.marks.more.len()).max().unwrap_or_default();
        let said: Vec<usize> = (0..count).filter(|at| all_say(*at)).collect();
        let more = |marks: &Marks| said.iter().map(|at| marks.more[*at]).collect::<Vec<_>>();
        let mut of: FxHashMap<Told, Tellers> = FxHashMap::default();
        for (at, row) in self.rows.iter().enumerate() {
            let key = (row.marks.of, account(&row.marks), more(&row.marks));
            of.entry(key).or_default().entry(row.file).or_default().push(at);
        }
        let several = |tellers: &Tellers| tellers.values().map(Vec::len).sum::<usize>() > 1;
        let mut of: Vec<Tellers> = of.into_values().filter(several).collect();
        of.sort();
        of
    }

    /// What a file says of an hour or a day, whatever the order of its rows and whatever else they say.
    fn says(&self, tellers: &Tellers, file: NameId) -> Vec<i128> {
        let mut all: Vec<i128> =
            tellers[&file].iter().map(|at| self.rows[*at].marks.amount.0.units()).collect();
        all.sort_unstable();
        all
    }

    /// Which files are of one account: of each, the first one of them.
    fn sources(
        &self,
        of: &[Tellers],
        ages: &BTreeMap<NameId, (Time, &str)>,
    ) -> BTreeMap<NameId, NameId> {
        let mut pairs: BTreeMap<(NameId, NameId), Common> = BTreeMap::new();
        // The last day of the file that ends first may not have been over when it was told.
        let ends = |one: NameId, two: NameId| ages[&one].0.min(ages[&two].0).day();
        for tellers in of {
            let first = |file: NameId| &self.rows[tellers[&file][0]].marks;
            let mut said: Vec<(NameId, Vec<i128>)> =
                tellers.keys().map(|file| (*file, self.says(tellers, *file))).collect();
            said.sort_by_key(|(file, _)| ages[file]);
            for (at, (file, says)) in said.iter().enumerate() {
                for (other, told) in said[at + 1..].iter().take(NEAR) {
                    let common = pairs.entry((*file.min(other), *file.max(other))).or_default();
                    let (one, two) = (first(*file), first(*other));
                    common.named |= one.account.is_some() && one.account == two.account;
                    let counts = if one.at < ends(*file, *other) {
                        &mut common.settled
                    } else {
                        &mut common.last
                    };
                    counts.0 += u64::from(says == told);
                    counts.1 += 1;
                }
            }
        }
        let same = pairs.iter().filter(|(_, common)| common.is_same());
        let mut joined: Vec<(NameId, NameId)> = same.map(|(pair, _)| *pair).collect();
        joined.extend(self.parts(&pairs));
        groups(self.files.keys().copied(), &joined)
    }

    /// Files that are parts of one export, unless they say of the same what is not the same.
    fn parts(&self, pairs: &BTreeMap<(NameId, NameId), Common>) -> Vec<(NameId, NameId)> {
        let mut exports: BTreeMap<NameId, Vec<NameId>> = BTreeMap::new();
        for (file, (_, export)) in &self.files {
            exports.entry(*export).or_default().push(*file);
        }
        let differs = |files: &[NameId]| {
            let pair = |(one, two): (&NameId, &NameId)| pairs.get(&(*one.min(two), *one.max(two)));
            let all = files.iter().flat_map(|one| files.iter().map(move |two| (one, two)));
            all.filter_map(pair).any(Common::differs)
        };
        let whole = exports.into_values().filter(|files| !differs(files));
        whole
            .flat_map(|files| files.iter().map(|file| (files[0], *file)).collect::<Vec<_>>())
            .collect()
    }
}

/// Of how many hours or days two files say the same, and how many both tell.
#[derive(Debug, Default)]
struct Common {
    /// Before the last day of the one that ends first.
    settled: (u64, u64),
    last: (u64, u64),
    /// Whether they name the same account.
    named: bool,
}

impl Common {
    fn is_same(&self) -> bool {
        let ((settled, of), (last, all)) = (self.settled, self.last);
        self.named || if of > 0 { settled * 10 >= of * 9 } else { last > 0 && last * 2 >= all }
    }

    fn differs(&self) -> bool {
        self.settled.0 < self.settled.1 || self.last.0 < self.last.1
    }
}

/// The first of all files that each is joined with, directly or through others.
pub(crate) fn groups(
    files: impl Iterator<Item = NameId>,
    joined: &[(NameId, NameId)],
) -> BTreeMap<NameId, NameId> {
    let mut first: BTreeMap<NameId, NameId> = files.map(|file| (file, file)).collect();
    loop {
        let mut changed = false;
        for (one, two) in joined {
            let least = first[one].min(first[two]);
            for file in [one, two] {
                changed |= first.insert(*file, least) != Some(least);
            }
        }
        if !changed {
            return first;
        }
    }
}

/// What should be known, and how much it is.
#[derive(Debug, Default)]
struct Said {
    /// By the file that counts, and whether the others reach as far.
    older: BTreeMap<(String, bool), Sum>,
    beside: Sum,
}

#[derive(Debug, Default)]
struct Sum {
    rows: usize,
    of: BTreeMap<String, Decimal>,
}

impl Sum {
    fn add<'a>(&mut self, rows: impl Iterator<Item = &'a Marks>) {
        for marks in rows {
            self.rows += 1;
            let sum = self.of.entry(marks.amount.1.clone()).or_default();
            *sum = sum.plus(marks.amount.0);
        }
    }

    fn text(&self) -> String {
        let sums: Vec<String> = self.of.iter().map(|(unit, sum)| format!("{sum} {unit}")).collect();
        let rows = if self.rows == 1 { "1 row".to_owned() } else { format!("{} rows", self.rows) };
        format!("{rows} ({})", sums.join(", "))
    }
}

impl Said {
    fn older<'a>(&mut self, rows: impl Iterator<Item = &'a Marks>, newest: &str, reach: bool) {
        self.older.entry((newest.to_owned(), reach)).or_default().add(rows);
    }

    fn beside<'a>(&mut self, rows: impl Iterator<Item = &'a Marks>) {
        self.beside.add(rows);
    }

    fn notes(&self) -> Vec<String> {
        let older = self.older.iter().map(|((newest, reach), sum)| {
            let why = if *reach { "reaches as far and is the last by name" } else { "reaches farther" };
            let text = sum.text();
            format!("{text} of other files are of hours or days that `{newest}` tells otherwise: it {why}, and counts")
        });
        let beside = (self.beside.rows > 0).then(|| {
            let text = self.beside.text();
            format!("{text} are of the same hours or days and say other amounts: all count, as of several accounts")
        });
        older.chain(beside).collect()
    }
}
