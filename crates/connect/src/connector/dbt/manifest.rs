//! What dbt itself made of a project when it last ran: compiled code and relation names.

pub(super) mod shape;

use std::collections::BTreeMap;

use plumb_base::record::dbt::{Kind, Node, Project, Properties, SourceTable};
use plumb_base::{Problem, Severity, Source, WorldError};
use serde_json::Map;
use shape::{Manifest, ManifestNode, ManifestSource};

use crate::{Walk, path, text};

/// Lays the manifest, where there is one, over a project that was read from its files.
///
/// `folders` gives the folder of each package that is on disk. Compiled code counts only where the file
/// still is what dbt compiled. A node that only the manifest knows is added where its package is not on disk;
/// where it is, its file is gone, and so is the node.
pub(super) fn apply(
    walk: &Walk<'_>,
    target: &str,
    folders: &BTreeMap<String, String>,
    project: &mut Project,
    problems: &mut Vec<Problem>,
) {
    let Some(at) = path::join(target, "manifest.json") else { return };
    let Some(manifest) = read(walk, &at, problems) else { return };
    if let Some(other) =
        manifest.metadata.project_name.as_ref().filter(|name| **name != project.name)
    {
        let message = format!("it is of project `{other}` and is not used");
        problems.push(text::of_file(&at, Severity::Note, "manifest-other-project", message));
        return;
    }
    if project.target.adapter.is_none() {
        project.target.adapter.clone_from(&manifest.metadata.adapter_type);
    }
    if lay(walk, manifest.nodes, folders, project, &at, problems) {
        project.manifest = Some(at);
    }
    lay_sources(manifest.sources, folders, project);
}

/// Lays nodes as dbt knows them over a project; whether some of their compiled code is used.
pub(super) fn lay(
    walk: &Walk<'_>,
    nodes: Vec<ManifestNode>,
    folders: &BTreeMap<String, String>,
    project: &mut Project,
    at: &str,
    problems: &mut Vec<Problem>,
) -> bool {
    let mut note = |reason: &str, message: String| {
        problems.push(text::of_file(at, Severity::Note, reason, message));
    };
    let models = nodes.iter().filter(|node| node.builds()).count();
    let compiled = nodes.iter().filter(|node| node.compiled.is_some()).count();
    if compiled == 0 && models > 0 {
        let message =
            "it has no compiled code, so templates are read; `dbt compile` writes one that has";
        note("manifest-uncompiled", message.to_owned());
    }
    let tally = lay_nodes(walk, nodes, folders, project);
    if tally.stale > 0 {
        let message = format!(
            "{} of {compiled} compiled nodes are older than their files; their templates are read",
            tally.stale
        );
        note("manifest-stale", message);
    }
    if tally.gone > 0 {
        let message = format!("{} nodes have no file any more and are left out", tally.gone);
        note("manifest-gone", message);
    }
    tally.used > 0
}

fn read(walk: &Walk<'_>, at: &str, problems: &mut Vec<Problem>) -> Option<Manifest> {
    let bytes = match walk.world.read(at) {
        Ok(bytes) => bytes,
        Err(WorldError::Missing(_)) => return None,
        Err(error) => {
            problems.push(text::of_file(at, Severity::Failed, "unreadable", error.to_string()));
            return None;
        }
    };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    serde_json::from_slice(bytes)
        .map_err(|error| {
            let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
            let place = (number(error.line()), number(error.column()));
            let words = error.to_string();
            let words = words.split(" at line ").next().unwrap_or_default();
            let message = format!("not a manifest: {words}; templates are read");
            problems.push(text::at(at, place, Severity::Partly, "manifest-syntax", message));
        })
        .ok()
}

#[derive(Debug, Default)]
struct Tally {
    used: usize,
    stale: usize,
    gone: usize,
}

fn lay_nodes(
    walk: &Walk<'_>,
    nodes: Vec<ManifestNode>,
    folders: &BTreeMap<String, String>,
    project: &mut Project,
) -> Tally {
    let mut by_path = BTreeMap::<(String, String), Vec<usize>>::new();
    let mut by_name = BTreeMap::<(String, String), usize>::new();
    for (index, node) in project.nodes.iter().enumerate() {
        by_path.entry((node.package.clone(), node.source.path.clone())).or_default().push(index);
        by_name.insert((node.package.clone(), node.name.clone()), index);
    }
    let mut tally = Tally::default();
    for node in nodes {
        let Some(kind) = node.kind() else { continue };
        let folder = folders.get(&node.package);
        let at = path::join(folder.map_or("", String::as_str), &node.path).unwrap_or_default();
        let here = by_path.get(&(node.package.clone(), at.clone())).map_or(&[][..], Vec::as_slice);
        // A snapshot file holds several nodes; any other file one, whatever a version made of its name.
        let same = here.iter().copied().find(|index| project.nodes[*index].name == node.name);
        let only = here.first().copied().filter(|_| here.len() == 1);
        let named = || by_name.get(&(node.package.clone(), node.name.clone())).copied();
        match same.or(only).or_else(named) {
            Some(index) => lay_node(node, &mut project.nodes[index], &mut tally),
            None if folder.is_some() && walk.excluded(&at) => {}
            None if folder.is_some() => tally.gone += 1,
            None => {
                tally.used += usize::from(node.compiled.is_some());
                project.nodes.push(added(node, kind));
            }
        }
    }
    tally
}

fn lay_node(from: ManifestNode, node: &mut Node, tally: &mut Tally) {
    node.relation = from.relation;
    let Some(compiled) = from.compiled else { return };
    // Without the template dbt compiled, nothing shows that the code is of this file as it is now.
    let fresh = from.raw.is_some_and(|raw| {
        let (raw, now) = (plain(&raw), plain(&node.source.text));
        if node.kind == Kind::Snapshot { now.contains(&raw) } else { raw == now }
    });
    if fresh {
        node.compiled = Some(compiled);
        tally.used += 1;
    } else {
        tally.stale += 1;
    }
}

/// A template without what dbt itself does not keep: space around it, and how its lines end.
fn plain(text: &str) -> String {
    text.trim().replace("\r\n", "\n")
}

fn added(from: ManifestNode, kind: Kind) -> Node {
    let place = format!("{}/{}", from.package, from.path);
    Node {
        package: from.package,
        name: from.name,
        kind,
        source: Source::new(place, from.raw.unwrap_or_default()),
        config: from.config,
        declared: Map::new(),
        properties: Properties::default(),
        compiled: from.compiled,
        relation: from.relation,
        catalog: None,
    }
}

/// Fills what a source leaves open, and adds the sources of packages that are not on disk.
fn lay_sources(
    sources: Vec<ManifestSource>,
    folders: &BTreeMap<String, String>,
    project: &mut Project,
) {
    for from in sources {
        let same = |table: &&mut SourceTable| {
            table.package == from.package && table.source == from.source && table.name == from.name
        };
        let unknown = |text: &str| text.contains("{{");
        if let Some(table) = project.sources.iter_mut().find(same) {
            if table.database.as_deref().is_none_or(unknown) {
                table.database = from.database;
            }
            if let Some(schema) = from.schema.filter(|_| unknown(&table.schema)) {
                table.schema = schema;
            }
            if let Some(identifier) = from.identifier.filter(|_| unknown(&table.identifier)) {
                table.identifier = identifier;
            }
        } else if !folders.contains_key(&from.package) {
            project.sources.push(SourceTable {
                schema: from.schema.unwrap_or_else(|| from.source.clone()),
                identifier: from.identifier.unwrap_or_else(|| from.name.clone()),
                package: from.package,
                source: from.source,
                name: from.name,
                database: from.database,
                catalog: None,
                properties: Properties::default(),
            });
        }
    }
}
