//! Lineage: what feeds an asset or a column, and what reads it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::{
    AssetColumn, Estate,
    columns::{Source, of_column},
};

/// One edge between columns of assets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ColumnFlow {
    /// Where it comes from.
    pub source: Source,
    /// Key of the asset it goes to.
    pub asset: String,
    /// Column it goes to.
    pub column: String,
}

/// Assets around one, with how far away they are, nearest first: what it reads.
pub fn upstream(estate: &Estate, start: usize, most: u32) -> Vec<(u32, usize, usize)> {
    around(start, most, |at| estate.assets[at].reads.as_slice(), true)
}

/// As [`upstream`], for what reads it.
pub fn downstream(estate: &Estate, start: usize, most: u32) -> Vec<(u32, usize, usize)> {
    around(start, most, |at| estate.assets[at].read_by.as_slice(), false)
}

/// Edges as (distance, from, to), breadth first.
fn around<'a>(
    start: usize,
    most: u32,
    next: impl Fn(usize) -> &'a [usize],
    up: bool,
) -> Vec<(u32, usize, usize)> {
    let (mut edges, mut seen) = (Vec::new(), BTreeSet::from([start]));
    let mut work = VecDeque::from([(start, 0)]);
    while let Some((at, distance)) = work.pop_front() {
        if distance >= most {
            continue;
        }
        for other in next(at) {
            edges.push(if up { (distance + 1, *other, at) } else { (distance + 1, at, *other) });
            if seen.insert(*other) {
                work.push_back((*other, distance + 1));
            }
        }
    }
    edges
}

impl Estate {
    /// Columns that one column of an asset is made of or depends on, through all statements that write to it.
    pub fn sources_of(&self, asset: usize, column: &str) -> BTreeSet<Source> {
        let writers = &self.assets[asset].writers;
        let mut sources = self.own_sources_of(asset, column);
        sources.extend(self.added_sources_of(asset, column));
        sources.extend(writers.iter().flat_map(|at| self.own_sources_of(*at, column)));
        sources
    }

    /// The same, by its own statement.
    fn own_sources_of(&self, asset: usize, column: &str) -> BTreeSet<Source> {
        let asset = &self.assets[asset];
        let Some(plan) = &asset.plan else { return BTreeSet::new() };
        let listed = asset
            .columns
            .iter()
            .find(|it| it.name.as_ref().is_some_and(|name| name.as_str() == column));
        let field = match listed {
            Some(listed) => Some(listed.field),
            None if asset.open => self.arena.find_symbol(column).map(plumb_ir::Field::Named),
            None => None,
        };
        field.map(|field| of_column(&self.arena, plan.rel, field)).unwrap_or_default()
    }

    /// The same, by what a run adds to it; what was there before is no source.
    fn added_sources_of(&self, asset: usize, column: &str) -> BTreeSet<Source> {
        let asset = &self.assets[asset];
        let Some(added) = asset.incremental.as_ref().and_then(|it| it.plan.as_ref()) else {
            return BTreeSet::new();
        };
        let named = |it: &&AssetColumn| it.name.as_ref().is_some_and(|it| it.as_str() == column);
        let field = match added.columns.iter().find(named) {
            Some(listed) => Some(listed.field),
            None if added.open => self.arena.find_symbol(column).map(plumb_ir::Field::Named),
            None => None,
        };
        let found = field.map(|field| of_column(&self.arena, added.rel, field));
        found.unwrap_or_default().into_iter().filter(|it| it.table != asset.key).collect()
    }

    /// Every edge between columns that ends in an asset.
    pub fn flows_into(&self, asset: usize) -> Vec<ColumnFlow> {
        let names: Vec<String> = self.assets[asset]
            .columns
            .iter()
            .filter_map(|it| it.name.as_ref().map(|name| name.0.clone()))
            .collect();
        let key = self.assets[asset].key.clone();
        let mut flows = Vec::new();
        for column in names {
            for source in self.sources_of(asset, &column) {
                flows.push(ColumnFlow { source, asset: key.clone(), column: column.clone() });
            }
        }
        flows
    }

    /// Columns of direct readers that a column flows into.
    pub fn uses_of(&self, asset: usize, column: &str) -> Vec<ColumnFlow> {
        let key = self.assets[asset].key.clone();
        let mut uses: BTreeMap<(String, String), ColumnFlow> = BTreeMap::new();
        for reader in &self.assets[asset].read_by {
            for flow in self.flows_into(*reader) {
                if flow.source.table == key && flow.source.column == column {
                    let place = (flow.asset.clone(), flow.column.clone());
                    let stronger =
                        uses.get(&place).is_none_or(|known| flow.source.flow < known.source.flow);
                    if stronger {
                        uses.insert(place, flow);
                    }
                }
            }
        }
        uses.into_values().collect()
    }
}
