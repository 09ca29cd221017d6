//! Which notebook runs which, and an order in which what is run comes first.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{MappedText, Problem, Severity, Span, record::notebook::Language};

use super::Unit;

/// Who runs whom.
pub(crate) struct Links {
    known: Known,
    /// Targets by unit and cell; not those that would run themselves through others.
    targets: BTreeMap<(usize, usize), usize>,
    /// Targets by unit, all of them.
    run: BTreeMap<usize, BTreeSet<usize>>,
    /// Units that can be read at once, after those of all levels before.
    levels: Vec<Vec<usize>>,
}

impl Links {
    /// What a cell runs; not where it would run itself through others.
    pub(crate) fn target(&self, unit: usize, cell: usize) -> Option<usize> {
        self.targets.get(&(unit, cell)).copied()
    }

    /// What a unit runs in its own place, each but once; not where it would run itself through others.
    pub(crate) fn targets_of(&self, unit: usize) -> BTreeSet<usize> {
        self.targets.range((unit, 0)..=(unit, usize::MAX)).map(|(_, target)| *target).collect()
    }

    /// What a unit runs in its own place.
    pub(crate) fn run_by(&self, unit: usize) -> impl Iterator<Item = usize> {
        self.run.get(&unit).into_iter().flatten().copied()
    }

    /// The unit that a text of another means as a path; none is a note.
    pub(crate) fn find(
        &self,
        unit: &Unit<'_>,
        said: &MappedText,
        problems: &mut Vec<Problem>,
    ) -> Option<usize> {
        self.known.meant(unit, said, problems)
    }

    pub(crate) fn levels(&self) -> &[Vec<usize>] {
        &self.levels
    }

    /// Every unit, after what it runs.
    pub(crate) fn order(&self) -> impl Iterator<Item = usize> {
        self.levels.iter().flatten().copied()
    }
}

/// Finds what each `%run` runs; one that leads nowhere is a note.
pub(crate) fn links(units: &[Unit<'_>], problems: &mut Vec<Problem>) -> Links {
    let known = Known::new(units);
    let mut targets = BTreeMap::new();
    let mut run: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for (at, unit) in units.iter().enumerate() {
        for (number, cell) in unit.cells.iter().enumerate() {
            if *cell.language != Language::Run {
                continue;
            }
            if let Some(target) = known.meant(unit, &cell.text, problems) {
                targets.insert((at, number), target);
                run.entry(at).or_default().insert(target);
            }
        }
    }
    let levels = levels(units.len(), &mut targets);
    Links { known, targets, run, levels }
}

/// Levels of units; a link that closes a circle is taken out.
fn levels(count: usize, targets: &mut BTreeMap<(usize, usize), usize>) -> Vec<Vec<usize>> {
    let mut level: Vec<Option<usize>> = vec![None; count];
    let mut open = BTreeSet::new();
    for start in 0..count {
        // Units on the way, each with the cells it still has to look at.
        let mut way: Vec<(usize, Vec<(usize, usize)>)> = Vec::new();
        let mut next = Some(start).filter(|at| level[*at].is_none());
        while let Some(at) = next.take() {
            open.insert(at);
            let cells =
                targets.range((at, 0)..=(at, usize::MAX)).map(|((_, cell), to)| (*cell, *to));
            way.push((at, cells.collect()));
            while let Some((here, cells)) = way.last_mut() {
                let Some((cell, to)) = cells.pop() else {
                    let below = targets.range((*here, 0)..=(*here, usize::MAX));
                    let deepest = below.filter_map(|(_, to)| level[*to]).max();
                    level[*here] = Some(deepest.map_or(0, |below| below + 1));
                    open.remove(here);
                    way.pop();
                    continue;
                };
                if open.contains(&to) {
                    targets.remove(&(*here, cell));
                } else if level[to].is_none() {
                    next = Some(to);
                    break;
                }
            }
        }
    }
    let mut levels: Vec<Vec<usize>> = Vec::new();
    for (at, level) in level.into_iter().enumerate() {
        let level = level.unwrap_or_default();
        levels.resize_with(levels.len().max(level + 1), Vec::new);
        levels[level].push(at);
    }
    levels
}

/// Units by path, with and without what it ends in.
struct Known {
    by_path: BTreeMap<String, BTreeSet<usize>>,
}

impl Known {
    fn new(units: &[Unit<'_>]) -> Self {
        let mut by_path: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for (at, unit) in units.iter().enumerate() {
            let path = unit.source.path.as_str();
            let bare = path.rsplit_once('.').map_or(path, |(bare, _)| bare);
            for name in [path, bare] {
                by_path.entry(name.to_owned()).or_default().insert(at);
            }
        }
        Self { by_path }
    }

    /// The unit that a text means as a path.
    fn meant(
        &self,
        unit: &Unit<'_>,
        said: &MappedText,
        problems: &mut Vec<Problem>,
    ) -> Option<usize> {
        let found = self.find(&unit.source.path, &said.text);
        if found.is_none() {
            problems.push(Problem {
                place: unit.place(said.map.to_file(Span::new(0, said.text.len()))),
                severity: Severity::Note,
                reason: "notebook-not-found".to_owned(),
                message: format!("no notebook `{}` was found", said.text),
            });
        }
        found
    }

    /// The unit that a path means: below the folder of who says it, or in the workspace.
    fn find(&self, from: &str, said: &str) -> Option<usize> {
        let said = said.trim().replace('\\', "/");
        let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
        let parts: Vec<&str> = said.split('/').filter(|part| !part.is_empty()).collect();
        if !said.starts_with('/') {
            let mut way: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
            for part in parts {
                match part {
                    "." => {}
                    ".." => {
                        way.pop()?;
                    }
                    _ => way.push(part),
                }
            }
            return self.only(&way.join("/"));
        }
        // Where the folder lies in the workspace is not known: the longest end that fits counts.
        (0..parts.len()).find_map(|skipped| self.only(&parts[skipped..].join("/")))
    }

    fn only(&self, path: &str) -> Option<usize> {
        let found = self.by_path.get(path)?;
        found.first().copied().filter(|_| found.len() == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_run_comes_first_and_circles_end() {
        // 0 runs 2, 1 runs 0, 2 runs 3 and 1, 3 runs itself.
        let mut targets =
            BTreeMap::from([((0, 0), 2), ((1, 0), 0), ((2, 0), 3), ((2, 1), 1), ((3, 0), 3)]);
        let levels = levels(5, &mut targets);
        assert_eq!(levels, [vec![1, 3, 4], vec![2], vec![0]]);
        assert_eq!(targets.into_keys().collect::<Vec<_>>(), [(0, 0), (2, 0), (2, 1)]);
    }

    #[test]
    fn a_long_chain_does_not_fill_the_stack() {
        let mut targets: BTreeMap<(usize, usize), usize> =
            (0..50_000).map(|at| ((at, 0), at + 1)).collect();
        assert_eq!(levels(50_001, &mut targets).len(), 50_001);
    }
}
