//! The server on a socket: slow clients, connections that are kept, and an end that cuts nobody off.

use std::io::Write;
use std::net::TcpStream;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use super::listening::{Listening, all, one};

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

#[test]
fn what_is_loaded_while_nobody_asks_is_in_the_first_answer() {
    let listening = Listening::start();
    super::load(
        &listening.served.database,
        "seen-20260301T000000Z.json",
        &super::brackets(&[("ACTUSDT", "0.02")]),
    );
    // It is looked at least every 50 ms; a busy machine gets two seconds.
    thread::sleep(Duration::from_secs(2));
    let answer = listening.send(b"GET /v1/head HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert!(answer.contains("\"tx\":2"), "{answer}");
    listening.end();
}

#[test]
fn what_is_not_ready_when_the_time_of_an_end_is_over_is_cut_off() {
    let time = Duration::from_millis(300);
    let listening = Listening::with(|limits| limits.end = time);
    let mut stream = listening.connect();
    stream
        .write_all(b"POST /v1/query HTTP/1.1\r\nHost: localhost\r\nContent-Length: 16\r\n\r\nlimit of")
        .unwrap();
    thread::sleep(Duration::from_millis(100));
    let began = Instant::now();
    listening.ended.store(true, Ordering::Relaxed);
    listening.thread.join().unwrap();
    let waited = began.elapsed();
    assert!(waited >= time && waited < Duration::from_secs(5), "{waited:?}");
    assert_eq!(all(&mut stream), "");
}
