//! The server on a socket: hostile and slow clients, connections that are kept, and an end that cuts nobody off.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tierbook::server::Options;

use super::Served;

/// A server that listens in this process, with little patience.
struct Listening {
    _served: Served,
    address: SocketAddr,
    ended: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Listening {
    fn start() -> Listening {
        let mut options = Options::default();
        options.limits.head = Duration::from_millis(400);
        options.limits.body = Duration::from_millis(400);
        let served = Served::with(options, &[]);
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, ended) = (socket.local_addr().unwrap(), Arc::new(AtomicBool::new(false)));
        let (server, is_ended) = (served.server.clone(), ended.clone());
        let thread = thread::spawn(move || {
            server.serve(socket, &|| is_ended.load(Ordering::Relaxed), |_| {}).unwrap();
        });
        Listening { _served: served, address, ended, thread }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    /// Everything that is answered to some bytes until the connection is closed.
    fn send(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        // It may be closed before everything is sent.
        let _ = stream.write_all(bytes);
        all(&mut stream)
    }

    fn status(&self, bytes: &[u8]) -> String {
        self.send(bytes).split("\r\n").next().unwrap().to_string()
    }

    fn end(self) {
        self.ended.store(true, Ordering::Relaxed);
        self.thread.join().unwrap();
    }
}

fn all(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Ok(_) => {}
        // Closed with something unread on the other side.
        Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
        Err(error) => panic!("the connection stays open: {error}"),
    }
    String::from_utf8_lossy(&answer).into_owned()
}

/// The head of an answer on a connection that is kept, and its body.
fn one(stream: &mut TcpStream) -> (String, Vec<u8>) {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        assert_eq!(stream.read(&mut byte).unwrap(), 1, "{}", String::from_utf8_lossy(&head));
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    stream.read_exact(&mut body).unwrap();
    (head, body)
}

#[test]
fn hostile_requests_are_refused_and_the_server_goes_on() {
    let listening = Listening::start();
    let host = "Host: localhost\r\n";
    let path = "a".repeat(64 * 1024);
    let headers = format!("X-Junk: {}\r\n", "a".repeat(1000)).repeat(1000);
    let many = "A: b\r\n".repeat(200);
    for (request, wanted) in [
        (format!("GET /{path} HTTP/1.1\r\n{host}\r\n"), "431|414|400"),
        (format!("GET / HTTP/1.1\r\n{host}{headers}\r\n"), "431"),
        (format!("GET / HTTP/1.1\r\n{host}{many}\r\n"), "431"),
        (
            format!("POST /v1/query HTTP/1.1\r\n{host}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"),
            "400",
        ),
        (
            format!(
                "POST /v1/query HTTP/1.1\r\n{host}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            ),
            "400",
        ),
        (format!("POST /v1/query HTTP/1.1\r\n{host}Content-Length: 99999999999\r\n\r\n"), "413"),
        (format!("POST /v1/query HTTP/1.1\r\n{host}Content-Length: -1\r\n\r\n"), "400"),
        ("GET /v1/head HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n".to_string(), "421"),
        ("GET /v1/head HTTP/1.1\r\nConnection: close\r\n\r\n".to_string(), "421"),
        (format!("GET /../../etc/passwd HTTP/1.1\r\n{host}Connection: close\r\n\r\n"), "400"),
        (format!("GET /%2e%2e/etc/passwd HTTP/1.1\r\n{host}Connection: close\r\n\r\n"), "400"),
        (format!("GET /%00 HTTP/1.1\r\n{host}Connection: close\r\n\r\n"), "400"),
        (format!("GET /\0 HTTP/1.1\r\n{host}Connection: close\r\n\r\n"), "400"),
        (format!("GET /%zz%f HTTP/1.1\r\n{host}Connection: close\r\n\r\n"), "400"),
        (format!("BREW / HTTP/1.1\r\n{host}Connection: close\r\n\r\n"), "405"),
        (format!("GET / HTTP/9.9\r\n{host}\r\n"), "400|505"),
        ("\u{16}\u{3}\u{1} this is TLS".to_string(), "400|"),
        ("\r\n\r\n\r\n\r\n".to_string(), "400|408|"),
    ] {
        let status = listening.status(request.as_bytes());
        let code = status.split(' ').nth(1).unwrap_or_default();
        assert!(
            wanted.split('|').any(|it| it == code),
            "{:?} gives {status:?}",
            &request[..request.len().min(60)]
        );
    }
    let fine = listening.status(b"GET /v1/head HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert_eq!(fine, "HTTP/1.1 200 OK");
    listening.end();
}

#[test]
fn half_a_head_and_then_silence_is_closed() {
    let listening = Listening::start();
    for half in ["GET / HTTP/1.1\r\nHost: loc", "G", ""] {
        let began = Instant::now();
        let mut stream = listening.connect();
        stream.write_all(half.as_bytes()).unwrap();
        let answer = all(&mut stream);
        assert!(answer.is_empty() || answer.contains(" 408 "), "{answer}");
        assert!(began.elapsed() < Duration::from_secs(10), "{half:?} is open for {:?}", began.elapsed());
    }
    let mut stream = listening.connect();
    stream.write_all(b"POST /v1/query HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nlim").unwrap();
    assert!(one(&mut stream).0.starts_with("HTTP/1.1 408 "), "a body that does not come");
    listening.end();
}

#[test]
fn a_connection_is_kept_and_head_has_no_body() {
    let listening = Listening::start();
    let mut stream = listening.connect();
    for _ in 0..3 {
        stream.write_all(b"GET /fapi/v1/ping HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        assert_eq!(one(&mut stream).1, b"{}");
    }
    stream.write_all(b"HEAD /v1/head HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let answer = all(&mut stream);
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("\r\n\r\n"), "{answer}");
    listening.end();
}

#[test]
fn a_body_is_read_in_chunks_too() {
    let listening = Listening::start();
    let request = "POST /as-of/2026-02-07/v1/query HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
                   Transfer-Encoding: chunked\r\n\r\n9\r\nlimit of \r\n7\r\nACTUSDT\r\n0\r\n\r\n";
    let answer = listening.send(request.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.contains("\"800000\""), "{answer}");
    listening.end();
}

#[test]
fn what_has_begun_is_answered_when_the_server_ends() {
    let listening = Listening::start();
    let mut stream = listening.connect();
    stream
        .write_all(b"POST /v1/query HTTP/1.1\r\nHost: localhost\r\nContent-Length: 16\r\n\r\nlimit of")
        .unwrap();
    thread::sleep(Duration::from_millis(100));
    let idle = listening.connect();
    listening.ended.store(true, Ordering::Relaxed);
    thread::sleep(Duration::from_millis(100));
    assert!(TcpStream::connect(listening.address).is_err(), "it takes no new ones");
    stream.write_all(b" ACTUSDT").unwrap();
    let (head, body) = one(&mut stream);
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
    assert!(String::from_utf8(body).unwrap().contains("binance:usdm:ACTUSDT"));
    let began = Instant::now();
    listening.thread.join().unwrap();
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "an idle connection keeps it for {:?}",
        began.elapsed()
    );
    drop(idle);
}

#[test]
fn slow_clients_do_not_keep_others_waiting() {
    let listening = Listening::start();
    let slow: Vec<TcpStream> = (0..100)
        .map(|_| {
            let mut stream = listening.connect();
            stream.write_all(b"GET / HTTP/1.1\r\nHost: ").unwrap();
            stream
        })
        .collect();
    let began = Instant::now();
    let fine =
        listening.status(b"GET /fapi/v1/ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert_eq!(fine, "HTTP/1.1 200 OK");
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    drop(slow);
    listening.end();
}
