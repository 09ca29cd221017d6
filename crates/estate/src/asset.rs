//! Assets: what the platform is made of.

use std::sync::Arc;

use plumb_base::{
    Coverage, Lines, MappedText, Name, Owner, Place, Problem, Span,
    record::{bundle, dashboard},
};
use plumb_canon::{Canonical, Obstacle, Subplan};
use plumb_ir::{Field, RelId, Type};
use plumb_resolve::{Calls, Read, Resolved, Selected};
use serde_json::{Map, Value};

use crate::{promises::Promises, statement::Statement};

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
    /// A use outside that a project declares, such as a dashboard.
    Exposure,
    /// A dashboard, or a chart that stands alone.
    Dashboard,
    /// Something that runs other things at set times.
    Job,
    /// Something that keeps tables up to date from their declarations.
    Pipeline,
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
            Self::Dashboard => "dashboard",
            Self::Job => "job",
            Self::Pipeline => "pipeline",
        }
    }
}

impl AssetKind {
    /// Whether it is a table or view, and its key the name of one.
    pub fn is_relation(self) -> bool {
        match self {
            Self::Model
            | Self::PythonModel
            | Self::Snapshot
            | Self::Seed
            | Self::Source
            | Self::Table
            | Self::View => true,
            Self::Write
            | Self::Query
            | Self::Notebook
            | Self::Program
            | Self::Exposure
            | Self::Dashboard
            | Self::Job
            | Self::Pipeline => false,
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
    /// Where it is dropped for good, if it is.
    pub dropped: Option<Place>,
    /// Key of the asset it is a part of: its notebook, its dashboard.
    pub part_of: Option<String>,
    /// How it is built: `table`, `view`, `incremental`, `ephemeral`.
    pub materialized: Option<String>,
    /// Description.
    pub description: String,
    /// Name of the dialect it is written in.
    pub dialect: Option<&'static str>,
    /// The dialect that it is said to be written in, where that is not known and another was read.
    pub guessed: Option<String>,
    /// Owners, the strongest first.
    pub owners: Vec<Owner>,
    /// Its package and name in dbt, such as `shop.orders`, where it is a node of a project.
    pub node: Option<String>,
    /// The dbt group it belongs to.
    pub group: Option<String>,
    /// The team it belongs to, where that is set or it has a group.
    pub team: Option<String>,
    /// The layer it belongs to, such as `gold`.
    pub layer: Option<String>,
    /// The environment it belongs to, such as `prod`.
    pub environment: Option<String>,
    /// Rows, where the warehouse tells.
    pub rows: Option<u64>,
    /// Size in bytes, where the warehouse tells.
    pub bytes: Option<u64>,
    /// Number of tests on it and its columns.
    pub tests: usize,
    /// Number of tests that run it on rows that are written out.
    pub unit_tests: usize,
    /// What is promised of its rows.
    pub promises: Promises,
    /// How it keeps history, where it is a snapshot.
    pub snapshot: Option<Snapshot>,
    /// What people noted of it beside that, as written.
    pub meta: Map<String, Value>,
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
    /// Assets it starts, ascending.
    pub runs: Vec<usize>,
    /// Assets that start it, ascending.
    pub run_by: Vec<usize>,
    /// What else is known of it.
    pub detail: Detail,
    /// Its code, where it has some.
    pub code: Option<Code>,
    /// What it computes as written, names of other assets left as they are, where that was understood: all of it,
    /// built from nothing.
    pub rel: Option<RelId>,
    /// Normal forms of that, where they were asked for.
    pub plan: Option<Plan>,
    /// What a run adds to it, where it is built bit by bit.
    pub incremental: Option<Incremental>,
    /// How well its statement was read; `None` if it has none.
    pub coverage: Option<Coverage>,
    /// Functions that its statement calls, by whether they are known.
    pub calls: Calls,
    /// What could not be read in it.
    pub problems: Vec<Problem>,
}

impl Asset {
    /// The table that it makes or writes to: its key without the place that tells it from others that do.
    pub fn relation(&self) -> &str {
        let writes = self.kind.is_relation() || self.kind == AssetKind::Write;
        let place = self.place.as_ref().filter(|_| writes);
        let longer = place.map(|place| format!(" ({}", place.path));
        longer.and_then(|it| self.key.split_once(&it)).map_or(&self.key, |(relation, _)| relation)
    }

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
            | AssetKind::Exposure
            | AssetKind::Dashboard
            | AssetKind::Job
            | AssetKind::Pipeline => false,
        }
    }

    /// Whether its rows are kept, rather than computed anew for each reader.
    pub fn is_stored(&self) -> bool {
        let anew = matches!(self.materialized.as_deref(), Some("view" | "ephemeral"));
        !anew && self.kind != AssetKind::View
    }

    /// Whether it has a name under which others can read it, in other sessions, too.
    pub fn can_be_read(&self) -> bool {
        let temporary = self.materialized.as_deref().is_some_and(|it| it.starts_with("temporary"));
        self.kind != AssetKind::Query && !temporary
    }
}

/// What is known of an asset of some kinds only.
#[derive(Debug, Clone, Default)]
pub enum Detail {
    /// Nothing.
    #[default]
    None,
    /// Of a dashboard: what it shows.
    Tiles(Vec<dashboard::Tile>),
    /// Of a query that is a dataset: values that are declared on it, and what its text leaves open.
    Dataset {
        /// Metrics and computed columns.
        measures: Vec<dashboard::Field>,
        /// Parameters.
        parameters: Vec<dashboard::Parameter>,
    },
    /// Of a job: its tasks and when it runs.
    Job(Box<bundle::Job>),
    /// Of a pipeline: where it writes and how it runs.
    Pipeline(Box<bundle::Pipeline>),
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
    /// Its type, as far as it is known.
    pub data_type: Type,
}

/// How a snapshot keeps history.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// `timestamp` or `check`.
    pub strategy: String,
    /// Columns, or an expression, that identify what has a history.
    pub unique_key: Vec<String>,
    /// Column that says when a row changed last.
    pub updated_at: Option<String>,
    /// Columns whose change makes a new row; `all` is every one.
    pub check: Vec<String>,
}

/// What a run adds to a table that exists.
///
/// Rows are compared by what builds the table from nothing; this is for lineage, and for what a run costs.
#[derive(Debug, Clone)]
pub struct Incremental {
    /// What it computes, where that was understood.
    pub plan: Option<Added>,
    /// Assets it reads, ascending; itself where it looks at what is there.
    pub reads: Vec<usize>,
    /// How well it was read.
    pub coverage: Coverage,
    /// What could not be read in it, and not in the whole either.
    pub problems: Vec<Problem>,
}

/// The plan of what a run adds.
#[derive(Debug, Clone)]
pub struct Added {
    /// As written, names of other assets left as they are.
    pub rel: RelId,
    /// Output columns, in order.
    pub columns: Vec<AssetColumn>,
    /// Whether there are more columns than are listed.
    pub open: bool,
    /// Its code; `reads` and `selects` are places of this world.
    pub code: Code,
    /// What decided, unknown here, which text its template gives.
    pub worlds: Vec<String>,
}

/// The code of an asset.
#[derive(Debug, Clone)]
pub struct Code {
    /// The text as it lies in the file.
    pub text: Arc<str>,
    /// The text that was parsed: rendered, where it is a template.
    pub sql: Arc<str>,
    /// The statement in that text.
    pub statement: Span,
    /// Each place where a table is named, in the file.
    pub reads: Vec<(String, Span)>,
    /// Each `SELECT`, with the plan made of it, in the file.
    pub selects: Vec<(RelId, Span)>,
    /// Its statement as it reads, where the file keeps it in JSON.
    said: Option<MappedText>,
}

/// Normal forms of what an asset computes.
#[derive(Debug, Clone)]
pub struct Plan {
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
    /// The code of a statement that was bound.
    pub(crate) fn new(statement: &Statement, resolved: &Resolved) -> Self {
        let text = &statement.text;
        let origin = text.origin();
        let read = |read: &Read| (read.table.clone(), origin.in_file(read.span));
        let select = |select: &Selected| (select.rel, origin.in_file(select.span));
        Self {
            text: text.file.clone(),
            sql: text.sql.clone(),
            statement: statement.span(),
            reads: resolved.reads.iter().map(read).collect(),
            selects: resolved.selects.iter().map(select).collect(),
            said: statement.said(),
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
