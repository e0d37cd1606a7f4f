//! Who may ask: the name of the server, the token, and pages of other sites.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::problem::{Problem, Refusal};
use super::request::{Method, Request};
use super::response::Response;
use super::state::Options;

/// The names of this machine itself.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Paths that are asked by whoever looks whether the server runs; they tell nothing.
const OPEN: [&str; 2] = ["healthz", "readyz"];

/// Checks that a request may be answered; `takes_long` tells whether that may take long.
///
/// # Errors
/// It names another server, as a page does that rebinds its name to this machine; a token is missing; or it comes from a
/// page of another site.
pub fn check(options: &Options, request: &Request, takes_long: fn(&Request) -> bool) -> Result<(), Problem> {
    check_host(options, request)?;
    check_origin(options, request, takes_long)?;
    check_encoding(request)?;
    let is_open = matches!(request.path.as_slice(), [path] if OPEN.contains(&path.as_str()));
    if options.tokens.is_empty()
        || is_open
        || request.method == Method::Options
        || has_token(options, request)
    {
        return Ok(());
    }
    Err(Problem::of(Refusal::TokenMissing, "the request has no token that counts")
        .hint(
            "send the header `Authorization: Bearer TOKEN`; a client of the exchange sends it as its API key",
        )
        .hint("a browser asks for a name and a password: any name, and the token as the password"))
}

fn check_host(options: &Options, request: &Request) -> Result<(), Problem> {
    let host = request.header("host").unwrap_or_default();
    let name = without_port(host);
    let is_known = |known: &str| known.eq_ignore_ascii_case(name);
    if LOOPBACK.iter().any(|known| is_known(known)) || options.hosts.iter().any(|known| is_known(known)) {
        return Ok(());
    }
    Err(Problem::of(Refusal::WrongHost, "the server does not answer under the name in `Host`")
        .hint("ask http://127.0.0.1:PORT, or start it with --host NAME"))
}

/// A page of another site may not ask for what takes long, whether it may read the answer or not. Browsers say who asks in
/// headers that no script can set; a request without them is of no page.
fn check_origin(
    options: &Options,
    request: &Request,
    takes_long: fn(&Request) -> bool,
) -> Result<(), Problem> {
    let is_checked = || match request.method {
        Method::Post => true,
        Method::Get => takes_long(request) && !is_opened_by_a_person(request),
        Method::Options | Method::Other => false,
    };
    let is_of_page = || match request.header("origin") {
        Some(origin) => !is_own(request, origin) && !is_allowed(options, origin),
        // Images, scripts and the like come without an origin.
        None => matches!(request.header("sec-fetch-site"), Some("cross-site" | "same-site")),
    };
    if !is_of_page() || !is_checked() {
        return Ok(());
    }
    Err(Problem::of(Refusal::WrongOrigin, "a page of another site asks")
        .hint("allow it when the server is started: --allow-origin ORIGIN"))
}

/// Whether an address is opened as a page of its own, as by a link; not as a frame in another page.
fn is_opened_by_a_person(request: &Request) -> bool {
    request.header("sec-fetch-mode") == Some("navigate")
        && matches!(request.header("sec-fetch-dest"), None | Some("document"))
}

fn is_own(request: &Request, origin: &str) -> bool {
    let own = request.header("host").unwrap_or_default();
    origin.split_once("://").is_some_and(|(_, host)| host.eq_ignore_ascii_case(own))
}

/// A small body that becomes a large one is not taken.
fn check_encoding(request: &Request) -> Result<(), Problem> {
    match request.header("content-encoding").map(str::trim) {
        None | Some("") => Ok(()),
        Some(coding) if coding.eq_ignore_ascii_case("identity") => Ok(()),
        Some(_) => Err(Problem::of(Refusal::MediaTypeUnknown, "the body is compressed")
            .hint("send it as it is; Parquet and Arrow compress their columns themselves")),
    }
}

fn is_allowed(options: &Options, origin: &str) -> bool {
    options.origins.iter().any(|allowed| allowed == origin)
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !name.ends_with(':') => name,
        _ => host,
    }
}

/// A client of the exchange can send a key only where the exchange takes one.
fn has_token(options: &Options, request: &Request) -> bool {
    let authorized = request.header("authorization").and_then(authorized);
    let key = request.header("x-mbx-apikey").map(|key| key.trim().as_bytes().to_vec());
    // All are compared, so that the time tells nothing.
    let matches = [authorized, key].into_iter().flatten().flat_map(|given| {
        options.tokens.iter().map(move |token| is_same(&given, token.as_bytes())).collect::<Vec<_>>()
    });
    matches.fold(false, |found, is_it| found | is_it)
}

/// The token in `Authorization`: itself, or as the password of any name, which is the only thing that a browser can be asked
/// for without a script.
fn authorized(value: &str) -> Option<Vec<u8>> {
    let (scheme, given) = value.split_once(' ')?;
    let given = given.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(given.as_bytes().to_vec());
    }
    let pair = STANDARD.decode(given).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    // A name has no colon.
    let colon = pair.iter().position(|byte| *byte == b':')?;
    Some(pair[colon + 1..].to_vec())
}

/// Whether two texts are the same, in a time that does not depend on where they differ.
fn is_same(given: &[u8], token: &[u8]) -> bool {
    let difference = given.iter().zip(token).fold(0, |difference, (a, b)| difference | (a ^ b));
    std::hint::black_box(difference) == 0 && given.len() == token.len()
}

/// An answer that pages of some other sites may read.
pub fn with_origin(options: &Options, request: &Request, mut response: Response) -> Response {
    if options.origins.is_empty() {
        return response;
    }
    response.add("vary", "Origin");
    let Some(origin) = request.header("origin").filter(|origin| is_allowed(options, origin)) else {
        return response;
    };
    response.add("access-control-allow-origin", origin.to_string());
    response.add("access-control-expose-headers", "ETag, X-Tierbook-As-Of, X-Tierbook-Known-At, X-Tierbook-Recorded-By, X-Tierbook-Tx, X-Tierbook-Head, X-Tierbook-Inferred, X-Tierbook-Doubtful, X-Tierbook-Status, X-Tierbook-Rows, X-Tierbook-Without-Value, X-Tierbook-Affected, X-Tierbook-Notice");
    response
}

/// The answer to a browser that asks what a page of another site may do.
pub fn preflight(options: &Options, request: &Request) -> Result<Response, Problem> {
    let origin = request.header("origin").unwrap_or_default();
    if !is_allowed(options, origin) {
        return Err(Problem::of(Refusal::WrongOrigin, "a page of another site asks")
            .hint("allow it when the server is started: --allow-origin ORIGIN"));
    }
    Ok(Response::new(204, "text/plain", "")
        .with("access-control-allow-methods", "GET, POST")
        .with(
            "access-control-allow-headers",
            "Accept, Authorization, Content-Type, If-None-Match, X-MBX-APIKEY",
        )
        .with("access-control-max-age", "600"))
}
