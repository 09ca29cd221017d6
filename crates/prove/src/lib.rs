//! Whether two plans give the same rows: proved, refuted with rows, or not known.
//!
//! This crate never says "same" without having shown it, never calls a solver, and never looks longer than its
//! budget. Plans in normal form become sums of blocks, which are put side by side; what cannot be shown to be the
//! same is looked at for rows that differ. Each proof is tried on small databases before anybody sees it.
#![warn(clippy::disallowed_methods, reason = "ask the World")]

mod calls;
mod cases;
mod constraints;
mod core;
mod days;
mod distinct;
mod exists;
mod extreme;
mod factors;
mod facts;
mod fetched;
mod limit;
mod looks;
mod lookup;
mod lower;
mod merge;
mod mixed;
mod nobody;
mod number;
mod numbered;
mod outputs;
mod partition;
mod picked;
mod reading;
mod replay;
mod same;
mod show;
mod space;
mod star;
mod state;
mod swap;
mod term;
mod theory;
mod tidy;
mod total;
mod types;
mod values;
mod verdict;
mod window;

pub use constraints::constraints;
pub use looks::Choices;
pub use plumb_check::Replayed;
pub use replay::{claims, replayed};
pub use verdict::{Assumption, Plan, Proof, Verdict, compare, proved, proved_of_one_type};

use plumb_canon::{Canonical, Facts};
use plumb_ir::Arena;

use crate::{
    lower::{Lower, Unfit},
    space::Space,
    state::State,
    term::Block,
    tidy::Mode,
};

/// Rules that proofs are made of, by name.
pub const RULES: &[&str] = &[
    "cases-of-choice",
    "cases-of-condition",
    "columns-in-order",
    "distinct-in-set",
    "distinct-rows-together",
    "exists-by-key",
    "exists-in-set",
    "first-of-each",
    "least-of-least",
    "limit-as-count",
    "limit-before-lookup",
    "limit-before-values",
    "limit-in-exists",
    "limit-of-few",
    "limit-of-limit",
    "limit-of-limits",
    "match-or-none",
    "no-such-row",
    "one-is-the-extreme",
    "one-row-by-key",
    "one-value",
    "partition",
    "parts-of-one",
    "referred-row",
    "row-by-reference",
    "row-known-outside",
    "row-of-first-rows",
    "row-out-of-distinct",
    "row-said-twice",
    "row-that-is-there",
    "rows-and-the-row-itself",
    "same-reading",
    "same-sums",
    "same-value",
    "split-by-choice",
    "sum-by-cases",
    "sum-by-factors",
    "sum-of-nothing",
    "sum-of-sums",
    "told-columns",
    "value-of-the-only-row",
    "values-of-extreme",
    "window-as-aggregate",
];

/// How much is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// Steps of a proof.
    pub steps: u32,
    /// A rule that is not used, to learn what it is good for.
    pub without: Option<&'static str>,
}

impl Default for Effort {
    fn default() -> Self {
        Self { steps: 20_000, without: None }
    }
}

/// What a search for a proof came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Both give the same rows, each as often.
    Same {
        /// What must hold of tables, and of values, in sentences.
        grounds: Vec<String>,
        /// Rules that were used, with how often, by name.
        rules: Vec<(&'static str, usize)>,
        /// Choices that nothing determines and that have to be the same in both.
        choices: Choices,
    },
    /// It was not shown; that says nothing.
    Unknown {
        /// What stood in the way.
        why: &'static str,
    },
}

/// What stands in the way where nothing that was looked at helped.
const NOT_SHOWN: &str = "not shown";

/// Looks for a proof that two plans in normal form give the same rows, output by output.
pub fn prove(
    arena: &mut Arena,
    facts: &Facts,
    left: &Canonical,
    right: &Canonical,
    effort: Effort,
) -> Outcome {
    let unknown = |why| Outcome::Unknown { why };
    if left.columns.len() != right.columns.len() {
        return unknown("another number of columns");
    }
    let mut space = Space::new(arena, facts, effort);
    let (one, two) = match (blocks(&mut space, left), blocks(&mut space, right)) {
        (Ok(one), Ok(two)) => (one, two),
        (Err(Unfit(why)), _) | (_, Err(Unfit(why))) => return unknown(why),
    };
    let (first, second) = (looks::choices(&space, &one), looks::choices(&space, &two));
    let choices = Choices { limit: first.limit || second.limit, ties: first.ties || second.ties };
    if State::default().same_blocks(&mut space, one, two) {
        let grounds = space.grounds.iter().filter_map(|ground| facts.told(*ground));
        let grounds = grounds.chain(space.assumed.iter().copied());
        return Outcome::Same {
            grounds: grounds.map(str::to_owned).collect(),
            rules: space.used(),
            choices,
        };
    }
    unknown(if space.steps == 0 { "more to look at than the effort allows" } else { NOT_SHOWN })
}

/// The rows of a plan as a sum, its outputs where they were.
fn blocks(space: &mut Space<'_>, plan: &Canonical) -> Result<Vec<Block>, Unfit> {
    let mut lower = Lower { space, scopes: Vec::new() };
    let lowered = lower.rel(plan.rel)?;
    let lowered: Vec<Block> = lowered.into_iter().map(|block| lower.counted(block)).collect();
    let mut blocks = Vec::new();
    for block in lowered {
        for mut block in space.tidy(block, Mode::Bag) {
            let out = plan.columns.iter().map(|at| block.out.get(*at as usize).copied());
            let out: Option<Vec<_>> = out.collect();
            let out = out.ok_or(Unfit("a column that is not there"))?;
            block.out = out.into_iter().map(|id| space.as_value(id)).collect();
            blocks.push(block);
        }
    }
    Ok(blocks)
}

/// Choices that the rows of a plan depend on.
pub fn choices(arena: &mut Arena, facts: &Facts, plan: &Canonical) -> Choices {
    let mut space = Space::new(arena, facts, Effort::default());
    match blocks(&mut space, plan) {
        Ok(blocks) => looks::choices(&space, &blocks),
        Err(_) => Choices { limit: true, ties: true },
    }
}

/// A plan as the sum that is put beside others, for people.
pub fn shown(arena: &mut Arena, facts: &Facts, plan: &Canonical) -> String {
    let mut space = Space::new(arena, facts, Effort::default());
    match blocks(&mut space, plan) {
        Ok(blocks) => {
            let show = show::Show { space: &space };
            let blocks: Vec<String> = blocks.iter().map(|block| show.block(block, 0)).collect();
            blocks.join("\n")
        }
        Err(Unfit(why)) => why.to_owned(),
    }
}
