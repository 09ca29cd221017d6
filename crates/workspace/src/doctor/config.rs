//! What is set, and where each value comes from.

use plumb_base::{
    answer::{Check, Health},
    record::{Role, Settings},
};

use super::check;
use crate::Workspace;

pub(super) fn config(workspace: &Workspace) -> Vec<Check> {
    let settings = &workspace.found.settings;
    let mut checks = Vec::new();
    match &settings.path {
        Some(path) => {
            let bad = workspace.found.problems.iter().filter(|it| it.place.path == *path).count();
            checks.push(if bad == 0 {
                check(Health::Good, "plumb.toml", path)
            } else {
                let entries = if bad == 1 { "entry is" } else { "entries are" };
                check(
                    Health::Warning,
                    "plumb.toml",
                    format!("{path}, {bad} {entries} not understood"),
                )
            });
            checks.extend(set(settings, path));
        }
        None => checks.push(check(Health::Absent, "plumb.toml", "not there; defaults are used")),
    }
    let loose = workspace.estate.using.iter().find(|used| used.what == "SQL files");
    checks.extend(loose.map(|used| check(Health::Good, "plain SQL", &used.detail)));
    checks.push(match (&settings.drift_watcher, &settings.path) {
        (Some(name), Some(path)) => {
            check(Health::Good, "who watches for cost drift", format!("{name}, {path}"))
        }
        _ => Check {
            why: Some("a bill that nobody watches grows".to_owned()),
            fix: Some("plumb.toml: [watch] drift = \"NAME\"".to_owned()),
            ..check(Health::Warning, "who watches for cost drift", "nobody yet")
        },
    });
    checks
}

/// Every value that is set, each with the file that sets it.
fn set(settings: &Settings, path: &str) -> Vec<Check> {
    let mut values: Vec<(&str, String)> = Vec::new();
    if !settings.exclude.is_empty() {
        values.push(("left out", settings.exclude.join(", ")));
    }
    if !settings.include.is_empty() {
        values.push(("read all the same", settings.include.join(", ")));
    }
    if !settings.places.is_empty() {
        values.push(("records", settings.places.join(", ")));
    }
    for (prefix, name) in &settings.dialects {
        values.push(("dialect", format!("{name}{}", below(prefix))));
    }
    for folder in &settings.sql {
        let role = match folder.role {
            Role::Scripts => "scripts",
            Role::Models => "models",
            Role::Queries => "queries",
            Role::Ddl => "declarations",
        };
        let names = [("catalog", &folder.catalog), ("schema", &folder.schema)];
        let names =
            names.iter().filter_map(|(what, name)| Some(format!("{what} {}", name.as_ref()?)));
        let said: Vec<String> = std::iter::once(role.to_owned()).chain(names).collect();
        values.push(("SQL", format!("{}{}", said.join(", "), below(&folder.prefix))));
    }
    for (what, list) in [("layers", &settings.layers), ("environments", &settings.environments)] {
        let mut names: Vec<&str> = list.iter().map(|(name, _)| name.as_str()).collect();
        names.dedup();
        if !names.is_empty() {
            values.push((what, names.join(", ")));
        }
    }
    values
        .into_iter()
        .map(|(what, value)| check(Health::Good, what, format!("{value}, {path}")))
        .collect()
}

fn below(prefix: &str) -> String {
    if prefix.is_empty() {
        String::new()
    } else {
        format!(" below {}", prefix.trim_end_matches('/'))
    }
}
