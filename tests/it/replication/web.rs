//! A web server for tests: it answers each request of a path as it is given to do.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::thread;

/// What is done with a request: its target, and the connection.
type Answer = dyn Fn(&str, &mut TcpStream) -> std::io::Result<()> + Send + Sync;

/// A server, for as long as the process runs.
pub struct Web {
    pub address: String,
}

impl Web {
    /// A server that answers so; each connection is closed after one request.
    pub fn answering(
        answer: impl Fn(&str, &mut TcpStream) -> std::io::Result<()> + Send + Sync + 'static,
    ) -> Web {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let answer: Arc<Answer> = Arc::new(answer);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let answer = answer.clone();
                // A client that goes away is no error.
                thread::spawn(move || drop(serve(stream, &answer)));
            }
        });
        Web { address }
    }
}

fn serve(mut stream: TcpStream, answer: &Arc<Answer>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut line = String::from("-");
    while !line.trim().is_empty() {
        line.clear();
        reader.by_ref().take(10_000).read_line(&mut line)?;
    }
    answer(first.split(' ').nth(1).unwrap_or("/"), &mut stream)
}

/// The content of the file that a target names.
pub fn found(dir: &Path, target: &str) -> Option<Vec<u8>> {
    let path = target.split('?').next().unwrap_or_default().trim_start_matches('/');
    std::fs::read(dir.join(path)).ok()
}

/// Answers with a file.
pub fn file(dir: &Path, target: &str, stream: &mut TcpStream) -> std::io::Result<()> {
    match found(dir, target) {
        Some(bytes) => {
            head(stream, "200 OK", &format!("Content-Length: {}\r\n", bytes.len()))?;
            stream.write_all(&bytes)
        }
        None => head(stream, "404 Not Found", "Content-Length: 0\r\n"),
    }
}

/// Writes the head of an answer.
pub fn head(stream: &mut TcpStream, status: &str, headers: &str) -> std::io::Result<()> {
    stream.write_all(format!("HTTP/1.1 {status}\r\nConnection: close\r\n{headers}\r\n").as_bytes())
}
