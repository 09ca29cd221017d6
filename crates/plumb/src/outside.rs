//! What the command line needs from its surroundings, so that tests can stand in for a machine.

use std::borrow::Cow;
use std::path::PathBuf;

use plumb_base::{Memory, World, WorldError};
use plumb_store::Interrupt;

/// The surroundings of a run.
pub trait Outside {
    /// Opens a folder for reading.
    fn open(&self, folder: &str) -> Result<Box<dyn World>, WorldError>;

    /// Answers of earlier runs about a folder. Here none are kept.
    fn memory(&self, _: &str) -> Option<Box<dyn Memory>> {
        None
    }

    /// Where records of a folder would be kept. Here there is no place for them.
    fn store(&self, _: &str) -> Option<PathBuf> {
        None
    }

    /// A wish to stop, as long as something is being kept. Here nobody has it.
    fn interrupt(&self) -> Interrupt {
        Interrupt::default()
    }

    /// What is called before a run waits for another one. Here nobody is told.
    fn waits(&self) -> Box<dyn Fn()> {
        Box::new(|| {})
    }

    /// An environment variable.
    fn variable(&self, name: &str) -> Option<String>;

    /// Whether standard output is a terminal.
    fn terminal(&self) -> bool;

    /// Begins to tell how far a run is: what it gives is told each phase, and ends with it. Here nobody is told.
    fn progress(&self) -> Box<dyn Fn(Cow<'static, str>)> {
        Box::new(|_| {})
    }

    /// Columns of the terminal, where they are known.
    fn width(&self) -> Option<usize> {
        self.variable("COLUMNS")?.parse().ok()
    }

    /// Writes the file that somebody named with `--output`.
    fn save(&self, path: &str, text: &str) -> std::io::Result<()>;

    /// Adds to the end of a file, such as a summary that the surroundings keep.
    fn append(&self, path: &str, text: &str) -> std::io::Result<()>;

    /// Writes a file that must not be there yet.
    fn create(&self, path: &str, text: &str) -> std::io::Result<()>;

    /// Bytes of a file that somebody named.
    fn load(&self, path: &str) -> std::io::Result<Vec<u8>>;

    /// All of standard input.
    fn input(&self) -> std::io::Result<Vec<u8>>;
}
