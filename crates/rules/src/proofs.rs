//! Datasets whose plans are not one normal form and give the same rows all the same.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Message, Name};
use plumb_canon::ONE_TYPE;
use plumb_estate::{Asset, Estate};
use plumb_ir::{Arena, Copier, RelId};
use plumb_prove::{Assumption, Effort, Plan, Verdict, proved_of_one_type};
use rayon::prelude::*;

use crate::{reuse::assumption, subject};

/// Datasets of the same tables with the same columns that are compared with each other, at most.
const COMPARED: usize = 24;

/// What is tried for a pair: what people write is shown with far less.
const EFFORT: Effort = Effort { steps: 3_000, without: None };

/// Two datasets that were shown to hold the same rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proved {
    pub(crate) assets: [usize; 2],
    /// Rules that it took.
    pub(crate) steps: usize,
    /// What it rests on.
    pub(crate) assumptions: Vec<Message>,
}

/// What datasets have in common that are worth a comparison: tables, texts that are written out, names of columns,
/// environment.
type Alike<'a> = (BTreeSet<String>, BTreeSet<String>, BTreeSet<&'a Name>, Option<&'a str>);

/// All pairs, one dataset of each plan.
pub(crate) fn proofs(estate: &Estate) -> Vec<Proved> {
    let mut alike: BTreeMap<Alike<'_>, Vec<usize>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut each: Vec<(usize, RelId, BTreeSet<&Name>)> = Vec::new();
    for (at, asset) in estate.assets.iter().enumerate() {
        let Some((rel, names)) = comparable(asset) else { continue };
        if seen.insert((rel, asset.environment.as_deref())) {
            each.push((at, rel, names));
        }
    }
    let named: Vec<_> = each.par_iter().map(|(_, rel, _)| estate.named(*rel)).collect();
    for ((at, _, names), (tables, texts)) in each.into_iter().zip(named) {
        let key = (tables, texts, names, estate.assets[at].environment.as_deref());
        alike.entry(key).or_default().push(at);
    }
    let groups: Vec<(BTreeSet<String>, Vec<usize>)> = alike
        .into_iter()
        .map(|((tables, ..), members)| (tables, members))
        .filter(|(tables, members)| !tables.is_empty() && members.len() > 1)
        .collect();
    let of = |(tables, members): &(BTreeSet<String>, Vec<usize>)| among(estate, tables, members);
    groups.par_iter().with_max_len(1).flat_map_iter(of).collect()
}

/// The pairs of a group.
fn among(estate: &Estate, tables: &BTreeSet<String>, members: &[usize]) -> Vec<Proved> {
    let members = &members[..members.len().min(COMPARED)];
    let facts = estate.facts_of(tables);
    let each = members.iter().enumerate();
    let pairs: Vec<(usize, usize)> =
        each.flat_map(|(at, one)| members[at + 1..].iter().map(|two| (*one, *two))).collect();
    let proof = |(one, two): &(usize, usize)| {
        // What reads the other passes it on.
        let reads = estate.depends(*one, &BTreeSet::from([*two]))
            || estate.depends(*two, &BTreeSet::from([*one]));
        if reads { None } else { pair(estate, &facts, *one, *two) }
    };
    pairs.par_iter().with_max_len(1).filter_map(proof).collect()
}

/// The plan of a dataset whose columns are all known by name.
fn comparable(asset: &Asset) -> Option<(RelId, BTreeSet<&Name>)> {
    let plan = asset.plan.as_ref().filter(|plan| plan.worlds.is_empty())?;
    if !subject::is_compared(asset) || asset.open {
        return None;
    }
    let names: Option<BTreeSet<&Name>> =
        asset.columns.iter().map(|column| column.name.as_ref()).collect();
    let names = names.filter(|names| names.len() == plan.expanded.columns.len())?;
    Some((plan.expanded.rel, names))
}

fn pair(estate: &Estate, facts: &plumb_canon::Facts, one: usize, two: usize) -> Option<Proved> {
    let mut arena = Arena::new();
    let mut copier = Copier::new(&estate.arena);
    let (left, right) = (&estate.assets[one], &estate.assets[two]);
    let (first, second) = (left.plan.as_ref()?, right.plan.as_ref()?);
    let rel = copier.rel(&mut arena, first.expanded.rel);
    let other = copier.rel(&mut arena, second.expanded.rel);
    // The second in the order of the first, by name.
    let twin = |column: &plumb_estate::AssetColumn| {
        let at = right.columns.iter().position(|it| it.name == column.name)?;
        second.expanded.columns.get(at).copied()
    };
    let places: Vec<u32> = left.columns.iter().map(twin).collect::<Option<_>>()?;
    let verdict = proved_of_one_type(
        &mut arena,
        facts,
        Plan { rel, outputs: &first.expanded.columns },
        Plan { rel: other, outputs: &places },
        EFFORT,
    );
    let Verdict::Equal { assumptions, proof } = verdict else { return None };
    Some(Proved {
        assets: [one, two],
        steps: proof.sums.iter().map(|(_, times)| times).sum(),
        assumptions: assumptions.iter().map(rests_on).collect(),
    })
}

/// What a proof rests on, in words.
pub fn rests_on(assumed: &Assumption) -> Message {
    match assumed {
        Assumption::Holds(sentence) if sentence == ONE_TYPE => {
            Message::text("assumes that ").then(ONE_TYPE)
        }
        Assumption::Holds(sentence) => Message::text("assumes that ").then_name(sentence),
        Assumption::Obstacle(obstacle) => assumption(obstacle),
    }
}
