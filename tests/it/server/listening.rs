//! A server on a socket of this process, and what a client reads from it.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tierbook::server::{Limits, Options};

use super::Served;

/// A server that listens in this process, with little patience.
pub struct Listening {
    pub served: Served,
    pub address: SocketAddr,
    pub ended: Arc<AtomicBool>,
    pub thread: JoinHandle<()>,
}

impl Listening {
    /// One that gives a head and a body 400 ms each.
    pub fn start() -> Listening {
        Listening::with(|limits| {
            limits.head = Duration::from_millis(400);
            limits.body = Duration::from_millis(400);
        })
    }

    /// One with other limits.
    pub fn with(set: impl FnOnce(&mut Limits)) -> Listening {
        let mut options = Options::default();
        set(&mut options.limits);
        let served = Served::with(options, &[]);
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, ended) = (socket.local_addr().unwrap(), Arc::new(AtomicBool::new(false)));
        let (server, is_ended) = (served.server.clone(), ended.clone());
        let thread = thread::spawn(move || {
            server.serve(socket, &|| is_ended.load(Ordering::Relaxed), |_| {}).unwrap();
        });
        Listening { served, address, ended, thread }
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    /// Everything that is answered to some bytes until the connection is closed.
    pub fn send(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        // It may be closed before everything is sent.
        let _ = stream.write_all(bytes);
        all(&mut stream)
    }

    pub fn status(&self, bytes: &[u8]) -> String {
        self.send(bytes).split("\r\n").next().unwrap().to_string()
    }

    pub fn end(self) {
        self.ended.store(true, Ordering::Relaxed);
        self.thread.join().unwrap();
    }
}

/// Everything that comes until the connection is closed.
pub fn all(stream: &mut TcpStream) -> String {
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
pub fn one(stream: &mut TcpStream) -> (String, Vec<u8>) {
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
