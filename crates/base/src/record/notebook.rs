//! Notebooks and programs as they lie on disk: cells in order, and the way back from each to its file.

use crate::{MappedText, Source};

/// A notebook, cut into cells.
#[derive(Debug, Clone)]
pub struct Notebook {
    /// The file. Of what a run left in it (outputs, attachments, state of widgets) only line breaks are kept.
    pub source: Source,
    /// Language of cells that name none.
    pub language: Language,
    /// Dialect of its SQL, where the form of the notebook tells it.
    pub dialect: Option<&'static str>,
    /// Cells that hold something, in order.
    pub cells: Vec<Cell>,
}

/// One cell, or one of its lines that runs another notebook.
#[derive(Debug, Clone)]
pub struct Cell {
    /// 1-based position in the notebook, as people see it.
    pub number: u32,
    /// What it is written in.
    pub language: Language,
    /// Its title, where it has one.
    pub title: Option<String>,
    /// What it says, without what marks its language; of a `%run` the path alone.
    pub text: MappedText,
}

/// What a cell is written in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// SQL.
    Sql,
    /// Python, with commands of the notebook (`%pip`, `!ls`) between its lines.
    Python,
    /// Scala.
    Scala,
    /// R.
    R,
    /// Text for people.
    Markdown,
    /// Commands of the operating system.
    Shell,
    /// The path of another notebook, which runs here.
    Run,
    /// Something else, by the word that marks it.
    Other(String),
}

impl Language {
    /// The word that is printed.
    pub fn word(&self) -> &str {
        match self {
            Self::Sql => "SQL",
            Self::Python => "Python",
            Self::Scala => "Scala",
            Self::R => "R",
            Self::Markdown => "Markdown",
            Self::Shell => "shell",
            Self::Run => "run",
            Self::Other(name) => name,
        }
    }
}
