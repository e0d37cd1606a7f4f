//! How long answers are kept, by what they are recognised, and how they are compressed.

use std::io::Read;

use tierbook::server::{Request, Response};

use super::{Served, load, time};

fn with(served: &Served, target: &str, headers: &[(&str, &str)]) -> Response {
    let request = headers.iter().fold(Request::get(target), |it, (name, value)| it.with_header(name, *value));
    served.server.answer(&request)
}

fn etag(response: &Response) -> String {
    response.header("etag").unwrap().to_string()
}

/// A basis whose three times are fixed, and in the past of the database.
fn fixed(served: &Served) -> String {
    let recorded = served.database.head().unwrap().recorded_at.unwrap();
    format!("/as-of/2026-02-07/known-at/2026-02-05/recorded-by/{recorded}")
}

#[test]
fn only_an_answer_whose_three_times_are_fixed_is_immutable() {
    let served = Served::seeded();
    let basis = fixed(&served);
    let recorded = served.database.head().unwrap().recorded_at.unwrap();
    let control = |target: &str| served.get(target).header("cache-control").unwrap().to_string();
    let immutable = "public, max-age=31536000, immutable";
    let address = "/v1/cite/binance:usdm:ACTUSDT/mmr@at=60000;v=2026-02-07T00:00:00Z;tx=1";
    for target in [
        format!("{basis}/fapi/v1/leverageBracket"),
        format!("{basis}/fapi/v1/leverageBracket?symbol=ACTUSDT"),
        format!("{basis}/v1/query?q=mmr+of+ACTUSDT+at+60000"),
        format!("/v1/query?q=limit+of+ACTUSDT+as+of+2026-02-07+known+at+2026-02-05+recorded+by+{recorded}"),
        address.to_string(),
        format!("{basis}/contract/ACTUSDT"),
    ] {
        assert_eq!(control(&target), immutable, "{target}");
    }
    for target in [
        "/fapi/v1/leverageBracket?symbol=ACTUSDT".to_string(),
        "/as-of/2026-02-07/fapi/v1/leverageBracket?symbol=ACTUSDT".to_string(),
        "/as-of/2026-02-07/known-at/2026-02-05/fapi/v1/leverageBracket".to_string(),
        // It is not over yet: something may still be recorded.
        "/as-of/2026-02-07/known-at/2026-02-05/recorded-by/now/fapi/v1/leverageBracket".to_string(),
        // Relative times are other ones tomorrow.
        format!("/as-of/yesterday/known-at/2026-02-05/recorded-by/{recorded}/fapi/v1/leverageBracket"),
        format!("/as-of/today/known-at/2026-02-05/recorded-by/{recorded}/v1/query?q=limit+of+ACTUSDT"),
        format!("/contract/ACTUSDT?asOf=2+days+ago&knownAt=2026-02-05&recordedBy={recorded}"),
        // Views of what is unknown, and lists, may have more.
        format!("/contract/ACTUSDT?asOf=2020-01-01&knownAt=2026-02-05&recordedBy={recorded}"),
        format!("{basis}/"),
        format!("{basis}/changes"),
        format!("{basis}/sources"),
        format!("/v1/query?q=limit+of+ACTUSDT+as+of+today+known+at+2026-02-05+recorded+by+{recorded}"),
        // What is unknown may become known later as not known then; a pattern may match more.
        format!("/v1/query?q=limit+of+ACTUSDT+as+of+2020-01-01+known+at+2026-02-05+recorded+by+{recorded}"),
        format!("{basis}/v1/query?q=limit+of+ACT*"),
        format!("{basis}/v1/query?q=sources"),
    ] {
        assert_eq!(control(&target), "no-cache", "{target}");
    }
    for target in ["/healthz", "/fapi/v1/time", "/nope", "/fapi/v1/leverageBracket?symbol=NOPE"] {
        assert_eq!(control(target), "no-store", "{target}");
    }
}

#[test]
fn an_immutable_answer_is_the_same_after_more_is_recorded() {
    let served = Served::seeded();
    let targets = [
        format!("{}/fapi/v1/leverageBracket", fixed(&served)),
        format!("{}/v1/query?q=mmr+of+ACTUSDT+at+60000", fixed(&served)),
        "/v1/cite/binance:usdm:ACTUSDT/mmr@at=60000;v=2026-02-07T00:00:00Z;tx=1".to_string(),
    ];
    // An answer names the newest transaction at which it was made.
    let without_tx = |text: &str| text.replace("\"tx\": 2,", "\"tx\": 1,");
    let before = targets.clone().map(|target| served.get(&target).text().to_string());
    load(&served.database, "seen-20260204T000000Z.json", &super::brackets(&[("ACTUSDT", "0.3")]));
    let newer =
        tierbook::server::Server::new(served.database.clone(), tierbook::server::Options::default()).unwrap();
    for (target, before) in targets.iter().zip(before) {
        let after = newer.answer(&Request::get(target));
        assert_eq!(after.header("x-tierbook-tx"), Some("2"));
        assert_eq!(without_tx(after.text()), before, "{target}");
    }
}

#[test]
fn who_has_an_answer_is_told_so() {
    let served = Served::seeded();
    for target in [
        "/as-of/2026-02-07/fapi/v1/leverageBracket",
        "/as-of/2026-02-07/v1/query?q=tiers+of+ACTUSDT",
        "/v1/head",
        "/v1/sources/ee24",
    ] {
        let tag = etag(&served.get(target));
        let opaque = tag.trim_start_matches("W/").to_string();
        for tags in
            [tag.clone(), format!("W/{opaque}"), opaque.clone(), format!("\"other\", {tag}"), "*".to_string()]
        {
            let same = with(&served, target, &[("if-none-match", &tags)]);
            assert_eq!((same.status, same.body.len()), (304, 0), "{target} {tags}");
            assert_eq!(etag(&same), tag, "{target}");
            assert_eq!(same.header("cache-control"), Some("no-cache"), "{target}");
            assert_eq!(same.header("content-type"), None, "{target}");
            assert!(same.header("x-tierbook-tx").is_some(), "{target}");
        }
        for tags in ["\"other\"", "", "W/\"other\"", &opaque[..opaque.len() - 1]] {
            assert_eq!(with(&served, target, &[("if-none-match", tags)]).status, 200, "{target} {tags}");
        }
    }
}

#[test]
fn an_open_basis_has_the_same_tag_as_long_as_the_tables_are_the_same() {
    let served = Served::seeded();
    let at = |text: &str| {
        let request = Request::get("/fapi/v1/leverageBracket?symbol=ACTUSDT").at(time(text));
        served.server.answer(&request)
    };
    // The clock is never before what is recorded: later times are needed.
    let (one, other) = (at("2099-01-01T00:00:00Z"), at("2099-01-01T00:00:07Z"));
    assert_ne!(one.text(), other.text(), "the marker has the time");
    assert_eq!(etag(&one), etag(&other));
    assert!(etag(&one).starts_with("W/"), "the bytes are others: {}", etag(&one));
    let parts = [at("2099-01-01T00:00:07.1Z"), at("2099-01-01T00:00:07.9Z")];
    assert_eq!(parts[0].text(), parts[1].text(), "a second is one time");
}

#[test]
fn answers_are_compressed_for_those_who_take_it_under_another_tag() {
    let served = Served::seeded();
    let target = "/as-of/2026-02-07/v1/query?q=tiers+of+all";
    let plain = served.get(target);
    assert!(plain.body.len() > 10_000 && plain.header("content-encoding").is_none());
    for accepted in ["gzip", "deflate, gzip;q=0.8", "GZIP", "*", "br, *;q=0.1"] {
        let small = with(&served, target, &[("accept-encoding", accepted)]);
        assert_eq!(small.header("content-encoding"), Some("gzip"), "{accepted}");
        assert!(small.headers().any(|it| it == ("vary", "Accept-Encoding")));
        assert!(small.body.len() * 5 < plain.body.len(), "{} of {}", small.body.len(), plain.body.len());
        let mut text = String::new();
        flate2::read::GzDecoder::new(&small.body[..]).read_to_string(&mut text).unwrap();
        assert_eq!(text, plain.text());
        assert_ne!(etag(&small), etag(&plain), "the bytes are others");
        let tag = etag(&small);
        assert_eq!(
            with(&served, target, &[("accept-encoding", accepted), ("if-none-match", &tag)]).status,
            304
        );
    }
    for refused in ["", "identity", "gzip;q=0", "gzip;q=0.0, *", "br"] {
        let response = with(&served, target, &[("accept-encoding", refused)]);
        assert_eq!(response.header("content-encoding"), None, "{refused}");
        assert!(response.headers().any(|it| it == ("vary", "Accept-Encoding")), "{refused}");
    }
    let little = with(&served, "/fapi/v1/ping", &[("accept-encoding", "gzip")]);
    assert_eq!((little.header("content-encoding"), little.text()), (None, "{}"));
}
