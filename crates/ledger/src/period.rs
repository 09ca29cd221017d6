//! A part of the record: what was charged from some day on, and until some day.

use std::collections::BTreeMap;

use plumb_base::record::usage::Time;
use plumb_base::{Currency, Decimal, Moment, Nanos};

use crate::{Allocation, Charge, Ledger};

/// From when until when; counted back from the last day that was charged, so that an old export says the same every day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// From when.
    pub since: Since,
    /// The first instant that is out; none where everything since then is meant.
    pub until: Option<Time>,
}

/// From when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// Everything that was read.
    Ever,
    /// So many days, the last one that was charged included.
    Days(u32),
    /// A day.
    Day(Time),
}

impl Since {
    /// Reads `30d`, `2026-10`, `2026-10-05` or `all`.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "all" {
            return Some(Self::Ever);
        }
        if let Some(days) = text.strip_suffix('d') {
            return days.parse().ok().filter(|days| *days > 0).map(Self::Days);
        }
        Some(Self::Day(first(text)?))
    }
}

impl Period {
    /// Everything that was read.
    pub const EVER: Self = Self { since: Since::Ever, until: None };

    /// The first instant after `2026-10` or `2026-10-05`.
    pub fn end(text: &str) -> Option<Time> {
        let first = first(text)?;
        // The longest month has ended 31 days after its first: the day that far on tells the next.
        let next = if text.len() == 7 { 31 } else { 1 };
        let day = Moment((first.0 + next * Time::DAY) / 1000).day();
        self::first(if text.len() == 7 { day.get(..7)? } else { &day })
    }
}

/// The first instant of a month or a day.
fn first(text: &str) -> Option<Time> {
    let day = match text.len() {
        7 => format!("{text}-01"),
        10 => text.to_owned(),
        _ => return None,
    };
    Some(Time(Moment::of_day(&day)?.0 * 1000))
}

impl Ledger {
    /// What was charged in a period, whole; runs are those of its days.
    #[must_use]
    pub fn within(mut self, period: Period) -> Self {
        if period == Period::EVER {
            return self;
        }
        let until = period.until.unwrap_or(Time(i64::MAX));
        let inside = self.charges.iter().map(|charge| charge.start).filter(|start| *start < until);
        let last = inside.max().unwrap_or_default().day();
        let from = match period.since {
            Since::Ever => Time(i64::MIN),
            Since::Day(day) => day,
            Since::Days(days) => Time(last.0 - (i64::from(days) - 1) * Time::DAY),
        };
        self.notes.extend(cut(&self, from));
        let holds = |start: Time| from <= start && start < until;
        let mut kept: BTreeMap<usize, usize> = BTreeMap::new();
        let mut charges = Vec::new();
        for (at, charge) in std::mem::take(&mut self.charges).into_iter().enumerate() {
            if holds(charge.start) {
                kept.insert(at, charges.len());
                charges.push(charge);
            }
        }
        self.charges = charges;
        let moved = |one: &Allocation| Some(Allocation { charge: *kept.get(&one.charge)?, ..*one });
        self.allocations = self.allocations.iter().filter_map(moved).collect();
        for cause in &mut self.causes {
            cause.runs = 0;
        }
        for ((cause, _), runs) in self.ran.iter().filter(|((_, day), _)| holds(*day)) {
            self.causes[*cause].runs += runs;
        }
        self
    }
}

/// Says what began before a day and lasts beyond it: a charge is in a period whole, or not at all.
fn cut(ledger: &Ledger, from: Time) -> Vec<String> {
    let mut sums: BTreeMap<Currency, (Nanos, Time)> = BTreeMap::new();
    let goes_on = |charge: &&Charge| charge.start < from && from < charge.end;
    for charge in ledger.charges.iter().filter(goes_on) {
        let (sum, first) = sums.entry(charge.currency).or_insert((0, charge.start));
        *sum += charge.billed;
        *first = charge.start.min(*first);
    }
    let day = |time: Time| Moment(time.0.div_euclid(1000)).day();
    let say = |(currency, (sum, first)): (Currency, (Nanos, Time))| {
        let (amount, first) = (Decimal::of_nanos(sum), day(first));
        format!(
            "{amount} {currency} of charges that began before {} and last beyond it are left out: `--since {first}` has them",
            day(from)
        )
    };
    sums.into_iter().map(say).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_days_months_or_counted_back() {
        let day = |text| Time(Moment::of_day(text).unwrap().0 * 1000);
        assert_eq!(Since::parse("7d"), Some(Since::Days(7)));
        assert_eq!(Since::parse("2026-02"), Some(Since::Day(day("2026-02-01"))));
        assert_eq!(Since::parse("2026-02-09"), Some(Since::Day(day("2026-02-09"))));
        assert_eq!(Period::end("2026-02"), Some(day("2026-03-01")));
        assert_eq!(Period::end("2026-12"), Some(day("2027-01-01")));
        assert_eq!(Period::end("2026-02-28"), Some(day("2026-03-01")));
        for text in ["0d", "d", "-3d", "2026", "2026-13", "today", ""] {
            assert_eq!(Since::parse(text), None, "{text}");
        }
        assert_eq!(Period::end("30d"), None);
    }
}
