//! The words with which a cell says what it is written in: `%sql`, `%%bigquery df`, `%run ./setup`.

use plumb_base::MappedText;
use plumb_base::record::notebook::{Cell, Language};

use super::{Piece, Spoken};

/// First words of statements: what stands before them on the line of a magic is for the magic.
const VERBS: &[&str] = &[
    "alter", "analyze", "begin", "cache", "call", "clear", "comment", "copy", "create", "declare",
    "delete", "desc", "describe", "drop", "execute", "explain", "from", "grant", "insert", "list",
    "merge", "optimize", "put", "refresh", "replace", "revoke", "select", "set", "show",
    "truncate", "update", "use", "vacuum", "values", "with",
];

/// Magics that run what stands below them as Python.
const AROUND_PYTHON: &[&str] = &[
    "capture", "local", "memit", "mprun", "prun", "pyspark", "python", "python3", "scalene",
    "time", "timeit",
];

/// Whether a text says nothing.
pub(super) fn blank(text: &str) -> bool {
    text.trim().is_empty()
}

/// The cells that a piece of a notebook is: several where it runs others first.
pub(super) fn cells(piece: Piece, spoken: &Spoken) -> Vec<Cell> {
    let Piece { number, title, language, text } = piece;
    if language == Some(Language::Markdown) {
        let text = dedented(&text);
        return vec![Cell { number, language: Language::Markdown, title, text }];
    }
    let default = language.unwrap_or_else(|| spoken.language.clone());
    let text = dedented(&text);
    let (mut cells, mut start) = (Vec::new(), 0);
    while !blank(&text.text[start..]) {
        let cell = |language: Language, text: MappedText| {
            let title = title.clone();
            let cell = Cell { number, language, title, text };
            if cell.language == Language::Sql && is_settings(&cell.text.text) {
                return Cell { language: Language::Other("JSON".to_owned()), ..cell };
            }
            cell
        };
        let Some(mark) = mark(&text.text, start) else {
            cells.push(cell(default, dedented(&text.from(start))));
            break;
        };
        let language = mark.language(&default, spoken);
        if language == Language::Run {
            cells.extend(mark.target(&text).map(|target| cell(Language::Run, target)));
            start = mark.end;
            continue;
        }
        let from = match language {
            // A magic that is no language is a line of Python, and so is a query on the line of one.
            Language::Python if !mark.whole && !mark.python() => start,
            Language::Sql if mark.whole => mark.query(&text.text),
            Language::Python | Language::Scala | Language::R if mark.whole => mark.end,
            _ => mark.arguments,
        };
        let text = dedented(&text.from(from));
        if !blank(&text.text) {
            cells.push(cell(language, text));
        }
        break;
    }
    cells
}

/// A magic at the head of a cell.
struct Mark<'t> {
    /// Its name, as written.
    word: &'t str,
    /// Whether it is `%%`, which is for the whole cell everywhere.
    whole: bool,
    /// What stands behind it on its line.
    said: &'t str,
    /// Where that begins.
    arguments: usize,
    /// Where the next line begins.
    end: usize,
}

/// The magic that begins from a byte of a cell on; comments may stand before one that names a language.
fn mark(text: &str, from: usize) -> Option<Mark<'_>> {
    let (mut at, mut commented) = (from, false);
    for line in text[from..].split_inclusive('\n') {
        let start = at;
        at += line.len();
        let said = line.trim();
        if said.is_empty() {
            continue;
        }
        let Some(magic) = said.strip_prefix('%') else {
            let comment = ["#", "--", "//"].iter().any(|sign| said.starts_with(sign));
            if !comment {
                return None;
            }
            commented = true;
            continue;
        };
        let whole = magic.starts_with('%');
        let magic = magic.trim_start_matches('%');
        let len = magic.find(|letter: char| !is_word(letter)).unwrap_or(magic.len());
        let word = &magic[..len];
        if !word.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
            return None;
        }
        let arguments = start + line.find('%')? + if whole { 2 } else { 1 } + len;
        let mark = Mark { word, whole, said: magic[len..].trim(), arguments, end: at };
        return (!commented || named(word).is_some()).then_some(mark);
    }
    None
}

fn is_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.')
}

/// The language that a word names.
fn named(word: &str) -> Option<Language> {
    let lower = word.to_ascii_lowercase();
    Some(match lower.as_str() {
        "py" => Language::Python,
        "bigquery" | "snowflake" | "athena" => Language::Sql,
        "scala" => Language::Scala,
        "r" | "sparkr" => Language::R,
        "md" | "md-sandbox" | "markdown" => Language::Markdown,
        "sh" | "bash" | "script" | "cmd" | "system" => Language::Shell,
        "run" => Language::Run,
        // `sparksql`, `spark_sql`, `spark.sql`, `bqsql`.
        _ if lower.ends_with("sql") => Language::Sql,
        _ if lower.ends_with("pyspark") || AROUND_PYTHON.contains(&lower.as_str()) => {
            Language::Python
        }
        _ => return None,
    })
}

impl Mark<'_> {
    fn language(&self, default: &Language, spoken: &Spoken) -> Language {
        // On Databricks one sign is for the whole cell; elsewhere a query on its line ends with the line.
        let line = !self.whole && !spoken.databricks && !self.said.is_empty();
        match named(self.word) {
            Some(Language::Sql) if line && *default == Language::Python => Language::Python,
            Some(language) => language,
            None if self.word.eq_ignore_ascii_case("spark") => {
                let sql = self.said.split_whitespace().any(|word| word == "sql");
                if sql { Language::Sql } else { Language::Python }
            }
            None if self.whole => Language::Other(self.word.to_owned()),
            None if *default == Language::Python => Language::Python,
            None if matches!(self.word, "pip" | "conda" | "fs" | "uv") => Language::Shell,
            None => Language::Other(self.word.to_owned()),
        }
    }

    fn python(&self) -> bool {
        named(self.word) == Some(Language::Python)
    }

    /// Where the statement begins that a magic for a whole cell is given.
    fn query(&self, text: &str) -> usize {
        let line = &text[self.arguments..self.end];
        let mut at = 0;
        for word in line.split_inclusive(char::is_whitespace) {
            let verb = word.trim().split(['(', '*']).next().unwrap_or_default();
            if word.starts_with('(') || VERBS.contains(&verb.to_ascii_lowercase().as_str()) {
                return self.arguments + at;
            }
            at += word.len();
        }
        self.end
    }

    /// The path that a `%run` names.
    fn target(&self, text: &MappedText) -> Option<MappedText> {
        let said = self.said;
        let start = self.arguments + text.text[self.arguments..self.end].find(said)?;
        for quote in ['"', '\'', '`'] {
            if let Some(rest) = said.strip_prefix(quote)
                && let Some(len) = rest.find(quote)
            {
                return Some(text.cut(start + 1..start + 1 + len)).filter(|it| !blank(&it.text));
            }
        }
        // Options of IPython stand before the path, arguments of Databricks behind it.
        let options: usize = said
            .split_inclusive(char::is_whitespace)
            .take_while(|word| word.starts_with('-'))
            .map(str::len)
            .sum();
        let path = &said[options..];
        let path = path.split(" $").next().unwrap_or(path).trim_end();
        let start = start + options;
        Some(text.cut(start..start + path.len())).filter(|it| !blank(&it.text))
    }
}

/// Whether a cell of SQL holds settings in JSON, as some tools store them.
fn is_settings(text: &str) -> bool {
    text.trim_start().starts_with('{')
        && serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text).is_ok()
}

/// The text without empty lines before it and the space that stands before each of its lines.
fn dedented(text: &MappedText) -> MappedText {
    let empty = text.text.len() - text.text.trim_start().len();
    let first = text.text[..empty].rfind('\n').map_or(0, |at| at + 1);
    let text = &text.from(first);
    let filled = text.text.lines().filter(|line| !blank(line));
    let indent = filled.map(|line| line.len() - line.trim_start_matches([' ', '\t']).len()).min();
    let Some(indent) = indent.filter(|indent| *indent > 0) else { return text.clone() };
    let (mut plain, mut at) = (MappedText::default(), 0);
    for line in text.text.split_inclusive('\n') {
        let blank_len = line.len() - line.trim_start_matches([' ', '\t']).len();
        plain.push(&text.cut(at + indent.min(blank_len)..at + line.len()));
        at += line.len();
    }
    plain
}
