//! Plans written as a rewrite would write them, whether or not it may: what is true of some plans, done to any.

use plumb_ir::{Arena, FromId, Part, Rel, RelId, ScalarId};

pub(crate) struct Twist<'a> {
    pub(crate) arena: &'a mut Arena,
    /// Makes choices, and repeats them for the same seed.
    pub(crate) seed: u64,
    /// Tables that may be joined, each with a column that may be a key.
    pub(crate) tables: Vec<(String, String)>,
}

/// What stands at some place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Rel(RelId),
    From(FromId),
    Scalar(ScalarId),
}

impl Twist<'_> {
    pub(super) fn pick(&mut self, below: usize) -> usize {
        self.seed = self
            .seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.seed >> 33).unwrap_or(0) % below.max(1)
    }

    /// The plan with one place written another way, if the place that chance picks offers one.
    pub(crate) fn plan(&mut self, rel: RelId) -> Option<RelId> {
        let mut places = Vec::new();
        self.gather(rel, &mut places);
        places.sort();
        places.dedup();
        if places.len() > 400 {
            return None;
        }
        for _ in 0..12 {
            let kind = self.pick(3);
            let some: Vec<Place> = places
                .iter()
                .copied()
                .filter(|place| match place {
                    Place::Rel(_) => kind == 0,
                    Place::From(_) => kind == 1,
                    Place::Scalar(_) => kind == 2,
                })
                .collect();
            if some.is_empty() {
                continue;
            }
            let place = some[self.pick(some.len())];
            let new = match place {
                Place::Rel(id) => self.rel(id).map(Place::Rel),
                Place::From(id) => self.from(id).map(Place::From),
                Place::Scalar(id) => self.scalar(id).map(Place::Scalar),
            };
            if let Some(new) = new.filter(|new| *new != place) {
                let done = self.put(rel, place, new);
                if done != rel {
                    return Some(done);
                }
            }
        }
        None
    }

    fn gather(&self, rel: RelId, found: &mut Vec<Place>) {
        if found.len() > 2000 {
            return;
        }
        found.push(Place::Rel(rel));
        let node = self.arena.get_rel(rel);
        for scalar in node.scalars() {
            self.gather_scalar(scalar, found);
        }
        for input in node.inputs() {
            self.gather(input, found);
        }
        if let Some(id) = node.from() {
            found.push(Place::From(id));
            let from = self.arena.get_from(id);
            for input in &from.inputs {
                self.gather(*input, found);
            }
            for condition in from.conditions() {
                self.gather_scalar(condition, found);
            }
        }
    }

    fn gather_scalar(&self, id: ScalarId, found: &mut Vec<Place>) {
        if found.len() > 2000 {
            return;
        }
        found.push(Place::Scalar(id));
        let scalar = self.arena.get_scalar(id);
        for child in scalar.children() {
            self.gather_scalar(child, found);
        }
        if let Some(rel) = scalar.subquery() {
            self.gather(rel, found);
        }
    }

    fn put(&mut self, rel: RelId, place: Place, new: Place) -> RelId {
        if let (true, Place::Rel(new)) = (place == Place::Rel(rel), new) {
            return new;
        }
        let arena = &mut *self.arena;
        put_rel(arena, rel, place, new)
    }

    pub(super) fn distinct(&mut self, input: RelId) -> RelId {
        self.arena.rel(Rel::Distinct { input })
    }
}

fn put_rel(arena: &mut Arena, rel: RelId, place: Place, new: Place) -> RelId {
    if let (true, Place::Rel(new)) = (place == Place::Rel(rel), new) {
        return new;
    }
    arena.map_parts(rel, &mut |arena, part| match part {
        Part::From(from) => {
            if let (true, Place::From(new)) = (place == Place::From(from), new) {
                return Part::From(new);
            }
            Part::From(arena.map_from(from, &mut |arena, part| match part {
                Part::Scalar(scalar) => Part::Scalar(put_scalar(arena, scalar, place, new)),
                Part::Rel(rel) => Part::Rel(put_rel(arena, rel, place, new)),
                Part::From(_) => part,
            }))
        }
        Part::Scalar(scalar) => Part::Scalar(put_scalar(arena, scalar, place, new)),
        Part::Rel(rel) => Part::Rel(put_rel(arena, rel, place, new)),
    })
}

fn put_scalar(arena: &mut Arena, id: ScalarId, place: Place, new: Place) -> ScalarId {
    if let (true, Place::Scalar(new)) = (place == Place::Scalar(id), new) {
        return new;
    }
    let id =
        arena.map_scalar(id, &mut |arena, it| put_scalar(arena, it, place, new), &mut |_, rel| rel);
    arena.map_subquery(id, &mut |arena, rel| put_rel(arena, rel, place, new))
}
