//! Plans with one small thing changed: what a person mistypes, and what a wrong rewrite would do.

use plumb_ir::{
    Arena, From, FromId, Literal, Out, Part, Rel, RelId, Scalar, ScalarId, SetKind, Tree,
};

/// The kinds of changes, and how often a plan offers a place for one.
pub(crate) struct Mutate<'a> {
    pub(crate) arena: &'a mut Arena,
    /// The place that is changed, counted in the order of the walk.
    chosen: usize,
    /// Which of the changes that a place offers.
    choice: usize,
    seen: usize,
    steps: usize,
}

/// The plan with one change, if it has a place for one; `chance` picks the place and the change.
pub(crate) fn mutant(arena: &mut Arena, rel: RelId, chance: u64) -> Option<RelId> {
    let choice = usize::try_from(chance % 7).unwrap_or(0);
    let mut count = Mutate { arena, chosen: usize::MAX, choice, seen: 0, steps: 0 };
    count.rel(rel);
    let places = count.seen;
    if places == 0 || count.steps > 3000 {
        return None;
    }
    let chosen = usize::try_from(chance / 7).unwrap_or(0) % places;
    let mut mutate = Mutate { arena, chosen, choice, seen: 0, steps: 0 };
    let new = mutate.rel(rel);
    (new != rel).then_some(new)
}

impl Mutate<'_> {
    /// Whether this place is the one.
    fn here(&mut self) -> bool {
        self.seen += 1;
        self.seen - 1 == self.chosen
    }

    fn rel(&mut self, id: RelId) -> RelId {
        self.steps += 1;
        if self.steps > 3000 {
            return id;
        }
        let rel = self.arena.get_rel(id).clone();
        if changes_rel(&rel) && self.here() {
            return self.changed_rel(id, rel);
        }
        // The walk and the arena cannot both be borrowed by the mapping, so parts are made first.
        let from = rel.from().map(|from| self.from(from));
        let scalars: Vec<ScalarId> = rel.scalars().iter().map(|it| self.scalar(*it)).collect();
        let inputs: Vec<RelId> = rel.inputs().iter().map(|it| self.rel(*it)).collect();
        let (mut scalars, mut inputs) = (scalars.into_iter(), inputs.into_iter());
        let new = self.arena.map_rel(&rel, &mut |_, part| match part {
            Part::From(old) => Part::From(from.unwrap_or(old)),
            Part::Scalar(old) => Part::Scalar(scalars.next().unwrap_or(old)),
            Part::Rel(old) => Part::Rel(inputs.next().unwrap_or(old)),
        });
        if new == rel { id } else { self.arena.rel(new) }
    }

    fn changed_rel(&mut self, id: RelId, rel: Rel) -> RelId {
        let new = match rel {
            Rel::Distinct { input } => return input,
            Rel::Union { mut inputs } if self.choice > 2 => {
                inputs.pop();
                Rel::Union { inputs }
            }
            Rel::Union { .. } => Rel::Distinct { input: id },
            Rel::Set { kind, all, left, right } if self.choice > 2 => {
                Rel::Set { kind, all: !all, left, right }
            }
            Rel::Set { kind, all, left, right } => {
                let kind = match kind {
                    SetKind::Intersect => SetKind::Except,
                    SetKind::Except => SetKind::Intersect,
                };
                Rel::Set { kind, all, left, right }
            }
            Rel::Aggregate { from, keys, calls, scalar: false } if self.choice > 3 => {
                // A key fewer; something has to stand in its place.
                let mut kept = keys.clone();
                if let Some(key) = kept.last_mut() {
                    *key = self.arena.literal(Literal::Null);
                }
                Rel::Aggregate { from, keys: kept, calls, scalar: false }
            }
            Rel::Aggregate { from, keys, calls, scalar: false } if calls.is_empty() => {
                // Rows are not merged any more.
                Rel::Project { from, out: keys.into_iter().map(Out::Column).collect() }
            }
            Rel::Aggregate { from, keys, calls, scalar } => {
                let scalar = !scalar && keys.is_empty();
                Rel::Aggregate { from, keys, calls, scalar }
            }
            other @ (Rel::Scan { .. }
            | Rel::Values { .. }
            | Rel::Project { .. }
            | Rel::Limit { .. }
            | Rel::Call { .. }
            | Rel::Opaque { .. }) => other,
        };
        self.arena.rel(new)
    }

    fn from(&mut self, id: FromId) -> FromId {
        let mut from = self.arena.get_from(id).clone();
        if (!from.filter.is_empty() || changes_tree(&from.tree)) && self.here() {
            if from.filter.is_empty() || (self.choice > 3 && changes_tree(&from.tree)) {
                from.tree = changed_tree(from.tree, self.choice);
            } else {
                let at = self.choice % from.filter.len();
                from.filter.remove(at);
            }
            return self.arena.from(from);
        }
        let inputs = from.inputs.iter().map(|input| self.rel(*input)).collect();
        let filter = from.filter.iter().map(|scalar| self.scalar(*scalar)).collect();
        let tree = from.tree.map(&mut Tree::Input, &mut |scalar| self.scalar(scalar));
        self.arena.from(From { inputs, tree, filter })
    }

    fn scalar(&mut self, id: ScalarId) -> ScalarId {
        self.steps += 1;
        if self.steps > 3000 {
            return id;
        }
        let scalar = self.arena.get_scalar(id).clone();
        if let Some(new) = self.changed(&scalar)
            && self.here()
        {
            return match new {
                Change::Node(node) => self.arena.scalar(node),
                Change::Child(child) => child,
                Change::Not(child) => self.arena.call("not", vec![child]),
                Change::Into(literal) => self.arena.literal(literal),
            };
        }
        let children: Vec<ScalarId> =
            scalar.children().iter().map(|child| self.scalar(*child)).collect();
        let rel = scalar.subquery().map(|rel| self.rel(rel));
        let mut children = children.into_iter();
        let id = self.arena.map_scalar(
            id,
            &mut |_, child| children.next().unwrap_or(child),
            &mut |_, rel| rel,
        );
        self.arena.map_subquery(id, &mut |_, old| rel.unwrap_or(old))
    }

    /// What a scalar may become.
    fn changed(&mut self, scalar: &Scalar) -> Option<Change> {
        match scalar {
            Scalar::Literal(Literal::Integer(number)) => {
                let by = if self.choice > 3 { 1 } else { -1 };
                Some(Change::Into(Literal::Integer(number + by)))
            }
            Scalar::Literal(Literal::Bool(value)) => Some(Change::Into(Literal::Bool(!value))),
            Scalar::Literal(Literal::Text(text)) => {
                Some(Change::Into(Literal::Text(format!("{text}b"))))
            }
            Scalar::Call { function, args } => {
                let name = self.arena.name(*function).to_owned();
                let other = match (name.as_str(), args.as_slice()) {
                    ("lt", _) => "le",
                    ("le", _) => "lt",
                    ("eq", _) => ["ne", "is-not-distinct", "le"][self.choice % 3],
                    ("ne", _) => ["eq", "is-distinct"][self.choice % 2],
                    ("is-not-distinct", _) => "eq",
                    ("is-distinct", _) => "ne",
                    ("and", _) => "or",
                    ("or", _) => "and",
                    ("add", _) => "sub",
                    ("sub", _) => "add",
                    ("not", [child]) => return Some(Change::Child(*child)),
                    ("coalesce", [first, ..]) => return Some(Change::Child(*first)),
                    ("is-true", [first]) => return Some(Change::Child(*first)),
                    _ => return None,
                };
                let function = self.arena.symbol(other);
                Some(Change::Node(Scalar::Call { function, args: args.clone() }))
            }
            Scalar::Case { branches, .. } => {
                Some(Change::Node(Scalar::Case { branches: branches.clone(), otherwise: None }))
            }
            Scalar::Aggregate { function, args, distinct, filter, order } => {
                let name = self.arena.name(*function).to_owned();
                let (mut name, mut args, mut distinct, mut filter) =
                    (name, args.clone(), *distinct, *filter);
                match (name.as_str(), self.choice) {
                    _ if filter.is_some() && self.choice > 3 => filter = None,
                    ("min", _) => "max".clone_into(&mut name),
                    ("max", _) => "min".clone_into(&mut name),
                    ("count", 0..=2) if !args.is_empty() => args.clear(),
                    ("count" | "sum" | "avg", _) if !args.is_empty() => distinct = !distinct,
                    _ => return None,
                }
                // Rows that are counted whole are not merged.
                let distinct = distinct && !args.is_empty();
                let function = self.arena.symbol(&name);
                let order = order.clone();
                let node = Scalar::Aggregate { function, args, distinct, filter, order };
                Some(Change::Node(node))
            }
            Scalar::Exists(_) | Scalar::In { .. } => {
                let id = self.arena.scalar(scalar.clone());
                Some(Change::Not(id))
            }
            Scalar::Column { .. }
            | Scalar::Either { .. }
            | Scalar::Literal(_)
            | Scalar::Cast { .. }
            | Scalar::Window { .. }
            | Scalar::Subquery(_)
            | Scalar::Lambda { .. }
            | Scalar::Param(_)
            | Scalar::Hole { .. } => None,
        }
    }
}

/// What stands in the place of a scalar.
enum Change {
    Node(Scalar),
    Child(ScalarId),
    Not(ScalarId),
    Into(Literal),
}

fn changes_rel(rel: &Rel) -> bool {
    match rel {
        Rel::Distinct { .. } | Rel::Set { .. } => true,
        Rel::Union { inputs } => inputs.len() > 1,
        Rel::Aggregate { keys, scalar, .. } => *scalar || !keys.is_empty(),
        Rel::Scan { .. }
        | Rel::Values { .. }
        | Rel::Project { .. }
        | Rel::Limit { .. }
        | Rel::Call { .. }
        | Rel::Opaque { .. } => false,
    }
}

fn changes_tree(tree: &Tree) -> bool {
    match tree {
        Tree::Left { .. } | Tree::Full { .. } => true,
        Tree::Inner(parts) => parts.len() == 2,
        Tree::Input(_) | Tree::Where { .. } => false,
    }
}

/// Another kind of join.
fn changed_tree(tree: Tree, choice: usize) -> Tree {
    match tree {
        Tree::Left { left, right, on } if choice > 4 => Tree::Full { left, right, on },
        Tree::Left { left, right, mut on } => {
            on.pop();
            Tree::Left { left, right, on }
        }
        Tree::Full { left, right, on } => Tree::Left { left, right, on },
        Tree::Inner(mut parts) => match (parts.pop(), parts.pop()) {
            (Some(right), Some(left)) => {
                Tree::Left { left: Box::new(left), right: Box::new(right), on: Vec::new() }
            }
            _ => Tree::Inner(parts),
        },
        other @ (Tree::Input(_) | Tree::Where { .. }) => other,
    }
}
