//! Copies that have drifted: one name, the same columns of the same tables, and other rows.

use std::collections::BTreeMap;

use plumb_base::{Example, Name};
use plumb_estate::{Asset, Estate};

use crate::{
    compare::{self, Change, Compared, Side},
    measures::spelling,
    subject,
};

/// Columns that both have, at least, and how many of the columns of either those are, in percent.
const COLUMNS: usize = 3;
const SHARED: usize = 80;

/// Pairs that are put beside each other, at most.
const JUDGED: usize = 100;

/// Two datasets that are taken for one and are not.
pub(crate) struct Drifted {
    /// The one that others can read comes first.
    pub(crate) assets: [usize; 2],
    /// How many columns were compared.
    pub(crate) columns: usize,
    /// Rows on which they differ, if few tell them apart.
    pub(crate) example: Option<Example>,
}

/// Pairs of which rows show that they differ; those of which something is said already are left out.
pub(crate) fn drifted(estate: &Estate, told: &[Vec<usize>]) -> Vec<Drifted> {
    let mut by_name: BTreeMap<(String, Option<&str>), Vec<usize>> = BTreeMap::new();
    for (at, asset) in estate.assets.iter().enumerate() {
        if subject::is_compared(asset) && !asset.open {
            let key = (spelling(&asset.name), asset.environment.as_deref());
            by_name.entry(key).or_default().push(at);
        }
    }
    let (mut found, mut left) = (Vec::new(), JUDGED);
    for mut members in by_name.into_values() {
        members.sort_by_key(|at| (!estate.assets[*at].can_be_read(), *at));
        let Some((first, others)) = members.split_first() else { continue };
        for other in others {
            let known = told.iter().any(|group| group.contains(first) && group.contains(other));
            if known || reads(estate, *first, *other) || !estate.assets[*first].can_be_read() {
                continue;
            }
            let Some(sides) = sides(estate, &estate.assets[*first], &estate.assets[*other]) else {
                continue;
            };
            let Some(fewer) = left.checked_sub(1) else { return found };
            left = fewer;
            found.extend(pair(estate, [*first, *other], &sides));
        }
    }
    found
}

/// What reads the other passes it on.
fn reads(estate: &Estate, one: usize, two: usize) -> bool {
    estate.depends(one, &[two].into()) || estate.depends(two, &[one].into())
}

/// Both in the columns that are called alike, where those are most of them and both read the same tables.
fn sides(estate: &Estate, one: &Asset, two: &Asset) -> Option<[Side; 2]> {
    let (first, second) = (one.plan.as_ref()?, two.plan.as_ref()?);
    let tables = |rel| estate.named(rel).0;
    // What several statements put into one table are parts of it, or versions.
    let one_table = subject::table(one) == subject::table(two);
    // Projects side by side, such as one for each country, have models of one name on purpose.
    let apart = one.node.is_some() && two.node.is_some() && one.project != two.project;
    if !first.worlds.is_empty() || !second.worlds.is_empty() || one_table || apart {
        return None;
    }
    if tables(first.local.rel) != tables(second.local.rel) {
        return None;
    }
    let place = |asset: &Asset, name: &Name| {
        asset.columns.iter().position(|it| it.name.as_ref() == Some(name))
    };
    let names = one.columns.iter().filter_map(|column| column.name.as_ref());
    let both: Vec<(u32, u32)> = names
        .filter_map(|name| {
            let (at, twin) = (place(one, name)?, place(two, name)?);
            Some((*first.local.columns.get(at)?, *second.local.columns.get(twin)?))
        })
        .collect();
    let most = one.columns.len().max(two.columns.len());
    if both.len() < COLUMNS || both.len() * 100 < most * SHARED {
        return None;
    }
    let (left, right): (Vec<u32>, Vec<u32>) = both.into_iter().unzip();
    let side = |rel, outputs| Side { rel, outputs, change: Change::Without([].into()) };
    Some([side(first.local.rel, left), side(second.local.rel, right)])
}

fn pair(estate: &Estate, assets: [usize; 2], sides: &[Side; 2]) -> Option<Drifted> {
    let [one, two] = sides;
    if compare::compared(estate, one, two) != Compared::Different {
        return None;
    }
    let [first, second] = assets.map(|at| subject::whole(estate, at).place.path);
    let example = compare::example(estate, (&*first, one), (&*second, two));
    Some(Drifted { assets, columns: one.outputs.len(), example })
}
