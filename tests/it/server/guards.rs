//! Who may ask: names of the server, tokens, pages of other sites.

use tierbook::server::{Method, Options, Request, Response};

use super::Served;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

fn with_host(served: &Served, host: &str) -> u16 {
    served.server.answer(&Request::get("/v1/head").with_header("host", host)).status
}

#[test]
fn a_name_that_is_rebound_to_this_machine_is_refused() {
    let served = Served::seeded();
    for host in ["localhost", "localhost:8787", "127.0.0.1:8787", "[::1]:8787", "LOCALHOST", "[::1]"] {
        assert_eq!(with_host(&served, host), 200, "{host}");
    }
    for host in [
        "evil.example",
        "evil.example:8787",
        "",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "127.0.0.1@evil.example",
        "10.0.0.1",
    ] {
        assert_eq!(with_host(&served, host), 421, "{host}");
    }
    let mut options = Options::default();
    options.hosts = vec!["rules.example.com".to_string()];
    let behind = Served::with(options, &[]);
    assert_eq!(with_host(&behind, "rules.example.com"), 200);
    assert_eq!(with_host(&behind, "other.example.com"), 421);
}

fn guarded() -> Served {
    let mut options = Options::default();
    options.tokens = vec!["another-token-of-some-length".to_string(), TOKEN.to_string()];
    Served::with(options, &[])
}

fn asked(served: &Served, target: &str, name: &str, value: &str) -> Response {
    served.server.answer(&Request::get(target).with_header(name, value))
}

#[test]
fn where_there_are_tokens_every_request_needs_one() {
    let served = guarded();
    for target in ["/", "/v1/head", "/metrics", "/openapi.json", "/v1/query?q=subjects", "/nope"] {
        let refused = served.get(target);
        assert_eq!((refused.status, refused.header("www-authenticate")), (401, Some("Bearer")), "{target}");
        assert!(!refused.text().contains(TOKEN));
    }
    let refused = served.get("/fapi/v1/leverageBracket");
    assert!(refused.status == 401 && refused.text().starts_with("{\"code\":-2015,"), "{}", refused.text());
    for target in ["/healthz", "/readyz"] {
        assert_eq!(served.get(target).status, 200, "{target}");
    }
    let bearer = format!("Bearer {TOKEN}");
    assert_eq!(asked(&served, "/v1/head", "authorization", &bearer).status, 200);
    // A client of the exchange sends its key.
    assert_eq!(asked(&served, "/fapi/v1/leverageBracket", "x-mbx-apikey", TOKEN).status, 200);
    for wrong in [
        "",
        "Bearer",
        "Bearer ",
        "Basic abc",
        &format!("Bearer {}", &TOKEN[1..]),
        &format!("Bearer {TOKEN}0"),
        TOKEN,
    ] {
        assert_eq!(asked(&served, "/v1/head", "authorization", wrong).status, 401, "{wrong}");
    }
}

/// `Authorization` of a name and a password.
fn basic(pair: &[u8]) -> String {
    format!("Basic {}", base64(pair))
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = |part: &[u8]| {
        let bits =
            (0..3).fold(0_usize, |bits, place| bits << 8 | usize::from(*part.get(place).unwrap_or(&0)));
        let digit = |place: usize| match place <= part.len() {
            true => char::from(DIGITS[bits >> (18 - 6 * place) & 63]),
            false => '=',
        };
        [0, 1, 2, 3].map(digit)
    };
    bytes.chunks(3).flat_map(digits).collect()
}

#[test]
fn a_browser_is_asked_for_a_password_which_is_the_token() {
    let served = guarded();
    let refused = served.get("/contract/ACTUSDT?asOf=2026-02-05");
    let asked: Vec<&str> = refused.headers().filter(|it| it.0 == "www-authenticate").map(|it| it.1).collect();
    assert_eq!(asked, ["Bearer", "Basic realm=\"tierbook\", charset=\"UTF-8\""]);
    let status = |target: &str, value: &str| asked_with(&served, target, value);
    for name in ["", "me", "我"] {
        let given = basic(format!("{name}:{TOKEN}").as_bytes());
        for target in
            ["/", "/contract/ACTUSDT?asOf=2026-02-05", "/assets/page.js", "/v1/head", "/fapi/v1/ping"]
        {
            assert_eq!(status(target, &given), 200, "{name} {target}");
        }
        assert_eq!(status("/v1/head", &given.replace("Basic", "basic")), 200, "schemes have no case");
    }
    assert_eq!(status("/v1/head", &format!("bearer {TOKEN}")), 200);
    let whole = basic(format!("me:{TOKEN}").as_bytes());
    for wrong in [
        basic(TOKEN.as_bytes()),
        basic(format!("{TOKEN}:").as_bytes()),
        basic(format!("me:{TOKEN}:").as_bytes()),
        basic(format!("me:{}", &TOKEN[1..]).as_bytes()),
        basic(b"me:"),
        basic(b":"),
        basic(b""),
        basic(b"me:\xff\xfe"),
        whole.replace("Basic ", "Basic"),
        whole.replace("Basic", "Bearer"),
        format!("Basic me:{TOKEN}"),
        format!("Basic {TOKEN}"),
        format!("Digest {}", &whole[6..]),
        format!("{whole}, {whole}"),
        "Basic ====".to_string(),
    ] {
        assert_eq!(status("/", &wrong), 401, "{wrong}");
    }
}

fn asked_with(served: &Served, target: &str, authorization: &str) -> u16 {
    asked(served, target, "authorization", authorization).status
}

#[test]
fn answers_to_a_token_are_not_for_shared_caches() {
    let served = guarded();
    let bearer = format!("Bearer {TOKEN}");
    let head = asked(&served, "/v1/head", "authorization", &bearer);
    assert_eq!(head.header("cache-control"), Some("private, no-cache"));
}

#[test]
fn pages_of_other_sites_read_nothing_unless_they_are_allowed() {
    let mut options = Options::default();
    options.origins = vec!["https://risk.example.com".to_string()];
    let served = Served::with(options, &[]);
    let allowed = asked(&served, "/v1/head", "origin", "https://risk.example.com");
    assert_eq!(allowed.header("access-control-allow-origin"), Some("https://risk.example.com"));
    assert_eq!(allowed.header("vary"), Some("Origin"));
    for other in
        ["https://evil.example", "null", "https://risk.example.com.evil.example", "http://risk.example.com"]
    {
        assert_eq!(
            asked(&served, "/v1/head", "origin", other).header("access-control-allow-origin"),
            None,
            "{other}"
        );
    }
    let preflight = |origin: &str| {
        let mut request = Request::get("/v1/evaluate").with_header("origin", origin);
        request.method = Method::Options;
        served.server.answer(&request)
    };
    let answer = preflight("https://risk.example.com");
    assert_eq!((answer.status, answer.header("access-control-allow-methods")), (204, Some("GET, POST")));
    assert_eq!(preflight("https://evil.example").status, 403);
}

#[test]
fn pages_of_other_sites_cannot_make_the_server_work() {
    let served = Served::seeded();
    let post = |origin: &str| {
        let request =
            Request::get("/v1/query").with_body("limit of ACTUSDT").with_header("host", "localhost:8787");
        served.server.answer(&request.with_header("origin", origin)).status
    };
    assert_eq!(post("https://evil.example"), 403);
    assert_eq!(post("null"), 403);
    assert_eq!(post("http://localhost:8787"), 200);
}

#[test]
fn pages_of_other_sites_cannot_ask_for_what_takes_long_in_any_way() {
    let mut options = Options::default();
    options.origins = vec!["https://risk.example.com".to_string()];
    let served = Served::with(options, &[]);
    let get = |target: &str, headers: &[(&str, &str)]| {
        let request = Request::get(target).with_header("host", "localhost:8787");
        let with = |request: Request, (name, value): &(&str, &str)| request.with_header(name, *value);
        served.server.answer(&headers.iter().fold(request, with)).status
    };
    let long = ["/v1/query?q=subjects", "/v1/changes", "/", "/fapi/v1/leverageBracket", "/v1/journal/head"];
    let (site, mode, dest) = ("sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest");
    for target in long {
        for refused in [
            &[("origin", "http://evil.example")][..],
            &[("origin", "null")],
            &[(site, "cross-site"), (mode, "no-cors"), (dest, "image")],
            &[(site, "same-site"), (mode, "no-cors")],
            &[(site, "cross-site"), (mode, "cors"), ("origin", "https://evil.example")],
            &[(site, "cross-site"), (mode, "navigate"), (dest, "iframe")],
            &[(site, "cross-site")],
        ] {
            assert_eq!(get(target, refused), 403, "{target} {refused:?}");
        }
        for allowed in [
            &[][..],
            &[(site, "cross-site"), (mode, "navigate"), (dest, "document")],
            &[(site, "none"), (mode, "navigate"), (dest, "document")],
            &[(site, "same-origin"), (mode, "cors")],
            &[("origin", "http://localhost:8787"), (site, "same-origin"), (mode, "cors")],
            &[("origin", "https://risk.example.com"), (site, "cross-site"), (mode, "cors")],
        ] {
            assert_eq!(get(target, allowed), 200, "{target} {allowed:?}");
        }
    }
    // What is answered at once may be asked; without a header that allows it, no page can read the answer.
    assert_eq!(get("/v1/head", &[(site, "cross-site"), (mode, "no-cors")]), 200);
}
