//! Which exports call lines by the same names: then two lines that say the same under two names are two.
//!
//! AWS may call a line otherwise in the next report, so that what says the same is one line, whatever it is called. But
//! where two exports call nearly all that both have alike, names are to be believed.

use std::collections::BTreeMap;

use plumb_base::record::usage::BillLine;
use plumb_base::{Currency, Decimal, Digest};

use crate::names::NameId;

/// Lines that two exports must call alike.
const LEAST: u64 = 20;

/// Of so many such lines, one at most may say the same under another name.
const FEW: u64 = 10;

/// Lines under other names that are kept before any is called alike.
const EARLY: u64 = 100;

/// A line that says what one of another export says, under a name of its own.
#[derive(Debug)]
pub(crate) struct Stranger {
    pub(crate) row: Digest,
    pub(crate) files: (NameId, NameId),
    pub(crate) currency: Currency,
    pub(crate) billed: Decimal,
}

/// What two exports have in common.
#[derive(Debug, Default)]
struct Pair {
    alike: u64,
    strange: u64,
    strangers: Vec<Stranger>,
}

/// Pairs of exports, while they are read.
#[derive(Debug, Default)]
pub(crate) struct Lasting(BTreeMap<(NameId, NameId), Pair>);

impl Lasting {
    /// Notes a line that two exports call alike.
    pub(crate) fn alike(&mut self, one: NameId, two: NameId) {
        self.0.entry((one.min(two), one.max(two))).or_default().alike += 1;
    }

    /// Notes a line under a name of its own that says what a file of another export says.
    pub(crate) fn strange(
        &mut self,
        (one, two): (NameId, NameId),
        files: (NameId, NameId),
        line: &BillLine,
    ) {
        let pair = self.0.entry((one.min(two), one.max(two))).or_default();
        pair.strange += 1;
        // Where most lines have other names none of them is of use.
        if pair.strange <= EARLY + pair.alike / FEW {
            let (row, currency, billed) = (line.content, line.currency, line.billed);
            pair.strangers.push(Stranger { row, files, currency, billed });
        }
    }

    /// Pairs of exports whose names are to be believed, each with what has a name of its own.
    pub(crate) fn close(self) -> BTreeMap<(NameId, NameId), Vec<Stranger>> {
        let lasts = |pair: &Pair| pair.alike >= LEAST && pair.strange * FEW <= pair.alike;
        let pairs = self.0.into_iter().filter(|(_, pair)| lasts(pair));
        pairs.map(|(exports, pair)| (exports, pair.strangers)).collect()
    }
}
