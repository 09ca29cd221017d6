//! The real machine.

use std::fs::OpenOptions;
use std::io::{IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use plumb_base::{Memory, World, WorldError};

use crate::Outside;
use crate::progress::{Progress, Surface};

/// Files, variables and the terminal of this process.
#[derive(Debug, Clone, Copy)]
pub struct Machine;

impl Outside for Machine {
    fn open(&self, folder: &str) -> Result<Box<dyn World>, WorldError> {
        Ok(Box::new(plumb_connect::open(folder)?))
    }

    fn memory(&self, folder: &str) -> Option<Box<dyn Memory>> {
        let set = |name: &str| self.variable(name).filter(|value| !value.is_empty());
        let home = set("PLUMB_HOME").map(PathBuf::from);
        let home = home.or_else(|| Some(Path::new(&set("XDG_CACHE_HOME")?).join("plumb")));
        let home = home.or_else(|| Some(Path::new(&set("HOME")?).join(".cache/plumb")))?;
        let answers = crate::answers::Answers::new(home.join("answers"), folder)?;
        Some(Box::new(answers))
    }

    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn terminal(&self) -> bool {
        std::io::stdout().is_terminal()
    }

    fn progress(&self) -> Box<dyn Fn(&'static str)> {
        let dumb = self.variable("TERM").is_some_and(|term| term == "dumb");
        let terminal = std::io::stderr().is_terminal() && !dumb;
        let progress = Progress::begin(if terminal { Surface::Terminal } else { Surface::Log });
        Box::new(move |phase| progress.phase(phase))
    }

    fn save(&self, path: &str, text: &str) -> std::io::Result<()> {
        std::fs::write(path, text)
    }

    fn append(&self, path: &str, text: &str) -> std::io::Result<()> {
        OpenOptions::new().append(true).create(true).open(path)?.write_all(text.as_bytes())
    }

    fn create(&self, path: &str, text: &str) -> std::io::Result<()> {
        OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes())
    }

    fn load(&self, path: &str) -> std::io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn input(&self) -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}
