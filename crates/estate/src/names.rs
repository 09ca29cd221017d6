//! Which asset a name means, in one project and across the platform.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, PoisonError, RwLock},
};

use plumb_base::{Digest, Hasher, Name, TableName};
use plumb_ir::{Catalog, KnownColumn, Schema, Type};
use plumb_resolve::{Functions, Hole, with_keys};
use plumb_syntax::sql::{Dialect, tree::Function};
use rustc_hash::FxHashMap;

use crate::{export::Told, session::Session};

/// Names of relations, project by project.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Keys by full name, for each project.
    own: BTreeMap<String, BTreeMap<TableName, String>>,
    /// Keys by last part, for each project.
    last: BTreeMap<String, BTreeMap<Name, BTreeSet<(TableName, String)>>>,
    /// What is known of the columns of a key.
    pub(crate) schemas: BTreeMap<String, Schema>,
    /// How often that has changed since statements are bound.
    changes: BTreeMap<String, usize>,
    /// Digests of that, as far as they were asked for.
    digests: RwLock<FxHashMap<String, Digest>>,
    /// What the warehouse says of a key.
    pub(crate) told: BTreeMap<String, Told>,
    /// Functions that somebody makes.
    pub(crate) functions: Functions,
    /// Columns that statements used of open tables, by key: they must exist.
    learned: BTreeMap<String, BTreeSet<Name>>,
}

impl Names {
    /// Says that a project calls an asset so.
    pub(crate) fn add(&mut self, project: &str, name: TableName, key: &str) {
        let last = Name::new(name.table());
        self.last
            .entry(project.to_owned())
            .or_default()
            .entry(last)
            .or_default()
            .insert((name.clone(), key.to_owned()));
        self.own.entry(project.to_owned()).or_default().insert(name, key.to_owned());
    }

    /// Every name with its key.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&TableName, &str)> {
        self.own.values().flatten().map(|(name, key)| (name, key.as_str()))
    }

    /// The columns of a statement that was bound; types that it does not tell are those that were known before.
    ///
    /// Where not every column could be told from the statement, and all were known before, those count.
    pub(crate) fn schema_of(&self, key: &str, mut columns: Vec<KnownColumn>, open: bool) -> Schema {
        let before = self.schemas.get(key);
        if let Some(known) = before.filter(|known| open && !known.open) {
            return known.clone();
        }
        let known = before.into_iter().flat_map(|before| before.columns.iter().rev());
        let known: BTreeMap<&Name, &Type> = known.map(|it| (&it.name, &it.data_type)).collect();
        for column in columns.iter_mut().filter(|column| column.data_type == Type::Unknown) {
            if let Some(same) = known.get(&column.name) {
                column.data_type = (*same).clone();
            }
        }
        Schema { table: key.to_owned(), columns, open }
    }

    /// What is known of the columns of an asset: declared, told, or learned from uses elsewhere.
    pub(crate) fn schema(&self, key: &str) -> Schema {
        let mut schema = self.schemas.get(key).cloned().unwrap_or_else(|| Schema {
            table: key.to_owned(),
            columns: Vec::new(),
            open: true,
        });
        if schema.open
            && let Some(learned) = self.learned.get(key)
        {
            let new: Vec<Name> =
                learned.iter().filter(|column| !schema.has(column)).cloned().collect();
            schema
                .columns
                .extend(new.into_iter().map(|name| KnownColumn { name, data_type: Type::Unknown }));
        }
        schema
    }

    /// Says what a statement that was bound tells of the columns of a key.
    pub(crate) fn bound(&mut self, key: &str, schema: Schema) {
        if self.schemas.get(key) != Some(&schema) {
            *self.changes.entry(key.to_owned()).or_default() += 1;
            self.digests.get_mut().unwrap_or_else(PoisonError::into_inner).remove(key);
            self.schemas.insert(key.to_owned(), schema);
        }
    }

    /// A number that differs for all that was ever known of the columns of a key, but for what was learned.
    pub(crate) fn state(&self, key: &str) -> usize {
        self.changes.get(key).copied().unwrap_or_default()
    }

    /// Says which columns statements used of open tables.
    pub(crate) fn learn(&mut self, learned: BTreeMap<String, BTreeSet<Name>>) {
        self.digests.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
        self.learned = learned;
    }

    /// Whether something was learned of any.
    pub(crate) fn have_learned(&self) -> bool {
        !self.learned.is_empty()
    }

    /// A digest of what is known of the columns of a key while statements are bound.
    pub(crate) fn digest(&self, key: &str) -> Digest {
        let known = self.digests.read().unwrap_or_else(PoisonError::into_inner).get(key).copied();
        known.unwrap_or_else(|| {
            let Schema { table, columns, open } = self.schema(key);
            let mut digest = Hasher::new("schema");
            digest.text(&table).number(u64::from(open)).number(columns.len() as u64);
            for column in &columns {
                digest.text(column.name.as_str()).text(&column.data_type.to_string());
            }
            let digest = digest.finish();
            let mut known = self.digests.write().unwrap_or_else(PoisonError::into_inner);
            known.insert(key.to_owned(), digest);
            digest
        })
    }

    /// Whether something was learned of the columns of a key.
    pub(crate) fn has_learned(&self, key: &str) -> bool {
        let Some(learned) = self.learned.get(key) else { return false };
        let known = self.schemas.get(key);
        known.is_none_or(|known| known.open && !learned.iter().all(|column| known.has(column)))
    }

    /// Every key that a name may mean where nobody says in which project it is used, sorted.
    pub(crate) fn anywhere(&self, name: &TableName) -> BTreeSet<&str> {
        self.own.keys().filter_map(|project| self.find(project, name)).collect()
    }

    /// The key of a name as a project says it: its own assets first, then those of others.
    pub(crate) fn find(&self, project: &str, name: &TableName) -> Option<&str> {
        if let Some(key) = self.own.get(project).and_then(|names| names.get(name)) {
            return Some(key);
        }
        if let Some(key) = self.by_suffix(project, name) {
            return Some(key);
        }
        let elsewhere = self.own.iter().filter(|(other, _)| *other != project);
        let mut found = elsewhere.filter_map(|(_, names)| names.get(name));
        let first = found.next()?;
        // A bare name that several projects use means nobody's in particular.
        found.all(|other| other == first).then_some(first.as_str())
    }

    /// One name is the other with outer parts left out, and no other asset fits.
    fn by_suffix(&self, project: &str, name: &TableName) -> Option<&str> {
        let candidates = self.last.get(project)?.get(&Name::new(name.table()))?;
        let fits = |known: &TableName| {
            name.is_suffix_of(known)
                || known.is_suffix_of(name) && !(is_sample(name) && known.0.len() == 1)
        };
        let mut fits = candidates.iter().filter(|(known, _)| fits(known));
        let (_, key) = fits.next()?;
        fits.all(|(_, other)| other == key).then_some(key.as_str())
    }
}

/// Whether a name is of the catalog that Databricks ships, in which nobody can make a table.
fn is_sample(name: &TableName) -> bool {
    matches!(name.0.as_slice(), [catalog, _, _] if catalog.as_str() == "samples")
}

/// The names that one statement sees.
pub(crate) struct View<'a> {
    pub(crate) names: &'a Names,
    pub(crate) project: &'a str,
    pub(crate) session: &'a Session,
    /// Values that its text leaves open.
    pub(crate) holes: &'a [Hole],
}

impl<'a> View<'a> {
    /// The key of a name: what its session made first, then what its project calls so, then others.
    pub(crate) fn find(&self, name: &TableName) -> Option<&'a str> {
        let name = spelled(name, self.holes);
        let made = self.session.temporary(&name);
        made.or_else(|| self.names.find(self.project, &self.session.qualified(&name)))
    }

    /// The function of a name with so many arguments.
    pub(crate) fn function(
        &self,
        name: &str,
        args: usize,
        dialect: &Dialect,
    ) -> Option<Arc<Function>> {
        let all = &self.names.functions;
        if all.is_empty() && !self.session.has_functions() {
            return None;
        }
        self.session.function(all, &spelled(&called(name), self.holes), args, dialect)
    }
}

impl Catalog for View<'_> {
    fn table(&self, name: &TableName) -> Option<Schema> {
        Some(self.names.schema(self.find(name)?))
    }

    fn is_variable(&self, name: &Name) -> bool {
        self.session.has_variable(name)
    }
}

/// The name of a function as calls spell it.
pub(crate) fn called(name: &str) -> TableName {
    TableName(name.split('.').map(Name::new).collect())
}

/// A name in which what is not known is called by its own name.
pub(crate) fn spelled(name: &TableName, holes: &[Hole]) -> TableName {
    let part = |part: &Name| {
        let keyed = with_keys(part.as_str(), holes, "");
        // SQL spells a parameter of a notebook `$name`, where it is all there is.
        let parameter = keyed.strip_prefix("{$").and_then(|rest| rest.strip_suffix('}'));
        match parameter.filter(|name| !name.contains(['{', '}'])) {
            Some(name) => Name::new(format!("${name}")),
            None => Name::new(keyed),
        }
    };
    TableName(name.0.iter().map(part).collect())
}

/// A name as people say it: without outer parts that are not known here, such as a database given by a
/// variable.
pub(crate) fn short(name: &TableName) -> String {
    let known =
        name.0.iter().skip_while(|part| part.as_str().contains('(')).cloned().collect::<Vec<_>>();
    if known.is_empty() { name.to_string() } else { TableName(known).to_string() }
}

/// The name of a relation written out, folded by its dialect.
pub(crate) fn relation(text: &str, dialect: &Dialect) -> TableName {
    let (mut parts, mut part, mut quote) = (Vec::new(), String::new(), None);
    let mut quoted = false;
    for letter in text.trim().chars() {
        match quote {
            Some(open) if letter == open => quote = None,
            Some(_) if letter == '.' && quote == Some('`') => {
                // BigQuery quotes a whole path at once.
                parts.push(dialect.table_part(&std::mem::take(&mut part), true));
            }
            Some(_) => part.push(letter),
            None if letter == '"' || letter == '`' => {
                quote = Some(letter);
                quoted = true;
            }
            None if letter == '.' => {
                parts.push(dialect.table_part(&std::mem::take(&mut part), quoted));
                quoted = false;
            }
            None => part.push(letter),
        }
    }
    parts.push(dialect.table_part(&part, quoted));
    // A part that a template left empty is not there.
    parts.retain(|part| !matches!(part.as_str(), "" | "\"\""));
    TableName(parts)
}
