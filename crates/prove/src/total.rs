//! Sums over rows, split until each is over one block and of one product; other aggregates.

use std::collections::BTreeMap;

use plumb_ir::{Literal, Symbol, Type, function};

use crate::{
    looks::only_in,
    space::Space,
    swap::{Swap, renamed},
    term::{Block, Fact, Id, Sort, Term, Var, all, any},
    theory::Theory,
    tidy::{BLOCKS, Mode},
};

/// A whole factor, and terms.
type Product = (i128, Vec<Id>);

impl Space<'_> {
    /// The sum of the only output over the rows of all blocks.
    pub(crate) fn total(&mut self, blocks: Vec<Block>) -> Id {
        let mut found: Vec<Product> = Vec::new();
        for block in blocks {
            self.split(block, 1, &mut found, 0);
        }
        self.sum_of(found)
    }

    fn split(&mut self, block: Block, times: i128, found: &mut Vec<Product>, depth: usize) {
        let blocks = self.tidy(block, Mode::Bag);
        for block in blocks {
            self.split_weight(block, times, found, depth);
        }
    }

    fn split_weight(&mut self, block: Block, times: i128, found: &mut Vec<Product>, depth: usize) {
        if depth <= 24
            && let Some(parts) = self.without_itself(&block)
        {
            for part in parts {
                self.split(part, times, found, depth + 1);
            }
            return;
        }
        let weight = block.out[0];
        if depth > 24 || found.len() > BLOCKS || !self.step(2) {
            found.push((times, vec![self.total_of(block)]));
            return;
        }
        let products = match self.products(weight) {
            Some(products) if products.len() <= 16 => products,
            _ => vec![(1, vec![weight])],
        };
        for (factor, terms) in products {
            let Some(factor) = factor.checked_mul(times) else {
                found.push((times, vec![self.total_of(block)]));
                return;
            };
            self.one_product(&block, factor, terms, found, depth);
        }
    }

    /// The rows before a row, and the row itself, are two sums, the second over one row that is known.
    fn without_itself(&mut self, block: &Block) -> Option<[Block; 2]> {
        for (at, fact) in block.facts.iter().enumerate() {
            let (other, same) = match fact {
                Fact::Any(parts) => match parts.as_slice() {
                    [one, two @ Fact::Same(..)] | [two @ Fact::Same(..), one] => {
                        (one.clone(), vec![two.clone()])
                    }
                    _ => continue,
                },
                Fact::AtMost(one, two) if self.comparable(*one, *two) => {
                    let known = Fact::Differ(*one, self.null);
                    (Fact::Below(*one, *two), vec![Fact::Same(*one, *two), known])
                }
                _ => continue,
            };
            let mut own = block.clone();
            own.facts.splice(at..=at, same);
            let found = self.tidy(own.clone(), Mode::Bag);
            if found.is_empty() || found.iter().any(|it| it.atoms.len() >= block.atoms.len()) {
                continue;
            }
            let mut both = own.clone();
            both.facts.push(other.clone());
            if self.theory_of(&both).absurd && self.rule("rows-and-the-row-itself") {
                let mut rest = block.clone();
                rest.facts[at] = other;
                return Some([rest, own]);
            }
        }
        None
    }

    fn split_cases(
        &mut self,
        block: &Block,
        branches: &[(Id, Id)],
        otherwise: Id,
        times: i128,
        found: &mut Vec<Product>,
        depth: usize,
    ) {
        let mut before = Vec::new();
        let last = [(self.truth, otherwise)];
        for (when, then) in branches.iter().chain(&last) {
            let holds = self.holds(*when);
            let mut part = block.clone();
            part.facts.extend(before.iter().cloned());
            part.facts.push(holds.clone());
            part.out = vec![*then];
            before.push(holds.negated(self.null));
            // A weight is no NULL: where it would be, there is no row.
            if *then != self.zero && *then != self.null {
                self.split(part, times, found, depth + 1);
            }
        }
    }

    fn one_product(
        &mut self,
        block: &Block,
        factor: i128,
        mut terms: Vec<Id>,
        found: &mut Vec<Product>,
        depth: usize,
    ) {
        if factor == 0 {
            return;
        }
        let mut next = block.clone();
        let special = terms.iter().position(|id| {
            matches!(self.get(*id), Term::Total(_)) || matches!(self.get(*id), Term::Case { .. })
        });
        let special = special.filter(|at| {
            let case = matches!(self.get(terms[*at]), Term::Case { .. });
            self.rule(if case { "sum-by-cases" } else { "sum-of-sums" })
        });
        if let Some(at) = special {
            let inner = terms.swap_remove(at);
            match &*self.shared(inner) {
                Term::Total(sum) => {
                    // A sum for each row is a sum over all rows together.
                    let inner = self.blocks(*sum).clone();
                    for inner in inner.iter() {
                        let inner = renamed(self, inner);
                        let mut joined = next.clone();
                        joined.atoms.extend(inner.atoms);
                        joined.facts.extend(inner.facts);
                        let mut factors = terms.clone();
                        factors.push(inner.out[0]);
                        joined.out = vec![self.product(factors)];
                        self.split(joined, factor, found, depth + 1);
                    }
                }
                Term::Case { branches, otherwise } => {
                    let times = |space: &mut Self, id: Id| {
                        let mut factors = terms.clone();
                        factors.push(id);
                        space.product(factors)
                    };
                    let branches: Vec<(Id, Id)> =
                        branches.iter().map(|(when, then)| (*when, times(self, *then))).collect();
                    let otherwise = times(self, *otherwise);
                    self.split_cases(&next, &branches, otherwise, factor, found, depth + 1);
                }
                _ => {}
            }
            return;
        }
        // An exact constant is the same for all rows.
        let constant =
            |it: &Self, id: &Id| matches!(it.get(*id), Term::Literal(Literal::Decimal { .. }));
        let (mut outside, inside): (Vec<Id>, Vec<Id>) =
            terms.into_iter().partition(|id| constant(self, id));
        next.out = vec![self.product(inside)];
        outside.push(self.total_of(next));
        found.push((factor, outside));
    }

    /// The sum over one block that is as simple as it gets.
    fn total_of(&mut self, block: Block) -> Id {
        if block.atoms.is_empty() {
            let weight = block.out[0];
            let fact = all(block.facts);
            return match fact {
                Fact::True => weight,
                Fact::False => self.zero,
                fact => {
                    let when = self.truth_value(&fact);
                    self.term(Term::Case { branches: vec![(when, weight)], otherwise: self.zero })
                }
            };
        }
        if let Some(factors) = self.factors(&block) {
            let totals = factors.into_iter().map(|block| {
                let sum = self.sum(vec![block]);
                self.term(Term::Total(sum))
            });
            let totals = totals.collect();
            return self.product(totals);
        }
        let sum = self.sum(vec![block]);
        self.term(Term::Total(sum))
    }

    pub(crate) fn product(&mut self, mut terms: Vec<Id>) -> Id {
        if terms.contains(&self.zero) {
            return self.zero;
        }
        terms.retain(|id| *id != self.one);
        terms.sort_unstable();
        match terms.as_slice() {
            [] => self.one,
            [one] => *one,
            _ => self.call("mul", terms),
        }
    }

    fn sum_of(&mut self, found: Vec<Product>) -> Id {
        let mut products: Vec<(Id, i128)> = Vec::new();
        for (factor, terms) in found {
            let id = self.product(terms);
            match products.iter_mut().find(|(known, _)| *known == id) {
                Some((_, times)) => *times = times.saturating_add(factor),
                None => products.push((id, factor)),
            }
        }
        let mut terms = Vec::new();
        for (id, times) in products {
            match times {
                0 => {}
                1 => terms.push(id),
                _ => {
                    let times = self.integer(times);
                    terms.push(self.product(vec![times, id]));
                }
            }
        }
        terms.retain(|id| *id != self.zero);
        match terms.as_slice() {
            [] => self.zero,
            [one] => *one,
            _ => self.call("add", terms),
        }
    }

    /// A term as a sum of products; `None` where numbers may be rounded.
    fn products(&self, id: Id) -> Option<Vec<Product>> {
        if matches!(self.type_of(id), Type::Float(_)) {
            return None;
        }
        match self.get(id) {
            Term::Literal(Literal::Integer(number)) => Some(vec![(*number, Vec::new())]),
            // A wider type holds the same number.
            Term::Cast { value, to, .. }
                if matches!((self.type_of(*value), to), (Type::Int(_), Type::Decimal(None)))
                    || matches!((self.type_of(*value), to), (Type::Int(of), Type::Int(to)) if of <= *to) =>
            {
                self.products(*value)
            }
            Term::Call { function, args } => match (self.arena.name(*function), args.as_slice()) {
                ("add", args) => {
                    let mut all = Vec::new();
                    for arg in args {
                        all.extend(self.products(*arg)?);
                    }
                    Some(all)
                }
                ("sub", [one, two]) => {
                    let mut all = self.products(*one)?;
                    all.extend(self.products(*two)?.into_iter().map(|(by, it)| (-by, it)));
                    Some(all)
                }
                ("neg", [one]) => {
                    Some(self.products(*one)?.into_iter().map(|(by, it)| (-by, it)).collect())
                }
                ("mul", args) => {
                    let mut all: Vec<Product> = vec![(1, Vec::new())];
                    for arg in args {
                        let parts = self.products(*arg)?;
                        let mut next = Vec::new();
                        for (by, terms) in &all {
                            for (over, others) in &parts {
                                let terms = terms.iter().chain(others).copied().collect();
                                next.push((by.checked_mul(*over)?, terms));
                            }
                        }
                        if next.len() > 32 {
                            return None;
                        }
                        all = next;
                    }
                    Some(all)
                }
                _ => Some(vec![(1, vec![id])]),
            },
            _ => Some(vec![(1, vec![id])]),
        }
    }

    /// An aggregate that is no sum.
    pub(crate) fn fold(
        &mut self,
        function_name: Symbol,
        blocks: Vec<Block>,
        order: Vec<Sort>,
    ) -> Id {
        let name = self.arena.name(function_name).to_owned();
        let measure = function(&name).and_then(|it| it.measure);
        let insensitive = measure.is_some_and(|it| it.duplicate_insensitive);
        let mode = if insensitive { Mode::Set } else { Mode::Bag };
        let mut tidied = Vec::new();
        for block in blocks {
            tidied.extend(self.tidy(block, mode));
        }
        let null = measure.is_some_and(|it| it.empty == plumb_ir::Empty::Null);
        if tidied.is_empty() && null && self.rule("sum-of-nothing") {
            return self.null;
        }
        if matches!(name.as_str(), "min" | "max") && self.rule("least-of-least") {
            tidied = self.flattened(function_name, tidied);
        }
        let picks = matches!(
            name.as_str(),
            "min"
                | "max"
                | "only-value"
                | "any-value"
                | "first"
                | "last"
                | "bit-and-agg"
                | "bit-or-agg"
        );
        if picks
            && self.rule("one-value")
            && let Some(value) = self.same_everywhere(&tidied)
        {
            let some = self.some_of(tidied);
            let when = self.truth_value(&some);
            let otherwise = self.null;
            return self.term(Term::Case { branches: vec![(when, value)], otherwise });
        }
        let sum = self.sum(tidied);
        self.term(Term::Fold { function: function_name, sum, order })
    }

    /// The least of least values is the least.
    fn flattened(&mut self, function: Symbol, blocks: Vec<Block>) -> Vec<Block> {
        let mut flat = Vec::new();
        for block in blocks {
            let inner = match self.get(block.out[0]) {
                Term::Fold { function: other, sum, .. } if *other == function => *sum,
                Term::Case { branches, otherwise }
                    if branches.len() == 1 && *otherwise == self.null =>
                {
                    let (when, then) = branches[0];
                    let mut part = block.clone();
                    part.facts.push(self.holds(when));
                    part.out = vec![then];
                    let parts = self.tidy(part, Mode::Set);
                    flat.extend(self.flattened(function, parts));
                    continue;
                }
                _ => {
                    flat.push(block);
                    continue;
                }
            };
            for inner in self.blocks(inner).to_vec() {
                let inner = renamed(self, &inner);
                let mut joined = block.clone();
                joined.atoms.extend(inner.atoms);
                joined.facts.extend(inner.facts);
                joined.out = inner.out;
                flat.extend(self.tidy(joined, Mode::Set));
            }
        }
        flat
    }

    /// The one output of all rows, if something outside tells it.
    fn same_everywhere(&mut self, blocks: &[Block]) -> Option<Id> {
        let mut same: Option<Vec<Id>> = None;
        for block in blocks {
            let own: Vec<Var> = block.atoms.iter().map(|atom| atom.var).collect();
            let mut theory = self.theory_of(block);
            let mut members = theory.members(self, *block.out.first()?);
            members.extend(self.said_outside(&mut theory, &own, block.out[0]));
            members.retain(|id| !self.vars(*id).iter().any(|it| own.contains(it)));
            same = Some(match same {
                None => members,
                Some(known) => known.into_iter().filter(|id| members.contains(id)).collect(),
            });
        }
        same?.into_iter().min_by_key(|id| (self.vars(*id).len(), *id))
    }

    /// A term with what columns of own rows are known to be in their place.
    fn said_outside(&mut self, theory: &mut Theory, own: &[Var], id: Id) -> Option<Id> {
        let mut said = id;
        for var in self.vars(id).to_vec() {
            if !own.contains(&var) {
                continue;
            }
            let mut columns = BTreeMap::new();
            for term in theory.terms.clone() {
                let Term::Column(of, field) = *self.get(term) else { continue };
                if of == var {
                    let members = theory.members(self, term);
                    let outside = |it: &Id| !self.vars(*it).iter().any(|var| own.contains(var));
                    columns.extend(members.into_iter().find(outside).map(|it| (field, it)));
                }
            }
            if !only_in(self, said, var, &columns) {
                return None;
            }
            let mut swap = Swap::merging();
            swap.columns(var, columns);
            said = swap.term(self, said);
        }
        Some(said)
    }

    /// The output of the only row there is.
    pub(crate) fn only(&mut self, blocks: Vec<Block>) -> Id {
        let mut tidied = Vec::new();
        for block in blocks {
            tidied.extend(self.tidy(block, Mode::Bag));
        }
        match tidied.as_slice() {
            [] => self.null,
            [block] if block.atoms.is_empty() => {
                let value = block.out[0];
                let fact = all(block.facts.clone());
                match fact {
                    Fact::True => value,
                    fact => {
                        let when = self.truth_value(&any([fact]));
                        let otherwise = self.null;
                        self.term(Term::Case { branches: vec![(when, value)], otherwise })
                    }
                }
            }
            _ => {
                let sum = self.sum(tidied);
                self.term(Term::One(sum))
            }
        }
    }
}
