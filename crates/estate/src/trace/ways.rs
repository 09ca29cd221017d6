//! A set of ways in which something takes part in a value, and what becomes of a way seen from further out.

use plumb_base::Flow;

/// Bits of the direct flows that mask: a transformation, an aggregation.
const MASKED: u16 = Flow::Window as u16 + 1;

/// A set of flows; direct ones may mask the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Ways(u16);

impl Ways {
    /// One way.
    pub(crate) fn of(flow: Flow) -> Self {
        Self(1 << flow as u16)
    }

    /// Each direct way, masking.
    pub(crate) fn masked(self) -> Self {
        let each = self.each().map(|(flow, masked)| way(flow, masked || flow.is_direct()));
        Self(each.fold(0, |bits, bit| bits | bit))
    }

    /// Both sets together.
    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Every way, with whether it masks.
    pub(crate) fn each(self) -> impl Iterator<Item = (Flow, bool)> {
        let plain = Flow::ALL.into_iter().map(|flow| (flow, false));
        let masked = [(Flow::Transformation, true), (Flow::Aggregation, true)];
        plain.chain(masked).filter(move |(flow, masked)| self.0 & way(*flow, *masked) != 0)
    }

    /// What takes part in a value in these ways, where the value takes part in another in those of `self`.
    ///
    /// Nearest to the source counts: what decides something inside still decides it outside, by the same means.
    pub(crate) fn over(self, inner: Self) -> Self {
        // Nearly every way is one of a value as it is.
        if self == Self::of(Flow::Identity) {
            return inner;
        }
        let mut bits = 0;
        for (outer, hides) in self.each() {
            for (inner, hidden) in inner.each() {
                bits |= match (outer.is_direct(), inner.is_direct()) {
                    (_, false) => way(inner, false),
                    (false, true) => way(outer, false),
                    (true, true) => way(outer.max(inner), hides || hidden),
                };
            }
        }
        Self(bits)
    }
}

fn way(flow: Flow, masked: bool) -> u16 {
    match (flow, masked) {
        // A value as it is hides nothing.
        (Flow::Transformation, true) => 1 << MASKED,
        (Flow::Aggregation, true) => 1 << (MASKED + 1),
        _ => 1 << flow as u16,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_nearest_to_the_source_counts() {
        let over = |outer: Flow, inner: Flow| {
            Ways::of(outer).over(Ways::of(inner)).each().collect::<Vec<_>>()
        };
        assert_eq!(over(Flow::Transformation, Flow::Aggregation), [(Flow::Aggregation, false)]);
        assert_eq!(over(Flow::Filter, Flow::Identity), [(Flow::Filter, false)]);
        assert_eq!(over(Flow::Filter, Flow::Window), [(Flow::Window, false)]);
        assert_eq!(over(Flow::Aggregation, Flow::Conditional), [(Flow::Conditional, false)]);
    }

    #[test]
    fn what_is_hidden_stays_hidden() {
        let hash = Ways::of(Flow::Transformation).masked();
        let sum = Ways::of(Flow::Aggregation);
        assert_eq!(sum.over(hash).each().collect::<Vec<_>>(), [(Flow::Aggregation, true)]);
        let both = Ways::of(Flow::Identity).and(hash);
        assert_eq!(
            both.each().collect::<Vec<_>>(),
            [(Flow::Identity, false), (Flow::Transformation, true)]
        );
        assert_eq!(Ways::of(Flow::Filter).over(hash), Ways::of(Flow::Filter));
    }
}
