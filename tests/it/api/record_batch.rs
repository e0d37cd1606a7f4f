//! Rows as columns: every kind of row has the types of the contract, and every cell is the value of its row.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use serde_json::{Value, json};
use tierbook::language::{Measure, Over, StatementKind};
use tierbook::positions;
use tierbook::render::{self, Format, OutputStyle, record_batch};
use tierbook::{
    At, Correction, Database, Decimal, ErrorCode, LoadInput, LoadOptions, Row, Snapshot, Timestamp,
};

use crate::shared_folder::shared;

/// Texts that can look like a number: a notional or a leverage (`10x`), a coin such as 4, digits of a hash.
const TEXTS: [&str; 4] = ["at", "name", "id", "source.id"];

fn kind(row: &Row) -> &'static str {
    match row {
        Row::Measure(_) => "measure",
        Row::Tier(_) => "tier",
        Row::Subject(_) => "subject",
        Row::Source(_) => "source",
        Row::Statement(_) => "statement",
        Row::Finding(_) => "finding",
        Row::Explanation(_) => "explanation",
        Row::Reconciled(_) => "reconciled",
        Row::Version(_) => "version",
        Row::Step(_) => "step",
        Row::Plane(_) => "plane",
        Row::Segment(_) => "segment",
        Row::Timeline(_) => "timeline",
        Row::TierPeriod(_) => "tier period",
        Row::Diff(_) => "diff",
        Row::Change(_) => "change",
        Row::Report(_) => "report",
        Row::Affected(_) => "affected",
        Row::Log(_) => "log",
        Row::Position(_) => "position",
        Row::Account(_) => "account",
        Row::Size(_) => "size",
    }
}
const KINDS: usize = 22;

/// Statements of every kind, about subjects of every program.
fn questions(database: &Database) -> Vec<String> {
    let of_measures = Measure::ALL.iter().map(|measure| measure.example().to_string());
    // Those of positions need what only the user has.
    let kinds = StatementKind::ALL.iter().map(|kind| kind.row()).filter(|row| row.over != Over::Positions);
    let examples = kinds.flat_map(|row| {
        let explained = row.examples.iter().filter(|_| row.is_explained).map(|it| format!("explain {it}"));
        row.examples.iter().map(ToString::to_string).chain(explained)
    });
    let wide = [
        "margin of A* on usdm at 0, 60k, 900m as of 2026-02-06T07:00Z",
        "max leverage of A* on usdm at 0, 60k, 900m as of 2026-02-06T07:00Z",
        "margin of A* on usdm at 60k as of 2020-01-01",
        "initial margin of ACTUSDT at 1000 with 3x as of 2026-02-07",
        "mmr of ACTUSDT at 60k as of 2026-02-07 known at 2026-02-05 recorded by 2026-02-06",
        "max position of A* on usdm at 5x, 999x as of 2026-02-07",
        "collateral of A* on pm at 1k as of 2026-02-07; ratio of L* on pm as of 2026-02-07",
        "tiers of A* as of 2026-02-07; tiers of A* as of 2020-01-01",
        "history of A*; history of L*",
        "history of margin of A* on usdm at 60k",
        "knowledge of mmr of A* on usdm at 60k as of 2026-02-07",
        "plane of mmr of A* on usdm at 60k",
        "diff A* as of 2026-02-01 vs 2026-02-08",
        "changes; upcoming as of 2025-09-01; upcoming as of 2026-02-04; report",
        "chart margin of ACTUSDT, IPUSDT as of 2026-02-07",
        "subjects; sources; findings",
    ];
    let stored = database.snapshot().unwrap().query("sources").unwrap();
    let sources = stored.iter().filter_map(|row| match row {
        Row::Source(row) => Some(format!("source {}", row.recorded.source.id)),
        _ => None,
    });
    let wide = wide.map(str::to_string).into_iter();
    of_measures.chain(examples).chain(wide).chain(sources).collect()
}

/// Rows of every kind, each list the answer to one question.
static ANSWERS: LazyLock<Vec<(String, Vec<Row>)>> = LazyLock::new(answers);

/// A cross position and one with an own margin, with their account, and sizes of one.
fn of_positions(rules: &Snapshot) -> Vec<Row> {
    let text = "symbol,side,quantity,entry_price,mark_price,leverage,wallet_balance,isolated_margin\n\
                ACTUSDT,long,3000000,0.02,0.021,5,,12000\nIPUSDT,short,1000000,2,1.9,3,500000,\n";
    let account = positions::read::read(text.as_bytes(), None).unwrap().account;
    let at = At::valid("2026-02-05T00:00Z".parse().unwrap());
    let sizes = rules.sizes(&account, at, "10k..1m".parse().unwrap()).unwrap();
    let rows = rules.impact(&account, at).unwrap().into_rows();
    rows.into_iter().chain(positions::into_rows(sizes)).collect()
}

fn answers() -> Vec<(String, Vec<Row>)> {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::create(folder.path().join("db")).unwrap();
    let seed = std::fs::read_to_string(super::SEED).unwrap();
    let (edited, options) = (seed.replace("LTC85%80%", "LTC84%80%"), LoadOptions::default());
    let edited = LoadInput::bytes("binance-20260204T000000Z.txt", edited);
    database.writer().unwrap().load(super::SEED, options.clone()).unwrap();
    if let Some(shared) = shared() {
        for name in ["announcements", "announcements-more"] {
            database.writer().unwrap().load(shared.join(name).as_path(), options.clone()).unwrap();
        }
    }
    let now: Timestamp = "2026-02-06T06:45Z".parse().unwrap();
    let dry_run = database.dry_run(std::slice::from_ref(&edited), &options, now).unwrap();
    let shown = folder.path().join("seen.txt");
    std::fs::write(&shown, seed.replace("LTC85%80%", "LTC84%80%")).unwrap();
    let compared = database.reconcile(&shown, &options, None, now).unwrap().rows;
    let mut writer = database.writer().unwrap();
    writer.load(edited, options).unwrap();
    writer.retract("ee2413a8367c.55", "cancelled").unwrap();
    writer.reschedule("ee2413a8367c.57", "2026-02-09T06:00Z".parse().unwrap(), "postponed").unwrap();
    let mistake = LoadInput::bytes("mistake.txt", seed.replace("LTC85%80%", "LTC83%80%"));
    let mistake = writer.load(mistake, LoadOptions::default()).unwrap();
    let unload = Correction::Unload { source: "mistake.txt".to_string(), tx: None };
    assert_eq!(mistake.loaded(), 1);
    writer.correct(&unload, "loaded by mistake").unwrap();
    drop(writer);
    let log = database.log(1000).unwrap().into_iter().map(|row| Row::Log(Box::new(row))).collect();
    let rules = database.snapshot().unwrap();
    let asked = questions(&database).into_iter().map(|query| {
        let rows = rules.query(&query).unwrap_or_else(|error| panic!("{query}: {error:?}"));
        (query, rows)
    });
    let others = [
        ("dry run".to_string(), dry_run.rows),
        ("reconcile".to_string(), compared.into_iter().map(Row::Reconciled).collect()),
        ("log".to_string(), log),
        ("impact".to_string(), of_positions(&rules)),
    ];
    asked.chain(others).collect()
}

/// A cell as the JSON has it.
fn cell(column: &dyn Array, row: usize) -> Value {
    if column.is_null(row) {
        return Value::Null;
    }
    match column.data_type() {
        DataType::Decimal128(..) => {
            let text = column.as_primitive::<Decimal128Type>().value_as_string(row);
            json!(text.parse::<Decimal>().unwrap().normalize().to_string())
        }
        DataType::Int64 => json!(column.as_primitive::<Int64Type>().value(row)),
        DataType::Timestamp(..) => {
            let micros = column.as_primitive::<TimestampMicrosecondType>().value(row);
            json!(Timestamp::from_micros(micros).unwrap().to_string())
        }
        DataType::Boolean => json!(column.as_boolean().value(row)),
        DataType::Utf8 => json!(column.as_string::<i32>().value(row)),
        other => panic!("{other}"),
    }
}

/// What the cell of a field should be: the value, or its text where the column is text.
fn expected(row: &Value, name: &str, kind: &DataType) -> Value {
    let nested = || name.split('.').try_fold(row, |value, part| value.as_object()?.get(part));
    let value = match row.get(name) {
        // It is in the columns of its parts.
        Some(Value::Object(_)) if ["tier", "certainty", "source", "now", "then"].contains(&name) => {
            Value::Null
        }
        Some(value) => value.clone(),
        None => nested().cloned().unwrap_or_default(),
    };
    match value {
        Value::Null | Value::String(_) => value,
        value if *kind == DataType::Utf8 => json!(value.to_string()),
        value => value,
    }
}

fn check_cells(batch: &RecordBatch, rows: &[Value], query: &str) {
    assert_eq!(batch.num_rows(), rows.len(), "{query}");
    let schema = batch.schema();
    for (field, column) in schema.fields().iter().zip(batch.columns()) {
        for (number, row) in rows.iter().enumerate() {
            let expected = expected(row, field.name(), field.data_type());
            assert_eq!(cell(column, number), expected, "{query}: {} of row {number}", field.name());
        }
    }
    let has = |name: &str| schema.column_with_name(name).is_some();
    for (name, value) in rows.iter().filter_map(Value::as_object).flatten() {
        let has_parts =
            |name: &str| schema.fields().iter().any(|it| it.name().starts_with(&format!("{name}.")));
        let has_part = |name: &str| has(name) || has_parts(name);
        let parts =
            value.as_object().map(|parts| parts.keys().all(|part| has_part(&format!("{name}.{part}"))));
        let is_null_part = value.is_null() && has_parts(name);
        assert!(has(name) || parts == Some(true) || is_null_part, "{query}: no column for {name}");
    }
}

/// The type that a value looks like it has; `None` for text.
fn looks_like(value: &Value) -> Option<&'static str> {
    match value {
        Value::Number(_) => Some("number"),
        Value::Bool(_) => Some("boolean"),
        Value::String(text) if Timestamp::parse_rfc3339(text).is_some() => Some("instant"),
        Value::String(text) if text.parse::<Decimal>().is_ok() => Some("decimal"),
        _ => None,
    }
}

fn name_of(kind: &DataType) -> Option<&'static str> {
    match kind {
        DataType::Int64 => Some("number"),
        DataType::Boolean => Some("boolean"),
        DataType::Timestamp(..) => Some("instant"),
        DataType::Decimal128(..) => Some("decimal"),
        _ => None,
    }
}

#[test]
fn every_field_of_every_kind_of_row_has_its_type_and_its_value() {
    let kinds: BTreeSet<&str> = ANSWERS.iter().flat_map(|(_, rows)| rows.iter().map(kind)).collect();
    assert_eq!(kinds.len(), KINDS, "{kinds:?}");
    let mut wrong = BTreeMap::new();
    for (query, rows) in ANSWERS.iter() {
        let json: Vec<Value> = rows.iter().map(|row| serde_json::to_value(row).unwrap()).collect();
        check_cells(&record_batch(rows).unwrap(), &json, query);
        // Of the rows of one kind, so that no other kind makes a column text.
        for name in rows.iter().map(kind).collect::<BTreeSet<_>>() {
            let (of_kind, json): (Vec<&Row>, Vec<&Value>) =
                rows.iter().zip(&json).filter(|(row, _)| kind(row) == name).unzip();
            let batch = record_batch(&of_kind).unwrap();
            for field in batch.schema().fields().iter().filter(|it| !TEXTS.contains(&it.name().as_str())) {
                for row in &json {
                    let value = expected(row, field.name(), &DataType::Null);
                    let (looks, has) = (looks_like(&value), name_of(field.data_type()));
                    if looks != has && !value.is_null() {
                        wrong.insert((name, field.name().clone()), value.to_string());
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "declare the types of these fields in src/render/field_types.rs: {wrong:#?}");
}

#[test]
fn rows_of_several_kinds_give_the_columns_of_all() {
    let rows: Vec<&Row> = ANSWERS.iter().flat_map(|(_, rows)| rows.iter().take(3)).collect();
    let json: Vec<Value> = rows.iter().map(|row| serde_json::to_value(row).unwrap()).collect();
    check_cells(&record_batch(&rows).unwrap(), &json, "all");
    let names = |rows: &[Value]| -> Vec<String> {
        record_batch(rows).unwrap().schema().fields().iter().map(|field| field.name().clone()).collect()
    };
    assert_eq!(names(&[json!({"b": 1, "a": 2}), json!({"c": 3, "b": 4})]), ["b", "a", "c"]);
}

#[test]
fn the_types_do_not_depend_on_the_values() {
    let typed = |row: Value| record_batch(&[row]).unwrap().schema().field(0).data_type().clone();
    for (name, some) in [("value", json!("0.1")), ("tx", json!(1)), ("as_of", json!("2026-02-07T00:00:00Z"))]
    {
        assert_eq!(typed(json!({name: some})), typed(json!({name: null})));
    }
    let after =
        |row: Value| record_batch(&[row]).unwrap().column_by_name("after").unwrap().data_type().clone();
    assert_eq!(after(json!({"before": null, "after": null})), DataType::Utf8);
    assert!(after(json!({"effective_at": null, "after": null})).is_temporal());
}

#[test]
fn what_does_not_fit_its_column_is_refused_by_row_and_field() {
    let wide = "1".repeat(21);
    for (value, code) in [
        (json!({"value": wide}), ErrorCode::TooWide),
        (json!({"value": "0.1234567890123456789"}), ErrorCode::TooWide),
        (json!({"mmr": "0.12345678901"}), ErrorCode::TooWide),
        (json!({"holds": "0.999"}), ErrorCode::TooWide),
        (json!({"tx": u64::MAX}), ErrorCode::TooWide),
        (json!({"value": "ten"}), ErrorCode::NotColumns),
        (json!({"value": "1e5"}), ErrorCode::NotColumns),
        (json!({"value": ""}), ErrorCode::NotColumns),
        (json!({"value": "."}), ErrorCode::NotColumns),
        (json!({"tx": "one"}), ErrorCode::NotColumns),
        (json!({"as_of": "soon"}), ErrorCode::NotColumns),
        (json!({"has_rule": "yes"}), ErrorCode::NotColumns),
        (json!(5), ErrorCode::NotColumns),
    ] {
        let error = record_batch(&[json!({}), value.clone()]).unwrap_err();
        assert_eq!(error.code(), code, "{value}: {error}");
        assert!(error.to_string().contains("row 2"), "{error}");
        let name = value.as_object().and_then(|row| row.keys().next().cloned()).unwrap_or_default();
        assert!(error.to_string().contains(&name), "{error}");
    }
    for (value, same) in [
        ("99999999999999999999.999999999999999999", "99999999999999999999.999999999999999999"),
        ("-0.5000000000000000000", "-0.500000000000000000"),
        ("007", "7.000000000000000000"),
    ] {
        let batch = record_batch(&[json!({"value": value})]).unwrap();
        assert_eq!(batch.column(0).as_primitive::<Decimal128Type>().value_as_string(0), same);
    }
}

#[test]
fn no_rows_give_no_columns() {
    let batch = record_batch::<Row>(&[]).unwrap();
    assert_eq!((batch.num_columns(), batch.num_rows()), (0, 0));
    let batch = record_batch(&[json!({}), json!({})]).unwrap();
    assert_eq!((batch.num_columns(), batch.num_rows()), (0, 2));
}

#[test]
fn columns_have_the_names_of_the_csv() {
    let mut compared = BTreeSet::new();
    for (query, rows) in ANSWERS.iter() {
        let csv = render::rows(rows, Format::Csv, OutputStyle::PLAIN);
        assert!(
            !query.starts_with("report") || !csv.contains("\n\n"),
            "all together have a header of their own"
        );
        // Several headers are joined in one batch.
        if let Some(header) = csv.lines().next().filter(|_| !csv.contains("\n\n")) {
            let batch = record_batch(rows).unwrap();
            let schema = batch.schema();
            let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
            assert_eq!(names.join(","), header, "{query}");
            compared.extend(rows.iter().map(kind));
        }
    }
    assert!(compared.len() > KINDS / 2, "{compared:?}");
}
