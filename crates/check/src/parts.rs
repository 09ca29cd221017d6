//! Laws of rows that are asked for and not counted: parts of a union, and whether there is a row.
#![expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "laws are of one type")]

use crate::{
    keys::decided,
    lower::{Fit, Kernel},
    pairing::pairings,
    term::{Block, Sum, Term, call},
    tidy::Mode,
};

impl Kernel<'_> {
    /// Where it does not matter how often a row is there: parts of the same rows are those for which one or the other holds.
    pub(crate) fn united(&mut self, sum: Sum) -> Sum {
        let mut done = Sum::new();
        for block in sum {
            let found =
                done.iter().enumerate().find_map(|(at, it)| Some((at, either(it, &block)?)));
            match found {
                Some((at, mut both)) => {
                    both.facts = both.facts.iter().map(|it| self.plain(it)).collect();
                    done[at] = both;
                }
                None => done.push(block),
            }
        }
        done
    }

    /// Where it does not matter how often a row is there, rows that ask for one of several are those that ask for each.
    pub(crate) fn some_row(&mut self, block: &Block, mode: Mode) -> Fit<Option<Sum>> {
        if mode == Mode::Bag {
            return Ok(None);
        }
        let asks = |fact: &Term| match fact.as_call() {
            Some(("or", parts)) if parts.iter().all(|it| matches!(it, Term::Exists(_))) => {
                Some(parts.to_vec())
            }
            _ => None,
        };
        let found = block.facts.iter().enumerate().find_map(|(at, it)| Some((at, asks(it)?)));
        let Some((at, parts)) = found else { return Ok(None) };
        let with = |part: Term| {
            let mut block = block.clone();
            block.facts[at] = part;
            block
        };
        Ok(Some(parts.into_iter().map(with).collect()))
    }

    /// Where there is at most one match, or it does not matter how many, what must have a match is joined with it.
    pub(crate) fn semi_join(&mut self, block: &Block, mode: Mode) -> Fit<Option<Sum>> {
        for (at, fact) in block.facts.iter().enumerate() {
            let Term::Exists(sum) = fact else { continue };
            if sum.is_empty() {
                return Ok(Some(Sum::new()));
            }
            let one = sum.len() == 1 && decided(self, &sum[0], &block.facts, &[]);
            if mode == Mode::Bag && !one {
                continue;
            }
            let mut rest = block.clone();
            rest.facts.remove(at);
            let mut all = Sum::new();
            for inner in sum {
                let inner = self.renamed(inner);
                let mut block = rest.clone();
                block.atoms.extend(inner.atoms);
                block.facts.extend(inner.facts);
                all.push(block);
            }
            return Ok(Some(all));
        }
        Ok(None)
    }
}

/// The rows of two blocks that differ in their facts only.
fn either(one: &Block, two: &Block) -> Option<Block> {
    let found = pairings(&one.atoms, &two.atoms).into_iter().find_map(|pairing| {
        let two = pairing.block(two, one);
        (one.atoms == two.atoms && one.out == two.out).then_some(two)
    });
    let two = found?;
    let rest = |of: &Block, other: &Block| -> Vec<Term> {
        of.facts.iter().filter(|it| !other.facts.contains(it)).cloned().collect()
    };
    let (left, right) = (rest(one, &two), rest(&two, one));
    let mut both = one.clone();
    both.facts.retain(|it| two.facts.contains(it));
    // One that has no fact of its own has all rows of the other.
    if !left.is_empty() && !right.is_empty() {
        both.facts.push(call("or", vec![call("and", left), call("and", right)]));
    }
    Some(both)
}
