//! The project as templates see it: `model`, and `graph` with everything that is not switched off.

use plumb_base::record::dbt::{Column, Kind, Node, Properties, SourceTable};
use serde_json::{Map, Value as Json};

use super::library::Sheet;
use super::run::{Run, Stage};
use super::value::Value;

impl Run<'_> {
    /// `model`
    pub(super) fn model(&mut self) -> Value {
        if let Some(model) = &self.model {
            return model.clone();
        }
        let whole = self.whole_config().into_owned();
        let model = node_value(self.library, self.node, self.sheet, &whole);
        self.model = Some(model.clone());
        model
    }

    /// `graph`; while nodes are read it is empty.
    pub(super) fn graph(&mut self) -> Value {
        if let Some(graph) = &self.graph {
            return graph.clone();
        }
        let graph = if self.stage == Stage::Compile { self.whole_graph() } else { Vec::new() };
        let part = |name: &str| {
            let entries = graph.iter().filter(|(of, ..)| *of == name);
            let entries = entries.map(|(_, id, value)| (Value::text(id.as_str()), value.clone()));
            (Value::text(name), Value::dict(entries))
        };
        let graph = Value::dict(
            ["nodes", "sources", "exposures", "groups", "metrics", "semantic_models"].map(part),
        );
        self.graph = Some(graph.clone());
        graph
    }

    /// Each thing by the part of the graph it stands in and its id.
    fn whole_graph(&mut self) -> Vec<(&'static str, String, Value)> {
        let (library, project) = (self.library, self.library.project);
        let mut found = Vec::new();
        for (at, node) in project.nodes.iter().enumerate() {
            let sheet = library.sheet(at);
            if sheet.config.get("enabled") != Some(&Json::Bool(false)) {
                let value = node_value(library, node, sheet, &sheet.config);
                found.push(("nodes", unique_id(node), value));
            }
        }
        for (at, table) in project.sources.iter().enumerate() {
            let relation = library.table(at);
            let id = format!("source.{}.{}.{}", table.package, table.source, table.name);
            let value = source_value(table, &id, relation);
            found.push(("sources", id, value));
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
            found.push(("exposures", id, value));
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
            found.push(("groups", id, value));
        }
        self.spend(found.len());
        found
    }
}

fn dict<const N: usize>(entries: [(&str, Value); N]) -> Value {
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

fn unique_id(node: &Node) -> String {
    let (kind, package) = (resource_type(node.kind), &node.package);
    match &node.properties.version {
        Some(version) => format!("{kind}.{package}.{}.v{}", version.of, version.version),
        None => format!("{kind}.{package}.{}", node.name),
    }
}

fn node_value(
    library: &super::Library<'_>,
    node: &Node,
    sheet: &Sheet,
    config: &Map<String, Json>,
) -> Value {
    let kind = resource_type(node.kind);
    let this = &sheet.relation;
    let part = |name| this.attribute(name).unwrap_or(Value::None);
    let path = library.path_in_package(node);
    let folders = ["models/", "seeds/", "snapshots/", "analyses/", "data/"];
    let inner = folders.iter().find_map(|folder| path.strip_prefix(folder)).unwrap_or(path);
    let file = path.rsplit('/').next().unwrap_or(path);
    let way = inner.strip_suffix(file).unwrap_or_default().split('/');
    let fqn = [node.package.as_str()].into_iter().chain(way.filter(|part| !part.is_empty()));
    let fqn = fqn.chain([node.name.as_str()]).map(Value::text).collect();
    let version = node.properties.version.as_ref();
    // dbt calls a versioned model by its name without the version.
    let name = version.map_or(node.name.as_str(), |it| it.of.as_str());
    let tags = match config.get("tags") {
        Some(Json::String(tag)) => Value::list(vec![Value::text(tag.as_str())]),
        Some(tags) => Value::from(tags),
        None => Value::list(Vec::new()),
    };
    let meta = match config.get("meta") {
        Some(meta) => Value::from(meta),
        None => Value::from(&Json::Object(node.properties.meta.clone())),
    };
    let group = config.get("group").map_or(Value::None, Value::from);
    let language = if node.kind == Kind::PythonModel { "python" } else { "sql" };
    dict([
        ("name", Value::text(name)),
        ("version", version.map_or(Value::None, |it| Value::text(it.version.as_str()))),
        ("alias", part("identifier")),
        ("identifier", part("identifier")),
        ("database", part("database")),
        ("schema", part("schema")),
        ("unique_id", Value::text(unique_id(node))),
        ("resource_type", Value::text(kind)),
        ("package_name", Value::text(node.package.as_str())),
        ("path", Value::text(inner)),
        ("original_file_path", Value::text(path)),
        ("fqn", Value::list(fqn)),
        ("description", Value::text(node.properties.description.as_str())),
        ("meta", meta),
        ("tags", tags),
        ("group", group),
        ("config", Value::from(&Json::Object(config.clone()))),
        ("columns", columns(&node.properties)),
        ("depends_on", depends_on(library, node, sheet)),
        ("language", Value::text(language)),
        ("raw_code", Value::text(node.source.text.as_str())),
        ("raw_sql", Value::text(node.source.text.as_str())),
        ("relation_name", Value::text(this.render())),
    ])
}

fn columns(properties: &Properties) -> Value {
    Value::dict(properties.columns.iter().map(column))
}

fn column(column: &Column) -> (Value, Value) {
    let tags = column.tags.iter().map(|tag| Value::text(tag.as_str())).collect();
    let entries = dict([
        ("name", Value::text(column.name.as_str())),
        ("description", Value::text(column.description.as_str())),
        ("data_type", column.data_type.as_deref().map_or(Value::None, Value::text)),
        ("meta", Value::from(&Json::Object(column.meta.clone()))),
        ("tags", Value::list(tags)),
    ]);
    (Value::text(column.name.as_str()), entries)
}

/// What the text of a template refers to; what its macros do is not known without running it.
fn depends_on(library: &super::Library<'_>, node: &Node, sheet: &Sheet) -> Value {
    let project = library.project;
    let mut ids = Vec::new();
    for (names, version, _) in &sheet.survey.refs {
        let (package, name) = match names.as_slice() {
            [package, name] => (Some(package.as_ref()), name),
            [name] => (None, name),
            _ => continue,
        };
        let found = library.find_node(&node.package, package, name, version.as_deref());
        ids.extend(found.map(|at| unique_id(&project.nodes[at])));
    }
    for (source, table, _) in &sheet.survey.sources {
        let found = library.find_source(&node.package, source, table);
        let table = found.map(|at| &project.sources[at]);
        ids.extend(table.map(|it| format!("source.{}.{}.{}", it.package, it.source, it.name)));
    }
    let ids = ids.into_iter().map(Value::text).collect();
    dict([("nodes", Value::list(ids)), ("macros", Value::list(Vec::new()))])
}

fn source_value(table: &SourceTable, id: &str, relation: &super::relation::Relation) -> Value {
    let part = |name| relation.attribute(name).unwrap_or(Value::None);
    let tags = table.properties.tags.iter().map(|tag| Value::text(tag.as_str())).collect();
    dict([
        ("name", Value::text(table.name.as_str())),
        ("source_name", Value::text(table.source.as_str())),
        ("identifier", part("identifier")),
        ("database", part("database")),
        ("schema", part("schema")),
        ("unique_id", Value::text(id)),
        ("resource_type", Value::text("source")),
        ("package_name", Value::text(table.package.as_str())),
        ("description", Value::text(table.properties.description.as_str())),
        ("meta", Value::from(&Json::Object(table.properties.meta.clone()))),
        ("tags", Value::list(tags)),
        ("columns", columns(&table.properties)),
        ("config", dict([("enabled", Value::Bool(true))])),
        ("relation_name", Value::text(relation.render())),
    ])
}
