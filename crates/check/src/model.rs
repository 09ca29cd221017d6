//! Three-valued logic by trying: what is true whatever is TRUE, FALSE or NULL.
//!
//! Conditions that nobody can look into may have any value, so that more is tried than can be. A value that is
//! compared with constants stands at each of them, between them, or nowhere (a float that is no number).

use std::{cmp::Ordering, collections::BTreeMap};

use plumb_ir::{GivesNull, Literal, Nulls, Type, function};

use crate::{
    constant::{equal, neighbours, order},
    lower::Kernel,
    term::Term,
};

/// Most steps of one question.
const STEPS: u32 = 6_000;

/// What is asked: whether it is so wherever the facts are true.
#[derive(Clone, Copy)]
pub(crate) enum Asked<'t> {
    /// A condition is true.
    Holds(&'t Term),
    /// Two truth values are one, NULL being one, too.
    Same(&'t Term, &'t Term),
    /// Two conditions are true together.
    SameTruth(&'t Term, &'t Term),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Truth {
    False,
    True,
    Null,
}

/// What has to be chosen first: a term, and how many states it has; the first is NULL.
struct Open(Term, usize);

type Choice = Result<Truth, Open>;

struct Model<'k, 'a> {
    kernel: &'k Kernel<'a>,
    facts: Vec<&'k Term>,
    /// The constants that each value is compared with.
    constants: BTreeMap<Term, Constants>,
    chosen: BTreeMap<Term, usize>,
    steps: u32,
}

/// Constants as points of a line, or only told apart.
#[derive(Debug, Clone)]
struct Constants {
    all: Vec<Literal>,
    ordered: bool,
    /// Whether none of two are known to differ or to be one.
    mixed: bool,
}

/// Whether it is so wherever the facts are true; false where that is not shown.
pub(crate) fn follows(kernel: &Kernel<'_>, facts: &[Term], asked: Asked<'_>) -> bool {
    let goals: Vec<&Term> = match asked {
        Asked::Holds(one) => vec![one],
        Asked::Same(one, two) | Asked::SameTruth(one, two) => vec![one, two],
    };
    let facts = relevant(facts, &goals);
    let mut constants = BTreeMap::new();
    for term in facts.iter().chain(&goals) {
        gather(term, &mut constants);
    }
    for it in constants.values_mut() {
        settle(it);
    }
    let mut model = Model { kernel, facts, constants, chosen: BTreeMap::new(), steps: STEPS };
    model.always(asked)
}

/// Facts that speak of what the goals speak of, or of what those speak of.
fn relevant<'t>(facts: &'t [Term], goals: &[&Term]) -> Vec<&'t Term> {
    let leaves = |term: &Term| {
        let mut found = Vec::new();
        term.map(&mut |it| {
            let leaf = it.owner().is_some() || matches!(it, Term::Outer(..) | Term::Exists(_));
            leaf.then(|| {
                found.push(it.clone());
                it.clone()
            })
        });
        found
    };
    let mut seen: Vec<Term> = goals.iter().flat_map(|it| leaves(it)).collect();
    let mut left: Vec<(&Term, Vec<Term>)> = facts.iter().map(|it| (it, leaves(it))).collect();
    let mut found = Vec::new();
    for _ in 0..3 {
        let (near, far): (Vec<_>, Vec<_>) =
            left.into_iter().partition(|(_, own)| own.iter().any(|it| seen.contains(it)));
        for (fact, own) in near {
            found.push(fact);
            seen.extend(own);
        }
        left = far;
    }
    found
}

fn gather(term: &Term, constants: &mut BTreeMap<Term, Constants>) {
    term.map(&mut |it| {
        if let Some(("eq" | "lt" | "le" | "is-not-distinct", [one, two])) = it.as_call() {
            let (value, constant) = match (one.as_literal(), two.as_literal()) {
                (None, Some(constant)) => (one, constant),
                (Some(constant), None) => (two, constant),
                _ => return None,
            };
            let all = Constants { all: Vec::new(), ordered: true, mixed: false };
            constants.entry(value.clone()).or_insert(all).all.push(constant.clone());
        }
        None
    });
}

fn settle(it: &mut Constants) {
    it.all.sort();
    it.all.dedup();
    for (at, one) in it.all.iter().enumerate() {
        for two in &it.all[at + 1..] {
            it.ordered &= order(one, two).is_some_and(Ordering::is_ne);
            it.mixed |= equal(one, two) != Some(false);
        }
    }
    if it.all.iter().any(|one| order(one, one).is_none()) {
        it.ordered = false;
    }
    if it.ordered {
        it.all.sort_by(|one, two| order(one, two).unwrap_or(Ordering::Equal));
    }
}

impl Model<'_, '_> {
    fn always(&mut self, asked: Asked<'_>) -> bool {
        if self.steps == 0 {
            return false;
        }
        self.steps -= 1;
        let so = match asked {
            Asked::Holds(term) => self.truth(term).map(|it| it == Truth::True),
            Asked::Same(one, two) => self.truth(one).and_then(|one| Ok(one == self.truth(two)?)),
            Asked::SameTruth(one, two) => self
                .truth(one)
                .and_then(|one| Ok((one == Truth::True) == (self.truth(two)? == Truth::True))),
        };
        match so {
            Ok(true) => return true,
            Err(open) => return self.each(open, asked),
            Ok(false) => {}
        }
        // It is not: then some fact must be false.
        let mut undecided = None;
        for at in 0..self.facts.len() {
            match self.truth(self.facts[at]) {
                Ok(Truth::True) => {}
                Ok(Truth::False | Truth::Null) => return true,
                Err(open) => undecided = undecided.or(Some(open)),
            }
        }
        undecided.is_some_and(|open| self.each(open, asked))
    }

    fn each(&mut self, Open(term, states): Open, asked: Asked<'_>) -> bool {
        let all = (0..states).all(|state| {
            // There is no whole number and no day between two neighbours.
            if self.between_neighbours(&term, state) {
                return true;
            }
            self.chosen.insert(term.clone(), state);
            self.always(asked)
        });
        self.chosen.remove(&term);
        all
    }

    fn between_neighbours(&self, value: &Term, state: usize) -> bool {
        let Some(line) = self.constants.get(value).filter(|it| it.ordered && !it.mixed) else {
            return false;
        };
        // States are NULL, below the first, the first, between the first and the second, …
        let Some(place) = state.checked_sub(3).filter(|it| it % 2 == 0) else { return false };
        let at = place / 2;
        match (line.all.get(at), line.all.get(at + 1), self.kernel.type_of(value)) {
            (Some(one), Some(two), kind) => neighbours(&kind, one, two),
            _ => false,
        }
    }

    fn chosen(&self, term: &Term, states: usize) -> Result<usize, Open> {
        self.chosen.get(term).copied().ok_or_else(|| Open(term.clone(), states))
    }

    /// A truth value of its own, NULL or not.
    fn leaf(&self, term: &Term, nullable: bool) -> Choice {
        let state = self.chosen(term, if nullable { 3 } else { 2 })?;
        Ok(match (state, nullable) {
            (0, true) => Truth::Null,
            (0, false) | (1, true) => Truth::False,
            _ => Truth::True,
        })
    }

    fn truth(&self, term: &Term) -> Choice {
        let of = |holds: bool| Ok(if holds { Truth::True } else { Truth::False });
        match term {
            Term::Literal(Literal::Bool(value)) => of(*value),
            Term::Literal(Literal::Null) => Ok(Truth::Null),
            Term::Case(branches, last) => {
                for (when, then) in branches {
                    if self.truth(when)? == Truth::True {
                        return self.truth(then);
                    }
                }
                self.truth(last)
            }
            Term::Call(name, args) => match (&**name, args.as_slice()) {
                ("and", args) => self.junction(args, Truth::False),
                ("or", args) => self.junction(args, Truth::True),
                ("not", [inner]) => Ok(match self.truth(inner)? {
                    Truth::True => Truth::False,
                    Truth::False => Truth::True,
                    Truth::Null => Truth::Null,
                }),
                ("is-true", [inner]) => of(self.truth(inner)? == Truth::True),
                ("is-false", [inner]) => of(self.truth(inner)? == Truth::False),
                ("is-null", [inner]) => of(self.null(inner)?),
                ("coalesce", args) if args.iter().all(|it| self.kernel.is_truth(it)) => {
                    for arg in args {
                        match self.truth(arg)? {
                            Truth::Null => {}
                            value => return Ok(value),
                        }
                    }
                    Ok(Truth::Null)
                }
                ("is-not-distinct", [one, two]) => match (self.null(one)?, self.null(two)?) {
                    (true, true) => of(true),
                    (true, false) | (false, true) => of(false),
                    (false, false) => self.comparison("eq", one, two),
                },
                (name @ ("eq" | "lt" | "le"), [one, two]) => {
                    if self.null(one)? || self.null(two)? {
                        return Ok(Truth::Null);
                    }
                    self.comparison(name, one, two)
                }
                _ => self.other(term),
            },
            _ => self.other(term),
        }
    }

    fn junction(&self, args: &[Term], decides: Truth) -> Choice {
        let mut null = false;
        let mut open = None;
        for arg in args {
            match self.truth(arg) {
                Ok(value) if value == decides => return Ok(decides),
                Ok(value) => null |= value == Truth::Null,
                Err(it) => open = open.or(Some(it)),
            }
        }
        match open {
            Some(open) => Err(open),
            None if null => Ok(Truth::Null),
            None if decides == Truth::True => Ok(Truth::False),
            None => Ok(Truth::True),
        }
    }

    /// A comparison of two values that are not NULL.
    fn comparison(&self, name: &str, one: &Term, two: &Term) -> Choice {
        let of = |holds: bool| Ok(if holds { Truth::True } else { Truth::False });
        let floats = |it: &Term| {
            match self.kernel.type_of(it) {
                Type::Float(_) => !self.kernel.claims.no_nan,
                // A list may hold NULL, and then it equals nothing.
                Type::Variant | Type::Other(_) | Type::Array(_) => true,
                Type::Unknown => !self.kernel.claims.one_type,
                _ => false,
            }
        };
        if one == two && one.as_literal().is_none() && !floats(one) {
            return of(name != "lt");
        }
        if one == two && name == "lt" {
            return of(false);
        }
        let (value, constant, first) = match (one.as_literal(), two.as_literal()) {
            (None, Some(constant)) => (one, constant, false),
            (Some(constant), None) => (two, constant, true),
            _ => return self.opaque(name, one, two),
        };
        let whole = |it: &&Constants| !it.mixed && self.kernel.type_of(value) != Type::Bool;
        let Some(line) = self.constants.get(value).filter(whole) else {
            return self.opaque(name, one, two);
        };
        let Some(at) = line.all.iter().position(|it| it == constant) else {
            return self.opaque(name, one, two);
        };
        if !line.ordered && name != "eq" {
            return self.opaque(name, one, two);
        }
        // Points are 0 for what is below all, 1 for the first constant, 2 for what is between it and the second, …
        let (point, at) = (self.place(value, line)?, 2 * at + 1);
        let Some(point) = point else { return of(false) };
        of(match (name, first) {
            ("eq", _) => point == at,
            ("lt", false) => point < at,
            ("lt", true) => at < point,
            (_, false) => point <= at,
            (_, true) => at <= point,
        })
    }

    /// Where a value stands that is compared with constants: nowhere if it has no order.
    fn place(&self, value: &Term, line: &Constants) -> Result<Option<usize>, Open> {
        // NULL is asked for before.
        let state = self.chosen(value, self.states(value))?;
        let points = 2 * line.all.len() + 1;
        Ok((1..=points).contains(&state).then(|| state - 1))
    }

    fn states(&self, value: &Term) -> usize {
        match self.constants.get(value) {
            // NULL, the points, and what compares with nothing.
            Some(line) => 2 * line.all.len() + 2 + usize::from(!self.kernel.ordered(value)),
            None => 2,
        }
    }

    /// A comparison nobody can look into, of values that are not NULL.
    fn opaque(&self, name: &str, one: &Term, two: &Term) -> Choice {
        let (one, two) = if name == "eq" && two < one { (two, one) } else { (one, two) };
        let nullable =
            !self.kernel.of_one_family(&[one.clone(), two.clone()]) && !self.kernel.claims.one_type;
        self.leaf(&crate::term::call(name, vec![one.clone(), two.clone()]), nullable)
    }

    /// Whether a value is NULL.
    fn null(&self, term: &Term) -> Result<bool, Open> {
        if let Some(literal) = term.as_literal() {
            return Ok(literal.is_null());
        }
        if self.kernel.never_null(term) {
            return Ok(false);
        }
        if self.kernel.type_of(term) == Type::Bool {
            return Ok(self.truth(term)? == Truth::Null);
        }
        match term {
            Term::Call(name, args) if strict(name) => {
                for arg in args {
                    if self.null(arg)? {
                        return Ok(true);
                    }
                }
            }
            Term::Cast(value, ..) if self.null(value)? => return Ok(true),
            _ => {}
        }
        Ok(self.chosen(term, self.states(term))? == 0)
    }

    fn other(&self, term: &Term) -> Choice {
        // What becomes a truth value only where it is asked for one is a value of its own, too.
        if self.kernel.type_of(term) != Type::Bool {
            if self.null(term)? {
                return Ok(Truth::Null);
            }
            return self.leaf(&crate::term::call("as-truth", vec![term.clone()]), true);
        }
        if let Term::Call(name, args) = term {
            if strict(name) {
                for arg in args {
                    if self.null(arg)? {
                        return Ok(Truth::Null);
                    }
                }
            }
            let for_null = function(name).is_some_and(|it| it.gives_null == GivesNull::ForNull);
            let of_null_only = for_null && strict(name) && self.kernel.of_one_family(args);
            let nullable = !of_null_only && !self.kernel.never_null(term);
            return self.leaf(term, nullable);
        }
        self.leaf(term, !self.kernel.never_null(term))
    }
}

/// Whether a function gives NULL where an argument is.
pub(crate) fn strict(name: &str) -> bool {
    function(name).is_some_and(|it| it.nulls == Nulls::Propagate)
}
