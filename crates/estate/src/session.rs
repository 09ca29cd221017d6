//! What stands around a statement says of names: where it runs, `USE`, and temporary tables and views.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use plumb_base::{Name, TableName};
use plumb_resolve::Functions;
use plumb_syntax::sql::{
    Dialect,
    tree::{Function, Level},
};

/// Names as one place of a script sees them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Session {
    catalog: Option<Name>,
    schema: Option<Name>,
    /// Keys of temporary tables and views, by name.
    temporary: BTreeMap<TableName, String>,
    /// Functions that are gone when it is.
    functions: Functions,
    /// Variables that are declared.
    variables: BTreeSet<Name>,
    /// Word that stands for where it runs: `live.t` is `t`.
    here: Option<Name>,
    /// What tells tables that only its run names from those of other scripts.
    own: Option<Name>,
}

impl Session {
    /// A session that begins in a catalog and a schema, as far as they are known.
    pub(crate) fn at(catalog: Option<&str>, schema: Option<&str>, dialect: &Dialect) -> Self {
        let name = |part: &str| dialect.table_part(part, false);
        Self { catalog: catalog.map(name), schema: schema.map(name), ..Self::default() }
    }

    /// The same where somebody says in which of them.
    pub(crate) fn set(
        self,
        catalog: Option<&str>,
        schema: Option<&str>,
        dialect: &Dialect,
    ) -> Self {
        let said = Self::at(catalog, schema, dialect);
        Self { catalog: said.catalog.or(self.catalog), schema: said.schema.or(self.schema), ..self }
    }

    /// The same for a file of a pipeline, in which `LIVE` stands for where the pipeline writes.
    pub(crate) fn of_pipeline(self) -> Self {
        Self { here: Some(Name::new("live")), ..self }
    }

    /// The same for a script: two that are given the name of a table need not be given the same.
    pub(crate) fn of_script(self, name: &str) -> Self {
        Self { own: Some(Name::new(format!("{{{name}}}"))), ..self }
    }

    /// Takes note of a `USE`.
    pub(crate) fn uses(&mut self, level: Level, name: &TableName) {
        match (level, name.0.as_slice()) {
            (_, [.., catalog, schema]) => {
                self.catalog = Some(catalog.clone());
                self.schema = Some(schema.clone());
            }
            (Level::Catalog, [catalog]) => {
                self.catalog = Some(catalog.clone());
                self.schema = None;
            }
            (Level::Schema, [schema]) => self.schema = Some(schema.clone()),
            (_, []) => {}
        }
    }

    /// Looks names up where another session does.
    pub(crate) fn looks_where(&mut self, other: &Self) {
        self.catalog.clone_from(&other.catalog);
        self.schema.clone_from(&other.schema);
    }

    /// Takes note of a temporary table or view; the latest of a name counts.
    pub(crate) fn remember(&mut self, name: TableName, key: &str) {
        self.temporary.insert(name, key.to_owned());
    }

    /// Takes note of a function that is gone when the session is; the latest of a name counts.
    pub(crate) fn makes(&mut self, dialect: &Dialect, text: &str, function: &Function) {
        let mut made = Functions::default();
        made.add(function.name.clone(), dialect, text, function);
        self.functions.join(&made);
    }

    /// Whether it has functions of its own.
    pub(crate) fn has_functions(&self) -> bool {
        !self.functions.is_empty()
    }

    /// The function that a name means here, among its own and those of everybody.
    pub(crate) fn function(
        &self,
        all: &Functions,
        name: &TableName,
        args: usize,
        dialect: &Dialect,
    ) -> Option<Arc<Function>> {
        let own = self.functions.find(name, args, dialect);
        let own = own.filter(|it| name.is_suffix_of(&it.name));
        own.or_else(|| all.find(&self.qualified(name), args, dialect))
    }

    /// Takes note of variables.
    pub(crate) fn declares(&mut self, names: &[Name]) {
        self.variables.extend(names.iter().cloned());
    }

    /// Whether a name is that of a variable.
    pub(crate) fn has_variable(&self, name: &Name) -> bool {
        self.variables.contains(name)
    }

    /// Takes over what another script left behind that ran here.
    pub(crate) fn join(&mut self, other: &Self) {
        if other.catalog.is_some() || other.schema.is_some() {
            self.looks_where(other);
        }
        self.variables.extend(other.variables.iter().cloned());
        self.functions.join(&other.functions);
        for (name, key) in &other.temporary {
            self.temporary.insert(name.clone(), key.clone());
        }
    }

    /// The key of a temporary table or view.
    pub(crate) fn temporary(&self, name: &TableName) -> Option<&str> {
        let written = self.temporary.get(name);
        written.or_else(|| self.temporary.get(&self.without_here(name)?)).map(String::as_str)
    }

    /// A name without the word that stands for where the statement runs.
    fn without_here(&self, name: &TableName) -> Option<TableName> {
        match name.0.as_slice() {
            [first, table] if self.here.as_ref() == Some(first) => {
                Some(TableName(vec![table.clone()]))
            }
            _ => None,
        }
    }

    /// A name with the parts that were left out, as far as they are known.
    pub(crate) fn qualified(&self, name: &TableName) -> TableName {
        if let Some(name) = self.without_here(name) {
            return self.qualified(&name);
        }
        if let ([only], Some(own)) = (name.0.as_slice(), &self.own)
            && is_given(only.as_str())
        {
            return TableName(vec![own.clone(), only.clone()]);
        }
        let parts = match (name.0.len(), &self.catalog, &self.schema) {
            (1, Some(catalog), Some(schema)) => vec![catalog.clone(), schema.clone()],
            (1, None, Some(schema)) => vec![schema.clone()],
            (2, Some(catalog), _) => vec![catalog.clone()],
            _ => Vec::new(),
        };
        TableName(parts.into_iter().chain(name.0.iter().cloned()).collect())
    }
}

/// Whether a name is nothing but a parameter that each run is given: `${x}`, `{{ x }}`, `&{x}`. A variable `$x` is one of
/// the session, which scripts that run in it share.
fn is_given(name: &str) -> bool {
    [("${", "}"), ("{{", "}}"), ("&{", "}")].iter().any(|(open, close)| {
        let inner = name.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        inner.is_some_and(|inner| !inner.contains(['{', '}']))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_looked_up_where_use_says() {
        let mut session = Session::default();
        let name = |text| TableName::parse(text);
        assert_eq!(session.qualified(&name("t")), name("t"));
        session.uses(Level::Schema, &name("s"));
        assert_eq!(session.qualified(&name("t")), name("s.t"));
        session.uses(Level::Catalog, &name("c"));
        assert_eq!(session.qualified(&name("t")), name("t"));
        assert_eq!(session.qualified(&name("s.t")), name("c.s.t"));
        session.uses(Level::Schema, &name("d.s"));
        assert_eq!(session.qualified(&name("t")), name("d.s.t"));
        assert_eq!(session.qualified(&name("a.b.c")), name("a.b.c"));
    }

    #[test]
    fn a_pipeline_has_a_word_for_its_own_tables() {
        let name = |text| TableName::parse(text);
        let dialect = Dialect::named("databricks").expect("it is on the shelf");
        let at = Session::at(Some("Main"), Some("sales"), dialect);
        assert_eq!(at.qualified(&name("t")), name("main.sales.t"));
        assert_eq!(at.qualified(&name("live.t")), name("main.live.t"));
        let mut pipeline = at.of_pipeline();
        assert_eq!(pipeline.qualified(&name("live.t")), name("main.sales.t"));
        pipeline.remember(name("v"), "a.sql#v");
        assert_eq!(pipeline.temporary(&name("live.v")), Some("a.sql#v"));
        assert_eq!(pipeline.temporary(&name("other.v")), None);
    }

    #[test]
    fn what_ran_before_counts_until_something_else_does() {
        let (mut session, mut other) = (Session::default(), Session::default());
        let name = |text| TableName::parse(text);
        session.uses(Level::Schema, &name("s"));
        session.remember(name("v"), "mine");
        session.remember(name("w"), "mine");
        other.remember(name("v"), "its");
        session.join(&other);
        assert_eq!(session.qualified(&name("t")), name("s.t"));
        assert_eq!(
            (session.temporary(&name("v")), session.temporary(&name("w"))),
            (Some("its"), Some("mine"))
        );
        other.uses(Level::Schema, &name("x"));
        session.join(&other);
        assert_eq!(session.qualified(&name("t")), name("x.t"));
    }
}
