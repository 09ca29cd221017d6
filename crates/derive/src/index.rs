//! Which of very many views a query may be derived from: a filter over what each needs of a query and what it offers.
//!
//! The idea is the filter tree of Goldstein and Larson (SIGMOD 2001): what a view reads, the equalities, the ranges and
//! the other conditions it has, and that it groups, must be found in the query; what the query shows, groups by and
//! still has to filter must be found in the view. A view stands under the rarest thing that it needs, so that a query
//! looks at few. What the filter lets through, a proof decides; it may keep out a view that is wider than a proof needs.

use std::cmp::Ordering;

use plumb_ir::{Arena, Literal, RelId};
use rustc_hash::FxHashMap;

use crate::{
    facet::{Bound, Condition, Facet, Kind, Token, comparable, token},
    unit::{units, whole},
};

/// Views by what they need.
#[derive(Debug, Default)]
pub struct Index {
    profiles: Vec<Profile>,
    views: u32,
    /// How many profiles need a thing; then those that stand under it.
    counts: FxHashMap<Token, u32>,
    under: FxHashMap<Token, Vec<u32>>,
}

/// One way to look at a view.
#[derive(Debug)]
struct Profile {
    view: u32,
    /// What the query must have, sorted.
    needs: Vec<Token>,
    /// Inputs, sorted.
    inputs: Vec<Token>,
    /// Values that can be read, sorted.
    offers: Vec<Token>,
    /// Conditions that its rows meet, sorted.
    holds: Vec<Token>,
    bounds: Vec<(Token, Bound)>,
    grouped: bool,
}

/// What a query has, and what it asks for.
struct Asked {
    facet: Facet,
    /// Sorted.
    has: Vec<Token>,
    /// By node, what it equals.
    equal: FxHashMap<u32, Vec<u32>>,
    bounds: FxHashMap<Token, Vec<Bound>>,
}

impl Index {
    /// Adds a view in normal form; views are numbered as they come.
    pub fn add(&mut self, arena: &mut Arena, view: RelId) {
        let mut all = units(arena, view);
        all.push(whole(arena, view));
        for unit in all {
            let profile = Profile::of(self.views, &Facet::of(arena, &unit));
            for need in &profile.needs {
                *self.counts.entry(*need).or_default() += 1;
            }
            self.profiles.push(profile);
        }
        self.views += 1;
    }

    /// Puts every view under the rarest thing it needs; then the index can be asked.
    pub fn sort(&mut self) {
        self.under.clear();
        for (at, profile) in (0..).zip(&self.profiles) {
            let rarest = profile.needs.iter().min_by_key(|need| (self.counts[*need], **need));
            if let Some(rarest) = rarest {
                self.under.entry(*rarest).or_default().push(at);
            }
        }
    }

    /// Numbers of views from which a query in normal form may be derived, ascending.
    pub fn candidates(&self, arena: &mut Arena, query: RelId) -> Vec<usize> {
        let mut found = Vec::new();
        for unit in units(arena, query) {
            let asked = Asked::of(Facet::of(arena, &unit));
            for need in &asked.has {
                for at in self.under.get(need).into_iter().flatten() {
                    let profile = &self.profiles[*at as usize];
                    if profile.fits(&asked) {
                        found.push(profile.view as usize);
                    }
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// That two values are equal, and that a value is bounded.
fn equal(one: Token, two: Token) -> Token {
    token(("equal", one.min(two), one.max(two)))
}

fn bounded(value: Token) -> Token {
    token(("bounded", value))
}

fn is_grouped() -> Token {
    token("grouped")
}

impl Profile {
    fn of(view: u32, facet: &Facet) -> Self {
        let mut needs = facet.inputs.clone();
        let (mut holds, mut bounds, mut classes) = (Vec::new(), Vec::new(), Vec::new());
        let tokens = |all: &[u32]| all.iter().map(|at| facet.node(*at).token).collect::<Vec<_>>();
        for condition in &facet.conditions {
            match condition {
                Condition::Equal(all) => {
                    let mut all = tokens(all);
                    all.sort_unstable();
                    let pairs = all.windows(2).map(|two| equal(two[0], two[1]));
                    needs.extend(pairs.clone());
                    holds.extend(pairs);
                    classes.push(all);
                }
                Condition::Bounded(value, bound) => {
                    needs.push(bounded(facet.node(*value).token));
                    bounds.push((facet.node(*value).token, bound.clone()));
                }
                // What another condition may imply is left to the proof.
                Condition::Other(at) => holds.push(facet.node(*at).token),
            }
        }
        let grouped = facet.group.is_some();
        needs.extend(grouped.then(is_grouped));
        let mut offers = tokens(&facet.outputs);
        for class in classes {
            if class.iter().any(|token| offers.contains(token)) {
                offers.extend(class);
            }
        }
        // What is under a sum with a constant can be computed back.
        let shifted = facet.outputs.iter().flat_map(|at| facet.node(*at).parts.clone());
        let columns = shifted.filter(|at| matches!(facet.node(*at).kind, Kind::Column(_)));
        let shifted = |at: &u32| facet.node(*at).parts.len() == 2;
        let back: Vec<u32> =
            if facet.outputs.iter().any(shifted) { columns.collect() } else { Vec::new() };
        offers.extend(tokens(&back));
        for all in [&mut needs, &mut offers, &mut holds] {
            all.sort_unstable();
            all.dedup();
        }
        Self { view, needs, inputs: facet.inputs.clone(), offers, holds, bounds, grouped }
    }

    fn fits(&self, asked: &Asked) -> bool {
        self.needs.iter().all(|need| asked.has.binary_search(need).is_ok())
            && self.bounds.iter().all(|(value, bound)| asked.is_within(*value, bound))
            && self.offers(asked)
    }

    /// Whether it offers what the query asks for.
    fn offers(&self, asked: &Asked) -> bool {
        let facet = &asked.facet;
        let mut said = FxHashMap::default();
        let mut says = |at: u32| self.says(asked, at, &mut said);
        let shown = match &facet.group {
            // Measures of groups are made of measures of their parts, or of values.
            Some((keys, calls)) => {
                keys.iter().chain(calls).all(|at| says(*at))
                    || facet.outputs.iter().all(|at| says(*at))
            }
            None => facet.outputs.iter().all(|at| says(*at)),
        };
        shown
            && facet.conditions.iter().all(|condition| match condition {
                Condition::Equal(all) => {
                    let mut tokens: Vec<Token> =
                        all.iter().map(|at| facet.node(*at).token).collect();
                    tokens.sort_unstable();
                    let held =
                        |two: &[Token]| self.holds.binary_search(&equal(two[0], two[1])).is_ok();
                    tokens.windows(2).all(held) || all.iter().all(|at| says(*at))
                }
                Condition::Bounded(value, bound) => {
                    let value_token = facet.node(*value).token;
                    self.bounds.iter().any(|it| it.0 == value_token && it.1 == *bound)
                        || says(*value)
                }
                Condition::Other(at) => {
                    self.holds.binary_search(&facet.node(*at).token).is_ok() || says(*at)
                }
            })
    }

    /// Whether a value of the query can be said with the view.
    fn says(&self, asked: &Asked, at: u32, said: &mut FxHashMap<u32, bool>) -> bool {
        if let Some(known) = said.get(&at) {
            return *known;
        }
        // What is equal only to itself is not said by that.
        said.insert(at, false);
        let node = asked.facet.node(at);
        let here = |token: &Token| self.offers.binary_search(token).is_ok();
        let own = match node.kind {
            Kind::Constant => true,
            Kind::Column(input) => {
                let times = |all: &[Token]| all.iter().filter(|it| **it == input).count();
                times(&asked.facet.inputs) > times(&self.inputs)
            }
            Kind::Computed => node.parts.iter().all(|part| self.says(asked, *part, said)),
            Kind::Whole => !self.grouped,
        };
        let known = own
            || here(&node.token)
            || node.finer.iter().any(here)
            || asked
                .equal
                .get(&at)
                .is_some_and(|all| all.iter().any(|it| self.says(asked, *it, said)));
        said.insert(at, known);
        known
    }
}

impl Asked {
    fn of(facet: Facet) -> Self {
        let mut has = facet.inputs.clone();
        let mut classes: Vec<Vec<u32>> = Vec::new();
        let mut bounds: FxHashMap<Token, Vec<Bound>> = FxHashMap::default();
        for condition in &facet.conditions {
            match condition {
                Condition::Equal(all) => {
                    let shares = |class: &Vec<u32>| {
                        let token = |at: &u32| facet.node(*at).token;
                        class.iter().any(|at| all.iter().any(|it| token(it) == token(at)))
                    };
                    let (with, without): (Vec<_>, Vec<_>) = classes.into_iter().partition(shares);
                    classes = without;
                    classes.push(with.into_iter().flatten().chain(all.iter().copied()).collect());
                }
                Condition::Bounded(value, bound) => {
                    let value = facet.node(*value).token;
                    has.push(bounded(value));
                    bounds.entry(value).or_default().push(bound.clone());
                }
                Condition::Other(at) => has.push(facet.node(*at).token),
            }
        }
        let mut same: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
        for class in &classes {
            for one in class {
                let value = facet.node(*one).token;
                // What is one value is bounded by it, whichever it is.
                has.push(bounded(value));
                has.extend(class.iter().map(|two| equal(value, facet.node(*two).token)));
                same.entry(*one).or_default().extend(class.iter().filter(|two| *two != one));
            }
        }
        has.extend(facet.group.as_ref().map(|_| is_grouped()));
        has.sort_unstable();
        has.dedup();
        Self { facet, has, equal: same, bounds }
    }

    /// Whether a value may lie within bounds, as far as constants tell.
    fn is_within(&self, value: Token, wide: &Bound) -> bool {
        let Some(all) = self.bounds.get(&value) else { return true };
        // Of an end that is not given, nothing is known to lie within.
        let beyond = |end: Option<&Literal>, known: Vec<Option<&Literal>>, past: Ordering| {
            let Some(end) = end else { return false };
            let mut known = known.into_iter().flatten();
            known.all(|it| comparable(it, end) && it.cmp(end) == past)
        };
        let lows = all.iter().map(|it| it.low.as_ref()).collect();
        let highs = all.iter().map(|it| it.high.as_ref()).collect();
        !beyond(wide.low.as_ref(), lows, Ordering::Less)
            && !beyond(wide.high.as_ref(), highs, Ordering::Greater)
    }
}

#[cfg(test)]
mod tests {
    use plumb_canon::Canonicalizer;
    use plumb_ir::text::parse_rel;

    use super::*;

    fn normal(arena: &mut Arena, text: &str) -> RelId {
        let rel = parse_rel(arena, text).expect("a plan");
        Canonicalizer::new().canonical(arena, rel).rel
    }

    #[test]
    fn a_view_is_proposed_where_it_lacks_nothing() {
        let mut arena = Arena::new();
        let mut index = Index::default();
        for view in [
            "(aggregate (keys 0.day 0.city) (calls (agg sum 0.amount)) (from (scan sales)))",
            "(aggregate (keys 0.city) (calls (agg sum 0.amount)) (from (scan sales)) (where (eq 0.open true)))",
            "(project (out 0.city 0.amount) (from (scan orders)))",
            "(project (out 0.day 0.amount) (from (scan sales)) (where (lt 10 0.amount)))",
        ] {
            let view = normal(&mut arena, view);
            index.add(&mut arena, view);
        }
        index.sort();
        for (query, proposed) in [
            ("(aggregate (keys 0.city) (calls (agg sum 0.amount)) (from (scan sales)))", vec![0]),
            ("(aggregate (keys 0.city) (calls (agg sum 0.tax)) (from (scan sales)))", vec![]),
            ("(project (out 0.day) (from (scan sales)) (where (lt 20 0.amount)))", vec![3]),
            ("(project (out 0.day) (from (scan sales)) (where (lt 5 0.amount)))", vec![]),
            ("(project (out 0.city) (from (scan sales)) (where (lt 20 0.amount)))", vec![]),
        ] {
            let plan = normal(&mut arena, query);
            assert_eq!(index.candidates(&mut arena, plan), proposed, "{query}");
        }
    }
}
