//! Plans of earlier runs, taken again where all that they asked for is as it was.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Digest, Hasher, Name, TableName};
use plumb_ir::{Arena, Catalog};
use plumb_resolve::Resolved;
use serde::{Deserialize, Serialize};

use super::Asked;
use crate::{
    Asset,
    kept::Kept,
    names::{Names, View},
    statement::Statement,
};

/// A statement that is to be bound.
pub(super) struct Wanted<'a> {
    pub(super) at: usize,
    pub(super) statement: &'a Statement,
    pub(super) asset: &'a Asset,
    pub(super) owner: String,
    /// A digest of what its plan is made of, but for what it asks for.
    pub(super) key: Option<Digest>,
}

/// A statement that was bound.
pub(super) struct Done {
    pub(super) at: usize,
    /// Of what its plan was made, but for what it asked for.
    pub(super) key: Option<Digest>,
    pub(super) resolved: Resolved,
    pub(super) said: Said,
}

/// What a statement asked for on the way to its plan, and what it was told.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Said {
    /// Tables by the names it has for them: the key of each that is known, with a digest of its columns.
    tables: BTreeMap<TableName, Option<(String, Digest)>>,
    variables: BTreeMap<Name, bool>,
}

/// A plan as it is kept.
#[derive(Serialize, Deserialize)]
struct Again<R, S> {
    key: Digest,
    resolved: R,
    said: S,
}

impl<'a> Wanted<'a> {
    pub(super) fn view(&self, names: &'a Names) -> View<'a> {
        self.statement.view(names, &self.asset.project)
    }
}

/// A digest of what the plan of a statement is made of, but for what it asks for; none where it may ask for more than
/// tables and variables.
pub(super) fn key(statement: &Statement, owner: &str, names: &Names) -> Option<Digest> {
    let functions = !names.functions.is_empty() || statement.session.has_functions();
    let said = statement.key().filter(|_| !functions)?;
    let mut key = Hasher::new("plan");
    // What is bound a second time is not what was bound the first time.
    key.digest(said).text(owner).number(u64::from(names.have_learned()));
    for hole in statement.text.holes.iter() {
        key.text(&hole.kind).text(&hole.key);
    }
    Some(key.finish())
}

impl Said {
    /// Takes note of a table that was asked for.
    pub(super) fn table(&mut self, name: &TableName, key: Option<&str>, names: &Names) {
        if !self.tables.contains_key(name) {
            let known = key.map(|key| (key.to_owned(), names.digest(key)));
            self.tables.insert(name.clone(), known);
        }
    }

    /// Takes note of a name that may be one of a variable.
    pub(super) fn variable(&mut self, name: &Name, is: bool) {
        self.variables.insert(name.clone(), is);
    }

    /// The tables that are known, each with what is known of it now.
    pub(super) fn asked(&self, names: &Names) -> Asked {
        let keys = self.tables.values().flatten();
        keys.map(|(key, _)| (key.clone(), names.state(key))).collect()
    }

    /// Whether a statement would be told the same now.
    fn holds(&self, view: &View<'_>) -> bool {
        self.tables.iter().all(|(name, known)| match (view.find(name), known) {
            (Some(key), Some((same, columns))) => key == same && view.names.digest(key) == *columns,
            (None, None) => true,
            _ => false,
        }) && self.variables.iter().all(|(name, is)| view.is_variable(name) == *is)
    }
}

/// Plans that an earlier run has made, each part with the arena that it is in; and what is still to be bound.
pub(super) fn recall<'a>(
    kept: &Kept,
    mut wanted: Vec<Wanted<'a>>,
    names: &Names,
) -> (Vec<(Arena, Vec<Done>)>, Vec<Wanted<'a>>) {
    let pieces: BTreeSet<usize> = wanted.iter().filter_map(|it| kept.find(it.key?)).collect();
    let mut parts = Vec::new();
    for piece in pieces {
        type Piece = (Arena, Vec<Again<Resolved, Said>>);
        let Some((arena, plans)) = kept.recall::<Piece>(piece) else { continue };
        let mut part = Vec::new();
        for Again { key, resolved, said } in plans {
            let same = |it: &Wanted<'_>| it.key == Some(key) && said.holds(&it.view(names));
            if let Some(place) = wanted.iter().position(same) {
                let at = wanted.remove(place).at;
                part.push(Done { at, key: Some(key), resolved, said });
            }
        }
        parts.push((arena, part));
    }
    (parts, wanted)
}

/// Keeps plans for the next run, but for those that are not whole.
pub(super) fn keep(kept: &Kept, arena: &Arena, done: &[Done]) {
    let whole = done.iter().filter(|done| done.resolved.problems.is_empty());
    let plans: Vec<_> = whole
        .filter_map(|done| {
            Some(Again { key: done.key?, resolved: &done.resolved, said: &done.said })
        })
        .collect();
    if !plans.is_empty() {
        kept.keep(plans.iter().map(|plan| plan.key).collect(), &(arena, plans));
    }
}
