//! Trees to plans: names bound, stars expanded, the dialect left behind.
//!
//! This crate never guesses a column into being: each is bound, or listed as unknown with the reason. Nothing
//! above it knows a dialect, and it never looks at a file.
#![warn(clippy::disallowed_methods, reason = "ask the World")]

mod array;
mod call;
mod columns;
mod expr;
mod from;
mod group;
mod learn;
mod listed;
mod made;
mod null;
mod outward;
mod pivot;
pub mod placeholders;
mod qualify;
mod query;
mod rows;
mod scope;
mod select;
mod set;
mod star;
mod types;
mod unknown;
mod window;

pub use expr::with_keys;
pub use learn::Learned;
pub use made::Functions;

use std::sync::Arc;

use plumb_base::{Coverage, Name, Severity, Span, TableName};
use plumb_ir::{Arena, Catalog, Field, RelId};
use plumb_syntax::sql::{
    Dialect, Trouble,
    tree::{Function, Query},
};
use serde::{Deserialize, Serialize};

pub use types::data_type;
pub use window::usual_frame;

/// A value a template could not give: it stands in the text as `__plumb_hole_N__`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hole {
    /// Kind in kebab-case.
    pub kind: String,
    /// Identity: holes with equal keys hold equal values.
    pub key: String,
}

/// What stands around a statement.
pub struct Around<'a> {
    /// What is known of tables.
    pub catalog: &'a dyn Catalog,
    /// The dialect it is written in.
    pub dialect: &'static Dialect,
    /// Values its template could not give.
    pub holes: &'a [Hole],
    /// The function of a name, as calls spell it, with so many arguments, where somebody makes one.
    pub functions: &'a dyn Fn(&str, usize) -> Option<Arc<Function>>,
    /// What tells this statement from every other; unknown parts carry it, so that they never meet.
    pub owner: &'a str,
}

/// A query as a plan; problems are not written down with it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Resolved {
    /// The plan.
    pub rel: RelId,
    /// Its output columns in order; a column without a name has none.
    pub columns: Vec<OutputColumn>,
    /// Whether there are more columns than are listed, reached by name.
    pub open: bool,
    /// Tables it reads, each place they are named.
    pub reads: Vec<Read>,
    /// Each `SELECT` with the plan made of it.
    pub selects: Vec<Selected>,
    /// What could not be understood.
    #[serde(skip)]
    pub problems: Vec<Trouble>,
    /// Whether all of it has a known meaning.
    pub coverage: Coverage,
    /// Calls of functions, by whether they are known.
    pub calls: Calls,
}

/// How many calls name a function that is known, and how many one that is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Calls {
    /// Functions of the tables.
    pub known: u32,
    /// All others: opaque symbols, assumed aloud to depend on their arguments only.
    pub unknown: u32,
}

/// One output column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputColumn {
    /// Its name.
    pub name: Option<Name>,
    /// How it is addressed.
    pub field: Field,
}

/// One place where a table is named.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Read {
    /// The table, in the catalog's spelling.
    pub table: String,
    /// Where it is named.
    pub span: Span,
}

/// A `SELECT` and its plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selected {
    /// The plan.
    pub rel: RelId,
    /// The whole `SELECT`.
    pub span: Span,
}

/// Binds a query. Never fails: what is not understood becomes opaque and is listed.
pub fn resolve(query: &Query, arena: &mut Arena, around: &Around<'_>) -> Resolved {
    let mut resolver = scope::Resolver::new(arena, around);
    let bound = resolver.query(query);
    let columns = bound
        .columns
        .into_iter()
        .map(|column| OutputColumn { name: column.name, field: column.field })
        .collect();
    // What has no place of its own has that of the query.
    for problem in resolver.problems.iter_mut().filter(|it| it.span == Span::default()) {
        problem.span = query.span;
    }
    let coverage = match resolver.problems.iter().map(|problem| problem.severity).max() {
        None | Some(Severity::Note) => Coverage::Read,
        Some(Severity::Partly | Severity::Failed) => Coverage::Partly,
    };
    Resolved {
        rel: bound.rel,
        columns,
        open: bound.open,
        reads: resolver.reads,
        selects: resolver.selects,
        problems: resolver.problems,
        coverage,
        calls: resolver.calls,
    }
}

/// Every table a query names that is not one of its CTEs, and every table function, in order of appearance.
pub fn tables(query: &Query) -> Vec<TableName> {
    columns::tables(query)
}

/// Whether a name is that of a table function: one that a project makes stands among its tables.
pub fn is_function(name: &TableName) -> bool {
    columns::is_function(name)
}
