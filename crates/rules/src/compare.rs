//! Two plans beside each other, changed as it is asked: proved to be the same, or rows on which they differ.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Digest, Example, Message};
use plumb_canon::{Facts, size};
use plumb_estate::Estate;
use plumb_eval::{Difference, Outcome, refute};
use plumb_ir::{Arena, Copier, FromId, Literal, Part, RelId};
use plumb_prove::{Effort, Plan, Verdict, constraints, proved_of_one_type};

use crate::{proofs::rests_on, total::total};

/// A condition by what it is, and the join it stands in.
pub(crate) type Condition = (Digest, Digest);

/// What is tried for a proof: what people write is shown with far less.
const EFFORT: Effort = Effort { steps: 3_000, without: None };

/// Databases that are looked at, and what that may cost.
const DATABASES: u32 = 120;
const STEPS: u64 = 200_000;

/// Size up to which plans are put beside each other.
pub(crate) const LARGE: usize = 60;

/// Rows of tables or of a result, and letters in each, that can still be read.
const ROWS: usize = 12;
const LINE: usize = 240;

/// One of two plans, and which of its outputs are compared, in the order of the other's.
#[derive(Debug, Clone)]
pub(crate) struct Side {
    pub(crate) rel: RelId,
    pub(crate) outputs: Vec<u32>,
    pub(crate) change: Change,
}

/// How a plan is changed before it is compared.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    /// These conditions are left out.
    Without(BTreeSet<Condition>),
    /// Its output is a number, which is taken over all rows.
    Total,
}

/// How sameness was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    /// What it rests on.
    pub(crate) assumptions: Vec<Message>,
    /// Small databases on which it was tried.
    pub(crate) trials: u32,
}

impl Shown {
    /// What is shown together with something else.
    pub(crate) fn add(&mut self, other: Self) {
        self.trials = self.trials.min(other.trials);
        let new = other.assumptions.into_iter().filter(|it| !self.assumptions.contains(it));
        let new: Vec<Message> = new.collect();
        self.assumptions.extend(new);
    }
}

/// What is said of two plans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Compared {
    Same(Shown),
    Different,
    Unknown,
}

/// Whether two plans give the same rows in the outputs that are compared.
pub(crate) fn compared(estate: &Estate, one: &Side, two: &Side) -> Compared {
    let Some(mut pair) = Pair::new(estate, one, two) else { return Compared::Unknown };
    match pair.proved() {
        // What could be tried on no rows at all is not believed.
        Verdict::Equal { proof, .. } if proof.trials == 0 => Compared::Unknown,
        Verdict::Equal { assumptions, proof } => Compared::Same(Shown {
            assumptions: assumptions.iter().map(rests_on).collect(),
            trials: proof.trials,
        }),
        Verdict::Different(_) => Compared::Different,
        Verdict::Unknown { .. } => match pair.difference() {
            Some(_) => Compared::Different,
            None => Compared::Unknown,
        },
    }
}

/// Rows on which two plans differ, if few tell them apart; each plan by a name.
pub(crate) fn example(
    estate: &Estate,
    (first, one): (&str, &Side),
    (second, two): (&str, &Side),
) -> Option<Example> {
    let found = Pair::new(estate, one, two)?.difference()?;
    let lines = |text: String| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let rows = |rows: &[plumb_eval::Row]| lines(plumb_eval::shown(rows));
    let database = lines(plumb_eval::inserts(&found.database));
    let gives =
        vec![(first.to_owned(), rows(&found.left)), (second.to_owned(), rows(&found.right))];
    let small = |lines: &[String]| lines.len() <= ROWS && lines.iter().all(|it| it.len() <= LINE);
    let small = small(&database) && gives.iter().all(|(_, rows)| small(rows));
    small.then_some(Example { database, gives })
}

/// Two plans in an arena of their own.
struct Pair {
    arena: Arena,
    facts: Facts,
    sides: [(RelId, Vec<u32>); 2],
}

impl Pair {
    /// `None` if they are too large to be looked at beside others, or cannot be changed so.
    fn new(estate: &Estate, one: &Side, two: &Side) -> Option<Self> {
        let (mut arena, mut copier) = (Arena::new(), Copier::new(&estate.arena));
        let mut tables = BTreeSet::new();
        let mut sides = Vec::new();
        for side in [one, two] {
            if side.outputs.is_empty() || size(&estate.arena, side.rel) > LARGE {
                return None;
            }
            tables.extend(estate.tables(side.rel));
            let rel = copier.rel(&mut arena, side.rel);
            sides.push(match &side.change {
                Change::Without(left_out) => {
                    let mut without = Without { left_out, done: BTreeMap::new() };
                    (without.rel(&mut arena, rel), side.outputs.clone())
                }
                Change::Total => (total(&mut arena, rel, *side.outputs.first()?)?, vec![0]),
            });
        }
        let sides = <[_; 2]>::try_from(sides).ok()?;
        Some(Self { arena, facts: estate.facts_of(&tables), sides })
    }

    fn proved(&mut self) -> Verdict {
        let [left, right] =
            [0, 1].map(|at| Plan { rel: self.sides[at].0, outputs: &self.sides[at].1 });
        proved_of_one_type(&mut self.arena, &self.facts, left, right, EFFORT)
    }

    fn difference(&self) -> Option<Difference> {
        let [left, right] = [0, 1].map(|at| {
            let (rel, outputs) = &self.sides[at];
            plumb_eval::Side { rel: *rel, outputs }
        });
        let effort = plumb_eval::Effort {
            databases: DATABASES,
            steps: STEPS,
            ..plumb_eval::Effort::default()
        };
        match refute(&self.arena, left, right, &constraints(&self.facts), effort) {
            Outcome::Different(found) => Some(*found),
            Outcome::NotFound { .. } => None,
        }
    }
}

/// Leaves conditions out of a plan: they hold of every row.
struct Without<'a> {
    left_out: &'a BTreeSet<Condition>,
    done: BTreeMap<RelId, RelId>,
}

impl Without<'_> {
    fn rel(&mut self, arena: &mut Arena, rel: RelId) -> RelId {
        if self.left_out.is_empty() {
            return rel;
        }
        if let Some(done) = self.done.get(&rel) {
            return *done;
        }
        let new = arena.map_parts(rel, &mut |arena, part| match part {
            Part::Rel(rel) => Part::Rel(self.rel(arena, rel)),
            Part::From(from) => Part::From(self.from(arena, from)),
            Part::Scalar(_) => part,
        });
        self.done.insert(rel, new);
        new
    }

    fn from(&mut self, arena: &mut Arena, from: FromId) -> FromId {
        let digest = arena.from_digest(from);
        arena.map_from(from, &mut |arena, part| match part {
            Part::Rel(rel) => Part::Rel(self.rel(arena, rel)),
            Part::Scalar(scalar) => {
                let condition = (digest, arena.scalar_digest(scalar));
                if self.left_out.contains(&condition) {
                    return Part::Scalar(arena.literal(Literal::Bool(true)));
                }
                part
            }
            Part::From(_) => part,
        })
    }
}
