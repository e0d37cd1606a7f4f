//! Requests on a socket that are no mistakes of anybody, and bodies of which nothing can be made.

use std::io::Write;

use serde_json::Value;
use tierbook::server::Request;

use super::Served;
use super::listening::{Listening, all};

const HEAD: &str = "Host: localhost\r\nConnection: close\r\n";

/// The status of an answer, and the code of the problem that it is.
fn refusal(answer: &str) -> (u16, String) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    let status = head.split(' ').nth(1).map_or(0, |status| status.parse().unwrap());
    assert!(head.contains("\r\ncontent-type: application/problem+json\r\n"), "{answer}");
    let problem: Value = serde_json::from_str(body).unwrap();
    assert_eq!(problem["status"], status, "{answer}");
    (status, problem["code"].as_str().unwrap().to_string())
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
        (format!("POST /v1/query HTTP/1.1\r\n{host}Content-Length: 3, 4\r\n\r\nabcd"), "400"),
        (format!("POST /v1/query HTTP/1.1\r\n{host}Transfer-Encoding: chunky\r\n\r\n0\r\n\r\n"), "400"),
        (format!("POST /v1/query HTTP/1.0\r\n{host}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "400"),
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
fn a_body_with_a_length_and_chunks_is_read_by_its_chunks_and_the_connection_is_closed() {
    let listening = Listening::start();
    let mut stream = listening.connect();
    let request = "POST /v1/query HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: \
                   chunked\r\n\r\n10\r\nlimit of ACTUSDT\r\n0\r\n\r\nGET /v1/head HTTP/1.1\r\nHost: localhost\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let answer = all(&mut stream);
    assert!(
        answer.contains("\r\nconnection: close\r\n") && answer.contains("binance:usdm:ACTUSDT"),
        "{answer}"
    );
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "what comes after it is nobody's request: {answer}");
    listening.end();
}

#[test]
fn chunks_that_are_none_or_have_no_end_are_refused() {
    let listening = Listening::start();
    let sent = |chunks: &str| {
        let head = format!("POST /v1/query HTTP/1.1\r\n{HEAD}Transfer-Encoding: chunked\r\n\r\n");
        refusal(&listening.send((head + chunks).as_bytes()))
    };
    let extension = format!("3;{}\r\nabc\r\n0\r\n\r\n", "a".repeat(40_000));
    let trailers = format!("3\r\nabc\r\n0\r\n{}\r\n", "X: y\r\n".repeat(20_000));
    for chunks in ["ffffffffffffffffff\r\nabc", "-1\r\nabc", "3\nabc\n0\n\n", &extension, &trailers] {
        assert_eq!(sent(chunks), (400, "bad_request".to_string()), "{}", &chunks[..10]);
    }
    // So long a chunk is waited for like any other body.
    assert_eq!(sent("ffffffffffffffff\r\nabc"), (408, "body_too_slow".to_string()));
    listening.end();
}

#[test]
fn a_whole_address_names_the_server_whatever_the_header_has() {
    let listening = Listening::start();
    let asked = |address: &str, hosts: &str| {
        listening.send(format!("GET {address} HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n").as_bytes())
    };
    let known = "Host: localhost\r\n";
    for address in ["http://localhost:8787/v1/head", "http://127.0.0.1/v1/head"] {
        let answer = asked(address, "Host: evil.example\r\n");
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{address}: {answer}");
    }
    for address in ["http://evil.example/v1/head", "http://localhost@evil.example/", "http://evil@localhost/"]
    {
        assert_eq!(refusal(&asked(address, known)), (421, "wrong_host".to_string()), "{address}");
    }
    let twice = asked("/v1/head", "Host: localhost\r\nHost: evil.example\r\n");
    assert_eq!(refusal(&twice), (400, "bad_request".to_string()));
    assert_eq!(refusal(&asked("//evil.example/v1/head", known)), (404, "no_such_path".to_string()));
    listening.end();
}

#[test]
fn every_method_has_an_answer() {
    let listening = Listening::start();
    let asked = |method: &str, target: &str| {
        listening.send(format!("{method} {target} HTTP/1.1\r\n{HEAD}\r\n").as_bytes())
    };
    for method in ["PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "get", "BREW", &"A".repeat(5000)] {
        let answer = asked(method, "/v1/head");
        assert_eq!(refusal(&answer), (405, "method_not_allowed".to_string()), "{method}");
        assert!(answer.contains("\r\nallow: GET\r\n"), "{answer}");
    }
    for method in ["G\0T", "G@T", ""] {
        assert!(asked(method, "/v1/head").starts_with("HTTP/1.1 400 "), "{method:?}");
    }
    // A client that asks what it may do, and no page of another site.
    let options = asked("OPTIONS", "/v1/query");
    assert!(
        options.starts_with("HTTP/1.1 204 ") && options.contains("\r\nallow: GET, POST\r\n"),
        "{options}"
    );
    for (method, target) in [("OPTIONS", "*"), ("GET", "*"), ("OPTIONS", "/nope")] {
        assert_eq!(refusal(&asked(method, target)), (404, "no_such_path".to_string()), "{method} {target}");
    }
    listening.end();
}

#[test]
fn separators_that_are_encoded_separate_nothing() {
    let served = Served::seeded();
    for (target, status, code) in [
        ("/v1%2fhead", 404, "no_such_path"),
        ("/v1/query%3fq=subjects", 404, "no_such_path"),
        ("/..%5c..%5cetc", 404, "no_such_path"),
        ("/v1/sources/..%2f..%2fetc%2fpasswd", 404, "unknown_source"),
        ("/v1/query?q=subjects%26format=csv", 400, "unknown_statement"),
        ("/v1/query?q=subjects%23&format=xml", 406, "form_unknown"),
        ("/v1/query?q=limit+of+ACT%2500USDT", 404, "unknown_subject"),
        ("/as-of/2026-02-07%2fv1/v1/head", 400, "not_an_instant"),
    ] {
        let (found, problem) = served.problem(target);
        assert_eq!((found, problem["code"].as_str()), (status, Some(code)), "{target}: {problem}");
    }
}

#[test]
fn thousands_of_parameters_are_answered_at_once() {
    let served = Served::seeded();
    let started = std::time::Instant::now();
    assert_eq!(served.get(&format!("/v1/head?{}", "&".repeat(8000))).status, 200);
    assert_eq!(served.get(&format!("/v1/head?{}", "a&".repeat(4080))).status, 200);
    let bound: Vec<String> = (0..700).map(|number| format!("set=a{number}=1")).collect();
    let (status, problem) = served.problem(&format!("/v1/query?q=subjects&{}", bound.join("&")));
    assert_eq!((status, &problem["code"]), (400, &"unused_parameter".into()));
    let (status, problem) = served.problem(&format!("/{}v1/head", "as-of/2026-02-07/".repeat(400)));
    assert_eq!((status, &problem["code"]), (400, &"bad_request".into()), "{problem}");
    assert!(started.elapsed().as_secs() < 2, "{:?}", started.elapsed());
}

/// What a body is refused with.
fn refused_body(served: &Served, target: &str, body: Vec<u8>) -> (u16, String) {
    let request = Request::get(target).with_body(body).with_header("content-type", "application/json");
    let answer = served.server.answer(&request);
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json"),
        "{target}: {}",
        answer.text()
    );
    let problem: Value = serde_json::from_str(answer.text()).unwrap();
    (answer.status, problem["code"].as_str().unwrap().to_string())
}

#[test]
fn bodies_of_which_nothing_can_be_made_are_refused_as_input() {
    let served = Served::seeded();
    let depth = 200_000;
    let lists = "[".repeat(depth) + &"]".repeat(depth);
    let objects = "{\"a\":".repeat(depth) + "1" + &"}".repeat(depth);
    let utf16: Vec<u8> = "\u{feff}symbol,quantity".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let row = "symbol,quantity\n".to_string() + &"A".repeat(1_000_000);
    let targets = ["json", "jsonl", "csv", "toml"].map(|form| format!("/v1/impact?from={form}"));
    let more = ["csv", "jsonl", "parquet", "arrow"].map(|form| format!("/v1/evaluate?from={form}"));
    for target in targets.iter().chain(&more) {
        for body in [
            lists.clone().into_bytes(),
            objects.clone().into_bytes(),
            "[".repeat(depth).into_bytes(),
            utf16.clone(),
            row.clone().into_bytes(),
            vec![0; 1000],
            b"PAR1\xff\xff\xff\xff\xff\xff\xff\x7fPAR1".to_vec(),
            b"ARROW1\0\0\xff\xff\xff\xff\xff\xff\xff\x7f".to_vec(),
            Vec::new(),
        ] {
            let what = String::from_utf8_lossy(&body[..body.len().min(20)]).into_owned();
            let (status, code) = refused_body(&served, target, body);
            assert_eq!(status, 422, "{target} {what:?}: {code}");
        }
    }
    for body in [utf16, b"\xff\xfe".to_vec()] {
        assert_eq!(refused_body(&served, "/v1/query", body), (400, "bad_request".to_string()));
    }
    let nested = "explain ".repeat(5000) + "mmr of ACTUSDT at 1";
    assert_eq!(refused_body(&served, "/v1/query", nested.into_bytes()).0, 400);
    // What is nested in a column that nobody asks for is no matter.
    let body = format!("[{{\"symbol\":\"ACTUSDT\",\"quantity\":1,\"x\":{lists}}}]");
    let request = Request::get("/v1/impact?from=json").with_body(body);
    assert_eq!(served.server.answer(&request).status, 200);
}
