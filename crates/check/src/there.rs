//! The law of what is there: rows that are asked for are there if they are among the rows that ask.
#![expect(clippy::unnecessary_wraps, reason = "laws are of one type")]

use plumb_ir::Symbol;

use crate::{
    lower::{Fit, Kernel},
    term::{Block, Kind, Sum, Term, Var},
    theory::Theory,
    tidy::Mode,
};

/// Most rows that are asked for at once.
const ROWS: usize = 3;

/// Most ways to take them from the rows around.
const WAYS: u32 = 40;

impl Kernel<'_> {
    pub(crate) fn own_witness(&mut self, block: &Block, _: Mode) -> Fit<Option<Sum>> {
        for (at, fact) in block.facts.iter().enumerate() {
            let Term::Exists(sum) = fact else { continue };
            let mut rest = block.clone();
            rest.facts.remove(at);
            if !tables(block).is_empty() && sum.iter().any(|inner| self.among(&rest, inner)) {
                return Ok(Some(vec![rest]));
            }
        }
        Ok(None)
    }

    /// Whether rows of a block are a row of another.
    fn among(&self, block: &Block, inner: &Block) -> bool {
        let asked = tables(inner);
        if asked.len() != inner.atoms.len() || asked.len() > ROWS {
            return false;
        }
        let (own, theory) = (tables(block), Theory::new(self, &block.facts));
        let mut ways = WAYS;
        taken(&theory, &own, &asked, &inner.facts, &mut ways)
    }
}

/// Whether facts follow with some rows in the place of those that are asked for.
fn taken(
    theory: &Theory<'_, '_>,
    own: &[(Var, Symbol)],
    asked: &[(Var, Symbol)],
    facts: &[Term],
    ways: &mut u32,
) -> bool {
    let Some(((var, table), left)) = asked.split_first() else {
        if *ways == 0 {
            return false;
        }
        *ways -= 1;
        return facts.iter().all(|it| theory.entails(it));
    };
    own.iter().filter(|it| it.1 == *table).any(|(row, _)| {
        let facts: Vec<Term> = facts.iter().map(|it| in_place(it, *var, *row)).collect();
        taken(theory, own, left, &facts, ways)
    })
}

fn in_place(term: &Term, var: Var, row: Var) -> Term {
    term.map(&mut |it| match it {
        Term::Column(of, field) if *of == var => Some(Term::Column(row, *field)),
        Term::Star(of, except) if *of == var => Some(Term::Star(row, except.clone())),
        _ => None,
    })
}

fn tables(block: &Block) -> Vec<(Var, Symbol)> {
    let table = |(var, kind): &(Var, Kind)| match kind {
        Kind::Table(table) => Some((*var, *table)),
        _ => None,
    };
    block.atoms.iter().filter_map(table).collect()
}
