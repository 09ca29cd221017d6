//! The real file system, read below one folder and nowhere else.
#![expect(clippy::disallowed_methods, reason = "this file is the World that everyone else asks")]

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use ignore::WalkBuilder;
use ignore::gitignore::Gitignore;
use plumb_base::record::History;
use plumb_base::{Digest, Entry, Hasher, Stream, World, WorldError};

use crate::git;

/// Nobody writes a file of this size by hand; reading one would only cost memory.
const LARGEST: u64 = 64 << 20;

/// Says what dbt leaves out; written as git's.
const DBT_IGNORE: &str = ".dbtignore";

/// Files that say what is to be left out.
const IGNORE_FILES: [&str; 3] = [".ignore", ".gitignore", DBT_IGNORE];

/// Answers of git are read this far; thousands of commits fit.
const LARGEST_ANSWER: u64 = 256 << 20;

/// Manifests and catalogs of large dbt projects reach hundreds of megabytes, and are worth it.
const LARGEST_MANIFEST: u64 = 1 << 30;

/// A folder of the real file system, and the real environment variables.
///
/// Paths that lead outside the folder are refused, by `..` as well as by a symbolic link.
#[derive(Debug, Clone)]
pub struct Disk {
    root: PathBuf,
    name: String,
    /// The nearest folder, at the root or above it, that holds a repository.
    top: Option<PathBuf>,
}

impl Disk {
    /// Opens a folder.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, WorldError> {
        let path = path.as_ref();
        let name = path.display().to_string();
        let root = path.canonicalize().map_err(|error| failure(&name, &error))?;
        if !root.is_dir() {
            return Err(WorldError::Unreadable { path: name, why: "not a folder".to_owned() });
        }
        let top = root.ancestors().find(|folder| folder.join(".git").exists());
        Ok(Self { name, top: top.map(Path::to_owned), root })
    }

    /// The folder above, below the top of the repository, and what this one is called in it.
    pub(crate) fn parent(&self) -> Option<(Self, String)> {
        let step = self.root.file_name()?.to_string_lossy().into_owned();
        let root = self.root.parent()?.to_owned();
        let top = self.top.clone().filter(|top| root.starts_with(top))?;
        let name = Path::new(&self.name);
        // What was typed is shortened where that says the same, and goes up otherwise.
        let name = match (name.file_name(), name.parent()) {
            (Some(last), Some(above)) if last.to_string_lossy() == step => {
                if above.as_os_str().is_empty() { ".".into() } else { above.to_owned() }
            }
            _ if self.name == "." => "..".into(),
            _ => name.join(".."),
        };
        Some((Self { root, name: name.display().to_string(), top: Some(top) }, step))
    }

    /// Where a path below a folder lies, once it is sure that it lies there.
    fn inside(folder: &Path, path: &str) -> Result<PathBuf, WorldError> {
        let refuse =
            |why: &str| WorldError::Unreadable { path: path.to_owned(), why: why.to_owned() };
        let plain = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
        if !Path::new(path).components().all(plain) {
            return Err(refuse("it leads outside the folder"));
        }
        let full = folder.join(path);
        let real = full.canonicalize().map_err(|error| failure(path, &error))?;
        if real.starts_with(folder) { Ok(full) } else { Err(refuse("it leads outside the folder")) }
    }
}

impl Disk {
    /// Whether ignore files of the repository leave the root out; the nearest that speaks of it decides.
    fn is_ignored(&self) -> bool {
        let top = self.top.as_deref().unwrap_or(&self.root);
        let above = self.root.ancestors().skip(1).take_while(|folder| folder.starts_with(top));
        let files = above.flat_map(|folder| IGNORE_FILES.map(|name| folder.join(name)));
        for file in files.filter(|file| file.is_file()) {
            let (rules, _) = Gitignore::new(file);
            let said = rules.matched_path_or_any_parents(&self.root, true);
            if !said.is_none() {
                return said.is_ignore();
            }
        }
        false
    }

    /// Asks git something about the root, and gives what it answers.
    ///
    /// It is the only program that is run, for reading only.
    fn git(&self, question: &[&str]) -> Result<Vec<u8>, WorldError> {
        let refuse = |why: String| WorldError::Unreadable { path: ".git".to_owned(), why };
        let mut command = Command::new("git");
        command.args(git::CAREFUL).arg("-C").arg(&self.root).args(question);
        for name in git::UNSET {
            command.env_remove(name);
        }
        command.envs(git::SET.iter().copied());
        let pipes = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = pipes.spawn().map_err(|error| match error.kind() {
            ErrorKind::NotFound => refuse("git is not installed".to_owned()),
            _ => refuse(error.to_string()),
        })?;
        let (answer, said) = (running.stdout.take(), running.stderr.take());
        // Both are read at once: git waits where nobody takes what it says.
        let (answer, said) = std::thread::scope(|scope| {
            let said = scope.spawn(|| drained(said));
            let answer = drained(answer);
            (answer, said.join().unwrap_or_default())
        });
        let status = running.wait().map_err(|error| refuse(error.to_string()))?;
        if status.success() || answer.len() as u64 == LARGEST_ANSWER {
            Ok(answer)
        } else {
            Err(refuse(git::complaint(&said)))
        }
    }
}

/// What a program says, up to a limit; it is gone when it says more.
fn drained(pipe: Option<impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(pipe) = pipe {
        // What was said until a pipe broke still counts.
        pipe.take(LARGEST_ANSWER).read_to_end(&mut bytes).unwrap_or_default();
    }
    bytes
}

/// Reads a file below a folder.
fn read(folder: &Path, path: &str) -> Result<Vec<u8>, WorldError> {
    let full = Disk::inside(folder, path)?;
    let size = full.metadata().map_err(|error| failure(path, &error))?.len();
    let made_by_dbt =
        ["manifest.json", "catalog.json", ".parquet"].iter().any(|name| path.ends_with(name));
    let largest = if made_by_dbt { LARGEST_MANIFEST } else { LARGEST };
    if size > largest {
        let (size, largest) = (size >> 20, largest >> 20);
        let why = format!("{size} MB is more than the {largest} MB that are read");
        return Err(WorldError::Unreadable { path: path.to_owned(), why });
    }
    let mut bytes = Vec::new();
    let file = File::open(&full).map_err(|error| failure(path, &error))?;
    file.take(largest).read_to_end(&mut bytes).map_err(|error| failure(path, &error))?;
    Ok(bytes)
}

/// A path with `/` between its parts.
fn slashed(path: &Path) -> String {
    let parts = path.components().map(|part| part.as_os_str().to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}

impl World for Disk {
    fn files(&self, folder: &str) -> Result<Vec<Entry>, WorldError> {
        let start = Self::inside(&self.root, folder)?;
        let walk = WalkBuilder::new(&start)
            // A folder asked for by name is always read, and so is a root that its repository ignores.
            .parents(folder.is_empty() && self.top.is_some() && !self.is_ignored())
            // `.gitignore` speaks also where a project was unpacked without its `.git`.
            .require_git(false)
            // What one person's machine ignores would make another person's output differ.
            .git_global(false)
            .git_exclude(false)
            .add_custom_ignore_filename(DBT_IGNORE)
            .follow_links(false)
            .build();
        let mut found = Vec::new();
        // A folder that may not be entered is left out; the rest goes on.
        for entry in walk.flatten() {
            if !entry.file_type().is_some_and(|kind| kind.is_file()) {
                continue;
            }
            let Ok(below) = entry.path().strip_prefix(&self.root) else { continue };
            let size = entry.metadata().map_or(0, |data| data.len());
            found.push(Entry { path: slashed(below), size });
        }
        found.sort();
        Ok(found)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, WorldError> {
        read(&self.root, path)
    }

    fn head(&self, path: &str, most: usize) -> Result<Vec<u8>, WorldError> {
        let full = Self::inside(&self.root, path)?;
        let file = File::open(&full).map_err(|error| failure(path, &error))?;
        let mut bytes = Vec::new();
        let mut start = file.take(most as u64);
        start.read_to_end(&mut bytes).map_err(|error| failure(path, &error))?;
        Ok(bytes)
    }

    fn stream(&self, path: &str) -> Result<Box<dyn Stream>, WorldError> {
        let full = Self::inside(&self.root, path)?;
        Ok(Box::new(File::open(&full).map_err(|error| failure(path, &error))?))
    }

    fn below_top(&self) -> String {
        let below = self.top.as_ref().and_then(|top| self.root.strip_prefix(top).ok());
        below.map(slashed).unwrap_or_default()
    }

    fn read_from_top(&self, path: &str) -> Result<Vec<u8>, WorldError> {
        read(self.top.as_ref().unwrap_or(&self.root), path)
    }

    fn history(&self) -> Result<Option<History>, WorldError> {
        if self.top.is_none() {
            return Ok(None);
        }
        let history = git::state(&self.git(git::STATE)?);
        let log = git::log();
        let log: Vec<&str> = log.iter().map(String::as_str).collect();
        let commits = git::commits(&self.git(&log)?);
        // A repository that was cloned from nowhere has no such setting, and git calls that a failure.
        let remote = self.git(git::REMOTE).ok().and_then(|answer| git::remote(&answer));
        let cut = commits.len() == git::COMMITS;
        Ok(Some(History { commits, cut, remote, below: self.below_top(), ..history }))
    }

    fn history_mark(&self) -> Result<Option<String>, WorldError> {
        let Some(top) = &self.top else { return Ok(None) };
        let state = self.git(git::STATE)?;
        let remote = self.git(git::REMOTE).unwrap_or_default();
        // Names of people are written as it says.
        let names = std::fs::read(top.join(".mailmap")).unwrap_or_default();
        let mut mark = Hasher::new("history");
        for part in [state, remote, names] {
            mark.digest(Digest::of(part));
        }
        Ok(Some(mark.finish().to_string()))
    }

    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn root(&self) -> String {
        self.name.clone()
    }
}

fn failure(path: &str, error: &std::io::Error) -> WorldError {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => WorldError::Missing(path.to_owned()),
        _ => WorldError::Unreadable { path: path.to_owned(), why: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder that is gone when the test is.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str, files: &[(&str, &str)]) -> Self {
            let folder = std::env::temp_dir().join(format!("plumb-{}-{name}", std::process::id()));
            for (path, text) in files {
                let path = folder.join("root").join(path);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, text).unwrap();
            }
            Self(folder)
        }

        fn disk(&self) -> Disk {
            Disk::open(self.0.join("root")).unwrap()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            std::fs::remove_dir_all(&self.0).unwrap();
        }
    }

    fn paths(disk: &Disk, folder: &str) -> Vec<String> {
        disk.files(folder).unwrap().into_iter().map(|entry| entry.path).collect()
    }

    #[test]
    fn ignored_and_hidden_files_are_left_out_unless_asked_for_by_name() {
        let folder = Folder::new(
            "ignored",
            &[
                (".gitignore", "dbt_packages/\n*.tmp\n"),
                (".hidden/a.sql", ""),
                (".git/b.sql", ""),
                ("models/a.sql", "select 1"),
                ("models/a.tmp", ""),
                ("dbt_packages/tools/m.sql", ""),
                ("dbt_packages/tools/.gitignore", "logs/"),
                ("dbt_packages/tools/logs/l.sql", ""),
            ],
        );
        let disk = folder.disk();
        assert_eq!(paths(&disk, ""), ["models/a.sql"]);
        assert_eq!(paths(&disk, "dbt_packages"), ["dbt_packages/tools/m.sql"]);
        assert_eq!(disk.files("").unwrap()[0].size, 8);
    }

    #[test]
    fn nothing_outside_the_root_is_read() {
        let folder = Folder::new("outside", &[("a.sql", "select 1")]);
        std::fs::write(folder.0.join("secret"), "s").unwrap();
        let disk = folder.disk();
        assert_eq!(disk.read("a.sql").unwrap(), b"select 1");
        for path in ["../secret", "/etc/passwd", "x/../../secret"] {
            assert!(disk.read(path).is_err(), "{path}");
        }
        assert!(matches!(disk.read("b.sql"), Err(WorldError::Missing(_))));
        assert!(matches!(disk.files("b"), Err(WorldError::Missing(_))));
        assert!(matches!(Disk::open(folder.0.join("nowhere")), Err(WorldError::Missing(_))));
    }

    #[cfg(unix)]
    #[test]
    fn symbolic_links_are_not_followed() {
        let folder = Folder::new("links", &[("models/a.sql", "select 1")]);
        std::fs::write(folder.0.join("secret"), "s").unwrap();
        let root = folder.0.join("root");
        std::os::unix::fs::symlink(folder.0.join("secret"), root.join("link.sql")).unwrap();
        std::os::unix::fs::symlink(root.join("models"), root.join("loop")).unwrap();
        let disk = folder.disk();
        assert_eq!(paths(&disk, ""), ["models/a.sql"]);
        assert!(matches!(disk.read("link.sql"), Err(WorldError::Unreadable { .. })));
    }

    #[test]
    fn what_is_asked_for_is_read_though_it_is_ignored_or_made() {
        let folder = Folder::new(
            "include",
            &[
                (".gitignore", "build/\n"),
                (
                    "plumb.toml",
                    "[read]\ninclude = [\"build/sql\", \"dbt/target/run\"]\n[[sql]]\npath = \"dbt/target/run\"\n",
                ),
                ("build/sql/a.sql", "select 1"),
                ("build/other/b.sql", "select 2"),
                ("dbt/dbt_project.yml", "name: shop"),
                ("dbt/target/run/c.sql", "select 3"),
                ("dbt/target/compiled/d.sql", "select 4"),
            ],
        );
        let found = crate::discover(&folder.disk());
        let read: Vec<&str> = found.sql.iter().map(|source| source.path.as_str()).collect();
        assert_eq!(read, ["build/sql/a.sql", "dbt/target/run/c.sql"]);
    }

    #[test]
    fn a_folder_of_a_project_means_the_project() {
        let folder = Folder::new(
            "part",
            &[
                ("dbt/dbt_project.yml", "name: shop\nmodel-paths: [models, more/marts]\n"),
                ("dbt/models/staging/a.sql", ""),
                ("dbt/more/marts/b.sql", ""),
                ("dbt/scripts/c.sql", ""),
                ("adhoc/d.sql", ""),
                (".git/HEAD", ""),
            ],
        );
        let root = folder.0.join("root");
        let opened = |path: &str| {
            let typed = root.join(path).display().to_string();
            let shown = crate::open(typed).unwrap().root();
            shown.strip_prefix(&root.display().to_string()).unwrap().to_owned()
        };
        assert_eq!(opened("dbt/models/staging"), "/dbt");
        assert_eq!(opened("dbt/more/marts"), "/dbt");
        assert_eq!(opened("dbt/more"), "/dbt/more");
        assert_eq!(opened("dbt/scripts"), "/dbt/scripts");
        assert_eq!(opened("adhoc"), "/adhoc");
        assert_eq!(opened("dbt"), "/dbt");
        assert_eq!(opened("dbt/models/staging/."), "/dbt");
        let up = Disk::open(root.join("dbt/models")).unwrap();
        let up = Disk { name: ".".to_owned(), ..up }.parent().unwrap().0;
        assert_eq!(up.name, "..");
        assert_eq!(up.parent().unwrap().0.name, "../..");
        std::fs::remove_dir_all(root.join(".git")).unwrap();
        assert_eq!(opened("dbt/models/staging"), "/dbt/models/staging");
    }

    #[test]
    fn a_file_that_is_too_large_is_refused() {
        let folder = Folder::new("large", &[("a.sql", "")]);
        let file = File::options().write(true).open(folder.0.join("root/a.sql")).unwrap();
        file.set_len(LARGEST + (1 << 20)).unwrap();
        let error = folder.disk().read("a.sql").unwrap_err().to_string();
        assert_eq!(error, "cannot read `a.sql`: 65 MB is more than the 64 MB that are read");
    }

    #[test]
    fn ignore_files_speak_for_what_lies_below_them_and_may_take_it_back() {
        let folder = Folder::new(
            "nested",
            &[
                (".gitignore", "/build\n*.sql\n!keep/**/*.sql\ntmp/**\n"),
                (".ignore", "drafts/\n"),
                ("a.sql", ""),
                ("build/a.txt", ""),
                ("keep/a.sql", ""),
                ("keep/.gitignore", "old/\n!/old/\n/b.sql\n"),
                ("keep/b.sql", ""),
                ("keep/old/c.sql", ""),
                ("keep/build/d.sql", ""),
                ("drafts/e.txt", ""),
                ("tmp/x/f.txt", ""),
                (".git/HEAD", ""),
            ],
        );
        let disk = folder.disk();
        assert_eq!(paths(&disk, ""), ["keep/a.sql", "keep/build/d.sql", "keep/old/c.sql"]);
        assert_eq!(paths(&disk, "build"), ["build/a.txt"]);
        // A folder that somebody opens is read, though the repository around it ignores it.
        let opened = |path: &str| Disk::open(folder.0.join("root").join(path)).unwrap();
        assert_eq!(paths(&opened("build"), ""), ["a.txt"]);
        assert_eq!(paths(&opened("drafts"), ""), ["e.txt"]);
        assert_eq!(paths(&opened("tmp/x"), ""), ["f.txt"]);
        // What the repository ignores below a folder that it does not ignore stays out.
        assert_eq!(paths(&opened("keep"), ""), ["a.sql", "build/d.sql", "old/c.sql"]);
    }

    /// Runs git as a person would, who has no settings of his own.
    fn git(folder: &Path, arguments: &[&str]) {
        let none = folder.join("no-settings");
        let mut command = Command::new("git");
        command.arg("-C").arg(folder).args([
            "-c",
            "user.name=Ada",
            "-c",
            "user.email=ada@shop.example",
        ]);
        command.args(arguments).env("GIT_CONFIG_GLOBAL", &none).env("GIT_CONFIG_SYSTEM", &none);
        for name in git::UNSET {
            command.env_remove(name);
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{arguments:?} {output:?}");
    }

    #[test]
    fn the_history_below_the_root_is_read_and_runs_nothing() {
        let folder = Folder::new("history", &[("jobs/a.sql", "select 1"), ("b.sql", "select 2")]);
        let root = folder.0.join("root");
        git(&root, &["init", "-q", "-b", "main"]);
        git(&root, &["add", "."]);
        git(&root, &["commit", "-q", "-m", "first"]);
        git(&root, &["mv", "jobs/a.sql", "jobs/c.sql"]);
        git(&root, &["commit", "-q", "-m", "second"]);
        git(&root, &["remote", "add", "origin", "https://me:secret@git.example/shop.git"]);
        for (name, value) in [
            ("core.fsmonitor", "touch ran"),
            ("log.showSignature", "true"),
            ("gpg.program", "touch ran"),
            ("core.pager", "touch ran"),
            ("diff.external", "touch ran"),
            ("core.hooksPath", "."),
        ] {
            git(&root, &["config", name, value]);
        }
        let history = folder.disk().history().unwrap().unwrap();
        assert_eq!(history.commits.len(), 2);
        assert!(!history.shallow && !history.cut);
        assert_eq!(history.remote.as_deref(), Some("https://git.example/shop.git"));
        assert_eq!(history.commits[0].changes[0].was.as_deref(), Some("jobs/a.sql"));
        assert_eq!(history.commits[1].author, "Ada");
        assert!(!root.join("ran").exists());

        let below = Disk::open(root.join("jobs")).unwrap();
        let history = below.history().unwrap().unwrap();
        assert_eq!(history.commits[0].changes[0].path, "c.sql");
        assert_eq!(history.commits[1].changes.len(), 1);
        assert_eq!(below.below_top(), "jobs");
        assert_eq!(below.read_from_top("b.sql").unwrap(), b"select 2");
        assert!(below.read_from_top("../secret").is_err());
        assert!(below.read("../b.sql").is_err());
    }

    #[test]
    fn a_history_that_is_not_whole_or_not_there_is_said() {
        let folder = Folder::new("shallow", &[("a.sql", "select 1")]);
        let root = folder.0.join("root");
        assert_eq!(folder.disk().history().unwrap(), None);
        git(&root, &["init", "-q", "-b", "main"]);
        let error = folder.disk().history().unwrap_err().to_string();
        assert!(error.starts_with("cannot read `.git`: git: "), "{error}");
        git(&root, &["add", "."]);
        git(&root, &["commit", "-q", "-m", "first"]);
        git(&root, &["commit", "-q", "--allow-empty", "-m", "second"]);
        let from = format!("file://{}", root.display());
        let clone = folder.0.join("clone");
        git(&folder.0, &["clone", "-q", "--depth", "1", &from, clone.to_str().unwrap()]);
        let history = Disk::open(&clone).unwrap().history().unwrap().unwrap();
        assert!(history.shallow);
        assert_eq!(history.commits.len(), 1);
        assert!(!history.commits[0].has_parent);
        std::fs::write(root.join(".git/HEAD"), "nonsense").unwrap();
        assert!(folder.disk().history().is_err());
    }
}
