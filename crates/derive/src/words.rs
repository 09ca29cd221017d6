//! Values of a query, said with the columns of a view.

use plumb_canon::made_of;
use plumb_ir::{Arena, From, Literal, RelId, Scalar, ScalarId, Tree};

use crate::{
    alike::{Classes, alike},
    place::{Place, VIEW},
};

/// What can be said of the rows of a query with a view in place of some of its inputs.
#[derive(Clone)]
pub(crate) struct Words<'a> {
    pub(crate) place: &'a Place,
    /// Values over the inputs of the query, and what they are over the view.
    pub(crate) known: Vec<(ScalarId, ScalarId)>,
    pub(crate) classes: Classes,
}

impl Words<'_> {
    /// The same value over the view, as input 0, and the inputs of the query that are left.
    pub(crate) fn say(&self, arena: &mut Arena, scalar: ScalarId) -> Option<ScalarId> {
        for (value, said) in &self.known {
            if alike(arena, &self.classes, scalar, *value) {
                return Some(*said);
            }
        }
        if let Some(coarser) = self.coarser(arena, scalar) {
            return Some(coarser);
        }
        match arena.get_scalar(scalar).clone() {
            Scalar::Column { depth: 0, input, field } => {
                if !self.place.has(input) {
                    return Some(arena.column(self.number(input), field));
                }
                let equal = self.classes.equal_to(scalar);
                let fixed = |other: &&ScalarId| arena.as_literal(**other).is_some();
                if let Some(fixed) = equal.iter().find(fixed) {
                    return Some(*fixed);
                }
                let free = equal.into_iter().find_map(|other| match *arena.get_scalar(other) {
                    Scalar::Column { input, field, .. } if !self.place.has(input) => {
                        Some((input, field))
                    }
                    _ => None,
                });
                free.map(|(input, field)| arena.column(self.number(input), field))
            }
            Scalar::Either { .. } | Scalar::Column { .. } => None,
            _ => self.parts(arena, scalar),
        }
    }

    fn parts(&self, arena: &mut Arena, scalar: ScalarId) -> Option<ScalarId> {
        let mut lost = false;
        let said = arena.map_scalar(
            scalar,
            &mut |arena, child| {
                self.say(arena, child).unwrap_or_else(|| {
                    lost = true;
                    child
                })
            },
            &mut |_, rel| rel,
        );
        let said = arena.map_subquery(said, &mut |arena, rel| {
            arena.rewrite_rel(rel, 0, &mut |arena: &mut Arena, id, level| {
                let Scalar::Column { depth, input, field } = *arena.get_scalar(id) else {
                    lost |= matches!(arena.get_scalar(id), Scalar::Either { .. });
                    return None;
                };
                if depth != level {
                    return None;
                }
                let here = arena.column(input, field);
                match self.say(arena, here).map(|said| arena.get_scalar(said).clone()) {
                    Some(Scalar::Column { input, field, .. }) => {
                        Some(arena.scalar(Scalar::Column { depth, input, field }))
                    }
                    Some(Scalar::Literal(literal)) => Some(arena.literal(literal)),
                    _ => {
                        lost = true;
                        Some(id)
                    }
                }
            })
        });
        (!lost).then_some(said)
    }

    /// The beginning of a month from the beginning of a day, and the like.
    fn coarser(&self, arena: &mut Arena, scalar: ScalarId) -> Option<ScalarId> {
        let (unit, time) = truncated(arena, scalar)?;
        for (value, said) in &self.known {
            let Some((finer, same)) = truncated(arena, *value) else { continue };
            let units = [unit, finer].map(|unit| match arena.as_literal(unit) {
                Some(Literal::Text(unit)) => Some(unit.as_str()),
                _ => None,
            });
            let [Some(coarse), Some(fine)] = units else { continue };
            if made_of(coarse, fine) && alike(arena, &self.classes, time, same) {
                return Some(arena.call("date-trunc", vec![unit, *said]));
            }
        }
        None
    }

    /// The conditions of the query that the view lets one say; the others are left to it.
    pub(crate) fn conditions(
        &self,
        arena: &mut Arena,
        all: &[ScalarId],
        held: &[ScalarId],
    ) -> Vec<ScalarId> {
        let none = Classes::default();
        let mut said = Vec::new();
        for (at, condition) in all.iter().enumerate() {
            if held.iter().any(|other| alike(arena, &none, *condition, *other)) {
                continue;
            }
            let classes = Classes::of(arena, all, Some(at));
            let words = Words { place: self.place, known: self.known.clone(), classes };
            said.extend(words.say(arena, *condition));
        }
        said
    }

    /// The join of the query with the view in place of some inputs.
    pub(crate) fn from(
        &self,
        arena: &mut Arena,
        query: &From,
        tree: &Tree,
        view: RelId,
        filter: Vec<ScalarId>,
    ) -> Option<From> {
        let mut lost = false;
        let tree = tree.map(
            &mut |input| Tree::Input(if input == VIEW { 0 } else { self.number(input) }),
            &mut |scalar| {
                self.say(arena, scalar).unwrap_or_else(|| {
                    lost = true;
                    scalar
                })
            },
        );
        let mut inputs = vec![view];
        for (number, rel) in (0..).zip(&query.inputs) {
            if !self.place.has(number) {
                lost |= arena.rel_reach(*rel) > 0;
                inputs.push(*rel);
            }
        }
        (!lost).then_some(From { inputs, tree, filter })
    }

    /// The number of an input that stays: the view is number 0.
    fn number(&self, input: u32) -> u32 {
        let before = (0..input).filter(|other| !self.place.has(*other)).count();
        u32::try_from(before + 1).unwrap_or(u32::MAX)
    }
}

/// The unit and the time of a `date-trunc`.
fn truncated(arena: &Arena, scalar: ScalarId) -> Option<(ScalarId, ScalarId)> {
    match arena.as_call(scalar)? {
        ("date-trunc", [unit, time]) => Some((*unit, *time)),
        _ => None,
    }
}
