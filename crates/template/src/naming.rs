//! What a node is called in the warehouse: as the macros of the project say, else as dbt does.

use super::call::closure_of;
use super::hole::Unknown;
use super::relation::{Part, Relation, Said, quote_of};
use super::run::Run;
use super::value::{Args, Value};

impl Run<'_> {
    /// The relation that the node is built as.
    pub(super) fn named(mut self) -> Relation {
        if self.node.relation.is_some() {
            return self.sheet.relation.clone();
        }
        let said = Said::of(self.node, &self.sheet.config);
        let database = match said.database {
            Some(database) if said.whole[0] => Some(database.to_owned()),
            database => self.generated("database", database),
        };
        let schema = match said.schema {
            Some(schema) if said.whole[1] => Some(schema.to_owned()),
            schema => self.generated("schema", schema),
        };
        let alias = self.generated("alias", said.alias);
        let quote = quote_of(self.library.project.target.adapter.as_deref());
        let parts = [database, schema, alias];
        let part = |name: Option<String>| {
            // A key may hold quotes, and a name is sometimes put into a text.
            let name = name.map(|name| self.with_named_holes(name).replace('\'', ""));
            name.filter(|name| !name.is_empty()).map(|name| Part::new(&name, quote))
        };
        Relation { parts: parts.map(part), ..Relation::default() }
    }

    /// What `generate_…_name` gives for what the configuration says.
    fn generated(&mut self, what: &str, custom: Option<&str>) -> Option<String> {
        let usual = self.usual_name(what, custom);
        let Some(callee) = self.name_macro(&format!("generate_{what}_name")) else { return usual };
        let custom = custom.map_or(Value::None, Value::text);
        let node = self.model();
        let value = self.call(&callee, Args::of(vec![custom, node])).ok()?;
        let text = match &value {
            Value::None | Value::Undefined => return usual,
            value => self.print(value).trim().to_owned(),
        };
        if text.is_empty() { usual } else { Some(text) }
    }

    /// A macro of the node's own package counts before that of the project.
    fn name_macro(&self, name: &str) -> Option<Value> {
        let (own, root) = (self.node.package.as_str(), self.library.project.name.as_str());
        let found = |package| {
            self.library.find_macro(package, name).map(|found| closure_of(found, package))
        };
        found(own).or_else(|| found(root))
    }

    /// What dbt calls it where the project has no macro for it.
    pub(super) fn usual_name(&self, what: &str, custom: Option<&str>) -> Option<String> {
        let project = self.library.project;
        let own = custom.map(|custom| custom.trim().to_owned());
        match what {
            "database" => own.or_else(|| project.target.database.clone()),
            "schema" => match (project.target.schema.as_deref(), own) {
                (Some(schema), Some(own)) => Some(format!("{schema}_{own}")),
                (Some(schema), None) => Some(schema.to_owned()),
                // Where the connection is not configured, the name of the project stands for its schema.
                (None, own) => own.or_else(|| Some(project.name.clone())),
            },
            _ => own.or_else(|| {
                let version = self.node.properties.version.as_ref();
                let numbered = version.map(|it| format!("{}_v{}", it.of, it.version));
                Some(numbered.map_or_else(|| self.node.name.clone(), |it| it.replace('.', "_")))
            }),
        }
    }

    /// The value that stands for the schema of a connection that is not configured.
    pub(super) fn schema_of_nobody(&self) -> Value {
        match self.stage {
            super::run::Stage::Name => Value::text(self.library.project.name.as_str()),
            _ => Value::unknown(Unknown::new(
                super::hole::HoleKind::Value,
                "target.schema",
                "the connection is not configured",
            )),
        }
    }
}
