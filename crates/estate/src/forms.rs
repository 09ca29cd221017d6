//! Normal forms of what was bound: by itself, and with the plans of what it reads put in.
//!
//! Statements that do not wait for each other are done side by side, a few at a time, each few in an arena that is
//! thrown away afterwards: normal forms are small, the way to them is not.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use plumb_base::{Digest, Hasher, Name};
use plumb_canon::{
    Canonical, Canonicalizer, Model, Obstacle, Subplan, atoms, obstacles, size, subplans,
};
use plumb_ir::{Arena, Copier, Field, RelId, Symbol};
use serde::{Deserialize, Serialize};

use crate::{
    Asset,
    asset::{AssetKind, Plan},
    kept::Kept,
    order::levels,
    side::{groups, in_order},
    version::{Versions, seen},
};

/// Most tables a model may read, through others, and still be put in place of its name.
const BOUNDARY: usize = 48;

/// Most conditions, keys and operators it may hold, and most models it may stand on, each on the next: of two thousand
/// views that read each other the last would hold all the others.
const LARGEST: usize = 1_000;
const DEEPEST: usize = 32;

/// What was bound, and what decides whether it may be put in place of a name.
pub(crate) struct Bound<'a> {
    /// What decided, unknown here, which text a template gives, by position of the asset.
    pub(crate) worlds: BTreeMap<usize, Vec<String>>,
    /// Keys of assets that are never put in place of their names.
    pub(crate) contested: &'a BTreeSet<String>,
    /// Which versions of tables assets see.
    pub(crate) versions: Versions,
    /// Positions of assets, by key.
    pub(crate) index: &'a BTreeMap<String, usize>,
    /// Everything after what it reads; what stands in a circle sees what came before.
    pub(crate) order: &'a [usize],
    /// Where normal forms of earlier runs are found, and those of this one are kept.
    pub(crate) kept: Option<&'a Kept>,
}

/// Normal forms of some assets, by what they are made of, and the arena they live in.
#[derive(Serialize, Deserialize)]
struct Made {
    arena: Arena,
    forms: Vec<(Digest, Forms)>,
}

/// Normal forms of one asset.
#[derive(Serialize, Deserialize)]
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
    let known: Vec<usize> = known.collect();
    // Who works on a group looks into it at the beginning, who takes over what comes out changes it.
    let whole = RwLock::new(std::mem::take(arena));
    for level in levels(&sources, &known) {
        let around =
            Around { arena: &whole, assets, sources: &sources, models: &models, bound: &bound };
        let letters = |at: &usize| assets[*at].code.as_ref().map_or(0, |code| code.sql.len());
        let groups = groups(&level, letters);
        let mut done: Vec<(usize, Forms)> = Vec::new();
        in_order(
            &groups,
            |group| around.group(group),
            |_, all| {
                let arena = &mut *changed(&whole);
                for (made, which) in all {
                    let mut copier = Copier::new(&made.arena);
                    let forms = made.forms.into_iter().map(|(_, forms)| forms).zip(which);
                    let wanted = forms.filter_map(|(forms, at)| Some((at?, forms)));
                    done.extend(wanted.map(|(at, forms)| (at, forms.copied(&mut copier, arena))));
                }
            },
        );
        for (at, forms) in done {
            let below = sources[at].iter().filter_map(|source| depths.get(source)).max();
            let depth = below.map_or(0, |below| below + 1);
            if let Some(whole) = forms.whole.filter(|_| depth <= DEEPEST) {
                models.insert(at, whole);
                depths.insert(at, depth);
            }
            let worlds = bound.worlds.remove(&at).unwrap_or_default();
            assets[at].plan = Some(forms.plan(worlds));
        }
    }
    *arena = whole.into_inner().unwrap_or_else(PoisonError::into_inner);
    models
}

/// What is read while nobody changes it; whoever panicked meanwhile ends all of it.
fn read(arena: &RwLock<Arena>) -> RwLockReadGuard<'_, Arena> {
    arena.read().unwrap_or_else(PoisonError::into_inner)
}

fn changed(arena: &RwLock<Arena>) -> RwLockWriteGuard<'_, Arena> {
    arena.write().unwrap_or_else(PoisonError::into_inner)
}

/// A plan of this arena that may be put in place of the name of an asset, by that name.
pub(crate) fn model(arena: &mut Arena, asset: &Asset, rel: RelId) -> (Symbol, Model) {
    model_with(arena, asset, rel, |_, field| field)
}

/// The same where the columns of the asset are addressed as another arena does it.
fn model_with(
    arena: &mut Arena,
    asset: &Asset,
    rel: RelId,
    mut addressed: impl FnMut(&mut Arena, Field) -> Field,
) -> (Symbol, Model) {
    let mut columns = BTreeMap::new();
    for column in &asset.columns {
        let Some(name) = &column.name else { continue };
        let name = arena.symbol(name.as_str());
        columns.insert(name, addressed(arena, column.field));
    }
    (arena.symbol(&asset.key), Model { rel, columns, open: asset.open })
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
    arena: &'a RwLock<Arena>,
    assets: &'a [Asset],
    sources: &'a [Vec<usize>],
    /// Plans of the levels before that may be put in place of names.
    models: &'a BTreeMap<usize, RelId>,
    bound: &'a Bound<'a>,
}

impl Around<'_> {
    /// The normal forms of a group: those that are known, and the others, which are made together; with each the asset
    /// that it is of, if it is of this group.
    fn group(&self, group: &[usize]) -> Vec<(Made, Vec<Option<usize>>)> {
        let Some(kept) = self.bound.kept else { return vec![self.made(group, &[])] };
        let mut keys: Vec<(Digest, usize)> = {
            let arena = read(self.arena);
            group.iter().map(|at| (self.key(*at, &arena), *at)).collect()
        };
        let mut all = Vec::new();
        let pieces: BTreeSet<usize> = keys.iter().filter_map(|(key, _)| kept.find(*key)).collect();
        for made in pieces.into_iter().filter_map(|piece| kept.recall::<Made>(piece)) {
            let mut of = |key: Digest| {
                let at = keys.iter().position(|(known, _)| *known == key)?;
                Some(keys.remove(at).1)
            };
            let which = made.forms.iter().map(|(key, _)| of(*key)).collect();
            all.push((made, which));
        }
        let (keys, unknown): (Vec<Digest>, Vec<usize>) = keys.into_iter().unzip();
        if !unknown.is_empty() {
            let new = self.made(&unknown, &keys);
            kept.keep(keys, &new.0);
            all.push(new);
        }
        all
    }

    /// A digest of all that the normal forms of an asset are made of.
    fn key(&self, at: usize, arena: &Arena) -> Digest {
        let mut key = Hasher::new("normal forms");
        let asset = &self.assets[at];
        key.number(u64::from(self.bound.stands_for(asset, at)));
        if let Some(rel) = asset.rel {
            key.digest(arena.rel_digest(rel));
        }
        for (table, version) in self.bound.versions.get(&at).into_iter().flatten() {
            key.text(table).text(version);
        }
        for source in &self.sources[at] {
            let Some(model) = self.models.get(source) else { continue };
            let source = &self.assets[*source];
            key.text(&source.key).digest(arena.rel_digest(*model));
            key.number(u64::from(source.open)).number(source.columns.len() as u64);
            for column in &source.columns {
                let name = column.name.as_ref().map_or("", Name::as_str);
                match column.field {
                    Field::At(at) => key.text(name).text("at").number(at.into()),
                    Field::Named(symbol) => key.text(name).text("named").text(arena.name(symbol)),
                };
            }
        }
        key.finish()
    }

    /// The normal forms of a group, made in an arena that is thrown away.
    fn made(&self, group: &[usize], keys: &[Digest]) -> (Made, Vec<Option<usize>>) {
        let (mut arena, mut canonicalizer) = (Arena::new(), Canonicalizer::new());
        let given = self.given(group, &mut arena, &mut canonicalizer);
        let forms: Vec<Forms> = given
            .into_iter()
            .map(|given| self.forms(given, &mut arena, &mut canonicalizer))
            .collect();
        let mut small = Arena::new();
        let mut copier = Copier::new(&arena);
        let keys = keys.iter().copied().chain(std::iter::repeat(Digest::default()));
        let forms = forms.into_iter().map(|forms| forms.copied(&mut copier, &mut small));
        let forms = keys.zip(forms).collect();
        (Made { arena: small, forms }, group.iter().copied().map(Some).collect())
    }

    /// What the normal forms of a group are made of, put into its arena.
    fn given(
        &self,
        group: &[usize],
        arena: &mut Arena,
        canonicalizer: &mut Canonicalizer,
    ) -> Vec<Given> {
        let whole = read(self.arena);
        let mut copier = Copier::new(&whole);
        let mut known: BTreeMap<usize, (Symbol, Model)> = BTreeMap::new();
        let mut given = Vec::new();
        for at in group {
            let Some(rel) = self.assets[*at].rel else { continue };
            let mut rel = copier.rel(arena, rel);
            if let Some(versions) = self.bound.versions.get(at) {
                rel = seen(arena, rel, versions);
            }
            let mut models = BTreeMap::new();
            for source in &self.sources[*at] {
                let Some(model) = self.models.get(source) else { continue };
                let model = known.entry(*source).or_insert_with(|| {
                    let rel = copier.rel(arena, *model);
                    canonicalizer.accept(arena, rel);
                    model_with(arena, &self.assets[*source], rel, |arena, field| {
                        copier.field(arena, field)
                    })
                });
                models.insert(model.0, model.1.clone());
            }
            given.push(Given { at: *at, rel, models });
        }
        given
    }

    fn forms(&self, given: Given, arena: &mut Arena, canonicalizer: &mut Canonicalizer) -> Forms {
        let Given { at, rel, models } = given;
        let local = canonicalizer.canonical(arena, rel);
        let (expanded, whole) =
            canonicalizer.expanded(arena, rel, &models).unwrap_or_else(|| (local.clone(), rel));
        let obstacles = obstacles(arena, expanded.rel);
        let parts = subplans(arena, local.rel, canonicalizer);
        let stands = self.bound.stands_for(&self.assets[at], at);
        let whole = stands.then(|| canonicalizer.rewritten(arena, whole));
        let small =
            |whole: &RelId| atoms(arena, *whole) <= BOUNDARY && size(arena, *whole) <= LARGEST;
        let whole = whole.filter(small);
        Forms { local, expanded, obstacles, parts, whole }
    }
}

/// What the normal forms of an asset are made of.
struct Given {
    at: usize,
    rel: RelId,
    /// Plans that may be put in place of names in it, by name.
    models: BTreeMap<Symbol, Model>,
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
