//! Types of values, and which are never NULL.

use plumb_ir::{Field, GivesNull, Literal, ResultType, Type, function, keeps_values};

use crate::{
    lower::{Kernel, Origin},
    term::{Call, Measure, Term},
};

impl Kernel<'_> {
    /// The type of a value; that of a number that is written out is the dialect's.
    pub(crate) fn type_of(&self, term: &Term) -> Type {
        let one = |terms: &mut dyn Iterator<Item = &Term>| {
            let mut types = terms.filter(|it| **it != crate::term::NULL).map(|it| self.type_of(it));
            let first = types.next().unwrap_or(Type::Unknown);
            if types.all(|it| it == first) { first } else { Type::Unknown }
        };
        match term {
            Term::Literal(Literal::Bool(_)) | Term::Exists(_) | Term::In(..) => Type::Bool,
            Term::Literal(Literal::Text(_)) => Type::Text,
            Term::Literal(Literal::Typed(known, _)) => known.clone(),
            Term::Column(var, field) => match (self.origins.get(var), field) {
                (Some(Origin::Table(_)), Field::Named(_)) => {
                    self.claimed(term).map_or(Type::Unknown, |it| it.0)
                }
                (Some(Origin::Columns(all)), Field::At(at)) => {
                    all.get(*at as usize).map_or(Type::Unknown, |it| it.0.clone())
                }
                _ => Type::Unknown,
            },
            Term::Of(_, column) => one(&mut column.iter()),
            Term::Case(branches, last) => {
                let results = branches.iter().map(|(_, then)| then);
                one(&mut results.chain([last.as_ref()]))
            }
            Term::Cast(_, to, _) => to.clone(),
            Term::Call(name, args) => {
                // A small number that is written out widens nothing.
                let small = |it: &Term| matches!(it, Term::Literal(Literal::Integer(number)) if i32::try_from(*number).is_ok());
                let number = matches!(&**name, "add" | "sub" | "mul" | "neg");
                let wide = args.iter().filter(|it| !(number && small(it)));
                let args: Vec<Type> = wide.map(|it| self.type_of(it)).collect();
                result(name, &args)
            }
            Term::Measure(it) => self.measure_type(it).0,
            _ => Type::Unknown,
        }
    }

    /// The type of a call over the outputs of a group's rows, and whether it is never NULL.
    pub(crate) fn measured(&self, call: &Call, out: &[Term]) -> (Type, bool) {
        let args: Vec<Type> = call.args.iter().map(|at| self.type_of(&out[*at])).collect();
        let never = function(&call.function).is_some_and(|it| it.gives_null == GivesNull::Never);
        (result(&call.function, &args), never)
    }

    fn measure_type(&self, it: &Measure) -> (Type, bool) {
        let types = it.args.iter().map(|column| match column.as_slice() {
            [one] => self.type_of(one),
            _ => Type::Unknown,
        });
        let types: Vec<Type> = types.collect();
        let never = function(&it.function).is_some_and(|it| it.gives_null == GivesNull::Never);
        (result(&it.function, &types), never)
    }

    /// What is claimed of a column of a table.
    fn claimed(&self, term: &Term) -> Option<(Type, bool)> {
        let Term::Column(var, Field::Named(name)) = term else { return None };
        let Some(Origin::Table(table)) = self.origins.get(var) else { return None };
        let table = self.claims.tables.get(self.arena.name(*table))?;
        table.columns.get(self.arena.name(*name)).cloned()
    }

    /// Whether a value is never NULL, whatever holds.
    pub(crate) fn never_null(&self, term: &Term) -> bool {
        match term {
            Term::Literal(literal) => !literal.is_null(),
            Term::Exists(_) => true,
            Term::Column(var, Field::At(at)) => match self.origins.get(var) {
                Some(Origin::Columns(all)) => all.get(*at as usize).is_some_and(|it| it.1),
                _ => false,
            },
            Term::Column(_, Field::Named(_)) => self.claimed(term).is_some_and(|it| it.1),
            Term::Of(var, column) => {
                !self.missing.contains(var) && column.iter().all(|it| self.never_null(it))
            }
            Term::Case(branches, last) => {
                branches.iter().all(|(_, then)| self.never_null(then)) && self.never_null(last)
            }
            Term::Cast(value, to, _) => {
                self.never_null(value) && keeps_values(&self.type_of(value), to)
            }
            Term::Measure(it) => self.measure_type(it).1,
            Term::Call(name, args) => match &**name {
                "coalesce" | "greatest-skip" | "least-skip" => {
                    args.iter().any(|it| self.never_null(it))
                }
                _ => match function(name).map(|it| it.gives_null) {
                    Some(GivesNull::Never) => true,
                    Some(GivesNull::ForNull) => {
                        self.of_one_family(args) && args.iter().all(|it| self.never_null(it))
                    }
                    Some(GivesNull::Perhaps) | None => false,
                },
            },
            _ => false,
        }
    }

    /// Whether nothing is converted where values meet.
    pub(crate) fn of_one_family(&self, terms: &[Term]) -> bool {
        let family = |term: &Term| match (term, self.type_of(term)) {
            (Term::Literal(Literal::Integer(_) | Literal::Decimal { .. }), _)
            | (_, Type::Int(_) | Type::Decimal(_)) => Some(Type::Decimal(None)),
            (_, Type::Unknown | Type::Variant | Type::Other(_) | Type::Array(_)) => None,
            (_, known) => Some(known),
        };
        let mut all = terms.iter().map(family);
        let Some(first) = all.next() else { return true };
        first.is_some() && all.all(|it| it == first)
    }

    /// Whether two values that are equal are one value, and nothing is converted before they are compared.
    ///
    /// A float has two zeros and a moment two zones; a number may be shown with more digits.
    pub(crate) fn equal_is_same(&self, one: &Term, two: &Term) -> bool {
        let kind = |term: &Term| match term {
            Term::Literal(Literal::Integer(_)) => Type::Int(64),
            Term::Literal(Literal::Float(_)) => Type::Float(64),
            Term::Literal(Literal::Decimal { .. }) => Type::Decimal(None),
            _ => self.type_of(term),
        };
        match (kind(one), kind(two)) {
            (Type::Int(_), Type::Int(_)) => true,
            (Type::Decimal(one), Type::Decimal(two)) => {
                one.is_some() && one == two || self.claims.one_type
            }
            (
                Type::Float(_)
                | Type::Variant
                | Type::Interval
                | Type::TimestampZoned
                | Type::Array(_),
                _,
            )
            | (
                _,
                Type::Float(_)
                | Type::Variant
                | Type::Interval
                | Type::TimestampZoned
                | Type::Array(_),
            ) => false,
            (Type::Unknown, _) | (_, Type::Unknown) => self.claims.one_type,
            (Type::Other(one), Type::Other(two)) => one == two && self.claims.one_type,
            (one, two) => one == two,
        }
    }

    /// Whether all values of its type have one order.
    pub(crate) fn ordered(&self, term: &Term) -> bool {
        matches!(term, Term::Literal(Literal::Integer(_) | Literal::Decimal { .. }))
            || match self.type_of(term) {
                Type::Float(_) => self.claims.no_nan,
                Type::Unknown | Type::Variant | Type::Other(_) => false,
                _ => true,
            }
    }
}

fn result(name: &str, args: &[Type]) -> Type {
    let arg = |at: usize| args.get(at).cloned().unwrap_or(Type::Unknown);
    let loose = |known: Type| match known {
        Type::Decimal(_) => Type::Decimal(None),
        Type::Other(_) => Type::Unknown,
        other => other,
    };
    let one = |args: &[Type]| match args {
        [first, rest @ ..] if rest.iter().all(|it| it == first) => loose(first.clone()),
        _ => Type::Unknown,
    };
    match function(name).and_then(|it| it.result.as_ref()) {
        Some(ResultType::Always(known)) => known.clone(),
        Some(ResultType::Where(known, at)) if arg(*at) == *known => known.clone(),
        Some(ResultType::Same(at)) => loose(arg(*at)),
        Some(ResultType::Common | ResultType::Alike(_)) => one(args),
        // Sums of whole numbers are whole, if they are not so small that dialects differ.
        Some(ResultType::Number) if args.iter().all(|it| matches!(it, Type::Int(32..))) => {
            one(args)
        }
        _ => Type::Unknown,
    }
}
