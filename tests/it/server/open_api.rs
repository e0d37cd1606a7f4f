//! docs/openapi.json: every path that there is, and every field of its answers, in both directions.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use tierbook::server::{Request, Response};

use super::{Served, brackets};

/// Requests that together give every field: the path of the description, its target, and for a `POST` the type of a body
/// and the body.
/// The path of the description, a request, and the type and the text of a body.
type Example = (&'static str, &'static str, Option<(&'static str, &'static str)>);

const EXAMPLES: &[Example] = &[
    ("/fapi/v1/leverageBracket", "/as-of/2026-02-12/fapi/v1/leverageBracket", None),
    (
        "/fapi/v1/leverageBracket",
        "/as-of/2026-02-12/known-at/2026-02-12/recorded-by/now/fapi/v1/leverageBracket",
        None,
    ),
    ("/fapi/v1/leverageBracket", "/fapi/v1/leverageBracket?symbol=NOSUCH", None),
    ("/fapi/v1/exchangeInfo", "/as-of/2026-02-12/fapi/v1/exchangeInfo", None),
    ("/fapi/v1/ping", "/fapi/v1/ping", None),
    ("/fapi/v1/time", "/fapi/v1/time", None),
    ("/dapi/v2/leverageBracket", "/as-of/2026-02-12/dapi/v2/leverageBracket", None),
    ("/papi/v1/um/leverageBracket", "/as-of/2026-02-12/papi/v1/um/leverageBracket", None),
    ("/papi/v1/cm/leverageBracket", "/as-of/2026-02-12/papi/v1/cm/leverageBracket", None),
    ("/sapi/v2/portfolio/collateralRate", "/as-of/2026-02-12/sapi/v2/portfolio/collateralRate", None),
    ("/v1/query", "/as-of/2026-02-07/v1/query?q=mmr+of+ACTUSDT+at+60000", None),
    ("/v1/query", "/v1/query?q=mmr+of+ACTUSDT+at+60000+as+of+2026-02-09", None),
    ("/v1/query", "/v1/query?q=mmr+of+ACTUSDT+at+60000+as+of+2026-02-06T07:00Z", None),
    ("/v1/query", "/v1/query?q=mmr+of+ACTUSDT+at+60000+as+of+2020-01-01", None),
    ("/v1/query", "/v1/query?q=initial+margin+of+ACTUSDT+at+60000+with+2x+as+of+2026-02-07", None),
    ("/v1/query", "/v1/query?q=mmr+of+IPUSDT+at+10000+as+of+2026-02-07;+ratio+of+LTC+as+of+2026-02-07", None),
    ("/v1/query", "/v1/query?q=collateral+of+STRK+at+500000+on+pm-pro+as+of+2026-02-07", None),
    ("/v1/query", "/v1/query?q=tiers+of+all+as+of+2026-02-06T07:00Z", None),
    ("/v1/query", "/v1/query?q=tiers+of+ACTUSDT+as+of+2020-01-01", None),
    ("/v1/query", "/v1/query?q=explain+mmr+of+ACTUSDT+at+60000+as+of+2026-02-06T07:00Z", None),
    ("/v1/query", "/v1/query?q=explain+mmr+of+ACTUSDT+at+60000+as+of+2026-02-12", None),
    ("/v1/query", "/v1/query?q=history+of+ACTUSDT,+LTC", None),
    ("/v1/query", "/v1/query?q=history+of+mmr+of+ACTUSDT+at+60000", None),
    ("/v1/query", "/v1/query?q=knowledge+of+mmr+of+ACTUSDT+at+60000+as+of+2026-02-07", None),
    ("/v1/query", "/v1/query?q=plane+of+mmr+of+ACTUSDT+at+60000", None),
    ("/v1/query", "/v1/query?q=diff+ACTUSDT+at+600000+as+of+2026-02-06T06:00Z+vs+2026-02-06T08:00Z", None),
    ("/v1/query", "/v1/query?q=report", None),
    ("/v1/query", "/v1/query?q=chart+mmr+of+ACTUSDT+as+of+2026-02-06T06:00Z+vs+2026-02-06T08:00Z", None),
    ("/v1/query", "/v1/query?q=chart+history+of+mmr+of+ACTUSDT+at+60000+until+2026-03-01", None),
    ("/v1/query", "/v1/query?q=findings", None),
    ("/v1/query", "/v1/query", Some(("text/plain", "upcoming of ACTUSDT as of 2026-02-04"))),
    ("/v1/query", "/v1/query?q=mmr+of+NOSUCH+at+1", None),
    (
        "/v1/evaluate",
        "/v1/evaluate?format=jsonl",
        Some(("text/csv", "symbol,notional,time\nACTUSDT,1000,2026-02-07\n")),
    ),
    ("/v1/impact", "/as-of/2026-02-04/v1/impact", Some(("text/csv", POSITIONS))),
    ("/v1/impact", "/as-of/2026-02-04/v1/impact?sizes=1k..100k", Some(("text/csv", POSITIONS))),
    ("/v1/subjects", "/v1/subjects", None),
    ("/v1/sources", "/v1/sources", None),
    ("/v1/sources/{id}", "/v1/sources/ee24", None),
    ("/v1/changes", "/v1/changes", None),
    ("/v1/certificate", "/v1/certificate?q=mmr+of+ACTUSDT+at+60000+as+of+2026-02-06T07:00Z", None),
    ("/v1/head", "/v1/head", None),
    ("/v1/cite/{address}", "/v1/cite/binance:usdm:ACTUSDT/mmr@at=60000;v=2026-02-07T00:00:00Z;tx=1", None),
];

const POSITIONS: &str = "symbol,side,quantity,entry_price,mark_price,leverage,margin_mode,wallet_balance\n\
                         ACTUSDT,long,300000,0.2,0.2,5,isolated,\nIPUSDT,short,10000,5,5,3,cross,200000\n";

/// A server that has something of everything.
fn served() -> Served {
    let usdm = brackets(&[("ACTUSDT", "0.02"), ("BTCUSDT", "0.004"), ("BTCUSDT_261225", "0.01")]);
    let coinm = brackets(&[("BTCUSD_PERP", "0.004"), ("BTCUSD_261225", "0.01")]);
    let documents =
        [("usdm-20260210T000000Z.json", usdm.as_str()), ("coinm-20260211T000000Z.json", coinm.as_str())];
    Served::with(tierbook::server::Options::default(), &documents)
}

fn description() -> Value {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/openapi.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn ask(served: &Served, target: &str, body: Option<(&str, &str)>) -> Response {
    let request = Request::get(target);
    served.server.answer(&match body {
        None => request,
        Some((kind, body)) => request.with_body(body.to_string()).with_header("content-type", kind),
    })
}

/// The answers of an example as JSON: each of the lines where they are lines.
fn answers(response: &Response) -> Vec<Value> {
    if response.header("content-type").is_some_and(|kind| kind.contains("ndjson")) {
        return response.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    }
    vec![serde_json::from_str(response.text()).unwrap_or_else(|_| panic!("no JSON: {}", response.text()))]
}

/// The schema that a reference names, with its name.
fn resolved<'a>(root: &'a Value, schema: &'a Value, name: &str) -> (&'a Value, String) {
    match schema["$ref"].as_str() {
        None => (schema, name.to_string()),
        Some(reference) => {
            let place = reference.strip_prefix('#').unwrap();
            (root.pointer(place).unwrap_or_else(|| panic!("{reference} is nowhere")), reference.to_string())
        }
    }
}

/// What is wrong with a value; the fields that it has are added to `seen`.
fn check(
    root: &Value,
    (schema, name): (&Value, &str),
    value: &Value,
    seen: &mut BTreeSet<String>,
) -> Result<(), String> {
    let (schema, name) = resolved(root, schema, name);
    if let Some(options) = schema["anyOf"].as_array() {
        let mut why = Vec::new();
        for (place, option) in options.iter().enumerate() {
            let mut seen_here = BTreeSet::new();
            match check(root, (option, &format!("{name}/anyOf/{place}")), value, &mut seen_here) {
                Ok(()) => {
                    seen.extend(seen_here);
                    return Ok(());
                }
                Err(wrong) => why.push(wrong),
            }
        }
        return Err(format!("{name}: fits none: {}", why.join(" | ")));
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::Array(types) => types.iter().map(|it| it.as_str().unwrap()).collect(),
        one => one.as_str().into_iter().collect(),
    };
    let is = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let is_whole_number = is == "integer" && types.contains(&"number");
    if !types.contains(&is) && !is_whole_number {
        return Err(format!("{name}: {value} is {is}, described as {types:?}"));
    }
    if let Some(values) = value.as_array() {
        return values
            .iter()
            .try_for_each(|value| check(root, (&schema["items"], &format!("{name}/items")), value, seen));
    }
    let Some(fields) = value.as_object() else { return Ok(()) };
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    if let Some(missing) = required.into_iter().find(|field| !fields.contains_key(*field)) {
        return Err(format!("{name}: `{missing}` is missing"));
    }
    for (field, value) in fields {
        match (&schema["properties"][field], schema["additionalProperties"] == true) {
            (Value::Null, false) => return Err(format!("{name}: `{field}` is not described")),
            (Value::Null, true) => {}
            (property, _) => {
                let place = format!("{name}/properties/{field}");
                seen.insert(place.clone());
                check(root, (property, &place), value, seen)?;
            }
        }
    }
    Ok(())
}

/// Every field that is described below a schema.
fn described(
    root: &Value,
    schema: &Value,
    name: &str,
    found: &mut BTreeSet<String>,
    entered: &mut BTreeSet<String>,
) {
    let (schema, name) = resolved(root, schema, name);
    if !entered.insert(name.clone()) {
        return;
    }
    for (place, option) in schema["anyOf"].as_array().into_iter().flatten().enumerate() {
        described(root, option, &format!("{name}/anyOf/{place}"), found, entered);
    }
    if schema["items"].is_object() {
        described(root, &schema["items"], &format!("{name}/items"), found, entered);
    }
    for (field, property) in schema["properties"].as_object().unwrap_or(&Map::new()) {
        let place = format!("{name}/properties/{field}");
        found.insert(place.clone());
        described(root, property, &place, found, entered);
    }
}

#[test]
fn every_field_of_an_answer_is_described_and_every_described_field_is_answered() {
    let (served, root) = (served(), description());
    let (mut seen, mut all, mut entered, mut wrong) =
        (BTreeSet::new(), BTreeSet::new(), BTreeSet::new(), Vec::new());
    for (template, target, body) in EXAMPLES {
        let response = ask(&served, target, *body);
        let method = if body.is_some() { "post" } else { "get" };
        let status = response.status.to_string();
        let described_response = &root["paths"][template][method]["responses"][&status];
        let content = &resolved(&root, described_response, "").0["content"];
        let kind = response.header("content-type").unwrap().split(';').next().unwrap();
        let schema = &content[kind]["schema"];
        if !schema.is_object() {
            wrong.push(format!("{method} {template}: {status} as {kind} is not described"));
            continue;
        }
        let name = format!("{method} {template} {status}");
        described(&root, schema, &name, &mut all, &mut entered);
        for value in answers(&response) {
            wrong.extend(check(&root, (schema, &name), &value, &mut seen).err());
        }
    }
    wrong.extend(all.difference(&seen).map(|field| format!("{field} is described and never answered")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_described_path_is_there_and_takes_its_methods() {
    let (served, root) = (served(), description());
    for (template, operations) in root["paths"].as_object().unwrap() {
        let target =
            template.replace("{id}", "ee24").replace("{address}", "x").replace("{file}", "000000000000.zst");
        let got = ask(&served, &target, None);
        let posted = ask(&served, &target, Some(("text/plain", "x")));
        assert_eq!(operations.get("get").is_some(), got.status != 405, "{template}");
        assert_eq!(operations.get("post").is_some(), posted.status != 405, "{template}");
        for response in [got, posted] {
            let text = response.text();
            assert!(
                !text.contains("\"code\":\"no_such_path\"") || template.contains("cite"),
                "{template}: {text}"
            );
        }
        for operation in operations.as_object().unwrap().values() {
            assert!(operation["summary"].is_string(), "{template} has no summary");
        }
    }
}

#[test]
fn every_schema_is_used() {
    let root = description();
    let text = root.to_string();
    for name in root["components"]["schemas"].as_object().unwrap().keys() {
        assert!(
            text.contains(&format!("\"#/components/schemas/{name}\"")),
            "{name} is described and used nowhere"
        );
    }
}

#[test]
fn it_is_what_the_server_gives() {
    assert_eq!(served().json("/openapi.json"), description());
}
