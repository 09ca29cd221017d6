//! Datasets whose rows can be computed from those of another: filtered, grouped or joined with more.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Message, Name};
use plumb_canon::{Canonical, Facts, Obstacle, Subplan, size};
use plumb_derive::{Index, Relation, View, Words, derive_whole, written};
use plumb_estate::{Asset, Estate, Plan};
use plumb_ir::{Arena, Copier, Node, Rel, Scalar, ScalarId, Symbol, scans};
use plumb_prove::Effort;
use rayon::prelude::*;

use crate::{compare::LARGE, proofs::rests_on, reuse::Near, subject};

/// Steps of a proof: what people write is shown with far less.
const EFFORT: Effort = Effort { steps: 3_000, without: None };

/// Datasets that one may be computed from and that are tried, at most; and all of a platform.
const TRIED: usize = 4;
const ALL: usize = 400;

/// A dataset that can be computed from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Derived {
    /// What can be computed.
    pub(crate) asset: usize,
    /// From what.
    pub(crate) from: usize,
    pub(crate) relation: Relation,
    /// Whether a column of it is computed, rather than picked.
    pub(crate) computes: bool,
    /// What the proof rests on.
    pub(crate) assumptions: Vec<Message>,
    /// Small databases on which it was tried.
    pub(crate) trials: u32,
    /// The query over the other, where it can be written in every dialect.
    pub(crate) sql: Option<String>,
}

/// Datasets that can be computed from one that does not read them, and that they do not read.
pub(crate) fn derived(estate: &Estate, copies: &[Vec<usize>], near: &[Near]) -> Vec<Derived> {
    let told = told(copies, near);
    let spare: BTreeSet<usize> = copies.iter().flat_map(|group| group[1..].to_vec()).collect();
    let works: Vec<usize> = (0..estate.assets.len())
        .filter(|at| !spare.contains(at) && works(estate, &estate.assets[*at]).is_some())
        .collect();
    let (index, views) = index(estate, &works);
    let tried = |at: &usize| (*at, candidates(estate, &index, &views, *at));
    let works: Vec<(usize, Vec<usize>)> = works.par_iter().map(tried).collect();
    let grouped: BTreeMap<usize, BTreeSet<usize>> = copies
        .iter()
        .flat_map(|group| group.iter().map(|at| (*at, group.iter().copied().collect())))
        .collect();
    // The next model of a chain is what chains are made of, whichever copies of the two read each other.
    let with_copies = |at: usize| grouped.get(&at).cloned().unwrap_or_else(|| BTreeSet::from([at]));
    let likely = |(at, tried): &(usize, Vec<usize>)| {
        let own = with_copies(*at);
        let of_one = |from: &usize| told.get(from).is_some_and(|of| told.get(at) == Some(of));
        let chained = |from: &usize| chained(estate, (*at, &own), (*from, &with_copies(*from)));
        let tried = tried.iter().copied().filter(|from| !of_one(from) && !chained(from));
        (*at, tried.collect::<Vec<usize>>())
    };
    let works: Vec<(usize, Vec<usize>)> = works.par_iter().map(likely).collect();
    let known = beforehand(estate, &works);
    let (mut found, mut left): (Vec<Derived>, usize) = (Vec::new(), ALL);
    for (at, mut tried) in works {
        // What is made of each other is said once.
        let back = |from: &usize| found.iter().any(|it| it.asset == *from && it.from == at);
        tried.retain(|from| !back(from));
        for from in tried.into_iter().take(TRIED) {
            let Some(fewer) = left.checked_sub(1) else { return found };
            left = fewer;
            let one = known.get(&(at, from)).cloned();
            if let Some(derived) = one.unwrap_or_else(|| of(estate, at, from)) {
                found.push(derived);
                break;
            }
        }
    }
    found
}

/// What will be asked for first, side by side: of each its likeliest, until one holds.
fn beforehand(
    estate: &Estate,
    works: &[(usize, Vec<usize>)],
) -> BTreeMap<(usize, usize), Option<Derived>> {
    let mut left = ALL;
    let few: Vec<(usize, &[usize])> = works
        .iter()
        .map(|(at, tried)| (*at, &tried[..tried.len().min(TRIED)]))
        .take_while(|(_, tried)| {
            left = left.saturating_sub(tried.len());
            left > 0
        })
        .collect();
    let each = |(at, tried): &(usize, &[usize])| {
        let mut known = Vec::new();
        for from in *tried {
            let derived = of(estate, *at, *from);
            let holds = derived.is_some();
            known.push(((*at, *from), derived));
            if holds {
                break;
            }
        }
        known
    };
    few.par_iter().with_max_len(1).flat_map_iter(each).collect()
}

/// Whether one of two reads the other, or what a run adds to it does; with the copies of both.
fn chained(
    estate: &Estate,
    (at, own): (usize, &BTreeSet<usize>),
    (from, same): (usize, &BTreeSet<usize>),
) -> bool {
    let added = |reader: usize, read: usize| {
        let added = estate.assets[reader].incremental.as_ref();
        added.is_some_and(|it| it.reads.contains(&read))
    };
    own.iter().any(|at| estate.depends(*at, same))
        || estate.depends(from, own)
        || added(at, from)
        || added(from, at)
}

/// Groups of which another rule speaks.
fn told(copies: &[Vec<usize>], near: &[Near]) -> BTreeMap<usize, usize> {
    let groups = copies.iter().chain(near.iter().map(|near| &near.assets));
    groups.enumerate().flat_map(|(of, group)| group.iter().map(move |at| (*at, of))).collect()
}

/// The plan of an asset that joins or measures itself, and of which every column has a name.
fn works<'a>(estate: &Estate, asset: &'a Asset) -> Option<&'a Plan> {
    let plan = asset.plan.as_ref().filter(|plan| plan.worlds.is_empty())?;
    // Rows of one table, each once, are no work worth a table of their own.
    let joins = || estate.tables(plan.local.rel).len() > 1;
    let work = measures(plan) || !plan.parts.is_empty() && joins();
    let known = subject::is_compared(asset) && !asset.open && work;
    // Proofs are of the dialect that was read.
    let known = known && asset.guessed.is_none();
    let decided = !plan.obstacles.iter().any(Obstacle::is_final);
    let small = size(&estate.arena, plan.expanded.rel) <= LARGE;
    (known && decided && small && names(asset).is_some()).then_some(plan)
}

/// Whether something is measured in a plan.
fn measures(plan: &Plan) -> bool {
    plan.parts.iter().any(|part: &Subplan| !part.calls.is_empty())
}

/// The names of its columns, if each has one of its own.
fn names(asset: &Asset) -> Option<Vec<&Name>> {
    let names: Option<Vec<&Name>> =
        asset.columns.iter().map(|column| column.name.as_ref()).collect();
    let alone = |names: &Vec<&Name>| names.iter().collect::<BTreeSet<_>>().len() == names.len();
    names.filter(|names| !names.is_empty() && alone(names))
}

/// Those of some datasets that others can read.
fn index(estate: &Estate, works: &[usize]) -> (Index, Vec<usize>) {
    let (mut index, mut views) = (Index::default(), Vec::new());
    let (mut arena, mut copier) = (Arena::new(), Copier::new(&estate.arena));
    for at in works {
        let asset = &estate.assets[*at];
        if let Some(plan) = &asset.plan
            && asset.can_be_read()
            && asset.kind.is_relation()
        {
            let rel = copier.rel(&mut arena, plan.expanded.rel);
            index.add(&mut arena, rel);
            views.push(*at);
        }
    }
    index.sort();
    (index, views)
}

/// What a dataset may be computed from: what does most of its work first, then what more others read.
fn candidates(estate: &Estate, index: &Index, views: &[usize], at: usize) -> Vec<usize> {
    let asset = &estate.assets[at];
    let Some(plan) = &asset.plan else { return Vec::new() };
    let mut arena = Arena::new();
    let rel = Copier::new(&estate.arena).rel(&mut arena, plan.expanded.rel);
    let found = index.candidates(&mut arena, rel).into_iter().map(|number| views[number]);
    let apart = |from: &usize| {
        let other = &estate.assets[*from];
        let table = subject::table(other) != subject::table(asset);
        table
            && other.environment == asset.environment
            && other.plan.as_ref().map(|it| it.expanded.rel) != Some(plan.expanded.rel)
    };
    let mut found: Vec<usize> = found.filter(|from| *from != at).filter(apart).collect();
    found.sort_by_key(|from| {
        let other = &estate.assets[*from];
        let work = other.plan.as_ref().map_or(0, |it| size(&estate.arena, it.expanded.rel));
        (usize::MAX - work, usize::MAX - other.read_by.len(), *from)
    });
    found
}

/// One dataset from another, proved.
pub(crate) fn of(estate: &Estate, at: usize, from: usize) -> Option<Derived> {
    let (asset, view) = (&estate.assets[at], &estate.assets[from]);
    let (plan, other) = (asset.plan.as_ref()?, view.plan.as_ref()?);
    let (mut arena, mut copier) = (Arena::new(), Copier::new(&estate.arena));
    let mut copied = |arena: &mut Arena, plan: &Canonical| Canonical {
        rel: copier.rel(arena, plan.rel),
        ..plan.clone()
    };
    let held = copied(&mut arena, &other.expanded);
    let wanted = copied(&mut arena, &plan.expanded);
    let names = names(view)?;
    let columns: Vec<Symbol> = names.iter().map(|name| arena.symbol(name.as_str())).collect();
    let view_of = View { plan: &held, name: arena.symbol(&view.key), columns: &columns };
    let mut tables = estate.tables(plan.expanded.rel);
    tables.extend(estate.tables(other.expanded.rel));
    let facts: Facts = estate.facts_of(&tables);
    let found = derive_whole(&mut arena, &facts, view_of, &wanted, EFFORT)?;
    // What could be tried on no rows at all is not believed. Where it stands for one table, nothing is saved.
    let saves = measures(other) || scans(&arena, found.rel) < scans(&arena, wanted.rel);
    if found.proof.trials == 0 || !saves {
        return None;
    }
    // Past the models that clean a table nobody should go.
    let mut past = false;
    arena.within(found.rel, &mut |node| {
        if let Node::Rel(Rel::Scan { table }) = node {
            let name = arena.name(*table);
            let mut known = asset.reads.iter().chain(&view.reads);
            past |= name != view.key && !known.any(|at| estate.assets[*at].key == name);
        }
    });
    if past {
        return None;
    }
    let called: Vec<Option<Name>> = asset.columns.iter().map(|it| it.name.clone()).collect();
    let words = Words { names: &called, dialect: asset.dialect };
    let sql = written(&mut arena, &facts, view_of, found.rel, &wanted, words, EFFORT);
    let more = scans(&arena, found.rel) > 1;
    let shown = arena.get_rel(found.rel).scalars();
    let picked = |it: &ScalarId| matches!(arena.get_scalar(*it), Scalar::Column { .. });
    let computes = !shown.iter().all(picked);
    let relation = match found.relation {
        Relation::Projection | Relation::Part if more => Relation::Extends,
        relation => relation,
    };
    Some(Derived {
        asset: at,
        from,
        relation,
        computes,
        assumptions: found.assumptions.iter().map(rests_on).collect(),
        trials: found.proof.trials,
        sql,
    })
}
