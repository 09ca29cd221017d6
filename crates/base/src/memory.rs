//! A world that is held in memory: for tests, and for the built-in demo.

use std::collections::BTreeMap;

use crate::record::{Change, Commit, History};
use crate::{Entry, Moment, World, WorldError, is_elsewhere};

/// Files and variables given by hand.
#[derive(Debug, Clone, Default)]
pub struct MemoryWorld {
    /// Text of each file, by path; one that begins as `s3://` lies elsewhere.
    pub files: BTreeMap<String, String>,
    /// Variables.
    pub variables: BTreeMap<String, String>,
    /// What the root is called.
    pub name: String,
    /// Path of the root below the top of its repository.
    pub below_top: String,
    /// Text of files of the repository that lie above the root, by path below the top.
    pub above: BTreeMap<String, String>,
    /// What the repository remembers.
    pub history: Option<History>,
}

impl MemoryWorld {
    /// A world of files.
    pub fn new<P: Into<String>, T: Into<String>>(files: impl IntoIterator<Item = (P, T)>) -> Self {
        let files = files.into_iter().map(|(path, text)| (path.into(), text.into())).collect();
        Self { files, name: "memory".to_owned(), ..Self::default() }
    }

    /// Gives it a history: a commit a line, newest first, as `2026-03-02 Ada Byron <ada@shop.example>: a.sql, b.sql`.
    ///
    /// `old.sql -> new.sql` is a move, and a line `shallow` says that what came before is not there. Lines that
    /// are nothing of this are passed over.
    pub fn remember(&mut self, text: &str) {
        let mut history = History::default();
        for line in text.lines() {
            history.shallow |= line.trim() == "shallow";
            history.commits.extend(commit(line));
        }
        if let Some(first) = history.commits.last_mut() {
            first.has_parent = false;
        }
        self.history = Some(history);
    }
}

fn commit(line: &str) -> Option<Commit> {
    let (head, paths) = line.split_once(": ")?;
    let (day, author) = head.split_once(' ')?;
    let (author, address) = author.split_once('<')?;
    let change = |written: &str| match written.trim().split_once(" -> ") {
        Some((was, path)) => Change { path: path.to_owned(), was: Some(was.to_owned()) },
        None => Change { path: written.trim().to_owned(), was: None },
    };
    Some(Commit {
        author: author.trim().to_owned(),
        address: address.trim_end_matches('>').to_owned(),
        time: Moment::of_day(day)?,
        has_parent: true,
        changes: paths.split(',').map(change).collect(),
    })
}

impl World for MemoryWorld {
    fn files(&self, folder: &str) -> Result<Vec<Entry>, WorldError> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let elsewhere = is_elsewhere(folder);
        let there = |path: &str| {
            (path.starts_with(&prefix) || elsewhere && path == folder)
                && is_elsewhere(path) == elsewhere
        };
        let below = self.files.iter().filter(|(path, _)| there(path));
        let entry = |(path, text): (&String, &String)| Entry {
            path: path.clone(),
            size: text.len() as u64,
        };
        let below: Vec<Entry> = below.map(entry).collect();
        if elsewhere && below.is_empty() {
            return Err(WorldError::Missing(folder.to_owned()));
        }
        Ok(below)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, WorldError> {
        let text = self.files.get(path).ok_or_else(|| WorldError::Missing(path.to_owned()))?;
        Ok(text.clone().into_bytes())
    }

    fn below_top(&self) -> String {
        self.below_top.clone()
    }

    fn read_from_top(&self, path: &str) -> Result<Vec<u8>, WorldError> {
        if self.below_top.is_empty() {
            return self.read(path);
        }
        let own = path.strip_prefix(&self.below_top).and_then(|rest| rest.strip_prefix('/'));
        if let Some(own) = own {
            return self.read(own);
        }
        let text = self.above.get(path).ok_or_else(|| WorldError::Missing(path.to_owned()))?;
        Ok(text.clone().into_bytes())
    }

    fn history(&self) -> Result<Option<History>, WorldError> {
        Ok(self.history.clone())
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }

    fn root(&self) -> String {
        self.name.clone()
    }
}
