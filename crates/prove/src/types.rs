//! Types of terms, and whether what compares as equal is one value.

use plumb_ir::{Field, Function, Literal, ResultType, Type, least_common};

use crate::{
    space::{Origin, Space},
    term::{Id, Term},
};

/// Whether what compares as equal is one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Alike {
    No,
    Unknown,
    Yes,
}

impl Space<'_> {
    /// The type of a term whose parts are there already, and which calls this function.
    pub(crate) fn type_of_term(&self, term: &Term, known: Option<&Function>) -> Type {
        match term {
            Term::Column(var, field) => self.type_of_column(*var, *field),
            Term::Literal(literal) => match literal {
                Literal::Bool(_) => Type::Bool,
                Literal::Integer(_) => Type::Int(64),
                Literal::Decimal { .. } => Type::Decimal(None),
                Literal::Float(_) => Type::Float(64),
                Literal::Text(_) => Type::Text,
                Literal::Bytes(_) => Type::Bytes,
                Literal::Typed(of, _) => of.clone(),
                Literal::Interval(_) => Type::Interval,
                Literal::Null => Type::Unknown,
            },
            Term::Call { args, .. } => {
                self.type_of_call(known.and_then(|it| it.result.as_ref()), args)
            }
            Term::Case { branches, otherwise } => {
                let results = branches.iter().map(|(_, then)| *then).chain([*otherwise]);
                self.common(&results.collect::<Vec<_>>())
            }
            Term::Cast { to, .. } => to.clone(),
            Term::Holds(_) => Type::Bool,
            Term::Total(sum) => match self.type_of_output(*sum) {
                Type::Int(_) => Type::Int(64),
                Type::Decimal(_) => Type::Decimal(None),
                other => other,
            },
            Term::Fold { function, sum, .. } => match self.arena.name(*function) {
                "min" | "max" | "only-value" | "any-value" => self.type_of_output(*sum),
                _ => Type::Unknown,
            },
            Term::One(sum) => self.type_of_output(*sum),
            Term::Row(_) | Term::Window(_) | Term::Lambda { .. } | Term::Param(_) => Type::Unknown,
        }
    }

    fn type_of_column(&self, var: crate::term::Var, field: Field) -> Type {
        match (self.origin(var), field) {
            (Origin::Columns(columns), Field::At(at)) => {
                columns.get(at as usize).map_or(Type::Unknown, |column| column.data_type.clone())
            }
            (Origin::Table(_), Field::Named(name)) => {
                let known = self.table(var).map(|(_, table)| &table.columns);
                let column = known.and_then(|columns| columns.get(self.arena.name(name)));
                column.map_or(Type::Unknown, |column| column.data_type.clone())
            }
            _ => Type::Unknown,
        }
    }

    fn type_of_output(&self, sum: crate::term::SumId) -> Type {
        let first = |block: &crate::term::Block| block.out.first().copied();
        self.common(&self.blocks(sum).iter().filter_map(first).collect::<Vec<_>>())
    }

    fn type_of_call(&self, rule: Option<&ResultType>, args: &[Id]) -> Type {
        let arg = |at: usize| args.get(at).map_or(Type::Unknown, |id| self.type_of(*id));
        match rule {
            Some(ResultType::Always(of)) => of.clone(),
            Some(ResultType::Where(of, at)) if arg(*at) == *of => of.clone(),
            Some(ResultType::Same(at)) => arg(*at),
            Some(ResultType::Common | ResultType::Number) => self.common(args),
            Some(ResultType::Alike(places)) => {
                let chosen: Vec<Id> =
                    places.iter().filter_map(|at| args.get(*at).copied()).collect();
                self.common(if places.is_empty() { args } else { &chosen })
            }
            _ => Type::Unknown,
        }
    }

    fn common(&self, ids: &[Id]) -> Type {
        let values = ids.iter().filter(|id| **id != self.null).map(|id| self.type_of(*id));
        let wide = |one: Type, two: Type| match (&one, &two) {
            // A constant takes the type that is asked for.
            (Type::Int(_), Type::Int(_)) => one.max(two),
            _ => least_common(&one, &two),
        };
        values.reduce(wide).unwrap_or(Type::Unknown)
    }

    /// Whether two terms that compare as equal are one value.
    pub(crate) fn alike(&self, one: Id, two: Id) -> Alike {
        match (self.type_of(one), self.type_of(two)) {
            (one, two) if loose(&one) || loose(&two) => Alike::No,
            (Type::Int(_), Type::Int(_)) => Alike::Yes,
            (Type::Decimal(one), Type::Decimal(two)) if one == two && one.is_some() => Alike::Yes,
            (Type::Decimal(_), Type::Decimal(_)) => Alike::Unknown,
            (Type::Other(one), Type::Other(two)) if one == two => Alike::Unknown,
            (Type::Unknown, _) | (_, Type::Unknown) => Alike::Unknown,
            (one, two) if one == two => Alike::Yes,
            _ => Alike::No,
        }
    }

    /// Whether a comparison of two values is no NULL: lists and rows may hold some.
    pub(crate) fn decided(&self, one: Id, two: Id) -> bool {
        self.comparable(one, two) || single(&self.type_of(one)) || single(&self.type_of(two))
    }

    /// Whether a comparison with `=` that holds may be taken for sameness.
    pub(crate) fn comparable(&self, one: Id, two: Id) -> bool {
        match self.alike(one, two) {
            Alike::Yes => true,
            Alike::Unknown => self.facts.one_type(),
            Alike::No => false,
        }
    }
}

/// Types whose values may be told apart where they are equal: a month equals thirty days, a moment stands in two zones.
fn loose(of: &Type) -> bool {
    matches!(
        of,
        Type::Float(_) | Type::Variant | Type::Interval | Type::TimestampZoned | Type::Array(_)
    )
}

/// Types whose values have no parts.
fn single(of: &Type) -> bool {
    !matches!(of, Type::Unknown | Type::Variant | Type::Array(_) | Type::Other(_))
}
