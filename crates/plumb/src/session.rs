//! One run: where it reads, how it prints, whom it tells.

use std::cell::RefCell;
use std::io::{ErrorKind, Write};
use std::path::Path;

use plumb_base::WorldError;
use plumb_base::answer::NoSuch;
use plumb_report::{Detail, Format, Style, argument};

use crate::options::{Asked, Colour};
use crate::{Depth, Failure, Options, Outside, Workspace};

/// What a command works with.
pub struct Session<'a> {
    pub(crate) asked: Asked,
    outside: &'a dyn Outside,
    out: RefCell<&'a mut dyn Write>,
    err: RefCell<&'a mut dyn Write>,
}

/// An opened platform.
pub(crate) struct Reading {
    pub workspace: Workspace,
    /// What a further command must repeat to read the same thing.
    repeat: String,
}

impl Reading {
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

    /// Opens what the options say, or a folder below that.
    pub(crate) fn read(&self, path: Option<&str>, depth: Depth) -> Result<Reading, Failure> {
        if self.asked.demo {
            return match path {
                Some(_) => Err(two_places()),
                None => self.demo(depth),
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
        if root != folder && self.asked.quiet < 2 {
            let (root, folder) = (plumb_report::visible(&root), plumb_report::visible(folder));
            let note = format!("reading {root}: {folder} is a part of that dbt project\n");
            self.err.borrow_mut().write_all(note.as_bytes()).unwrap_or_default();
        }
        let repeat = if folder == "." { None } else { Some(format!("-C {}", argument(folder))) };
        Ok(Reading {
            workspace: Workspace::open(world.as_ref(), &self.options(depth)),
            repeat: self.repeat(repeat),
        })
    }

    /// Opens the built-in company.
    pub(crate) fn demo(&self, depth: Depth) -> Result<Reading, Failure> {
        if self.asked.project.is_some() {
            return Err(two_places());
        }
        let workspace = Workspace::open(&Workspace::demo(), &self.options(depth));
        Ok(Reading { workspace, repeat: self.repeat(Some("--demo".to_owned())) })
    }

    fn options(&self, depth: Depth) -> Options {
        Options { dialect: self.asked.dialect.clone(), depth }
    }

    fn repeat(&self, place: Option<String>) -> String {
        let dialect = self.asked.dialect.as_ref();
        let dialect = dialect.map(|name| format!("--dialect {}", argument(name)));
        place.into_iter().chain(dialect).collect::<Vec<_>>().join(" ")
    }

    /// Dresses an answer and writes it where it was asked for.
    pub(crate) fn answer(
        &self,
        reading: &Reading,
        dress: impl Fn(&Format, &Style<'_>) -> Option<String>,
    ) -> Result<(), Failure> {
        let asked = &self.asked;
        let style = Style {
            colour: self.coloured(),
            ascii: asked.ascii || ascii_locale(|name| self.outside.variable(name)),
            hints: asked.quiet == 0,
            detail: if asked.verbose > 0 { Detail::Full } else { Detail::Brief },
            width: self.outside.width().unwrap_or(100),
            limit: asked.limit,
            version: env!("CARGO_PKG_VERSION"),
            repeat: &reading.repeat,
        };
        let Some(text) = dress(asked.format, &style) else {
            let what = format!("`{}` is no format for this answer", asked.format.name);
            return Err(Failure::usage(what, "leave out -f, or ask for json"));
        };
        let Some(path) = &asked.output else {
            return put(&mut **self.out.borrow_mut(), &text);
        };
        self.outside.save(path, &text).map_err(|error| {
            let what = format!("cannot write `{path}`: {error}");
            Failure::access(what, "name a file in a folder that exists and is yours: -o FILE")
        })?;
        if asked.quiet < 2 {
            // A note that cannot be written is not missed.
            let note = format!("wrote {}\n", plumb_report::visible(path));
            self.err.borrow_mut().write_all(note.as_bytes()).unwrap_or_default();
        }
        Ok(())
    }

    fn coloured(&self) -> bool {
        let terminal = self.outside.terminal() && self.asked.output.is_none();
        coloured(self.asked.colour, terminal, |name| self.outside.variable(name))
    }
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
