//! Case by case: what a contradiction needs that cannot be seen at once.

use crate::{
    space::{Space, parts},
    state::{State, insensitive, is_sum},
    term::{Fact, Id, Term, all},
};

impl State {
    /// Each way to make one of a choice hold is absurd.
    pub(crate) fn in_cases(&mut self, space: &mut Space<'_>, depth: usize) -> bool {
        let Some(at) = (0..self.any.len()).min_by_key(|at| self.any[*at].len()) else {
            return false;
        };
        if !space.rule("cases-of-choice") {
            return false;
        }
        let parts = self.any.swap_remove(at);
        parts.iter().all(|part| {
            let mut state = self.clone();
            state.add(space, part);
            state.absurd(space, depth - 1)
        })
    }

    /// A condition that a claimed difference depends on, true and not true.
    pub(crate) fn by_condition(&mut self, space: &mut Space<'_>, depth: usize) -> bool {
        let Some(condition) = self.open_condition(space) else { return false };
        if !space.rule("cases-of-condition") {
            return false;
        }
        let (holds, fails) = (space.holds(condition), space.fails(condition));
        let null = space.is_null(condition);
        let is = space.truth_in(condition);
        let neither = if is == condition { space.null } else { space.falsehood };
        let cases = [
            all([holds, Fact::Same(is, space.truth)]),
            all([fails, Fact::Same(is, space.falsehood)]),
            all([null, Fact::Same(is, neither)]),
        ];
        cases.iter().all(|case| {
            if *case == Fact::False {
                return true;
            }
            let mut state = self.clone();
            state.add(space, case);
            state.absurd(space, depth - 1)
        })
    }

    pub(crate) fn open_condition(&mut self, space: &mut Space<'_>) -> Option<Id> {
        for id in self.claimed.clone() {
            if let Some(found) = self.open_in(space, id, 0) {
                return Some(found);
            }
        }
        // Conditions that comparisons depend on.
        for id in self.theory.terms.clone() {
            if matches!(space.get(id), Term::Case { .. })
                && let Some(found) = self.open_in(space, id, 0)
            {
                return Some(found);
            }
        }
        None
    }

    pub(crate) fn open_in(&mut self, space: &mut Space<'_>, id: Id, depth: usize) -> Option<Id> {
        if depth > 12 {
            return None;
        }
        let open = |it: &mut Self, space: &mut Space<'_>, id: Id| {
            it.theory.constant(space, id).is_none() && it.theory.truth_of(space, id).is_none()
        };
        match &*space.shared(id) {
            Term::Case { branches, otherwise } => {
                for (when, then) in branches.iter().copied() {
                    if open(self, space, when) {
                        return Some(when);
                    }
                    if self.theory.truth_of(space, when) == Some(true) {
                        return self.open_in(space, then, depth + 1);
                    }
                }
                self.open_in(space, *otherwise, depth + 1)
            }
            Term::Holds(_) => self.theory.constant(space, id).is_none().then_some(id),
            term => {
                if is_condition(space, id) && self.theory.constant(space, id).is_none() {
                    return Some(id);
                }
                parts(term).into_iter().find_map(|part| self.open_in(space, part, depth + 1))
            }
        }
    }

    /// Puts sums that are the same together; whether there were any.
    pub(crate) fn same_sums(&mut self, space: &mut Space<'_>, depth: usize) -> bool {
        if depth == 0 || self.claimed.is_empty() {
            return false;
        }
        let sums: Vec<Id> =
            self.theory.terms.iter().copied().filter(|id| is_sum(space, *id)).collect();
        let mut found = self.empty_sums(space, &sums) | self.narrower_sums(space, &sums);
        for (at, one) in sums.iter().enumerate() {
            for two in &sums[at + 1..] {
                if self.tried.contains(&(*one, *two))
                    || self.theory.class(space, *one) == self.theory.class(space, *two)
                    || !space.step(10)
                {
                    continue;
                }
                self.tried.push((*one, *two));
                if self.same_sum_terms(space, *one, *two) && space.rule("same-sums") {
                    self.theory.join(space, *one, *two);
                    found = true;
                }
            }
        }
        found
    }

    /// Sums over rows that are, as things stand, rows around them.
    fn narrower_sums(&mut self, space: &mut Space<'_>, sums: &[Id]) -> bool {
        let mut found = false;
        for id in sums {
            let Term::Total(sum) = *space.get(*id) else { continue };
            let [block] = &**space.blocks(sum) else { continue };
            let block = block.clone();
            let reduced = self.reduced(space, &block);
            if reduced.atoms.len() < block.atoms.len() {
                let value = space.total(vec![reduced]);
                found |= value != *id;
                self.theory.join(space, *id, value);
            }
        }
        found
    }

    /// What sums over no rows come to.
    pub(crate) fn empty_sums(&mut self, space: &mut Space<'_>, sums: &[Id]) -> bool {
        let mut found = false;
        for id in sums {
            let (sum, value) = match space.get(*id) {
                Term::Total(sum) => (*sum, space.zero),
                Term::One(sum) => (*sum, space.null),
                Term::Fold { function, sum, .. }
                    if matches!(space.arena.name(*function), "min" | "max" | "avg") =>
                {
                    (*sum, space.null)
                }
                _ => continue,
            };
            if self.none.is_empty() || self.theory.constant(space, *id).is_some() {
                continue;
            }
            let mut state = self.clone();
            state.forget();
            state.add(space, &Fact::Some(sum));
            if (state.theory.absurd || state.refused(space)) && space.rule("sum-of-nothing") {
                self.theory.join(space, *id, value);
                found = true;
            }
        }
        found
    }

    pub(crate) fn same_sum_terms(&mut self, space: &mut Space<'_>, one: Id, two: Id) -> bool {
        match (&*space.shared(one), &*space.shared(two)) {
            (Term::Total(one), Term::Total(two)) => self.same_bags(space, *one, *two),
            (Term::One(one), Term::One(two)) => self.same_bags(space, *one, *two),
            (
                Term::Fold { function, sum: one, order },
                Term::Fold { function: other, sum: two, order: keys },
            ) if function == other && order == keys => {
                if insensitive(space, *function) {
                    self.same_sets(space, *one, *two)
                } else {
                    self.same_bags(space, *one, *two)
                }
            }
            (Term::Holds(one), Term::Holds(two)) => {
                let (one, two) = (Fact::Some(*one), Fact::Some(*two));
                let mut state = self.clone();
                state.forget();
                let mut other = state.clone();
                state.add(space, &one);
                other.add(space, &two);
                state.implies(space, &two) && other.implies(space, &one)
            }
            _ => false,
        }
    }
}

/// Whether a term is a condition whose parts tell when it is true.
pub(crate) fn is_condition(space: &Space<'_>, id: Id) -> bool {
    match space.get(id) {
        Term::Holds(_) => true,
        Term::Call { function, .. } => matches!(
            space.arena.name(*function),
            "and"
                | "or"
                | "not"
                | "eq"
                | "ne"
                | "lt"
                | "le"
                | "is-null"
                | "is-true"
                | "is-false"
                | "in-list"
                | "between"
                | "all-equal"
                | "is-distinct"
                | "is-not-distinct"
        ),
        _ => false,
    }
}
