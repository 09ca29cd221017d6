//! Stopping between two rows: whoever asks to stop gets the rest of a file as an error, and what was read is kept.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use plumb_base::{Entry, Mark, Stream, World, WorldError};

/// A wish to stop, and whether anybody would hear it.
#[derive(Debug, Clone)]
pub struct Interrupt {
    /// Set by whoever wants a run to stop.
    pub asked: Arc<AtomicBool>,
    /// Set while nobody looks at the wish, because nothing is being kept.
    pub idle: Arc<AtomicBool>,
}

impl Default for Interrupt {
    fn default() -> Self {
        Self { asked: Arc::default(), idle: Arc::new(AtomicBool::new(true)) }
    }
}

impl Interrupt {
    pub(crate) fn is_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    /// Looks at the wish until what it gives is dropped.
    pub(crate) fn heed(&self) -> Heeding<'_> {
        self.idle.store(false, Ordering::Relaxed);
        Heeding(self)
    }
}

pub(crate) struct Heeding<'a>(&'a Interrupt);

impl Drop for Heeding<'_> {
    fn drop(&mut self) {
        self.0.idle.store(true, Ordering::Relaxed);
    }
}

/// A world whose files break off once any of several asks to stop.
pub(crate) struct Stoppable<'a> {
    pub(crate) world: &'a dyn World,
    pub(crate) asked: Vec<Arc<AtomicBool>>,
    /// Set where the machine could not read on: another time it may.
    pub(crate) broke: Arc<AtomicBool>,
}

struct StoppableStream {
    stream: Box<dyn Stream>,
    asked: Vec<Arc<AtomicBool>>,
    broke: Arc<AtomicBool>,
}

impl Read for StoppableStream {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        if self.asked.iter().any(|asked| asked.load(Ordering::Relaxed)) {
            return Err(io::Error::other("interrupted"));
        }
        let read = self.stream.read(bytes);
        if read.as_ref().is_err_and(|error| error.kind() != io::ErrorKind::Interrupted) {
            self.broke.store(true, Ordering::Relaxed);
        }
        read
    }
}

impl Seek for StoppableStream {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.stream.seek(to)
    }
}

impl World for Stoppable<'_> {
    fn files(&self, folder: &str) -> Result<Vec<Entry>, WorldError> {
        self.world.files(folder)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, WorldError> {
        self.world.read(path)
    }

    fn stream(&self, path: &str) -> Result<Box<dyn Stream>, WorldError> {
        let (stream, asked) = (self.world.stream(path)?, self.asked.clone());
        Ok(Box::new(StoppableStream { stream, asked, broke: Arc::clone(&self.broke) }))
    }

    fn head(&self, path: &str, most: usize) -> Result<Vec<u8>, WorldError> {
        self.world.head(path, most)
    }

    fn expect(&self, paths: &[&str]) {
        self.world.expect(paths);
    }

    fn mark(&self, path: &str) -> Option<Mark> {
        self.world.mark(path)
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.world.variable(name)
    }

    fn root(&self) -> String {
        self.world.root()
    }
}
