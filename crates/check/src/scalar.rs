//! Laws of values: each writes a term one way, whatever the rows around are.

use plumb_ir::{Literal, Nulls, Type, function};

use crate::{
    constant::{alike, floor, folded},
    lower::Kernel,
    term::{NULL, Term, call, truth},
};

/// Units of time, each made of whole ones of those before it; a week is made of days, and nothing of weeks.
const UNITS: &[&str] =
    &["microsecond", "millisecond", "second", "minute", "hour", "day", "month", "quarter", "year"];

impl Kernel<'_> {
    /// A term written one way. Its parts are first.
    pub(crate) fn plain(&self, term: &Term) -> Term {
        let mut inner = |it: &Term| {
            if std::ptr::eq(it, term) { None } else { Some(self.plain(it)) }
        };
        let term = match term {
            // Sums are seen to elsewhere.
            Term::Exists(_) | Term::One(_) => return term.clone(),
            Term::In(values, sum) => {
                let values = values.iter().map(|it| self.plain(it)).collect();
                return Term::In(values, sum.clone());
            }
            _ => term.map(&mut inner),
        };
        let next = match &term {
            Term::Call(name, args) => self.call(name, args),
            Term::Case(branches, last) => self.case(branches, last),
            Term::Cast(value, to, safe) => self.cast(value, to, *safe),
            Term::Measure(it) => {
                let mut it = it.clone();
                // A count of what is never NULL counts rows.
                let count = &*it.function == "count" && !it.distinct && it.args.len() == 1;
                let counted = count && it.args[0].iter().all(|term| self.never_null(term));
                counted.then(|| {
                    it.args.clear();
                    Term::Measure(it)
                })
            }
            Term::Window(it) => {
                let mut it = it.clone();
                let constant = |it: &Term| it.as_literal().is_some_and(|it| !it.is_null());
                let count = &*it.function == "count" && !it.distinct;
                (count && it.args.len() == 1 && constant(&it.args[0])).then(|| {
                    it.args.clear();
                    Term::Window(it)
                })
            }
            _ => None,
        };
        // A law may make room for another.
        next.map_or(term, |next| self.plain(&next))
    }

    /// Whether a value is a truth value, and not what NOT would make one of.
    pub(crate) fn is_truth(&self, term: &Term) -> bool {
        self.type_of(term) == Type::Bool
    }

    /// Whether a value is a number or a time, which is not put behind a list.
    fn is_no_list(&self, term: &Term) -> bool {
        let arithmetic = |name: &str| {
            ["add", "sub", "mul", "div", "div-int", "neg", "mod", "abs", "length"].contains(&name)
        };
        match term {
            Term::Literal(Literal::Integer(_) | Literal::Decimal { .. } | Literal::Float(_)) => {
                true
            }
            Term::Call(name, args) if &**name == "coalesce" => {
                args.iter().any(|it| self.is_no_list(it))
            }
            Term::Call(name, _) if arithmetic(name) => true,
            Term::Measure(it) if ["sum", "avg", "count"].contains(&&*it.function) => true,
            Term::Case(branches, last) => {
                branches.iter().any(|(_, then)| self.is_no_list(then)) || self.is_no_list(last)
            }
            _ => plumb_ir::is_counted_type(&self.type_of(term)),
        }
    }

    fn call(&self, name: &str, args: &[Term]) -> Option<Term> {
        let known = function(name);
        // A function that says nothing of NULL is NULL where an argument is.
        if args.contains(&NULL) && known.is_some_and(|it| it.nulls == Nulls::Propagate) {
            return Some(NULL);
        }
        let literals: Option<Vec<&Literal>> = args.iter().map(Term::as_literal).collect();
        if let Some(result) = literals.filter(|it| !it.iter().any(|it| it.is_null()))
            && let Some(result) = folded(name, &result)
        {
            return Some(Term::Literal(result));
        }
        let own = match (name, args) {
            ("and", args) => self.junction(name, args, false),
            ("or", args) => self.junction(name, args, true),
            ("not", [inner]) => self.denied(inner),
            ("ne", args) => Some(call("not", vec![call("eq", args.to_vec())])),
            ("between", [value, low, high]) => {
                let above = call("le", vec![low.clone(), value.clone()]);
                let below = call("le", vec![value.clone(), high.clone()]);
                Some(call("and", vec![above, below]))
            }
            ("is-distinct", args) => {
                Some(call("not", vec![call("is-not-distinct", args.to_vec())]))
            }
            ("is-not-distinct", [one, two]) => self.not_distinct(one, two),
            ("is-null", [value]) => match value.as_literal() {
                Some(literal) => Some(truth(literal.is_null())),
                None => self.never_null(value).then(|| truth(false)),
            },
            ("is-true" | "is-false", [value]) => self.asked(name, value),
            ("in-list", [value, list @ ..]) => one_of(value, list),
            ("eq", [one, two]) => self.compared(name, one, two).or_else(|| self.of_days(one, two)),
            ("lt" | "le", [one, two]) => self.compared(name, one, two),
            ("coalesce", args) => self.coalesce(args),
            ("add-open", args) if args.iter().any(|it| self.is_no_list(it)) => {
                Some(call("add", args.to_vec()))
            }
            ("date-trunc" | "bigquery-date-trunc" | "date-part", [unit, time]) => {
                let unit = text(unit)?;
                let (fine, inner) = truncated(time, name)?;
                made_of(unit, fine).then(|| call(name, vec![args[0].clone(), inner.clone()]))
            }
            ("last-day", [time]) => {
                let (fine, inner) = truncated(time, name)?;
                made_of("month", fine).then(|| call(name, vec![inner.clone()]))
            }
            _ => None,
        };
        own.or_else(|| self.pushed(name, args)).or_else(|| self.of_texts(name, args)).or_else(
            || {
                let mut sorted = args.to_vec();
                sorted.sort();
                let free = known.is_some_and(|it| it.commutative) && sorted != args;
                free.then(|| call(name, sorted))
            },
        )
    }

    /// Nested ones are one, each part counts once, one constant decides and the other says nothing.
    fn junction(&self, name: &str, args: &[Term], decides: bool) -> Option<Term> {
        let mut parts = Vec::new();
        for arg in args {
            match arg.as_call() {
                Some((other, inner)) if other == name => parts.extend(inner.iter().cloned()),
                _ => parts.push(arg.clone()),
            }
        }
        if parts.contains(&truth(decides)) {
            return Some(truth(decides));
        }
        parts.retain(|it| *it != truth(!decides));
        parts.sort();
        parts.dedup();
        match parts.as_slice() {
            [] => Some(truth(!decides)),
            [one] if self.is_truth(one) => Some(one.clone()),
            _ if parts == args => None,
            _ => Some(call(name, parts)),
        }
    }

    fn denied(&self, inner: &Term) -> Option<Term> {
        if let Some(Literal::Bool(value)) = inner.as_literal() {
            return Some(truth(!value));
        }
        let not = |it: &Term| call("not", vec![it.clone()]);
        match inner.as_call()? {
            ("not", [one]) => self.is_truth(one).then(|| one.clone()),
            ("and", parts) => Some(call("or", parts.iter().map(not).collect())),
            ("or", parts) => Some(call("and", parts.iter().map(not).collect())),
            ("lt", [one, two]) if self.ordered(one) && self.ordered(two) => {
                Some(call("le", vec![two.clone(), one.clone()]))
            }
            ("le", [one, two]) if self.ordered(one) && self.ordered(two) => {
                Some(call("lt", vec![two.clone(), one.clone()]))
            }
            _ => None,
        }
    }

    fn not_distinct(&self, one: &Term, two: &Term) -> Option<Term> {
        if *one == NULL || *two == NULL {
            let other = if *one == NULL { two } else { one };
            return Some(call("is-null", vec![other.clone()]));
        }
        if self.never_null(one) && self.never_null(two) {
            return Some(call("eq", vec![one.clone(), two.clone()]));
        }
        // A truth value against a constant is asked for.
        let (value, constant) = if one.as_literal().is_some() { (two, one) } else { (one, two) };
        match constant.as_literal() {
            Some(Literal::Bool(value_is)) if self.is_truth(value) => {
                let name = if *value_is { "is-true" } else { "is-false" };
                Some(call(name, vec![value.clone()]))
            }
            _ => None,
        }
    }

    /// Whether a truth value is true, or false.
    fn asked(&self, name: &str, value: &Term) -> Option<Term> {
        if value.as_literal().is_some_and(Literal::is_null) {
            return Some(truth(false));
        }
        if !self.is_truth(value) || !self.never_null(value) {
            return None;
        }
        Some(if name == "is-true" { value.clone() } else { call("not", vec![value.clone()]) })
    }

    /// A comparison with a constant: of whole numbers with the nearest of them, of truth values as one itself.
    fn compared(&self, name: &str, one: &Term, two: &Term) -> Option<Term> {
        let (value, constant, first) = match (one.as_literal(), two.as_literal()) {
            (Some(constant), None) => (two, constant, true),
            (None, Some(constant)) => (one, constant, false),
            _ => return None,
        };
        if let (Literal::Bool(wanted), "eq", true) = (constant, name, self.is_truth(value)) {
            return Some(if *wanted { value.clone() } else { call("not", vec![value.clone()]) });
        }
        if !matches!(self.type_of(value), Type::Int(_)) {
            return None;
        }
        let (below, whole) = floor(constant)?;
        if whole && let Some((value, constant, flipped)) = apart(value, below) {
            let constant = Term::Literal(Literal::Integer(constant));
            let before = first != flipped;
            let args =
                if before { vec![constant, value.clone()] } else { vec![value.clone(), constant] };
            return Some(call(name, args));
        }
        let least =
            |bound: i128| call("le", vec![Term::Literal(Literal::Integer(bound)), value.clone()]);
        let most =
            |bound: i128| call("le", vec![value.clone(), Term::Literal(Literal::Integer(bound))]);
        let integer = matches!(constant, Literal::Integer(_));
        match (name, first) {
            ("lt", true) => Some(least(below.checked_add(1)?)),
            ("lt", false) => Some(most(if whole { below.checked_sub(1)? } else { below })),
            ("le", true) if !integer => {
                Some(least(if whole { below } else { below.checked_add(1)? }))
            }
            ("le", false) if !integer => Some(most(below)),
            ("eq", _) if !integer && whole => {
                Some(call("eq", vec![value.clone(), Term::Literal(Literal::Integer(below))]))
            }
            _ => None,
        }
    }

    /// The first value that is not NULL: nested ones are one, and nothing is looked at behind what never is.
    fn coalesce(&self, args: &[Term]) -> Option<Term> {
        let mut parts: Vec<Term> = Vec::new();
        for arg in args {
            let inner = match arg.as_call() {
                Some(("coalesce", inner)) => inner,
                _ => std::slice::from_ref(arg),
            };
            for part in inner.iter().filter(|it| **it != NULL) {
                let settled = |it: &Term| match (it.as_literal(), part.as_literal()) {
                    (Some(one), Some(two)) => alike(one, two),
                    _ => it == part,
                };
                if !parts.iter().any(settled) {
                    parts.push(part.clone());
                }
            }
        }
        // What stands behind has a say in the type.
        if let Some(at) = parts.iter().position(|it| self.never_null(it)) {
            let own = self.type_of(&parts[at]);
            let alike = |it: &Term| self.type_of(it) == own;
            if own != Type::Unknown && parts[at + 1..].iter().all(alike) {
                parts.truncate(at + 1);
            }
        }
        match parts.as_slice() {
            [] => Some(NULL),
            [one] => Some(one.clone()),
            _ if parts == args => None,
            _ => Some(call("coalesce", parts)),
        }
    }

    /// Branches that are never taken go, and those behind one that always is; results that go have a say in the type.
    fn case(&self, branches: &[(Term, Term)], last: &Term) -> Option<Term> {
        let results = branches.iter().map(|(_, then)| then).chain([last]);
        let literals: Option<Vec<&Literal>> = results.map(Term::as_literal).collect();
        let one_type = literals.is_some_and(|mut all| {
            all.retain(|it| !it.is_null());
            all.windows(2).all(|pair| alike(pair[0], pair[1]))
        });
        let mut kept = Vec::new();
        let mut last = last.clone();
        for (when, then) in branches {
            match when.as_literal() {
                Some(Literal::Bool(false) | Literal::Null) if one_type => {}
                Some(Literal::Bool(true)) if one_type => {
                    last = then.clone();
                    break;
                }
                _ => kept.push((when.clone(), then.clone())),
            }
        }
        if kept.is_empty() {
            return Some(last);
        }
        if let [(when, then)] = kept.as_slice()
            && let (Some(Literal::Bool(yes)), Some(Literal::Bool(no))) =
                (then.as_literal(), last.as_literal())
            && yes != no
            && self.is_truth(when)
        {
            let asked = call("is-true", vec![when.clone()]);
            return Some(if *yes { asked } else { call("not", vec![asked]) });
        }
        (kept.len() < branches.len()).then(|| Term::Case(kept, Box::new(last)))
    }

    fn cast(&self, value: &Term, to: &Type, safe: bool) -> Option<Term> {
        if *value == NULL {
            return None;
        }
        if matches!(value, Term::Cast(_, inner, _) if inner == to) {
            return Some(value.clone());
        }
        if *to == Type::Date
            && let Some((fine, inner)) = truncated(value, "cast")
            && made_of("day", fine)
        {
            return Some(Term::Cast(Box::new(inner.clone()), Type::Date, safe));
        }
        // Of moments and of numbers that are not whole, a type does not say how exact they are.
        let exact = matches!(to, Type::Text | Type::Bool | Type::Date | Type::Int(_));
        (exact && self.type_of(value) == *to).then(|| value.clone())
    }
}

/// A value in a list is a value that equals one of it, if all are constants of one kind.
fn one_of(value: &Term, list: &[Term]) -> Option<Term> {
    let first = list.first()?;
    let kind = |it: &Term| it.as_literal().map(std::mem::discriminant);
    if list.len() > 1 && (kind(first).is_none() || list.iter().any(|it| kind(it) != kind(first))) {
        let mut sorted = list.to_vec();
        sorted.sort();
        sorted.dedup();
        let args = [vec![value.clone()], sorted].concat();
        return (args[1..] != *list).then(|| call("in-list", args));
    }
    let equal = |it: &Term| call("eq", vec![value.clone(), it.clone()]);
    Some(match list {
        [one] => equal(one),
        _ => call("or", list.iter().map(equal).collect()),
    })
}

/// What is added to a whole number taken to the other side, and whether the sides change.
fn apart(value: &Term, constant: i128) -> Option<(&Term, i128, bool)> {
    let number = |it: &Term| match it.as_literal() {
        Some(Literal::Integer(number)) => Some(*number),
        _ => None,
    };
    Some(match value.as_call()? {
        ("add", [one, two]) => match (number(one), number(two)) {
            (None, Some(added)) => (one, constant.checked_sub(added)?, false),
            (Some(added), None) => (two, constant.checked_sub(added)?, false),
            _ => return None,
        },
        ("sub", [one, two]) => match (number(one), number(two)) {
            (None, Some(taken)) => (one, constant.checked_add(taken)?, false),
            (Some(from), None) => (two, from.checked_sub(constant)?, true),
            _ => return None,
        },
        ("neg", [one]) => (one, constant.checked_neg()?, true),
        _ => return None,
    })
}

fn text(term: &Term) -> Option<&str> {
    if let Some(Literal::Text(text)) = term.as_literal() { Some(text) } else { None }
}

/// The unit to which a time is cut, and the time. What cuts to a unit cuts only what was cut by the same function.
fn truncated<'t>(term: &'t Term, outer: &str) -> Option<(&'t str, &'t Term)> {
    let (name, [unit, time]) = term.as_call()? else { return None };
    let cuts = matches!(name, "date-trunc" | "bigquery-date-trunc");
    let fits = !outer.ends_with("date-trunc") || outer == name;
    if cuts && fits { Some((text(unit)?, time)) } else { None }
}

/// Whether a unit of time is made of whole finer ones.
fn made_of(coarse: &str, fine: &str) -> bool {
    let rank = |unit: &str| UNITS.iter().position(|it| *it == unit);
    match (coarse, fine) {
        ("week", "week") => true,
        ("week", fine) => rank(fine).is_some_and(|it| Some(it) <= rank("day")),
        (coarse, fine) => rank(fine).zip(rank(coarse)).is_some_and(|(fine, coarse)| fine <= coarse),
    }
}

/// The arguments of a window call: one row apart, where nothing is said.
pub(crate) fn one_row_apart(function: &str, mut args: Vec<Term>) -> Vec<Term> {
    if matches!(function, "lag" | "lead") && args.len() == 1 {
        args.push(Term::Literal(Literal::Integer(1)));
    }
    args
}
