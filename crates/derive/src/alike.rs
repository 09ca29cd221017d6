//! Which scalars are written alike, where columns that are equal count as one.

use plumb_ir::{Arena, Literal, Scalar, ScalarId, function};

/// Columns and constants that conditions make equal.
#[derive(Debug, Clone, Default)]
pub(crate) struct Classes {
    sets: Vec<Vec<ScalarId>>,
}

impl Classes {
    /// What these conditions make equal, all but one of them.
    pub(crate) fn of(arena: &Arena, conditions: &[ScalarId], but: Option<usize>) -> Self {
        let mut classes = Self::default();
        for (at, condition) in conditions.iter().enumerate() {
            let Some((name, args)) = arena.as_call(*condition) else { continue };
            let pairs: Vec<[ScalarId; 2]> = match (name, args) {
                ("eq", [one, two]) => vec![[*one, *two]],
                ("all-equal", args) => args.windows(2).map(|two| [two[0], two[1]]).collect(),
                _ => Vec::new(),
            };
            for [one, two] in pairs {
                if Some(at) != but && simple(arena, one) && simple(arena, two) {
                    classes.join(one, two);
                }
            }
        }
        classes
    }

    fn join(&mut self, one: ScalarId, two: ScalarId) {
        let (mut joined, mut others) = (vec![one, two], Vec::new());
        for set in std::mem::take(&mut self.sets) {
            if set.contains(&one) || set.contains(&two) {
                joined.extend(set);
            } else {
                others.push(set);
            }
        }
        others.push(joined);
        self.sets = others;
    }

    /// What equals it, itself not counted.
    pub(crate) fn equal_to(&self, scalar: ScalarId) -> Vec<ScalarId> {
        let set = self.sets.iter().find(|set| set.contains(&scalar));
        set.map(|set| set.iter().copied().filter(|other| *other != scalar).collect())
            .unwrap_or_default()
    }
}

fn simple(arena: &Arena, scalar: ScalarId) -> bool {
    match arena.get_scalar(scalar) {
        Scalar::Column { depth, .. } => *depth == 0,
        Scalar::Literal(literal) => *literal != Literal::Null,
        _ => false,
    }
}

/// Whether two scalars are the same but for the order of what commutes.
pub(crate) fn alike(arena: &mut Arena, classes: &Classes, one: ScalarId, two: ScalarId) -> bool {
    if one == two || classes.equal_to(one).contains(&two) {
        return true;
    }
    let (first, second) = (arena.get_scalar(one), arena.get_scalar(two));
    let (parts, mut others) = (first.children(), second.children());
    if parts.is_empty() || parts.len() != others.len() || first.subquery().is_some() {
        return false;
    }
    let commutes = arena
        .as_call(one)
        .is_some_and(|(name, _)| function(name).is_some_and(|known| known.commutative));
    if commutes {
        if arena.as_call(one).map(|call| call.0) != arena.as_call(two).map(|call| call.0) {
            return false;
        }
        return parts.iter().all(|part| {
            let at = others.iter().position(|other| alike(arena, classes, *part, *other));
            at.map(|at| others.remove(at)).is_some()
        });
    }
    let mut next = others.iter();
    let shell = arena.map_scalar(
        one,
        &mut |_, child| next.next().copied().unwrap_or(child),
        &mut |_, rel| rel,
    );
    shell == two
        && parts.iter().zip(&others).all(|(part, other)| alike(arena, classes, *part, *other))
}
