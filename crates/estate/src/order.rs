//! An order in which every asset comes after what it reads.

use std::collections::{BTreeMap, BTreeSet};

/// Positions in reading order, ties by position; then what stands in a circle or reads from one, as it came.
pub(crate) fn topological(reads: &[Vec<usize>]) -> (Vec<usize>, Vec<usize>) {
    let mut waiting: BTreeMap<usize, usize> = BTreeMap::new();
    let mut readers: Vec<Vec<usize>> = vec![Vec::new(); reads.len()];
    let mut ready = BTreeSet::new();
    for (at, sources) in reads.iter().enumerate() {
        let sources: BTreeSet<usize> =
            sources.iter().copied().filter(|source| *source != at).collect();
        if sources.is_empty() {
            ready.insert(at);
        } else {
            waiting.insert(at, sources.len());
        }
        for source in sources {
            readers[source].push(at);
        }
    }
    let mut order = Vec::with_capacity(reads.len());
    while let Some(at) = ready.pop_first() {
        order.push(at);
        for reader in &readers[at] {
            if let Some(left) = waiting.get_mut(reader) {
                *left -= 1;
                if *left == 0 {
                    waiting.remove(reader);
                    ready.insert(*reader);
                }
            }
        }
    }
    (order, waiting.into_keys().collect())
}

#[cfg(test)]
mod tests {
    #[test]
    fn sources_come_first_and_circles_do_not_hang() {
        let (order, circles) = super::topological(&[vec![1], vec![2], vec![], vec![4], vec![3]]);
        assert_eq!(
            (order.as_slice(), circles.as_slice()),
            ([2, 1, 0].as_slice(), [3, 4].as_slice())
        );
    }
}
