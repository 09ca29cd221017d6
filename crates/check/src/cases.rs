//! Values that are picked by conditions: two are the same if they are whichever conditions hold.

use plumb_ir::{Literal, Type};

use crate::{
    lower::Kernel,
    term::{NULL, Term, call},
    theory::{Theory, same},
};

/// Most conditions that are tried one inside of the other.
const SPLITS: u32 = 6;

/// Most values that are compared with one.
const MET: usize = 8;

/// One value where a condition is true, another where it is not.
struct Pick {
    when: Term,
    then: Term,
    otherwise: Term,
}

impl Theory<'_, '_> {
    /// Whether two outputs are one value, NULL being one, too: of outputs the type is not compared.
    pub(crate) fn same_output(&self, one: &Term, two: &Term) -> bool {
        self.same(one, two) || self.same_picked(one, two, SPLITS)
    }

    fn same_picked(&self, one: &Term, two: &Term, splits: u32) -> bool {
        let (one, two) = (self.speaker(one), self.speaker(two));
        let Some(pick) = self.first_pick(&one).or_else(|| self.first_pick(&two)) else {
            return false;
        };
        let Some(splits) = splits.checked_sub(1) else { return false };
        let untrue = call("not", vec![call("is-true", vec![pick.when.clone()])]);
        [(pick.when.clone(), true), (untrue, false)].into_iter().all(|(fact, holds)| {
            let case = self.knowing(&fact);
            if case.contradictory() {
                return true;
            }
            let (one, two) = (case.chosen(&one, &pick, holds), case.chosen(&two, &pick, holds));
            case.same(&one, &two) || case.null(&one, &two) || case.same_picked(&one, &two, splits)
        })
    }

    /// Whether one value is NULL, and so is the other.
    fn null(&self, one: &Term, two: &Term) -> bool {
        let is_null = |it: &Term| self.entails(&call("is-null", vec![it.clone()]));
        (*one == NULL || *two == NULL) && is_null(one) && is_null(two)
    }

    /// The same facts and one more.
    fn knowing(&self, fact: &Term) -> Self {
        let mut facts = self.facts().to_vec();
        facts.extend(self.equations.iter().map(|(one, two)| same(one, two)));
        facts.push(fact.clone());
        Theory::new(self.kernel, &facts)
    }

    /// What picks: the whole value, or the outermost in it whose results are of one type.
    fn first_pick(&self, term: &Term) -> Option<Pick> {
        picked(term).or_else(|| {
            let mut found = None;
            within(term, &mut |it| {
                let pick = picked(it).filter(|_| found.is_none() && self.of_one_type(it));
                found = found.take().or(pick);
                None
            });
            found
        })
    }

    /// The value with what it is where a condition is true, or where it is not.
    fn chosen(&self, term: &Term, pick: &Pick, holds: bool) -> Term {
        let result = |pick: Pick| if holds { pick.then } else { pick.otherwise };
        let asks = |it: &Pick| it.when == pick.when;
        if let Some(own) = picked(term).filter(asks) {
            return self.chosen(&result(own), pick, holds);
        }
        within(term, &mut |it| {
            let own = picked(it).filter(asks)?;
            self.of_one_type(it).then(|| self.chosen(&result(own), pick, holds))
        })
    }

    /// Whether what is picked has a type that does not depend on what is.
    fn of_one_type(&self, term: &Term) -> bool {
        let kernel = self.kernel;
        let whole = |it: &&Term| {
            matches!(it, Term::Literal(Literal::Integer(_) | Literal::Null))
                || matches!(kernel.type_of(it), Type::Int(_))
        };
        let column = |it: &&Term| it.owner().is_some() || **it == NULL;
        let results = results(term);
        kernel.type_of(term) != Type::Unknown
            || results.iter().all(whole)
            || kernel.claims.one_type && results.iter().all(column)
    }
}

impl Kernel<'_> {
    /// A comparison of a value that is picked is one of the comparisons of what is picked.
    pub(crate) fn pushed(&self, name: &str, args: &[Term]) -> Option<Term> {
        if !matches!(name, "eq" | "lt" | "le" | "is-null" | "is-not-distinct") {
            return None;
        }
        let at = args.iter().position(|it| picked(it).is_some())?;
        let pick = picked(&args[at])?;
        let others = args.iter().enumerate().filter(|(other, _)| *other != at).map(|it| it.1);
        let plain = |it: &Term| it.as_literal().is_some() || it.owner().is_some();
        let met: Vec<Term> =
            results(&args[at]).into_iter().chain(others.clone()).cloned().collect();
        if !others.clone().all(plain)
            || met.len() > MET
            || !(self.claims.one_type || self.of_one_family(&met))
        {
            return None;
        }
        let of = |value: Term| {
            let mut args = args.to_vec();
            args[at] = value;
            call(name, args)
        };
        Some(Term::Case(vec![(pick.when, of(pick.then))], Box::new(of(pick.otherwise))))
    }
}

/// What may come out of a value that is picked.
fn results(term: &Term) -> Vec<&Term> {
    match term {
        Term::Case(branches, last) => {
            branches.iter().map(|(_, then)| then).chain([last.as_ref()]).collect()
        }
        Term::Call(_, args) => args.iter().collect(),
        _ => Vec::new(),
    }
}

/// What a value is, if a condition picks it.
fn picked(term: &Term) -> Option<Pick> {
    match term {
        Term::Case(branches, last) => {
            let ((when, then), rest) = branches.split_first()?;
            let otherwise = if rest.is_empty() {
                last.as_ref().clone()
            } else {
                Term::Case(rest.to_vec(), last.clone())
            };
            Some(Pick { when: when.clone(), then: then.clone(), otherwise })
        }
        Term::Call(name, args) => match (&**name, args.as_slice()) {
            ("coalesce", [first, rest @ ..]) if !rest.is_empty() => {
                let otherwise = match rest {
                    [one] => one.clone(),
                    _ => call(name, rest.to_vec()),
                };
                let when = call("not", vec![call("is-null", vec![first.clone()])]);
                Some(Pick { when, then: first.clone(), otherwise })
            }
            ("null-if", [value, other]) => {
                let when = call("eq", vec![value.clone(), other.clone()]);
                Some(Pick { when, then: NULL, otherwise: value.clone() })
            }
            _ => None,
        },
        _ => None,
    }
}

/// Others in the place of values below, as far as they are looked at for the same rows.
fn within(term: &Term, f: &mut dyn FnMut(&Term) -> Option<Term>) -> Term {
    term.map(&mut |it| {
        if std::ptr::eq(it, term) {
            return None;
        }
        match it {
            Term::Call(..) | Term::Case(..) | Term::Cast(..) => f(it),
            _ => Some(it.clone()),
        }
    })
}
