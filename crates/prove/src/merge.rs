//! Blocks that together are all rows of one: conditions part its rows, and each row is in one of the parts.

use crate::{
    space::Space,
    state::State,
    term::{Block, Fact, all, any},
};

/// Most parts that are put together.
const PARTS: usize = 6;
/// Most facts that tell a part from the others.
const FACTS: usize = 4;

/// The blocks of a sum with parts put together.
pub(crate) fn merged(space: &mut Space<'_>, mut blocks: Vec<Block>) -> Vec<Block> {
    let mut done = Vec::new();
    while let Some(first) = (!blocks.is_empty()).then(|| blocks.remove(0)) {
        let Some((whole, parts)) = whole(space, &first, &blocks) else {
            done.push(first);
            continue;
        };
        // It may be a part itself.
        let others = blocks.into_iter().enumerate().filter(|(at, _)| !parts.contains(at));
        blocks = std::iter::once(whole).chain(others.map(|(_, block)| block)).collect();
    }
    done
}

/// What a block is together with some of the others, and which.
fn whole(space: &mut Space<'_>, first: &Block, others: &[Block]) -> Option<(Block, Vec<usize>)> {
    let state = State::default();
    let mut parts = Vec::new();
    for (at, other) in others.iter().enumerate() {
        if let Some(other) = state.aligned(space, first, other)
            && other.out == first.out
        {
            parts.push((at, other));
        }
    }
    parts.truncate(PARTS - 1);
    let (places, parts): (Vec<usize>, Vec<Block>) = parts.into_iter().unzip();
    if let Some(whole) = together(space, first, &parts) {
        return Some((whole, places));
    }
    if parts.len() == 1 {
        return None;
    }
    let mut pairs = places.into_iter().zip(&parts);
    pairs.find_map(|(at, part)| {
        Some((together(space, first, std::slice::from_ref(part))?, vec![at]))
    })
}

/// The rows of all these blocks, if no row is in two and no row is in none.
fn together(space: &mut Space<'_>, first: &Block, others: &[Block]) -> Option<Block> {
    if others.is_empty() {
        return None;
    }
    let blocks: Vec<Vec<Fact>> =
        std::iter::once(first).chain(others).map(|block| flat(&block.facts)).collect();
    let mut common: Vec<Fact> = Vec::new();
    for fact in blocks.iter().flatten() {
        if !common.contains(fact) && blocks.iter().all(|all| holds(space, first, all, fact)) {
            common.push(fact.clone());
        }
    }
    let own = blocks.iter().map(|facts| {
        let own = facts.iter().filter(|fact| !common.contains(fact));
        own.cloned().collect::<Vec<Fact>>()
    });
    let own: Vec<Vec<Fact>> = own.collect();
    if own.iter().any(|facts| facts.is_empty() || facts.len() > FACTS) {
        return None;
    }
    let whole = Block { facts: common, ..first.clone() };
    let cases: Vec<Fact> = own.into_iter().map(all).collect();
    let mut state = State::default();
    state.enter(space, &whole);
    (state.exclusive(space, &cases)
        && state.implies(space, &any(cases))
        && space.rule("parts-of-one"))
    .then_some(whole)
}

/// Whether a fact holds of the rows of which some others do.
fn holds(space: &mut Space<'_>, rows: &Block, facts: &[Fact], fact: &Fact) -> bool {
    facts.contains(fact) || {
        let mut state = State::default();
        state.enter(space, &Block { facts: facts.to_vec(), ..rows.clone() });
        state.theory.settle(space);
        state.theory.ask(space, fact) == Some(true)
    }
}

fn flat(facts: &[Fact]) -> Vec<Fact> {
    match all(facts.iter().cloned()) {
        Fact::All(parts) => parts,
        Fact::True => Vec::new(),
        other => vec![other],
    }
}
