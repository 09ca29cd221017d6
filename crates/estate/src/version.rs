//! Tables that a script changes before it reads them, while something else changes them as well: what it sees is a
//! version of its own, and no other reader's.

use std::collections::{BTreeMap, BTreeSet};

use plumb_ir::{Arena, Part, Rel, RelId, ScalarId, Symbol};

use crate::{Asset, asset::AssetKind};

/// What each asset sees under the name of a table, where that is a version of it.
pub(crate) type Versions = BTreeMap<usize, Vec<(String, String)>>;

/// The versions that assets see.
pub(crate) fn versions(assets: &[Asset], index: &BTreeMap<String, usize>) -> Versions {
    let seen = |(at, asset): (usize, &Asset)| {
        let code = asset.code.as_ref()?;
        let tables: BTreeSet<&String> = code.reads.iter().map(|(table, _)| table).collect();
        let version = |table: &String| {
            let version = version(assets, at, *index.get(table)?)?;
            Some((table.clone(), version))
        };
        let versions: Vec<(String, String)> = tables.into_iter().filter_map(version).collect();
        (!versions.is_empty()).then_some((at, versions))
    };
    assets.iter().enumerate().filter_map(seen).collect()
}

/// The table as the script of a reader left it, if not all that changes it stands before the reader.
fn version(assets: &[Asset], reader: usize, table: usize) -> Option<String> {
    let (place, of) = (assets[reader].place.as_ref()?, &assets[table]);
    // What is declared only, or only read, changes nothing.
    let defines = (of.place.is_some() && of.kind != AssetKind::Source).then_some(table);
    let writers = defines.into_iter().chain(of.writers.iter().copied()).filter(|at| *at != reader);
    let place_of = |at: usize| assets[at].place.as_ref();
    let (before, others): (Vec<usize>, Vec<usize>) = writers.partition(|at| {
        place_of(*at).is_some_and(|it| it.path == place.path && it.start < place.start)
    });
    let last = before.iter().filter_map(|at| place_of(*at)).max_by_key(|place| place.start)?;
    let line = last.start.line;
    (!others.is_empty()).then(|| format!("{}{AFTER}{}:{line}", of.key, last.path))
}

/// What stands between the name of a table and what it comes after.
const AFTER: &str = " after ";

/// The table that this is a version of, if it is one.
pub(crate) fn table(version: &str) -> Option<&str> {
    version.split_once(AFTER).map(|(table, _)| table)
}

/// A plan that reads versions of tables.
pub(crate) fn seen(arena: &mut Arena, rel: RelId, versions: &[(String, String)]) -> RelId {
    let names = versions.iter();
    let names = names.map(|(table, version)| (arena.symbol(table), arena.symbol(version)));
    Seen { names: names.collect(), done: BTreeMap::new() }.rel(arena, rel)
}

struct Seen {
    names: BTreeMap<Symbol, Symbol>,
    done: BTreeMap<RelId, RelId>,
}

impl Seen {
    fn rel(&mut self, arena: &mut Arena, rel: RelId) -> RelId {
        if let Some(done) = self.done.get(&rel) {
            return *done;
        }
        let new = match arena.get_rel(rel) {
            Rel::Scan { table } => match self.names.get(table) {
                Some(version) => arena.rel(Rel::Scan { table: *version }),
                None => rel,
            },
            _ => arena.map_parts(rel, &mut |arena, part| self.part(arena, part)),
        };
        self.done.insert(rel, new);
        new
    }

    fn part(&mut self, arena: &mut Arena, part: Part) -> Part {
        match part {
            Part::Rel(rel) => Part::Rel(self.rel(arena, rel)),
            Part::From(from) => {
                Part::From(arena.map_from(from, &mut |arena, part| self.part(arena, part)))
            }
            Part::Scalar(scalar) => Part::Scalar(self.scalar(arena, scalar)),
        }
    }

    fn scalar(&mut self, arena: &mut Arena, scalar: ScalarId) -> ScalarId {
        if !arena.holds_relation(scalar) {
            return scalar;
        }
        let scalar =
            arena
                .map_scalar(scalar, &mut |arena, part| self.scalar(arena, part), &mut |_, rel| rel);
        arena.map_subquery(scalar, &mut |arena, rel| self.rel(arena, rel))
    }
}
