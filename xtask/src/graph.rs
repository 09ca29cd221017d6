//! Which package may use which: floors, heavy crates, and what core crates must never reach.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::Fault;

/// A package of the workspace and what it uses to build or run; development uses are free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Package {
    pub name: String,
    pub floor: Option<u64>,
    pub uses: BTreeSet<String>,
}

/// Who uses whom, over all packages, by package id.
#[derive(Debug, Default)]
pub(crate) struct Reach {
    pub names: BTreeMap<String, String>,
    pub uses: BTreeMap<String, BTreeSet<String>>,
}

/// Heavy crates, and the crates that may name them in their manifest.
pub(crate) static HEAVY: &[(&str, &[&str])] = &[
    ("axum", &["plumb-doors"]),
    ("clap", &["plumb"]),
    ("datafusion", &["plumb-workspace"]),
    ("object_store", &["plumb-remote"]),
    ("parquet", &["plumb-connect", "plumb-records", "plumb-store"]),
    ("reqwest", &["plumb-remote"]),
    ("rmcp", &["plumb-doors"]),
    ("ruff_python_parser", &["plumb-python"]),
    ("rusqlite", &["plumb-store"]),
    ("tokio", &["plumb-doors", "plumb-remote", "plumb-workspace", "plumb"]),
];

/// What a core crate never reaches, not even through others.
static FAR: &[&str] = &["axum", "datafusion", "object_store", "reqwest", "rusqlite", "tokio"];

/// The core, and what of [`FAR`] each crate may reach after all.
static CORE: &[(&str, &[&str])] = &[
    ("plumb-advise", &[]),
    ("plumb-base", &[]),
    ("plumb-canon", &[]),
    ("plumb-connect", &[]),
    ("plumb-estate", &[]),
    ("plumb-ir", &[]),
    ("plumb-ledger", &[]),
    ("plumb-python", &[]),
    ("plumb-records", &[]),
    ("plumb-report", &[]),
    ("plumb-resolve", &[]),
    ("plumb-rules", &[]),
    ("plumb-syntax", &[]),
    ("plumb-template", &[]),
];

/// Reads the packages of `cargo metadata --no-deps`.
pub(crate) fn packages(metadata: &Value) -> Result<Vec<Package>, Fault> {
    let list = metadata["packages"].as_array().ok_or("`cargo metadata` lists no packages")?;
    let mut packages: Vec<Package> = list
        .iter()
        .map(|p| Package {
            name: text(&p["name"]),
            floor: p["metadata"]["plumb"]["floor"].as_u64(),
            uses: rows(&p["dependencies"])
                .filter(|d| d["kind"] != "dev")
                .map(|d| text(&d["name"]))
                .collect(),
        })
        .collect();
    packages.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(packages)
}

/// Reads who reaches whom from the `resolve` part of a full `cargo metadata`.
pub(crate) fn reach(metadata: &Value) -> Reach {
    let mut reach = Reach::default();
    for p in rows(&metadata["packages"]) {
        reach.names.insert(text(&p["id"]), text(&p["name"]));
    }
    for node in rows(&metadata["resolve"]["nodes"]) {
        let used = rows(&node["deps"])
            .filter(|d| rows(&d["dep_kinds"]).any(|k| k["kind"] != "dev"))
            .map(|d| text(&d["pkg"]))
            .collect();
        reach.uses.insert(text(&node["id"]), used);
    }
    reach
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn rows(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Counts the edges inside the workspace and names each one that does not point strictly down.
pub(crate) fn upward(packages: &[Package]) -> (usize, Vec<String>) {
    let floors: BTreeMap<&str, Option<u64>> =
        packages.iter().map(|p| (p.name.as_str(), p.floor)).collect();
    let (mut edges, mut faults) = (0, Vec::new());
    for p in packages {
        let Some(here) = p.floor else {
            faults.push(format!(
                "{} states no floor: add `[package.metadata.plumb]` with `floor = N`",
                p.name
            ));
            continue;
        };
        for used in &p.uses {
            let Some(&there) = floors.get(used.as_str()) else { continue };
            edges += 1;
            if let Some(there) = there.filter(|&there| there >= here) {
                faults.push(format!(
                    "{} (floor {here}) may not use {used} (floor {there}): only lower floors",
                    p.name
                ));
            }
        }
    }
    (edges, faults)
}

/// Names each manifest that lists a heavy crate without being allowed to.
pub(crate) fn heavy(packages: &[Package]) -> Vec<String> {
    let mut faults = Vec::new();
    for p in packages {
        for (heavy, allowed) in HEAVY {
            if p.uses.contains(*heavy) && !allowed.contains(&p.name.as_str()) {
                faults.push(format!(
                    "{} may not use `{heavy}` directly: only {}",
                    p.name,
                    allowed.join(", ")
                ));
            }
        }
    }
    faults
}

/// Names each core crate that reaches what it must not, with the way it takes.
pub(crate) fn far(reach: &Reach) -> Vec<String> {
    let mut faults = Vec::new();
    for (id, name) in &reach.names {
        let Some((_, except)) = CORE.iter().find(|(core, _)| core == name) else { continue };
        for far in FAR.iter().filter(|far| !except.contains(far)) {
            if let Some(way) = way(reach, id, far) {
                faults.push(format!("{name} must never reach `{far}`: {}", way.join(" → ")));
            }
        }
    }
    faults
}

/// A shortest way from a package to one of the wanted name.
fn way(reach: &Reach, from: &str, wanted: &str) -> Option<Vec<String>> {
    let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut seen = BTreeSet::from([from]);
    let mut edge = vec![from];
    while !edge.is_empty() {
        let mut next = Vec::new();
        for &here in &edge {
            for there in reach.uses.get(here).into_iter().flatten() {
                if !seen.insert(there) {
                    continue;
                }
                came_from.insert(there, here);
                if reach.names.get(there).is_some_and(|name| name == wanted) {
                    return Some(walk_back(reach, &came_from, there));
                }
                next.push(there.as_str());
            }
        }
        edge = next;
    }
    None
}

fn walk_back(reach: &Reach, came_from: &BTreeMap<&str, &str>, end: &str) -> Vec<String> {
    let mut way = Vec::new();
    let mut here = Some(end);
    while let Some(id) = here {
        way.push(reach.names.get(id).cloned().unwrap_or_else(|| id.to_owned()));
        here = came_from.get(id).copied();
    }
    way.reverse();
    way
}
