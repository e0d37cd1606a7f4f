//! Files of columns that no tool should write: each is refused, or read in bounded memory.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray, Int32Array, RecordBatch, StringArray};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use arrow_schema::{DataType, Field, Fields, Schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use tierbook::evaluation::{Done, Evaluation, Form, OnError, Origin, Target, evaluate};
use tierbook::language::Measure;
use tierbook::positions::read;
use tierbook::{Error, ErrorCode, Snapshot, limits};

use super::seeded;

const SYMBOL: &str = "ACTUSDT";

fn answered(rules: &Snapshot, form: Form, bytes: &[u8], to: Form, into: Target) -> Result<Done, Error> {
    let mut evaluation = Evaluation::of(&[Measure::Mmr]);
    evaluation.as_of = Some("2026-02-06T08:00Z".to_string());
    evaluation.on_error = OnError::Null;
    evaluate(rules, &evaluation, (&Origin::Memory(bytes.to_vec().into()), form), (into, to), &|_, _| {})
}

fn text(rules: &Snapshot, form: Form, bytes: &[u8]) -> Result<String, Error> {
    let mut written = Vec::new();
    answered(rules, form, bytes, Form::JsonLines, Target::Stream(&mut written))?;
    Ok(String::from_utf8(written).unwrap())
}

fn parquet(batch: &RecordBatch) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    bytes
}

fn arrow(batch: &RecordBatch) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = FileWriter::try_new(&mut bytes, &batch.schema()).unwrap();
    writer.write(batch).unwrap();
    writer.finish().unwrap();
    drop(writer);
    bytes
}

fn stream(batch: &RecordBatch) -> Vec<u8> {
    let mut bytes = Vec::new();
    let options = IpcWriteOptions::default().try_with_compression(Some(CompressionType::ZSTD)).unwrap();
    let mut writer = StreamWriter::try_new_with_options(&mut bytes, &batch.schema(), options).unwrap();
    writer.write(batch).unwrap();
    writer.finish().unwrap();
    drop(writer);
    bytes
}

/// The number as Thrift has it.
fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number > 0x7f {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

/// A Parquet file without rows whose schema has these elements after its root: the number of those in each, 0 of a column.
fn with_schema(in_root: usize, elements: &[usize]) -> Vec<u8> {
    let mut footer = vec![0x15, 2, 0x19];
    let count = elements.len() + 1;
    footer.push(0xfc);
    footer.extend(varint(count as u64));
    let children = |count: usize| varint(2 * count as u64);
    // Its name, and how many are in it.
    footer.extend([0x48, 1, b'r', 0x15]);
    footer.extend([children(in_root), vec![0]].concat());
    for count in elements {
        match count {
            // A number, optional, with a name.
            0 => footer.extend([0x15, 2, 0x25, 2, 0x18, 1, b'c', 0]),
            _ => footer.extend([&[0x35, 2, 0x18, 1, b'g', 0x15][..], &children(*count), &[0]].concat()),
        }
    }
    footer.extend([0x16, 0, 0x19, 0x0c, 0]);
    let length = (footer.len() as u32).to_le_bytes();
    [b"PAR1", &footer[..], &length, b"PAR1"].concat()
}

/// So many groups in one another, and a column in the last.
fn nested(levels: usize) -> Vec<u8> {
    with_schema(1, &[vec![1; levels - 1], vec![0]].concat())
}

#[track_caller]
fn refused(rules: &Snapshot, form: Form, bytes: &[u8], why: &str) {
    let error = text(rules, form, bytes).unwrap_err();
    assert_eq!(error.code(), ErrorCode::NotColumns, "{error}");
    assert!(error.message().contains(why), "{error}");
    // A file of positions is read by the same code.
    let positions = read::read(bytes, Some(form.name().parse().unwrap())).unwrap_err();
    assert!(positions.message().contains(why), "{positions}");
}

/// It is read, and only then found to lack a column.
#[track_caller]
fn read_so_far(rules: &Snapshot, form: Form, bytes: &[u8]) {
    let error = text(rules, form, bytes).unwrap_err();
    assert_eq!(error.code(), ErrorCode::ColumnMissing, "{error}");
}

#[test]
fn a_parquet_schema_of_the_most_levels_is_read_and_a_deeper_one_is_refused() {
    let (_folder, database) = seeded();
    let rules = database.snapshot().unwrap();
    // The root is a level.
    read_so_far(&rules, Form::Parquet, &nested(limits::COLUMN_LEVELS));
    for levels in [limits::COLUMN_LEVELS + 1, 1_500, limits::COLUMN_TYPES - 2] {
        refused(
            &rules,
            Form::Parquet,
            &nested(levels),
            "its schema is damaged: it is nested more than 64 levels",
        );
    }
}

#[test]
fn a_parquet_schema_of_the_most_elements_is_read_and_one_more_is_refused() {
    let (_folder, database) = seeded();
    let rules = database.snapshot().unwrap();
    let group = |columns: usize| with_schema(1, &[vec![columns], vec![0; columns]].concat());
    read_so_far(&rules, Form::Parquet, &group(limits::COLUMN_TYPES - 2));
    refused(&rules, Form::Parquet, &group(limits::COLUMN_TYPES - 1), "more than 10000 elements");
}

#[test]
fn a_schema_that_is_not_what_its_types_say_is_refused() {
    let (_folder, database) = seeded();
    let rules = database.snapshot().unwrap();
    // The number of children stated as a text: what follows would be read as something else by another reader.
    let mut bytes = with_schema(1, &[0]);
    let at = bytes.windows(4).position(|part| part == [0x48, 1, b'r', 0x15]).unwrap() + 3;
    bytes[at] = 0x18;
    refused(&rules, Form::Parquet, &bytes, "its schema is damaged");
}

#[test]
fn a_parquet_directory_of_the_most_bytes_is_looked_at_and_a_longer_one_is_refused() {
    let (_folder, database) = seeded();
    let rules = database.snapshot().unwrap();
    let of = |length: usize| {
        let mut bytes = vec![0; length + 4];
        bytes.extend((length as u32).to_le_bytes());
        bytes.extend(b"PAR1");
        bytes
    };
    refused(&rules, Form::Parquet, &of(limits::PARQUET_FOOTER_BYTES), "its schema is damaged");
    refused(&rules, Form::Parquet, &of(limits::PARQUET_FOOTER_BYTES + 1), "its directory has more than");
}

#[test]
fn types_of_arrow_that_are_nested_too_deeply_are_refused_in_every_form() {
    let (_folder, database) = seeded();
    let rules = database.snapshot().unwrap();
    let batch = |levels: usize| {
        let mut kind = DataType::Int32;
        for _ in 0..levels {
            kind = DataType::Struct(Fields::from(vec![Field::new("in", kind, true)]));
        }
        RecordBatch::new_empty(Arc::new(Schema::new(vec![Field::new("a", kind, true)])))
    };
    for written in [arrow, stream, parquet] {
        let (fits, too_deep) = (written(&batch(20)), written(&batch(70)));
        let form = if fits.starts_with(b"PAR1") { Form::Parquet } else { Form::Arrow };
        read_so_far(&rules, form, &fits);
        refused(&rules, form, &too_deep, "damaged");
    }
    refused(&rules, Form::Parquet, &with_types_of_arrow(&batch(70)), "its types of Arrow are damaged");
}

/// A Parquet file of one number that has the types of a batch beside its own.
fn with_types_of_arrow(batch: &RecordBatch) -> Vec<u8> {
    let types = parquet::arrow::encode_arrow_schema(&batch.schema());
    let types = KeyValue::new(parquet::arrow::ARROW_SCHEMA_META_KEY.to_string(), types);
    let properties = WriterProperties::builder().set_key_value_metadata(Some(vec![types])).build();
    let options = ArrowWriterOptions::new().with_skip_arrow_metadata(true).with_properties(properties);
    let flat = Arc::new(Schema::new(vec![Field::new("b", DataType::Int32, true)]));
    let mut bytes = Vec::new();
    ArrowWriter::try_new_with_options(&mut bytes, flat, options).unwrap().close().unwrap();
    bytes
}

#[test]
fn names_of_the_most_bytes_are_read_and_longer_ones_are_refused() {
    let (_folder, database) = seeded();
    let rules = database.snapshot().unwrap();
    let named = |length: usize| {
        let field = Field::new("n".repeat(length), DataType::Int32, true);
        arrow(&RecordBatch::new_empty(Arc::new(Schema::new(vec![field]))))
    };
    read_so_far(&rules, Form::Arrow, &named(limits::COLUMN_NAMES_BYTES));
    refused(&rules, Form::Arrow, &named(limits::COLUMN_NAMES_BYTES + 1), "its names have more than");
}

#[test]
fn a_file_of_the_most_columns_is_read_and_one_of_more_is_refused_in_every_form() {
    let (_folder, database) = seeded();
    let rules = database.snapshot().unwrap();
    let named = |count: usize| (0..count).map(|place| format!("c{place}")).collect::<Vec<_>>();
    let batch = |count: usize| {
        let fields: Vec<Field> =
            named(count).into_iter().map(|name| Field::new(name, DataType::Int32, true)).collect();
        RecordBatch::new_empty(Arc::new(Schema::new(fields)))
    };
    let json = |count: usize| {
        let fields: Vec<String> = named(count).iter().map(|name| format!("\"{name}\":1")).collect();
        format!("{{{}}}\n", fields.join(",")).into_bytes()
    };
    for count in [limits::COLUMNS, limits::COLUMNS + 1] {
        let files = [
            (Form::Csv, format!("{}\n", named(count).join(",")).into_bytes()),
            (Form::JsonLines, json(count)),
            (Form::Arrow, arrow(&batch(count))),
            (Form::ArrowStream, stream(&batch(count))),
            (Form::Parquet, parquet(&batch(count))),
        ];
        for (form, bytes) in files {
            let error = text(&rules, form, &bytes).unwrap_err();
            let expected =
                if count == limits::COLUMNS { ErrorCode::ColumnMissing } else { ErrorCode::NotColumns };
            assert_eq!(error.code(), expected, "{form:?}: {error}");
        }
    }
}

/// As many rows as a part has, all with one text of a dictionary.
fn one_text(rows: usize, length: usize) -> RecordBatch {
    let texts = DictionaryArray::<Int32Type>::new(
        Int32Array::from(vec![0; rows]),
        Arc::new(StringArray::from(vec!["x".repeat(length)])),
    );
    let symbols = DictionaryArray::<Int32Type>::new(
        Int32Array::from(vec![0; rows]),
        Arc::new(StringArray::from(vec![SYMBOL])),
    );
    let notionals: ArrayRef = Arc::new(Int32Array::from(vec![1; rows]));
    let columns: [(&str, ArrayRef); 3] =
        [("symbol", Arc::new(symbols)), ("notional", notionals), ("note", Arc::new(texts))];
    RecordBatch::try_from_iter(columns).unwrap()
}

/// Takes some bytes and refuses more, as a server does; knows the longest text it was given at once.
struct Sink {
    left: usize,
    longest: usize,
}

impl io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.longest = self.longest.max(bytes.len());
        if bytes.len() > self.left {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.left -= bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_dictionary_of_a_long_text_is_written_in_pieces_and_ends_where_the_sink_does() {
    let (_folder, database) = seeded();
    let rules = database.snapshot().unwrap();
    // 2 GB of text in few bytes.
    let batch = one_text(1 << 17, 15_000);
    for (form, bytes) in [(Form::Parquet, parquet(&batch)), (Form::ArrowStream, stream(&batch))] {
        assert!(bytes.len() < 100_000, "{form:?}: {} bytes", bytes.len());
        let mut sink = Sink { left: 1 << 20, longest: 0 };
        let error = answered(&rules, form, &bytes, Form::Csv, Target::Stream(&mut sink)).unwrap_err();
        assert_eq!(error.code(), ErrorCode::CannotWrite);
        let most = limits::COLUMN_PART_BYTES as usize * 5 / 4;
        assert!((1 << 20..most).contains(&sink.longest), "{form:?}: {}", sink.longest);
    }
}

#[test]
fn pieces_have_all_rows_in_their_order() {
    let (_folder, database) = seeded();
    let rules = database.snapshot().unwrap();
    let numbers: ArrayRef = Arc::new(Int32Array::from_iter_values(1..=3_000));
    let texts = one_text(3_000, 30_000);
    let batch = RecordBatch::try_from_iter([
        ("symbol", texts.column(0).clone()),
        ("notional", numbers),
        ("note", texts.column(2).clone()),
    ])
    .unwrap();
    let mut written = Vec::new();
    let into = Target::Stream(&mut written);
    let done = answered(&rules, Form::Parquet, &parquet(&batch), Form::ArrowStream, into).unwrap();
    assert_eq!((done.rows, done.without_rule), (3_000, 0));
    let read: Vec<RecordBatch> =
        arrow_ipc::reader::StreamReader::try_new(&written[..], None).unwrap().map(Result::unwrap).collect();
    assert!(read.len() > 2, "{}", read.len());
    let places = read.iter().flat_map(|part| {
        let numbers = part.column(1).as_any().downcast_ref::<Int32Array>().unwrap();
        numbers.values().to_vec()
    });
    assert!(places.eq(1..=3_000));
}

#[test]
fn lines_of_json_with_new_fields_each_take_no_memory_for_those_that_they_lack() {
    let (_folder, database) = seeded();
    let rules = database.snapshot().unwrap();
    let lines: String = (0..8_000).map(|line| format!("{{\"c{line}\":1}}\n")).collect();
    let error = text(&rules, Form::JsonLines, lines.as_bytes()).unwrap_err();
    // The columns of the first part are all; it has so few rows that its cells are bounded.
    assert_eq!(error.code(), ErrorCode::ColumnMissing);
    let first = format!("{{\"symbol\":\"{SYMBOL}\",\"notional\":5}}\n");
    let error = text(&rules, Form::JsonLines, format!("{first}{lines}").as_bytes()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::UnreadableLine, "{error}");
    assert!(error.message().contains("that no line near the start has"), "{error}");
}

/// A batch whose texts claim to be JSON.
fn claimed(cell: &str) -> RecordBatch {
    let texts = |name: &str| {
        let claim = HashMap::from([("tierbook".to_string(), "json".to_string())]);
        Field::new(name, DataType::Utf8, true).with_metadata(claim)
    };
    let column = |cell: &str| -> ArrayRef { Arc::new(StringArray::from(vec![cell])) };
    let schema = Arc::new(Schema::new(vec![texts("symbol"), texts("notional")]));
    RecordBatch::try_new(schema, vec![column(cell), column("5")]).unwrap()
}

#[test]
fn no_file_makes_its_texts_json_by_saying_so() {
    let (_folder, database) = seeded();
    let rules = database.snapshot().unwrap();
    for cell in ["\"", "\"\"x", "1}\n{\"symbol\":\"FORGED\",\"mmr\":\"0\"", "é\""] {
        let batch = claimed(cell);
        for (form, bytes) in [
            (Form::Parquet, parquet(&batch)),
            (Form::Arrow, arrow(&batch)),
            (Form::ArrowStream, stream(&batch)),
        ] {
            let text = text(&rules, form, &bytes).unwrap();
            assert_eq!(text.lines().count(), 1, "{form:?} {cell:?}: {text}");
            let row: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!((&row["symbol"], &row["mmr"]), (&cell.into(), &serde_json::Value::Null));
            let parsed = read::read(&bytes, Some(form.name().parse().unwrap()));
            assert!(parsed.is_err() || cell.len() < 4, "{cell:?}");
        }
    }
}

#[test]
fn what_was_json_lines_is_read_again_from_the_forms_it_was_written_to() {
    let (_folder, database) = seeded();
    let rules = database.snapshot().unwrap();
    let line = format!("{{\"symbol\":\"{SYMBOL}\",\"notional\":60000,\"note\":\"a \\\"b\\\"\"}}\n");
    for form in [Form::Parquet, Form::Arrow, Form::ArrowStream] {
        let mut written = Vec::new();
        let into = Target::Stream(&mut written);
        answered(&rules, Form::JsonLines, line.as_bytes(), form, into).unwrap();
        let row: serde_json::Value = serde_json::from_str(&text(&rules, form, &written).unwrap()).unwrap();
        assert_eq!((&row["symbol"], &row["note"]), (&SYMBOL.into(), &"a \"b\"".into()));
        assert_eq!((&row["mmr"], &row["tierbook_mmr"]), (&"0.1".into(), &"0.1".into()));
    }
}

#[test]
fn batches_in_memory_that_claim_to_have_json_and_have_none_are_read_as_they_are() {
    let (_folder, database) = seeded();
    let rules = database.snapshot().unwrap();
    let mut evaluation = Evaluation::of(&[Measure::Mmr]);
    evaluation.as_of = Some("2026-02-06T08:00Z".to_string());
    evaluation.on_error = OnError::Null;
    let batch = claimed("\"");
    let schema = batch.schema();
    let rows = [Ok(batch)].into_iter();
    let found = tierbook::evaluation::evaluate_batches(&rules, &evaluation, &schema, rows).unwrap();
    assert_eq!((found.done.rows, found.done.without_rule), (1, 1));
}
