//! Stores that are held in memory, through the eyes of whoever reads records.

use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::io::{Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, ObjectStoreExt, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use plumb_base::{Digest, Memory, MemoryWorld, World, WorldError};

use crate::line::Line;
use crate::remote::{Bucket, Open, Remote};

/// A store that counts what it gives.
#[derive(Debug, Default)]
struct Store {
    objects: InMemory,
    asked: AtomicUsize,
    given: AtomicUsize,
    most: AtomicUsize,
    denies: Mutex<Option<&'static str>>,
}

impl Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("store")
    }
}

#[async_trait]
impl ObjectStore for Store {
    async fn put_opts(&self, at: &Path, bytes: PutPayload, how: PutOptions) -> Result<PutResult> {
        self.objects.put_opts(at, bytes, how).await
    }

    async fn put_multipart_opts(
        &self,
        _: &Path,
        _: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        Err(Error::NotImplemented { operation: "parts".into(), implementer: "store".into() })
    }

    async fn get_opts(&self, at: &Path, how: GetOptions) -> Result<GetResult> {
        if self.denies.lock().unwrap().is_some_and(|part| at.as_ref().contains(part)) {
            return Err(Error::PermissionDenied { path: at.to_string(), source: "AKIAX".into() });
        }
        let described = how.head;
        let answer = self.objects.get_opts(at, how).await?;
        if described {
            return Ok(answer);
        }
        let length = usize::try_from(answer.range.end - answer.range.start).unwrap();
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.given.fetch_add(length, Ordering::Relaxed);
        self.most.fetch_max(length, Ordering::Relaxed);
        Ok(answer)
    }

    fn delete_stream(
        &self,
        _: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        unreachable!("nothing is ever removed")
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        if self.denies.lock().unwrap().is_some_and(str::is_empty) {
            let error = Error::PermissionDenied { path: String::new(), source: "AKIAX".into() };
            return futures_util::stream::iter([Err(error)]).boxed();
        }
        self.objects.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.objects.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, _: &Path, _: &Path, _: CopyOptions) -> Result<()> {
        unreachable!("nothing is ever copied")
    }
}

/// Stores by the names of their buckets.
struct Stores(BTreeMap<String, Arc<Store>>);

impl Open for Stores {
    fn open(&self, _: &Line, bucket: &str, region: Option<&str>) -> Result<Bucket, String> {
        // What is in another region is called after it.
        let name =
            region.map_or_else(|| bucket.to_owned(), |region| format!("{bucket} in {region}"));
        let store = self.0.get(&name).ok_or("no such bucket")?.clone();
        let mut told = Arc::default();
        if self.0.contains_key(&format!("{bucket} in far-away-1")) && region.is_none() {
            told = Arc::new(std::sync::OnceLock::from("far-away-1".to_owned()));
        }
        Ok(Bucket { store, region: told })
    }
}

/// A world with the objects of one bucket beside it, and the store that they lie in.
fn world(objects: &[(&str, &[u8])]) -> (Remote, Arc<Store>) {
    let store = Arc::new(Store::default());
    put(&store, objects);
    (beside(&store, &Arc::default()), store)
}

/// A folder whose settings name all of a bucket, with notes of earlier runs.
fn beside(store: &Arc<Store>, notes: &Arc<Notes>) -> Remote {
    let stores = Stores(BTreeMap::from([("exports".to_owned(), Arc::clone(store))]));
    let settings = "[records]\nfrom = 's3://exports'";
    let here = Box::new(MemoryWorld::new([("a.sql", "select 1"), ("plumb.toml", settings)]));
    let notes = Arc::clone(notes);
    Remote::with(here, Box::new(move || Some(Box::new(Noted(notes.clone())))), Box::new(stores))
}

#[derive(Default)]
struct Notes(Mutex<BTreeMap<Digest, Vec<u8>>>);

struct Noted(Arc<Notes>);

impl Memory for Noted {
    fn recall(&self, key: Digest) -> Option<Vec<u8>> {
        self.0.0.lock().unwrap().get(&key).cloned()
    }

    fn keep(&self, key: Digest, bytes: &[u8]) {
        self.0.0.lock().unwrap().insert(key, bytes.to_vec());
    }
}

fn put(store: &Arc<Store>, objects: &[(&str, &[u8])]) {
    let line = Line::open().unwrap();
    for (key, bytes) in objects {
        let (store, key, bytes) = (Arc::clone(store), Path::parse(key).unwrap(), bytes.to_vec());
        line.wait(async move { store.put(&key, bytes.into()).await }).unwrap().unwrap();
    }
}

fn paths(world: &Remote, folder: &str) -> Vec<String> {
    world.files(folder).unwrap().into_iter().map(|entry| entry.path).collect()
}

#[test]
fn a_prefix_is_a_folder() {
    let (world, _) = world(&[
        ("bills/a.csv", b"1"),
        ("bills/2026/b.csv", b"22"),
        ("bills-of-old/c.csv", b"3"),
        ("d.csv", b"4"),
    ]);
    let wanted = ["s3://exports/bills/2026/b.csv", "s3://exports/bills/a.csv"];
    assert_eq!(paths(&world, "s3://exports/bills"), wanted);
    assert_eq!(paths(&world, "s3://exports/bills/"), wanted);
    assert_eq!(paths(&world, "s3://exports").len(), 4);
    assert_eq!(paths(&world, "s3://exports/d.csv"), ["s3://exports/d.csv"]);
    assert_eq!(paths(&world, ""), ["a.sql", "plumb.toml"]);
    let nothing = world.files("s3://exports/bil");
    assert!(matches!(nothing, Err(WorldError::Missing(_))), "{nothing:?}");
    assert!(world.files("s3://other").unwrap_err().to_string().contains("no such bucket"));
}

#[test]
fn keys_are_taken_as_they_are_written() {
    let keys =
        ["a b/50% off.csv", "a b/%20.csv", "größe/日本.csv", "x/a?b#c&d.csv", "x/\u{202e}.csv"];
    let objects: Vec<(&str, &[u8])> = keys.iter().map(|key| (*key, key.as_bytes())).collect();
    let (world, _) = world(&objects);
    for key in keys {
        let path = format!("s3://exports/{key}");
        assert!(paths(&world, "s3://exports").contains(&path), "{path}");
        assert_eq!(world.read(&path).unwrap(), key.as_bytes());
        let (folder, _) = path.rsplit_once('/').unwrap();
        assert!(paths(&world, folder).contains(&path), "{path}");
    }
}

#[test]
fn thousands_of_objects_are_listed() {
    let (world, store) = world(&[]);
    let keys: Vec<String> = (0..3500).map(|at| format!("logs/events_{at:05}")).collect();
    let objects: Vec<(&str, &[u8])> = keys.iter().map(|key| (key.as_str(), b"{}" as _)).collect();
    put(&store, &objects);
    let found = paths(&world, "s3://exports/logs");
    assert_eq!(found.len(), keys.len());
    assert!(found.is_sorted());
    assert_eq!(store.asked.load(Ordering::Relaxed), 0);
}

/// Bytes of which each is where it is.
fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|at| u8::try_from(at * 31 / 7 % 251).unwrap()).collect()
}

#[test]
fn a_stream_gives_what_the_object_holds() {
    let bytes = pattern(9_000_001);
    let (world, store) = world(&[("a", &bytes)]);
    let mut all = Vec::new();
    world.stream("s3://exports/a").unwrap().read_to_end(&mut all).unwrap();
    assert_eq!(all, bytes);
    // In parts that grow, up to a bound; nothing twice.
    let given = store.given.swap(0, Ordering::Relaxed);
    assert_eq!(given, bytes.len());
    assert!(store.asked.load(Ordering::Relaxed) < 10);
    assert!(store.most.load(Ordering::Relaxed) <= 4 << 20);
}

#[test]
fn small_objects_are_asked_for_together_and_each_is_asked_for_once() {
    let contents: Vec<Vec<u8>> = (1..12).map(|at| pattern(at * 1000)).collect();
    let names: Vec<String> = (1..12).map(|at| format!("small/{at:02}")).collect();
    let large = pattern(5_000_000);
    let mut objects: Vec<(&str, &[u8])> =
        names.iter().map(String::as_str).zip(contents.iter().map(Vec::as_slice)).collect();
    objects.push(("small/large", &large));
    let (world, store) = world(&objects);
    let paths = paths(&world, "s3://exports/small");
    let all: Vec<&str> = paths.iter().map(String::as_str).collect();
    store.asked.store(0, Ordering::Relaxed);
    for (at, path) in all.iter().enumerate() {
        world.expect(&all[at..]);
        world.expect(&[path]);
        let mut read = Vec::new();
        world.stream(path).unwrap().read_to_end(&mut read).unwrap();
        assert_eq!(read, *contents.get(at).unwrap_or(&large));
    }
    let of_large = store.given.load(Ordering::Relaxed);
    assert_eq!(of_large, contents.iter().map(Vec::len).sum::<usize>() + large.len());
    // What is large comes in parts, as ever.
    assert!(store.asked.load(Ordering::Relaxed) <= 11 + 6);
    assert!(store.most.load(Ordering::Relaxed) <= 4 << 20);
    // What was denied is said where it is read.
    *store.denies.lock().unwrap() = Some("03");
    world.expect(&all);
    let mut text = String::new();
    assert!(world.stream(all[2]).unwrap().read_to_string(&mut text).is_err());
}

#[test]
fn a_file_is_read_from_any_place() {
    let bytes = pattern(9_000_001);
    let (world, store) = world(&[("a", &bytes)]);
    let mut stream = world.stream("s3://exports/a").unwrap();
    let mut part = [0; 10];
    assert_eq!(stream.seek(SeekFrom::End(-10)).unwrap(), 8_999_991);
    stream.read_exact(&mut part).unwrap();
    assert_eq!(part, bytes[8_999_991..]);
    assert_eq!(stream.read(&mut part).unwrap(), 0);
    // The end of a file of Parquet is looked at twice.
    stream.seek(SeekFrom::End(-1000)).unwrap();
    stream.read_exact(&mut part).unwrap();
    assert_eq!(part, bytes[8_999_001..8_999_011]);
    assert_eq!(store.asked.load(Ordering::Relaxed), 1);
    assert!(stream.seek(SeekFrom::Current(-9_999_999)).is_err());
    // Columns side by side, in pieces: each byte is asked for once.
    let (mut seed, mut at) = (7_u64, [0, 3_000_000, 6_000_000]);
    store.given.store(0, Ordering::Relaxed);
    while at[2] < 8_500_000 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let column = usize::try_from(seed >> 33).unwrap() % 3;
        let mut part = vec![0; 5000];
        stream.seek(SeekFrom::Start(at[column] as u64)).unwrap();
        stream.read_exact(&mut part).unwrap();
        assert_eq!(part, bytes[at[column]..at[column] + 5000]);
        at[column] += 5000;
    }
    let given = store.given.load(Ordering::Relaxed);
    assert!(given < 3 * bytes.len() / 2, "{given}");
}

#[test]
fn an_object_without_bytes_is_read() {
    let (world, _) = world(&[("a.csv", b"")]);
    assert_eq!(world.head("s3://exports/a.csv", 10).unwrap(), b"");
    assert_eq!(world.read("s3://exports/a.csv").unwrap(), b"");
    let mut all = Vec::new();
    world.stream("s3://exports/a.csv").unwrap().read_to_end(&mut all).unwrap();
    assert!(all.is_empty());
}

#[test]
fn a_beginning_is_asked_for_once() {
    let bytes = pattern(300_000);
    let (world, store) = world(&[("a", &bytes)]);
    paths(&world, "s3://exports");
    for most in [1, 256, 4096, 64 << 10] {
        assert_eq!(world.head("s3://exports/a", most).unwrap(), bytes[..most]);
    }
    assert_eq!(store.asked.load(Ordering::Relaxed), 1);
    assert_eq!(world.head("s3://exports/a", 100_000).unwrap(), bytes[..100_000]);
    assert_eq!(world.head("s3://exports/a", 999_999).unwrap(), bytes);
}

#[test]
fn a_mark_tells_another_state_without_reading() {
    let (world, store) = world(&[("a", b"one"), ("b", b"one")]);
    paths(&world, "s3://exports");
    let one = world.mark("s3://exports/a").unwrap();
    assert_eq!(Some(one.clone()), world.mark("s3://exports/a"));
    assert_eq!(world.mark("a.sql"), None);
    assert_eq!(world.mark("s3://exports/c"), None);
    put(&store, &[("a", b"two")]);
    // Who has listed the one state never reads the other.
    let error = world.read("s3://exports/a").unwrap_err().to_string();
    assert!(error.ends_with("it changed while it was read: run it again"), "{error}");
    paths(&world, "s3://exports");
    assert_ne!(one, world.mark("s3://exports/a").unwrap());
    assert_eq!(world.read("s3://exports/a").unwrap(), b"two");
}

#[test]
fn what_is_denied_says_what_is_needed_and_nothing_else() {
    let (world, store) = world(&[("a", b"one")]);
    paths(&world, "s3://exports");
    *store.denies.lock().unwrap() = Some("a");
    let wanted =
        "cannot read `s3://exports/a`: access is denied: these credentials need s3:GetObject";
    let mut all = Vec::new();
    let read = world.stream("s3://exports/a").unwrap().read_to_end(&mut all).unwrap_err();
    for said in [
        world.read("s3://exports/a").unwrap_err().to_string(),
        format!("cannot read `s3://exports/a`: {read}"),
    ] {
        assert!(said.starts_with(wanted), "{said}");
        assert!(!said.contains("AKIAX"), "{said}");
    }
}

#[test]
fn a_runtime_of_somebody_else_is_no_obstacle() {
    let (world, _) = world(&[("a", b"one")]);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let read = runtime.block_on(async move {
        let read = world.read("s3://exports/a");
        drop(world);
        read
    });
    assert_eq!(read.unwrap(), b"one");
}

#[test]
fn a_bucket_is_followed_to_its_region() {
    let [near, far] = [(); 2].map(|()| Arc::new(Store::default()));
    put(&far, &[("a.csv", b"one")]);
    *near.denies.lock().unwrap() = Some("");
    let stores = [("exports".to_owned(), near), ("exports in far-away-1".to_owned(), far)];
    let here = Box::new(MemoryWorld::default());
    let world = Remote::with(here, Box::new(|| None), Box::new(Stores(BTreeMap::from(stores))));
    assert_eq!(paths(&world, "s3://exports"), ["s3://exports/a.csv"]);
    assert_eq!(world.read("s3://exports/a.csv").unwrap(), b"one");
}

const RATES: &[u8] = b"DATE,SERVICE_TYPE,EFFECTIVE_RATE,CURRENCY\n2026-10-01,PIPE,2.5,USD\n";

#[test]
fn what_was_looked_at_is_not_looked_at_again() {
    let (_, store) =
        world(&[("a.csv", RATES), ("b.csv", RATES), ("c.json", b"{}"), ("d.png", b"")]);
    let notes = Arc::default();
    let look = || {
        store.asked.store(0, Ordering::Relaxed);
        let found = plumb_connect::discover(&beside(&store, &notes));
        (found.records.len(), found.places[0].files, store.asked.load(Ordering::Relaxed))
    };
    assert_eq!(look(), (2, 4, 3));
    assert_eq!(look(), (2, 4, 0));
    put(&store, &[("c.json", RATES), ("b.csv", b"a,b\n")]);
    assert_eq!(look(), (1, 4, 2));
    assert_eq!(look(), (1, 4, 0));
}

#[test]
fn files_that_are_denied_are_told_once_and_tried_again() {
    let (_, store) =
        world(&[("a.csv", RATES), ("b.csv", RATES), ("logs/c.parquet", RATES), ("d.csv", RATES)]);
    let notes = Arc::default();
    *store.denies.lock().unwrap() = Some("c");
    let found = plumb_connect::discover(&beside(&store, &notes));
    let said: Vec<String> =
        found.problems.iter().map(|it| format!("{}: {}", it.place.path, it.message)).collect();
    let wanted = "s3://exports/a.csv: cannot be read and 3 more below `s3://exports`, so that none of its records \
                  count: access is denied: these credentials need s3:GetObject";
    assert!(said.len() == 1 && said[0].starts_with(wanted), "{said:?}");
    *store.denies.lock().unwrap() = None;
    let found = plumb_connect::discover(&beside(&store, &notes));
    assert_eq!((found.records.len(), found.problems.len()), (3, 0));
}

#[test]
fn versions_and_copies_are_told_as_in_a_folder() {
    let bill = |cost: u32| {
        format!(
            "identity_line_item_id,line_item_unblended_cost,line_item_line_item_type,line_item_usage_start_date,\
             line_item_product_code,line_item_currency_code\ni{cost},{cost}.00,Usage,2026-10-01T00:00:00Z,AmazonS3,USD\n"
        )
    };
    let (old, new) = (bill(10), bill(20));
    let manifest = r#"{"assemblyId": "a2", "reportName": "cur", "reportKeys": ["x/cur/20261001-20261101/a2/cur-1.csv"],
        "billingPeriod": {"start": "20261001T000000.000Z", "end": "20261101T000000.000Z"}}"#;
    let (_, store) = world(&[
        ("x/cur/20261001-20261101/a1/cur-1.csv", old.as_bytes()),
        ("x/cur/20261001-20261101/a2/cur-1.csv", new.as_bytes()),
        ("x/cur/20261001-20261101/cur-Manifest.json", manifest.as_bytes()),
        ("x/copy of it.csv", new.as_bytes()),
    ]);
    let found = plumb_connect::discover(&beside(&store, &Arc::default()));
    let reasons: Vec<&str> = found.problems.iter().map(|it| it.reason.as_str()).collect();
    assert_eq!((found.records.len(), reasons), (1, vec!["bill-copy", "bill-version"]));
    // Compared by their bytes: what a store of this kind tells of them is no sum.
    assert_eq!(found.records[0].path, "s3://exports/x/copy of it.csv");
}
