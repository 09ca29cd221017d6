//! Configuration that `dbt_project.yml` gives to folders, as it falls on one node.

use serde_json::{Map, Value};

/// Keys whose lists grow from level to level; of all others the stronger level counts.
const APPENDED: &[&str] = &["tags", "pre-hook", "post-hook", "pre_hook", "post_hook"];

/// Keys whose maps are merged key by key.
const MERGED: &[&str] = &["meta", "column_types", "quoting", "docs", "persist_docs"];

/// Lays the levels of a tree that lead to a node on its configuration, the root of the tree first.
///
/// The path is the package, then folders, then the name. As in dbt, `+key` is always configuration, and a
/// key without `+` is when its value is no map: a map is a folder, whatever it is called.
pub(super) fn lay(tree: &Map<String, Value>, path: &[&str], config: &mut Map<String, Value>) {
    let mut level = tree;
    lay_level(level, config);
    for part in path {
        let Some(Value::Object(inner)) = level.get(*part) else { return };
        level = inner;
        lay_level(level, config);
    }
}

fn lay_level(level: &Map<String, Value>, config: &mut Map<String, Value>) {
    for (key, value) in level {
        if let Some(key) = key.strip_prefix('+') {
            set(config, key.trim(), value);
        } else if !value.is_object() && !value.is_null() {
            set(config, key, value);
        }
    }
}

/// Lays configuration from a properties file over what is there.
pub(super) fn lay_over(stronger: &Map<String, Value>, config: &mut Map<String, Value>) {
    for (key, value) in stronger {
        set(config, key.trim_start_matches('+'), value);
    }
}

fn set(config: &mut Map<String, Value>, key: &str, value: &Value) {
    let there = config.get_mut(key);
    match (there, value) {
        (Some(Value::Object(there)), Value::Object(more)) if MERGED.contains(&key) => {
            there.extend(more.clone());
        }
        (there, value) if APPENDED.contains(&key) => {
            let mut items = there.map(|there| listed(there)).unwrap_or_default();
            for item in listed(value) {
                if !items.contains(&item) {
                    items.push(item);
                }
            }
            config.insert(key.to_owned(), Value::Array(items));
        }
        (_, value) => {
            config.insert(key.to_owned(), value.clone());
        }
    }
}

fn listed(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items.clone(),
        Value::Null => Vec::new(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            vec![value.clone()]
        }
    }
}
