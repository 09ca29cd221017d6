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

/// Those together that need not wait for each other, level by level, each level in the given order.
///
/// Whoever looks at what comes earlier is on a later level; whoever looks at what comes later is not on a later level than
/// that. So everyone sees what they would see one after the other.
pub(crate) fn levels(looks: &[Vec<usize>], order: &[usize]) -> Vec<Vec<usize>> {
    let mut turns = vec![None; looks.len()];
    for (turn, at) in order.iter().enumerate() {
        turns[*at] = Some(turn);
    }
    let mut level = vec![0; looks.len()];
    let mut levels: Vec<Vec<usize>> = Vec::new();
    for at in order {
        let (earlier, later): (Vec<usize>, Vec<usize>) =
            looks[*at].iter().filter(|it| *it != at).partition(|it| turns[**it] < turns[*at]);
        let known = earlier.iter().filter(|it| turns[**it].is_some());
        let own = known.map(|it| level[*it] + 1).max().unwrap_or_default().max(level[*at]);
        level[*at] = own;
        for later in later {
            level[later] = level[later].max(own);
        }
        if levels.len() <= own {
            levels.resize_with(own + 1, Vec::new);
        }
        levels[own].push(*at);
    }
    levels
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

    #[test]
    fn who_is_looked_at_too_early_is_not_done_before() {
        // 1 reads 0; 2 and 3 read each other, and 2 comes first.
        let looks = [vec![], vec![0], vec![1, 3], vec![2], vec![]];
        let levels = super::levels(&looks, &[0, 4, 1, 2, 3]);
        assert_eq!(levels, [vec![0, 4], vec![1], vec![2], vec![3]]);
        let looks = [vec![], vec![0], vec![1, 3], vec![0]];
        assert_eq!(super::levels(&looks, &[0, 1, 2, 3]), [vec![0], vec![1], vec![2, 3]]);
    }
}
