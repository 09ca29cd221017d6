//! `init`: what was found, as far as settings speak of it.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::answer::Setup;

use crate::Workspace;

/// Names in a list of examples.
const MOST: usize = 8;

pub(crate) fn setup(workspace: &Workspace) -> Setup {
    let (estate, found) = (&workspace.estate, &workspace.found);
    let coded = || estate.assets.iter().filter(|asset| asset.coverage.is_some());
    let mut dialects: BTreeMap<&str, usize> = BTreeMap::new();
    let mut folders: BTreeMap<String, usize> = BTreeMap::new();
    for asset in coded() {
        if let Some(dialect) = asset.dialect {
            *dialects.entry(dialect).or_default() += 1;
        }
        if let Some(folder) = asset.place.as_ref().and_then(|place| folder(&place.path)) {
            *folders.entry(folder).or_default() += 1;
        }
    }
    let dialect =
        dialects.into_iter().max_by_key(|(name, count)| (*count, std::cmp::Reverse(*name)));
    let mut folders: Vec<(String, usize)> = folders.into_iter().collect();
    folders.sort_by(|one, two| two.1.cmp(&one.1).then_with(|| one.0.cmp(&two.0)));
    folders.truncate(MOST);
    let sql: BTreeSet<String> = found
        .sql
        .iter()
        .filter_map(|source| Some(source.path.split_once('/')?.0.to_owned()))
        .collect();
    let groups: BTreeSet<String> =
        estate.assets.iter().filter_map(|asset| asset.group.clone()).collect();
    let schemas: BTreeSet<String> = coded()
        .filter(|asset| asset.kind.is_relation())
        .filter_map(|asset| {
            let parts: Vec<&str> = asset.key.split('.').collect();
            let schema = parts.len().checked_sub(2)?;
            Some(parts[schema].to_owned())
        })
        .collect();
    let some = |names: BTreeSet<String>| names.into_iter().take(MOST).collect();
    Setup {
        root: workspace.root.clone(),
        using: estate.using.clone(),
        dialect: dialect.map(|(name, _)| name.to_owned()),
        folders,
        sql: some(sql),
        groups: some(groups),
        schemas: some(schemas),
        settings: found.settings.path.clone(),
    }
}

/// The folder of a file, two names deep at most.
fn folder(path: &str) -> Option<String> {
    let (folder, _) = path.rsplit_once('/')?;
    Some(folder.split('/').take(2).collect::<Vec<_>>().join("/"))
}
