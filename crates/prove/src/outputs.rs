//! Outputs are compared as values: what changes a type, and no value, is not looked at.

use plumb_ir::{Literal, Type};

use crate::{space::Space, term::Id, term::Term, theory::as_call};

/// Whole numbers that every kind of number holds exactly.
const EXACT: i128 = 1 << 53;
/// Places of a quotient that every engine gives.
const PLACES: u32 = 4;

impl Space<'_> {
    /// A term of the same value, of another type perhaps: for outputs of a plan, which nothing is made of.
    pub(crate) fn as_value(&mut self, id: Id) -> Id {
        let Some((name, args)) = as_call(self, id) else { return id };
        let found = match (name.as_str(), args.as_slice()) {
            ("add", &[one, two]) if self.is_neutral(two, one, 0) => one,
            ("add", &[one, two]) if self.is_neutral(one, two, 0) => two,
            ("sub", &[one, two]) if self.is_neutral(two, one, 0) => one,
            ("mul", &[one, two]) if self.is_neutral(two, one, 1) => one,
            ("mul", &[one, two]) if self.is_neutral(one, two, 1) => two,
            ("div-floor", &[one, two])
                if two == self.one && matches!(self.type_of(one), Type::Int(_)) =>
            {
                one
            }
            ("neg", &[inner]) => match self.turned(inner) {
                Some(turned) => turned,
                None => return id,
            },
            ("div", &[one, two]) => match self.quotient(one, two) {
                Some(quotient) => quotient,
                None => return id,
            },
            _ => return id,
        };
        if !self.rule("same-value") {
            return id;
        }
        self.as_value(found)
    }

    /// Whether a constant is 0 or 1, and a value of a kind of number that holds what comes of both.
    fn is_neutral(&self, constant: Id, value: Id, number: i128) -> bool {
        match (self.get(constant), self.type_of(value)) {
            (Term::Literal(Literal::Integer(it)), of) => {
                *it == number && matches!(of, Type::Int(_) | Type::Decimal(_) | Type::Float(64))
            }
            (Term::Literal(Literal::Decimal { units, scale }), Type::Float(64)) => {
                10_i128.checked_pow(*scale).and_then(|one| one.checked_mul(number)) == Some(*units)
            }
            _ => false,
        }
    }

    /// A difference from the other side.
    fn turned(&mut self, id: Id) -> Option<Id> {
        let (name, args) = as_call(self, id)?;
        let &[one, two] = args.as_slice() else { return None };
        let of = self.type_of(one);
        let exact = matches!(
            of,
            Type::Float(64) | Type::Int(_) | Type::Timestamp | Type::Date | Type::Time
        );
        (name == "sub" && exact && of == self.type_of(two))
            .then(|| self.call("sub", vec![two, one]))
    }

    /// What two whole constants come to, where it takes few places.
    fn quotient(&mut self, one: Id, two: Id) -> Option<Id> {
        let (one, two) = (self.whole(one)?, self.whole(two)?);
        let raised = one.checked_mul(10_i128.pow(PLACES))?;
        if two == 0 || raised % two != 0 {
            return None;
        }
        let (mut units, mut scale) = (raised / two, PLACES);
        while scale > 0 && units % 10 == 0 {
            (units, scale) = (units / 10, scale - 1);
        }
        Some(self.literal(if scale == 0 {
            Literal::Integer(units)
        } else {
            Literal::Decimal { units, scale }
        }))
    }

    fn whole(&self, id: Id) -> Option<i128> {
        let number = match self.get(id) {
            Term::Literal(Literal::Integer(number)) => *number,
            Term::Literal(Literal::Decimal { units, scale }) => {
                let one = 10_i128.checked_pow(*scale)?;
                (units % one == 0).then(|| units / one)?
            }
            _ => return None,
        };
        (-EXACT..=EXACT).contains(&number).then_some(number)
    }
}
