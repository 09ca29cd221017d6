//! What conditions make equal.

use plumb_base::Digest;
use plumb_ir::{Arena, Field, Literal, Scalar, ScalarId, Type};

use crate::scope::Scope;

/// Scalars that are equal in every row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Class {
    /// Two or more, or one and a constant.
    pub(crate) members: Vec<ScalarId>,
    pub(crate) constant: Option<ScalarId>,
    /// Whether all are known to have one type.
    pub(crate) one_type: bool,
}

/// The equations among conditions, put together, and the conditions that are none. `one_type` is whether types that
/// are not known may be taken to be one.
pub(crate) fn classes(
    arena: &mut Arena,
    scope: &Scope,
    one_type: bool,
) -> (Vec<Class>, Vec<ScalarId>) {
    let mut classes: Vec<Class> = Vec::new();
    let mut rest = Vec::new();
    for condition in scope.truths() {
        if let Some(class) = truth(arena, scope, *condition) {
            put(&mut classes, class, &mut rest, *condition);
            continue;
        }
        let sides = match arena.as_call(*condition) {
            Some(("eq" | "all-equal", sides)) => sides,
            _ => &[],
        };
        let alike = sides.windows(2).map(|pair| alike(arena, scope, pair[0], pair[1]));
        let alike = alike.fold(Alike::Yes, Alike::min);
        let usable = sides.iter().any(|side| *side != sides[0])
            && sides.iter().all(|side| plain(arena, *side))
            && sides.iter().any(|side| arena.as_literal(*side).is_none())
            && (alike == Alike::Yes || alike == Alike::Unknown && one_type);
        if !usable {
            rest.push(*condition);
            continue;
        }
        let mut class =
            Class { members: Vec::new(), constant: None, one_type: alike == Alike::Yes };
        for side in sides {
            if arena.as_literal(*side).is_none() {
                class.members.push(*side);
            } else if class.constant.is_some_and(|constant| constant != *side) {
                // Of two constants one is as good as the other: the condition says that they are equal.
                rest.push(*condition);
            } else {
                class.constant = Some(*side);
            }
        }
        put(&mut classes, class, &mut rest, *condition);
    }
    for class in &mut classes {
        class.members.sort_by_key(|id| arena.scalar_digest(*id));
        class.members.dedup();
    }
    classes.retain(|class| class.members.len() > 1 || class.constant.is_some());
    (classes, rest)
}

/// A truth value that is asked for, or denied, is a constant.
fn truth(arena: &mut Arena, scope: &Scope, condition: ScalarId) -> Option<Class> {
    let (value, holds) = match arena.as_call(condition) {
        Some(("not", &[value])) => (value, false),
        _ => (condition, true),
    };
    let column = matches!(arena.get_scalar(value), Scalar::Column { .. });
    if !column || scope.type_of(arena, value) != Type::Bool {
        return None;
    }
    let constant = Some(arena.literal(Literal::Bool(holds)));
    Some(Class { members: vec![value], constant, one_type: true })
}

/// Adds a class to those it shares members with.
fn put(classes: &mut Vec<Class>, mut class: Class, rest: &mut Vec<ScalarId>, condition: ScalarId) {
    let mut at = 0;
    while at < classes.len() {
        if !classes[at].members.iter().any(|id| class.members.contains(id)) {
            at += 1;
            continue;
        }
        let other = classes.swap_remove(at);
        if let (Some(one), Some(two)) = (class.constant, other.constant)
            && one != two
        {
            rest.push(condition);
        }
        class.members.extend(other.members);
        class.constant = other.constant.or(class.constant);
        class.one_type &= other.one_type;
    }
    classes.push(class);
}

/// How many nodes a scalar has, written out.
fn nodes(arena: &Arena, id: ScalarId) -> usize {
    let children = arena.get_scalar(id).children();
    1 + children.into_iter().map(|child| nodes(arena, child)).fold(0, usize::saturating_add)
}

/// Whether a scalar is the same wherever it is asked, and small enough to compare.
fn plain(arena: &Arena, id: ScalarId) -> bool {
    match arena.get_scalar(id) {
        Scalar::Column { .. } => true,
        Scalar::Literal(literal) => !literal.is_null(),
        node @ (Scalar::Call { .. } | Scalar::Cast { .. }) => {
            node.children().iter().all(|child| plain_or_null(arena, *child))
                && !arena.is_volatile(id)
        }
        _ => false,
    }
}

fn plain_or_null(arena: &Arena, id: ScalarId) -> bool {
    plain(arena, id) || matches!(arena.get_scalar(id), Scalar::Literal(Literal::Null))
}

/// Whether what is equal is the same value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Alike {
    No,
    Unknown,
    Yes,
}

fn alike(arena: &Arena, scope: &Scope, one: ScalarId, two: ScalarId) -> Alike {
    let kind = |id: ScalarId| match arena.as_literal(id) {
        Some(Literal::Integer(_)) => Type::Int(64),
        Some(Literal::Decimal { .. }) => Type::Decimal(None),
        Some(Literal::Float(_)) => Type::Float(64),
        _ => scope.type_of(arena, id),
    };
    let texts = |id: ScalarId| matches!(arena.as_literal(id), Some(Literal::Text(_)));
    match (kind(one), kind(two)) {
        // Equal moments may be shown in two zones, and a month equals thirty days.
        (
            Type::Float(_) | Type::Variant | Type::Interval | Type::TimestampZoned | Type::Array(_),
            _,
        )
        | (
            _,
            Type::Float(_) | Type::Variant | Type::Interval | Type::TimestampZoned | Type::Array(_),
        ) => Alike::No,
        (Type::Int(_), Type::Int(_)) => Alike::Yes,
        (Type::Decimal(one), Type::Decimal(two)) if one == two && one.is_some() => Alike::Yes,
        (Type::Decimal(_), Type::Decimal(_)) => Alike::Unknown,
        (Type::Other(one), Type::Other(two)) if one == two => Alike::Unknown,
        // A text that is compared with what is no text becomes that.
        (Type::Unknown, Type::Text) if texts(two) => Alike::Unknown,
        (Type::Unknown, _) | (_, Type::Unknown) => Alike::Unknown,
        (one, two) if one == two => Alike::Yes,
        _ => Alike::No,
    }
}

impl Class {
    /// The member that stands for all: the constant, or the plainest, which does not depend on how inputs are
    /// numbered unless they are alike.
    pub(crate) fn speaker(&self, arena: &Arena, scope: &Scope) -> ScalarId {
        if let Some(constant) = self.constant {
            return constant;
        }
        let rank = |id: &ScalarId| -> (usize, Digest, Digest, u32, Digest) {
            let own = arena.scalar_digest(*id);
            match arena.get_scalar(*id) {
                Scalar::Column { depth: 0, input, field } => {
                    let rel = scope.from.inputs.get(*input as usize);
                    let rel = rel.map(|rel| arena.rel_digest(*rel)).unwrap_or_default();
                    let nulled = scope.nulled.get(*input as usize).copied().unwrap_or(true);
                    (
                        1 + usize::from(nulled),
                        rel,
                        crate::label::field_digest(arena, *field),
                        *input,
                        own,
                    )
                }
                Scalar::Column { .. } => (0, own, Digest::default(), 0, own),
                // The smallest, as one may be part of another.
                _ => (2 + nodes(arena, *id), Digest::default(), Digest::default(), 0, own),
            }
        };
        self.members.iter().copied().min_by_key(rank).unwrap_or(self.members[0])
    }

    /// Its members that are columns of inputs.
    pub(crate) fn places(&self, arena: &Arena) -> Vec<(u32, Field)> {
        let place = |id: &ScalarId| match arena.get_scalar(*id) {
            Scalar::Column { depth: 0, input, field } => Some((*input, *field)),
            _ => None,
        };
        self.members.iter().filter_map(place).collect()
    }
}
