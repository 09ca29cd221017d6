//! The checker attacked: plans rewritten as they may and as they may not be, and what it says of any two of them.
//!
//! `ATTACKS=3000 FROM=1000 cargo test -p plumb-prove --test attack -- --nocapture` looks for a long time.
#![expect(clippy::print_stdout, reason = "says how much was tried")]

mod facts;
#[path = "../../canon/tests/oracle/grow.rs"]
#[expect(dead_code, reason = "rows are grown elsewhere")]
mod grow;
#[path = "../../canon/tests/oracle/grow_scalar.rs"]
mod grow_scalar;
#[path = "../../canon/tests/oracle/mutate.rs"]
mod mutate;
#[path = "../../canon/tests/oracle/tables.rs"]
#[expect(dead_code, reason = "rows are grown elsewhere")]
mod tables;
#[path = "../../canon/tests/oracle/twin.rs"]
mod twin;
#[path = "../../canon/tests/oracle/twist.rs"]
mod twist;
#[path = "../../canon/tests/oracle/twist_from.rs"]
mod twist_from;
#[path = "../../canon/tests/oracle/twist_rel.rs"]
mod twist_rel;
#[path = "../../canon/tests/oracle/twist_scalar.rs"]
mod twist_scalar;
#[path = "../../eval/tests/width.rs"]
mod width;

use plumb_canon::{Facts, rewrites};
use plumb_check::{Judgement, Plan, same_plans};
use plumb_eval::{Effort, Outcome, Side, refute};
use plumb_ir::{
    Arena, RelId,
    text::{parse_rel, print_rel},
};
use plumb_prove::{claims, constraints};

/// Plans that are made of one.
const VARIANTS: u64 = 7;

#[derive(Default)]
struct Tally {
    asked: usize,
    held: usize,
    wrong: Vec<String>,
}

impl Tally {
    fn done(&self, what: &str) {
        println!("{what}: {} pairs, {} held, {} wrong", self.asked, self.held, self.wrong.len());
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n\n"));
        assert!(self.held > 0, "nothing was held for the same");
    }
}

/// Numbers that look like chance.
fn mixed(seed: u64, salt: u64) -> u64 {
    let mixed = (seed ^ (salt << 32)).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 29)
}

/// Plans made of some by one to three changes each.
fn variants(arena: &mut Arena, facts: &Facts, begin: &[RelId], seed: u64) -> Vec<RelId> {
    let columns = |(name, table): (&str, &plumb_canon::Table)| {
        let pair = |column: &String| (name.to_owned(), column.clone());
        table.columns.keys().map(pair).collect::<Vec<_>>()
    };
    let tables: Vec<(String, String)> = facts.tables().flat_map(columns).collect();
    let mut all: Vec<RelId> = begin.to_vec();
    for turn in 1..=VARIANTS {
        let seed = mixed(seed, turn);
        let mut rel = begin[usize::try_from(seed >> 40).unwrap_or(0) % begin.len()];
        for step in 0..=(seed >> 20) % 3 {
            let seed = mixed(seed, step + 77);
            let mut twist = twist::Twist { arena, seed, tables: tables.clone() };
            rel = twist.plan(rel).unwrap_or(rel);
        }
        if seed.is_multiple_of(3) {
            rel = twin::Twin { arena, seed }.rel(rel);
        }
        if seed.is_multiple_of(5) {
            rel = mutate::mutant(arena, rel, seed >> 12).unwrap_or(rel);
        }
        all.push(rel);
    }
    all.sort();
    all.dedup();
    all
}

fn attacked(arena: &mut Arena, facts: &Facts, begin: &[RelId], seed: u64, tally: &mut Tally) {
    let known = claims(facts);
    let all = variants(arena, facts, begin, seed);
    for (at, one) in all.iter().enumerate() {
        for two in &all[at + 1..] {
            tally.asked += 1;
            let plans = [one, two].map(|rel| Plan::whole(*rel));
            if same_plans(arena, &known, plans[0], plans[1]) != Judgement::Holds {
                continue;
            }
            tally.held += 1;
            let outputs: Vec<u32> = (0..).take(width::width(arena, *one)).collect();
            let sides = [one, two].map(|rel| Side { rel: *rel, outputs: &outputs });
            let effort = Effort { databases: 120, ..Effort::default() };
            let found = refute(arena, sides[0], sides[1], &constraints(facts), effort);
            if let Outcome::Different(found) = found {
                let [one, two] = [one, two].map(|rel| print_rel(arena, *rel));
                let rows = plumb_eval::inserts(&found.database);
                tally.wrong.push(format!("seed {seed}\n{one}\n{two}\n{rows}"));
            }
        }
    }
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|it| it.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn random_plans() {
    let facts = tables::facts();
    let mut tally = Tally::default();
    let from = number("FROM", 0);
    for seed in from..from + number("ATTACKS", 60) {
        let mut state = seed;
        let mut byte = |_| {
            state = mixed(state, seed);
            u8::try_from(state >> 56).unwrap_or(0)
        };
        let bytes: Vec<u8> = (0..20 + seed % 160).map(&mut byte).collect();
        let mut grow = grow::Grow::new(&bytes);
        let rel = grow.dataset();
        let mut arena = grow.arena;
        attacked(&mut arena, &facts, &[rel], mixed(seed, 5), &mut tally);
    }
    tally.done("random plans");
}

/// Cases of pages of rewrites: what is known, and the plan before and after.
fn cases() -> Vec<(Facts, [String; 2])> {
    let mut all = Vec::new();
    for rewrite in rewrites() {
        let mut fence: Option<(&str, String)> = None;
        let (mut known, mut before) = (Facts::default(), String::new());
        for line in rewrite.page.lines() {
            match &mut fence {
                Some((kind, body)) if line == "```" => {
                    match *kind {
                        "facts" => known = facts::facts(body),
                        "before" => before.clone_from(body),
                        "after" => all.push((known.clone(), [before.clone(), body.clone()])),
                        _ => {}
                    }
                    fence = None;
                }
                Some((_, body)) => body.extend([line, "\n"]),
                None if line.starts_with("## ") => known = Facts::default(),
                None => fence = line.strip_prefix("```").map(|kind| (kind, String::new())),
            }
        }
    }
    all
}

#[test]
fn cases_of_pages() {
    let mut tally = Tally::default();
    let (from, turns) = (number("FROM", 0), number("ATTACKS", 60).div_ceil(60));
    for (facts, texts) in cases() {
        for turn in from..from + turns {
            let mut arena = Arena::new();
            let plans = texts.each_ref().map(|text| parse_rel(&mut arena, text).expect("a plan"));
            let seed = mixed(turn, texts[0].len() as u64);
            attacked(&mut arena, &facts, &plans, seed, &mut tally);
        }
    }
    tally.done("cases of pages");
}
