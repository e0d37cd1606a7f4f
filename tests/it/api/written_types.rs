//! Types of columns that a form does not have, and rare ones: each is written, or an error that names it.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray, new_null_array};
use arrow_ipc::writer::FileWriter;
use arrow_schema::{DataType, Field, Fields, IntervalUnit, Schema, TimeUnit, UnionFields, UnionMode};
use tierbook::evaluation::{Evaluation, Form, Origin, Target, evaluate};
use tierbook::language::Measure;
use tierbook::{Error, ErrorCode, Snapshot};

use super::seeded;

const FORMS: [Form; 5] = [Form::Csv, Form::JsonLines, Form::Parquet, Form::Arrow, Form::ArrowStream];

fn numbers(name: &str) -> Arc<Field> {
    Arc::new(Field::new(name, DataType::Int32, true))
}

fn union() -> DataType {
    DataType::Union(UnionFields::from_fields([numbers("a"), numbers("b")]), UnionMode::Sparse)
}

/// An Arrow file of two questions with a column of this type, without values.
fn file(kind: &DataType) -> Vec<u8> {
    let symbols: ArrayRef = Arc::new(StringArray::from(vec!["ACTUSDT"; 2]));
    let notionals: ArrayRef = Arc::new(StringArray::from(vec!["60000"; 2]));
    let fields = vec![
        Field::new("symbol", DataType::Utf8, false),
        Field::new("notional", DataType::Utf8, false),
        Field::new("rare", kind.clone(), true),
    ];
    let columns = vec![symbols, notionals, new_null_array(kind, 2)];
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap();
    let mut bytes = Vec::new();
    let mut writer = FileWriter::try_new(&mut bytes, &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    drop(writer);
    bytes
}

fn written(rules: &Snapshot, bytes: &[u8], form: Form) -> Result<u64, Error> {
    let mut evaluation = Evaluation::of(&[Measure::Mmr]);
    evaluation.as_of = Some("2026-02-06T08:00Z".to_string());
    let mut out = Vec::new();
    let from = (&Origin::Memory(bytes.to_vec().into()), Form::Arrow);
    let done = evaluate(rules, &evaluation, from, (Target::Stream(&mut out), form), &|_, _| {})?;
    assert!(!out.is_empty());
    Ok(done.rows)
}

#[test]
fn a_type_that_parquet_does_not_have_is_an_error_that_names_its_column() {
    let (_folder, database) = seeded();
    let rules = database.snapshot().unwrap();
    let bytes = file(&union());
    for form in FORMS {
        match (form, written(&rules, &bytes, form)) {
            (Form::Parquet, Err(error)) => {
                assert_eq!(error.code(), ErrorCode::NotColumns);
                let start = "Parquet cannot have these columns: Parquet error: `rare` is of a type that it does not have";
                assert!(error.message().starts_with(start), "{}", error.message());
                assert_eq!(error.hints(), ["write another form: --to csv, jsonl, parquet or arrow"]);
            }
            (Form::Parquet, Ok(_)) => panic!("Parquet has no unions"),
            (_, written) => assert_eq!(written.unwrap(), 2, "{form:?}"),
        }
    }
}

#[test]
fn no_type_of_a_column_makes_a_writer_panic() {
    let (_folder, database) = seeded();
    let rules = database.snapshot().unwrap();
    let list = |kind: DataType| Arc::new(Field::new("item", kind, true));
    let entries = DataType::Struct(Fields::from(vec![
        Field::new("keys", DataType::Utf8, false),
        Field::new("values", union(), true),
    ]));
    let ends = Arc::new(Field::new("run_ends", DataType::Int32, false));
    let kinds = [
        DataType::Null,
        DataType::Float16,
        DataType::Date64,
        DataType::Time32(TimeUnit::Second),
        DataType::Time64(TimeUnit::Nanosecond),
        DataType::Timestamp(TimeUnit::Second, Some("+08:00".into())),
        DataType::Duration(TimeUnit::Second),
        DataType::Interval(IntervalUnit::MonthDayNano),
        DataType::FixedSizeBinary(0),
        DataType::FixedSizeBinary(3),
        DataType::BinaryView,
        DataType::Utf8View,
        DataType::Decimal32(9, 9),
        DataType::Decimal64(18, -3),
        DataType::Decimal128(38, 38),
        DataType::Decimal256(76, -76),
        DataType::List(list(union())),
        DataType::ListView(list(DataType::Int32)),
        DataType::LargeListView(list(union())),
        DataType::FixedSizeList(list(DataType::Int32), 0),
        DataType::Struct(Fields::empty()),
        DataType::Struct(Fields::from(vec![Field::new("u", union(), true)])),
        DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8)),
        DataType::Dictionary(Box::new(DataType::Int8), Box::new(union())),
        DataType::RunEndEncoded(ends.clone(), list(DataType::Utf8)),
        DataType::RunEndEncoded(ends, list(union())),
        DataType::Map(Arc::new(Field::new("entries", entries, false)), false),
        union(),
    ];
    for kind in kinds {
        let Ok(bytes) = std::panic::catch_unwind(|| file(&kind)) else { continue };
        for form in FORMS {
            match written(&rules, &bytes, form) {
                Ok(rows) => assert_eq!(rows, 2, "{kind} to {form:?}"),
                Err(error) => assert_eq!(error.code(), ErrorCode::NotColumns, "{kind} to {form:?}: {error}"),
            }
        }
    }
}
