//! Assets from which a query is derived: filtered, grouped or joined with more, and proved.

use std::cmp::Reverse;

use plumb_base::{Evidence, Message, Name, answer::Match};
use plumb_canon::Canonical;
use plumb_derive::{Relation, View, Words, written};
use plumb_estate::{Asset, Estate};
use plumb_ir::{Arena, Copier, Symbol};
use plumb_prove::Effort;
use plumb_rules::rests_on;

use super::{Query, of_asset};

/// Assets that are tried.
const MOST: usize = 8;

/// Steps of a proof: people wait for the answer.
const EFFORT: Effort = Effort { steps: 5_000, without: None };

/// The first asset from which the query is derived, what is done to it, and SQL that does it.
pub(super) fn derived(estate: &Estate, query: &Query) -> Option<(usize, Match, Option<String>)> {
    if query.open || !query.plan.worlds.is_empty() {
        return None;
    }
    candidates(estate, query).into_iter().find_map(|at| of(estate, query, at))
}

/// What reads no other table than the query, most tables in common first.
fn candidates(estate: &Estate, query: &Query) -> Vec<usize> {
    let tables = estate.tables(query.plan.expanded.rel);
    let mut found = Vec::new();
    for (at, asset) in estate.assets.iter().enumerate() {
        let Some(plan) = asset.plan.as_ref().filter(|plan| plan.worlds.is_empty()) else {
            continue;
        };
        let own = query.own.contains(&at) || query.reads.contains(&at);
        if own || asset.open || !asset.kind.is_relation() || !asset.computes_rows() {
            continue;
        }
        let theirs = estate.tables(plan.expanded.rel);
        if !theirs.is_empty() && theirs.is_subset(&tables) {
            found.push((Reverse(theirs.len()), Reverse(asset.read_by.len()), &asset.key, at));
        }
    }
    found.sort_unstable();
    found.into_iter().take(MOST).map(|(.., at)| at).collect()
}

fn of(estate: &Estate, query: &Query, at: usize) -> Option<(usize, Match, Option<String>)> {
    let asset = &estate.assets[at];
    let names = names(asset)?;
    let mut arena = Arena::new();
    let mut copier = Copier::new(&estate.arena);
    let plan = asset.plan.as_ref()?;
    let copied = |copier: &mut Copier<'_>, arena: &mut Arena, plan: &Canonical| Canonical {
        rel: copier.rel(arena, plan.rel),
        ..plan.clone()
    };
    let held = copied(&mut copier, &mut arena, &plan.expanded);
    let wanted = copied(&mut copier, &mut arena, &query.plan.expanded);
    let columns: Vec<Symbol> = names.iter().map(|name| arena.symbol(name.as_str())).collect();
    let view = View { plan: &held, name: arena.symbol(&asset.key), columns: &columns };
    let facts = estate.facts_of(&estate.tables(query.plan.expanded.rel));
    let found = plumb_derive::derive(&mut arena, &facts, view, &wanted, EFFORT)?;
    let said = said(found.relation)?;
    let evidence = if found.assumptions.is_empty() { Evidence::Proved } else { Evidence::Observed };
    let why = std::iter::once(said).chain(found.assumptions.iter().map(rests_on)).collect();
    let one = Match { why, evidence, ..of_asset(estate, at) };
    let words = Words { names: &query.columns, dialect: asset.dialect };
    let text = written(&mut arena, &facts, view, found.rel, &wanted, words, EFFORT);
    Some((at, one, text))
}

/// The names of its columns, if each has one of its own.
fn names(asset: &Asset) -> Option<Vec<Name>> {
    let names: Vec<Name> =
        asset.columns.iter().map(|column| column.name.clone()).collect::<Option<_>>()?;
    let alone = names.iter().enumerate().all(|(at, name)| !names[..at].contains(name));
    (alone && !names.is_empty()).then_some(names)
}

/// What is done to the asset. Of a query that reads it in some place only, nothing is said.
fn said(relation: Relation) -> Option<Message> {
    let text = match relation {
        Relation::Projection => "the same rows: its columns can be computed from those there",
        Relation::Filter => "its rows are some of the rows there",
        Relation::RollUp => "the rows there, grouped, give it",
        Relation::Extends => "the rows there, joined with the other tables, give it",
        Relation::Union => "some of its rows are there; the others come from the tables it reads",
        Relation::Part => return None,
    };
    Some(Message::text(text))
}
