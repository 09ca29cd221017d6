//! Laws of totals taken apart: each call is a total of its own, over the rows that it looks at.

use plumb_ir::{Field, function};

use crate::{
    group::moved,
    lower::{Fit, Kernel},
    pair::ready,
    term::{Block, Call, Kind, NULL, Sum, Term, Var, call},
    theory::Theory,
    tidy::{Mode, put},
};

impl Kernel<'_> {
    /// A total of several calls is a total for each: every one is a row, whatever there is.
    pub(crate) fn each_total(&mut self, block: &Block, _: Mode) -> Fit<Option<Sum>> {
        for (at, (var, kind)) in block.atoms.iter().enumerate() {
            let Some((sum, calls)) = total(kind).filter(|(_, calls)| calls.len() > 1) else {
                continue;
            };
            let starred = |inner: &Block| inner.out.iter().any(|it| matches!(it, Term::Star(..)));
            if sum.is_empty() || sum.iter().any(|it| starred(it) || by_chance(it)) {
                continue;
            }
            let (mut totals, mut columns) = (Vec::new(), Vec::new());
            for call in calls {
                let (rows, call) = self.alone(sum, call);
                let total = self.total(rows, vec![call])?;
                columns.push(Term::Column(total.0, Field::At(0)));
                totals.push(total);
            }
            let mut new = put(block, *var, &columns)?;
            new.atoms.splice(at..=at, totals);
            return Ok(Some(vec![new]));
        }
        Ok(None)
    }

    /// The rows of one call, with no more than what it looks at.
    fn alone(&mut self, sum: &Sum, call: &Call) -> (Sum, Call) {
        let order = call.order.iter().map(|key| key.0);
        let mut looked: Vec<usize> = call.args.iter().copied().chain(call.filter).collect();
        looked.extend(order);
        looked.sort_unstable();
        looked.dedup();
        let rows = sum.iter().map(|inner| {
            let out = looked.iter().map(|at| inner.out[*at].clone()).collect();
            self.renamed(&Block { out, ..inner.clone() })
        });
        let place = |old: usize| looked.binary_search(&old).unwrap_or(old);
        (rows.collect(), moved(call, &place))
    }

    /// A call that passes over NULL has a total of the rows with a value; what counts values counts rows then.
    pub(crate) fn rows_with_values(&mut self, block: &Block, _: Mode) -> Fit<Option<Sum>> {
        for (at, (var, kind)) in block.atoms.iter().enumerate() {
            let Some((sum, [only])) = total(kind) else { continue };
            let ([arg], None) = (only.args.as_slice(), only.filter) else { continue };
            let columns = sum.iter().all(|inner| matches!(inner.out[*arg], Term::Column(..)));
            if sum.is_empty() || !columns || !passes_over_null(only) {
                continue;
            }
            let (mut rows, mut only, mut more) = (sum.clone(), only.clone(), false);
            for inner in &mut rows {
                let value = &inner.out[*arg];
                if !Theory::new(self, &inner.facts).never_null(value) {
                    inner.facts.push(call("not", vec![call("is-null", vec![value.clone()])]));
                    more = true;
                }
            }
            if &*only.function == "count" && !only.distinct {
                only.args.clear();
            } else if !more {
                continue;
            }
            let new = self.total(rows, vec![only])?;
            let mut done = put(block, *var, &[Term::Column(new.0, Field::At(0))])?;
            done.atoms[at] = new;
            return Ok(Some(vec![done]));
        }
        Ok(None)
    }

    /// Two totals of the same rows are one.
    pub(crate) fn total_twice(&mut self, block: &Block, _: Mode) -> Fit<Option<Sum>> {
        let totals: Vec<(usize, Var, &Sum, &Call)> = block
            .atoms
            .iter()
            .enumerate()
            .filter_map(|(at, (var, kind))| match total(kind)? {
                (sum, [only]) => Some((at, *var, sum, only)),
                _ => None,
            })
            .collect();
        for (place, (_, first, sum, one)) in totals.iter().enumerate() {
            for (at, second, other, two) in &totals[place + 1..] {
                let apart = !block.atoms.iter().any(|(_, kind)| kind.looks_at(*second));
                let alike = one == two && !sum.iter().chain(*other).any(by_chance);
                if apart && alike && self.same_sums(&ready(sum), &ready(other), &[])? {
                    let mut new = put(block, *second, &[Term::Column(*first, Field::At(0))])?;
                    new.atoms.remove(*at);
                    return Ok(Some(vec![new]));
                }
            }
        }
        Ok(None)
    }
}

/// The rows and the calls of a row that is always there, if all calls make the same of the same rows.
fn total(kind: &Kind) -> Option<(&Sum, &[Call])> {
    let steady = |call: &Call| function(&call.function).is_some_and(|it| !it.ordered);
    match kind {
        Kind::Group { sum, keys: 0, calls, scalar: true } if calls.iter().all(steady) => {
            Some((sum, calls))
        }
        _ => None,
    }
}

fn passes_over_null(call: &Call) -> bool {
    let measure = function(&call.function).and_then(|it| it.measure);
    measure.is_some_and(|it| it.ignores_nulls)
}

/// Whether it may be other rows when it is asked for again: the first rows of several, or what nobody has read.
fn by_chance(block: &Block) -> bool {
    let chosen = |kind: &Kind| {
        matches!(kind, Kind::Limit { .. } | Kind::Rows(_) | Kind::Opaque(..) | Kind::Function(..))
            || kind.sums().into_iter().flatten().any(by_chance)
    };
    let mut found = block.atoms.iter().any(|(_, kind)| chosen(kind));
    block.map(&mut |it| {
        if let Term::Exists(sum) | Term::In(_, sum) | Term::One(sum) = it {
            found |= sum.iter().any(by_chance);
        }
        found.then_some(NULL)
    });
    found
}
