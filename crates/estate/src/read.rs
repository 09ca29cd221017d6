//! Reading: found files become assets, assets get plans.

use std::{collections::BTreeMap, sync::Arc};

use plumb_base::{
    Lines, Problem, TableName, Tally,
    answer::{NotCovered, Using},
    record::Found,
};
use plumb_ir::Arena;
use plumb_resolve::Hole;
use plumb_syntax::sql::{Dialect, Parsed};

use crate::{Asset, Estate, asset::AssetKind, dbt, files, names::Names, places::Origin, plans};

/// What may be said instead of found.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Dialect of everything.
    pub dialect: Option<String>,
}

/// An asset before its statement is bound.
pub(crate) struct Draft {
    pub(crate) asset: Asset,
    pub(crate) statement: Option<Statement>,
    /// What decided, unknown here, which text its template gives; its text is one of several.
    pub(crate) worlds: Vec<String>,
}

impl Draft {
    pub(crate) fn new(asset: Asset, statement: Option<Statement>) -> Self {
        Self { asset, statement, worlds: Vec::new() }
    }
}

/// A statement that was parsed.
pub(crate) struct Statement {
    pub(crate) path: String,
    /// The text of the file.
    pub(crate) file: Arc<str>,
    /// Its lines; one file may hold thousands of statements.
    pub(crate) lines: Arc<Lines>,
    /// The text that was parsed.
    pub(crate) text: Arc<str>,
    pub(crate) made: Made,
    pub(crate) parsed: Arc<Parsed>,
    /// Which statement of the text it is.
    pub(crate) at: usize,
    pub(crate) dialect: &'static Dialect,
    pub(crate) holes: Vec<Hole>,
}

/// How the parsed text came from the file.
pub(crate) enum Made {
    Itself,
    Rendered(plumb_template::SourceMap),
    Compiled,
}

impl Statement {
    pub(crate) fn origin(&self) -> Origin<'_> {
        match &self.made {
            Made::Itself => Origin::file(&self.path, &self.file, &self.lines),
            Made::Rendered(map) => Origin::rendered(&self.path, &self.file, &self.lines, map),
            Made::Compiled => Origin::compiled(&self.path, &self.file, &self.lines, &self.text),
        }
    }

    pub(crate) fn query(&self) -> Option<&plumb_syntax::sql::tree::Query> {
        use plumb_syntax::sql::tree::StatementKind;
        match &self.parsed.statements.get(self.at)?.kind {
            StatementKind::Query(query) | StatementKind::Write { query, .. } => Some(query),
            StatementKind::Declare { .. }
            | StatementKind::Other { .. }
            | StatementKind::Opaque { .. } => None,
        }
    }
}

/// What reading gathers on its way.
#[derive(Default)]
pub(crate) struct Gathered {
    pub(crate) drafts: BTreeMap<String, Draft>,
    pub(crate) names: Names,
    /// Keys of what is built, by file and name: a package may be a project beside those that install it.
    pub(crate) built: BTreeMap<(String, String), String>,
    /// Keys of tables that are read and not built, by full name.
    pub(crate) tables: BTreeMap<TableName, String>,
    /// What an exposure reads: its key, the project that says so, the name it says.
    pub(crate) exposed: Vec<(String, String, String)>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) coverage: Tally,
    pub(crate) not_covered: Vec<NotCovered>,
    pub(crate) using: Vec<Using>,
}

impl Gathered {
    /// Adds an asset under its key, or under a longer one if that is taken; gives the key.
    pub(crate) fn add(&mut self, mut draft: Draft, longer: &str) -> String {
        if self.drafts.contains_key(&draft.asset.key) {
            longer.clone_into(&mut draft.asset.key);
            let mut count = 2;
            while self.drafts.contains_key(&draft.asset.key) {
                draft.asset.key = format!("{longer}#{count}");
                count += 1;
            }
        }
        let key = draft.asset.key.clone();
        self.drafts.insert(key.clone(), draft);
        key
    }
}

/// Understands what was found. Never fails: what is not understood is counted and listed.
pub fn read(
    found: &Found,
    variable: &(dyn Fn(&str) -> Option<String> + Sync),
    options: &Options,
) -> Estate {
    let mut gathered = Gathered { problems: found.problems.clone(), ..Gathered::default() };
    if let Some(path) = &found.settings.path {
        gathered.using.push(Using {
            what: "plumb.toml".to_owned(),
            path: path.clone(),
            detail: String::new(),
        });
    }
    for project in &found.dbt {
        dbt::project(project, found, variable, options, &mut gathered);
    }
    files::sql(found, options, &mut gathered);
    for kind in &found.not_covered {
        gathered.not_covered.push(NotCovered {
            kind: kind.kind.clone(),
            count: kind.paths.len(),
            examples: kind.paths.iter().take(3).cloned().collect(),
        });
    }
    let mut arena = Arena::new();
    let mut estate = plans::bind(gathered, &mut arena);
    estate.arena = arena;
    estate.drift_watcher.clone_from(&found.settings.drift_watcher);
    estate.problems.sort();
    estate.problems.dedup();
    estate
        .not_covered
        .sort_by(|one, two| two.count.cmp(&one.count).then_with(|| one.kind.cmp(&two.kind)));
    estate
}

/// The dialect of a path: said, set, given by the platform, or seen in the texts; with how it is known.
pub(crate) fn dialect_of<'a>(
    path: &str,
    found: &Found,
    options: &Options,
    adapter: Option<&str>,
    texts: impl IntoIterator<Item = &'a str>,
    problems: &mut Vec<Problem>,
) -> (&'static Dialect, String) {
    let set = found
        .settings
        .dialects
        .iter()
        .filter(|(prefix, _)| path.starts_with(prefix.as_str()))
        .max_by_key(|(prefix, _)| prefix.len());
    let said = [
        (options.dialect.as_deref(), "as you said"),
        (set.map(|(_, name)| name.as_str()), "plumb.toml"),
        (adapter, "profile"),
    ];
    for (name, how) in said {
        let Some(name) = name else { continue };
        if let Some(dialect) = Dialect::named(name) {
            return (dialect, format!("{}, {how}", dialect.name));
        }
        problems.push(Problem {
            place: plumb_base::Place::file(path),
            severity: plumb_base::Severity::Note,
            reason: "unknown-dialect".to_owned(),
            message: format!("dialect `{name}` is not known; `{}` is used", Dialect::plain().name),
        });
        return (Dialect::plain(), format!("{name} read as {}, {how}", Dialect::plain().name));
    }
    let (dialect, signs) = Dialect::detect(texts);
    let how = if signs == 0 { "nothing speaks for another" } else { "by its look" };
    (dialect, format!("{}, {how}", dialect.name))
}

/// An asset with nothing known of it.
pub(crate) fn blank(key: &str, name: &str, kind: AssetKind, project: &str) -> Asset {
    Asset {
        key: key.to_owned(),
        name: name.to_owned(),
        kind,
        project: project.to_owned(),
        place: None,
        materialized: None,
        description: String::new(),
        dialect: None,
        owners: Vec::new(),
        tests: 0,
        public: false,
        tags: Vec::new(),
        columns: Vec::new(),
        open: true,
        reads: Vec::new(),
        read_by: Vec::new(),
        code: None,
        plan: None,
        coverage: None,
        problems: Vec::new(),
    }
}
