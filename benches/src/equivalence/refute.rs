//! Pairs of plans, and the rows on which they differ.

use std::time::{Duration, Instant};

use plumb_eval::{Difference, Effort, Outcome, Side, Unable, inserts, refute, shown};
use plumb_ir::Arena;
use plumb_prove::constraints;

use super::{Pair, Set, spread};

/// How pairs of a set were refuted.
#[derive(Default)]
pub(crate) struct Refutations {
    /// Pairs that were asked about.
    pub(crate) asked: usize,
    pub(crate) refuted: usize,
    /// Pairs with one normal form that were refuted: a fault of ours.
    pub(crate) proved: usize,
    /// Pairs that are said to be equal and were refuted: to be looked at.
    pub(crate) claimed: usize,
    /// Pairs of which nothing could be evaluated.
    pub(crate) unable: usize,
    times: Vec<Duration>,
    /// How long it took to find nothing.
    others: Vec<Duration>,
}

/// What is known of a pair besides its plans.
#[derive(Clone, Copy)]
pub(crate) struct Known {
    pub(crate) proved: bool,
    pub(crate) claimed: bool,
    /// Outputs of both plans.
    pub(crate) width: usize,
}

impl Refutations {
    /// Tries to refute a pair, and says what was found.
    pub(crate) fn pair(&mut self, arena: &Arena, pair: &Pair, known: Known) -> Outcome {
        let outputs: Vec<u32> = (0..).take(known.width).collect();
        let constraints = constraints(&pair.facts);
        let side = |rel| Side { rel, outputs: &outputs };
        let start = Instant::now();
        let outcome =
            refute(arena, side(pair.left), side(pair.right), &constraints, Effort::default());
        let time = start.elapsed();
        self.asked += 1;
        match &outcome {
            Outcome::Different(_) => {
                self.refuted += 1;
                self.times.push(time);
                self.proved += usize::from(known.proved);
                self.claimed += usize::from(known.claimed);
            }
            Outcome::NotFound { compared, .. } => {
                self.others.push(time);
                self.unable += usize::from(*compared == 0);
            }
        }
        outcome
    }

    pub(super) fn line(&mut self, set: &Set) -> String {
        let (median, last) = spread(&mut self.times);
        let (idle, most) = spread(&mut self.others);
        format!(
            "{}: refuted {}/{} (proved {}, claimed equal {}), not evaluated {}, median {} us, p99 {} us; \
             nothing found: median {} us, p99 {} us",
            set.name,
            self.refuted,
            self.asked,
            self.proved,
            self.claimed,
            self.unable,
            median.as_micros(),
            last.as_micros(),
            idle.as_micros(),
            most.as_micros(),
        )
    }
}

/// What was found, for people.
pub(crate) fn told(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Different(found) => {
            let Difference { database, left, right } = found.as_ref();
            let (database, left, right) = (inserts(database), shown(left), shown(right));
            format!("{database}left:\n{left}right:\n{right}")
        }
        Outcome::NotFound { compared, unable } => {
            let why = match unable {
                None => String::new(),
                Some(Unable::Unknown(why) | Unable::Broken(why)) => format!(", {why}"),
                Some(other) => format!(", {other:?}"),
            };
            format!("nothing found on {compared} databases{why}\n")
        }
    }
}
