//! Every number with a name, by name: what `plumb metrics` lists.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use plumb_base::Finding;
use plumb_base::answer::{DefinitionCard, MetricCard, MetricPlace};
use plumb_estate::Estate;

use crate::meaning::speaks_of;
use crate::measures::{self, Measure};

/// Names of numbers: those a finding speaks of, then those somebody declared, then those with more definitions.
///
/// The longest lists of definitions belong to names such as `result`.
pub fn metrics(estate: &Estate, findings: &[Finding]) -> Vec<MetricCard> {
    let measures = measures::all(estate);
    let mut by_name: BTreeMap<String, Vec<&Measure>> = BTreeMap::new();
    // The key of a formula holds the conditions on its rows.
    let mut names: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for measure in &measures {
        by_name.entry(measure.spelling()).or_default().push(measure);
        names.entry(&measure.formula.key).or_default().insert(&measure.name);
    }
    let mut cards: Vec<MetricCard> =
        by_name.values().map(|group| card(estate, group, &names)).collect();
    for card in &mut cards {
        card.finding = about(findings, card).map(|finding| finding.id.clone());
    }
    cards.sort_by_key(|card| {
        let size = (card.definitions.len(), card.places());
        (card.finding.is_none(), !card.declared, Reverse(size))
    });
    cards
}

fn card(estate: &Estate, group: &[&Measure], names: &BTreeMap<&str, BTreeSet<&str>>) -> MetricCard {
    let mut by_formula: BTreeMap<&str, Vec<&Measure>> = BTreeMap::new();
    let mut spelled: BTreeMap<&str, usize> = BTreeMap::new();
    for measure in group {
        by_formula.entry(&measure.formula.key).or_default().push(measure);
        *spelled.entry(&measure.name).or_default() += 1;
    }
    let mut definitions: Vec<DefinitionCard> = by_formula
        .iter()
        .map(|(key, measures)| {
            let mut places: Vec<MetricPlace> =
                measures.iter().map(|measure| place(estate, measure)).collect();
            places.sort();
            places.dedup();
            let others = names.get(key).into_iter().flatten();
            let others = others.filter(|name| !spelled.contains_key(*name));
            DefinitionCard {
                formula: measures[0].formula.message(),
                places,
                also: others.map(|name| (*name).to_owned()).collect(),
            }
        })
        .collect();
    definitions.sort_by(|one, two| {
        let declared = |it: &DefinitionCard| it.places.iter().any(|place| place.declared);
        (declared(two), two.places.len()).cmp(&(declared(one), one.places.len()))
    });
    let most = spelled.into_iter().max_by_key(|(name, count)| (*count, Reverse(*name)));
    MetricCard {
        name: most.map_or_else(String::new, |(name, _)| name.to_owned()),
        declared: group.iter().any(|it| it.declared),
        definitions,
        finding: None,
    }
}

/// The finding that speaks of a name, and stands where it does.
fn about<'f>(findings: &'f [Finding], card: &MetricCard) -> Option<&'f Finding> {
    let places = || card.definitions.iter().flat_map(|it| &it.places);
    findings.iter().find(|finding| {
        speaks_of(finding, &card.name)
            && finding.subjects.iter().any(|it| places().any(|place| place.asset == it.asset))
    })
}

fn place(estate: &Estate, measure: &Measure) -> MetricPlace {
    MetricPlace {
        asset: estate.assets[measure.asset].key.clone(),
        place: measure.place(estate).place,
        declared: measure.declared,
        owners: measure.owners(estate),
    }
}
