//! Requests that nobody sends by mistake.

use tierbook::server::{Method, Request};

use super::Served;

/// What a target is answered with; `Request::get` makes one that cannot be read a request without a path.
fn status(served: &Served, target: &str) -> u16 {
    served.get(target).status
}

#[test]
fn a_target_that_is_no_path_is_refused() {
    let long = format!("/{}", "a".repeat(64 * 1024));
    for target in [
        "/../etc/passwd",
        "/v1/%2e%2e/x",
        "/v1/./x",
        "/%00",
        "/v1/query?q=%00",
        "/%",
        "/%zz",
        "/%ff%fe",
        "/v1/a%0d%0ab",
        &long,
    ] {
        assert_eq!(Request::get(target).method, Method::Other, "{}", &target[..target.len().min(40)]);
    }
    // A slash in a part does not make two of it.
    assert_eq!(Request::get("/v1%2Fquery").path, ["v1/query"]);
    assert_eq!(Request::get("//v1///head/").path, ["v1", "head"]);
}

#[test]
fn paths_that_there_are_not_and_methods_that_they_do_not_take_are_problems() {
    let served = Served::seeded();
    for target in ["/nope", "/v1", "/v1/nope", "/fapi", "/v1/sources/a/b", "/V1/head", "/v1%2Fhead"] {
        assert_eq!(status(&served, target), 404, "{target}");
    }
    let posted = served.server.answer(&Request::get("/v1/head").with_body("x"));
    assert_eq!((posted.status, posted.header("allow")), (405, Some("GET")));
    let got = served.get("/v1/evaluate");
    assert_eq!((got.status, got.header("allow")), (405, Some("POST")));
    let (status, problem) = served.problem("/nope");
    assert_eq!((status, &problem["code"]), (404, &"no_such_path".into()));
}

#[test]
fn every_answer_keeps_a_browser_from_misusing_it() {
    let served = Served::seeded();
    for target in ["/", "/nope", "/v1/head", "/fapi/v1/ping", "/v1/sources/ee24", "/healthz"] {
        let response = served.get(target);
        let policy = response.header("content-security-policy").unwrap();
        for part in ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"]
        {
            assert!(policy.contains(part), "{target}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(response.header("x-content-type-options"), Some("nosniff"), "{target}");
        assert_eq!(response.header("set-cookie"), None, "{target}");
        assert_eq!(response.header("access-control-allow-origin"), None, "{target}");
    }
}

#[test]
fn nothing_that_is_sent_comes_back_as_markup_or_as_a_header() {
    let served = Served::seeded();
    for target in [
        "/v1/query?q=%3Cscript%3Ealert(1)%3C/script%3E",
        "/%3Cscript%3E",
        "/v1/sources/%3Cb%3E",
        "/v1/cite/%3Cb%3E/x",
    ] {
        let response = served.get(target);
        let kind = response.header("content-type").unwrap();
        assert!(kind.ends_with("json") && response.status >= 400, "{target}: {kind}");
    }
    let smuggled = Request::get("/healthz").with_header("x-request-id", "a\r\nset-cookie: x=1");
    assert_eq!(served.server.answer(&smuggled).header("x-request-id"), None);
    let passed = Request::get("/healthz").with_header("x-request-id", "7f-3.a_B");
    assert_eq!(served.server.answer(&passed).header("x-request-id"), Some("7f-3.a_B"));
}

#[test]
fn the_name_of_a_document_is_no_markup_no_header_and_turns_no_text() {
    let name = "a\u{1b}[2J\u{202e}b\u{200b}c\r\nset-cookie: x=1 <script>alert(1)</script> \"d\".txt";
    let text = std::fs::read_to_string(super::SEED).unwrap().replace("ACTUSDT", "BCTUSDT");
    let served = Served::with(tierbook::server::Options::default(), &[(name, &text)]);
    let sources = served.json("/v1/sources").to_string();
    assert!(sources.contains("set-cookie"), "{sources}");
    let id = served.database.snapshot().unwrap().query("mmr of BCTUSDT at 5 as of 2026-02-07").unwrap();
    let id = serde_json::to_value(&id[0]).unwrap()["source"]["id"].as_str().unwrap().to_string();
    for target in [
        "/",
        "/sources",
        "/contract/BCTUSDT?asOf=2026-02-07",
        &format!("/source/{id}"),
        "/changes",
        "/v1/sources",
    ] {
        let answer = served.get(target);
        assert_eq!(answer.status, 200, "{target}");
        assert_eq!(answer.header("set-cookie"), None, "{target}");
        for (name, value) in answer.headers() {
            assert!(!value.chars().any(char::is_control), "{target}: {name}: {value:?}");
        }
        if answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html")) {
            let page = answer.text();
            assert!(
                !page.contains("<script>alert") && !page.contains(['\u{1b}', '\u{202e}', '\u{200b}']),
                "{target}"
            );
        }
    }
}
