//! Digests of nodes by their content, and how far out a node looks.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Digest, Hasher};

use crate::{
    Arena, Bound, Field, Frame, FrameUnit, From, Literal, Out, Rel, RelId, Scalar, ScalarId,
    SetKind, SortKey, Symbol, Tree,
};

/// Feeds node contents into a hasher.
struct Feed<'a> {
    arena: &'a Arena,
    hasher: Hasher,
    /// Digests that parts have here, where they differ from those in the arena.
    own: &'a Own,
}

type Own = BTreeMap<ScalarId, Digest>;

pub(crate) fn of_scalar(arena: &Arena, scalar: &Scalar) -> Digest {
    with(arena, scalar, &Own::new())
}

fn with(arena: &Arena, scalar: &Scalar, own: &Own) -> Digest {
    let mut feed = Feed { arena, hasher: Hasher::new("scalar"), own };
    feed.scalar(scalar);
    feed.hasher.finish()
}

/// The digest of a scalar some of whose parts have digests of their own.
pub(crate) fn of_scalar_with(arena: &Arena, id: ScalarId, mut own: Own) -> Digest {
    let (mut parts, mut work) = (BTreeSet::new(), vec![id]);
    while let Some(part) = work.pop() {
        if !own.contains_key(&part) && parts.insert(part) {
            work.extend(arena.get_scalar(part).children());
        }
    }
    // What stands below another was there before it.
    for part in parts {
        let digest = with(arena, arena.get_scalar(part), &own);
        own.insert(part, digest);
    }
    own.get(&id).copied().unwrap_or_else(|| arena.scalar_digest(id))
}

pub(crate) fn of_rel(arena: &Arena, rel: &Rel) -> Digest {
    let own = Own::new();
    let mut feed = Feed { arena, hasher: Hasher::new("rel"), own: &own };
    feed.rel(rel);
    feed.hasher.finish()
}

pub(crate) fn of_from(arena: &Arena, from: &From) -> Digest {
    let own = Own::new();
    let mut feed = Feed { arena, hasher: Hasher::new("from"), own: &own };
    feed.list(from.inputs.iter().map(|input| arena.rel_digest(*input)));
    feed.tree(&from.tree);
    feed.scalars(&from.filter);
    feed.hasher.finish()
}

impl Feed<'_> {
    fn tag(&mut self, tag: &str) {
        self.hasher.text(tag);
    }

    fn symbol(&mut self, symbol: Symbol) {
        self.hasher.text(self.arena.name(symbol));
    }

    fn number(&mut self, number: u32) {
        self.hasher.number(u64::from(number));
    }

    fn list(&mut self, digests: impl ExactSizeIterator<Item = Digest>) {
        self.hasher.number(digests.len() as u64);
        for digest in digests {
            self.hasher.digest(digest);
        }
    }

    fn scalars(&mut self, scalars: &[ScalarId]) {
        self.hasher.number(scalars.len() as u64);
        for scalar in scalars {
            self.hasher.digest(self.part(*scalar));
        }
    }

    fn part(&self, id: ScalarId) -> Digest {
        self.own.get(&id).copied().unwrap_or_else(|| self.arena.scalar_digest(id))
    }

    fn option(&mut self, scalar: Option<ScalarId>) {
        self.scalars(scalar.as_slice());
    }

    fn one(&mut self, rel: RelId) {
        self.hasher.digest(self.arena.rel_digest(rel));
    }

    fn order(&mut self, keys: &[SortKey]) {
        self.hasher.number(keys.len() as u64);
        for key in keys {
            self.hasher.digest(self.part(key.value));
            self.hasher.number(u64::from(key.descending) * 2 + u64::from(key.nulls_first));
        }
    }

    fn bound(&mut self, bound: Bound) {
        match bound {
            Bound::First => self.tag("first"),
            Bound::Before(value) => {
                self.tag("before");
                self.scalars(&[value]);
            }
            Bound::Current => self.tag("current"),
            Bound::After(value) => {
                self.tag("after");
                self.scalars(&[value]);
            }
            Bound::Last => self.tag("last"),
        }
    }

    fn frame(&mut self, frame: Option<Frame>) {
        let Some(frame) = frame else { return self.tag("no frame") };
        self.tag(match frame.unit {
            FrameUnit::Rows => "rows",
            FrameUnit::Range => "range",
            FrameUnit::Groups => "groups",
        });
        self.bound(frame.start);
        self.bound(frame.end);
    }

    fn tree(&mut self, tree: &Tree) {
        match tree {
            Tree::Input(input) => {
                self.tag("input");
                self.number(*input);
            }
            Tree::Inner(parts) => {
                self.tag("inner");
                self.hasher.number(parts.len() as u64);
                for part in parts {
                    self.tree(part);
                }
            }
            Tree::Where { part, on } => {
                self.tag("where");
                self.tree(part);
                self.scalars(on);
            }
            Tree::Left { left, right, on } => self.outer("left", left, right, on),
            Tree::Full { left, right, on } => self.outer("full", left, right, on),
        }
    }

    fn outer(&mut self, tag: &str, left: &Tree, right: &Tree, on: &[ScalarId]) {
        self.tag(tag);
        self.tree(left);
        self.tree(right);
        self.scalars(on);
    }

    fn literal(&mut self, literal: &Literal) {
        match literal {
            Literal::Null => self.tag("null"),
            Literal::Bool(value) => self.tag(if *value { "true" } else { "false" }),
            Literal::Integer(value) => {
                self.tag("integer");
                self.tag(&value.to_string());
            }
            Literal::Decimal { units, scale } => {
                self.tag("decimal");
                self.tag(&units.to_string());
                self.number(*scale);
            }
            Literal::Float(text) => {
                self.tag("float");
                self.tag(text);
            }
            Literal::Text(text) => {
                self.tag("text");
                self.tag(text);
            }
            Literal::Bytes(text) => {
                self.tag("bytes");
                self.tag(text);
            }
            Literal::Typed(data_type, text) => {
                self.tag("typed");
                self.tag(&data_type.to_string());
                self.tag(text);
            }
            Literal::Interval(text) => {
                self.tag("interval");
                self.tag(text);
            }
        }
    }

    fn scalar(&mut self, scalar: &Scalar) {
        match scalar {
            Scalar::Column { depth, input, field } => {
                self.tag("column");
                self.number(*depth);
                self.number(*input);
                match field {
                    Field::At(position) => {
                        self.tag("at");
                        self.number(*position);
                    }
                    Field::Named(name) => {
                        self.tag("named");
                        self.symbol(*name);
                    }
                }
            }
            Scalar::Either { depth, inputs, name } => {
                self.tag("either");
                self.number(*depth);
                self.hasher.number(inputs.len() as u64);
                for input in inputs {
                    self.number(*input);
                }
                self.symbol(*name);
            }
            Scalar::Literal(literal) => {
                self.tag("literal");
                self.literal(literal);
            }
            Scalar::Call { function, args } => {
                self.tag("call");
                self.symbol(*function);
                self.scalars(args);
            }
            Scalar::Case { branches, otherwise } => {
                self.tag("case");
                for (condition, result) in branches {
                    self.scalars(&[*condition, *result]);
                }
                self.tag("else");
                self.option(*otherwise);
            }
            Scalar::Cast { value, to, safe } => {
                self.tag(if *safe { "try-cast" } else { "cast" });
                self.tag(&to.to_string());
                self.scalars(&[*value]);
            }
            Scalar::Aggregate { .. } | Scalar::Window { .. } => self.grouped(scalar),
            Scalar::Exists(rel) => {
                self.tag("exists");
                self.one(*rel);
            }
            Scalar::In { values, rel } => {
                self.tag("in");
                self.scalars(values);
                self.one(*rel);
            }
            Scalar::Subquery(rel) => {
                self.tag("subquery");
                self.one(*rel);
            }
            Scalar::Lambda { params, body } => {
                self.tag("lambda");
                self.number(*params);
                self.scalars(&[*body]);
            }
            Scalar::Param(index) => {
                self.tag("param");
                self.number(*index);
            }
            Scalar::Hole { kind, key } => {
                self.tag("hole");
                self.symbol(*kind);
                self.symbol(*key);
            }
        }
    }

    fn grouped(&mut self, scalar: &Scalar) {
        if let Scalar::Aggregate { function, args, distinct, filter, order } = scalar {
            self.tag(if *distinct { "aggregate distinct" } else { "aggregate" });
            self.symbol(*function);
            self.scalars(args);
            self.option(*filter);
            self.order(order);
        }
        if let Scalar::Window { function, args, distinct, ignore_nulls, partition, order, frame } =
            scalar
        {
            self.tag("window");
            self.hasher.number(u64::from(*distinct) * 2 + u64::from(*ignore_nulls));
            self.symbol(*function);
            self.scalars(args);
            self.scalars(partition);
            self.order(order);
            self.frame(*frame);
        }
    }

    fn rel(&mut self, rel: &Rel) {
        let arena = self.arena;
        match rel {
            Rel::Scan { table } => {
                self.tag("scan");
                self.symbol(*table);
            }
            Rel::Values { width, rows } => {
                self.tag("values");
                self.number(*width);
                for row in rows {
                    self.scalars(row);
                }
            }
            Rel::Project { from, out } => {
                self.tag("project");
                self.hasher.digest(arena.from_digest(*from));
                for out in out {
                    self.out(out);
                }
            }
            Rel::Aggregate { from, keys, calls, scalar } => {
                self.tag(if *scalar { "aggregate all" } else { "aggregate" });
                self.hasher.digest(arena.from_digest(*from));
                self.scalars(keys);
                self.scalars(calls);
            }
            Rel::Distinct { input } => {
                self.tag("distinct");
                self.one(*input);
            }
            Rel::Union { inputs } => {
                self.tag("union");
                self.list(inputs.iter().map(|input| arena.rel_digest(*input)));
            }
            Rel::Set { kind, all, left, right } => {
                self.tag(match kind {
                    SetKind::Intersect => "intersect",
                    SetKind::Except => "except",
                });
                self.number(u32::from(*all));
                self.one(*left);
                self.one(*right);
            }
            Rel::Limit { input, order, limit, offset } => {
                self.tag("limit");
                self.one(*input);
                self.order(order);
                self.option(*limit);
                self.option(*offset);
            }
            Rel::Call { function, args } => {
                self.tag("table function");
                self.symbol(*function);
                self.scalars(args);
            }
            Rel::Opaque { why, key, inputs } => {
                self.tag("opaque");
                self.symbol(*why);
                self.symbol(*key);
                self.list(inputs.iter().map(|input| arena.rel_digest(*input)));
            }
        }
    }

    fn out(&mut self, out: &Out) {
        match out {
            Out::Column(scalar) => {
                self.tag("column");
                self.scalars(&[*scalar]);
            }
            Out::Star { input, except } => {
                self.tag("star");
                self.number(*input);
                self.hasher.number(except.len() as u64);
                for name in except {
                    self.symbol(*name);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_may_have_digests_of_their_own() {
        let mut arena = Arena::new();
        let [one, two] = [0, 1].map(|input| arena.column(input, Field::At(0)));
        let mut joined = |column, text: &str| {
            let text = arena.literal(Literal::Text(text.to_owned()));
            let call = arena.call("concat", vec![column, text]);
            arena.call("upper", vec![call])
        };
        let calls = [joined(one, "a b"), joined(two, "a b"), joined(two, "a  b")];
        let digest = |id, parts: &[ScalarId]| {
            let parts = parts.iter().map(|part| (*part, Digest::of("column"))).collect();
            arena.scalar_digest_with(id, parts)
        };
        assert_eq!(digest(calls[0], &[]), arena.scalar_digest(calls[0]));
        assert_ne!(digest(calls[0], &[]), digest(calls[1], &[]));
        assert_eq!(digest(calls[0], &[one]), digest(calls[1], &[two]));
        assert_ne!(digest(calls[1], &[two]), digest(calls[2], &[two]));
        assert_ne!(digest(calls[0], &[one]), digest(calls[0], &[]));
        assert_eq!(digest(calls[0], &[calls[0]]), Digest::of("column"));
    }
}
