//! Texts that Spark compresses in blocks of its own: LZ4 and Snappy, as its libraries in Java write them.

use std::io::{self, BufRead, ErrorKind, Read};

/// How a block of LZ4 begins.
const LZ4: &[u8] = b"LZ4Block";

/// Bytes before the content of such a block: how it begins, how it is written, both of its sizes, a checksum.
const LZ4_HEAD: usize = 21;

/// How a text of Snappy begins.
const SNAPPY: &[u8] = b"\x82SNAPPY\0";

/// The same with two versions behind it.
const SNAPPY_HEAD: usize = 16;

/// Nobody writes larger blocks: what says so is damaged.
const LARGEST: usize = 64 << 20;

/// How blocks are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Lz4,
    Snappy,
}

impl Form {
    /// The form of a text that begins so.
    pub(super) fn of(start: &[u8]) -> Option<Self> {
        if start.starts_with(LZ4) {
            Some(Self::Lz4)
        } else {
            start.starts_with(SNAPPY).then_some(Self::Snappy)
        }
    }
}

/// A text that is read block by block.
pub(super) struct Blocks<R> {
    bytes: R,
    form: Form,
    plain: Vec<u8>,
    at: usize,
}

impl<R: BufRead> Blocks<R> {
    pub(super) fn new(bytes: R, form: Form) -> Self {
        Self { bytes, form, plain: Vec::new(), at: 0 }
    }

    /// Reads the next block; false where there is none.
    fn next(&mut self) -> io::Result<bool> {
        self.at = 0;
        self.plain.clear();
        while self.plain.is_empty() {
            if self.bytes.fill_buf()?.is_empty() {
                return Ok(false);
            }
            match self.form {
                Form::Lz4 => self.lz4()?,
                Form::Snappy => self.snappy()?,
            }
        }
        Ok(true)
    }

    fn lz4(&mut self) -> io::Result<()> {
        let head = self.take(LZ4_HEAD)?;
        if !head.starts_with(LZ4) {
            return Err(damaged(&"no block of LZ4"));
        }
        let size = |at: usize| {
            let bytes = [head[at], head[at + 1], head[at + 2], head[at + 3]];
            usize::try_from(u32::from_le_bytes(bytes)).unwrap_or(usize::MAX)
        };
        let (packed, plain) = (size(9), size(13));
        let content = self.take(packed)?;
        self.plain = match head[8] & 0xf0 {
            0x10 => content,
            0x20 if plain <= LARGEST => {
                lz4_flex::block::decompress(&content, plain).map_err(|error| damaged(&error))?
            }
            _ => return Err(damaged(&"a block of LZ4 that nobody writes")),
        };
        Ok(())
    }

    fn snappy(&mut self) -> io::Result<()> {
        let size = self.take(4)?;
        // A text may be several, one behind the other.
        if SNAPPY.starts_with(&size) {
            self.take(SNAPPY_HEAD - 4)?;
            return Ok(());
        }
        let size = u32::from_be_bytes([size[0], size[1], size[2], size[3]]);
        let content = self.take(usize::try_from(size).unwrap_or(usize::MAX))?;
        if snap::raw::decompress_len(&content).map_err(|error| damaged(&error))? > LARGEST {
            return Err(damaged(&"a block of Snappy that nobody writes"));
        }
        self.plain =
            snap::raw::Decoder::new().decompress_vec(&content).map_err(|error| damaged(&error))?;
        Ok(())
    }

    fn take(&mut self, count: usize) -> io::Result<Vec<u8>> {
        if count > LARGEST {
            return Err(damaged(&"a block that is larger than anybody writes"));
        }
        let mut taken = Vec::new();
        let read = self.bytes.by_ref().take(count as u64).read_to_end(&mut taken)?;
        if read == count { Ok(taken) } else { Err(ErrorKind::UnexpectedEof.into()) }
    }
}

impl<R: BufRead> Read for Blocks<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.at == self.plain.len() && !self.next()? {
            return Ok(0);
        }
        let count = to.len().min(self.plain.len() - self.at);
        to[..count].copy_from_slice(&self.plain[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

fn damaged(why: &dyn std::fmt::Display) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, why.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text as Spark writes it: blocks, the second as it is, and an empty one at its end.
    fn lz4(text: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        for (at, part) in text.chunks(1000).chain([&b""[..]]).enumerate() {
            let plain = at == 1 || part.is_empty();
            let content = if plain { part.to_vec() } else { lz4_flex::block::compress(part) };
            out.extend_from_slice(LZ4);
            out.push(if plain { 0x16 } else { 0x26 });
            for size in [content.len(), part.len(), 7] {
                out.extend(u32::try_from(size).unwrap().to_le_bytes());
            }
            out.extend(content);
        }
        out
    }

    fn snappy(text: &[u8]) -> Vec<u8> {
        let mut out = [SNAPPY, &[0, 0, 0, 1, 0, 0, 0, 1]].concat();
        for part in text.chunks(1000) {
            let content = snap::raw::Encoder::new().compress_vec(part).unwrap();
            out.extend(u32::try_from(content.len()).unwrap().to_be_bytes());
            out.extend(content);
        }
        out
    }

    fn read(bytes: &[u8]) -> io::Result<Vec<u8>> {
        let form = Form::of(bytes).unwrap();
        let mut plain = Vec::new();
        Blocks::new(bytes, form).read_to_end(&mut plain)?;
        Ok(plain)
    }

    #[test]
    fn blocks_are_read_as_they_were() {
        let text: Vec<u8> = (0..9000_u32).map(|at| (at * at % 251) as u8 / 8).collect();
        assert_eq!(read(&lz4(&text)).unwrap(), text);
        assert_eq!(read(&snappy(&text)).unwrap(), text);
        let twice = [text.as_slice(), &text].concat();
        assert_eq!(read(&[lz4(&text), lz4(&text)].concat()).unwrap(), twice);
        assert_eq!(read(&[snappy(&text), snappy(&text)].concat()).unwrap(), twice);
        assert!(Form::of(b"LZ4").is_none());
    }

    #[test]
    fn damaged_blocks_are_an_error() {
        let text = [7; 3000];
        for whole in [lz4(&text), snappy(&text)] {
            assert!(read(&whole[..whole.len() - 25]).is_err());
            for at in 8..whole.len().min(60) {
                let mut bytes = whole.clone();
                bytes[at] ^= 0x55;
                let _read = read(&bytes);
            }
        }
    }
}
