//! Which columns a table of the project surely has: as a catalog, a contract or the header of a seed says.

use std::collections::BTreeMap;
use std::rc::Rc;

use plumb_base::record::dbt::{CatalogColumn, Kind, Node, Properties};

use super::library::Library;
use super::relation::Relation;
use super::run::{Run, Stage};
use super::value::{Args, Value};

/// All columns of a table, in order, with their types where they are known.
pub(super) type Columns = Vec<(String, Option<String>)>;

impl Library<'_> {
    /// All columns of a relation, where they are known.
    pub(super) fn columns_of(&self, relation: &Relation) -> Option<&Columns> {
        self.columns.get_or_init(|| self.known_columns()).get(&relation.render())
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
