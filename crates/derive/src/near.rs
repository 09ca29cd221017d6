//! Which of very many plans may be nearly the same: small sketches of what they are made of, put into buckets.
//!
//! `MinHash` (Broder, 1997): the least of a hash over the features of two plans is the same as often as they have
//! features in common. Plans of which four such numbers in a row are the same are proposed as a pair; a pair is worth
//! a look, and nothing more is said of it.

use plumb_ir::{Arena, Rel, RelId};
use rustc_hash::FxHashMap;

use crate::{
    facet::{Condition, Facet, Token, token},
    unit::units,
};

/// Numbers of a sketch, and how many of them have to be the same in a row.
const NUMBERS: usize = 64;
const BAND: usize = 4;

/// Plans in one bucket that are paired with each other: a larger one says little.
const BUCKET: usize = 32;

/// Arms of a union that are looked at.
const ARMS: usize = 8;

/// A plan in few numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sketch(Vec<u32>);

impl Sketch {
    /// Of a plan in normal form; constants do not count.
    pub fn of(arena: &mut Arena, rel: RelId) -> Self {
        let features = features(arena, rel);
        let least = |number: u64| {
            features.iter().map(|feature| mixed(*feature, number)).min().unwrap_or(u32::MAX)
        };
        Self((0..).take(NUMBERS).map(least).collect())
    }

    /// How many hundredths of what two plans are made of is the same, roughly.
    pub fn likeness(&self, other: &Self) -> usize {
        self.0.iter().zip(&other.0).filter(|(one, two)| one == two).count() * 100 / NUMBERS
    }
}

/// One of several hashes of a feature that have nothing to do with each other: the finish of `MurmurHash3`.
fn mixed(feature: Token, number: u64) -> u32 {
    let mut bits = feature ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for factor in [0xff51_afd7_ed55_8ccd, 0xc4ce_b9fe_1a85_ec53] {
        bits = (bits ^ (bits >> 33)).wrapping_mul(factor);
    }
    u32::try_from(bits >> 32).unwrap_or(u32::MAX)
}

/// Pairs that are worth a look, by number, each once, ascending.
pub fn pairs(sketches: &[Sketch]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for band in 0..NUMBERS / BAND {
        let mut buckets: FxHashMap<&[u32], Vec<usize>> = FxHashMap::default();
        for (at, sketch) in sketches.iter().enumerate() {
            let part = &sketch.0[band * BAND..][..BAND];
            buckets.entry(part).or_default().push(at);
        }
        let mut buckets: Vec<Vec<usize>> = buckets.into_values().collect();
        buckets.retain(|bucket| bucket.len() > 1);
        for bucket in buckets {
            // Of a large bucket each is paired with those that come next to it.
            for (at, one) in bucket.iter().enumerate() {
                found.extend(bucket[at + 1..].iter().take(BUCKET).map(|two| (*one, *two)));
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// What a plan is made of: inputs, how they are joined, what is asked of rows, keys, measures, outputs.
fn features(arena: &mut Arena, rel: RelId) -> Vec<Token> {
    let arms = match arena.get_rel(rel) {
        Rel::Union { inputs } => inputs.iter().copied().take(ARMS).collect(),
        Rel::Distinct { input } => vec![*input, rel],
        _ => vec![rel],
    };
    let mut found = Vec::new();
    for arm in arms {
        for unit in units(arena, arm).into_iter().take(1) {
            of_facet(&Facet::of(arena, &unit), &mut found);
        }
    }
    if found.is_empty() {
        found.push(token(arena.rel_digest(rel).0));
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn of_facet(facet: &Facet, found: &mut Vec<Token>) {
    let value = |at: &u32| facet.node(*at).token;
    found.extend(&facet.inputs);
    for condition in &facet.conditions {
        found.push(match condition {
            Condition::Equal(all) => {
                let mut all: Vec<Token> = all.iter().map(value).collect();
                all.sort_unstable();
                token(("equal", all))
            }
            Condition::Bounded(at, _) => token(("bounded", value(at))),
            Condition::Other(at) => token(("holds", value(at))),
        });
    }
    if let Some((keys, calls)) = &facet.group {
        found.extend(keys.iter().map(|at| token(("key", value(at)))));
        found.extend(calls.iter().map(value));
    }
    found.extend(facet.outputs.iter().map(value));
}

#[cfg(test)]
mod tests {
    use plumb_ir::text::parse_rel;

    use super::*;

    #[test]
    fn what_is_alike_is_paired_and_what_is_not_is_not() {
        let plans = [
            "(project (out 0.a 0.b 0.c 0.d 0.e 0.f) (from (scan t)) (where (lt 1 0.a)))",
            "(project (out 0.a 0.b 0.c 0.d 0.e 0.f) (from (scan t)) (where (lt 7 0.a) (eq 0.g 2)))",
            "(project (out 0.x 0.y) (from (scan u)))",
        ];
        let mut arena = Arena::new();
        let mut sketches = Vec::new();
        for text in plans {
            let rel = parse_rel(&mut arena, text).expect("a plan");
            sketches.push(Sketch::of(&mut arena, rel));
        }
        assert_eq!(pairs(&sketches), [(0, 1)]);
        let likeness = sketches[0].likeness(&sketches[1]);
        assert!(likeness > 60, "{likeness}: eight of nine features are the same");
        assert_eq!(sketches[0].likeness(&sketches[2]), 0);
    }
}
