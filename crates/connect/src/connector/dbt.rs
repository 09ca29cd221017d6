//! dbt projects, read without dbt: project file, packages, nodes, properties, profile, manifest.

mod catalog;
mod config_tree;
mod declared;
mod info_schema;
mod manifest;
mod nodes;
mod packages;
mod profile;
mod project_file;
mod promises;
mod properties;
mod semantic;
mod shared;

use plumb_base::record::dbt::{Package, Project};
use plumb_base::record::{Found, NotCovered};
use plumb_base::{Entry, Problem, Source, World};
use project_file::ProjectFile;
use shared::Shared;

use crate::{Connector, Walk, path, together};

pub(crate) static CONNECTOR: Connector =
    Connector { name: "dbt", page: include_str!("dbt.md"), find };

/// What makes a folder a dbt project.
const PROJECT_FILE: &str = "dbt_project.yml";

/// One project file with the files it may speak about.
struct Scope<'a> {
    walk: &'a Walk<'a>,
    file: ProjectFile,
    files: Vec<Entry>,
}

/// Folder of a dbt project, where the path is that of its project file.
pub(crate) fn project_folder(path: &str) -> Option<&str> {
    (path::name(path) == PROJECT_FILE).then(|| path::parent(path))
}

/// Whether the root of a world is a dbt project.
pub(crate) fn is_project(world: &dyn World) -> bool {
    world.head(PROJECT_FILE, 0).is_ok()
}

/// Whether a folder of the project that is the root holds its nodes or macros.
pub(crate) fn is_part(world: &dyn World, folder: &str) -> bool {
    let file = ProjectFile::read(world, "", &mut Vec::new());
    let own = [file.models, file.snapshots, file.analyses, file.macros, file.seeds, file.tests];
    own.iter().flatten().any(|own| own == folder || path::under(folder, own).is_some())
}

/// Folders of a dbt project that dbt fills: installed packages, compiled code, logs.
pub(crate) fn made_folders(world: &dyn World, folder: &str) -> Vec<String> {
    // Problems of the project file are told once, when its project is read.
    let file = ProjectFile::read(world, folder, &mut Vec::new());
    let logs = path::join(folder, "logs");
    [file.packages, file.target].into_iter().chain(logs).filter(|made| made != folder).collect()
}

/// Folders outside of a dbt project that it reads as its own.
pub(crate) fn shared_folders(world: &dyn World, folder: &str) -> Vec<String> {
    ProjectFile::read(world, folder, &mut Vec::new()).shared()
}

fn find(walk: &Walk<'_>, found: &mut Found) {
    let folders: Vec<&str> = walk.projects().collect();
    let opened = together::each(&folders, |folder| Opened::new(walk, folder));
    let shared = Shared::of(walk, opened.iter().flat_map(Opened::scopes));
    let read = together::each(&opened, |it| {
        let mut problems = Vec::new();
        (project(it, &shared, &mut problems), problems)
    });
    for ((project, problems), opened) in read.into_iter().zip(opened) {
        found.not_covered.extend(opened.not_covered);
        found.not_covered.extend(kind("Python models", python_models(&project)));
        found.dbt.push(project);
        found.problems.extend(opened.problems);
        found.problems.extend(problems);
    }
}

/// A project with its packages, before anything of them is read.
struct Opened<'a> {
    root: Scope<'a>,
    packages: Vec<Scope<'a>>,
    problems: Vec<Problem>,
    not_covered: Vec<NotCovered>,
}

impl<'a> Opened<'a> {
    fn new(walk: &'a Walk<'a>, folder: &str) -> Self {
        let mut problems = Vec::new();
        let file = ProjectFile::read(walk.world, folder, &mut problems);
        let mut files = walk.files_of(folder);
        files.extend(file.shared().iter().flat_map(|shared| walk.files_below(shared)));
        let root = Scope { walk, file, files };
        let not_covered = aside(&root);
        let packages = packages::of(&root, &mut problems);
        Self { root, packages, problems, not_covered }
    }

    fn scopes(&self) -> impl Iterator<Item = &Scope<'a>> {
        std::iter::once(&self.root).chain(&self.packages)
    }
}

fn project(opened: &Opened<'_>, shared: &Shared, problems: &mut Vec<Problem>) -> Project {
    let Opened { root, packages, .. } = opened;
    let walk = root.walk;
    let mut project = Project {
        name: root.file.name.clone(),
        folder: root.file.folder.clone(),
        target: profile::target(root, problems),
        vars: root.file.vars.clone(),
        dispatch: root.file.dispatch.clone(),
        ..Project::default()
    };
    let installed = packages.iter().map(|package| (package, Some(&root.file)));
    for (scope, stronger) in std::iter::once((root, None)).chain(installed) {
        let declared = declared::read(scope, shared, problems);
        project.packages.push(package(scope, problems));
        project.nodes.extend(nodes::of(scope, stronger, &declared, problems));
        project.sources.extend(declared.sources);
        project.exposures.extend(declared.exposures);
        project.groups.extend(declared.groups);
        let meaning = declared.meaning;
        project.semantic_models.extend(meaning.semantic_models);
        project.metrics.extend(meaning.metrics);
        project.saved_queries.extend(meaning.saved_queries);
        project.unit_tests.extend(meaning.unit_tests);
    }
    let folders = opened.scopes().map(|scope| (scope.file.name.clone(), scope.file.folder.clone()));
    let folders = folders.collect();
    manifest::apply(walk, &root.file.target, &folders, &mut project, problems);
    catalog::apply(walk, &root.file.target, &mut project, problems);
    info_schema::apply(walk, &root.file.target, &folders, &mut project, problems);
    project.nodes.sort_by(|a, b| (&a.source.path, &a.name).cmp(&(&b.source.path, &b.name)));
    project
}

/// The macros of a project or package, and its variables.
fn package(scope: &Scope<'_>, problems: &mut Vec<Problem>) -> Package {
    let file = &scope.file;
    let generic = file.tests.iter().filter_map(|folder| path::join(folder, "generic"));
    let folders: Vec<String> = file.macros.iter().cloned().chain(generic).collect();
    let is_macro = |entry: &&Entry| {
        path::extension(&entry.path) == "sql" && path::under_any(&entry.path, &folders).is_some()
    };
    let files = scope.files.iter().filter(is_macro);
    let macros: Vec<Source> =
        files.filter_map(|entry| scope.walk.read(&entry.path, problems)).collect();
    Package {
        name: file.name.clone(),
        folder: file.folder.clone(),
        macros,
        vars: file.vars.clone(),
    }
}

fn python_models(project: &Project) -> Vec<String> {
    let python = |path: &&String| path::extension(path) == "py";
    project.nodes.iter().map(|node| &node.source.path).filter(python).cloned().collect()
}

/// SQL of a project that dbt does not build: its singular tests, and what lies outside its folders.
fn aside(scope: &Scope<'_>) -> Vec<NotCovered> {
    let file = &scope.file;
    let (mut tests, mut others) = (Vec::new(), Vec::new());
    let read =
        [&file.models, &file.snapshots, &file.analyses, &file.macros].map(Vec::as_slice).concat();
    for entry in scope.files.iter().filter(|entry| path::extension(&entry.path) == "sql") {
        if path::under_any(&entry.path, &read).is_some() || scope.walk.is_plain_sql(&entry.path) {
            continue;
        }
        match path::under_any(&entry.path, &file.tests) {
            Some(rest) if path::under(rest, "generic").is_some() => {}
            Some(_) => tests.push(entry.path.clone()),
            None => others.push(entry.path.clone()),
        }
    }
    kind("singular dbt tests", tests)
        .into_iter()
        .chain(kind("SQL files outside the folders of their dbt project", others))
        .collect()
}

fn kind(kind: &str, paths: Vec<String>) -> Option<NotCovered> {
    (!paths.is_empty()).then(|| NotCovered { kind: kind.to_owned(), paths })
}
