//! Templates in YAML: values of `dbt_project.yml` and of properties files.

use plumb_base::Source;
use plumb_base::record::dbt::{Kind, Node, Properties, SourceTable};
use serde_json::{Map, Value as Json};

use super::config::overlay;
use super::json::to_json;
use super::library::{Library, Sheet};
use super::relation::{Part, Relation, quote_of};
use super::run::{Run, Stage};
use super::value::Value;

/// Keys whose values are rendered when a node is built, not when it is read.
const LATE: [&str; 4] = ["pre-hook", "post-hook", "pre_hook", "post_hook"];

/// Configuration of a node from its folders and over it that of properties files, templates rendered.
pub(super) fn config(library: &Library<'_>, node: &Node, sheet: &Sheet) -> Map<String, Json> {
    let settle = |config: &Map<String, Json>, stage| -> Map<String, Json> {
        let entry = |(key, value): (&String, &Json)| {
            let value = if LATE.contains(&key.as_str()) {
                value.clone()
            } else {
                value_of(library, node, sheet, value, stage)
            };
            (key.clone(), if key == "enabled" { truth(value) } else { value })
        };
        config.iter().map(entry).collect()
    };
    let mut config = settle(&node.config, Stage::ProjectFile);
    overlay(&mut config, &settle(&node.declared, Stage::Properties));
    config
}

/// A relation whose parts are templates, with the parts rendered.
///
/// What is not known is written as its key and not as a hole: names must be the same in all models.
pub(super) fn relation(library: &Library<'_>, table: &SourceTable, of: Relation) -> Relation {
    let quote = quote_of(library.project.target.adapter.as_deref());
    let (node, sheet) = (reader(&table.package), Sheet::default());
    let mut settled = of;
    for part in settled.parts.iter_mut().flatten().filter(|part| part.is_template()) {
        let written = Json::String(part.name.clone());
        let value = value_of(library, &node, &sheet, &written, Stage::Properties);
        // One that cannot be rendered is called by its text: never by the name of another.
        let text = match value {
            Json::String(text) if text != part.name && !text.trim().is_empty() => text,
            Json::Number(number) => number.to_string(),
            _ => part.name.replace(|letter: char| !letter.is_ascii_alphanumeric(), "_"),
        };
        // A key may hold quotes, and a name is sometimes put into a text.
        *part = Part::new(&text.trim().replace('\'', ""), quote);
    }
    settled
}

/// Who reads a file that belongs to no node.
fn reader(package: &str) -> Node {
    Node {
        package: package.to_owned(),
        name: String::new(),
        kind: Kind::Analysis,
        source: Source::new("", ""),
        config: Map::new(),
        declared: Map::new(),
        properties: Properties::default(),
        compiled: None,
        relation: None,
        catalog: None,
    }
}

/// A value with its templates rendered; one that cannot be rendered stays as it is written.
fn value_of(library: &Library<'_>, node: &Node, sheet: &Sheet, value: &Json, stage: Stage) -> Json {
    match value {
        Json::String(text) if is_template(text) => {
            text_of(library, node, sheet, text, stage).unwrap_or_else(|| value.clone())
        }
        Json::Array(items) => {
            let items = items.iter().map(|item| value_of(library, node, sheet, item, stage));
            Json::Array(items.collect())
        }
        Json::Object(entries) => {
            let entry = |(key, value): (&String, &Json)| {
                (key.clone(), value_of(library, node, sheet, value, stage))
            };
            Json::Object(entries.iter().map(entry).collect())
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => value.clone(),
    }
}

fn text_of(
    library: &Library<'_>,
    node: &Node,
    sheet: &Sheet,
    text: &str,
    stage: Stage,
) -> Option<Json> {
    let template = library.aside(text)?;
    let mut run = Run::new(library, node, sheet, stage);
    let value = run.aside_of(&template).ok()?;
    if !run.is_sure() {
        return None;
    }
    Some(match value {
        Value::Unknown(unknown) => Json::String(unknown.key.clone()),
        known => run.named_holes(to_json(&known)),
    })
}

/// Whether a text has tags.
pub(super) fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%")
}

/// `enabled` may come as a word.
fn truth(value: Json) -> Json {
    match value.as_str().map(|text| text.trim().to_ascii_lowercase()).as_deref() {
        Some("true") => Json::Bool(true),
        Some("false") => Json::Bool(false),
        _ => value,
    }
}
