//! Assets: what the platform is made of.

use std::sync::Arc;

use plumb_base::{Coverage, Lines, MappedText, Name, Owner, Place, Problem, Span};
use plumb_canon::{Canonical, Obstacle, Subplan};
use plumb_ir::{Field, RelId};
use plumb_resolve::{Read, Selected};

/// What an asset is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AssetKind {
    /// A SQL model.
    Model,
    /// A model in Python: counted, not read.
    PythonModel,
    /// A snapshot.
    Snapshot,
    /// A seed.
    Seed,
    /// A table that is read and not built here.
    Source,
    /// A table that a statement writes.
    Table,
    /// A view that a statement makes.
    View,
    /// A statement that changes a table that it does not define.
    Write,
    /// A query that writes nothing.
    Query,
    /// A notebook.
    Notebook,
    /// A program that hands SQL to a platform.
    Program,
    /// A use outside, such as a dashboard.
    Exposure,
}

impl AssetKind {
    /// The word that is printed.
    pub fn word(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::PythonModel => "python model",
            Self::Snapshot => "snapshot",
            Self::Seed => "seed",
            Self::Source => "source",
            Self::Table => "table",
            Self::View => "view",
            Self::Write => "write",
            Self::Query => "query",
            Self::Notebook => "notebook",
            Self::Program => "program",
            Self::Exposure => "exposure",
        }
    }
}

/// One asset.
#[derive(Debug, Clone)]
pub struct Asset {
    /// Stable key: its relation name, or its path where it has none.
    pub key: String,
    /// Short name, as people say it.
    pub name: String,
    /// What it is.
    pub kind: AssetKind,
    /// Name of the project it belongs to.
    pub project: String,
    /// Where it is defined or declared.
    pub place: Option<Place>,
    /// Key of the asset it is a part of: its notebook, its dashboard.
    pub part_of: Option<String>,
    /// How it is built: `table`, `view`, `incremental`, `ephemeral`.
    pub materialized: Option<String>,
    /// Description.
    pub description: String,
    /// Name of the dialect it is written in.
    pub dialect: Option<&'static str>,
    /// Owners, the strongest first.
    pub owners: Vec<Owner>,
    /// Number of tests on it and its columns.
    pub tests: usize,
    /// Declared public.
    pub public: bool,
    /// Tags.
    pub tags: Vec<String>,
    /// Output columns, in order.
    pub columns: Vec<AssetColumn>,
    /// Whether there are more columns than are listed.
    pub open: bool,
    /// Statements that change it beside the one that defines it, ascending.
    pub writers: Vec<usize>,
    /// Assets it reads, ascending.
    pub reads: Vec<usize>,
    /// Assets that read it, ascending.
    pub read_by: Vec<usize>,
    /// Its code, where it has some.
    pub code: Option<Code>,
    /// What it computes, where that was understood.
    pub plan: Option<Plan>,
    /// How well its statement was read; `None` if it has none.
    pub coverage: Option<Coverage>,
    /// What could not be read in it.
    pub problems: Vec<Problem>,
}

impl Asset {
    /// Whether what its statement computes is kept or shown as rows; what it takes from a table or changes in
    /// one is not.
    pub fn computes_rows(&self) -> bool {
        match self.kind {
            AssetKind::Model | AssetKind::Table | AssetKind::View | AssetKind::Query => true,
            AssetKind::Write => self.materialized.as_deref() == Some("insert"),
            AssetKind::PythonModel
            | AssetKind::Snapshot
            | AssetKind::Seed
            | AssetKind::Source
            | AssetKind::Notebook
            | AssetKind::Program
            | AssetKind::Exposure => false,
        }
    }

    /// Whether it has a name under which others can read it, in other sessions, too.
    pub fn can_be_read(&self) -> bool {
        let temporary = self.materialized.as_deref().is_some_and(|it| it.starts_with("temporary"));
        self.kind != AssetKind::Query && !temporary
    }
}

/// A column of an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetColumn {
    /// Its name; a column without one has none.
    pub name: Option<Name>,
    /// How its plan addresses it.
    pub field: Field,
    /// Description.
    pub description: String,
}

/// The code of an asset.
#[derive(Debug, Clone)]
pub struct Code {
    /// The text as it lies in the file.
    pub text: Arc<str>,
    /// Each place where a table is named, in the file.
    pub reads: Vec<(String, Span)>,
    /// Each `SELECT`, with the plan made of it, in the file.
    pub selects: Vec<(RelId, Span)>,
    /// Its statement as it reads, where the file keeps it in JSON.
    said: Option<MappedText>,
}

/// What an asset computes.
#[derive(Debug, Clone)]
pub struct Plan {
    /// As written, names of other assets left as they are.
    pub rel: RelId,
    /// Normal form with names of other assets left as they are.
    pub local: Canonical,
    /// Normal form with the assets it reads put in, down to sources or to a boundary.
    pub expanded: Canonical,
    /// What equality of the expanded normal form does not settle.
    pub obstacles: Vec<Obstacle>,
    /// What decided, unknown here, which text its template gives: other values give other plans.
    pub worlds: Vec<String>,
    /// Joins and groupings in the local normal form.
    pub parts: Vec<Subplan>,
}

impl Code {
    pub(crate) fn new(
        text: Arc<str>,
        reads: &[Read],
        selects: &[Selected],
        file: impl Fn(Span) -> Span,
        said: Option<MappedText>,
    ) -> Self {
        Self {
            text,
            reads: reads.iter().map(|read| (read.table.clone(), file(read.span))).collect(),
            selects: selects.iter().map(|select| (select.rel, file(select.span))).collect(),
            said,
        }
    }

    /// What the code says at a place of its file, where its lines do not read as it does.
    pub fn said_at(&self, place: &Place) -> Option<&str> {
        let said = self.said.as_ref()?;
        let lines = Lines::new(&self.text);
        let start = lines.byte(&self.text, place.start);
        let end = lines.byte(&self.text, place.end).saturating_add(1);
        let made = said.map.to_made(Span { start, end })?;
        said.text.get(made.start as usize..made.end as usize)
    }
}
