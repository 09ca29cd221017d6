//! One file that a dashboard tool exported: its text, its tree, and where values stand.

use std::collections::BTreeSet;
use std::sync::Arc;

use plumb_base::record::dashboard::{Body, Field};
use plumb_base::{Lines, Owner, Place, Problem, Source, Span};

use crate::mapped;
use crate::yaml::{self, Tree};
use crate::{Walk, json};

/// Files larger than this are data; nobody looks for dashboards in them.
pub(crate) const LARGEST: u64 = 32 << 20;

/// One file, or one document of it.
pub(crate) struct Export {
    pub(crate) source: Arc<Source>,
    pub(crate) tree: Tree,
    lines: Arc<Lines>,
}

impl Export {
    /// Reads a JSON file whose text fits.
    pub(crate) fn json(
        walk: &Walk<'_>,
        path: &str,
        fits: impl Fn(&str) -> bool,
        problems: &mut Vec<Problem>,
    ) -> Option<Self> {
        let source = read(walk, path, fits, problems)?;
        let tree = json::parse(&source, problems)?;
        let lines = Arc::new(Lines::new(&source.text));
        Some(Self { source: Arc::new(source), tree, lines })
    }

    /// Reads the documents of a YAML file whose text fits.
    pub(crate) fn yaml(
        walk: &Walk<'_>,
        path: &str,
        fits: impl Fn(&str) -> bool,
        problems: &mut Vec<Problem>,
    ) -> Vec<Self> {
        let source = read(walk, path, fits, problems);
        source.map(|source| Self::documents(source, problems)).unwrap_or_default()
    }

    /// Reads the documents of a YAML text.
    pub(crate) fn documents(source: Source, problems: &mut Vec<Problem>) -> Vec<Self> {
        let trees = yaml::parse(&source, problems);
        let (lines, source) = (Arc::new(Lines::new(&source.text)), Arc::new(source));
        let export = |tree| Self { source: Arc::clone(&source), tree, lines: Arc::clone(&lines) };
        trees.into_iter().map(export).collect()
    }

    /// Path of the file.
    pub(crate) fn path(&self) -> &str {
        &self.source.path
    }

    /// Where a value stands.
    pub(crate) fn place(&self, tree: &Tree) -> Place {
        self.lines.place(
            self.path(),
            &self.source.text,
            Span { start: tree.start, end: tree.start },
        )
    }

    /// The bytes of a value, as far as it is a text.
    pub(crate) fn span(&self, tree: &Tree) -> Span {
        mapped::span(&self.source, tree)
    }

    /// The SQL of a value: a text, or lines.
    pub(crate) fn sql(&self, tree: Option<&Tree>, between: &str) -> Body {
        let mapped = tree.and_then(|tree| mapped::text(&self.source, tree, between));
        let mapped = mapped.filter(|mapped| !mapped.text.trim().is_empty());
        mapped.map_or(Body::Missing, Body::Sql)
    }

    /// A value over columns, written as a text.
    pub(crate) fn field(&self, name: String, expression: &Tree) -> Option<Field> {
        let text = expression.text().filter(|text| !text.trim().is_empty())?;
        Some(Field { name, expression: text, span: self.span(expression) })
    }
}

/// Reads a file whose text fits; one that is only looked into is not read.
fn read(
    walk: &Walk<'_>,
    path: &str,
    fits: impl Fn(&str) -> bool,
    problems: &mut Vec<Problem>,
) -> Option<Source> {
    let most = usize::try_from(LARGEST).unwrap_or(usize::MAX);
    if let Ok(bytes) = walk.world.head(path, most)
        && !fits(&String::from_utf8_lossy(&bytes))
    {
        return None;
    }
    walk.read(path, problems).filter(|source| fits(&source.text))
}

/// Adds an owner unless that name is there already.
pub(crate) fn own(owners: &mut Vec<Owner>, name: Option<String>, source: &str) {
    let name = name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    if let Some(name) = name
        && !owners.iter().any(|known| known.name == name)
    {
        owners.push(Owner { name, source: source.to_owned() });
    }
}

/// The parts of a name as it is written in SQL.
pub(crate) fn parts(name: &str) -> Vec<String> {
    let (mut parts, mut part, mut quote) = (Vec::new(), String::new(), None);
    for letter in name.trim().chars() {
        match quote {
            Some(open) if letter == open => quote = None,
            None if letter == '`' || letter == '"' => quote = Some(letter),
            None if letter == '.' => parts.push(std::mem::take(&mut part)),
            _ => part.push(letter),
        }
    }
    parts.push(part);
    parts.retain(|part| !part.is_empty());
    parts
}

/// A key for what has an id inside a file, told apart from those that were given before.
pub(crate) fn key(path: &str, id: Option<String>, taken: &BTreeSet<String>) -> String {
    let id = id.filter(|id| !id.is_empty()).unwrap_or_else(|| (taken.len() + 1).to_string());
    let first = format!("{path}#{id}");
    let mut key = first.clone();
    let mut count = 2;
    while taken.contains(&key) {
        key = format!("{first}#{count}");
        count += 1;
    }
    key
}
