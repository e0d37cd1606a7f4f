//! A file of questions for `eval`: CSV, JSON lines, Parquet, Arrow.

use std::io;

use tierbook::evaluation::{Evaluation, Form, OnError, Origin, Target, evaluate};
use tierbook::language::{Measure, parse};
use tierbook::{Error, Snapshot};

use super::support::{check_error, chosen, with_stored};

/// Answers its rows; the first byte chooses the form of the file and, as a capital, questions about positions.
pub fn check(bytes: &[u8]) {
    let (chosen, bytes) = chosen(bytes);
    let form = match chosen.to_ascii_lowercase() {
        b'c' => Form::Csv,
        b'j' => Form::JsonLines,
        b'p' => Form::Parquet,
        b'a' => Form::Arrow,
        _ => Form::ArrowStream,
    };
    let mut evaluation = match chosen {
        b'T' => Evaluation::of(&[]),
        _ if chosen.is_ascii_uppercase() => {
            Evaluation::of(&[Measure::LiquidationPrice, Measure::InitialMargin])
        }
        _ => Evaluation::of(&[Measure::Mmr, Measure::Margin, Measure::Limit]),
    };
    if chosen == b'T' {
        evaluation.ask =
            parse("margin of $symbol at $notional as of 2026-02-07").ok().map(|mut it| it.remove(0));
    } else {
        evaluation.as_of = Some("2026-02-07T00:00Z".to_string());
    }
    with_stored(|stored| {
        let whole = answered(&stored.rules, &evaluation, form, bytes);
        evaluation.on_error = OnError::Null;
        let with_nulls = answered(&stored.rules, &evaluation, form, bytes);
        match (whole, with_nulls) {
            (Ok((text, _)), Ok((same, _))) => assert_eq!(text, same),
            (Err(error), Err(other)) => {
                check_error(&error);
                check_error(&other);
            }
            (Ok(_), Err(error)) => panic!("more is refused where cells may be unreadable: {error}"),
            (Err(error), Ok((_, unreadable))) => {
                assert!(unreadable > 0, "{error}");
                check_error(&error);
            }
        }
        // What is read is written in any form, or refused where the form has no such type.
        let to = [Form::Csv, Form::Parquet, Form::Arrow, Form::ArrowStream][bytes.len() % 4];
        let origin = Origin::Memory(bytes.to_vec().into());
        let target = (Target::Stream(&mut io::sink()), to);
        if let Err(error) = evaluate(&stored.rules, &evaluation, (&origin, form), target, &|_, _| {}) {
            check_error(&error);
        }
    });
}

/// The answers as JSON lines, one for each row, and how many rows could not be read.
fn answered(
    rules: &Snapshot,
    evaluation: &Evaluation,
    form: Form,
    bytes: &[u8],
) -> Result<(String, u64), Error> {
    let mut written = Vec::new();
    let origin = Origin::Memory(bytes.to_vec().into());
    let target = (Target::Stream(&mut written), Form::JsonLines);
    let done = evaluate(rules, evaluation, (&origin, form), target, &|_, _| {})?;
    done.errors.iter().for_each(check_error);
    assert!(done.notices.iter().all(|notice| !notice.contains(char::is_control)), "{:?}", done.notices);
    let text = String::from_utf8(written).unwrap();
    assert_eq!(text.lines().count() as u64, done.rows);
    for line in text.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(row.is_object(), "{line}");
    }
    Ok((text, done.unreadable))
}
