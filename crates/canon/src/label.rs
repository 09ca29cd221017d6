//! An order for what has none: inputs of a join are numbered by what they are, not by where they stood.
//!
//! Colour refinement: an input's colour is what it is and where it stands among outer joins, then what its
//! conditions say of it in the colours of the others, round by round. What still looks alike is told apart by
//! how it is used above; what looks alike even then is interchangeable as far as we can see, and is numbered
//! as it came. That can miss an equality; it cannot make one.

use std::cell::Cell;

use plumb_base::{Digest, Hasher};
use plumb_ir::{Arena, Field, From, Out, Rel, RelId, Scalar, ScalarId, Tree, function};
use rustc_hash::FxHashMap;

/// Most nodes of subqueries that are looked at to tell inputs apart; what is alike even then stays as it came.
const PATIENCE: u32 = 10_000;

/// The old numbers of the inputs in their new order. A lateral input stays behind those it looks at.
///
/// Columns of one class are equal in every row: which of them is looked at says nothing.
pub(crate) fn order(
    arena: &Arena,
    rel: &Rel,
    from: &From,
    classes: &[Vec<(u32, Field)>],
) -> Vec<usize> {
    let count = from.inputs.len();
    let roles = roles(&from.tree, count);
    let (none, endless, left) = (FxHashMap::default(), Cell::new(u32::MAX), Cell::new(PATIENCE));
    let blank = Paint { arena, of: &none, equal: &[], colours: &[], focus: None, left: &endless };
    let classes = Classes::new(classes);
    let refine =
        |scalars: &[ScalarId], lateral: &[Vec<(u32, Digest)>], colours: &mut Vec<Digest>| {
            let paint = Paint { of: &classes.of, left: &left, ..blank };
            refine(&paint, &classes, scalars, lateral, colours)
        };
    let mut colours: Vec<Digest> = (0..count)
        .map(|at| {
            let own = blank.rel(from.inputs[at], 0);
            Hasher::new("input").digest(own).text(&roles[at]).finish()
        })
        .collect();
    let lateral: Vec<Vec<(u32, Digest)>> =
        from.inputs.iter().map(|input| outward(arena, *input)).collect();
    let conditions = from.conditions();
    let above = rel.scalars();
    refine(&conditions, &lateral, &mut colours);
    // Uses above only tell apart what conditions do not, so that parts of plans are numbered as in the plan.
    let settled = colours.clone();
    if tied(&colours) {
        starred(arena, rel, &mut colours);
        refine(&above, &lateral, &mut colours);
    }
    // What was picked first stays first: then a plan that is in order is left as it is.
    let mut picked = vec![usize::MAX; count];
    for turn in 0..count {
        let Some(at) = first_tie(&colours) else { break };
        picked[at] = turn;
        colours[at] = Hasher::new("picked").digest(colours[at]).finish();
        if !refine(&conditions, &lateral, &mut colours) || !refine(&above, &lateral, &mut colours) {
            break;
        }
    }
    let mut ranked: Vec<usize> = (0..count).collect();
    ranked.sort_by_key(|at| (settled[*at], picked[*at], colours[*at], *at));
    siblings_first(&ranked, &lateral)
}

/// The inputs as ranked, but each behind the siblings it looks at.
fn siblings_first(ranked: &[usize], lateral: &[Vec<(u32, Digest)>]) -> Vec<usize> {
    let mut order: Vec<usize> = Vec::with_capacity(ranked.len());
    let mut waiting = ranked.to_vec();
    while !waiting.is_empty() {
        let ready = |at: &usize| {
            lateral[*at].iter().all(|(sibling, _)| order.contains(&(*sibling as usize)))
        };
        // Inputs that look at each other are not a plan that SQL can write; any order will do.
        let next = waiting.iter().position(ready).unwrap_or(0);
        order.push(waiting.remove(next));
    }
    order
}

/// Marks the inputs whose columns a projection passes on unseen.
fn starred(arena: &Arena, rel: &Rel, colours: &mut [Digest]) {
    let Rel::Project { out, .. } = rel else { return };
    for out in out {
        if let Out::Star { input, except } = out
            && let Some(colour) = colours.get_mut(*input as usize)
        {
            let mut hasher = Hasher::new("star");
            hasher.digest(*colour);
            for name in except {
                hasher.text(arena.name(*name));
            }
            *colour = hasher.finish();
        }
    }
}

/// Round by round, until nothing more is told apart; whether there was patience for all of it.
fn refine(
    paint: &Paint<'_>,
    classes: &Classes<'_>,
    scalars: &[ScalarId],
    lateral: &[Vec<(u32, Digest)>],
    colours: &mut Vec<Digest>,
) -> bool {
    // Every round but the last splits a class, so there are at most as many as inputs.
    while tied(colours) {
        let before = distinct(colours);
        let alone = alone(colours);
        let one = |at: usize| {
            // What is told apart already stays as it is.
            if alone[at] {
                return colours[at];
            }
            let paint = Paint { colours, focus: Some(at), ..*paint };
            let equal: Vec<Equal> = classes.all.iter().map(|class| paint.equal(class)).collect();
            refined(&Paint { equal: &equal, ..paint }, scalars, lateral, at)
        };
        let new = (0..colours.len()).map(one).collect();
        if paint.left.get() == 0 {
            return false;
        }
        *colours = new;
        if distinct(colours) == before {
            return true;
        }
    }
    true
}

/// The colour of an input after a round: what is said of it, in the colours of the others.
fn refined(
    paint: &Paint<'_>,
    scalars: &[ScalarId],
    lateral: &[Vec<(u32, Digest)>],
    at: usize,
) -> Digest {
    let colours = paint.colours;
    let said = scalars.iter().filter(|scalar| paint.mentions(**scalar, 0));
    let mut seen: Vec<Digest> = said.map(|scalar| paint.scalar(*scalar, 0)).collect();
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
    hasher.finish()
}

/// Whether no other has the colour of each.
fn alone(colours: &[Digest]) -> Vec<bool> {
    let mut sorted = colours.to_vec();
    sorted.sort_unstable();
    let count = |colour| {
        sorted.partition_point(|it| it <= colour) - sorted.partition_point(|it| it < colour)
    };
    colours.iter().map(|colour| count(colour) == 1).collect()
}

fn distinct(colours: &[Digest]) -> usize {
    let mut sorted = colours.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    sorted.len()
}

fn tied(colours: &[Digest]) -> bool {
    distinct(colours) < colours.len()
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
                // How many left joins stand above a side that they keep says nothing of it.
                walk(left, role, roles);
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

/// Siblings a lateral input looks at, with what it looks at.
pub(crate) fn outward(arena: &Arena, rel: RelId) -> Vec<(u32, Digest)> {
    fn scalar(arena: &Arena, id: ScalarId, level: u32, found: &mut Vec<(u32, Digest)>) {
        if arena.scalar_reach(id) <= level {
            return;
        }
        let node = arena.get_scalar(id);
        if let Scalar::Column { depth, input, field } = node
            && *depth == level
        {
            found.push((*input, field_digest(arena, *field)));
        } else if let Scalar::Either { depth, inputs, name } = node
            && *depth == level
        {
            let digest = field_digest(arena, Field::Named(*name));
            found.extend(inputs.iter().map(|input| (*input, digest)));
        }
        for child in node.children() {
            scalar(arena, child, level, found);
        }
        if let Some(inner) = node.subquery() {
            arena.looking_out(inner, level, &mut |id, level| scalar(arena, id, level, found));
        }
    }
    let mut found = Vec::new();
    arena.looking_out(rel, 0, &mut |id, level| scalar(arena, id, level, &mut found));
    found
}

pub(crate) fn field_digest(arena: &Arena, field: Field) -> Digest {
    match field {
        Field::At(at) => Hasher::new("at").number(u64::from(at)).finish(),
        Field::Named(name) => Hasher::new("named").text(arena.name(name)).finish(),
    }
}

/// Columns of a scope that are equal in every row.
struct Classes<'a> {
    all: &'a [Vec<(u32, Field)>],
    /// Which of them a column is in.
    of: FxHashMap<(u32, Field), usize>,
}

impl<'a> Classes<'a> {
    fn new(all: &'a [Vec<(u32, Field)>]) -> Self {
        let mut of = FxHashMap::default();
        for (at, class) in all.iter().enumerate() {
            for column in class {
                of.entry(*column).or_insert(at);
            }
        }
        Self { all, of }
    }
}

/// How a class of equal columns looks.
struct Equal {
    digest: Digest,
    /// Whether one of them is of the input that stands out.
    focused: bool,
}

/// Digests of plans in which the inputs of one scope have colours in place of numbers, and one stands out.
///
/// They must not depend on those numbers in any way, or putting the inputs in order would change the order. A
/// relation that looks at the scope has its own conditions and inputs ordered by digests in which the numbers
/// are; so below it only sets are hashed, and its own inputs have no number at all.
#[derive(Clone, Copy)]
struct Paint<'a> {
    arena: &'a Arena,
    /// Which class a column of the scope is in, and how the classes look.
    of: &'a FxHashMap<(u32, Field), usize>,
    equal: &'a [Equal],
    colours: &'a [Digest],
    focus: Option<usize>,
    /// How many nodes of subqueries may still be looked at.
    left: &'a Cell<u32>,
}

impl Paint<'_> {
    fn mentions(&self, id: ScalarId, level: u32) -> bool {
        let focus = |input: u32| self.focus == Some(input as usize);
        let node = self.arena.get_scalar(id);
        if let Scalar::Column { depth, input, field } = node {
            return *depth == level
                && self.class(*input, *field).map_or(focus(*input), |it| it.focused);
        }
        if let Scalar::Either { depth, inputs, .. } = node {
            return *depth == level && inputs.iter().any(|input| focus(*input));
        }
        node.children().iter().any(|child| self.mentions(*child, level))
            || node.subquery().is_some_and(|rel| self.arena.rel_reach(rel) > level)
    }

    /// Whether no more is looked at; what is painted then is not used.
    fn spent(&self) -> bool {
        self.left.set(self.left.get().saturating_sub(1));
        self.left.get() == 0
    }

    fn class(&self, input: u32, field: Field) -> Option<&Equal> {
        self.equal.get(*self.of.get(&(input, field))?)
    }

    fn equal(&self, class: &[(u32, Field)]) -> Equal {
        let mut hasher = Hasher::new("painted");
        let column = |(input, field): &(u32, Field)| {
            let mut hasher = Hasher::new("member");
            hasher.digest(self.input(*input)).digest(field_digest(self.arena, *field)).finish()
        };
        set(&mut hasher, class.iter().map(column));
        let focused = class.iter().any(|(input, _)| self.focus == Some(*input as usize));
        Equal { digest: hasher.finish(), focused }
    }

    fn input(&self, input: u32) -> Digest {
        let mut hasher = Hasher::new("input");
        if self.focus == Some(input as usize) {
            hasher.text("self");
        }
        hasher.digest(self.colours.get(input as usize).copied().unwrap_or_default());
        hasher.finish()
    }

    fn scalar(&self, id: ScalarId, level: u32) -> Digest {
        let arena = self.arena;
        if arena.scalar_reach(id) == 0 || level > 0 && self.spent() {
            return arena.scalar_digest(id);
        }
        let mut hasher = Hasher::new("painted");
        let node = arena.get_scalar(id);
        if let Scalar::Column { depth, input, field } = node
            && *depth == level
        {
            if let Some(class) = self.class(*input, *field) {
                return class.digest;
            }
            return hasher.digest(self.input(*input)).digest(field_digest(arena, *field)).finish();
        }
        if let Scalar::Either { depth, inputs, name } = node
            && *depth == level
        {
            hasher.text(arena.name(*name));
            set(&mut hasher, inputs.iter().map(|input| self.input(*input)));
            return hasher.finish();
        }
        self.parts(id, level)
    }

    /// A scalar that is not a column of the scope: its head and its parts.
    fn parts(&self, id: ScalarId, level: u32) -> Digest {
        let arena = self.arena;
        let scalar = arena.get_scalar(id);
        let mut hasher = Hasher::new("parts");
        hasher.text(kind(scalar));
        let children = scalar.children().into_iter().map(|child| self.scalar(child, level));
        match scalar {
            // Scopes further out have numbers that ours do not change.
            Scalar::Column { depth, .. } | Scalar::Either { depth, .. } if *depth > level => {
                hasher.number(u64::from(depth - level)).digest(arena.scalar_digest(id));
            }
            Scalar::Column { depth, field, .. } => {
                hasher.number(u64::from(*depth)).digest(field_digest(arena, *field));
            }
            Scalar::Either { depth, name, .. } => {
                hasher.number(u64::from(*depth)).text(arena.name(*name));
            }
            Scalar::Literal(_) | Scalar::Param(_) | Scalar::Hole { .. } => {
                hasher.digest(arena.scalar_digest(id));
            }
            Scalar::Call { function: name, .. }
                if function(arena.name(*name)).is_some_and(|it| it.commutative) =>
            {
                hasher.text(arena.name(*name));
                set(&mut hasher, children);
            }
            Scalar::Call { function: name, .. }
            | Scalar::Aggregate { function: name, .. }
            | Scalar::Window { function: name, .. } => {
                hasher.text(arena.name(*name));
                list(&mut hasher, children);
            }
            Scalar::Case { .. }
            | Scalar::Cast { .. }
            | Scalar::Exists(_)
            | Scalar::In { .. }
            | Scalar::Subquery(_)
            | Scalar::Lambda { .. } => list(&mut hasher, children),
        }
        if let Some(rel) = scalar.subquery() {
            hasher.digest(self.rel(rel, level));
        }
        hasher.finish()
    }

    fn rel(&self, id: RelId, level: u32) -> Digest {
        let arena = self.arena;
        if arena.rel_reach(id) == 0 || self.spent() {
            return arena.rel_digest(id);
        }
        let node = arena.get_rel(id);
        let mut hasher = Hasher::new("rel");
        match node {
            Rel::Scan { .. } | Rel::Opaque { .. } => hasher.digest(arena.rel_digest(id)),
            Rel::Call { function, .. } => hasher.text(arena.name(*function)),
            Rel::Values { .. } => hasher.text("values"),
            Rel::Project { .. } => hasher.text("project"),
            Rel::Aggregate { scalar, .. } => hasher.text("aggregate").number(u64::from(*scalar)),
            Rel::Distinct { .. } => hasher.text("distinct"),
            Rel::Union { .. } => hasher.text("union"),
            Rel::Set { .. } => hasher.text("set"),
            Rel::Limit { .. } => hasher.text("limit"),
        };
        set(&mut hasher, node.scalars().into_iter().map(|scalar| self.scalar(scalar, level + 1)));
        set(&mut hasher, node.inputs().into_iter().map(|input| self.rel(input, level)));
        if let Some(from) = node.from() {
            let from = arena.get_from(from);
            set(&mut hasher, from.inputs.iter().map(|input| self.rel(*input, level + 1)));
            set(
                &mut hasher,
                from.conditions().into_iter().map(|scalar| self.scalar(scalar, level + 1)),
            );
        }
        hasher.finish()
    }
}

fn list(hasher: &mut Hasher, digests: impl Iterator<Item = Digest>) {
    for digest in digests {
        hasher.digest(digest);
    }
}

/// Hashes digests of which the order does not count.
fn set(hasher: &mut Hasher, digests: impl Iterator<Item = Digest>) {
    let mut digests: Vec<Digest> = digests.collect();
    digests.sort_unstable();
    hasher.number(digests.len() as u64);
    for digest in digests {
        hasher.digest(digest);
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
