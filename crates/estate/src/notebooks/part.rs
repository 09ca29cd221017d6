//! What a unit does, in order: texts of SQL, parsed, and others that it runs.

use std::sync::Arc;

use plumb_base::{Lines, MappedText, Place, Severity, Span, TableName, record::notebook::Language};
use plumb_python::{Into, IntoKind, Program, Unknown, When};
use plumb_resolve::Hole;
use plumb_syntax::sql::{self, Dialect, tree::StatementKind};

use super::Unit;
use crate::{
    given::Given,
    names::{relation, spelled},
    outline::Trees,
    read::{Made, Text, is_json},
};

/// One step of a unit.
pub(crate) enum Part {
    /// A cell begins that has this title.
    Title(Option<String>),
    /// A text of SQL.
    Sql(Arc<Text>, When),
    /// Rows of a data frame go somewhere.
    Frame(Frame),
    /// Another unit runs, by the cell that says so.
    Run(usize),
}

/// Where rows go that are not followed.
pub(crate) struct Frame {
    pub(crate) kind: IntoKind,
    pub(crate) name: TableName,
    pub(crate) place: Place,
}

impl Part {
    /// Its text.
    pub(crate) fn text(&self) -> Option<&Arc<Text>> {
        match self {
            Self::Sql(text, _) => Some(text),
            Self::Title(_) | Self::Frame(_) | Self::Run(_) => None,
        }
    }

    /// Statements in it that move data, and those that could not be parsed.
    pub(crate) fn statements(&self) -> usize {
        let Some(text) = self.text() else { return 0 };
        let moves = |kind: &StatementKind| match kind {
            StatementKind::Query(_)
            | StatementKind::Write { .. }
            | StatementKind::Opaque { .. } => true,
            StatementKind::Declare { .. }
            | StatementKind::Function(_)
            | StatementKind::Alter { .. }
            | StatementKind::DropIndex { .. }
            | StatementKind::Drop { .. }
            | StatementKind::Use { .. }
            | StatementKind::Variables { .. }
            | StatementKind::Other { .. } => false,
        };
        let failed = text
            .parsed()
            .problems
            .iter()
            .filter(|it| it.severity == Severity::Failed && it.reason != "statement-not-read");
        text.parsed().statements.iter().filter(|it| moves(&it.kind)).count() + failed.count()
    }
}

pub(crate) fn parts(
    unit: &Unit<'_>,
    program: &Program,
    dialect: &'static Dialect,
    given: &Given,
) -> Vec<Part> {
    let path = unit.source.path.as_str();
    let maker = Maker {
        path,
        file: unit.source.text.as_str().into(),
        lines: Arc::clone(&unit.lines),
        dialect,
        holes: program.holes.iter().map(|hole| named(path, &hole.unknown)).collect(),
        written: is_json(path).then(|| Arc::new(whole(unit))),
    };
    let mut parts = Vec::new();
    for (number, cell) in unit.cells.iter().enumerate() {
        parts.push(Part::Title(cell.title.clone()));
        match cell.language {
            Language::Sql => {
                parts.push(maker.part(
                    given.put_in(cell.text.clone().into_owned()),
                    When::Here,
                    &Arc::default(),
                ));
            }
            Language::Run => parts.push(Part::Run(number)),
            Language::Python => {
                let handed = program.pieces.get(number).into_iter().flat_map(|piece| &piece.sql);
                parts.extend(handed.filter_map(|sql| match (&sql.text, &sql.into) {
                    (Some(text), into) => {
                        let text = given.put_in(written(text, into.as_ref()));
                        Some(maker.part(text, sql.when, &maker.holes))
                    }
                    (None, Some(into)) => Some(Part::Frame(maker.frame(given, into))),
                    (None, None) => None,
                }));
            }
            Language::Scala
            | Language::R
            | Language::Markdown
            | Language::Shell
            | Language::Other(_) => {}
        }
    }
    parts
}

/// All cells in order: what is handed over in one may be written in another.
fn whole(unit: &Unit<'_>) -> MappedText {
    let mut whole = MappedText::default();
    for cell in &unit.cells {
        whole.push(&cell.text);
        if !cell.text.text.ends_with('\n') {
            let end = cell.text.text.len();
            whole.print("\n", cell.text.map.to_file(Span::new(end.saturating_sub(1), end)));
        }
    }
    whole
}

struct Maker<'a> {
    path: &'a str,
    file: Arc<str>,
    lines: Arc<Lines>,
    dialect: &'static Dialect,
    holes: Arc<[Hole]>,
    written: Option<Arc<MappedText>>,
}

impl Maker<'_> {
    fn frame(&self, given: &Given, into: &Into) -> Frame {
        let name = given.put_in(into.name.clone());
        let at = name.map.to_file(Span::new(0, name.text.len()));
        Frame {
            kind: into.kind,
            name: spelled(&relation(name.text.trim(), self.dialect), &self.holes),
            place: self.lines.place(self.path, &self.file, at),
        }
    }

    fn part(&self, text: MappedText, when: When, holes: &Arc<[Hole]>) -> Part {
        let text = Text {
            path: self.path.to_owned(),
            file: Arc::clone(&self.file),
            lines: Arc::clone(&self.lines),
            trees: Trees::of(sql::parse(&text.text, self.dialect)),
            outline: None,
            sql: text.text.into(),
            made: Made::Mapped(text.map),
            dialect: self.dialect,
            holes: Arc::clone(holes),
            written: self.written.clone(),
        };
        Part::Sql(Arc::new(text), when)
    }
}

/// What a value is called everywhere: parameters are the platform's, everything else is the program's own.
fn named(path: &str, unknown: &Unknown) -> Hole {
    let (kind, key) = match unknown {
        Unknown::Parameter(name) => ("parameter", format!("${name}")),
        Unknown::Expression(text) => ("value", format!("{path}:{text}")),
    };
    Hole { kind: kind.to_owned(), key }
}

/// The statement that a text is, with what the program does to its rows.
fn written(text: &MappedText, into: Option<&Into>) -> MappedText {
    let Some(into) = into else { return text.clone() };
    let name = into.name.text.trim();
    let head = match into.kind {
        IntoKind::TemporaryView => format!("create or replace temporary view {name} as "),
        IntoKind::View => format!("create or replace view {name} as "),
        IntoKind::Table => format!("create or replace table {name} as "),
        IntoKind::Append => format!("insert into {name} "),
        IntoKind::Overwrite => format!("insert overwrite table {name} "),
    };
    let query = &text.text;
    let start = query.len() - query.trim_start().len();
    let end = query.trim_end_matches(|letter: char| letter == ';' || letter.is_whitespace()).len();
    let mut made = MappedText::default();
    // It stands nowhere: the query begins where the statement does.
    made.print(&head, text.map.to_file(Span::new(start, start + 1)));
    made.push(&text.cut(start..end.max(start)));
    made
}
