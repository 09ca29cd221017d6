//! Whether two plans give the same rows: sums of blocks, put side by side.
//!
//! This crate never says "same" without having shown it, never calls a solver, and never looks longer than its
//! budget. What it cannot show it does not know.
#![warn(clippy::disallowed_methods, reason = "ask the World")]

mod facts;
mod limit;
mod looks;
mod lower;
mod number;
mod same;
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

use plumb_canon::{Canonical, Facts};
use plumb_ir::Arena;

use crate::{
    lower::{Lower, Unfit},
    space::Space,
    state::State,
    term::Block,
    tidy::Mode,
};

/// How much is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// Steps of all searches together.
    pub steps: u32,
}

impl Default for Effort {
    fn default() -> Self {
        Self { steps: 60_000 }
    }
}

/// What the search came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Both give the same rows, each as often, where these sentences about tables hold.
    Same { grounds: Vec<String> },
    /// It was not shown; that says nothing.
    Unknown { why: &'static str },
}

/// Whether two plans in normal form give the same rows, output by output.
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
    let mut space = Space::new(arena, facts, effort.steps);
    let (one, two) = match (blocks(&mut space, left), blocks(&mut space, right)) {
        (Ok(one), Ok(two)) => (one, two),
        (Err(Unfit(why)), _) | (_, Err(Unfit(why))) => return unknown(why),
    };
    let mut state = State::default();
    if state.same_blocks(&mut space, one, two) {
        let grounds = space.grounds.iter().filter_map(|ground| facts.told(*ground));
        let assumed = space.assumed.iter().copied();
        let grounds = grounds.chain(assumed).map(str::to_owned).collect();
        return Outcome::Same { grounds };
    }
    unknown(if space.steps == 0 { "more to look at than the effort allows" } else { "not shown" })
}

/// The rows of a plan as a sum, its outputs where they were.
fn blocks(space: &mut Space<'_>, plan: &Canonical) -> Result<Vec<Block>, Unfit> {
    let lowered = Lower { space, scopes: Vec::new() }.rel(plan.rel)?;
    let mut blocks = Vec::new();
    for block in lowered {
        for mut block in space.tidy(block, Mode::Bag) {
            let out = plan.columns.iter().map(|at| block.out.get(*at as usize).copied());
            block.out = out.collect::<Option<_>>().ok_or(Unfit("a column that is not there"))?;
            blocks.push(block);
        }
    }
    Ok(blocks)
}

/// The sums that two plans are, for people who mend this.
pub fn explained(arena: &mut Arena, facts: &Facts, plan: &Canonical) -> String {
    let mut space = Space::new(arena, facts, Effort::default().steps);
    match blocks(&mut space, plan) {
        Ok(blocks) => {
            let show = show::Show { space: &space };
            blocks.iter().map(|block| show.block(block, 0)).collect::<Vec<_>>().join("\n")
        }
        Err(Unfit(why)) => why.to_owned(),
    }
}

mod show;
