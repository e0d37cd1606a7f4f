//! How much a client may take: at each limit, and one over it.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::{Duration, Instant};

use tierbook::limits;

use super::listening::{Listening, all, one};

const HEAD: &str = "Host: localhost\r\nConnection: close\r\n";

/// A wait after which something has happened, or will not.
const WHILE: Duration = Duration::from_millis(150);

fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// The head of a statement of some bytes.
fn head_of_body(length: usize) -> String {
    format!("POST /v1/query HTTP/1.1\r\n{HEAD}Content-Length: {length}\r\n\r\n")
}

/// A statement with blanks after it, so that it has some bytes.
fn padded(text: &str, length: usize) -> String {
    text.to_string() + &" ".repeat(length - text.len())
}

/// A connection on which something is sent.
fn begun(listening: &Listening, bytes: &[u8]) -> TcpStream {
    let mut stream = listening.connect();
    stream.write_all(bytes).unwrap();
    stream
}

/// Whether nothing comes for a while.
fn waits(stream: &mut TcpStream) -> bool {
    stream.set_read_timeout(Some(WHILE)).unwrap();
    let is_waiting = match stream.peek(&mut [0]) {
        Ok(_) => false,
        Err(error) => matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
    };
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    is_waiting
}

fn has_status(answer: &str, status: u16) -> bool {
    answer.starts_with(&format!("HTTP/1.1 {status} "))
}

/// Statements whose answer has more than 256 KB, and that answer.
fn long_answer(listening: &Listening) -> (String, usize) {
    let statements = ["tiers of *USDT as of 2026-02-07"; 3].join("%3B").replace(' ', "+");
    let target = format!("/v1/query?q={statements}");
    let length = listening.served.get(&target).body.len();
    assert!(length > limits::LARGE_RESPONSE_BYTES, "{length}");
    (format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n"), length)
}

#[test]
fn the_table_of_the_documentation_has_the_limits_of_the_program() {
    let page = include_str!("../../../docs/server.md");
    let [kb, mb] = [1024, 1024 * 1024];
    let row = |what: &str, most: String| {
        let row = format!("| {what} | {most} |");
        assert!(page.contains(&row), "{row}");
    };
    row(
        "head of a request, its headers, its path",
        format!("{} KB, 100, {} KB", limits::REQUEST_HEAD_BYTES / kb, limits::REQUEST_TARGET_BYTES / kb),
    );
    row("body of a request", format!("{} MB", limits::REQUEST_BODY_BYTES / mb));
    let [rows, answer] = [limits::RESPONSE_ROWS / 1000, limits::RESPONSE_BYTES / mb];
    row("an answer", format!("{rows},000 rows, {answer} MB, {} s", limits::REQUEST_SECONDS));
    row(
        "for a head, and until the next request on a connection; for a body; without taking anything of an answer",
        format!(
            "{} s; {} s; {} s",
            limits::REQUEST_HEAD_SECONDS,
            limits::REQUEST_BODY_SECONDS,
            limits::RESPONSE_STALL_SECONDS
        ),
    );
    row(
        &format!(
            "bodies that are read, and answers from {} KB on that are sent, at the same time",
            limits::LARGE_RESPONSE_BYTES / kb
        ),
        format!("{} MB; others wait", limits::BODIES_BYTES / mb),
    );
    row("connections at the same time", format!("{}; others wait", limits::CONNECTIONS));
    assert!(page.contains(&format!("waits {} s at most", limits::SHUTDOWN_SECONDS)));
    assert!(page.contains(&format!(
        "from {},{} bytes on",
        limits::COMPRESSED_FROM_BYTES / 1000,
        limits::COMPRESSED_FROM_BYTES % 1000
    )));
}

#[test]
fn a_body_of_32_megabytes_is_read_and_one_byte_more_is_not() {
    let listening = Listening::with(|_| {});
    let mut blank = vec![b' '; limits::REQUEST_BODY_BYTES];
    let mut whole = begun(&listening, head_of_body(blank.len()).as_bytes());
    whole.write_all(&blank).unwrap();
    let answer = all(&mut whole);
    assert!(has_status(&answer, 400) && answer.contains("nothing is asked"), "{answer}");
    // Of a body that is too long nothing is waited for.
    let announced = listening.send(head_of_body(blank.len() + 1).as_bytes());
    assert!(has_status(&announced, 413) && announced.contains("body_too_long"), "{announced}");
    blank.push(b' ');
    let chunked =
        format!("POST /v1/query HTTP/1.1\r\n{HEAD}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n", blank.len());
    let mut chunks = begun(&listening, chunked.as_bytes());
    let _ = chunks.write_all(&blank);
    assert!(has_status(&all(&mut chunks), 413));
    listening.end();
}

#[test]
fn a_path_of_8_kilobytes_is_read_and_one_byte_more_is_not() {
    let listening = Listening::with(|_| {});
    let asked = |length: usize| {
        let target = format!("/v1/head?{}", "a".repeat(length - "/v1/head?".len()));
        listening.send(format!("GET {target} HTTP/1.1\r\n{HEAD}\r\n").as_bytes())
    };
    assert!(has_status(&asked(limits::REQUEST_TARGET_BYTES), 200));
    let over = asked(limits::REQUEST_TARGET_BYTES + 1);
    assert!(has_status(&over, 414) && over.contains("target_too_long"), "{over}");
    listening.end();
}

#[test]
fn a_head_of_16_kilobytes_or_100_headers_is_read_and_one_more_is_not() {
    let listening = Listening::with(|_| {});
    let head = |length: usize| {
        let plain = format!("GET /v1/head HTTP/1.1\r\n{HEAD}X-Junk: \r\n\r\n");
        plain.replace("Junk: ", &format!("Junk: {}", "a".repeat(length - plain.len())))
    };
    let most = head(limits::REQUEST_HEAD_BYTES);
    assert!(has_status(&listening.send(most.as_bytes()), 200));
    let mut halves = begun(&listening, &most.as_bytes()[..9000]);
    sleep(millis(50));
    halves.write_all(&most.as_bytes()[9000..]).unwrap();
    assert!(has_status(&all(&mut halves), 200), "it may come in pieces");
    let over = listening.send(head(limits::REQUEST_HEAD_BYTES + 1).as_bytes());
    assert!(has_status(&over, 431) && over.contains("\"code\":\"head_too_long\""), "{over}");
    assert!(has_status(&listening.send(head(100_000).as_bytes()), 431));
    let with_headers = |count: usize| {
        let more = "A: b\r\n".repeat(count - 2);
        listening.status(format!("GET /v1/head HTTP/1.1\r\n{HEAD}{more}\r\n").as_bytes())
    };
    assert!(has_status(&with_headers(100), 200) && has_status(&with_headers(101), 431));
    listening.end();
}

#[test]
fn a_head_that_comes_byte_by_byte_has_no_more_time_than_another() {
    let listening = Listening::with(|limits| limits.head = millis(500));
    let head = format!("GET /v1/head HTTP/1.1\r\n{HEAD}\r\n");
    let (first, rest) = head.as_bytes().split_at(4);
    let send_slowly = |stream: &mut TcpStream, pause: u64| {
        first.iter().for_each(|byte| {
            let _ = stream.write_all(&[*byte]);
            sleep(millis(pause));
        });
        let _ = stream.write_all(rest);
    };
    let mut in_time = listening.connect();
    send_slowly(&mut in_time, 50);
    assert!(has_status(&all(&mut in_time), 200));
    let (mut late, began) = (listening.connect(), Instant::now());
    send_slowly(&mut late, 200);
    let answer = all(&mut late);
    assert!(answer.is_empty() || has_status(&answer, 408), "{answer}");
    assert!(began.elapsed() < millis(1500), "each byte must not give it new time: {:?}", began.elapsed());
    listening.end();
}

#[test]
fn bodies_have_so_much_memory_and_what_does_not_fit_waits() {
    let listening = Listening::with(|limits| {
        limits.bodies = 64 * 1024;
        limits.body = millis(1500);
    });
    let half = 32 * 1024;
    let mut slow = begun(&listening, format!("{}limit of", head_of_body(half)).as_bytes());
    sleep(millis(50));
    let body = |length: usize| head_of_body(length) + &padded("limit of ACTUSDT", length);
    // What is left, and one byte more.
    assert!(has_status(&listening.send(body(half).as_bytes()), 200));
    let mut waiting = begun(&listening, body(half + 1).as_bytes());
    assert!(waits(&mut waiting));
    slow.write_all(padded(" ACTUSDT", half - "limit of".len()).as_bytes()).unwrap();
    assert!(has_status(&all(&mut slow), 200));
    assert!(has_status(&all(&mut waiting), 200), "it has the memory that the other gave back");
    listening.end();
}

#[test]
fn a_body_that_finds_no_memory_in_time_is_refused_and_others_are_answered() {
    let listening = Listening::with(|limits| {
        limits.bodies = 64 * 1024;
        limits.body = millis(300);
    });
    let over = listening.send(head_of_body(64 * 1024 + 1).as_bytes());
    assert!(has_status(&over, 503) && over.contains("\"code\":\"too_busy\""), "{over}");
    assert!(over.contains("\r\nretry-after: "), "{over}");
    let fits = head_of_body(64 * 1024) + &padded("limit of ACTUSDT", 64 * 1024);
    assert!(has_status(&listening.send(fits.as_bytes()), 200), "the memory is free again");
    // A request that is refused takes none.
    let refused: Vec<TcpStream> = (0..4)
        .map(|_| {
            let head = head_of_body(60 * 1024).replace("localhost", "evil.example");
            begun(&listening, head.as_bytes())
        })
        .collect();
    assert!(has_status(&listening.send(fits.as_bytes()), 200));
    drop(refused);
    listening.end();
}

#[test]
fn a_long_answer_waits_for_memory_and_a_short_one_does_not() {
    let listening = Listening::with(|limits| {
        limits.bodies = 2 * limits::LARGE_RESPONSE_BYTES;
        limits.answer = Duration::from_secs(10);
    });
    let (asked, length) = long_answer(&listening);
    assert!(length <= 2 * limits::LARGE_RESPONSE_BYTES, "{length}");
    let taken = 2 * limits::LARGE_RESPONSE_BYTES - 100 * 1024;
    let mut slow = begun(&listening, format!("{}limit of ACTUSDT", head_of_body(taken)).as_bytes());
    sleep(millis(50));
    let mut long = begun(&listening, asked.as_bytes());
    assert!(waits(&mut long));
    let short = format!("GET /openapi.json HTTP/1.1\r\n{HEAD}\r\n");
    assert!(has_status(&listening.send(short.as_bytes()), 200));
    slow.write_all(&vec![b' '; taken - "limit of ACTUSDT".len()]).unwrap();
    assert!(has_status(&all(&mut slow), 400), "so long a statement is none");
    assert_eq!(one(&mut long).1.len(), length);
    listening.end();
}

#[test]
fn a_client_that_takes_nothing_is_cut_off_and_gives_its_memory_back() {
    let listening = Listening::with(|limits| {
        limits.bodies = 2 * limits::LARGE_RESPONSE_BYTES - 1;
        limits.stall = millis(400);
    });
    let (asked, length) = long_answer(&listening);
    // More than the system keeps for a connection.
    let deaf = begun(&listening, asked.repeat(40).as_bytes());
    let open = || {
        let metrics = listening.served.get("/metrics");
        metrics.text().lines().any(|line| line == "tierbook_http_connections 1")
    };
    let until = Instant::now() + Duration::from_secs(20);
    while !open() {
        assert!(Instant::now() < until);
        sleep(millis(5));
    }
    while open() {
        assert!(Instant::now() < until, "it stays open");
        sleep(millis(20));
    }
    let mut reader = begun(&listening, asked.as_bytes());
    assert_eq!(one(&mut reader).1.len(), length);
    drop(deaf);
    listening.end();
}

#[test]
fn a_client_that_takes_a_little_at_a_time_gets_everything() {
    let listening = Listening::with(|limits| limits.stall = millis(400));
    let count = 100;
    let mut stream = listening.connect();
    let asked = "GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(count - 1);
    let last = format!("GET /openapi.json HTTP/1.1\r\n{HEAD}\r\n");
    stream.write_all(format!("{asked}{last}").as_bytes()).unwrap();
    let (mut got, mut part) = (Vec::new(), vec![0; 1 << 20]);
    loop {
        sleep(millis(100));
        match stream.read(&mut part).unwrap() {
            0 => break,
            read => got.extend_from_slice(&part[..read]),
        }
    }
    let text = String::from_utf8(got).unwrap();
    assert_eq!(text.matches("HTTP/1.1 200 OK").count(), count);
    listening.end();
}

#[test]
fn one_connection_more_than_there_may_be_waits_until_another_is_closed() {
    let listening = Listening::with(|limits| limits.connections = 4);
    let ping = b"GET /fapi/v1/ping HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let mut open: Vec<TcpStream> = (0..4).map(|_| begun(&listening, ping)).collect();
    for stream in &mut open {
        assert_eq!(one(stream).1, b"{}", "as many as there may be are answered");
    }
    let mut fifth = begun(&listening, ping);
    assert!(waits(&mut fifth));
    open.pop();
    assert_eq!(one(&mut fifth).1, b"{}");
    listening.end();
}

#[test]
fn a_compressed_body_is_refused_whatever_it_is() {
    let listening = Listening::with(|_| {});
    let sent = |headers: &str, body: &str| {
        listening.send(format!("POST /v1/query HTTP/1.1\r\n{HEAD}{headers}\r\n{body}").as_bytes())
    };
    let length = "Content-Length: 16\r\n";
    for coding in ["identity", "Identity", ""] {
        let answer = sent(&format!("{length}Content-Encoding: {coding}\r\n"), "limit of ACTUSDT");
        assert!(has_status(&answer, 200), "{coding}: {answer}");
    }
    for coding in
        ["gzip", "GZIP", "deflate", "br", "zstd", "x", "identity, gzip", "identity\r\nContent-Encoding: gzip"]
    {
        let answer = sent(&format!("{length}Content-Encoding: {coding}\r\n"), "limit of ACTUSDT");
        assert!(has_status(&answer, 415) && answer.contains("media_type_unknown"), "{coding}: {answer}");
    }
    let chunks = "10\r\nlimit of ACTUSDT\r\n0\r\n\r\n";
    assert!(has_status(&sent("Transfer-Encoding: chunked\r\n", chunks), 200));
    for codings in ["gzip, chunked", "gzip\r\nTransfer-Encoding: chunked"] {
        let answer = sent(&format!("Transfer-Encoding: {codings}\r\n"), chunks);
        assert!(has_status(&answer, 415) && answer.contains("media_type_unknown"), "{codings}: {answer}");
    }
    listening.end();
}

#[test]
fn an_answer_that_takes_too_long_is_given_up_and_short_ones_are_not_concerned() {
    let listening = Listening::with(|limits| limits.answer = Duration::ZERO);
    let asked = |target: &str| listening.send(format!("GET {target} HTTP/1.1\r\n{HEAD}\r\n").as_bytes());
    for target in ["/v1/query?q=limit+of+ACTUSDT", "/v1/changes"] {
        let answer = asked(target);
        assert!(has_status(&answer, 503) && answer.contains("\"code\":\"too_slow\""), "{target}: {answer}");
        assert!(answer.contains("\r\nretry-after: "), "{answer}");
    }
    for target in ["/fapi/v1/ping", "/fapi/v1/leverageBracket?symbol=ACTUSDT&asOf=2026-02-07", "/healthz"] {
        assert!(has_status(&asked(target), 200), "{target}");
    }
    listening.end();
}
