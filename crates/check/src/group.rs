//! Laws of groups.

use std::rc::Rc;

use plumb_ir::{Field, Literal, function};

use crate::{
    keys::{decided, value_decided},
    lower::{Fit, Kernel, Missing, Origin},
    term::{Block, Call, Kind, Measure, NULL, Sum, Term, Var, call},
    tidy::{Mode, put},
};

/// A group as it stands in a block.
struct Group {
    at: usize,
    var: Var,
    sum: Sum,
    keys: usize,
    calls: Vec<Call>,
    scalar: bool,
}

/// What a law makes of a block with a grouping, if it has something to say.
type GroupLaw<K> = fn(&mut K, &Block, &Group, Mode) -> Fit<Option<Sum>>;

impl Kernel<'_> {
    pub(crate) fn group(&mut self, block: &Block, mode: Mode) -> Fit<Option<Sum>> {
        for (at, (var, kind)) in block.atoms.iter().enumerate() {
            let Kind::Group { sum, keys, calls, scalar } = kind else { continue };
            let group = Group {
                at,
                var: *var,
                sum: sum.clone(),
                keys: *keys,
                calls: calls.clone(),
                scalar: *scalar,
            };
            let laws: [GroupLaw<Self>; 9] = [
                Self::unused_calls,
                Self::values_by_condition,
                Self::one_condition,
                Self::rows_once,
                Self::constant_keys,
                Self::one_value,
                Self::one_row_each,
                Self::groups_of_groups,
                Self::distinct_values,
            ];
            for law in laws {
                if let Some(sum) = law(self, block, &group, mode)? {
                    return Ok(Some(sum));
                }
            }
        }
        Ok(None)
    }

    /// What nobody looks at is not measured.
    fn unused_calls(&mut self, block: &Block, group: &Group, _: Mode) -> Fit<Option<Sum>> {
        let looked = |at: usize| {
            let field = Field::At(number(group.keys + at));
            let is = |it: &Term| matches!(it, Term::Column(var, of) if *var == group.var && *of == field);
            let mut found = false;
            block.map(&mut |it| {
                found |= is(it);
                found.then_some(NULL)
            });
            found
        };
        let used: Vec<usize> = (0..group.calls.len()).filter(|at| looked(*at)).collect();
        if used.len() == group.calls.len() {
            return Ok(None);
        }
        let calls: Vec<Call> = used.iter().map(|at| group.calls[*at].clone()).collect();
        let place = |at: usize| {
            let new = used.iter().position(|it| *it == at)?;
            Some(Place::Column(group.keys + new))
        };
        let places = (0..group.keys).map(|at| Some(Place::Column(at)));
        let places = places.chain((0..group.calls.len()).map(place)).collect();
        let sum = group.sum.clone();
        self.regrouped(block, group, (sum, group.keys, calls), places).map(Some)
    }

    /// Where it does not matter how often a row is there, rows need not be told apart before.
    fn rows_once(&mut self, block: &Block, group: &Group, mode: Mode) -> Fit<Option<Sum>> {
        if mode == Mode::Bag || group.scalar || !group.calls.is_empty() {
            return Ok(None);
        }
        self.spliced(block, group.at, &group.sum).map(Some)
    }

    /// A value where a condition is true, and else NULL, for a call that passes over NULL, is a condition of the call.
    fn values_by_condition(&mut self, block: &Block, group: &Group, _: Mode) -> Fit<Option<Sum>> {
        let by_condition = |inner: &Block, at: usize| match &inner.out[at] {
            Term::Case(branches, last) => match branches.as_slice() {
                [(when, then)] if **last == NULL => Some((when.clone(), then.clone())),
                _ => None,
            },
            _ => None,
        };
        for (place, call) in group.calls.iter().enumerate() {
            let ([at], None) = (call.args.as_slice(), call.filter) else { continue };
            let passes = function(&call.function)
                .filter(|it| !it.ordered)
                .and_then(|it| it.measure)
                .is_some_and(|it| it.ignores_nulls);
            let parts = group.sum.iter().map(|inner| by_condition(inner, *at));
            let Some(parts) = parts.collect::<Option<Vec<_>>>().filter(|_| passes) else {
                continue;
            };
            let mut sum = group.sum.clone();
            for (inner, (when, then)) in sum.iter_mut().zip(parts) {
                inner.out.extend([then, when]);
            }
            let Some(width) = sum.first().map(|inner| inner.out.len()) else { continue };
            let mut calls = group.calls.clone();
            calls[place].args = vec![width - 2];
            calls[place].filter = Some(width - 1);
            let places = (0..group.keys + calls.len()).map(|at| Some(Place::Column(at))).collect();
            return self.regrouped(block, group, (sum, group.keys, calls), places).map(Some);
        }
        Ok(None)
    }

    /// A condition of all calls of a total is one of its rows: there is a total of no rows, too.
    fn one_condition(&mut self, block: &Block, group: &Group, _: Mode) -> Fit<Option<Sum>> {
        let Some(Some(first)) = group.calls.first().map(|call| call.filter) else {
            return Ok(None);
        };
        let shared = |call: &Call| {
            call.filter
                .is_some_and(|at| group.sum.iter().all(|inner| inner.out[at] == inner.out[first]))
        };
        if !group.scalar || group.keys > 0 || !group.calls.iter().all(shared) {
            return Ok(None);
        }
        let mut sum = group.sum.clone();
        for inner in &mut sum {
            inner.facts.push(inner.out[first].clone());
        }
        let mut calls = group.calls.clone();
        for call in &mut calls {
            call.filter = None;
        }
        let places = (0..calls.len()).map(|at| Some(Place::Column(at))).collect();
        self.regrouped(block, group, (sum, 0, calls), places).map(Some)
    }

    /// A key that is one constant tells nothing apart.
    fn constant_keys(&mut self, block: &Block, group: &Group, _: Mode) -> Fit<Option<Sum>> {
        let Some(first) = group.sum.first().filter(|_| !group.scalar) else { return Ok(None) };
        let constant = |at: &usize| {
            first.out[*at].as_literal().is_some()
                && group.sum.iter().all(|it| it.out[*at] == first.out[*at])
        };
        let Some(at) = (0..group.keys).find(constant) else { return Ok(None) };
        let width = group.keys + group.calls.len();
        let place = |old: usize| match old.cmp(&at) {
            std::cmp::Ordering::Less => Some(Place::Column(old)),
            std::cmp::Ordering::Equal => Some(Place::Term(first.out[at].clone())),
            std::cmp::Ordering::Greater => Some(Place::Column(old - 1)),
        };
        let mut sum = group.sum.clone();
        for inner in &mut sum {
            inner.out.remove(at);
        }
        let calls = group.calls.iter().map(|call| moved(call, &|it| it - 1)).collect();
        let places = (0..width).map(place).collect();
        self.regrouped(block, group, (sum, group.keys - 1, calls), places).map(Some)
    }

    /// The least, the greatest, any of values that are one in each group are a key.
    fn one_value(&mut self, block: &Block, group: &Group, _: Mode) -> Fit<Option<Sum>> {
        let [inner] = group.sum.as_slice() else { return Ok(None) };
        if group.scalar {
            return Ok(None);
        }
        let keys = &inner.out[..group.keys];
        let one = |call: &Call| {
            let plain = call.filter.is_none() && call.args.len() == 1;
            let name = matches!(&*call.function, "only-value" | "min" | "max" | "any-value");
            plain && name && value_decided(self, inner, keys, &inner.out[call.args[0]])
        };
        let Some(at) = group.calls.iter().position(one) else { return Ok(None) };
        let value = inner.out[group.calls[at].args[0]].clone();
        let mut sum = group.sum.clone();
        sum[0].out.insert(group.keys, value);
        let mut calls: Vec<Call> =
            group.calls.iter().map(|call| moved(call, &|it| it + 1)).collect();
        calls.remove(at);
        let place = |old: usize| {
            let call = old.checked_sub(group.keys);
            Some(Place::Column(match call {
                None => old,
                Some(call) if call == at => group.keys,
                Some(call) if call < at => old + 1,
                Some(_) => old,
            }))
        };
        let places = (0..group.keys + group.calls.len()).map(place).collect();
        self.regrouped(block, group, (sum, group.keys + 1, calls), places).map(Some)
    }

    /// Groups of one row are rows.
    fn one_row_each(&mut self, block: &Block, group: &Group, _: Mode) -> Fit<Option<Sum>> {
        let [inner] = group.sum.as_slice() else { return Ok(None) };
        if group.scalar || !decided(self, inner, &[], &inner.out[..group.keys]) {
            return Ok(None);
        }
        let mut out = inner.out[..group.keys].to_vec();
        for call in &group.calls {
            let Some(value) = of_one_row(call, &inner.out) else { return Ok(None) };
            out.push(value);
        }
        let inner = Block { out, ..inner.clone() };
        self.spliced(block, group.at, &vec![inner]).map(Some)
    }

    /// A grouping of groups is a coarser grouping.
    fn groups_of_groups(&mut self, block: &Block, group: &Group, _: Mode) -> Fit<Option<Sum>> {
        let [inner] = group.sum.as_slice() else { return Ok(None) };
        let ([(var, Kind::Group { sum, keys, calls, scalar: false })], []) =
            (inner.atoms.as_slice(), inner.facts.as_slice())
        else {
            return Ok(None);
        };
        // Only keys of the finer groups, or one measure.
        let of_keys = |term: &Term| {
            !term.any(&|it| match it {
                Term::Column(of, Field::At(at)) if of == var => *at as usize >= *keys,
                Term::Star(of, _) => of == var,
                Term::Exists(_) | Term::In(..) | Term::One(_) => true,
                _ => false,
            })
        };
        if !inner.out[..group.keys].iter().all(of_keys) {
            return Ok(None);
        }
        let mut rows = sum.clone();
        for row in &mut rows {
            let own = put(
                &Block { out: inner.out.clone(), ..Block::default() },
                *var,
                &padded(row, *keys, calls.len()),
            )?;
            let keys: Vec<Term> = own.out[..group.keys].to_vec();
            // Keys first, then what the finer calls look at, then keys that the coarser calls look at.
            row.out = [keys, row.out.clone(), own.out].concat();
        }
        let shift = group.keys;
        let behind = shift + sum.first().map_or(0, |row| row.out.len());
        let mut new = Vec::new();
        for call in &group.calls {
            let [at] = call.args.as_slice() else { return Ok(None) };
            if call.filter.is_some() || !call.order.is_empty() {
                return Ok(None);
            }
            if of_keys(&inner.out[*at]) && counts_once(call) {
                new.push(moved(call, &|it| it + behind));
                continue;
            }
            let Term::Column(of, Field::At(measure)) = &inner.out[*at] else { return Ok(None) };
            let Some(finer) = (*measure as usize).checked_sub(*keys).and_then(|it| calls.get(it))
            else {
                return Ok(None);
            };
            let plain = of == var && !call.distinct && !finer.distinct;
            let up = match (&*call.function, &*finer.function) {
                ("sum", "sum") => plain,
                // For no groups a sum is NULL, and a count is not.
                ("sum", "count") => plain && !group.scalar,
                ("min", "min") | ("max", "max") => of == var,
                _ => false,
            };
            if !up {
                return Ok(None);
            }
            new.push(moved(finer, &|it| it + shift));
        }
        let places =
            (0..group.keys + group.calls.len()).map(|at| Some(Place::Column(at))).collect();
        self.regrouped(block, group, (rows, group.keys, new), places).map(Some)
    }

    /// Calls over distinct values of one kind are calls over the groups that those values make.
    fn distinct_values(&mut self, block: &Block, group: &Group, _: Mode) -> Fit<Option<Sum>> {
        let one = |call: &Call| {
            let alike = |inner: &Block| {
                let value = |call: &Call| inner.out[call.args[0]].clone();
                value(call) == value(&group.calls[0])
            };
            call.distinct
                && call.args.len() == 1
                && call.filter.is_none()
                && call.order.is_empty()
                && group.sum.iter().all(alike)
        };
        if group.calls.is_empty() || !group.calls.iter().all(one) {
            return Ok(None);
        }
        let at = group.calls[0].args[0];
        let mut rows = group.sum.clone();
        for row in &mut rows {
            let value = row.out[at].clone();
            row.out.truncate(group.keys);
            row.out.push(value);
        }
        let keys = group.keys + 1;
        let rows = self.tidy(rows, Mode::Set)?;
        let distinct = self.derived_group(rows, keys);
        let calls = group.calls.iter().map(|call| Call {
            args: vec![group.keys],
            distinct: false,
            ..call.clone()
        });
        let calls: Vec<Call> = calls.collect();
        let places =
            (0..group.keys + group.calls.len()).map(|at| Some(Place::Column(at))).collect();
        self.regrouped(block, group, (distinct, group.keys, calls), places).map(Some)
    }

    /// Each distinct row once.
    fn derived_group(&mut self, sum: Sum, keys: usize) -> Sum {
        if sum.is_empty() {
            return sum;
        }
        let (var, out) = self.row_of(&sum, Missing::Never);
        let kind = Kind::Group { sum, keys, calls: Vec::new(), scalar: false };
        vec![Block { atoms: vec![(var, kind)], facts: Vec::new(), out }]
    }

    /// A block with another group in the place of one; `places` says where its columns went.
    fn regrouped(
        &mut self,
        block: &Block,
        group: &Group,
        (mut sum, keys, calls): (Sum, usize, Vec<Call>),
        places: Vec<Option<Place>>,
    ) -> Fit<Sum> {
        let mut types = Vec::new();
        for at in 0..keys {
            let term = sum.first().map_or(NULL, |it| it.out[at].clone());
            let filled = sum.iter().all(|it| self.never_null(&it.out[at]));
            let one = sum.iter().all(|it| self.type_of(&it.out[at]) == self.type_of(&term));
            let kind = if one { self.type_of(&term) } else { plumb_ir::Type::Unknown };
            types.push((kind, filled));
        }
        let out = sum.first().map_or_else(Vec::new, |it| it.out.clone());
        for call in &calls {
            types.push(if out.is_empty() && !call.args.is_empty() {
                (plumb_ir::Type::Unknown, false)
            } else {
                self.measured(call, &out)
            });
        }
        let mode = if calls.iter().all(counts_once) { Mode::Set } else { Mode::Bag };
        sum = self.tidy(sum, mode)?;
        let new = self.fresh(Origin::Columns(types));
        let columns: Vec<Term> = places
            .into_iter()
            .map(|place| match place {
                Some(Place::Column(at)) => Term::Column(new, Field::At(number(at))),
                Some(Place::Term(term)) => term,
                None => NULL,
            })
            .collect();
        let mut done = put(block, group.var, &columns)?;
        done.atoms[group.at] = (new, Kind::Group { sum, keys, calls, scalar: group.scalar });
        Ok(vec![done])
    }
}

/// Where a column of a group went.
enum Place {
    Column(usize),
    Term(Term),
}

fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

pub(crate) fn moved(call: &Call, by: &dyn Fn(usize) -> usize) -> Call {
    Call {
        args: call.args.iter().map(|at| by(*at)).collect(),
        filter: call.filter.map(by),
        order: call.order.iter().map(|key| (by(key.0), key.1, key.2)).collect(),
        ..call.clone()
    }
}

/// The keys of finer groups, and nothing for their measures, which are seen to apart.
fn padded(row: &Block, keys: usize, calls: usize) -> Vec<Term> {
    let mut out = row.out[..keys].to_vec();
    out.extend(std::iter::repeat_n(NULL, calls));
    out
}

/// Whether a call makes the same of a row that is there once or several times.
pub(crate) fn counts_once(call: &Call) -> bool {
    function(&call.function)
        .filter(|it| !it.ordered)
        .is_some_and(|it| call.distinct || it.measure.is_some_and(|it| it.duplicate_insensitive))
}

/// What a call gives for one row.
fn of_one_row(call_of: &Call, out: &[Term]) -> Option<Term> {
    let filter = call_of.filter.map(|at| out[at].clone());
    let args: Vec<Term> = call_of.args.iter().map(|at| out[*at].clone()).collect();
    match (&*call_of.function, args.as_slice()) {
        ("count", args) => {
            let value = |it: &Term| call("not", vec![call("is-null", vec![it.clone()])]);
            let conditions: Vec<Term> = filter.into_iter().chain(args.iter().map(value)).collect();
            let number = |it: i128| Term::Literal(Literal::Integer(it));
            if conditions.is_empty() {
                return Some(number(1));
            }
            let when = match conditions.as_slice() {
                [one] => one.clone(),
                _ => call("and", conditions),
            };
            Some(Term::Case(vec![(when, number(1))], Box::new(number(0))))
        }
        ("sum" | "min" | "max" | "any-value" | "single-value" | "only-value", [value]) => {
            Some(match filter {
                None => value.clone(),
                Some(when) => Term::Case(vec![(when, value.clone())], Box::new(NULL)),
            })
        }
        _ => None,
    }
}

/// A call over the rows of a group.
pub(crate) fn measure(of: Var, call: &Call, sum: &Sum) -> Measure {
    let column = |at: usize| -> Vec<Term> { sum.iter().map(|it| it.out[at].clone()).collect() };
    Measure {
        of,
        function: Rc::clone(&call.function),
        args: call.args.iter().map(|at| column(*at)).collect(),
        distinct: call.distinct,
        filter: call.filter.map(column),
        order: call.order.iter().map(|key| (column(key.0), key.1, key.2)).collect(),
    }
}

/// Rows for which a condition is true are counted: a count of rows, by condition.
pub(crate) fn counted(call_of: Call, out: &mut Vec<Term>) -> Call {
    let ("count-if", [when], false) =
        (&*call_of.function, call_of.args.as_slice(), call_of.distinct)
    else {
        return call_of;
    };
    let when = match call_of.filter {
        None => *when,
        Some(filter) => {
            out.push(call("and", vec![out[filter].clone(), out[*when].clone()]));
            out.len() - 1
        }
    };
    Call { function: Rc::from("count"), args: Vec::new(), filter: Some(when), ..call_of }
}
