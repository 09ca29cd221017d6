//! Values of a settings file, and what is said where one is not as it should be.

use plumb_base::{Problem, Severity, Source};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::{path, text};

/// Keys of a section.
pub(super) enum Keys {
    /// Any key: names of people's own things, or of platforms.
    Any,
    /// These and no others.
    These(&'static [&'static str]),
}

/// Where a folder lies that somebody wrote down.
pub(super) enum Folder {
    /// Below the root: a prefix of paths, with a slash at its end, so that it never fits a namesake.
    Below(String),
    /// Below the folder of the file, and beside the root: nothing there is read.
    Beside,
    /// Outside the folder of the file.
    Outside,
}

/// The file, and where what is wrong with it is told.
pub(super) struct Reader<'a> {
    pub(super) source: &'a Source,
    /// Path of the root below the folder of the file.
    pub(super) below: &'a str,
    pub(super) problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    /// Where a folder lies, as it is written.
    pub(super) fn folder(&self, written: &str) -> Folder {
        let Some(full) = path::join("", written) else { return Folder::Outside };
        // A folder that holds the root holds everything.
        let holds = full == self.below || path::under(self.below, &full).is_some();
        let path = if holds { Some("") } else { path::under(&full, self.below) };
        let Some(path) = path else { return Folder::Beside };
        let is_file = matches!(
            path::extension(path),
            "sql" | "py" | "ipynb" | "scala" | "r" | "R" | "yml" | "yaml"
        );
        let whole = path.is_empty() || is_file;
        Folder::Below(if whole { path.to_owned() } else { format!("{path}/") })
    }

    /// Reads a text of a section.
    pub(super) fn text_at(
        &mut self,
        root: &DeTable<'_>,
        section: &str,
        key: &str,
    ) -> Option<String> {
        let value = value_at(root, section, key)?;
        self.text(value, key)
    }

    /// Reads a text of a table.
    pub(super) fn text_of(&mut self, table: &DeTable<'_>, key: &str) -> Option<String> {
        table.get(key).and_then(|value| self.text(value, key))
    }

    pub(super) fn text(&mut self, value: &Spanned<DeValue<'_>>, key: &str) -> Option<String> {
        if let DeValue::String(text) = value.get_ref() {
            return Some(text.to_string());
        }
        self.bad(value, format!("`{key}` is not a text"));
        None
    }

    /// The tables of `[[section]]`; anything else under that name is told.
    pub(super) fn tables<'t, 'i>(
        &mut self,
        root: &'t DeTable<'i>,
        section: &str,
    ) -> Vec<&'t DeTable<'i>> {
        let mut tables = Vec::new();
        let Some(value) = root.get(section) else { return tables };
        match value.get_ref() {
            DeValue::Array(items) => {
                for item in items {
                    match item.get_ref() {
                        DeValue::Table(table) => tables.push(table),
                        _ => self.bad(item, format!("`{section}` is written as `[[{section}]]`")),
                    }
                }
            }
            _ => self.bad(value, format!("`{section}` is written as `[[{section}]]`")),
        }
        tables
    }

    /// What a table lacks, told at its first key.
    pub(super) fn needs(&mut self, table: &DeTable<'_>, what: &str) {
        let at = table.keys().map(|key| key.span().start).min().unwrap_or_default();
        self.problem(at, Severity::Partly, "bad-value", what.to_owned());
    }

    /// The line at which a table begins.
    pub(super) fn line(&self, table: &DeTable<'_>) -> u32 {
        let at = table.keys().map(|key| key.span().start).min().unwrap_or_default();
        text::position(&self.source.text, at).0
    }

    /// A value that is not what it should be.
    pub(super) fn bad(&mut self, value: &Spanned<DeValue<'_>>, message: String) {
        self.problem(value.span().start, Severity::Partly, "bad-value", message);
    }

    /// Names the keys that nobody knows.
    pub(super) fn unknown_keys(&mut self, root: &DeTable<'_>, sections: &[(&str, Keys)]) {
        let names: Vec<&str> = sections.iter().map(|(name, _)| *name).collect();
        for (section, value) in root {
            let Some((name, keys)) = sections.iter().find(|(name, _)| *name == section.get_ref())
            else {
                self.unknown(section.span().start, section.get_ref(), &names);
                continue;
            };
            let Keys::These(known) = keys else { continue };
            for table in tables(value) {
                self.unknown_of(table, name, known);
            }
        }
    }

    /// Names the keys of a table that nobody knows.
    pub(super) fn unknown_of(&mut self, table: &DeTable<'_>, name: &str, known: &[&str]) {
        for key in table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
            let full: Vec<String> = known.iter().map(|key| format!("{name}.{key}")).collect();
            let full: Vec<&str> = full.iter().map(String::as_str).collect();
            self.unknown(key.span().start, &format!("{name}.{}", key.get_ref()), &full);
        }
    }

    fn unknown(&mut self, at: usize, key: &str, known: &[&str]) {
        let nearest = nearest(key, known).unwrap_or_default();
        let message = format!("`{key}` is no key plumb knows; the nearest is `{nearest}`");
        self.problem(at, Severity::Note, "unknown-key", message);
    }

    pub(super) fn problem(
        &mut self,
        byte: usize,
        severity: Severity,
        reason: &str,
        message: String,
    ) {
        let at = text::position(&self.source.text, byte);
        self.problems.push(text::at(&self.source.path, at, severity, reason, message));
    }
}

/// A value of a section.
pub(super) fn value_at<'t, 'i>(
    root: &'t DeTable<'i>,
    section: &str,
    key: &str,
) -> Option<&'t Spanned<DeValue<'i>>> {
    match root.get(section)?.get_ref() {
        DeValue::Table(table) => table.get(key),
        _ => None,
    }
}

/// The table a section is, or the tables of `[[section]]`.
fn tables<'t, 'i>(value: &'t Spanned<DeValue<'i>>) -> Vec<&'t DeTable<'i>> {
    let table = |item: &'t Spanned<DeValue<'i>>| match item.get_ref() {
        DeValue::Table(table) => Some(table),
        _ => None,
    };
    match value.get_ref() {
        DeValue::Table(table) => vec![table],
        DeValue::Array(items) => items.iter().filter_map(table).collect(),
        _ => Vec::new(),
    }
}

/// The known word that is nearest to a word.
pub(super) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    known.iter().min_by_key(|known| distance(word, known)).copied()
}

/// Letters to insert, remove or replace to make one text of the other (Levenshtein 1966).
pub(super) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, right) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(left != *right);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}
