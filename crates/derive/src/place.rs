//! Where the tables of a view stand among those of a query.

use plumb_ir::{Arena, Field, From, Rel, RelId, Scalar, ScalarId, Tree};

use crate::alike::{Classes, alike};

/// Most ways to put the tables of a view among those of a query.
const PLACES: usize = 8;

/// The number of the view among the inputs of the query, until they are counted anew.
pub(crate) const VIEW: u32 = u32::MAX;

/// The number of an input of the view that the query does not read.
const ABSENT: u32 = u32::MAX - 1;

/// Which input of the query each input of the view is, and what its columns are called there.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place {
    inputs: Vec<(u32, Fields)>,
}

impl Place {
    /// Where the one input of the view is the one input of the query.
    pub(crate) fn whole() -> Self {
        Self { inputs: vec![(0, Fields::Same)] }
    }

    /// How many inputs of the query the view stands for.
    pub(crate) fn len(&self) -> usize {
        self.inputs.iter().filter(|(number, _)| *number != ABSENT).count()
    }
}

/// How the columns of an input of the view are addressed in the query.
#[derive(Debug, Clone)]
enum Fields {
    Same,
    /// The query does not read it.
    Absent,
    /// Of the view, then of the query.
    Moved(Vec<(u32, u32)>),
}

/// Every way to find the inputs of the view among those of the query.
pub(crate) fn places(arena: &Arena, view: &From, query: &From) -> Vec<Place> {
    let mut found = vec![Place::default()];
    for input in &view.inputs {
        let mut next = Vec::new();
        let here = query.inputs.iter().any(|other| fields(arena, *input, *other).is_some());
        if !here {
            // What the view joins besides may lose no row, and double none.
            for place in &mut found {
                place.inputs.push((ABSENT, Fields::Absent));
            }
            continue;
        }
        for place in &found {
            for (number, other) in (0..).zip(&query.inputs) {
                if !place.has(number)
                    && let Some(fields) = fields(arena, *input, *other)
                {
                    let mut place = place.clone();
                    place.inputs.push((number, fields));
                    next.push(place);
                }
            }
        }
        next.truncate(PLACES);
        found = next;
    }
    found.retain(|place| place.len() > 0);
    found
}

/// How an input of the query is addressed in one of the view that has the same rows.
fn fields(arena: &Arena, view: RelId, query: RelId) -> Option<Fields> {
    if arena.rel_reach(query) > 0 {
        return None;
    }
    if view == query {
        return Some(Fields::Same);
    }
    let (mine, others) = match (arena.get_rel(view), arena.get_rel(query)) {
        (Rel::Project { from: one, out }, Rel::Project { from: two, out: other }) if one == two => {
            let columns = |out: &Vec<plumb_ir::Out>| -> Option<Vec<ScalarId>> {
                out.iter()
                    .map(|out| match out {
                        plumb_ir::Out::Column(scalar) => Some(*scalar),
                        plumb_ir::Out::Star { .. } => None,
                    })
                    .collect()
            };
            (columns(out)?, columns(other)?)
        }
        (
            Rel::Aggregate { from: one, keys, calls, scalar },
            Rel::Aggregate { from: two, keys: other, calls: more, scalar: single },
        ) if one == two && scalar == single => {
            let same = keys.len() == other.len() && keys.iter().all(|key| other.contains(key));
            let all = |keys: &[ScalarId], calls: &[ScalarId]| [keys, calls].concat();
            same.then(|| (all(keys, calls), all(other, more)))?
        }
        _ => return None,
    };
    let at = |scalar: &ScalarId| mine.iter().position(|other| other == scalar);
    let number = |at: usize| u32::try_from(at).ok();
    let moved = others.iter().enumerate().map(|(to, one)| Some((number(at(one)?)?, number(to)?)));
    Some(Fields::Moved(moved.collect::<Option<_>>()?))
}

impl Place {
    pub(crate) fn has(&self, input: u32) -> bool {
        self.inputs.iter().any(|(number, _)| *number == input)
    }

    /// A scalar of the view over the inputs of the query.
    pub(crate) fn told(&self, arena: &mut Arena, scalar: ScalarId) -> Option<ScalarId> {
        let mut lost = false;
        let told = arena.rewrite(scalar, 0, &mut |arena: &mut Arena, id, level| {
            let Scalar::Column { depth, input, field } = arena.get_scalar(id).clone() else {
                lost |= matches!(arena.get_scalar(id), Scalar::Either { .. });
                return None;
            };
            if depth != level {
                return None;
            }
            let Some((input, field)) = self.column(input, field) else {
                lost = true;
                return Some(id);
            };
            Some(arena.scalar(Scalar::Column { depth, input, field }))
        });
        (!lost).then_some(told)
    }

    fn absent(&self, input: u32) -> bool {
        self.inputs.get(input as usize).is_some_and(|(number, _)| *number == ABSENT)
    }

    fn column(&self, input: u32, field: Field) -> Option<(u32, Field)> {
        let (number, fields) = self.inputs.get(input as usize)?;
        let field = match (fields, field) {
            (Fields::Same, field) => field,
            (Fields::Moved(moved), Field::At(at)) => {
                Field::At(moved.iter().find(|(from, _)| *from == at)?.1)
            }
            (Fields::Moved(_), Field::Named(_)) | (Fields::Absent, _) => return None,
        };
        Some((*number, field))
    }

    /// How the view joins its inputs, over those of the query; those that the query does not read are left out.
    pub(crate) fn tree(&self, arena: &mut Arena, tree: &Tree) -> Option<Tree> {
        let absent = |part: &Tree| part.inputs().iter().any(|at| self.absent(*at));
        if let Tree::Inner(parts) = tree
            && parts.iter().any(absent)
        {
            let parts = parts.iter().filter(|part| !absent(part)).cloned().collect();
            return self.tree(arena, &Tree::Inner(parts));
        }
        let mut lost = false;
        let told = tree.map(
            &mut |input| match self.inputs.get(input as usize) {
                Some((number, _)) => Tree::Input(*number),
                None => Tree::Input(input),
            },
            &mut |scalar| {
                self.told(arena, scalar).unwrap_or_else(|| {
                    lost = true;
                    scalar
                })
            },
        );
        (!lost).then_some(told)
    }
}

/// How the query joins its inputs once [`VIEW`] stands for those of the view.
pub(crate) fn replaced(arena: &mut Arena, query: &Tree, view: &Tree) -> Option<Tree> {
    let parts = parts(query);
    let mut left: Vec<&Tree> = parts.clone();
    for wanted in self::parts(view) {
        let Some(at) = left.iter().position(|part| same(arena, part, wanted)) else {
            return inside(arena, query, view);
        };
        left.remove(at);
    }
    if left.is_empty() {
        return Some(Tree::Input(VIEW));
    }
    let all = std::iter::once(Tree::Input(VIEW)).chain(left.into_iter().cloned());
    Some(Tree::Inner(all.collect()))
}

fn inside(arena: &mut Arena, query: &Tree, view: &Tree) -> Option<Tree> {
    let inputs = view.inputs();
    let holds = |part: &Tree| {
        let here = part.inputs();
        inputs.iter().all(|input| here.contains(input))
    };
    match query {
        Tree::Input(_) => None,
        Tree::Inner(parts) => {
            let at = parts.iter().position(holds)?;
            let new = replaced(arena, &parts[at], view)?;
            let others = parts.iter().enumerate().filter(|(other, _)| *other != at);
            let others: Vec<Tree> = others.map(|(_, part)| part.clone()).collect();
            Some(Tree::Inner(std::iter::once(new).chain(others).collect()))
        }
        Tree::Where { part, on } => {
            let part = Box::new(replaced(arena, part, view)?);
            Some(Tree::Where { part, on: on.clone() })
        }
        Tree::Left { left, right, on } => {
            let (left, right) = sides(arena, left, right, view)?;
            Some(Tree::Left { left, right, on: on.clone() })
        }
        Tree::Full { left, right, on } => {
            let (left, right) = sides(arena, left, right, view)?;
            Some(Tree::Full { left, right, on: on.clone() })
        }
    }
}

fn sides(
    arena: &mut Arena,
    left: &Tree,
    right: &Tree,
    view: &Tree,
) -> Option<(Box<Tree>, Box<Tree>)> {
    if let Some(left) = replaced(arena, left, view) {
        return Some((Box::new(left), Box::new(right.clone())));
    }
    let right = replaced(arena, right, view)?;
    Some((Box::new(left.clone()), Box::new(right)))
}

fn parts(tree: &Tree) -> Vec<&Tree> {
    match tree {
        Tree::Inner(parts) => parts.iter().collect(),
        Tree::Input(_) | Tree::Left { .. } | Tree::Where { .. } | Tree::Full { .. } => vec![tree],
    }
}

fn same(arena: &mut Arena, one: &Tree, two: &Tree) -> bool {
    match (one, two) {
        (Tree::Input(one), Tree::Input(two)) => one == two,
        (Tree::Inner(one), Tree::Inner(two)) => {
            one.len() == two.len()
                && one.iter().all(|part| two.iter().any(|other| same(arena, part, other)))
        }
        (Tree::Where { part: one, on }, Tree::Where { part: two, on: other }) => {
            same(arena, one, two) && all_alike(arena, on, other)
        }
        (
            Tree::Left { left, right, on },
            Tree::Left { left: other_left, right: other_right, on: other },
        )
        | (
            Tree::Full { left, right, on },
            Tree::Full { left: other_left, right: other_right, on: other },
        ) => {
            same(arena, left, other_left)
                && same(arena, right, other_right)
                && all_alike(arena, on, other)
        }
        _ => false,
    }
}

fn all_alike(arena: &mut Arena, one: &[ScalarId], two: &[ScalarId]) -> bool {
    let none = Classes::default();
    one.len() == two.len()
        && one.iter().all(|one| two.iter().any(|two| alike(arena, &none, *one, *two)))
}
