//! Binding: every statement becomes a plan, in an order in which what it reads is known.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Coverage, Problem, TableName, Tally};
use plumb_ir::Arena;
use plumb_resolve::is_function;
use rayon::prelude::*;

use crate::{
    Asset, Estate,
    asset::AssetKind,
    binding::{self, Bound, Drafts},
    constraints,
    describe::{declared_columns, describe},
    dropped,
    export::{self, Told},
    forms, incremental,
    kept::Kept,
    measure,
    metric::Metric,
    names::{Names, spelled},
    order::{levels, topological},
    question::Memory,
    read::{Bit, Depth, Draft, Gathered, blank},
    script::{HOLE, LOOSE},
    statement::Statement,
    version::versions,
};

/// A statement to be bound, beside its asset.
pub(crate) struct Work {
    pub(crate) statement: Option<Statement>,
    pub(crate) worlds: Vec<String>,
    pub(crate) others: Vec<Statement>,
    pub(crate) incremental: Option<Bit>,
}

/// Binds every statement and puts the estate together.
pub(crate) fn bind(
    mut gathered: Gathered,
    told: Vec<Told>,
    (depth, kept): (Depth, Option<&Kept>),
    arena: &mut Arena,
) -> Estate {
    add_unknown_tables(&mut gathered);
    export::close(told, &mut gathered);
    settle_writes(&mut gathered);
    constraints::assign(&mut gathered);
    let keys: Vec<String> = gathered.drafts.keys().cloned().collect();
    let index: BTreeMap<String, usize> = keys.iter().cloned().zip(0..).collect();
    let drafts: Vec<&Draft> = gathered.drafts.values().collect();
    let mut added = reads(&drafts, &gathered.names, &index, Draft::added);
    let mut looks = looks(&drafts, &gathered.names, &index);
    let mut reads = reads(&drafts, &gathered.names, &index, Draft::whole);
    for (reader, source) in used(&gathered) {
        if let (Some(reader), Some(source)) = (index.get(reader), index.get(source)) {
            reads[*reader].push(*source);
        }
    }
    let writers = writers(&gathered.changed, &index);
    distinct(&mut reads);
    let (mut order, circles) = topological(&reads);
    order.extend(&circles);
    looks.iter_mut().zip(&reads).for_each(|(looks, reads)| looks.extend(reads));
    let levels = levels(&looks, &order);
    // What a run adds may look at what reads the table, or at the table itself: that is no circle.
    for (at, (whole, added)) in reads.iter_mut().zip(&mut added).enumerate() {
        added.sort_unstable();
        added.dedup();
        whole.extend(added.iter().filter(|source| **source != at));
    }
    // What a table holds came through those who write to it; they may read what was there before.
    reads.iter_mut().zip(&writers).for_each(|(list, writers)| list.extend(writers));
    distinct(&mut reads);
    let (mut assets, work): (Vec<Asset>, Vec<Work>) = std::mem::take(&mut gathered.drafts)
        .into_values()
        .zip(writers)
        .map(|(Draft { asset, statement, worlds, others, incremental }, writers)| {
            (Asset { writers, ..asset }, Work { statement, worlds, others, incremental })
        })
        .unzip();
    for at in circles {
        in_a_circle(&mut assets[at]);
    }
    let drafts = Drafts { work: &work, assets: &assets, levels: &levels, kept };
    let bound = binding::all(arena, &mut gathered.names, &drafts);
    gathered.metrics.sort_by(Metric::before);
    let worlds = finish(arena, &mut assets, work, &gathered.names, bound);
    let (models, measures) = if depth == Depth::Normal {
        let (contested, versions) = (&gathered.contested, versions(&assets, &index));
        let bound =
            forms::Bound { worlds, contested, versions, index: &index, order: &order, kept };
        let models = forms::normalise(arena, &mut assets, bound);
        let names = &gathered.names;
        let known = measure::Known { assets: &assets, index: &index, names, models: &models };
        let measures = measure::bind(arena, &gathered.metrics, &known);
        (models, measures)
    } else {
        Default::default()
    };
    for (asset, reads) in assets.iter_mut().zip(added) {
        if let Some(incremental) = &mut asset.incremental {
            incremental.reads = reads;
        }
    }
    for (at, sources) in reads.into_iter().enumerate() {
        for source in &sources {
            assets[*source].read_by.push(at);
        }
        assets[at].reads = sources;
    }
    link_runs(&gathered.runs, &index, &mut assets);
    let (coverage, problems) = tally(&assets, gathered.coverage, gathered.problems);
    Estate {
        arena: Arena::new(),
        assets,
        index,
        metrics: gathered.metrics,
        measures,
        problems,
        coverage,
        not_covered: gathered.not_covered,
        using: gathered.using,
        drift_watcher: None,
        memory: Memory { names: gathered.names, models },
    }
}

/// Lists without what stands in them twice, ascending.
fn distinct(lists: &mut [Vec<usize>]) {
    for list in lists {
        list.sort_unstable();
        list.dedup();
    }
}

/// Statements that change each asset, ascending.
fn writers(
    changed: &BTreeMap<String, Vec<String>>,
    index: &BTreeMap<String, usize>,
) -> Vec<Vec<usize>> {
    let mut writers: Vec<Vec<usize>> = vec![Vec::new(); index.len()];
    for (table, changes) in changed {
        let Some(table) = index.get(table) else { continue };
        writers[*table].extend(changes.iter().filter_map(|key| index.get(key)));
        writers[*table].sort_unstable();
    }
    writers
}

/// Says of each asset what it starts, and who starts it.
fn link_runs(runs: &[(String, String)], index: &BTreeMap<String, usize>, assets: &mut [Asset]) {
    let runs = runs.iter();
    let runs = runs.filter_map(|(run, started)| Some((*index.get(run)?, *index.get(started)?)));
    for (run, started) in runs.collect::<BTreeSet<_>>() {
        assets[run].runs.push(started);
        assets[started].run_by.push(run);
    }
}

/// Statements by how well they were read, and everything that could not be.
fn tally(
    assets: &[Asset],
    mut coverage: Tally,
    mut problems: Vec<Problem>,
) -> (Tally, Vec<Problem>) {
    for asset in assets {
        if let Some(how) = asset.coverage {
            coverage.add(how);
        }
        problems.extend(asset.problems.iter().cloned());
        let added = asset.incremental.iter().flat_map(|added| &added.problems);
        problems.extend(added.cloned());
    }
    (coverage, problems)
}

/// A model that reads itself through others has no first version: what it computes is not known.
fn in_a_circle(asset: &mut Asset) {
    if let (Some(Coverage::Read), Some(place)) = (asset.coverage, asset.place.clone()) {
        asset.coverage = Some(Coverage::Partly);
        asset.problems.push(Problem {
            place,
            severity: plumb_base::Severity::Partly,
            reason: "circular-reference".to_owned(),
            message: format!("`{}` reads itself through others, or reads what does", asset.name),
        });
    }
}

/// Tables that are read and nobody declares become assets, too.
fn add_unknown_tables(gathered: &mut Gathered) {
    let names = &gathered.names;
    let of = |draft: &Draft| {
        let mut unknown = Vec::new();
        for statement in draft.statements() {
            let view = statement.view(names, &draft.asset.project);
            for name in statement.tables().iter() {
                // A template gives a table; a program of its own may write any.
                let hole = draft.asset.project != LOOSE && name.to_string().contains(HOLE);
                if !hole && !is_function(name) && view.find(name).is_none() {
                    let full = view.session.qualified(&spelled(name, view.holes));
                    unknown.push((draft.asset.project.clone(), full));
                }
            }
        }
        unknown
    };
    let drafts: Vec<&Draft> = gathered.drafts.values().collect();
    let mut unknown: BTreeSet<(String, TableName)> =
        drafts.par_iter().flat_map_iter(|draft| of(draft)).collect();
    let used = gathered.tables_used.iter().map(|(_, name)| name);
    let used = used.filter(|name| gathered.names.find(LOOSE, name).is_none());
    unknown.extend(used.map(|name| (LOOSE.to_owned(), name.clone())));
    for (project, name) in unknown {
        unknown_table(&project, name, AssetKind::Source, gathered);
    }
}

/// What reads what without a statement that says so: keys of both.
fn used(gathered: &Gathered) -> impl Iterator<Item = (&str, &str)> {
    let tables = gathered.tables_used.iter();
    let tables = tables
        .filter_map(|(reader, name)| Some((reader.as_str(), gathered.names.find(LOOSE, name)?)));
    let said = gathered.exposed.iter().chain(&gathered.uses);
    said.map(|(reader, source)| (reader.as_str(), source.as_str())).chain(tables)
}

fn unknown_table(project: &str, name: TableName, kind: AssetKind, gathered: &mut Gathered) {
    let key = name.to_string();
    if !gathered.drafts.contains_key(&key) {
        let asset = blank(&key, name.table(), kind, project);
        gathered.drafts.insert(key.clone(), Draft::new(asset, None));
    }
    gathered.names.add(project, name, &key);
}

/// Finds the tables that statements write to beside those that define them, and those that are dropped for good.
fn settle_writes(gathered: &mut Gathered) {
    for (name, key) in std::mem::take(&mut gathered.written) {
        if gathered.names.find(LOOSE, &name).is_none() {
            unknown_table(LOOSE, name.clone(), AssetKind::Table, gathered);
        }
        if let Some(table) = gathered.names.find(LOOSE, &name).map(str::to_owned) {
            gathered.changed.entry(table).or_default().push(key);
        }
    }
    dropped::mark(gathered);
}

/// What statements are bound beside that which they read: what they write to, and what they read in other worlds.
fn looks(drafts: &[&Draft], names: &Names, index: &BTreeMap<String, usize>) -> Vec<Vec<usize>> {
    let of = |draft: &&Draft| {
        let find = |statement: &Statement, name: &TableName| {
            index.get(statement.view(names, &draft.asset.project).find(name)?).copied()
        };
        let written = draft.whole().and_then(|it| find(it, it.target()?.0));
        let others = draft.others.iter().flat_map(|other| {
            let tables = other.tables();
            tables.iter().filter_map(|name| find(other, name)).collect::<Vec<_>>()
        });
        written.into_iter().chain(others).collect()
    };
    drafts.par_iter().map(of).collect()
}

fn reads<'d>(
    drafts: &[&'d Draft],
    names: &Names,
    index: &BTreeMap<String, usize>,
    statement: impl Fn(&'d Draft) -> Option<&'d Statement> + Sync,
) -> Vec<Vec<usize>> {
    let of = |draft: &&'d Draft| {
        let Some(statement) = statement(draft) else { return Vec::new() };
        let found = statement.tables();
        let view = statement.view(names, &draft.asset.project);
        let keys = found.iter().filter_map(|name| view.find(name));
        keys.filter_map(|key| index.get(key).copied()).collect()
    };
    drafts.par_iter().map(of).collect()
}

/// Says of every asset what its statement says: columns, coverage, problems, places. What decided which texts
/// templates give is returned, by position.
fn finish(
    arena: &mut Arena,
    assets: &mut [Asset],
    work: Vec<Work>,
    names: &Names,
    mut bound: Bound,
) -> BTreeMap<usize, Vec<String>> {
    let (mut unknown, mut spent) = (BTreeMap::new(), Vec::new());
    for (at, (asset, work)) in assets.iter_mut().zip(work).enumerate() {
        if let Some(told) = names.told.get(&asset.key) {
            (asset.rows, asset.bytes) = (told.rows, told.bytes);
        }
        let Work { statement, worlds, others, incremental } = work;
        if let Some(bit) = incremental {
            spent.extend(bit.statement.clone());
            let schema = names.schemas.get(&asset.key);
            let resolved = bound.added.remove(&at).map(|(resolved, _)| resolved);
            asset.incremental = Some(incremental::bound(bit, resolved, schema));
        }
        spent.extend(others.into_iter().chain(statement.clone()));
        let (Some((resolved, _)), Some(statement)) = (bound.whole.remove(&at), &statement) else {
            declared_columns(arena, asset, names);
            continue;
        };
        describe(asset, statement, &resolved, names);
        asset.open |= !worlds.is_empty() && !bound.settled.contains(&at);
        asset.rel = Some(resolved.rel);
        unknown.insert(at, worlds);
    }
    // Trees are millions of small pieces: all threads take them apart, before more is made.
    spent.into_par_iter().for_each(drop);
    unknown
}
