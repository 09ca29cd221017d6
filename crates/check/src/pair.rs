//! Two sums side by side: rows of the one are paired with rows of the other, and then all must be the same.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    keys::value_decided,
    lower::{Fit, Kernel},
    pairing::pairings,
    term::{Block, Column, Kind, Sum, Term, Var, call, mapped},
    theory::{Theory, same},
    tidy::gather,
};

/// What of two blocks has to be the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outputs {
    InOrder,
    Not,
}

impl<'a> Kernel<'a> {
    /// Whether two sums have the same rows, each as often, output by output.
    pub(crate) fn same_sums(&mut self, one: &Sum, two: &Sum, around: &[Term]) -> Fit<bool> {
        self.step(u32::try_from(4 + one.len() * two.len()).unwrap_or(u32::MAX))?;
        if one.len() != two.len() {
            return Ok(false);
        }
        let mut left: Vec<&Block> = two.iter().collect();
        for block in one {
            let mut found = None;
            for (at, other) in left.iter().enumerate() {
                if self.same_blocks(block, other, around)? {
                    found = Some(at);
                    break;
                }
            }
            match found {
                Some(at) => left.remove(at),
                None => return Ok(false),
            };
        }
        Ok(true)
    }

    fn same_blocks(&mut self, one: &Block, two: &Block, around: &[Term]) -> Fit<bool> {
        if one.out.len() != two.out.len() {
            return Ok(false);
        }
        for pairing in pairings(&one.atoms, &two.atoms) {
            let two = pairing.block(two, one);
            if self.alike(one, &two, around, Outputs::InOrder)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether two blocks over the same rows are one.
    ///
    /// Rows for which the facts of both hold count in both, so what stands inside is compared where they do.
    fn alike(&mut self, one: &Block, two: &Block, around: &[Term], outputs: Outputs) -> Fit<bool> {
        self.step(16)?;
        let (one, two) = (&self.deepened(one, around), &self.deepened(two, around));
        let plain = |block: &Block| -> Vec<Term> {
            block.facts.iter().filter(|it| !holds_sum(it)).cloned().collect()
        };
        let (these, those) = (plain(one), plain(two));
        let with = |facts: &[Term]| [around, facts].concat();
        let shared = {
            let (first, second) =
                (Theory::new(self, &with(&these)), Theory::new(self, &with(&those)));
            let both = those.iter().all(|it| first.entails(it))
                && these.iter().all(|it| second.entails(it));
            if both {
                these.clone()
            } else {
                these.iter().filter(|it| those.contains(it)).cloned().collect()
            }
        };
        let two = self.identified(one, two, &with(&shared))?;
        let follows = (consequences(one), consequences(&two));
        {
            let first = Theory::new(self, &[around, &one.facts, &follows.0].concat());
            let second = Theory::new(self, &[around, &two.facts, &follows.1].concat());
            let facts = two.facts.iter().all(|it| first.entails(it))
                && one.facts.iter().all(|it| second.entails(it));
            let out = outputs == Outputs::Not
                || one.out.iter().zip(&two.out).all(|(one, two)| first.same_output(one, two));
            if !facts || !out {
                return Ok(false);
            }
        }
        let inside = [around, &these, &those].concat();
        for ((var, kind), (other, that)) in one.atoms.iter().zip(&two.atoms) {
            if var != other || !self.same_kinds(*var, kind, that, &inside)? {
                return Ok(false);
            }
        }
        Ok(one.atoms.len() == two.atoms.len())
    }

    /// A block in which values of rows that others are made of are said as the facts about those rows say them.
    fn deepened(&self, block: &Block, around: &[Term]) -> Block {
        let mut theories = BTreeMap::new();
        self.inner_theories(block, around, &mut theories);
        if theories.is_empty() {
            return block.clone();
        }
        let mut put = |it: &Term| spoken(it, &theories);
        Block {
            atoms: block.atoms.clone(),
            facts: block.facts.iter().map(|it| it.map(&mut put)).collect(),
            out: block.out.iter().map(|it| it.map(&mut put)).collect(),
        }
    }

    fn inner_theories<'k>(
        &'k self,
        block: &Block,
        around: &[Term],
        theories: &mut BTreeMap<Var, Vec<Theory<'k, 'a>>>,
    ) {
        for (var, kind) in &block.atoms {
            let sums = match kind {
                Kind::Group { sum, .. }
                | Kind::Maybe(sum)
                | Kind::Rows(sum)
                | Kind::Limit { sum, .. } => {
                    vec![(*var, sum)]
                }
                Kind::Full { left, right, other, .. } => vec![(*var, left), (*other, right)],
                Kind::Table(_) | Kind::Function(..) | Kind::Opaque(..) | Kind::Set { .. } => {
                    Vec::new()
                }
            };
            for (var, sum) in sums {
                let all = sum.iter().map(|it| Theory::new(self, &[around, &it.facts].concat()));
                theories.insert(var, all.collect());
                for block in sum {
                    self.inner_theories(block, around, theories);
                }
            }
        }
    }

    /// The second block with the queries of the first in the place of its own, where they are the same.
    fn identified(&mut self, one: &Block, two: &Block, around: &[Term]) -> Fit<Block> {
        let (mut known, mut others) = (Vec::new(), Vec::new());
        queries(one, &mut known);
        queries(two, &mut others);
        let mut twins: BTreeMap<Term, Term> = BTreeMap::new();
        for other in others {
            if known.contains(&other) || twins.contains_key(&other) {
                continue;
            }
            for it in &known {
                if self.same_queries(it, &other, around)? {
                    twins.insert(other, it.clone());
                    break;
                }
            }
        }
        let mut put = |it: &Term| twins.get(it).cloned();
        Ok(Block {
            atoms: two.atoms.clone(),
            facts: two.facts.iter().map(|it| it.map(&mut put)).collect(),
            out: two.out.iter().map(|it| it.map(&mut put)).collect(),
        })
    }

    fn same_queries(&mut self, one: &Term, two: &Term, around: &[Term]) -> Fit<bool> {
        match (one, two) {
            (Term::Exists(one), Term::Exists(two)) | (Term::One(one), Term::One(two)) => {
                self.same_sums(one, two, around)
            }
            (Term::In(these, one), Term::In(those, two)) => {
                let values = {
                    let theory = Theory::new(self, around);
                    these.len() == those.len()
                        && these.iter().zip(those).all(|(one, two)| theory.same(one, two))
                };
                Ok(values && self.same_sums(one, two, around)?)
            }
            _ => Ok(false),
        }
    }

    fn same_kinds(&mut self, var: Var, one: &Kind, two: &Kind, around: &[Term]) -> Fit<bool> {
        self.step(4)?;
        Ok(match (one, two) {
            (Kind::Table(one), Kind::Table(two)) => one == two,
            (Kind::Function(one, these), Kind::Function(two, those)) => {
                let theory = Theory::new(self, around);
                one == two
                    && these.len() == those.len()
                    && these.iter().zip(those).all(|(one, two)| theory.same(one, two))
            }
            (Kind::Opaque(one, these), Kind::Opaque(two, those)) => {
                one == two && these.len() == those.len() && self.all_same(these, those, around)?
            }
            (
                Kind::Group { sum: these, keys: n, scalar: one, .. },
                Kind::Group { sum: those, keys: m, scalar: two, .. },
            ) => {
                let keys = |sum: &Sum, count: usize| -> Vec<Column> {
                    (0..count)
                        .map(|at| sum.iter().map(|block| block.out[at].clone()).collect())
                        .collect()
                };
                let (first, second) = (keys(these, *n), keys(those, *m));
                // The row is one of the group that is looked at: its keys are those of the rows.
                let mut inside = around.to_vec();
                if let [_] = these.as_slice() {
                    let told = first.iter().map(|key| same(&key[0], &Term::Of(var, key.clone())));
                    inside.extend(told);
                }
                one == two
                    && self.same_rows(these, those, &inside)?
                    && self.same_keys(these, &first, &second, around)
            }
            (Kind::Maybe(one), Kind::Maybe(two)) | (Kind::Rows(one), Kind::Rows(two)) => {
                self.same_rows(one, two, around)?
            }
            (
                Kind::Full { left: one, right: two, on: these, .. },
                Kind::Full { left: three, right: four, on: those, .. },
            ) => {
                let inner = one.iter().chain(two).flat_map(|block| block.facts.clone());
                let facts: Vec<Term> = around.iter().cloned().chain(inner).collect();
                let on = {
                    let (one, two) = (call("and", these.clone()), call("and", those.clone()));
                    Theory::new(self, &facts).same_truth(&one, &two)
                };
                on && self.same_rows(one, three, around)? && self.same_rows(two, four, around)?
            }
            (
                Kind::Limit { sum: one, order: these, limit: few, offset: skip },
                Kind::Limit { sum: two, order: those, limit: other, offset: jump },
            ) => {
                (few, skip) == (other, jump)
                    && these.len() == those.len()
                    && self.same_rows(one, two, around)?
                    && these.iter().zip(those).all(|(key, other)| {
                        (key.1, key.2) == (other.1, other.2)
                            && one.iter().zip(two).all(|(these, those)| {
                                let facts = [around, &these.facts].concat();
                                Theory::new(self, &facts)
                                    .same(&these.out[key.0], &those.out[other.0])
                            })
                    })
            }
            (
                Kind::Set { has: one, all: each, left: a, right: b },
                Kind::Set { has: two, all: every, left: c, right: d },
            ) => {
                (one, each) == (two, every)
                    && self.same_columns(a, c, around)?
                    && self.same_sums(b, d, around)?
            }
            _ => false,
        })
    }

    fn all_same(&mut self, these: &[Sum], those: &[Sum], around: &[Term]) -> Fit<bool> {
        for (one, two) in these.iter().zip(those) {
            if !self.same_sums(one, two, around)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether sums whose rows are paired have the same rows, whatever they give of them.
    fn same_rows(&mut self, one: &Sum, two: &Sum, around: &[Term]) -> Fit<bool> {
        self.same_by_pairs(one, two, around, Outputs::Not)
    }

    /// Whether sums whose rows are paired have the same rows and give the same of them: in another pairing an output
    /// might be that of another row.
    fn same_columns(&mut self, one: &Sum, two: &Sum, around: &[Term]) -> Fit<bool> {
        let width = |sum: &Sum| sum.first().map(|block| block.out.len());
        Ok(width(one) == width(two) && self.same_by_pairs(one, two, around, Outputs::InOrder)?)
    }

    fn same_by_pairs(
        &mut self,
        one: &Sum,
        two: &Sum,
        around: &[Term],
        outputs: Outputs,
    ) -> Fit<bool> {
        if one.len() != two.len() {
            return Ok(false);
        }
        for (one, two) in one.iter().zip(two) {
            if !self.alike(one, two, around, outputs)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether groups are told apart alike: a key that others decide tells nothing more.
    fn same_keys(&self, sum: &Sum, one: &[Column], two: &[Column], around: &[Term]) -> bool {
        let theories: Vec<Theory<'_, '_>> =
            sum.iter().map(|block| Theory::new(self, &[around, &block.facts].concat())).collect();
        let same = |one: &Column, two: &Column| {
            theories
                .iter()
                .zip(one.iter().zip(two))
                .all(|(theory, (one, two))| theory.same(one, two))
        };
        let told = |key: &Column, by: &[Column]| {
            if by.iter().any(|it| same(it, key)) {
                return true;
            }
            // What is positional is decided by position, so only rows of tables are asked for here.
            let [block] = sum.as_slice() else { return false };
            let given: Vec<Term> = by.iter().map(|it| it[0].clone()).collect();
            let plain = block.atoms.iter().all(|(_, kind)| matches!(kind, Kind::Table(_)));
            plain && value_decided(self, block, &given, &key[0])
        };
        one.iter().all(|it| told(it, two)) && two.iter().all(|it| told(it, one))
    }
}

/// A value that a row has of others, as is said of those.
fn spoken(term: &Term, theories: &BTreeMap<Var, Vec<Theory<'_, '_>>>) -> Option<Term> {
    let of = |var: Var, column: &Column| -> Option<Column> {
        let known = theories.get(&var).filter(|known| known.len() == column.len())?;
        let inner = column.iter().map(|it| it.map(&mut |it| spoken(it, theories)));
        Some(inner.zip(known).map(|(it, theory)| theory.speaker(&it)).collect())
    };
    match term {
        Term::Of(var, column) => Some(Term::Of(*var, of(*var, column)?)),
        Term::Measure(it) => {
            let mut new = it.clone();
            new.args = it.args.iter().map(|column| of(it.of, column)).collect::<Option<_>>()?;
            new.filter = match &it.filter {
                Some(column) => Some(of(it.of, column)?),
                None => None,
            };
            let key = |key: &(Column, bool, bool)| Some((of(it.of, &key.0)?, key.1, key.2));
            new.order = it.order.iter().map(key).collect::<Option<_>>()?;
            Some(Term::Measure(new))
        }
        _ => None,
    }
}

/// What rows of atoms satisfy because of what they are made of.
fn consequences(block: &Block) -> Vec<Term> {
    let mut all = Vec::new();
    for (var, kind) in &block.atoms {
        let (inner, keys) = match kind {
            Kind::Group { sum, keys, scalar: false, .. } => (sum, Some(*keys)),
            Kind::Rows(sum) | Kind::Limit { sum, .. } => (sum, None),
            _ => continue,
        };
        let [inner] = inner.as_slice() else { continue };
        let mut bound = BTreeSet::new();
        gather(inner, &mut bound);
        for fact in inner.facts.iter().filter(|it| !holds_sum(it)) {
            let mut all_said = true;
            let said = fact.map(&mut |it| {
                let key = keys.is_none_or(|keys| inner.out[..keys].contains(it));
                let inside = it.owner().is_some_and(|var| bound.contains(&var));
                if key && (inside || keys.is_some()) {
                    return Some(Term::Of(*var, vec![it.clone()]));
                }
                all_said &= !inside;
                None
            });
            if all_said {
                all.push(said);
            }
        }
    }
    all
}

fn holds_sum(term: &Term) -> bool {
    term.any(&|it| matches!(it, Term::Exists(_) | Term::In(..) | Term::One(_)))
}

/// Queries in the facts and outputs of a block, outermost.
fn queries(block: &Block, found: &mut Vec<Term>) {
    for term in block.facts.iter().chain(&block.out) {
        term.map(&mut |it| {
            let query = matches!(it, Term::Exists(_) | Term::In(..) | Term::One(_));
            query.then(|| {
                found.push(it.clone());
                it.clone()
            })
        });
    }
}

/// Both with columns by what they are.
pub(crate) fn ready(sum: &Sum) -> Sum {
    mapped(&crate::expose::exposed(sum), &mut |_| None)
}
