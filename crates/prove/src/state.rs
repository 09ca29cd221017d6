//! Whether facts can hold together: a search for a contradiction, case by case.

use plumb_ir::{Field, Symbol};

use crate::{
    space::{Space, parts},
    swap::{Swap, renamed},
    term::{Atom, Block, Fact, Id, Kind, Sort, SumId, Term, Var},
    theory::Theory,
    tidy::number,
};

/// Most cases inside each other.
const DEPTH: usize = 7;
/// Most searches inside each other.
const NESTING: u32 = 20;
/// Most ways to find rows of a block among rows.
const WAYS: usize = 400;

/// Rows that are there, and facts that hold.
#[derive(Clone, Default)]
pub(crate) struct State {
    pub(crate) theory: Theory,
    pub(crate) atoms: Vec<Atom>,
    /// Of each, one holds.
    pub(crate) any: Vec<Vec<Fact>>,
    /// Sums that have no row.
    pub(crate) none: Vec<SumId>,
    /// Terms of what was claimed, to be refuted.
    pub(crate) claimed: Vec<Id>,
    /// Pairs of sums whose sameness was tried.
    pub(crate) tried: Vec<(Id, Id)>,
    /// Conditions of known truth whose facts were taken.
    spelled: Vec<Id>,
    /// Rows that were told not to be rows of a sum.
    pub(crate) told: Vec<(SumId, Var)>,
}

impl State {
    /// The rows of a block are there, and its facts hold.
    pub(crate) fn enter(&mut self, space: &mut Space<'_>, block: &Block) {
        for atom in &block.atoms {
            self.atom(space, atom);
        }
        for fact in &block.facts {
            self.add(space, fact);
        }
        for id in &block.out {
            self.theory.class(space, *id);
        }
    }

    fn atom(&mut self, space: &mut Space<'_>, atom: &Atom) {
        self.atoms.push(atom.clone());
        let (Kind::Distinct(sum) | Kind::Limit { sum, .. }) = atom.kind else { return };
        // Its row is one of the bag.
        let blocks = space.blocks(sum).clone();
        let mut matching = Vec::new();
        for block in blocks.iter() {
            let mut block = renamed(space, block);
            for (at, out) in block.out.clone().into_iter().enumerate() {
                let column = space.column(atom.var, Field::At(number(at)));
                block.facts.push(Fact::Same(column, out));
            }
            matching.push(block);
        }
        match matching.as_slice() {
            [] => self.theory.absurd = true,
            [block] => self.enter(space, &block.clone()),
            _ => {
                let parts = matching.into_iter().map(|block| {
                    let sum = space.sum(vec![Block { out: Vec::new(), ..block }]);
                    Fact::Some(sum)
                });
                self.any.push(parts.collect());
            }
        }
    }

    pub(crate) fn add(&mut self, space: &mut Space<'_>, fact: &Fact) {
        let fact = &space.plain(fact.clone());
        match fact {
            Fact::All(parts) => {
                for part in parts {
                    self.add(space, part);
                }
            }
            Fact::Any(parts) => self.any.push(parts.clone()),
            Fact::Some(sum) => match &*space.blocks(*sum).clone() {
                [] => self.theory.absurd = true,
                [block] => {
                    let block = renamed(space, block);
                    self.enter(space, &Block { out: Vec::new(), ..block });
                }
                blocks => {
                    let parts = blocks.iter().map(|block| {
                        let sum = space.sum(vec![block.clone()]);
                        Fact::Some(sum)
                    });
                    self.any.push(parts.collect());
                }
            },
            Fact::None(sum) => self.none.push(*sum),
            Fact::True
            | Fact::False
            | Fact::Same(..)
            | Fact::Differ(..)
            | Fact::Below(..)
            | Fact::AtMost(..) => {
                self.theory.assume(space, fact);
                if let Some(more) = space.of_values(fact) {
                    self.add(space, &more);
                }
            }
        }
    }

    /// Takes the opposite of what is to be shown for a fact.
    fn claim(&mut self, space: &mut Space<'_>, fact: &Fact) {
        self.note(fact);
        self.add(space, fact);
    }

    fn note(&mut self, fact: &Fact) {
        match fact {
            Fact::Same(one, two)
            | Fact::Differ(one, two)
            | Fact::Below(one, two)
            | Fact::AtMost(one, two) => self.claimed.extend([*one, *two]),
            Fact::All(parts) | Fact::Any(parts) => parts.iter().for_each(|part| self.note(part)),
            Fact::True | Fact::False | Fact::Some(_) | Fact::None(_) => {}
        }
    }

    /// Whether a fact follows.
    pub(crate) fn implies(&mut self, space: &mut Space<'_>, fact: &Fact) -> bool {
        if let Some(known) = self.theory.ask(space, fact)
            && known
        {
            return true;
        }
        let mut state = self.clone();
        state.claim(space, &fact.negated(space.null));
        state.absurd(space, DEPTH)
    }

    /// Whether a fact follows as far as one can see at once.
    fn plainly(&mut self, space: &mut Space<'_>, fact: &Fact) -> bool {
        match fact {
            Fact::All(parts) => parts.iter().all(|part| self.plainly(space, part)),
            Fact::Any(parts) => {
                parts.iter().any(|part| self.plainly(space, part))
                    || self.any.iter().any(|known| known == parts)
                    || self.theory.ask(space, fact) != Some(false) && {
                        let mut state = self.clone();
                        state.forget();
                        state.claim(space, &fact.negated(space.null));
                        state.absurd(space, 2)
                    }
            }
            Fact::Some(sum) => {
                let blocks = space.blocks(*sum).clone();
                blocks.iter().any(|block| self.finds(space, block))
            }
            Fact::None(sum) => {
                self.none.iter().any(|none| space.one_reading(*none, *sum))
                    || !self.none.is_empty() && {
                        let mut state = self.clone();
                        state.add(space, &Fact::Some(*sum));
                        state.theory.absurd || state.refused(space)
                    }
            }
            _ => match self.theory.ask(space, fact) {
                Some(holds) => holds,
                None => {
                    sums_in(space, fact) && {
                        let mut state = self.clone();
                        state.forget();
                        state.claim(space, &fact.negated(space.null));
                        state.absurd(space, 1)
                    }
                }
            },
        }
    }

    /// Whether the facts contradict each other.
    pub(crate) fn absurd(&mut self, space: &mut Space<'_>, depth: usize) -> bool {
        if space.nesting >= NESTING {
            return false;
        }
        space.nesting += 1;
        let absurd = self.contradicted(space, depth);
        space.nesting -= 1;
        absurd
    }

    fn contradicted(&mut self, space: &mut Space<'_>, depth: usize) -> bool {
        loop {
            self.theory.settle(space);
            if self.theory.absurd {
                return true;
            }
            // A state is copied for each case.
            if !space.step(10 + self.theory.terms.len() / 2 + self.atoms.len()) {
                return false;
            }
            if !self.narrowed(space) && !self.spelled_out(space) {
                break;
            }
        }
        if self.theory.absurd || self.refused(space) {
            return true;
        }
        if self.same_sums(space, depth) {
            self.theory.settle(space);
            if self.theory.absurd {
                return true;
            }
        }
        depth > 0 && {
            let before = (depth == DEPTH).then(|| self.clone());
            self.in_cases(space, depth)
                || self.by_condition(space, depth)
                || before.is_some_and(|mut state| {
                    state.learned(space) && state.contradicted(space, depth - 1)
                })
        }
    }

    /// Takes the facts of conditions whose truth is known; whether there were any.
    fn spelled_out(&mut self, space: &mut Space<'_>) -> bool {
        let mut found = false;
        for id in self.theory.terms.clone() {
            if !crate::cases::is_condition(space, id) || self.spelled.contains(&id) {
                continue;
            }
            let fact = match self.theory.constant(space, id) {
                Some(constant) if constant == space.truth => space.holds(id),
                Some(constant) if constant == space.falsehood => space.fails(id),
                Some(constant) if constant == space.null => space.is_null(id),
                _ => continue,
            };
            self.spelled.push(id);
            self.add(space, &fact);
            found = true;
        }
        found
    }

    /// Drops what cannot hold from the choices; whether something was learned.
    fn narrowed(&mut self, space: &mut Space<'_>) -> bool {
        let choices = std::mem::take(&mut self.any);
        let mut learned = Vec::new();
        for mut parts in choices {
            let mut holds = false;
            parts.retain(|part| match self.theory.ask(space, part) {
                Some(true) => {
                    holds = true;
                    true
                }
                Some(false) => false,
                None => true,
            });
            if holds {
                continue;
            }
            match parts.len() {
                0 => self.theory.absurd = true,
                1 => learned.push(parts.swap_remove(0)),
                _ => self.any.push(parts),
            }
        }
        for fact in &learned {
            self.add(space, fact);
        }
        !learned.is_empty()
    }

    /// Whether there is a row of a sum that has none.
    pub(crate) fn refused(&mut self, space: &mut Space<'_>) -> bool {
        if space.nesting >= NESTING {
            return false;
        }
        space.nesting += 1;
        let refused = self.any_found(space);
        space.nesting -= 1;
        refused
    }

    fn any_found(&mut self, space: &mut Space<'_>) -> bool {
        for sum in self.none.clone() {
            for block in space.blocks(sum).clone().iter() {
                if self.finds(space, block) {
                    return true;
                }
            }
        }
        false
    }

    /// Whether the rows that are there make a row of a block.
    pub(crate) fn finds(&mut self, space: &mut Space<'_>, block: &Block) -> bool {
        let mut ways = WAYS;
        self.find(space, block, 0, &mut Vec::new(), &mut ways)
    }

    fn find(
        &mut self,
        space: &mut Space<'_>,
        block: &Block,
        at: usize,
        chosen: &mut Vec<Var>,
        ways: &mut usize,
    ) -> bool {
        if *ways == 0 || !space.step(2) {
            return false;
        }
        *ways -= 1;
        let Some(atom) = block.atoms.get(at) else {
            let facts = image(space, block, chosen);
            return facts.iter().all(|fact| self.plainly(space, fact));
        };
        for known in self.atoms.clone() {
            if !similar(&atom.kind, &known.kind) {
                continue;
            }
            chosen.push(known.var);
            let fits = matches!(atom.kind, Kind::Scan(_)) || {
                let mut swap = Swap::renaming();
                for (atom, var) in block.atoms.iter().zip(chosen.iter()) {
                    swap.row(atom.var, *var);
                }
                let kind = swap.kind(space, &atom.kind);
                kind == known.kind || self.same_kind(space, &kind, &known.kind)
            };
            if fits
                && self.fits_so_far(space, block, chosen)
                && self.find(space, block, at + 1, chosen, ways)
            {
                return true;
            }
            chosen.pop();
        }
        false
    }

    /// Whether no fact about the rows chosen so far is known not to hold.
    fn fits_so_far(&mut self, space: &mut Space<'_>, block: &Block, chosen: &[Var]) -> bool {
        let open: Vec<Var> = block.atoms[chosen.len()..].iter().map(|atom| atom.var).collect();
        let ready = |fact: &&Fact| {
            let mut vars = std::collections::BTreeSet::new();
            space.vars_of_fact(fact, &mut vars);
            vars.iter().all(|var| !open.contains(var))
        };
        let facts: Vec<Fact> = block.facts.iter().filter(ready).cloned().collect();
        let part = Block { facts, ..block.clone() };
        let facts = image(space, &part, chosen);
        let complete = chosen.len() == block.atoms.len();
        facts.iter().all(|fact| match self.theory.ask(space, fact) {
            Some(holds) => holds,
            // That values are the same is seen at once, but for sums.
            None => !complete || !matches!(fact, Fact::Same(..)) || sums_in(space, fact),
        })
    }
}

/// The facts of a block about the rows chosen for its own.
fn image(space: &mut Space<'_>, block: &Block, chosen: &[Var]) -> Vec<Fact> {
    let mut swap = Swap::renaming();
    for (atom, var) in block.atoms.iter().zip(chosen) {
        swap.row(atom.var, *var);
    }
    swap.facts(space, &block.facts)
}

/// Whether a fact is about sums.
fn sums_in(space: &Space<'_>, fact: &Fact) -> bool {
    fn inside(space: &Space<'_>, id: Id) -> bool {
        is_sum(space, id) || parts(space.get(id)).into_iter().any(|part| inside(space, part))
    }
    match fact {
        Fact::Same(one, two)
        | Fact::Differ(one, two)
        | Fact::Below(one, two)
        | Fact::AtMost(one, two) => inside(space, *one) || inside(space, *two),
        _ => false,
    }
}

pub(crate) fn is_sum(space: &Space<'_>, id: Id) -> bool {
    matches!(space.get(id), Term::Total(_) | Term::One(_) | Term::Holds(_) | Term::Fold { .. })
}

pub(crate) fn insensitive(space: &Space<'_>, function: Symbol) -> bool {
    let known = plumb_ir::function(space.arena.name(function)).and_then(|it| it.measure);
    known.is_some_and(|it| it.duplicate_insensitive)
}

/// Whether two atoms may range over the same.
pub(crate) fn similar(one: &Kind, two: &Kind) -> bool {
    match (one, two) {
        (Kind::Scan(one), Kind::Scan(two)) => one == two,
        (Kind::Call { function: one, .. }, Kind::Call { function: two, .. }) => one == two,
        (Kind::Limit { order: one, .. }, Kind::Limit { order: two, .. }) => {
            // Which columns they are is told when the columns are put side by side.
            let ways = |keys: &[Sort]| {
                keys.iter().map(|key| (key.descending, key.nulls_first)).collect::<Vec<_>>()
            };
            ways(one) == ways(two)
        }
        (Kind::Opaque { key: one, .. }, Kind::Opaque { key: two, .. }) => one == two,
        (Kind::Set { kind: one, .. }, Kind::Set { kind: two, .. }) => one == two,
        (one, two) => std::mem::discriminant(one) == std::mem::discriminant(two),
    }
}

impl State {
    /// Nothing is claimed any longer.
    pub(crate) fn forget(&mut self) {
        self.claimed.clear();
    }
}
