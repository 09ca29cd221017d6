//! Windows as aggregates over the rows that a row looks at, where that is what they are.

use plumb_ir::{Field, FrameUnit, Symbol};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    lower::Lower,
    space::{Space, parts},
    swap::renamed,
    term::{Block, End, Fact, Id, Kind, Term, Var, Window, all, any},
    tidy::{Mode, number},
    values::Fold,
};

/// Which rows a window call looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rows {
    /// All of the partition.
    Whole,
    /// Those up to the row and its peers.
    UpTo,
    /// The row, its peers and those after.
    From,
    /// Those before the row and its peers.
    Before,
}

impl Lower<'_, '_> {
    /// Rows with windows among their outputs: a window looks at all rows.
    pub(crate) fn windowed(&mut self, blocks: Vec<Block>) -> Vec<Block> {
        let mut tidied = Vec::new();
        for block in blocks {
            tidied.extend(self.space.tidy(block, Mode::Bag));
        }
        if tidied.is_empty() {
            return tidied;
        }
        if let Some(plain) = self.without_windows(&tidied) {
            return plain;
        }
        let tidied = self.ordered(tidied);
        let (order, tidied) = self.in_one_order(tidied);
        let (var, _) = self.outputs_row(&tidied);
        let sum = self.space.sum(tidied);
        let mut row = self.row(var, Kind::Window(sum));
        row.out = order.iter().map(|at| row.out[*at]).collect();
        vec![row]
    }

    /// Outputs in an order that does not depend on where they stood, and where each is now.
    pub(crate) fn in_one_order(&self, mut blocks: Vec<Block>) -> (Vec<usize>, Vec<Block>) {
        let width = blocks.first().map_or(0, |block| block.out.len());
        if blocks.iter().any(|block| block.out.len() != width) {
            return ((0..width).collect(), blocks);
        }
        let look = |at: &usize| {
            let looks = blocks.iter().map(|block| self.space.look(block.out[*at]));
            looks.fold(0, u64::wrapping_add)
        };
        let mut sorted: Vec<usize> = (0..width).collect();
        sorted.sort_by_key(look);
        for block in &mut blocks {
            block.out = sorted.iter().map(|at| block.out[*at]).collect();
        }
        let mut places = vec![0; width];
        for (place, at) in sorted.into_iter().enumerate() {
            places[at] = place;
        }
        (places, blocks)
    }

    /// Windows where no rows tie are marked; the row after is then the row before, seen from the other end.
    fn ordered(&mut self, mut blocks: Vec<Block>) -> Vec<Block> {
        let mut marked = Vec::new();
        let calls = blocks.iter().flat_map(|block| windows(self.space, block));
        for call in calls.collect::<Vec<Id>>() {
            let Some(mut window) = self.window_of(call) else { continue };
            if !self.in_total_order(&blocks, &window) {
                continue;
            }
            window.total = true;
            if self.space.arena.name(window.function) == "lead" {
                window.function = self.space.arena.symbol("lag");
                for (_, descending, nulls_first) in &mut window.order {
                    (*descending, *nulls_first) = (!*descending, !*nulls_first);
                }
            }
            marked.push((call, self.space.term(Term::Window(Box::new(window)))));
        }
        for block in &mut blocks {
            block.out = block.out.iter().map(|id| replaced(self.space, *id, &marked)).collect();
        }
        blocks
    }

    /// The same rows with aggregates in the place of all windows.
    fn without_windows(&mut self, blocks: &[Block]) -> Option<Vec<Block>> {
        let calls: Vec<Vec<Id>> = blocks.iter().map(|block| windows(self.space, block)).collect();
        if calls.iter().any(|list| list.len() != calls[0].len()) {
            return None;
        }
        let mut plain = Vec::new();
        for (at, block) in blocks.iter().enumerate() {
            let mut values = Vec::new();
            for (place, call) in calls[at].iter().enumerate() {
                let others: Vec<Id> = calls.iter().map(|list| list[place]).collect();
                values.push((*call, self.aggregate_of(blocks, at, &others)?));
            }
            let out = block.out.iter().map(|id| replaced(self.space, *id, &values));
            plain.push(Block { out: out.collect(), ..block.clone() });
        }
        self.space.rule("window-as-aggregate").then_some(plain)
    }

    /// What a window call gives for the rows of a block, of whose rows and of those of all others it is made.
    fn aggregate_of(&mut self, blocks: &[Block], at: usize, calls: &[Id]) -> Option<Id> {
        let own = self.window_of(calls[at])?;
        if !calls.iter().all(|call| self.window_of(*call).is_some_and(|it| similar(&own, &it))) {
            return None;
        }
        let word = self.space.arena.name(own.function).to_owned();
        let one = self.space.one;
        match word.as_str() {
            "rank" | "row-number" | "dense-rank" => {
                if word == "row-number" && !self.in_total_order(blocks, &own) {
                    return None;
                }
                let mut before = self.looked_at(blocks, calls, &own, Rows::Before)?;
                if word == "dense-rank" {
                    for (block, values) in &mut before {
                        block.out.clone_from(&values.order);
                    }
                    let rows = before.into_iter().map(|(block, _)| block).collect();
                    before =
                        self.distinct(rows).into_iter().map(|it| (it, Values::default())).collect();
                }
                let rows = before.into_iter().map(|(block, _)| Block { out: vec![one], ..block });
                let before = self.space.total(rows.collect());
                Some(self.space.call("add", vec![one, before]))
            }
            "first-value" => {
                // The first of its own order is the least, or the largest.
                let (value, descending, nulls_first) = *own.order.first()?;
                let starts = own.frame.is_none_or(|(_, start, end)| {
                    start == End::First && matches!(end, End::Current | End::Last)
                });
                let nulls = nulls_first && self.space.is_null(value) != Fact::False;
                if own.args != [value] || !starts || own.ignore_nulls || nulls {
                    return None;
                }
                let name = self.space.arena.symbol(if descending { "max" } else { "min" });
                self.folded(blocks, calls, &own, name, Rows::Whole)
            }
            "sum" | "count-if" | "min" | "max" | "avg" | "bool-and" | "bool-or"
                if own.args.is_empty() =>
            {
                None
            }
            "sum" | "count" | "count-if" | "min" | "max" | "avg" | "bool-and" | "bool-or" => {
                let rows = self.frame(blocks, &own)?;
                self.folded(blocks, calls, &own, own.function, rows)
            }
            _ => None,
        }
    }

    fn window_of(&self, id: Id) -> Option<Window> {
        match self.space.get(id) {
            Term::Window(window) => Some(window.as_ref().clone()),
            _ => None,
        }
    }

    fn folded(
        &mut self,
        blocks: &[Block],
        calls: &[Id],
        own: &Window,
        function: Symbol,
        rows: Rows,
    ) -> Option<Id> {
        let found = self.looked_at(blocks, calls, own, rows)?;
        let rows = found.into_iter().map(|(block, values)| Block { out: values.args, ..block });
        let (args, distinct) = (own.args.len(), own.distinct);
        let fold = Fold { function, args, distinct, order: Vec::new() };
        Some(self.fold_rows(&fold, rows.collect()))
    }

    /// Which rows the frame holds, where it does not cut through rows that tie.
    fn frame(&mut self, blocks: &[Block], own: &Window) -> Option<Rows> {
        let Some((unit, start, end)) = own.frame else { return Some(Rows::Whole) };
        let peers = unit != FrameUnit::Rows;
        let around =
            matches!(start, End::First | End::Current) && matches!(end, End::Current | End::Last);
        match (start, end) {
            (End::First, End::Last) => Some(Rows::Whole),
            // Without an order all rows are peers.
            _ if own.order.is_empty() => (peers && around).then_some(Rows::Whole),
            (End::First, End::Current) if peers || self.in_total_order(blocks, own) => {
                Some(Rows::UpTo)
            }
            (End::Current, End::Last) if peers || self.in_total_order(blocks, own) => {
                Some(Rows::From)
            }
            _ => None,
        }
    }

    /// Whether no two rows of a partition tie.
    fn in_total_order(&mut self, blocks: &[Block], own: &Window) -> bool {
        let [block] = blocks else { return false };
        let mut theory = self.space.theory_of(block);
        let vars: Vec<Var> = block.atoms.iter().map(|atom| atom.var).collect();
        let order = own.order.iter().map(|key| key.0);
        let keys: Vec<Id> = own.partition.iter().copied().chain(order).collect();
        block.atoms.iter().all(|atom| match &atom.kind {
            Kind::Scan(_) => self.space.keyed(&mut theory, atom.var, &vars, &keys),
            Kind::Distinct(sum) => {
                let width = self.space.blocks(*sum).first().map_or(0, |block| block.out.len());
                (0..width).all(|at| {
                    let column = self.space.column(atom.var, Field::At(number(at)));
                    keys.contains(&column)
                })
            }
            _ => false,
        })
    }

    /// The rows of all blocks that a row of one looks at, with what the call is about in them.
    fn looked_at(
        &mut self,
        blocks: &[Block],
        calls: &[Id],
        own: &Window,
        rows: Rows,
    ) -> Option<Vec<(Block, Values)>> {
        let mut found = Vec::new();
        for (block, call) in blocks.iter().zip(calls) {
            let there = self.window_of(*call)?;
            let order: Vec<Id> = there.order.iter().map(|key| key.0).collect();
            let (args, partition) = (there.args.len(), there.partition.len());
            let out = [there.args, there.partition, order].concat();
            let mut other = renamed(self.space, &Block { out, ..block.clone() });
            let values = Values {
                args: other.out[..args].to_vec(),
                order: other.out[args + partition..].to_vec(),
            };
            let pairs = other.out[args..args + partition].iter().zip(&own.partition);
            let same: Vec<Fact> = pairs.map(|(one, two)| Fact::Same(*one, *two)).collect();
            other.facts.extend(same);
            let fact = self.stands(&values.order, own, rows);
            other.facts.push(fact);
            other.out = Vec::new();
            found.push((other, values));
        }
        Some(found)
    }

    /// Where a row with these keys stands, as seen from the row of the call.
    fn stands(&mut self, keys: &[Id], own: &Window, rows: Rows) -> Fact {
        let pairs: Vec<(Id, Id)> =
            keys.iter().copied().zip(own.order.iter().map(|key| key.0)).collect();
        let peers = all(pairs.iter().map(|(one, two)| Fact::Same(*one, *two)));
        let keys = |turned: bool| -> Vec<(Id, Id, bool, bool)> {
            let key = |(pair, key): (&(Id, Id), &(Id, bool, bool))| {
                let (one, two) = if turned { (pair.1, pair.0) } else { *pair };
                (one, two, key.1, key.2)
            };
            pairs.iter().zip(&own.order).map(key).collect()
        };
        match rows {
            Rows::Whole => Fact::True,
            Rows::Before => before(self.space, &keys(false)),
            Rows::UpTo => any([before(self.space, &keys(false)), peers]),
            Rows::From => any([before(self.space, &keys(true)), peers]),
        }
    }
}

/// Whether two calls do the same, each with values of its own.
fn similar(one: &Window, two: &Window) -> bool {
    let order = |window: &Window| window.order.iter().map(|key| (key.1, key.2)).collect::<Vec<_>>();
    let shape = |window: &Window| (window.function, window.distinct, window.ignore_nulls);
    let widths = |window: &Window| (window.args.len(), window.partition.len());
    shape(one) == shape(two)
        && widths(one) == widths(two)
        && order(one) == order(two)
        && one.frame == two.frame
}

/// What a window call is about in a row.
#[derive(Debug, Clone, Default)]
struct Values {
    args: Vec<Id>,
    order: Vec<Id>,
}

/// That a row with the first keys stands before one with the second: each key with whether larger values come first,
/// and NULLs.
pub(crate) fn before(space: &mut Space<'_>, keys: &[(Id, Id, bool, bool)]) -> Fact {
    let mut cases = Vec::new();
    for (at, (one, two, descending, nulls_first)) in keys.iter().enumerate() {
        let same = keys[..at].iter().map(|key| Fact::Same(key.0, key.1));
        let first = precedes(space, *one, *two, *descending, *nulls_first);
        cases.push(all(same.chain([first])));
    }
    any(cases)
}

/// That one value stands before another in an order.
fn precedes(space: &mut Space<'_>, one: Id, two: Id, descending: bool, nulls_first: bool) -> Fact {
    let below = if descending { Fact::Below(two, one) } else { Fact::Below(one, two) };
    let (null, other) = if nulls_first { (one, two) } else { (two, one) };
    let by_null = all([space.is_null(null), space.not_null(other)]);
    any([below, by_null])
}

/// Window calls in the outputs of a block, in order, each once.
fn windows(space: &Space<'_>, block: &Block) -> Vec<Id> {
    let is_window = |term: &Term| matches!(term, Term::Window(_));
    outermost(space, &block.out, is_window)
}

/// The outermost parts of terms that are such, in order, each once.
pub(crate) fn outermost(space: &Space<'_>, ids: &[Id], is: impl Fn(&Term) -> bool) -> Vec<Id> {
    let (mut found, mut seen) = (Vec::new(), FxHashSet::default());
    let mut work: Vec<Id> = ids.iter().rev().copied().collect();
    while let Some(id) = work.pop() {
        if !seen.insert(id) {
            continue;
        }
        match space.get(id) {
            term if is(term) => found.push(id),
            term => work.extend(parts(term).into_iter().rev()),
        }
    }
    found
}

/// A term with other terms in the place of some of its parts.
pub(crate) fn replaced(space: &mut Space<'_>, id: Id, values: &[(Id, Id)]) -> Id {
    let mut replace = Replace { values, done: FxHashMap::default() };
    replace.term(space, id)
}

struct Replace<'a> {
    values: &'a [(Id, Id)],
    /// What became of parts: one may stand in many places.
    done: FxHashMap<Id, Id>,
}

impl Replace<'_> {
    fn term(&mut self, space: &mut Space<'_>, id: Id) -> Id {
        if let Some((_, value)) = self.values.iter().find(|(call, _)| *call == id) {
            return *value;
        }
        if let Some(done) = self.done.get(&id) {
            return *done;
        }
        let done = self.parts(space, id);
        self.done.insert(id, done);
        done
    }

    fn parts(&mut self, space: &mut Space<'_>, id: Id) -> Id {
        let term = match &*space.shared(id) {
            Term::Call { function, args } => {
                let args = args.iter().map(|arg| self.term(space, *arg)).collect();
                Term::Call { function: *function, args }
            }
            Term::Case { branches, otherwise } => {
                let mut cases = Vec::new();
                for (when, then) in branches.iter().copied() {
                    let when = self.term(space, when);
                    cases.push((when, self.term(space, then)));
                }
                Term::Case { branches: cases, otherwise: self.term(space, *otherwise) }
            }
            Term::Cast { value, to, safe } => {
                Term::Cast { value: self.term(space, *value), to: to.clone(), safe: *safe }
            }
            _ => return id,
        };
        space.term(term)
    }
}
