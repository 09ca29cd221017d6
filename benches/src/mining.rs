//! `mining`: how long it takes to normalise, fingerprint and mine very many statements that were parsed and resolved
//! before, and how that grows.
//!
//! The statements are those of a platform, each written many times with one thing changed: a constant, a table, or a
//! condition more. Neighbours come from different statements, so that what is known of one helps little with the next.

mod vary;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use plumb_base::{Digest, World};
use plumb_canon::{Canonicalizer, Subplan, obstacles, subplans};
use plumb_connect::Disk;
use plumb_estate::{Depth, Options};
use plumb_ir::{Arena, Copier, RelId};
use plumb_workspace::Workspace;
use rayon::prelude::*;
use serde_json::json;

use crate::Fault;

/// How many statements, unless somebody says otherwise.
const COUNT: usize = 100_000;

/// Threads that share the work.
pub(crate) const THREADS: usize = 2;

/// Statements nest as deep as their authors like.
pub(crate) const STACK: usize = 256 << 20;

/// Statements that share an arena, as in `estate`, and statements that are done before what they gave is gathered.
const GROUP: usize = 16;
const BLOCK: usize = 4096;

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
    let (arena, varied) = pool.install(|| statements(world.as_ref(), count))?;
    let mut all = Vec::new();
    for count in [count / 4, count / 2, count] {
        forget_peak();
        let (start, worked) = (Instant::now(), worked());
        let mut mined = pool.install(|| mine(&arena, &varied[..count]));
        mined.time = start.elapsed();
        mined.work = self::worked().saturating_sub(worked);
        mined.peak = peak();
        if !as_json {
            println!("{}", mined.line(all.first()));
        }
        all.push(mined);
    }
    if as_json {
        let all: Vec<_> = all.iter().map(Mined::json).collect();
        println!("{}", serde_json::to_string_pretty(&all)?);
    }
    Ok(())
}

/// So many different plans, made of those of a platform.
pub(crate) fn statements(world: &dyn World, count: usize) -> Result<(Arena, Vec<RelId>), Fault> {
    let found = plumb_connect::discover(world);
    let options = Options { dialect: None, depth: Depth::Written };
    let estate = plumb_estate::read(&found, &|name| world.variable(name), &options);
    let mut arena = Arena::new();
    let mut copier = Copier::new(&estate.arena);
    let written = estate.assets.iter().filter(|asset| asset.computes_rows());
    let written: Vec<RelId> =
        written.filter_map(|asset| Some(copier.rel(&mut arena, asset.rel?))).collect();
    let (mut known, mut varied) = (BTreeSet::new(), Vec::with_capacity(count));
    for turn in 0..u32::try_from(count)? {
        for rel in &written {
            let new = vary::varied(&mut arena, *rel, turn);
            if varied.len() < count && known.insert(new) {
                varied.push(new);
            }
        }
        if varied.len() == count {
            return Ok((arena, varied));
        }
        if varied.len() < turn as usize {
            break;
        }
    }
    Err(format!("there are no {count} different statements to be made of these").into())
}

/// What one statement gave.
struct Form {
    rel: RelId,
    fingerprint: Digest,
    parts: Vec<Subplan>,
    final_obstacles: usize,
}

#[derive(Default)]
struct Mined {
    statements: usize,
    /// Different normal forms.
    forms: usize,
    parts: usize,
    /// Parts that stand in several statements, and those of them that are in no larger one of the same statements.
    repeated: usize,
    maximal: usize,
    final_obstacles: usize,
    time: Duration,
    /// What all threads worked together; others may want the processors, too.
    work: Duration,
    /// Most memory the process has had meanwhile, with the statements in it, in MB.
    peak: Option<u64>,
}

fn mine(arena: &Arena, statements: &[RelId]) -> Mined {
    let mut gathered = Arena::new();
    let mut forms: Vec<Form> = Vec::with_capacity(statements.len());
    for block in statements.chunks(BLOCK) {
        let done: Vec<(Arena, Vec<Form>)> =
            block.par_chunks(GROUP).with_max_len(1).map(|group| normalised(arena, group)).collect();
        for (small, group) in done {
            let mut copier = Copier::new(&small);
            forms.extend(group.into_iter().map(|form| form.copied(&mut copier, &mut gathered)));
        }
    }
    let mut mined = Mined { statements: statements.len(), ..Mined::default() };
    mined.forms = forms.iter().map(|form| form.fingerprint).collect::<BTreeSet<_>>().len();
    mined.parts = forms.iter().map(|form| form.parts.len()).sum();
    mined.final_obstacles = forms.iter().map(|form| form.final_obstacles).sum();
    (mined.repeated, mined.maximal) = repeated(&forms);
    mined
}

/// The normal forms of a few statements, in an arena that holds nothing else.
fn normalised(arena: &Arena, group: &[RelId]) -> (Arena, Vec<Form>) {
    let (mut scratch, mut copier) = (Arena::new(), Copier::new(arena));
    let mut canonicalizer = Canonicalizer::new();
    let mut forms = Vec::with_capacity(group.len());
    for rel in group {
        let rel = copier.rel(&mut scratch, *rel);
        let normal = canonicalizer.canonical(&mut scratch, rel);
        let parts = subplans(&mut scratch, normal.rel, &mut canonicalizer);
        let stands = obstacles(&scratch, normal.rel);
        let final_obstacles = stands.iter().filter(|it| it.is_final()).count();
        let (rel, fingerprint) = (normal.rel, normal.fingerprint);
        forms.push(Form { rel, fingerprint, parts, final_obstacles });
    }
    let mut small = Arena::new();
    let mut copier = Copier::new(&scratch);
    let forms = forms.into_iter().map(|form| form.copied(&mut copier, &mut small)).collect();
    (small, forms)
}

impl Form {
    fn copied(mut self, copier: &mut Copier<'_>, to: &mut Arena) -> Self {
        self.rel = copier.rel(to, self.rel);
        for part in &mut self.parts {
            part.rel = copier.rel(to, part.rel);
        }
        self
    }
}

/// How many parts stand in several statements; how many of them stand in no larger one of the same statements.
fn repeated(forms: &[Form]) -> (usize, usize) {
    let mut found: BTreeMap<Digest, Vec<(usize, &Subplan)>> = BTreeMap::new();
    for (at, form) in forms.iter().enumerate() {
        for part in &form.parts {
            // Equal digests find candidates; the nodes decide.
            let known = found.entry(part.digest).or_default();
            if known.first().is_none_or(|(_, first)| first.rel == part.rel) {
                known.push((at, part));
            }
        }
    }
    found.retain(|_, known| known.len() > 1);
    let mut inside = BTreeSet::new();
    for known in found.values() {
        for inner in &known[0].1.inside {
            let same = |other: &Vec<(usize, &Subplan)>| {
                other.iter().map(|(at, _)| at).eq(known.iter().map(|(at, _)| at))
            };
            if found.get(inner).is_some_and(same) {
                inside.insert(*inner);
            }
        }
    }
    (found.len(), found.len() - inside.len())
}

/// How long the process has worked so far, where the system tells.
pub(crate) fn worked() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program is in parentheses and may hold anything.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u64 = fields.skip(11).take(2).filter_map(|it| it.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// Lets the system count the most memory anew, where it can.
pub(crate) fn forget_peak() {
    std::fs::write("/proc/self/clear_refs", "5").unwrap_or_default();
}

/// The most memory that the process has had, in MB, where the system tells.
pub(crate) fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib * 1024 / 1_000_000)
}

impl Mined {
    /// Work over n log n, against that of a smaller run.
    fn growth(&self, smaller: &Self) -> f64 {
        let unit = |it: &Self| {
            let count = f64::from(u32::try_from(it.statements).unwrap_or(u32::MAX)).max(2.0);
            it.work.max(it.time / 100).as_secs_f64() / (count * count.log2())
        };
        unit(self) / unit(smaller)
    }

    fn line(&self, smaller: Option<&Self>) -> String {
        let growth = smaller
            .map(|smaller| format!(", {:.2}x of n log n", self.growth(smaller)))
            .unwrap_or_default();
        let peak = self.peak.map(|peak| format!(", peak {peak} MB")).unwrap_or_default();
        format!(
            "mining: {} statements, {} forms, {} parts, {} repeated, {} of them maximal, {} obstacles; {THREADS} \
             threads, {:.1} s of work, {:.1} s{growth}{peak}",
            self.statements,
            self.forms,
            self.parts,
            self.repeated,
            self.maximal,
            self.final_obstacles,
            self.work.as_secs_f64(),
            self.time.as_secs_f64(),
        )
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "statements": self.statements,
            "forms": self.forms,
            "parts": self.parts,
            "repeated": self.repeated,
            "maximal": self.maximal,
            "final_obstacles": self.final_obstacles,
            "threads": THREADS,
            "work_seconds": self.work.as_secs_f64(),
            "seconds": self.time.as_secs_f64(),
            "peak_mb": self.peak,
        })
    }
}
