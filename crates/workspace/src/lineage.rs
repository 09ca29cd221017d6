//! `lineage`: what feeds an asset or a column, and what reads it.

use std::collections::{BTreeSet, VecDeque};

use plumb_base::{
    Coverage,
    answer::{Lineage, Link, NoSuch},
};
use plumb_estate::{Estate, downstream, upstream};

use crate::{Workspace, reference};

/// Assets that are named where not all were read.
const NAMED: usize = 5;

pub(crate) fn lineage(
    workspace: &Workspace,
    wanted: &str,
    up: u32,
    down: u32,
) -> Result<Lineage, NoSuch> {
    if let Some(at) = reference::asset(workspace, wanted) {
        return Ok(of_asset(workspace, at, up, down));
    }
    if let Some((asset, column)) = wanted.rsplit_once('.')
        && let Some(at) = reference::asset(workspace, asset)
    {
        return of_column(workspace, at, &column.to_lowercase(), up, down);
    }
    Err(reference::missing(workspace, wanted))
}

fn of_asset(workspace: &Workspace, at: usize, up: u32, down: u32) -> Lineage {
    let estate = &workspace.estate;
    let link = |(distance, from, to): (u32, usize, usize)| Link {
        distance,
        from: estate.assets[from].key.clone(),
        to: estate.assets[to].key.clone(),
        how: "reads".to_owned(),
    };
    let above = upstream(estate, at, up);
    let around: BTreeSet<usize> = above.iter().map(|(_, from, _)| *from).chain([at]).collect();
    let gaps = gap(estate, &around).into_iter().collect();
    Lineage {
        asset: estate.assets[at].key.clone(),
        column: None,
        up: sorted(above.into_iter().map(link)),
        down: sorted(downstream(estate, at, down).into_iter().map(link)),
        gaps,
    }
}

fn of_column(
    workspace: &Workspace,
    at: usize,
    column: &str,
    up: u32,
    down: u32,
) -> Result<Lineage, NoSuch> {
    let estate = &workspace.estate;
    let asset = &estate.assets[at];
    let names: Vec<&str> = asset
        .columns
        .iter()
        .filter_map(|it| it.name.as_ref().map(plumb_base::Name::as_str))
        .collect();
    if !names.contains(&column) && !asset.open {
        let nearest = reference::nearest(column, names.into_iter());
        let reference = format!("{}.{column}", asset.key);
        return Err(NoSuch { reference, kind: "column", nearest });
    }
    let mut lineage =
        Lineage { asset: asset.key.clone(), column: Some(column.to_owned()), ..Lineage::default() };
    let mut flows = estate.flows();
    let mut work = VecDeque::from([(0, at, column.to_owned())]);
    let mut seen = BTreeSet::new();
    let mut above = BTreeSet::new();
    while let Some((distance, at, column)) = work.pop_front() {
        if distance >= up || !seen.insert((at, column.clone())) {
            continue;
        }
        above.insert(at);
        for source in flows.sources_of(at, &column) {
            let next = estate.index.get(source.table.as_str());
            above.extend(next);
            lineage.up.push(Link {
                distance: distance + 1,
                from: format!("{}.{}", source.table, source.column),
                to: format!("{}.{column}", estate.assets[at].key),
                how: source.flow.word().to_owned(),
            });
            if let (true, Some(next)) = (source.flow.is_direct(), next) {
                work.push_back((distance + 1, *next, source.column.to_string()));
            }
        }
    }
    let mut work = VecDeque::from([(0, at, column.to_owned())]);
    let mut seen = BTreeSet::new();
    while let Some((distance, at, column)) = work.pop_front() {
        if distance >= down || !seen.insert((at, column.clone())) {
            continue;
        }
        for flow in flows.uses_of(at, &column) {
            lineage.down.push(Link {
                distance: distance + 1,
                from: format!("{}.{column}", estate.assets[at].key),
                to: format!("{}.{}", flow.asset, flow.column),
                how: flow.source.flow.word().to_owned(),
            });
            let next = estate.index.get(&flow.asset);
            if let (true, Some(next)) = (flow.source.flow.is_direct(), next) {
                work.push_back((distance + 1, *next, flow.column));
            }
        }
    }
    lineage.up = sorted(lineage.up.into_iter());
    lineage.down = sorted(lineage.down.into_iter());
    lineage.gaps.extend(gap(estate, &above));
    if lineage.up.iter().any(|link| link.from.ends_with(".*")) {
        let what = "`.*` is a table of which it is not known which columns are used";
        lineage.gaps.push(what.to_owned());
    }
    Ok(lineage)
}

/// How many of some assets were not wholly read, and which: what flows through them may be more.
pub(crate) fn gap(estate: &Estate, assets: &BTreeSet<usize>) -> Option<String> {
    let coverage = |at: &usize| estate.assets[*at].coverage;
    let unread = assets.iter().filter(|at| coverage(at).is_some_and(|how| how != Coverage::Read));
    let unread: Vec<&str> = unread.map(|at| estate.assets[*at].key.as_str()).collect();
    let whole = assets.iter().filter(|at| coverage(at).is_some()).count();
    let more = unread.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let names = unread.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    let are = if unread.len() == 1 { "is" } else { "are" };
    let said = format!(
        "{} of {whole} assets with code {are} not wholly read: {names}{more}",
        unread.len()
    );
    (!unread.is_empty()).then_some(said)
}

fn sorted(links: impl Iterator<Item = Link>) -> Vec<Link> {
    let mut links: Vec<Link> = links.collect();
    links.sort();
    links.dedup();
    links
}
