//! A world that is held in memory: for tests, and for the built-in demo.

use std::collections::BTreeMap;

use crate::{Entry, World, WorldError};

/// Files and variables given by hand.
#[derive(Debug, Clone, Default)]
pub struct MemoryWorld {
    /// Text of each file, by path.
    pub files: BTreeMap<String, String>,
    /// Variables.
    pub variables: BTreeMap<String, String>,
    /// What the root is called.
    pub name: String,
}

impl MemoryWorld {
    /// A world of files.
    pub fn new<P: Into<String>, T: Into<String>>(files: impl IntoIterator<Item = (P, T)>) -> Self {
        let files = files.into_iter().map(|(path, text)| (path.into(), text.into())).collect();
        Self { files, variables: BTreeMap::new(), name: "memory".to_owned() }
    }
}

impl World for MemoryWorld {
    fn files(&self, folder: &str) -> Result<Vec<Entry>, WorldError> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let below = self.files.iter().filter(|(path, _)| path.starts_with(&prefix));
        let entry = |(path, text): (&String, &String)| Entry {
            path: path.clone(),
            size: text.len() as u64,
        };
        Ok(below.map(entry).collect())
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, WorldError> {
        let text = self.files.get(path).ok_or_else(|| WorldError::Missing(path.to_owned()))?;
        Ok(text.clone().into_bytes())
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }

    fn root(&self) -> String {
        self.name.clone()
    }
}
