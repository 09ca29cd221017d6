//! `search`: which of very many different plans can be computed from which, and how long it takes to find out.
//!
//! The plans are those of a platform, each written many times with one thing changed, as for `mining`; each is a view
//! and a query. What the index proposes, the prover decides.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use plumb_base::{Digest, World};
use plumb_canon::{Canonical, Canonicalizer, Facts};
use plumb_connect::Disk;
use plumb_derive::{Index, Relation, Sketch, View, derive_whole, pairs};
use plumb_ir::{Arena, Copier, RelId, Symbol};
use plumb_prove::Effort;
use plumb_workspace::Workspace;
use rayon::prelude::*;
use serde_json::json;

use crate::{
    Fault,
    mining::{STACK, THREADS, forget_peak, peak, statements, worked},
};

/// How many plans, unless somebody says otherwise.
const COUNT: usize = 50_000;

/// Statements that are made for each hundred plans that are wanted: some have one normal form.
const MADE: usize = 130;

/// Queries that share an arena.
const GROUP: usize = 64;

/// Candidates that are tried for a query.
const TRIED: usize = 4;

/// Steps of a proof, as for findings.
const EFFORT: Effort = Effort { steps: 3_000, without: None };

pub(crate) fn run(args: &[&str]) -> Result<(), Fault> {
    let (mut data, mut count, mut as_json) = (None, COUNT, false);
    let mut args = args.iter();
    while let Some(&arg) = args.next() {
        match arg {
            "--data" => data = Some(*args.next().ok_or("--data needs a folder")?),
            "--count" => count = args.next().ok_or("--count needs a number")?.parse()?,
            "--json" => as_json = true,
            other => return Err(format!("no option `{other}`").into()),
        }
    }
    let world: Box<dyn World> = match data {
        Some(folder) => Box::new(Disk::open(folder)?),
        None => Box::new(Workspace::demo()),
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(THREADS).stack_size(STACK).build()?;
    let searched = pool.install(|| -> Result<Searched, Fault> {
        let (arena, plans) = different(world.as_ref(), count)?;
        forget_peak();
        Ok(search(&arena, &plans))
    })?;
    if as_json {
        println!("{}", serde_json::to_string_pretty(&searched.json())?);
    } else {
        println!("{}", searched.line());
    }
    Ok(())
}

/// So many different normal forms.
fn different(world: &dyn World, count: usize) -> Result<(Arena, Vec<Canonical>), Fault> {
    let (written, all) = statements(world, count * MADE / 100)?;
    let mut arena = Arena::new();
    let mut plans: BTreeMap<Digest, Canonical> = BTreeMap::new();
    for block in all.chunks(4096) {
        let done: Vec<(Arena, Vec<Canonical>)> =
            block.par_chunks(16).map(|group| normal(&written, group)).collect();
        for (small, group) in done {
            let mut copier = Copier::new(&small);
            for plan in group {
                let rel = copier.rel(&mut arena, plan.rel);
                plans.entry(plan.fingerprint).or_insert(Canonical { rel, ..plan });
            }
        }
    }
    if plans.len() < count {
        return Err(format!("there are only {} different plans", plans.len()).into());
    }
    Ok((arena, plans.into_values().take(count).collect()))
}

fn normal(arena: &Arena, group: &[RelId]) -> (Arena, Vec<Canonical>) {
    let (mut scratch, mut copier) = (Arena::new(), Copier::new(arena));
    let mut canonicalizer = Canonicalizer::new();
    let rels: Vec<RelId> = group.iter().map(|rel| copier.rel(&mut scratch, *rel)).collect();
    let plans: Vec<Canonical> =
        rels.into_iter().map(|rel| canonicalizer.canonical(&mut scratch, rel)).collect();
    let (mut small, mut copier) = (Arena::new(), Copier::new(&scratch));
    let plans = plans.into_iter().map(|plan| {
        let rel = copier.rel(&mut small, plan.rel);
        Canonical { rel, ..plan }
    });
    let plans = plans.collect();
    (small, plans)
}

#[derive(Default)]
struct Searched {
    plans: usize,
    /// Candidates of each query, ascending.
    candidates: Vec<usize>,
    tried: usize,
    found: BTreeMap<&'static str, usize>,
    indexed: Duration,
    asked: Duration,
    proved: Duration,
    /// Pairs that sketches propose, and how alike they are on the whole, in hundredths.
    near: (usize, usize),
    sketched: Duration,
    work: Duration,
    /// Most memory the process has had meanwhile, with the plans in it, in MB.
    peak: Option<u64>,
}

fn search(arena: &Arena, plans: &[Canonical]) -> Searched {
    let mut searched = Searched { plans: plans.len(), ..Searched::default() };
    let before = worked();
    let start = Instant::now();
    let mut index = Index::default();
    for group in plans.chunks(GROUP) {
        let (mut scratch, mut copier) = (Arena::new(), Copier::new(arena));
        for plan in group {
            let rel = copier.rel(&mut scratch, plan.rel);
            index.add(&mut scratch, rel);
        }
    }
    index.sort();
    searched.indexed = start.elapsed();
    let start = Instant::now();
    let numbered: Vec<(usize, &Canonical)> = plans.iter().enumerate().collect();
    let candidates: Vec<Vec<usize>> = numbered
        .par_chunks(GROUP)
        .flat_map_iter(|group| {
            let (mut scratch, mut copier) = (Arena::new(), Copier::new(arena));
            let of = |(at, plan): &(usize, &Canonical)| {
                let rel = copier.rel(&mut scratch, plan.rel);
                let mut found = index.candidates(&mut scratch, rel);
                found.retain(|other| other != at);
                found
            };
            group.iter().map(of).collect::<Vec<_>>()
        })
        .collect();
    searched.asked = start.elapsed();
    searched.candidates = candidates.iter().map(Vec::len).collect();
    searched.candidates.sort_unstable();
    searched.tried = candidates.iter().map(|found| found.len().min(TRIED)).sum();
    let start = Instant::now();
    let found: Vec<&'static str> = numbered
        .par_chunks(GROUP)
        .flat_map_iter(|group| derived(arena, plans, group, &candidates))
        .collect();
    searched.proved = start.elapsed();
    for relation in found {
        *searched.found.entry(relation).or_default() += 1;
    }
    let start = Instant::now();
    let sketches: Vec<Sketch> = numbered
        .par_chunks(GROUP)
        .flat_map_iter(|group| {
            let (mut scratch, mut copier) = (Arena::new(), Copier::new(arena));
            let of = |(_, plan): &(usize, &Canonical)| {
                let rel = copier.rel(&mut scratch, plan.rel);
                Sketch::of(&mut scratch, rel)
            };
            group.iter().map(of).collect::<Vec<_>>()
        })
        .collect();
    let near = pairs(&sketches);
    let alike: usize = near.iter().map(|(one, two)| sketches[*one].likeness(&sketches[*two])).sum();
    searched.near = (near.len(), alike / near.len().max(1));
    searched.sketched = start.elapsed();
    searched.work = worked().saturating_sub(before);
    searched.peak = peak();
    searched
}

/// How each of some queries is derived from the first of its candidates that gives it.
fn derived(
    arena: &Arena,
    plans: &[Canonical],
    group: &[(usize, &Canonical)],
    candidates: &[Vec<usize>],
) -> Vec<&'static str> {
    let mut found = Vec::new();
    for (at, query) in group {
        let (mut scratch, mut copier) = (Arena::new(), Copier::new(arena));
        let mut copied = |scratch: &mut Arena, plan: &Canonical| Canonical {
            rel: copier.rel(scratch, plan.rel),
            ..plan.clone()
        };
        let wanted = copied(&mut scratch, query);
        for other in candidates[*at].iter().take(TRIED) {
            let view = copied(&mut scratch, &plans[*other]);
            let columns: Vec<Symbol> =
                (0..view.columns.len()).map(|at| scratch.symbol(&format!("c{at}"))).collect();
            let view = View { plan: &view, name: scratch.symbol("view"), columns: &columns };
            let facts = Facts::default();
            if let Some(derived) = derive_whole(&mut scratch, &facts, view, &wanted, EFFORT) {
                // Two that may be computed from each other by columns alone are the same rows.
                let both = candidates[*other].binary_search(at).is_ok();
                let same = both && derived.relation == Relation::Projection;
                found.push(if same { "the same rows" } else { word(derived.relation) });
                break;
            }
        }
    }
    found
}

fn word(relation: Relation) -> &'static str {
    match relation {
        Relation::Projection => "projections",
        Relation::Filter => "filters",
        Relation::RollUp => "groups",
        Relation::Extends => "joins",
        Relation::Union => "unions",
        Relation::Part => "parts",
    }
}

impl Searched {
    /// Candidates of the query that has more than so many hundredths of all.
    fn at(&self, hundredth: usize) -> usize {
        let last = self.candidates.len().saturating_sub(1);
        self.candidates.get(last * hundredth / 100).copied().unwrap_or(0)
    }

    fn mean(&self) -> f64 {
        let count = |it: usize| f64::from(u32::try_from(it).unwrap_or(u32::MAX));
        count(self.candidates.iter().sum()) / count(self.plans.max(1))
    }

    fn seconds(&self) -> f64 {
        (self.indexed + self.asked + self.proved + self.sketched).as_secs_f64()
    }

    fn line(&self) -> String {
        let found: Vec<String> =
            self.found.iter().map(|(word, count)| format!("{count} {word}")).collect();
        let peak = self.peak.map(|peak| format!(", peak {peak} MB")).unwrap_or_default();
        format!(
            "search: {} plans; candidates a query: mean {:.1}, median {}, p99 {}, most {}; {} pairs tried, {}; \
             {} near pairs, {} % alike; \
             {THREADS} threads, index {:.1} s, asked {:.1} s, proved {:.1} s, near {:.1} s, all {:.1} s, {:.1} s of work{peak}",
            self.plans,
            self.mean(),
            self.at(50),
            self.at(99),
            self.at(100),
            self.tried,
            found.join(", "),
            self.near.0,
            self.near.1,
            self.indexed.as_secs_f64(),
            self.asked.as_secs_f64(),
            self.proved.as_secs_f64(),
            self.sketched.as_secs_f64(),
            self.seconds(),
            self.work.as_secs_f64(),
        )
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "plans": self.plans,
            "candidates": {
                "mean": self.mean(), "median": self.at(50), "p99": self.at(99), "most": self.at(100),
            },
            "tried": self.tried,
            "found": self.found,
            "near": { "pairs": self.near.0, "alike_percent": self.near.1 },
            "threads": THREADS,
            "index_seconds": self.indexed.as_secs_f64(),
            "asked_seconds": self.asked.as_secs_f64(),
            "proved_seconds": self.proved.as_secs_f64(),
            "near_seconds": self.sketched.as_secs_f64(),
            "seconds": self.seconds(),
            "work_seconds": self.work.as_secs_f64(),
            "peak_mb": self.peak,
        })
    }
}
