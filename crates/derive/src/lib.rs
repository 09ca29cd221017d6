//! What a query is over a view: one that gives the same rows and reads the view.
//!
//! This crate never decides: what it proposes, `prove` proves or drops. It never looks at more than a few proposals.
#![warn(clippy::disallowed_methods, reason = "ask the World")]

mod alike;
mod cover;
mod facet;
mod index;
mod near;
mod place;
mod propose;
mod roll;
mod sql;
mod unit;
mod words;

use std::collections::BTreeMap;

use plumb_canon::{Canonical, Facts, Model, expand};
use plumb_ir::{Arena, Field, Part, Rel, RelId, SetKind, Symbol};

pub use index::Index;
pub use near::{Sketch, pairs};
use plumb_prove::{Assumption, Effort, Plan, Proof, Verdict, proved};
use propose::{Proposal, Table, proposals, unions};
pub use sql::{Words, written};
use unit::{Unit, units, whole, width};

/// Most proposals that are tried for a view and a query.
const TRIES: u32 = 24;

/// A plan whose rows exist as a table.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// What it computes.
    pub plan: &'a Canonical,
    /// The table.
    pub name: Symbol,
    /// What its columns are called, output by output; two may not have one name.
    pub columns: &'a [Symbol],
}

impl View<'_> {
    /// A plan that reads the view, with what the view computes in its place.
    pub fn put_in(&self, arena: &mut Arena, rel: RelId) -> RelId {
        expand(arena, rel, &BTreeMap::from([(self.name, self.model())]))
    }

    fn model(&self) -> Model {
        let columns = self.columns.iter().zip(&self.plan.columns);
        let columns = columns.map(|(name, at)| (*name, Field::At(*at))).collect();
        Model { rel: self.plan.rel, columns, open: false }
    }
}

/// What is done to a view to have a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// Its columns are picked, and computed with.
    Projection,
    /// Some of its rows are left out.
    Filter,
    /// Its rows are grouped.
    RollUp,
    /// It is joined with more tables.
    Extends,
    /// Some of the rows of the query are there; the others are read where they are.
    Union,
    /// Only a part of the query is read from it.
    Part,
}

/// A query over a view.
#[derive(Debug, Clone)]
pub struct Derived {
    /// The query; the view is scanned by its name. Outputs stand where those of the normal form of the query stand.
    pub rel: RelId,
    /// How it reads the view.
    pub relation: Relation,
    /// What has to hold for it to be the query.
    pub assumptions: Vec<Assumption>,
    /// How it was shown.
    pub proof: Proof,
}

/// Looks for a query over a view that gives the rows of a query, and proves it.
pub fn derive(
    arena: &mut Arena,
    facts: &Facts,
    view: View<'_>,
    query: &Canonical,
    effort: Effort,
) -> Option<Derived> {
    let scan = arena.rel(Rel::Scan { table: view.name });
    let mut search = Search::new(arena, facts, view, scan, effort);
    if let Some(found) = search.found(arena, query.rel).filter(|it| it.rel != query.rel) {
        return Some(found);
    }
    let new = search.below(arena, query.rel);
    if new == query.rel {
        return search.union(arena, query.rel);
    }
    match search.proved(arena, new, query.rel) {
        Verdict::Equal { assumptions, proof } => {
            Some(Derived { rel: new, relation: Relation::Part, assumptions, proof })
        }
        Verdict::Different(_) | Verdict::Unknown { .. } => None,
    }
}

/// Looks for a query that reads nothing of a view but the view itself, or the view joined with more tables, and proves
/// it: what [`derive()`] finds, but for [`Relation::Part`].
pub fn derive_whole(
    arena: &mut Arena,
    facts: &Facts,
    view: View<'_>,
    query: &Canonical,
    effort: Effort,
) -> Option<Derived> {
    let scan = arena.rel(Rel::Scan { table: view.name });
    Search::new(arena, facts, view, scan, effort).found(arena, query.rel)
}

struct Search<'a> {
    facts: &'a Facts,
    effort: Effort,
    view: View<'a>,
    scan: RelId,
    /// The ways to look at the view.
    units: Vec<Unit>,
    /// By output of the normal form.
    names: Vec<Option<Symbol>>,
    tries: u32,
    done: BTreeMap<RelId, RelId>,
}

impl<'a> Search<'a> {
    fn new(
        arena: &mut Arena,
        facts: &'a Facts,
        view: View<'a>,
        scan: RelId,
        effort: Effort,
    ) -> Self {
        let rel = view.plan.rel;
        let mut names = vec![None; width(arena, rel)];
        for (name, at) in view.columns.iter().zip(&view.plan.columns) {
            if let Some(slot @ None) = names.get_mut(*at as usize) {
                *slot = Some(*name);
            }
        }
        let mut units = units(arena, rel);
        units.push(whole(arena, rel));
        let done = BTreeMap::new();
        Self { facts, effort, view, scan, units, names, tries: TRIES, done }
    }

    /// The same relation with the view read where it can be, outermost first.
    fn node(&mut self, arena: &mut Arena, rel: RelId) -> RelId {
        if let Some(done) = self.done.get(&rel) {
            return *done;
        }
        let new = match self.found(arena, rel) {
            Some(found) => found.rel,
            None => self.below(arena, rel),
        };
        self.done.insert(rel, new);
        new
    }

    fn below(&mut self, arena: &mut Arena, rel: RelId) -> RelId {
        arena.map_parts(rel, &mut |arena, part| match part {
            Part::Rel(rel) => Part::Rel(self.node(arena, rel)),
            Part::From(from) => Part::From(arena.map_from(from, &mut |arena, part| match part {
                Part::Rel(rel) => Part::Rel(self.node(arena, rel)),
                Part::Scalar(_) | Part::From(_) => part,
            })),
            Part::Scalar(_) => part,
        })
    }

    /// A proposal for a relation that stands for itself, if one can be proved.
    fn found(&mut self, arena: &mut Arena, rel: RelId) -> Option<Derived> {
        if self.tries == 0 || arena.rel_reach(rel) > 0 || width(arena, rel) == 0 {
            return None;
        }
        let mut proposed = Vec::new();
        let mut queries = units(arena, rel);
        queries.push(whole(arena, rel));
        for view in &self.units {
            let table = Table { scan: self.scan, unit: view, names: &self.names };
            for query in &queries {
                proposed.extend(proposals(arena, &table, query));
            }
        }
        for (view, query) in self.arms(arena, rel) {
            let table = Table { scan: self.scan, unit: &view, names: &self.names };
            proposed.extend(proposals(arena, &table, &query));
        }
        self.first_proved(arena, proposed, rel)
    }

    /// A query that has some of its rows from the view.
    fn union(&mut self, arena: &mut Arena, rel: RelId) -> Option<Derived> {
        if arena.rel_reach(rel) > 0 {
            return None;
        }
        let mut proposed = Vec::new();
        let queries = units(arena, rel);
        for view in &self.units {
            let table = Table { scan: self.scan, unit: view, names: &self.names };
            for query in &queries {
                proposed.extend(unions(arena, &table, query));
            }
        }
        self.first_proved(arena, proposed, rel)
    }

    fn first_proved(
        &mut self,
        arena: &mut Arena,
        proposed: Vec<Proposal>,
        rel: RelId,
    ) -> Option<Derived> {
        let mut seen = Vec::new();
        for proposal in proposed {
            if seen.contains(&proposal.rel) || self.tries == 0 {
                continue;
            }
            seen.push(proposal.rel);
            self.tries -= 1;
            if let Verdict::Equal { assumptions, proof } = self.proved(arena, proposal.rel, rel) {
                let Proposal { rel, relation } = proposal;
                return Some(Derived { rel, relation, assumptions, proof });
            }
        }
        None
    }

    /// What is done to one side of a union may be what is done to all of it.
    fn arms(&self, arena: &mut Arena, query: RelId) -> Vec<(Unit, Unit)> {
        let one = sides(arena, self.view.plan.rel);
        let two = sides(arena, query);
        let (Some((kind, one)), Some((other, two))) = (one, two) else { return Vec::new() };
        if kind != other {
            return Vec::new();
        }
        let Some(query) = two.first() else { return Vec::new() };
        let mut found = Vec::new();
        for view in one {
            for view in units(arena, view) {
                found.extend(units(arena, *query).into_iter().map(|it| (view.clone(), it)));
            }
        }
        found
    }

    fn proved(&self, arena: &mut Arena, new: RelId, query: RelId) -> Verdict {
        let put_in = self.view.put_in(arena, new);
        let outputs: Vec<u32> = (0..).take(width(arena, query)).collect();
        let side = |rel| Plan { rel, outputs: &outputs };
        proved(arena, self.facts, side(put_in), side(query), self.effort)
    }
}

/// `UNION ALL`, or another operator and whether it counts duplicates.
type Operator = Option<(SetKind, bool)>;

/// The operator of sets that a plan is, and its sides.
fn sides(arena: &Arena, rel: RelId) -> Option<(Operator, Vec<RelId>)> {
    match arena.get_rel(rel) {
        Rel::Union { inputs } => Some((None, inputs.clone())),
        Rel::Set { kind, all, left, right } => Some((Some((*kind, *all)), vec![*left, *right])),
        Rel::Distinct { input } => sides(arena, *input),
        _ => None,
    }
}
