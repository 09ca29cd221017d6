//! Which columns of an input are looked at.

use plumb_ir::{Arena, Field, From, Out, Rel, RelId, Scalar, ScalarId};
use smallvec::SmallVec;

/// Columns of one input that something looks at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Used {
    /// By position.
    pub(crate) positions: Positions,
    /// Whether any is reached by name, or all by a star.
    pub(crate) named: bool,
}

/// A set of positions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Positions(SmallVec<[u64; 2]>);

impl Positions {
    pub(crate) fn insert(&mut self, at: u32) {
        let (word, bit) = (at as usize / 64, at % 64);
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << bit;
    }

    pub(crate) fn contains(&self, at: u32) -> bool {
        self.0.get(at as usize / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// Ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> {
        let end = u32::try_from(self.0.len() * 64).unwrap_or(u32::MAX);
        (0..end).filter(|at| self.contains(*at))
    }
}

impl FromIterator<u32> for Positions {
    fn from_iter<I: IntoIterator<Item = u32>>(all: I) -> Self {
        let mut positions = Self::default();
        positions.extend(all);
        positions
    }
}

impl Extend<u32> for Positions {
    fn extend<I: IntoIterator<Item = u32>>(&mut self, all: I) {
        all.into_iter().for_each(|at| self.insert(at));
    }
}

/// Columns of every input of a relation's `FROM` that the relation, its conditions, lateral inputs and
/// subqueries look at.
pub(crate) fn of_inputs(arena: &Arena, rel: &Rel, from: &From) -> Vec<Used> {
    let mut walk =
        Walk { arena, used: vec![Used::default(); from.inputs.len()], either: Vec::new() };
    walk.all(rel, from);
    walk.used
}

/// As [`of_inputs`], by the outputs of a relation and some conditions only.
pub(crate) fn of_parts(
    arena: &Arena,
    rel: &Rel,
    conditions: &[ScalarId],
    count: usize,
) -> Vec<Used> {
    let mut walk = Walk { arena, used: vec![Used::default(); count], either: Vec::new() };
    walk.outputs(rel);
    for condition in conditions {
        walk.scalar(*condition, 0);
    }
    walk.used
}

/// Columns of the one input that scalars look at, subqueries included.
pub(crate) fn of_scalars(arena: &Arena, scalars: &[ScalarId]) -> Used {
    let mut walk = Walk { arena, used: vec![Used::default()], either: Vec::new() };
    for scalar in scalars {
        walk.scalar(*scalar, 0);
    }
    walk.used.swap_remove(0)
}

/// Inputs, of so many, that a condition looks at, also from subqueries and by ambiguous names.
pub(crate) fn of_condition(arena: &Arena, condition: ScalarId, count: usize) -> Vec<u32> {
    let mut walk = Walk { arena, used: vec![Used::default(); count], either: Vec::new() };
    walk.scalar(condition, 0);
    walk.inputs()
}

/// Inputs, of so many, that a lateral input looks at.
pub(crate) fn of_lateral(arena: &Arena, input: RelId, count: usize) -> Vec<u32> {
    let mut walk = Walk { arena, used: vec![Used::default(); count], either: Vec::new() };
    walk.rel(input, 0);
    walk.inputs()
}

/// Whether something may look at one of these inputs by a name that another may have, too.
pub(crate) fn ambiguous(arena: &Arena, rel: &Rel, from: &From, inputs: &[u32]) -> bool {
    let mut walk =
        Walk { arena, used: vec![Used::default(); from.inputs.len()], either: Vec::new() };
    walk.all(rel, from);
    walk.either.iter().any(|input| inputs.contains(input))
}

struct Walk<'a> {
    arena: &'a Arena,
    used: Vec<Used>,
    /// Inputs of columns that nobody knows to be theirs.
    either: Vec<u32>,
}

impl Walk<'_> {
    /// Inputs that were looked at.
    fn inputs(&self) -> Vec<u32> {
        let looked_at = |(_, used): &(u32, &Used)| used.named || !used.positions.is_empty();
        (0..).zip(&self.used).filter(looked_at).map(|(input, _)| input).collect()
    }

    /// A relation, its conditions and its inputs.
    fn all(&mut self, rel: &Rel, from: &From) {
        self.outputs(rel);
        for condition in from.conditions() {
            self.scalar(condition, 0);
        }
        for input in &from.inputs {
            self.rel(*input, 0);
        }
    }

    fn outputs(&mut self, rel: &Rel) {
        if let Rel::Project { out, .. } = rel {
            for out in out {
                if let Out::Star { input, .. } = out {
                    self.used[*input as usize].named = true;
                }
            }
        }
        for scalar in rel.scalars() {
            self.scalar(scalar, 0);
        }
    }

    fn scalar(&mut self, id: ScalarId, level: u32) {
        if self.arena.scalar_reach(id) <= level {
            return;
        }
        let scalar = self.arena.get_scalar(id);
        match scalar {
            Scalar::Column { depth, input, field } if *depth == level => {
                if let Some(used) = self.used.get_mut(*input as usize) {
                    match field {
                        Field::At(position) => {
                            used.positions.insert(*position);
                        }
                        Field::Named(_) => used.named = true,
                    }
                }
            }
            Scalar::Either { depth, inputs, .. } if *depth == level => {
                self.either.extend(inputs);
                for input in inputs {
                    if let Some(used) = self.used.get_mut(*input as usize) {
                        used.named = true;
                    }
                }
            }
            Scalar::Column { .. }
            | Scalar::Either { .. }
            | Scalar::Literal(_)
            | Scalar::Call { .. }
            | Scalar::Case { .. }
            | Scalar::Cast { .. }
            | Scalar::Aggregate { .. }
            | Scalar::Window { .. }
            | Scalar::Exists(_)
            | Scalar::In { .. }
            | Scalar::Subquery(_)
            | Scalar::Lambda { .. }
            | Scalar::Param(_)
            | Scalar::Hole { .. } => {
                for child in scalar.children() {
                    self.scalar(child, level);
                }
                if let Some(rel) = scalar.subquery() {
                    self.rel(rel, level);
                }
            }
        }
    }

    fn rel(&mut self, id: RelId, level: u32) {
        self.arena.looking_out(id, level, &mut |id, level| self.scalar(id, level));
    }
}
