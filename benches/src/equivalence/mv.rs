//! Views, and queries that may be rewritten to read them.

use plumb_canon::{Canonicalizer, Facts};
use plumb_derive::{Relation, View, derive};
use plumb_eval::Outcome;
use plumb_ir::{Arena, RelId, Symbol, text::print_rel};
use plumb_syntax::sql::Dialect;
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{
    Asked, Pair,
    decide::decide,
    refute::{self, Known, Refutations},
    spread,
    text::{Tables, whole},
};
use crate::Fault;

/// The set's name.
const NAME: &str = "calcite_mv_rewrite";

/// Below the folder of all sets.
const FILE: &str = "calcite_mv_rewrite/mv_pairs.jsonl";

/// A view, and a query that reads perhaps no more than the view has.
struct Rewriting {
    view: RelId,
    query: RelId,
    /// Whether the engine that the pair is of rewrites it; what it does not may still be possible.
    rewritten: bool,
    facts: Facts,
}

#[derive(Default)]
struct Tally {
    pairs: usize,
    /// Pairs that the engine rewrites.
    rewritten: usize,
    views: usize,
    queries: usize,
    /// Pairs of which both are read whole, and those of them that the engine rewrites.
    whole: usize,
    whole_rewritten: usize,
    /// Queries that are the view.
    same: usize,
    /// Queries that are derived from the view: of the pairs that the engine rewrites, and of the others.
    derived: usize,
    others: usize,
    /// Those of them that rows contradict.
    wrong: usize,
    relations: BTreeMap<Relation, usize>,
    times: Vec<Duration>,
}

/// Reads the set, and says how much of it was understood.
pub(super) fn run(asked: &Asked<'_>) -> Result<Option<Value>, Fault> {
    let path = asked.data.join(FILE);
    if !path.exists() {
        eprintln!("{NAME}: no {}", path.display());
        return Ok(None);
    }
    let mut tally = Tally::default();
    for row in super::lines(&path)? {
        let id = row["id"].as_str().unwrap_or("?");
        if asked.show.is_none_or(|wanted| wanted == id) {
            tally.pair(&row, id, asked);
        }
    }
    if asked.show.is_none() && !asked.json {
        println!("{}", tally.line());
    }
    Ok(Some(tally.json()))
}

/// What is known of the tables of a pair: keys are declared in one of the two schemas only.
fn tables(row: &Value) -> Tables {
    let mut tables = Tables::declared(include_str!("mv_tables.sql"), Dialect::plain());
    if row["engine"] != "MaterializedViewRule" {
        tables.forget_keys();
    }
    tables
}

/// Names in capitals without their quotes: where these pairs come from, bare names are in capitals.
fn bare(text: &str) -> String {
    let mut parts: Vec<String> = text.split('"').map(str::to_owned).collect();
    for (at, part) in parts.iter_mut().enumerate() {
        let capitals = part.bytes().all(|byte| byte.is_ascii_uppercase());
        if at % 2 == 1 && !capitals {
            *part = format!("\"{part}\"");
        }
    }
    parts.concat()
}

impl Tally {
    fn pair(&mut self, row: &Value, id: &str, asked: &Asked<'_>) {
        let mut arena = Arena::new();
        let tables = tables(row);
        let rewritten = row["calcite_result"] == "ok";
        self.pairs += 1;
        self.rewritten += usize::from(rewritten);
        let mut side = |key: &str, count: &mut usize| {
            let text = bare(row[key].as_str().unwrap_or_default());
            match whole(&mut arena, &text, &tables) {
                Ok(rel) => {
                    *count += 1;
                    Some(rel)
                }
                Err(why) => {
                    if asked.list || asked.show.is_some() {
                        println!("{NAME}: {id}: {key} not read: {why}");
                    }
                    None
                }
            }
        };
        let (view, query) = (side("view", &mut self.views), side("query", &mut self.queries));
        let (Some(view), Some(query)) = (view, query) else { return };
        let rewriting = Rewriting { view, query, rewritten, facts: tables.facts };
        self.whole += 1;
        self.whole_rewritten += usize::from(rewriting.rewritten);
        let pair = Pair { left: rewriting.view, right: rewriting.query, facts: rewriting.facts };
        if asked.show.is_some() {
            super::show(&mut arena, row, &pair);
        }
        self.same += usize::from(decide(&mut arena, &pair, asked.effort).equal);
        self.derive(&mut arena, &pair, rewriting.rewritten, id, asked);
    }

    fn derive(
        &mut self,
        arena: &mut Arena,
        pair: &Pair,
        rewritten: bool,
        id: &str,
        asked: &Asked<'_>,
    ) {
        let told = asked.list || asked.show.is_some();
        let mut canonicalizer = Canonicalizer::knowing(pair.facts.clone());
        let plan = canonicalizer.canonical(arena, pair.left);
        let query = canonicalizer.canonical(arena, pair.right);
        let columns: Vec<Symbol> =
            (0..plan.columns.len()).map(|at| arena.symbol(&format!("c{at}"))).collect();
        let view = View { plan: &plan, name: arena.symbol("view"), columns: &columns };
        let start = Instant::now();
        let derived = derive(arena, &pair.facts, view, &query, asked.effort);
        self.times.push(start.elapsed());
        let Some(derived) = derived else {
            if told && rewritten {
                println!("{NAME}: {id}: not rewritten");
            }
            return;
        };
        *self.relations.entry(derived.relation).or_default() += 1;
        *(if rewritten { &mut self.derived } else { &mut self.others }) += 1;
        if told && !rewritten {
            println!("{NAME}: {id}: rewritten, and not by the engine");
        }
        if asked.show.is_some() {
            println!("{:?}\n{}", derived.relation, print_rel(arena, derived.rel));
        }
        // Again, and on far more databases than a proof is tried on.
        let put_in = view.put_in(arena, derived.rel);
        let pair = Pair { left: put_in, right: query.rel, facts: pair.facts.clone() };
        let known = Known { proved: true, claimed: true, width: query.columns.len() };
        if let outcome @ Outcome::Different(_) = Refutations::default().pair(arena, &pair, known) {
            self.wrong += 1;
            println!("{NAME}: {id}: wrong\n{}", refute::told(&outcome));
        }
    }

    fn line(&self) -> String {
        let Self { rewritten, whole, pairs, same, derived, others, wrong, .. } = self;
        let relations: Vec<String> =
            self.relations.iter().map(|(it, count)| format!("{it:?} {count}")).collect();
        let (median, last) = spread(&mut self.times.clone());
        format!(
            "{NAME}: rewritten {derived}/{rewritten}, others {others}, wrong {wrong}, \
             median {} us, p99 {} us; read whole {whole}/{pairs}, \
             query is the view {same}, {}",
            median.as_micros(),
            last.as_micros(),
            relations.join(", ")
        )
    }

    fn json(&self) -> Value {
        json!({
            "name": NAME,
            "pairs": self.pairs,
            "rewritten": self.rewritten,
            "views": self.views,
            "queries": self.queries,
            "whole": self.whole,
            "whole_rewritten": self.whole_rewritten,
            "same": self.same,
            "derived": self.derived,
            "others": self.others,
            "wrong": self.wrong,
        })
    }
}
