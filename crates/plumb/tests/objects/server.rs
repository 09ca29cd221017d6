//! moto as a server, on a port of its own, which ends with its test; and what was asked of it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::sync::{Arc, Condvar, Mutex};

pub(crate) struct Moto {
    server: Child,
    address: String,
    pub(crate) endpoint: String,
    log: Arc<Log>,
}

/// What it said, line by line.
#[derive(Default)]
struct Log {
    lines: Mutex<Vec<String>>,
    grown: Condvar,
}

/// What it says once it listens, before its address.
const LISTENS: &str = "Running on http://";

impl Moto {
    /// Starts it; `None`, aloud, where it is not installed.
    pub(crate) fn start() -> Option<Self> {
        let mut server = Command::new("moto_server");
        server.args(["-H", "127.0.0.1", "-p", "0"]).stdout(Stdio::null()).stderr(Stdio::piped());
        let Some((server, address, log)) = server.spawn().ok().and_then(listening) else {
            let words = "\n!! objects: SKIPPED: no moto (pip install 'moto[server]'), so nothing was read from S3\n\n";
            // Not by a macro: the harness would keep that to itself.
            std::io::stderr().write_all(words.as_bytes()).unwrap();
            return None;
        };
        TcpStream::connect(&address).unwrap();
        Some(Self { server, endpoint: format!("http://{address}"), address, log })
    }

    /// Makes a bucket.
    pub(crate) fn make(&self, bucket: &str) {
        let body = "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>";
        self.send("PUT", &format!("/{bucket}"), body.as_bytes());
    }

    /// Puts an object; its path begins with the bucket.
    pub(crate) fn put(&self, path: &str, bytes: &[u8]) {
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/-_.".contains(byte);
        let escaped = path.bytes().map(|byte| {
            if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
        });
        self.send("PUT", &format!("/{}", escaped.collect::<String>()), bytes);
    }

    /// From now on only known keys are taken, and none is known.
    pub(crate) fn check_keys(&self) {
        self.send("POST", "/moto-api/reset-auth", b"0");
    }

    /// What plumb asked for, in order.
    pub(crate) fn requests(&self) -> Vec<String> {
        // What it says comes a little later than what it does: once it tells of this, it has told of all before.
        let mut log = self.log.lines.lock().unwrap();
        let last = format!("/nothing-{}", log.len());
        self.send("OPTIONS", &last, b"");
        while !log.iter().any(|line| line.contains(&last)) {
            log = self.log.grown.wait(log).unwrap();
        }
        let asks = |line: &&String| line.contains("\"GET ") || line.contains("\"HEAD ");
        log.iter().filter(asks).cloned().collect()
    }

    fn send(&self, method: &str, path: &str, body: &[u8]) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let scope =
            "Credential=k/20261001/eu-central-1/s3/aws4_request, SignedHeaders=host, Signature=s";
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: AWS4-HMAC-SHA256 {scope}\r\n\
             Content-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            self.address,
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer);
        let taken = method == "OPTIONS" || answer.starts_with("HTTP/1.1 200");
        assert!(taken, "{method} {path}: {answer}");
    }
}

/// Waits until it listens, and goes on keeping what it says.
fn listening(mut server: Child) -> Option<(Child, String, Arc<Log>)> {
    let log: Arc<Log> = Arc::default();
    let lines = BufReader::new(server.stderr.take()?).lines();
    let (send, receive) = channel();
    let kept = Arc::clone(&log);
    std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            if let Some((_, rest)) = line.split_once(LISTENS) {
                let address = rest.split(['/', ' ', '\u{1b}']).next().unwrap_or_default();
                // It may say so twice.
                send.send(address.to_owned()).unwrap_or_default();
            }
            kept.lines.lock().unwrap().push(line);
            kept.grown.notify_all();
        }
    });
    if let Ok(address) = receive.recv() {
        return Some((server, address, log));
    }
    server.wait().ok()?;
    None
}

impl Drop for Moto {
    fn drop(&mut self) {
        self.server.kill().unwrap_or_default();
        self.server.wait().unwrap();
    }
}
