//! Which rows are decided by others: by keys of tables, groups, and values that are known.

use std::collections::BTreeSet;

use plumb_ir::{Field, Literal};

use crate::{
    lower::{Kernel, Origin},
    term::{Block, Kind, Term, Var},
    theory::Theory,
};

/// Whether all rows of a block are decided by the rows around it and some values.
pub(crate) fn decided(kernel: &Kernel<'_>, block: &Block, around: &[Term], given: &[Term]) -> bool {
    let facts: Vec<Term> = block.facts.iter().chain(around).cloned().collect();
    let theory = Theory::new(kernel, &facts);
    let open = reached(&theory, block, given);
    open.is_empty()
}

/// Whether a value is decided by some others, in a row of a block.
pub(crate) fn value_decided(
    kernel: &Kernel<'_>,
    block: &Block,
    given: &[Term],
    value: &Term,
) -> bool {
    let theory = Theory::new(kernel, &block.facts);
    let open = reached(&theory, block, given);
    let given: Vec<Term> = given.iter().map(|it| theory.speaker(it)).collect();
    settled(&theory.speaker(value), &open, &given)
}

/// Rows that are not decided.
fn reached(theory: &Theory<'_, '_>, block: &Block, given: &[Term]) -> BTreeSet<Var> {
    let mut open: BTreeSet<Var> = block.atoms.iter().map(|(var, _)| *var).collect();
    open.extend(block.atoms.iter().filter_map(|(_, kind)| kind.other()));
    let given: Vec<Term> = given.iter().map(|it| theory.speaker(it)).collect();
    loop {
        let next = block
            .atoms
            .iter()
            .find(|(var, kind)| open.contains(var) && one_row(theory, *var, kind, &open, &given));
        let Some((var, _)) = next else { return open };
        open.remove(var);
    }
}

/// Whether a term looks at no row that is open, or is given.
fn settled(term: &Term, open: &BTreeSet<Var>, given: &[Term]) -> bool {
    if given.contains(term) {
        return true;
    }
    let mut all = true;
    term.map(&mut |it| {
        if given.contains(it) {
            return Some(it.clone());
        }
        all &= it.owner().is_none_or(|var| !open.contains(&var)) && !matches!(it, Term::Either(_));
        None
    });
    all
}

/// Whether a row is the only one of its kind with the values that are settled.
fn one_row(
    theory: &Theory<'_, '_>,
    var: Var,
    kind: &Kind,
    open: &BTreeSet<Var>,
    given: &[Term],
) -> bool {
    // A kind that looks at rows that are open is another for each of them.
    if open.iter().any(|other| *other != var && kind.looks_at(*other)) {
        return false;
    }
    let kernel = theory.kernel;
    let known = |column: &Term| {
        let speaker = theory.speaker(column);
        let told = |(one, two): &(Term, Term)| {
            let other = if theory.speaker(one) == speaker { two } else { one };
            (theory.speaker(one) == speaker || theory.speaker(two) == speaker)
                && [one, two, &theory.speaker(other)].iter().any(|it| settled(it, open, given))
        };
        settled(&speaker, open, given) || theory.equations.iter().any(told)
    };
    match kind {
        Kind::Table(table) => {
            let Some(claims) = kernel.claims.tables.get(kernel.arena.name(*table)) else {
                return false;
            };
            claims.keys.iter().any(|key| {
                let columns = key.iter().map(|name| kernel.arena.find_symbol(name));
                let columns = columns.map(|name| Some(Term::Column(var, Field::Named(name?))));
                columns
                    .into_iter()
                    .all(|column| column.is_some_and(|it| known(&it) && theory.never_null(&it)))
            })
        }
        Kind::Group { keys, scalar, .. } => {
            *scalar
                || (0..u32::try_from(*keys).unwrap_or(u32::MAX))
                    .all(|at| known(&Term::Column(var, Field::At(at))))
        }
        // Each row of what is decided has at most one match.
        Kind::Maybe(sum) => match sum.as_slice() {
            [inner] => decided(kernel, inner, &[], &[]),
            _ => false,
        },
        Kind::Limit { limit: Some(Term::Literal(Literal::Integer(most))), .. } => *most <= 1,
        Kind::Set { all: false, left, .. } => {
            let width = left.first().map_or(0, |block| block.out.len());
            (0..u32::try_from(width).unwrap_or(u32::MAX))
                .all(|at| known(&Term::Column(var, Field::At(at))))
        }
        Kind::Function(..)
        | Kind::Opaque(..)
        | Kind::Full { .. }
        | Kind::Limit { .. }
        | Kind::Rows(_)
        | Kind::Set { .. } => false,
    }
}

/// Whether two rows of a table are one: each column of a key is the same in both, and a value.
pub(crate) fn one_row_twice(theory: &Theory<'_, '_>, one: Var, two: Var) -> bool {
    let kernel = theory.kernel;
    let Some(Origin::Table(table)) = kernel.origins.get(&one) else { return false };
    let Some(claims) = kernel.claims.tables.get(kernel.arena.name(*table)) else { return false };
    claims.keys.iter().any(|key| {
        key.iter().all(|name| {
            let Some(name) = kernel.arena.find_symbol(name) else { return false };
            let [one, two] = [one, two].map(|var| Term::Column(var, Field::Named(name)));
            theory.same(&one, &two) && theory.never_null(&one)
        })
    })
}
