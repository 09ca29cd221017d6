//! Binding: every statement becomes a plan, in an order in which what it reads is known.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Coverage, Name, Problem, TableName};
use plumb_canon::{Canonicalizer, Model, Obstacle, atoms, expand, obstacles, subplans};
use plumb_ir::{
    Arena, Catalog as _, Field, KnownColumn, Rel, RelId, Scalar, ScalarId, Schema, Symbol, Type,
};
use plumb_resolve::{Around, Resolved, resolve, tables};
use plumb_syntax::sql::tree::WriteMode;

use crate::{
    Asset, Estate,
    asset::{AssetColumn, AssetKind, Code, Plan},
    names::{Names, View, spelled},
    order::topological,
    read::{Draft, Gathered, Statement, blank},
    script::LOOSE,
};

/// Most tables a model may read, through others, and still be put in place of its name.
const BOUNDARY: usize = 48;

/// A statement to be bound, beside its asset.
struct Work {
    statement: Option<Statement>,
    worlds: Vec<String>,
}

/// Binds every statement and puts the estate together.
pub(crate) fn bind(mut gathered: Gathered, arena: &mut Arena) -> Estate {
    add_unknown_tables(&mut gathered);
    settle_writes(&mut gathered);
    let keys: Vec<String> = gathered.drafts.keys().cloned().collect();
    let index: BTreeMap<String, usize> = keys.iter().cloned().zip(0..).collect();
    let drafts: Vec<Draft> = std::mem::take(&mut gathered.drafts).into_values().collect();
    let mut reads = reads(&drafts, &gathered.names, &index);
    for (exposure, project, name) in &gathered.exposed {
        let name = TableName::parse(&name.to_lowercase());
        if let (Some(reader), Some(key)) =
            (index.get(exposure), gathered.names.find(project, &name))
            && let Some(source) = index.get(key)
        {
            reads[*reader].push(*source);
        }
    }
    for (reader, source) in &gathered.uses {
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
    // What a table holds came through those who write to it; they may read what was there before.
    for (list, writers) in reads.iter_mut().zip(&writers) {
        list.extend(writers);
        list.sort_unstable();
        list.dedup();
    }
    let mut assets: Vec<Asset> = Vec::with_capacity(drafts.len());
    let mut work: Vec<Work> = Vec::with_capacity(drafts.len());
    for (draft, writers) in drafts.into_iter().zip(writers) {
        assets.push(Asset { writers, ..draft.asset });
        work.push(Work { statement: draft.statement, worlds: draft.worlds });
    }
    for at in circles {
        in_a_circle(&mut assets[at]);
    }
    let bound = resolve_all(arena, &mut gathered.names, &work, &assets, &order);
    finish(arena, &mut assets, &work, &gathered.names, bound, &order);
    for (at, sources) in reads.into_iter().enumerate() {
        for source in &sources {
            assets[*source].read_by.push(at);
        }
        assets[at].reads = sources;
    }
    let mut coverage = gathered.coverage;
    let mut problems = gathered.problems;
    for asset in &assets {
        if let Some(how) = asset.coverage {
            coverage.add(how);
        }
        problems.extend(asset.problems.iter().cloned());
    }
    Estate {
        arena: Arena::new(),
        assets,
        index,
        problems,
        coverage,
        not_covered: gathered.not_covered,
        using: gathered.using,
        drift_watcher: None,
    }
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
        let Some(query) = draft.statement.as_ref().and_then(Statement::query) else { continue };
        let view = draft.view(&gathered.names);
        for name in tables(query) {
            // A template gives a table; a program of its own may write any.
            let hole = draft.asset.project != LOOSE && name.to_string().contains("__plumb_hole_");
            if !hole && view.find(&name).is_none() {
                let full = view.session.qualified(&spelled(&name, view.holes));
                unknown.insert((draft.asset.project.clone(), full));
            }
        }
    }
    for (project, name) in unknown {
        unknown_table(&project, name, AssetKind::Source, gathered);
    }
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

fn reads(drafts: &[Draft], names: &Names, index: &BTreeMap<String, usize>) -> Vec<Vec<usize>> {
    let of = |draft: &Draft| {
        let found =
            draft.statement.as_ref().and_then(Statement::query).map(tables).unwrap_or_default();
        let view = draft.view(names);
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
) -> BTreeMap<usize, Resolved> {
    let mut bound = pass(arena, names, work, assets, order);
    let mut learned: BTreeMap<String, BTreeSet<Name>> = BTreeMap::new();
    let mut ambiguous = false;
    for resolved in bound.values() {
        ambiguous |= learn(arena, resolved.rel, &mut learned, &mut BTreeSet::new());
    }
    if ambiguous && !learned.is_empty() {
        names.learned.replace(learned);
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
) -> BTreeMap<usize, Resolved> {
    let mut bound = BTreeMap::new();
    for at in order {
        let Some(statement) = &work[*at].statement else { continue };
        let Some(query) = statement.query() else { continue };
        let key = &assets[*at].key;
        let (session, holes) = (&*statement.session, &*statement.text.holes);
        let view = View { names, project: &assets[*at].project, session, holes };
        let around = Around {
            catalog: &view,
            dialect: statement.text.dialect,
            holes: &statement.text.holes,
            owner: key,
        };
        let mut resolved = resolve(query, arena, &around);
        named_by_target(&mut resolved, statement, &view);
        // A snapshot adds columns of its own; a template that was not known wholly may give others.
        let open = resolved.open
            || assets[*at].kind == AssetKind::Snapshot
            || !work[*at].worlds.is_empty();
        let columns = resolved.columns.iter().filter_map(|it| it.name.clone());
        let columns = columns.map(|name| KnownColumn { name, data_type: Type::Unknown }).collect();
        names.schemas.insert(key.clone(), Schema { table: key.clone(), columns, open });
        bound.insert(*at, resolved);
    }
    bound
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

/// Normal forms, columns, coverage and places of everything that was bound.
fn finish(
    arena: &mut Arena,
    assets: &mut [Asset],
    work: &[Work],
    names: &Names,
    mut bound: BTreeMap<usize, Resolved>,
    order: &[usize],
) {
    let mut canonicalizer = Canonicalizer::new();
    let mut models: BTreeMap<Symbol, Model> = BTreeMap::new();
    for at in order {
        let asset = &mut assets[*at];
        let Some(resolved) = bound.remove(at) else {
            declared_columns(arena, asset, names);
            continue;
        };
        let Some(statement) = &work[*at].statement else { continue };
        let worlds = &work[*at].worlds;
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
            || atoms(arena, whole) > BOUNDARY;
        if !boundary {
            let key = arena.symbol(&asset.key);
            models.insert(key, Model { rel: whole, columns, open: resolved.open });
        }
        let mut obstacles = obstacles(arena, expanded.rel);
        obstacles.extend(worlds.iter().cloned().map(Obstacle::TemplateValue));
        describe(asset, statement, &resolved);
        asset.open |= !worlds.is_empty();
        let worlds = worlds.clone();
        let parts = subplans(arena, local.rel);
        asset.plan = Some(Plan { rel: resolved.rel, local, expanded, obstacles, worlds, parts });
    }
}

fn describe(asset: &mut Asset, statement: &Statement, resolved: &Resolved) {
    let origin = statement.text.origin();
    let described = descriptions(asset);
    asset.columns = resolved
        .columns
        .iter()
        .map(|column| AssetColumn {
            name: column.name.clone(),
            field: column.field,
            description: described_as(&described, column.name.as_ref()),
        })
        .collect();
    asset.open = resolved.open;
    if resolved.coverage == Coverage::Partly && asset.coverage == Some(Coverage::Read) {
        asset.coverage = Some(Coverage::Partly);
    }
    for trouble in &resolved.problems {
        asset.problems.push(Problem {
            place: origin.place(trouble.span),
            severity: trouble.severity,
            reason: trouble.reason.to_owned(),
            message: trouble.message.clone(),
        });
    }
    asset.problems.sort();
    asset.problems.dedup();
    let file = |span| origin.in_file(span);
    let (text, said) = (statement.text.file.clone(), statement.said());
    asset.code = Some(Code::new(text, &resolved.reads, &resolved.selects, file, said));
}

fn declared_columns(arena: &mut Arena, asset: &mut Asset, names: &Names) {
    let Some(schema) = names.schemas.get(&asset.key) else { return };
    let described = descriptions(asset);
    let column = |name: &Name| AssetColumn {
        name: Some(name.clone()),
        field: Field::Named(arena.symbol(name.as_str())),
        description: described_as(&described, Some(name)),
    };
    asset.columns = schema.columns.iter().map(|it| &it.name).map(column).collect();
    asset.open = schema.open;
}

/// What is said of columns, by name, before their plan is known.
fn descriptions(asset: &Asset) -> BTreeMap<Name, String> {
    let said = asset.columns.iter().filter(|column| !column.description.is_empty());
    said.filter_map(|column| Some((column.name.clone()?, column.description.clone()))).collect()
}

fn described_as(described: &BTreeMap<Name, String>, name: Option<&Name>) -> String {
    name.and_then(|name| described.get(name)).cloned().unwrap_or_default()
}
