//! Kinds of records: by which columns each is told, and what it cannot do without.

mod list;

use plumb_base::record::usage::{Platform, RecordKind};

use crate::column::bare;
use crate::read::Read;
use crate::{Column, Columns};
use list::KINDS;

/// A kind of file.
pub struct Kind {
    /// What its rows are.
    pub holds: RecordKind,
    /// Whose export it is, where that is one platform's.
    pub platform: Option<Platform>,
    /// What its file is mostly called; the platform's name of the view.
    pub name: &'static str,
    /// Columns that tell it, of each list at least one.
    tells: &'static [&'static [Column]],
    /// Columns that tell that it is something else.
    not: &'static [Column],
    /// Columns without which it says nothing, beside those that tell it.
    needs: &'static [Column],
    /// Columns that it is better to have.
    better: &'static [Column],
    /// Columns that are read where one of the others is missing, because exports differ.
    #[cfg_attr(not(test), expect(dead_code, reason = "tests hold the lists against what is read"))]
    instead: &'static [Column],
    /// Turns a row into a record.
    pub(crate) read: Read,
}

impl Kind {
    /// Every column that an export should have, in the order in which they matter.
    pub(crate) fn columns(&self) -> impl Iterator<Item = Column> {
        let tells = self.tells.iter().filter_map(|list| list.first());
        let needs = self.needs.iter().filter(|it| !self.tells.iter().any(|list| list[0] == **it));
        tells.chain(needs).chain(self.better).copied()
    }

    /// Every column that is read of it, under whatever name or in whatever place.
    #[cfg(test)]
    pub(crate) fn every(&self) -> std::collections::BTreeSet<Column> {
        self.columns().chain(self.instead.iter().copied()).collect()
    }

    /// Columns that it is better to have, and that a header lacks.
    pub fn lacks(&self, columns: &Columns) -> Vec<&'static str> {
        self.better.iter().filter(|it| !columns.has(**it)).map(|it| it.name()).collect()
    }
}

/// What a header is.
pub enum Recognized {
    /// A kind of records.
    Kind(&'static Kind),
    /// It is called like a kind, or looks like one, and lacks columns.
    Lacking(&'static Kind, Vec<Lack>),
    /// Nothing of this.
    Other,
}

/// A column that is not there, and the one that may be it under another name.
pub struct Lack {
    /// Its name, as documentation writes it.
    pub name: &'static str,
    /// A column that nobody reads and whose name has most of its words.
    pub renamed: Option<String>,
}

impl std::fmt::Display for Lack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.renamed {
            Some(other) => write!(f, "`{}` (`{other}` may be it)", self.name),
            None => write!(f, "`{}`", self.name),
        }
    }
}

/// Tells what a file is by its columns, and by its name where they are not enough.
pub fn recognize(path: &str, columns: &Columns) -> Recognized {
    let told = |kind: &&Kind| {
        let any = |list: &[Column]| list.iter().any(|column| columns.has(*column));
        kind.tells.iter().all(|list| any(list)) && !kind.not.iter().any(|it| columns.has(*it))
    };
    let lacks = |kind: &Kind| -> Vec<Lack> {
        let tells = kind.tells.iter().filter(|list| !list.iter().any(|it| columns.has(*it)));
        let needs = kind.needs.iter().filter(|column| !columns.has(**column));
        let lack = |column: &Column| {
            let name = column.name();
            Lack { name, renamed: columns.renamed(name).map(str::to_owned) }
        };
        let mut missing: Vec<&Column> =
            tells.filter_map(|list| list.first()).chain(needs).collect();
        missing.sort();
        missing.dedup();
        missing.into_iter().map(lack).collect()
    };
    if let Some(kind) = KINDS.iter().find(told) {
        let lacks = lacks(kind);
        return if lacks.is_empty() {
            Recognized::Kind(kind)
        } else {
            Recognized::Lacking(kind, lacks)
        };
    }
    let file = bare(path.rsplit_once('/').map_or(path, |(_, name)| name));
    // The longest name counts: `query_history` is a part of `query_attribution_history` in none, but may be.
    let named = KINDS.iter().filter(|kind| file.contains(&bare(kind.name)));
    let some =
        |kind: &&Kind| kind.tells.iter().flat_map(|list| list.iter()).any(|it| columns.has(*it));
    match named.filter(some).max_by_key(|kind| kind.name.len()) {
        Some(kind) => Recognized::Lacking(kind, lacks(kind)),
        None => Recognized::Other,
    }
}

/// The kind of a file that was recognised before.
pub(crate) fn kind(kind: RecordKind, platform: Option<Platform>) -> Option<&'static Kind> {
    KINDS.iter().find(|it| it.holds == kind && it.platform == platform)
}

/// Every kind.
#[cfg(test)]
pub(crate) fn all() -> &'static [Kind] {
    KINDS
}
