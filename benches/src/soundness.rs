//! `soundness`: no two plans with one normal form differ on any rows that a search finds.
//!
//! Random plans, the same written another way, and both with one small thing changed; the same of the left
//! plans of public pairs. A plan that changed and kept its normal form has to be equal.

// What is random in the oracle of `canon` is random here.
#[path = "../../crates/canon/tests/oracle/grow.rs"]
mod grow;
#[path = "../../crates/canon/tests/oracle/grow_scalar.rs"]
mod grow_scalar;
#[path = "../../crates/canon/tests/oracle/mutate.rs"]
mod mutate;
#[path = "../../crates/canon/tests/oracle/tables.rs"]
pub(crate) mod tables;
#[path = "../../crates/canon/tests/oracle/twin.rs"]
mod twin;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use plumb_canon::{Canonicalizer, Facts};
use plumb_eval::{Constraints, Effort, Outcome, Side};
use plumb_ir::{Arena, RelId, text::print_rel};
use plumb_prove::constraints;
use serde_json::json;

use crate::{
    Fault,
    equivalence::{self, refute::told, spread},
};

/// Changes of each plan of a pair.
const MUTANTS: u64 = 8;

pub(crate) fn run(args: &[&str]) -> Result<(), Fault> {
    let (mut data, mut rounds, mut from, mut as_json) = (None, 2_000_u64, 0_u64, false);
    let mut args = args.iter();
    while let Some(&arg) = args.next() {
        match arg {
            "--data" => data = Some(Path::new(*args.next().ok_or("--data needs a folder")?)),
            "--rounds" => rounds = args.next().ok_or("--rounds needs a number")?.parse()?,
            "--seed" => from = args.next().ok_or("--seed needs a number")?.parse()?,
            "--json" => as_json = true,
            other => return Err(format!("no option `{other}`").into()),
        }
    }
    let mut tallies = vec![random(from, rounds)];
    if let Some(data) = data {
        let mut tally = Tally::new("pairs");
        equivalence::each(data, &mut |id, arena, pair| {
            for chance in 0..MUTANTS {
                tally.mutant(arena, pair.left, &pair.facts, mixed(chance, id.len() as u64), id);
            }
        })?;
        tallies.push(tally);
    }
    for tally in &mut tallies {
        tally.show(as_json);
    }
    let wrong: usize = tallies.iter().map(|tally| tally.wrong).sum();
    if wrong > 0 { Err(format!("{wrong} proofs were refuted").into()) } else { Ok(()) }
}

/// Numbers that look like chance.
fn mixed(seed: u64, salt: u64) -> u64 {
    let mixed = (seed ^ (salt << 32)).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 29)
}

/// A random plan.
pub(crate) fn plan(seed: u64) -> (Arena, RelId) {
    let mut state = seed;
    let bytes: Vec<u8> = (0..260)
        .map(|_| {
            state = mixed(state, seed);
            u8::try_from(state >> 56).unwrap_or(0)
        })
        .collect();
    let mut grow = grow::Grow::new(&bytes);
    let rel = grow.dataset();
    (grow.arena, rel)
}

/// The same plan, written another way.
pub(crate) fn twin(arena: &mut Arena, rel: RelId, seed: u64) -> RelId {
    twin::Twin { arena, seed }.rel(rel)
}

/// Random rows for the tables of random plans.
pub(crate) fn rows(
    seed: u64,
    table: &str,
    columns: &[(&'static str, tables::Kind)],
) -> plumb_eval::Table {
    let bytes: Vec<u8> =
        (0..120).map(|at| u8::try_from(mixed(seed, at) >> 56).unwrap_or(0)).collect();
    let mut filled = tables::table(columns);
    filled.rows = grow::Grow::new(&bytes).rows(table, columns);
    filled
}

fn random(from: u64, rounds: u64) -> Tally {
    let (facts, known) = (tables::facts(), tables::constraints());
    let mut tally = Tally::new("random");
    for seed in from..from.saturating_add(rounds) {
        let (mut arena, rel) = plan(seed);
        let twin = twin(&mut arena, rel, seed);
        let mut canonicalizer = Canonicalizer::knowing(facts.clone());
        let one = canonicalizer.canonical(&mut arena, rel);
        let two = canonicalizer.canonical(&mut arena, twin);
        let width = one.columns.len();
        let effort = plumb_prove::Effort::default();
        let outcome = plumb_prove::prove(&mut arena, &facts, &one, &two, effort);
        tally.twins += 1;
        tally.shown += usize::from(matches!(outcome, plumb_prove::Outcome::Same { .. }));
        if let Outcome::Different(found) = searched(&arena, rel, twin, width, &known) {
            tally.wrong += 1;
            let text = told(&Outcome::Different(found));
            println!(
                "twin {seed}:\n{}\n{}\n{text}",
                print_rel(&arena, rel),
                print_rel(&arena, twin)
            );
        }
        for chance in 0..3 {
            let name = format!("seed {seed}");
            tally.mutant(&mut arena, rel, &facts, mixed(chance, seed), &name);
        }
    }
    tally
}

fn searched(arena: &Arena, one: RelId, two: RelId, width: usize, known: &Constraints) -> Outcome {
    let outputs: Vec<u32> = (0..).take(width).collect();
    let side = |rel| Side { rel, outputs: &outputs };
    plumb_eval::refute(arena, side(one), side(two), known, Effort::default())
}

struct Tally {
    name: &'static str,
    /// Plans with one thing changed.
    mutants: usize,
    /// Plans written in two ways, and those that were shown to be the same.
    twins: usize,
    shown: usize,
    /// Those with the normal form of the original.
    same: usize,
    /// Those of the others that were refuted.
    refuted: usize,
    /// Refuted, and yet with one normal form.
    wrong: usize,
    times: Vec<Duration>,
}

impl Tally {
    fn new(name: &'static str) -> Self {
        Self {
            name,
            mutants: 0,
            twins: 0,
            shown: 0,
            same: 0,
            refuted: 0,
            wrong: 0,
            times: Vec::new(),
        }
    }

    fn mutant(&mut self, arena: &mut Arena, rel: RelId, facts: &Facts, chance: u64, name: &str) {
        let Some(mutant) = mutate::mutant(arena, rel, chance) else { return };
        let mut canonicalizer = Canonicalizer::knowing(facts.clone());
        let one = canonicalizer.canonical(arena, rel);
        let two = canonicalizer.canonical(arena, mutant);
        let mut same = one.rel == two.rel && one.columns == two.columns;
        if !same {
            let effort = plumb_prove::Effort::default();
            let outcome = plumb_prove::prove(arena, facts, &one, &two, effort);
            same = matches!(outcome, plumb_prove::Outcome::Same { .. });
        }
        let start = Instant::now();
        let found = searched(arena, rel, mutant, one.columns.len(), &constraints(facts));
        let time = start.elapsed();
        self.mutants += 1;
        self.same += usize::from(same);
        if let Outcome::Different(_) = found {
            self.times.push(time);
            self.refuted += usize::from(!same);
            if same {
                self.wrong += 1;
                let (rel, mutant) = (print_rel(arena, rel), print_rel(arena, mutant));
                println!("{name}, chance {chance}:\n{rel}\n{mutant}\n{}", told(&found));
            }
        }
    }

    fn show(&mut self, as_json: bool) {
        let (median, last) = spread(&mut self.times);
        let (median, last) = (median.as_micros(), last.as_micros());
        let Self { name, mutants, twins, shown, same, refuted, wrong, .. } = self;
        let others = *mutants - *same;
        if as_json {
            let row = json!({
                "name": name, "mutants": mutants, "same": same, "others": others,
                "refuted": refuted, "wrong": wrong,
                "median_us": u64::try_from(median).unwrap_or(u64::MAX),
                "p99_us": u64::try_from(last).unwrap_or(u64::MAX),
            });
            println!("{row}");
            return;
        }
        println!(
            "{name}: twins {shown}/{twins}, mutants {mutants}, same {same}, refuted {refuted}/{others}, wrong {wrong}, \
             median {median} us, p99 {last} us"
        );
    }
}
