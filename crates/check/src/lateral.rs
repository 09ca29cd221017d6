//! Laws of totals: a window over a whole partition, a group whose keys are known and a query of one value are each
//! a total of rows that look at the row they are beside.
#![expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "laws are of one type")]

use plumb_ir::{Field, Literal, function};

use crate::{
    group::counts_once,
    keys::decided,
    lower::{Fit, Kernel, Missing, Origin},
    term::{Block, Call, End, Kind, Sum, Term, Var, Window, call},
    tidy::{Mode, exists, put},
};

impl Kernel<'_> {
    /// Windows over whole partitions are totals of the rows that are not distinct from this one in what parts them.
    pub(crate) fn whole_windows(&mut self, block: &Block, _: Mode) -> Fit<Option<Sum>> {
        for (at, (_, kind)) in block.atoms.iter().enumerate() {
            let Kind::Rows(sum) = kind else { continue };
            let [inner] = sum.as_slice() else { continue };
            let mut windows = Vec::new();
            for out in &inner.out {
                out.map(&mut |it| {
                    windows.extend(if let Term::Window(it) = it { Some(it.clone()) } else { None });
                    None
                });
            }
            if windows.is_empty() || !windows.iter().all(|it| whole(it)) {
                continue;
            }
            windows.sort();
            windows.dedup();
            let mut new = inner.clone();
            for window in windows {
                let total = self.windowed(inner, &window)?;
                let column = Term::Column(total.0, Field::At(0));
                let is = Term::Window(window);
                new = new.map(&mut |it| (*it == is).then(|| column.clone()));
                new.atoms.push(total);
            }
            return self.spliced(block, at, &vec![new]).map(Some);
        }
        Ok(None)
    }

    fn windowed(&mut self, inner: &Block, window: &Window) -> Fit<(Var, Kind)> {
        let out = window.args.iter().chain(&window.partition).cloned().collect();
        let mut rows = self.renamed(&Block { out, ..inner.clone() });
        let parts = rows.out.split_off(window.args.len());
        for (one, two) in parts.into_iter().zip(&window.partition) {
            rows.facts.push(call("is-not-distinct", vec![one, two.clone()]));
        }
        let call = Call {
            function: window.function.clone(),
            args: (0..window.args.len()).collect(),
            distinct: window.distinct,
            filter: None,
            order: Vec::new(),
        };
        self.total(vec![rows], vec![call])
    }

    /// One row of calls over rows.
    pub(crate) fn total(&mut self, sum: Sum, calls: Vec<Call>) -> Fit<(Var, Kind)> {
        let out = sum.first().map_or_else(Vec::new, |it| it.out.clone());
        let types = calls.iter().map(|call| self.measured(call, &out)).collect();
        let mode = if calls.iter().all(counts_once) { Mode::Set } else { Mode::Bag };
        let sum = self.tidy(sum, mode)?;
        let var = self.fresh(Origin::Columns(types));
        Ok((var, Kind::Group { sum, keys: 0, calls, scalar: true }))
    }

    /// A group whose keys are all said to be values of rows beside it is there if such rows are, and is their total.
    pub(crate) fn known_group(&mut self, block: &Block, _: Mode) -> Fit<Option<Sum>> {
        for (at, (var, kind)) in block.atoms.iter().enumerate() {
            let Kind::Group { sum, keys, calls, scalar: false } = kind else { continue };
            // What looks at the group must not be what its keys are looked up by.
            if *keys == 0 || block.atoms.iter().any(|(_, kind)| kind.looks_at(*var)) {
                continue;
            }
            let said: Option<Vec<Said>> = (0..*keys).map(|key| said(block, *var, key)).collect();
            // Two groups may be equal to one value where something is converted.
            let known = |it: &Said| self.equal_is_same(&it.column, &it.value);
            let Some(said) = said.filter(|all| all.iter().all(known)) else { continue };
            let mut rest = block.clone();
            rest.atoms.remove(at);
            rest.facts = (0..)
                .zip(&block.facts)
                .filter(|(at, _)| !said.iter().any(|it| it.fact == *at))
                .map(|(_, fact)| fact.clone())
                .collect();
            let mut rest = rest.map(&mut |it| {
                said.iter().find(|own| own.column == *it).map(|own| own.value.clone())
            });
            let mut rows = sum.clone();
            for row in &mut rows {
                for (key, own) in said.iter().enumerate() {
                    let pair = vec![row.out[key].clone(), own.value.clone()];
                    row.facts.push(call(own.equal, pair));
                }
            }
            let there = rows.iter().map(|it| self.renamed(it)).collect();
            let there = exists(self.tidy(there, Mode::Any)?);
            if !calls.is_empty() {
                let (total, kind) = self.total(rows, calls.clone())?;
                let column = |at: &Term| match at {
                    Term::Column(of, Field::At(at)) if of == var => {
                        let at = at.checked_sub(u32::try_from(*keys).ok()?)?;
                        Some(Term::Column(total, Field::At(at)))
                    }
                    _ => None,
                };
                rest = rest.map(&mut |it| column(it));
                rest.atoms.push((total, kind));
            }
            rest.facts.push(there);
            return Ok(Some(vec![rest]));
        }
        Ok(None)
    }

    /// A total that counts rows is above zero where there is one.
    pub(crate) fn counted_rows(&mut self, block: &Block, _: Mode) -> Fit<Option<Sum>> {
        for (at, fact) in block.facts.iter().enumerate() {
            let Some((column, some)) = counted(fact) else { continue };
            let rows = block.atoms.iter().find_map(|(var, kind)| match (kind, column) {
                (
                    Kind::Group { sum, keys: 0, calls, scalar: true },
                    Term::Column(of, Field::At(at)),
                ) if of == var && calls.get(*at as usize).is_some_and(counts_rows) => {
                    Some(sum.clone())
                }
                _ => None,
            });
            let Some(rows) = rows else { continue };
            let rows = rows.iter().map(|it| self.renamed(it)).collect();
            let there = exists(self.tidy(rows, Mode::Any)?);
            let mut new = block.clone();
            new.facts[at] = if some { there } else { call("not", vec![there]) };
            return Ok(Some(vec![new]));
        }
        Ok(None)
    }

    /// The one value of a query: that of a total, or of the row there is at most.
    pub(crate) fn one_value_of(&mut self, block: &Block, _: Mode) -> Fit<Option<Sum>> {
        let mut found = None;
        for term in block.facts.iter().chain(&block.out) {
            beside(term, &mut |it| {
                if let Term::One(sum) = it
                    && let [inner] = sum.as_slice()
                    && found.is_none()
                    && matches!(inner.out.as_slice(), [out] if !matches!(out, Term::Star(..)))
                    && (only_totals(inner) || decided(self, inner, &block.facts, &[]))
                {
                    found = Some((it.clone(), inner.clone()));
                }
                None
            });
        }
        let Some((query, inner)) = found else { return Ok(None) };
        let mut inner = self.renamed(&inner);
        let mut atoms = Vec::new();
        let value = if only_totals(&inner) {
            atoms.append(&mut inner.atoms);
            inner.out.remove(0)
        } else {
            let sum = vec![inner];
            let (var, mut columns) = self.row_of(&sum, Missing::Perhaps);
            atoms.push((var, Kind::Maybe(sum)));
            columns.remove(0)
        };
        let mut put = |it: &Term| (*it == query).then(|| value.clone());
        let mut new = block.clone();
        new.atoms.extend(atoms);
        new.facts = block.facts.iter().map(|it| beside(it, &mut put)).collect();
        new.out = block.out.iter().map(|it| beside(it, &mut put)).collect();
        Ok(Some(vec![new]))
    }

    /// A match that is one row if conditions hold is that row, NULL where they do not.
    pub(crate) fn match_by_condition(&mut self, block: &Block, _: Mode) -> Fit<Option<Sum>> {
        for (at, (var, kind)) in block.atoms.iter().enumerate() {
            let Kind::Maybe(sum) = kind else { continue };
            let [inner] = sum.as_slice() else { continue };
            let totals = inner.atoms.iter().all(|(_, kind)| is_total(kind));
            let starred = inner.out.iter().any(|it| matches!(it, Term::Star(..)));
            if !totals || starred {
                continue;
            }
            let when = call("and", inner.facts.clone());
            let picked = |it: &Term| {
                Term::Case(vec![(when.clone(), it.clone())], Box::new(crate::term::NULL))
            };
            let out: Vec<Term> = inner.out.iter().map(picked).collect();
            let mut rest = block.clone();
            rest.atoms.remove(at);
            let mut new = put(&rest, *var, &out)?;
            new.atoms.extend(inner.atoms.clone());
            return Ok(Some(vec![new]));
        }
        Ok(None)
    }
}

fn counts_rows(call: &Call) -> bool {
    &*call.function == "count" && call.args.is_empty() && call.filter.is_none()
}

/// What is said to be above zero, or to be zero.
fn counted(fact: &Term) -> Option<(&Term, bool)> {
    let number = |it: &Term, is: i128| *it == Term::Literal(Literal::Integer(is));
    match fact.as_call()? {
        ("le", [one, value]) if number(one, 1) => Some((value, true)),
        ("le", [value, zero]) if number(zero, 0) => Some((value, false)),
        ("eq", [one, two]) if number(one, 0) => Some((two, false)),
        ("eq", [one, two]) if number(two, 0) => Some((one, false)),
        _ => None,
    }
}

/// A key of a group that is said to be a value.
struct Said {
    fact: usize,
    equal: &'static str,
    column: Term,
    value: Term,
}

fn said(block: &Block, var: Var, key: usize) -> Option<Said> {
    let column = Term::Column(var, Field::At(u32::try_from(key).ok()?));
    block.facts.iter().enumerate().find_map(|(fact, it)| {
        let (equal, one, two) = match it.as_call()? {
            ("eq", [one, two]) => ("eq", one, two),
            ("is-not-distinct", [one, two]) => ("is-not-distinct", one, two),
            _ => return None,
        };
        let value = match (*one == column, *two == column) {
            (true, false) => two,
            (false, true) => one,
            _ => return None,
        };
        let apart = !value.looks_at(var) && !value.any(&|it| matches!(it, Term::Either(_)));
        apart.then(|| Said { fact, equal, column: column.clone(), value: value.clone() })
    })
}

/// Whether a window is over all rows of its partition, and the same in whatever order they are.
fn whole(window: &Window) -> bool {
    let frame = match &window.frame {
        None => true,
        Some((_, ends)) => *ends == [End::Edge(-1), End::Edge(1)],
    };
    let call = function(&window.function).filter(|it| !it.ordered);
    frame
        && window.order.is_empty()
        && !window.ignore_nulls
        && call.is_some_and(|it| it.measure.is_some())
}

fn is_total(kind: &Kind) -> bool {
    matches!(kind, Kind::Group { keys: 0, scalar: true, .. })
}

/// Whether a block is one row whatever there is.
fn only_totals(block: &Block) -> bool {
    block.facts.is_empty()
        && !block.atoms.is_empty()
        && block.atoms.iter().all(|(_, kind)| is_total(kind))
}

/// Others in the place of values, as far as they are looked at for the same rows.
fn beside(term: &Term, f: &mut dyn FnMut(&Term) -> Option<Term>) -> Term {
    term.map(&mut |it| {
        f(it).or_else(|| {
            let same = matches!(it, Term::Call(..) | Term::Case(..) | Term::Cast(..));
            (!same).then(|| it.clone())
        })
    })
}
