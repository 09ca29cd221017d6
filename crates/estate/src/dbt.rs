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
    kept::Kept,
    names::relation,
    read::{Gathered, Options},
    side::in_order,
    speech::dialect_of,
};
use build::{Built, build, is_off};

/// Most nodes that a thread takes at once: one may be as much work as a hundred others.
const NODES: usize = 8;

/// Adds every project: what one gives is put together while nodes of the next are worked on.
pub(crate) fn projects(
    found: &Found,
    variable: &(dyn Fn(&str) -> Option<String> + Sync),
    (options, kept): (&Options, Option<&Kept>),
    gathered: &mut Gathered,
) {
    let open = |project| Opened::new(project, found, options, &mut gathered.problems);
    let opened: Vec<Opened<'_>> = found.dbt.iter().map(open).collect();
    let library = |it| Library::new(it, variable).with_tables(&found.tables);
    let libraries: Vec<Library<'_>> = opened.par_iter().map(|it| library(&it.project)).collect();
    let parts: Vec<Part<'_>> =
        opened.iter().zip(&libraries).flat_map(|(it, library)| it.parts(library)).collect();
    let mut put = Vec::new();
    in_order(
        &parts,
        |part| part.built(kept),
        |part, built| {
            let Part { of, library, nodes, is_first, is_last } = part;
            if *is_first {
                gathered.problems.extend(library.problems().iter().cloned());
                table::sources(&of.project, library, of.dialect, &of.namespace, gathered);
            }
            for (node, built) in nodes.iter().zip(built) {
                put.extend(of.put(*node, built, library, gathered));
            }
            if *is_last {
                of.finish(&std::mem::take(&mut put), library, gathered);
            }
        },
    );
}

/// A project, and how its code reads.
struct Opened<'a> {
    project: Cow<'a, dbt::Project>,
    file: String,
    dialect: &'static Dialect,
    /// How the dialect is known.
    how: String,
    /// Whose names its tables have.
    namespace: String,
}

/// Some nodes of a project.
struct Part<'a> {
    of: &'a Opened<'a>,
    library: &'a Library<'a>,
    /// With their positions in the project.
    nodes: Vec<(usize, &'a dbt::Node)>,
    is_first: bool,
    is_last: bool,
}

impl Part<'_> {
    fn built(&self, kept: Option<&Kept>) -> Vec<Built> {
        let dialect = self.of.dialect;
        self.nodes.iter().map(|(_, node)| build(node, self.library, dialect, kept)).collect()
    }
}

impl<'a> Opened<'a> {
    fn new(
        project: &'a dbt::Project,
        found: &Found,
        options: &Options,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let texts = project.nodes.iter().map(|node| node.source.text.as_str());
        let adapter = project.target.adapter.as_deref().map(|name| (name, "profile"));
        let file = project_file(project);
        let (dialect, how) = dialect_of(&file, found, options, adapter, texts, problems);
        // Templates ask for the adapter and the target; production is what counts.
        let mut known = Cow::Borrowed(project);
        if project.target.adapter.is_none() || project.target.name.is_none() {
            let target = &mut known.to_mut().target;
            target.adapter.get_or_insert_with(|| dialect.name.to_owned());
            target.name.get_or_insert_with(|| "prod".to_owned());
        }
        let own = if project.folder.is_empty() { &project.name } else { &project.folder };
        Self { file, dialect, how, namespace: own.clone(), project: known }
    }

    /// What becomes an asset.
    fn wanted(&self) -> impl Iterator<Item = (usize, &dbt::Node)> {
        let nodes = self.project.nodes.iter().enumerate();
        nodes.filter(|(_, node)| node.kind != dbt::Kind::Analysis)
    }

    /// All of it a few at a time; one empty part where there is nothing.
    fn parts<'s>(&'s self, library: &'s Library<'s>) -> Vec<Part<'s>> {
        let wanted: Vec<(usize, &dbt::Node)> = self.wanted().collect();
        let mut parts: Vec<&[(usize, &dbt::Node)]> = wanted.chunks(NODES).collect();
        if parts.is_empty() {
            parts.push(&[]);
        }
        let last = parts.len() - 1;
        let part = |(at, nodes): (usize, &[(usize, &'s dbt::Node)])| Part {
            of: self,
            library,
            nodes: nodes.to_vec(),
            is_first: at == 0,
            is_last: at == last,
        };
        parts.into_iter().enumerate().map(part).collect()
    }

    /// Adds a node, unless it is switched off.
    fn put(
        &self,
        (at, node): (usize, &dbt::Node),
        built: Built,
        library: &Library<'_>,
        gathered: &mut Gathered,
    ) -> Option<Put> {
        if is_off(&built.config) {
            return None;
        }
        let name = relation(&library.relation_of(node), self.dialect);
        let refs = built.refs.clone();
        let around = (&*self.project, self.dialect);
        let key = node::add(node, built, &name, around, &self.namespace, gathered);
        Some(Put { at, name, key, refs })
    }

    /// Adds what it takes all nodes to know.
    fn finish(&self, put: &[Put], library: &Library<'_>, gathered: &mut Gathered) {
        let (project, dialect): (&dbt::Project, _) = (&self.project, self.dialect);
        share_names(project, put, gathered);
        let tables = gathered.tables.clone();
        let targets = Targets { project, put, dialect, library, tables };
        foreign_keys(project, put, &targets, gathered);
        gathered.metrics.extend(meaning::metrics(project, &targets, dialect, &self.namespace));
        let of_kind = |kind: dbt::Kind| {
            let nodes = project.nodes.iter().filter(|node| node.kind == kind);
            nodes.map(|node| node.source.path.clone()).collect::<Vec<String>>()
        };
        uncovered("dbt analyses", of_kind(dbt::Kind::Analysis), gathered);
        uncovered("Python models", of_kind(dbt::Kind::PythonModel), gathered);
        exposure::exposures(project, &targets, &self.namespace, gathered);
        let is_model = |one: &&Put| project.nodes[one.at].kind == dbt::Kind::Model;
        gathered.using.push(
            self.using(put.iter().filter(is_model).count(), self.wanted().count() - put.len()),
        );
    }

    fn using(&self, models: usize, disabled: usize) -> Using {
        let made =
            [("compiled code of", &self.project.manifest), ("columns of", &self.project.catalog)];
        let made =
            made.iter().filter_map(|(what, path)| Some(format!(", {what} {}", path.as_ref()?)));
        let off = if disabled > 0 { format!(", {disabled} disabled") } else { String::new() };
        let (how, made) = (&self.how, made.collect::<String>());
        let detail = format!("{models} models{off}, {how}{made}");
        Using { what: "dbt".to_owned(), path: self.file.clone(), detail }
    }
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
