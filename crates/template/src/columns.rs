//! Which columns a table of the project surely has: as a catalog, a contract, the header of a seed or an export of the
//! information schema says.

use std::collections::BTreeMap;
use std::rc::Rc;

use plumb_base::record::TableInfo;
use plumb_base::record::dbt::{CatalogColumn, Kind, Node, Properties};

use super::library::Library;
use super::relation::{Part, Relation};
use super::run::{Run, Stage};
use super::value::{Args, Value};

/// All columns of a table, in order, with their types where they are known.
pub(super) type Columns = Vec<(String, Option<String>)>;

/// Tables that exports list, by the last part of their names.
#[derive(Debug, Default)]
pub(super) struct Exported<'a>(BTreeMap<String, Vec<&'a TableInfo>>);

impl<'a> Exported<'a> {
    /// Sorts tables by their names.
    pub(super) fn of(tables: &'a [TableInfo]) -> Self {
        let mut by_name: BTreeMap<String, Vec<&TableInfo>> = BTreeMap::new();
        for table in tables {
            by_name.entry(table.name.to_lowercase()).or_default().push(table);
        }
        Self(by_name)
    }

    /// The table that a relation is; of several that it may be it is none.
    pub(super) fn find(&self, relation: &Relation) -> Option<&'a TableInfo> {
        let [database, schema, Some(name)] = &relation.parts else { return None };
        let may_be = |part: &Option<Part>, stored: Option<&String>| match (part, stored) {
            (Some(part), Some(stored)) => {
                part.is_unsettled() || part.name.eq_ignore_ascii_case(stored)
            }
            _ => true,
        };
        let named = self.0.get(&name.name.to_lowercase())?.iter();
        let mut fitting = named.filter(|table| {
            may_be(database, table.catalog.as_ref()) && may_be(schema, table.schema.as_ref())
        });
        let first = fitting.next()?;
        fitting.next().is_none().then_some(*first)
    }
}

impl Library<'_> {
    /// All columns of a relation, where they are known.
    pub(super) fn columns_of(&self, relation: &Relation) -> Option<Columns> {
        let known = self.columns.get_or_init(|| self.known_columns()).get(&relation.render());
        known.cloned().or_else(|| in_export(self.exported.find(relation)?))
    }

    /// What nodes make that is a table or a view, by name.
    fn makes(&self) -> BTreeMap<String, &'static str> {
        let nodes = self.project.nodes.iter().enumerate();
        let made = nodes.filter_map(|(at, node)| {
            let sheet = self.sheet(at);
            let how = sheet.config.get("materialized").and_then(serde_json::Value::as_str);
            if sheet.config.get("enabled") == Some(&serde_json::Value::Bool(false)) {
                return None;
            }
            let kind = match (node.kind, how) {
                (Kind::Model, None | Some("view")) => "view",
                (Kind::Model, Some("table" | "incremental" | "dynamic_table")) => "table",
                (Kind::Seed | Kind::Snapshot, _) => "table",
                _ => return None,
            };
            Some((sheet.relation.render().to_lowercase(), kind))
        });
        made.collect()
    }

    fn known_columns(&self) -> BTreeMap<String, Columns> {
        let mut known = BTreeMap::new();
        for (at, table) in self.project.sources.iter().enumerate() {
            let columns = table.catalog.as_deref().map(in_catalog);
            if let Some(columns) = columns.or_else(|| in_contract(&table.properties)) {
                known.insert(self.table(at).render(), columns);
            }
        }
        for (at, node) in self.project.nodes.iter().enumerate() {
            if let Some(columns) = of_node(node) {
                known.insert(self.sheet(at).relation.render(), columns);
            }
        }
        known
    }
}

fn of_node(node: &Node) -> Option<Columns> {
    let known = node.catalog.as_deref().map(in_catalog);
    known.or_else(|| in_contract(&node.properties)).or_else(|| in_header(node))
}

fn in_catalog(columns: &[CatalogColumn]) -> Columns {
    columns.iter().map(|column| (column.name.clone(), column.data_type.clone())).collect()
}

fn in_export(table: &TableInfo) -> Option<Columns> {
    let columns = table.columns.iter();
    let columns = columns.map(|column| {
        let data_type = Some(&column.data_type).filter(|it| !it.is_empty());
        (column.name.clone(), data_type.cloned())
    });
    (!table.columns.is_empty()).then(|| columns.collect())
}

/// A contract that is enforced lists all columns.
fn in_contract(properties: &Properties) -> Option<Columns> {
    let listed = || {
        let columns = properties.columns.iter();
        columns.map(|column| (column.name.clone(), column.data_type.clone())).collect()
    };
    (properties.contract && !properties.columns.is_empty()).then(listed)
}

fn in_header(node: &Node) -> Option<Columns> {
    let header = node.source.text.lines().next().unwrap_or_default();
    // A header with another separator is not one column.
    let plain = node.kind == Kind::Seed && !header.contains([';', '|', '\t', '"']);
    let names = header.split(',').map(|name| (name.trim().to_owned(), None));
    (plain && !header.trim().is_empty()).then(|| names.collect())
}

impl Run<'_> {
    /// `adapter.get_columns_in_relation(relation)`, where they are known.
    pub(super) fn columns_in_relation(&self, args: &Args) -> Option<Value> {
        let Value::Relation(relation) = args.get(0, "relation")? else { return None };
        if self.stage != Stage::Compile {
            return Some(Value::list(Vec::new()));
        }
        let columns = self.library.columns_of(relation)?;
        Some(Value::list(columns.iter().map(column).collect()))
    }

    /// A table that `adapter.get_relation(…)` or `load_relation(…)` looks for: where no export lists it and no other node
    /// makes it, only a run tells whether it is there.
    pub(super) fn looked_for(&self, path: &str, relation: &Relation, args: &Args) -> Value {
        if relation.parts[2].is_none() {
            return self.host_unknown(path, &args.describe());
        }
        let mut found = relation.clone();
        match self.library.exported.find(relation) {
            Some(table) => {
                let kind = table.kind.as_deref().unwrap_or_default().to_lowercase();
                found.kind = Some(if kind.contains("view") { "view" } else { "table" }.to_owned());
            }
            None => match self.made_by_others(relation) {
                Some(kind) => found.kind = Some(kind.to_owned()),
                None => found.asked = Some(format!("{path}{}", args.describe())),
            },
        }
        Value::Relation(Rc::new(found))
    }

    /// What another node of the project makes under a name: it is there, as the project is built in order.
    fn made_by_others(&self, relation: &Relation) -> Option<&'static str> {
        // While nodes are read nothing is known of others.
        if self.stage != Stage::Compile {
            return None;
        }
        let name = relation.render().to_lowercase();
        let own = self.sheet.relation.render().to_lowercase() == name;
        let made = self.library.made.get_or_init(|| self.library.makes());
        made.get(&name).copied().filter(|_| !own)
    }
}

/// A column as the adapter gives it.
fn column((name, data_type): &(String, Option<String>)) -> Value {
    let kind = data_type.as_deref().map_or(Value::None, Value::text);
    let entries = [
        ("name", Value::text(name.as_str())),
        ("column", Value::text(name.as_str())),
        ("dtype", kind.clone()),
        ("data_type", kind),
        ("quoted", Value::text(format!("\"{name}\""))),
    ];
    Value::dict(entries.map(|(key, value)| (Value::text(key), value)))
}

/// What a column says of its type; `None` if that is no question, or its type is not known.
pub(super) fn column_method(entries: &Rc<super::value::Entries>, name: &str) -> Option<Value> {
    let kind = entries.get("dtype")?;
    let kind = kind.as_text()?.to_lowercase();
    let is = |names: &[&str]| Value::Bool(names.iter().any(|name| kind.starts_with(name)));
    Some(match name {
        "is_string" => is(&["text", "varchar", "char", "string", "character"]),
        "is_numeric" => is(&["numeric", "decimal", "number"]),
        "is_integer" => is(&["int", "bigint", "smallint", "tinyint", "serial"]),
        "is_float" => is(&["float", "double", "real"]),
        "is_number" => is(&[
            "numeric", "decimal", "number", "int", "bigint", "smallint", "tinyint", "float",
            "double", "real",
        ]),
        _ => return None,
    })
}
