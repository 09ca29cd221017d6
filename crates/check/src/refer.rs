//! Laws of references: the row that columns point to is there where none of them is NULL.
#![expect(clippy::unnecessary_wraps, reason = "laws are of one type")]

use std::collections::BTreeSet;

use plumb_ir::{Field, Symbol};

use crate::{
    lower::{Fit, Kernel, Origin},
    term::{Block, Kind, Sum, Term, Var, call},
    theory::Theory,
    tidy::Mode,
};

/// A row of a table, by what points to it.
struct Pointed {
    /// Each column of the row that is pointed to, and what points.
    pairs: Vec<(Term, Term)>,
}

impl Pointed {
    /// What must hold for the row to be there.
    fn filled(&self) -> Vec<Term> {
        let filled =
            |(_, from): &(Term, Term)| call("not", vec![call("is-null", vec![from.clone()])]);
        self.pairs.iter().map(filled).collect()
    }

    /// A fact with what points in the place of what is pointed to; none if that is all that it says.
    fn said(&self, kernel: &Kernel<'_>, fact: &Term) -> Option<Term> {
        let points =
            |one: &Term, two: &Term| self.pairs.iter().any(|(to, from)| to == one && from == two);
        if let Some(("eq", [one, two])) = fact.as_call()
            && (points(one, two) || points(two, one))
        {
            return None;
        }
        let fact = self.put(kernel, fact);
        if let Some(("all-equal", all)) = fact.as_call() {
            let mut all = all.to_vec();
            all.sort();
            all.dedup();
            return (all.len() > 1).then(|| call("all-equal", all));
        }
        Some(fact)
    }

    fn put(&self, kernel: &Kernel<'_>, term: &Term) -> Term {
        term.map(&mut |it| {
            let pair = self.pairs.iter().find(|(to, _)| to == it);
            pair.filter(|(to, from)| kernel.equal_is_same(to, from)).map(|it| it.1.clone())
        })
    }
}

impl Kernel<'_> {
    /// What is asked for by its reference is there, if the reference is not NULL.
    pub(crate) fn referred(&mut self, block: &Block, _: Mode) -> Fit<Option<Sum>> {
        for (at, fact) in block.facts.iter().enumerate() {
            let Term::Exists(sum) = fact else { continue };
            let Some(pointed) = self.pointed_alone(sum) else { continue };
            let mut new = block.clone();
            new.facts.remove(at);
            new.facts.extend(pointed.filled());
            return Ok(Some(vec![new]));
        }
        Ok(None)
    }

    /// A left join by a reference that is not NULL always has its match.
    pub(crate) fn sure_match(&mut self, block: &Block, _: Mode) -> Fit<Option<Sum>> {
        for (at, (_, kind)) in block.atoms.iter().enumerate() {
            let Kind::Maybe(sum) = kind else { continue };
            let Some(pointed) = self.pointed_alone(sum) else { continue };
            let theory = Theory::new(self, &block.facts);
            if pointed.filled().iter().all(|it| theory.entails(it)) {
                return self.spliced(block, at, &sum.clone()).map(Some);
            }
        }
        Ok(None)
    }

    /// A row joined by its reference, of which no more is looked at, adds no row and takes none.
    pub(crate) fn joined_by_reference(&mut self, block: &Block, mode: Mode) -> Fit<Option<Sum>> {
        for (at, (var, _)) in block.atoms.iter().enumerate() {
            let Some(pointed) = self.pointed(block, *var) else { continue };
            if mode == Mode::Bag && !self.is_key(*var, &pointed) {
                continue;
            }
            let mut rest = block.clone();
            rest.atoms.remove(at);
            let put = |it: &Term| Some(pointed.put(self, it));
            rest = rest.map(&mut |it| if it.owner().is_some() { put(it) } else { None });
            rest.facts = block.facts.iter().filter_map(|it| pointed.said(self, it)).collect();
            if rest.looks_at(*var) {
                continue;
            }
            rest.facts.extend(pointed.filled());
            return Ok(Some(vec![rest]));
        }
        Ok(None)
    }

    /// The only row of a sum, if nothing is asked of it but what points to it.
    fn pointed_alone(&self, sum: &Sum) -> Option<Pointed> {
        let [inner] = sum.as_slice() else { return None };
        let [(var, _)] = inner.atoms.as_slice() else { return None };
        let pointed = self.pointed(inner, *var)?;
        inner.facts.iter().all(|it| pointed.said(self, it).is_none()).then_some(pointed)
    }

    /// What points to a row: all columns of a reference of one row to its table.
    fn pointed(&self, block: &Block, var: Var) -> Option<Pointed> {
        let table = self.table_of(var)?;
        if !block.atoms.contains(&(var, Kind::Table(table))) {
            return None;
        }
        let mut sources = BTreeSet::new();
        for fact in &block.facts {
            fact.map(&mut |it| {
                sources.extend(it.owner().filter(|it| *it != var));
                None
            });
        }
        let theory = Theory::new(self, &block.facts);
        let equal = |to: &Term, from: &Term| {
            let said = |it: &Term| match it.as_call() {
                Some(("eq", [one, two])) => (one, two) == (to, from) || (two, one) == (to, from),
                _ => false,
            };
            theory.same(to, from) || block.facts.iter().any(said)
        };
        sources.into_iter().find_map(|source| {
            let claims = self.claims.tables.get(self.arena.name(self.table_of(source)?))?;
            let own = claims.references.iter().filter(|it| it.table == self.arena.name(table));
            own.into_iter().find_map(|reference| {
                let pair = |(from, to): (&String, &String)| {
                    let column = |var, name: &str| {
                        Some(Term::Column(var, Field::Named(self.arena.find_symbol(name)?)))
                    };
                    let (to, from) = (column(var, to)?, column(source, from)?);
                    equal(&to, &from).then_some((to, from))
                };
                let pairs = reference.columns.iter().zip(&reference.to).map(pair);
                Some(Pointed { pairs: pairs.collect::<Option<_>>()? })
            })
        })
    }

    fn table_of(&self, var: Var) -> Option<Symbol> {
        match self.origins.get(&var) {
            Some(Origin::Table(table)) => Some(*table),
            _ => None,
        }
    }

    /// Whether what is pointed to is a key of the row.
    fn is_key(&self, var: Var, pointed: &Pointed) -> bool {
        let table = self.table_of(var).and_then(|it| self.claims.tables.get(self.arena.name(it)));
        let Some(table) = table else { return false };
        let named = |name: &String| {
            let name = self.arena.find_symbol(name).map(Field::Named);
            name.is_some_and(|it| pointed.pairs.iter().any(|(to, _)| *to == Term::Column(var, it)))
        };
        table.keys.iter().any(|key| key.iter().all(named))
    }
}
