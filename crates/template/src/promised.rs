//! Tests as nodes of the graph that templates see.

use plumb_base::Digest;
use plumb_base::record::dbt::{Node, Test};

use super::graph::{dict, unique_id};
use super::library::Library;
use super::value::Value;

/// A test of a node: which node, which of its columns if it is on one, and which test.
#[derive(Debug, Clone, Copy)]
pub(super) struct Promised {
    node: usize,
    column: Option<usize>,
    test: usize,
}

/// Every test on a node of a project.
pub(super) fn all(nodes: &[Node]) -> Vec<Promised> {
    let mut found = Vec::new();
    for (node, entry) in nodes.iter().enumerate() {
        let on = |column, tests: &[Test]| {
            (0..tests.len()).map(move |test| Promised { node, column, test }).collect::<Vec<_>>()
        };
        found.extend(on(None, &entry.properties.tests));
        for (column, said) in entry.properties.columns.iter().enumerate() {
            found.extend(on(Some(column), &said.tests));
        }
    }
    found
}

impl Promised {
    fn parts<'a>(&self, library: &'a Library<'_>) -> (&'a Node, Option<&'a str>, &'a Test) {
        let node = &library.project.nodes[self.node];
        match self.column {
            Some(column) => {
                let column = &node.properties.columns[column];
                (node, Some(&column.name), &column.tests[self.test])
            }
            None => (node, None, &node.properties.tests[self.test]),
        }
    }

    /// Its id: dbt ends it with a digest, and so does this.
    pub(super) fn id(&self, library: &Library<'_>) -> String {
        let (node, column, test) = self.parts(library);
        let arguments = serde_json::Value::Object(test.arguments.clone()).to_string();
        let name = self.name(library);
        let digest = Digest::of(format!("{name} {column:?} {arguments}")).to_string();
        let short: String = digest.chars().take(10).collect();
        format!("test.{}.{name}.{short}", node.package)
    }

    fn name(&self, library: &Library<'_>) -> String {
        let (node, column, test) = self.parts(library);
        let words = [test.name.replace('.', "_"), node.name.clone()];
        words.into_iter().chain(column.map(str::to_owned)).collect::<Vec<_>>().join("_")
    }

    /// A part of it, by name.
    pub(super) fn part(&self, library: &Library<'_>, name: &str) -> Value {
        let (node, column, test) = self.parts(library);
        let on = || Value::text(unique_id(node));
        match name {
            "name" | "alias" => Value::text(self.name(library)),
            "unique_id" => Value::text(self.id(library)),
            "resource_type" => Value::text("test"),
            "package_name" => Value::text(node.package.as_str()),
            "column_name" => column.map_or(Value::None, Value::text),
            "attached_node" => on(),
            "depends_on" => {
                dict([("nodes", Value::list(vec![on()])), ("macros", Value::list(Vec::new()))])
            }
            "test_metadata" => {
                let (namespace, bare) = match test.name.split_once('.') {
                    Some((namespace, bare)) => (Value::text(namespace), bare),
                    None => (Value::None, test.name.as_str()),
                };
                let arguments = Value::from(&serde_json::Value::Object(test.arguments.clone()));
                dict([("name", Value::text(bare)), ("namespace", namespace), ("kwargs", arguments)])
            }
            "config" => dict([("enabled", Value::Bool(true))]),
            "tags" => Value::list(Vec::new()),
            "meta" | "columns" => Value::dict([]),
            "path" | "original_file_path" => {
                let file = test.place.as_ref().map_or("", |place| place.path.as_str());
                Value::text(file)
            }
            "description" => Value::text(""),
            _ => Value::Undefined,
        }
    }
}
