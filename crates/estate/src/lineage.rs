//! Lineage: what feeds an asset or a column, and what reads it.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    rc::Rc,
};

use plumb_ir::{Field, RelId};

use crate::{
    Asset, AssetColumn, Estate, asset::Added, columns::Source, read::side_by_side, side::in_order,
    trace::Tracer,
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

/// What flows into one asset.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AssetFlows {
    /// Columns with what their values are made of, or decided by; in order, those of writers last.
    pub columns: Vec<(String, BTreeSet<Source>)>,
    /// What decides which rows there are: it holds for every column.
    pub rows: BTreeSet<Source>,
}

impl AssetFlows {
    /// Everything a column depends on; its rows count.
    pub fn sources(&self, column: &str) -> BTreeSet<Source> {
        let own = self.columns.iter().filter(|(name, _)| name == column);
        own.flat_map(|(_, sources)| sources).chain(&self.rows).cloned().collect()
    }
}

/// What flows into assets, found when it is asked for and remembered.
pub struct Flows<'a> {
    estate: &'a Estate,
    tracer: Tracer<'a>,
    known: BTreeMap<usize, Rc<AssetFlows>>,
}

impl Flows<'_> {
    /// What flows into an asset, through all statements that write to it.
    pub fn of(&mut self, asset: usize) -> Rc<AssetFlows> {
        if let Some(known) = self.known.get(&asset) {
            return Rc::clone(known);
        }
        let mut flows = self.own(asset);
        for writer in &self.estate.assets[asset].writers {
            let written = self.own(*writer);
            flows.rows.extend(written.rows);
            for (column, sources) in written.columns {
                match flows.columns.iter_mut().find(|(name, _)| *name == column) {
                    Some((_, known)) => known.extend(sources),
                    None => flows.columns.push((column, sources)),
                }
            }
        }
        let flows = Rc::new(flows);
        self.known.insert(asset, Rc::clone(&flows));
        flows
    }

    /// The same, by its own statement alone, and by what a run adds to it.
    fn own(&mut self, asset: usize) -> AssetFlows {
        let asset = &self.estate.assets[asset];
        let (rel, added) = (asset.rel, added(asset));
        let mut flows = AssetFlows::default();
        if rel.is_none() && added.is_none() {
            return flows;
        }
        for column in &asset.columns {
            let Some(name) = &column.name else { continue };
            let whole = rel.map(|rel| self.value(rel, column.field));
            let mut sources: BTreeSet<Source> = whole.into_iter().flatten().collect();
            sources.extend(self.added(asset, name.as_str()));
            flows.columns.push((name.to_string(), sources));
        }
        if let Some(rel) = rel {
            let rows = self.tracer.rows(rel);
            flows.rows.extend(self.tracer.sources(&rows));
        }
        if let Some(added) = added {
            let rows = self.tracer.rows(added.rel);
            flows.rows.extend(others(self.tracer.sources(&rows), asset));
        }
        flows
    }

    fn value(&mut self, rel: RelId, field: Field) -> Vec<Source> {
        let trace = self.tracer.value(rel, field);
        self.tracer.sources(&trace)
    }

    /// What one column is made of that a run adds.
    fn added(&mut self, asset: &Asset, column: &str) -> Vec<Source> {
        let Some(added) = added(asset) else { return Vec::new() };
        let field = match listed(&added.columns, column) {
            Some(listed) => Some(listed.field),
            None if added.open => self.estate.arena.find_symbol(column).map(Field::Named),
            None => None,
        };
        let sources = field.map(|field| self.value(added.rel, field)).unwrap_or_default();
        others(sources, asset).collect()
    }

    /// Columns that one column of an asset is made of or depends on.
    pub fn sources_of(&mut self, asset: usize, column: &str) -> BTreeSet<Source> {
        let flows = self.of(asset);
        let mut sources = flows.sources(column);
        let estate = self.estate;
        let writers = &estate.assets[asset].writers;
        for at in std::iter::once(asset).chain(writers.iter().copied()) {
            let asset = &estate.assets[at];
            if listed(&asset.columns, column).is_some() {
                continue;
            }
            // A column that is not listed comes through a star, where there is one.
            if let (true, Some(rel)) = (asset.open, asset.rel)
                && let Some(name) = estate.arena.find_symbol(column)
            {
                sources.extend(self.value(rel, Field::Named(name)));
            }
            sources.extend(self.added(asset, column));
        }
        sources
    }

    /// Columns of direct readers that a column flows into, each with its strongest flow; what a statement writes
    /// flows into the table that it writes to.
    pub fn uses_of(&mut self, asset: usize, column: &str) -> Vec<ColumnFlow> {
        let estate = self.estate;
        let key = &estate.assets[asset].key;
        let mut uses: BTreeMap<(String, String), ColumnFlow> = BTreeMap::new();
        for reader in &estate.assets[asset].read_by {
            let flows = self.of(*reader);
            let fits =
                |source: &&Source| source.table.as_str() == key && source.column.as_str() == column;
            let rows: Vec<&Source> = flows.rows.iter().filter(fits).collect();
            for (to, sources) in &flows.columns {
                for source in sources.iter().filter(fits).chain(rows.iter().copied()) {
                    for asset in estate.written_by(*reader) {
                        let place = (estate.assets[asset].key.clone(), to.clone());
                        if uses.get(&place).is_none_or(|known| source.flow < known.source.flow) {
                            let (asset, column) = place.clone();
                            uses.insert(
                                place,
                                ColumnFlow { source: source.clone(), asset, column },
                            );
                        }
                    }
                }
            }
        }
        uses.into_values().collect()
    }
}

/// What a run adds to an asset, where that was understood.
fn added(asset: &Asset) -> Option<&Added> {
    asset.incremental.as_ref()?.plan.as_ref()
}

fn listed<'c>(columns: &'c [AssetColumn], name: &str) -> Option<&'c AssetColumn> {
    columns.iter().find(|it| it.name.as_ref().is_some_and(|it| it.as_str() == name))
}

/// Sources elsewhere: what was in a table before a run adds to it is none.
fn others(sources: Vec<Source>, asset: &Asset) -> impl Iterator<Item = Source> {
    sources.into_iter().filter(|source| source.table.as_str() != asset.key)
}

impl Estate {
    /// What flows where, ready to be asked.
    pub fn flows(&self) -> Flows<'_> {
        Flows { estate: self, tracer: Tracer::new(self), known: BTreeMap::new() }
    }

    /// Hands on what flows into each of some assets by its own statement, and what `beside` makes of the asset, in
    /// their order: the lineage of a whole platform, never all of it in memory.
    pub fn each_flow<T: Send>(
        &self,
        assets: &[usize],
        beside: impl Fn(usize) -> T + Send + Sync,
        mut then: impl FnMut(usize, AssetFlows, T) + Send,
    ) {
        let work = |asset: &usize| (self.flows().own(*asset), beside(*asset));
        side_by_side(|| in_order(assets, work, |asset, (flows, more)| then(*asset, flows, more)));
    }

    /// The tables that a statement writes to beside those that define them; else the asset itself.
    pub fn written_by(&self, asset: usize) -> Vec<usize> {
        let readers = &self.assets[asset].read_by;
        let targets =
            readers.iter().filter(|reader| self.assets[**reader].writers.contains(&asset));
        let targets: Vec<usize> = targets.copied().collect();
        if targets.is_empty() { vec![asset] } else { targets }
    }
}
