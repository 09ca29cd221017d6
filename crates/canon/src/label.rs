//! An order for what has none: inputs of a join are numbered by what they are, not by where they stood.
//!
//! Colour refinement: an input's colour is what it is and where it stands among outer joins, then what its
//! conditions say of it in the colours of the others, round by round. What still looks alike is told apart by
//! how it is used above; what looks alike even then is interchangeable as far as we can see, and is numbered
//! as it came. That can miss an equality; it cannot make one.

use plumb_base::{Digest, Hasher};
use plumb_ir::{Arena, Field, From, Rel, RelId, Scalar, ScalarId, Tree, function};

/// Rounds of refinement; joins are seldom longer than this.
const ROUNDS: usize = 8;

/// The old numbers of the inputs in their new order.
pub(crate) fn order(arena: &mut Arena, rel: &Rel, from: &From) -> Vec<usize> {
    let count = from.inputs.len();
    let roles = roles(&from.tree, count);
    let mut colours: Vec<Digest> = (0..count)
        .map(|at| {
            let own = masked(arena, from.inputs[at]);
            Hasher::new("input").digest(own).text(&roles[at]).finish()
        })
        .collect();
    let lateral: Vec<Vec<(u32, Digest)>> =
        from.inputs.iter().map(|input| outward(arena, *input)).collect();
    let conditions = from.conditions();
    refine(arena, &conditions, &lateral, &mut colours);
    let above: Vec<ScalarId> = rel.scalars();
    if tied(&colours) {
        let first = colours.clone();
        refine(arena, &above, &lateral, &mut colours);
        // Uses above only tell apart what conditions do not.
        for (colour, first) in colours.iter_mut().zip(&first) {
            *colour = Digest((first.0 >> 64 << 64) | (colour.0 >> 64));
        }
    }
    while let Some(at) = first_tie(&colours) {
        colours[at] = Hasher::new("chosen").digest(colours[at]).finish();
        refine(arena, &conditions, &lateral, &mut colours);
        if !tied(&colours) {
            break;
        }
        refine(arena, &above, &lateral, &mut colours);
    }
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|at| (colours[*at], *at));
    order
}

fn refine(arena: &Arena, scalars: &[ScalarId], lateral: &[Vec<(u32, Digest)>], colours: &mut Vec<Digest>) {
    let rounds = ROUNDS.min(colours.len());
    for _ in 0..rounds {
        if !tied(colours) {
            return;
        }
        let before = classes(colours);
        let mut new = Vec::with_capacity(colours.len());
        for at in 0..colours.len() {
            let mut seen: Vec<Digest> = Vec::new();
            for scalar in scalars {
                let paint = Paint { arena, colours, focus: at };
                if paint.mentions(*scalar, 0) {
                    seen.push(paint.scalar(*scalar, 0));
                }
            }
            for (other, digest) in &lateral[at] {
                let colour = colours.get(*other as usize).copied().unwrap_or_default();
                seen.push(Hasher::new("sees").digest(*digest).digest(colour).finish());
            }
            for (other, sees) in lateral.iter().enumerate() {
                for (target, digest) in sees {
                    if *target as usize == at {
                        seen.push(Hasher::new("seen").digest(*digest).digest(colours[other]).finish());
                    }
                }
            }
            seen.sort_unstable();
            let mut hasher = Hasher::new("colour");
            hasher.digest(colours[at]);
            for digest in seen {
                hasher.digest(digest);
            }
            new.push(hasher.finish());
        }
        *colours = new;
        if classes(colours) == before {
            return;
        }
    }
}

fn classes(colours: &[Digest]) -> usize {
    let mut sorted = colours.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    sorted.len()
}

fn tied(colours: &[Digest]) -> bool {
    classes(colours) < colours.len()
}

/// The first input, as they came, of the smallest colour that several have.
fn first_tie(colours: &[Digest]) -> Option<usize> {
    let mut sorted = colours.to_vec();
    sorted.sort_unstable();
    let twin = sorted.windows(2).find(|pair| pair[0] == pair[1])?[0];
    colours.iter().position(|colour| *colour == twin)
}

/// Where each input stands among outer joins: sides of inner joins do not count.
fn roles(tree: &Tree, count: usize) -> Vec<String> {
    fn walk(tree: &Tree, role: &str, roles: &mut [String]) {
        match tree {
            Tree::Input(input) => {
                if let Some(slot) = roles.get_mut(*input as usize) {
                    role.clone_into(slot);
                }
            }
            Tree::Inner(parts) => parts.iter().for_each(|part| walk(part, role, roles)),
            Tree::Where { part, .. } => walk(part, &format!("{role}w"), roles),
            Tree::Left { left, right, .. } => {
                walk(left, &format!("{role}l"), roles);
                walk(right, &format!("{role}r"), roles);
            }
            Tree::Full { left, right, .. } => {
                walk(left, &format!("{role}f"), roles);
                walk(right, &format!("{role}f"), roles);
            }
        }
    }
    let mut roles = vec![String::new(); count];
    walk(tree, "", &mut roles);
    roles
}

/// Digest of an input in which siblings it looks at have no number.
fn masked(arena: &mut Arena, rel: RelId) -> Digest {
    if arena.rel_reach(rel) == 0 {
        return arena.rel_digest(rel);
    }
    let masked = arena.rewrite_rel(rel, 0, &mut |arena: &mut Arena, id: ScalarId, level: u32| {
        match arena.get_scalar(id).clone() {
            Scalar::Column { depth, field, .. } if depth == level => {
                Some(arena.scalar(Scalar::Column { depth, input: 0, field }))
            }
            Scalar::Either { depth, name, .. } if depth == level => {
                Some(arena.scalar(Scalar::Either { depth, inputs: Vec::new(), name }))
            }
            _ => None,
        }
    });
    arena.rel_digest(masked)
}

/// Siblings a lateral input looks at, with what it looks at.
fn outward(arena: &mut Arena, rel: RelId) -> Vec<(u32, Digest)> {
    let mut found = Vec::new();
    if arena.rel_reach(rel) > 0 {
        arena.rewrite_rel(rel, 0, &mut |arena: &mut Arena, id: ScalarId, level: u32| {
            match arena.get_scalar(id).clone() {
                Scalar::Column { depth, input, field } if depth == level => {
                    let field = arena.column(0, field);
                    found.push((input, arena.scalar_digest(field)));
                }
                Scalar::Either { depth, inputs, name } if depth == level => {
                    let field = arena.column(0, Field::Named(name));
                    let digest = arena.scalar_digest(field);
                    found.extend(inputs.iter().map(|input| (*input, digest)));
                }
                _ => {}
            }
            None
        });
    }
    found
}

/// Digests of scalars in which inputs have colours in place of numbers, and one stands out.
struct Paint<'a> {
    arena: &'a Arena,
    colours: &'a [Digest],
    focus: usize,
}

impl Paint<'_> {
    fn mentions(&self, id: ScalarId, level: u32) -> bool {
        let focus = u32::try_from(self.focus).unwrap_or(u32::MAX);
        match self.arena.get_scalar(id) {
            Scalar::Column { depth, input, .. } => *depth == level && *input == focus,
            Scalar::Either { depth, inputs, .. } => *depth == level && inputs.contains(&focus),
            other => {
                other.children().iter().any(|child| self.mentions(*child, level))
                    || other.subquery().is_some_and(|rel| self.arena.rel_reach(rel) > level)
            }
        }
    }

    fn input(&self, hasher: &mut Hasher, input: u32) {
        if input as usize == self.focus {
            hasher.text("self");
        }
        hasher.digest(self.colours.get(input as usize).copied().unwrap_or_default());
    }

    fn scalar(&self, id: ScalarId, level: u32) -> Digest {
        let arena = self.arena;
        if arena.scalar_reach(id) <= level {
            return arena.scalar_digest(id);
        }
        let scalar = arena.get_scalar(id);
        let mut hasher = Hasher::new("painted");
        match scalar {
            Scalar::Column { depth, input, field } if *depth == level => {
                self.input(&mut hasher, *input);
                match field {
                    Field::At(at) => hasher.number(u64::from(*at)),
                    Field::Named(name) => hasher.text(arena.name(*name)),
                };
            }
            Scalar::Either { depth, inputs, name } if *depth == level => {
                hasher.text(arena.name(*name));
                for input in inputs {
                    self.input(&mut hasher, *input);
                }
            }
            Scalar::Call { function: name, args } => {
                let mut children: Vec<Digest> = args.iter().map(|arg| self.scalar(*arg, level)).collect();
                if function(arena.name(*name)).is_some_and(|it| it.commutative) {
                    children.sort_unstable();
                }
                hasher.text(arena.name(*name));
                for child in children {
                    hasher.digest(child);
                }
            }
            other => {
                hasher.text(kind(other));
                for child in other.children() {
                    hasher.digest(self.scalar(child, level));
                }
            }
        }
        hasher.finish()
    }
}

/// Enough of a scalar's head to tell most apart; children carry the rest.
fn kind(scalar: &Scalar) -> &'static str {
    match scalar {
        Scalar::Column { .. } => "column",
        Scalar::Either { .. } => "either",
        Scalar::Literal(_) => "literal",
        Scalar::Call { .. } => "call",
        Scalar::Case { .. } => "case",
        Scalar::Cast { .. } => "cast",
        Scalar::Aggregate { .. } => "aggregate",
        Scalar::Window { .. } => "window",
        Scalar::Exists(_) => "exists",
        Scalar::In { .. } => "in",
        Scalar::Subquery(_) => "subquery",
        Scalar::Lambda { .. } => "lambda",
        Scalar::Param(_) => "param",
        Scalar::Hole { .. } => "hole",
    }
}
