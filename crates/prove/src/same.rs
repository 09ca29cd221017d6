//! Whether two sums are the same bag, or the same set, where some facts hold.

use crate::{
    space::Space,
    state::{State, similar},
    swap::{Swap, renamed},
    term::{Block, Fact, Id, Kind, Sort, SumId, Term, Var, Window},
    tidy::Mode,
};

/// Most blocks that are looked at together.
const MANY: usize = 10;
/// Most ways to pair the rows of two blocks.
const PAIRINGS: usize = 200;

impl State {
    pub(crate) fn same_bags(&mut self, space: &mut Space<'_>, one: SumId, two: SumId) -> bool {
        if space.one_reading(one, two) {
            return true;
        }
        let (left, right) = (space.blocks(one).to_vec(), space.blocks(two).to_vec());
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
        for side in [&mut left, &mut right] {
            side.retain(|block| !self.impossible(space, block));
            for block in side {
                *block = self.reduced(space, block);
            }
        }
        self.pair_off(space, &mut left, &mut right);
        if left.is_empty() && right.is_empty() {
            return true;
        }
        if self.split(space, &mut left) | self.split(space, &mut right) {
            self.pair_off(space, &mut left, &mut right);
        }
        if !space.rule("partition") {
            return left.is_empty() && right.is_empty();
        }
        while let Some(first) = left.first().or(right.first()).cloned() {
            let first = renamed(space, &first);
            let group = |it: &Self, space: &mut Space<'_>, blocks: &mut Vec<Block>| {
                let mut aligned = Vec::new();
                blocks.retain(|block| {
                    let found = it.aligned(space, &first, block);
                    let alone = found.is_none();
                    aligned.extend(found);
                    alone
                });
                aligned
            };
            let (one, two) = (group(self, space, &mut left), group(self, space, &mut right));
            if one.len() + two.len() > MANY || !self.partitions(space, first, &one, &two) {
                return false;
            }
        }
        true
    }

    /// The state without claims to be refuted.
    pub(crate) fn quiet(&self) -> Self {
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
        if one == two || space.one_reading_of_blocks(one, two) && space.rule("same-reading") {
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
        let mut pairing =
            Pairing { outer: self, one: renamed(space, one), two, state: None, ways: PAIRINGS };
        pairing.pair(space, &mut Vec::new())
    }

    /// Whether both have the same rows, however often.
    pub(crate) fn same_sets(&mut self, space: &mut Space<'_>, one: SumId, two: SumId) -> bool {
        space.one_reading(one, two)
            || self.contains(space, one, two) && self.contains(space, two, one)
    }

    /// Whether each row of the second is one of the first.
    pub(crate) fn contains(&mut self, space: &mut Space<'_>, more: SumId, less: SumId) -> bool {
        let more = space.blocks(more).clone();
        let less = space.blocks(less).clone();
        for block in less.iter() {
            let block = renamed(space, block);
            let mut matching = Vec::new();
            if more.iter().any(|other| other.out.len() != block.out.len()) {
                return false;
            }
            for other in more.iter() {
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
                Kind::Limit { sum: one, order, limit, offset, .. },
                Kind::Limit { sum: two, order: keys, limit: most, offset: from, .. },
            ) => {
                order == keys
                    && self.same_terms(space, *limit, *most)
                    && self.same_terms(space, *offset, *from)
                    && self.same_bags(space, *one, *two)
            }
            (Kind::Call { function: one, args }, Kind::Call { function: two, args: others }) => {
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

    pub(crate) fn same_terms(&mut self, space: &mut Space<'_>, one: Id, two: Id) -> bool {
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
            && one.partition.len() == two.partition.len()
            && one.order.len() == two.order.len();
        if !plain {
            return false;
        }
        // Keys in another order would be other parts where rows of several blocks meet.
        let values = one.args.iter().chain(&one.partition);
        let others = two.args.iter().chain(&two.partition);
        let values = values.zip(others).all(|(a, b)| self.same_terms(space, *a, *b));
        let order = one
            .order
            .iter()
            .zip(&two.order)
            .all(|(a, b)| (a.1, a.2) == (b.1, b.2) && self.same_terms(space, a.0, b.0));
        values && order
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
        let Some(atom) = self.two.atoms.get(chosen.len()) else {
            return self.paired(space, chosen);
        };
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
        let mut moved = Vec::new();
        for atom in &two.atoms {
            let Some(known) = self.one.atoms.iter().find(|it| it.var == atom.var) else {
                return false;
            };
            if known.kind == atom.kind {
                continue;
            }
            if let (Kind::Distinct(these), Kind::Distinct(those)) = (&known.kind, &atom.kind) {
                let mut outer = self.outer.quiet();
                outer.enter(space, &without(&self.one, atom.var));
                let told = told_order(space, atom.var, &self.one.out, &two.out);
                let Some(order) = outer.same_columns(space, *these, *those, &told) else {
                    return false;
                };
                moved.push((atom.var, order));
            } else if let (Kind::Limit { .. }, Kind::Limit { .. }) = (&known.kind, &atom.kind) {
                let mut outer = self.outer.quiet();
                outer.enter(space, &without(&self.one, atom.var));
                let told = told_order(space, atom.var, &self.one.out, &two.out);
                let Some(order) = outer.same_first(space, &known.kind, &atom.kind, &told) else {
                    return false;
                };
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
        let (one, outer) = (&self.one, self.outer);
        let rows = |space: &mut Space<'_>, block: &Block| {
            let mut state = outer.quiet();
            state.enter(space, block);
            state
        };
        for (left, right) in one.out.iter().zip(&two.out).filter(|(left, right)| left != right) {
            let state = self.state.get_or_insert_with(|| rows(space, one));
            if !state.same_terms(space, *left, *right) {
                return false;
            }
        }
        for fact in two.facts.iter().filter(|fact| !one.facts.contains(fact)) {
            let state = self.state.get_or_insert_with(|| rows(space, one));
            if !state.implies(space, fact) {
                return false;
            }
        }
        let mut state = None;
        one.facts.iter().filter(|fact| !two.facts.contains(fact)).all(|fact| {
            let state = state.get_or_insert_with(|| rows(space, &two));
            state.implies(space, fact)
        })
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
    fn same_columns(
        &mut self,
        space: &mut Space<'_>,
        one: SumId,
        two: SumId,
        told: &[(usize, usize)],
    ) -> Option<Vec<usize>> {
        let (left, right) = (looks_of(space, one), looks_of(space, two));
        if left.len() != right.len() {
            return None;
        }
        let mut orders = Vec::new();
        orders_of(&left, &right, told, &mut Vec::new(), &mut orders);
        for order in orders {
            let ordered = ordered(space, two, &order);
            if self.same_sets(space, one, ordered) && space.rule("columns-in-order") {
                return Some(order);
            }
        }
        None
    }
}

impl State {
    /// For each column of the second first rows, the column of the first that makes them the same first rows.
    fn same_first(
        &mut self,
        space: &mut Space<'_>,
        one: &Kind,
        two: &Kind,
        told: &[(usize, usize)],
    ) -> Option<Vec<usize>> {
        let (
            Kind::Limit { sum: these, order: keys, limit, offset, .. },
            Kind::Limit { sum: those, order: others, limit: most, offset: from, .. },
        ) = (one, two)
        else {
            return None;
        };
        let (left, right) = (looks_of(space, *these), looks_of(space, *those));
        if left.len() != right.len()
            || !self.same_terms(space, *limit, *most)
            || !self.same_terms(space, *offset, *from)
        {
            return None;
        }
        let mut orders = Vec::new();
        orders_of(&left, &right, told, &mut Vec::new(), &mut orders);
        orders.into_iter().find(|order| {
            let place = |at: u32| order.get(at as usize).map(|to| crate::tidy::number(*to));
            let moved = others.iter().map(|key| Some(Sort { at: place(key.at)?, ..*key }));
            if moved.collect::<Option<Vec<Sort>>>().as_ref() != Some(keys) {
                return false;
            }
            let ordered = ordered(space, *those, order);
            let stands = order.iter().enumerate().all(|(at, to)| at == *to);
            self.same_bags(space, *these, ordered) && (stands || space.rule("columns-in-order"))
        })
    }
}

/// A bag with each column where an order puts it.
fn ordered(space: &mut Space<'_>, sum: SumId, order: &[usize]) -> SumId {
    let mut blocks = space.blocks(sum).to_vec();
    for block in &mut blocks {
        let mut out = block.out.clone();
        for (at, to) in order.iter().enumerate() {
            out[*to] = block.out[at];
        }
        block.out = out;
    }
    space.sum(blocks)
}

/// Which columns of a row stand for each other, as outputs tell.
fn told_order(space: &Space<'_>, var: Var, one: &[Id], two: &[Id]) -> Vec<(usize, usize)> {
    let place = |id: &Id| match space.get(*id) {
        Term::Column(it, plumb_ir::Field::At(at)) if *it == var => Some(*at as usize),
        _ => None,
    };
    one.iter().zip(two).filter_map(|(one, two)| Some((place(two)?, place(one)?))).collect()
}

/// What each column looks like, whichever rows it is of.
fn looks_of(space: &Space<'_>, sum: SumId) -> Vec<Vec<String>> {
    let blocks = space.blocks(sum);
    let width = blocks.first().map_or(0, |block| block.out.len());
    let column = |at: usize| {
        let mut looks: Vec<String> =
            blocks.iter().map(|block| look_of(space, block.out[at])).collect();
        looks.sort_unstable();
        looks
    };
    (0..width).map(column).collect()
}

fn look_of(space: &Space<'_>, id: Id) -> String {
    match space.get(id) {
        Term::Column(_, plumb_ir::Field::Named(name)) => space.arena.name(*name).to_owned(),
        Term::Literal(literal) => format!("{literal:?}"),
        _ => space.type_of(id).to_string(),
    }
}

/// Orders of columns, the likeliest first: those that outputs tell, then those of the same look.
fn orders_of(
    left: &[Vec<String>],
    right: &[Vec<String>],
    told: &[(usize, usize)],
    begun: &mut Vec<usize>,
    found: &mut Vec<Vec<usize>>,
) {
    if found.len() >= 12 {
        return;
    }
    let at = begun.len();
    if at == right.len() {
        found.push(begun.clone());
        return;
    }
    let free = |to: &usize| !begun.contains(to);
    let fixed = told.iter().find(|pair| pair.0 == at).map(|pair| pair.1);
    let alike: Vec<usize> = (0..left.len()).filter(|to| left[*to] == right[at]).collect();
    let mut choices: Vec<usize> = match fixed {
        Some(to) => vec![to],
        None if alike.is_empty() => (0..left.len()).collect(),
        None => alike,
    };
    choices.retain(free);
    // As they stand, if that is possible.
    choices.sort_by_key(|to| (*to != at, *to));
    for to in choices {
        begun.push(to);
        orders_of(left, right, told, begun, found);
        begun.pop();
    }
}
