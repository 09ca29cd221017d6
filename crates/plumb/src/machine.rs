//! The real machine.

use std::borrow::Cow;
use std::fs::OpenOptions;
use std::io::{IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plumb_base::{Digest, Memory, World, WorldError, short_id};
use plumb_remote::Remote;
use plumb_store::Interrupt;
use signal_hook::consts::SIGINT;
use signal_hook::flag;

use crate::Outside;
use crate::answers::Answers;
use crate::progress::{Progress, Surface};

/// Files, variables and the terminal of this process.
#[derive(Debug, Clone, Copy)]
pub struct Machine;

impl Machine {
    /// The folder that is set for what plumb keeps, else one of the user's: by a variable, or below home.
    fn home(self, variable: &str, below: &str) -> Option<PathBuf> {
        let set = |name: &str| self.variable(name).filter(|value| !value.is_empty());
        let home = set("PLUMB_HOME").map(PathBuf::from);
        let home = home.or_else(|| Some(Path::new(&set(variable)?).join("plumb")));
        home.or_else(|| Some(Path::new(&set("HOME")?).join(below).join("plumb")))
    }

    /// What this program keeps of a folder from run to run, below the folder of what it keeps.
    fn answers(self, kind: &str, folder: &str) -> Option<Answers> {
        let home = self.home("XDG_CACHE_HOME", ".cache")?;
        Answers::new(home.join(kind), folder)
    }
}

impl Outside for Machine {
    fn open(&self, folder: &str) -> Result<Box<dyn World>, WorldError> {
        let here = plumb_connect::open(folder)?;
        let (machine, root) = (*self, here.root());
        let notes = move || machine.answers("places", &root);
        let notes =
            move || notes().map(|notes| -> Box<dyn Memory + Send + Sync> { Box::new(notes) });
        Ok(Box::new(Remote::new(Box::new(here), Box::new(notes))))
    }

    fn memory(&self, folder: &str) -> Option<Box<dyn Memory>> {
        self.answers("answers", folder).map(|answers| -> Box<dyn Memory> { Box::new(answers) })
    }

    fn store(&self, folder: &str) -> Option<PathBuf> {
        let home = self.home("XDG_DATA_HOME", ".local/share")?;
        let folder = std::fs::canonicalize(folder).ok()?;
        // The name is for people, the digest tells folders of one name apart.
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let id = short_id(Digest::of(folder.to_string_lossy().as_bytes()), 8);
        Some(home.join("store").join(format!("{name}-{id}")))
    }

    fn interrupt(&self) -> Interrupt {
        let interrupt = Interrupt::default();
        // First whoever asks twice, or while nothing is being kept, is heard at once. Where signals cannot be had the
        // process ends as ever, and nothing is lost by that.
        let register = || -> std::io::Result<()> {
            for flag in [&interrupt.idle, &interrupt.asked] {
                flag::register_conditional_shutdown(SIGINT, 130, Arc::clone(flag))?;
            }
            flag::register(SIGINT, Arc::clone(&interrupt.asked)).map(|_| ())
        };
        register().unwrap_or_default();
        interrupt
    }

    fn waits(&self) -> Box<dyn Fn()> {
        Box::new(|| {
            let words = b"another plumb is writing to the store: waiting for it\n";
            // A note that cannot be written is not missed.
            std::io::stderr().write_all(words).unwrap_or_default();
        })
    }

    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn terminal(&self) -> bool {
        std::io::stdout().is_terminal()
    }

    fn progress(&self) -> Box<dyn Fn(Cow<'static, str>)> {
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
