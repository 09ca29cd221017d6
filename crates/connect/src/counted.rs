//! A world that remembers which files were read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use plumb_base::record::usage::RecordFile;
use plumb_base::record::{FileCount, History, NotCovered};
use plumb_base::{Entry, Mark, Memory, Stream, World, WorldError};

use crate::path;

/// Another world, and the paths of the files that it gave.
pub(crate) struct Counted<'a> {
    world: &'a dyn World,
    read: Mutex<BTreeSet<String>>,
}

impl<'a> Counted<'a> {
    pub(crate) fn new(world: &'a dyn World) -> Self {
        Self { world, read: Mutex::default() }
    }

    /// Files by how their names end, most first: how many there are, and how many were read. What carries meaning
    /// that is not covered was not read, even where somebody looked into it.
    ///
    /// Records are read later, and by whoever wants to know what is in them; here they count as read.
    pub(crate) fn files(
        &self,
        files: &[Entry],
        not_covered: &[NotCovered],
        records: &[RecordFile],
    ) -> Vec<FileCount> {
        let Ok(read) = self.read.lock() else { return Vec::new() };
        let lost: BTreeSet<&String> = not_covered.iter().flat_map(|kind| &kind.paths).collect();
        let records: BTreeSet<&String> = records.iter().map(|file| &file.path).collect();
        let mut counts: BTreeMap<String, FileCount> = BTreeMap::new();
        for file in files {
            let extension = path::extension(&file.path).to_ascii_lowercase();
            let count = counts.entry(extension).or_default();
            count.seen += 1;
            if lost.contains(&file.path) {
                count.not_covered += 1;
            } else if read.contains(&file.path) || records.contains(&file.path) {
                count.read += 1;
            }
        }
        let named = counts.into_iter().map(|(extension, count)| FileCount { extension, ..count });
        let mut counts: Vec<FileCount> = named.collect();
        counts.sort_by(|one, two| {
            two.seen.cmp(&one.seen).then_with(|| one.extension.cmp(&two.extension))
        });
        counts
    }
}

impl World for Counted<'_> {
    fn files(&self, folder: &str) -> Result<Vec<Entry>, WorldError> {
        self.world.files(folder)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, WorldError> {
        let bytes = self.world.read(path)?;
        if let Ok(mut read) = self.read.lock() {
            read.insert(path.to_owned());
        }
        Ok(bytes)
    }

    fn head(&self, path: &str, most: usize) -> Result<Vec<u8>, WorldError> {
        self.world.head(path, most)
    }

    fn stream(&self, path: &str) -> Result<Box<dyn Stream>, WorldError> {
        self.world.stream(path)
    }

    fn expect(&self, paths: &[&str]) {
        self.world.expect(paths);
    }

    fn mark(&self, path: &str) -> Option<Mark> {
        self.world.mark(path)
    }

    fn notes(&self) -> Option<&dyn Memory> {
        self.world.notes()
    }

    fn below_top(&self) -> String {
        self.world.below_top()
    }

    fn read_from_top(&self, path: &str) -> Result<Vec<u8>, WorldError> {
        let bytes = self.world.read_from_top(path)?;
        let own = path::under(path, &self.world.below_top()).map(str::to_owned);
        if let (Some(own), Ok(mut read)) = (own, self.read.lock()) {
            read.insert(own);
        }
        Ok(bytes)
    }

    fn history(&self) -> Result<Option<History>, WorldError> {
        self.world.history()
    }

    fn history_mark(&self) -> Result<Option<String>, WorldError> {
        self.world.history_mark()
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.world.variable(name)
    }

    fn root(&self) -> String {
        self.world.root()
    }
}

#[cfg(test)]
mod tests {
    use plumb_base::MemoryWorld;

    #[test]
    fn files_are_counted_by_what_became_of_them() {
        let world = MemoryWorld::new([
            ("a.sql", "select 1"),
            ("b.SQL", "select 2"),
            ("jobs/clean.py", "import pyspark"),
            ("jobs/mail.py", "print()"),
            ("jobs/model.py", "def model(dbt, session): pass"),
            ("board.lvdash.json", "{}"),
            ("package.json", "{}"),
            ("board.pbix", ""),
            ("LICENSE", ""),
        ]);
        let found = crate::discover(&world);
        let counts =
            found.files.iter().map(|it| (it.extension.as_str(), it.seen, it.read, it.not_covered));
        let counts: Vec<_> = counts.collect();
        let known = [
            ("py", 3, 1, 1),
            ("json", 2, 1, 0),
            ("sql", 2, 2, 0),
            ("", 1, 0, 0),
            ("pbix", 1, 0, 1),
        ];
        assert_eq!(counts, known);
    }
}
