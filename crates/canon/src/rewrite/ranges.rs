//! Conditions that compare one value with constants say no more than they must.

use std::cmp::Ordering;

use plumb_ir::{Arena, From, Literal, RelId, ScalarId};

use crate::{Apply, Rewrite, Stage};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "ranges",
    stage: Stage::Predicates,
    page: include_str!("ranges.md"),
    apply: Apply::Rel(apply),
};

fn apply(arena: &mut Arena, rel: RelId) -> Option<RelId> {
    let id = arena.get_rel(rel).from()?;
    if arena.get_from(id).filter.len() < 2 {
        return None;
    }
    let from = arena.shared_from(id);
    let said: Vec<Option<Said>> = from.filter.iter().map(|id| Said::of(arena, *id)).collect();
    for one in 0..said.len() {
        for two in 0..said.len() {
            let (Some(first), Some(second)) = (&said[one], &said[two]) else { continue };
            if one == two || first.value != second.value {
                continue;
            }
            let Some(new) = first.with(arena, second) else { continue };
            let mut filter = from.filter.clone();
            filter[one] = new;
            filter.remove(two);
            let from = arena.from(From { filter, ..(*from).clone() });
            return Some(super::on_from(arena, rel, from));
        }
    }
    None
}

/// A condition about one value and constants.
struct Said {
    id: ScalarId,
    value: ScalarId,
    what: What,
}

enum What {
    /// The value is at least this, or greater.
    Least(ScalarId, Open),
    /// The value is at most this, or less.
    Most(ScalarId, Open),
    /// The value is one of these.
    Among(Vec<ScalarId>),
    /// The value is none of these.
    NotAmong(Vec<ScalarId>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Yes,
    No,
}

impl Said {
    fn of(arena: &Arena, id: ScalarId) -> Option<Self> {
        let (name, args) = arena.as_call(id)?;
        let constant = |id: ScalarId| {
            arena.as_literal(id).is_some_and(|literal| !literal.is_null()).then_some(id)
        };
        let list = |args: &[ScalarId]| -> Option<(ScalarId, Vec<ScalarId>)> {
            let all: Option<Vec<ScalarId>> = args[1..].iter().map(|id| constant(*id)).collect();
            Some((args[0], all?))
        };
        let (value, what) = match (name, args) {
            ("lt" | "le", &[one, two]) => {
                let open = if name == "lt" { Open::Yes } else { Open::No };
                match (constant(one), constant(two)) {
                    (Some(bound), None) => (two, What::Least(bound, open)),
                    (None, Some(bound)) => (one, What::Most(bound, open)),
                    _ => return None,
                }
            }
            ("eq", &[one, two]) => match (constant(one), constant(two)) {
                (Some(it), None) => (two, What::Among(vec![it])),
                (None, Some(it)) => (one, What::Among(vec![it])),
                _ => return None,
            },
            ("in-list", args) => {
                let (value, all) = list(args)?;
                (value, What::Among(all))
            }
            ("not", &[inner]) => match Self::of(arena, inner)? {
                Self { value, what: What::Among(all), .. } => (value, What::NotAmong(all)),
                _ => return None,
            },
            _ => return None,
        };
        Some(Self { id, value, what })
    }

    /// One condition for two; `None` if it takes both.
    fn with(&self, arena: &mut Arena, other: &Self) -> Option<ScalarId> {
        let cmp = |arena: &Arena, one: ScalarId, two: ScalarId| {
            arena.as_literal(one)?.compared(arena.as_literal(two)?)
        };
        match (&self.what, &other.what) {
            (What::Least(one, open), What::Least(two, second)) => match cmp(arena, *one, *two)? {
                Ordering::Greater => Some(self.id),
                Ordering::Equal if *open == Open::Yes || *second == Open::No => Some(self.id),
                _ => None,
            },
            (What::Most(one, open), What::Most(two, second)) => match cmp(arena, *one, *two)? {
                Ordering::Less => Some(self.id),
                Ordering::Equal if *open == Open::Yes || *second == Open::No => Some(self.id),
                _ => None,
            },
            (What::Least(low, open), What::Most(high, second)) => match cmp(arena, *low, *high)? {
                Ordering::Greater => Some(arena.literal(Literal::Bool(false))),
                Ordering::Equal if *open == Open::No && *second == Open::No => {
                    let mut sides = vec![self.value, *low];
                    sides.sort_by_key(|id| arena.scalar_digest(*id));
                    Some(arena.call("eq", sides))
                }
                Ordering::Equal => Some(arena.literal(Literal::Bool(false))),
                Ordering::Less => None,
            },
            (What::Among(all), _) => {
                let kept: Vec<Option<bool>> =
                    all.iter().map(|it| other.allows(arena, *it)).collect();
                let kept: Vec<bool> = kept.into_iter().collect::<Option<_>>()?;
                if kept.iter().all(|it| *it) {
                    return Some(self.id);
                }
                let list: Vec<ScalarId> =
                    all.iter().zip(&kept).filter(|(_, keep)| **keep).map(|(it, _)| *it).collect();
                Some(among(arena, self.value, list))
            }
            (What::NotAmong(all), What::Least(..) | What::Most(..)) => {
                let useless = all.iter().all(|it| other.allows(arena, *it) == Some(false));
                useless.then_some(other.id)
            }
            (What::NotAmong(one), What::NotAmong(two)) => {
                let mut list = one.clone();
                list.extend(two);
                list.sort_by_key(|id| arena.scalar_digest(*id));
                list.dedup();
                let inner = among(arena, self.value, list);
                Some(arena.call("not", vec![inner]))
            }
            _ => None,
        }
    }

    /// Whether a constant passes, where that is sure.
    fn allows(&self, arena: &Arena, constant: ScalarId) -> Option<bool> {
        let literal = |id: ScalarId| arena.as_literal(id);
        let given = literal(constant)?;
        let equal = |other: ScalarId| {
            let other = literal(other)?;
            match given.compared(other) {
                Some(order) => Some(order == Ordering::Equal),
                None => given.differs(other).then_some(false),
            }
        };
        match &self.what {
            What::Least(bound, open) => {
                let order = given.compared(literal(*bound)?)?;
                Some(order == Ordering::Greater || order == Ordering::Equal && *open == Open::No)
            }
            What::Most(bound, open) => {
                let order = given.compared(literal(*bound)?)?;
                Some(order == Ordering::Less || order == Ordering::Equal && *open == Open::No)
            }
            What::Among(all) => any(all.iter().map(|it| equal(*it))),
            What::NotAmong(all) => any(all.iter().map(|it| equal(*it))).map(|found| !found),
        }
    }
}

/// Whether one holds: true if one surely does, false if all surely do not.
fn any(all: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut sure = true;
    for one in all {
        match one {
            Some(true) => return Some(true),
            Some(false) => {}
            None => sure = false,
        }
    }
    sure.then_some(false)
}

/// Whether a value is one of some constants; none at all is false.
fn among(arena: &mut Arena, value: ScalarId, mut list: Vec<ScalarId>) -> ScalarId {
    match list.as_slice() {
        [] => arena.literal(Literal::Bool(false)),
        [one] => {
            let mut sides = vec![value, *one];
            sides.sort_by_key(|id| arena.scalar_digest(*id));
            arena.call("eq", sides)
        }
        _ => {
            list.insert(0, value);
            arena.call("in-list", list)
        }
    }
}
