//! Answers of earlier runs, kept in a folder of the user's own.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use plumb_base::{Digest, Hasher, Memory};

/// Files that are kept, and bytes in them; of more the oldest go.
const MOST: usize = 64;
const MOST_BYTES: u64 = 1 << 30;

/// Bytes of a program that are held at a time.
const PART: usize = 1 << 18;

/// A folder of answers about one platform, given by one program.
#[derive(Debug, Clone)]
pub(crate) struct Answers {
    folder: PathBuf,
    /// What tells the platform and the program from all others.
    about: Digest,
    /// Bytes that all of them may have.
    most: u64,
}

impl Answers {
    /// Answers that this program gave about `platform`, kept in a folder that need not be there yet.
    ///
    /// A program that was built anew may judge anew: it knows none of the answers of the one before.
    pub(crate) fn new(folder: impl Into<PathBuf>, platform: impl AsRef<Path>) -> Option<Self> {
        let program = program(&std::env::current_exe().ok()?).ok()?;
        let platform = fs::canonicalize(platform).ok()?;
        let about =
            Hasher::new("answers").digest(program).text(&platform.to_string_lossy()).finish();
        Some(Self { folder: folder.into(), about, most: MOST_BYTES })
    }

    fn path(&self, key: Digest) -> PathBuf {
        let name = Hasher::new("answer").digest(self.about).digest(key).finish();
        self.folder.join(format!("{name}.kept"))
    }

    /// Writes beside it first: who reads meanwhile sees all of it or nothing.
    fn write(&self, key: Digest, bytes: &[u8]) -> std::io::Result<()> {
        private(&self.folder)?;
        let path = self.path(key);
        let beside = path.with_extension(format!("{}.part", std::process::id()));
        let written = fs::File::create(&beside).and_then(|mut file| file.write_all(bytes));
        let moved = written.and_then(|()| fs::rename(&beside, &path));
        if moved.is_err() {
            // What could not be written is of no use to anyone; if it cannot be removed, the next run replaces it.
            fs::remove_file(&beside).unwrap_or_default();
        }
        moved
    }

    fn forget_the_oldest(&self) -> std::io::Result<()> {
        let mut files: Vec<(SystemTime, PathBuf, u64)> = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let about = entry.metadata()?;
            files.push((about.modified()?, entry.path(), about.len()));
        }
        files.sort();
        let mut bytes = 0;
        for (at, (_, path, size)) in files.iter().rev().enumerate() {
            bytes += size;
            if at > 0 && (at >= MOST || bytes > self.most) {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }
}

impl Memory for Answers {
    fn recall(&self, key: Digest) -> Option<Vec<u8>> {
        let mut file = fs::File::open(self.path(key)).ok()?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).ok()?;
        // What is of use is not old; if that cannot be said, it is forgotten sooner.
        file.set_modified(SystemTime::now()).unwrap_or_default();
        Some(bytes)
    }

    fn keep(&self, key: Digest, bytes: &[u8]) {
        // Without it the next run takes longer, and that is all.
        self.write(key, bytes).and_then(|()| self.forget_the_oldest()).unwrap_or_default();
    }
}

/// A digest of a file, a part of which is held at a time.
fn program(path: &Path) -> std::io::Result<Digest> {
    let (mut file, mut part) = (fs::File::open(path)?, vec![0; PART]);
    let mut all = Hasher::new("program");
    loop {
        match file.read(&mut part)? {
            0 => return Ok(all.finish()),
            read => all.digest(Digest::of(&part[..read])),
        };
    }
}

/// Makes a folder that nobody else may look into.
fn private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_kept_by_platform_and_key_and_the_oldest_forgotten() {
        let folder = std::env::temp_dir().join(format!("plumb-answers-{}", std::process::id()));
        let here = Answers::new(folder.join("kept"), ".").unwrap();
        let there = Answers::new(folder.join("kept"), "..").unwrap();
        let key = Digest::of("audit");
        assert_eq!(here.recall(key), None);
        here.keep(key, b"one");
        here.keep(key, b"two");
        assert_eq!((here.recall(key), there.recall(key)), (Some(b"two".to_vec()), None));
        for number in 0..2 * MOST {
            here.keep(Digest::of(number.to_string()), b"more");
            assert!(here.recall(key).is_some(), "what is of use stays");
        }
        assert_eq!(fs::read_dir(folder.join("kept")).unwrap().count(), MOST);
        let small = Answers { most: 9, ..here };
        small.keep(key, b"larger than that");
        assert_eq!(fs::read_dir(folder.join("kept")).unwrap().count(), 1);
        assert!(small.recall(key).is_some(), "the newest stays, however large");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_folder_that_cannot_be_made_keeps_nothing() {
        let answers = Answers::new("Cargo.toml/kept", ".").unwrap();
        answers.keep(Digest::of("audit"), b"one");
        assert_eq!(answers.recall(Digest::of("audit")), None);
    }
}
