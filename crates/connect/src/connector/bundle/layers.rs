//! A value that several files, or a target, say something of: maps are merged, the last scalar counts.

use std::collections::BTreeSet;

use crate::export::Export;
use crate::yaml::{Shape, Tree};

/// A value in layers, the weakest first; without layers it is not there.
#[derive(Clone)]
pub(super) struct Node<'a>(Vec<(&'a Export, &'a Tree)>);

impl<'a> Node<'a> {
    pub(super) fn new(layers: Vec<(&'a Export, &'a Tree)>) -> Self {
        Self(layers)
    }

    /// The same with another value laid over it.
    pub(super) fn under(&self, other: &Self) -> Self {
        Self(self.0.iter().chain(&other.0).copied().collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The layer that counts, and its file.
    pub(super) fn strongest(&self) -> Option<(&'a Export, &'a Tree)> {
        self.0.last().copied()
    }

    /// The layer that declares it, and its file.
    pub(super) fn weakest(&self) -> Option<(&'a Export, &'a Tree)> {
        self.0.first().copied()
    }

    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Self {
        let layer = |(export, tree): &(&'a Export, &'a Tree)| {
            let value = tree.get(key).filter(|value| !matches!(value.shape, Shape::Null))?;
            Some((*export, value))
        };
        Self(self.0.iter().filter_map(layer).collect())
    }

    /// Keys of all layers, sorted.
    pub(super) fn keys(&self) -> Vec<String> {
        let keys = self.0.iter().flat_map(|(_, tree)| tree.entries());
        let keys: BTreeSet<&String> = keys.map(|(key, _)| key).collect();
        keys.into_iter().cloned().collect()
    }

    /// Items of all layers.
    pub(super) fn items(&self) -> Vec<Self> {
        let items = self.0.iter().flat_map(|(export, tree)| {
            tree.items().iter().map(move |item| Self(vec![(*export, item)]))
        });
        items.collect()
    }

    /// Items of all layers, those that name the same merged.
    pub(super) fn items_by(&self, key: &str) -> Vec<Self> {
        let mut merged: Vec<(Option<String>, Self)> = Vec::new();
        for item in self.items() {
            let name = item.text_of(key);
            let known = merged.iter_mut().find(|(known, _)| known.is_some() && *known == name);
            match known {
                Some((_, known)) => known.0.extend(item.0),
                None => merged.push((name, item)),
            }
        }
        merged.into_iter().map(|(_, item)| item).collect()
    }

    /// The text of a key as written.
    pub(super) fn text_of(&self, key: &str) -> Option<String> {
        self.get(key).text()
    }

    /// The text as written.
    pub(super) fn text(&self) -> Option<String> {
        self.strongest()?.1.text()
    }

    /// Whether it is there and true.
    pub(super) fn is_true(&self) -> bool {
        self.text().as_deref() == Some("true")
    }
}
