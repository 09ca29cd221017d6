//! When two numbers of one name are two definitions of it, so that a reader would take one for the other.

use std::collections::{BTreeMap, BTreeSet};

use plumb_estate::Estate;

use crate::{
    alike,
    formula::{self, Counted, masked},
    judged::on_dashboard,
    measures::{Measure, spelling},
    subject, version,
};

/// Measures of one name that have one definition.
struct Definition<'m> {
    measures: Vec<&'m Measure>,
    value: String,
    counted: BTreeSet<String>,
    /// Tables it stands in.
    stands_in: BTreeSet<&'m str>,
    /// Families of assets it stands in, such as one model for each kind of visit.
    families: BTreeSet<String>,
    /// What its assets call it, where they are named after it: `loss ratio property`.
    labels: BTreeSet<Vec<String>>,
    declared: bool,
    metric: bool,
    /// Whether a dashboard shows it.
    board: bool,
}

/// Definitions of one name, each with its measures.
pub(crate) type Rivals<'m> = Vec<Vec<&'m Measure>>;

/// Measures of one name by definition, where the definitions are rivals; the most used definition first.
pub(crate) fn rivals<'m>(estate: &'m Estate, group: &[&'m Measure]) -> Vec<Rivals<'m>> {
    let mut clusters: Vec<Vec<Definition<'m>>> = Vec::new();
    for definition in definitions(estate, group) {
        let (near, far): (Vec<_>, Vec<_>) = clusters
            .into_iter()
            .partition(|others| others.iter().any(|it| are_rivals(estate, it, &definition)));
        clusters = far;
        let mut cluster = vec![definition];
        cluster.extend(near.into_iter().flatten());
        clusters.push(cluster);
    }
    clusters.retain(|cluster| cluster.len() > 1);
    let mut clusters: Vec<_> = clusters.into_iter().map(|it| without_scopes(estate, it)).collect();
    for cluster in &mut clusters {
        cluster.sort_by_key(|it| {
            (!it.declared, usize::MAX - it.measures.len(), it.measures[0].formula.key.clone())
        });
    }
    let measures = |cluster: Vec<Definition<'m>>| cluster.into_iter().map(|it| it.measures);
    clusters.into_iter().map(|cluster| measures(cluster).collect()).collect()
}

/// Definitions of one value that are no rivals of each other, as one: it is counted for several kinds of rows.
fn without_scopes<'m>(estate: &'m Estate, cluster: Vec<Definition<'m>>) -> Vec<Definition<'m>> {
    // What a declared name means is not left to scopes.
    if cluster.iter().any(|it| it.declared) {
        return cluster;
    }
    let mut kept: Vec<Definition<'m>> = Vec::new();
    for definition in cluster {
        let same = |it: &&mut Definition<'m>| {
            it.value == definition.value && !are_rivals(estate, it, &definition)
        };
        match kept.iter_mut().find(same) {
            Some(known) => known.measures.extend(definition.measures),
            None => kept.push(definition),
        }
    }
    kept
}

/// Measures by what they are, those left out that cannot be told apart from others.
fn definitions<'m>(estate: &'m Estate, group: &[&'m Measure]) -> Vec<Definition<'m>> {
    let declared = group.iter().any(|it| it.declared);
    // Columns of a family, one for each kind of order, are one definition with other constants.
    let told = |key: &str| if declared { key.to_owned() } else { masked(key) };
    let newest = newest(estate, group);
    let assets: BTreeSet<usize> = group.iter().map(|it| it.asset).collect();
    let families = alike::families(estate, &assets);
    let mut by_meaning: BTreeMap<(String, BTreeSet<String>), Vec<&'m Measure>> = BTreeMap::new();
    for measure in group {
        // What is computed from a number of this name is a view of it, not a rival.
        let Some(value) = measure.formula.measured.as_deref() else { continue };
        if newest.contains(&measure.asset) && !built_on_another(estate, measure, group) {
            let counted = measure.formula.counted.keys().map(|key| told(key)).collect();
            by_meaning.entry((told(value), counted)).or_default().push(measure);
        }
    }
    let definition =
        |((value, counted), measures): ((String, BTreeSet<String>), Vec<&'m Measure>)| {
            let stands_in =
                measures.iter().map(|it| subject::table(&estate.assets[it.asset])).collect();
            let declared = measures.iter().any(|it| it.declared);
            let metric = measures.iter().any(|it| it.metric);
            let board = measures.iter().any(|it| on_dashboard(estate, it));
            let families = measures.iter().filter_map(|it| families.get(&it.asset).cloned());
            let families = families.collect();
            let labels = measures.iter().filter_map(|it| it.label(estate)).collect();
            Definition {
                measures,
                value,
                counted,
                stands_in,
                families,
                labels,
                declared,
                metric,
                board,
            }
        };
    by_meaning.into_iter().map(definition).collect()
}

/// Assets of the measures without older versions of one of them.
fn newest(estate: &Estate, group: &[&Measure]) -> BTreeSet<usize> {
    let mut lines: BTreeMap<String, (Vec<u64>, BTreeSet<usize>)> = BTreeMap::new();
    for measure in group {
        let (line, number) = version::of(&estate.assets[measure.asset].key);
        let (known, assets) = lines.entry(line).or_default();
        if number > *known {
            (*known, *assets) = (number, BTreeSet::from([measure.asset]));
        } else if number == *known {
            assets.insert(measure.asset);
        }
    }
    lines.into_values().flat_map(|(_, assets)| assets).collect()
}

fn built_on_another(estate: &Estate, it: &Measure, group: &[&Measure]) -> bool {
    let made_of =
        |one: usize, two: usize| one != two && estate.depends(one, &BTreeSet::from([two]));
    // The column that a metric counts on is a part of the metric.
    let part = |metric: &Measure| metric.asset == it.asset || made_of(metric.asset, it.asset);
    !it.declared
        && group
            .iter()
            .any(|other| if other.declared { part(other) } else { made_of(it.asset, other.asset) })
}

fn are_rivals(estate: &Estate, one: &Definition<'_>, two: &Definition<'_>) -> bool {
    let declared = one.declared || two.declared;
    if !declared && !one.stands_in.is_disjoint(&two.stands_in) {
        return false;
    }
    // Two that are named after the number, each more exactly, say what each is.
    let named = !one.labels.is_empty() && !two.labels.is_empty();
    if !declared && named && one.labels.is_disjoint(&two.labels) {
        return false;
    }
    let (first, second) = (&one.measures[0].formula.tables, &two.measures[0].formula.tables);
    if unsigned(&one.value) != unsigned(&two.value) {
        // A metric says what its name means, wherever it is used.
        if one.metric || two.metric {
            return true;
        }
        if declared {
            return !sources(estate, first).is_disjoint(&sources(estate, second));
        }
        // Each picks rows of its own.
        if pick_apart(one, two) {
            return false;
        }
        // What one looks at says what it is of.
        let known = !first.is_empty() && !second.is_empty();
        return known && (first.is_subset(second) || second.is_subset(first));
    }
    let (wide, narrow) =
        if one.counted.len() < two.counted.len() { (one, two) } else { (two, one) };
    if !wide.counted.is_subset(&narrow.counted) {
        // Each counts rows of its own: another thing, unless somebody said what the name means.
        return declared;
    }
    if declared {
        return true;
    }
    // One of a family counts what it is there for; what one is grouped by, the other picks from.
    let keys = formula::keys(estate, wide.measures[0].asset);
    let picked = |condition: &String| keys.iter().any(|key| mentions(condition, key));
    let mut more = narrow.counted.difference(&wide.counted);
    let board = one.board || two.board;
    let leaves_out = |it: &String| said(narrow, it).any(|(_, does)| does.leaves_out);
    let defines = |it: &String| leaves_out(it) || board && is_unsaid(estate, it, narrow);
    one.families.is_disjoint(&two.families) && more.all(|it| defines(it) && !picked(it))
}

/// What a condition of a definition does, in each of its measures.
fn said<'m>(
    definition: &Definition<'m>,
    condition: &str,
) -> impl Iterator<Item = (&'m Measure, &'m Counted)> {
    definition.measures.iter().flat_map(move |measure| {
        let own = measure.formula.counted.iter();
        own.filter(move |(key, _)| *key == condition || masked(key) == condition)
            .map(|(_, does)| (*measure, does))
    })
}

/// Whether a condition looks at a column, whole.
fn mentions(condition: &str, column: &str) -> bool {
    let part = |it: char| it.is_alphanumeric() || matches!(it, '_' | '.' | '"');
    condition.match_indices(column).any(|(at, _)| {
        let (before, after) = (&condition[..at], &condition[at + column.len()..]);
        !before.ends_with(part) && !after.starts_with(part)
    })
}

/// Whether a condition picks a kind of rows, such as paid orders, of which the name of an asset does not speak: who reads
/// the number there takes it for all.
fn is_unsaid(estate: &Estate, condition: &str, definition: &Definition<'_>) -> bool {
    said(definition, condition).any(|(measure, does)| {
        let key = &estate.assets[measure.asset].key;
        does.text.as_ref().is_some_and(|text| !speaks_of(key, text))
    })
}

/// A value whichever its sign: what is earned and what is spent are counted alike.
fn unsigned(value: &str) -> &str {
    let inside = value.strip_prefix("neg(").and_then(|inside| inside.strip_suffix(')'));
    inside.unwrap_or(value)
}

/// Whether conditions pick other values of one column.
fn pick_apart(one: &Definition<'_>, two: &Definition<'_>) -> bool {
    let (one, two) = (picks(one), picks(two));
    one.iter().any(|(column, values)| two.get(column).is_some_and(|it| it.is_disjoint(values)))
}

/// Values that are picked, by column.
fn picks(definition: &Definition<'_>) -> BTreeMap<String, BTreeSet<String>> {
    let mut picks: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let conditions = definition.measures.iter().flat_map(|it| it.formula.counted.values());
    for (column, values) in conditions.filter_map(|does| does.picks.clone()) {
        picks.entry(column).or_default().extend(values);
    }
    picks
}

/// Whether a name holds every word of a text.
fn speaks_of(name: &str, text: &str) -> bool {
    let name = spelling(name);
    let name: BTreeSet<&str> = name.split('_').collect();
    spelling(text).split('_').all(|word| name.contains(word))
}

/// Tables, and what they are made of.
fn sources(estate: &Estate, tables: &BTreeSet<String>) -> BTreeSet<String> {
    let mut work: Vec<usize> =
        tables.iter().filter_map(|table| estate.index.get(table).copied()).collect();
    let mut seen: BTreeSet<usize> = work.iter().copied().collect();
    while let Some(at) = work.pop() {
        let new = estate.assets[at].reads.iter().filter(|source| seen.insert(**source));
        work.extend(new);
    }
    let above = seen.into_iter().map(|at| estate.assets[at].key.clone());
    above.chain(tables.iter().cloned()).collect()
}
