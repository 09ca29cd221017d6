//! Laws of types: what is inferred is what a small evaluator gives, whichever warehouse it plays.

use proptest::prelude::*;

use super::{least_common, nullable, type_of};
use crate::{Arena, Field, Literal, Scalar, ScalarId, Type};

/// How a warehouse types what is written, and what its columns are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Warehouse {
    /// Whole numbers are 32 bits wide unless they need more (PostgreSQL, Spark, Trino).
    Narrow,
    /// All whole numbers are 64 bits wide, numbers with a point are floating (BigQuery).
    Wide,
    /// All numbers but floating ones are decimals (Snowflake).
    Decimals,
}

/// A value, with the type it has in a warehouse; NULL has one, too.
#[derive(Debug, Clone, PartialEq)]
struct Typed {
    kind: Type,
    /// `None` is NULL.
    value: Option<Value>,
}

#[derive(Debug, Clone, PartialEq, PartialOrd)]
enum Value {
    Bool(bool),
    /// In halves.
    Number(i128),
    Text(String),
    Day(i64),
}

const DECIMAL: Type = Type::Decimal(Some((12, 2)));

/// Columns: their types where whole numbers have widths, and their values in some row.
fn column(warehouse: Warehouse, at: u32, row: u8) -> Typed {
    let kind = match at {
        0 => Type::Int(32),
        1 => Type::Int(64),
        2 => DECIMAL,
        3 => Type::Float(64),
        4 => Type::Text,
        5 => Type::Bool,
        _ => Type::Date,
    };
    let kind = match (warehouse, kind) {
        (Warehouse::Wide, Type::Int(_)) => Type::Int(64),
        (Warehouse::Decimals, Type::Int(_)) => Type::Decimal(Some((38, 0))),
        (_, kind) => kind,
    };
    // Columns 1, 3 and 5 are never NULL.
    let null = at.is_multiple_of(2) && row.is_multiple_of(3);
    let value = match at {
        0..=3 => Value::Number(2 * (i128::from(row) - 2)),
        4 => Value::Text(format!("T{row}")),
        5 => Value::Bool(row > 2),
        _ => Value::Day(i64::from(row)),
    };
    Typed { kind, value: (!null).then_some(value) }
}

/// Makes scalars that every warehouse takes, out of random bytes.
struct Builder<'a> {
    arena: Arena,
    bytes: std::slice::Iter<'a, u8>,
}

impl Builder<'_> {
    fn pick(&mut self, below: u8) -> u8 {
        self.bytes.next().map_or(0, |byte| byte % below)
    }

    fn call(&mut self, name: &str, args: Vec<ScalarId>) -> ScalarId {
        self.arena.call(name, args)
    }

    fn column(&mut self, at: u32) -> ScalarId {
        self.arena.column(0, Field::At(at))
    }

    fn number(&mut self, depth: u8) -> ScalarId {
        let leaf = depth == 0;
        match self.pick(if leaf { 6 } else { 12 }) {
            at @ 0..=3 => self.column(u32::from(at)),
            4 => {
                let number = Literal::Integer(i128::from(self.pick(5)));
                self.arena.literal(number)
            }
            5 => self.arena.literal(Literal::Decimal { units: 5, scale: 1 }),
            kind @ 6..=8 => {
                let name = ["add", "sub", "mul"][usize::from(kind - 6)];
                let args = vec![self.number(depth - 1), self.number(depth - 1)];
                self.call(name, args)
            }
            9 => {
                let name = ["neg", "abs"][usize::from(self.pick(2))];
                let args = vec![self.number(depth - 1)];
                self.call(name, args)
            }
            10 => {
                let to = [DECIMAL, Type::Float(64)][usize::from(self.pick(2))].clone();
                let value = self.number(depth - 1);
                self.arena.scalar(Scalar::Cast { value, to, safe: false })
            }
            _ => self.choice(depth, Self::number),
        }
    }

    fn text(&mut self, depth: u8) -> ScalarId {
        match self.pick(if depth == 0 { 2 } else { 6 }) {
            0 => self.column(4),
            1 => self.arena.literal(Literal::Text("x".to_owned())),
            2 => {
                let name = ["lower", "trim"][usize::from(self.pick(2))];
                let args = vec![self.text(depth - 1)];
                self.call(name, args)
            }
            3 => {
                let args = vec![self.text(depth - 1), self.text(depth - 1)];
                self.call("concat", args)
            }
            4 => {
                let value = self.number(depth - 1);
                self.arena.scalar(Scalar::Cast { value, to: Type::Text, safe: false })
            }
            _ => self.choice(depth, Self::text),
        }
    }

    fn day(&mut self, depth: u8) -> ScalarId {
        match self.pick(if depth == 0 { 2 } else { 3 }) {
            0 => self.column(6),
            1 => self.arena.literal(Literal::Typed(Type::Date, "2026-01-31".to_owned())),
            _ => self.choice(depth, Self::day),
        }
    }

    fn condition(&mut self, depth: u8) -> ScalarId {
        match self.pick(if depth == 0 { 2 } else { 8 }) {
            0 => self.column(5),
            1 => self.arena.literal(Literal::Bool(true)),
            2 | 3 => {
                let name = ["eq", "lt", "is-distinct"][usize::from(self.pick(3))];
                let make = [Self::number, Self::text, Self::day][usize::from(self.pick(3))];
                let args = vec![make(self, depth - 1), make(self, depth - 1)];
                self.call(name, args)
            }
            4 => {
                let args = vec![self.number(depth - 1)];
                self.call("is-null", args)
            }
            5 => {
                let args = vec![self.condition(depth - 1)];
                self.call("not", args)
            }
            6 => {
                let name = ["and", "or"][usize::from(self.pick(2))];
                let args = vec![self.condition(depth - 1), self.condition(depth - 1)];
                self.call(name, args)
            }
            _ => self.choice(depth, Self::condition),
        }
    }

    /// One of several values of a kind.
    fn choice(&mut self, depth: u8, make: fn(&mut Self, u8) -> ScalarId) -> ScalarId {
        let (one, two) = (make(self, depth - 1), make(self, depth - 1));
        match self.pick(4) {
            0 => {
                let when = self.condition(depth - 1);
                let otherwise = (self.pick(2) == 0).then_some(two);
                self.arena.scalar(Scalar::Case { branches: vec![(when, one)], otherwise })
            }
            1 => self.call("coalesce", vec![one, two]),
            2 => self.call("null-if", vec![one, two]),
            _ => {
                let name = ["greatest", "least-skip"][usize::from(self.pick(2))];
                self.call(name, vec![one, two])
            }
        }
    }
}

/// The warehouse at work on one row.
struct Evaluator<'a> {
    arena: &'a Arena,
    warehouse: Warehouse,
    row: u8,
}

impl Evaluator<'_> {
    fn scalar(&self, scalar: ScalarId) -> Typed {
        match self.arena.get_scalar(scalar) {
            Scalar::Column { field: Field::At(at), .. } => column(self.warehouse, *at, self.row),
            Scalar::Literal(literal) => self.literal(literal),
            Scalar::Call { function, args } => {
                let args: Vec<Typed> = args.iter().map(|arg| self.scalar(*arg)).collect();
                self.call(self.arena.name(*function), &args)
            }
            Scalar::Case { branches, otherwise } => {
                let (when, then) = branches[0];
                let then = self.scalar(then);
                let otherwise = otherwise.map(|it| self.scalar(it));
                let kind = otherwise
                    .as_ref()
                    .map_or(then.kind.clone(), |it| self.wider(&then.kind, &it.kind));
                let chosen = if self.scalar(when).value == Some(Value::Bool(true)) {
                    then.value
                } else {
                    otherwise.and_then(|it| it.value)
                };
                Typed { kind, value: chosen }
            }
            Scalar::Cast { value, to, .. } => {
                let value = self.scalar(*value).value;
                let value = value.map(|it| match (to, it) {
                    (Type::Text, Value::Number(number)) => Value::Text(number.to_string()),
                    (_, other) => other,
                });
                Typed { kind: to.clone(), value }
            }
            other @ (Scalar::Column { .. }
            | Scalar::Either { .. }
            | Scalar::Aggregate { .. }
            | Scalar::Window { .. }
            | Scalar::Exists(_)
            | Scalar::In { .. }
            | Scalar::Subquery(_)
            | Scalar::Lambda { .. }
            | Scalar::Param(_)
            | Scalar::Hole { .. }) => panic!("{other:?} is not made here"),
        }
    }

    fn literal(&self, literal: &Literal) -> Typed {
        let number = |kind: Type, value: i128| Typed { kind, value: Some(Value::Number(value)) };
        match (literal, self.warehouse) {
            (Literal::Integer(value), Warehouse::Narrow) => number(Type::Int(32), 2 * value),
            (Literal::Integer(value), Warehouse::Wide) => number(Type::Int(64), 2 * value),
            (Literal::Integer(value), Warehouse::Decimals) => {
                number(Type::Decimal(Some((1, 0))), 2 * value)
            }
            (Literal::Decimal { .. }, Warehouse::Wide) => number(Type::Float(64), 1),
            (Literal::Decimal { .. }, _) => number(Type::Decimal(Some((1, 1))), 1),
            (Literal::Text(text), _) => {
                Typed { kind: Type::Text, value: Some(Value::Text(text.clone())) }
            }
            (Literal::Bool(value), _) => {
                Typed { kind: Type::Bool, value: Some(Value::Bool(*value)) }
            }
            (Literal::Typed(kind, _), _) => {
                Typed { kind: kind.clone(), value: Some(Value::Day(1)) }
            }
            (other, _) => panic!("{other:?} is not made here"),
        }
    }

    /// The type two values are brought to; the digits of decimals are of no account.
    fn wider(&self, one: &Type, two: &Type) -> Type {
        match (one, two) {
            _ if one == two => one.clone(),
            (Type::Float(_), _) | (_, Type::Float(_)) => Type::Float(64),
            (Type::Decimal(_), _) | (_, Type::Decimal(_)) => Type::Decimal(Some((38, 2))),
            (Type::Int(one), Type::Int(two)) => Type::Int(*one.max(two)),
            _ => panic!("{one} and {two} do not meet in {:?}", self.warehouse),
        }
    }

    fn call(&self, name: &str, args: &[Typed]) -> Typed {
        let values: Option<Vec<&Value>> = args.iter().map(|arg| arg.value.as_ref()).collect();
        let kinds = || args.iter().map(|arg| arg.kind.clone()).reduce(|a, b| self.wider(&a, &b));
        let wide = || kinds().expect("it has arguments");
        let truth = |value: Option<bool>| Typed { kind: Type::Bool, value: value.map(Value::Bool) };
        let first = &args[0];
        match name {
            "add" | "sub" | "mul" => {
                let value = values.map(|it| match (it[0], it[1]) {
                    (Value::Number(a), Value::Number(b)) => Value::Number(a + b),
                    other => panic!("{other:?} are no numbers"),
                });
                Typed { kind: wide(), value }
            }
            "neg" | "abs" | "lower" | "trim" => first.clone(),
            "concat" => {
                let value = values.map(|it| Value::Text(format!("{it:?}")));
                Typed { kind: Type::Text, value }
            }
            "eq" => truth(values.map(|it| it[0] == it[1])),
            "lt" => truth(values.map(|it| it[0] < it[1])),
            "is-distinct" => truth(Some(args[0].value != args[1].value)),
            "is-null" => truth(Some(first.value.is_none())),
            "not" => truth(first.value.as_ref().map(|it| *it != Value::Bool(true))),
            "and" | "or" => {
                let decides = Some(Value::Bool(name == "or"));
                if args.iter().any(|arg| arg.value == decides) {
                    return truth(Some(name == "or"));
                }
                truth(values.map(|_| name != "or"))
            }
            "coalesce" | "least-skip" => {
                let value = args.iter().find_map(|arg| arg.value.clone());
                Typed { kind: wide(), value }
            }
            "greatest" => Typed { kind: wide(), value: values.map(|it| it[0].clone()) },
            "null-if" => {
                let same = args[0].value == args[1].value;
                let value = if same { None } else { first.value.clone() };
                // Some bring both to one type and some do not: both are tried.
                let kind =
                    if self.warehouse == Warehouse::Wide { wide() } else { first.kind.clone() };
                Typed { kind, value }
            }
            other => panic!("{other} is not made here"),
        }
    }
}

/// Whether a type that was inferred holds for one that was found.
fn holds(inferred: &Type, found: &Type) -> bool {
    matches!((inferred, found), (Type::Unknown, _) | (Type::Decimal(None), Type::Decimal(_)))
        || inferred == found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn types_are_unknown_or_right(bytes in proptest::collection::vec(any::<u8>(), 4..80), row in 0_u8..6) {
        let mut builder = Builder { arena: Arena::new(), bytes: bytes.iter() };
        let make = [Builder::number, Builder::text, Builder::condition, Builder::day];
        let make = make[usize::from(builder.pick(4))];
        let scalar = make(&mut builder, 4);
        let arena = builder.arena;
        for warehouse in [Warehouse::Narrow, Warehouse::Wide, Warehouse::Decimals] {
            let found = Evaluator { arena: &arena, warehouse, row }.scalar(scalar);
            let place = |field: Field| if let Field::At(at) = field { at } else { 0 };
            let columns = |_: u32, _: u32, field: Field| column(warehouse, place(field), row).kind;
            let inferred = type_of(&arena, scalar, &columns);
            prop_assert!(holds(&inferred, &found.kind), "{inferred} for {} in {warehouse:?}", found.kind);
            let nulls = |_: u32, _: u32, field: Field| place(field).is_multiple_of(2);
            let may = nullable(&arena, scalar, &columns, &nulls);
            prop_assert!(may || found.value.is_some(), "NULL in {warehouse:?}");
        }
    }

    #[test]
    fn the_least_common_type_has_no_sides(one in 0_usize..12, two in 0_usize..12) {
        let types = types();
        let (one, two) = (&types[one], &types[two]);
        let common = least_common(one, two);
        prop_assert_eq!(&common, &least_common(two, one));
        // It has nothing in common with less than they had.
        if common != Type::Unknown {
            let again = least_common(&common, one);
            prop_assert!(holds(&again, &common) || holds(&common, &again));
        }
    }
}

fn types() -> Vec<Type> {
    vec![
        Type::Bool,
        Type::Int(16),
        Type::Int(32),
        Type::Int(64),
        DECIMAL,
        Type::Decimal(None),
        Type::Float(64),
        Type::Text,
        Type::Date,
        Type::Timestamp,
        Type::Variant,
        Type::Unknown,
    ]
}

#[test]
fn what_is_known_is_said() {
    let mut arena = Arena::new();
    let mut of = |text: &str| {
        let scalar = crate::text::parse_scalar(&mut arena, text).unwrap();
        let columns = |_: u32, _: u32, field: Field| match field {
            Field::At(at) => column(Warehouse::Narrow, at, 1).kind,
            Field::Named(_) => Type::Unknown,
        };
        type_of(&arena, scalar, &columns).to_string()
    };
    assert_eq!(of("(add 0#1 1)"), "int64");
    assert_eq!(of("(add 0#2 1)"), "decimal");
    assert_eq!(of("(mul 0#3 0.5)"), "float64");
    assert_eq!(of("(mul 0#2 0.5)"), "unknown");
    assert_eq!(of("(case (when 0#5 0#4) (else null))"), "text");
    assert_eq!(of("(coalesce 0#0 0#1)"), "int64");
    assert_eq!(of("(null-if 0#0 0#1)"), "unknown");
    assert_eq!(of("(concat 0#4 0#0)"), "text");
    assert_eq!(of("(last-day 0.anything)"), "date");
    assert_eq!(of("(lower 0.anything)"), "unknown");
}
