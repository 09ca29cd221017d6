//! Packages of a dbt project: those installed in its folder, and those that lie elsewhere below the root.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Entry, Problem};

use super::{ProjectFile, Scope};
use crate::yaml::{self, Tree};
use crate::{path, text};

/// Packages by name, without the project itself; of two with one name the installed one counts.
pub(super) fn of<'a>(root: &Scope<'a>, problems: &mut Vec<Problem>) -> Vec<Scope<'a>> {
    let mut found = BTreeMap::new();
    let packages = installed(root, problems).into_iter().chain(local(root, problems));
    for (folder, files) in packages {
        let file = ProjectFile::read(root.walk.world, &folder, problems);
        if file.name != root.file.name && !found.contains_key(&file.name) {
            found.insert(file.name.clone(), Scope { walk: root.walk, file, files });
        }
    }
    found.into_values().collect()
}

/// Folders right below the install path that have a project file.
fn installed(root: &Scope<'_>, problems: &mut Vec<Problem>) -> Vec<(String, Vec<Entry>)> {
    let mut places = vec![root.file.packages.clone()];
    places.extend(path::join(&root.file.folder, "dbt_modules"));
    let mut found = Vec::new();
    for place in places.into_iter().collect::<BTreeSet<_>>() {
        if place == root.file.folder {
            continue;
        }
        let files = root.walk.installed(&place, problems);
        let folders = files.iter().filter_map(|file| super::project_folder(&file.path));
        let folders: Vec<_> = folders.filter(|folder| path::parent(folder) == place).collect();
        for folder in folders {
            let below = |file: &&Entry| path::under(&file.path, folder).is_some();
            found.push((folder.to_owned(), files.iter().filter(below).cloned().collect()));
        }
    }
    found
}

/// Folders that `packages.yml` or `dependencies.yml` names as `local`, where they lie below the root.
fn local(root: &Scope<'_>, problems: &mut Vec<Problem>) -> Vec<(String, Vec<Entry>)> {
    let (mut found, mut seen) = (Vec::new(), BTreeSet::from([root.file.folder.clone()]));
    let mut open = vec![root.file.folder.clone()];
    // A local package may itself name local packages.
    while let Some(folder) = open.pop() {
        for next in named_in(root, &folder, problems) {
            let there = root.walk.projects().any(|project| project == next);
            if there && seen.insert(next.clone()) {
                found.push((next.clone(), root.walk.files_of(&next)));
                open.push(next);
            }
        }
    }
    found
}

fn named_in(root: &Scope<'_>, folder: &str, problems: &mut Vec<Problem>) -> Vec<String> {
    let mut found = Vec::new();
    for name in ["packages.yml", "dependencies.yml"] {
        let Some(at) = path::join(folder, name) else { continue };
        let Some(source) = text::read_if_there(root.walk.world, &at, problems) else { continue };
        for document in yaml::parse(&source, problems) {
            let packages = document.get("packages").map(Tree::items).unwrap_or_default();
            let local = packages.iter().filter_map(|package| package.text_of("local"));
            found.extend(local.filter_map(|written| path::join(folder, &written)));
        }
    }
    found
}
