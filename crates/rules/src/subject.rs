//! Assets as subjects of findings.

use std::collections::BTreeMap;

use plumb_base::{Lines, Owner, Place, Span, Subject};
use plumb_canon::{Shape, Subplan, atoms};
use plumb_estate::{Asset, AssetKind, Estate, Plan};

/// Whether what an asset computes is compared with others: the platform itself, without what only its tests run, and
/// without what is dropped.
pub(crate) fn is_compared(asset: &Asset) -> bool {
    let folders = asset.place.as_ref().and_then(|place| place.path.rsplit_once('/'));
    let mut folders = folders.iter().flat_map(|(folders, _)| folders.split('/'));
    asset.dropped.is_none()
        && asset.computes_rows()
        && !folders.any(|folder| matches!(folder, "test" | "tests"))
}

/// Whether an asset is a query that looks at rows of one table, or at the values that it has.
pub(crate) fn only_looks(estate: &Estate, asset: &Asset) -> bool {
    let lists = |part: &Subplan| part.shape == Shape::Grouping && part.calls.is_empty();
    let looks =
        |plan: &Plan| plan.parts.iter().all(lists) && atoms(&estate.arena, plan.expanded.rel) < 2;
    asset.kind == AssetKind::Query && asset.plan.as_ref().is_some_and(looks)
}

/// Whether an asset writes out a `SELECT` itself: what a macro gives is written once, in the macro.
pub(crate) fn writes(asset: &Asset) -> bool {
    asset
        .code
        .as_ref()
        .is_some_and(|code| code.selects.iter().any(|(_, span)| is_written(&code.text, *span)))
}

/// Whether a place in a text is not the call of a macro.
pub(crate) fn is_written(text: &str, span: Span) -> bool {
    let text = text.get(span.start as usize..span.end as usize).unwrap_or_default();
    !text.trim_start().starts_with("{{")
}

/// The table that rows of an asset go to, or the name of what it is.
pub(crate) fn table(asset: &Asset) -> &str {
    let script = matches!(asset.kind, AssetKind::Table | AssetKind::View | AssetKind::Write);
    if script { &asset.name } else { &asset.key }
}

/// Statements that fill one table from files that are called alike in several folders, of which one makes the table: they
/// are versions of its load. Table by table.
pub(crate) fn loads(estate: &Estate) -> Vec<Vec<usize>> {
    let mut loads: BTreeMap<(&str, &str), BTreeMap<&str, Vec<usize>>> = BTreeMap::new();
    for (at, asset) in estate.assets.iter().enumerate() {
        let script = matches!(asset.kind, AssetKind::Table | AssetKind::View | AssetKind::Write);
        let Some(place) = asset.place.as_ref().filter(|_| script) else { continue };
        let file = place.path.rsplit('/').next().unwrap_or_default();
        let folders = loads.entry((table(asset), file)).or_default();
        folders.entry(&place.path).or_default().push(at);
    }
    let several = loads.into_values().filter(|files| files.len() > 1);
    let loads = several.map(|files| files.into_values().flatten().collect::<Vec<usize>>());
    let made = |at: &usize| estate.assets[*at].kind != AssetKind::Write;
    loads.filter(|load| load.iter().any(made)).collect()
}

/// The whole of an asset.
pub(crate) fn whole(estate: &Estate, at: usize) -> Subject {
    let asset = &estate.assets[at];
    let place = asset.place.clone().unwrap_or_else(|| Place::file(asset.key.clone()));
    Subject { asset: asset.key.clone(), place }
}

/// The smallest `SELECT` of an asset that names all of these tables, else the whole of it.
pub(crate) fn part(estate: &Estate, at: usize, tables: &[String]) -> Subject {
    let asset = &estate.assets[at];
    let subject = whole(estate, at);
    let Some(code) = &asset.code else { return subject };
    let named = |start: u32, end: u32| {
        tables.iter().all(|table| {
            code.reads
                .iter()
                .any(|(read, span)| read == table && span.start >= start && span.end <= end)
        })
    };
    let spans = code
        .selects
        .iter()
        .map(|(_, span)| *span)
        .filter(|span| !span.is_empty() && named(span.start, span.end));
    let smallest = spans.min_by_key(|span| (span.end - span.start, span.start));
    let first =
        || code.reads.iter().filter(|(read, _)| tables.contains(read)).map(|(_, span)| *span).min();
    let Some(span) = smallest.or_else(first) else { return subject };
    let place = Lines::new(&code.text).place(&subject.place.path, &code.text, span);
    Subject { place, ..subject }
}

/// Owners of several assets, each once: the strongest of each asset first, in the order of the assets.
///
/// Who changed a file most is named only where nobody is said to own it.
pub(crate) fn owners(estate: &Estate, assets: &[usize]) -> Vec<Owner> {
    let lists: Vec<&[Owner]> = assets.iter().map(|at| named(&estate.assets[*at].owners)).collect();
    let most = lists.iter().map(|list| list.len()).max().unwrap_or(0);
    let of = |rank: usize| lists.iter().filter_map(move |list| list.get(rank)).cloned();
    people((0..most).flat_map(of))
}

/// Each owner once, with the first of the reasons.
pub(crate) fn people(owners: impl IntoIterator<Item = Owner>) -> Vec<Owner> {
    let mut people: Vec<Owner> = Vec::new();
    for owner in owners {
        if !people.iter().any(|known| known.name == owner.name) {
            people.push(owner);
        }
    }
    people
}

/// Owners without the one that history guesses, unless there is no other.
fn named(owners: &[Owner]) -> &[Owner] {
    match owners {
        [others @ .., last] if !others.is_empty() && last.is_guess() => others,
        all => all,
    }
}
