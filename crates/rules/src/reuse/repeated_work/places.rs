//! Where in the code of an asset a part of its plan is written.

use std::cmp::Reverse;

use plumb_base::{Lines, Span, Subject};
use plumb_canon::{Canonicalizer, Subplan, size, subplans};
use plumb_estate::{Code, Estate};
use plumb_ir::{Arena, Copier, RelId, atoms};

use crate::subject;

/// `SELECT`s of one asset that are looked at, those that do least first.
const MOST: usize = 24;

/// The `SELECT` of an asset that does a part of its plan, and least beside it; else the whole of the asset.
pub(super) fn place(estate: &Estate, at: usize, part: &Subplan) -> Subject {
    let subject = subject::whole(estate, at);
    let Some(code) = &estate.assets[at].code else { return subject };
    let Some(span) = doing(estate, code, part) else { return subject };
    let place = Lines::new(&code.text).place(&subject.place.path, &code.text, span);
    Subject { place, ..subject }
}

fn doing(estate: &Estate, code: &Code, part: &Subplan) -> Option<Span> {
    let mut reading: Vec<(RelId, Span)> = code.selects.clone();
    reading.retain(|(rel, span)| {
        let reads_all = || {
            let reads = estate.tables(*rel);
            part.tables.iter().all(|table| reads.contains(table))
        };
        !span.is_empty() && estate.arena.rel_reach(*rel) == 0 && reads_all()
    });
    // What reads a CTE or a derived table does what that does, too, and ends behind it; a subquery counts as well.
    let does = |rel: RelId| (atoms(&estate.arena, rel), size(&estate.arena, rel));
    reading.sort_by_key(|(rel, span)| (does(*rel), span.end, Reverse(span.start)));
    if let [(_, span)] = reading.as_slice() {
        return Some(*span);
    }
    let (mut arena, mut copier) = (Arena::new(), Copier::new(&estate.arena));
    let mut canonicalizer = Canonicalizer::new();
    let mut does = |rel: RelId| {
        let rel = copier.rel(&mut arena, rel);
        let normal = canonicalizer.canonical(&mut arena, rel).rel;
        let parts = subplans(&mut arena, normal, &mut canonicalizer);
        parts.iter().any(|it| it.digest == part.digest)
    };
    reading.iter().take(MOST).find(|(rel, _)| does(*rel)).map(|(_, span)| *span)
}
