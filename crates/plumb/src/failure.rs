//! How a run ends: exit codes, and errors in three lines: what failed, why it matters, what to do.

use std::fmt;

use plumb_base::WorldError;
use plumb_base::answer::NoSuch;
use plumb_report::visible;
use plumb_store::StoreError;
use plumb_workspace::Imbalance;

/// How a run ended; the same table for all commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done; there may be findings.
    Done,
    /// Done, and something matched `--fail-on`.
    Matched,
    /// Wrong arguments or configuration.
    Usage,
    /// No access: sign-in, grant, network, files.
    Access,
    /// A part could not be analysed, and `--strict` was given.
    Incomplete,
    /// Nothing to analyse, and `--strict` was given.
    Nothing,
    /// plumb is wrong, and says nothing rather than that.
    Bug,
    /// Somebody stopped it; what was read is kept.
    Interrupted,
}

impl Exit {
    /// The number the shell sees.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Matched => 1,
            Self::Usage => 2,
            Self::Access => 3,
            Self::Incomplete => 4,
            Self::Nothing => 5,
            Self::Bug => 70,
            Self::Interrupted => 130,
        }
    }
}

/// A run that gave no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// How it ends.
    pub exit: Exit,
    /// What failed.
    pub what: String,
    /// What that takes away.
    pub why: Option<String>,
    /// The one thing to do.
    pub fix: Option<String>,
    /// Words that are laid out already, such as clap's.
    said: Option<String>,
}

impl Failure {
    /// A wrong call.
    pub fn usage(what: impl Into<String>, fix: impl Into<String>) -> Self {
        let (what, fix) = (what.into(), Some(fix.into()));
        Self { exit: Exit::Usage, what, why: None, fix, said: None }
    }

    /// The world refused.
    pub fn access(what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { exit: Exit::Access, ..Self::usage(what, fix) }
    }

    /// Figures that do not add up are not shown.
    pub(crate) fn imbalance(error: &Imbalance) -> Self {
        let what = format!("the ledger does not add up, so nothing of it is shown: {error}");
        let (exit, fix) = if *error == Imbalance::TooLarge {
            (Exit::Access, "look for an amount in the records that cannot be right")
        } else {
            (Exit::Bug, "this is a bug in plumb: please report it")
        };
        Self { exit, ..Self::usage(what, fix) }
    }

    /// Records that are kept cannot be used.
    pub(crate) fn store(error: &StoreError) -> Self {
        let (exit, fix) = match error {
            StoreError::Interrupted => {
                (Exit::Interrupted, "run it again: it goes on where it stopped")
            }
            StoreError::Older { .. } => {
                (Exit::Access, "what it was read from can be read again; --no-store leaves it out")
            }
            StoreError::Newer { .. } => {
                (Exit::Access, "use that plumb, or leave the store out: --no-store")
            }
            StoreError::Files { .. }
            | StoreError::Database(_)
            | StoreError::NotOurs(_)
            | StoreError::Damaged(_) => {
                (Exit::Access, "`plumb doctor` names its folder; --no-store leaves it out")
            }
        };
        let what = match error {
            StoreError::Interrupted => error.to_string(),
            _ => format!("the store of what was read cannot be used: {error}"),
        };
        Self { exit, ..Self::usage(what, fix) }
    }

    /// What clap has to say.
    pub(crate) fn typed(error: &clap::Error) -> Self {
        let said = error.render().to_string();
        Self { said: Some(said), ..Self::usage("wrong arguments", "plumb --help") }
    }

    pub(crate) fn nothing_asked() -> Self {
        Self::usage("no command was given", "plumb --help   lists what can be asked")
    }

    /// A folder that cannot be read.
    pub(crate) fn folder(folder: &str, error: &WorldError) -> Self {
        match error {
            WorldError::Missing(_) => Self::usage(
                format!("there is no folder `{folder}`"),
                "name the folder that holds your dbt project or SQL files: -C DIR",
            ),
            WorldError::Unreadable { why, .. } if why == "not a folder" => Self::usage(
                format!("`{folder}` is a file, and plumb reads folders"),
                "name the folder it lies in: -C DIR",
            ),
            WorldError::Unreadable { why, .. } => Self::access(
                format!("cannot read `{folder}`: {why}"),
                "give yourself the right to read it; plumb never writes there",
            ),
        }
    }

    /// A reference that names nothing; `command` lists what there is.
    pub(crate) fn no_such(such: &NoSuch, command: &str) -> Self {
        let nearest: Vec<&str> = such.nearest.iter().take(3).map(String::as_str).collect();
        let guess = match nearest.as_slice() {
            [] => String::new(),
            [one] => format!("; did you mean {one}?"),
            [all @ .., last] => format!("; did you mean {} or {last}?", all.join(", ")),
        };
        let what = format!("no {} \"{}\"{guess}", such.kind, such.reference);
        let fix = match such.kind {
            "rule" => "plumb rules   lists what there is".to_owned(),
            _ => format!("{command}   lists what there is"),
        };
        let mut failure = Self::usage(what, fix);
        if !such.nearest.is_empty() {
            failure.fix = None;
        }
        failure
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(said) = &self.said {
            return f.write_str(said);
        }
        writeln!(f, "error: {}", visible(&self.what))?;
        if let Some(why) = &self.why {
            writeln!(f, "  why it matters   {}", visible(why))?;
        }
        if let Some(fix) = &self.fix {
            writeln!(f, "  to fix           {}", visible(fix))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_foreign_acts_on_the_terminal() {
        let reference = "a\u{1b}[2J".to_owned();
        let such = NoSuch { reference, kind: "asset", nearest: vec!["b\u{202e}".to_owned()] };
        let said = Failure::no_such(&such, "plumb audit").to_string();
        assert_eq!(said, "error: no asset \"a\\u{1b}[2J\"; did you mean b\\u{202e}?\n");
    }

    #[test]
    fn several_guesses_are_listed() {
        let nearest = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
        let such = NoSuch { reference: "x".to_owned(), kind: "rule", nearest };
        let said = Failure::no_such(&such, "plumb audit").to_string();
        assert_eq!(said, "error: no rule \"x\"; did you mean a, b or c?\n");
    }
}
