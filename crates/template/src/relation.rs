//! Names of tables as dbt's `Relation` objects: parts that can be left out, quoted and replaced.

use std::rc::Rc;

use plumb_base::record::dbt::{Node, Project, SourceTable};
use serde_json::{Map, Value as Json};

use super::hole::{HoleKind, MARK, Unknown};
use super::operate::truth;
use super::value::{Args, Value};

/// The name of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Relation {
    /// Database, schema and identifier.
    pub(super) parts: [Option<Part>; 3],
    /// `table`, `view`, `cte`, …, if it is known.
    pub(super) kind: Option<String>,
    /// What was asked for it, where only a run tells whether it is there.
    pub(super) asked: Option<String>,
}

/// One part of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// The name itself.
    pub(super) name: String,
    /// The name as it is written in SQL.
    pub(super) text: String,
    /// Whether it is written at all.
    pub(super) is_shown: bool,
}

impl Part {
    /// A part, quoted if it must be; one that is given in quotes stays as it is.
    pub(super) fn new(name: &str, quote: char) -> Self {
        if let Some(inside) = unquoted(name, quote) {
            return Self { name: inside.to_owned(), text: name.to_owned(), is_shown: true };
        }
        let mut letters = name.chars();
        let is_plain = letters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
            && letters.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$');
        let text = if is_plain { name.to_owned() } else { format!("{quote}{name}{quote}") };
        Self { name: name.to_owned(), text, is_shown: true }
    }

    /// Whether it is a template, as properties files may have it.
    pub(super) fn is_template(&self) -> bool {
        super::settle::is_template(&self.name)
    }

    /// Whether it is the key of a value that is not known, in place of a name.
    pub(super) fn is_unsettled(&self) -> bool {
        let name = self.name.as_str();
        name.contains(['(', '|', '{']) || name.starts_with("target.") || name.contains(MARK)
    }
}

/// What stands between quotes.
fn unquoted(name: &str, quote: char) -> Option<&str> {
    let inside = name.strip_prefix(quote)?.strip_suffix(quote)?;
    (!inside.is_empty() && !inside.contains(quote)).then_some(inside)
}

/// The quote of an adapter's identifiers.
pub(super) fn quote_of(adapter: Option<&str>) -> char {
    match adapter {
        Some("bigquery" | "databricks" | "spark" | "athena" | "mysql") => '`',
        _ => '"',
    }
}

impl Relation {
    /// A relation of the parts that are given.
    pub(super) fn new(parts: [Option<&str>; 3], adapter: Option<&str>) -> Self {
        let quote = quote_of(adapter);
        let parts = parts.map(|part| part.filter(|n| !n.is_empty()).map(|n| Part::new(n, quote)));
        Self { parts, ..Self::default() }
    }

    /// Reads a name as a manifest writes it: `"db"."schema"."table"`.
    pub(super) fn parse(text: &str) -> Self {
        let mut found: Vec<Part> = Vec::new();
        let mut current = String::new();
        let mut quote = None;
        let mut finish = |current: &mut String| {
            let text = std::mem::take(current);
            let name = text.trim_matches(['"', '`', '[', ']']).to_owned();
            found.push(Part { name, text, is_shown: true });
        };
        for letter in text.chars() {
            match (letter, quote) {
                ('.', None) => {
                    finish(&mut current);
                    continue;
                }
                ('"' | '`', None) => quote = Some(letter),
                (letter, Some(open)) if letter == open => quote = None,
                _ => {}
            }
            current.push(letter);
        }
        finish(&mut current);
        let mut parts = found.into_iter().rev();
        let (identifier, schema, database) = (parts.next(), parts.next(), parts.next());
        Self { parts: [database, schema, identifier], ..Self::default() }
    }

    /// Whether a part is a template, as properties files may have it.
    pub(super) fn has_template(&self) -> bool {
        self.parts.iter().flatten().any(Part::is_template)
    }

    /// The name in SQL.
    pub(super) fn render(&self) -> String {
        let shown = self.parts.iter().flatten().filter(|part| part.is_shown);
        shown.map(|part| part.text.as_str()).collect::<Vec<_>>().join(".")
    }

    /// The value that decides whether it is there, where only a run tells.
    pub(super) fn doubt(&self) -> Option<Unknown> {
        let asked = self.asked.as_deref()?;
        Some(Unknown::new(HoleKind::Value, asked, "known only in a run"))
    }

    /// An attribute such as `schema`.
    pub(super) fn attribute(&self, name: &str) -> Option<Value> {
        let part = |at: usize| {
            Some(self.parts[at].as_ref().map_or(Value::None, |part| Value::text(part.name.clone())))
        };
        match name {
            "database" | "catalog" | "project" => part(0),
            "schema" | "dataset" => part(1),
            "identifier" | "name" | "table" | "alias" => part(2),
            "type" | "is_table" | "is_view" | "is_cte" if self.asked.is_some() => {
                let doubt = self.doubt()?;
                Some(Value::unknown(doubt.derive(format!("{}.{name}", doubt.key))))
            }
            "type" => Some(self.kind.as_deref().map_or(Value::None, Value::text)),
            "is_table" => Some(Value::Bool(self.kind.as_deref() == Some("table"))),
            "is_view" => Some(Value::Bool(self.kind.as_deref() == Some("view"))),
            "is_cte" => Some(Value::Bool(self.kind.as_deref() == Some("cte"))),
            "metadata" => Some(Value::dict([(Value::text("type"), Value::text("Relation"))])),
            "is_incremental" | "is_dynamic_table" | "is_iceberg_format" => Some(Value::Bool(false)),
            _ => None,
        }
    }

    /// Calls a method; `None` if relations have no such method.
    pub(super) fn method(&self, name: &str, args: &Args, quote: char) -> Option<Value> {
        let mut next = self.clone();
        match name {
            "render" | "__str__" => return Some(Value::text(self.render())),
            "include" => {
                for (part, key) in next.parts.iter_mut().zip(["database", "schema", "identifier"]) {
                    if let (Some(part), Some(shown)) = (part, args.named(key)) {
                        part.is_shown = truth(shown) != Some(false);
                    }
                }
            }
            "quote" => {
                for (part, key) in next.parts.iter_mut().zip(["database", "schema", "identifier"]) {
                    if let (Some(part), Some(quoted)) = (part, args.named(key)) {
                        part.text = if truth(quoted) == Some(false) {
                            part.name.clone()
                        } else {
                            format!("{quote}{}{quote}", part.name)
                        };
                    }
                }
            }
            "without_identifier" => next.parts[2] = None,
            "incorporate" | "replace" | "replace_path" => {
                if let Some(kind) = args.named("type").and_then(Value::as_text) {
                    next.kind = Some(kind.as_ref().to_owned());
                }
                for (at, key) in ["database", "schema", "identifier"].into_iter().enumerate() {
                    let given = match args.get(0, "path") {
                        Some(Value::Dict(path)) => path.get(key),
                        _ => args.named(key).cloned(),
                    };
                    if let Some(Value::Text(name)) = given {
                        next.parts[at] = Some(Part::new(&name, quote));
                    }
                }
            }
            "information_schema" | "information_schema_only" => {
                let mut schema = Part::new("INFORMATION_SCHEMA", quote);
                schema.is_shown = true;
                next.parts[1] = Some(schema);
                let view = args.positional.first().and_then(Value::as_text);
                next.parts[2] = view.map(|view| Part::new(view, quote));
            }
            "matches" => return Some(Value::Bool(false)),
            "get" => {
                let found = self.attribute(args.text(0, "key")?);
                return Some(found.or_else(|| args.get(1, "default").cloned()).unwrap_or_default());
            }
            _ => return None,
        }
        Some(Value::Relation(Rc::new(next)))
    }
}

/// The relation that a node is built as, before the project's macros have a say in its name.
pub(super) fn of_node(project: &Project, node: &Node, config: &Map<String, Json>) -> Relation {
    if let Some(text) = &node.relation {
        return Relation::parse(text);
    }
    let said = Said::of(node, config);
    let target = &project.target;
    Relation::new(
        [
            said.database.or(target.database.as_deref()),
            said.schema.or(target.schema.as_deref()).or(Some(&project.name)),
            said.alias.or(Some(&node.name)),
        ],
        target.adapter.as_deref(),
    )
}

/// What configuration says of a name.
pub(super) struct Said<'a> {
    pub(super) database: Option<&'a str>,
    pub(super) schema: Option<&'a str>,
    pub(super) alias: Option<&'a str>,
    /// Whether schema and database are those of the warehouse already, as older snapshots have it.
    pub(super) whole: [bool; 2],
}

impl<'a> Said<'a> {
    /// Reads it.
    pub(super) fn of(node: &Node, config: &'a Map<String, Json>) -> Self {
        let text = |key| match config.get(key) {
            Some(Json::String(text)) if !text.trim().is_empty() => Some(text.trim()),
            _ => None,
        };
        let is_snapshot = node.kind == plumb_base::record::dbt::Kind::Snapshot;
        let whole = |key| if is_snapshot { text(key) } else { None };
        let (database, schema) = (whole("target_database"), whole("target_schema"));
        Self {
            database: database.or(text("database")).or(text("catalog")).or(text("project")),
            schema: schema.or(text("schema")).or(text("dataset")),
            alias: text("alias"),
            whole: [database.is_some(), schema.is_some()],
        }
    }
}

/// The relation that a source table is.
pub(super) fn of_source(project: &Project, table: &SourceTable) -> Relation {
    let database = table.database.as_deref().or(project.target.database.as_deref());
    let parts = [database, Some(table.schema.as_str()), Some(&table.identifier)];
    Relation::new(parts, project.target.adapter.as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn written(name: &str, quote: char, expected: (&str, &str)) {
        let part = Part::new(name, quote);
        assert_eq!((part.name.as_str(), part.text.as_str()), expected);
    }

    #[test]
    fn what_is_given_in_quotes_is_quoted_once() {
        written("Lake", '"', ("Lake", "Lake"));
        written("my lake", '"', ("my lake", "\"my lake\""));
        written("\"Lake\"", '"', ("Lake", "\"Lake\""));
        written("`lake`", '`', ("lake", "`lake`"));
        written("`lake`", '"', ("`lake`", "\"`lake`\""));
        written("\"\"", '"', ("\"\"", "\"\"\"\""));
    }
}
