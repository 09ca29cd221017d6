//! Joins, filters and groupings written another way, whether or not that is the same.

use plumb_ir::{Arena, Field, From, FromId, Literal, Out, Rel, RelId, Scalar, ScalarId, Tree};

use super::twist::Twist;

impl Twist<'_> {
    /// Groups in another way: of groups, by fewer or more keys, or as rows.
    pub(super) fn regrouped(
        &mut self,
        from: FromId,
        keys: Vec<ScalarId>,
        calls: Vec<ScalarId>,
        scalar: bool,
    ) -> Option<RelId> {
        match self.pick(5) {
            0 | 1 => self.grouped_twice(from, &keys, &calls, scalar),
            2 => {
                let mut out: Vec<Out> = keys.iter().map(|it| Out::Column(*it)).collect();
                for call in calls {
                    let Scalar::Aggregate { args, .. } = self.arena.get_scalar(call) else {
                        return None;
                    };
                    let value = args.first().copied();
                    out.push(Out::Column(match value {
                        Some(value) => value,
                        None => self.arena.literal(Literal::Integer(1)),
                    }));
                }
                Some(self.arena.rel(Rel::Project { from, out }))
            }
            3 => {
                // A condition on all calls.
                let mut new = Vec::new();
                let mut node = self.arena.get_from(from).clone();
                let mut condition = None;
                for call in calls {
                    let mut call = self.arena.get_scalar(call).clone();
                    let Scalar::Aggregate { filter, .. } = &mut call else { return None };
                    condition = filter.take().or(condition);
                    new.push(self.arena.scalar(call));
                }
                node.filter.push(condition?);
                let from = self.arena.from(node);
                Some(self.arena.rel(Rel::Aggregate { from, keys, calls: new, scalar }))
            }
            _ => {
                let input = self.distinct_from(from)?;
                Some(self.arena.rel(Rel::Aggregate { from: input, keys, calls, scalar }))
            }
        }
    }

    /// Groups of finer groups, each call made of those of the finer ones.
    fn grouped_twice(
        &mut self,
        from: FromId,
        keys: &[ScalarId],
        calls: &[ScalarId],
        scalar: bool,
    ) -> Option<RelId> {
        let mut finer = keys.to_vec();
        let width = keys.len();
        for call in calls {
            let args = self.arena.get_scalar(*call).children();
            if let (Some(arg), true) = (args.first(), self.pick(2) == 0) {
                finer.push(*arg);
            }
        }
        let behind = finer.len();
        let inner =
            Rel::Aggregate { from, keys: finer.clone(), calls: calls.to_vec(), scalar: false };
        let inner = self.arena.rel(inner);
        let from =
            self.arena.from(From { inputs: vec![inner], tree: Tree::Input(0), filter: vec![] });
        let at = |it: usize| Field::At(u32::try_from(it).unwrap_or(0));
        let keys = (0..width).map(|key| self.arena.column(0, at(key))).collect();
        let mut new = Vec::new();
        for (place, call) in calls.iter().enumerate() {
            let Scalar::Aggregate { function, args, distinct, filter, .. } =
                self.arena.get_scalar(*call).clone()
            else {
                return None;
            };
            let name = self.arena.name(function).to_owned();
            let of_key = args.first().and_then(|arg| finer.iter().position(|it| it == arg));
            let (name, arg) = match of_key {
                Some(key) if filter.is_none() && self.pick(2) == 0 => (name, key),
                _ => (if name == "count" { "sum".to_owned() } else { name }, behind + place),
            };
            let args = vec![self.arena.column(0, at(arg))];
            let function = self.arena.symbol(&name);
            let call = Scalar::Aggregate { function, args, distinct, filter: None, order: vec![] };
            new.push(self.arena.scalar(call));
        }
        Some(self.arena.rel(Rel::Aggregate { from, keys, calls: new, scalar }))
    }

    /// The rows of a join's first input only once.
    fn distinct_from(&mut self, from: FromId) -> Option<FromId> {
        let mut node = self.arena.get_from(from).clone();
        let at = self.pick(node.inputs.len());
        let input = node.inputs.get_mut(at)?;
        *input = self.arena.rel(Rel::Distinct { input: *input });
        Some(self.arena.from(node))
    }

    pub(super) fn from(&mut self, id: FromId) -> Option<FromId> {
        let mut from = self.arena.get_from(id).clone();
        match self.pick(9) {
            0 => return self.distinct_from(id),
            // What is filtered, as a condition of the match, and the other way round.
            1 => {
                let at = self.pick(from.filter.len());
                if at >= from.filter.len() {
                    return None;
                }
                let moved = from.filter.remove(at);
                let on = first_on(&mut from.tree)?;
                on.push(moved);
            }
            2 => {
                let moved = first_on(&mut from.tree)?.pop()?;
                from.filter.push(moved);
            }
            3 => {
                let mut filter = from.filter.clone();
                from.tree = inner(from.tree, &mut filter);
                from.filter = filter;
            }
            4 => {
                let Tree::Inner(parts) = &from.tree else { return None };
                let [one, two] = parts.as_slice() else { return None };
                let on = std::mem::take(&mut from.filter);
                from.tree =
                    Tree::Left { left: Box::new(one.clone()), right: Box::new(two.clone()), on };
            }
            5 => from.tree = turned(from.tree)?,
            6 | 7 => return self.pushed(&from),
            _ => {
                let at = self.pick(from.filter.len());
                let kept = *from.filter.get(at)?;
                let part = std::mem::replace(&mut from.tree, Tree::Inner(vec![]));
                from.filter.remove(at);
                from.tree = Tree::Where { part: Box::new(part), on: vec![kept] };
            }
        }
        Some(self.arena.from(from))
    }

    /// A condition of the filter inside of an input.
    fn pushed(&mut self, from: &From) -> Option<FromId> {
        let mut from = from.clone();
        let at = self.pick(from.filter.len());
        let condition = *from.filter.get(at)?;
        let input = u32::try_from(self.pick(from.inputs.len())).ok()?;
        from.filter.remove(at);
        let old = *from.inputs.get(input as usize)?;
        let new = self.within(old, input, condition, 4)?;
        from.inputs[input as usize] = new;
        Some(self.arena.from(from))
    }

    fn within(
        &mut self,
        rel: RelId,
        input: u32,
        condition: ScalarId,
        depth: usize,
    ) -> Option<RelId> {
        if depth == 0 {
            return None;
        }
        let new = match self.arena.get_rel(rel).clone() {
            Rel::Project { from, out } => {
                let out_columns: Vec<Option<ScalarId>> = out
                    .iter()
                    .map(|it| if let Out::Column(id) = it { Some(*id) } else { None })
                    .collect();
                let from = self.filtered(from, input, condition, &out_columns)?;
                Rel::Project { from, out }
            }
            Rel::Aggregate { from, keys, calls, scalar } => {
                let mut values: Vec<Option<ScalarId>> = keys.iter().map(|it| Some(*it)).collect();
                for call in &calls {
                    values.push(self.arena.get_scalar(*call).children().first().copied());
                }
                let from = self.filtered(from, input, condition, &values)?;
                Rel::Aggregate { from, keys, calls, scalar }
            }
            Rel::Distinct { input: below } => {
                Rel::Distinct { input: self.within(below, input, condition, depth - 1)? }
            }
            Rel::Limit { input: below, order, limit, offset } => {
                let below = self.within(below, input, condition, depth - 1)?;
                Rel::Limit { input: below, order, limit, offset }
            }
            Rel::Union { inputs } => {
                let all: Option<Vec<RelId>> = inputs
                    .iter()
                    .map(|below| self.within(*below, input, condition, depth - 1))
                    .collect();
                Rel::Union { inputs: all? }
            }
            Rel::Set { kind, all, left, right } => {
                let left = self.within(left, input, condition, depth - 1)?;
                Rel::Set { kind, all, left, right }
            }
            Rel::Scan { .. } => {
                let from = From { inputs: vec![rel], tree: Tree::Input(0), filter: vec![] };
                let from = self.arena.from(from);
                let from = self.filtered(from, input, condition, &[])?;
                Rel::Project { from, out: vec![Out::Star { input: 0, except: vec![] }] }
            }
            Rel::Values { .. } | Rel::Call { .. } | Rel::Opaque { .. } => return None,
        };
        Some(self.arena.rel(new))
    }

    fn filtered(
        &mut self,
        from: FromId,
        input: u32,
        condition: ScalarId,
        out: &[Option<ScalarId>],
    ) -> Option<FromId> {
        let mut fault = false;
        let moved =
            self.arena.rewrite(condition, 0, &mut |arena: &mut Arena, id: ScalarId, level: u32| {
                match arena.get_scalar(id).clone() {
                    Scalar::Column { depth, input: of, field } if depth == level => {
                        if of != input || level > 0 {
                            fault = true;
                            return Some(id);
                        }
                        match field {
                            Field::At(at) => {
                                let value = out.get(at as usize).copied().flatten();
                                fault |= value.is_none();
                                value.or(Some(id))
                            }
                            Field::Named(_) => {
                                Some(arena.scalar(Scalar::Column { depth, input: 0, field }))
                            }
                        }
                    }
                    Scalar::Column { depth, input, field } if depth > level => {
                        Some(arena.scalar(Scalar::Column { depth: depth + 1, input, field }))
                    }
                    Scalar::Either { .. } => {
                        fault = true;
                        Some(id)
                    }
                    _ => None,
                }
            });
        if fault {
            return None;
        }
        let mut node = self.arena.get_from(from).clone();
        node.filter.push(moved);
        Some(self.arena.from(node))
    }
}

/// The conditions of the first outer join.
fn first_on(tree: &mut Tree) -> Option<&mut Vec<ScalarId>> {
    match tree {
        Tree::Input(_) => None,
        Tree::Inner(parts) => parts.iter_mut().find_map(first_on),
        Tree::Where { on, .. } | Tree::Left { on, .. } | Tree::Full { on, .. } => Some(on),
    }
}

/// Without outer joins.
fn inner(tree: Tree, filter: &mut Vec<ScalarId>) -> Tree {
    match tree {
        Tree::Input(at) => Tree::Input(at),
        Tree::Inner(parts) => Tree::Inner(parts.into_iter().map(|it| inner(it, filter)).collect()),
        Tree::Where { part, on } => {
            filter.extend(on);
            inner(*part, filter)
        }
        Tree::Left { left, right, on } | Tree::Full { left, right, on } => {
            filter.extend(on);
            Tree::Inner(vec![inner(*left, filter), inner(*right, filter)])
        }
    }
}

/// With the first outer join turned round, or as another.
fn turned(tree: Tree) -> Option<Tree> {
    Some(match tree {
        Tree::Input(_) => return None,
        Tree::Inner(mut parts) => {
            let at = parts.iter().position(|it| !matches!(it, Tree::Input(_)))?;
            parts[at] = turned(parts[at].clone())?;
            Tree::Inner(parts)
        }
        Tree::Where { part, on } => Tree::Where { part: Box::new(turned(*part)?), on },
        Tree::Left { left, right, on } if on.len() % 2 == 0 => {
            Tree::Left { left: right, right: left, on }
        }
        Tree::Left { left, right, on } => Tree::Full { left, right, on },
        Tree::Full { left, right, on } => Tree::Left { left, right, on },
    })
}
