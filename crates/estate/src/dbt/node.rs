//! A node as an asset.

use plumb_base::{Place, TableName, record::dbt};
use plumb_syntax::sql::Dialect;
use serde_json::{Map, Value};

use super::{build::Built, promise, table};
use crate::{
    asset::{Asset, AssetKind, Snapshot},
    names::short,
    owners,
    read::{Draft, Gathered, blank},
};

/// Adds a node, unless another project brought it already; gives the key of its asset.
pub(super) fn add(
    node: &dbt::Node,
    built: Built,
    name: &TableName,
    (project, dialect): (&dbt::Project, &'static Dialect),
    namespace: &str,
    gathered: &mut Gathered,
) -> String {
    let file = (node.source.path.clone(), node.name.clone());
    if let Some(key) = gathered.built.get(&file) {
        let key = key.clone();
        gathered.names.add(namespace, name.clone(), &key);
        return key;
    }
    let asset = asset(node, &built, &short(name), (project, dialect), namespace);
    let draft = Draft {
        asset,
        statement: built.statement,
        worlds: built.worlds,
        others: built.others,
        incremental: built.incremental,
    };
    let key = gathered.add(draft, &format!("{}:{name}", project.name));
    gathered.built.insert(file, key.clone());
    if let Some(schema) = table::schema(node, &built.config, &key, dialect) {
        gathered.names.schemas.insert(key.clone(), schema);
    }
    gathered.names.add(namespace, name.clone(), &key);
    key
}

fn asset(
    node: &dbt::Node,
    built: &Built,
    key: &str,
    (project, dialect): (&dbt::Project, &'static Dialect),
    namespace: &str,
) -> Asset {
    let kind = match node.kind {
        dbt::Kind::Model | dbt::Kind::Analysis => AssetKind::Model,
        dbt::Kind::PythonModel => AssetKind::PythonModel,
        dbt::Kind::Snapshot => AssetKind::Snapshot,
        dbt::Kind::Seed => AssetKind::Seed,
    };
    let (properties, config) = (&node.properties, &built.config);
    let text = |key: &str| config.get(key).and_then(Value::as_str).map(str::to_owned);
    let column_tests: usize = properties.columns.iter().map(|column| column.tests.len()).sum();
    let unit_test = |test: &&dbt::UnitTest| {
        let model = properties.version.as_ref().map_or(&node.name, |version| &version.of);
        test.model == *model && test.package == node.package
    };
    let meta = match config.get("meta") {
        Some(Value::Object(meta)) => meta.clone(),
        _ => properties.meta.clone(),
    };
    Asset {
        place: Some(Place::file(node.source.path.clone())),
        materialized: text("materialized")
            .or_else(|| (kind == AssetKind::Model).then(|| "view".to_owned())),
        description: properties.description.clone(),
        dialect: Some(dialect.name),
        guessed: guessed(project, dialect),
        columns: table::described(properties, dialect),
        owners: owners::of_node(project, properties, config),
        tests: properties.tests.len() + column_tests,
        unit_tests: project.unit_tests.iter().filter(unit_test).count(),
        promises: promise::of(properties, dialect),
        snapshot: (kind == AssetKind::Snapshot).then(|| snapshot(config)),
        node: Some(format!("{}.{}", node.package, node.name)),
        group: owners::group(properties, config),
        meta,
        public: text("access").or_else(|| properties.access.clone()).as_deref() == Some("public"),
        tags: texts(config.get("tags")),
        coverage: built.coverage,
        problems: built.problems.clone(),
        open: node.kind != dbt::Kind::Seed,
        ..blank(key, &node.name, kind, namespace)
    }
}

/// The adapter of a project whose dialect is not known.
fn guessed(project: &dbt::Project, dialect: &Dialect) -> Option<String> {
    let adapter = project.target.adapter.as_ref()?;
    let unknown = Dialect::named(adapter).is_none() && dialect.name == Dialect::plain().name;
    unknown.then(|| adapter.clone())
}

fn snapshot(config: &Map<String, Value>) -> Snapshot {
    let text = |key: &str| config.get(key).and_then(Value::as_str).map(str::to_owned);
    Snapshot {
        strategy: text("strategy").unwrap_or_default(),
        unique_key: texts(config.get("unique_key")),
        updated_at: text("updated_at"),
        check: texts(config.get("check_cols")),
    }
}

/// A text, or a list of texts.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(items)) => {
            items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        }
        Some(Value::String(text)) => vec![text.clone()],
        _ => Vec::new(),
    }
}
