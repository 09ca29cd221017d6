//! What one entry of a properties file says of a node or of a source table.

use plumb_base::Place;
use plumb_base::record::dbt::{Column, Properties};
use serde_json::{Map, Value};

use super::{config_tree, promises};
use crate::text;
use crate::yaml::Tree;

/// Keys beside `config` that dbt takes for configuration.
const CONFIG_BESIDE: &[&str] = &["access", "group", "docs"];

/// Properties and configuration of an entry.
pub(super) fn of(entry: &Tree, path: &str) -> (Properties, Map<String, Value>) {
    let properties = Properties {
        place: Some(place(entry, path)),
        description: entry.text_of("description").unwrap_or_default(),
        columns: entry.get("columns").map(|list| columns(list, path)).unwrap_or_default(),
        tests: promises::tests(entry, path),
        constraints: promises::constraints(entry, None, path),
        meta: meta(entry),
        tags: tags(entry),
        group: beside_or_in_config(entry, "group"),
        access: beside_or_in_config(entry, "access"),
        contract: entry.get("config").is_some_and(|config| contract(&config.object())),
        version: None,
    };
    (properties, config(entry))
}

/// Where an entry stands.
pub(super) fn place(entry: &Tree, path: &str) -> Place {
    text::place(path, entry.line, entry.column)
}

/// Columns that are named in a list (or, as some write it, in a map).
pub(super) fn columns(list: &Tree, path: &str) -> Vec<Column> {
    let listed = list.items().iter().filter_map(|item| column(item.text_of("name")?, item, path));
    let mapped = list.entries().iter().filter_map(|(name, item)| column(name.clone(), item, path));
    listed.chain(mapped).collect()
}

/// Whether configuration enforces a contract.
pub(super) fn contract(config: &Map<String, Value>) -> bool {
    match config.get("contract") {
        Some(Value::Object(contract)) => contract.get("enforced") == Some(&Value::Bool(true)),
        Some(value) => value == &Value::Bool(true),
        None => false,
    }
}

/// `tags` of an entry and of its `config`.
pub(super) fn tags(entry: &Tree) -> Vec<String> {
    let mut tags = Vec::new();
    let inner = entry.get("config").and_then(|config| config.get("tags"));
    for tag in entry.get("tags").into_iter().chain(inner).flat_map(Tree::texts) {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

/// `meta` of an entry, and over it that of its `config`.
pub(super) fn meta(entry: &Tree) -> Map<String, Value> {
    let inner = entry.get("config").and_then(|config| config.get("meta"));
    entry.get("meta").into_iter().chain(inner).flat_map(Tree::object).collect()
}

fn column(name: String, entry: &Tree, path: &str) -> Option<Column> {
    (!name.is_empty()).then(|| Column {
        tests: promises::tests(entry, path),
        constraints: promises::constraints(entry, Some(&name), path),
        name,
        data_type: entry.text_of("data_type"),
        description: entry.text_of("description").unwrap_or_default(),
        meta: meta(entry),
        tags: tags(entry),
    })
}

fn beside_or_in_config(entry: &Tree, key: &str) -> Option<String> {
    let inner = entry.get("config").and_then(|config| config.text_of(key));
    inner.or_else(|| entry.text_of(key))
}

fn config(entry: &Tree) -> Map<String, Value> {
    let mut config = Map::new();
    let beside = |key: &&str| Some(((*key).to_owned(), entry.get(key)?.json()));
    config_tree::lay_over(&CONFIG_BESIDE.iter().filter_map(beside).collect(), &mut config);
    config_tree::lay_over(&entry.get("config").map(Tree::object).unwrap_or_default(), &mut config);
    let (tags, meta) = (tags(entry), meta(entry));
    if !tags.is_empty() {
        let tags = tags.into_iter().map(Value::String).collect();
        config.insert("tags".to_owned(), Value::Array(tags));
    }
    if !meta.is_empty() {
        config.insert("meta".to_owned(), Value::Object(meta));
    }
    config
}

/// Lets the project file say of all tests of an entry whether they run, and whether they may fail.
pub(super) fn tests_by_default(properties: &mut Properties, config: &Map<String, Value>) {
    promises::by_default(&mut properties.tests, config);
    for column in &mut properties.columns {
        promises::by_default(&mut column.tests, config);
    }
}
