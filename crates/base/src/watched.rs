//! A world that notices where a file could not be read on: what was made of it then holds for this run alone.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, OnceLock};

use crate::record::History;
use crate::{Entry, Mark, Memory, Stream, World, WorldError};

/// Another world, and why one of its streams broke first.
pub struct Watched<'a> {
    world: &'a dyn World,
    broke: Arc<OnceLock<String>>,
}

impl<'a> Watched<'a> {
    /// A world of which nothing broke yet.
    pub fn new(world: &'a dyn World) -> Self {
        Self { world, broke: Arc::default() }
    }

    /// Why a stream could not be read on, if one could not.
    pub fn failure(&self) -> Option<String> {
        self.broke.get().cloned()
    }
}

struct WatchedStream {
    stream: Box<dyn Stream>,
    broke: Arc<OnceLock<String>>,
}

impl Read for WatchedStream {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(bytes);
        if let Err(error) = &read
            && error.kind() != io::ErrorKind::Interrupted
        {
            self.broke.get_or_init(|| error.to_string());
        }
        read
    }
}

impl Seek for WatchedStream {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.stream.seek(to)
    }
}

impl World for Watched<'_> {
    fn files(&self, folder: &str) -> Result<Vec<Entry>, WorldError> {
        self.world.files(folder)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, WorldError> {
        self.world.read(path)
    }

    fn head(&self, path: &str, most: usize) -> Result<Vec<u8>, WorldError> {
        self.world.head(path, most)
    }

    fn stream(&self, path: &str) -> Result<Box<dyn Stream>, WorldError> {
        let stream = self.world.stream(path)?;
        Ok(Box::new(WatchedStream { stream, broke: Arc::clone(&self.broke) }))
    }

    fn expect(&self, paths: &[&str]) {
        self.world.expect(paths);
    }

    fn mark(&self, path: &str) -> Option<Mark> {
        self.world.mark(path)
    }

    fn notes(&self) -> Option<&dyn Memory> {
        self.world.notes()
    }

    fn below_top(&self) -> String {
        self.world.below_top()
    }

    fn read_from_top(&self, path: &str) -> Result<Vec<u8>, WorldError> {
        self.world.read_from_top(path)
    }

    fn history(&self) -> Result<Option<History>, WorldError> {
        self.world.history()
    }

    fn history_mark(&self) -> Result<Option<String>, WorldError> {
        self.world.history_mark()
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.world.variable(name)
    }

    fn root(&self) -> String {
        self.world.root()
    }
}
