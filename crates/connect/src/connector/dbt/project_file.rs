//! What `dbt_project.yml` says: names, folders, variables, configuration by folder.

use std::collections::BTreeSet;

use plumb_base::{Problem, Severity, World};
use serde_json::{Map, Value};

use super::PROJECT_FILE;
use super::profile::resolved;
use crate::yaml::{self, Tree};
use crate::{path, text};

/// One project file; folders are below the root of the world.
#[derive(Debug, Clone, Default)]
pub(super) struct ProjectFile {
    /// Folder it lies in.
    pub(super) folder: String,
    /// `name`, else the name of the folder.
    pub(super) name: String,
    /// `profile`, as written.
    pub(super) profile: Option<String>,
    pub(super) models: Vec<String>,
    pub(super) macros: Vec<String>,
    pub(super) snapshots: Vec<String>,
    pub(super) seeds: Vec<String>,
    pub(super) analyses: Vec<String>,
    pub(super) tests: Vec<String>,
    /// Where packages are installed.
    pub(super) packages: String,
    /// Where dbt writes what it made.
    pub(super) target: String,
    /// `vars`, as written.
    pub(super) vars: Map<String, Value>,
    /// `dispatch`: macro namespace and its search order.
    pub(super) dispatch: Vec<(String, Vec<String>)>,
    /// Configuration trees.
    pub(super) configs: Configs,
}

/// Configuration trees by kind of node, as written.
#[derive(Debug, Clone, Default)]
pub(super) struct Configs {
    pub(super) models: Map<String, Value>,
    pub(super) seeds: Map<String, Value>,
    pub(super) snapshots: Map<String, Value>,
    pub(super) analyses: Map<String, Value>,
    /// Of tests; since dbt 1.8 they are called `data_tests`.
    pub(super) tests: Map<String, Value>,
}

impl ProjectFile {
    /// Reads the project file of a folder; what it does not say, or cannot, has dbt's defaults.
    pub(super) fn read(world: &dyn World, folder: &str, problems: &mut Vec<Problem>) -> Self {
        let at = path::join(folder, PROJECT_FILE).unwrap_or_default();
        let source = text::read(world, &at, problems);
        let documents = source.map(|source| yaml::parse(&source, problems)).unwrap_or_default();
        let nothing = Tree::null();
        let tree = documents.first().unwrap_or(&nothing);
        let mut troubles = Vec::new();
        let mut paths = |keys: &[&str], default: &[&str]| {
            let said = tree.first(keys);
            let written = said.map(Tree::texts);
            let written =
                written.unwrap_or_else(|| default.iter().map(|&path| path.to_owned()).collect());
            let mut found = Vec::new();
            for path in written {
                let place = said.map(|said| (said.line, said.column)).unwrap_or_default();
                match located(world, folder, &path, keys.contains(&"model-paths")) {
                    Ok(path) => found.push(path),
                    Err((reason, message)) => troubles.push((place, reason, message)),
                }
            }
            found
        };
        // Projects from before dbt 1.0 spell `source-paths`, and their default for seeds is `data`.
        let seeds: &[&str] =
            if tree.get("source-paths").is_some() { &["data"] } else { &["seeds"] };
        let packages = paths(&["packages-install-path", "modules-path"], &["dbt_packages"]);
        let target = paths(&["target-path"], &["target"]);
        let one =
            |paths: Vec<String>| paths.into_iter().next().unwrap_or_else(|| folder.to_owned());
        let name = tree.text_of("name").filter(|name| !name.is_empty());
        if name.is_none() && !documents.is_empty() {
            let message = "the project has no `name`; that of its folder is taken".to_owned();
            problems.push(text::of_file(&at, Severity::Note, "no-project-name", message));
        }
        let file = Self {
            folder: folder.to_owned(),
            name: name.unwrap_or_else(|| fallback_name(folder)),
            profile: tree.text_of("profile"),
            models: paths(&["model-paths", "source-paths"], &["models"]),
            macros: paths(&["macro-paths"], &["macros"]),
            snapshots: paths(&["snapshot-paths"], &["snapshots"]),
            seeds: paths(&["seed-paths", "data-paths"], seeds),
            analyses: paths(&["analysis-paths"], &["analyses"]),
            tests: paths(&["test-paths"], &["tests"]),
            packages: one(packages),
            target: one(target),
            vars: tree.get("vars").map(Tree::object).unwrap_or_default(),
            dispatch: dispatch(tree),
            configs: Configs {
                models: tree.get("models").map(Tree::object).unwrap_or_default(),
                seeds: tree.get("seeds").map(Tree::object).unwrap_or_default(),
                snapshots: tree.get("snapshots").map(Tree::object).unwrap_or_default(),
                analyses: tree.get("analyses").map(Tree::object).unwrap_or_default(),
                tests: tree.first(&["data_tests", "tests"]).map(Tree::object).unwrap_or_default(),
            },
        };
        for (place, reason, message) in troubles {
            problems.push(text::at(&at, place, Severity::Partly, reason, message));
        }
        file
    }

    /// Folders outside of its own that the project reads.
    pub(super) fn shared(&self) -> Vec<String> {
        let all =
            [&self.models, &self.macros, &self.snapshots, &self.seeds, &self.analyses, &self.tests];
        let all = all.into_iter().flatten();
        let outside = |path: &&String| {
            **path != self.folder && path::under(path, &self.folder).is_none() && !path.is_empty()
        };
        all.filter(outside).cloned().collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// A folder that the project names; one that is `needed` and that the environment names must be there. `Err` is a
/// reason and a message.
fn located(
    world: &dyn World,
    folder: &str,
    written: &str,
    needed: bool,
) -> Result<String, (&'static str, String)> {
    let unset = || {
        let message = format!(
            "`{written}` is no folder here: the environment decides it; set its variable to read one"
        );
        ("path-unset", message)
    };
    let path = resolved(world, written).ok_or_else(unset)?;
    let joined = path::join(folder, &path).ok_or_else(|| {
        let message =
            format!("`{path}` lies outside the folder that is read; read a folder that holds both");
        ("path-outside", message)
    })?;
    let is_there = || world.files(&joined).is_ok_and(|files| !files.is_empty());
    if !needed || path == written || is_there() { Ok(joined) } else { Err(unset()) }
}

fn fallback_name(folder: &str) -> String {
    let name = path::name(folder);
    if name.is_empty() { "unnamed".to_owned() } else { name.to_owned() }
}

fn dispatch(tree: &Tree) -> Vec<(String, Vec<String>)> {
    let entry = |entry: &Tree| {
        let namespace = entry.text_of("macro_namespace")?;
        Some((namespace, entry.get("search_order").map(Tree::texts).unwrap_or_default()))
    };
    tree.get("dispatch").map(Tree::items).unwrap_or_default().iter().filter_map(entry).collect()
}
