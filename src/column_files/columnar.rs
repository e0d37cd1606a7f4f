//! Parquet and Arrow IPC, read a part at a time.

use std::io::{BufReader, Cursor, Read, Seek, SeekFrom};
use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::{ArrowError, SchemaRef};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::reader::ChunkReader;

use super::arrow_checks::{CheckedStream, check_file};
use super::parquet_pages::{Shared, rows_at_once};
use super::{Input, Part, Places, ROWS_OF_COLUMNS, parquet_checks};
use crate::caught;
use crate::error::{Error, Result};
use crate::limits;
use crate::row_files::{cannot_read, not_columns};

/// Opens a Parquet file.
///
/// # Errors
/// It is no Parquet file, or is damaged.
pub fn parquet(file: impl ChunkReader + 'static, name: &str) -> Result<Input> {
    let bytes = file.len();
    let wrong = |error: parquet::errors::ParquetError| {
        not_columns(name, &format!("is no Parquet file that can be read: {error}"))
            .because(error)
            .hint(OTHER_FORM)
    };
    let file = Shared(Arc::new(file));
    let opened = caught(|| parquet_checks::open(&file)).map_err(wrong)?;
    let at_once = caught(|| rows_at_once(&file, opened.metadata(), ROWS_OF_COLUMNS)).map_err(wrong)?;
    let rows = opened.metadata().file_metadata().num_rows().max(0) as u64;
    let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, opened);
    let reader = caught(|| builder.with_batch_size(at_once).build()).map_err(wrong)?;
    let schema = reader.schema();
    Ok(Input { schema, parts: parts(reader, name, Some((rows, bytes))) })
}

/// As [`parquet`], of a stream: it is read whole, because the directory of a Parquet file is at its end.
///
/// # Errors
/// As [`parquet`]; or it has more than [`limits::PIPED_PARQUET_BYTES`] bytes.
pub fn parquet_of_stream(text: &mut dyn Read, name: &str) -> Result<Input> {
    parquet(bytes::Bytes::from(whole(text, name)?), name)
}

/// As [`arrow`], of a stream: an Arrow IPC file is read whole, because its directory is at its end.
///
/// # Errors
/// As [`arrow`]; or it has more than [`limits::PIPED_PARQUET_BYTES`] bytes.
pub fn arrow_of_stream(text: &mut dyn Read, name: &str) -> Result<Input> {
    let bytes = whole(text, name)?;
    let length = bytes.len() as u64;
    arrow(Cursor::new(bytes), length, name)
}

fn whole(text: &mut dyn Read, name: &str) -> Result<Vec<u8>> {
    up_to(limits::PIPED_PARQUET_BYTES, text, name)
}

fn up_to(most: u64, text: &mut dyn Read, name: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    text.take(most + 1).read_to_end(&mut bytes).map_err(|error| cannot_read(name, error))?;
    if bytes.len() as u64 > most {
        let message = format!("has more than {most} bytes with a directory at their end");
        return Err(not_columns(name, &message).hint("write it to a file and name that"));
    }
    Ok(bytes)
}

/// Opens an Arrow IPC file of so many bytes, or a file that has an Arrow IPC stream.
///
/// # Errors
/// It is neither, or is damaged.
pub fn arrow(mut file: impl Read + Seek + 'static, bytes: u64, name: &str) -> Result<Input> {
    let mut start = [0; 6];
    let is_file = file.read_exact(&mut start).is_ok() && &start == b"ARROW1";
    file.seek(SeekFrom::Start(0)).map_err(|error| cannot_read(name, error))?;
    if !is_file {
        return arrow_stream(Box::new(file), name);
    }
    let mut file = BufReader::new(file);
    check_file(&mut file, bytes).map_err(|error| not_arrow(name, error.into()))?;
    let reader = caught(|| FileReader::try_new(file, None)).map_err(|error| not_arrow(name, error))?;
    let schema = reader.schema();
    let batches = reader.num_batches() as u64;
    let read = parts(reader, name, None);
    let sized = read
        .enumerate()
        .map(move |(place, part)| Ok(Part { bytes: bytes * (place as u64 + 1) / batches.max(1), ..part? }));
    Ok(Input { schema, parts: Box::new(sized) })
}

/// Opens an Arrow IPC stream.
///
/// # Errors
/// It is none, or is damaged.
pub fn arrow_stream(text: Box<dyn Read>, name: &str) -> Result<Input> {
    let text = CheckedStream::new(BufReader::new(text));
    let reader = caught(|| StreamReader::try_new(text, None)).map_err(|error| not_arrow(name, error))?;
    let schema: SchemaRef = reader.schema();
    Ok(Input { schema, parts: parts(reader, name, None) })
}

fn not_arrow(name: &str, error: ArrowError) -> Error {
    not_columns(name, &format!("is no Arrow file that can be read: {error}")).because(error).hint(OTHER_FORM)
}

/// What a reader of these forms gives. Some of what a file may get wrong is an assertion of the reader's; nothing of it is used
/// after that.
fn caught<T, E: From<ArrowError>>(
    read: impl FnOnce() -> std::result::Result<T, E>,
) -> std::result::Result<T, E> {
    let why = || ArrowError::ParseError("it contradicts itself".to_string());
    caught::caught(read).unwrap_or_else(|_| Err(why().into()))
}

const OTHER_FORM: &str = "name its form if it has another: --from csv, jsonl, parquet or arrow";

/// The parts of a reader; of a file of so many rows and bytes.
fn parts(
    mut reader: impl Iterator<Item = std::result::Result<RecordBatch, ArrowError>> + 'static,
    name: &str,
    of: Option<(u64, u64)>,
) -> Box<dyn Iterator<Item = Result<Part>>> {
    let (name, mut row, mut failed) = (name.to_string(), 1, false);
    let read = std::iter::from_fn(move || caught(|| reader.next().transpose()).transpose());
    let part = move |batch: std::result::Result<RecordBatch, ArrowError>| {
        if std::mem::replace(&mut failed, batch.is_err()) {
            return None;
        }
        Some(batch.map_err(|error| not_columns(&name, &format!("is damaged: {error}"))).map(|batch| {
            let places = Places::Rows(row);
            row += batch.num_rows() as u64;
            let bytes = of.map_or(0, |(rows, bytes)| {
                (u128::from(bytes) * u128::from(row - 1) / u128::from(rows.max(1))) as u64
            });
            Part { batch, places, bytes }
        }))
    };
    Box::new(read.map_while(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_bytes_of_a_stream_are_read_and_one_more_is_refused() {
        assert_eq!(up_to(5, &mut &b"PAR1."[..], "the text").unwrap(), b"PAR1.");
        let over = up_to(5, &mut &b"PAR1.."[..], "the text").unwrap_err();
        assert_eq!(over.message(), "the text has more than 5 bytes with a directory at their end");
        assert_eq!(over.hints()[0], "write it to a file and name that");
    }
}
