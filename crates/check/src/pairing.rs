//! Ways to pair rows of two blocks, and a block with the rows of another in the place of its own.

use std::collections::{BTreeMap, BTreeSet};

use crate::term::{Block, Column, Kind, Sum, Term, Var};

/// Most pairings of rows that are tried for two blocks.
const PAIRINGS: usize = 48;

/// Which row of the second is which of the first, and in which order the blocks of a sum stand.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pairing {
    rows: BTreeMap<Var, Var>,
    blocks: BTreeMap<Var, Vec<usize>>,
    /// Full joins whose sides change places.
    turned: BTreeSet<Var>,
}

/// Ways to pair the rows of two blocks, the likeliest first.
pub(crate) fn pairings(one: &[(Var, Kind)], two: &[(Var, Kind)]) -> Vec<Pairing> {
    let mut found = Vec::new();
    if one.len() == two.len() {
        pair(one, two, &mut Vec::new(), &Pairing::default(), &mut found);
    }
    found
}

/// `taken` are places of the first, for the rows of the second so far.
fn pair(
    one: &[(Var, Kind)],
    two: &[(Var, Kind)],
    taken: &mut Vec<usize>,
    begun: &Pairing,
    found: &mut Vec<Pairing>,
) {
    if found.len() >= PAIRINGS {
        return;
    }
    let Some((var, kind)) = two.get(taken.len()) else {
        found.push(begun.clone());
        return;
    };
    // As they stand, if that is possible.
    let mut places: Vec<usize> = (0..one.len()).filter(|at| !taken.contains(at)).collect();
    places.sort_by_key(|at| (*at != taken.len(), *at));
    for at in places {
        let (known, other) = &one[at];
        for mut pairing in of_kinds(*known, other, *var, kind) {
            pairing.rows.extend(begun.rows.clone());
            pairing.blocks.extend(begun.blocks.clone());
            pairing.turned.extend(begun.turned.clone());
            taken.push(at);
            pair(one, two, taken, &pairing, found);
            taken.pop();
        }
    }
}

/// Ways in which a row of the one kind may be a row of the other.
fn of_kinds(one: Var, kind: &Kind, two: Var, other: &Kind) -> Vec<Pairing> {
    let start = Pairing { rows: BTreeMap::from([(two, one)]), ..Pairing::default() };
    match (kind, other) {
        (Kind::Table(these), Kind::Table(those)) if these == those => vec![start],
        (Kind::Function(these, _), Kind::Function(those, _)) if these == those => vec![start],
        (Kind::Opaque(these, _), Kind::Opaque(those, _)) if these == those => vec![start],
        // A row has the columns of the left; of the right it only matters which rows there are.
        (Kind::Set { left: these, .. }, Kind::Set { left: those, .. }) => {
            of_sums(these, those, two, &start)
        }
        (Kind::Group { sum: these, .. }, Kind::Group { sum: those, .. })
        | (Kind::Maybe(these), Kind::Maybe(those))
        | (Kind::Rows(these), Kind::Rows(those))
        | (Kind::Limit { sum: these, .. }, Kind::Limit { sum: those, .. }) => {
            of_sums(these, those, two, &start)
        }
        (
            Kind::Full { left: a, right: b, other: first, .. },
            Kind::Full { left: c, right: d, other: second, .. },
        ) => {
            let mut straight = start.clone();
            straight.rows.insert(*second, *first);
            let mut turned =
                Pairing { rows: BTreeMap::from([(two, *first), (*second, one)]), ..start };
            turned.turned.insert(two);
            let mut all = Vec::new();
            for (begun, [left, right]) in [(straight, [c, d]), (turned, [d, c])] {
                for begun in of_sums(a, left, two, &begun) {
                    all.extend(of_sums(b, right, two, &begun));
                }
            }
            all
        }
        _ => Vec::new(),
    }
}

fn of_sums(one: &Sum, two: &Sum, var: Var, begun: &Pairing) -> Vec<Pairing> {
    if one.len() != two.len() {
        return Vec::new();
    }
    let mut all = Vec::new();
    for order in orders(one, two) {
        let mut ways = vec![begun.clone()];
        for (at, place) in order.iter().enumerate() {
            let mut next = Vec::new();
            for inner in pairings(&one[at].atoms, &two[*place].atoms) {
                for way in &ways {
                    let mut way = way.clone();
                    way.rows.extend(inner.rows.clone());
                    way.blocks.extend(inner.blocks.clone());
                    way.turned.extend(inner.turned.clone());
                    next.push(way);
                }
            }
            next.truncate(PAIRINGS);
            ways = next;
        }
        if order.len() > 1 {
            for way in &mut ways {
                way.blocks.insert(var, order.clone());
            }
        }
        all.extend(ways);
        if all.len() >= PAIRINGS {
            break;
        }
    }
    all
}

/// Orders in which the blocks of the second may be those of the first.
fn orders(one: &Sum, two: &Sum) -> Vec<Vec<usize>> {
    let mut found = vec![Vec::new()];
    for block in one {
        let mut next = Vec::new();
        for begun in &found {
            for (at, other) in two.iter().enumerate() {
                if !begun.contains(&at) && block.atoms.len() == other.atoms.len() {
                    next.push([begun.as_slice(), &[at]].concat());
                }
            }
        }
        next.truncate(PAIRINGS);
        found = next;
    }
    found
}

impl Pairing {
    fn var(&self, var: Var) -> Var {
        self.rows.get(&var).copied().unwrap_or(var)
    }

    fn term(&self, term: &Term) -> Term {
        let ordered = |var: Var, column: &Column| -> Column {
            let order = self.blocks.get(&var).filter(|order| order.len() == column.len());
            match order {
                Some(order) => order.iter().map(|at| self.term(&column[*at])).collect(),
                None => column.iter().map(|it| self.term(it)).collect(),
            }
        };
        term.map(&mut |it| match it {
            Term::Column(var, field) => Some(Term::Column(self.var(*var), *field)),
            Term::Star(var, except) => Some(Term::Star(self.var(*var), except.clone())),
            Term::Of(var, column) => Some(Term::Of(self.var(*var), ordered(*var, column))),
            Term::Measure(measure) => {
                let mut new = measure.clone();
                new.of = self.var(measure.of);
                new.args = measure.args.iter().map(|it| ordered(measure.of, it)).collect();
                new.filter = measure.filter.as_ref().map(|it| ordered(measure.of, it));
                new.order = measure
                    .order
                    .iter()
                    .map(|key| (ordered(measure.of, &key.0), key.1, key.2))
                    .collect();
                Some(Term::Measure(new))
            }
            Term::Either(terms) => {
                let mut all: Vec<Term> = terms.iter().map(|it| self.term(it)).collect();
                all.sort();
                Some(Term::Either(all))
            }
            Term::Exists(sum) => Some(Term::Exists(self.sum(sum))),
            Term::In(values, sum) => {
                let values = values.iter().map(|it| self.term(it)).collect();
                Some(Term::In(values, self.sum(sum)))
            }
            Term::One(sum) => Some(Term::One(self.sum(sum))),
            _ => None,
        })
    }

    /// A sum whose own rows keep their names.
    fn sum(&self, sum: &Sum) -> Sum {
        sum.iter().map(|block| self.inner(block)).collect()
    }

    fn inner(&self, block: &Block) -> Block {
        Block {
            atoms: block.atoms.iter().map(|(var, kind)| self.atom(*var, kind)).collect(),
            facts: block.facts.iter().map(|it| self.term(it)).collect(),
            out: block.out.iter().map(|it| self.term(it)).collect(),
        }
    }

    fn atom(&self, var: Var, kind: &Kind) -> (Var, Kind) {
        let mut new = kind.map(&mut |it| Some(it.clone()));
        match &mut new {
            Kind::Function(_, args) => {
                for arg in args {
                    *arg = self.term(arg);
                }
            }
            Kind::Full { on, other, left, right } => {
                for it in on {
                    *it = self.term(it);
                }
                *other = self.var(*other);
                if self.turned.contains(&var) {
                    std::mem::swap(left, right);
                }
            }
            Kind::Limit { limit, offset, .. } => {
                for it in [limit, offset].into_iter().flatten() {
                    *it = self.term(it);
                }
            }
            Kind::Table(_)
            | Kind::Opaque(..)
            | Kind::Group { .. }
            | Kind::Maybe(_)
            | Kind::Rows(_)
            | Kind::Set { .. } => {}
        }
        let mut own = self.var(var);
        if self.turned.contains(&var)
            && let Kind::Full { other, .. } = &mut new
        {
            std::mem::swap(&mut own, other);
        }
        for sum in new.sums_mut() {
            let order = self.blocks.get(&var).filter(|order| order.len() == sum.len());
            let blocks: Sum = match order {
                Some(order) => order.iter().map(|at| self.inner(&sum[*at])).collect(),
                None => sum.iter().map(|block| self.inner(block)).collect(),
            };
            // Rows inside of it stand as those of the first do when they are put beside them.
            *sum = blocks;
        }
        (own, new)
    }

    /// The second block over the rows of the first, which stand as there.
    pub(crate) fn block(&self, two: &Block, one: &Block) -> Block {
        let mut new = self.inner(two);
        arrange(&mut new, one);
        new
    }
}

/// Puts the rows of a block in the order of another, also inside.
fn arrange(block: &mut Block, like: &Block) {
    let place = |var: &Var| like.atoms.iter().position(|(other, _)| other == var);
    block.atoms.sort_by_key(|(var, _)| place(var));
    for ((_, kind), (_, other)) in block.atoms.iter_mut().zip(&like.atoms) {
        for (sum, other) in kind.sums_mut().into_iter().zip(other.sums()) {
            for (block, like) in sum.iter_mut().zip(other) {
                arrange(block, like);
            }
        }
    }
}
