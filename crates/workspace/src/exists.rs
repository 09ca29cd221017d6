//! `exists`: what holds the rows of a query already, what holds a part of it, and what is made of the same tables.

mod derive;
mod near;
mod part;
mod sql;

use std::collections::BTreeSet;

use plumb_base::{
    Coverage, Evidence, Message, Name, Place, Severity, Source,
    answer::{Draft, Exists, Match},
};
use plumb_canon::{Obstacle, atoms};
use plumb_estate::{Asked, Asset, Estate, Plan, Written};

use crate::Workspace;

/// A query that is compared with everything here.
pub(crate) struct Query {
    pub(crate) place: Option<Place>,
    pub(crate) columns: Vec<Option<Name>>,
    open: bool,
    /// As it is written, where that is known.
    pub(crate) written: Option<Written>,
    pub(crate) plan: Plan,
    unknown: Vec<String>,
    coverage: Coverage,
    /// Assets it is not compared with: itself, and what reads it.
    own: BTreeSet<usize>,
    /// Assets it is made of: what they hold it uses, and does not repeat.
    reads: BTreeSet<usize>,
}

pub(crate) fn exists(workspace: &mut Workspace, sql: &Source, dialect: Option<&str>) -> Exists {
    let estate = &mut workspace.estate;
    let (mut queries, mut problems, name) = of_file(estate, sql);
    let mut name = name;
    if queries.is_empty() {
        let question = estate.ask(sql, dialect);
        problems = question.problems;
        name = Some(question.dialect.to_owned());
        queries = question.queries.into_iter().map(|asked| of_asked(estate, asked)).collect();
    }
    problems.retain(|problem| problem.severity != Severity::Note);
    let queries = queries.iter().map(|query| draft(estate, query)).collect();
    let coverage = estate.coverage;
    Exists {
        asked: sql.path.clone(),
        dialect: name,
        queries,
        named: Vec::new(),
        problems,
        coverage,
    }
}

/// The queries of a file of the platform, as they were read with everything around them.
///
/// It is known by its name and its text: how people write its path depends on where they stand.
pub(crate) fn of_file(
    estate: &Estate,
    sql: &Source,
) -> (Vec<Query>, Vec<plumb_base::Problem>, Option<String>) {
    let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let name = last(&sql.path);
    let stands = |asset: &&Asset| {
        let place = asset.place.as_ref().is_some_and(|place| last(&place.path) == name);
        place && asset.code.as_ref().is_some_and(|code| *code.text == *sql.text)
    };
    let (mut queries, mut problems, mut dialect) = (Vec::new(), Vec::new(), None);
    for asset in estate.assets.iter().filter(stands) {
        let (Some(plan), Some(at)) = (&asset.plan, estate.index.get(&asset.key)) else { continue };
        let later =
            (0..estate.assets.len()).filter(|other| estate.depends(*other, &BTreeSet::from([*at])));
        queries.push(Query {
            place: asset.place.clone(),
            columns: asset.columns.iter().map(|column| column.name.clone()).collect(),
            open: asset.open,
            written: estate.written(*at),
            plan: plan.clone(),
            unknown: Vec::new(),
            coverage: asset.coverage.unwrap_or(Coverage::Read),
            own: later.chain([*at]).collect(),
            reads: above(estate, &asset.reads),
        });
        problems.extend(asset.problems.iter().cloned());
        dialect = asset.dialect.map(str::to_owned);
    }
    (queries, problems, dialect)
}

pub(crate) fn of_asked(estate: &Estate, asked: Asked) -> Query {
    let reads: Vec<usize> =
        asked.reads.iter().filter_map(|key| estate.index.get(key).copied()).collect();
    Query {
        place: Some(asked.place),
        columns: asked.columns,
        open: asked.open,
        written: Some(asked.written),
        plan: asked.plan,
        unknown: asked.unknown,
        coverage: asked.coverage,
        own: BTreeSet::new(),
        reads: above(estate, &reads),
    }
}

/// Assets and everything they read.
fn above(estate: &Estate, reads: &[usize]) -> BTreeSet<usize> {
    let (mut seen, mut work) = (BTreeSet::new(), reads.to_vec());
    while let Some(at) = work.pop() {
        if seen.insert(at) {
            work.extend(&estate.assets[at].reads);
        }
    }
    seen
}

fn draft(estate: &mut Estate, query: &Query) -> Draft {
    let undecided = undecided(query);
    let fits = if undecided.is_some() { Vec::new() } else { fits(estate, query) };
    let held: BTreeSet<usize> = fits.iter().map(|(at, _)| *at).collect();
    let parts = if fits.is_empty() { part::shared(estate, query) } else { Vec::new() };
    let asked = undecided.is_none() && fits.is_empty() && query.coverage == Coverage::Read;
    let derived = if asked { derive::derived(estate, query) } else { None };
    let held = held.into_iter().chain(derived.as_ref().map(|(at, ..)| *at)).collect();
    let mut near = near::near(estate, query, &held);
    let undecided = undecided.or_else(|| not_understood(query).filter(|_| fits.is_empty()));
    let mut instead = fits.first().and_then(|(at, _)| instead(&estate.assets[*at], query));
    if let Some((_, one, sql)) = derived {
        near.insert(0, one);
        instead = sql;
    }
    Draft {
        place: query.place.clone(),
        columns: query.columns.iter().flatten().map(|name| name.as_str().to_owned()).collect(),
        tables: estate.tables(query.plan.expanded.rel).into_iter().collect(),
        unknown: query.unknown.clone(),
        fingerprint: Some(query.plan.expanded.fingerprint.to_string()),
        undecided,
        fits: fits.into_iter().map(|(_, fit)| fit).collect(),
        parts,
        near,
        instead,
    }
}

/// Why it cannot be told what holds the same rows.
fn undecided(query: &Query) -> Option<String> {
    let plan = &query.plan;
    if let Some(world) = plan.worlds.first() {
        return Some(format!("`{world}`, which is not known, decides what its template gives"));
    }
    let last = plan.obstacles.iter().find(|obstacle| obstacle.is_final())?;
    Some(assumption(last).plain("`"))
}

/// What is not understood never equals anything.
fn not_understood(query: &Query) -> Option<String> {
    let said = "a part of it was not understood, and nothing equals that";
    (query.coverage != Coverage::Read).then(|| said.to_owned())
}

/// Assets that hold the same rows with every column of the query, those with just these columns first.
fn fits(estate: &mut Estate, query: &Query) -> Vec<(usize, Match)> {
    let wanted = query.plan.expanded.rel;
    if atoms(&estate.arena, wanted) == 0 {
        return Vec::new();
    }
    let names: Option<Vec<Name>> = query.columns.iter().cloned().collect();
    let names = names.filter(|names| !names.is_empty() && !query.open);
    let tables = estate.tables(wanted);
    let mut found = Vec::new();
    for at in 0..estate.assets.len() {
        let asset = &estate.assets[at];
        let Some(plan) = asset.plan.as_ref().filter(|plan| plan.worlds.is_empty()) else {
            continue;
        };
        if !asset.computes_rows() || query.own.contains(&at) {
            continue;
        }
        let (rel, columns) = (plan.expanded.rel, plan.expanded.columns.len());
        if rel == wanted {
            found.push((at, matched(estate, query, at, 0)));
        } else if let Some(names) = &names
            && columns > names.len()
            && estate.tables(rel).is_superset(&tables)
            && estate.narrowed(at, names) == Some(wanted)
        {
            found.push((at, matched(estate, query, at, columns - names.len())));
        }
    }
    let rank = |(at, one): &(usize, Match)| {
        let asset = &estate.assets[*at];
        (
            one.more_columns > 0,
            !asset.kind.is_relation(),
            !asset.public,
            usize::MAX - one.readers,
            asset.key.clone(),
        )
    };
    found.sort_by_key(rank);
    found
}

fn matched(estate: &Estate, query: &Query, at: usize, more: usize) -> Match {
    let count = query.columns.len();
    let same = match (more, count) {
        (0, _) if query.open => Message::text("the same rows and columns, whichever they are"),
        (0, _) => Message::text("the same rows and columns: all ").then_count(count),
        (_, 1) => Message::text("the same rows, that column and ").then_count(more).then(" more"),
        _ => Message::text("the same rows, those ")
            .then_count(count)
            .then(" columns and ")
            .then_count(more)
            .then(" more"),
    };
    let rests_on = query.plan.obstacles.iter().map(assumption);
    let evidence =
        if query.plan.obstacles.is_empty() { Evidence::Proved } else { Evidence::Observed };
    Match {
        why: std::iter::once(same).chain(rests_on).collect(),
        evidence,
        more_columns: more,
        ..of_asset(estate, at)
    }
}

/// An asset with what is known of it, and nothing said of how it fits.
pub(crate) fn of_asset(estate: &Estate, at: usize) -> Match {
    let asset = &estate.assets[at];
    Match {
        asset: asset.key.clone(),
        kind: asset.kind.word().to_owned(),
        place: asset.place.clone(),
        evidence: Evidence::Observed,
        why: Vec::new(),
        more_columns: 0,
        readers: asset.read_by.len(),
        owners: asset.owners.clone(),
    }
}

/// The query to write in place of the one that was asked about, with the names it gave to its columns.
fn instead(asset: &Asset, query: &Query) -> Option<String> {
    let plan = asset.plan.as_ref().filter(|_| asset.kind.is_relation())?;
    if query.open || query.columns.is_empty() {
        return None;
    }
    let whole = plan.expanded.rel == query.plan.expanded.rel;
    let mut columns = Vec::new();
    for (at, wanted) in query.columns.iter().enumerate() {
        let there = if whole {
            let place = query.plan.expanded.columns.get(at)?;
            let twin = plan.expanded.columns.iter().position(|other| other == place)?;
            asset.columns.get(twin)?.name.as_ref()?
        } else {
            wanted.as_ref()?
        };
        columns.push((there, wanted.clone()));
    }
    sql::columns_of(&asset.key, &columns, asset.dialect)
}

/// What equality rests on, in words.
fn assumption(obstacle: &Obstacle) -> Message {
    let text = Message::text;
    match obstacle {
        Obstacle::UnknownFunction(name) => {
            text("assumes that ").then_name(name).then(" depends on nothing but its arguments")
        }
        Obstacle::TemplateValue(key) => text("assumes that ").then_name(key).then(" has one value"),
        Obstacle::Ties(name) => text("assumes that no rows tie in ").then_name(name),
        Obstacle::Moment(name) => {
            text("assumes that both run when ").then_name(name).then(" is the same")
        }
        Obstacle::Volatile(name) => Message::name(name).then(" differs at each call"),
        Obstacle::Limit => text("a limit picks rows that no order determines"),
    }
}
