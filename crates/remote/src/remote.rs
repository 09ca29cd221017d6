//! The world with object stores in it: paths that begin with `s3://` lie there, all others where they lay.

use std::collections::{BTreeMap, VecDeque};
use std::io::Cursor;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use futures_util::StreamExt;
use object_store::path::Path;
use object_store::{Error, GetOptions, ObjectMeta, ObjectStore};
use plumb_base::record::History;
use plumb_base::{Entry, Mark, Memory, ObjectPath, Stream, World, WorldError, is_elsewhere};

use crate::aws::Aws;
use crate::client::Told;
use crate::fault::{Asked, why};
use crate::line::Line;
use crate::stream::{LARGEST as LARGEST_AHEAD, Object, ObjectStream};

/// Objects that are listed below one prefix: with more, somebody has named too much.
const MOST_OBJECTS: usize = 1_000_000;

/// Largest object that is read at once, as of files in a folder.
const LARGEST: u64 = 64 << 20;

/// Bytes of the beginning of an object that are read at least: whoever looks at it looks more than once.
const HEAD: u64 = 64 << 10;

/// Beginnings that are held.
const HEADS: usize = 64;

/// Objects that are asked for at once: of small ones, most of the time is spent waiting.
const AHEAD: usize = 8;

/// Where runs note things for each other, opened when somebody asks.
pub type Notes = Box<dyn Fn() -> Option<Box<dyn Memory + Send + Sync>> + Send + Sync>;

/// Opens buckets.
pub(crate) trait Open: Send + Sync {
    /// Opens a bucket, in a region if that is known; nothing of it is asked for yet.
    fn open(&self, line: &Line, bucket: &str, region: Option<&str>) -> Result<Bucket, String>;
}

/// An open bucket.
#[derive(Debug, Clone)]
pub(crate) struct Bucket {
    pub(crate) store: Arc<dyn ObjectStore>,
    /// The region that the store tells of, where it may be opened there.
    pub(crate) region: Told,
}

/// A world, and the object stores beside it. Nothing is asked of a network before somebody asks for such a path.
pub struct Remote {
    here: Box<dyn World>,
    stores: Box<dyn Open>,
    notes: Notes,
    memory: OnceLock<Option<Box<dyn Memory + Send + Sync>>>,
    line: OnceLock<Option<Arc<Line>>>,
    buckets: Mutex<BTreeMap<String, Result<Bucket, String>>>,
    /// What was listed, by path.
    listed: Mutex<BTreeMap<String, Listed>>,
    /// Beginnings of objects, the last one last.
    heads: Mutex<VecDeque<(String, Bytes)>>,
    /// Objects that are asked for before somebody reads them.
    ahead: Mutex<BTreeMap<String, Ahead>>,
}

/// An object on its way.
type Ahead = Receiver<Result<Bytes, String>>;

/// What a list tells of an object.
#[derive(Debug, Clone)]
struct Listed {
    size: u64,
    tag: Option<String>,
    written: i64,
}

impl Remote {
    /// A world with S3 beside it, as the environment says how to reach it.
    pub fn new(here: Box<dyn World>, notes: Notes) -> Self {
        Self::with(here, notes, Box::new(Aws::default()))
    }

    pub(crate) fn with(here: Box<dyn World>, notes: Notes, stores: Box<dyn Open>) -> Self {
        Self {
            here,
            stores,
            notes,
            memory: OnceLock::new(),
            line: OnceLock::new(),
            buckets: Mutex::default(),
            listed: Mutex::default(),
            heads: Mutex::default(),
            ahead: Mutex::default(),
        }
    }

    fn line(&self) -> Result<Arc<Line>, String> {
        let line = self.line.get_or_init(|| Line::open().ok().map(Arc::new));
        line.clone().ok_or_else(|| "no thread could be had".to_owned())
    }

    /// The bucket of a name; one that cannot be opened is not tried again.
    fn bucket(&self, name: &str) -> Result<Bucket, String> {
        let line = self.line()?;
        let mut buckets = locked(&self.buckets);
        let bucket = buckets.entry(name.to_owned());
        bucket.or_insert_with(|| self.stores.open(&line, name, None)).clone()
    }

    /// The same bucket where the store says that it is, if that is another region.
    fn moved(&self, name: &str, bucket: &Bucket) -> Option<Bucket> {
        let region = bucket.region.get()?;
        let moved = self.stores.open(&*self.line().ok()?, name, Some(region)).ok()?;
        locked(&self.buckets).insert(name.to_owned(), Ok(moved.clone()));
        Some(moved)
    }

    fn list(&self, folder: &str) -> Result<Vec<Entry>, WorldError> {
        let refuse = |why: String| WorldError::Unreadable { path: folder.to_owned(), why };
        let place = parsed(folder)?;
        let bucket = self.bucket(place.bucket).map_err(refuse)?;
        let prefix = path_of(place.key).map_err(refuse)?;
        let mut found = self.objects(&bucket, &prefix);
        if let Err(Lost::Error(_)) = &found
            && let Some(moved) = self.moved(place.bucket, &bucket)
        {
            found = self.objects(&moved, &prefix);
        }
        let found = found.map_err(|lost| refuse(lost.words(Asked::List)))?;
        let mut entries = Vec::new();
        let mut listed = locked(&self.listed);
        // The name of a folder that somebody made by hand is an object without bytes.
        for object in
            found.into_iter().filter(|object| object.location != prefix || object.size > 0)
        {
            let path = ObjectPath { bucket: place.bucket, key: object.location.as_ref() }.path();
            entries.push(Entry { path: path.clone(), size: object.size });
            listed.insert(path, Listed::of(&object));
        }
        if entries.is_empty() {
            return Err(WorldError::Missing(folder.to_owned()));
        }
        entries.sort();
        entries.dedup();
        Ok(entries)
    }

    /// Every object below a prefix, or the one that is called so.
    fn objects(&self, bucket: &Bucket, prefix: &Path) -> Result<Vec<ObjectMeta>, Lost> {
        let line = self.line().map_err(Lost::Words)?;
        let (store, prefix) = (Arc::clone(&bucket.store), prefix.clone());
        let work = async move {
            let mut all = Vec::new();
            let mut listing = store.list(Some(&prefix));
            while let Some(object) = listing.next().await {
                all.push(object?);
                if all.len() > MOST_OBJECTS {
                    return Ok(all);
                }
            }
            drop(listing);
            if all.is_empty() && !prefix.as_ref().is_empty() {
                // Whether it may be asked for or not: nothing is listed there.
                all.extend(described(store.as_ref(), &prefix).await.ok());
            }
            Ok(all)
        };
        let all = line.wait(work).ok_or_else(|| Lost::Words("it was given up".to_owned()))?;
        let all = all.map_err(Lost::Error)?;
        if all.len() > MOST_OBJECTS {
            let words = format!("more than {MOST_OBJECTS} objects lie there: name longer prefixes");
            return Err(Lost::Words(words));
        }
        Ok(all)
    }

    /// An object as it was listed; it is asked for where it was not.
    fn object(&self, path: &str) -> Result<(Object, Listed), WorldError> {
        let refuse = |why: String| WorldError::Unreadable { path: path.to_owned(), why };
        let parts = parsed(path)?;
        let bucket = self.bucket(parts.bucket).map_err(refuse)?;
        let line = self.line().map_err(refuse)?;
        let key = path_of(parts.key).map_err(refuse)?;
        let known = locked(&self.listed).get(path).cloned();
        let listed = known.map_or_else(|| self.describe(path, &bucket, &key), Ok)?;
        let (size, tag) = (listed.size, listed.tag.clone());
        Ok((Object { line, store: bucket.store, path: key, size, tag }, listed))
    }

    /// What the store tells of an object that was not listed.
    fn describe(&self, path: &str, bucket: &Bucket, key: &Path) -> Result<Listed, WorldError> {
        let refuse = |why: String| WorldError::Unreadable { path: path.to_owned(), why };
        let (store, key) = (Arc::clone(&bucket.store), key.clone());
        let line = self.line().map_err(refuse)?;
        let found = line.wait(async move { described(store.as_ref(), &key).await });
        let found = found.ok_or_else(|| refuse("it was given up".to_owned()))?;
        let listed = Listed::of(&found.map_err(|error| match error {
            Error::NotFound { .. } => WorldError::Missing(path.to_owned()),
            error => refuse(why(&error, Asked::Object)),
        })?);
        locked(&self.listed).insert(path.to_owned(), listed.clone());
        Ok(listed)
    }

    /// The first bytes of an object, at least so many where it has them.
    fn beginning(&self, path: &str, most: usize) -> Result<Bytes, WorldError> {
        let (object, _) = self.object(path)?;
        let wanted = (most as u64).min(object.size);
        let held = locked(&self.heads).iter().find(|(known, _)| known == path).cloned();
        if let Some((_, bytes)) = held.filter(|(_, bytes)| bytes.len() as u64 >= wanted) {
            return Ok(bytes);
        }
        let bytes = object.bytes(0..wanted.max(HEAD.min(object.size)));
        let bytes = bytes.map_err(|why| WorldError::Unreadable { path: path.to_owned(), why })?;
        let mut heads = locked(&self.heads);
        heads.retain(|(known, _)| known != path);
        // What is larger was asked for once, and as a whole.
        if bytes.len() as u64 <= HEAD {
            heads.push_back((path.to_owned(), bytes.clone()));
        }
        if heads.len() > HEADS {
            heads.pop_front();
        }
        Ok(bytes)
    }
}

/// Why objects could not be listed.
enum Lost {
    Error(Error),
    Words(String),
}

impl Lost {
    fn words(self, asked: Asked) -> String {
        match self {
            Self::Error(error) => why(&error, asked),
            Self::Words(words) => words,
        }
    }
}

impl Listed {
    fn of(object: &ObjectMeta) -> Self {
        let written = object.last_modified.timestamp_millis();
        Self { size: object.size, tag: object.e_tag.clone(), written }
    }
}

async fn described(store: &dyn ObjectStore, path: &Path) -> Result<ObjectMeta, Error> {
    let options = GetOptions { head: true, ..GetOptions::default() };
    store.get_opts(path, options).await.map(|answer| answer.meta)
}

fn parsed(path: &str) -> Result<ObjectPath<'_>, WorldError> {
    ObjectPath::parse(path).ok_or_else(|| WorldError::Unreadable {
        path: path.to_owned(),
        why: "it is no path of an object".to_owned(),
    })
}

/// A key as it is written, without anything that a store would read otherwise.
fn path_of(key: &str) -> Result<Path, String> {
    Path::parse(key).map_err(|_| "its key has a part that cannot be asked for".to_owned())
}

fn locked<T>(of: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl World for Remote {
    fn files(&self, folder: &str) -> Result<Vec<Entry>, WorldError> {
        if is_elsewhere(folder) { self.list(folder) } else { self.here.files(folder) }
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, WorldError> {
        if !is_elsewhere(path) {
            return self.here.read(path);
        }
        let (object, _) = self.object(path)?;
        let refuse = |why| WorldError::Unreadable { path: path.to_owned(), why };
        if object.size > LARGEST {
            let (size, largest) = (object.size >> 20, LARGEST >> 20);
            return Err(refuse(format!("{size} MB is more than the {largest} MB that are read")));
        }
        object.bytes(0..object.size).map(|bytes| bytes.to_vec()).map_err(refuse)
    }

    fn head(&self, path: &str, most: usize) -> Result<Vec<u8>, WorldError> {
        if !is_elsewhere(path) {
            return self.here.head(path, most);
        }
        let bytes = self.beginning(path, most)?;
        Ok(bytes[..bytes.len().min(most)].to_vec())
    }

    fn stream(&self, path: &str) -> Result<Box<dyn Stream>, WorldError> {
        if !is_elsewhere(path) {
            return self.here.stream(path);
        }
        let ahead = locked(&self.ahead).remove(path);
        // Where it did not come, it is asked for once more, and what is wrong is said then.
        if let Some(Ok(Ok(bytes))) = ahead.map(|ahead| ahead.recv()) {
            return Ok(Box::new(Cursor::new(bytes)));
        }
        let (object, _) = self.object(path)?;
        Ok(Box::new(ObjectStream::new(object)))
    }

    fn expect(&self, paths: &[&str]) {
        let mut ahead = locked(&self.ahead);
        for path in paths.iter().filter(|path| is_elsewhere(path)) {
            let size = locked(&self.listed).get(*path).map_or(0, |listed| listed.size);
            if size == 0 || size > LARGEST_AHEAD || ahead.contains_key(*path) {
                continue;
            }
            if ahead.len() >= AHEAD {
                // What nobody waits for any more makes room.
                let old = ahead.keys().find(|held| !paths.contains(&held.as_str())).cloned();
                let Some(old) = old else { return };
                ahead.remove(&old);
            }
            if let Ok((object, _)) = self.object(path)
                && let Some(asked) = object.begin()
            {
                ahead.insert((*path).to_owned(), asked);
            }
        }
    }

    fn mark(&self, path: &str) -> Option<Mark> {
        if !is_elsewhere(path) {
            return self.here.mark(path);
        }
        let (_, listed) = self.object(path).ok()?;
        let tag = listed.tag?.trim_matches('"').to_owned();
        // A weak tag does not stand for the bytes.
        let is_strong = !tag.is_empty() && !tag.starts_with("W/");
        is_strong.then_some(Mark { tag, size: listed.size, written: listed.written })
    }

    fn notes(&self) -> Option<&dyn Memory> {
        let memory = self.memory.get_or_init(|| (self.notes)());
        memory.as_deref().map(|memory| memory as &dyn Memory)
    }

    fn below_top(&self) -> String {
        self.here.below_top()
    }

    fn read_from_top(&self, path: &str) -> Result<Vec<u8>, WorldError> {
        self.here.read_from_top(path)
    }

    fn history(&self) -> Result<Option<History>, WorldError> {
        self.here.history()
    }

    fn history_mark(&self) -> Result<Option<String>, WorldError> {
        self.here.history_mark()
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.here.variable(name)
    }

    fn root(&self) -> String {
        self.here.root()
    }
}
