//! Which inputs of a `FROM`, and which of their columns, scalars and lateral inputs look at.

use plumb_ir::{Arena, Field, FromId, Out, RelId, Scalar, ScalarId, SortKey};

/// The inputs of the scope `level` out that a scalar looks at, sorted.
pub(crate) fn scalar(arena: &Arena, id: ScalarId, level: u32) -> Vec<u32> {
    let mut looks = Looks { arena, found: Vec::new() };
    looks.scalar(id, level);
    looks.inputs()
}

/// The columns of the innermost scope that a scalar looks at, sorted; some may not be there.
pub(crate) fn columns(arena: &Arena, id: ScalarId) -> Vec<(u32, Field)> {
    let mut looks = Looks { arena, found: Vec::new() };
    looks.scalar(id, 0);
    looks.found.sort_unstable();
    looks.found.dedup();
    looks.found
}

/// The inputs of the same `FROM` that one of its inputs looks at, sorted.
pub(crate) fn siblings(arena: &Arena, rel: RelId) -> Vec<u32> {
    let mut looks = Looks { arena, found: Vec::new() };
    looks.rel(rel, 0);
    looks.inputs()
}

/// In how many ways windows among some outputs number rows: by partition and order.
pub(crate) fn numberings(arena: &Arena, out: &[Out]) -> usize {
    let mut ways: Vec<(&[ScalarId], &[SortKey])> = Vec::new();
    let mut left: Vec<ScalarId> = Vec::new();
    for out in out {
        left.extend(match out {
            Out::Column(scalar) => Some(*scalar),
            Out::Star { .. } => None,
        });
    }
    while let Some(id) = left.pop() {
        let node = arena.get_scalar(id);
        left.extend(node.children());
        if let Scalar::Window { function, partition, order, .. } = node
            && ["row-number", "lag", "lead"].contains(&arena.name(*function))
            && !ways.contains(&(partition.as_slice(), order.as_slice()))
        {
            ways.push((partition, order));
        }
    }
    ways.len()
}

struct Looks<'a> {
    arena: &'a Arena,
    found: Vec<(u32, Field)>,
}

impl Looks<'_> {
    fn inputs(self) -> Vec<u32> {
        let mut inputs: Vec<u32> = self.found.into_iter().map(|(input, _)| input).collect();
        inputs.sort_unstable();
        inputs.dedup();
        inputs
    }

    fn scalar(&mut self, id: ScalarId, level: u32) {
        if self.arena.scalar_reach(id) <= level {
            return;
        }
        let node = self.arena.get_scalar(id);
        match node {
            Scalar::Column { depth, input, field } if *depth == level => {
                self.found.push((*input, *field));
            }
            Scalar::Either { depth, inputs, name } if *depth == level => {
                self.found.extend(inputs.iter().map(|input| (*input, Field::Named(*name))));
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
            | Scalar::Hole { .. } => {}
        }
        node.children().iter().for_each(|child| self.scalar(*child, level));
        node.subquery().iter().for_each(|rel| self.rel(*rel, level));
    }

    fn rel(&mut self, id: RelId, level: u32) {
        if self.arena.rel_reach(id) <= level {
            return;
        }
        let node = self.arena.get_rel(id);
        node.scalars().iter().for_each(|id| self.scalar(*id, level + 1));
        node.inputs().iter().for_each(|id| self.rel(*id, level));
        node.from().iter().for_each(|from| self.from(*from, level));
    }

    fn from(&mut self, id: FromId, level: u32) {
        let from = self.arena.get_from(id);
        from.inputs.iter().for_each(|id| self.rel(*id, level + 1));
        from.conditions().iter().for_each(|id| self.scalar(*id, level + 1));
    }
}
