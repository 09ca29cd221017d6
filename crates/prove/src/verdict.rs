//! What is said of two plans.

use std::collections::BTreeSet;

use plumb_canon::{Canonical, Canonicalizer, Facts, ONE_TYPE, Obstacle, obstacles};
use plumb_eval::{Difference, Side, refute};
use plumb_ir::{Arena, RelId};

use crate::{
    Choices, Effort, NOT_SHOWN, Outcome, Replayed, constraints, mixed::mixed, prove, replayed,
};

/// Databases on which a proof is tried before it is shown.
const TRIALS: u32 = 64;

/// A plan, and which of its outputs are compared, in the order of the other's.
#[derive(Debug, Clone, Copy)]
pub struct Plan<'a> {
    /// The plan.
    pub rel: RelId,
    /// Positions of outputs.
    pub outputs: &'a [u32],
}

/// What is said of two plans.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// On all databases they give the same rows, each as often.
    Equal {
        /// What has to hold for that, as little as was found to be enough; sorted.
        assumptions: Vec<Assumption>,
        /// How it was shown.
        proof: Proof,
    },
    /// On a database they do not.
    Different(Box<Difference>),
    /// Nobody knows.
    Unknown {
        /// What stood in the way, first.
        obstacle: String,
    },
}

/// What a proof rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Assumption {
    /// A sentence about tables or values.
    Holds(String),
    /// What normal forms do not settle.
    Obstacle(Obstacle),
}

/// How sameness was shown: the rules that were used, with how often, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proof {
    /// Rewrites of the left plan to its normal form.
    pub left: Vec<(&'static str, usize)>,
    /// Rewrites of the right plan.
    pub right: Vec<(&'static str, usize)>,
    /// What it took to see that the normal forms are the same; none if they are one.
    pub sums: Vec<(&'static str, usize)>,
    /// Databases on which both gave the same rows.
    pub trials: u32,
    /// How much of it the checker replayed; nobody asked it, if none.
    pub replayed: Option<Replayed>,
}

/// Compares two plans under what is known of their tables.
pub fn compare(
    arena: &mut Arena,
    facts: &Facts,
    left: Plan<'_>,
    right: Plan<'_>,
    effort: Effort,
) -> Verdict {
    match either(arena, facts, left, right, effort) {
        (Verdict::Unknown { obstacle }, _) => {
            match searched(arena, facts, left, right, plumb_eval::Effort::default()) {
                plumb_eval::Outcome::Different(found) => Verdict::Different(found),
                plumb_eval::Outcome::NotFound { .. } => Verdict::Unknown { obstacle },
            }
        }
        (Verdict::Equal { assumptions, proof }, known) => {
            checked(arena, &known, [left, right], assumptions, proof)
        }
        (other @ Verdict::Different(_), _) => other,
    }
}

/// The verdict with how much of its proof the checker replayed. A step that cannot hold is a fault of ours.
fn checked(
    arena: &mut Arena,
    facts: &Facts,
    sides: [Plan<'_>; 2],
    assumptions: Vec<Assumption>,
    mut proof: Proof,
) -> Verdict {
    let held = assumptions.iter().filter_map(|it| match it {
        Assumption::Holds(sentence) => Some(sentence.clone()),
        Assumption::Obstacle(_) => None,
    });
    let grounds: Vec<String> = held.collect();
    let replayed = replayed(arena, facts, sides, &proof.sums, &grounds);
    if let Some(rule) = replayed.refuted {
        debug_assert!(false, "a step of a proof was refuted: {rule}");
        let obstacle = format!("a proof was found, and its step `{rule}` cannot hold");
        return Verdict::Unknown { obstacle };
    }
    proof.replayed = Some(replayed);
    Verdict::Equal { assumptions, proof }
}

/// Equal with a proof, or not known: nobody looks for rows that differ, and nobody replays it.
pub fn proved(
    arena: &mut Arena,
    facts: &Facts,
    left: Plan<'_>,
    right: Plan<'_>,
    effort: Effort,
) -> Verdict {
    shown(arena, facts, left, right, effort).0
}

/// The same; where types are not known, what is compared may be assumed to have one.
pub fn proved_of_one_type(
    arena: &mut Arena,
    facts: &Facts,
    left: Plan<'_>,
    right: Plan<'_>,
    effort: Effort,
) -> Verdict {
    either(arena, facts, left, right, effort).0
}

/// What is said with as few assumptions as will do, and the facts that it rests on.
fn shown(
    arena: &mut Arena,
    facts: &Facts,
    left: Plan<'_>,
    right: Plan<'_>,
    effort: Effort,
) -> (Verdict, Facts) {
    match attempt(arena, facts, left, right, effort) {
        Verdict::Equal { assumptions, proof } => {
            leaner(arena, facts, (left, right), effort, assumptions, proof)
        }
        other @ (Verdict::Unknown { .. } | Verdict::Different(_)) => (other, facts.clone()),
    }
}

/// What is shown of types as they are known, else of one type: types are rarely declared, and keys that are compared
/// rarely differ in them.
fn either(
    arena: &mut Arena,
    facts: &Facts,
    left: Plan<'_>,
    right: Plan<'_>,
    effort: Effort,
) -> (Verdict, Facts) {
    let found = shown(arena, facts, left, right, effort);
    let open = matches!(&found.0, Verdict::Unknown { obstacle } if obstacle == NOT_SHOWN);
    if facts.one_type() || !open {
        return found;
    }
    match shown(arena, &facts.of_one_type(), left, right, effort) {
        (Verdict::Equal { mut assumptions, proof }, facts) => {
            assumptions.push(Assumption::Holds(ONE_TYPE.to_owned()));
            assumptions.sort();
            assumptions.dedup();
            (Verdict::Equal { assumptions, proof }, facts)
        }
        (Verdict::Unknown { .. } | Verdict::Different(_), _) => found,
    }
}

/// Proved and tried, or not known.
fn attempt(
    arena: &mut Arena,
    facts: &Facts,
    left: Plan<'_>,
    right: Plan<'_>,
    effort: Effort,
) -> Verdict {
    let mut canonicalizer = Canonicalizer::knowing(facts.clone());
    let one = compared(canonicalizer.canonical(arena, left.rel), left.outputs);
    let two = compared(canonicalizer.canonical(arena, right.rel), right.outputs);
    let mut doubts: BTreeSet<Obstacle> = obstacles(arena, one.rel).into_iter().collect();
    doubts.extend(obstacles(arena, two.rel));
    for doubt in &doubts {
        if let Obstacle::Volatile(name) = doubt {
            return Verdict::Unknown { obstacle: format!("`{name}` differs at each call") };
        }
    }
    // One plan written twice divides the same.
    if left.rel != right.rel && [left, right].iter().any(|it| mixed(arena, facts, it.rel)) {
        let obstacle = "whole numbers and others are one value, and a division tells them apart";
        return Verdict::Unknown { obstacle: obstacle.to_owned() };
    }
    let tie = |doubt: &Obstacle| matches!(doubt, Obstacle::Ties(_) | Obstacle::Limit);
    let chosen = doubts.iter().any(tie);
    let mut grounds: BTreeSet<String> = one.grounds.iter().chain(&two.grounds).cloned().collect();
    let mut sums = Vec::new();
    let mut choices = Choices::default();
    if one.rel != two.rel || one.columns != two.columns {
        match prove(arena, facts, &one, &two, effort) {
            Outcome::Same { grounds: more, rules, choices: open } => {
                grounds.extend(more);
                (sums, choices) = (rules, open);
            }
            Outcome::Unknown { why } => return Verdict::Unknown { obstacle: why.to_owned() },
        }
    } else if chosen {
        choices = crate::choices(arena, facts, &one);
    }
    if !choices.ties {
        doubts.retain(|doubt| !matches!(doubt, Obstacle::Ties(_)));
    }
    if doubts.remove(&Obstacle::Limit) && choices.limit {
        let obstacle = "a limit picks rows that no order determines".to_owned();
        return Verdict::Unknown { obstacle };
    }
    // A proof that rows contradict is a fault of ours: then nothing is said.
    let trials = plumb_eval::Effort { databases: TRIALS, ..plumb_eval::Effort::default() };
    match searched(arena, facts, left, right, trials) {
        plumb_eval::Outcome::Different(_) => {
            debug_assert!(false, "a proof was refuted");
            let obstacle = "a proof was found, and rows that contradict it".to_owned();
            Verdict::Unknown { obstacle }
        }
        plumb_eval::Outcome::NotFound { compared, .. } => {
            let holds = grounds.into_iter().map(Assumption::Holds);
            let assumptions = holds.chain(doubts.into_iter().map(Assumption::Obstacle)).collect();
            let proof =
                Proof { left: one.steps, right: two.steps, sums, trials: compared, replayed: None };
            Verdict::Equal { assumptions, proof }
        }
    }
}

/// The same proof with as few assumptions about tables as will do.
fn leaner(
    arena: &mut Arena,
    facts: &Facts,
    (left, right): (Plan<'_>, Plan<'_>),
    effort: Effort,
    mut assumptions: Vec<Assumption>,
    mut proof: Proof,
) -> (Verdict, Facts) {
    let mut facts = facts.clone();
    for assumption in assumptions.clone() {
        let Assumption::Holds(sentence) = &assumption else { continue };
        let Some(fewer) = facts.without(sentence) else { continue };
        if let Verdict::Equal { assumptions: others, proof: other } =
            attempt(arena, &fewer, left, right, effort)
        {
            (assumptions, proof, facts) = (others, other, fewer);
        }
    }
    (Verdict::Equal { assumptions, proof }, facts)
}

fn searched(
    arena: &Arena,
    facts: &Facts,
    left: Plan<'_>,
    right: Plan<'_>,
    effort: plumb_eval::Effort,
) -> plumb_eval::Outcome {
    let side = |plan: Plan<'_>| (plan.rel, plan.outputs.to_vec());
    let ((one, outputs), (two, others)) = (side(left), side(right));
    let left = Side { rel: one, outputs: &outputs };
    let right = Side { rel: two, outputs: &others };
    refute(arena, left, right, &constraints(facts), effort)
}

/// The normal form with the outputs that are compared only.
fn compared(canonical: Canonical, outputs: &[u32]) -> Canonical {
    let place = |at: &u32| canonical.columns.get(*at as usize).copied();
    let columns = outputs.iter().filter_map(place).collect();
    Canonical { columns, ..canonical }
}
