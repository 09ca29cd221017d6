//! An object as a stream: read in ranges, from any place, with a bound on what is held of it.

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use object_store::path::Path;
use object_store::{Error, GetOptions, GetRange, ObjectStore};

use crate::fault::{Asked, why};
use crate::line::Line;

/// Bytes that are asked for where nothing tells that reading goes on.
const FIRST: u64 = 256 << 10;

/// Most bytes that are asked for at once.
pub(crate) const LARGEST: u64 = 4 << 20;

/// Most bytes that are held; columns of Parquet are read side by side.
const HELD: usize = 64 << 20;

/// An object, and the state of it that is read.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    pub(crate) line: Arc<Line>,
    pub(crate) store: Arc<dyn ObjectStore>,
    pub(crate) path: Path,
    pub(crate) size: u64,
    /// What a store made of this state of it.
    pub(crate) tag: Option<String>,
}

impl Object {
    /// Some of its bytes, or why not; never those of another state of it.
    pub(crate) fn bytes(&self, range: Range<u64>) -> Result<Bytes, String> {
        if range.is_empty() {
            return Ok(Bytes::new());
        }
        self.line.wait(self.asked(range)).unwrap_or_else(|| Err("it was given up".to_owned()))
    }

    /// Asks for all of its bytes, and does not wait.
    pub(crate) fn begin(&self) -> Option<Receiver<Result<Bytes, String>>> {
        self.line.begin(self.asked(0..self.size))
    }

    fn asked(&self, range: Range<u64>) -> impl Future<Output = Result<Bytes, String>> + use<> {
        let (store, path, tag) = (Arc::clone(&self.store), self.path.clone(), self.tag.clone());
        async move {
            let length =
                usize::try_from(range.end - range.start).map_err(|error| error.to_string())?;
            let range = Some(GetRange::Bounded(range));
            let options = GetOptions { if_match: tag, range, ..GetOptions::default() };
            let refuse = |error: Error| why(&error, Asked::Object);
            let answer = store.get_opts(&path, options).await.map_err(refuse)?;
            let mut parts = answer.into_stream();
            let mut bytes = BytesMut::with_capacity(length);
            while bytes.len() < length
                && let Some(part) = parts.next().await
            {
                bytes.extend_from_slice(&part.map_err(refuse)?);
            }
            let bytes = bytes.freeze();
            let is_whole = bytes.len() >= length;
            let broke = || "the connection broke: run it again".to_owned();
            is_whole.then(|| bytes.slice(..length)).ok_or_else(broke)
        }
    }
}

/// A part of an object that is held.
struct Part {
    start: u64,
    bytes: Bytes,
    /// When it was used last.
    used: u64,
}

impl Part {
    fn end(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }
}

/// An object while it is read.
pub(crate) struct ObjectStream {
    object: Object,
    at: u64,
    parts: Vec<Part>,
    uses: u64,
}

impl ObjectStream {
    pub(crate) fn new(object: Object) -> Self {
        Self { object, at: 0, parts: Vec::new(), uses: 0 }
    }

    /// The range to ask for: more where somebody reads on, and all of the end, where Parquet says what is where.
    fn wanted(&self) -> Range<u64> {
        let size = self.object.size;
        let before = self.parts.iter().find(|part| part.end() == self.at);
        let length =
            before.map_or(FIRST, |part| (part.bytes.len() as u64 * 2).clamp(FIRST, LARGEST));
        let start =
            if before.is_none() { self.at.min(size.saturating_sub(FIRST)) } else { self.at };
        start..start.saturating_add(length).min(size)
    }

    fn fetch(&mut self) -> io::Result<()> {
        let range = self.wanted();
        let start = range.start;
        let bytes = self.object.bytes(range).map_err(io::Error::other)?;
        // What was read to its end has told how reading goes on, and is not read again.
        self.parts.retain(|part| part.end() != self.at || part.start == start);
        self.parts.push(Part { start, bytes, used: self.uses });
        while self.parts.iter().map(|part| part.bytes.len()).sum::<usize>() > HELD
            && let Some(oldest) = (0..self.parts.len()).min_by_key(|at| self.parts[*at].used)
        {
            self.parts.swap_remove(oldest);
        }
        Ok(())
    }
}

impl Read for ObjectStream {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        if bytes.is_empty() || self.at >= self.object.size {
            return Ok(0);
        }
        self.uses += 1;
        let at = self.at;
        let holds = |part: &Part| part.start <= at && at < part.end();
        if !self.parts.iter().any(holds) {
            self.fetch()?;
        }
        let part = self.parts.iter_mut().find(|part| holds(part));
        let part = part.ok_or_else(|| io::Error::other("the store gave less than there is"))?;
        part.used = self.uses;
        let rest = usize::try_from(at - part.start).map_err(io::Error::other)?;
        let rest = &part.bytes[rest..];
        let length = rest.len().min(bytes.len());
        bytes[..length].copy_from_slice(&rest[..length]);
        self.at += length as u64;
        Ok(length)
    }
}

impl Seek for ObjectStream {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.object.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}
