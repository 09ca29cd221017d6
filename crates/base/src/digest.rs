//! 128-bit content digests: what is stored or compared across runs.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A 128-bit digest of some content; equal content has an equal digest on every machine.
///
/// Not cryptographic: where a wrong match would matter, the content itself is compared.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Digest(pub u128);

impl Digest {
    /// Digests bytes.
    pub fn of(bytes: impl AsRef<[u8]>) -> Self {
        Self(xxhash_rust::xxh3::xxh3_128(bytes.as_ref()))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// Bytes that a digest is made of without a heap: most nodes of plans have fewer.
const ROOM: usize = 160;

/// Builds a [`Digest`] from parts; each part is framed, so `("ab", "c")` differs from `("a", "bc")`.
pub struct Hasher {
    near: [u8; ROOM],
    used: usize,
    /// All bytes, once they are too many.
    far: Vec<u8>,
}

impl Hasher {
    /// Starts a digest; `tag` keeps digests of different kinds of content apart.
    pub fn new(tag: &str) -> Self {
        let mut hasher = Self { near: [0; ROOM], used: 0, far: Vec::new() };
        hasher.text(tag);
        hasher
    }

    /// Adds a text.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.number(text.len() as u64);
        self.add(text.as_bytes());
        self
    }

    /// Adds a number.
    pub fn number(&mut self, number: u64) -> &mut Self {
        self.add(&number.to_le_bytes());
        self
    }

    /// Adds a digest.
    pub fn digest(&mut self, digest: Digest) -> &mut Self {
        self.add(&digest.0.to_le_bytes());
        self
    }

    fn add(&mut self, bytes: &[u8]) {
        let end = self.used + bytes.len();
        if let Some(room) = self.near.get_mut(self.used..end)
            && self.far.is_empty()
        {
            room.copy_from_slice(bytes);
            self.used = end;
            return;
        }
        if self.far.is_empty() {
            self.far.reserve(end.max(4 * ROOM));
            self.far.extend_from_slice(&self.near[..self.used]);
        }
        self.far.extend_from_slice(bytes);
    }

    /// Ends the digest.
    pub fn finish(&self) -> Digest {
        Digest::of(if self.far.is_empty() { &self.near[..self.used] } else { &self.far })
    }
}

/// The first `length` characters of a digest in Crockford's base 32, which has no letters I, L, O, U.
pub fn short_id(digest: Digest, length: usize) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    (0..length.min(25))
        .map(|index| {
            let bits = (digest.0 >> (123 - 5 * index)) & 31;
            char::from(ALPHABET[usize::try_from(bits).unwrap_or_default()])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_keep_parts_apart() {
        let one = Hasher::new("t").text("ab").text("c").finish();
        let two = Hasher::new("t").text("a").text("bc").finish();
        assert_ne!(one, two);
    }

    #[test]
    fn ids_are_stable() {
        assert_eq!(short_id(Digest::of("plumb"), 6), short_id(Digest::of("plumb"), 8)[..6]);
    }
}
