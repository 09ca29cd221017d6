//! From one plan to the other: equal parts are put in the place of equal parts, each by a lemma that was checked.

use std::collections::BTreeMap;

use plumb_ir::{Arena, Part, RelId, ScalarId};

use crate::{Claims, Judgement, Plan, same_plans, same_values};

/// Most lemmas that are used at one place one after the other.
const PATIENCE: usize = 500;

/// What one step of a proof says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A relation has the rows of another, outputs where they were.
    Rel(RelId, RelId),
    /// A value is another.
    Scalar(ScalarId, ScalarId),
}

/// A step by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lemma {
    /// The rule that made it.
    pub rule: &'static str,
    /// What it says.
    pub step: Step,
}

/// A plan has the rows of another, and its outputs went elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The plan.
    pub before: RelId,
    /// The other.
    pub after: RelId,
    /// Where each output went.
    pub places: Vec<u32>,
}

/// The way of a plan to its normal form.
#[derive(Debug, Clone, Copy)]
pub struct Path<'a> {
    /// The plan.
    pub start: RelId,
    /// Positions of its outputs that are compared.
    pub outputs: &'a [u32],
    /// Where outputs were put in order, one after the other.
    pub orders: &'a [Order],
    /// The normal form.
    pub end: RelId,
    /// Where the outputs that are compared stand in it.
    pub columns: &'a [u32],
}

/// How much of a proof was replayed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Steps that hold by a law.
    pub steps: usize,
    /// Steps of the proof.
    pub of: usize,
    /// Steps for which there is no law, by rule, with how many.
    pub missed: Vec<(&'static str, usize)>,
    /// A step that cannot hold.
    pub refuted: Option<&'static str>,
}

/// The name of the step that puts outputs in order, and of the one that puts two normal forms side by side.
const ORDER: &str = "order-outputs";
const SIDES: &str = "side-by-side";

/// The name of what does not lead from the plan to its normal form.
const CHAIN: &str = "chain";

/// Replays the steps that lead from two plans to one.
///
/// `between` are the rules by which two normal forms were seen to be the same.
pub fn replay<'a>(
    arena: &mut Arena,
    claims: &Claims,
    lemmas: &[Lemma],
    paths: [Path<'a>; 2],
    between: &[(&'static str, usize)],
) -> Replayed {
    let by_step = |lemma: &Lemma| (lemma.step, lemma.rule);
    let mut walk = Walk {
        steps: lemmas.iter().map(by_step).collect(),
        rels: BTreeMap::new(),
        scalars: BTreeMap::new(),
        known_rels: BTreeMap::new(),
        known_scalars: BTreeMap::new(),
        used: BTreeMap::new(),
    };
    for lemma in lemmas {
        match lemma.step {
            Step::Rel(before, after) => {
                walk.rels.insert(before, after);
            }
            Step::Scalar(before, after) => {
                walk.scalars.insert(before, after);
            }
        }
    }
    let mut tally = Tally::default();
    for path in paths {
        if !walk.path(arena, path) {
            tally.count(CHAIN, Judgement::Unknown("the steps do not lead there"));
        }
        let moves = |order: &&Order| {
            order.before != order.after || (0..).zip(&order.places).any(|(at, place)| at != *place)
        };
        for order in path.orders.iter().filter(moves) {
            let after = Plan { rel: order.after, outputs: Some(&order.places) };
            let judged = same_plans(arena, claims, Plan::whole(order.before), after);
            tally.count(ORDER, judged);
        }
    }
    for (step, rule) in &walk.used {
        let judged = match *step {
            Step::Rel(one, two) => same_plans(arena, claims, Plan::whole(one), Plan::whole(two)),
            Step::Scalar(one, two) => same_values(arena, claims, one, two),
        };
        tally.count(rule, judged);
    }
    let [left, right] = paths;
    if (left.end, left.columns) != (right.end, right.columns) {
        let side = |path: Path<'a>| Plan { rel: path.end, outputs: Some(path.columns) };
        tally.middle(same_plans(arena, claims, side(left), side(right)), between);
    }
    tally.done()
}

#[derive(Default)]
struct Tally {
    steps: usize,
    of: usize,
    missed: BTreeMap<&'static str, usize>,
    refuted: Option<&'static str>,
}

impl Tally {
    fn count(&mut self, rule: &'static str, judged: Judgement) {
        self.of += 1;
        match judged {
            Judgement::Holds => self.steps += 1,
            Judgement::Unknown(_) => *self.missed.entry(rule).or_default() += 1,
            Judgement::Refuted => {
                *self.missed.entry(rule).or_default() += 1;
                self.refuted = self.refuted.or(Some(rule));
            }
        }
    }

    /// What was shown of two normal forms, by these rules.
    fn middle(&mut self, judged: Judgement, between: &[(&'static str, usize)]) {
        let rules = if between.is_empty() { &[(SIDES, 1)] } else { between };
        for (rule, times) in rules {
            for _ in 0..*times {
                self.count(rule, judged);
            }
        }
    }

    fn done(self) -> Replayed {
        let missed = self.missed.into_iter().collect();
        Replayed { steps: self.steps, of: self.of, missed, refuted: self.refuted }
    }
}

struct Walk {
    steps: BTreeMap<Step, &'static str>,
    rels: BTreeMap<RelId, RelId>,
    scalars: BTreeMap<ScalarId, ScalarId>,
    known_rels: BTreeMap<RelId, RelId>,
    known_scalars: BTreeMap<ScalarId, ScalarId>,
    used: BTreeMap<Step, &'static str>,
}

impl Walk {
    /// Whether lemmas lead from a plan to its normal form, and its outputs to where they are said to stand.
    fn path(&mut self, arena: &mut Arena, path: Path<'_>) -> bool {
        let mut columns = path.outputs.to_vec();
        let mut rel = self.rel(arena, path.start);
        for order in path.orders {
            if order.before != rel {
                return false;
            }
            for column in &mut columns {
                let Some(place) = order.places.get(*column as usize) else { return false };
                *column = *place;
            }
            rel = self.rel(arena, order.after);
        }
        rel == path.end && columns == path.columns
    }

    fn rel(&mut self, arena: &mut Arena, start: RelId) -> RelId {
        if let Some(known) = self.known_rels.get(&start) {
            return *known;
        }
        let mut rel = self.below(arena, start);
        for _ in 0..PATIENCE {
            let Some(next) = self.rels.get(&rel).copied() else { break };
            self.use_step(Step::Rel(rel, next));
            rel = self.below(arena, next);
        }
        self.known_rels.insert(start, rel);
        rel
    }

    fn below(&mut self, arena: &mut Arena, rel: RelId) -> RelId {
        arena.map_parts(rel, &mut |arena, part| match part {
            Part::From(from) => Part::From(arena.map_from(from, &mut |arena, part| match part {
                Part::Scalar(scalar) => Part::Scalar(self.scalar(arena, scalar)),
                Part::Rel(rel) => Part::Rel(self.rel(arena, rel)),
                Part::From(_) => part,
            })),
            Part::Scalar(scalar) => Part::Scalar(self.scalar(arena, scalar)),
            Part::Rel(rel) => Part::Rel(self.rel(arena, rel)),
        })
    }

    fn scalar(&mut self, arena: &mut Arena, start: ScalarId) -> ScalarId {
        if let Some(known) = self.known_scalars.get(&start) {
            return *known;
        }
        let mut scalar = self.scalar_below(arena, start);
        for _ in 0..PATIENCE {
            let Some(next) = self.scalars.get(&scalar).copied() else { break };
            self.use_step(Step::Scalar(scalar, next));
            scalar = self.scalar_below(arena, next);
        }
        self.known_scalars.insert(start, scalar);
        scalar
    }

    fn scalar_below(&mut self, arena: &mut Arena, scalar: ScalarId) -> ScalarId {
        let id =
            arena.map_scalar(scalar, &mut |arena, it| self.scalar(arena, it), &mut |_, rel| rel);
        arena.map_subquery(id, &mut |arena, rel| self.rel(arena, rel))
    }

    fn use_step(&mut self, step: Step) {
        if let Some(rule) = self.steps.get(&step) {
            self.used.insert(step, rule);
        }
    }
}
