//! A stage instead of a machine: files and variables of one case, and what was saved.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io::{Error, ErrorKind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use plumb::Outside;
use plumb_base::{MemoryWorld, World, WorldError};

/// The surroundings of one case.
#[derive(Default)]
pub(crate) struct Stage {
    pub(crate) files: BTreeMap<String, String>,
    pub(crate) variables: BTreeMap<String, String>,
    pub(crate) saved: RefCell<BTreeMap<String, String>>,
    pub(crate) input: RefCell<String>,
    /// Files that were removed.
    pub(crate) gone: RefCell<BTreeSet<String>>,
    /// Where records are kept, if `PLUMB_HOME` is set to anything.
    pub(crate) home: Home,
}

/// A folder that goes with its case.
pub(crate) struct Home(PathBuf);

impl Default for Home {
    fn default() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("plumb-page-{:08}-{number:04}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // Most cases keep nothing.
        std::fs::remove_dir_all(&self.0).unwrap_or_default();
    }
}

impl Outside for Stage {
    fn open(&self, folder: &str) -> Result<Box<dyn World>, WorldError> {
        if self.files.contains_key(folder) {
            let why = "not a folder".to_owned();
            return Err(WorldError::Unreadable { path: folder.to_owned(), why });
        }
        let prefix = if folder == "." { String::new() } else { format!("{folder}/") };
        let gone = self.gone.borrow();
        let here = self.files.iter().filter(|(path, _)| !gone.contains(*path));
        let below = here.filter_map(|(path, text)| {
            let path = path.strip_prefix(&prefix)?;
            Some((path.to_owned(), text.clone()))
        });
        let mut world = MemoryWorld::new(below);
        folder.clone_into(&mut world.name);
        world.variables.clone_from(&self.variables);
        // A file of that name is what the repository remembers, in the words of `MemoryWorld::remember`.
        if let Some(log) = world.files.remove("git log") {
            world.remember(&log);
        }
        if world.files.is_empty() && folder != "." {
            return Err(WorldError::Missing(folder.to_owned()));
        }
        Ok(Box::new(world))
    }

    fn store(&self, _: &str) -> Option<PathBuf> {
        self.variables.get("PLUMB_HOME").map(|_| self.home.0.join("store"))
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }

    fn terminal(&self) -> bool {
        false
    }

    fn save(&self, path: &str, text: &str) -> std::io::Result<()> {
        if path.contains('/') {
            return Err(Error::new(ErrorKind::NotFound, "no such folder"));
        }
        self.saved.borrow_mut().insert(path.to_owned(), text.to_owned());
        Ok(())
    }

    fn append(&self, path: &str, text: &str) -> std::io::Result<()> {
        self.saved.borrow_mut().entry(path.to_owned()).or_default().push_str(text);
        Ok(())
    }

    fn create(&self, path: &str, text: &str) -> std::io::Result<()> {
        let mut saved = self.saved.borrow_mut();
        if saved.contains_key(path) || self.files.contains_key(path) {
            return Err(Error::new(ErrorKind::AlreadyExists, "file exists"));
        }
        saved.insert(path.to_owned(), text.to_owned());
        Ok(())
    }

    fn load(&self, path: &str) -> std::io::Result<Vec<u8>> {
        let text = self.files.get(path.trim_start_matches("./"));
        let text = text.ok_or_else(|| Error::new(ErrorKind::NotFound, "no such file"))?;
        Ok(text.clone().into_bytes())
    }

    fn input(&self) -> std::io::Result<Vec<u8>> {
        Ok(self.input.borrow().clone().into_bytes())
    }
}

impl Stage {
    /// Runs a command line, or several with `|` between them: what the last prints, what it tells, and `[code]`
    /// where that is not 0.
    pub(crate) fn run(&self, line: &str) -> String {
        let mut text = String::new();
        for command in line.split(" | ") {
            self.input.replace(text);
            text = self.command(command);
        }
        text
    }

    fn command(&self, line: &str) -> String {
        let words = words(line);
        let (name, rest) = words.split_first().expect("a command line has a word");
        if name == "rm" {
            self.gone.borrow_mut().extend(rest.iter().cloned());
            return String::new();
        }
        if name == "cat" {
            let saved = self.saved.borrow();
            let text = |path: &String| saved.get(path).or_else(|| self.files.get(path));
            return rest.iter().filter_map(text).cloned().collect();
        }
        if name == "head" {
            let most = rest[0].trim_start_matches('-').parse().expect("`head -N`");
            let input = self.input.borrow();
            return input.lines().take(most).flat_map(|line| [line, "\n"]).collect();
        }
        assert_eq!(name, "plumb", "`{line}` runs something else");
        let typed: Vec<OsString> = rest.iter().map(OsString::from).collect();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = plumb::run(&typed, self, &mut out, &mut err);
        let home = self.home.0.to_string_lossy().into_owned();
        let text =
            |bytes| String::from_utf8(bytes).expect("output is UTF-8").replace(&home, "/srv/plumb");
        let code = if code == 0 { String::new() } else { format!("[{code}]\n") };
        // clap pads descriptions that stand before nothing.
        let trimmed = |text: String| -> String {
            text.lines().flat_map(|line| [line.trim_end(), "\n"]).collect()
        };
        trimmed(text(out)) + &trimmed(text(err)) + &code
    }
}

/// The words of a command line; quotes keep spaces.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for letter in line.chars() {
        match quote {
            Some(end) if letter == end => quote = None,
            None if letter == '\'' || letter == '"' => quote = Some(letter),
            None if letter == ' ' => words.push(String::new()),
            _ => words.last_mut().expect("there is a word").push(letter),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}
