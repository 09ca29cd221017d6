//! Rows that are in several files: a line is billed once, however often it was exported.
//!
//! Lines of one file all count, also where they are the same: a bill has such lines. What stands in several files counts
//! as often as in the one that has most of it. Lines that the vendor names are known by that; the others by all that
//! they say, which is not always enough: parts of one export may hold lines that are the same by chance. So what is the
//! same is put aside by pairs of files, and judged when all of it is known.

use std::collections::BTreeMap;

use plumb_base::record::usage::BillLine;
use plumb_base::{Currency, Decimal, Digest, Hasher};
use rustc_hash::FxHashMap;

use crate::Names;
use crate::lines::Lines;
use crate::names::NameId;

/// Pairs of files that are named; the others are summed.
const NAMED: usize = 3;

/// Where rows were seen, while they are read.
#[derive(Debug, Default)]
pub(crate) struct Sightings {
    seen: FxHashMap<Digest, Seen>,
    /// How often a row is in a file other than the one that had it first.
    others: FxHashMap<(Digest, NameId), u32>,
}

#[derive(Debug)]
struct Seen {
    /// The file that had it first, and how often it has.
    first: NameId,
    count: u32,
    /// How often it is in the file that has most of it, and which that is.
    most: u32,
    by: NameId,
}

impl Sightings {
    /// Sees a row of a file: how often the file has it, and the file that has it as often already.
    pub(crate) fn see(&mut self, row: Digest, file: NameId) -> (u32, Option<NameId>) {
        let new = Seen { first: file, count: 0, most: 0, by: file };
        let seen = self.seen.entry(row).or_insert(new);
        let count = if seen.first == file {
            &mut seen.count
        } else {
            self.others.entry((row, file)).or_default()
        };
        *count += 1;
        let count = *count;
        if count > seen.most {
            (seen.most, seen.by) = (count, file);
            return (count, None);
        }
        (count, Some(seen.by))
    }
}

/// What becomes of a line.
pub(crate) enum Verdict {
    /// It counts.
    Counts,
    /// It is told already.
    Again,
    /// It is the same as one of another file; whether it is that one is not known yet.
    Aside(Pair),
}

/// Two files, in order; and whether their lines have names, which are not the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pair {
    files: (NameId, NameId),
    has_names: bool,
}

/// Lines that may be those of another file.
#[derive(Debug, Default)]
pub(crate) struct Aside {
    pub(crate) lines: Lines,
    pub(crate) reports: Lines,
    rows: u64,
    sums: BTreeMap<Currency, Decimal>,
}

/// Lines of bills by what tells them apart, while they are read.
#[derive(Debug, Default)]
pub(crate) struct Again {
    /// What lines with names say, by name.
    named: FxHashMap<Digest, Digest>,
    sightings: Sightings,
    /// Lines of each file, and how many of them are the same as another line of it.
    files: BTreeMap<NameId, (u64, u64)>,
    aside: BTreeMap<Pair, Aside>,
    /// Lines that are told already, under the same name; and those that say something else there.
    told: (u64, BTreeMap<Currency, Decimal>),
    changed: (u64, BTreeMap<Currency, Decimal>),
}

impl Again {
    /// Says what becomes of a line of a file.
    pub(crate) fn see(&mut self, line: &BillLine, file: NameId) -> Verdict {
        let content = line.content.unwrap_or_else(|| spelled(line));
        if let Some(id) = &line.id {
            let before = self.named.len();
            let name = Hasher::new("line").text(&line.provider).text(id).finish();
            let known = *self.named.entry(name).or_insert(content);
            let is_new = self.named.len() > before;
            if !is_new {
                let what = if known == content { &mut self.told } else { &mut self.changed };
                what.0 += 1;
                add(&mut what.1, line);
                return Verdict::Again;
            }
        }
        let (count, other) = self.sightings.see(content, file);
        let (lines, same) = self.files.entry(file).or_default();
        *lines += 1;
        *same += u64::from(count > 1);
        let Some(other) = other else { return Verdict::Counts };
        let files = if other < file { (other, file) } else { (file, other) };
        Verdict::Aside(Pair { files, has_names: line.id.is_some() })
    }

    /// The lines that were put aside for two files, to which one more comes.
    pub(crate) fn aside(&mut self, pair: Pair, line: &BillLine) -> &mut Aside {
        let aside = self.aside.entry(pair).or_default();
        aside.rows += 1;
        add(&mut aside.sums, line);
        aside
    }

    /// Judges what was put aside: hands on what counts after all, and gives what should be known.
    pub(crate) fn close(self, names: &Names, give: &mut dyn FnMut(Aside)) -> Vec<String> {
        let mut notes = Vec::new();
        let Self { files, aside, told, changed, .. } = self;
        if told.0 > 0 {
            let (lines, much) = (rows(told.0), sums(&told.1));
            notes.push(format!(
                "{lines} of bills ({much}) were there before, by their ids: they count once"
            ));
        }
        if changed.0 > 0 {
            let (lines, much) = (rows(changed.0), sums(&changed.1));
            notes.push(format!(
                "{lines} of bills ({much}) have the id of another line and differ from it: the first of each counts"
            ));
        }
        let (mut once, mut all) = (Vec::new(), Vec::new());
        for (pair, aside) in aside {
            let of = |file: NameId| files.get(&file).copied().unwrap_or_default();
            let chance = is_chance(pair, of(pair.files.0), of(pair.files.1), aside.rows);
            let said = (pair, aside.rows, aside.sums.clone());
            if !chance {
                once.push(said);
                continue;
            }
            // Lines under two names are two lines: nobody wonders.
            if !pair.has_names {
                all.push(said);
            }
            give(aside);
        }
        notes.extend(say(names, once, "the same lines: they count once"));
        notes.extend(say(names, all, "the same lines, as each of them does alone: all count"));
        notes
    }
}

/// Whether lines of two files are the same by chance: each file has its lines, and how many of them are the same.
///
/// Under different names, lines are different ones, unless most of the smaller file is in the other: then somebody
/// gave all of them new names. Without names they are the same ones, unless each file alone has more that are the same.
fn is_chance(pair: Pair, one: (u64, u64), two: (u64, u64), both: u64) -> bool {
    let smaller = one.0.min(two.0);
    if pair.has_names {
        return both * 2 < smaller;
    }
    let same = |(lines, same): (u64, u64)| both * lines <= same * smaller;
    same(one) && same(two)
}

/// What to know of pairs of files, those with most lines first.
fn say(
    names: &Names,
    mut pairs: Vec<(Pair, u64, BTreeMap<Currency, Decimal>)>,
    end: &str,
) -> Vec<String> {
    pairs.sort_by_key(|(pair, count, _)| (std::cmp::Reverse(*count), *pair));
    let mut notes = Vec::new();
    let rest = pairs.split_off(pairs.len().min(NAMED));
    for (pair, count, much) in pairs {
        let (one, two) = (names.name(pair.files.0), names.name(pair.files.1));
        let (one, two) = if one <= two { (one, two) } else { (two, one) };
        let (count, much) = (rows(count), sums(&much));
        notes.push(format!("`{one}` and `{two}` have {count} in common ({much}), {end}"));
    }
    if !rest.is_empty() {
        let (mut lines, mut much) = (0, BTreeMap::new());
        for (_, count, more) in &rest {
            lines += count;
            for (currency, amount) in more {
                let sum: &mut Decimal = much.entry(*currency).or_default();
                *sum = sum.plus(*amount);
            }
        }
        let (lines, much) = (rows(lines), sums(&much));
        notes.push(format!(
            "{} more pairs of files have {lines} in common ({much}), {end}",
            rest.len()
        ));
    }
    notes
}

fn add(sums: &mut BTreeMap<Currency, Decimal>, line: &BillLine) {
    let sum = sums.entry(line.currency).or_default();
    *sum = sum.plus(line.billed);
}

fn sums(sums: &BTreeMap<Currency, Decimal>) -> String {
    sums.iter().map(|(currency, sum)| format!("{sum} {currency}")).collect::<Vec<_>>().join(", ")
}

fn rows(count: u64) -> String {
    if count == 1 { "1 line".to_owned() } else { format!("{count} lines") }
}

/// What tells a line of which only these words are known.
fn spelled(line: &BillLine) -> Digest {
    Hasher::new("spelled").text(&format!("{line:?}")).finish()
}
