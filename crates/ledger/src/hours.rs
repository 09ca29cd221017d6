//! What ran on which warehouse in which hour, gathered while queries are read.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::record::usage::Time;

use crate::names::NameId;

/// A warehouse and the first instant of an hour.
pub(crate) type Place = (NameId, Time);

/// No query runs longer than this; what says so has a wrong end.
const LONGEST: i64 = 8 * Time::DAY;

/// Words of the bits of an hour.
const WORDS: usize = 57;

/// The seconds of an hour, a bit each.
type Bits = [u64; WORDS];

/// Marks seconds of an hour, both ends included, a word at a time.
fn mark(busy: &mut Bits, from: i64, until: i64) {
    let [from, until] = [from, until].map(|it| usize::try_from(it.clamp(0, 3599)).unwrap_or(0));
    for (at, word) in busy.iter_mut().enumerate().take(until / 64 + 1).skip(from / 64) {
        let first = from.saturating_sub(at * 64);
        let last = (until - at * 64).min(63);
        *word |= u64::MAX << first & u64::MAX >> (63 - last);
    }
}

/// What one cause did in an hour.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Ran {
    /// Milliseconds, or whatever the platform counts work in.
    pub work: u64,
    /// Billionths of a credit that the platform attributes to it.
    pub credits: u64,
}

/// Seconds of clusters in an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seconds {
    /// In which something ran on them.
    pub(crate) busy: u64,
    /// In which they ran.
    pub(crate) on: u64,
}

/// What ran, by warehouse and hour.
#[derive(Debug, Default)]
pub(crate) struct Hours {
    ran: BTreeMap<(Place, usize), Ran>,
    /// Seconds in which a cluster of a warehouse was busy: a bit each.
    busy: BTreeMap<(Place, u32), Box<Bits>>,
    /// First and last instant of the queries that were read.
    covered: Option<(Time, Time)>,
    /// Days on which a query began or ended.
    days: BTreeSet<Time>,
}

impl Hours {
    /// Notes that the record holds queries of this time.
    pub(crate) fn cover(&mut self, start: Time, end: Time) {
        let (first, last) = self.covered.unwrap_or((start, end));
        self.covered = Some((first.min(start), last.max(end)));
        self.days.extend([start.day(), end.day()]);
    }

    /// Whether any query of a day was read.
    pub(crate) fn ran_on(&self, day: Time) -> bool {
        self.days.contains(&day)
    }

    /// Whether queries of all of an hour would have been read.
    pub(crate) fn covers(&self, hour: Time) -> bool {
        self.covered.is_some_and(|(first, last)| first.hour() <= hour && hour <= last.hour())
    }

    /// A run, whose work is spread evenly over its time.
    pub(crate) fn run(
        &mut self,
        warehouse: NameId,
        cluster: u32,
        cause: usize,
        (start, end): (Time, Time),
        work: Option<u64>,
    ) {
        let slices = slices(start, end);
        let weights: Vec<u64> = slices.iter().map(|(_, length)| *length).collect();
        let shares = work.map(|work| crate::split(i128::from(work), &weights).0);
        for (at, (hour, length)) in slices.iter().enumerate() {
            let place = (warehouse, *hour);
            let share = shares.as_ref().map_or(*length, |shares| positive(shares[at]));
            self.ran.entry((place, cause)).or_default().add_work(share);
            let from = start.0.max(hour.0) - hour.0;
            let until = end.0.min(hour.0 + Time::HOUR).saturating_sub(1).max(start.0) - hour.0;
            let busy = self.busy.entry((place, cluster)).or_insert_with(|| Box::new([0; WORDS]));
            mark(busy, from / 1000, until / 1000);
        }
    }

    /// Credits of a run, spread evenly over its time.
    pub(crate) fn credit(
        &mut self,
        warehouse: NameId,
        cause: usize,
        (start, end): (Time, Time),
        credits: u64,
    ) {
        let slices = slices(start, end);
        let weights: Vec<u64> = slices.iter().map(|(_, length)| *length).collect();
        let (shares, _) = crate::split(i128::from(credits), &weights);
        for ((hour, _), share) in slices.iter().zip(shares) {
            let ran = self.ran.entry(((warehouse, *hour), cause)).or_default();
            ran.credits = ran.credits.saturating_add(positive(share));
        }
    }

    /// Causes of a warehouse and hour, in order.
    pub(crate) fn at(&self, place: Place) -> Vec<(usize, Ran)> {
        let range = self.ran.range((place, 0)..=(place, usize::MAX));
        range.map(|((_, cause), ran)| (*cause, *ran)).collect()
    }

    /// Seconds in which clusters were busy, each cluster counted, and how many clusters that were.
    pub(crate) fn busy(&self, place: Place) -> (u64, u64) {
        let range = self.busy.range((place, 0)..=(place, u32::MAX));
        range.fold((0, 0), |(seconds, clusters), (_, busy)| {
            let busy: u64 = busy.iter().map(|word| u64::from(word.count_ones())).sum();
            (seconds + busy, clusters + 1)
        })
    }

    /// How many seconds from a time until another within an hour a cluster was busy; without a number, any of them.
    pub(crate) fn within(&self, place: Place, cluster: Option<u32>, span: (Time, Time)) -> Seconds {
        let mut on = [0; WORDS];
        mark(&mut on, (span.0.0 - place.1.0) / 1000, (span.1.0 - place.1.0 - 1) / 1000);
        let of = |cluster: u32| self.busy.get(&(place, cluster)).map(|busy| **busy);
        let every = || {
            let range = self.busy.range((place, 0)..=(place, u32::MAX));
            range.fold([0; WORDS], |mut all, (_, busy)| {
                all.iter_mut().zip(busy.iter()).for_each(|(all, busy)| *all |= busy);
                all
            })
        };
        // A record that does not number clusters has all under none.
        let busy = match cluster {
            Some(number) => of(number).or_else(|| of(0)).unwrap_or([0; WORDS]),
            None => every(),
        };
        let count = |bits: &mut dyn Iterator<Item = u64>| -> u64 {
            bits.map(|word| u64::from(word.count_ones())).sum()
        };
        let both = count(&mut on.iter().zip(busy).map(|(on, busy)| on & busy));
        Seconds { busy: both, on: count(&mut on.iter().copied()) }
    }
}

/// Hours that a run touches, with its milliseconds in each; an instant is one millisecond.
fn slices(start: Time, end: Time) -> Vec<(Time, u64)> {
    let end = Time(end.0.clamp(start.0 + 1, start.0 + LONGEST));
    let mut slices = Vec::new();
    let mut at = start;
    while at < end {
        let hour = at.hour();
        let until = Time(end.0.min(hour.0 + Time::HOUR));
        slices.push((hour, u64::try_from(until.0 - at.0).unwrap_or(0)));
        at = until;
    }
    slices
}

impl Ran {
    fn add_work(&mut self, work: u64) {
        self.work = self.work.saturating_add(work);
    }
}

/// A weight: nothing is less than nothing. The largest number stands for whatever is too large to be one.
pub(crate) fn positive(number: i128) -> u64 {
    u64::try_from(number.max(0)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::Names;

    #[test]
    fn a_run_is_cut_at_the_hours() {
        let warehouse = Names::default().id("w");
        let mut hours = Hours::default();
        let (start, end) = (Time(Time::HOUR - 90_000), Time(Time::HOUR + 30_000));
        hours.run(warehouse, 1, 0, (start, end), None);
        hours.credit(warehouse, 0, (start, end), 1000);
        let at = |hour| hours.at((warehouse, Time(hour)));
        let ran = |hour| at(hour).first().map(|(_, ran)| (ran.work, ran.credits));
        assert_eq!(ran(0), Some((90_000, 750)));
        assert_eq!(ran(Time::HOUR), Some((30_000, 250)));
        assert_eq!(hours.busy((warehouse, Time(0))), (90, 1));
        assert_eq!(hours.busy((warehouse, Time(Time::HOUR))), (30, 1));
        // What runs beside it on the same cluster makes no second busier; a moment takes one.
        hours.run(warehouse, 1, 0, (Time(Time::HOUR - 60_000), Time(Time::HOUR)), None);
        hours.run(warehouse, 2, 0, (Time(5), Time(5)), None);
        assert_eq!(hours.busy((warehouse, Time(0))), (91, 2));
        let mut whole = [0; WORDS];
        mark(&mut whole, 0, 3599);
        assert_eq!(whole.iter().map(|word| word.count_ones()).sum::<u32>(), 3600);
    }

    #[test]
    fn a_wrong_end_is_no_endless_run() {
        assert_eq!(slices(Time(5), Time(5)), [(Time(0), 1)]);
        assert_eq!(slices(Time(5), Time(3)), [(Time(0), 1)]);
        assert!(slices(Time(0), Time(i64::MAX)).len() < 200);
    }
}
