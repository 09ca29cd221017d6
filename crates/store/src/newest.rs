//! Which of several exports of the same thing counts where they tell the same time.
//!
//! Rows without ids cannot be told apart one by one, so exports are compared time by time. Two are of the same source
//! if they tell at least half of what both tell alike; then the newer one counts, as a whole, for each time that it
//! tells. Otherwise they are of different sources (accounts, parts), and all of both counts, as in one folder.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::Digest;
use plumb_base::record::export;
use plumb_base::record::usage::Time;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::shelf::Cell;

/// A file as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) file: i64,
    pub(crate) path: String,
    pub(crate) generation: i64,
    pub(crate) whole: bool,
}

/// What older exports told and newer ones tell anew.
#[derive(Debug, Default)]
pub(crate) struct Older {
    /// The exports of each file: of what was written over in parts, it is in several.
    exports: FxHashMap<i64, Vec<usize>>,
    cells: FxHashSet<(usize, Cell)>,
    /// Paths of exports that tell the same times otherwise, so that both count.
    pub(crate) disputes: BTreeMap<String, String>,
}

impl Older {
    /// Whether a row of a file is told anew by a newer export.
    pub(crate) fn has(&self, file: i64, cell: Cell) -> bool {
        let exports = self.exports.get(&file);
        exports.is_some_and(|all| all.iter().all(|export| self.cells.contains(&(*export, cell))))
    }
}

/// Files that are parts of one export, and what they tell together.
#[derive(Debug, Default)]
struct Export {
    /// What orders exports from old to new: whether it was read to its end, how far it and what it was written over
    /// reach, how often it was written over, its name.
    age: (bool, i64, usize, String),
    /// The first of its paths.
    path: String,
    source: String,
    files: Vec<i64>,
    cells: BTreeMap<Cell, u128>,
}

impl Export {
    fn horizon(&self) -> Time {
        Time(self.cells.keys().next_back().map_or(i64::MIN, |cell| cell.start))
    }

    fn name(&self) -> &str {
        &self.age.3
    }
}

/// Compares exports; `told` is what each file tells of a cell, in any order and in any number of pieces.
pub(crate) fn older(files: &[Origin], told: &[(i64, (Cell, Digest, usize))]) -> Older {
    let mut exports = exports(files);
    let mut of_file: FxHashMap<i64, Vec<usize>> = FxHashMap::default();
    for (at, export) in exports.iter().enumerate() {
        for file in &export.files {
            of_file.entry(*file).or_default().push(at);
        }
    }
    for (file, (cell, digest, _)) in told {
        for at in of_file.get(file).into_iter().flatten() {
            let sum = exports[*at].cells.entry(*cell).or_default();
            *sum = sum.wrapping_add(digest.0);
        }
    }
    // Versions of one export stand together, the first one first.
    for at in 0..exports.len() {
        let before = at.checked_sub(1).map(|before| &exports[before]);
        let before = before.filter(|before| before.name() == exports[at].name());
        let reached = before.map_or(i64::MIN, |before| before.age.1);
        exports[at].age.1 = exports[at].horizon().0.max(reached);
    }
    let mut older = Older { exports: of_file, ..Older::default() };
    compare(&exports, &mut older);
    older
}

/// Exports, and the versions of each: what was not written over again is in the next version, too.
fn exports(files: &[Origin]) -> Vec<Export> {
    let mut names: BTreeMap<String, BTreeMap<&str, Vec<&Origin>>> = BTreeMap::new();
    for file in files {
        let paths = names.entry(export(&file.path)).or_default();
        paths.entry(&file.path).or_default().push(file);
    }
    let mut exports = Vec::new();
    for (name, mut paths) in names {
        for versions in paths.values_mut() {
            versions.sort_by_key(|file| file.generation);
        }
        let count = paths.values().map(Vec::len).max().unwrap_or_default();
        for version in 0..count {
            let parts = paths.values().filter_map(|all| all.get(version).or_else(|| all.last()));
            let parts: Vec<&Origin> = parts.copied().collect();
            exports.push(Export {
                age: (parts.iter().all(|file| file.whole), 0, version, name.clone()),
                path: parts.first().map(|file| file.path.clone()).unwrap_or_default(),
                source: without_dates(&name),
                files: parts.iter().map(|file| file.file).collect(),
                cells: BTreeMap::new(),
            });
        }
    }
    exports
}

/// How often two exports tell the same time, and how often alike; in the last day of the one that ends first apart,
/// because platforms tell the last hours of an export before they are over.
#[derive(Debug, Default)]
struct Common {
    settled: (usize, usize),
    last: (usize, usize),
}

fn compare(exports: &[Export], older: &mut Older) {
    let mut tellers: BTreeMap<Cell, Vec<usize>> = BTreeMap::new();
    for (at, export) in exports.iter().enumerate() {
        for cell in export.cells.keys() {
            tellers.entry(*cell).or_default().push(at);
        }
    }
    tellers.retain(|_, tellers| tellers.len() > 1);
    let mut common: BTreeMap<(usize, usize), Common> = BTreeMap::new();
    for (cell, tellers) in &tellers {
        for (at, one) in tellers.iter().enumerate() {
            for two in &tellers[at + 1..] {
                let ends = exports[*one].horizon().min(exports[*two].horizon());
                let both = common.entry((*one, *two)).or_default();
                let counts =
                    if cell.start < ends.day().0 { &mut both.settled } else { &mut both.last };
                counts.0 += 1;
                let alike = exports[*one].cells.get(cell) == exports[*two].cells.get(cell);
                counts.1 += usize::from(alike);
            }
        }
    }
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for ((one, two), Common { settled, last }) in common {
        let (both, alike) = if settled.0 > 0 { settled } else { last };
        let (first, second) = (&exports[one], &exports[two]);
        let named = settled.0 == 0 && first.source == second.source;
        if 2 * alike >= both || named || first.name() == second.name() {
            pairs.push((one, two));
        } else if settled.0 > 0 {
            let paths = [first.path.clone(), second.path.clone()];
            let (other, path) = (paths.iter().min().cloned(), paths.into_iter().max());
            let (other, path) = (other.unwrap_or_default(), path.unwrap_or_default());
            let known = older.disputes.entry(path).or_insert_with(|| other.clone());
            *known = other.min(known.clone());
        }
    }
    let source = joined(exports.len(), &pairs);
    for (cell, tellers) in &tellers {
        let sources: BTreeSet<usize> = tellers.iter().map(|at| source[*at]).collect();
        for one in sources {
            let of_one = || tellers.iter().filter(|at| source[**at] == one);
            let newest = of_one().max_by_key(|at| &exports[**at].age);
            older.cells.extend(of_one().filter(|at| Some(*at) != newest).map(|at| (*at, *cell)));
        }
    }
}

/// The smallest number that each number is joined with, directly or through others.
fn joined(count: usize, pairs: &[(usize, usize)]) -> Vec<usize> {
    let mut least: Vec<usize> = (0..count).collect();
    loop {
        let before = least.clone();
        for (one, two) in pairs {
            let smaller = least[*one].min(least[*two]);
            least[*one] = smaller;
            least[*two] = smaller;
        }
        if least == before {
            return least;
        }
    }
}

/// A path in which dates are all alike: what is dropped day by day comes from one source.
fn without_dates(path: &str) -> String {
    let mut text = String::new();
    let mut rest = path;
    while let Some(next) = rest.chars().next() {
        let date = date(rest);
        if date > 0 {
            text.push('#');
            rest = &rest[date..];
            continue;
        }
        let run = rest.len() - rest.trim_start_matches(|it: char| it.is_ascii_digit()).len();
        let (same, after) = rest.split_at(run.max(next.len_utf8()));
        text.push_str(same);
        rest = after;
    }
    text
}

/// Bytes of a date at the beginning of a text: `2026-10`, `2026/10/31`, `20261031`.
fn date(text: &str) -> usize {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let run = digits(text);
    if run == 8 && text.starts_with("20") {
        return run;
    }
    if run != 4 || !["19", "20"].iter().any(|century| text.starts_with(century)) {
        return 0;
    }
    let mut length = run;
    for _ in 0..2 {
        let Some(after) = text[length..].strip_prefix(['-', '_', '/']) else { break };
        if digits(after) != 2 {
            break;
        }
        length += 3;
    }
    if length > run { length } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(file: i64, path: &str) -> Origin {
        Origin { file, path: path.to_owned(), generation: 0, whole: true }
    }

    /// Files with what each tells of which hour; afterwards which hours of which file are older.
    fn given(files: &[(&str, &[(i64, u128)])]) -> Vec<(usize, i64)> {
        let number = |at: usize| i64::try_from(at).unwrap();
        let origins: Vec<Origin> =
            files.iter().enumerate().map(|(at, (path, _))| origin(number(at), path)).collect();
        let mut told = Vec::new();
        for (at, (_, hours)) in files.iter().enumerate() {
            for (hour, sum) in *hours {
                let cell = Cell { start: hour * Time::HOUR, end: 0, of: 0 };
                told.push((number(at), (cell, Digest(*sum), 1)));
            }
        }
        let older = older(&origins, &told);
        let mut all = Vec::new();
        for (at, (_, hours)) in files.iter().enumerate() {
            for (hour, _) in *hours {
                let cell = Cell { start: hour * Time::HOUR, end: 0, of: 0 };
                if older.has(number(at), cell) {
                    all.push((at, *hour));
                }
            }
        }
        all
    }

    #[test]
    fn a_newer_export_of_the_same_source_counts_where_both_tell() {
        let old: &[(i64, u128)] = &[(0, 1), (1, 2), (30, 3), (31, 4)];
        let new: &[(i64, u128)] = &[(1, 2), (30, 3), (31, 9), (60, 5)];
        assert_eq!(given(&[("a.csv", old), ("b.csv", new)]), [(0, 1), (0, 30), (0, 31)]);
        assert_eq!(given(&[("b.csv", new), ("a.csv", old)]), [(1, 1), (1, 30), (1, 31)]);
    }

    #[test]
    fn what_is_told_otherwise_is_of_another_source() {
        let one: &[(i64, u128)] = &[(0, 1), (1, 2), (2, 3), (40, 4)];
        let two: &[(i64, u128)] = &[(0, 5), (1, 6), (2, 3), (40, 7)];
        assert_eq!(given(&[("one/a.csv", one), ("two/a.csv", two)]), []);
    }

    #[test]
    fn a_last_day_that_was_not_over_is_told_by_the_next_drop_of_that_name() {
        let one: &[(i64, u128)] = &[(0, 1), (24, 2)];
        let two: &[(i64, u128)] = &[(24, 3), (48, 4)];
        let drops = [("in/2026-10-02/metering.csv", one), ("in/2026-10-03/metering.csv", two)];
        assert_eq!(given(&drops), [(0, 24)]);
        assert_eq!(given(&[("a/metering.csv", one), ("b/metering.csv", two)]), []);
    }

    #[test]
    fn parts_are_summed_and_compared_as_a_whole() {
        let files: [(&str, &[(i64, u128)]); 4] = [
            ("old/bill-1.csv", &[(0, 1), (30, 2)]),
            ("old/bill-2.csv", &[(0, 4), (30, 8)]),
            ("new/bill-1.csv", &[(0, 4), (30, 10), (60, 1)]),
            ("new/bill-2.csv", &[(0, 1)]),
        ];
        assert_eq!(given(&files), [(0, 0), (0, 30), (1, 0), (1, 30)]);
    }

    #[test]
    fn a_part_that_was_not_written_over_is_in_the_next_version_too() {
        let origins = [origin(0, "bill-1.csv"), origin(1, "bill-2.csv"), origin(2, "bill-2.csv")];
        let mut origins = origins.to_vec();
        origins[2].generation = 1;
        let cell = |hour: i64| Cell { start: hour * Time::HOUR, end: 0, of: 0 };
        let told = [
            (0, (cell(0), Digest(1), 1)),
            (1, (cell(0), Digest(2), 1)),
            (1, (cell(50), Digest(3), 1)),
            (2, (cell(0), Digest(4), 1)),
        ];
        let older = older(&origins, &told);
        let has = |file, hour| older.has(file, cell(hour));
        assert_eq!([has(0, 0), has(1, 0), has(2, 0), has(1, 50)], [false, true, false, false]);
    }

    #[test]
    fn dates_are_told_from_other_numbers() {
        assert_eq!(without_dates("in/2026/10/bill_20261031.csv"), "in/#/bill_#.csv");
        assert_eq!(without_dates("acct111122223333/2026-10-02.csv"), "acct111122223333/#.csv");
        assert_eq!(without_dates("part-0001.csv"), "part-0001.csv");
    }
}
