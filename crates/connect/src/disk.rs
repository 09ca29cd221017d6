//! The real file system, read below one folder and nowhere else.
#![expect(clippy::disallowed_methods, reason = "this file is the World that everyone else asks")]

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Component, Path, PathBuf};

use ignore::WalkBuilder;
use plumb_base::{Entry, World, WorldError};

/// Nobody writes a file of this size by hand; reading one would only cost memory.
const LARGEST: u64 = 64 << 20;

/// Manifests and catalogs of large dbt projects reach hundreds of megabytes, and are worth it.
const LARGEST_MANIFEST: u64 = 1 << 30;

/// A folder of the real file system, and the real environment variables.
///
/// Paths that lead outside the folder are refused, by `..` as well as by a symbolic link.
#[derive(Debug, Clone)]
pub struct Disk {
    root: PathBuf,
    name: String,
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
        Ok(Self { root, name })
    }

    /// Where a path below the root lies, once it is sure that it lies there.
    fn inside(&self, path: &str) -> Result<PathBuf, WorldError> {
        let refuse =
            |why: &str| WorldError::Unreadable { path: path.to_owned(), why: why.to_owned() };
        let plain = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
        if !Path::new(path).components().all(plain) {
            return Err(refuse("it leads outside the folder"));
        }
        let full = self.root.join(path);
        let real = full.canonicalize().map_err(|error| failure(path, &error))?;
        if real.starts_with(&self.root) {
            Ok(full)
        } else {
            Err(refuse("it leads outside the folder"))
        }
    }
}

impl World for Disk {
    fn files(&self, folder: &str) -> Result<Vec<Entry>, WorldError> {
        let start = self.inside(folder)?;
        let walk = WalkBuilder::new(&start)
            // What lies above counts only for the root: a folder asked for by name is always read.
            .parents(folder.is_empty())
            // `.gitignore` speaks also where a project was unpacked without its `.git`.
            .require_git(false)
            // What one person's machine ignores would make another person's output differ.
            .git_global(false)
            .git_exclude(false)
            .add_custom_ignore_filename(".dbtignore")
            .follow_links(false)
            .build();
        let mut found = Vec::new();
        // A folder that may not be entered is left out; the rest goes on.
        for entry in walk.flatten() {
            if !entry.file_type().is_some_and(|kind| kind.is_file()) {
                continue;
            }
            let Ok(below) = entry.path().strip_prefix(&self.root) else { continue };
            let parts: Vec<_> =
                below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
            let size = entry.metadata().map_or(0, |data| data.len());
            found.push(Entry { path: parts.join("/"), size });
        }
        found.sort();
        Ok(found)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, WorldError> {
        let full = self.inside(path)?;
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
    fn a_file_that_is_too_large_is_refused() {
        let folder = Folder::new("large", &[("a.sql", "")]);
        let file = File::options().write(true).open(folder.0.join("root/a.sql")).unwrap();
        file.set_len(LARGEST + (1 << 20)).unwrap();
        let error = folder.disk().read("a.sql").unwrap_err().to_string();
        assert_eq!(error, "cannot read `a.sql`: 65 MB is more than the 64 MB that are read");
    }
}
