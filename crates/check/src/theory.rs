//! What follows from facts: equal values stand for each other, and conditions are tried.

use std::collections::BTreeMap;

use plumb_ir::Literal;

use crate::{
    lower::Kernel,
    model::{Asked, follows},
    term::{NULL, Term, call, truth},
};

/// Most times that equations are looked at again.
const ROUNDS: usize = 6;

/// Facts, and what stands for what.
pub(crate) struct Theory<'k, 'a> {
    pub(crate) kernel: &'k Kernel<'a>,
    /// Values that are one, as they are said.
    pub(crate) equations: Vec<(Term, Term)>,
    speakers: BTreeMap<Term, Term>,
    facts: Vec<Term>,
}

/// Says of two terms that they are one value, NULL being one, too.
pub(crate) fn same(one: &Term, two: &Term) -> Term {
    call("same", vec![one.clone(), two.clone()])
}

impl<'k, 'a> Theory<'k, 'a> {
    pub(crate) fn new(kernel: &'k Kernel<'a>, facts: &[Term]) -> Self {
        let mut theory = Self {
            kernel,
            equations: Vec::new(),
            speakers: BTreeMap::new(),
            facts: facts.to_vec(),
        };
        for _ in 0..ROUNDS {
            let before = (theory.facts.clone(), theory.speakers.len());
            let said: Vec<Term> = theory.facts.iter().map(|it| theory.speaker(it)).collect();
            theory.facts = split(&said);
            for fact in theory.facts.clone() {
                theory.learn(&fact);
            }
            theory.close();
            if (&theory.facts, theory.speakers.len()) == (&before.0, before.1) {
                break;
            }
        }
        theory.facts.retain(|it| !matches!(it.as_call(), Some(("same", _))));
        theory
    }

    /// Equations that a fact says.
    fn learn(&mut self, fact: &Term) {
        let column = |it: &Term| it.owner().is_some() || matches!(it, Term::Outer(..));
        match fact.as_call() {
            Some(("same", [one, two])) => self.equations.push((one.clone(), two.clone())),
            Some(("eq" | "is-not-distinct", [one, two])) if self.kernel.equal_is_same(one, two) => {
                self.equations.push((one.clone(), two.clone()));
            }
            Some(("all-equal", all)) => {
                for pair in all.windows(2) {
                    if self.kernel.equal_is_same(&pair[0], &pair[1]) {
                        self.equations.push((pair[0].clone(), pair[1].clone()));
                    }
                }
            }
            Some(("is-null", [value])) => self.equations.push((value.clone(), NULL)),
            Some(("not", [value])) if column(value) && self.kernel.is_truth(value) => {
                self.equations.push((value.clone(), truth(false)));
            }
            _ if column(fact) && self.kernel.is_truth(fact) => {
                self.equations.push((fact.clone(), truth(true)));
            }
            _ => {}
        }
    }

    fn close(&mut self) {
        for _ in 0..ROUNDS {
            let mut changed = false;
            for (one, two) in self.equations.clone() {
                let (one, two) = (self.speaker(&one), self.speaker(&two));
                if one == two {
                    continue;
                }
                let rank = |it: &Term| (it.as_literal().is_none(), size(it), it.clone());
                let (low, high) = if rank(&one) < rank(&two) { (one, two) } else { (two, one) };
                // Of two constants that are said to be equal neither stands for the other.
                if high.as_literal().is_none() {
                    self.speakers.insert(high, low);
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
    }

    /// The term with what stands for its parts, written one way.
    pub(crate) fn speaker(&self, term: &Term) -> Term {
        let inner = term.map(&mut |it| {
            if std::ptr::eq(it, term) { None } else { Some(self.speaker(it)) }
        });
        let mut plain = self.kernel.plain(&inner);
        for _ in 0..self.speakers.len() {
            match self.speakers.get(&plain) {
                Some(next) => plain = next.clone(),
                None => break,
            }
        }
        plain
    }

    /// Whether a condition is true wherever the facts are.
    pub(crate) fn entails(&self, goal: &Term) -> bool {
        let goal = self.speaker(goal);
        if goal == truth(true) || self.facts.contains(&goal) || self.facts.contains(&truth(false)) {
            return true;
        }
        match goal.as_call() {
            Some(("and", parts)) => parts.iter().all(|it| self.entails(it)),
            // Equal in pairs is equal to one of them.
            Some(("all-equal", parts)) => parts.iter().skip(1).all(|it| {
                let pair = call("eq", vec![parts[0].clone(), it.clone()]);
                self.kernel.equal_is_same(&parts[0], it) && self.entails(&pair)
            }),
            _ => follows(self.kernel, &self.facts, Asked::Holds(&goal)),
        }
    }

    pub(crate) fn facts(&self) -> &[Term] {
        &self.facts
    }

    /// Whether nothing satisfies the facts.
    pub(crate) fn contradictory(&self) -> bool {
        let never = |it: &Term| *it == truth(false) || *it == NULL;
        if self.facts.iter().any(never) {
            return true;
        }
        // Each fact is looked at with those that speak of the same.
        self.facts.iter().any(|fact| {
            let denied = call("is-false", vec![call("is-true", vec![fact.clone()])]);
            follows(self.kernel, &self.facts, Asked::Holds(&denied))
        })
    }

    pub(crate) fn never_null(&self, term: &Term) -> bool {
        self.entails(&call("not", vec![call("is-null", vec![term.clone()])]))
    }

    /// Whether two conditions are true together.
    pub(crate) fn same_truth(&self, one: &Term, two: &Term) -> bool {
        let (one, two) = (self.speaker(one), self.speaker(two));
        one == two || follows(self.kernel, &self.facts, Asked::SameTruth(&one, &two))
    }

    /// Whether two values are one, NULL being one, too.
    pub(crate) fn same(&self, one: &Term, two: &Term) -> bool {
        let (one, two) = (self.speaker(one), self.speaker(two));
        if one == two {
            return true;
        }
        let truths = self.kernel.is_truth(&one) && self.kernel.is_truth(&two);
        if truths && follows(self.kernel, &self.facts, Asked::Same(&one, &two)) {
            return true;
        }
        let all = |one: &[Term], two: &[Term]| {
            one.len() == two.len() && one.iter().zip(two).all(|(one, two)| self.same(one, two))
        };
        match (&one, &two) {
            (Term::Call(one, these), Term::Call(two, those)) => one == two && all(these, those),
            (Term::Of(one, these), Term::Of(two, those)) => one == two && all(these, those),
            (Term::Cast(one, to, safe), Term::Cast(two, other, way)) => {
                to == other && safe == way && self.same(one, two)
            }
            (Term::Case(these, one), Term::Case(those, two)) => {
                these.len() == those.len()
                    && self.same(one, two)
                    && these.iter().zip(those).all(|(one, two)| {
                        self.same_truth(&one.0, &two.0) && self.same(&one.1, &two.1)
                    })
            }
            (Term::Measure(one), Term::Measure(two)) => {
                let columns = |one: &Vec<Term>, two: &Vec<Term>| all(one, two);
                let filter = match (&one.filter, &two.filter) {
                    (None, None) => true,
                    (Some(one), Some(two)) => {
                        one.len() == two.len()
                            && one.iter().zip(two).all(|(one, two)| self.same_truth(one, two))
                    }
                    _ => false,
                };
                one.of == two.of
                    && one.function == two.function
                    && one.distinct == two.distinct
                    && filter
                    && one.args.len() == two.args.len()
                    && one.args.iter().zip(&two.args).all(|(one, two)| columns(one, two))
                    && one.order == two.order
            }
            _ => false,
        }
    }
}

fn size(term: &Term) -> usize {
    let mut count = 0;
    term.map(&mut |_| {
        count += 1;
        None
    });
    count
}

/// The parts of conditions; what is always true says nothing.
pub(crate) fn split(conditions: &[Term]) -> Vec<Term> {
    let mut all = Vec::new();
    for condition in conditions {
        match condition.as_call() {
            Some(("and", parts)) => all.extend(split(parts)),
            _ if matches!(condition.as_literal(), Some(Literal::Bool(true))) => {}
            _ => all.push(condition.clone()),
        }
    }
    all.sort();
    all.dedup();
    all
}
