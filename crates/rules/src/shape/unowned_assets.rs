//! OWN001: nobody is said to own what others rely on.

use std::collections::BTreeMap;

use plumb_base::{Evidence, Finding, Message, Owner, Reason};
use plumb_estate::{AssetKind, Estate};

use crate::{Platform, Rule, subject};

pub(crate) static RULE: Rule =
    Rule { code: "OWN001", name: "unowned-assets", page: include_str!("unowned_assets.md"), check };

/// Assets that are named with a finding: the most read ones.
const NAMED: usize = 5;

fn check(platform: &Platform<'_>) -> Vec<Finding> {
    let estate = platform.estate;
    let mut folders: BTreeMap<(&str, &str), (Vec<usize>, usize)> = BTreeMap::new();
    for (at, asset) in estate.assets.iter().enumerate() {
        let Some(place) = asset.place.as_ref().filter(|_| relied_on(estate, at)) else { continue };
        let folder = place.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let (unowned, all) = folders.entry((&asset.project, folder)).or_default();
        *all += 1;
        if asset.owners.iter().all(Owner::is_guess) {
            unowned.push(at);
        }
    }
    folders
        .into_iter()
        .filter(|(_, (unowned, _))| !unowned.is_empty())
        .map(|((_, folder), (unowned, all))| finding(platform, folder, unowned, all))
        .collect()
}

/// Whether somebody looks at it: a dashboard, a job, or a dataset that something reads.
fn relied_on(estate: &Estate, at: usize) -> bool {
    let asset = &estate.assets[at];
    match asset.kind {
        AssetKind::Dashboard | AssetKind::Job | AssetKind::Pipeline | AssetKind::Exposure => true,
        AssetKind::Model
        | AssetKind::PythonModel
        | AssetKind::Snapshot
        | AssetKind::Table
        | AssetKind::View => asset.layer.as_deref() == Some("gold") || !asset.read_by.is_empty(),
        AssetKind::Seed
        | AssetKind::Source
        | AssetKind::Write
        | AssetKind::Query
        | AssetKind::Notebook
        | AssetKind::Program => false,
    }
}

fn finding(platform: &Platform<'_>, folder: &str, mut unowned: Vec<usize>, all: usize) -> Finding {
    let estate = platform.estate;
    unowned.sort_by_key(|at| {
        let asset = &estate.assets[*at];
        (usize::MAX - asset.read_by.len(), &asset.key)
    });
    let readers = |at: usize| estate.assets[at].read_by.len();
    let message = match unowned.as_slice() {
        [one] => Message::text("nobody is said to own ").then_name(&estate.assets[*one].name),
        _ => Message::text("nobody is said to own ")
            .then_count(unowned.len())
            .then(" of ")
            .then_count(all)
            .then(" assets in ")
            .then_name(if folder.is_empty() { "." } else { folder }),
    };
    let named = unowned.iter().take(NAMED).map(|at| Reason {
        evidence: Evidence::Observed,
        message: Message::name(&estate.assets[*at].name)
            .then(" is read in ")
            .then_count(readers(*at))
            .then(if readers(*at) == 1 { " place" } else { " places" }),
    });
    let project = &estate.assets[unowned[0]].project;
    Finding {
        id: Finding::id_of(RULE.code, &[project, folder], None),
        rule: RULE.code.to_owned(),
        name: RULE.name.to_owned(),
        message,
        subjects: unowned.iter().map(|at| subject::whole(estate, *at)).collect(),
        evidence: Evidence::Observed,
        because: named.collect(),
        weight: unowned.len() as u64,
        saving: platform.ledger.saving(&estate.assets[unowned[0]]),
        // Who changed the files most is a guess, and a start.
        owners: subject::owners(estate, &unowned),
        action: None,
    }
}
