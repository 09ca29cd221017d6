//! Answers out: each format turns the same answer into bytes.
//!
//! This crate never decides, never reads the world and never prints: it is handed an answer and a style, and
//! gives back a text. Whatever came from the user's platform is escaped in every format.
#![warn(clippy::disallowed_methods, reason = "ask the World")]

mod format;
mod safe;
mod setup;
mod words;

use plumb_base::answer::{
    Audit, Cost, Doctor, Exists, Extract, Graph, Lineage, Metrics, Owners, Proved, Rules, Shown,
};

pub use safe::{argument, visible};
pub use setup::settings;

/// One way to dress an answer.
#[derive(Debug)]
pub struct Format {
    /// What `--format` calls it.
    pub name: &'static str,
    /// Its page: what it is for, with cases.
    pub page: &'static str,
    /// Dresses `plumb audit`.
    pub audit: Option<Dress<Audit>>,
    /// Dresses `plumb show`.
    pub shown: Option<Dress<Shown>>,
    /// Dresses `plumb explain`.
    pub explained: Option<Dress<Shown>>,
    /// Dresses `plumb lineage` of one asset or column.
    pub lineage: Option<Dress<Lineage>>,
    /// Dresses `plumb lineage --all`.
    pub graph: Option<Dress<Graph>>,
    /// Whether it shows the code of that.
    pub code: bool,
    /// Dresses `plumb cost`.
    pub cost: Option<Dress<Cost>>,
    /// Dresses `plumb doctor`.
    pub doctor: Option<Dress<Doctor>>,
    /// Dresses `plumb exists`.
    pub exists: Option<Dress<Exists>>,
    /// Dresses `plumb extract-kit`.
    pub extract: Option<Dress<Extract>>,
    /// Dresses `plumb metrics`.
    pub metrics: Option<Dress<Metrics>>,
    /// Dresses `plumb owners`.
    pub owners: Option<Dress<Owners>>,
    /// Dresses `plumb prove`.
    pub proved: Option<Dress<Proved>>,
    /// Dresses `plumb rules`.
    pub rules: Option<Dress<Rules>>,
    /// A page that some machines show beside the answer: the variable that names its file, and its format.
    pub beside: Option<(&'static str, &'static Self)>,
}

/// A format that dresses nothing: what a format is made for is written over it.
pub(crate) const BARE: Format = Format {
    name: "",
    page: "",
    audit: None,
    shown: None,
    explained: None,
    lineage: None,
    graph: None,
    code: false,
    cost: None,
    doctor: None,
    exists: None,
    extract: None,
    metrics: None,
    owners: None,
    proved: None,
    rules: None,
    beside: None,
};

/// How a format dresses one kind of answer; a format that is made for one purpose has none for others.
pub type Dress<A> = fn(&A, &Style<'_>) -> String;

impl Format {
    /// The format of a name.
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::all().iter().copied().find(|format| format.name == name)
    }

    /// All formats, by name.
    pub fn all() -> &'static [&'static Self] {
        format::ALL
    }
}

/// How much a text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Detail {
    /// What fits a screen; the rest is counted.
    #[default]
    Brief,
    /// Everything that is known.
    Full,
}

/// How an answer is dressed; none of it changes what is said to be true.
#[derive(Debug, Clone, Copy)]
pub struct Style<'a> {
    /// Whether to write ANSI colours.
    pub colour: bool,
    /// Whether every byte must be ASCII.
    pub ascii: bool,
    /// Whether to end with what could be asked next.
    pub hints: bool,
    /// How much is said.
    pub detail: Detail,
    /// Columns of a line; formats never go over 100.
    pub width: usize,
    /// Rows of a list, where somebody asked for a number; otherwise each format has its own.
    pub limit: Option<usize>,
    /// Columns of a table that were asked for: one gives bare values, several give TSV with a header.
    pub fields: &'a [String],
    /// Version of plumb.
    pub version: &'a str,
    /// What a hinted command must repeat to read the same thing, such as `-C models` or `--demo`.
    pub repeat: &'a str,
}

impl Default for Style<'_> {
    fn default() -> Self {
        Self {
            colour: false,
            ascii: false,
            hints: true,
            detail: Detail::Brief,
            width: 100,
            limit: None,
            fields: &[],
            version: env!("CARGO_PKG_VERSION"),
            repeat: "",
        }
    }
}
