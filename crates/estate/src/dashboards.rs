//! Dashboards and saved queries as assets.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use plumb_base::{
    Coverage, Lines, MappedText, Owner, Problem, Severity, TableName,
    answer::Using,
    record::{
        Found,
        bundle::Board,
        dashboard::{Body, Dashboard, Dataset, Sort, Tool},
    },
};
use plumb_resolve::placeholders::{self, Filled};
use plumb_syntax::sql::{Dialect, parse};
use rayon::prelude::*;

use crate::{
    asset::{Asset, AssetKind, Detail},
    bundles::counted,
    outline::Trees,
    read::{Draft, Gathered, Made, Options, Text, blank, is_json},
    script::{LOOSE, Script},
    session::Session,
    speech::dialect_of,
};

pub(crate) fn dashboards(found: &Found, options: &Options, gathered: &mut Gathered) {
    let own = found.dashboards.iter().flat_map(|board| {
        board.datasets.iter().map(move |dataset| Set { dataset, board: Some(board) })
    });
    let shared = found.datasets.iter().map(|dataset| Set { dataset, board: None });
    let sets: Vec<Set<'_>> = own.chain(shared).collect();
    let dialects = dialects(&sets, found, options, gathered);
    let files = files(&sets);
    let read: Vec<Option<Read>> =
        sets.par_iter().zip(&dialects).map(|(set, dialect)| set.read(dialect, &files)).collect();
    let mut keys: BTreeMap<&str, String> = BTreeMap::new();
    for ((set, read), dialect) in sets.iter().zip(read).zip(dialects) {
        let board = set.board.and_then(|board| deployed(found, &board.key));
        let own = &set.dataset.key;
        let key = set.add(read, board.or_else(|| deployed(found, own)), dialect, gathered);
        keys.insert(own, key);
    }
    for board in &found.dashboards {
        add(board, deployed(found, &board.key), &keys, gathered);
    }
    using(found, gathered);
}

/// A dataset, and the dashboard that it is a part of.
struct Set<'a> {
    dataset: &'a Dataset,
    board: Option<&'a Dashboard>,
}

/// The text of a dataset, read.
struct Read {
    text: Arc<Text>,
    /// Names in it that stand for other datasets, with their keys.
    datasets: Vec<(String, String)>,
    worlds: Vec<String>,
    problems: Vec<Problem>,
}

/// Texts of files, and where their lines begin; one file may hold hundreds of datasets.
type Files<'a> = BTreeMap<&'a str, (Arc<str>, Arc<Lines>)>;

fn files<'a>(sets: &[Set<'a>]) -> Files<'a> {
    let mut files = Files::new();
    for set in sets {
        let source = &set.dataset.source;
        files
            .entry(source.path.as_str())
            .or_insert_with(|| (source.text.as_str().into(), Arc::new(Lines::new(&source.text))));
    }
    files
}

/// The dialect of each dataset: as settings say for its file, else that of its engine.
fn dialects(
    sets: &[Set<'_>],
    found: &Found,
    options: &Options,
    gathered: &mut Gathered,
) -> Vec<&'static Dialect> {
    let set_for = |path: &str| {
        let fits = found.settings.dialects.iter().filter(|(prefix, _)| path.starts_with(prefix));
        fits.max_by_key(|(prefix, _)| prefix.len()).map(|(prefix, _)| prefix.clone())
    };
    let kinds: Vec<_> = sets
        .iter()
        .map(|set| (set.dataset.engine.clone(), set_for(&set.dataset.source.path)))
        .collect();
    let mut known: BTreeMap<_, &'static Dialect> = BTreeMap::new();
    for (set, kind) in sets.iter().zip(&kinds) {
        if known.contains_key(kind) {
            continue;
        }
        let alike = sets.iter().zip(&kinds).filter(|(_, other)| *other == kind);
        let texts = alike.filter_map(|(set, _)| set.sql().map(|sql| sql.text.as_str()));
        let path = &set.dataset.source.path;
        let engine = set.dataset.engine.as_deref().map(|name| (name, "as its tool says"));
        let problems = &mut gathered.problems;
        known.insert(kind, dialect_of(path, found, options, engine, texts, problems).0);
    }
    kinds.iter().map(|kind| known[kind]).collect()
}

/// What a bundle says of a dashboard or a saved query.
fn deployed<'a>(found: &'a Found, key: &str) -> Option<&'a Board> {
    let boards = found.bundles.iter().flat_map(|bundle| &bundle.boards);
    boards.into_iter().find(|board| board.path.as_deref() == Some(key))
}

impl<'a> Set<'a> {
    fn sql(&self) -> Option<&'a MappedText> {
        match &self.dataset.body {
            Body::Sql(text) => Some(text),
            Body::Table(_) | Body::Editor { .. } | Body::Missing => None,
        }
    }

    fn read(&self, dialect: &'static Dialect, files: &Files<'_>) -> Option<Read> {
        let written = self.sql()?;
        let MappedText { text, map } = written;
        let path = &self.dataset.source.path;
        let (file, lines) = files.get(path.as_str())?.clone();
        let quote = if dialect.double_quoted_text { '`' } else { '"' };
        let filled = placeholders::fill(text, self.dataset.tool, &self.dataset.parameters, quote);
        let Filled { sql, holes, datasets, mut worlds, troubles } = filled;
        worlds.sort();
        worlds.dedup();
        let problem = |it: placeholders::Trouble| Problem {
            place: lines.place(path, &file, map.to_file(it.span)),
            severity: it.severity,
            reason: it.reason.to_owned(),
            message: it.message,
        };
        let problems = troubles.into_iter().map(problem).collect();
        let text = Text {
            path: path.clone(),
            file,
            lines: Arc::clone(&lines),
            trees: Trees::of(parse(&sql.text, dialect)),
            outline: None,
            made: Made::Mapped(sql.map.through(map)),
            sql: sql.text.into(),
            dialect,
            holes: holes.into(),
            written: is_json(path).then(|| Arc::new(written.clone())),
        };
        Some(Read { text: Arc::new(text), datasets, worlds, problems })
    }

    /// Adds the asset of the dataset, and those of other statements of its text.
    fn add(
        &self,
        read: Option<Read>,
        deployed: Option<&'a Board>,
        dialect: &'static Dialect,
        gathered: &mut Gathered,
    ) -> String {
        let (dataset, part_of) = (self.dataset, self.board.map(|board| board.key.as_str()));
        let or = |own: &'a Option<String>, given: Option<&'a Option<String>>| {
            own.as_deref().or_else(|| given.and_then(|it| it.as_deref()))
        };
        let catalog = or(&dataset.catalog, deployed.map(|it| &it.catalog));
        let schema = or(&dataset.schema, deployed.map(|it| &it.schema));
        let mut session = Session::at(catalog, schema, dialect);
        let key = match &read {
            Some(read) => {
                for (name, key) in &read.datasets {
                    session.remember(TableName::parse(name), key);
                }
                Script::new(&dataset.key, part_of, session).add_dataset(&read.text, gathered)
            }
            None => self.without_text(part_of, dialect, gathered),
        };
        let Some(draft) = gathered.drafts.get_mut(&key) else { return key };
        let asset = &mut draft.asset;
        if !dataset.title.is_empty() {
            asset.name.clone_from(&dataset.title);
        }
        asset.description.clone_from(&dataset.description);
        asset.tags.clone_from(&dataset.tags);
        asset.owners.clone_from(&dataset.owners);
        if self.board.is_none() {
            more(&mut asset.owners, deployed);
        }
        asset.materialized = Some(dataset.sort.to_owned());
        asset.detail = Detail::Dataset {
            measures: dataset.measures.clone(),
            parameters: dataset.parameters.clone(),
        };
        if let Some(read) = read {
            let partly = read.problems.iter().any(|it| it.severity == Severity::Partly);
            if partly && asset.coverage == Some(Coverage::Read) {
                asset.coverage = Some(Coverage::Partly);
            }
            asset.problems.extend(read.problems);
            draft.worlds = read.worlds;
        }
        key
    }

    /// A dataset that is a table as it is, or was put together with the mouse, or is nothing.
    fn without_text(
        &self,
        part_of: Option<&str>,
        dialect: &'static Dialect,
        gathered: &mut Gathered,
    ) -> String {
        let dataset = self.dataset;
        let mut asset = Asset {
            place: Some(dataset.place.clone()),
            dialect: Some(dialect.name),
            part_of: part_of.map(str::to_owned),
            ..blank(&dataset.key, &dataset.title, AssetKind::Query, LOOSE)
        };
        let mut tables: Vec<&Vec<String>> = Vec::new();
        let mut datasets: &[String] = &[];
        match &dataset.body {
            Body::Sql(_) | Body::Missing => {}
            Body::Table(parts) => tables.push(parts),
            Body::Editor { tables: read, datasets: shown } => {
                tables.extend(read);
                datasets = shown;
                asset.coverage = Some(Coverage::Opaque);
                asset.problems.push(Problem {
                    place: dataset.place.clone(),
                    severity: Severity::Partly,
                    reason: "not-sql".to_owned(),
                    message: format!(
                        "`{}` is put together in the editor: what it reads is known, what it computes is not",
                        dataset.title
                    ),
                });
            }
        }
        let key = gathered.add(Draft::new(asset, None), &dataset.key);
        for parts in tables {
            let name = parts.iter().map(|part| dialect.table_part(part, false)).collect();
            gathered.tables_used.push((key.clone(), TableName(name)));
        }
        let used = datasets.iter().map(|it| (key.clone(), it.clone()));
        gathered.uses.extend(used);
        key
    }
}

/// Adds a dashboard, which reads what its tiles show and what is its own.
fn add(
    board: &Dashboard,
    deployed: Option<&Board>,
    keys: &BTreeMap<&str, String>,
    gathered: &mut Gathered,
) {
    let title = deployed.and_then(|it| it.name.as_deref()).unwrap_or(&board.name);
    let mut asset = Asset {
        place: Some(board.place.clone()),
        materialized: Some(match board.sort {
            Sort::Dashboard => board.tool.word().to_owned(),
            Sort::Chart => format!("{} chart", board.tool.word()),
        }),
        description: board.description.clone(),
        owners: board.owners.clone(),
        tags: board.tags.clone(),
        open: false,
        detail: Detail::Tiles(board.tiles.clone()),
        ..blank(&board.key, title, AssetKind::Dashboard, LOOSE)
    };
    more(&mut asset.owners, deployed);
    let key = gathered.add(Draft::new(asset, None), &format!("{}#{title}", board.key));
    let own = board.datasets.iter().map(|dataset| &dataset.key);
    let shown = board.tiles.iter().filter_map(|tile| tile.dataset.as_ref());
    let shown: BTreeSet<&String> = own.chain(shown).collect();
    let shown = shown.into_iter().filter_map(|shown| keys.get(shown.as_str()));
    gathered.uses.extend(shown.map(|shown| (key.clone(), shown.clone())));
}

/// Adds the owners that a bundle names.
fn more(owners: &mut Vec<Owner>, deployed: Option<&Board>) {
    for owner in deployed.map(|it| it.owners.as_slice()).unwrap_or_default() {
        if !owners.iter().any(|known| known.name == owner.name) {
            owners.push(owner.clone());
        }
    }
}

/// Says how many dashboards and datasets of each tool were found.
fn using(found: &Found, gathered: &mut Gathered) {
    let mut counts: BTreeMap<Tool, (usize, usize)> = BTreeMap::new();
    for board in &found.dashboards {
        let count = counts.entry(board.tool).or_default();
        count.0 += 1;
        count.1 += board.datasets.len();
    }
    for dataset in &found.datasets {
        counts.entry(dataset.tool).or_default().1 += 1;
    }
    gathered.using.extend(counts.into_iter().map(|(tool, (boards, datasets))| Using {
        what: tool.word().to_owned(),
        path: ".".to_owned(),
        detail: format!("{}, {}", counted(boards, "dashboard"), counted(datasets, "dataset")),
    }));
}
