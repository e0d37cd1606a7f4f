//! What those who run the server see.

use super::Served;

#[test]
fn metrics_count_answers_by_path_and_status() {
    let served = Served::seeded();
    for target in
        ["/v1/head", "/v1/head", "/as-of/2026-02-07/v1/head", "/nope", "/fapi/v1/leverageBracket?symbol=NOPE"]
    {
        served.get(target);
    }
    let metrics = served.get("/metrics");
    assert!(metrics.header("content-type").unwrap().starts_with("text/plain; version=0.0.4"));
    for line in [
        "tierbook_http_requests_total{path=\"/v1/head\",status=\"2xx\"} 3",
        "tierbook_http_requests_total{path=\"other\",status=\"4xx\"} 1",
        "tierbook_http_requests_total{path=\"/fapi/v1/leverageBracket\",status=\"4xx\"} 1",
        "tierbook_http_request_duration_seconds_count 5",
        "tierbook_http_request_duration_seconds_bucket{le=\"+Inf\"} 5",
        "tierbook_head_tx 1",
    ] {
        assert!(metrics.text().lines().any(|it| it == line), "{line}: {}", metrics.text());
    }
    // Each family has its type once, before its values.
    for line in metrics.text().lines().filter(|line| !line.starts_with('#')) {
        let name = line.split(['{', ' ']).next().unwrap();
        let family =
            ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
        let types = metrics.text().matches(&format!("# TYPE {family} ")).count();
        assert_eq!(types, 1, "{line}");
    }
}

#[test]
fn health_and_readiness_are_words() {
    let served = Served::seeded();
    assert_eq!(served.get("/healthz").text(), "ok\n");
    assert_eq!(served.get("/readyz").text(), "ready\n");
}

#[test]
fn a_database_that_cannot_be_read_any_more_is_not_ready_and_is_answered_from_memory() {
    let served = Served::seeded();
    let journal = served.database.journal();
    std::fs::write(&journal, b"not a journal").unwrap();
    let image_folder = journal.parent().unwrap();
    for entry in std::fs::read_dir(image_folder).unwrap().map(Result::unwrap) {
        if entry.path().is_file() && entry.path() != journal {
            std::fs::remove_file(entry.path()).unwrap();
        }
    }
    let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while served.get("/readyz").status != 503 {
        assert!(std::time::Instant::now() < until, "it stays ready");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let answer = served.get("/fapi/v1/leverageBracket?symbol=ACTUSDT&asOf=2026-02-07");
    assert_eq!((answer.status, answer.header("x-tierbook-tx")), (200, Some("1")));
    assert_eq!(served.get("/healthz").status, 200);
}
