//! Whether the steps of a proof hold: each by laws of sums of products, all together from one plan to the other.
//!
//! This crate never looks for a proof, never rewrites a plan as `canon` does, shares no code with what it checks, and
//! never says of a step that it holds without a law for it: what it cannot replay it names.
#![warn(clippy::disallowed_methods, reason = "ask the World")]

mod absent;
mod cases;
mod chain;
mod claims;
mod constant;
mod days;
mod expose;
mod group;
mod join;
mod keys;
mod lateral;
mod limit;
mod lower;
mod model;
mod pair;
mod pairing;
mod parts;
mod place;
mod refer;
mod scalar;
mod term;
mod text;
mod theory;
mod there;
mod tidy;
mod total;
mod types;

pub use chain::{Lemma, Order, Path, Replayed, Step, replay};
pub use claims::{Claims, Reference, TableClaims};

use plumb_ir::{Arena, RelId, ScalarId};

use crate::{lower::Kernel, pair::ready, tidy::Mode};

/// What the laws say of two plans, or of two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// They are the same, whatever stands in the tables.
    Holds,
    /// No law says so.
    Unknown(&'static str),
    /// They cannot be the same.
    Refuted,
}

/// A plan, and which of its outputs are compared, in the order of the other's; all as they stand, if none are named.
#[derive(Debug, Clone, Copy)]
pub struct Plan<'a> {
    /// The plan.
    pub rel: RelId,
    /// Positions of outputs.
    pub outputs: Option<&'a [u32]>,
}

impl Plan<'_> {
    /// A plan with its outputs as they stand.
    pub fn whole(rel: RelId) -> Self {
        Self { rel, outputs: None }
    }
}

/// Whether two plans give the same rows, output by output.
pub fn same_plans(arena: &Arena, claims: &Claims, one: Plan<'_>, two: Plan<'_>) -> Judgement {
    let mut kernel = Kernel::new(arena, claims);
    let mut sums = || {
        let mut sums = Vec::new();
        for plan in [one, two] {
            let mut sum = kernel.plan(plan.rel)?;
            for block in &mut sum {
                let Some(places) = plan.outputs else { continue };
                let out = places.iter().map(|at| block.out.get(*at as usize).cloned());
                block.out =
                    out.collect::<Option<_>>().ok_or(lower::Unfit("an output is missing"))?;
            }
            sums.push(sum);
        }
        let (two, one) = (sums.remove(1), sums.remove(0));
        let width = |sum: &term::Sum| sum.first().map(|block| block.out.len());
        if width(&one).is_some() && width(&two).is_some() && width(&one) != width(&two) {
            return Ok(Judgement::Refuted);
        }
        let (one, two) = (kernel.tidy(one, Mode::Bag)?, kernel.tidy(two, Mode::Bag)?);
        let same = kernel.same_sums(&ready(&one), &ready(&two), &[])?;
        Ok(if same { Judgement::Holds } else { Judgement::Unknown("no law says so") })
    };
    sums().unwrap_or_else(|lower::Unfit(why)| Judgement::Unknown(why))
}

/// Whether two values are one, whatever the rows around are.
pub fn same_values(arena: &Arena, claims: &Claims, one: ScalarId, two: ScalarId) -> Judgement {
    let mut kernel = Kernel::new(arena, claims);
    let mut values = || {
        let block = |term| vec![term::Block { out: vec![term], ..term::Block::default() }];
        let (one, two) = (kernel.value(one)?, kernel.value(two)?);
        let one = ready(&kernel.tidy(block(one), Mode::Bag)?);
        let two = ready(&kernel.tidy(block(two), Mode::Bag)?);
        let constant = |sum: &term::Sum| match sum.as_slice() {
            [block] => block.out.first()?.as_literal().cloned(),
            _ => None,
        };
        if let (Some(one), Some(two)) = (constant(&one), constant(&two))
            && constant::equal(&one, &two) == Some(false)
        {
            return Ok(Judgement::Refuted);
        }
        let same = kernel.same_sums(&one, &two, &[])?;
        Ok(if same { Judgement::Holds } else { Judgement::Unknown("no law says so") })
    };
    values().unwrap_or_else(|lower::Unfit(why)| Judgement::Unknown(why))
}
