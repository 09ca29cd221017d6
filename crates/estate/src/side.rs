//! Work done side by side, of which everything that comes out is taken in order.

use std::{collections::BTreeMap, sync::mpsc};

use rayon::Yield;

/// Works on each of some things wherever there is a thread for it; hands on what comes out in the order of the things,
/// while others are still worked on.
pub(crate) fn in_order<T: Sync, R: Send>(
    things: &[T],
    work: impl Fn(&T) -> R + Sync,
    mut then: impl FnMut(&T, R),
) {
    let (send, receive) = mpsc::channel();
    let work = &work;
    rayon::in_place_scope_fifo(|scope| {
        for (at, thing) in things.iter().enumerate() {
            let send = send.clone();
            // Nobody listens any more only where another has panicked.
            scope.spawn_fifo(move |_| drop(send.send((at, work(thing)))));
        }
        drop(send);
        let mut early = BTreeMap::new();
        let mut rest = things.iter().enumerate();
        let mut next = rest.next();
        while let Some((at, thing)) = next {
            if let Some(done) = early.remove(&at) {
                then(thing, done);
                next = rest.next();
                continue;
            }
            match receive.try_recv() {
                Ok((at, done)) => drop(early.insert(at, done)),
                Err(mpsc::TryRecvError::Disconnected) => break,
                // This thread works, too; but what is there is taken first.
                Err(mpsc::TryRecvError::Empty) => match rayon::yield_now() {
                    Some(Yield::Executed) => {}
                    Some(Yield::Idle) | None => std::thread::yield_now(),
                },
            }
        }
    });
}

/// Most things that share an arena.
const GROUP: usize = 16;

/// Letters of SQL from which on a group takes no more: one thread works on all of it.
const HEAVY: usize = 48 << 10;

/// Shares of things that may be worked on at one time, where there are few.
const SHARES: usize = 8;

/// Cuts a list into groups, each as many things as are worth an arena, or fewer heavy ones.
pub(crate) fn groups<T>(things: &[T], letters: impl Fn(&T) -> usize) -> Vec<&[T]> {
    let most = things.len().div_ceil(SHARES).clamp(1, GROUP);
    let (mut groups, mut start, mut weight) = (Vec::new(), 0, 0);
    for (at, thing) in things.iter().enumerate() {
        weight += letters(thing);
        if at + 1 - start == most || weight >= HEAVY {
            groups.push(&things[start..=at]);
            (start, weight) = (at + 1, 0);
        }
    }
    groups.extend(Some(&things[start..]).filter(|rest| !rest.is_empty()));
    groups
}

#[cfg(test)]
mod tests {
    #[test]
    fn heavy_things_are_few_in_a_group() {
        let things: Vec<usize> = (0..200).map(|at| if at < 4 { 40 << 10 } else { 1 }).collect();
        let groups: Vec<usize> =
            super::groups(&things, |it| *it).iter().map(|it| it.len()).collect();
        assert_eq!(groups[..4], [2, 2, 16, 16]);
        assert_eq!(groups.iter().sum::<usize>(), things.len());
        assert_eq!(super::groups(&things[..9], |_| 1).len(), 5);
        assert!(super::groups(&things[..0], |_| 1).is_empty());
    }

    #[test]
    fn what_comes_out_is_taken_in_order() {
        let things: Vec<u64> = (0..200).collect();
        let mut taken = Vec::new();
        super::in_order(
            &things,
            |thing| {
                // Some take much longer than others.
                let more =
                    (0..thing * 37 % 100 * 200).fold(0, |sum, at| std::hint::black_box(sum ^ at));
                thing * 2 + more - more
            },
            |thing, done| taken.push((*thing, done)),
        );
        let wanted: Vec<(u64, u64)> = things.iter().map(|thing| (*thing, thing * 2)).collect();
        assert_eq!(taken, wanted);
    }
}
