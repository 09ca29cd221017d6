//! First rows beside rows that keys lead to, and first rows of few rows.

use std::collections::{BTreeMap, BTreeSet};

use plumb_ir::Field;

use crate::{
    limit::First,
    lower::Lower,
    space::Space,
    swap::Swap,
    term::{Atom, Block, Fact, Id, Kind, Sort, Term, Var},
    theory::Theory,
    tidy::number,
};

/// Rows that are all of some others, each with what a key leads to.
struct Stem {
    /// The others.
    base: Block,
    /// With what they are, in each case.
    cases: Vec<Block>,
}

impl Lower<'_, '_> {
    /// How many rows there are at most, if that can be told.
    pub(crate) fn most(&mut self, blocks: &[Block]) -> Option<i128> {
        if let [one, two] = blocks
            && let Some(stem) =
                self.match_or_none(one, two).or_else(|| self.match_or_none(two, one))
        {
            return self.most(&[stem.base]);
        }
        let mut all = 0_i128;
        for block in blocks {
            all = all.checked_add(self.most_of(block)?)?;
        }
        Some(all)
    }

    fn most_of(&mut self, block: &Block) -> Option<i128> {
        let mut most = 1_i128;
        let mut theory = self.space.theory_of(block);
        let mut open = Vec::new();
        for atom in &block.atoms {
            match &atom.kind {
                Kind::Limit { limit, .. } => {
                    let rows = self.rows(*limit).filter(|rows| *rows >= 0)?;
                    most = most.checked_mul(rows)?;
                }
                Kind::Scan(_) => open.push(atom.var),
                _ => return None,
            }
        }
        // Each row is the only one that a key leads to from rows that are counted.
        while !open.is_empty() {
            let led = |at: &usize| self.space.keyed(&mut theory, open[*at], &open, &[]);
            let at = (0..open.len()).find(led)?;
            open.remove(at);
        }
        Some(most)
    }

    /// First rows of blocks, where each block is first rows in the same order: those of what they are picked from.
    pub(crate) fn of_unpicked(&mut self, blocks: &mut Vec<Block>, first: &First) -> bool {
        let wanted = (self.rows(first.limit), self.skipped(first.offset));
        let (Some(rows), Some(skipped)) = wanted else { return false };
        let Some(needed) = rows.checked_add(skipped) else { return false };
        let mut found = Vec::new();
        let mut changed = false;
        for block in &*blocks {
            match self.unpicked(block, first, needed) {
                Some(inner) if self.space.rule("limit-of-limits") => {
                    changed = true;
                    found.extend(inner);
                }
                _ => found.push(block.clone()),
            }
        }
        if changed {
            *blocks = found;
        }
        changed
    }

    /// What a block picks its rows from, where it picks enough of them in this order.
    fn unpicked(&mut self, block: &Block, first: &First, needed: i128) -> Option<Vec<Block>> {
        let [atom] = block.atoms.as_slice() else { return None };
        let Kind::Limit { sum, order, limit, offset, .. } = &atom.kind else { return None };
        if !block.facts.is_empty() || self.skipped(*offset)? != 0 || self.rows(*limit)? < needed {
            return None;
        }
        let mut keys = Vec::new();
        for key in &first.order {
            match self.space.get(block.out[key.at as usize]) {
                Term::Column(var, Field::At(at)) if *var == atom.var => {
                    keys.push(Sort { at: *at, ..*key });
                }
                Term::Literal(_) => {}
                _ => return None,
            }
        }
        if keys != *order {
            return None;
        }
        let mut rest = block.clone();
        rest.atoms.clear();
        let inner = self.space.blocks(*sum).clone();
        Some(inner.iter().map(|inner| self.space.put_in(&rest, atom.var, inner)).collect())
    }

    /// The first of rows that have, each, what a key leads to, are the first rows with what a key leads to.
    pub(crate) fn picked_before(&mut self, blocks: &[Block], first: &First) -> Option<Vec<Block>> {
        let stem = match blocks {
            [block] => self.referred_rows(block)?,
            [one, two] => self.match_or_none(one, two).or_else(|| self.match_or_none(two, one))?,
            _ => return None,
        };
        self.picked(stem, first)
    }

    /// Rows with a match of which there is one at most, and those without.
    fn match_or_none(&mut self, with: &Block, without: &Block) -> Option<Stem> {
        let atom = one_more(with, without)?;
        let none = without.facts.iter().find(|fact| !with.facts.contains(fact))?.clone();
        let Fact::None(sum) = none else { return None };
        let shared: Vec<Fact> = without.facts.iter().filter(|it| **it != none).cloned().collect();
        if !shared.iter().all(|fact| with.facts.contains(fact)) {
            return None;
        }
        let own: Vec<Fact> = with.facts.iter().filter(|it| !shared.contains(it)).cloned().collect();
        let [inner] = &**self.space.blocks(sum) else { return None };
        let inner = inner.clone();
        let [row] = inner.atoms.as_slice() else { return None };
        if row.kind != atom.kind {
            return None;
        }
        let mut swap = Swap::renaming();
        swap.row(row.var, atom.var);
        let asked = swap.facts(self.space, &inner.facts);
        let same = asked.iter().all(|fact| own.contains(fact))
            && own.iter().all(|fact| asked.contains(fact));
        let mut theory = self.space.theory_of(with);
        if !same || !self.space.keyed(&mut theory, atom.var, &[atom.var], &[]) {
            return None;
        }
        let base = Block { facts: shared, out: Vec::new(), ..without.clone() };
        let with = Block { atoms: vec![atom], facts: own, out: with.out.clone() };
        let without = Block { atoms: Vec::new(), facts: vec![none], out: without.out.clone() };
        Some(Stem { base, cases: vec![with, without] })
    }

    /// Rows with one that a reference leads to.
    fn referred_rows(&mut self, block: &Block) -> Option<Stem> {
        let mut theory = self.space.theory_of(block);
        for (at, atom) in block.atoms.iter().enumerate() {
            if !matches!(atom.kind, Kind::Scan(_)) {
                continue;
            }
            let mut base = Block { out: Vec::new(), ..block.clone() };
            base.atoms.remove(at);
            let about = |space: &Space<'_>, fact: &Fact| {
                let mut vars = BTreeSet::new();
                space.vars_of_fact(fact, &mut vars);
                vars.contains(&atom.var)
            };
            let (own, facts): (Vec<Fact>, Vec<Fact>) =
                base.facts.into_iter().partition(|fact| about(self.space, fact));
            base.facts = facts;
            let others: Vec<Var> = base.atoms.iter().map(|it| it.var).collect();
            if self.is_led_to(&mut theory, atom.var, &others, &own) {
                let with = Block { atoms: vec![atom.clone()], facts: own, out: block.out.clone() };
                return Some(Stem { base, cases: vec![with] });
            }
        }
        None
    }

    /// Whether a reference from another row promises a row, and nothing else is asked of it.
    fn is_led_to(&mut self, theory: &mut Theory, var: Var, others: &[Var], own: &[Fact]) -> bool {
        let Some((table, _)) = self.space.table(var) else { return false };
        let name = self.space.arena.name(table).to_owned();
        for other in others {
            let Some((_, known)) = self.space.table(*other) else { continue };
            for reference in known.references.iter().filter(|it| it.table == name) {
                let Some(key) = self.space.key_of(table, &reference.to) else { continue };
                let mut pairs = Vec::new();
                for (from, to) in reference.columns.iter().zip(&reference.to) {
                    let [from, to] = [from, to].map(|it| self.space.arena.symbol(it));
                    let from = self.space.column(*other, Field::Named(from));
                    let to = self.space.column(var, Field::Named(to));
                    pairs.push((from, to));
                }
                let null = self.space.null;
                let said = |fact: &Fact| match fact {
                    Fact::Same(one, two) => {
                        pairs.contains(&(*one, *two)) || pairs.contains(&(*two, *one))
                    }
                    Fact::Differ(one, two) => {
                        let at = if *one == null { two } else { one };
                        (*one == null || *two == null) && pairs.iter().any(|pair| pair.1 == *at)
                    }
                    _ => false,
                };
                let whole = pairs.len() == reference.to.len()
                    && own.iter().all(said)
                    && pairs.iter().all(|(from, to)| {
                        theory.class(self.space, *from) == theory.class(self.space, *to)
                            && theory.is_value(self.space, *from)
                    });
                if whole && Self::known_before(others, &pairs, own) {
                    self.space.grounds.extend([reference.ground, key]);
                    return true;
                }
            }
        }
        false
    }

    /// Whether each column of a reference is equated with the one it points to by the facts themselves.
    fn known_before(others: &[Var], pairs: &[(Id, Id)], own: &[Fact]) -> bool {
        let equated = |(from, to): &(Id, Id)| {
            own.iter().any(|fact| match fact {
                Fact::Same(one, two) => (one, two) == (from, to) || (two, one) == (from, to),
                _ => false,
            })
        };
        !others.is_empty() && pairs.iter().all(equated)
    }

    fn picked(&mut self, stem: Stem, first: &First) -> Option<Vec<Block>> {
        let Stem { base, cases } = stem;
        let own: Vec<Var> = base.atoms.iter().map(|atom| atom.var).collect();
        let mut columns = BTreeSet::new();
        for case in &cases {
            // Where there is no match, the facts look at what they look at where there is one.
            let facts = case.atoms.is_empty()
                || case.facts.iter().all(|fact| self.gather_of(fact, &own, &mut columns));
            if !facts || !case.out.iter().all(|id| self.gather(*id, &own, &mut columns)) {
                return None;
            }
        }
        let mut keys = Vec::new();
        for key in &first.order {
            let value = cases[0].out[key.at as usize];
            let plain = matches!(self.space.get(value), Term::Column(var, _) if own.contains(var));
            if !plain || cases.iter().any(|case| case.out[key.at as usize] != value) {
                return None;
            }
            keys.push((value, *key));
            columns.insert(value);
        }
        if !self.space.rule("limit-before-lookup") {
            return None;
        }
        let mut columns: Vec<Id> = columns.into_iter().collect();
        columns.sort_by_key(|id| self.space.look(*id));
        let order = keys.into_iter().map(|(value, key)| {
            let place = columns.iter().position(|id| *id == value);
            Sort { at: number(place.unwrap_or(0)), ..key }
        });
        let order: Vec<Sort> = order.collect();
        let inner = Block { out: columns.clone(), ..base };
        let row = self.first_of(inner, First { order, ..*first });
        let mut images: BTreeMap<Var, BTreeMap<Field, Id>> = BTreeMap::new();
        for (column, out) in columns.iter().zip(&row.out) {
            if let Term::Column(var, at) = *self.space.get(*column) {
                images.entry(var).or_default().insert(at, *out);
            }
        }
        let mut found = Vec::new();
        for case in &cases {
            let mut swap = Swap::merging();
            for (var, image) in &images {
                swap.columns(*var, image.clone());
            }
            let mut next = swap.block(self.space, case);
            next.atoms.extend(row.atoms.iter().cloned());
            next.facts.extend(row.facts.iter().cloned());
            found.push(next);
        }
        Some(found)
    }

    /// Adds the columns of rows that a fact looks at; `false` if it looks at more than columns.
    fn gather_of(&self, fact: &Fact, own: &[Var], columns: &mut BTreeSet<Id>) -> bool {
        match fact {
            Fact::True | Fact::False => true,
            Fact::Same(one, two)
            | Fact::Differ(one, two)
            | Fact::Below(one, two)
            | Fact::AtMost(one, two) => {
                self.gather(*one, own, columns) && self.gather(*two, own, columns)
            }
            Fact::All(parts) | Fact::Any(parts) => {
                parts.iter().all(|part| self.gather_of(part, own, columns))
            }
            Fact::Some(_) | Fact::None(_) => false,
        }
    }
}

/// The only atom that the first has and the second has not; the others are the same.
fn one_more(with: &Block, without: &Block) -> Option<Atom> {
    let others = without.atoms.iter().all(|atom| with.atoms.contains(atom));
    let mut own = with.atoms.iter().filter(|atom| !without.atoms.contains(atom));
    let atom = own.next()?;
    let one = others && own.next().is_none() && with.atoms.len() == without.atoms.len() + 1;
    (one && matches!(atom.kind, Kind::Scan(_))).then(|| atom.clone())
}
