//! Files of a store: the one place that touches them, apart from the database.
#![expect(clippy::disallowed_methods, reason = "this is the disk")]

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What a store asks of a disk; tests have one that fails at a chosen step.
pub trait Disk {
    /// Makes a folder with those around it, for nobody else to look into.
    fn folder(&self, path: &Path) -> io::Result<()>;

    /// Writes a file; afterwards its bytes are on the disk.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;

    /// Gives a file another name in its folder; afterwards the name is on the disk.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Bytes of a file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// Every file below a folder.
    fn files(&self, folder: &Path) -> io::Result<Vec<PathBuf>>;

    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Called before and after what was written becomes part of the store.
    fn step(&self) -> io::Result<()> {
        Ok(())
    }
}

/// The disk of this machine.
#[derive(Debug, Clone, Copy)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn folder(&self, path: &Path) -> io::Result<()> {
        if path.is_dir() {
            return Ok(());
        }
        let around = path.parent().filter(|around| !around.as_os_str().is_empty());
        if let Some(around) = around {
            self.folder(around)?;
        }
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        match builder.create(path) {
            // Another process may have been faster.
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        around.map_or(Ok(()), settle)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)?;
        to.parent().map_or(Ok(()), settle)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut open(path)?, &mut bytes)?;
        Ok(bytes)
    }

    fn files(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                let list = if entry.file_type()?.is_dir() { &mut folders } else { &mut files };
                list.push(entry.path());
            }
        }
        files.sort();
        Ok(files)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }
}

/// Writes the names in a folder to the disk; elsewhere than on Unix that cannot be asked for.
fn settle(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { open(folder)?.sync_all() } else { Ok(()) }
}

fn open(path: &Path) -> io::Result<File> {
    File::options().read(true).open(path)
}
