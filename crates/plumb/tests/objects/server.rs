//! moto as a server, on a port of its own, which ends with its test; and what was asked of it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;

pub(crate) struct Moto {
    server: Child,
    address: String,
    /// Where plumb asks: everything goes through us, so that we know what it asked before it is answered.
    pub(crate) endpoint: String,
    asked: Asked,
}

/// The first lines of what was asked, in order.
type Asked = Arc<Mutex<Vec<String>>>;

/// What it says once it listens, before its address.
const LISTENS: &str = "Running on http://";

impl Moto {
    /// Starts it; `None`, aloud, where it is not installed.
    pub(crate) fn start() -> Option<Self> {
        let mut server = Command::new("moto_server");
        server.args(["-H", "127.0.0.1", "-p", "0"]).stdout(Stdio::null()).stderr(Stdio::piped());
        let Some((server, address)) = server.spawn().ok().and_then(listening) else {
            let words = "\n!! objects: SKIPPED: no moto (pip install 'moto[server]'), so nothing was read from S3\n\n";
            // Not by a macro: the harness would keep that to itself.
            std::io::stderr().write_all(words.as_bytes()).unwrap();
            return None;
        };
        let asked = Asked::default();
        let relay = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", relay.local_addr().unwrap());
        let (to, heard) = (address.clone(), Arc::clone(&asked));
        thread::spawn(move || {
            for client in relay.incoming().map_while(Result::ok) {
                let (to, heard) = (to.clone(), Arc::clone(&heard));
                thread::spawn(move || pass(client, &to, &heard));
            }
        });
        Some(Self { server, address, endpoint, asked })
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
        self.asked.lock().unwrap().clone()
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
        assert!(answer.starts_with("HTTP/1.1 200"), "{method} {path}: {answer}");
    }
}

/// Passes on what a client asks and what it is answered, and notes what it asked. Questions have no bodies.
fn pass(mut client: TcpStream, to: &str, heard: &Asked) {
    let Ok(mut server) = TcpStream::connect(to) else { return };
    let (Ok(mut answers), Ok(mut back)) = (server.try_clone(), client.try_clone()) else { return };
    thread::spawn(move || {
        std::io::copy(&mut answers, &mut back).unwrap_or_default();
        back.shutdown(Shutdown::Both).unwrap_or_default();
    });
    let (mut part, mut head) = ([0; 4096], Vec::new());
    while let Ok(length @ 1..) = client.read(&mut part) {
        head.extend_from_slice(&part[..length]);
        while let Some(end) = head.windows(4).position(|it| it == b"\r\n\r\n") {
            let one: Vec<u8> = head.drain(..end + 4).collect();
            let line = one.split(|byte| *byte == b'\r').next().unwrap_or_default();
            heard.lock().unwrap().push(String::from_utf8_lossy(line).into_owned());
        }
        if server.write_all(&part[..length]).is_err() {
            break;
        }
    }
    server.shutdown(Shutdown::Both).unwrap_or_default();
}

/// Waits until it listens, and lets it go on talking.
fn listening(mut server: Child) -> Option<(Child, String)> {
    let lines = BufReader::new(server.stderr.take()?).lines();
    let (send, receive) = channel();
    thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            if let Some((_, rest)) = line.split_once(LISTENS) {
                let address = rest.split(['/', ' ', '\u{1b}']).next().unwrap_or_default();
                // It may say so twice.
                send.send(address.to_owned()).unwrap_or_default();
            }
        }
    });
    if let Ok(address) = receive.recv() {
        return Some((server, address));
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
