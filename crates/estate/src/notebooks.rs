//! Notebooks and programs as assets: their SQL, cell by cell, in the light of what ran before it.

mod order;
mod part;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use plumb_base::{
    Lines, MappedText, Place, Problem, Severity, Source, Span,
    answer::{NotCovered, Using},
    record::{
        Found,
        notebook::{Cell, Language},
    },
};
use plumb_python::{Piece, Program, When};
use plumb_syntax::sql::Dialect;
use rayon::prelude::*;

use crate::{
    asset::{Asset, AssetKind},
    bundles, files,
    given::{Given, given},
    read::{Draft, Gathered, Options, Text, blank},
    script::{LOOSE, Script},
    session::Session,
    speech::dialect_of,
};
use order::{Links, links};
pub(crate) use part::Frame;
use part::{Part, parts};

/// Examples given of each kind of thing that is not read.
const EXAMPLES: usize = 3;

/// A notebook, or a program, which is a notebook of one cell.
pub(crate) struct Unit<'f> {
    pub(crate) source: &'f Source,
    pub(crate) lines: Arc<Lines>,
    kind: AssetKind,
    /// The dialect that the form of the file tells.
    dialect: Option<&'static str>,
    pub(crate) cells: Vec<CellOf<'f>>,
}

/// A cell of a unit.
pub(crate) struct CellOf<'f> {
    pub(crate) language: &'f Language,
    pub(crate) title: Option<String>,
    pub(crate) text: std::borrow::Cow<'f, MappedText>,
}

impl Unit<'_> {
    /// A place of the file.
    pub(crate) fn place(&self, span: Span) -> Place {
        self.lines.place(&self.source.path, &self.source.text, span)
    }
}

pub(crate) fn add(found: &Found, options: &Options, gathered: &mut Gathered) {
    let units = units(found);
    if units.is_empty() {
        return;
    }
    let links = links(&units, &mut gathered.problems);
    let given = given(found);
    let given: Vec<Given> = handed_on(&units, &links, &given);
    let programs = programs(&units, &links, &given);
    let dialects = dialects(&units, &programs, found, options, gathered);
    let parts: Vec<Vec<Part>> = units
        .par_iter()
        .zip(&programs)
        .zip(&dialects)
        .zip(&given)
        .map(|(((unit, program), (dialect, _)), given)| parts(unit, program, dialect, given))
        .collect();
    let texts: Vec<Arc<Text>> = parts.iter().flatten().filter_map(Part::text).cloned().collect();
    let mut begin = bundles::sessions(found, &texts);
    let mut sessions: BTreeMap<usize, Arc<Session>> = BTreeMap::new();
    for at in links.order() {
        let (unit, parts) = (&units[at], &parts[at]);
        let (path, dialect) = (unit.source.path.as_str(), dialects[at].0);
        let session = begin.remove(path).unwrap_or_default();
        let script = Script::new(path, Some(path), files::said(found, path, dialect, session));
        let session = run(unit, (at, parts), &links, &sessions, script, dialect, gathered);
        sessions.insert(at, session);
    }
    link(&units, &programs, &links, gathered);
    report_python(&units, &programs, gathered);
    report_cells(&units, gathered);
    report_use(&units, &parts, &dialects, gathered);
}

fn units(found: &Found) -> Vec<Unit<'_>> {
    let notebooks = found.notebooks.iter().map(|notebook| Unit {
        source: &notebook.source,
        lines: Arc::new(Lines::new(&notebook.source.text)),
        kind: AssetKind::Notebook,
        dialect: notebook.dialect,
        cells: notebook.cells.iter().map(cell).collect(),
    });
    let programs = found.programs.iter().map(|source| Unit {
        source,
        lines: Arc::new(Lines::new(&source.text)),
        kind: AssetKind::Program,
        dialect: None,
        cells: vec![CellOf {
            language: &Language::Python,
            title: None,
            text: std::borrow::Cow::Owned(MappedText::taken(&source.text, 0)),
        }],
    });
    notebooks.chain(programs).collect()
}

fn cell(cell: &Cell) -> CellOf<'_> {
    CellOf {
        language: &cell.language,
        title: cell.title.clone(),
        text: std::borrow::Cow::Borrowed(&cell.text),
    }
}

/// What each unit is given: what a bundle gives it, and what all that run it in their place are given.
fn handed_on(units: &[Unit<'_>], links: &Links, given: &BTreeMap<String, Given>) -> Vec<Given> {
    let mut each: Vec<Option<Given>> =
        units.iter().map(|unit| given.get(&unit.source.path).cloned()).collect();
    // Whoever runs another comes after it in the order.
    for at in links.order().collect::<Vec<_>>().into_iter().rev() {
        let own = each[at].clone().unwrap_or_default();
        for target in links.targets_of(at) {
            each[target] = Some(match each[target].take() {
                Some(known) => known.agreed(&own),
                None => own.clone(),
            });
        }
    }
    each.into_iter().map(Option::unwrap_or_default).collect()
}

/// What the Python of each unit says, in the light of what it runs.
fn programs(units: &[Unit<'_>], links: &Links, given: &[Given]) -> Vec<Program> {
    let mut programs: Vec<Program> = units.iter().map(|_| Program::default()).collect();
    for level in links.levels() {
        let read: Vec<(usize, Program)> = level
            .par_iter()
            .map(|at| (*at, program(*at, units, links, &given[*at], &programs)))
            .collect();
        for (at, program) in read {
            programs[at] = program;
        }
    }
    programs
}

/// One piece for each cell, so that they are found again; one without Python is empty.
fn program(
    at: usize,
    units: &[Unit<'_>],
    links: &Links,
    given: &Given,
    known: &[Program],
) -> Program {
    let nothing = MappedText::default();
    let cells = units[at].cells.iter().enumerate();
    let pieces: Vec<Piece<'_>> = cells
        .map(|(number, cell)| match (cell.language, links.target(at, number)) {
            (Language::Python, _) => Piece::Code(&cell.text),
            (Language::Run, Some(target)) => Piece::Names(&known[target].names),
            _ => Piece::Code(&nothing),
        })
        .collect();
    let given = plumb_python::Given { parameters: &given.parameters, settings: &given.settings };
    plumb_python::read(&pieces, given)
}

/// The dialect of each unit, and how it is known.
fn dialects(
    units: &[Unit<'_>],
    programs: &[Program],
    found: &Found,
    options: &Options,
    gathered: &mut Gathered,
) -> Vec<(&'static Dialect, String)> {
    let texts: Vec<Vec<&str>> =
        units.iter().zip(programs).map(|(unit, program)| said(unit, program)).collect();
    let all: Vec<&str> = texts.iter().flatten().copied().collect();
    let bundled = bundles::files(found);
    let told: Vec<Option<(&str, &str)>> = units
        .iter()
        .zip(programs)
        .map(|(unit, program)| {
            let form = unit.dialect.map(|name| (name, "by their form"));
            let run = bundled.contains(unit.source.path.as_str());
            let run = run.then_some(("databricks", "run by a bundle"));
            form.or(run).or_else(|| program.dialect.map(|name| (name, "by their calls")))
        })
        .collect();
    let usual = usual(&told).map(|name| (name, "as most are"));
    let each = units.iter().zip(&told).zip(&texts).map(|((unit, told), own)| {
        // A notebook that says too little is taken for one of the many.
        let speaks = Dialect::detect(own.iter().copied()).1 > 0;
        let told = told.or(usual.filter(|_| !speaks));
        let seen = if speaks { own } else { &all };
        let path = &unit.source.path;
        dialect_of(path, found, options, told, seen.iter().copied(), &mut gathered.problems)
    });
    each.collect()
}

/// The dialect that most units are told to be written in; ties go by name.
fn usual<'t>(told: &[Option<(&'t str, &str)>]) -> Option<&'t str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, _) in told.iter().flatten() {
        *counts.entry(name).or_default() += 1;
    }
    let most = counts.values().max().copied()?;
    counts.into_iter().find(|(_, count)| *count == most).map(|(name, _)| name)
}

/// The SQL of a unit.
fn said<'u>(unit: &'u Unit<'_>, program: &'u Program) -> Vec<&'u str> {
    let cells = unit.cells.iter().filter(|cell| *cell.language == Language::Sql);
    let handed = program.pieces.iter().flat_map(|piece| &piece.sql);
    let handed = handed.filter_map(|sql| sql.text.as_ref());
    let cells = cells.map(|cell| cell.text.text.as_str());
    cells.chain(handed.map(|text| text.text.as_str())).collect()
}

/// Adds what one unit does; gives what it leaves behind.
fn run(
    unit: &Unit<'_>,
    (at, parts): (usize, &[Part]),
    links: &Links,
    sessions: &BTreeMap<usize, Arc<Session>>,
    mut script: Script<'_>,
    dialect: &'static Dialect,
    gathered: &mut Gathered,
) -> Arc<Session> {
    let path = unit.source.path.as_str();
    let mut reads = Vec::new();
    for part in parts {
        match part {
            Part::Title(title) => script.titled(title.as_deref()),
            Part::Sql(text, When::Here) => reads.extend(script.add(text, gathered)),
            Part::Sql(text, When::Called) => reads.extend(script.add_aside(text, gathered)),
            Part::Frame(frame) => script.keep(frame, gathered),
            Part::Run(cell) => {
                if let Some(session) = links.target(at, *cell).and_then(|it| sessions.get(&it)) {
                    script.join(session);
                }
            }
        }
    }
    let speaks = parts.iter().any(|part| part.statements() > 0);
    if unit.kind == AssetKind::Notebook || speaks {
        let asset = Asset {
            place: Some(Place::file(path)),
            dialect: speaks.then_some(dialect.name),
            open: false,
            ..blank(path, path, unit.kind, LOOSE)
        };
        let key = gathered.add(Draft::new(asset, None), &format!("{}:{path}", unit.kind.word()));
        gathered.uses.extend(reads.into_iter().map(|read| (key.clone(), read)));
    }
    Arc::clone(script.session())
}

/// Which unit runs which: in its own place, or on its own.
fn link(units: &[Unit<'_>], programs: &[Program], links: &Links, gathered: &mut Gathered) {
    for (at, (unit, program)) in units.iter().zip(programs).enumerate() {
        let said = program.pieces.iter().flat_map(|piece| &piece.runs);
        let started: BTreeSet<usize> =
            said.filter_map(|path| links.find(unit, path, &mut gathered.problems)).collect();
        let link = |other: usize| (unit.source.path.clone(), units[other].source.path.clone());
        gathered.uses.extend(links.run_by(at).map(link));
        gathered.runs.extend(started.into_iter().map(link));
    }
}

/// What of Python could not be read, and what of it is not read.
fn report_python(units: &[Unit<'_>], programs: &[Program], gathered: &mut Gathered) {
    let (mut cells, mut frames, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    for (unit, program) in units.iter().zip(programs) {
        for piece in &program.pieces {
            if let Some(span) = piece.frames {
                let list = if unit.kind == AssetKind::Program { &mut frames } else { &mut cells };
                list.push(unit.place(span).to_string());
            }
            unknown.extend(piece.unknown.iter().map(|span| unit.place(*span).to_string()));
            gathered.problems.extend(piece.problems.iter().map(|trouble| Problem {
                place: unit.place(trouble.span),
                severity: Severity::Partly,
                reason: "python-syntax".to_owned(),
                message: trouble.message.clone(),
            }));
        }
    }
    uncovered("notebook cells with Python data frames", &cells, gathered);
    uncovered("Python programs with data frames", &frames, gathered);
    uncovered("SQL texts that only a run of a program knows", &unknown, gathered);
}

/// Cells in languages that are not read.
fn report_cells(units: &[Unit<'_>], gathered: &mut Gathered) {
    let mut others: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for unit in units {
        for cell in &unit.cells {
            let language = match cell.language {
                Language::Sql | Language::Python | Language::Markdown | Language::Run => continue,
                other @ (Language::Scala | Language::R | Language::Shell | Language::Other(_)) => {
                    other
                }
            };
            let place = unit.place(cell.text.map.to_file(Span::new(0, 1)));
            let kind = format!("notebook cells in {}", language.word());
            others.entry(kind).or_default().push(place.to_string());
        }
    }
    for (kind, places) in others {
        uncovered(&kind, &places, gathered);
    }
}

fn uncovered(kind: &str, places: &[String], gathered: &mut Gathered) {
    if !places.is_empty() {
        gathered.not_covered.push(NotCovered {
            kind: kind.to_owned(),
            count: places.len(),
            examples: places.iter().take(EXAMPLES).cloned().collect(),
        });
    }
}

/// What was found and used.
fn report_use(
    units: &[Unit<'_>],
    parts: &[Vec<Part>],
    dialects: &[(&'static Dialect, String)],
    gathered: &mut Gathered,
) {
    for (kind, what) in [(AssetKind::Notebook, "notebooks"), (AssetKind::Program, "programs")] {
        let (mut count, mut cells, mut statements) = (0, 0, 0);
        let mut spoken: BTreeMap<&str, usize> = BTreeMap::new();
        for ((unit, parts), (_, how)) in units.iter().zip(parts).zip(dialects) {
            let own: usize = parts.iter().map(Part::statements).sum();
            if unit.kind != kind || kind == AssetKind::Program && own == 0 {
                continue;
            }
            count += 1;
            cells += unit.cells.len();
            statements += own;
            if own > 0 {
                *spoken.entry(how).or_default() += 1;
            }
        }
        if count == 0 {
            continue;
        }
        let cells =
            if kind == AssetKind::Notebook { format!("{cells} cells, ") } else { String::new() };
        let mut spoken: Vec<(&str, usize)> = spoken.into_iter().collect();
        spoken.sort_by(|one, two| two.1.cmp(&one.1).then_with(|| one.0.cmp(two.0)));
        let spoken: Vec<String> = match spoken.as_slice() {
            [(how, _)] => vec![(*how).to_owned()],
            many => many.iter().map(|(how, count)| format!("{count} {how}")).collect(),
        };
        let detail = [vec![format!("{count} {what}, {cells}{statements} statements")], spoken];
        gathered.using.push(Using {
            what: what.to_owned(),
            path: ".".to_owned(),
            detail: detail.concat().join("; "),
        });
    }
}
