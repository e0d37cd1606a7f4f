//! Messages of Arrow files that state more than they have, and at the limits.

use std::io::Cursor;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array};
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};

use super::*;

/// A stream and a file with a column of 1,000 equal numbers, compressed.
fn written() -> [Vec<u8>; 2] {
    with(vec![7; 1000], Some(CompressionType::LZ4_FRAME))
}

fn with(numbers: Vec<i64>, compression: Option<CompressionType>) -> [Vec<u8>; 2] {
    let column = Arc::new(Int64Array::from(numbers)) as ArrayRef;
    let batch = arrow_array::RecordBatch::try_from_iter([("n", column)]).unwrap();
    let options = || IpcWriteOptions::default().try_with_compression(compression).unwrap();
    let (mut stream, mut file) = (Vec::new(), Vec::new());
    let mut writer = StreamWriter::try_new_with_options(&mut stream, &batch.schema(), options()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    let mut writer = FileWriter::try_new_with_options(&mut file, &batch.schema(), options()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    [stream, file]
}

fn through(stream: &[u8]) -> io::Result<Vec<u8>> {
    let mut read = Vec::new();
    CheckedStream::new(stream).read_to_end(&mut read).map(|_| read)
}

fn checked(file: &[u8]) -> io::Result<()> {
    check_file(&mut Cursor::new(file), file.len() as u64)
}

#[test]
fn what_is_whole_passes_unchanged_and_no_part_of_it_does() {
    let [stream, file] = written();
    assert_eq!(through(&stream).unwrap(), stream);
    checked(&file).unwrap();
    // Before the first message, the second and the mark of the end.
    assert_eq!((0..stream.len()).filter(|end| through(&stream[..*end]).is_ok()).count(), 3);
    assert!((0..file.len()).all(|end| checked(&file[..end]).is_err()));
}

#[test]
fn a_length_that_nothing_unpacks_to_is_refused_before_memory_is_taken() {
    let length = 8000_i64.to_le_bytes();
    for bytes in written() {
        let at = bytes.windows(8).position(|part| part == length).unwrap();
        for claimed in [i64::MAX, 1 << 40, -2] {
            let mut bytes = bytes.clone();
            bytes[at..at + 8].copy_from_slice(&claimed.to_le_bytes());
            let refused = match bytes.starts_with(MAGIC) {
                true => checked(&bytes).unwrap_err(),
                false => through(&bytes).unwrap_err(),
            };
            assert_eq!(refused.to_string(), "a compressed buffer has no possible length");
        }
    }
}

/// The bytes, in which one number stands in the place of another.
fn edited(bytes: &[u8], from: u64, to: u64) -> Vec<u8> {
    let at = bytes.windows(8).position(|part| part == from.to_le_bytes()).unwrap();
    [&bytes[..at], &to.to_le_bytes(), &bytes[at + 8..]].concat()
}

fn read(bytes: &[u8]) -> io::Result<()> {
    if bytes.starts_with(MAGIC) { checked(bytes) } else { through(bytes).map(drop) }
}

#[test]
fn a_batch_may_unpack_to_the_most_bytes_and_not_to_one_more() {
    let most = limits::COLUMN_BATCH_BYTES;
    // Compressed to more than 8 KB, of which a block of zstd may make so many.
    let mixed = |it: i64| it.wrapping_mul(0x9e37_79b9_7f4a_7c15_u64 as i64) & 0xff_ffff;
    let numbers: Vec<i64> = (0..4000).map(mixed).collect();
    for bytes in with(numbers, Some(CompressionType::ZSTD)) {
        read(&edited(&bytes, 32_000, most)).unwrap();
        let refused = read(&edited(&bytes, 32_000, most + 1)).unwrap_err().to_string();
        let over = format!("a batch has more than {most} bytes; write batches of fewer rows");
        assert_eq!(refused, over);
    }
}

#[test]
fn the_most_bytes_of_a_message_are_waited_for_and_of_one_more_nothing_is_read() {
    let most = limits::COLUMN_BATCH_BYTES;
    let [stream, _] = with(vec![7; 1000], None);
    let of_body = |bytes| through(&edited(&stream, 8000, bytes)).unwrap_err().to_string();
    assert_eq!(of_body(most), "it ends within a message");
    assert!(of_body(most + 1).starts_with("a batch has more than 1073741824 bytes"));
    let of_metadata = |bytes: u64| {
        let bytes = [&CONTINUATION[..], &(bytes as u32).to_le_bytes()].concat();
        through(&bytes).unwrap_err().to_string()
    };
    assert_eq!(of_metadata(most), "it ends within a message");
    assert!(of_metadata(most + 1).starts_with("a batch has more than 1073741824 bytes"));
}

#[test]
fn dictionaries_of_the_most_bytes_pass_and_one_byte_more_is_refused() {
    let texts = arrow_array::DictionaryArray::<arrow_array::types::Int32Type>::from_iter(["a", "b"]);
    let batch = arrow_array::RecordBatch::try_from_iter([("n", Arc::new(texts) as ArrayRef)]).unwrap();
    let mut stream = Vec::new();
    let mut writer = StreamWriter::try_new(&mut stream, &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    drop(writer);
    let through = |before: u64| {
        let mut checked = CheckedStream::new(&stream[..]);
        checked.checks.bytes = before;
        let read = checked.read_to_end(&mut Vec::new());
        (read.map_err(|error| error.to_string()), checked.checks.bytes - before)
    };
    let (read, bytes) = through(0);
    assert!(read.is_ok() && bytes > 0);
    assert!(through(limits::COLUMN_BATCH_BYTES - bytes).0.is_ok());
    let refused = through(limits::COLUMN_BATCH_BYTES - bytes + 1).0.unwrap_err();
    assert!(refused.starts_with("its dictionaries have more than"), "{refused}");
}

#[test]
fn blocks_that_overlap_are_refused() {
    let column = Arc::new(Int64Array::from(vec![7; 1000])) as ArrayRef;
    let batch = arrow_array::RecordBatch::try_from_iter([("n", column)]).unwrap();
    let mut file = Vec::new();
    let mut writer = FileWriter::try_new(&mut file, &batch.schema()).unwrap();
    (0..2).for_each(|_| writer.write(&batch).unwrap());
    writer.finish().unwrap();
    drop(writer);
    checked(&file).unwrap();
    let end = file.len() - 10;
    let length = u32::from_le_bytes(file[end..end + 4].try_into().unwrap()) as usize;
    let footer = root_as_footer(&file[end - length..end]).unwrap();
    let first = *footer.recordBatches().unwrap().get(0);
    // The first has the second in it.
    let (mut both, at) = (first, file.windows(24).rposition(|part| part == first.0).unwrap());
    both.set_bodyLength(2 * first.bodyLength());
    file[at..at + 24].copy_from_slice(&both.0);
    assert_eq!(checked(&file).unwrap_err().to_string(), "its blocks overlap");
}
