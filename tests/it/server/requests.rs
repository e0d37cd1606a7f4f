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
