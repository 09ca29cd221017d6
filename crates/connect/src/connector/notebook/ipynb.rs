//! The JSON form: nbformat 3 and 4, and what platforms write into its metadata.

use jsonc_parser::ast::{Array, Object, Value};
use plumb_base::record::notebook::Language;
use plumb_base::{Problem, Severity, Source, Span};

use super::json::{self, Broken};
use super::{Piece, Spoken};
use crate::text;

/// Where Databricks keeps what it knows of a notebook, and of a cell.
const DATABRICKS: &str = "application/vnd.databricks.v1+notebook";
const DATABRICKS_CELL: &str = "application/vnd.databricks.v1+cell";

/// Values shorter than this are kept: they cost nothing.
const SHORT: usize = 256;

/// What a notebook says, before its cells are told apart.
pub(super) struct Read {
    pub(super) source: Source,
    pub(super) spoken: Spoken,
    pub(super) pieces: Vec<Piece>,
}

/// Reads a file; a broken one up to where it breaks.
pub(super) fn read(source: Source, problems: &mut Vec<Problem>) -> Option<Read> {
    let whole = whole(source, problems)?;
    let value = json::parse(&whole.text).ok().flatten();
    let root = value.as_ref().and_then(Value::as_object);
    let cells = root.map(cells).unwrap_or_default();
    let (Some(root), false) = (root, cells.is_empty()) else {
        let message = "the file holds no cells".to_owned();
        problems.push(text::of_file(&whole.path, Severity::Note, "no-cells", message));
        return None;
    };
    let spoken = spoken(root, &cells);
    let pieces = (1..).zip(&cells).map(|(number, cell)| piece(&whole.text, number, cell)).collect();
    Some(Read { spoken, pieces, source: whole })
}

/// The text without what a run left in it, and without what stands behind a place where it breaks.
fn whole(source: Source, problems: &mut Vec<Problem>) -> Option<Source> {
    let lean = match json::parse(&source.text) {
        Ok(Some(Value::Object(root))) => without_results(&source.text, &root),
        Ok(_) => None,
        Err(broken) => {
            let mended = mended(&source.text, &broken);
            let lost = if mended.is_some() { Severity::Partly } else { Severity::Failed };
            problems.push(broken_at(&source, &broken, lost));
            return whole(Source::new(source.path, mended?), problems);
        }
    };
    Some(lean.map(|lean| Source::new(&source.path, lean)).unwrap_or(source))
}

fn broken_at(source: &Source, broken: &Broken, severity: Severity) -> Problem {
    let rest = if severity == Severity::Partly { "; the cells before it are read" } else { "" };
    Problem {
        place: source.place(Span::new(broken.at, broken.at)),
        severity,
        reason: "json-syntax".to_owned(),
        message: format!("not JSON from here on: {}{rest}", broken.why),
    }
}

/// Everything up to the last cell that is complete, closed.
fn mended(file: &str, broken: &Broken) -> Option<String> {
    let (mut open, mut last, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, byte) in file.bytes().enumerate().take(broken.at) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' | b'[' => open.push(byte),
            b'}' | b']' => {
                open.pop();
                if byte == b'}' && open == b"{[" {
                    last = at + 1;
                }
            }
            _ => {}
        }
    }
    (last > 0).then(|| format!("{}]}}", &file[..last]))
}

/// The text with results, attachments and the state of widgets emptied; every line stays where it is.
fn without_results(file: &str, root: &Object<'_>) -> Option<String> {
    let mut cut: Vec<(usize, usize)> = Vec::new();
    let mut add = |object: &Object<'_>, key: &str| {
        let range = object.get(key).map(|it| match &it.value {
            Value::Array(list) => (list.range.start, list.range.end),
            Value::Object(map) => (map.range.start, map.range.end),
            _ => (0, 0),
        });
        cut.extend(range.filter(|(start, end)| end - start > SHORT));
    };
    for cell in cells(root) {
        add(cell, "outputs");
        add(cell, "attachments");
    }
    if let Some(metadata) = root.get_object("metadata") {
        add(metadata, "widgets");
    }
    cut.sort_unstable();
    let (mut lean, mut at) = (String::new(), 0);
    for (start, end) in &cut {
        lean.push_str(&file[at..*start]);
        lean.push_str(&emptied(&file[*start..*end]));
        at = *end;
    }
    lean.push_str(&file[at..]);
    (!cut.is_empty()).then_some(lean)
}

/// An empty list that is as many lines long, and ends in the same column.
fn emptied(value: &str) -> String {
    let last = value.rsplit('\n').next().unwrap_or_default().chars().count();
    let breaks = value.bytes().filter(|byte| *byte == b'\n').count();
    let spaces = last.saturating_sub(if breaks == 0 { 2 } else { 1 });
    format!("[{}{}]", "\n".repeat(breaks), " ".repeat(spaces))
}

/// The cells; nbformat 3 keeps them in sheets.
fn cells<'v, 't>(root: &'v Object<'t>) -> Vec<&'v Object<'t>> {
    let objects = |list: &'v Array<'t>| list.elements.iter().filter_map(Value::as_object);
    if let Some(cells) = root.get_array("cells") {
        return objects(cells).collect();
    }
    let sheets = root.get_array("worksheets").into_iter().flat_map(objects);
    sheets.filter_map(|sheet| sheet.get_array("cells")).flat_map(objects).collect()
}

fn piece(file: &str, number: u32, cell: &Object<'_>) -> Piece {
    let said = cell.get("source").or_else(|| cell.get("input"));
    let titles: [&[&str]; 3] =
        [&["metadata", "name"], &["metadata", "title"], &["metadata", DATABRICKS_CELL, "title"]];
    let title = titles.iter().find_map(|keys| json::text_at(cell, keys));
    Piece {
        number,
        title: title.map(str::trim).filter(|title| !title.is_empty()).map(str::to_owned),
        language: cell_language(cell),
        text: said.map(|said| json::joined(file, &said.value)).unwrap_or_default(),
    }
}

/// What a cell says it is written in.
fn cell_language(cell: &Object<'_>) -> Option<Language> {
    match json::text_at(cell, &["cell_type"]) {
        Some("code") | None => {
            let keys: [&[&str]; 3] =
                [&["metadata", "language"], &["metadata", "vscode", "languageId"], &["language"]];
            keys.iter().find_map(|keys| json::text_at(cell, keys)).map(language)
        }
        Some(_) => Some(Language::Markdown),
    }
}

/// A language by the name that a kernel or an editor gives it.
fn language(name: &str) -> Language {
    let lower = name.to_ascii_lowercase();
    match lower.as_str() {
        "python" | "pyspark" | "ipython" | "python3" | "python2" => Language::Python,
        "scala" | "spark" => Language::Scala,
        "r" | "sparkr" => Language::R,
        "markdown" => Language::Markdown,
        "bash" | "sh" | "shell" | "shellscript" | "powershell" => Language::Shell,
        // PostgreSQL, T-SQL, Spark SQL: kernels for one platform name its dialect.
        _ if lower.contains("sql") => Language::Sql,
        _ => Language::Other(name.to_owned()),
    }
}

/// Which platform wrote it, and what its cells are written in that do not say.
fn spoken(root: &Object<'_>, cells: &[&Object<'_>]) -> Spoken {
    let names: [&[&str]; 3] = [
        &["metadata", DATABRICKS, "language"],
        &["metadata", "kernelspec", "language"],
        &["metadata", "language_info", "name"],
    ];
    let name = names.iter().find_map(|keys| json::text_at(root, keys));
    let databricks = json::at(root, &["metadata", DATABRICKS]).is_some()
        || cells.iter().any(|cell| json::at(cell, &["metadata", DATABRICKS_CELL]).is_some());
    let kernel = json::text_at(root, &["metadata", "kernelspec", "name"]).unwrap_or_default();
    let snowflake = kernel == "streamlit"
        || json::at(root, &["metadata", "lastEditStatus"]).is_some()
        || cells.iter().any(|cell| json::at(cell, &["metadata", "resultVariableName"]).is_some());
    let dialect = match (databricks, snowflake, name) {
        (true, _, _) => Some("databricks"),
        (_, true, _) => Some("snowflake"),
        (_, _, Some("postgresql" | "redshift")) => Some("postgres"),
        _ => None,
    };
    Spoken { language: name.map_or(Language::Python, language), databricks, dialect }
}
