//! Relations written another way, whether or not that is the same.

use plumb_ir::{
    Arena, Field, From, FromId, Literal, Out, Rel, RelId, Scalar, ScalarId, SetKind, SortKey, Tree,
};

use super::twist::Twist;

impl Twist<'_> {
    /// A relation with as many outputs.
    pub(super) fn rel(&mut self, id: RelId) -> Option<RelId> {
        let rel = self.arena.get_rel(id).clone();
        let choice = self.pick(10);
        if choice == 0 {
            return Some(self.arena.rel(Rel::Distinct { input: id }));
        }
        if choice == 1 {
            let limit = self.pick(3);
            let limit = Some(self.arena.literal(Literal::Integer(i128::try_from(limit).ok()?)));
            return Some(self.arena.rel(Rel::Limit {
                input: id,
                order: vec![],
                limit,
                offset: None,
            }));
        }
        match rel {
            Rel::Distinct { input } => match (self.arena.get_rel(input).clone(), choice) {
                (Rel::Union { inputs }, 2..5) => {
                    let inputs = inputs.iter().map(|input| self.distinct(*input)).collect();
                    let input = self.arena.rel(Rel::Union { inputs });
                    Some(if choice == 2 { input } else { self.distinct(input) })
                }
                (Rel::Project { from, out }, 5..8) => {
                    let keys = columns(&out)?;
                    if keys
                        .iter()
                        .any(|key| matches!(self.arena.get_scalar(*key), Scalar::Window { .. }))
                    {
                        return None;
                    }
                    Some(self.arena.rel(Rel::Aggregate {
                        from,
                        keys,
                        calls: vec![],
                        scalar: false,
                    }))
                }
                _ => Some(input),
            },
            Rel::Limit { input, order, limit, offset } => {
                self.limited(id, input, (order, limit, offset), choice)
            }
            Rel::Union { inputs } => self.united(inputs, choice),
            Rel::Set { kind, all, left, right } => {
                let (mut left, mut right, mut all) = (left, right, all);
                match choice {
                    2 => left = self.distinct(left),
                    3 => right = self.distinct(right),
                    4 | 5 => all ^= true,
                    6 => std::mem::swap(&mut left, &mut right),
                    _ => return self.asked(kind, left, right, choice),
                }
                Some(self.arena.rel(Rel::Set { kind, all, left, right }))
            }
            Rel::Aggregate { from, keys, calls, scalar } => {
                self.regrouped(from, keys, calls, scalar)
            }
            Rel::Project { from, out } => self.projected(from, out, choice),
            Rel::Scan { .. } | Rel::Values { .. } | Rel::Call { .. } | Rel::Opaque { .. } => None,
        }
    }

    /// The first rows of more or of fewer, in another order, or of the first rows.
    fn limited(
        &mut self,
        id: RelId,
        input: RelId,
        (mut order, limit, offset): (Vec<SortKey>, Option<ScalarId>, Option<ScalarId>),
        choice: usize,
    ) -> Option<RelId> {
        let input = match choice {
            2 => return Some(input),
            3 => {
                order.pop();
                input
            }
            4 => {
                order.first_mut()?.descending ^= true;
                input
            }
            5 => {
                order.first_mut()?.nulls_first ^= true;
                input
            }
            6 => id,
            7 => self.arena.rel(Rel::Limit { input, order: vec![], limit, offset: None }),
            _ => self.distinct(input),
        };
        Some(self.arena.rel(Rel::Limit { input, order, limit, offset }))
    }

    fn united(&mut self, mut inputs: Vec<RelId>, choice: usize) -> Option<RelId> {
        match choice {
            2 if inputs.len() > 1 => {
                inputs.pop();
            }
            3 => inputs.push(*inputs.first()?),
            4 => inputs[0] = self.distinct(*inputs.first()?),
            5 if inputs.len() > 2 => {
                let rest = self.arena.rel(Rel::Union { inputs: inputs.split_off(1) });
                inputs.push(rest);
            }
            6 => {
                inputs.sort();
                inputs.dedup();
            }
            _ => inputs.reverse(),
        }
        Some(self.arena.rel(Rel::Union { inputs }))
    }

    /// Rows of the left that the right has, or has not, as a condition.
    fn asked(&mut self, kind: SetKind, left: RelId, right: RelId, choice: usize) -> Option<RelId> {
        let width = width(self.arena, left)?;
        if self.arena.rel_reach(left) > 0 || self.arena.rel_reach(right) > 0 {
            return None;
        }
        let name = if choice == 7 { "eq" } else { "is-not-distinct" };
        let mut filter = Vec::new();
        for at in 0..width {
            let one = self.arena.column(0, Field::At(at));
            let two =
                self.arena.scalar(Scalar::Column { depth: 1, input: 0, field: Field::At(at) });
            filter.push(self.arena.call(name, vec![one, two]));
        }
        let inner = From { inputs: vec![right], tree: Tree::Input(0), filter };
        let inner = self.arena.from(inner);
        let inner = self.arena.rel(Rel::Project { from: inner, out: Vec::new() });
        let mut fact = self.arena.scalar(Scalar::Exists(inner));
        if kind == SetKind::Except {
            fact = self.arena.call("not", vec![fact]);
        }
        let from =
            self.arena.from(From { inputs: vec![left], tree: Tree::Input(0), filter: vec![fact] });
        let out = (0..width).map(|at| Out::Column(self.arena.column(0, Field::At(at)))).collect();
        let rel = self.arena.rel(Rel::Project { from, out });
        Some(if self.pick(2) == 0 { rel } else { self.distinct(rel) })
    }

    fn projected(&mut self, from: FromId, out: Vec<Out>, choice: usize) -> Option<RelId> {
        match choice {
            2 => {
                let keys = columns(&out)?;
                if keys.iter().any(|key| self.holds_window(*key)) {
                    return None;
                }
                Some(self.arena.rel(Rel::Aggregate { from, keys, calls: vec![], scalar: false }))
            }
            // A union of one condition and another.
            3 | 4 => {
                let mut node = self.arena.get_from(from).clone();
                let at = node
                    .filter
                    .iter()
                    .position(|it| self.arena.as_call(*it).is_some_and(|(name, _)| name == "or"))?;
                let (_, parts) = self.arena.as_call(node.filter[at])?;
                let parts = parts.to_vec();
                let mut inputs = Vec::new();
                for part in parts {
                    node.filter[at] = part;
                    let from = self.arena.from(node.clone());
                    inputs.push(self.arena.rel(Rel::Project { from, out: out.clone() }));
                }
                let rel = self.arena.rel(Rel::Union { inputs });
                Some(if choice == 3 { rel } else { self.distinct(rel) })
            }
            5 => {
                // As the rows of a table with a key.
                let at = self.pick(self.tables.len());
                let (table, column) = self.tables.get(at)?.clone();
                self.joined(from, out, &table, &column)
            }
            _ => None,
        }
    }

    fn holds_window(&self, id: ScalarId) -> bool {
        let scalar = self.arena.get_scalar(id);
        matches!(scalar, Scalar::Window { .. })
            || scalar.children().iter().any(|it| self.holds_window(*it))
    }

    /// A table joined by a column, in one of many ways.
    fn joined(&mut self, from: FromId, out: Vec<Out>, table: &str, column: &str) -> Option<RelId> {
        let mut node = self.arena.get_from(from).clone();
        let own: Vec<ScalarId> = out
            .iter()
            .filter_map(|it| match it {
                Out::Column(id)
                    if matches!(self.arena.get_scalar(*id), Scalar::Column { depth: 0, .. }) =>
                {
                    Some(*id)
                }
                _ => None,
            })
            .collect();
        let own = *own.get(self.pick(own.len()))?;
        let (table, name) = (self.arena.symbol(table), self.arena.symbol(column));
        let scan = self.arena.rel(Rel::Scan { table });
        let at = u32::try_from(node.inputs.len()).ok()?;
        let key = self.arena.column(at, Field::Named(name));
        let on = self.arena.call("eq", vec![own, key]);
        match self.pick(4) {
            0 => {
                node.inputs.push(scan);
                node.tree = Tree::Inner(vec![node.tree, Tree::Input(at)]);
                node.filter.push(on);
            }
            1 => {
                node.inputs.push(scan);
                node.tree = Tree::Left {
                    left: Box::new(node.tree),
                    right: Box::new(Tree::Input(at)),
                    on: vec![on],
                };
            }
            kind => {
                let Scalar::Column { input, field, .. } = *self.arena.get_scalar(own) else {
                    return None;
                };
                let outer = self.arena.scalar(Scalar::Column { depth: 1, input, field });
                let key = self.arena.column(0, Field::Named(name));
                let equal = self.arena.call("eq", vec![key, outer]);
                let (out, filter) = if kind == 2 {
                    (vec![], vec![equal])
                } else {
                    (vec![Out::Column(key)], vec![])
                };
                let inner =
                    self.arena.from(From { inputs: vec![scan], tree: Tree::Input(0), filter });
                let rel = self.arena.rel(Rel::Project { from: inner, out });
                node.filter.push(if kind == 2 {
                    self.arena.scalar(Scalar::Exists(rel))
                } else {
                    self.arena.scalar(Scalar::In { values: vec![own], rel })
                });
            }
        }
        let from = self.arena.from(node);
        Some(self.arena.rel(Rel::Project { from, out }))
    }
}

fn columns(out: &[Out]) -> Option<Vec<ScalarId>> {
    out.iter().map(|it| if let Out::Column(id) = it { Some(*id) } else { None }).collect()
}

fn width(arena: &Arena, rel: RelId) -> Option<u32> {
    match arena.get_rel(rel) {
        Rel::Values { width, .. } => Some(*width),
        Rel::Project { out, .. } => u32::try_from(columns(out)?.len()).ok(),
        Rel::Aggregate { keys, calls, .. } => u32::try_from(keys.len() + calls.len()).ok(),
        Rel::Distinct { input } | Rel::Limit { input, .. } => width(arena, *input),
        Rel::Union { inputs } => width(arena, *inputs.first()?),
        Rel::Set { left, .. } => width(arena, *left),
        Rel::Scan { .. } | Rel::Call { .. } | Rel::Opaque { .. } => None,
    }
}
