//! Runs that end at every step of a write, and runs that somebody stops.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use super::*;

/// A disk on which a process dies after so many steps: the last write is torn, and nothing happens afterwards.
struct Dying {
    left: AtomicUsize,
}

impl Dying {
    fn step_on(&self) -> io::Result<()> {
        let lives = |left: usize| left.checked_sub(1);
        let lived = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, lives);
        lived.map(|_| ()).map_err(|_| io::Error::other("the process is dead"))
    }
}

impl Disk for Dying {
    fn folder(&self, path: &Path) -> io::Result<()> {
        self.step_on()?;
        RealDisk.folder(path)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        if let Err(error) = self.step_on() {
            let _torn = fs::write(path, &bytes[..bytes.len() / 2]);
            return Err(error);
        }
        RealDisk.write(path, bytes)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step_on()?;
        RealDisk.rename(from, to)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        RealDisk.read(path)
    }

    fn files(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        RealDisk.files(folder)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.step_on()?;
        RealDisk.remove(path)
    }

    fn step(&self) -> io::Result<()> {
        self.step_on()
    }
}

fn drops() -> Vec<(&'static str, String)> {
    vec![
        ("a/query_history.csv", exports::queries(0..40)),
        ("a/warehouse_metering_history.csv", exports::metering(0..40, 2)),
        ("b/query_history.csv", exports::queries(20..60)),
        ("b/warehouse_metering_history.csv", exports::metering(20..60, 2)),
        ("bill.csv", exports::bill(0..12, 0)),
    ]
}

fn dying(folder: &Path, steps: usize) -> Result<Given, StoreError> {
    let disk = Box::new(Dying { left: AtomicUsize::new(steps) });
    let store = Store::open(folder, disk, Interrupt::default(), Box::new(|| {}))?;
    let drops = drops();
    let files: Vec<(&str, &str)> =
        drops.iter().map(|(path, text)| (*path, text.as_str())).collect();
    read(&store, &files)
}

#[test]
fn a_run_that_ends_at_any_step_takes_nothing_away_and_adds_nothing() {
    let whole = Folder::new();
    let wanted = dying(&whole.0, usize::MAX).unwrap();
    let mut ends = 0;
    for steps in 0.. {
        let folder = Folder::new();
        let first = dying(&folder.0, steps);
        if let Ok(given) = first {
            assert_eq!(given, wanted);
            break;
        }
        ends += 1;
        // The next one ends, too, somewhere else.
        let _second = dying(&folder.0, steps / 2);
        let given = dying(&folder.0, usize::MAX).unwrap();
        assert_eq!(given, wanted, "after a run of {steps} steps");
        let store = open(&folder.0);
        let noted = store.book.borrow().names().unwrap().len();
        assert_eq!(RealDisk.files(&store.facts()).unwrap().len(), noted, "nothing is left over");
    }
    assert!(ends > 60, "there are {ends} steps");
}

/// A world that asks to stop when so many bytes of a file were read.
struct Asking {
    world: MemoryWorld,
    asked: Arc<std::sync::atomic::AtomicBool>,
    after: usize,
}

struct AskingStream {
    inner: io::Cursor<Vec<u8>>,
    asked: Arc<std::sync::atomic::AtomicBool>,
    after: usize,
    /// A file is read once for its digest first.
    rewound: bool,
}

impl io::Read for AskingStream {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let most = bytes.len().min(64);
        let read = self.inner.read(&mut bytes[..most])?;
        if self.rewound && self.inner.position() >= self.after as u64 {
            self.asked.store(true, Ordering::Relaxed);
        }
        Ok(read)
    }
}

impl io::Seek for AskingStream {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

impl World for Asking {
    fn files(&self, folder: &str) -> Result<Vec<plumb_base::Entry>, plumb_base::WorldError> {
        self.world.files(folder)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, plumb_base::WorldError> {
        self.world.read(path)
    }

    fn stream(&self, path: &str) -> Result<Box<dyn plumb_base::Stream>, plumb_base::WorldError> {
        static OPENED: AtomicUsize = AtomicUsize::new(0);
        let rewound = OPENED.fetch_add(1, Ordering::Relaxed) % 2 == 1;
        let (asked, inner) = (Arc::clone(&self.asked), io::Cursor::new(self.world.read(path)?));
        Ok(Box::new(AskingStream { inner, asked, after: self.after, rewound }))
    }

    fn variable(&self, _: &str) -> Option<String> {
        None
    }

    fn root(&self) -> String {
        "memory".to_owned()
    }
}

#[test]
fn whoever_stops_a_run_keeps_what_was_read_of_a_file() {
    // Larger than what readers take at once.
    let text = exports::queries(0..720).replace("select", &"x".repeat(400));
    let folder = Folder::new();
    let world = MemoryWorld::new([("queries.csv", text.as_str())]);
    let files = plumb_connect::discover(&world).records;
    let interrupt = Interrupt::default();
    let asking = Asking { world, asked: Arc::clone(&interrupt.asked), after: text.len() / 2 };
    let store = Store::open(&folder.0, Box::new(RealDisk), interrupt, Box::new(|| {})).unwrap();
    assert!(matches!(store.fill(&asking, &files), Err(StoreError::Interrupted)));
    // The file is gone, and what was read of it is not.
    let given = read(&open(&folder.0), &[]).unwrap();
    let kept = given.records.len();
    assert!((100..700).contains(&kept), "{kept}");
    assert_eq!(given.problems.len(), 1);
    // It is there again: the rest is read, and nothing twice.
    let given = read(&open(&folder.0), &[("queries.csv", &text)]).unwrap();
    assert_eq!((given.records.len(), given.problems.len()), (720, 0));
    assert_eq!(given.bag(), directly(&[("queries.csv", &text)]).bag());
}
