//! What runs keep for the next one: pieces of their work, by digests of what they were made of.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use plumb_base::Digest;
use serde::{Serialize, de::DeserializeOwned};

/// Pieces of an earlier run of the same program, and those of this one.
///
/// Each piece is of several things, each of which has a key: the digest of all that it was made of. It is found again
/// only where all of that is the same, so it does not matter which run made it.
#[derive(Default)]
pub struct Kept {
    before: Vec<u8>,
    /// The pieces of the earlier run, in order, and in which of them things are.
    pieces: Vec<Place>,
    things: BTreeMap<Digest, usize>,
    now: Mutex<Now>,
}

/// Where a piece of the earlier run lies in what it handed on: its keys begin, its bytes, its end.
type Place = [usize; 3];

/// Pieces of this run.
#[derive(Default)]
struct Now {
    /// Which of the earlier run are of use in this one.
    again: BTreeSet<usize>,
    /// By their keys.
    new: BTreeMap<Vec<Digest>, Vec<u8>>,
}

/// Bytes of a digest, and of a number.
const DIGEST: usize = size_of::<u128>();
const NUMBER: usize = size_of::<u64>();

impl Kept {
    /// What an earlier run handed on; bytes that are not whole are nothing.
    pub fn new(bytes: Vec<u8>) -> Self {
        let (pieces, things) = pieces(&bytes).unwrap_or_default();
        Self { before: bytes, pieces, things, now: Mutex::default() }
    }

    /// The number of the piece of the earlier run that a thing is in.
    pub(crate) fn find(&self, thing: Digest) -> Option<usize> {
        self.things.get(&thing).copied()
    }

    /// A piece of the earlier run.
    pub(crate) fn recall<T: DeserializeOwned>(&self, piece: usize) -> Option<T> {
        let [_, start, end] = *self.pieces.get(piece)?;
        let known = postcard::from_bytes(&self.before[start..end]).ok()?;
        self.now().again.insert(piece);
        Some(known)
    }

    /// Keeps a piece for the next run.
    pub(crate) fn keep<T: Serialize>(&self, things: Vec<Digest>, piece: &T) {
        // Without it the next run takes longer, and that is all.
        if let Ok(bytes) = postcard::to_stdvec(piece) {
            self.now().new.insert(things, bytes);
        }
    }

    /// What the next run may begin with; nothing if this one made nothing new.
    ///
    /// After a run of all there is to do, what it did not use of an earlier one is of no use any more.
    pub fn into_bytes(self, was_all: bool) -> Option<Vec<u8>> {
        let Now { again, new } = self.now.into_inner().unwrap_or_else(PoisonError::into_inner);
        if new.is_empty() {
            return None;
        }
        let before = self.pieces.iter().enumerate();
        let before = before.filter(|(piece, _)| !was_all || again.contains(piece));
        let before: Vec<&[u8]> =
            before.map(|(_, [keys, _, end])| &self.before[*keys..*end]).collect();
        let added = new.iter().map(|(things, piece)| things.len() * DIGEST + piece.len());
        let added: usize = added.map(|bytes| 2 * NUMBER + bytes).sum();
        let all = before.iter().map(|piece| piece.len()).sum::<usize>() + added;
        let mut bytes = Vec::with_capacity(DIGEST + all);
        bytes.extend([0; DIGEST]);
        for piece in before {
            bytes.extend(piece);
        }
        for (things, piece) in new {
            bytes.extend((things.len() as u64).to_le_bytes());
            bytes.extend((piece.len() as u64).to_le_bytes());
            bytes.extend(things.iter().flat_map(|thing| thing.0.to_le_bytes()));
            bytes.extend(piece);
        }
        let whole = Digest::of(&bytes[DIGEST..]);
        bytes[..DIGEST].copy_from_slice(&whole.0.to_le_bytes());
        Some(bytes)
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The pieces in what was handed on, and which things are in which.
fn pieces(bytes: &[u8]) -> Option<(Vec<Place>, BTreeMap<Digest, usize>)> {
    let (whole, rest) = bytes.split_first_chunk::<DIGEST>()?;
    if Digest::of(rest) != digest(*whole) {
        return None;
    }
    let (mut pieces, mut things, mut at) = (Vec::new(), BTreeMap::new(), DIGEST);
    while at < bytes.len() {
        let keys = at + 2 * NUMBER;
        let start = keys.checked_add(number(bytes, at)?.checked_mul(DIGEST)?)?;
        let end = start.checked_add(number(bytes, at + NUMBER)?)?;
        bytes.get(start..end)?;
        let (known, _) = bytes[keys..start].as_chunks::<DIGEST>();
        things.extend(known.iter().map(|thing| (digest(*thing), pieces.len())));
        pieces.push([at, start, end]);
        at = end;
    }
    Some((pieces, things))
}

fn digest(bytes: [u8; DIGEST]) -> Digest {
    Digest(u128::from_le_bytes(bytes))
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..)?.first_chunk::<NUMBER>()?;
    usize::try_from(u64::from_le_bytes(*bytes)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(names: &[&str]) -> Vec<Digest> {
        names.iter().map(Digest::of).collect()
    }

    fn known(kept: &Kept, name: &str) -> Option<String> {
        kept.recall(kept.find(Digest::of(name))?)
    }

    #[test]
    fn pieces_are_found_again_and_those_of_no_use_forgotten() {
        let first = Kept::default();
        first.keep(keys(&["a", "b"]), &"one");
        first.keep(keys(&["c"]), &"two");
        let bytes = first.into_bytes(true).unwrap();

        let second = Kept::new(bytes.clone());
        assert_eq!(known(&second, "b").as_deref(), Some("one"));
        assert_eq!(known(&second, "d"), None);
        assert_eq!(second.into_bytes(true), None);

        for (was_all, kept) in [(true, ""), (false, "two")] {
            let third = Kept::new(bytes.clone());
            known(&third, "a").unwrap();
            third.keep(keys(&["d"]), &"three");
            let fourth = Kept::new(third.into_bytes(was_all).unwrap());
            let all = ["a", "b", "c", "d"].map(|name| known(&fourth, name).unwrap_or_default());
            assert_eq!(all, ["one", "one", kept, "three"]);
        }
    }

    #[test]
    fn what_is_not_whole_is_nothing() {
        let kept = Kept::default();
        kept.keep(keys(&["a"]), &"one");
        let bytes = kept.into_bytes(true).unwrap();
        for end in 0..bytes.len() {
            assert_eq!(known(&Kept::new(bytes[..end].to_vec()), "a"), None);
        }
        for at in 0..bytes.len() {
            let mut other = bytes.clone();
            other[at] ^= 1;
            assert_eq!(known(&Kept::new(other), "a"), None);
        }
    }
}
