//! The driver: owns the recursion, so that rewrites need not.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

use plumb_ir::{Arena, FromId, Part, RelId, Scalar, ScalarId, Symbol};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::{
    Apply, Canonical, Facts, Model, Rewrite, expand, facts::Grounds, known::Known, layout,
    relations, rewrites,
};

/// Most rewrites of one node before it is left as it is: still right, perhaps not normal.
const PATIENCE: usize = 400;

/// Most times the outputs of a plan are put in order.
const ROUNDS: usize = 8;

/// Most relations of a plan when it is written out: what reads itself twice at each of sixty levels is left as it is.
/// What people write stays far below.
const RELATIONS: usize = 20_000;

/// Most inputs and conditions of a join that rewrites make or look at.
const JOINED: usize = 128;
const CONDITIONS: usize = 1_000;

/// Normalises plans; what it has seen it does not do again.
pub struct Canonicalizer {
    rewrites: Arc<Rewrites>,
    known: Known,
    rels: FxHashMap<RelId, Done<RelId>>,
    scalars: FxHashMap<ScalarId, Done<ScalarId>>,
    /// What was done so far, if somebody wants to know.
    log: Option<Vec<Lemma>>,
}

/// One step, which holds wherever its node stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lemma {
    /// A rewrite of a relation, by its name; the outputs stay where they were.
    Rel(&'static str, RelId, RelId),
    /// A rewrite of a scalar, by its name.
    Scalar(&'static str, ScalarId, ScalarId),
    /// The outputs of a plan put in order, and where each went.
    Order(RelId, RelId, Vec<u32>),
}

/// What became of a node, and the steps to it, if any.
type Done<T> = (T, Option<Arc<Steps>>);

/// What was done on the way.
#[derive(Debug, Clone, Default)]
struct Steps {
    /// Positions in the list of rewrites, with how often each was used, by position.
    used: SmallVec<[(usize, usize); 4]>,
    grounds: Grounds,
}

impl Steps {
    fn add(&mut self, index: usize, times: usize) {
        match self.used.binary_search_by_key(&index, |(index, _)| *index) {
            Ok(at) => self.used[at].1 += times,
            Err(at) => self.used.insert(at, (index, times)),
        }
    }

    fn merge(&mut self, other: Option<&Arc<Self>>) {
        let Some(other) = other else { return };
        for (index, times) in &other.used {
            self.add(*index, *times);
        }
        self.grounds.add(&other.grounds);
    }

    /// Nothing where there were none.
    fn shared(self) -> Option<Arc<Self>> {
        (!self.used.is_empty()).then(|| Arc::new(self))
    }
}

/// Rewrites by stage, then by name; those of scalars and those of relations with their positions among all.
struct Rewrites {
    all: Vec<&'static Rewrite>,
    scalars: Vec<(usize, OfScalar)>,
    rels: Vec<(usize, Apply)>,
}

type OfScalar = fn(&mut Arena, ScalarId) -> Option<ScalarId>;

static ALL: LazyLock<Arc<Rewrites>> =
    LazyLock::new(|| Arc::new(Rewrites::in_order(rewrites().to_vec())));

impl Rewrites {
    fn in_order(mut all: Vec<&'static Rewrite>) -> Self {
        all.sort_by_key(|rewrite| (rewrite.stage, rewrite.name));
        let (mut scalars, mut rels) = (Vec::new(), Vec::new());
        for (index, rewrite) in all.iter().enumerate() {
            match rewrite.apply {
                Apply::Scalar(apply) => scalars.push((index, apply)),
                Apply::Rel(_) | Apply::Known(_) => rels.push((index, rewrite.apply)),
            }
        }
        Self { all, scalars, rels }
    }
}

impl Canonicalizer {
    /// Knows nothing of tables, and uses every rewrite.
    pub fn new() -> Self {
        Self::knowing(Facts::default())
    }

    /// Knows this of tables, and uses every rewrite.
    pub fn knowing(facts: Facts) -> Self {
        Self::using(Arc::clone(&ALL), facts)
    }

    /// Uses these rewrites only.
    pub fn with(rewrites: Vec<&'static Rewrite>, facts: Facts) -> Self {
        Self::using(Arc::new(Rewrites::in_order(rewrites)), facts)
    }

    fn using(rewrites: Arc<Rewrites>, facts: Facts) -> Self {
        let known = Known::new(facts);
        let (rels, scalars) = (FxHashMap::default(), FxHashMap::default());
        Self { rewrites, known, rels, scalars, log: None }
    }

    /// Keeps each step from now on.
    #[must_use]
    pub fn keeping(mut self) -> Self {
        self.log = Some(Vec::new());
        self
    }

    /// The steps since the last time, as they were done. A plan that was seen before takes none again.
    pub fn steps(&mut self) -> Vec<Lemma> {
        self.log.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// A plan with the rewrites done and its outputs where they were.
    pub fn rewritten(&mut self, arena: &mut Arena, rel: RelId) -> RelId {
        if relations(arena, rel) > RELATIONS { rel } else { self.rel(arena, rel).0 }
    }

    /// The normal form of a plan, its outputs put in order.
    pub fn canonical(&mut self, arena: &mut Arena, rel: RelId) -> Canonical {
        self.ordered(arena, rel, None)
    }

    /// The normal form of a plan with models in place of names, and the plan itself; nothing where it names none.
    ///
    /// They take the place of names in what the rewrites made of it: that is less to do than to begin anew.
    pub fn expanded(
        &mut self,
        arena: &mut Arena,
        rel: RelId,
        models: &BTreeMap<Symbol, Model>,
    ) -> Option<(Canonical, RelId)> {
        let large = relations(arena, rel) > RELATIONS;
        let (start, steps) = if large { (rel, None) } else { self.rel(arena, rel) };
        let whole = expand(arena, start, models);
        (whole != start).then(|| (self.ordered(arena, whole, steps.as_ref()), whole))
    }

    /// The normal form of a plan that some steps have led to.
    fn ordered(&mut self, arena: &mut Arena, rel: RelId, before: Option<&Arc<Steps>>) -> Canonical {
        let mut all = Steps::default();
        all.merge(before);
        let (rel, columns) = if relations(arena, rel) > RELATIONS {
            (rel, (0..layout::width(arena, rel)).collect())
        } else {
            self.settled(arena, rel, &mut all)
        };
        let steps =
            all.used.into_iter().map(|(index, times)| (self.rewrites.all[index].name, times));
        let mut steps: Vec<(&'static str, usize)> = steps.collect();
        steps.sort_unstable();
        let sentence = |ground| self.known.facts.sentence(ground).map(str::to_owned);
        let mut grounds: Vec<String> = all.grounds.iter().filter_map(sentence).collect();
        grounds.sort_unstable();
        Canonical { rel, columns, fingerprint: arena.rel_digest(rel), steps, grounds }
    }

    /// A plan with its rewrites done and its outputs put in order, and where each went.
    fn settled(&mut self, arena: &mut Arena, rel: RelId, all: &mut Steps) -> (RelId, Vec<u32>) {
        let mut rel = self.inner(arena, rel, all);
        let mut columns: Vec<u32> = (0..layout::width(arena, rel)).collect();
        // Putting the outputs in order may show an input whose outputs can be, too, and the other way round.
        for _ in 0..ROUNDS {
            let (laid_out, moved) = layout::root(arena, rel);
            if let Some(log) = &mut self.log {
                log.push(Lemma::Order(rel, laid_out, moved.clone()));
            }
            for column in &mut columns {
                *column = moved.get(*column as usize).copied().unwrap_or(*column);
            }
            let next = self.inner(arena, laid_out, all);
            if next == rel {
                break;
            }
            rel = next;
        }
        (rel, columns)
    }

    /// Takes a plan that was rewritten elsewhere, and all that is in it, for done.
    pub fn accept(&mut self, arena: &Arena, rel: RelId) {
        if self.rels.contains_key(&rel) {
            return;
        }
        self.rels.insert(rel, (rel, None));
        let node = arena.get_rel(rel);
        for input in node.inputs() {
            self.accept(arena, input);
        }
        for scalar in node.scalars() {
            self.accept_scalar(arena, scalar);
        }
        if let Some(from) = node.from() {
            let from = arena.get_from(from);
            for input in &from.inputs {
                self.accept(arena, *input);
            }
            for condition in from.conditions() {
                self.accept_scalar(arena, condition);
            }
        }
    }

    fn accept_scalar(&mut self, arena: &Arena, scalar: ScalarId) {
        if self.scalars.contains_key(&scalar) {
            return;
        }
        self.scalars.insert(scalar, (scalar, None));
        let node = arena.get_scalar(scalar);
        for child in node.children() {
            self.accept_scalar(arena, child);
        }
        if let Some(rel) = node.subquery() {
            self.accept(arena, rel);
        }
    }

    /// The normal form of a relation, its outputs where they were.
    fn rel(&mut self, arena: &mut Arena, start: RelId) -> Done<RelId> {
        if let Some(done) = self.rels.get(&start) {
            return done.clone();
        }
        let mut steps = Steps::default();
        let mut rel = self.below(arena, start, &mut steps);
        let mut patience = PATIENCE;
        while patience > 0 {
            let Some((index, next)) = self.apply_rel(arena, rel) else { break };
            patience -= 1;
            steps.add(index, 1);
            if let Some(log) = &mut self.log {
                log.push(Lemma::Rel(self.rewrites.all[index].name, rel, next));
            }
            steps.grounds.add(&std::mem::take(&mut self.known.used));
            rel = self.below(arena, next, &mut steps);
        }
        let done = (rel, steps.shared());
        self.rels.insert(start, done.clone());
        self.rels.insert(rel, (rel, None));
        done
    }

    /// A relation with everything below it done.
    fn below(&mut self, arena: &mut Arena, rel: RelId, steps: &mut Steps) -> RelId {
        arena.map_parts(rel, &mut |arena, part| match part {
            Part::From(from) => Part::From(self.from(arena, from, steps)),
            Part::Scalar(scalar) => Part::Scalar(self.scalar(arena, scalar, steps)),
            Part::Rel(rel) => Part::Rel(self.inner(arena, rel, steps)),
        })
    }

    fn inner(&mut self, arena: &mut Arena, rel: RelId, steps: &mut Steps) -> RelId {
        let (rel, more) = self.rel(arena, rel);
        steps.merge(more.as_ref());
        rel
    }

    fn from(&mut self, arena: &mut Arena, id: FromId, steps: &mut Steps) -> FromId {
        arena.map_from(id, &mut |arena, part| match part {
            Part::Scalar(scalar) => Part::Scalar(self.scalar(arena, scalar, steps)),
            Part::Rel(rel) => Part::Rel(self.inner(arena, rel, steps)),
            Part::From(_) => part,
        })
    }

    fn scalar(&mut self, arena: &mut Arena, start: ScalarId, steps: &mut Steps) -> ScalarId {
        if is_leaf(arena.get_scalar(start)) {
            return start;
        }
        if let Some((done, more)) = self.scalars.get(&start) {
            steps.merge(more.as_ref());
            return *done;
        }
        let mut own = Steps::default();
        let mut scalar = self.scalar_below(arena, start, &mut own);
        let mut patience = PATIENCE;
        while patience > 0 {
            let Some((index, next)) = self.apply_scalar(arena, scalar) else { break };
            patience -= 1;
            own.add(index, 1);
            if let Some(log) = &mut self.log {
                log.push(Lemma::Scalar(self.rewrites.all[index].name, scalar, next));
            }
            scalar = self.scalar_below(arena, next, &mut own);
        }
        let own = own.shared();
        steps.merge(own.as_ref());
        self.scalars.insert(start, (scalar, own));
        self.scalars.insert(scalar, (scalar, None));
        scalar
    }

    fn scalar_below(&mut self, arena: &mut Arena, scalar: ScalarId, steps: &mut Steps) -> ScalarId {
        let id = arena.map_scalar(
            scalar,
            &mut |arena, child| self.scalar(arena, child, steps),
            &mut |_, rel| rel,
        );
        arena.map_subquery(id, &mut |arena, rel| self.inner(arena, rel, steps))
    }

    fn apply_rel(&mut self, arena: &mut Arena, rel: RelId) -> Option<(usize, RelId)> {
        if too_wide(arena, rel) {
            return None;
        }
        let rewrites = Arc::clone(&self.rewrites);
        for (index, apply) in &rewrites.rels {
            let new = match apply {
                Apply::Rel(apply) => apply(arena, rel),
                Apply::Known(apply) => {
                    self.known.used = Grounds::default();
                    apply(arena, &mut self.known, rel)
                }
                Apply::Scalar(_) => None,
            };
            if let Some(new) = new.filter(|new| *new != rel && !too_wide(arena, *new)) {
                return Some((*index, new));
            }
            self.known.used = Grounds::default();
        }
        None
    }

    fn apply_scalar(&self, arena: &mut Arena, scalar: ScalarId) -> Option<(usize, ScalarId)> {
        self.rewrites.scalars.iter().find_map(|(index, apply)| {
            apply(arena, scalar).filter(|new| *new != scalar).map(|new| (*index, new))
        })
    }
}

/// Whether a scalar is what it is: a column, or something given.
const fn is_leaf(scalar: &Scalar) -> bool {
    matches!(
        scalar,
        Scalar::Column { .. }
            | Scalar::Either { .. }
            | Scalar::Literal(_)
            | Scalar::Param(_)
            | Scalar::Hole { .. }
    )
}

/// Whether a relation is more than rewrites look at.
fn too_wide(arena: &Arena, rel: RelId) -> bool {
    arena.get_rel(rel).from().is_some_and(|from| {
        let from = arena.get_from(from);
        from.inputs.len() > JOINED || from.filter.len() > CONDITIONS
    })
}

impl Default for Canonicalizer {
    fn default() -> Self {
        Self::new()
    }
}
