//! How long tasks took, in memory that does not grow with their number.

use std::collections::BTreeMap;

/// Times below this are kept as they are; above, so many steps double a time.
const STEPS: u64 = 128;

/// Counts of times.
#[derive(Debug, Default)]
pub(super) struct Times {
    counts: BTreeMap<u16, u64>,
    count: u64,
    longest: u64,
}

impl Times {
    pub(super) fn add(&mut self, millis: u64) {
        *self.counts.entry(step(millis)).or_default() += 1;
        self.count += 1;
        self.longest = self.longest.max(millis);
    }

    pub(super) fn longest(&self) -> u64 {
        self.longest
    }

    /// The time that so many of a hundred did not pass; never more than it was, and less by a hundredth at most.
    pub(super) fn percentile(&self, percent: u64) -> u64 {
        let rank = (self.count * percent).div_ceil(100).max(1);
        if rank >= self.count {
            return self.longest;
        }
        let mut seen = 0;
        for (step, count) in &self.counts {
            seen += count;
            if seen >= rank {
                return least(*step);
            }
        }
        self.longest
    }
}

/// The step that a time is on.
fn step(millis: u64) -> u16 {
    let doubled = u64::from(millis.checked_ilog2().unwrap_or(0).saturating_sub(STEPS.ilog2()));
    let step = if millis < STEPS { millis } else { (doubled * STEPS) + (millis >> doubled) };
    u16::try_from(step).unwrap_or(u16::MAX)
}

/// The shortest time on a step.
fn least(step: u16) -> u64 {
    let step = u64::from(step);
    if step < 2 * STEPS {
        return step;
    }
    let doubled = step / STEPS - 1;
    (step - doubled * STEPS) << doubled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_never_wider_than_a_hundredth() {
        for millis in (0..5000).chain((0..60).map(|at| 77 << at)).chain([u64::MAX]) {
            let least = least(step(millis));
            assert!(least <= millis, "{millis} is {least}");
            assert!(millis - least <= millis / 100, "{millis} is {least}");
        }
    }

    #[test]
    fn percentiles_are_of_the_nearest_rank() {
        let mut times = Times::default();
        assert_eq!((times.percentile(50), times.longest()), (0, 0));
        (1..=100).for_each(|millis| times.add(millis));
        assert_eq!((times.percentile(50), times.percentile(95), times.longest()), (50, 95, 100));
        times.add(100_000);
        assert_eq!(
            (times.percentile(50), times.percentile(95), times.longest()),
            (51, 96, 100_000)
        );
        let mut one = Times::default();
        one.add(7_654_321);
        assert_eq!((one.percentile(50), one.percentile(95)), (7_654_321, 7_654_321));
    }
}
