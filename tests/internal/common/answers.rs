//! Two databases asked the same questions: what one answers, without what names the place of its records.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use serde_json::Value;
use tierbook::database::Database;
use tierbook::database::files::LoadInput;
use tierbook::database::folder::files_of;
use tierbook::database::load::{FileOutcome, LoadOptions};
use tierbook::query::{StoredRules, answer, parse, plan};
use tierbook::render::{self, Format, OutputStyle};
use tierbook::rulebook::Rulebook;
use tierbook::snapshot::records::records;
use tierbook::statement::{Program, Subject};
use tierbook::store::Reader;
use tierbook::time::Timestamp;

/// The answers of a database to questions, a JSON value a row, in their order. Everything held is read once:
/// a database that opens itself for each question would be asked for minutes.
pub fn answers(dir: &Path, questions: &[String], now: Timestamp) -> Vec<Value> {
    let reader = Reader::open(dir).expect("a database");
    let mut subjects = reader.subjects().expect("subjects");
    subjects.sort();
    let held = held(&reader, &subjects);
    let mut answers = Vec::new();
    for question in questions {
        for statement in parse(question).unwrap_or_else(|error| panic!("{question}: {error:?}")) {
            let plan =
                plan(&statement, &subjects, now).unwrap_or_else(|error| panic!("{question}: {error:?}"));
            let rows = answer(&plan, &held).unwrap_or_else(|error| panic!("{question}: {error:?}"));
            let text = render::rows(&rows, Format::Jsonl, OutputStyle::PLAIN);
            for line in text.lines() {
                let mut row: Value = serde_json::from_str(line).expect("a row");
                without_places(&mut row);
                answers.push(row);
            }
        }
    }
    answers
}

fn held(reader: &Reader, subjects: &[Subject]) -> StoredRules {
    let sources = reader.sources().expect("sources");
    let findings = sources.iter().map(|recorded| {
        let id = recorded.source.id;
        (id, reader.findings(&id, reader.head().tx).expect("findings"))
    });
    StoredRules {
        tx: reader.head().tx.0,
        rulebook: Rulebook::new(records(subjects, reader).expect("records")),
        findings: findings.collect(),
        sources,
        ..StoredRules::default()
    }
}

/// Takes away the transaction and the bytes of a document, which another database has otherwise.
fn without_places(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for key in [
                "tx",
                "message",
                "recorded_at",
                "span",
                "row_span",
                "cells",
                "recorded_by",
                "as_of",
                "address",
            ] {
                fields.shift_remove(key);
            }
            // `recorded 2026-11-22T18:44:01Z (file.txt)`: the other database recorded it at another time.
            if let Some(Value::String(message)) = fields.get_mut("message")
                && let Some((_, file)) =
                    message.strip_prefix("recorded ").and_then(|rest| rest.split_once(' '))
            {
                *message = format!("recorded {file}");
            }
            fields.values_mut().for_each(without_places);
        }
        Value::Array(items) => items.iter_mut().for_each(without_places),
        _ => {}
    }
}

/// Every measure that fits a subject, at these amounts, at one pair of instants.
pub fn questions(
    subject: &Subject,
    amounts: &str,
    valid_at: Timestamp,
    known_at: Option<Timestamp>,
) -> Vec<String> {
    let known = known_at.map_or(String::new(), |at| format!(" known at {at}"));
    let (name, program) = (subject.name(), subject.program());
    let of = format!("of {name} on {}", program.name());
    let measures: &[&str] = match program {
        Program::Usdm | Program::Coinm | Program::Linear | Program::Inverse => &["margin", "max leverage"],
        Program::Pm => &["collateral", "ratio"],
        Program::PmPro | Program::Cross => &["collateral"],
        Program::Token => &[],
    };
    let mut questions: Vec<String> = measures
        .iter()
        .map(|measure| format!("{measure} {of} at {amounts} as of {valid_at}{known}"))
        .collect();
    if program == Program::Pm {
        questions.push(format!("ratio {of} as of {valid_at}{known}"));
    } else {
        questions.push(format!("limit {of} as of {valid_at}{known}; tiers {of} as of {valid_at}{known}"));
    }
    if program.has_contracts() {
        questions.push(format!("max position {of} at 5x as of {valid_at}{known}"));
    }
    questions
}

/// Loads everything in a folder, where nothing may be refused; gives how many sources that made.
pub fn load_all(database: &Database, folder: &Path) -> usize {
    let files: Vec<LoadInput> = files_of(folder).expect("files").into_iter().map(LoadInput::File).collect();
    let mut count = 0;
    let mut writer = database.writer().expect("a writer");
    let mut count_loaded = |report: tierbook::FileReport| match report.outcome {
        FileOutcome::Loaded(..) => count += 1,
        FileOutcome::AlreadyLoaded(..) => {}
        _ => panic!("{report:?}"),
    };
    writer.load_each(&files, &LoadOptions::default(), &mut count_loaded).expect("loaded");
    count
}
