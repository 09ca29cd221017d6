//! Joins: a left join is one row, of its matches or of NULLs.

use plumb_ir::{Out, Rel, RelId, ScalarId, Tree};

use crate::{
    lower::{BLOCKS, Fit, Lower, Missing, Part, Scope, Unfit},
    place::{Calls, no_calls_over_rows},
    term::{Block, Kind, NULL, Sum, Term},
};

impl Lower<'_, '_> {
    pub(crate) fn tree(&mut self, tree: &Tree, start: Part, inputs: &[RelId]) -> Fit<Vec<Part>> {
        match tree {
            Tree::Input(at) => {
                let rel = *inputs.get(*at as usize).ok_or(Unfit("an input that is not there"))?;
                let sum = self.within(&start.scope, |it| it.rel(rel))?;
                let parts = sum.into_iter().map(|block| {
                    let mut part = start.clone();
                    part.block.atoms.extend(block.atoms);
                    part.block.facts.extend(block.facts);
                    part.scope[*at as usize] = Some(block.out);
                    part
                });
                Ok(parts.collect())
            }
            Tree::Inner(trees) => {
                let mut trees: Vec<&Tree> = trees.iter().collect();
                // What looks at others comes after them.
                trees.sort_by_key(|tree| tree.inputs().into_iter().min());
                let mut parts = vec![start];
                for tree in trees {
                    let mut next = Vec::new();
                    for part in parts {
                        next.extend(self.tree(tree, part, inputs)?);
                    }
                    if next.len() > BLOCKS {
                        return Err(Unfit("too many cases"));
                    }
                    parts = next;
                }
                Ok(parts)
            }
            Tree::Where { part, on } => {
                let mut parts = self.tree(part, start, inputs)?;
                for part in &mut parts {
                    let facts = self.within(&part.scope, |it| it.all(on))?;
                    no_calls_over_rows(&facts, Calls::None)?;
                    part.block.facts.extend(facts);
                }
                Ok(parts)
            }
            Tree::Left { left, right, on } => {
                let mut found = Vec::new();
                for part in self.tree(left, start, inputs)? {
                    found.push(self.left_join(part, right, on, inputs)?);
                }
                Ok(found)
            }
            Tree::Full { left, right, on } => {
                Ok(vec![self.full_join(start, [left, right], on, inputs)?])
            }
        }
    }

    fn left_join(
        &mut self,
        mut part: Part,
        right: &Tree,
        on: &[ScalarId],
        inputs: &[RelId],
    ) -> Fit<Part> {
        let start = Part { block: Block::default(), scope: part.scope.clone() };
        let mut matches = self.tree(right, start, inputs)?;
        for it in &mut matches {
            let facts = self.within(&it.scope, |lower| lower.all(on))?;
            no_calls_over_rows(&facts, Calls::None)?;
            it.block.facts.extend(facts);
        }
        let leaves = right.inputs();
        let sum = brought(&matches, &leaves);
        if sum.is_empty() {
            for at in leaves {
                let width = inputs.get(at as usize).and_then(|rel| self.width(*rel));
                let width = width.ok_or(Unfit("a join with no rows"))?;
                part.scope[at as usize] = Some(vec![NULL; width]);
            }
            return Ok(part);
        }
        let (var, out) = self.kernel.row_of(&sum, Missing::Perhaps);
        bind(&mut part.scope, &matches[0].scope, &leaves, out);
        part.block.atoms.push((var, Kind::Maybe(sum)));
        Ok(part)
    }

    /// How many columns a plan has, if nobody leaves that open.
    fn width(&self, rel: RelId) -> Option<usize> {
        match self.kernel.arena.get_rel(rel) {
            Rel::Values { width, .. } => Some(*width as usize),
            Rel::Project { out, .. } => {
                out.iter().all(|it| matches!(it, Out::Column(_))).then_some(out.len())
            }
            _ => None,
        }
    }

    fn full_join(
        &mut self,
        start: Part,
        sides: [&Tree; 2],
        on: &[ScalarId],
        inputs: &[RelId],
    ) -> Fit<Part> {
        let mut both = Vec::new();
        for side in sides {
            let inner = Part { block: Block::default(), scope: start.scope.clone() };
            let mut parts = self.tree(side, inner, inputs)?;
            let (Some(part), true) = (parts.pop(), parts.is_empty()) else {
                return Err(Unfit("a full join of several cases"));
            };
            both.push(part);
        }
        let (right, left) = (both.remove(1), both.remove(0));
        let mut inside = left.scope.clone();
        for at in sides[1].inputs() {
            inside[at as usize].clone_from(&right.scope[at as usize]);
        }
        let on = self.within(&inside, |it| it.all(on))?;
        no_calls_over_rows(&on, Calls::None)?;
        let mut scope = start.scope;
        let mut rows = Vec::new();
        for (side, part) in sides.into_iter().zip([&left, &right]) {
            let sum = brought(std::slice::from_ref(part), &side.inputs());
            let (var, out) = self.kernel.row_of(&sum, Missing::Perhaps);
            bind(&mut scope, &part.scope, &side.inputs(), out);
            rows.push((var, sum));
        }
        let (other, right) = rows.remove(1);
        let (var, left) = rows.remove(0);
        let mut block = start.block;
        block.atoms.push((var, Kind::Full { left, right, on, other }));
        Ok(Part { block, scope })
    }
}

/// The rows of parts with all columns of the inputs that they bring.
fn brought(parts: &[Part], leaves: &[u32]) -> Sum {
    let sum = parts.iter().map(|part| {
        let out = leaves.iter().flat_map(|at| part.scope[*at as usize].clone().unwrap_or_default());
        Block { out: out.collect(), ..part.block.clone() }
    });
    sum.collect()
}

/// Gives the inputs of a side their columns.
fn bind(scope: &mut Scope, inner: &Scope, leaves: &[u32], out: Vec<Term>) {
    let mut out = out.into_iter();
    for at in leaves {
        let width = inner[*at as usize].as_ref().map_or(0, Vec::len);
        scope[*at as usize] = Some(out.by_ref().take(width).collect());
    }
}
