//! Whether two sums are the same bag, or the same set, where some facts hold.

use crate::{
    space::Space,
    state::{State, similar},
    swap::{Swap, renamed},
    term::{Block, Fact, Id, Kind, SumId, Term, Var, Window, all, any},
    tidy::Mode,
};

/// Most ways to pair the rows of two blocks.
const PAIRINGS: usize = 200;

impl State {
    pub(crate) fn same_bags(&mut self, space: &mut Space<'_>, one: SumId, two: SumId) -> bool {
        if one == two {
            return true;
        }
        let (left, right) = (space.blocks(one).clone(), space.blocks(two).clone());
        self.same_blocks(space, left, right)
    }

    /// Whether the blocks have the same rows together, each as often.
    pub(crate) fn same_blocks(
        &mut self,
        space: &mut Space<'_>,
        mut left: Vec<Block>,
        mut right: Vec<Block>,
    ) -> bool {
        self.pair_off(space, &mut left, &mut right);
        if left.is_empty() && right.is_empty() {
            return true;
        }
        left.retain(|block| !self.impossible(space, block));
        right.retain(|block| !self.impossible(space, block));
        self.pair_off(space, &mut left, &mut right);
        if left.is_empty() && right.is_empty() {
            return true;
        }
        let merged = self.merged(space, &mut left) | self.merged(space, &mut right);
        if merged {
            self.pair_off(space, &mut left, &mut right);
        }
        left.is_empty() && right.is_empty()
    }

    fn impossible(&self, space: &mut Space<'_>, block: &Block) -> bool {
        let mut state = self.quiet();
        let block = renamed(space, block);
        state.enter(space, &block);
        state.absurd(space, 4)
    }

    /// The state without claims to be refuted.
    fn quiet(&self) -> Self {
        let mut state = self.clone();
        state.forget();
        state
    }

    fn pair_off(&mut self, space: &mut Space<'_>, left: &mut Vec<Block>, right: &mut Vec<Block>) {
        left.retain(|one| {
            let found = right.iter().position(|two| self.same_block(space, one, two));
            if let Some(at) = found {
                right.swap_remove(at);
            }
            found.is_none()
        });
    }

    /// Whether the rows of two blocks can be paired so that their facts and outputs are the same.
    fn same_block(&self, space: &mut Space<'_>, one: &Block, two: &Block) -> bool {
        if one == two {
            return true;
        }
        if one.atoms.len() != two.atoms.len() || one.out.len() != two.out.len() {
            return false;
        }
        let alike = |one: &Kind, two: &Kind| similar(one, two);
        for atom in &one.atoms {
            let count = |atoms: &[crate::term::Atom]| {
                atoms.iter().filter(|it| alike(&atom.kind, &it.kind)).count()
            };
            if count(&one.atoms) != count(&two.atoms) {
                return false;
            }
        }
        let mut pairing = Pairing {
            outer: self,
            one: renamed(space, one),
            two,
            state: None,
            ways: PAIRINGS,
        };
        pairing.pair(space, &mut Vec::new())
    }

    /// Whether both have the same rows, however often.
    pub(crate) fn same_sets(&mut self, space: &mut Space<'_>, one: SumId, two: SumId) -> bool {
        one == two || self.contains(space, one, two) && self.contains(space, two, one)
    }

    /// Whether each row of the second is one of the first.
    fn contains(&mut self, space: &mut Space<'_>, more: SumId, less: SumId) -> bool {
        let more = space.blocks(more).clone();
        for block in space.blocks(less).clone() {
            let block = renamed(space, &block);
            let mut matching = Vec::new();
            for other in &more {
                let mut other = renamed(space, other);
                let pairs = block.out.iter().zip(&other.out);
                let facts: Vec<Fact> = pairs.map(|(one, two)| Fact::Same(*one, *two)).collect();
                other.facts.extend(facts);
                matching.push(other);
            }
            let mut state = self.quiet();
            state.enter(space, &block);
            // Without making it simpler: the rows to be found are all there.
            let plain = matching.iter().any(|other| {
                let mut other = space.tidy(Block { out: Vec::new(), ..other.clone() }, Mode::Set);
                match (other.pop(), other.pop()) {
                    (Some(one), None) => state.finds(space, &one),
                    _ => false,
                }
            });
            if plain {
                continue;
            }
            let some = space.some_of(matching);
            if !state.implies(space, &some) {
                return false;
            }
        }
        true
    }

    /// Whether two relations that are no tables have the same rows with the same columns.
    pub(crate) fn same_kind(&mut self, space: &mut Space<'_>, one: &Kind, two: &Kind) -> bool {
        match (one, two) {
            (Kind::Scan(one), Kind::Scan(two)) => one == two,
            (Kind::Distinct(one), Kind::Distinct(two)) => self.same_sets(space, *one, *two),
            (Kind::Window(one), Kind::Window(two)) => self.same_bags(space, *one, *two),
            (
                Kind::Limit { sum: one, order, limit, offset },
                Kind::Limit { sum: two, order: keys, limit: most, offset: from },
            ) => {
                order == keys
                    && self.same_terms(space, *limit, *most)
                    && self.same_terms(space, *offset, *from)
                    && self.same_bags(space, *one, *two)
            }
            (
                Kind::Call { function: one, args },
                Kind::Call { function: two, args: others },
            ) => {
                one == two
                    && args.len() == others.len()
                    && args.iter().zip(others).all(|(one, two)| self.same_terms(space, *one, *two))
            }
            (
                Kind::Set { kind: one, left, right },
                Kind::Set { kind: two, left: first, right: second },
            ) => {
                one == two
                    && self.same_bags(space, *left, *first)
                    && self.same_bags(space, *right, *second)
            }
            (
                Kind::Opaque { why, key, inputs },
                Kind::Opaque { why: because, key: other, inputs: sums },
            ) => {
                why == because
                    && key == other
                    && inputs.len() == sums.len()
                    && inputs.iter().zip(sums).all(|(one, two)| self.same_bags(space, *one, *two))
            }
            _ => false,
        }
    }

    fn same_terms(&mut self, space: &mut Space<'_>, one: Id, two: Id) -> bool {
        if one == two {
            return true;
        }
        if let (Term::Window(one), Term::Window(two)) = (space.get(one), space.get(two)) {
            let (one, two) = (one.clone(), two.clone());
            return self.same_windows(space, &one, &two);
        }
        self.implies(space, &Fact::Same(one, two))
    }

    fn same_windows(&mut self, space: &mut Space<'_>, one: &Window, two: &Window) -> bool {
        let plain = one.function == two.function
            && one.distinct == two.distinct
            && one.ignore_nulls == two.ignore_nulls
            && one.frame == two.frame
            && one.args.len() == two.args.len()
            && one.order.len() == two.order.len();
        if !plain {
            return false;
        }
        let args = one.args.iter().zip(&two.args).all(|(a, b)| self.same_terms(space, *a, *b));
        let order = one.order.iter().zip(&two.order).all(|(a, b)| {
            (a.1, a.2) == (b.1, b.2) && self.same_terms(space, a.0, b.0)
        });
        let covered = |it: &mut Self, space: &mut Space<'_>, these: &[Id], those: &[Id]| {
            these.iter().all(|a| those.iter().any(|b| it.same_terms(space, *a, *b)))
        };
        args && order
            && covered(self, space, &one.partition, &two.partition)
            && covered(self, space, &two.partition, &one.partition)
    }

    /// Puts blocks together that part the rows of one by a condition.
    fn merged(&mut self, space: &mut Space<'_>, blocks: &mut Vec<Block>) -> bool {
        let mut changed = false;
        'again: loop {
            for at in 0..blocks.len() {
                for other in at + 1..blocks.len() {
                    if let Some(block) = self.merged_pair(space, &blocks[at], &blocks[other]) {
                        blocks.swap_remove(other);
                        blocks[at] = block;
                        changed = true;
                        continue 'again;
                    }
                }
            }
            return changed;
        }
    }

    fn merged_pair(&mut self, space: &mut Space<'_>, one: &Block, two: &Block) -> Option<Block> {
        if one.atoms.len() != two.atoms.len() || one.out.len() != two.out.len() {
            return None;
        }
        // Rows in the same order only: parts of one query are written alike.
        let mut used: Vec<usize> = Vec::new();
        let mut swap = Swap::renaming();
        for atom in &two.atoms {
            let place = (0..one.atoms.len()).find(|at| {
                !used.contains(at) && similar(&one.atoms[*at].kind, &atom.kind)
            })?;
            used.push(place);
            swap.row(atom.var, one.atoms[place].var);
        }
        let two = swap.block(space, two);
        for atom in &two.atoms {
            let known = one.atoms.iter().find(|it| it.var == atom.var)?;
            if known.kind != atom.kind {
                let mut state = self.quiet();
                if !state.same_kind(space, &known.kind, &atom.kind) {
                    return None;
                }
            }
        }
        let common: Vec<Fact> =
            one.facts.iter().filter(|fact| two.facts.contains(fact)).cloned().collect();
        let only = |facts: &[Fact]| {
            all(facts.iter().filter(|fact| !common.contains(fact)).cloned())
        };
        let (first, second) = (only(&one.facts), only(&two.facts));
        let base = Block { facts: common.clone(), ..one.clone() };
        let mut state = self.quiet();
        state.enter(space, &base);
        let mut both = state.clone();
        both.add(space, &first);
        both.add(space, &second);
        if !both.absurd(space, 4) {
            return None;
        }
        let mut in_first = state.clone();
        in_first.add(space, &first);
        let mut in_second = state.clone();
        in_second.add(space, &second);
        let same = |it: &mut State, space: &mut Space<'_>, a: &[Id], b: &[Id]| {
            a.iter().zip(b).all(|(a, b)| it.same_terms(space, *a, *b))
        };
        let out = if same(&mut in_first, space, &one.out, &two.out) {
            two.out.clone()
        } else if same(&mut in_second, space, &one.out, &two.out) {
            one.out.clone()
        } else {
            return None;
        };
        let mut facts = common;
        let either = any([first, second]);
        if !state.implies(space, &either) {
            facts.push(either);
        }
        Some(Block { facts, out, atoms: one.atoms.clone() })
    }
}

/// A search for rows of the one block that are rows of the other.
struct Pairing<'a> {
    outer: &'a State,
    one: Block,
    two: &'a Block,
    /// What holds of the rows of the first.
    state: Option<State>,
    ways: usize,
}

impl Pairing<'_> {
    /// `chosen` are rows of the first block, for each row of the second.
    fn pair(&mut self, space: &mut Space<'_>, chosen: &mut Vec<Var>) -> bool {
        if self.ways == 0 || !space.step(4) {
            return false;
        }
        self.ways -= 1;
        let Some(atom) = self.two.atoms.get(chosen.len()) else { return self.paired(space, chosen) };
        for known in self.one.atoms.clone() {
            if chosen.contains(&known.var) || !similar(&known.kind, &atom.kind) {
                continue;
            }
            chosen.push(known.var);
            if self.pair(space, chosen) {
                return true;
            }
            chosen.pop();
        }
        false
    }

    fn paired(&mut self, space: &mut Space<'_>, chosen: &[Var]) -> bool {
        let mut swap = Swap::renaming();
        for (atom, var) in self.two.atoms.iter().zip(chosen) {
            swap.row(atom.var, *var);
        }
        let two = swap.block(space, self.two);
        if self.state.is_none() {
            let mut state = self.outer.quiet();
            state.enter(space, &self.one);
            self.state = Some(state);
        }
        let Some(state) = &mut self.state else { return false };
        let mut moved = Vec::new();
        for atom in &two.atoms {
            let Some(known) = self.one.atoms.iter().find(|it| it.var == atom.var) else {
                return false;
            };
            if known.kind == atom.kind {
                continue;
            }
            if let (Kind::Distinct(one), Kind::Distinct(two)) = (&known.kind, &atom.kind) {
                let mut outer = self.outer.quiet();
                outer.enter(space, &without(&self.one, atom.var));
                let Some(order) = outer.same_columns(space, *one, *two) else { return false };
                moved.push((atom.var, order));
            } else {
                let mut outer = self.outer.quiet();
                outer.enter(space, &without(&self.one, atom.var));
                if !outer.same_kind(space, &known.kind, &atom.kind) {
                    return false;
                }
            }
        }
        let two = reordered(space, &two, &moved);
        for (one, two) in self.one.out.iter().zip(&two.out) {
            if !state.same_terms(space, *one, *two) {
                return false;
            }
        }
        for fact in &two.facts {
            if !self.one.facts.contains(fact) && !state.implies(space, fact) {
                return false;
            }
        }
        let mut other = self.outer.quiet();
        other.enter(space, &two);
        self.one.facts.iter().all(|fact| two.facts.contains(fact) || other.implies(space, fact))
    }
}

/// A block without the facts and outputs about a row.
fn without(block: &Block, var: Var) -> Block {
    let atoms = block.atoms.iter().filter(|atom| atom.var != var).cloned().collect();
    Block { atoms, facts: Vec::new(), out: Vec::new() }
}

/// A block in which the columns of rows stand elsewhere.
fn reordered(space: &mut Space<'_>, block: &Block, moved: &[(Var, Vec<usize>)]) -> Block {
    let mut block = block.clone();
    for (var, order) in moved {
        if order.iter().enumerate().all(|(at, to)| at == *to) {
            continue;
        }
        let columns = order.iter().enumerate().map(|(at, to)| {
            let column = space.column(*var, plumb_ir::Field::At(crate::tidy::number(*to)));
            (plumb_ir::Field::At(crate::tidy::number(at)), column)
        });
        let columns = columns.collect();
        let mut swap = Swap::merging();
        swap.columns(*var, columns);
        let atoms = block.atoms.clone();
        block = swap.block(space, &block);
        // The row itself stays.
        for (atom, old) in block.atoms.iter_mut().zip(atoms) {
            if old.var == *var {
                *atom = old;
            }
        }
    }
    block
}

impl State {
    /// For each column of the second set, the column of the first that makes them the same set.
    fn same_columns(&mut self, space: &mut Space<'_>, one: SumId, two: SumId) -> Option<Vec<usize>> {
        let width = |space: &Space<'_>, sum| space.blocks(sum).first().map_or(0, |it| it.out.len());
        let columns = width(space, one);
        if columns != width(space, two) {
            return None;
        }
        let mut orders = Vec::new();
        orders_of(columns, &mut Vec::new(), &mut orders);
        for order in orders.into_iter().take(24) {
            let types = (0..columns).all(|at| {
                let of = |space: &Space<'_>, sum, at: usize| {
                    space.blocks(sum).first().map(|it| space.type_of(it.out[at]))
                };
                of(space, two, at) == of(space, one, order[at])
            });
            if !types {
                continue;
            }
            let mut blocks = space.blocks(two).clone();
            for block in &mut blocks {
                let mut out = block.out.clone();
                for (at, to) in order.iter().enumerate() {
                    out[*to] = block.out[at];
                }
                block.out = out;
            }
            let ordered = space.sum(blocks);
            if self.same_sets(space, one, ordered) {
                return Some(order);
            }
        }
        None
    }
}

/// All orders of so many things, the given one first.
fn orders_of(many: usize, begun: &mut Vec<usize>, found: &mut Vec<Vec<usize>>) {
    if found.len() >= 24 {
        return;
    }
    if begun.len() == many {
        found.push(begun.clone());
        return;
    }
    for next in 0..many {
        if !begun.contains(&next) {
            begun.push(next);
            orders_of(many, begun, found);
            begun.pop();
        }
    }
}
