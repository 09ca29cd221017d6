//! The same plan, written another way.

use plumb_ir::{Arena, Field, From, Out, Part, Rel, RelId, Scalar, ScalarId, Tree, function};

pub(crate) struct Twin<'a> {
    pub(crate) arena: &'a mut Arena,
    /// Makes choices, and repeats them for the same seed.
    pub(crate) seed: u64,
}

impl Twin<'_> {
    fn pick(&mut self, below: usize) -> usize {
        self.seed = self
            .seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.seed >> 33).unwrap_or(0) % below.max(1)
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            let other = self.pick(at + 1);
            list.swap(at, other);
        }
    }

    /// A relation with its outputs where they were.
    pub(crate) fn rel(&mut self, id: RelId) -> RelId {
        let rel = self.arena.get_rel(id).clone();
        let mut new = match &rel {
            Rel::Project { .. } | Rel::Aggregate { .. } => self.on_from(&rel),
            Rel::Union { inputs } => {
                let mut inputs: Vec<RelId> = inputs.iter().map(|input| self.rel(*input)).collect();
                if !inputs.iter().any(|input| starred(self.arena, *input)) {
                    self.shuffle(&mut inputs);
                }
                Rel::Union { inputs }
            }
            Rel::Scan { .. }
            | Rel::Values { .. }
            | Rel::Distinct { .. }
            | Rel::Set { .. }
            | Rel::Limit { .. }
            | Rel::Call { .. }
            | Rel::Opaque { .. } => self.parts(&rel),
        };
        if let Rel::Union { inputs } = &new
            && inputs.len() > 2
            && self.pick(3) == 0
            && !inputs.iter().any(|input| starred(self.arena, *input))
        {
            let inner = self.arena.rel(Rel::Union { inputs: inputs[1..].to_vec() });
            new = Rel::Union { inputs: vec![inputs[0], inner] };
        }
        self.arena.rel(new)
    }

    fn parts(&mut self, rel: &Rel) -> Rel {
        let mut new = rel.clone();
        // One closure cannot borrow both the twin and its arena.
        let scalars: Vec<ScalarId> = rel.scalars().iter().map(|id| self.scalar(*id)).collect();
        let rels: Vec<RelId> = rel.inputs().iter().map(|id| self.rel(*id)).collect();
        let (mut scalars, mut rels) = (scalars.into_iter(), rels.into_iter());
        new = self.arena.map_rel(&new, &mut |_, part| match part {
            Part::Scalar(id) => Part::Scalar(scalars.next().unwrap_or(id)),
            Part::Rel(id) => Part::Rel(rels.next().unwrap_or(id)),
            Part::From(_) => part,
        });
        new
    }

    fn on_from(&mut self, rel: &Rel) -> Rel {
        let id = rel.from().expect("a relation on a FROM");
        let from = self.arena.get_from(id).clone();
        let count = from.inputs.len();
        let mut order: Vec<usize> = (0..count).collect();
        // A lateral input must stay behind what it looks at.
        if from.inputs.iter().all(|input| self.arena.rel_reach(*input) == 0) {
            self.shuffle(&mut order);
        }
        let mut place = vec![0_u32; count];
        for (new, old) in (0..).zip(&order) {
            place[*old] = new;
        }
        let inputs: Vec<RelId> = from.inputs.iter().map(|input| self.rel(*input)).collect();
        let inputs: Vec<RelId> = order.iter().map(|old| self.wrapped(inputs[*old])).collect();
        let mut filter: Vec<ScalarId> =
            from.filter.iter().map(|id| self.moved(*id, &place)).collect();
        self.shuffle(&mut filter);
        let filter = self.joined(filter);
        let tree = self.tree(&from.tree, &place);
        let scalars: Vec<ScalarId> =
            rel.scalars().iter().map(|id| self.moved(*id, &place)).collect();
        let from = self.arena.from(From { inputs, tree, filter });
        let mut scalars = scalars.into_iter();
        let mut new = self.arena.map_rel(rel, &mut |_, part| match part {
            Part::Scalar(id) => Part::Scalar(scalars.next().unwrap_or(id)),
            Part::From(_) => Part::From(from),
            Part::Rel(_) => part,
        });
        if let Rel::Project { out, .. } = &mut new {
            for out in out {
                if let Out::Star { input, .. } = out {
                    *input = place[*input as usize];
                }
            }
        }
        new
    }

    /// Conditions, at times as one conjunction.
    fn joined(&mut self, mut filter: Vec<ScalarId>) -> Vec<ScalarId> {
        if filter.len() > 1 && self.pick(3) == 0 {
            let all = std::mem::take(&mut filter);
            filter.push(self.arena.call("and", all));
        }
        filter
    }

    /// An input, at times behind a projection of all its columns.
    fn wrapped(&mut self, input: RelId) -> RelId {
        let width = match self.arena.get_rel(input) {
            Rel::Project { out, .. } if !out.iter().any(|out| matches!(out, Out::Star { .. })) => {
                out.len()
            }
            Rel::Aggregate { keys, calls, .. } => keys.len() + calls.len(),
            other => {
                if !matches!(other, Rel::Scan { .. }) || self.pick(3) > 0 {
                    return input;
                }
                let from = From { inputs: vec![input], tree: Tree::Input(0), filter: Vec::new() };
                let from = self.arena.from(from);
                return self.arena.rel(Rel::Project {
                    from,
                    out: vec![Out::Star { input: 0, except: Vec::new() }],
                });
            }
        };
        if self.arena.rel_reach(input) > 0 || self.pick(3) > 0 {
            return input;
        }
        let from =
            self.arena.from(From { inputs: vec![input], tree: Tree::Input(0), filter: Vec::new() });
        let columns =
            (0..).take(width).map(|at| Out::Column(self.arena.column(0, Field::At(at)))).collect();
        self.arena.rel(Rel::Project { from, out: columns })
    }

    fn tree(&mut self, tree: &Tree, place: &[u32]) -> Tree {
        match tree {
            Tree::Input(input) => Tree::Input(place[*input as usize]),
            Tree::Inner(parts) => {
                let mut parts: Vec<Tree> =
                    parts.iter().map(|part| self.tree(part, place)).collect();
                let plain = parts.iter().all(|part| matches!(part, Tree::Input(_)));
                if plain {
                    // In the order of the inputs, so that a lateral one stays behind what it looks at.
                    parts.sort_by_key(|part| part.inputs().first().copied());
                }
                Tree::Inner(parts)
            }
            Tree::Where { part, on } => {
                let part = Box::new(self.tree(part, place));
                Tree::Where { part, on: self.on(on, place) }
            }
            Tree::Left { left, right, on } => {
                let (left, right) =
                    (Box::new(self.tree(left, place)), Box::new(self.tree(right, place)));
                Tree::Left { left, right, on: self.on(on, place) }
            }
            Tree::Full { left, right, on } => {
                let (left, right) =
                    (Box::new(self.tree(left, place)), Box::new(self.tree(right, place)));
                Tree::Full { left: right, right: left, on: self.on(on, place) }
            }
        }
    }

    fn on(&mut self, on: &[ScalarId], place: &[u32]) -> Vec<ScalarId> {
        let mut on: Vec<ScalarId> = on.iter().map(|id| self.moved(*id, place)).collect();
        self.shuffle(&mut on);
        on
    }

    /// A scalar written another way, of a scope whose inputs have moved.
    fn moved(&mut self, id: ScalarId, place: &[u32]) -> ScalarId {
        let id = self.scalar(id);
        self.arena.rewrite(id, 0, &mut |arena: &mut Arena, id: ScalarId, level: u32| match arena
            .get_scalar(id)
            .clone()
        {
            Scalar::Column { depth, input, field } if depth == level => {
                let input = place[input as usize];
                Some(arena.scalar(Scalar::Column { depth, input, field }))
            }
            Scalar::Either { depth, inputs, name } if depth == level => {
                let mut inputs: Vec<u32> =
                    inputs.iter().map(|input| place[*input as usize]).collect();
                inputs.sort_unstable();
                Some(arena.scalar(Scalar::Either { depth, inputs, name }))
            }
            _other => None,
        })
    }

    fn scalar(&mut self, id: ScalarId) -> ScalarId {
        let scalar = self.arena.get_scalar(id).clone();
        let mut children: Vec<ScalarId> =
            scalar.children().iter().map(|child| self.scalar(*child)).collect();
        if let Scalar::Call { function: name, .. } = &scalar
            && function(self.arena.name(*name)).is_some_and(|it| it.commutative)
        {
            self.shuffle(&mut children);
        }
        let rel = scalar.subquery().map(|rel| self.rel(rel));
        let mut children = children.into_iter();
        let id = self.arena.map_scalar(
            id,
            &mut |_, child| children.next().unwrap_or(child),
            &mut |_, rel| rel,
        );
        self.arena.map_scalar(id, &mut |_, child| child, &mut |_, old| rel.unwrap_or(old))
    }
}

/// Whether some columns are addressed by name, so that the first side of a union names them.
fn starred(arena: &Arena, rel: RelId) -> bool {
    match arena.get_rel(rel) {
        Rel::Project { out, .. } => out.iter().any(|out| matches!(out, Out::Star { .. })),
        Rel::Union { inputs } => inputs.iter().any(|input| starred(arena, *input)),
        Rel::Distinct { input } | Rel::Limit { input, .. } => starred(arena, *input),
        Rel::Set { left, .. } => starred(arena, *left),
        Rel::Scan { .. } | Rel::Call { .. } | Rel::Opaque { .. } => true,
        Rel::Aggregate { .. } | Rel::Values { .. } => false,
    }
}
