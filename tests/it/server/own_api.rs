//! The own API: statements, columns, positions, sources, certificates, citations.

use serde_json::{Value, json};
use tierbook::server::{Request, Response};

use super::Served;

fn accepting(served: &Served, target: &str, accepted: &str) -> Response {
    served.server.answer(&Request::get(target).with_header("accept", accepted))
}

fn post(served: &Served, target: &str, kind: &str, body: impl Into<bytes::Bytes>) -> Response {
    served.server.answer(&Request::get(target).with_body(body).with_header("content-type", kind))
}

#[test]
fn rows_are_those_of_the_command_in_each_form() {
    let served = Served::seeded();
    let rules = served.database.snapshot().unwrap();
    let query = "tiers of ACTUSDT as of 2026-02-07";
    let rows = rules.query(query).unwrap();
    let target = "/v1/query?q=tiers+of+ACTUSDT+as+of+2026-02-07";
    for (name, accepted, format) in [
        ("json", "application/json", tierbook::render::Format::Json),
        ("jsonl", "application/x-ndjson", tierbook::render::Format::Jsonl),
        ("csv", "text/csv", tierbook::render::Format::Csv),
        ("table", "text/plain", tierbook::render::Format::Table),
    ] {
        let text = tierbook::render::rows(&rows, format, tierbook::render::OutputStyle::PLAIN);
        let named = served.get(&format!("{target}&format={name}"));
        assert_eq!(named.text(), text, "{name}");
        assert!(named.header("content-type").unwrap().starts_with(accepted), "{name}");
        assert_eq!(accepting(&served, target, accepted).text(), text, "{accepted}");
    }
    let first: Value = serde_json::from_str(served.get(target).text()).unwrap();
    assert_eq!(first.as_array().unwrap().len(), rows.len(), "JSON where nothing is named");
}

#[test]
fn columns_of_arrow_are_a_stream_with_the_rows() {
    let served = Served::seeded();
    let target = "/v1/query?q=tiers+of+all+as+of+2026-02-07";
    let response = accepting(&served, target, "application/vnd.apache.arrow.stream");
    assert_eq!(response.header("content-type"), Some("application/vnd.apache.arrow.stream"));
    let reader = arrow_ipc::reader::StreamReader::try_new(&response.body[..], None).unwrap();
    let rows: usize = reader.map(|batch| batch.unwrap().num_rows()).sum();
    assert_eq!(rows, served.json(target).as_array().unwrap().len());
}

#[test]
fn what_a_client_takes_is_weighed() {
    let served = Served::seeded();
    let target = "/v1/query?q=limit+of+ACTUSDT";
    let kind = |accepted: &str| {
        let response = accepting(&served, target, accepted);
        let kind = response.header("content-type").unwrap().split(';').next().unwrap().to_string();
        (response.status, kind)
    };
    for (accepted, wanted) in [
        ("*/*", "application/json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json"),
        ("application/json;q=0.5, text/csv", "text/csv"),
        ("text/csv;q=0.2, application/json;q=0.9", "application/json"),
        ("application/json;q=0, text/csv;q=0.1", "text/csv"),
        ("text/*", "text/csv"),
    ] {
        assert_eq!(kind(accepted), (200, wanted.to_string()), "{accepted}");
    }
    assert_eq!(kind("image/png").0, 406);
    let (status, problem) = served.problem(&format!("{target}&format=yaml"));
    assert_eq!((status, &problem["code"]), (406, &json!("form_unknown")));
    assert_eq!(problem["hints"][0], "the forms are: json, jsonl, csv, arrow, svg, table");
}

#[test]
fn several_statements_are_one_answer_with_their_numbers() {
    let served = Served::seeded();
    let script =
        "limit of ACTUSDT as of 2026-02-07;\n-- a comment is none\nmmr of IPUSDT at 1k as of 2026-02-07";
    let script = script.replace("-- a comment is none\n", "");
    let rows: Value = serde_json::from_str(post(&served, "/v1/query", "text/plain", script).text()).unwrap();
    assert_eq!((&rows[0]["statement"], &rows[1]["statement"]), (&json!(1), &json!(2)));
}

#[test]
fn parameters_of_a_statement_are_values_and_never_syntax() {
    let served = Served::seeded();
    let rows = served.json("/v1/query?q=limit+of+$contract+as+of+2026-02-07&set=contract=ACTUSDT");
    assert_eq!(rows[0]["value"], "800000");
    let (status, problem) = served.problem("/v1/query?q=limit+of+$contract&set=contract=ACTUSDT;subjects");
    assert!(status == 404 || status == 400, "{problem}");
    let (status, problem) = served.problem("/v1/query?q=limit+of+$contract");
    assert_eq!((status, &problem["code"]), (400, &json!("unbound_parameter")));
}

#[test]
fn the_basis_of_a_request_counts_for_statements_that_do_not_give_their_own() {
    let served = Served::seeded();
    let value = |target: &str| served.json(target)[0]["value"].clone();
    assert_eq!(value("/as-of/2026-02-05/v1/query?q=mmr+of+ACTUSDT+at+60000"), "0.125");
    assert_eq!(value("/v1/query?asOf=2026-02-07&q=mmr+of+ACTUSDT+at+60000"), "0.1");
    assert_eq!(value("/as-of/2026-02-05/v1/query?q=mmr+of+ACTUSDT+at+60000+as+of+2026-02-07"), "0.1");
}

#[test]
fn errors_have_the_code_the_place_and_the_hints_of_the_library() {
    let served = Served::seeded();
    let (status, problem) = served.problem("/v1/query?q=mmr+of+ACTUST+at+60000");
    assert_eq!(
        (status, problem),
        (
            404,
            json!({
                "type": "urn:tierbook:error:unknown_subject", "title": "No such contract or asset is stored", "status": 404,
                "detail": "no rule of `ACTUST` is stored", "code": "unknown_subject",
                "query": "mmr of ACTUST at 60000", "span": [7, 13], "hints": ["did you mean `ACTUSDT`?"],
            })
        )
    );
    for (target, status, code) in [
        ("/v1/query?q=mmr+of", 400, "subject_missing"),
        ("/v1/query", 400, "bad_request"),
        ("/v1/query?q=limit+of+ACTUSDT&asOf=soon", 400, "not_an_instant"),
        ("/v1/query?q=limit+of+ACTUSDT&format=svg", 406, "form_unknown"),
        ("/v1/sources/ffff", 404, "unknown_source"),
        ("/v1/certificate?q=upcoming", 400, "not_certifiable"),
        ("/v1/cite/limit%20of%20ACTUSDT", 404, "no_such_path"),
        ("/v1/changes?by=size", 400, "bad_request"),
    ] {
        let (found, problem) = served.problem(target);
        assert_eq!((found, problem["code"].as_str().unwrap()), (status, code), "{target}: {problem}");
    }
    let unknown = served.json("/v1/query?q=limit+of+ACTUSDT+as+of+2020-01-01");
    assert_eq!(unknown[0]["status"], "unknown", "that nothing is known is an answer");
}

#[test]
fn a_chart_is_a_drawing() {
    let served = Served::seeded();
    let response = served
        .get("/v1/query?format=svg&q=chart+mmr+of+ACTUSDT+as+of+2026-02-06T06:00Z+vs+2026-02-06T08:00Z");
    assert_eq!((response.status, response.header("content-type")), (200, Some("image/svg+xml")));
    assert!(
        response.text().starts_with("<svg") || response.text().starts_with("<?xml"),
        "{}",
        &response.text()[..40]
    );
}

const QUESTIONS: &str =
    "symbol,notional,time\nACTUSDT,60000,2026-02-06T08:00Z\nNOSUCHUSDT,1,2026-02-06T08:00Z\n";

#[test]
fn columns_of_questions_come_back_with_answers_in_the_same_form_or_another() {
    let served = Served::seeded();
    let csv = post(&served, "/v1/evaluate?measures=mmr,margin", "text/csv", QUESTIONS);
    assert_eq!(csv.status, 200, "{}", csv.text());
    assert_eq!(
        csv.text(),
        "symbol,notional,time,mmr,margin,status,certainty,holds,source\n\
         ACTUSDT,60000,2026-02-06T08:00Z,0.1,5500,value,settled,0.9,ee2413a8367c\n\
         NOSUCHUSDT,1,2026-02-06T08:00Z,,,unknown_subject,,,\n"
    );
    assert_eq!(
        (csv.header("x-tierbook-rows"), csv.header("x-tierbook-without-value")),
        (Some("2"), Some("1"))
    );
    let lines = post(&served, "/v1/evaluate?from=csv&format=jsonl", "", QUESTIONS);
    let first: Value = serde_json::from_str(lines.text().lines().next().unwrap()).unwrap();
    assert_eq!((&first["mmr"], &first["status"]), (&json!("0.1"), &json!("value")));
    for form in ["arrow", "parquet"] {
        let columns = post(&served, &format!("/v1/evaluate?format={form}"), "text/csv", QUESTIONS);
        let kind = columns.header("content-type").unwrap().to_string();
        let again = post(&served, "/v1/evaluate?measures=limit&format=csv", &kind, columns.body.clone());
        assert_eq!(again.text().lines().count(), 3, "{form}: {}", again.text());
        assert!(again.text().contains(",800000,value,"), "{form}: {}", again.text());
    }
    let at = "symbol,notional\nACTUSDT,60000\n";
    let basis = post(&served, "/as-of/2026-02-05/v1/evaluate?measures=mmr", "text/csv", at);
    assert!(basis.text().contains("ACTUSDT,60000,0.125,"), "{}", basis.text());
}

#[test]
fn columns_that_cannot_be_read_are_problems() {
    let served = Served::seeded();
    for (target, kind, body, status) in [
        ("/v1/evaluate", "application/pdf", QUESTIONS, 415),
        ("/v1/evaluate", "", QUESTIONS, 415),
        ("/v1/evaluate?from=xml", "", QUESTIONS, 400),
        ("/v1/evaluate", "text/csv", "a,b\n1,2\n", 422),
        ("/v1/evaluate?measures=beauty", "text/csv", QUESTIONS, 400),
        ("/v1/evaluate", "text/csv", "symbol,notional,time\nACTUSDT,much,2026-02-07\n", 422),
        ("/v1/evaluate?on_error=hide", "text/csv", QUESTIONS, 400),
        ("/v1/evaluate", "application/vnd.apache.parquet", "PAR1 is not all", 422),
        ("/v1/evaluate", "application/vnd.apache.arrow.stream", "ARROW1 nor this", 422),
    ] {
        let response = post(&served, target, kind, body);
        assert_eq!(response.status, status, "{target} {kind}: {}", response.text());
        assert_eq!(response.header("content-type"), Some("application/problem+json"), "{target}");
    }
    let null = post(
        &served,
        "/v1/evaluate?on_error=null",
        "text/csv",
        "symbol,notional,time\nACTUSDT,much,2026-02-07\n",
    );
    assert!(null.text().contains(",unreadable,"), "{}", null.text());
}

#[test]
fn a_source_has_its_text_and_the_places_of_its_statements() {
    let served = Served::seeded();
    let source = served.json("/v1/sources/ee24");
    let text = source["text"].as_str().unwrap();
    assert_eq!(text, std::fs::read_to_string(super::SEED).unwrap());
    assert_eq!(source["source"]["id"], "ee2413a8367c");
    let statements = source["statements"].as_array().unwrap();
    assert_eq!(statements.len(), 68);
    let act = statements
        .iter()
        .find(|it| it["subject"] == "binance:usdm:ACTUSDT" && it["kind"] == "change")
        .unwrap();
    let span = [0, 1].map(|end| act["span"][end].as_u64().unwrap() as usize);
    assert!(text[span[0]..span[1]].contains("60"), "{}", &text[span[0]..span[1]]);
    assert!(source["findings"].as_array().unwrap().iter().all(|finding| finding["code"].is_string()));
    assert_eq!(served.json("/v1/sources").as_array().unwrap().len(), 1);
    assert_eq!(served.json("/v1/subjects?matching=ACT*").as_array().unwrap().len(), 1);
}

#[test]
fn a_citation_is_an_address_that_gives_the_same_answer() {
    let served = Served::seeded();
    let rows = served.json("/v1/query?q=mmr+of+ACTUSDT+at+60000+as+of+2026-02-07");
    let address = rows[0]["address"].as_str().unwrap();
    let cited = served.json(&format!("/v1/cite/{address}"));
    assert_eq!((&cited[0]["value"], &cited[0]["source"]), (&rows[0]["value"], &rows[0]["source"]));
    let encoded = served.json(&format!("/v1/cite/{}", address.replace('/', "%2F").replace(':', "%3A")));
    assert_eq!(encoded, cited);
}

#[test]
fn a_certificate_is_one_that_the_database_confirms() {
    let served = Served::seeded();
    let certificate = served.json("/v1/certificate?q=mmr+of+ACTUSDT+at+60000+as+of+2026-02-07");
    assert_eq!(certificate["answer"][0]["value"], "0.1");
    assert_eq!(served.database.check(&certificate).unwrap(), Vec::<String>::new());
}

#[test]
fn the_head_is_that_of_the_database() {
    let served = Served::seeded();
    let head = served.database.head().unwrap();
    let answer = served.json("/v1/head");
    assert_eq!((&answer["tx"], &answer["hash"]), (&json!(head.tx.0), &json!(head.hash.to_string())));
    let response = served.get("/v1/subjects");
    assert_eq!(response.header("x-tierbook-head"), Some(head.hash.to_string().as_str()));
}
