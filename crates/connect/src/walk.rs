//! Every file below the root, listed once, and which dbt project each belongs to.

use std::collections::BTreeSet;

use plumb_base::record::usage::RecordFile;
use plumb_base::record::{RecordPlace, Settings};
use plumb_base::{Entry, Problem, Severity, Source, World, WorldError};

use crate::{connector, path, text};

/// Folders that hold what others wrote or machines made, wherever they lie.
const FOREIGN: &[&str] = &[
    ".git",
    ".venv",
    "__pycache__",
    "dbt_modules",
    "dbt_packages",
    "node_modules",
    "site-packages",
    "venv",
];

/// The listing that all connectors share.
pub(crate) struct Walk<'a> {
    /// The outside.
    pub(crate) world: &'a dyn World,
    /// Files that are somebody's own work, by path.
    files: Vec<Entry>,
    /// Files that lie elsewhere, by path; nothing but records is looked for among them.
    elsewhere: Vec<Entry>,
    /// Where they lie.
    places: Vec<RecordPlace>,
    /// Folders of dbt projects.
    projects: BTreeSet<String>,
    /// Folders outside of a dbt project that it reads as its own.
    shared: Vec<String>,
    settings: &'a Settings,
}

impl<'a> Walk<'a> {
    /// Lists a world, without what is excluded, installed or made by a machine.
    pub(crate) fn new(
        world: &'a dyn World,
        settings: &'a Settings,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let mut files = world.files("").unwrap_or_else(|error| {
            problems.push(text::of_file("", Severity::Failed, "unreadable", error.to_string()));
            Vec::new()
        });
        let (projects, shared) = (BTreeSet::new(), Vec::new());
        let (elsewhere, places) = (Vec::new(), Vec::new());
        let mut walk =
            Self { world, files: Vec::new(), elsewhere, places, projects, shared, settings };
        for folder in &settings.include {
            files.extend(walk.installed(folder.trim_end_matches('/'), problems));
        }
        files.sort();
        files.dedup();
        // What somebody asks for by name is read, whoever wrote or made it.
        let asked =
            |path: &str| settings.include.iter().any(|folder| path.starts_with(folder.as_str()));
        files.retain(|file| {
            !walk.excluded(&file.path) && (!foreign(&file.path) || asked(&file.path))
        });
        let mut made = Vec::new();
        // Outer projects come first, so that what is installed in them is never taken for a project.
        let mut folders: Vec<&str> =
            files.iter().filter_map(|file| connector::project_folder(&file.path)).collect();
        folders.sort_by_key(|folder| (folder.matches('/').count(), *folder));
        for folder in folders {
            if path::under_any(&format!("{folder}/"), &made).is_none() {
                made.extend(connector::made_folders(world, folder));
                walk.shared.extend(connector::shared_folders(world, folder));
                walk.projects.insert(folder.to_owned());
            }
        }
        files.retain(|file| path::under_any(&file.path, &made).is_none() || asked(&file.path));
        walk.files = files;
        walk
    }

    /// Lists the places elsewhere where records lie, as the root was.
    pub(crate) fn look_elsewhere(&mut self, problems: &mut Vec<Problem>) {
        for path in &self.settings.places {
            let mut place = RecordPlace { path: path.clone(), ..RecordPlace::default() };
            match self.world.files(path) {
                Ok(mut files) => {
                    files.retain(|file| {
                        let below = path::under(&file.path, path).unwrap_or_default();
                        !hidden(below) && !foreign(below)
                    });
                    place.files = files.len();
                    self.elsewhere.append(&mut files);
                }
                Err(error) => {
                    let why = match error {
                        WorldError::Missing(_) => "nothing lies there".to_owned(),
                        WorldError::Unreadable { why, .. } => why,
                    };
                    let message = format!("none of its records count: {why}");
                    let problem = text::of_file(path, Severity::Failed, "place-unlisted", message);
                    problems.push(problem);
                    place.why = Some(why);
                }
            }
            self.places.push(place);
        }
        self.elsewhere.sort();
    }

    /// Files that lie elsewhere, by path.
    pub(crate) fn elsewhere(&self) -> &[Entry] {
        &self.elsewhere
    }

    /// The place elsewhere that holds a file.
    pub(crate) fn place_of(&self, file: &str) -> &str {
        let holds = |place: &&RecordPlace| holds(place, file);
        self.places.iter().find(holds).map_or("", |place| place.path.as_str())
    }

    /// Every file that may hold records: those here, then those elsewhere.
    pub(crate) fn exports(&self) -> impl Iterator<Item = &Entry> {
        self.files.iter().chain(&self.elsewhere)
    }

    /// The places elsewhere, with how many of their files hold records.
    pub(crate) fn places(&self, records: &[RecordFile]) -> Vec<RecordPlace> {
        let count =
            |place: &RecordPlace| records.iter().filter(|it| holds(place, &it.path)).count();
        let counted = |place: &RecordPlace| RecordPlace { records: count(place), ..place.clone() };
        self.places.iter().map(counted).collect()
    }

    /// All files, by path.
    pub(crate) fn files(&self) -> &[Entry] {
        &self.files
    }

    /// Whether there is a file of this path.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.files.binary_search_by(|file| file.path.as_str().cmp(path)).is_ok()
    }

    /// Folders of dbt projects, by path.
    pub(crate) fn projects(&self) -> impl Iterator<Item = &str> {
        self.projects.iter().map(String::as_str)
    }

    /// Folder of the innermost dbt project that holds a path.
    pub(crate) fn owner(&self, path: &str) -> Option<&str> {
        path::ancestors(path).find_map(|folder| self.projects.get(folder)).map(String::as_str)
    }

    /// Whether a dbt project outside of which a path lies reads it as its own.
    pub(crate) fn is_shared(&self, path: &str) -> bool {
        path::under_any(path, &self.shared).is_some()
    }

    /// Files below a folder that belong to no dbt project inside it.
    pub(crate) fn files_below(&self, folder: &str) -> Vec<Entry> {
        let around = |owner: &str| owner == folder || path::under(folder, owner).is_some();
        let own = |file: &&Entry| {
            path::under(&file.path, folder).is_some() && self.owner(&file.path).is_none_or(around)
        };
        self.files.iter().filter(own).cloned().collect()
    }

    /// Files of a dbt project that belong to no project inside it.
    pub(crate) fn files_of(&self, folder: &str) -> Vec<Entry> {
        let own = |file: &&Entry| {
            path::under(&file.path, folder).is_some() && self.owner(&file.path) == Some(folder)
        };
        self.files.iter().filter(own).cloned().collect()
    }

    /// Files below a folder that was asked for by name, though it may be ignored.
    pub(crate) fn installed(&self, folder: &str, problems: &mut Vec<Problem>) -> Vec<Entry> {
        match self.world.files(folder) {
            Ok(files) => files.into_iter().filter(|file| !self.excluded(&file.path)).collect(),
            Err(WorldError::Missing(_)) => Vec::new(),
            Err(error) => {
                let message = error.to_string();
                problems.push(text::of_file(folder, Severity::Failed, "unreadable", message));
                Vec::new()
            }
        }
    }

    /// Whether the settings leave a path out.
    pub(crate) fn excluded(&self, path: &str) -> bool {
        let named = |folder: &String| {
            let folder = folder.trim_end_matches('/');
            path == folder || path::under(path, folder).is_some()
        };
        self.settings.exclude.iter().any(named)
    }

    /// Whether the settings say that a file is plain SQL, wherever it lies.
    pub(crate) fn is_plain_sql(&self, path: &str) -> bool {
        self.settings
            .sql
            .iter()
            .any(|folder| !folder.prefix.is_empty() && path.starts_with(folder.prefix.as_str()))
    }

    /// Reads a file of the listing.
    pub(crate) fn read(&self, path: &str, problems: &mut Vec<Problem>) -> Option<Source> {
        text::read(self.world, path, problems)
    }
}

fn holds(place: &RecordPlace, file: &str) -> bool {
    file == place.path || path::under(file, &place.path).is_some()
}

/// Whether a file elsewhere is one of those that are hidden in a folder.
fn hidden(path: &str) -> bool {
    path.split('/').any(|part| part.starts_with('.'))
}

fn foreign(path: &str) -> bool {
    path::parent(path).split('/').any(|part| FOREIGN.contains(&part))
}
