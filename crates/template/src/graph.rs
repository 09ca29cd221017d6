//! The project as templates see it: `model`, and `graph` with everything that is not switched off.

use std::rc::Rc;
use std::sync::Arc;

use plumb_base::record::dbt::{Column, Kind, Node, Properties, SourceTable};
use serde_json::{Map, Value as Json};

use super::library::{Library, Sheet};
use super::promised::Promised;
use super::run::{Run, Stage};
use super::value::Value;

impl Run<'_> {
    /// `model`
    pub(super) fn model(&mut self) -> Value {
        if let Some(model) = &self.model {
            return model.clone();
        }
        let whole = self.whole_config().into_owned();
        let seen =
            Seen { library: self.library, node: self.node, sheet: self.sheet, config: &whole };
        let model = seen.whole();
        self.model = Some(model.clone());
        model
    }

    /// A part of a node of the project.
    pub(super) fn node_attribute(&self, at: usize, name: &str) -> Value {
        match self.thing(at) {
            Thing::Node => self.seen(at).part(name),
            Thing::Test(test) => test.part(self.library, name),
            Thing::Source(at) => self.source_part(at, name),
        }
    }

    /// Tests are numbered behind the nodes, and sources behind the tests.
    fn thing(&self, at: usize) -> Thing<'_> {
        let (nodes, tests) = (self.library.project.nodes.len(), self.library.tests());
        match at.checked_sub(nodes) {
            None => Thing::Node,
            Some(at) => match tests.get(at) {
                Some((test, _)) => Thing::Test(test),
                None => Thing::Source(at - tests.len()),
            },
        }
    }

    /// Everything said of a node of the project.
    pub(super) fn whole_node(&mut self, at: usize) -> Value {
        self.spend(PARTS.len());
        match self.thing(at) {
            Thing::Node => self.seen(at).whole(),
            Thing::Test(test) => {
                let parts = PARTS.iter().chain(&TEST_PARTS);
                let part = |name: &&str| (Value::text(*name), test.part(self.library, name));
                let given = |(_, value): &(Value, Value)| !matches!(value, Value::Undefined);
                Value::dict(parts.map(part).filter(given).collect::<Vec<_>>())
            }
            Thing::Source(at) => {
                let part = |name| (Value::text(name), self.source_part(at, name));
                Value::dict(SOURCE_PARTS.map(part))
            }
        }
    }

    fn seen(&self, at: usize) -> Seen<'_> {
        let (library, sheet) = (self.library, self.library.sheet(at));
        Seen { library, node: &library.project.nodes[at], sheet, config: &sheet.config }
    }

    fn source_part(&self, at: usize, name: &str) -> Value {
        let table = &self.library.project.sources[at];
        let relation = self.library.table(at);
        match name {
            "name" => Value::text(table.name.as_str()),
            "source_name" => Value::text(table.source.as_str()),
            "identifier" | "database" | "schema" => relation.attribute(name).unwrap_or(Value::None),
            "unique_id" => Value::text(source_id(table)),
            "resource_type" => Value::text("source"),
            "package_name" => Value::text(table.package.as_str()),
            "description" => Value::text(table.properties.description.as_str()),
            "meta" => Value::from(&Json::Object(table.properties.meta.clone())),
            "tags" => {
                let tags = table.properties.tags.iter().map(|tag| Value::text(tag.as_str()));
                Value::list(tags.collect())
            }
            "columns" => columns(&table.properties),
            "config" => dict([("enabled", Value::Bool(true))]),
            "relation_name" => Value::text(relation.render()),
            _ => Value::Undefined,
        }
    }

    /// `graph`; while nodes are read it is empty.
    pub(super) fn graph(&mut self) -> Value {
        if let Some(graph) = &self.graph {
            return graph.clone();
        }
        let graph = if self.stage == Stage::Compile { self.whole_graph() } else { Vec::new() };
        let mut parts: Vec<(&str, Vec<(Value, Value)>)> =
            ["nodes", "sources", "exposures", "groups", "metrics", "semantic_models"]
                .map(|name| (name, Vec::new()))
                .into();
        for (of, id, value) in graph {
            if let Some((_, entries)) = parts.iter_mut().find(|(name, _)| *name == of) {
                entries.push((Value::Text(id), value));
            }
        }
        let part = |(name, entries): (&str, Vec<_>)| (Value::text(name), Value::dict(entries));
        let graph = Value::dict(parts.into_iter().map(part));
        self.graph = Some(graph.clone());
        graph
    }

    /// Each thing by the part of the graph it stands in and its id.
    fn whole_graph(&mut self) -> Vec<(&'static str, Arc<str>, Value)> {
        let (library, project) = (self.library, self.library.project);
        let mut found = Vec::new();
        let ids = library.ids();
        let tests = project.nodes.len();
        let sources = tests + library.tests().len();
        for (at, id) in ids.iter().enumerate() {
            let is_off = |it: &Sheet| it.config.get("enabled") == Some(&Json::Bool(false));
            if at < tests && is_off(library.sheet(at)) {
                continue;
            }
            let part = if at < sources { "nodes" } else { "sources" };
            found.push((part, Arc::clone(id), Value::Node(Rc::new((at, Arc::clone(id))))));
        }
        for exposure in &project.exposures {
            let id = format!("exposure.{}.{}", project.name, exposure.name);
            let owner = exposure.owner.as_deref().map_or(Value::None, Value::text);
            let value = dict([
                ("name", Value::text(exposure.name.as_str())),
                ("type", Value::text(exposure.kind.as_str())),
                ("owner", dict([("name", owner)])),
                ("unique_id", Value::text(id.as_str())),
                ("resource_type", Value::text("exposure")),
            ]);
            found.push(("exposures", id.into(), value));
        }
        for group in &project.groups {
            let id = format!("group.{}.{}", project.name, group.name);
            let owner = group.owner.as_deref().map_or(Value::None, Value::text);
            let value = dict([
                ("name", Value::text(group.name.as_str())),
                ("owner", dict([("name", owner)])),
                ("unique_id", Value::text(id.as_str())),
                ("resource_type", Value::text("group")),
            ]);
            found.push(("groups", id.into(), value));
        }
        found
    }
}

pub(super) fn dict<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::dict(entries.map(|(key, value)| (Value::text(key), value)))
}

/// What dbt calls the kind of a node.
fn resource_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Model | Kind::PythonModel => "model",
        Kind::Snapshot => "snapshot",
        Kind::Seed => "seed",
        Kind::Analysis => "analysis",
    }
}

pub(super) fn unique_id(node: &Node) -> String {
    let (kind, package) = (resource_type(node.kind), &node.package);
    match &node.properties.version {
        Some(version) => format!("{kind}.{package}.{}.v{}", version.of, version.version),
        None => format!("{kind}.{package}.{}", node.name),
    }
}

/// What dbt says of a node.
const PARTS: [&str; 23] = [
    "name",
    "version",
    "alias",
    "identifier",
    "database",
    "schema",
    "unique_id",
    "resource_type",
    "package_name",
    "path",
    "original_file_path",
    "fqn",
    "description",
    "meta",
    "tags",
    "group",
    "config",
    "columns",
    "depends_on",
    "language",
    "raw_code",
    "raw_sql",
    "relation_name",
];

/// What dbt says of a test beside that.
const TEST_PARTS: [&str; 3] = ["attached_node", "column_name", "test_metadata"];

/// What dbt says of a source.
const SOURCE_PARTS: [&str; 14] = [
    "name",
    "source_name",
    "identifier",
    "database",
    "schema",
    "unique_id",
    "resource_type",
    "package_name",
    "description",
    "meta",
    "tags",
    "columns",
    "config",
    "relation_name",
];

/// What a number stands for.
enum Thing<'a> {
    Node,
    Test(&'a Promised),
    Source(usize),
}

/// A node with what was read of it.
struct Seen<'a> {
    library: &'a Library<'a>,
    node: &'a Node,
    sheet: &'a Sheet,
    config: &'a Map<String, Json>,
}

impl Seen<'_> {
    fn whole(&self) -> Value {
        Value::dict(PARTS.map(|name| (Value::text(name), self.part(name))))
    }

    fn part(&self, name: &str) -> Value {
        let (node, config) = (self.node, self.config);
        let relation = |name| self.sheet.relation.attribute(name).unwrap_or(Value::None);
        let version = node.properties.version.as_ref();
        match name {
            // dbt calls a versioned model by its name without the version.
            "name" => Value::text(version.map_or(node.name.as_str(), |it| it.of.as_str())),
            "version" => version.map_or(Value::None, |it| Value::text(it.version.as_str())),
            "alias" | "identifier" => relation("identifier"),
            "database" | "schema" => relation(name),
            "unique_id" => Value::text(unique_id(node)),
            "resource_type" => Value::text(resource_type(node.kind)),
            "package_name" => Value::text(node.package.as_str()),
            "path" => Value::text(self.inner_path()),
            "original_file_path" => Value::text(self.library.path_in_package(node)),
            "fqn" => self.fqn(),
            "description" => Value::text(node.properties.description.as_str()),
            "meta" => match config.get("meta") {
                Some(meta) => Value::from(meta),
                None => Value::from(&Json::Object(node.properties.meta.clone())),
            },
            "tags" => match config.get("tags") {
                Some(Json::String(tag)) => Value::list(vec![Value::text(tag.as_str())]),
                Some(tags) => Value::from(tags),
                None => Value::list(Vec::new()),
            },
            "group" => config.get("group").map_or(Value::None, Value::from),
            "config" => Value::from(&Json::Object(config.clone())),
            "columns" => columns(&node.properties),
            "depends_on" => self.depends_on(),
            "language" => {
                Value::text(if node.kind == Kind::PythonModel { "python" } else { "sql" })
            }
            "raw_code" | "raw_sql" => Value::text(node.source.text.as_str()),
            "relation_name" => Value::text(self.sheet.relation.render()),
            _ => Value::Undefined,
        }
    }

    /// The path of its file below the folder of its kind.
    fn inner_path(&self) -> &str {
        let path = self.library.path_in_package(self.node);
        let folders = ["models/", "seeds/", "snapshots/", "analyses/", "data/"];
        folders.iter().find_map(|folder| path.strip_prefix(folder)).unwrap_or(path)
    }

    fn fqn(&self) -> Value {
        let inner = self.inner_path();
        let way = inner.rsplit_once('/').map_or("", |(way, _)| way).split('/');
        let way = way.filter(|part| !part.is_empty());
        let fqn = [self.node.package.as_str()].into_iter().chain(way);
        Value::list(fqn.chain([self.node.name.as_str()]).map(Value::text).collect())
    }

    /// What the text of a template refers to; what its macros do is not known without running it.
    fn depends_on(&self) -> Value {
        let (library, package) = (self.library, self.node.package.as_str());
        let project = library.project;
        let mut ids = Vec::new();
        for (names, version, _) in &self.sheet.survey.refs {
            let (of, name) = match names.as_slice() {
                [of, name] => (Some(of.as_ref()), name),
                [name] => (None, name),
                _ => continue,
            };
            let found = library.find_node(package, of, name, version.as_deref());
            ids.extend(found.map(|at| unique_id(&project.nodes[at])));
        }
        for (source, table, _) in &self.sheet.survey.sources {
            let found = library.find_source(package, source, table);
            ids.extend(found.map(|at| source_id(&project.sources[at])));
        }
        let ids = ids.into_iter().map(Value::text).collect();
        dict([("nodes", Value::list(ids)), ("macros", Value::list(Vec::new()))])
    }
}

fn columns(properties: &Properties) -> Value {
    Value::dict(properties.columns.iter().map(column))
}

fn column(column: &Column) -> (Value, Value) {
    let tags = || Value::list(column.tags.iter().map(|tag| Value::text(tag.as_str())).collect());
    let meta = || Value::from(&Json::Object(column.meta.clone()));
    let entries = dict([
        ("name", Value::text(column.name.as_str())),
        ("description", Value::text(column.description.as_str())),
        ("data_type", column.data_type.as_deref().map_or(Value::None, Value::text)),
        ("meta", meta()),
        ("tags", tags()),
        // Since dbt 1.10 both stand in the configuration of the column, too.
        ("config", dict([("meta", meta()), ("tags", tags())])),
    ]);
    (Value::text(column.name.as_str()), entries)
}

pub(super) fn source_id(table: &SourceTable) -> String {
    format!("source.{}.{}.{}", table.package, table.source, table.name)
}
