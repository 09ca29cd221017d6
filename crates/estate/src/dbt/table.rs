//! Tables that a project reads and does not build, and what is known of columns before anything is bound.

use plumb_base::{Name, TableName, record::dbt};
use plumb_ir::{Field, KnownColumn, Schema, Type};
use plumb_resolve::data_type;
use plumb_syntax::sql::{Dialect, tree::TypeName};
use plumb_template::Library;
use serde_json::Map;

use super::promise;
use crate::{
    asset::{Asset, AssetColumn, AssetKind},
    names::{relation, short},
    owners,
    read::{Draft, Gathered, blank},
};

pub(super) fn sources(
    project: &dbt::Project,
    library: &Library<'_>,
    dialect: &'static Dialect,
    namespace: &str,
    gathered: &mut Gathered,
) {
    for table in &project.sources {
        let name = relation(&library.relation_of_source(table), dialect);
        let key = source_key(&name, gathered);
        gathered.names.add(namespace, name, &key);
        let listed = columns(&table.properties, dialect);
        let known = gathered.names.schemas.entry(key.clone()).or_default();
        known.table.clone_from(&key);
        match &table.catalog {
            Some(all) => {
                known.columns = in_catalog(all, dialect);
                known.open = false;
            }
            None if known.columns.is_empty() || known.open => {
                known.open = true;
                let new = |column: &KnownColumn| !known.has(&column.name);
                let new: Vec<KnownColumn> = listed.into_iter().filter(new).collect();
                known.columns.extend(new);
            }
            None => {}
        }
        if gathered.drafts.contains_key(&key) {
            continue;
        }
        let properties = &table.properties;
        let tests = properties.columns.iter().map(|column| column.tests.len()).sum::<usize>();
        let asset = Asset {
            place: properties.place.clone(),
            description: properties.description.clone(),
            dialect: Some(dialect.name),
            columns: described(properties, dialect),
            tests: properties.tests.len() + tests,
            promises: promise::of(properties, dialect),
            meta: properties.meta.clone(),
            tags: properties.tags.clone(),
            owners: owners::of_node(project, properties, &Map::new()),
            ..blank(&key, &format!("{}.{}", table.source, table.name), AssetKind::Source, namespace)
        };
        gathered.add(Draft::new(asset, None), &key);
    }
}

/// The key of a table that is read: one for each full name, short where that is free.
fn source_key(name: &TableName, gathered: &mut Gathered) -> String {
    if let Some(key) = gathered.tables.get(name) {
        return key.clone();
    }
    let short = short(name);
    let taken = gathered.table_keys.contains(&short) || gathered.drafts.contains_key(&short);
    let key = if taken { name.to_string() } else { short };
    gathered.tables.insert(name.clone(), key.clone());
    gathered.table_keys.insert(key.clone());
    key
}

/// What properties say of columns; how a plan addresses them is not known yet.
pub(super) fn described(properties: &dbt::Properties, dialect: &Dialect) -> Vec<AssetColumn> {
    let columns = properties.columns.iter().filter(|column| !column.description.is_empty());
    columns
        .map(|column| AssetColumn {
            name: Some(dialect.column_name(&column.name, false)),
            field: Field::At(0),
            description: column.description.clone(),
            data_type: Type::Unknown,
        })
        .collect()
}

/// What is known of the columns of a node before its statement is bound.
pub(super) fn schema(
    node: &dbt::Node,
    config: &Map<String, serde_json::Value>,
    key: &str,
    dialect: &Dialect,
) -> Option<Schema> {
    let schema = |columns, open| Some(Schema { table: key.to_owned(), columns, open });
    if let Some(all) = &node.catalog {
        return schema(in_catalog(all, dialect), false);
    }
    let listed = columns(&node.properties, dialect);
    if node.kind == dbt::Kind::Seed {
        return schema(of_seed(node, config, &listed, dialect), false);
    }
    if listed.is_empty() {
        return None;
    }
    schema(listed, !node.properties.contract)
}

fn columns(properties: &dbt::Properties, dialect: &Dialect) -> Vec<KnownColumn> {
    let column = |it: &dbt::Column| KnownColumn {
        name: dialect.column_name(&it.name, false),
        data_type: type_of(it.data_type.as_deref(), dialect),
    };
    properties.columns.iter().map(column).collect()
}

fn in_catalog(all: &[dbt::CatalogColumn], dialect: &Dialect) -> Vec<KnownColumn> {
    let column = |it: &dbt::CatalogColumn| KnownColumn {
        // The warehouse says a name as it is: as if it were quoted.
        name: dialect.column_name(&it.name, true),
        data_type: type_of(it.data_type.as_deref(), dialect),
    };
    all.iter().map(column).collect()
}

/// The header of a seed, with the types that its configuration gives.
fn of_seed(
    node: &dbt::Node,
    config: &Map<String, serde_json::Value>,
    listed: &[KnownColumn],
    dialect: &Dialect,
) -> Vec<KnownColumn> {
    let types = config.get("column_types").and_then(serde_json::Value::as_object);
    let typed = |name: &Name| {
        let said = types.into_iter().flatten();
        let found = said
            .filter(|(column, _)| dialect.column_name(column, false) == *name)
            .find_map(|(_, written)| written.as_str());
        let declared = listed.iter().find(|column| column.name == *name);
        match (found, declared) {
            (Some(written), _) => type_of(Some(written), dialect),
            (None, Some(column)) => column.data_type.clone(),
            (None, None) => Type::Unknown,
        }
    };
    let header = node.source.text.lines().next().unwrap_or_default().trim_start_matches('\u{feff}');
    let separator = config.get("delimiter").and_then(serde_json::Value::as_str);
    header
        .split(separator.filter(|it| !it.is_empty()).unwrap_or(","))
        .map(|name| {
            let name = dialect.column_name(name.trim().trim_matches('"'), false);
            KnownColumn { data_type: typed(&name), name }
        })
        .collect()
}

fn type_of(written: Option<&str>, dialect: &Dialect) -> Type {
    let Some(written) = written.map(str::trim).filter(|it| !it.is_empty()) else {
        return Type::Unknown;
    };
    data_type(&TypeName(written.to_lowercase()), dialect.name)
}
