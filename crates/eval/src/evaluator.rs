//! One evaluation: what it may look at, and how much it may cost.

use std::{collections::BTreeMap, rc::Rc};

use plumb_ir::{Arena, Field, FromId, RelId, Symbol};

use crate::{
    bag::{Bag, Database},
    join::Way,
    unable::Unable,
    value::Value,
};

/// In which order texts stand, where the plan does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextOrder {
    /// By their bytes.
    Bytes,
    /// By one of the orders that engines use: where they disagree, nothing is said.
    Open,
}

/// What the plan language leaves to its dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meaning {
    /// The order of texts.
    pub texts: TextOrder,
}

impl Meaning {
    /// Nothing that engines disagree on is taken for granted.
    pub const OPEN: Self = Self { texts: TextOrder::Open };
    /// Texts are ordered by their bytes.
    pub const BYTES: Self = Self { texts: TextOrder::Bytes };
}

/// What an evaluation may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Nodes visited and rows made.
    pub steps: u32,
    /// Nodes inside each other.
    pub depth: u32,
}

impl Default for Budget {
    fn default() -> Self {
        Self { steps: 60_000, depth: 96 }
    }
}

/// The rows of a plan over some tables.
pub fn rows(
    arena: &Arena,
    database: &Database,
    rel: RelId,
    meaning: Meaning,
    budget: Budget,
) -> Result<Bag, Unable> {
    crate::height::check(arena, rel, budget.depth)?;
    let bag = Evaluator::new(arena, database, meaning, budget).rel(rel)?;
    Ok(Rc::try_unwrap(bag).unwrap_or_else(|shared| (*shared).clone()))
}

/// A relation and which of its rows is looked at.
pub(crate) type Seat = (Rc<Bag>, usize);

/// For each input of a `FROM`, its current row; `None` while it has none.
pub(crate) type Binding = Vec<Option<Seat>>;

pub(crate) struct Evaluator<'a> {
    pub(crate) arena: &'a Arena,
    pub(crate) database: &'a Database,
    pub(crate) meaning: Meaning,
    /// Scopes around what is being computed, innermost last.
    pub(crate) scopes: Vec<Binding>,
    /// Rows of relations that look at nothing around them.
    pub(crate) done: BTreeMap<RelId, Rc<Bag>>,
    /// A row of NULLs in the place of each relation.
    pub(crate) nulls: BTreeMap<RelId, Rc<Bag>>,
    /// In which order the inputs of joins are bound.
    pub(crate) ways: BTreeMap<FromId, Rc<Way>>,
    steps: u32,
    depth: u32,
}

impl<'a> Evaluator<'a> {
    pub(crate) fn new(
        arena: &'a Arena,
        database: &'a Database,
        meaning: Meaning,
        budget: Budget,
    ) -> Self {
        let (done, nulls, ways) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let (steps, depth) = (budget.steps, budget.depth);
        Self { arena, database, meaning, scopes: Vec::new(), done, nulls, ways, steps, depth }
    }

    pub(crate) fn step(&mut self) -> Result<(), Unable> {
        self.steps = self.steps.checked_sub(1).ok_or(Unable::TooMuch)?;
        Ok(())
    }

    /// Steps that were taken.
    pub(crate) fn used(&self, budget: Budget) -> u32 {
        budget.steps - self.steps
    }

    /// Runs one level further in.
    pub(crate) fn deeper<T>(
        &mut self,
        run: impl FnOnce(&mut Self) -> Result<T, Unable>,
    ) -> Result<T, Unable> {
        self.step()?;
        self.depth = self.depth.checked_sub(1).ok_or(Unable::TooMuch)?;
        let result = run(self);
        self.depth += 1;
        result
    }

    /// Runs with one more scope in sight.
    pub(crate) fn within<T>(
        &mut self,
        binding: Binding,
        run: impl FnOnce(&mut Self) -> Result<T, Unable>,
    ) -> Result<T, Unable> {
        self.scopes.push(binding);
        let result = run(self);
        self.scopes.pop();
        result
    }

    /// The value of a column, if the input has it.
    pub(crate) fn column(
        &self,
        depth: u32,
        input: u32,
        field: Field,
    ) -> Result<Option<Value>, Unable> {
        let scope = self.scopes.len().checked_sub(1 + depth as usize);
        let seat = scope.and_then(|at| self.scopes[at].get(input as usize));
        let Some(Some((bag, row))) = seat else {
            return Unable::broken("an input that is not bound");
        };
        let found = match field {
            Field::At(slot) => bag.position(slot),
            Field::Named(name) => {
                let mut found = bag.named(name);
                let first = found.next();
                if found.next().is_some() {
                    return Unable::broken("a name that several columns have");
                }
                first
            }
        };
        Ok(found.map(|at| bag.rows[*row][at].clone()))
    }

    pub(crate) fn name(&self, symbol: Symbol) -> &'a str {
        self.arena.name(symbol)
    }
}
