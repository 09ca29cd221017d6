//! Who owns what, and how we know.

use plumb_base::{Owner, record::dbt};
use serde_json::{Map, Value};

/// Owners of a dbt node: its group's, then what its `meta` says.
pub(crate) fn of_node(
    project: &dbt::Project,
    properties: &dbt::Properties,
    config: &Map<String, Value>,
) -> Vec<Owner> {
    let mut owners = Vec::new();
    let group = config
        .get("group")
        .and_then(Value::as_str)
        .map(str::to_owned)
        .or_else(|| properties.group.clone());
    if let Some(group) = group {
        owners.push(of_group(project, &group));
    }
    let file = properties.place.as_ref().map(|place| format!(" in {}", place.path));
    let file = file.unwrap_or_default();
    for meta in [config.get("meta").and_then(Value::as_object), Some(&properties.meta)]
        .into_iter()
        .flatten()
    {
        if let Some(owner) = meta.get("owner").and_then(named)
            && !owners.iter().any(|it: &Owner| it.name == owner)
        {
            owners.push(Owner { name: owner, source: format!("dbt meta.owner{file}") });
        }
    }
    owners
}

/// The owner of a dbt group; where nobody is named, the group itself.
pub(crate) fn of_group(project: &dbt::Project, group: &str) -> Owner {
    let declared = project.groups.iter().find(|it| it.name == group);
    let name = declared.and_then(|it| it.owner.clone()).unwrap_or_else(|| group.to_owned());
    let place = declared.and_then(|it| it.place.as_ref());
    let file = place.map(|place| format!(" in {}", place.path)).unwrap_or_default();
    Owner { name, source: format!("dbt group {group}{file}") }
}

/// A name written as a text, a list, or a map with a name in it.
fn named(value: &Value) -> Option<String> {
    match value {
        Value::String(name) => Some(name.trim().to_owned()).filter(|name| !name.is_empty()),
        Value::Array(items) => items.iter().find_map(named),
        Value::Object(fields) => fields.get("name").or_else(|| fields.get("email")).and_then(named),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}
