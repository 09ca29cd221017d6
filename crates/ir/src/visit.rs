//! Walking and rebuilding plans, with scopes counted.

use smallvec::SmallVec;

use crate::{Arena, Bound, From, FromId, Out, Rel, RelId, Scalar, ScalarId, SortKey, Tree};

/// Replaces scalars below a root.
///
/// `level` is the number of scopes between the root and the scalar: a column with `depth == level` belongs to
/// the scope the root stands in.
pub trait Rewrite {
    /// The replacement of a scalar, or `None` to go on into its parts.
    fn scalar(&mut self, arena: &mut Arena, id: ScalarId, level: u32) -> Option<ScalarId>;
}

impl<F: FnMut(&mut Arena, ScalarId, u32) -> Option<ScalarId>> Rewrite for F {
    fn scalar(&mut self, arena: &mut Arena, id: ScalarId, level: u32) -> Option<ScalarId> {
        self(arena, id, level)
    }
}

/// Scalars directly below another.
pub type Children = SmallVec<[ScalarId; 4]>;

/// Scalars that stand in a relation or a join.
pub type Scalars = SmallVec<[ScalarId; 8]>;

/// Relations below another.
pub type Inputs = SmallVec<[RelId; 4]>;

impl Scalar {
    /// The scalars directly below, in order; not those inside relations.
    pub fn children(&self) -> Children {
        match self {
            Self::Column { .. }
            | Self::Either { .. }
            | Self::Literal(_)
            | Self::Exists(_)
            | Self::Subquery(_)
            | Self::Param(_)
            | Self::Hole { .. } => Children::new(),
            Self::Call { args, .. } => Children::from_slice(args),
            Self::Case { branches, otherwise } => {
                branches.iter().flat_map(|(when, then)| [*when, *then]).chain(*otherwise).collect()
            }
            Self::Cast { value, .. } => Children::from_slice(&[*value]),
            Self::Aggregate { args, filter, order, .. } => args
                .iter()
                .copied()
                .chain(*filter)
                .chain(order.iter().map(|key| key.value))
                .collect(),
            Self::Window { args, partition, order, frame, .. } => {
                let keys = order.iter().map(|key| key.value);
                let bounds = frame.iter().flat_map(|frame| [frame.start, frame.end]);
                let bounds = bounds.filter_map(|bound| match bound {
                    Bound::Before(value) | Bound::After(value) => Some(value),
                    Bound::First | Bound::Current | Bound::Last => None,
                });
                args.iter().chain(partition).copied().chain(keys).chain(bounds).collect()
            }
            Self::In { values, .. } => Children::from_slice(values),
            Self::Lambda { body, .. } => Children::from_slice(&[*body]),
        }
    }

    /// Puts others in the place of the scalars directly below: as many, in the same order.
    fn set_children(&mut self, mut new: impl Iterator<Item = ScalarId>) {
        let mut put = |slot: &mut ScalarId| *slot = new.next().unwrap_or(*slot);
        match self {
            Self::Column { .. }
            | Self::Either { .. }
            | Self::Literal(_)
            | Self::Exists(_)
            | Self::Subquery(_)
            | Self::Param(_)
            | Self::Hole { .. } => {}
            Self::Call { args: values, .. } | Self::In { values, .. } => {
                values.iter_mut().for_each(put);
            }
            Self::Case { branches, otherwise } => {
                for (when, then) in branches {
                    put(when);
                    put(then);
                }
                otherwise.iter_mut().for_each(put);
            }
            Self::Cast { value, .. } | Self::Lambda { body: value, .. } => put(value),
            Self::Aggregate { args, filter, order, .. } => {
                args.iter_mut().chain(filter).for_each(&mut put);
                for key in order {
                    put(&mut key.value);
                }
            }
            Self::Window { args, partition, order, frame, .. } => {
                args.iter_mut().chain(partition).for_each(&mut put);
                for key in order {
                    put(&mut key.value);
                }
                let bounds = frame.iter_mut().flat_map(|it| [&mut it.start, &mut it.end]);
                for bound in bounds {
                    if let Bound::Before(value) | Bound::After(value) = bound {
                        put(value);
                    }
                }
            }
        }
    }

    /// The relation directly below, if it is a subquery of some kind.
    pub fn subquery(&self) -> Option<RelId> {
        match self {
            Self::Exists(rel) | Self::Subquery(rel) | Self::In { rel, .. } => Some(*rel),
            Self::Column { .. }
            | Self::Either { .. }
            | Self::Literal(_)
            | Self::Call { .. }
            | Self::Case { .. }
            | Self::Cast { .. }
            | Self::Aggregate { .. }
            | Self::Window { .. }
            | Self::Lambda { .. }
            | Self::Param(_)
            | Self::Hole { .. } => None,
        }
    }
}

impl Tree {
    /// All conjuncts of outer joins below, in order.
    pub fn conditions(&self) -> Scalars {
        match self {
            Self::Input(_) => Scalars::new(),
            Self::Inner(parts) => parts.iter().flat_map(Self::conditions).collect(),
            Self::Where { part, on } => {
                let mut all = part.conditions();
                all.extend_from_slice(on);
                all
            }
            Self::Left { left, right, on } | Self::Full { left, right, on } => {
                let mut all = left.conditions();
                all.extend_from_slice(&right.conditions());
                all.extend_from_slice(on);
                all
            }
        }
    }

    /// The inputs below, in order.
    pub fn inputs(&self) -> Vec<u32> {
        match self {
            Self::Input(input) => vec![*input],
            Self::Inner(parts) => parts.iter().flat_map(Self::inputs).collect(),
            Self::Where { part, .. } => part.inputs(),
            Self::Left { left, right, .. } | Self::Full { left, right, .. } => {
                let mut all = left.inputs();
                all.extend(right.inputs());
                all
            }
        }
    }

    /// The same tree with other conditions and input numbers.
    #[must_use]
    pub fn map(
        &self,
        input: &mut dyn FnMut(u32) -> Self,
        condition: &mut dyn FnMut(ScalarId) -> ScalarId,
    ) -> Self {
        match self {
            Self::Input(index) => input(*index),
            Self::Inner(parts) => {
                Self::Inner(parts.iter().map(|part| part.map(input, condition)).collect())
            }
            Self::Where { part, on } => Self::Where {
                part: Box::new(part.map(input, condition)),
                on: on.iter().map(|scalar| condition(*scalar)).collect(),
            },
            Self::Left { left, right, on } => Self::Left {
                left: Box::new(left.map(input, condition)),
                right: Box::new(right.map(input, condition)),
                on: on.iter().map(|scalar| condition(*scalar)).collect(),
            },
            Self::Full { left, right, on } => Self::Full {
                left: Box::new(left.map(input, condition)),
                right: Box::new(right.map(input, condition)),
                on: on.iter().map(|scalar| condition(*scalar)).collect(),
            },
        }
    }
}

impl Rel {
    /// The `FROM` it stands on, if it has one.
    pub fn from(&self) -> Option<FromId> {
        match self {
            Self::Project { from, .. } | Self::Aggregate { from, .. } => Some(*from),
            Self::Scan { .. }
            | Self::Values { .. }
            | Self::Distinct { .. }
            | Self::Union { .. }
            | Self::Set { .. }
            | Self::Limit { .. }
            | Self::Call { .. }
            | Self::Opaque { .. } => None,
        }
    }

    /// Relations directly below that are not inputs of a `FROM`.
    pub fn inputs(&self) -> Inputs {
        match self {
            Self::Distinct { input } | Self::Limit { input, .. } => Inputs::from_slice(&[*input]),
            Self::Union { inputs } | Self::Opaque { inputs, .. } => Inputs::from_slice(inputs),
            Self::Set { left, right, .. } => Inputs::from_slice(&[*left, *right]),
            Self::Scan { .. }
            | Self::Values { .. }
            | Self::Project { .. }
            | Self::Aggregate { .. }
            | Self::Call { .. } => Inputs::new(),
        }
    }

    /// Scalars that stand directly in it, without those of its `FROM`.
    pub fn scalars(&self) -> Scalars {
        match self {
            Self::Values { rows, .. } => rows.iter().flatten().copied().collect(),
            Self::Project { out, .. } => out
                .iter()
                .filter_map(|out| match out {
                    Out::Column(scalar) => Some(*scalar),
                    Out::Star { .. } => None,
                })
                .collect(),
            Self::Aggregate { keys, calls, .. } => keys.iter().chain(calls).copied().collect(),
            Self::Limit { order, limit, offset, .. } => {
                order.iter().map(|key| key.value).chain(*limit).chain(*offset).collect()
            }
            Self::Call { args, .. } => Scalars::from_slice(args),
            Self::Scan { .. }
            | Self::Distinct { .. }
            | Self::Union { .. }
            | Self::Set { .. }
            | Self::Opaque { .. } => Scalars::new(),
        }
    }
}

impl From {
    /// Every condition: those of outer joins, then the filter.
    pub fn conditions(&self) -> Scalars {
        let mut all = self.tree.conditions();
        all.extend_from_slice(&self.filter);
        all
    }
}

impl Arena {
    /// Rebuilds a scalar with its direct children mapped, and its subquery.
    pub fn map_scalar(
        &mut self,
        id: ScalarId,
        child: &mut dyn FnMut(&mut Self, ScalarId) -> ScalarId,
        subquery: &mut dyn FnMut(&mut Self, RelId) -> RelId,
    ) -> ScalarId {
        let node = self.get_scalar(id);
        let (old, rel) = (node.children(), node.subquery());
        let new: Children = old.iter().map(|scalar| child(self, *scalar)).collect();
        let below = rel.map(|rel| subquery(self, rel));
        // Most nodes stay as they are, and are not even copied.
        if new == old && below == rel {
            return id;
        }
        let mut node = self.get_scalar(id).clone();
        node.set_children(new.into_iter());
        if let (Some(new), Scalar::Exists(rel) | Scalar::Subquery(rel) | Scalar::In { rel, .. }) =
            (below, &mut node)
        {
            *rel = new;
        }
        self.scalar(node)
    }

    /// Rebuilds a scalar, replacing what `with` replaces, also inside subqueries that look out this far.
    pub fn rewrite(&mut self, id: ScalarId, level: u32, with: &mut dyn Rewrite) -> ScalarId {
        if self.scalar_reach(id) <= level && level > 0 {
            return id;
        }
        if let Some(new) = with.scalar(self, id, level) {
            return new;
        }
        // Two closures may not both borrow `with`: children first, then the subquery.
        let id = self.map_scalar(
            id,
            &mut |arena, child| arena.rewrite(child, level, with),
            &mut |_, rel| rel,
        );
        self.map_subquery(id, &mut |arena, rel| arena.rewrite_rel(rel, level, with))
    }

    /// Rebuilds a scalar with its subquery mapped, if it is one.
    pub fn map_subquery(
        &mut self,
        id: ScalarId,
        subquery: &mut dyn FnMut(&mut Self, RelId) -> RelId,
    ) -> ScalarId {
        if self.get_scalar(id).subquery().is_none() {
            return id;
        }
        self.map_scalar(id, &mut |_, child| child, subquery)
    }

    /// Rebuilds a relation that stands in a scope at `level`.
    pub fn rewrite_rel(&mut self, id: RelId, level: u32, with: &mut dyn Rewrite) -> RelId {
        if self.rel_reach(id) <= level {
            return id;
        }
        self.map_parts(id, &mut |arena, part| match part {
            Part::From(from) => Part::From(arena.rewrite_from(from, level, with)),
            Part::Scalar(scalar) => Part::Scalar(arena.rewrite(scalar, level + 1, with)),
            Part::Rel(rel) => Part::Rel(arena.rewrite_rel(rel, level, with)),
        })
    }

    fn rewrite_from(&mut self, id: FromId, level: u32, with: &mut dyn Rewrite) -> FromId {
        self.map_from(id, &mut |arena, part| match part {
            Part::Scalar(scalar) => Part::Scalar(arena.rewrite(scalar, level + 1, with)),
            Part::Rel(rel) => Part::Rel(arena.rewrite_rel(rel, level + 1, with)),
            Part::From(_) => part,
        })
    }

    /// Rebuilds a join with its inputs, then its filter, then the conditions of its tree mapped.
    pub fn map_from(&mut self, id: FromId, map: Map<'_>) -> FromId {
        let old = self.get_from(id);
        let (inputs, filter) = (Inputs::from_slice(&old.inputs), Scalars::from_slice(&old.filter));
        let on = old.tree.conditions();
        let new_inputs: Inputs = inputs.iter().map(|rel| mapped_rel(self, *rel, map)).collect();
        let new_filter = mapped_scalars(self, &filter, map);
        let new_on = mapped_scalars(self, &on, map);
        if new_inputs == inputs && new_filter == filter && new_on == on {
            return id;
        }
        let mut on = new_on.into_iter();
        let tree = &self.get_from(id).tree;
        let tree = tree.map(&mut Tree::Input, &mut |scalar| on.next().unwrap_or(scalar));
        self.from(From { inputs: new_inputs.to_vec(), tree, filter: new_filter.to_vec() })
    }

    /// As [`Self::map_rel`], for a relation of this arena.
    pub fn map_parts(&mut self, id: RelId, map: Map<'_>) -> RelId {
        let old = self.get_rel(id);
        let (scalars, inputs, from) = (old.scalars(), old.inputs(), old.from());
        let new_scalars = mapped_scalars(self, &scalars, map);
        let new_inputs: Inputs = inputs.iter().map(|rel| mapped_rel(self, *rel, map)).collect();
        let new_from = from.map(|from| match map(self, Part::From(from)) {
            Part::From(new) => new,
            Part::Scalar(_) | Part::Rel(_) => from,
        });
        // Most nodes stay as they are, and are not even copied.
        if new_scalars == scalars && new_inputs == inputs && new_from == from {
            return id;
        }
        let old = self.get_rel(id).clone();
        let (mut scalars, mut inputs) = (new_scalars.into_iter(), new_inputs.into_iter());
        let new = self.mapped(old, &mut |_, part| match part {
            Part::From(from) => Part::From(new_from.unwrap_or(from)),
            Part::Scalar(scalar) => Part::Scalar(scalars.next().unwrap_or(scalar)),
            Part::Rel(rel) => Part::Rel(inputs.next().unwrap_or(rel)),
        });
        self.rel(new)
    }

    /// Rebuilds one relation with its direct parts mapped. A part must be answered by one of its own kind.
    pub fn map_rel(&mut self, rel: &Rel, map: Map<'_>) -> Rel {
        self.mapped(rel.clone(), map)
    }

    fn mapped(&mut self, mut new: Rel, map: Map<'_>) -> Rel {
        let mut scalar = |arena: &mut Self, id: ScalarId| match map(arena, Part::Scalar(id)) {
            Part::Scalar(id) => id,
            Part::From(_) | Part::Rel(_) => id,
        };
        match &mut new {
            Rel::Scan { .. } => {}
            Rel::Values { rows, .. } => {
                for row in rows {
                    each(self, row, &mut scalar);
                }
            }
            Rel::Call { args, .. } => each(self, args, &mut scalar),
            Rel::Project { out, .. } => {
                for out in out {
                    if let Out::Column(value) = out {
                        *value = scalar(self, *value);
                    }
                }
            }
            Rel::Aggregate { keys, calls, .. } => {
                each(self, keys, &mut scalar);
                each(self, calls, &mut scalar);
            }
            Rel::Limit { order, limit, offset, .. } => {
                keys(self, order, &mut scalar);
                *limit = limit.map(|value| scalar(self, value));
                *offset = offset.map(|value| scalar(self, value));
            }
            Rel::Distinct { .. } | Rel::Union { .. } | Rel::Set { .. } | Rel::Opaque { .. } => {}
        }
        self.map_below(&mut new, map);
        new
    }

    fn map_below(&mut self, new: &mut Rel, map: Map<'_>) {
        let mut rel = |arena: &mut Self, id: RelId| match map(arena, Part::Rel(id)) {
            Part::Rel(id) => id,
            Part::From(_) | Part::Scalar(_) => id,
        };
        match new {
            Rel::Distinct { input } | Rel::Limit { input, .. } => *input = rel(self, *input),
            Rel::Union { inputs } | Rel::Opaque { inputs, .. } => {
                for input in inputs {
                    *input = rel(self, *input);
                }
            }
            Rel::Set { left, right, .. } => {
                *left = rel(self, *left);
                *right = rel(self, *right);
            }
            Rel::Project { from, .. } | Rel::Aggregate { from, .. } => {
                if let Part::From(id) = map(self, Part::From(*from)) {
                    *from = id;
                }
            }
            Rel::Scan { .. } | Rel::Values { .. } | Rel::Call { .. } => {}
        }
    }
}

/// A direct part of a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Its `FROM`.
    From(FromId),
    /// A scalar that stands in it.
    Scalar(ScalarId),
    /// A relation below it that is not in a `FROM`.
    Rel(RelId),
}

/// What stands for a part; one of its own kind.
pub type Map<'a> = &'a mut dyn FnMut(&mut Arena, Part) -> Part;

type Child<'a> = &'a mut dyn FnMut(&mut Arena, ScalarId) -> ScalarId;

fn each(arena: &mut Arena, scalars: &mut [ScalarId], child: Child<'_>) {
    for scalar in scalars {
        *scalar = child(arena, *scalar);
    }
}

fn keys(arena: &mut Arena, order: &mut [SortKey], child: Child<'_>) {
    for key in order {
        key.value = child(arena, key.value);
    }
}

fn mapped_scalars(arena: &mut Arena, scalars: &[ScalarId], map: Map<'_>) -> Scalars {
    let one = |id: &ScalarId| match map(arena, Part::Scalar(*id)) {
        Part::Scalar(new) => new,
        Part::From(_) | Part::Rel(_) => *id,
    };
    scalars.iter().map(one).collect()
}

fn mapped_rel(arena: &mut Arena, id: RelId, map: Map<'_>) -> RelId {
    match map(arena, Part::Rel(id)) {
        Part::Rel(new) => new,
        Part::From(_) | Part::Scalar(_) => id,
    }
}
