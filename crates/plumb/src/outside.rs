//! What the command line needs from its surroundings, so that tests can stand in for a machine.

use plumb_base::{World, WorldError};

/// The surroundings of a run.
pub trait Outside {
    /// Opens a folder for reading.
    fn open(&self, folder: &str) -> Result<Box<dyn World>, WorldError>;

    /// An environment variable.
    fn variable(&self, name: &str) -> Option<String>;

    /// Whether standard output is a terminal.
    fn terminal(&self) -> bool;

    /// Columns of the terminal, where they are known.
    fn width(&self) -> Option<usize> {
        self.variable("COLUMNS")?.parse().ok()
    }

    /// Writes the file that somebody named with `--output`.
    fn save(&self, path: &str, text: &str) -> std::io::Result<()>;
}
