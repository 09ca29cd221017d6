//! Lines that are in several exports: a line is billed once, however often it was exported.
//!
//! Lines of one export all count, also where they say the same: a bill has such lines, and parts of an export are read
//! as one. What several exports say counts as often as in the one that has most of it. A vendor's name of a line tells
//! more, though it may be another one in the next export: under the same name and otherwise, it is the same line
//! corrected, of which what is read first counts. Files that turn out to tell one bill at several times are told apart
//! when all are read.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use plumb_base::record::usage::BillLine;
use plumb_base::{Currency, Decimal, Digest, Hasher};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::Names;
use crate::apart::Shared;
use crate::lasting::{Lasting, Stranger};
use crate::metered::groups;
use crate::names::NameId;
use crate::versions::{Bills, Versions};

/// Pairs of files that are named; the others are summed.
const NAMED: usize = 3;

/// A file, and the export that it is a part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) file: NameId,
    pub(crate) export: NameId,
}

/// How often rows were seen in each export.
#[derive(Debug, Default)]
pub(crate) struct Sightings {
    seen: FxHashMap<Digest, Seen>,
    /// How often a row is in an export other than the one that had it first.
    others: FxHashMap<(Digest, NameId), Other>,
}

#[derive(Debug)]
struct Seen {
    first: Origin,
    /// How often it is in the first export, and how often it counts.
    count: u32,
    counted: u32,
}

/// How often another export has a row, and how often under a name that no other had before.
#[derive(Debug, Default)]
struct Other {
    count: u32,
    named: u32,
}

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sight {
    /// It counts; another file of the same export may say the same.
    Counts(Option<NameId>),
    /// It counts, and the same file said it before.
    Repeats,
    /// A file of another export said it.
    Again(Origin),
}

impl Sightings {
    /// Sees a row; `is_named` says that nothing had its name before.
    pub(crate) fn see(&mut self, row: Digest, origin: Origin, is_named: bool) -> Sight {
        let new = Seen { first: origin, count: 0, counted: 0 };
        let seen = self.seen.entry(row).or_insert(new);
        let is_first = seen.first.export == origin.export;
        let count = if is_first {
            &mut seen.count
        } else {
            let other = self.others.entry((row, origin.export)).or_default();
            other.named += u32::from(is_named);
            &mut other.count
        };
        *count += 1;
        if *count <= seen.counted {
            return Sight::Again(seen.first);
        }
        seen.counted += 1;
        let is_here = is_first && seen.first.file == origin.file;
        if is_here && seen.count > 1 {
            return Sight::Repeats;
        }
        Sight::Counts((is_first && !is_here).then_some(seen.first.file))
    }

    /// Rows that several exports have, and how often each counts by now.
    fn shared(&self) -> BTreeMap<Digest, (Shared, u32)> {
        let mut rows: BTreeMap<Digest, (Shared, u32)> = BTreeMap::new();
        let mut others: Vec<(&(Digest, NameId), &Other)> = self.others.iter().collect();
        others.sort_unstable_by_key(|(at, _)| *at);
        for ((row, export), Other { count, .. }) in others {
            let Some(seen) = self.seen.get(row) else { continue };
            let first = || (vec![(seen.first.export, u64::from(seen.count))], seen.counted);
            rows.entry(*row).or_insert_with(first).0.push((*export, u64::from(*count)));
        }
        rows
    }

    /// How often more rows count by their names: `group` tells exports that name lines alike.
    fn more(&self, group: impl Fn(NameId) -> Option<NameId>) -> BTreeMap<Digest, u64> {
        let of = |(row, export): &(Digest, NameId)| Some((*row, group(*export)?));
        let named = self.others.iter().filter_map(|(at, other)| Some((of(at)?, other.named)));
        let mut all: BTreeMap<(Digest, NameId), u32> = BTreeMap::new();
        for (at, named) in named {
            *all.entry(at).or_default() += named;
        }
        let mut more: BTreeMap<Digest, u64> = BTreeMap::new();
        for ((row, of), named) in all {
            let Some(seen) = self.seen.get(&row) else { continue };
            let first = if group(seen.first.export) == Some(of) { seen.count } else { 0 };
            let count = (first + named).saturating_sub(seen.counted);
            let most = more.entry(row).or_default();
            *most = u64::from(count).max(*most);
        }
        more.retain(|_, count| *count > 0);
        more
    }
}

/// What lines have in common with those of other files: the other file first.
#[derive(Debug, Default)]
struct Common(BTreeMap<(NameId, NameId), (u64, BTreeMap<Currency, Decimal>)>);

impl Common {
    /// Adds a line that both have, whichever was read first.
    fn both(&mut self, one: NameId, two: NameId, line: &BillLine) {
        self.add(one.min(two), one.max(two), line);
    }

    /// Takes out some pairs of files.
    fn split(&mut self, is_out: impl Fn(NameId, NameId) -> bool) -> Self {
        let all = std::mem::take(&mut self.0);
        let (out, rest) = all.into_iter().partition(|((one, two), _)| is_out(*one, *two));
        self.0 = rest;
        Self(out)
    }

    fn join(&mut self, other: Self) {
        for (pair, (lines, parts)) in other.0 {
            let (count, sums) = self.0.entry(pair).or_default();
            *count += lines;
            for (currency, part) in parts {
                let sum = sums.entry(currency).or_default();
                *sum = sum.plus(part);
            }
        }
    }

    fn add(&mut self, other: NameId, file: NameId, line: &BillLine) {
        let (count, sums) = self.0.entry((other, file)).or_default();
        *count += 1;
        let sum = sums.entry(line.currency).or_default();
        *sum = sum.plus(line.billed);
    }

    /// Takes out a line that only looked like one of both.
    fn take(&mut self, line: &Stranger) {
        let (one, two) = line.files;
        if let Some((count, sums)) = self.0.get_mut(&(one.min(two), one.max(two))) {
            *count = count.saturating_sub(1);
            let sum = sums.entry(line.currency).or_default();
            *sum = sum.minus(line.billed);
        }
    }

    /// What to know of it, those with most lines first; `about` says it of two files.
    fn say(
        self,
        names: &Names,
        about: &dyn Fn(&str, &str, &str) -> String,
        rest: &str,
    ) -> Vec<String> {
        let name = |(one, two): &(NameId, NameId)| (names.name(*one), names.name(*two));
        let mut pairs: Vec<_> = self.0.into_iter().collect();
        pairs.sort_by_key(|(pair, (count, _))| (Reverse(*count), name(pair)));
        let more = pairs.split_off(pairs.len().min(NAMED));
        let mut notes = Vec::new();
        for (pair, (count, sums)) in pairs {
            let (other, file) = name(&pair);
            notes.push(about(other, file, &amount(count, &sums)));
        }
        if !more.is_empty() {
            let (mut count, mut sums) = (0, BTreeMap::new());
            for (_, (lines, parts)) in &more {
                count += lines;
                for (currency, part) in parts {
                    let sum: &mut Decimal = sums.entry(*currency).or_default();
                    *sum = sum.plus(*part);
                }
            }
            let pairs = if more.len() == 1 {
                "1 more pair".to_owned()
            } else {
                format!("{} more pairs", more.len())
            };
            notes.push(format!("{pairs} of files have {} {rest}", amount(count, &sums)));
        }
        notes
    }
}

/// Lines of bills by what tells them apart, while they are read.
#[derive(Debug, Default)]
pub(crate) struct Again {
    sightings: Sightings,
    /// The file that named a line first, and what the line says there.
    named: FxHashMap<Digest, (Digest, Origin)>,
    /// What else the first export says under a name; what other exports said under the same names.
    more: FxHashSet<(Digest, Digest)>,
    told: FxHashSet<(Digest, Digest, NameId)>,
    lasting: Lasting,
    common: Common,
    corrected: Common,
    parts: Common,
    /// Lines that are of the same thing and day as those of another file, and not the same.
    overlaps: Common,
    versions: Versions,
}

/// What a line is beside those that were read before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counts {
    Yes,
    /// As long as another file is a part of the same export, and says it, too.
    BesideAPart(NameId),
    /// It is told already.
    No,
    /// Another export tells it, too.
    Elsewhere,
    /// Another file tells it otherwise.
    Otherwise,
}

impl Again {
    /// Whether a line counts.
    pub(crate) fn counts(&mut self, line: &BillLine, origin: Origin) -> Counts {
        let file = origin.file;
        self.versions.saw(origin, line.start, line.billed);
        let by_name = self.by_name(line, origin);
        let is_named = matches!(by_name, ByName::New);
        match by_name {
            ByName::Again(first) => {
                self.versions.both(first, file, line.billed);
                self.common.both(first, file, line);
                return Counts::No;
            }
            ByName::Corrected(by) => {
                self.corrected.add(by, file, line);
                return Counts::Otherwise;
            }
            ByName::New | ByName::Unknown => {}
        }
        match self.sightings.see(line.content, origin, is_named) {
            Sight::Counts(None) => Counts::Yes,
            Sight::Repeats => {
                self.versions.repeats(file);
                Counts::Yes
            }
            Sight::Counts(Some(part)) => {
                self.versions.both(part, file, line.billed);
                self.parts.both(part, file, line);
                Counts::BesideAPart(part)
            }
            Sight::Again(Origin { file: other, export }) => {
                if is_named {
                    self.lasting.strange((export, origin.export), (other, file), line);
                }
                self.versions.both(other, file, line.billed);
                self.common.both(other, file, line);
                Counts::Elsewhere
            }
        }
    }

    /// Which files tell one bill, after the last line. `is_nothing` tells rows that say nothing of that.
    pub(crate) fn bills(&mut self, names: &Names, is_nothing: impl Fn(Digest) -> bool) -> Bills {
        let rows = self.sightings.shared();
        let telling = rows.iter().filter(|(row, _)| !is_nothing(**row)).map(|(_, row)| &row.0);
        std::mem::take(&mut self.versions).close(names, telling)
    }

    /// How often more a row counts that several accounts have, or one under several names: by its content.
    pub(crate) fn more(
        &mut self,
        bills: &Bills,
        is_nothing: impl Fn(Digest) -> bool,
    ) -> BTreeMap<Digest, u64> {
        let more = |(row, (shared, counted)): (Digest, (Shared, u32))| {
            let more = bills.apart().count(&shared).checked_sub(u64::from(counted))?;
            (more > 0).then_some((row, more))
        };
        let rows = self.sightings.shared();
        let mut more: BTreeMap<Digest, u64> = rows.into_iter().filter_map(more).collect();
        for (row, by_name) in self.by_names(bills, is_nothing) {
            let known = more.entry(row).or_default();
            *known = by_name.max(*known);
        }
        more
    }

    /// How often more rows count by names that last; what they are is no more in common.
    fn by_names(
        &mut self,
        bills: &Bills,
        is_nothing: impl Fn(Digest) -> bool,
    ) -> BTreeMap<Digest, u64> {
        // Of a bill that is told anew some lines are made anew, too, and its newest file counts.
        let mut lasting = std::mem::take(&mut self.lasting).close();
        lasting.retain(|_, all| all.iter().all(|it| !bills.are_one(it.files.0, it.files.1)));
        let pairs: Vec<(NameId, NameId)> = lasting.keys().copied().collect();
        let exports = pairs.iter().flat_map(|(one, two)| [*one, *two]);
        let groups = groups(exports, &pairs);
        let mut more = self.sightings.more(|export| groups.get(&export).copied());
        more.retain(|row, _| !is_nothing(*row));
        let mut left = more.clone();
        for stranger in lasting.values().flatten() {
            if let Some(left) = left.get_mut(&stranger.row).filter(|left| **left > 0) {
                *left -= 1;
                self.common.take(stranger);
            }
        }
        more
    }

    /// What the name of a line tells of it.
    fn by_name(&mut self, line: &BillLine, origin: Origin) -> ByName {
        let Some(id) = &line.id else { return ByName::Unknown };
        let name = Hasher::new("line").text(&line.provider).text(id).finish();
        let Some((content, first)) = self.named.get(&name) else {
            self.named.insert(name, (line.content, origin));
            return ByName::New;
        };
        let same = *content == line.content || self.more.contains(&(name, line.content));
        if first.export == origin.export {
            // The name stands for one line of a part, and for one that says the same in all parts.
            if same {
                return ByName::Again(first.file);
            }
            self.more.insert((name, line.content));
            return ByName::Unknown;
        }
        if !same {
            return ByName::Corrected(first.file);
        }
        let (one, two) = (first.export, origin.export);
        if !self.told.insert((name, line.content, two)) {
            return ByName::Again(origin.file);
        }
        self.lasting.alike(one, two);
        ByName::Unknown
    }

    /// Notes a line that counts, of a thing and day that another file has lines of.
    pub(crate) fn overlaps(&mut self, other: NameId, file: NameId, line: &BillLine) {
        self.overlaps.add(other, file, line);
    }

    /// What should be known of lines that do not count, or count though they may be there twice.
    pub(crate) fn close(self, bills: &Bills, names: &Names) -> Vec<String> {
        let Self { mut common, mut corrected, mut parts, mut overlaps, .. } = self;
        // What looked like parts are versions: then what they have in common counts once.
        common.join(parts.split(|one, two| bills.are_alike(one, two)));
        let accounts = common.split(|one, two| bills.are_apart(one, two));
        let _settled =
            overlaps.split(|one, two| bills.are_one(one, two) || bills.are_in_forms(one, two));
        let _settled = corrected.split(|one, two| bills.are_in_forms(one, two));
        let mut notes = common.say(
            names,
            &|other, file, amount| {
                if other == file {
                    return format!("`{file}` has {amount} twice, by their ids: they count once");
                }
                let (one, two) = (other.min(file), other.max(file));
                format!("`{one}` and `{two}` have {amount} in common: they count once")
            },
            "in common: they count once",
        );
        notes.extend(accounts.say(
            names,
            &|other, file, amount| {
                let (one, two) = (other.min(file), other.max(file));
                format!("`{one}` and `{two}` have {amount} in common, and little else of the same hours: they are of two accounts, and all count")
            },
            "in common, and little else of the same hours: they are of several accounts, and all count",
        ));
        notes.extend(corrected.say(
            names,
            &|other, file, amount| {
                format!("`{file}` has {amount} that `{other}` tells otherwise, under the same ids: those of `{other}` count")
            },
            "of which another tells otherwise, under the same ids: the last file by name counts",
        ));
        notes.extend(parts.say(
            names,
            &|other, file, amount| {
                let (one, two) = (other.min(file), other.max(file));
                format!("`{one}` and `{two}` are parts of one export by their names, and have {amount} in common: all count")
            },
            "in common, and are parts of one export by their names: all count",
        ));
        notes.extend(overlaps.say(
            names,
            &|other, file, amount| {
                format!("`{file}` has {amount} of things and days that `{other}` bills otherwise: all count; where one is a later state of the other, read that one alone")
            },
            "of things and days that another bills otherwise: all count",
        ));
        notes
    }
}

/// What the name of a line tells.
enum ByName {
    /// Nothing had it before.
    New,
    /// It has none, or one that another export has for the same.
    Unknown,
    /// It is told already by the same export, in this file.
    Again(NameId),
    /// A file of another export says something else under the name.
    Corrected(NameId),
}

fn amount(count: u64, sums: &BTreeMap<Currency, Decimal>) -> String {
    let sums = sums.iter().map(|(currency, sum)| format!("{sum} {currency}"));
    let sums = sums.collect::<Vec<_>>().join(", ");
    let lines = if count == 1 { "1 line".to_owned() } else { format!("{count} lines") };
    format!("{lines} ({sums})")
}
