//! Small databases on which two plans differ.
//!
//! Databases are made in the order in which they tell most plans apart: without rows, one plain row, NULLs,
//! rows that the plans ask for, neighbours of those, and chance. What is found is made as small as can be.
//! The work is counted in evaluations and steps, never in time: the same question has the same answer.

mod chance;
mod domain;
mod freeze;
mod make;
mod shape;
mod shrink;
mod uses;

use chance::Chance;
use plumb_ir::{Arena, RelId};
use shape::Shape;

use crate::{
    bag::{Bag, Database, Row},
    constraints::Constraints,
    evaluator::{Budget, Evaluator, Meaning},
    unable::Unable,
    value::Value,
};

/// One of two plans that are compared.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// The plan.
    pub rel: RelId,
    /// Its outputs that are compared, in the order of the other side's.
    pub outputs: &'a [u32],
}

/// How much is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// Databases.
    pub databases: u32,
    /// Steps of all evaluations together.
    pub steps: u64,
    /// What one evaluation may cost.
    pub budget: Budget,
}

impl Default for Effort {
    fn default() -> Self {
        let budget = Budget { steps: 12_000, ..Budget::default() };
        Self { databases: 600, steps: 1_500_000, budget }
    }
}

/// What the search came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A database tells the plans apart.
    Different(Box<Difference>),
    /// None was found; that says nothing.
    NotFound {
        /// Databases on which both plans have rows that one can vouch for.
        compared: u32,
        /// Why the last one was of no use, if one was not.
        unable: Option<Unable>,
    },
}

/// A database on which two plans differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Rows of tables; columns that neither plan reads are left out.
    pub database: Database,
    /// Rows of the left plan, sorted.
    pub left: Vec<Row>,
    /// Rows of the right plan, sorted.
    pub right: Vec<Row>,
}

/// Looks for a small database on which two plans differ.
pub fn refute(
    arena: &Arena,
    left: Side<'_>,
    right: Side<'_>,
    constraints: &Constraints,
    effort: Effort,
) -> Outcome {
    for side in [left, right] {
        if let Err(unable) = crate::height::check(arena, side.rel, effort.budget.depth) {
            return Outcome::NotFound { compared: 0, unable: Some(unable) };
        }
    }
    let shape = Shape::of(arena, &[left.rel, right.rel], constraints);
    let mut search = Search::new(arena, [left, right], constraints, &shape, effort);
    let Some(found) = search.run() else {
        return Outcome::NotFound { compared: search.compared, unable: search.unable };
    };
    let mut differ = |database: &Database| {
        refuted_on(arena, left, right, database, effort.budget).is_ok_and(|it| it.is_some())
    };
    let database = shrink::shrink(found.database.clone(), &shape, constraints, &mut differ);
    let smallest = refuted_on(arena, left, right, &database, effort.budget).ok().flatten();
    Outcome::Different(Box::new(smallest.unwrap_or(found)))
}

/// Some databases among those on which two plans are compared: one of the plans has rows.
pub fn databases(
    arena: &Arena,
    left: Side<'_>,
    right: Side<'_>,
    constraints: &Constraints,
    effort: Effort,
) -> Vec<Database> {
    let deep =
        |side: &Side<'_>| crate::height::check(arena, side.rel, effort.budget.depth).is_err();
    if [left, right].iter().any(deep) {
        return Vec::new();
    }
    let shape = Shape::of(arena, &[left.rel, right.rel], constraints);
    let mut search = Search::new(arena, [left, right], constraints, &shape, effort);
    let different = search.run().map(|found| found.database);
    search.promising.into_iter().chain(different).collect()
}

/// Whether two plans differ on a database: then how.
pub fn refuted_on(
    arena: &Arena,
    left: Side<'_>,
    right: Side<'_>,
    database: &Database,
    budget: Budget,
) -> Result<Option<Difference>, Unable> {
    let rows =
        |side: Side<'_>| crate::evaluator::rows(arena, database, side.rel, Meaning::OPEN, budget);
    let (one, two) = (rows(left)?, rows(right)?);
    compared(database, (&one, left.outputs), (&two, right.outputs))
}

/// How two bags differ, if they do.
fn compared(
    database: &Database,
    (left, outputs): (&Bag, &[u32]),
    (right, others): (&Bag, &[u32]),
) -> Result<Option<Difference>, Unable> {
    if left.stars(outputs) != right.stars(others) {
        return Unable::broken("outputs that cannot be compared");
    }
    let (left, right) = (left.outputs(outputs), right.outputs(others));
    Ok(differ(&left, &right)?.then(|| Difference { database: database.clone(), left, right }))
}

/// Whether two bags of rows differ whatever the symbols in them stand for.
fn differ(left: &[Row], right: &[Row]) -> Result<bool, Unable> {
    if left.len() != right.len() {
        return Ok(true);
    }
    let width = left.first().map_or(0, Vec::len);
    if left.iter().chain(right).any(|row| row.len() != width) {
        return Unable::broken("outputs of different widths");
    }
    let known: Vec<usize> = (0..width).filter(|at| comparable(left, right, *at)).collect();
    let project = |rows: &[Row]| {
        let row = |row: &Row| known.iter().map(|at| row[*at].clone()).collect::<Row>();
        let mut rows: Vec<Row> = rows.iter().map(row).collect();
        rows.sort();
        rows
    };
    Ok(project(left) != project(right))
}

/// Whether a column has values of one type only, and no symbols.
fn comparable(left: &[Row], right: &[Row], at: usize) -> bool {
    let mut values = left.iter().chain(right).map(|row| &row[at]);
    let mut typed: Option<&Value> = None;
    values.all(|value| {
        if *value == Value::Null {
            return true;
        }
        let first = *typed.get_or_insert(value);
        !value.is_symbol() && std::mem::discriminant(first) == std::mem::discriminant(value)
    })
}

struct Search<'a> {
    arena: &'a Arena,
    sides: [Side<'a>; 2],
    constraints: &'a Constraints,
    shape: &'a Shape,
    effort: Effort,
    steps: u64,
    compared: u32,
    unable: Option<Unable>,
    /// Databases on which one of the plans has rows.
    promising: Vec<Database>,
    chance: Chance,
}

impl<'a> Search<'a> {
    fn new(
        arena: &'a Arena,
        sides: [Side<'a>; 2],
        constraints: &'a Constraints,
        shape: &'a Shape,
        effort: Effort,
    ) -> Self {
        let [left, right] = sides.map(|side| arena.rel_digest(side.rel).0);
        let seed = left ^ right.rotate_left(1);
        Self {
            arena,
            sides,
            constraints,
            shape,
            effort,
            steps: effort.steps,
            compared: 0,
            unable: None,
            promising: Vec::new(),
            chance: Chance::new(u64::try_from(seed & u128::from(u64::MAX)).unwrap_or(0)),
        }
    }

    fn run(&mut self) -> Option<Difference> {
        let mut tried = 0;
        for database in make::plain(self.shape) {
            tried += 1;
            if let Some(found) = self.attempt(database) {
                return Some(found);
            }
        }
        while tried < self.effort.databases && self.steps > 0 {
            tried += 1;
            let database = self.next(tried);
            if let Some(found) = self.attempt(database) {
                return Some(found);
            }
        }
        None
    }

    fn next(&mut self, tried: u32) -> Database {
        // First what the plans ask for, then mostly neighbours of what has rows.
        let kind = if tried < 40 { tried as usize % 4 } else { self.chance.below(10) };
        match (kind, self.promising.is_empty()) {
            (1, _) if self.shape.groups && tried >= 16 => self.gathered(),
            (0 | 1, _) => self.frozen(),
            (2 | 4.., false) => {
                let chosen = self.chance.below(self.promising.len());
                make::neighbour(&self.promising[chosen], self.shape, &mut self.chance)
            }
            (2 | 4.., true) => self.frozen(),
            _ => make::random(self.shape, &mut self.chance),
        }
    }

    /// Rows that one of the plans asks for, or both; at times each more than once.
    fn frozen(&mut self) -> Database {
        let mut database = self.shape.empty();
        let which = self.chance.below(4);
        for (at, side) in self.sides.into_iter().enumerate() {
            if which == at || which > 1 {
                let rows = freeze::freeze(self.arena, self.shape, side.rel, 1, &mut self.chance);
                make::add(&mut database, rows);
            }
        }
        if self.chance.percent(30) {
            let counts: Vec<i64> = self.shape.counts.iter().copied().collect();
            let counted = self.chance.pick(&counts).copied().unwrap_or(1);
            let times = if self.chance.percent(50) { counted + 1 } else { 2 };
            make::multiply(&mut database, usize::try_from(times).unwrap_or(2));
        }
        database
    }

    /// Rows that one of the plans asks for, several in each group that it makes.
    fn gathered(&mut self) -> Database {
        let mut database = self.shape.empty();
        let counts: Vec<i64> = self.shape.counts.iter().copied().chain([2]).collect();
        let counted = self.chance.pick(&counts).copied().unwrap_or(2);
        let copies = counted - 1 + i64::try_from(self.chance.below(3)).unwrap_or(0);
        let copies = usize::try_from(copies).unwrap_or(2).max(2);
        let side = self.sides[self.chance.below(2)];
        let rows = freeze::freeze(self.arena, self.shape, side.rel, copies, &mut self.chance);
        make::add(&mut database, rows);
        database
    }

    fn attempt(&mut self, mut database: Database) -> Option<Difference> {
        if !make::repair(&mut database, self.shape, self.constraints) {
            return None;
        }
        let left = self.rows(&database, self.sides[0])?;
        let right = self.rows(&database, self.sides[1])?;
        let [one, two] = self.sides;
        match compared(&database, (&left, one.outputs), (&right, two.outputs)) {
            Ok(Some(found)) => return Some(found),
            Ok(None) => self.compared += 1,
            Err(unable) => self.unable = Some(unable),
        }
        if !(left.rows.is_empty() && right.rows.is_empty()) {
            if self.promising.len() < 12 {
                self.promising.push(database);
            } else {
                let at = self.chance.below(self.promising.len());
                self.promising[at] = database;
            }
        }
        None
    }

    fn rows(&mut self, database: &Database, side: Side<'_>) -> Option<Bag> {
        let mut evaluator = Evaluator::new(self.arena, database, Meaning::OPEN, self.effort.budget);
        let bag = evaluator.rel(side.rel);
        self.steps = self.steps.saturating_sub(u64::from(evaluator.used(self.effort.budget)));
        match bag {
            Ok(bag) => Some((*bag).clone()),
            Err(unable) => {
                self.unable = Some(unable);
                None
            }
        }
    }
}
