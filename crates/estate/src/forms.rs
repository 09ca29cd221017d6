//! Normal forms of what was bound: by itself, and with the plans of what it reads put in.
//!
//! Statements that do not wait for each other are done side by side, a few at a time, each few in an arena that is
//! thrown away afterwards: normal forms are small, the way to them is not.

use std::collections::{BTreeMap, BTreeSet};

use plumb_canon::{
    Canonical, Canonicalizer, Model, Obstacle, Subplan, atoms, expand, obstacles, size, subplans,
};
use plumb_ir::{Arena, Copier, Field, RelId, Symbol};
use rayon::prelude::*;

use crate::{
    Asset,
    asset::{AssetKind, Plan},
};

/// Most tables a model may read, through others, and still be put in place of its name.
const BOUNDARY: usize = 48;

/// Most conditions, keys and operators it may hold, and most models it may stand on, each on the next: of two thousand
/// views that read each other the last would hold all the others.
const LARGEST: usize = 1_000;
const DEEPEST: usize = 32;

/// Most statements that share an arena; how they are shared out depends on nothing but their number.
const GROUP: usize = 16;

/// Shares of those that may be done at one time, where there are few.
const SHARES: usize = 8;

/// What was bound, and what decides whether it may be put in place of a name.
pub(crate) struct Bound<'a> {
    /// What decided, unknown here, which text a template gives, by position of the asset.
    pub(crate) worlds: BTreeMap<usize, Vec<String>>,
    /// Keys of assets that are never put in place of their names.
    pub(crate) contested: &'a BTreeSet<String>,
    /// Positions of assets, by key.
    pub(crate) index: &'a BTreeMap<String, usize>,
    /// Everything after what it reads; what stands in a circle sees what came before.
    pub(crate) order: &'a [usize],
}

/// Normal forms of one asset.
struct Forms {
    local: Canonical,
    expanded: Canonical,
    obstacles: Vec<Obstacle>,
    parts: Vec<Subplan>,
    /// For those who read it: the expanded plan with its outputs where they were.
    whole: Option<RelId>,
}

/// Gives a plan to every asset whose statement was bound; gives the plans that may be put in place of names.
pub(crate) fn normalise(
    arena: &mut Arena,
    assets: &mut [Asset],
    mut bound: Bound<'_>,
) -> BTreeMap<usize, RelId> {
    let sources = sources(assets, &bound);
    let mut models: BTreeMap<usize, RelId> = BTreeMap::new();
    // How many models each of those stands on.
    let mut depths: BTreeMap<usize, usize> = BTreeMap::new();
    let known = bound.order.iter().copied().filter(|at| assets[*at].rel.is_some());
    for level in levels(&sources, known) {
        let share = level.len().div_ceil(SHARES).clamp(1, GROUP);
        let around = Around { arena, assets, sources: &sources, models: &models, bound: &bound };
        // A thread that is done takes the next group: one may be as much work as a hundred others.
        let done: Vec<(Arena, Vec<Forms>)> =
            level.par_chunks(share).with_max_len(1).map(|group| around.group(group)).collect();
        let done = level.chunks(share).zip(done);
        for (group, (small, forms)) in done {
            let mut copier = Copier::new(&small);
            for (at, forms) in group.iter().zip(forms) {
                let forms = forms.copied(&mut copier, arena);
                let below = sources[*at].iter().filter_map(|source| depths.get(source)).max();
                let depth = below.map_or(0, |below| below + 1);
                if let Some(whole) = forms.whole.filter(|_| depth <= DEEPEST) {
                    models.insert(*at, whole);
                    depths.insert(*at, depth);
                }
                let worlds = bound.worlds.remove(at).unwrap_or_default();
                assets[*at].plan = Some(forms.plan(worlds));
            }
        }
    }
    models
}

/// A plan of this arena that may be put in place of the name of an asset, by that name.
pub(crate) fn model(arena: &mut Arena, asset: &Asset, rel: RelId) -> (Symbol, Model) {
    let columns = asset
        .columns
        .iter()
        .filter_map(|column| Some((arena.symbol(column.name.as_ref()?.as_str()), column.field)));
    let model = Model { rel, columns: columns.collect(), open: asset.open };
    (arena.symbol(&asset.key), model)
}

/// For each asset, those it reads whose plans may be put in place of their names.
fn sources(assets: &[Asset], bound: &Bound<'_>) -> Vec<Vec<usize>> {
    let mut turn = vec![usize::MAX; assets.len()];
    for (at, asset) in bound.order.iter().enumerate() {
        turn[*asset] = at;
    }
    let of = |(at, asset): (usize, &Asset)| {
        let code = asset.code.as_ref().filter(|_| asset.rel.is_some());
        let reads = code.into_iter().flat_map(|code| &code.reads);
        let sources = reads.filter_map(|(table, _)| bound.index.get(table).copied());
        let sources: BTreeSet<usize> = sources
            .filter(|source| {
                turn[*source] < turn[at] && bound.stands_for(&assets[*source], *source)
            })
            .collect();
        sources.into_iter().collect()
    };
    assets.iter().enumerate().map(of).collect()
}

/// Assets in the order in which they can be done, those together that do not wait for each other.
fn levels(sources: &[Vec<usize>], order: impl Iterator<Item = usize>) -> Vec<Vec<usize>> {
    let mut level = vec![0; sources.len()];
    let mut levels: Vec<Vec<usize>> = Vec::new();
    for at in order {
        let own = sources[at].iter().map(|source| level[*source] + 1).max().unwrap_or_default();
        level[at] = own;
        if levels.len() <= own {
            levels.resize_with(own + 1, Vec::new);
        }
        levels[own].push(at);
    }
    levels
}

impl Bound<'_> {
    /// Whether what an asset computes may be put in place of its name.
    fn stands_for(&self, asset: &Asset, at: usize) -> bool {
        asset.rel.is_some()
            && !matches!(asset.kind, AssetKind::Snapshot | AssetKind::Write)
            && asset.writers.is_empty()
            && self.worlds.get(&at).is_none_or(Vec::is_empty)
            && !self.contested.contains(&asset.key)
    }
}

/// What is known while a level is done.
struct Around<'a> {
    arena: &'a Arena,
    assets: &'a [Asset],
    sources: &'a [Vec<usize>],
    /// Plans of the levels before that may be put in place of names.
    models: &'a BTreeMap<usize, RelId>,
    bound: &'a Bound<'a>,
}

impl Around<'_> {
    /// The normal forms of a group, with the arena they live in.
    fn group(&self, group: &[usize]) -> (Arena, Vec<Forms>) {
        let mut scratch = Scratch {
            arena: Arena::new(),
            copier: Copier::new(self.arena),
            canonicalizer: Canonicalizer::new(),
            models: BTreeMap::new(),
        };
        let forms: Vec<Forms> =
            group.iter().filter_map(|at| self.forms(*at, &mut scratch)).collect();
        let mut small = Arena::new();
        let mut copier = Copier::new(&scratch.arena);
        let forms = forms.into_iter().map(|forms| forms.copied(&mut copier, &mut small)).collect();
        (small, forms)
    }

    fn forms(&self, at: usize, scratch: &mut Scratch<'_>) -> Option<Forms> {
        let asset = &self.assets[at];
        let rel = scratch.copier.rel(&mut scratch.arena, asset.rel?);
        let models = self.sources[at].iter().filter_map(|source| self.model(*source, scratch));
        let models: BTreeMap<Symbol, Model> = models.collect();
        let Scratch { arena, canonicalizer, .. } = scratch;
        let local = canonicalizer.canonical(arena, rel);
        let whole = expand(arena, rel, &models);
        let inlined = whole != rel;
        let expanded = if inlined { canonicalizer.canonical(arena, whole) } else { local.clone() };
        let obstacles = obstacles(arena, expanded.rel);
        let parts = subplans(arena, local.rel, canonicalizer);
        let whole = self.bound.stands_for(asset, at).then(|| canonicalizer.rewritten(arena, whole));
        let small =
            |whole: &RelId| atoms(arena, *whole) <= BOUNDARY && size(arena, *whole) <= LARGEST;
        let whole = whole.filter(small);
        Some(Forms { local, expanded, obstacles, parts, whole })
    }

    /// A model of a level before, by its name.
    fn model(&self, at: usize, scratch: &mut Scratch<'_>) -> Option<(Symbol, Model)> {
        let rel = *self.models.get(&at)?;
        let asset = &self.assets[at];
        let Scratch { arena, copier, canonicalizer, models } = scratch;
        let model = models.entry(at).or_insert_with(|| {
            let rel = copier.rel(arena, rel);
            canonicalizer.accept(arena, rel);
            let columns = asset.columns.iter().filter_map(|column| {
                let name = arena.symbol(column.name.as_ref()?.as_str());
                let field = match column.field {
                    Field::At(at) => Field::At(at),
                    Field::Named(name) => Field::Named(copier.symbol(arena, name)),
                };
                Some((name, field))
            });
            Model { rel, columns: columns.collect(), open: asset.open }
        });
        Some((arena.symbol(&asset.key), model.clone()))
    }
}

/// Where a group is worked on.
struct Scratch<'a> {
    arena: Arena,
    copier: Copier<'a>,
    canonicalizer: Canonicalizer,
    models: BTreeMap<usize, Model>,
}

impl Forms {
    /// The same in another arena.
    fn copied(mut self, copier: &mut Copier<'_>, to: &mut Arena) -> Self {
        self.local.rel = copier.rel(to, self.local.rel);
        self.expanded.rel = copier.rel(to, self.expanded.rel);
        for part in &mut self.parts {
            part.rel = copier.rel(to, part.rel);
        }
        self.whole = self.whole.map(|whole| copier.rel(to, whole));
        self
    }

    fn plan(self, worlds: Vec<String>) -> Plan {
        let Self { local, expanded, mut obstacles, parts, .. } = self;
        obstacles.extend(worlds.iter().cloned().map(Obstacle::TemplateValue));
        Plan { local, expanded, obstacles, worlds, parts }
    }
}
