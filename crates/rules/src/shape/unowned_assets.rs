//! OWN001: nobody is said to own what others rely on.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Evidence, Finding, Message, Owner, Reason};
use plumb_estate::{AssetKind, Estate};

use crate::{Platform, Rule, subject};

pub(crate) static RULE: Rule =
    Rule { code: "OWN001", name: "unowned-assets", page: include_str!("unowned_assets.md"), check };

/// Assets that are named with a finding, the most read ones, and folders, those with the most of them.
const NAMED: usize = 5;

fn check(platform: &Platform<'_>) -> Vec<Finding> {
    let estate = platform.estate;
    let mut known = BTreeSet::new();
    let asked: Vec<usize> = (0..estate.assets.len())
        .filter(|at| estate.assets[*at].place.is_some() && relied_on(estate, *at))
        // What several files make is one table.
        .filter(|at| known.insert(estate.assets[*at].relation()))
        .collect();
    let unowned = |at: &usize| estate.assets[*at].owners.iter().all(Owner::is_guess);
    let nobody: Vec<usize> = asked.iter().copied().filter(unowned).collect();
    // Who is to own what is settled for a platform in one go.
    if nobody.is_empty() { Vec::new() } else { vec![finding(platform, &asked, nobody)] }
}

/// Whether somebody looks at it: a dashboard, a job, or a dataset that something reads.
fn relied_on(estate: &Estate, at: usize) -> bool {
    let asset = &estate.assets[at];
    // A temporary table is gone with its session, and files have the owner of the table that they are.
    let files = asset.kind.is_relation() && asset.relation().contains('/');
    if asset.key.contains('#') || files || asset.dropped.is_some() {
        return false;
    }
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

fn finding(platform: &Platform<'_>, asked: &[usize], mut unowned: Vec<usize>) -> Finding {
    let estate = platform.estate;
    unowned.sort_by_key(|at| {
        let asset = &estate.assets[*at];
        (usize::MAX - asset.read_by.len(), &asset.key)
    });
    let message = Message::text("nobody is said to own ");
    let message = match unowned.as_slice() {
        [one] => message.then_name(&estate.assets[*one].name),
        all => message.then_count(all.len()).then(" of ").then_count(asked.len()).then(" assets"),
    };
    let observed = |message: Message| Reason { evidence: Evidence::Observed, message };
    let nobody =
        Message::text("no dbt group, `meta.owner`, CODEOWNERS line, tag or setting names anybody");
    let mut because = vec![observed(nobody)];
    // Where nobody owns anything, folders say nothing.
    if unowned.len() < asked.len() {
        because.extend(folders(estate, asked, &unowned).into_iter().map(observed));
    }
    let readers = |at: &usize| estate.assets[*at].read_by.len();
    let read = unowned.iter().filter(|at| readers(at) > 0);
    because.extend(read.take(NAMED).map(|at| {
        observed(
            Message::name(&estate.assets[*at].name)
                .then(" is read in ")
                .then_count(readers(at))
                .then(if readers(at) == 1 { " place" } else { " places" }),
        )
    }));
    Finding {
        id: Finding::id_of(RULE.code, &["", ""], None),
        rule: RULE.code.to_owned(),
        name: RULE.name.to_owned(),
        message,
        subjects: unowned.iter().map(|at| subject::whole(estate, *at)).collect(),
        evidence: Evidence::Observed,
        because,
        // Where nobody owns anything, that is known.
        weight: if unowned.len() < asked.len() { unowned.len() as u64 } else { 1 },
        saving: platform.cost(unowned.iter().copied()),
        // Who changed the files most is a guess, and a start.
        owners: subject::owners(estate, &unowned),
        action: None,
        example: None,
        instead: None,
    }
}

/// Folders by how many of their assets nobody owns.
fn folders(estate: &Estate, asked: &[usize], unowned: &[usize]) -> Vec<Message> {
    let unowned: BTreeSet<usize> = unowned.iter().copied().collect();
    let mut folders: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for at in asked {
        let path = estate.assets[*at].place.as_ref().map_or("", |place| &*place.path);
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let (nobody, all) = folders.entry(folder).or_default();
        *all += 1;
        *nobody += usize::from(unowned.contains(at));
    }
    let mut folders: Vec<_> = folders.into_iter().filter(|(_, (nobody, _))| *nobody > 0).collect();
    folders.sort_by_key(|(folder, (nobody, _))| (usize::MAX - nobody, *folder));
    let said = |(folder, (nobody, all)): (&str, (usize, usize))| {
        let message = Message::default().then_count(nobody).then(" of ").then_count(all);
        match folder {
            "" => message.then(" at the top"),
            folder => message.then(" in ").then_name(folder),
        }
    };
    folders.into_iter().take(NAMED).map(said).collect()
}
