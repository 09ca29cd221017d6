//! One run: where it reads, how it prints, whom it tells.

use std::borrow::Cow;
use std::cell::RefCell;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use plumb_base::answer::NoSuch;
use plumb_base::{Memory, Problem, World, WorldError};
use plumb_report::{Detail, Format, Style, argument};
use plumb_store::{RealDisk, Store};
use plumb_workspace::ask;
use serde::{Serialize, de::DeserializeOwned};

use crate::kept::grouped;
use crate::options::{Asked, Colour, Target};
use crate::{Bills, Depth, Failure, Options, Outside, Phase, Workspace};

/// What a command works with.
pub struct Session<'a> {
    pub(crate) asked: Asked,
    pub(crate) outside: &'a dyn Outside,
    out: RefCell<&'a mut dyn Write>,
    err: RefCell<&'a mut dyn Write>,
}

/// A platform that can be opened.
pub(crate) struct Reading {
    pub(crate) world: Box<dyn World>,
    /// Answers of earlier runs, where they are kept.
    memory: Option<Box<dyn Memory>>,
    /// Records of earlier runs, where they are kept.
    pub(crate) store: Option<Store>,
    /// What a further command must repeat to read the same thing.
    repeat: String,
}

/// What became of files whose records are kept.
pub(crate) struct Synced {
    /// How many there are.
    pub(crate) files: usize,
    /// How many of them were new.
    pub(crate) new: usize,
    /// Places elsewhere that could not be looked at, or not whole.
    pub(crate) lost: Vec<Problem>,
}

impl Reading {
    /// Findings speak of money, and what is only read does not.
    fn bills(&self, depth: Depth) -> Bills<'_> {
        if depth == Depth::Normal { self.records() } else { Bills::Leave }
    }

    fn records(&self) -> Bills<'_> {
        self.store.as_ref().map_or(Bills::Read, |store| Bills::Keep(store))
    }

    /// Whether what was kept could be used; where not, nothing that was made of it is shown.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let failure = self.store.as_ref().and_then(Store::failure);
        failure.map_or(Ok(()), |failure| Err(Failure::store(&failure)))
    }

    /// A reference that names nothing, as an error.
    pub(crate) fn no_such(&self, such: &NoSuch) -> Failure {
        let space = if self.repeat.is_empty() { "" } else { " " };
        Failure::no_such(such, &format!("plumb audit{space}{}", self.repeat))
    }
}

impl<'a> Session<'a> {
    pub(crate) fn new(
        asked: Asked,
        outside: &'a dyn Outside,
        out: &'a mut dyn Write,
        err: &'a mut dyn Write,
    ) -> Self {
        Self { asked, outside, out: RefCell::new(out), err: RefCell::new(err) }
    }

    /// Finds what the options say, or a folder below that.
    pub(crate) fn read(&self, path: Option<&str>) -> Result<Reading, Failure> {
        if self.asked.demo {
            return match path {
                Some(_) => Err(two_places()),
                None => self.demo(),
            };
        }
        let below = |project: &String| match path {
            Some(path) => Path::new(project).join(path).to_string_lossy().into_owned(),
            None => project.clone(),
        };
        let folder = self.asked.project.as_ref().map(below);
        let folder = folder.as_deref().or(path).unwrap_or(".");
        let world = self.outside.open(folder);
        let world = world.map_err(|error: WorldError| Failure::folder(folder, &error))?;
        let root = world.root();
        if root != folder {
            self.note(&format!("reading {root}: {folder} is a part of that dbt project"));
        }
        let repeat = if folder == "." { None } else { Some(format!("-C {}", argument(folder))) };
        let memory = self.outside.memory(&root);
        let folder = self.outside.store(&root).filter(|_| !self.asked.no_store);
        let store = folder.filter(|folder| Store::is_in(folder));
        let store = store.map(|folder| self.store(folder)).transpose()?;
        Ok(Reading { world, memory, store, repeat: self.repeat(repeat) })
    }

    /// Finds what the options say, and makes a store for it where there is none.
    pub(crate) fn read_to_keep(&self) -> Result<Reading, Failure> {
        if self.asked.demo || self.asked.no_store {
            let what = "there is nothing to keep of the demo, or without a store";
            return Err(Failure::usage(what, "leave out --demo and --no-store"));
        }
        let mut reading = self.read(None)?;
        if reading.store.is_none() {
            let folder = self.outside.store(&reading.world.root());
            let folder = folder.ok_or_else(|| {
                let what = "there is no place to keep anything";
                Failure::access(what, "name a folder of your own: PLUMB_HOME=DIR plumb sync")
            })?;
            reading.store = Some(self.store(folder)?);
        }
        Ok(reading)
    }

    fn store(&self, folder: PathBuf) -> Result<Store, Failure> {
        let quiet = self.asked.quiet > 1;
        let waits = if quiet { Box::new(|| {}) } else { self.outside.waits() };
        let store = Store::open(folder, Box::new(RealDisk), self.outside.interrupt(), waits);
        store.map_err(|error| Failure::store(&error))
    }

    /// The built-in company.
    pub(crate) fn demo(&self) -> Result<Reading, Failure> {
        if self.asked.project.is_some() {
            return Err(two_places());
        }
        let repeat = self.repeat(Some("--demo".to_owned()));
        Ok(Reading { world: Box::new(Workspace::demo()), memory: None, store: None, repeat })
    }

    /// Reads a platform, and tells how far it is unless that is not wanted.
    pub(crate) fn open(&self, reading: &Reading, depth: Depth) -> Workspace {
        let tell = self.progress();
        let options = self.options(depth);
        let (world, bills) = (reading.world.as_ref(), reading.bills(depth));
        plumb_workspace::open(world, (&options, bills), reading.memory.as_deref(), &tell)
    }

    /// Reads into a store what is new of records.
    pub(crate) fn keep(&self, reading: &Reading, store: &Store) -> Result<Synced, Failure> {
        let tell = self.progress();
        tell(Phase::Files);
        let world = reading.world.as_ref();
        let found = plumb_connect::discover(world);
        tell(Phase::Records(0));
        let new = store.fill(world, &found.records).map_err(|error| Failure::store(&error))?;
        let lost = found.problems.into_iter().filter(|it| it.reason.starts_with("place-"));
        Ok(Synced { files: found.records.len(), new, lost: lost.collect() })
    }

    /// Asks a platform something about costs, as [`Self::ask`] does; nothing is compared.
    pub(crate) fn ask_costs<A, E>(
        &self,
        reading: &Reading,
        question: &str,
        answer: impl FnOnce(&mut Workspace) -> Result<A, E>,
    ) -> Result<A, E>
    where
        A: Serialize + DeserializeOwned,
    {
        self.ask_of(reading, (Depth::Written, reading.records()), question, answer)
    }

    /// Asks a platform what there is to read, as [`Self::ask`] does; nothing is read of records.
    pub(crate) fn ask_around<A, E>(
        &self,
        reading: &Reading,
        question: &str,
        answer: impl FnOnce(&mut Workspace) -> Result<A, E>,
    ) -> Result<A, E>
    where
        A: Serialize + DeserializeOwned,
    {
        self.ask_of(reading, (Depth::Written, Bills::Find), question, answer)
    }

    /// Asks a platform something; `question` tells it from all others. What an earlier run answered is not made again
    /// unless something has changed.
    pub(crate) fn ask<A, E>(
        &self,
        reading: &Reading,
        depth: Depth,
        question: &str,
        answer: impl FnOnce(&mut Workspace) -> Result<A, E>,
    ) -> Result<A, E>
    where
        A: Serialize + DeserializeOwned,
    {
        self.ask_of(reading, (depth, reading.bills(depth)), question, answer)
    }

    fn ask_of<A, E>(
        &self,
        reading: &Reading,
        (depth, bills): (Depth, Bills<'_>),
        question: &str,
        answer: impl FnOnce(&mut Workspace) -> Result<A, E>,
    ) -> Result<A, E>
    where
        A: Serialize + DeserializeOwned,
    {
        let (world, memory) = (reading.world.as_ref(), reading.memory.as_deref());
        let (options, tell) = (self.options(depth), self.progress());
        ask(world, (&options, bills), memory, question, &tell, answer)
    }

    fn options(&self, depth: Depth) -> Options {
        Options { dialect: self.asked.dialect.clone(), depth }
    }

    fn progress(&self) -> impl Fn(Phase) {
        let tell = (self.asked.quiet == 0).then(|| self.outside.progress());
        move |phase| {
            let Some(tell) = &tell else { return };
            tell(match phase {
                Phase::Files => Cow::Borrowed("looking for files"),
                Phase::Records(0) => Cow::Borrowed("reading query history and bills"),
                Phase::Records(rows) => {
                    let rows = grouped(usize::try_from(rows).unwrap_or(usize::MAX));
                    Cow::Owned(format!("reading query history and bills, {rows} rows"))
                }
                Phase::Statements => Cow::Borrowed("reading statements"),
                Phase::Comparing => Cow::Borrowed("comparing plans"),
            });
        }
    }

    fn repeat(&self, place: Option<String>) -> String {
        let dialect = self.asked.dialect.as_ref();
        let dialect = dialect.map(|name| format!("--dialect {}", argument(name)));
        place.into_iter().chain(dialect).collect::<Vec<_>>().join(" ")
    }

    /// The formats that were asked for.
    pub(crate) fn formats(&self) -> impl Iterator<Item = &'static Format> {
        self.asked.targets.iter().map(|target| target.format)
    }

    /// Dresses an answer about what was read, and writes it where it was asked for.
    pub(crate) fn answer(
        &self,
        reading: &Reading,
        dress: impl Fn(&Format, &Style<'_>) -> Option<String>,
    ) -> Result<(), Failure> {
        reading.check()?;
        self.give(&reading.repeat, dress)
    }

    /// Dresses an answer and writes it where it was asked for; nothing is written unless all of it can be.
    pub(crate) fn give(
        &self,
        repeat: &str,
        dress: impl Fn(&Format, &Style<'_>) -> Option<String>,
    ) -> Result<(), Failure> {
        let targets = &self.asked.targets;
        if targets.iter().filter(|target| target.file.is_none()).count() > 1 {
            let what = "two formats cannot share standard output";
            return Err(Failure::usage(
                what,
                "name a file for all but one: -o sarif=plumb.sarif -o github",
            ));
        }
        self.check_fields(repeat, &dress)?;
        let mut texts = Vec::new();
        for target in targets {
            let Some(text) = dress(target.format, &self.style(target, repeat)) else {
                return Err(no_format(target.format, |format| {
                    dress(format, &self.style(target, repeat)).is_some()
                }));
            };
            texts.push((target, text));
        }
        for (target, text) in &texts {
            self.beside(target, |format| dress(format, &self.style(target, repeat)))?;
            match &target.file {
                Some(path) => self.save(path, text)?,
                None => put(&mut **self.out.borrow_mut(), text)?,
            }
        }
        Ok(())
    }

    fn style<'s>(&'s self, target: &Target, repeat: &'s str) -> Style<'s> {
        let asked = &self.asked;
        Style {
            colour: self.coloured(target),
            ascii: asked.ascii || ascii_locale(|name| self.outside.variable(name)),
            hints: asked.quiet == 0,
            detail: if asked.verbose > 0 { Detail::Full } else { Detail::Brief },
            width: self.outside.width().unwrap_or(100),
            limit: asked.limit,
            fields: &asked.fields,
            version: env!("CARGO_PKG_VERSION"),
            repeat,
        }
    }

    /// Refuses a field that the table of this answer does not have; its header names those there are.
    fn check_fields(
        &self,
        repeat: &str,
        dress: &impl Fn(&Format, &Style<'_>) -> Option<String>,
    ) -> Result<(), Failure> {
        let (Some(wanted), Some(target)) = (self.asked.fields.first(), self.asked.targets.first())
        else {
            return Ok(());
        };
        let style = Style { fields: &[], limit: Some(0), ..self.style(target, repeat) };
        let table = Format::named("csv").and_then(|csv| dress(csv, &style)).unwrap_or_default();
        let there: Vec<&str> = table.lines().next().unwrap_or_default().split(',').collect();
        let missing = self.asked.fields.iter().find(|field| !there.contains(&field.as_str()));
        let Some(missing) = missing else { return Ok(()) };
        if table.is_empty() {
            let what = format!("this answer has no fields to pick `{wanted}` from");
            return Err(Failure::usage(what, "leave out --fields"));
        }
        let what = format!("no field `{missing}` in this answer");
        Err(Failure::usage(what, format!("name some of: {}", there.join(", "))))
    }

    /// Adds the page that some machines show beside an answer, where this one keeps such a page.
    fn beside(
        &self,
        target: &Target,
        dress: impl Fn(&Format) -> Option<String>,
    ) -> Result<(), Failure> {
        let Some((variable, format)) = target.format.beside else { return Ok(()) };
        let path = self.outside.variable(variable).filter(|path| !path.is_empty());
        let Some(path) = path else {
            self.note(&format!(
                "{variable} is not set: there is no summary to write the whole list to"
            ));
            return Ok(());
        };
        let Some(page) = dress(format) else { return Ok(()) };
        self.outside.append(&path, &page).map_err(|error| {
            let what = format!("cannot write the summary `{path}`: {error}");
            Failure::access(what, format!("let {variable} name a file that is yours, or unset it"))
        })
    }

    /// Writes a file that somebody named, over what was there.
    fn save(&self, path: &str, text: &str) -> Result<(), Failure> {
        self.outside.save(path, text).map_err(|error| {
            let what = format!("cannot write `{path}`: {error}");
            Failure::access(what, "name a file in a folder that exists and is yours: -o FILE")
        })?;
        self.note(&format!("wrote {path}"));
        Ok(())
    }

    /// Tells something beside the answer, unless nothing but the answer is wanted.
    pub(crate) fn note(&self, text: &str) {
        if self.asked.quiet < 2 {
            // A note that cannot be written is not missed.
            let note = format!("{}\n", plumb_report::visible(text));
            self.err.borrow_mut().write_all(note.as_bytes()).unwrap_or_default();
        }
    }

    /// Writes a text that is no answer to standard output.
    pub(crate) fn print(&self, text: &str) -> Result<(), Failure> {
        put(&mut **self.out.borrow_mut(), text)
    }

    fn coloured(&self, target: &Target) -> bool {
        let terminal = self.outside.terminal() && target.file.is_none();
        coloured(self.asked.colour, terminal, |name| self.outside.variable(name))
    }
}

/// A format that an answer has no dress in; those it has are named.
fn no_format(format: &Format, dresses: impl Fn(&Format) -> bool) -> Failure {
    let what = format!("`{}` is no format for this answer", format.name);
    let others: Vec<&str> =
        Format::all().iter().filter(|other| dresses(other)).map(|other| other.name).collect();
    Failure::usage(what, format!("ask for one of: {}", others.join(", ")))
}

fn two_places() -> Failure {
    let fix = "leave out the folder, or leave out the demo";
    Failure::usage("the demo is built in and lies in no folder", fix)
}

/// Writes a text; a reader who has gone away has read enough.
pub(crate) fn put(out: &mut dyn Write, text: &str) -> Result<(), Failure> {
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            let what = format!("cannot write to standard output: {error}");
            Err(Failure::access(what, "write to a file instead: -o FILE"))
        }
        _ => Ok(()),
    }
}

/// `--color`, then `NO_COLOR`, then `CLICOLOR_FORCE` or `FORCE_COLOR`, then the terminal, unless it is dumb.
fn coloured(asked: Colour, terminal: bool, variable: impl Fn(&str) -> Option<String>) -> bool {
    let set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    let forced = |name: &str| set(name) && variable(name).is_some_and(|value| value != "0");
    match asked {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto if set("NO_COLOR") => false,
        Colour::Auto if forced("CLICOLOR_FORCE") || forced("FORCE_COLOR") => true,
        Colour::Auto => terminal && variable("TERM").is_none_or(|value| value != "dumb"),
    }
}

/// Whether the locale says that only ASCII will show. No locale at all says nothing.
fn ascii_locale(variable: impl Fn(&str) -> Option<String>) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().filter_map(|name| variable(name));
    let locale = locale.map(|value| value.to_ascii_lowercase()).find(|value| !value.is_empty());
    locale.is_some_and(|value| !value.contains("utf-8") && !value.contains("utf8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given<'a>(list: &'a [(&str, &str)]) -> impl Fn(&str) -> Option<String> + 'a {
        |name| list.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn colour_is_decided_by_the_strongest() {
        let auto = |terminal, list| coloured(Colour::Auto, terminal, given(list));
        assert!(coloured(Colour::Always, false, given(&[("NO_COLOR", "1")])));
        assert!(!coloured(Colour::Never, true, given(&[("FORCE_COLOR", "1")])));
        assert!(!auto(true, &[("NO_COLOR", "1"), ("FORCE_COLOR", "1")]));
        assert!(auto(false, &[("NO_COLOR", ""), ("FORCE_COLOR", "1")]));
        assert!(auto(false, &[("CLICOLOR_FORCE", "1")]));
        assert!(!auto(false, &[("CLICOLOR_FORCE", "0")]));
        assert!(auto(true, &[("TERM", "xterm")]));
        assert!(!auto(true, &[("TERM", "dumb")]));
        assert!(!auto(false, &[]));
    }

    #[test]
    fn the_locale_decides_on_glyphs() {
        assert!(!ascii_locale(given(&[])));
        assert!(!ascii_locale(given(&[("LANG", "de_DE.UTF-8")])));
        assert!(!ascii_locale(given(&[("LC_ALL", ""), ("LANG", "C.utf8")])));
        assert!(ascii_locale(given(&[("LC_ALL", "C"), ("LANG", "de_DE.UTF-8")])));
        assert!(ascii_locale(given(&[("LC_CTYPE", "de_DE.ISO-8859-1")])));
    }
}
