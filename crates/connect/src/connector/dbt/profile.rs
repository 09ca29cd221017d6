//! The connection that a run of the project would use, from `profiles.yml`.

use std::collections::BTreeSet;

use plumb_base::record::dbt::Target;
use plumb_base::{Problem, World};

use super::Scope;
use crate::yaml::{self, Tree};
use crate::{path, text};

const FILE: &str = "profiles.yml";

/// Finds the target of a project; what is not known, or needs more than a variable, is `None`.
///
/// Looked for below the root only: where `DBT_PROFILES_DIR` names a folder below the root, in the folder of
/// the project, in the root, and at last anywhere in the project. A file in somebody's home is not read.
pub(super) fn target(scope: &Scope<'_>, problems: &mut Vec<Problem>) -> Target {
    let (world, file) = (scope.walk.world, &scope.file);
    let Some(profile) = file.profile.as_deref().and_then(|text| resolved(world, text)) else {
        return Target::default();
    };
    let named = world.variable("DBT_PROFILES_DIR").and_then(|written| path::join("", &written));
    let folders = named.into_iter().chain([file.folder.clone(), String::new()]);
    let usual = folders.filter_map(|folder| path::join(&folder, FILE));
    let elsewhere = scope.files.iter().map(|entry| &entry.path).filter(|at| path::name(at) == FILE);
    let mut seen = BTreeSet::new();
    for at in usual.chain(elsewhere.cloned()).filter(|at| seen.insert(at.clone())) {
        let Some(source) = text::read_if_there(world, &at, problems) else { continue };
        let documents = yaml::parse(&source, problems);
        if let Some(found) = documents.iter().find_map(|tree| tree.get(&profile)) {
            return output(world, &profile, found);
        }
    }
    Target { profile: Some(profile), ..Target::default() }
}

fn output(world: &dyn World, profile: &str, tree: &Tree) -> Target {
    let resolve = |tree: &Tree| tree.text().and_then(|text| resolved(world, &text));
    let written = tree.get("target").map_or_else(|| Some("default".to_owned()), resolve);
    let outputs = tree.get("outputs").map(Tree::entries).unwrap_or_default();
    // The target a person runs by default is often their own; what costs money is production.
    let production = outputs.iter().map(|(key, _)| key).find(|key| is_production(key)).cloned();
    let name = world.variable("DBT_TARGET").or(production).or(written);
    let chosen =
        outputs.iter().find(|(key, _)| Some(key) == name.as_ref()).map(|(_, output)| output);
    let Some(chosen) = chosen else {
        // Which output is meant is not known, but where all are of one type, that is.
        let mut types = outputs.iter().map(|(_, output)| output.get("type").and_then(resolve));
        let first = types.next().flatten();
        let adapter = first.filter(|first| types.all(|other| other.as_ref() == Some(first)));
        return Target { profile: Some(profile.to_owned()), name, adapter, ..Target::default() };
    };
    let key = |keys: &[&str]| chosen.first(keys).and_then(resolve);
    let adapter = key(&["type"]);
    let database = match adapter.as_deref() {
        Some("bigquery") => key(&["project", "database"]),
        Some("databricks" | "spark") => key(&["catalog", "database"]),
        // DuckDB calls a database as its file is called.
        Some("duckdb") => key(&["database"]).or_else(|| duckdb_name(key(&["path"]))),
        _ => key(&["database", "dbname", "catalog"]),
    };
    let schema = key(&["schema", "dataset"]);
    let host = || key(&["host", "server_hostname", "server"]);
    let server = match adapter.as_deref() {
        Some("snowflake") => key(&["account"]),
        _ => {
            host().map(|host| key(&["port"]).map_or(host.clone(), |port| format!("{host}:{port}")))
        }
    };
    Target { profile: Some(profile.to_owned()), name, adapter, database, schema, server }
}

fn is_production(target: &str) -> bool {
    ["prod", "production", "prd"].iter().any(|name| target.eq_ignore_ascii_case(name))
}

fn duckdb_name(file: Option<String>) -> Option<String> {
    let file = file.unwrap_or_else(|| ":memory:".to_owned());
    match file.as_str() {
        ":memory:" => Some("memory".to_owned()),
        remote if remote.starts_with("md:") => None,
        file => Some(path::stem(&file.replace('\\', "/")).to_owned()),
    }
}

/// A value with its `env_var` calls replaced; `None` when one is not set or anything else is called.
pub(super) fn resolved(world: &dyn World, written: &str) -> Option<String> {
    let (mut text, mut rest) = (String::new(), written);
    while let Some((before, after)) = rest.split_once("{{") {
        let (inside, after) = after.split_once("}}")?;
        text.push_str(before);
        text.push_str(&expression(world, inside)?);
        rest = after;
    }
    text.push_str(rest);
    (!text.contains("{%")).then(|| text.trim().to_owned())
}

/// The value of `env_var('NAME')` or `env_var('NAME', 'default')`, perhaps with a filter that keeps it.
fn expression(world: &dyn World, inside: &str) -> Option<String> {
    let mut filters = inside.split('|').map(str::trim);
    let call = filters.next()?;
    let kept = ["as_text", "as_native", "as_number", "as_bool", "int", "string", "trim"];
    if !filters.all(|filter| kept.contains(&filter)) {
        return None;
    }
    if let Some(text) = quoted(call) {
        return Some(text.to_owned());
    }
    let arguments =
        call.strip_prefix("env_var")?.trim_start().strip_prefix('(')?.strip_suffix(')')?;
    let (name, default) = match arguments.split_once(',') {
        Some((name, default)) => (name, quoted(default.trim())),
        None => (arguments, None),
    };
    world.variable(quoted(name.trim())?).or_else(|| default.map(str::to_owned))
}

fn quoted(text: &str) -> Option<&str> {
    let mark = text.chars().next().filter(|letter| matches!(letter, '\'' | '"'))?;
    let inner = text.strip_prefix(mark)?.strip_suffix(mark)?;
    (!inner.contains(mark)).then_some(inner)
}
