//! `lineage`: what feeds an asset or a column, and what reads it.

use std::collections::BTreeSet;

use plumb_base::answer::{Lineage, Link, NoSuch};
use plumb_estate::{downstream, upstream};

use crate::{Workspace, reference};

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
    let mut gaps = Vec::new();
    let above = upstream(estate, at, up);
    let around = above.iter().map(|(_, from, _)| *from).chain([at]);
    let unread: BTreeSet<&str> = around
        .filter(|asset| matches!(estate.assets[*asset].coverage, Some(how) if how != plumb_base::Coverage::Read))
        .map(|asset| estate.assets[asset].key.as_str())
        .collect();
    if !unread.is_empty() {
        let names: Vec<&str> = unread.iter().take(5).copied().collect();
        gaps.push(format!("{} not wholly read: {}", unread.len(), names.join(", ")));
    }
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
    let mut work: Vec<(u32, usize, String)> = vec![(0, at, column.to_owned())];
    let mut seen = BTreeSet::new();
    while let Some((distance, at, column)) = work.pop() {
        if distance >= up || !seen.insert((at, column.clone())) {
            continue;
        }
        for source in estate.sources_of(at, &column) {
            lineage.up.push(Link {
                distance: distance + 1,
                from: format!("{}.{}", source.table, source.column),
                to: format!("{}.{column}", estate.assets[at].key),
                how: source.flow.word().to_owned(),
            });
            if source.flow.is_direct()
                && let Some(next) = estate.index.get(&source.table)
            {
                work.push((distance + 1, *next, source.column));
            }
        }
    }
    let mut work = vec![(0, at, column.to_owned())];
    let mut seen = BTreeSet::new();
    while let Some((distance, at, column)) = work.pop() {
        if distance >= down || !seen.insert((at, column.clone())) {
            continue;
        }
        for flow in estate.uses_of(at, &column) {
            lineage.down.push(Link {
                distance: distance + 1,
                from: format!("{}.{column}", estate.assets[at].key),
                to: format!("{}.{}", flow.asset, flow.column),
                how: flow.source.flow.word().to_owned(),
            });
            if flow.source.flow.is_direct()
                && let Some(next) = estate.index.get(&flow.asset)
            {
                work.push((distance + 1, *next, flow.column));
            }
        }
    }
    lineage.up = sorted(lineage.up.into_iter());
    lineage.down = sorted(lineage.down.into_iter());
    if lineage.up.iter().any(|link| link.from.ends_with(".*")) {
        lineage.gaps.push("some columns come through a part that is not read".to_owned());
    }
    Ok(lineage)
}

fn sorted(links: impl Iterator<Item = Link>) -> Vec<Link> {
    let mut links: Vec<Link> = links.collect();
    links.sort();
    links.dedup();
    links
}
