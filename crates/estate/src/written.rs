//! What is computed as it is written: with the plans of what it reads put in, and nothing rewritten.

use std::collections::{BTreeMap, BTreeSet};

use plumb_canon::{Model, expand};
use plumb_ir::{Field, RelId, Symbol};

use crate::{Estate, forms::model};

/// A query as it is written.
#[derive(Debug, Clone)]
pub struct Written {
    /// Its plan, names of assets left as they are.
    pub rel: RelId,
    /// How the plan addresses its columns.
    pub fields: Vec<Field>,
    /// Keys of assets it names.
    pub reads: BTreeSet<String>,
}

impl Estate {
    /// What an asset computes, as it is written.
    pub fn written(&self, at: usize) -> Option<Written> {
        let asset = self.assets.get(at)?;
        let reads = asset.code.iter().flat_map(|code| &code.reads);
        Some(Written {
            rel: asset.rel?,
            fields: asset.columns.iter().map(|column| column.field).collect(),
            reads: reads.map(|(table, _)| table.clone()).collect(),
        })
    }

    /// The same with what it reads put in, as far as that is done for normal forms.
    pub fn written_out(&mut self, written: &Written) -> RelId {
        self.put_in(written, &mut Vec::new(), &mut BTreeMap::new())
    }

    fn put_in(
        &mut self,
        written: &Written,
        open: &mut Vec<usize>,
        done: &mut BTreeMap<usize, RelId>,
    ) -> RelId {
        let mut models: BTreeMap<Symbol, Model> = BTreeMap::new();
        for key in &written.reads {
            let Some(&at) = self.index.get(key) else { continue };
            if open.contains(&at) || !self.memory.models.contains_key(&at) {
                continue;
            }
            let rel = if let Some(rel) = done.get(&at) {
                *rel
            } else {
                let Some(inner) = self.written(at) else { continue };
                open.push(at);
                let rel = self.put_in(&inner, open, done);
                open.pop();
                done.insert(at, rel);
                rel
            };
            let (name, model) = model(&mut self.arena, &self.assets[at], rel);
            models.insert(name, model);
        }
        expand(&mut self.arena, written.rel, &models)
    }
}
