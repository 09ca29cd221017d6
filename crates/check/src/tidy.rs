//! Laws of sums: each writes a block one way, and keeps its rows with their outputs.
#![expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "laws are of one type")]

use std::collections::{BTreeMap, BTreeSet};

use plumb_ir::{Field, Literal, Symbol};

use crate::{
    keys::{decided, one_row_twice},
    lower::{BLOCKS, Fit, Kernel, Origin, Unfit},
    term::{Block, Kind, NULL, Sum, Term, Var, by_name, call, truth},
    theory::{Theory, split},
};

/// Most times that laws are tried on one block.
const ROUNDS: usize = 60;

/// What is asked of the rows of a sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// How often each is there.
    Bag,
    /// Which there are.
    Set,
    /// Whether there is one.
    Any,
}

/// What a law makes of a block, if it has something to say.
type Law<K> = fn(&mut K, &Block, Mode) -> Fit<Option<Sum>>;

impl Kernel<'_> {
    pub(crate) fn tidy(&mut self, sum: Sum, mode: Mode) -> Fit<Sum> {
        let mut done = Sum::new();
        for mut block in sum {
            if mode == Mode::Any {
                block.out.clear();
            }
            let block = self.below(&block)?;
            done.extend(self.block(block, mode, ROUNDS)?);
            if done.len() > BLOCKS {
                return Err(Unfit("too many cases"));
            }
        }
        Ok(if mode == Mode::Set { self.united(done) } else { done })
    }

    /// A block with the sums inside of it done.
    fn below(&mut self, block: &Block) -> Fit<Block> {
        self.step(2)?;
        let mut fault = None;
        let mut new = block.map(&mut |it| {
            let (sum, mode) = match it {
                Term::Exists(sum) => (sum, Mode::Any),
                Term::In(_, sum) => (sum, Mode::Set),
                Term::One(sum) => (sum, Mode::Bag),
                _ => return None,
            };
            match self.tidy(sum.clone(), mode) {
                Ok(sum) => Some(match it {
                    Term::In(values, _) => Term::In(values.clone(), sum),
                    Term::One(_) => Term::One(sum),
                    _ => exists(sum),
                }),
                Err(why) => {
                    fault = Some(why);
                    Some(it.clone())
                }
            }
        });
        if let Some(why) = fault {
            return Err(why);
        }
        for (_, kind) in &mut new.atoms {
            let mode = match kind {
                Kind::Group { calls, .. } if calls.iter().all(crate::group::counts_once) => {
                    Mode::Set
                }
                Kind::Set { all: false, .. } => Mode::Set,
                _ => Mode::Bag,
            };
            for sum in kind.sums_mut() {
                *sum = self.tidy(std::mem::take(sum), mode)?;
            }
        }
        Ok(new)
    }

    /// A block whose parts are done, by all laws.
    fn block(&mut self, mut block: Block, mode: Mode, rounds: usize) -> Fit<Sum> {
        if rounds == 0 {
            return Err(Unfit("laws without an end"));
        }
        let plain: Vec<Term> = block.facts.iter().map(|it| self.plain(it)).collect();
        block.facts = split(&plain);
        for fact in &mut block.facts {
            if let Some(sum) = asked(fact) {
                *fact = exists(self.tidy(sum, Mode::Any)?);
            }
        }
        block.facts = split(&block.facts);
        block.out = block.out.iter().map(|it| self.plain(it)).collect();
        if block.facts.iter().any(|it| *it == truth(false) || *it == NULL) {
            return Ok(Sum::new());
        }
        let laws: [Law<Self>; 25] = [
            Self::own_witness,
            Self::referred,
            Self::semi_join,
            Self::some_row,
            Self::joined_by_reference,
            Self::inner_join,
            Self::sure_match,
            Self::no_match,
            Self::not_among,
            Self::none_alike,
            Self::unused_match,
            Self::nothing_grouped,
            Self::group,
            Self::each_total,
            Self::rows_with_values,
            Self::total_twice,
            Self::known_group,
            Self::counted_rows,
            Self::one_value_of,
            Self::match_by_condition,
            Self::twice,
            Self::empty_parts,
            Self::first_rows,
            Self::plain_rows,
            Self::whole_windows,
        ];
        for law in laws {
            if let Some(sum) = law(self, &block, mode)? {
                let mut done = Sum::new();
                for block in sum {
                    done.extend(self.block(block, mode, rounds - 1)?);
                    if done.len() > BLOCKS {
                        return Err(Unfit("too many cases"));
                    }
                }
                return Ok(done);
            }
        }
        let never = Theory::new(self, &block.facts).contradictory();
        Ok(if never { Sum::new() } else { vec![block] })
    }

    /// A left join whose row of NULLs is filtered out is an inner join.
    fn inner_join(&mut self, block: &Block, _: Mode) -> Fit<Option<Sum>> {
        for (at, (var, kind)) in block.atoms.iter().enumerate() {
            let Kind::Maybe(sum) = kind else { continue };
            let nulled = |fact: &Term| {
                let nulled = fact.map(&mut |it| match it {
                    Term::Column(of, _) if of == var => Some(NULL),
                    Term::Exists(_) | Term::In(..) | Term::One(_) => Some(it.clone()),
                    _ => None,
                });
                let never = call("is-false", vec![call("is-true", vec![nulled])]);
                Theory::new(self, &[]).entails(&never)
            };
            if block.facts.iter().any(nulled) {
                return Ok(Some(self.spliced(block, at, &sum.clone())?));
            }
        }
        Ok(None)
    }

    /// A left join that nobody looks at goes, if it makes no more rows, or it does not matter how many.
    fn unused_match(&mut self, block: &Block, mode: Mode) -> Fit<Option<Sum>> {
        for (at, (var, kind)) in block.atoms.iter().enumerate() {
            let Kind::Maybe(sum) = kind else { continue };
            let mut rest = block.clone();
            rest.atoms.remove(at);
            if rest.looks_at(*var) {
                continue;
            }
            let one = sum.len() == 1 && decided(self, &sum[0], &block.facts, &[]);
            if mode != Mode::Bag || one {
                return Ok(Some(vec![rest]));
            }
        }
        Ok(None)
    }

    /// A row that is there exactly once and that nobody looks at goes.
    fn nothing_grouped(&mut self, block: &Block, _: Mode) -> Fit<Option<Sum>> {
        for (at, (var, kind)) in block.atoms.iter().enumerate() {
            let Kind::Group { scalar: true, .. } = kind else { continue };
            let mut rest = block.clone();
            rest.atoms.remove(at);
            if !rest.looks_at(*var) {
                return Ok(Some(vec![rest]));
            }
        }
        Ok(None)
    }

    /// Two rows of a table with the same key are one row.
    fn twice(&mut self, block: &Block, _: Mode) -> Fit<Option<Sum>> {
        let tables: Vec<(Var, Symbol)> = block
            .atoms
            .iter()
            .filter_map(|(var, kind)| match kind {
                Kind::Table(table) => Some((*var, *table)),
                _ => None,
            })
            .collect();
        let mut pairs = Vec::new();
        for (at, one) in tables.iter().enumerate() {
            pairs.extend(
                tables[at + 1..].iter().filter(|two| one.1 == two.1).map(|two| (one.0, two.0)),
            );
        }
        if pairs.is_empty() {
            return Ok(None);
        }
        let theory = Theory::new(self, &block.facts);
        let Some((one, two)) =
            pairs.into_iter().find(|(one, two)| one_row_twice(&theory, *one, *two))
        else {
            return Ok(None);
        };
        let mut merged = block.map(&mut |it| match it {
            Term::Column(var, field) if *var == two => Some(Term::Column(one, *field)),
            Term::Star(var, except) if *var == two => Some(Term::Star(one, except.clone())),
            _ => None,
        });
        merged.atoms.retain(|(var, _)| *var != two);
        Ok(Some(vec![merged]))
    }

    /// What is made of no rows: nothing, or a row of NULLs.
    fn empty_parts(&mut self, block: &Block, _: Mode) -> Fit<Option<Sum>> {
        for (at, (var, kind)) in block.atoms.iter().enumerate() {
            match kind {
                Kind::Rows(sum)
                | Kind::Limit { sum, .. }
                | Kind::Group { sum, scalar: false, .. }
                    if sum.is_empty() =>
                {
                    return Ok(Some(Sum::new()));
                }
                Kind::Maybe(sum) if sum.is_empty() => {
                    let mut rest = block.map(&mut |it| match it {
                        Term::Column(of, _) if of == var => Some(NULL),
                        _ => None,
                    });
                    let starred = |it: &Term| matches!(it, Term::Star(of, _) if of == var);
                    if rest.out.iter().any(|it| it.any(&starred)) {
                        return Err(Unfit("a star over nothing"));
                    }
                    rest.atoms.remove(at);
                    return Ok(Some(vec![rest]));
                }
                _ => {}
            }
        }
        Ok(None)
    }

    /// Rows whose window calls nobody looks at are the rows that they are made of.
    fn plain_rows(&mut self, block: &Block, _: Mode) -> Fit<Option<Sum>> {
        for (at, (var, kind)) in block.atoms.iter().enumerate() {
            let Kind::Rows(sum) = kind else { continue };
            let window = |it: &Term| matches!(it, Term::Window(_));
            let mut looked = false;
            block.map(&mut |it| {
                if let Term::Column(of, Field::At(place)) = it
                    && of == var
                {
                    let mut out = sum.iter().filter_map(|inner| inner.out.get(*place as usize));
                    looked |= out.any(|it| it.any(&window));
                }
                None
            });
            if !looked {
                return self.spliced(block, at, &sum.clone()).map(Some);
            }
        }
        Ok(None)
    }

    /// The first none are none. Skipping none skips nothing, and any few of any more are any few, where nobody asks for an order.
    fn first_rows(&mut self, block: &Block, _: Mode) -> Fit<Option<Sum>> {
        let number = |term: &Option<Term>| match term.as_ref()?.as_literal()? {
            Literal::Integer(number) if *number >= 0 => Some(*number),
            _ => None,
        };
        for (at, (_, kind)) in block.atoms.iter().enumerate() {
            let Kind::Limit { sum, order, limit, offset } = kind else { continue };
            if offset.is_none() && limit.is_none() && order.is_empty() {
                return self.spliced(block, at, &sum.clone()).map(Some);
            }
            if number(limit) == Some(0) {
                return Ok(Some(Sum::new()));
            }
            let mut new = block.clone();
            if number(offset) == Some(0) {
                if let Kind::Limit { offset, .. } = &mut new.atoms[at].1 {
                    *offset = None;
                }
                return Ok(Some(vec![new]));
            }
            let [inner] = sum.as_slice() else { continue };
            let ([(_, Kind::Limit { sum: rows, order: above, limit: most, offset: skip })], []) =
                (inner.atoms.as_slice(), inner.facts.as_slice())
            else {
                continue;
            };
            let plain = order.is_empty() && above.is_empty() && offset.is_none();
            let (Some(few), Some(most), true) = (number(limit), number(most), plain) else {
                continue;
            };
            let limit = Some(Term::Literal(Literal::Integer(few.min(most))));
            let kind =
                Kind::Limit { sum: rows.clone(), order: Vec::new(), limit, offset: skip.clone() };
            let inner = Block { atoms: vec![(inner.atoms[0].0, kind)], ..inner.clone() };
            return self.spliced(block, at, &vec![inner]).map(Some);
        }
        Ok(None)
    }

    /// A block with the rows of a sum in the place of an atom, whose columns are their outputs.
    pub(crate) fn spliced(&mut self, block: &Block, at: usize, sum: &Sum) -> Fit<Sum> {
        let (var, _) = block.atoms[at];
        let mut all = Sum::new();
        for inner in sum {
            let mut rest = block.clone();
            rest.atoms.remove(at);
            let mut new = put(&rest, var, &inner.out)?;
            new.atoms.extend(inner.atoms.clone());
            new.facts.extend(inner.facts.clone());
            all.push(new);
        }
        Ok(all)
    }

    /// A block with rows of its own.
    pub(crate) fn renamed(&mut self, block: &Block) -> Block {
        let mut bound = BTreeSet::new();
        gather(block, &mut bound);
        let mut to: BTreeMap<Var, Var> = BTreeMap::new();
        for var in bound {
            let origin = self.origins.get(&var).cloned().unwrap_or(Origin::Unknown);
            let new = self.fresh(origin);
            if self.missing.contains(&var) {
                self.missing.insert(new);
            }
            to.insert(var, new);
        }
        rename(block, &to)
    }
}

/// A condition asks for a row where it asks whether values are among those of a query.
pub(crate) fn asked(fact: &Term) -> Option<Sum> {
    let Term::In(values, sum) = fact else { return None };
    if sum.iter().any(|block| block.out.len() != values.len() || block.out.iter().any(starred)) {
        return None;
    }
    let found = sum.iter().map(|block| {
        let mut block = block.clone();
        let pairs = block.out.iter().zip(values);
        let equal: Vec<Term> =
            pairs.map(|(out, value)| call("eq", vec![out.clone(), value.clone()])).collect();
        block.facts.extend(equal);
        block.out.clear();
        block
    });
    Some(found.collect())
}

fn starred(term: &Term) -> bool {
    term.any(&|it| matches!(it, Term::Star(..)))
}

/// Whether there is a row: sure, where there is one whatever holds.
pub(crate) fn exists(sum: Sum) -> Term {
    if sum.is_empty() {
        return truth(false);
    }
    let sure = |block: &Block| block.atoms.is_empty() && block.facts.is_empty();
    if sum.iter().any(sure) {
        return truth(true);
    }
    if sum.len() == 1 {
        return Term::Exists(sum);
    }
    call("or", sum.into_iter().map(|block| Term::Exists(vec![block])).collect())
}

/// A block with outputs in the place of the columns of a row.
pub(crate) fn put(block: &Block, of: Var, out: &[Term]) -> Fit<Block> {
    let mut fault = None;
    let new = block.map(&mut |it| match it {
        Term::Column(var, field) if *var == of => {
            let found = column(out, *field);
            if found.is_none() {
                fault = Some(Unfit("a column that is not there"));
            }
            found
        }
        Term::Star(var, except) if *var == of => {
            let stars: Vec<&Term> = out.iter().filter(|it| matches!(it, Term::Star(..))).collect();
            let [Term::Star(inner, hidden)] = stars.as_slice() else {
                fault = Some(Unfit("a star over several"));
                return None;
            };
            let mut all = [except.as_slice(), hidden].concat();
            all.sort();
            all.dedup();
            Some(Term::Star(*inner, all))
        }
        _ => None,
    });
    // A function written in place must not get inside of another.
    let lambda = |it: &Term| matches!(it, Term::Lambda(..));
    if out.iter().any(|it| it.any(&|it| matches!(it, Term::Param(_))) && !it.any(&lambda)) {
        return Err(Unfit("a parameter outside of its function"));
    }
    fault.map_or(Ok(new), Err)
}

/// A column among outputs.
pub(crate) fn column(out: &[Term], field: Field) -> Option<Term> {
    match field {
        Field::At(at) => out.get(at as usize).cloned(),
        Field::Named(name) => {
            let mut found = by_name(out, name);
            match found.len() {
                0 => None,
                1 => found.pop(),
                _ => Some(Term::Either(found)),
            }
        }
    }
}

/// Rows that are bound in a block, also inside of its atoms.
pub(crate) fn gather(block: &Block, bound: &mut BTreeSet<Var>) {
    for (var, kind) in &block.atoms {
        bound.insert(*var);
        bound.extend(kind.other());
        for sum in kind.sums() {
            for block in sum {
                gather(block, bound);
            }
        }
    }
}

/// Every row by another name.
pub(crate) fn rename(block: &Block, to: &BTreeMap<Var, Var>) -> Block {
    let new = |var: &Var| to.get(var).copied().unwrap_or(*var);
    let mut renamed = block.map(&mut |it| match it {
        Term::Column(var, field) => Some(Term::Column(new(var), *field)),
        Term::Star(var, except) => Some(Term::Star(new(var), except.clone())),
        _ => None,
    });
    rows(&mut renamed, &new);
    renamed
}

fn rows(block: &mut Block, new: &dyn Fn(&Var) -> Var) {
    for (var, kind) in &mut block.atoms {
        *var = new(var);
        if let Kind::Full { other, .. } = kind {
            *other = new(other);
        }
        for sum in kind.sums_mut() {
            for block in sum {
                rows(block, new);
            }
        }
    }
}
