//! Who owns what, and how we know: what is set, then what dbt or a file beside the SQL says, then code owners, then who
//! changed it most.

mod code;
mod history;
mod warehouse;

use std::collections::BTreeMap;

use plumb_base::{
    Owner,
    answer::Using,
    record::{DescribedFolder, Found, OwnerSetting, dbt},
};
use serde_json::{Map, Value};

use crate::{Asset, AssetKind, pattern::Selector};
use code::Code;
use history::Changes;

pub use warehouse::WarehouseOwners;

/// Folders of packages: whoever installed one has not written it.
const INSTALLED: &[&str] = &["dbt_packages", "dbt_modules"];

/// Gives every asset its owners, the strongest first; it has those that its own tool names already.
pub(crate) fn assign(found: &Found, assets: &mut [Asset]) {
    let settings = &found.settings;
    let set: Vec<(Selector, &OwnerSetting)> = settings
        .owners
        .iter()
        .map(|setting| (Selector::new(&setting.what, &settings.below), setting))
        .collect();
    let code = found.code_owners.as_ref().map(Code::new);
    let changes = found.history.as_ref().map(Changes::new);
    let folders: BTreeMap<&str, &DescribedFolder> =
        found.described.iter().map(|it| (it.folder.as_str(), it)).collect();
    for asset in assets.iter_mut() {
        let set = set.iter().find(|(selector, _)| selector.matches(asset));
        asset.team = set.and_then(|(_, it)| it.team.clone()).or_else(|| asset.group.clone());
        let mut owners: Vec<Owner> =
            set.into_iter().map(|(_, setting)| configured(setting, found)).collect();
        owners.append(&mut asset.owners);
        if let Some(place) = &asset.place {
            if is_written(asset.kind, &place.path) {
                owners.extend(described(&folders, &place.path));
            }
            owners.extend(code.iter().flat_map(|code| code.owners(&place.path)));
            if is_written(asset.kind, &place.path) {
                owners.extend(changes.as_ref().and_then(|changes| changes.owner(&place.path)));
            }
        }
        asset.owners = distinct(owners);
    }
    // A table that is only filled here belongs to those who fill it.
    for at in 0..assets.len() {
        if assets[at].owners.is_empty() && !assets[at].writers.is_empty() {
            let writers = assets[at].writers.iter();
            let owners = writers.flat_map(|writer| assets[*writer].owners.clone()).collect();
            assets[at].owners = distinct(owners);
        }
    }
}

/// Those whom a file beside that of the asset names.
fn described(folders: &BTreeMap<&str, &DescribedFolder>, path: &str) -> Vec<Owner> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let Some(file) = folders.get(folder) else { return Vec::new() };
    let owner = |(name, line): &(String, u32)| Owner {
        name: name.clone(),
        source: format!("owners in {}:{line}", file.path),
    };
    file.owners.iter().map(owner).collect()
}

/// Says which files and histories name owners here.
pub(crate) fn used(found: &Found, using: &mut Vec<Using>) {
    if let Some(code) = &found.code_owners {
        let (what, path) = ("code owners".to_owned(), code.path.clone());
        using.push(Using { what, path, detail: format!("{} rules", code.rules.len()) });
    }
    if let Some(first) = found.described.first() {
        let (what, path) = ("owners".to_owned(), first.path.clone());
        let detail = match found.described.len() {
            1 => "beside the SQL of a table".to_owned(),
            files => format!("and {} other files beside the SQL of tables", files - 1),
        };
        using.push(Using { what, path, detail });
    }
    if let Some(history) = &found.history
        && let Some(newest) = history.commits.iter().map(|commit| commit.time).max()
    {
        let shallow = if history.shallow { ", a shallow clone" } else { "" };
        let commits = history.commits.len();
        let detail = format!("{commits} commits, the newest of {}{shallow}", newest.day());
        using.push(Using { what: "git".to_owned(), path: ".".to_owned(), detail });
    }
}

/// Whether a file holds what the asset is: of a table that a file only declares, its author knows little.
fn is_written(kind: AssetKind, path: &str) -> bool {
    let installed = path.split('/').any(|part| INSTALLED.contains(&part));
    !installed && !matches!(kind, AssetKind::Source | AssetKind::Exposure)
}

fn configured(setting: &OwnerSetting, found: &Found) -> Owner {
    let file = found.settings.path.as_deref().unwrap_or("plumb.toml");
    let mut source = format!("{file}:{}", setting.line);
    let name = match (&setting.owner, &setting.team) {
        (Some(owner), Some(team)) => {
            source = format!("{source}, team {team}");
            owner.clone()
        }
        (Some(name), None) | (None, Some(name)) => name.clone(),
        (None, None) => String::new(),
    };
    if let Some(slack) = &setting.slack {
        source = format!("{source}, {slack}");
    }
    Owner { name, source }
}

/// Each name once, where it stands first.
fn distinct(owners: Vec<Owner>) -> Vec<Owner> {
    let mut kept: Vec<Owner> = Vec::new();
    for owner in owners {
        let known = |other: &Owner| other.name.to_lowercase() == owner.name.to_lowercase();
        if !kept.iter().any(known) {
            kept.push(owner);
        }
    }
    kept
}

/// The dbt group of a node.
pub(crate) fn group(properties: &dbt::Properties, config: &Map<String, Value>) -> Option<String> {
    let set = config.get("group").and_then(Value::as_str).map(str::to_owned);
    set.or_else(|| properties.group.clone())
}

/// Owners of a dbt node: its group's, then what its `meta` says.
pub(crate) fn of_node(
    project: &dbt::Project,
    properties: &dbt::Properties,
    config: &Map<String, Value>,
) -> Vec<Owner> {
    let mut owners = Vec::new();
    if let Some(group) = group(properties, config) {
        owners.push(of_group(project, &group));
    }
    let file = properties.place.as_ref().map(|place| format!(" in {}", place.path));
    let file = file.unwrap_or_default();
    for meta in [config.get("meta").and_then(Value::as_object), Some(&properties.meta)]
        .into_iter()
        .flatten()
    {
        let own = meta.get_key_value("owner");
        // Some say whose it is in other respects, such as `model_owner`.
        let others = meta.iter().filter(|(key, _)| Owner::is_key(key) && *key != "owner");
        for (key, value) in own.into_iter().chain(others) {
            if let Some(owner) = named(value)
                && !owners.iter().any(|it: &Owner| it.name == owner)
            {
                owners.push(Owner { name: owner, source: format!("dbt meta.{key}{file}") });
            }
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
