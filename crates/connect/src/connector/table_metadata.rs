//! Owners of the tables of a folder, written beside the SQL that makes them.

use std::collections::BTreeSet;

use plumb_base::record::{DescribedFolder, Found};

use crate::{Connector, Walk, export::Export, path};

pub(crate) static CONNECTOR: Connector =
    Connector { name: "table_metadata", page: include_str!("table_metadata.md"), find };

/// What the file is called.
const NAMES: &[&str] = &["metadata.yaml", "metadata.yml"];

fn find(walk: &Walk<'_>, found: &mut Found) {
    let sql: BTreeSet<&str> = walk
        .files()
        .iter()
        .filter(|file| path::extension(&file.path) == "sql")
        .map(|file| path::parent(&file.path))
        .collect();
    let described = |path: &str| {
        NAMES.contains(&path::name(path))
            && sql.contains(path::parent(path))
            && walk.owner(path).is_none()
    };
    for file in walk.files().iter().filter(|file| described(&file.path)) {
        let owned = |text: &str| text.lines().any(|line| line.starts_with("owners:"));
        for document in Export::yaml(walk, &file.path, owned, &mut found.problems) {
            let owners = document.tree.get("owners").map(crate::yaml::Tree::items);
            let owners: Vec<(String, u32)> = owners
                .unwrap_or_default()
                .iter()
                .filter_map(|owner| Some((owner.text()?.trim().to_owned(), owner.line)))
                .filter(|(name, _)| !name.is_empty())
                .collect();
            if !owners.is_empty() {
                let (path, folder) = (file.path.clone(), path::parent(&file.path).to_owned());
                found.described.push(DescribedFolder { path, folder, owners });
            }
        }
    }
}
