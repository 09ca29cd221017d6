//! The real program and a server that speaks as S3 does: what lies in a bucket counts as it does in a folder.
//!
//! The server is moto (`pip install 'moto[server]'`), started by each test that needs it. Where it is not installed
//! those tests say so and are skipped.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a harness fails loudly")]

mod exports;
mod server;

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use server::Moto;

/// A folder that is read, and one of what is kept, which go with their test.
struct Place {
    top: PathBuf,
}

impl Place {
    fn new(name: &str, settings: &str) -> Self {
        let top = std::env::temp_dir().join(format!("plumb-{name}-{}", std::process::id()));
        let place = Self { top };
        fs::create_dir_all(place.folder()).unwrap();
        fs::write(place.folder().join("plumb.toml"), settings).unwrap();
        place
    }

    /// Where everything is the same but for the place of records.
    fn elsewhere(name: &str, from: &str) -> Self {
        Self::new(name, &format!("[records]\nfrom = [{from}]\n"))
    }

    fn folder(&self) -> PathBuf {
        self.top.join("folder")
    }

    fn put(&self, path: &str, bytes: &[u8]) {
        let path = self.folder().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// The program in this folder, knowing nothing of what the machine it runs on knows of Amazon.
    fn plumb(&self, words: &[&str]) -> Command {
        let mut plumb = Command::new(env!("CARGO_BIN_EXE_plumb"));
        plumb
            .args(words)
            .arg("-q")
            .current_dir(self.folder())
            .env("PLUMB_HOME", self.top.join("home"));
        for (name, _) in std::env::vars_os() {
            let shown = name.to_string_lossy().to_ascii_uppercase();
            if shown.starts_with("AWS_") || shown.ends_with("_PROXY") {
                plumb.env_remove(name);
            }
        }
        plumb.env("AWS_EC2_METADATA_DISABLED", "true");
        plumb
    }

    /// The same with a server, and a key that it takes.
    fn plumb_at(&self, endpoint: &str, words: &[&str]) -> Command {
        let mut plumb = self.plumb(words);
        plumb.env("AWS_ENDPOINT_URL", endpoint).env("AWS_ALLOW_HTTP", "true");
        plumb.env("AWS_ACCESS_KEY_ID", KEY).env("AWS_SECRET_ACCESS_KEY", SECRET);
        plumb.env("AWS_REGION", "eu-central-1");
        plumb
    }
}

const KEY: &str = "AKIAEXAMPLEEXAMPLE00";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

impl Drop for Place {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.top).unwrap_or_default();
    }
}

fn ran(command: &mut Command) -> Output {
    command.output().unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    // Nothing of who read is ever shown.
    for secret in [KEY, SECRET] {
        assert!(!text.contains(secret));
        assert!(!String::from_utf8_lossy(&output.stderr).contains(secret));
    }
    text
}

/// Whether some file below a folder holds a text.
fn holds(folder: &Path, text: &str) -> bool {
    fs::read_dir(folder).into_iter().flatten().flatten().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return holds(&path, text);
        }
        let bytes = fs::read(path).unwrap_or_default();
        bytes.windows(text.len()).any(|part| part == text.as_bytes())
    })
}

const COST: &[&str] = &["cost", "-f", "json", "--by", "warehouse"];

#[test]
fn what_lies_in_a_bucket_counts_as_in_a_folder() {
    let Some(moto) = Moto::start() else { return };
    let here = Place::new("bucket-here", "");
    let there = Place::elsewhere("bucket-there", "\"s3://our-exports/use of 2026\"");
    moto.make("our-exports");
    for (path, bytes) in exports::all() {
        moto.put(&format!("our-exports/use of 2026/{path}"), &bytes);
        here.put(&path, &bytes);
    }
    // What lies beside the prefix, and what is no record, does not count.
    moto.put("our-exports/use of 2025/rates.csv", exports::RATES.as_bytes());
    moto.put("our-exports/use of 2026/report.sql", b"select 1 as one");
    let wanted = said(&ran(&mut here.plumb(COST)));
    assert!(
        wanted.contains("\"billed_nanos\"") && wanted.contains("history 50%.parquet"),
        "{wanted}"
    );
    let found = said(&ran(&mut there.plumb_at(&moto.endpoint, COST)));
    assert!(found.contains("s3://our-exports/use of 2026/history 50%.parquet"), "{found}");
    assert_eq!(found.replace("s3://our-exports/use of 2026/", ""), wanted);
    // Kept, it is still the same.
    said(&ran(&mut there.plumb_at(&moto.endpoint, &["sync"])));
    let kept = said(&ran(&mut there.plumb_at(&moto.endpoint, COST)));
    let bill = |text: &str| {
        text.lines().find(|line| line.contains("\"billed_nanos\"")).map(str::to_owned).unwrap()
    };
    assert_eq!(bill(&kept), bill(&wanted));
    assert!(!holds(&there.top, SECRET) && !holds(&there.top, KEY));
    let audit = said(&ran(&mut there.plumb_at(&moto.endpoint, &["audit", "-f", "json"])));
    assert!(!audit.contains("select 1 as one") && !audit.contains("report.sql"), "{audit}");
    let doctor = said(&ran(&mut there.plumb_at(&moto.endpoint, &["doctor"])));
    let files = exports::all().len();
    assert!(doctor.contains(&format!("{} files, {files} of records", files + 1)), "{doctor}");
    // A question that no record answers asks for none.
    let before = moto.requests().len();
    said(&ran(&mut there.plumb_at(&moto.endpoint, &["lineage", "--all", "-f", "json"])));
    assert_eq!(moto.requests().len(), before);
    assert!(
        moto.requests()
            .iter()
            .all(|it| it.contains("prefix=use") || it.contains("/use%20of%202026/"))
    );
}

#[test]
fn what_has_not_changed_is_not_downloaded_again() {
    let Some(moto) = Moto::start() else { return };
    let place = Place::elsewhere("bucket-again", "\"s3://our-exports\"");
    moto.make("our-exports");
    for (path, bytes) in exports::all() {
        moto.put(&format!("our-exports/{path}"), &bytes);
    }
    let objects = |of: &[String]| of.iter().filter(|it| !it.contains("list-type=2")).count();
    let asked = |words: &[&str]| {
        let before = moto.requests().len();
        said(&ran(&mut place.plumb_at(&moto.endpoint, words)));
        moto.requests()[before..].to_vec()
    };
    for words in [&["sync"] as &[&str], COST, &["doctor"]] {
        let first = asked(words);
        assert!(!first.is_empty(), "{words:?}");
        let second = asked(words);
        assert!(!second.is_empty() && objects(&second) == 0, "{words:?}: {second:?}");
    }
    // One that is new is read, and no other.
    moto.put("our-exports/more.csv", exports::RATES.replace("2026-10-0", "2026-11-0").as_bytes());
    let third = asked(&["sync"]);
    let read: Vec<&String> = third.iter().filter(|it| !it.contains("list-type=2")).collect();
    assert!(!read.is_empty() && read.iter().all(|it| it.contains("/more.csv")), "{third:?}");
}

#[test]
fn a_bucket_that_cannot_be_read_is_told_and_the_rest_counts() {
    let Some(moto) = Moto::start() else { return };
    let place = Place::elsewhere("bucket-lost", "\"s3://no-exports/bills\", \"s3://our-exports\"");
    moto.make("our-exports");
    for (path, bytes) in exports::all() {
        moto.put(&format!("our-exports/{path}"), &bytes);
    }
    let cost = said(&ran(&mut place.plumb_at(&moto.endpoint, &["cost"])));
    let told = "s3://no-exports/bills";
    assert!(cost.contains(told) && cost.contains("there is no such bucket"), "{cost}");
    assert!(cost.contains("4,000"), "{cost}");
    let doctor = said(&ran(&mut place.plumb_at(&moto.endpoint, &["doctor"])));
    assert!(doctor.contains(told) && doctor.contains("there is no such bucket"), "{doctor}");
    let sync = said(&ran(&mut place.plumb_at(&moto.endpoint, &["sync"])));
    assert!(sync.contains(told) && sync.contains("there is no such bucket"), "{sync}");
    moto.check_keys();
    let doctor = said(&ran(&mut place.plumb_at(&moto.endpoint, &["doctor"])));
    assert!(doctor.contains("the access key is not known there"), "{doctor}");
}

#[test]
fn without_credentials_it_says_so_at_once() {
    let place = Place::elsewhere("bucket-nobody", "\"s3://our-exports\"");
    place.put("rates.csv", exports::RATES.as_bytes());
    let doctor = said(&ran(&mut place.plumb(&["doctor"])));
    assert!(doctor.contains("no credentials: set AWS_ACCESS_KEY_ID"), "{doctor}");
    assert!(doctor.contains("1 file"), "{doctor}");
    // A machine that takes the question and never answers is given up.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", silent.local_addr().unwrap());
    let begin = Instant::now();
    let mut plumb = place.plumb(&["doctor"]);
    plumb.env_remove("AWS_EC2_METADATA_DISABLED").env("AWS_METADATA_ENDPOINT", address);
    let doctor = said(&ran(&mut plumb));
    assert!(doctor.contains("no credentials: set AWS_ACCESS_KEY_ID"), "{doctor}");
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
}

#[test]
fn without_a_network_it_says_so() {
    let place = Place::elsewhere("bucket-offline", "\"s3://our-exports\"");
    // Nobody listens there any more.
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let doctor = said(&ran(&mut place.plumb_at(&format!("http://{gone}"), &["doctor"])));
    assert!(doctor.contains("no connection: look at the network"), "{doctor}");
    let mut plumb = place.plumb_at(&format!("http://{gone}"), &["doctor"]);
    let doctor = said(&ran(plumb.env_remove("AWS_ALLOW_HTTP")));
    assert!(doctor.contains("set AWS_ALLOW_HTTP=true"), "{doctor}");
}

#[test]
fn nobody_is_followed_to_another_machine() {
    let place = Place::elsewhere("bucket-redirect", "\"s3://our-exports\"");
    let (store, other) =
        (TcpListener::bind("127.0.0.1:0").unwrap(), TcpListener::bind("127.0.0.1:0").unwrap());
    other.set_nonblocking(true).unwrap();
    let (at, elsewhere) = (store.local_addr().unwrap(), other.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in store.incoming().flatten() {
            redirect(stream, &format!("http://{elsewhere}/our-exports"));
        }
    });
    let doctor = said(&ran(&mut place.plumb_at(&format!("http://{at}"), &["doctor"])));
    assert!(doctor.contains("the bucket is in another region"), "{doctor}");
    assert!(other.accept().is_err());
}

fn redirect(mut stream: TcpStream, to: &str) {
    let mut bytes = [0; 4096];
    let _read = stream.read(&mut bytes).unwrap_or_default();
    let head = "HTTP/1.1 307 Temporary Redirect\r\nContent-Length: 0\r\nConnection: close";
    write!(stream, "{head}\r\nLocation: {to}\r\n\r\n").unwrap_or_default();
}
