//! Record batches in memory get the answers of files, however they are cut and whatever their types.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{Array, ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow_cast::cast;
use arrow_cast::display::array_value_to_string;
use arrow_ipc::reader::FileReader;
use arrow_ipc::writer::FileWriter;
use arrow_schema::{DataType, Schema, TimeUnit};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use tierbook::evaluation::{
    Batches, Evaluation, Form, Numbers, OnError, Origin, Target, evaluate, evaluate_batches,
};
use tierbook::language::{Measure, parse};
use tierbook::{Decimal, Error, ErrorCode, Snapshot, Timestamp};

use super::seeded;

/// A row: a symbol by its number, a notional in cents, and minutes since 2026-02-01; `None` is null.
type Question = (Option<usize>, Option<i64>, Option<i64>);

const SYMBOLS: [&str; 6] =
    ["ACTUSDT", "IPUSDT", "ACT/USDT:USDT", "binance:usdm:ACTUSDT", "NOSUCHUSDT", "LTC"];

/// The types that each column may have.
const TYPES: [&[DataType]; 3] = [
    &[DataType::Utf8, DataType::LargeUtf8, DataType::Utf8View],
    &[DataType::Float64, DataType::Int64, DataType::Decimal128(38, 2), DataType::Utf8, DataType::Utf8View],
    &[
        DataType::Timestamp(TimeUnit::Microsecond, None),
        DataType::Timestamp(TimeUnit::Nanosecond, None),
        DataType::Int64,
        DataType::Utf8View,
    ],
];

/// The columns of questions, in those of the types with these numbers.
fn columns(questions: &[Question], types: (usize, usize, usize)) -> RecordBatch {
    let start = "2026-02-01T00:00Z".parse::<Timestamp>().unwrap().micros();
    let symbols: StringArray = questions.iter().map(|it| it.0.map(|number| SYMBOLS[number])).collect();
    let whole = TYPES[1][types.1] == DataType::Int64;
    let cents = questions.iter().map(|it| it.1.map(|cents| if whole { cents / 100 * 100 } else { cents }));
    let notionals: StringArray = cents.map(|it| it.map(|cents| Decimal::new(cents, 2).to_string())).collect();
    let times: TimestampMicrosecondArray =
        questions.iter().map(|it| it.2.map(|minutes| start + minutes * 60_000_000)).collect();
    let times = times.with_timezone("+00:00");
    let symbols: ArrayRef = match types.0.checked_sub(TYPES[0].len()) {
        None => cast(&symbols, &TYPES[0][types.0]).unwrap(),
        Some(keys) => {
            let keys = [DataType::UInt8, DataType::Int32, DataType::UInt32][keys].clone();
            cast(&symbols, &DataType::Dictionary(Box::new(keys), Box::new(DataType::Utf8))).unwrap()
        }
    };
    let notionals = match &TYPES[1][types.1] {
        DataType::Int64 => cast(&cast(&notionals, &DataType::Float64).unwrap(), &DataType::Int64).unwrap(),
        kind => cast(&notionals, kind).unwrap(),
    };
    let times = match &TYPES[2][types.2] {
        DataType::Timestamp(unit, _) => {
            cast(&times, &DataType::Timestamp(*unit, Some("+00:00".into()))).unwrap()
        }
        DataType::Utf8View => {
            let texts: StringArray = (0..times.len())
                .map(|row| times.is_valid(row).then(|| array_value_to_string(&times, row).unwrap()))
                .collect();
            cast(&texts, &DataType::Utf8View).unwrap()
        }
        kind => cast(&times, kind).unwrap(),
    };
    RecordBatch::try_from_iter_with_nullable([
        ("symbol", symbols, true),
        ("notional", notionals, true),
        ("time", times, true),
    ])
    .unwrap()
}

/// The answers in memory to rows that are cut at these places.
fn in_memory(
    rules: &Snapshot,
    asked: &Evaluation,
    rows: &RecordBatch,
    cuts: &[usize],
) -> Result<Batches, Error> {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (rows.num_rows() + 1)).collect();
    cuts.extend([0, rows.num_rows()]);
    cuts.sort_unstable();
    let cut = cuts.windows(2).map(|ends| Ok(rows.slice(ends[0], ends[1] - ends[0])));
    evaluate_batches(rules, asked, &rows.schema(), cut.collect::<Vec<_>>().into_iter())
}

/// The answers to the same rows in an Arrow file.
fn in_file(
    rules: &Snapshot,
    asked: &Evaluation,
    rows: &RecordBatch,
    folder: &Path,
) -> Result<Vec<RecordBatch>, Error> {
    let (questions, answers) = (folder.join("rows.arrow"), folder.join("answers.arrow"));
    let mut writer = FileWriter::try_new(File::create(&questions).unwrap(), &rows.schema()).unwrap();
    writer.write(rows).unwrap();
    writer.finish().unwrap();
    let (origin, target) = (Origin::File(questions), Target::File(answers.clone()));
    evaluate(rules, asked, (&origin, Form::Arrow), (target, Form::Arrow), &|_, _| {})?;
    let read = FileReader::try_new(File::open(answers).unwrap(), None).unwrap();
    Ok(read.map(Result::unwrap).collect())
}

/// The rows as texts, whatever the types of their columns.
fn texts(batches: &[RecordBatch]) -> Vec<Vec<String>> {
    let cell = |column: &ArrayRef, row: usize| match column.is_null(row) {
        true => "null".to_string(),
        false => array_value_to_string(column, row).unwrap(),
    };
    let row =
        |batch: &RecordBatch, row: usize| batch.columns().iter().map(|column| cell(column, row)).collect();
    batches
        .iter()
        .flat_map(|batch| (0..batch.num_rows()).map(|at| row(batch, at)).collect::<Vec<_>>())
        .collect()
}

fn question() -> impl Strategy<Value = Question> {
    // LTC is none of the contracts: an error.
    let symbol = prop_oneof![30 => 0..5_usize, 1 => Just(5)];
    let notional = prop_oneof![4 => 0..150_000_000_i64, 1 => -9_000_000_i64..0];
    (
        prop::option::weighted(0.99, symbol),
        prop::option::weighted(0.99, notional),
        prop::option::weighted(0.99, 0..10 * 24 * 60_i64),
    )
}

fn check(rules: &Snapshot, asked: &Evaluation, rows: &RecordBatch, cuts: &[usize]) {
    let folder = tempfile::tempdir().unwrap();
    let of_file = in_file(rules, asked, rows, folder.path());
    let found = match (in_memory(rules, asked, rows, cuts), of_file) {
        (Ok(found), Ok(of_file)) => {
            assert_eq!(texts(&found.batches), texts(&of_file));
            found
        }
        (Err(error), Err(of_file)) => {
            assert_eq!((error.to_string(), error.code()), (of_file.to_string(), of_file.code()));
            return;
        }
        (one, other) => panic!("{:?}, but of a file {other:?}", one.map(|found| found.done)),
    };
    for batch in &found.batches {
        assert_eq!(batch.schema(), found.schema);
    }
    assert_eq!(found.done.rows, rows.num_rows() as u64);
    let mut in_floats = asked.clone();
    in_floats.numbers = Numbers::Floats;
    let floats = in_memory(rules, &in_floats, rows, cuts).unwrap();
    for (exact, floats) in found.batches.iter().zip(&floats.batches) {
        for (exact, floats) in exact.columns().iter().zip(floats.columns()).skip(rows.num_columns()) {
            let DataType::Decimal128(..) = exact.data_type() else { continue };
            for (row, float) in floats.as_primitive::<Float64Type>().iter().enumerate() {
                let exact = exact.is_valid(row).then(|| array_value_to_string(exact, row).unwrap());
                assert_eq!(float, exact.map(|text| text.parse().unwrap()));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(19), ..ProptestConfig::with_cases(60) })]

    #[test]
    fn batches_and_files_have_the_same_answers(
        questions in prop::collection::vec(question(), 1..60),
        types in (0..6_usize, 0..5_usize, 0..4_usize),
        measures in prop::sample::subsequence(
            vec![Measure::Mmr, Measure::Margin, Measure::MaxLeverage, Measure::Tier, Measure::Limit, Measure::Amount],
            1..6,
        ),
        cuts in prop::collection::vec(0..1000_usize, 0..8),
        (skipped, stops) in (0..5_usize, prop::bool::ANY),
    ) {
        let (_folder, database) = seeded();
        let rules = database.snapshot().unwrap();
        let mut asked = Evaluation::of(&measures);
        asked.on_error = if stops { OnError::Stop } else { OnError::Null };
        let rows = columns(&questions, types);
        let skipped = skipped.min(rows.num_rows() - 1);
        let rows = rows.slice(skipped, rows.num_rows() - skipped);
        check(&rules, &asked, &rows, &cuts);
        asked.ask = Some(parse("margin of $symbol at $notional as of $time").unwrap().remove(0));
        check(&rules, &asked, &rows.slice(0, rows.num_rows().min(4)), &cuts);
    }
}

/// Rows that can be read.
fn readable(rows: usize) -> Vec<Question> {
    (0..rows)
        .map(|row| (Some(row * 7 % 5), Some(row as i64 * 9_973 % 150_000_000), Some(row as i64 % 14_400)))
        .collect()
}

#[test]
fn a_large_batch_is_cut_and_its_rows_keep_their_order() {
    let (_folder, database) = seeded();
    let rules = database.snapshot().unwrap();
    let asked = Evaluation::of(&[Measure::Mmr, Measure::Margin]);
    let mut questions = readable(150_000);
    let rows = columns(&questions, (2, 2, 0));
    let found = in_memory(&rules, &asked, &rows, &[]).unwrap();
    assert!(found.batches.len() > 1);
    assert!(found.batches.iter().all(|batch| batch.num_rows() <= 1 << 16));
    check(&rules, &asked, &rows, &[5, 77, 100_000, 100_001]);
    // The first error by row, not the first that a thread meets.
    for row in [149_999, 125_000, 75_000, 74_500] {
        questions[row].1 = None;
        let error = in_memory(&rules, &asked, &columns(&questions, (2, 2, 0)), &[]).unwrap_err();
        let place = format!("row {} column `notional`: it is empty", row + 1);
        assert_eq!((error.to_string(), error.code()), (place, ErrorCode::UnreadableLine));
    }
    asked_for_null(&rules, &columns(&questions, (2, 2, 0)));
}

fn asked_for_null(rules: &Snapshot, rows: &RecordBatch) {
    let mut asked = Evaluation::of(&[Measure::Mmr]);
    asked.on_error = OnError::Null;
    let found = in_memory(rules, &asked, rows, &[3]).unwrap();
    assert_eq!((found.done.rows, found.done.unreadable), (150_000, 4));
    assert_eq!(found.done.errors[0].to_string(), "row 74501 column `notional`: it is empty");
}

#[test]
fn batches_that_cannot_be_answered_are_refused() {
    let (_folder, database) = seeded();
    let rules = database.snapshot().unwrap();
    let mut asked = Evaluation::of(&[Measure::Mmr]);
    let rows = columns(&readable(10), (0, 1, 0));
    let none = evaluate_batches(&rules, &asked, &rows.schema(), std::iter::empty()).unwrap();
    assert_eq!((none.batches.len(), none.schema.fields().len(), none.done.rows), (0, 8, 0));

    let other =
        RecordBatch::try_from_iter([("symbol", Arc::new(Int64Array::from(vec![1])) as ArrayRef)]).unwrap();
    let error = evaluate_batches(&rules, &asked, &rows.schema(), [Ok(rows.clone()), Ok(other)].into_iter());
    assert_eq!(error.unwrap_err().to_string(), "the batch from row 11 has other columns than the schema");

    let lost = || Err("no".parse::<Timestamp>().unwrap_err());
    let batches = [Ok(rows.clone()), lost(), Ok(rows.clone())];
    let error = evaluate_batches(&rules, &asked, &rows.schema(), batches.into_iter()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::NotATimestamp);

    let missing = Arc::new(Schema::new(vec![rows.schema().field(0).clone()]));
    let error = evaluate_batches(&rules, &asked, &missing, std::iter::empty()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::ColumnMissing);

    asked.recorded_by = Some("2999-01-01T00:00Z".parse().unwrap());
    let error = evaluate_batches(&rules, &asked, &rows.schema(), std::iter::empty()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::RecordedInFuture);
}

#[test]
fn a_table_says_which_column_was_taken_for_its_name_and_that_any_knowledge_counts() {
    let (_folder, database) = seeded();
    let rules = database.snapshot().unwrap();
    let rows = columns(&readable(3), (0, 1, 0));
    let fields = rows.schema().fields().clone();
    let renamed = fields.iter().map(|field| match field.name().as_str() {
        "notional" => field.as_ref().clone().with_name("size"),
        _ => field.as_ref().clone(),
    });
    let schema = Arc::new(Schema::new(renamed.collect::<Vec<_>>()));
    let rows = RecordBatch::try_new(schema.clone(), rows.columns().to_vec()).unwrap();
    let mut asked = Evaluation::of(&[Measure::Mmr]);
    let notices = |asked: &Evaluation| {
        evaluate_batches(&rules, asked, &schema, [Ok(rows.clone())].into_iter()).unwrap().done.notices
    };
    let [size, known] = &notices(&asked)[..] else { panic!("{:?}", notices(&asked)) };
    assert!(size.contains("the column `size` is taken as the notional"), "{size}");
    assert!(known.contains("--known-at time"), "{known}");
    asked.notional = Some("size".to_string());
    asked.known_at = Some("time".to_string());
    assert_eq!(notices(&asked), [""; 0]);
}
