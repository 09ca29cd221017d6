//! What the properties files of a project declare: nodes, sources, exposures, groups.

use std::collections::BTreeMap;

use plumb_base::record::dbt::{Exposure, Group, Kind, Properties, SourceTable, Version};
use plumb_base::{Problem, Severity, Source};
use serde_json::{Map, Value};

use super::semantic::Meaning;
use super::shared::{Parsed, Shared};
use super::{Scope, config_tree, properties};
use crate::yaml::Tree;
use crate::{path, text, together};

/// Everything that is declared.
#[derive(Debug, Default)]
pub(super) struct Declared {
    /// By kind and file stem (Python models are models).
    pub(super) nodes: BTreeMap<(Kind, String), Declaration>,
    /// Tables in file order.
    pub(super) sources: Vec<SourceTable>,
    /// Exposures in file order.
    pub(super) exposures: Vec<Exposure>,
    /// Groups in file order.
    pub(super) groups: Vec<Group>,
    /// Semantic models, metrics, saved queries and unit tests in file order.
    pub(super) meaning: Meaning,
}

/// What is said of one node.
#[derive(Debug, Clone, Default)]
pub(super) struct Declaration {
    /// Its properties.
    pub(super) properties: Properties,
    /// Its configuration.
    pub(super) config: Map<String, Value>,
    /// For a snapshot without SQL: the relation it takes, such as `ref('orders')`.
    pub(super) relation: Option<String>,
}

/// Paths of the properties files of a project, and the same below the folders that it names.
pub(super) fn files<'s>(scope: &'s Scope<'_>) -> impl Iterator<Item = (&'s str, &'s str)> {
    let file = &scope.file;
    let folders = [&file.models, &file.seeds, &file.snapshots, &file.analyses, &file.macros];
    let folders = folders.map(Vec::as_slice).concat();
    let yaml = |path: &str| matches!(path::extension(path), "yml" | "yaml");
    let paths = scope.files.iter().map(|entry| entry.path.as_str());
    paths
        .filter(move |path| yaml(path))
        .filter_map(move |path| Some((path, path::under_any(path, &folders)?)))
}

/// Reads every properties file below the folders of a project.
pub(super) fn read(scope: &Scope<'_>, shared: &Shared, problems: &mut Vec<Problem>) -> Declared {
    let files: Vec<(&str, &str)> = files(scope).collect();
    let read = together::each(&files, |(path, below)| match shared.get(path) {
        Some(known) => declared_in(scope, below, known),
        None => declared_in(scope, below, &Parsed::read(scope.walk, path)),
    });
    let mut declared = Declared::default();
    for (here, more) in read {
        problems.extend(more);
        declared.append(here, problems);
    }
    declared
}

/// What one file declares, and what is wrong with it.
fn declared_in(scope: &Scope<'_>, below: &str, file: &Parsed) -> (Declared, Vec<Problem>) {
    let (mut here, mut problems) = (Declared::default(), file.problems.clone());
    if let Some(source) = &file.source {
        for document in &file.documents {
            here.add(document, source, &scope.file.name, &mut problems);
        }
        here.tests_by_default(&tests_config(scope, below));
    }
    (here, problems)
}

/// What the project file says of the tests of a properties file: they go by the folder it lies in.
fn tests_config(scope: &Scope<'_>, below: &str) -> Map<String, Value> {
    let folders = path::parent(below).split('/').filter(|part| !part.is_empty());
    let way: Vec<&str> = std::iter::once(scope.file.name.as_str()).chain(folders).collect();
    let mut config = Map::new();
    config_tree::lay(&scope.file.configs.tests, &way, &mut config);
    config
}

impl Declared {
    fn tests_by_default(&mut self, config: &Map<String, Value>) {
        let nodes = self.nodes.values_mut().map(|node| &mut node.properties);
        let sources = self.sources.iter_mut().map(|table| &mut table.properties);
        nodes.chain(sources).for_each(|entry| properties::tests_by_default(entry, config));
    }

    fn append(&mut self, more: Self, problems: &mut Vec<Problem>) {
        for (key, node) in more.nodes {
            self.insert(key, node, problems);
        }
        self.sources.extend(more.sources);
        self.exposures.extend(more.exposures);
        self.groups.extend(more.groups);
        self.meaning.append(more.meaning);
    }

    /// Of two declarations of one node the first counts.
    fn insert(&mut self, key: (Kind, String), node: Declaration, problems: &mut Vec<Problem>) {
        let Some(first) = self.nodes.get(&key) else {
            self.nodes.insert(key, node);
            return;
        };
        let first = first.properties.place.as_ref().map(ToString::to_string).unwrap_or_default();
        let message = format!("`{}` is declared already at {first}", key.1);
        problems.extend(node.properties.place.map(|place| Problem {
            place,
            severity: Severity::Partly,
            reason: "declared-twice".to_owned(),
            message,
        }));
    }

    fn add(&mut self, tree: &Tree, file: &Source, package: &str, problems: &mut Vec<Problem>) {
        let sections = [
            ("models", Kind::Model),
            ("seeds", Kind::Seed),
            ("snapshots", Kind::Snapshot),
            ("analyses", Kind::Analysis),
        ];
        for (section, kind) in sections {
            for (name, entry) in named(tree, section, file, problems) {
                self.add_node(kind, &name, entry, file, problems);
            }
        }
        for (name, entry) in named(tree, "sources", file, problems) {
            for (table, item) in named(entry, "tables", file, problems) {
                self.sources.push(source_table(package, &name, entry, &table, item, file));
            }
        }
        for (name, entry) in named(tree, "exposures", file, problems) {
            self.exposures.push(Exposure {
                name,
                kind: entry.text_of("type").unwrap_or_default(),
                owner: owner(entry),
                depends_on: entry.get("depends_on").map(Tree::texts).unwrap_or_default(),
                label: entry.text_of("label"),
                url: entry.text_of("url"),
                description: entry.text_of("description").unwrap_or_default(),
                place: Some(properties::place(entry, &file.path)),
            });
        }
        for (name, entry) in named(tree, "groups", file, problems) {
            let place = Some(properties::place(entry, &file.path));
            self.groups.push(Group { name, owner: owner(entry), place });
        }
        self.meaning.add(tree, file, package, problems);
    }

    fn add_node(
        &mut self,
        kind: Kind,
        name: &str,
        entry: &Tree,
        file: &Source,
        problems: &mut Vec<Problem>,
    ) {
        let (properties, config) = properties::of(entry, &file.path);
        let relation = entry.text_of("relation");
        let declaration = Declaration { properties, config, relation };
        for (stem, version) in versions(name, entry, &declaration, &file.path) {
            self.insert((kind, stem), version, problems);
        }
    }
}

/// Named entries of a section; one without a name is a problem and is left out.
pub(super) fn named<'a>(
    tree: &'a Tree,
    section: &str,
    file: &Source,
    problems: &mut Vec<Problem>,
) -> Vec<(String, &'a Tree)> {
    let Some(list) = tree.get(section) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in list.items() {
        let name = entry.text_of("name").filter(|name| !name.is_empty());
        match name {
            Some(name) => found.push((name, entry)),
            None => problems.push(text::at(
                &file.path,
                (entry.line, entry.column),
                Severity::Partly,
                "no-name",
                format!("an entry of `{section}` has no `name`"),
            )),
        }
    }
    if !list.entries().is_empty() || list.text().is_some() {
        let at = (list.line, list.column);
        let message = format!("`{section}` is not a list");
        problems.push(text::at(&file.path, at, Severity::Partly, "not-a-list", message));
    }
    found
}

/// One declaration for each file of a versioned model, by file stem; the same one for any other node.
///
/// The file of the latest version may be called as the model is, without a version.
fn versions(
    name: &str,
    entry: &Tree,
    base: &Declaration,
    path: &str,
) -> Vec<(String, Declaration)> {
    let versions = entry.get("versions").map(Tree::items).unwrap_or_default();
    let written = |version: &Tree| version.first(&["v", "name"]).and_then(Tree::text);
    let highest = versions.iter().filter_map(written).max_by(|a, b| compare_versions(a, b));
    let Some(latest) = entry.text_of("latest_version").or(highest) else {
        return vec![(name.to_owned(), base.clone())];
    };
    let mut found = Vec::new();
    for version in versions {
        let Some(number) = written(version) else { continue };
        let file = version.text_of("defined_in").unwrap_or_else(|| format!("{name}_v{number}"));
        let mut declaration = base.clone();
        let config = version.get("config").map(Tree::object).unwrap_or_default();
        config_tree::lay_over(&config, &mut declaration.config);
        if let Some(list) = version.get("columns") {
            declaration.properties.columns = version_columns(list, base, path);
        }
        let is_latest = number == latest;
        let of = name.to_owned();
        declaration.properties.version = Some(Version { of, version: number, latest: is_latest });
        if is_latest && file != name {
            found.push((name.to_owned(), declaration.clone()));
        }
        found.push((file, declaration));
    }
    found
}

/// Versions that are numbers are compared as numbers, as dbt does.
fn compare_versions(a: &str, b: &str) -> std::cmp::Ordering {
    match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => a.total_cmp(&b),
        _ => a.cmp(b),
    }
}

/// Columns of a version: those it lists, and of the model's those it includes and does not exclude.
fn version_columns(
    list: &Tree,
    base: &Declaration,
    path: &str,
) -> Vec<plumb_base::record::dbt::Column> {
    let mut columns = properties::columns(list, path);
    let Some(rule) = list.items().iter().find(|item| item.get("include").is_some()) else {
        return columns;
    };
    let include = rule.get("include").map(Tree::texts).unwrap_or_default();
    let exclude = rule.get("exclude").map(Tree::texts).unwrap_or_default();
    let all = include.iter().any(|word| word == "all" || word == "*");
    let own: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    let kept = |column: &&plumb_base::record::dbt::Column| {
        (all || include.contains(&column.name))
            && !exclude.contains(&column.name)
            && !own.contains(&column.name)
    };
    let mut found: Vec<_> = base.properties.columns.iter().filter(kept).cloned().collect();
    found.append(&mut columns);
    found
}

fn source_table(
    package: &str,
    source: &str,
    outer: &Tree,
    name: &str,
    entry: &Tree,
    file: &Source,
) -> SourceTable {
    let (mut properties, _) = properties::of(entry, &file.path);
    let own = std::mem::take(&mut properties.tags);
    properties.tags = properties::tags(outer);
    properties.tags.extend(own);
    let own = std::mem::take(&mut properties.meta);
    properties.meta = properties::meta(outer);
    properties.meta.extend(own);
    SourceTable {
        package: package.to_owned(),
        source: source.to_owned(),
        name: name.to_owned(),
        database: outer.first(&["database", "catalog", "project"]).and_then(Tree::text),
        schema: outer
            .first(&["schema", "dataset"])
            .and_then(Tree::text)
            .unwrap_or_else(|| source.to_owned()),
        identifier: entry.text_of("identifier").unwrap_or_else(|| name.to_owned()),
        catalog: None,
        properties,
    }
}

pub(super) fn owner(entry: &Tree) -> Option<String> {
    let inner = entry.get("config").and_then(|config| config.get("owner"));
    let owner = entry.get("owner").or(inner)?;
    owner.text().or_else(|| owner.first(&["name", "email"])?.text()).filter(|name| !name.is_empty())
}
