//! How git is asked, and what its answers say. Nothing here runs it.

use plumb_base::Moment;
use plumb_base::record::{Change, Commit, History};

/// Commits that are read at most, newest first: older ones say little of who to ask today.
pub(crate) const COMMITS: usize = 5000;

/// What stands before every question.
///
/// A repository is a stranger's: its settings may name programs (hooks, monitors, signature checkers, pagers,
/// converters), and a partial clone would fetch what it lacks. None of that may happen.
pub(crate) const CAREFUL: &[&str] = &[
    "--no-pager",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "log.showSignature=false",
    "-c",
    "protocol.allow=never",
    "-c",
    "safe.bareRepository=explicit",
];

/// Variables that would lead git to another repository, or have it start programs or ask people.
pub(crate) const UNSET: &[&str] = &[
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_DIR",
    "GIT_EXTERNAL_DIFF",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// Variables that keep it from locking, fetching, asking, and from other languages.
pub(crate) const SET: &[(&str, &str)] = &[
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("LC_ALL", "C"),
];

/// Asks whether the clone is shallow, and which commit is checked out.
pub(crate) const STATE: &[&str] = &["rev-parse", "--is-shallow-repository", "HEAD"];

/// Asks where it was cloned from.
pub(crate) const REMOTE: &[&str] = &["config", "--get", "remote.origin.url"];

/// Asks for the commits.
///
/// Moves are told only of files that did not change on the way: that is told by names and digests alone, and
/// a partial clone has no more.
pub(crate) fn log() -> Vec<String> {
    let fixed = [
        "log",
        "--no-merges",
        "--no-ext-diff",
        "--no-textconv",
        "--no-color",
        "--ignore-submodules=all",
        "--relative",
        "--name-status",
        "--find-renames=100%",
        "-l0",
        "-z",
        "--format=%x01%aN%x00%aE%x00%ct%x00%P",
    ];
    fixed.map(str::to_owned).into_iter().chain([format!("--max-count={COMMITS}")]).collect()
}

/// What [`STATE`] was answered with.
pub(crate) fn state(answer: &[u8]) -> History {
    let text = String::from_utf8_lossy(answer);
    let mut lines = text.lines().map(str::trim);
    let shallow = lines.next() == Some("true");
    let head = lines.next().filter(|line| line.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let head = head.filter(|line| !line.is_empty()).map(str::to_owned);
    History { shallow, head, ..History::default() }
}

/// What [`REMOTE`] was answered with, without names and passwords in it.
pub(crate) fn remote(answer: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(answer);
    let line = text.lines().next()?.trim();
    let clean = match line.split_once("://") {
        Some((scheme, rest)) => {
            let (place, path) = rest.split_once('/').unwrap_or((rest, ""));
            let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
            format!("{scheme}://{place}/{path}")
        }
        None => line.to_owned(),
    };
    (!clean.is_empty()).then_some(clean)
}

/// What [`log`] was answered with. What is cut off or malformed is left out.
pub(crate) fn commits(answer: &[u8]) -> Vec<Commit> {
    let mut commits: Vec<Commit> = Vec::new();
    let text = |token: &[u8]| String::from_utf8_lossy(token).into_owned();
    let mut tokens = answer.split(|byte| *byte == 0);
    while let Some(token) = tokens.next() {
        if let Some(author) = token.strip_prefix(&[1]) {
            let (Some(address), Some(time), Some(parents)) =
                (tokens.next(), tokens.next(), tokens.next())
            else {
                break;
            };
            let Ok(time) = text(time).parse() else { break };
            commits.push(Commit {
                author: text(author).trim().to_owned(),
                address: text(address).trim().to_owned(),
                time: Moment(time),
                has_parent: !parents.is_empty(),
                changes: Vec::new(),
            });
            continue;
        }
        // A line break stands between a commit and the first of its files.
        let status = token.strip_prefix(b"\n").unwrap_or(token);
        let Some(commit) = commits.last_mut() else { continue };
        let mut path = || tokens.next().map(text).filter(|path| !path.is_empty());
        match status.first() {
            Some(b'R' | b'C') => {
                if let (Some(was), Some(path)) = (path(), path()) {
                    let was = (status[0] == b'R').then_some(was);
                    commit.changes.push(Change { path, was });
                }
            }
            // What is gone needs nobody.
            Some(b'D') => drop(path()),
            Some(_) => commit.changes.extend(path().map(|path| Change { path, was: None })),
            None => {}
        }
    }
    commits
}

/// The first thing git complained of, as a clause.
pub(crate) fn complaint(said: &[u8]) -> String {
    let text = String::from_utf8_lossy(said);
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let line =
        line.strip_prefix("fatal: ").or_else(|| line.strip_prefix("error: ")).unwrap_or(line);
    if line.is_empty() { "git failed without a word".to_owned() } else { format!("git: {line}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_becomes_commits() {
        // `|` stands for the NUL between the parts of an answer, `^` for the byte before a commit.
        let log = "^Ada Byron|ada@shop.example|1700000000|abc|\nM|a.sql|R100|old.sql|new.sql|D|b.sql|\
                   ^Bo||1600000000||\nA|c d.sql|^cut";
        let read = commits(log.replace('|', "\0").replace('^', "\x01").as_bytes());
        let change =
            |path: &str, was: Option<&str>| Change { path: path.into(), was: was.map(Into::into) };
        assert_eq!(read.len(), 2);
        assert_eq!(read[0].author, "Ada Byron");
        assert_eq!(read[0].changes, [change("a.sql", None), change("new.sql", Some("old.sql"))]);
        assert!(read[0].has_parent && !read[1].has_parent);
        assert_eq!(read[1].changes, [change("c d.sql", None)]);
        assert!(commits(b"\x01a\0b\0not a time\0\0").is_empty());
        assert!(commits(b"").is_empty());
    }

    #[test]
    fn no_password_is_kept() {
        let clean = |url: &str| remote(url.as_bytes());
        assert_eq!(
            clean("https://me:secret@git.example/x/y.git\n").unwrap(),
            "https://git.example/x/y.git"
        );
        assert_eq!(clean("git@git.example:x/y.git").unwrap(), "git@git.example:x/y.git");
        assert_eq!(clean("https://git.example/x@y"), Some("https://git.example/x@y".to_owned()));
        assert_eq!(clean("\n"), None);
    }

    #[test]
    fn the_state_of_a_clone_is_read() {
        assert!(state(b"true\n0a1b\n").shallow);
        assert_eq!(state(b"false\n0a1b\n").head.as_deref(), Some("0a1b"));
        assert_eq!(state(b"false\nHEAD\n").head, None);
    }
}
