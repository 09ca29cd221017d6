//! Binding: every statement becomes a plan, in an order in which what it reads is known.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Coverage, Name, Problem, TableName, Tally};
use plumb_canon::{Canonicalizer, Model, Obstacle, atoms, expand, obstacles, subplans};
use plumb_ir::{
    Arena, Catalog as _, Field, KnownColumn, Rel, RelId, Scalar, ScalarId, Symbol, Type,
};
use plumb_resolve::{Around, OutputColumn, Resolved, resolve, tables};
use plumb_syntax::sql::tree::WriteMode;

use crate::{
    Asset, Estate,
    asset::{AssetKind, Plan},
    describe::{declared_columns, describe},
    export::{self, Told},
    incremental,
    names::{Names, View},
    order::topological,
    question::Memory,
    read::{Bit, Draft, Gathered, Statement, blank},
    script::LOOSE,
    types::Types,
};

/// Most tables a model may read, through others, and still be put in place of its name.
const BOUNDARY: usize = 48;

/// A statement to be bound, beside its asset.
struct Work {
    statement: Option<Statement>,
    worlds: Vec<String>,
    incremental: Option<Bit>,
}

/// What was bound, by position of the asset.
#[derive(Default)]
struct Bound {
    whole: BTreeMap<usize, Resolved>,
    /// What runs add.
    added: BTreeMap<usize, Resolved>,
}

/// Binds every statement and puts the estate together.
pub(crate) fn bind(mut gathered: Gathered, told: Vec<Told>, arena: &mut Arena) -> Estate {
    add_unknown_tables(&mut gathered);
    export::close(told, &mut gathered);
    settle_writes(&mut gathered);
    let keys: Vec<String> = gathered.drafts.keys().cloned().collect();
    let index: BTreeMap<String, usize> = keys.iter().cloned().zip(0..).collect();
    let drafts: Vec<Draft> = std::mem::take(&mut gathered.drafts).into_values().collect();
    let mut added = reads(&drafts, &gathered.names, &index, Draft::added);
    let mut reads = reads(&drafts, &gathered.names, &index, Draft::whole);
    let exposed = gathered.exposed.iter().map(|(reader, source)| (&**reader, &**source));
    for (reader, source) in exposed.chain(used(&gathered)) {
        if let (Some(reader), Some(source)) = (index.get(reader), index.get(source)) {
            reads[*reader].push(*source);
        }
    }
    let mut writers: Vec<Vec<usize>> = vec![Vec::new(); keys.len()];
    for (table, changes) in &gathered.changed {
        let Some(table) = index.get(table) else { continue };
        writers[*table].extend(changes.iter().filter_map(|key| index.get(key)));
        writers[*table].sort_unstable();
    }
    for list in &mut reads {
        list.sort_unstable();
        list.dedup();
    }
    let (mut order, circles) = topological(&reads);
    order.extend(&circles);
    // What a run adds may look at what reads the table, or at the table itself: that is no circle.
    for (at, (whole, added)) in reads.iter_mut().zip(&mut added).enumerate() {
        added.sort_unstable();
        added.dedup();
        whole.extend(added.iter().filter(|source| **source != at));
    }
    // What a table holds came through those who write to it; they may read what was there before.
    for (list, writers) in reads.iter_mut().zip(&writers) {
        list.extend(writers);
        list.sort_unstable();
        list.dedup();
    }
    let mut assets: Vec<Asset> = Vec::with_capacity(drafts.len());
    let mut work: Vec<Work> = Vec::with_capacity(drafts.len());
    for (Draft { asset, statement, worlds, incremental }, writers) in
        drafts.into_iter().zip(writers)
    {
        assets.push(Asset { writers, ..asset });
        work.push(Work { statement, worlds, incremental });
    }
    for at in circles {
        in_a_circle(&mut assets[at]);
    }
    let bound = resolve_all(arena, &mut gathered.names, &work, &assets, &order);
    let around = Finishing { names: &gathered.names, contested: &gathered.contested };
    let models = finish(arena, &mut assets, work, &around, bound, &order);
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
    gathered.metrics.sort_by(|one, two| {
        (&one.project, &one.name, &one.place).cmp(&(&two.project, &two.name, &two.place))
    });
    Estate {
        arena: Arena::new(),
        assets,
        index,
        metrics: gathered.metrics,
        problems,
        coverage,
        not_covered: gathered.not_covered,
        using: gathered.using,
        drift_watcher: None,
        memory: Memory { names: gathered.names, models },
    }
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
    let mut unknown = BTreeSet::new();
    for draft in gathered.drafts.values() {
        for statement in draft.statements() {
            let Some(query) = statement.query() else { continue };
            let view = statement.view(&gathered.names, &draft.asset.project);
            for name in tables(query) {
                let hole = name.to_string().contains("__plumb_hole_");
                if !hole && view.find(&name).is_none() {
                    unknown.insert((draft.asset.project.clone(), view.session.qualified(&name)));
                }
            }
        }
    }
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
    gathered.uses.iter().map(|(reader, source)| (reader.as_str(), source.as_str())).chain(tables)
}

fn unknown_table(project: &str, name: TableName, kind: AssetKind, gathered: &mut Gathered) {
    let key = name.to_string();
    if !gathered.drafts.contains_key(&key) {
        let asset = blank(&key, name.table(), kind, project);
        gathered.drafts.insert(key.clone(), Draft::new(asset, None));
    }
    gathered.names.add(project, name, &key);
}

/// Finds the tables that statements write to beside those that define them.
fn settle_writes(gathered: &mut Gathered) {
    for (name, key) in std::mem::take(&mut gathered.written) {
        if gathered.names.find(LOOSE, &name).is_none() {
            unknown_table(LOOSE, name.clone(), AssetKind::Table, gathered);
        }
        if let Some(table) = gathered.names.find(LOOSE, &name).map(str::to_owned) {
            gathered.changed.entry(table).or_default().push(key);
        }
    }
}

fn reads<'d>(
    drafts: &'d [Draft],
    names: &Names,
    index: &BTreeMap<String, usize>,
    statement: impl Fn(&'d Draft) -> Option<&'d Statement>,
) -> Vec<Vec<usize>> {
    let of = |draft: &'d Draft| {
        let Some(statement) = statement(draft) else { return Vec::new() };
        let found = statement.query().map(tables).unwrap_or_default();
        let view = statement.view(names, &draft.asset.project);
        let keys = found.iter().filter_map(|name| view.find(name));
        keys.filter_map(|key| index.get(key).copied()).collect()
    };
    drafts.iter().map(of).collect()
}

/// Resolves every statement; a second time where columns of unknown tables were ambiguous, and uses elsewhere
/// have told which table has them.
fn resolve_all(
    arena: &mut Arena,
    names: &mut Names,
    work: &[Work],
    assets: &[Asset],
    order: &[usize],
) -> Bound {
    let mut bound = pass(arena, names, work, assets, order);
    let mut learned: BTreeMap<String, BTreeSet<Name>> = BTreeMap::new();
    let mut ambiguous = false;
    for resolved in bound.whole.values().chain(bound.added.values()) {
        ambiguous |= learn(arena, resolved.rel, &mut learned, &mut BTreeSet::new());
    }
    if ambiguous && !learned.is_empty() {
        names.learned = learned;
        bound = pass(arena, names, work, assets, order);
    }
    bound
}

fn pass(
    arena: &mut Arena,
    names: &mut Names,
    work: &[Work],
    assets: &[Asset],
    order: &[usize],
) -> Bound {
    let mut bound = Bound::default();
    for at in order {
        let (work, asset) = (&work[*at], &assets[*at]);
        let Some(statement) = &work.statement else { continue };
        let Some(resolved) = bind_one(arena, names, statement, asset, &asset.key) else { continue };
        // A snapshot adds columns of its own; a template that was not known wholly may give others.
        let open = resolved.open || asset.kind == AssetKind::Snapshot || !work.worlds.is_empty();
        let columns = known_columns(arena, &resolved, names);
        let mut schema = names.schema_of(&asset.key, columns, open);
        if let Some(told) = names.told.get(&asset.key) {
            export::typed(&mut schema, told);
        }
        names.schemas.insert(asset.key.clone(), schema);
        bound.whole.insert(*at, resolved);
    }
    // What runs add may look at any table, so it comes when all of them are known.
    for at in order {
        let (work, asset) = (&work[*at], &assets[*at]);
        let added = work.incremental.as_ref().and_then(|added| added.statement.as_ref());
        let owner = format!("{} (incremental)", asset.key);
        let resolved = added.and_then(|it| bind_one(arena, names, it, asset, &owner));
        bound.added.extend(resolved.map(|resolved| (*at, resolved)));
    }
    bound
}

fn bind_one(
    arena: &mut Arena,
    names: &Names,
    statement: &Statement,
    asset: &Asset,
    owner: &str,
) -> Option<Resolved> {
    let view = statement.view(names, &asset.project);
    let around = Around {
        catalog: &view,
        dialect: statement.text.dialect,
        holes: &statement.text.holes,
        owner,
    };
    let mut resolved = resolve(statement.query()?, arena, &around);
    named_by_target(&mut resolved, statement, &view);
    Some(resolved)
}

/// Named columns of a plan, with their types as far as they are known.
fn known_columns(arena: &Arena, resolved: &Resolved, names: &Names) -> Vec<KnownColumn> {
    let table = |table: &str, column: &Name| {
        let known = names.schemas.get(table);
        let known = known.and_then(|schema| schema.columns.iter().find(|it| it.name == *column));
        known.map_or(Type::Unknown, |column| column.data_type.clone())
    };
    let mut types = Types::new(arena, &table);
    let column = |column: &OutputColumn| {
        let data_type = types.of_column(resolved.rel, column.field);
        Some(KnownColumn { name: column.name.clone()?, data_type })
    };
    resolved.columns.iter().filter_map(column).collect()
}

/// Columns that are written have the names of the table: those that are listed, else those it is known to have.
fn named_by_target(resolved: &mut Resolved, statement: &Statement, view: &View<'_>) {
    let Some((target, mode, listed)) = statement.target() else { return };
    let listed: Vec<Name> = listed.iter().map(|column| column.name.clone()).collect();
    let names = match mode {
        _ if !listed.is_empty() => listed,
        WriteMode::Append | WriteMode::Replace => {
            let schema = view.table(target).filter(|schema| !schema.open).unwrap_or_default();
            schema.columns.into_iter().map(|column| column.name).collect()
        }
        WriteMode::View | WriteMode::Merge | WriteMode::Update | WriteMode::Delete => return,
    };
    if names.len() == resolved.columns.len() && !resolved.open {
        for (column, name) in resolved.columns.iter_mut().zip(names) {
            column.name = Some(name);
        }
    }
}

/// Notes columns of scans that are named beyond doubt; says whether some column is ambiguous.
fn learn(
    arena: &Arena,
    rel: RelId,
    learned: &mut BTreeMap<String, BTreeSet<Name>>,
    seen: &mut BTreeSet<RelId>,
) -> bool {
    if !seen.insert(rel) {
        return false;
    }
    let node = arena.get_rel(rel);
    let mut ambiguous = false;
    let inputs = node.from().map(|from| arena.get_from(from).inputs.clone()).unwrap_or_default();
    let mut scalars = node.scalars();
    scalars.extend(node.from().map(|from| arena.get_from(from).conditions()).unwrap_or_default());
    for scalar in scalars {
        ambiguous |= learn_scalar(arena, scalar, &inputs, learned, seen);
    }
    for below in inputs.into_iter().chain(node.inputs()) {
        ambiguous |= learn(arena, below, learned, seen);
    }
    ambiguous
}

fn learn_scalar(
    arena: &Arena,
    id: ScalarId,
    inputs: &[RelId],
    learned: &mut BTreeMap<String, BTreeSet<Name>>,
    seen: &mut BTreeSet<RelId>,
) -> bool {
    let scalar = arena.get_scalar(id);
    let mut ambiguous = matches!(scalar, Scalar::Either { .. });
    if let Scalar::Column { depth: 0, input, field: Field::Named(name) } = scalar
        && let Some(Rel::Scan { table }) =
            inputs.get(*input as usize).map(|input| arena.get_rel(*input))
    {
        let name = Name::new(arena.name(*name));
        learned.entry(arena.name(*table).to_owned()).or_default().insert(name);
    }
    for child in scalar.children() {
        ambiguous |= learn_scalar(arena, child, inputs, learned, seen);
    }
    if let Some(rel) = scalar.subquery() {
        ambiguous |= learn(arena, rel, learned, seen);
    }
    ambiguous
}

/// What is known while plans are finished.
struct Finishing<'a> {
    names: &'a Names,
    /// Keys of assets that are never put in place of their names.
    contested: &'a BTreeSet<String>,
}

/// Normal forms, columns, coverage and places of everything that was bound; gives what may be put in place of
/// names.
fn finish(
    arena: &mut Arena,
    assets: &mut [Asset],
    work: Vec<Work>,
    around: &Finishing<'_>,
    mut bound: Bound,
    order: &[usize],
) -> BTreeMap<Symbol, Model> {
    let mut canonicalizer = Canonicalizer::new();
    let mut models: BTreeMap<Symbol, Model> = BTreeMap::new();
    let mut work: Vec<Option<Work>> = work.into_iter().map(Some).collect();
    for at in order {
        let asset = &mut assets[*at];
        if let Some(told) = around.names.told.get(&asset.key) {
            (asset.rows, asset.bytes) = (told.rows, told.bytes);
        }
        let Some(Work { statement, worlds, incremental }) = work[*at].take() else { continue };
        if let Some(bit) = incremental {
            let schema = around.names.schemas.get(&asset.key);
            let resolved = bound.added.remove(at);
            let added = incremental::bound(arena, &mut canonicalizer, bit, resolved, schema);
            asset.incremental = Some(added);
        }
        let (Some(resolved), Some(statement)) = (bound.whole.remove(at), &statement) else {
            declared_columns(arena, asset, around.names);
            continue;
        };
        let local = canonicalizer.canonical(arena, resolved.rel);
        let whole = expand(arena, resolved.rel, &models);
        let expanded = canonicalizer.canonical(arena, whole);
        // For those who read it: the same, with its outputs where they were.
        let whole = canonicalizer.rewritten(arena, whole);
        let columns: BTreeMap<Symbol, Field> = resolved
            .columns
            .iter()
            .filter_map(|column| Some((arena.symbol(column.name.as_ref()?.as_str()), column.field)))
            .collect();
        let boundary = matches!(asset.kind, AssetKind::Snapshot | AssetKind::Write)
            || !asset.writers.is_empty()
            || !worlds.is_empty()
            || around.contested.contains(&asset.key)
            || atoms(arena, whole) > BOUNDARY;
        if !boundary {
            let key = arena.symbol(&asset.key);
            models.insert(key, Model { rel: whole, columns, open: resolved.open });
        }
        let mut obstacles = obstacles(arena, expanded.rel);
        obstacles.extend(worlds.iter().cloned().map(Obstacle::TemplateValue));
        describe(asset, statement, &resolved, around.names);
        asset.open |= !worlds.is_empty();
        let parts = subplans(arena, local.rel);
        asset.plan = Some(Plan { rel: resolved.rel, local, expanded, obstacles, worlds, parts });
    }
    models
}
