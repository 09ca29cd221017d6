//! A dbt project as it lies on disk: its YAML, its templates, its compiled code where there is some.

mod promise;
mod semantic;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::{Place, Source};

pub use promise::{Constraint, Test, TestSeverity};
pub use semantic::{Dimension, Entity, Measure, Metric, MetricInput, SavedQuery, SemanticModel};

/// One dbt project and the packages installed in it.
#[derive(Debug, Clone, Default)]
pub struct Project {
    /// `name` in `dbt_project.yml`.
    pub name: String,
    /// Folder of `dbt_project.yml` below the root, `""` for the root itself.
    pub folder: String,
    /// Connection that a run would use.
    pub target: Target,
    /// `vars` of `dbt_project.yml`, as written: package names may scope some.
    pub vars: Map<String, Value>,
    /// `dispatch` of `dbt_project.yml`: macro namespace and its search order.
    pub dispatch: Vec<(String, Vec<String>)>,
    /// The project itself first, then the installed packages by name.
    pub packages: Vec<Package>,
    /// Models, snapshots, seeds, analyses and tests that are SQL or Python, by path.
    pub nodes: Vec<Node>,
    /// Tables the project reads and does not build.
    pub sources: Vec<SourceTable>,
    /// Exposures: who reads what outside.
    pub exposures: Vec<Exposure>,
    /// Groups and their owners.
    pub groups: Vec<Group>,
    /// Semantic models.
    pub semantic_models: Vec<SemanticModel>,
    /// Metrics.
    pub metrics: Vec<Metric>,
    /// Queries over metrics.
    pub saved_queries: Vec<SavedQuery>,
    /// Unit tests.
    pub unit_tests: Vec<UnitTest>,
    /// Path of the manifest whose compiled code was used, if one was.
    pub manifest: Option<String>,
    /// Path of the catalog whose columns were used, if one was.
    pub catalog: Option<String>,
}

/// The connection a run would use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Target {
    /// Name of the profile.
    pub profile: Option<String>,
    /// Name of the target, such as `prod`.
    pub name: Option<String>,
    /// Adapter type, such as `snowflake`.
    pub adapter: Option<String>,
    /// Default database or catalog.
    pub database: Option<String>,
    /// Default schema.
    pub schema: Option<String>,
    /// Where the warehouse is: an account, or a host with its port.
    pub server: Option<String>,
}

/// A project whose macros can be called: the root project or an installed package.
#[derive(Debug, Clone, Default)]
pub struct Package {
    /// Its name, such as `dbt_utils`.
    pub name: String,
    /// Its folder below the root, `""` for the root itself.
    pub folder: String,
    /// Its macro files.
    pub macros: Vec<Source>,
    /// Its own `vars`.
    pub vars: Map<String, Value>,
}

/// What kind of node a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A SQL model.
    Model,
    /// A Python model: counted, not read.
    PythonModel,
    /// A snapshot.
    Snapshot,
    /// A seed: a CSV file whose header gives its columns.
    Seed,
    /// An analysis: compiled by dbt, never run.
    Analysis,
}

/// One file of the project that builds something.
#[derive(Debug, Clone)]
pub struct Node {
    /// Package it belongs to.
    pub package: String,
    /// Its name; `ref` finds it by that.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// The template as written (for a seed: its header line).
    pub source: Source,
    /// Configuration from `dbt_project.yml`, folder by folder, as written: templates may stand in it.
    pub config: Map<String, Value>,
    /// Configuration from properties files, as written; stronger than `config`.
    pub declared: Map<String, Value>,
    /// What properties files (`schema.yml`) say of it.
    pub properties: Properties,
    /// Code that dbt compiled, from the manifest.
    pub compiled: Option<String>,
    /// Relation name from the manifest, such as `"db"."schema"."table"`.
    pub relation: Option<String>,
    /// All columns it had when dbt last looked, in order.
    pub catalog: Option<Vec<CatalogColumn>>,
}

/// A column of a table in the warehouse.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CatalogColumn {
    /// Its name, as the warehouse spells it.
    pub name: String,
    /// Its type, as the warehouse spells it.
    pub data_type: Option<String>,
}

/// What a properties file says of a node or a source table.
#[derive(Debug, Clone, Default)]
pub struct Properties {
    /// Where it says so.
    pub place: Option<Place>,
    /// Description.
    pub description: String,
    /// Columns by name, in file order.
    pub columns: Vec<Column>,
    /// Tests on the whole node.
    pub tests: Vec<Test>,
    /// Constraints on the whole node.
    pub constraints: Vec<Constraint>,
    /// `meta`.
    pub meta: Map<String, Value>,
    /// `tags`.
    pub tags: Vec<String>,
    /// `group`.
    pub group: Option<String>,
    /// `access`: `public`, `protected`, `private`.
    pub access: Option<String>,
    /// Whether a contract is enforced: then `columns` is all there is.
    pub contract: bool,
    /// Which version of a versioned model the file holds.
    pub version: Option<Version>,
}

/// One version of a versioned model: `ref('orders', v=2)` finds it, `ref('orders')` finds the latest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Version {
    /// Name of the model without its version.
    pub of: String,
    /// The version as written, such as `2`.
    pub version: String,
    /// Whether it is the latest one.
    pub latest: bool,
}

/// One column of a properties file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Column {
    /// Name as written.
    pub name: String,
    /// Data type as written.
    pub data_type: Option<String>,
    /// Description.
    pub description: String,
    /// Tests on it.
    pub tests: Vec<Test>,
    /// Constraints on it.
    pub constraints: Vec<Constraint>,
    /// `meta`.
    pub meta: Map<String, Value>,
    /// `tags`.
    pub tags: Vec<String>,
}

/// A table the project reads.
#[derive(Debug, Clone, Default)]
pub struct SourceTable {
    /// Package that declares it.
    pub package: String,
    /// Name of the source.
    pub source: String,
    /// Name of the table inside it.
    pub name: String,
    /// Database, if declared.
    pub database: Option<String>,
    /// Schema: the declared one, else the name of the source.
    pub schema: String,
    /// Name in the warehouse: the declared one, else `name`.
    pub identifier: String,
    /// All columns it had when dbt last looked, in order.
    pub catalog: Option<Vec<CatalogColumn>>,
    /// The rest.
    pub properties: Properties,
}

/// A use outside dbt.
#[derive(Debug, Clone, Default)]
pub struct Exposure {
    /// Its name.
    pub name: String,
    /// `dashboard`, `notebook`, `application`, …
    pub kind: String,
    /// Owner's name or address.
    pub owner: Option<String>,
    /// Raw `depends_on` entries such as `ref('orders')`.
    pub depends_on: Vec<String>,
    /// Label for people.
    pub label: Option<String>,
    /// Where it can be seen.
    pub url: Option<String>,
    /// Description.
    pub description: String,
    /// Where it is declared.
    pub place: Option<Place>,
}

/// A test that runs a model on rows that are written out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnitTest {
    /// Package that declares it.
    pub package: String,
    /// Its name.
    pub name: String,
    /// Name of the model it tests.
    pub model: String,
}

/// A dbt group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its owner's name or address.
    pub owner: Option<String>,
    /// Where it is declared.
    pub place: Option<Place>,
}

impl Project {
    /// Variables that a package sees: its own, then those of the root; of each, those scoped to it last.
    pub fn vars_of(&self, package: &str) -> BTreeMap<&str, &Value> {
        let mut seen = BTreeMap::new();
        let own = self.packages.iter().find(|candidate| candidate.name == package);
        for vars in own.map(|found| &found.vars).into_iter().chain([&self.vars]) {
            let scoped = vars.get(package).and_then(Value::as_object);
            for (name, value) in vars.iter().chain(scoped.into_iter().flatten()) {
                seen.insert(name.as_str(), value);
            }
        }
        seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_sees_what_its_own_file_scopes_to_it_and_the_root_wins() {
        let vars = |text: &str| serde_json::from_str::<Map<String, Value>>(text).expect("JSON");
        let own = r#"{"unit": "cent", "tools": {"table": "own", "size": 1}, "shop": {"far": 1}}"#;
        let project = Project {
            vars: vars(r#"{"unit": "euro", "tools": {"size": 2}}"#),
            packages: vec![Package {
                name: "tools".to_owned(),
                vars: vars(own),
                ..Package::default()
            }],
            ..Project::default()
        };
        let seen = project.vars_of("tools");
        let said = |name: &str| seen.get(name).map(ToString::to_string);
        assert_eq!(said("table").as_deref(), Some("\"own\""));
        assert_eq!(said("size").as_deref(), Some("2"));
        assert_eq!(said("unit").as_deref(), Some("\"euro\""));
        assert_eq!(said("far"), None);
    }
}
