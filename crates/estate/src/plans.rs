//! Binding: every statement becomes a plan, in an order in which what it reads is known.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use plumb_base::{Coverage, Name, Problem, TableName, Tally};
use plumb_ir::{Arena, Catalog, Field, KnownColumn, Rel, RelId, Scalar, ScalarId, Schema, Type};
use plumb_resolve::{Around, OutputColumn, Resolved, resolve, tables};
use plumb_syntax::sql::tree::WriteMode;

use crate::{
    Asset, Estate,
    asset::AssetKind,
    describe::{declared_columns, describe},
    export::{self, Told},
    forms, incremental, measure,
    metric::Metric,
    names::{Names, View, spelled},
    order::topological,
    question::Memory,
    read::{Bit, Depth, Draft, Gathered, Statement, blank},
    script::LOOSE,
    types::Types,
    worlds,
};

/// A statement to be bound, beside its asset.
struct Work {
    statement: Option<Statement>,
    worlds: Vec<String>,
    others: Vec<Statement>,
    incremental: Option<Bit>,
}

/// Tables that a statement asked for, each with what was known of it.
type Asked = BTreeMap<String, usize>;

/// What was bound, by position of the asset.
#[derive(Default)]
struct Bound {
    whole: BTreeMap<usize, (Resolved, Asked)>,
    /// What runs add.
    added: BTreeMap<usize, (Resolved, Asked)>,
    /// Those whose columns are the same whatever decides which text their template gives.
    settled: BTreeSet<usize>,
}

/// Binds every statement and puts the estate together.
pub(crate) fn bind(
    mut gathered: Gathered,
    told: Vec<Told>,
    depth: Depth,
    arena: &mut Arena,
) -> Estate {
    add_unknown_tables(&mut gathered);
    export::close(told, &mut gathered);
    settle_writes(&mut gathered);
    let keys: Vec<String> = gathered.drafts.keys().cloned().collect();
    let index: BTreeMap<String, usize> = keys.iter().cloned().zip(0..).collect();
    let drafts: Vec<Draft> = std::mem::take(&mut gathered.drafts).into_values().collect();
    let mut added = reads(&drafts, &gathered.names, &index, Draft::added);
    let mut reads = reads(&drafts, &gathered.names, &index, Draft::whole);
    for (reader, source) in used(&gathered) {
        if let (Some(reader), Some(source)) = (index.get(reader), index.get(source)) {
            reads[*reader].push(*source);
        }
    }
    let writers = writers(&gathered.changed, &index);
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
    let (mut assets, work): (Vec<Asset>, Vec<Work>) = drafts
        .into_iter()
        .zip(writers)
        .map(|(Draft { asset, statement, worlds, others, incremental }, writers)| {
            (Asset { writers, ..asset }, Work { statement, worlds, others, incremental })
        })
        .unzip();
    for at in circles {
        in_a_circle(&mut assets[at]);
    }
    let bound = resolve_all(arena, &mut gathered.names, &work, &assets, &order);
    gathered.metrics.sort_by(Metric::before);
    let worlds = finish(arena, &mut assets, work, &gathered.names, bound);
    let (models, measures) = if depth == Depth::Normal {
        let contested = &gathered.contested;
        let bound = forms::Bound { worlds, contested, index: &index, order: &order };
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
    let mut unknown = BTreeSet::new();
    for draft in gathered.drafts.values() {
        for statement in draft.statements() {
            let Some(query) = statement.query() else { continue };
            let view = statement.view(&gathered.names, &draft.asset.project);
            for name in tables(query) {
                // A template gives a table; a program of its own may write any.
                let hole =
                    draft.asset.project != LOOSE && name.to_string().contains("__plumb_hole_");
                if !hole && view.find(&name).is_none() {
                    let full = view.session.qualified(&spelled(&name, view.holes));
                    unknown.insert((draft.asset.project.clone(), full));
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
    let mut bound = pass(arena, names, work, assets, order, Bound::default());
    let mut learned: BTreeMap<String, BTreeSet<Name>> = BTreeMap::new();
    let mut ambiguous = false;
    for (resolved, _) in bound.whole.values().chain(bound.added.values()) {
        ambiguous |= learn(arena, resolved.rel, &mut learned, &mut BTreeSet::new());
    }
    if ambiguous && !learned.is_empty() {
        names.learned = learned;
        bound = pass(arena, names, work, assets, order, bound);
    }
    bound
}

/// Binds every statement; what was bound before stays where all that it asked for is as it was.
fn pass(
    arena: &mut Arena,
    names: &mut Names,
    work: &[Work],
    assets: &[Asset],
    order: &[usize],
    mut before: Bound,
) -> Bound {
    let mut bound = Bound::default();
    for at in order {
        let (work, asset) = (&work[*at], &assets[*at]);
        let Some(statement) = &work.statement else { continue };
        let same = before.whole.remove(at).filter(|(_, asked)| stays(names, asked));
        let bound_now = || bind_one(arena, names, statement, asset, &asset.key);
        let Some((resolved, asked)) = same.or_else(bound_now) else { continue };
        let owner = format!("{} (another world)", asset.key);
        let bind = |other: &Statement| Some(bind_one(arena, names, other, asset, &owner)?.0);
        if worlds::settled(&resolved, &work.others, bind) {
            bound.settled.insert(*at);
        }
        // A snapshot adds columns of its own; a template that was not known wholly may give others.
        let unsettled = !work.worlds.is_empty() && !bound.settled.contains(at);
        let open = resolved.open || asset.kind == AssetKind::Snapshot || unsettled;
        let columns = known_columns(arena, &resolved, names);
        let mut schema = names.schema_of(&asset.key, columns, open);
        if let Some(told) = names.told.get(&asset.key) {
            export::typed(&mut schema, told);
        }
        names.bound(&asset.key, schema);
        bound.whole.insert(*at, (resolved, asked));
    }
    // What runs add may look at any table, so it comes when all of them are known.
    for at in order {
        let (work, asset) = (&work[*at], &assets[*at]);
        let added = work.incremental.as_ref().and_then(|added| added.statement.as_ref());
        let owner = format!("{} (incremental)", asset.key);
        let same = before.added.remove(at).filter(|(_, asked)| stays(names, asked));
        let resolved =
            same.or_else(|| added.and_then(|it| bind_one(arena, names, it, asset, &owner)));
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
) -> Option<(Resolved, Asked)> {
    let view = statement.view(names, &asset.project);
    let asking = Asking { view: &view, asked: RefCell::default() };
    let around = Around {
        catalog: &asking,
        dialect: statement.text.dialect,
        holes: &statement.text.holes,
        owner,
    };
    let mut resolved = resolve(statement.query()?, arena, &around);
    named_by_target(&mut resolved, statement, &asking);
    Some((resolved, asking.asked.into_inner()))
}

/// Whether all that a statement asked for is as it was.
fn stays(names: &Names, asked: &Asked) -> bool {
    asked.iter().all(|(key, state)| names.state(key) == *state && !names.has_learned(key))
}

/// The tables that a statement sees, and which of them it asked for.
struct Asking<'a> {
    view: &'a View<'a>,
    asked: RefCell<Asked>,
}

impl Catalog for Asking<'_> {
    fn table(&self, name: &TableName) -> Option<Schema> {
        let key = self.view.find(name)?;
        self.asked.borrow_mut().insert(key.to_owned(), self.view.names.state(key));
        Some(self.view.names.schema(key))
    }

    fn is_variable(&self, name: &Name) -> bool {
        self.view.is_variable(name)
    }
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
fn named_by_target(resolved: &mut Resolved, statement: &Statement, catalog: &dyn Catalog) {
    let Some((target, mode, listed)) = statement.target() else { return };
    let listed: Vec<Name> = listed.iter().map(|column| column.name.clone()).collect();
    let names = match mode {
        _ if !listed.is_empty() => listed,
        WriteMode::Append | WriteMode::Replace => {
            let schema = catalog.table(target).filter(|schema| !schema.open).unwrap_or_default();
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

/// Says of every asset what its statement says: columns, coverage, problems, places. What decided which texts
/// templates give is returned, by position.
fn finish(
    arena: &mut Arena,
    assets: &mut [Asset],
    work: Vec<Work>,
    names: &Names,
    mut bound: Bound,
) -> BTreeMap<usize, Vec<String>> {
    let mut unknown = BTreeMap::new();
    for (at, (asset, work)) in assets.iter_mut().zip(work).enumerate() {
        if let Some(told) = names.told.get(&asset.key) {
            (asset.rows, asset.bytes) = (told.rows, told.bytes);
        }
        let Work { statement, worlds, incremental, .. } = work;
        if let Some(bit) = incremental {
            let schema = names.schemas.get(&asset.key);
            let resolved = bound.added.remove(&at).map(|(resolved, _)| resolved);
            asset.incremental = Some(incremental::bound(bit, resolved, schema));
        }
        let (Some((resolved, _)), Some(statement)) = (bound.whole.remove(&at), &statement) else {
            declared_columns(arena, asset, names);
            continue;
        };
        describe(asset, statement, &resolved, names);
        asset.open |= !worlds.is_empty() && !bound.settled.contains(&at);
        asset.rel = Some(resolved.rel);
        unknown.insert(at, worlds);
    }
    unknown
}
