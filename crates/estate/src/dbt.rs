//! dbt projects as assets.

mod build;
mod exposure;
mod meaning;
mod node;
mod promise;
mod table;

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use plumb_base::{
    Place, Problem, Severity, TableName,
    answer::{NotCovered, Using},
    record::{Found, dbt},
};
use plumb_syntax::sql::Dialect;
use plumb_template::Library;
use rayon::prelude::*;

use crate::{
    names::relation,
    read::{Gathered, Options},
    speech::dialect_of,
};
use build::{Built, build, is_off};

/// Most nodes that a thread takes at once: one may be as much work as a hundred others.
const NODES: usize = 8;

pub(crate) fn project(
    project: &dbt::Project,
    found: &Found,
    variable: &(dyn Fn(&str) -> Option<String> + Sync),
    options: &Options,
    gathered: &mut Gathered,
) {
    let texts = project.nodes.iter().map(|node| node.source.text.as_str());
    let adapter = project.target.adapter.as_deref().map(|name| (name, "profile"));
    let file = project_file(project);
    let (dialect, how) = dialect_of(&file, found, options, adapter, texts, &mut gathered.problems);
    // Templates ask for the adapter and the target; production is what counts.
    let mut known = Cow::Borrowed(project);
    if project.target.adapter.is_none() || project.target.name.is_none() {
        let target = &mut known.to_mut().target;
        target.adapter.get_or_insert_with(|| dialect.name.to_owned());
        target.name.get_or_insert_with(|| "prod".to_owned());
    }
    let known: &dbt::Project = &known;
    let library = Library::new(known, variable).with_tables(&found.tables);
    gathered.problems.extend(library.problems().iter().cloned());
    let wanted: Vec<(usize, &dbt::Node)> = known
        .nodes
        .iter()
        .enumerate()
        .filter(|(_, node)| node.kind != dbt::Kind::Analysis)
        .collect();
    let built: Vec<Built> = wanted
        .par_iter()
        .with_max_len(NODES)
        .map(|(_, node)| build(node, &library, dialect))
        .collect();
    let namespace =
        if project.folder.is_empty() { project.name.clone() } else { project.folder.clone() };
    table::sources(known, &library, dialect, &namespace, gathered);
    let (mut models, mut disabled) = (0, 0);
    let mut put = Vec::new();
    for ((at, node), built) in wanted.iter().zip(built) {
        if is_off(&built.config) {
            disabled += 1;
            continue;
        }
        models += usize::from(node.kind == dbt::Kind::Model);
        let name = relation(&library.relation_of(node), dialect);
        let refs = built.refs.clone();
        let key = node::add(node, built, &name, (known, dialect), &namespace, gathered);
        put.push(Put { at: *at, name, key, refs });
    }
    share_names(known, &put, gathered);
    let tables = gathered.tables.clone();
    let targets = Targets { project: known, put: &put, dialect, library: &library, tables };
    foreign_keys(known, &put, &targets, gathered);
    gathered.metrics.extend(meaning::metrics(known, &targets, dialect, &namespace));
    let analyses = known.nodes.iter().filter(|node| node.kind == dbt::Kind::Analysis);
    uncovered("dbt analyses", analyses.map(|node| node.source.path.clone()).collect(), gathered);
    let python: Vec<String> = wanted
        .iter()
        .filter(|(_, node)| node.kind == dbt::Kind::PythonModel)
        .map(|(_, node)| node.source.path.clone())
        .collect();
    uncovered("Python models", python, gathered);
    exposure::exposures(known, &targets, &namespace, gathered);
    let made = [("compiled code of", &project.manifest), ("columns of", &project.catalog)];
    let made = made.iter().filter_map(|(what, path)| Some(format!(", {what} {}", path.as_ref()?)));
    let off = if disabled > 0 { format!(", {disabled} disabled") } else { String::new() };
    gathered.using.push(Using {
        what: "dbt".to_owned(),
        path: file,
        detail: format!("{models} models{off}, {how}{}", made.collect::<String>()),
    });
}

/// A node that became an asset.
struct Put {
    /// Its position in the project.
    at: usize,
    name: TableName,
    key: String,
    /// Positions of the nodes that its text refers to.
    refs: Vec<usize>,
}

/// Several nodes of one name: which of them a statement means is known from its `ref` only.
///
/// Perhaps dbt gives them different names in a way that was not understood. So neither is put in place of the name,
/// and who refers to one never reads the other.
fn share_names(project: &dbt::Project, put: &[Put], gathered: &mut Gathered) {
    let mut by_name: BTreeMap<&TableName, Vec<&Put>> = BTreeMap::new();
    for one in put {
        by_name.entry(&one.name).or_default().push(one);
    }
    let keys =
        |group: &[&Put]| group.iter().map(|one| one.key.as_str()).collect::<BTreeSet<_>>().len();
    by_name.retain(|_, group| keys(group) > 1);
    let mut means: BTreeMap<usize, (&TableName, &str)> = BTreeMap::new();
    for (name, group) in &by_name {
        for one in group {
            means.insert(one.at, (name, &one.key));
            gathered.contested.insert(one.key.clone());
            let path = project.nodes[one.at].source.path.clone();
            let message = format!(
                "another model is built as `{name}`, too: each is read by its own name only"
            );
            gathered.problems.push(Problem {
                place: Place::file(path),
                severity: Severity::Partly,
                reason: "one-name-twice".to_owned(),
                message,
            });
        }
    }
    for one in put {
        let mut named: BTreeMap<&TableName, BTreeSet<&str>> = BTreeMap::new();
        for (name, key) in one.refs.iter().filter_map(|at| means.get(at)) {
            named.entry(name).or_default().insert(key);
        }
        let Some(draft) = gathered.drafts.get_mut(&one.key).filter(|_| !named.is_empty()) else {
            continue;
        };
        for (name, keys) in named {
            if keys.len() > 1 {
                draft.worlds.push(format!("which model `{name}` is"));
            }
            if let Some(key) = keys.first() {
                draft.calls(name, key);
            }
        }
    }
}

/// What a `ref` or a `source` in YAML points to.
struct Targets<'a> {
    project: &'a dbt::Project,
    put: &'a [Put],
    dialect: &'static Dialect,
    library: &'a Library<'a>,
    /// Keys of tables that are read and not built, by full name.
    tables: BTreeMap<TableName, String>,
}

impl Targets<'_> {
    /// The key of the asset, seen from a package.
    fn key(&self, package: &str, written: &str) -> Option<String> {
        let texts: Vec<&str> = written.split(['\'', '"']).skip(1).step_by(2).collect();
        let call = written.trim_start_matches([' ', '{']);
        match (call.starts_with("source"), texts.as_slice()) {
            (true, [source, table, ..]) => {
                let tables = self.project.sources.iter();
                let table = tables.clone().find(|it| it.source == *source && it.name == *table)?;
                let name = relation(&self.library.relation_of_source(table), self.dialect);
                self.tables.get(&name).cloned()
            }
            (false, [.., name]) => {
                let of = |own: bool| {
                    self.put.iter().find(|one| {
                        let node = &self.project.nodes[one.at];
                        node.name == *name && (!own || node.package == package)
                    })
                };
                of(true).or_else(|| of(false)).map(|one| one.key.clone())
            }
            _ => None,
        }
    }
}

/// Lets every asset know which others its columns point to.
fn foreign_keys(
    project: &dbt::Project,
    put: &[Put],
    targets: &Targets<'_>,
    gathered: &mut Gathered,
) {
    for one in put {
        let node = &project.nodes[one.at];
        for pointing in promise::pointing(&node.properties, targets.dialect) {
            let Some(to) = targets.key(&node.package, &pointing.to) else { continue };
            if let Some(draft) = gathered.drafts.get_mut(&one.key) {
                draft.asset.promises.foreign_keys.push(pointing.at(&to));
            }
        }
    }
}

fn project_file(project: &dbt::Project) -> String {
    if project.folder.is_empty() {
        "dbt_project.yml".to_owned()
    } else {
        format!("{}/dbt_project.yml", project.folder)
    }
}

fn uncovered(kind: &str, paths: Vec<String>, gathered: &mut Gathered) {
    if !paths.is_empty() {
        let (kind, count) = (kind.to_owned(), paths.len());
        let examples = paths.into_iter().take(3).collect();
        gathered.not_covered.push(NotCovered { kind, count, examples });
    }
}
