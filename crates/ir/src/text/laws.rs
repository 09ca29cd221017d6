//! Laws of the text form.

use proptest::prelude::*;

use super::{parse_rel, print_rel};
use crate::{
    Arena, Bound, Field, Frame, FrameUnit, From, Literal, Out, Rel, RelId, Scalar, ScalarId,
    SetKind, SortKey, Tree, Type,
};

/// Builds a plan from random bytes: every operator is reachable, every plan is well formed.
struct Builder<'a> {
    arena: Arena,
    bytes: std::slice::Iter<'a, u8>,
}

impl Builder<'_> {
    fn pick(&mut self, below: u8) -> u8 {
        self.bytes.next().map_or(0, |byte| byte % below)
    }

    fn name(&mut self) -> crate::Symbol {
        const NAMES: [&str; 7] = ["id", "shop.orders", "Order \"Id\"", "order", "x-y", "ünï", "9"];
        let name = NAMES[usize::from(self.pick(7))];
        self.arena.symbol(name)
    }

    fn flag(&mut self) -> bool {
        self.pick(2) == 1
    }

    fn scalars(&mut self, depth: u8, most: u8) -> Vec<ScalarId> {
        (0..self.pick(most + 1)).map(|_| self.scalar(depth)).collect()
    }

    fn keys(&mut self, depth: u8) -> Vec<SortKey> {
        (0..self.pick(3))
            .map(|_| SortKey {
                value: self.scalar(depth),
                descending: self.flag(),
                nulls_first: self.flag(),
            })
            .collect()
    }

    fn literal(&mut self) -> Literal {
        match self.pick(9) {
            0 => Literal::Null,
            1 => Literal::Bool(self.flag()),
            2 => Literal::Integer(i128::from(self.pick(9)) - 4),
            3 => Literal::Decimal {
                units: i128::from(self.pick(9)) - 4,
                scale: u32::from(self.pick(3)),
            },
            4 => Literal::Float("1e9".to_owned()),
            5 => Literal::Text("it's (a) \"text\"; ok".to_owned()),
            6 => Literal::Bytes("00ff".to_owned()),
            7 => Literal::Typed(Type::Date, "2024-01-31".to_owned()),
            _ => Literal::Interval("1 day".to_owned()),
        }
    }

    fn scalar(&mut self, depth: u8) -> ScalarId {
        let most = if depth == 0 { 4 } else { 14 };
        let below = depth.saturating_sub(1);
        let scalar = match self.pick(most) {
            0 => Scalar::Column { depth: 0, input: 0, field: Field::Named(self.name()) },
            1 => Scalar::Column { depth: u32::from(self.pick(3)), input: 1, field: Field::At(2) },
            2 => Scalar::Literal(self.literal()),
            3 => Scalar::Hole { kind: self.name(), key: self.name() },
            4 => Scalar::Call { function: self.name(), args: self.scalars(below, 3) },
            5 => Scalar::Either {
                depth: u32::from(self.pick(2)),
                inputs: vec![0, 1],
                name: self.name(),
            },
            6 => Scalar::Case {
                branches: vec![(self.scalar(below), self.scalar(below))],
                otherwise: self.flag().then(|| self.scalar(below)),
            },
            7 => Scalar::Cast {
                value: self.scalar(below),
                to: Type::Array(Box::new(Type::Decimal(Some((10, 2))))),
                safe: self.flag(),
            },
            8 => Scalar::Aggregate {
                function: self.name(),
                args: self.scalars(below, 2),
                distinct: self.flag(),
                filter: self.flag().then(|| self.scalar(below)),
                order: self.keys(below),
            },
            9 => Scalar::Window {
                function: self.name(),
                args: self.scalars(below, 2),
                distinct: self.flag(),
                ignore_nulls: self.flag(),
                partition: self.scalars(below, 2),
                order: self.keys(below),
                frame: self.flag().then(|| Frame {
                    unit: FrameUnit::Rows,
                    start: Bound::Before(self.scalar(below)),
                    end: Bound::Current,
                }),
            },
            10 => Scalar::Exists(self.rel(below)),
            11 => Scalar::In { values: self.scalars(below, 2), rel: self.rel(below) },
            12 => Scalar::Subquery(self.rel(below)),
            _ => Scalar::Lambda { params: 1, body: self.scalar(below) },
        };
        self.arena.scalar(scalar)
    }

    fn from(&mut self, depth: u8) -> crate::FromId {
        let inputs: Vec<RelId> = (0..3).map(|_| self.rel(depth)).collect();
        let tree = match self.pick(3) {
            0 => Tree::Inner((0..3).map(Tree::Input).collect()),
            1 => Tree::Inner(vec![
                Tree::Where { part: Box::new(Tree::Input(1)), on: self.scalars(depth, 2) },
                Tree::Left {
                    left: Box::new(Tree::Input(0)),
                    right: Box::new(Tree::Input(2)),
                    on: self.scalars(depth, 2),
                },
            ]),
            _ => Tree::Full {
                left: Box::new(Tree::Inner(vec![Tree::Input(2), Tree::Input(0)])),
                right: Box::new(Tree::Input(1)),
                on: self.scalars(depth, 2),
            },
        };
        let filter = self.scalars(depth, 3);
        self.arena.from(From { inputs, tree, filter })
    }

    fn rel(&mut self, depth: u8) -> RelId {
        let most = if depth == 0 { 2 } else { 10 };
        let below = depth.saturating_sub(1);
        let rel = match self.pick(most) {
            0 => Rel::Scan { table: self.name() },
            1 => Rel::Opaque { why: self.name(), key: self.name(), inputs: Vec::new() },
            2 => Rel::Values { width: 1, rows: vec![vec![self.scalar(below)]] },
            3 => {
                let from = self.from(below);
                let star = Out::Star { input: 1, except: vec![self.name()] };
                Rel::Project { from, out: vec![Out::Column(self.scalar(below)), star] }
            }
            4 => Rel::Aggregate {
                from: self.from(below),
                keys: self.scalars(below, 2),
                calls: self.scalars(below, 2),
                scalar: self.flag(),
            },
            5 => Rel::Distinct { input: self.rel(below) },
            6 => Rel::Union { inputs: vec![self.rel(below), self.rel(below)] },
            7 => Rel::Set {
                kind: if self.flag() { SetKind::Except } else { SetKind::Intersect },
                all: self.flag(),
                left: self.rel(below),
                right: self.rel(below),
            },
            8 => Rel::Limit {
                input: self.rel(below),
                order: self.keys(below),
                limit: self.flag().then(|| self.scalar(0)),
                offset: self.flag().then(|| self.scalar(0)),
            },
            _ => Rel::Call { function: self.name(), args: self.scalars(below, 2) },
        };
        self.arena.rel(rel)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn what_prints_parses_to_the_same_node(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let mut builder = Builder { arena: Arena::new(), bytes: bytes.iter() };
        let rel = builder.rel(4);
        let mut arena = builder.arena;
        let text = print_rel(&arena, rel);
        let again = parse_rel(&mut arena, &text);
        prop_assert_eq!(again, Ok(rel), "{}", text);

        let mut fresh = Arena::new();
        let other = parse_rel(&mut fresh, &text).unwrap();
        prop_assert_eq!(fresh.rel_digest(other), arena.rel_digest(rel));
    }

    #[test]
    fn a_copy_is_the_same_node(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let mut builder = Builder { arena: Arena::new(), bytes: bytes.iter() };
        let rel = builder.rel(4);
        let arena = builder.arena;
        let mut other = Arena::new();
        // What was there before must not show.
        other.symbol("before");
        let copy = crate::Copier::new(&arena).rel(&mut other, rel);
        prop_assert_eq!(print_rel(&other, copy), print_rel(&arena, rel));
        prop_assert_eq!(other.rel_digest(copy), arena.rel_digest(rel));
    }

    #[test]
    fn a_stored_arena_is_the_same(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let mut builder = Builder { arena: Arena::new(), bytes: bytes.iter() };
        let rel = builder.rel(4);
        let arena = builder.arena;
        let stored = postcard::to_stdvec(&arena).unwrap();
        let again: Arena = postcard::from_bytes(&stored).unwrap();
        prop_assert_eq!(again.sizes(), arena.sizes());
        prop_assert_eq!(print_rel(&again, rel), print_rel(&arena, rel));
        prop_assert_eq!(again.rel_digest(rel), arena.rel_digest(rel));
        prop_assert_eq!(again.reach_of_rel(rel), arena.reach_of_rel(rel));
    }

    #[test]
    fn no_text_panics(text in "[()a-z0-9.#^:'\" ]{0,60}") {
        drop(parse_rel(&mut Arena::new(), &text));
    }
}
