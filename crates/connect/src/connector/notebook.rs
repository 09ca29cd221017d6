//! Notebooks: in the source form of Databricks, and in JSON.

mod ipynb;
mod json;
mod magic;
mod source;

use plumb_base::record::Found;
use plumb_base::record::notebook::{Cell, Language, Notebook};
use plumb_base::{MappedText, Problem, Source};

use crate::{Connector, Walk, path};

pub(super) use source::sign;

pub(crate) static CONNECTOR: Connector =
    Connector { name: "notebook", page: include_str!("notebook.md"), find };

/// A query that was saved, not a notebook, though it ends like one.
const SAVED_QUERY: &str = ".dbquery.ipynb";

/// A cell before it is known what it is written in.
struct Piece {
    number: u32,
    title: Option<String>,
    /// What the form of the notebook says of it.
    language: Option<Language>,
    text: MappedText,
}

/// What is said of all cells at once.
struct Spoken {
    /// What cells are written in that do not say.
    language: Language,
    /// Whether Databricks wrote it.
    databricks: bool,
    dialect: Option<&'static str>,
}

fn find(walk: &Walk<'_>, found: &mut Found) {
    for file in walk.files() {
        let lower = file.path.to_ascii_lowercase();
        let free = walk.owner(&file.path).is_none() && !walk.is_shared(&file.path);
        let own = free || walk.is_plain_sql(&file.path);
        let notebook = match path::extension(&lower) {
            "ipynb" if !lower.ends_with(SAVED_QUERY) => {
                let source = walk.read(&file.path, &mut found.problems);
                source.and_then(|source| json(source, &mut found.problems))
            }
            // SQL files of a dbt project belong to it, whatever they begin with.
            "sql" if own => in_source_form(walk, &file.path, &mut found.problems),
            "py" | "scala" | "r" => in_source_form(walk, &file.path, &mut found.problems),
            _ => None,
        };
        found.notebooks.extend(notebook);
    }
}

fn json(source: Source, problems: &mut Vec<Problem>) -> Option<Notebook> {
    let ipynb::Read { source, spoken, pieces } = ipynb::read(source, problems)?;
    Some(notebook(source, spoken, pieces))
}

fn in_source_form(walk: &Walk<'_>, at: &str, problems: &mut Vec<Problem>) -> Option<Notebook> {
    // What cannot be read is said by whoever would read it otherwise.
    let head = walk.world.head(at, source::LOOKED_AT).ok()?;
    let sign = source::sign_of(&head)?;
    let source = walk.read(at, problems)?;
    let language = source::language(at, sign);
    let spoken = Spoken { language, databricks: true, dialect: Some("databricks") };
    let pieces = source::pieces(&source.text, sign);
    Some(notebook(source, spoken, pieces))
}

fn notebook(source: Source, spoken: Spoken, pieces: Vec<Piece>) -> Notebook {
    let bigquery = pieces.iter().any(|piece| speaks_bigquery(&piece.text.text));
    let cells: Vec<Cell> =
        pieces.into_iter().flat_map(|piece| magic::cells(piece, &spoken)).collect();
    let dialect = spoken.dialect.or(bigquery.then_some("bigquery"));
    Notebook { source, language: spoken.language, dialect, cells }
}

fn speaks_bigquery(text: &str) -> bool {
    text.trim_start().starts_with("%%bigquery")
}
