//! Columns by what they are rather than where they stand, so that their order and number do not matter.

use std::collections::BTreeSet;

use plumb_ir::{Field, Symbol};

use crate::{
    group::measure,
    model::strict,
    term::{Block, Kind, Sum, Term, Var, by_name},
};

pub(crate) fn exposed(sum: &Sum) -> Sum {
    sum.iter().map(block).collect()
}

fn block(block: &Block) -> Block {
    // Atoms come first, from the inside: their outputs are what columns are.
    let mut new = Block { atoms: Vec::new(), ..block.clone() };
    let mut atoms = block.atoms.clone();
    for (_, kind) in &mut atoms {
        for sum in kind.sums_mut() {
            *sum = exposed(sum);
        }
    }
    new.atoms = atoms;
    let mut new = new.map(&mut |it| match it {
        Term::Exists(sum) => Some(Term::Exists(exposed(sum))),
        Term::In(values, sum) => Some(Term::In(values.clone(), exposed(sum))),
        Term::One(sum) => Some(Term::One(exposed(sum))),
        _ => None,
    });
    for at in 0..new.atoms.len() {
        let (var, kind) = new.atoms[at].clone();
        if kind.sums().is_empty() || matches!(kind, Kind::Opaque(..)) {
            continue;
        }
        let other = kind.other();
        new = new.map(&mut |it| column(it, var, &kind).or_else(|| column(it, other?, &kind)));
    }
    new
}

/// A column of a row, by what it is.
fn column(term: &Term, var: Var, kind: &Kind) -> Option<Term> {
    let of = |sum: &Sum, field: Field| -> Option<Term> {
        let values = sum.iter().map(|block| match field {
            Field::At(at) => block.out.get(at as usize).cloned(),
            Field::Named(name) => named(&block.out, name),
        });
        Some(valued(var, kind, sum, values.collect::<Option<Vec<Term>>>()?))
    };
    let own = |kind: &Kind| -> Option<Sum> {
        Some(match kind {
            Kind::Full { left, other, right, .. } => {
                if *other == var {
                    right.clone()
                } else {
                    left.clone()
                }
            }
            Kind::Set { left, .. } => left.clone(),
            Kind::Group { sum, .. }
            | Kind::Maybe(sum)
            | Kind::Rows(sum)
            | Kind::Limit { sum, .. } => sum.clone(),
            Kind::Table(_) | Kind::Function(..) | Kind::Opaque(..) => return None,
        })
    };
    match term {
        Term::Column(it, Field::At(at)) if *it == var => {
            if let Kind::Group { sum, keys, calls, .. } = kind
                && let Some(call) = (*at as usize).checked_sub(*keys)
            {
                let found = measure(var, calls.get(call)?, sum);
                return Some(Term::Measure(Box::new(found)));
            }
            of(&own(kind)?, Field::At(*at))
        }
        Term::Column(it, field @ Field::Named(_)) if *it == var => of(&own(kind)?, *field),
        Term::Star(it, except) if *it == var => {
            let star = |block: &Block| {
                let mut stars = block.out.iter().filter_map(|it| match it {
                    Term::Star(of, hidden) => {
                        let mut all = [except.as_slice(), hidden].concat();
                        all.sort();
                        all.dedup();
                        Some(Term::Star(*of, all))
                    }
                    _ => None,
                });
                let one = stars.next();
                one.filter(|_| stars.next().is_none())
            };
            let stars: Option<Vec<Term>> = own(kind)?.iter().map(star).collect();
            Some(Term::Of(var, stars?))
        }
        _ => None,
    }
}

fn named(out: &[Term], name: Symbol) -> Option<Term> {
    let mut found = by_name(out, name);
    match found.len() {
        0 => None,
        1 => found.pop(),
        _ => Some(Term::Either(found)),
    }
}

/// What a row has of a value of the rows it is made of; functions of such values are said of the row itself.
fn valued(var: Var, kind: &Kind, sum: &Sum, values: Vec<Term>) -> Term {
    let ([value], [inner]) = (values.as_slice(), sum.as_slice()) else {
        return Term::Of(var, values);
    };
    let mut bound = BTreeSet::new();
    crate::tidy::gather(inner, &mut bound);
    let inside = |term: &Term| term.any(&|it| it.owner().is_some_and(|var| bound.contains(&var)));
    match kind {
        // It is NULL where a row has no match.
        Kind::Maybe(_) | Kind::Full { .. } => through_null(var, value, &inside),
        Kind::Rows(_) | Kind::Limit { .. } => through(var, value, &inside),
        _ if !inside(value) && matches!(kind, Kind::Group { .. }) => value.clone(),
        _ => Term::Of(var, values),
    }
}

fn through(var: Var, value: &Term, inside: &dyn Fn(&Term) -> bool) -> Term {
    let of = |it: &Term| through(var, it, inside);
    match value {
        Term::Call(name, args) => Term::Call(name.clone(), args.iter().map(of).collect()),
        Term::Case(branches, last) => Term::Case(
            branches.iter().map(|(when, then)| (of(when), of(then))).collect(),
            Box::new(of(last)),
        ),
        Term::Cast(inner, to, safe) => Term::Cast(Box::new(of(inner)), to.clone(), *safe),
        Term::Window(_) | Term::Exists(_) | Term::In(..) | Term::One(_) | Term::Lambda(..) => {
            Term::Of(var, vec![value.clone()])
        }
        other if inside(other) => Term::Of(var, vec![value.clone()]),
        other => other.clone(),
    }
}

fn through_null(var: Var, value: &Term, inside: &dyn Fn(&Term) -> bool) -> Term {
    let of = |it: &Term| through_null(var, it, inside);
    match value {
        Term::Call(name, args) if args.iter().any(|it| nulled(it, inside)) && strict(name) => {
            let part = |it: &Term| if inside(it) { of(it) } else { it.clone() };
            Term::Call(name.clone(), args.iter().map(part).collect())
        }
        Term::Cast(inner, to, safe) if nulled(inner, inside) => {
            Term::Cast(Box::new(of(inner)), to.clone(), *safe)
        }
        other => Term::Of(var, vec![other.clone()]),
    }
}

/// Whether a value is NULL where the rows it is of are.
fn nulled(term: &Term, inside: &dyn Fn(&Term) -> bool) -> bool {
    match term {
        Term::Call(name, args) => strict(name) && args.iter().any(|it| nulled(it, inside)),
        Term::Cast(inner, ..) => nulled(inner, inside),
        Term::Column(..) | Term::Of(..) => inside(term),
        _ => false,
    }
}
