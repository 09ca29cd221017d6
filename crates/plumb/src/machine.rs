//! The real machine.

use std::io::IsTerminal;

use plumb_base::{World, WorldError};

use crate::Outside;

/// Files, variables and the terminal of this process.
#[derive(Debug, Clone, Copy)]
pub struct Machine;

impl Outside for Machine {
    fn open(&self, folder: &str) -> Result<Box<dyn World>, WorldError> {
        Ok(Box::new(plumb_connect::open(folder)?))
    }

    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn terminal(&self) -> bool {
        std::io::stdout().is_terminal()
    }

    fn save(&self, path: &str, text: &str) -> std::io::Result<()> {
        std::fs::write(path, text)
    }
}
