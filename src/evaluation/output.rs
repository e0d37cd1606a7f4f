//! Files of columns, written part by part. Workers encode parts at the same time; one writes them in order.

mod text;

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::RecordBatch;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use arrow_schema::{ArrowError, DataType, FieldRef, Schema, SchemaRef};
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::arrow::{ArrowSchemaConverter, ArrowWriter};
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;

use crate::caught::caught;
use crate::column_files::Form;
use crate::draft_file;
use crate::error::{Error, ErrorCode, Result};

/// Where answers are written to.
///
/// ```
/// use tierbook::evaluation::Target;
/// assert_eq!(Target::File("answers.parquet".into()).name(), "answers.parquet");
/// ```
pub enum Target<'a> {
    /// A file; it appears when it is whole, in the place of one that was there.
    File(PathBuf),
    /// A stream, such as standard output.
    Stream(&'a mut dyn Write),
}

impl Target<'_> {
    /// What it is called in messages.
    ///
    /// ```
    /// let mut text = Vec::new();
    /// assert_eq!(tierbook::evaluation::Target::Stream(&mut text).name(), "the output");
    /// ```
    pub fn name(&self) -> String {
        match self {
            Target::File(path) => path.display().to_string(),
            Target::Stream(_) => "the output".to_string(),
        }
    }
}

/// A part as it will be written.
pub enum Encoded {
    Text(Vec<u8>),
    RowGroup(Vec<ArrowColumnChunk>),
    Batch(RecordBatch),
}

/// Encodes parts; many workers share it.
pub enum Encoder {
    Csv,
    JsonLines,
    Parquet(Box<ArrowRowGroupWriterFactory>, SchemaRef),
    Batches,
}

impl Encoder {
    /// A part as it will be written, of which this is the number.
    ///
    /// # Errors
    /// The form cannot have a value of it.
    pub fn encode(&self, number: usize, batch: RecordBatch) -> Result<Encoded> {
        match self {
            Encoder::Csv => encoded("CSV", || text::csv(&batch)).map(Encoded::Text),
            Encoder::JsonLines => encoded("JSON", || text::json_lines(&batch)).map(Encoded::Text),
            Encoder::Parquet(factory, schema) => {
                let encode = || -> std::result::Result<Vec<ArrowColumnChunk>, ParquetError> {
                    let mut writers = factory.create_column_writers(number)?.into_iter();
                    let mut chunks = Vec::new();
                    for (field, array) in schema.fields().iter().zip(batch.columns()) {
                        for leaf in compute_leaves(field, array)? {
                            let Some(mut writer) = writers.next() else { continue };
                            writer.write(&leaf)?;
                            chunks.push(writer.close()?);
                        }
                    }
                    Ok(chunks)
                };
                encoded("Parquet", || encode().map_err(|error| cannot_hold("Parquet", &error)))
                    .map(Encoded::RowGroup)
            }
            Encoder::Batches => Ok(Encoded::Batch(batch)),
        }
    }
}

/// The error of values that a form cannot have.
pub fn cannot_hold(form: &str, why: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorCode::NotColumns, format!("{form} cannot have these columns: {why}"))
        .hint("write another form: --to csv, jsonl, parquet or arrow")
}

/// What a writer of a form gives. Some types that a form cannot have are an assertion of its writer; nothing of it is used after that.
fn encoded<T>(form: &str, write: impl FnOnce() -> Result<T>) -> Result<T> {
    caught(write).unwrap_or_else(|_| Err(cannot_hold(form, &"its writer does not know one of their types")))
}

type Sink = Box<dyn Write + Send>;

/// A file that is being written.
pub struct Output<'a> {
    form: Written,
    name: String,
    /// The file under its temporary name, and its own.
    renamed: Option<(PathBuf, PathBuf)>,
    /// What is written to the stream next, and the stream.
    stream: Option<(Buffer, &'a mut dyn Write)>,
}

/// Bytes on their way to a stream: the writers of the forms want to own what they write to.
#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

enum Written {
    /// What comes before the first part, until that is written.
    Text(Sink, Vec<u8>),
    Parquet(Box<SerializedFileWriter<Sink>>),
    File(Box<FileWriter<Sink>>),
    Stream(Box<StreamWriter<Sink>>),
}

impl<'a> Output<'a> {
    /// Begins a file with these columns, and gives what encodes its parts.
    ///
    /// # Errors
    /// The file cannot be made, or the form cannot have the columns.
    pub fn create(target: Target<'a>, form: Form, schema: &SchemaRef) -> Result<(Output<'a>, Encoder)> {
        let name = target.name();
        let (sink, renamed, stream): (Sink, _, _) = match target {
            Target::Stream(stream) => {
                let buffer = Buffer::default();
                (Box::new(buffer.clone()), None, Some((buffer, stream)))
            }
            Target::File(path) => {
                let (draft, file) = draft_file::beside(&path).map_err(|error| cannot_write(&name, error))?;
                (Box::new(BufWriter::with_capacity(1 << 20, file)), Some((draft, path)), None)
            }
        };
        let begin = || -> Result<(Written, Encoder)> {
            Ok(match form {
                Form::Csv => (Written::Text(sink, text::csv_header(schema)?), Encoder::Csv),
                Form::JsonLines => (Written::Text(sink, Vec::new()), Encoder::JsonLines),
                Form::Parquet => parquet(sink, schema).map_err(|error| cannot_hold("Parquet", &error))?,
                Form::Arrow => {
                    let writer = FileWriter::try_new_with_options(sink, schema, IpcWriteOptions::default());
                    let writer = writer.map_err(|error| cannot_hold("Arrow", &error))?;
                    (Written::File(Box::new(writer)), Encoder::Batches)
                }
                Form::ArrowStream => {
                    let writer =
                        StreamWriter::try_new(sink, schema).map_err(|error| cannot_hold("Arrow", &error))?;
                    (Written::Stream(Box::new(writer)), Encoder::Batches)
                }
            })
        };
        match begin() {
            Ok((form, encoder)) => Ok((Output { form, name, renamed, stream }, encoder)),
            Err(error) => {
                renamed.iter().for_each(|(draft, _)| drop(fs::remove_file(draft)));
                Err(error)
            }
        }
    }

    /// Writes the next part.
    ///
    /// # Errors
    /// The disk, or the reader of a pipe, does not take it.
    pub fn write(&mut self, part: Encoded) -> Result<()> {
        let wrong = |error: io::Error| cannot_write(&self.name, error);
        match (&mut self.form, part) {
            (Written::Text(sink, header), Encoded::Text(text)) => {
                let header = std::mem::take(header);
                sink.write_all(&header).and_then(|()| sink.write_all(&text)).map_err(wrong)
            }
            (Written::Parquet(writer), Encoded::RowGroup(chunks)) => {
                let write = || -> std::result::Result<(), ParquetError> {
                    let mut group = writer.next_row_group()?;
                    for chunk in chunks {
                        chunk.append_to_row_group(&mut group)?;
                    }
                    group.close().map(drop)
                };
                write().map_err(|error| wrong(io::Error::other(error)))
            }
            (Written::File(writer), Encoded::Batch(batch)) => {
                writer.write(&batch).map_err(|error| wrong(of_arrow(error)))
            }
            (Written::Stream(writer), Encoded::Batch(batch)) => {
                writer.write(&batch).map_err(|error| wrong(of_arrow(error)))
            }
            _ => Ok(()),
        }?;
        self.pass_on().map_err(|error| cannot_write(&self.name, error))
    }

    /// Passes on to the stream what was written for it.
    fn pass_on(&mut self) -> io::Result<()> {
        let Some((buffer, stream)) = &mut self.stream else { return Ok(()) };
        let bytes = std::mem::take(&mut *buffer.0.lock().unwrap_or_else(PoisonError::into_inner));
        stream.write_all(&bytes)
    }

    /// Ends the file and gives it its name.
    ///
    /// # Errors
    /// The disk does not take it. Then no file has that name but the one from before.
    pub fn finish(mut self) -> Result<()> {
        let ended = match &mut self.form {
            Written::Text(sink, header) => sink.write_all(header).and_then(|()| sink.flush()),
            Written::Parquet(writer) => {
                writer.finish().map_err(io::Error::other).and_then(|_| writer.inner_mut().flush())
            }
            Written::File(writer) => {
                writer.finish().map_err(of_arrow).and_then(|()| writer.flush().map_err(of_arrow))
            }
            Written::Stream(writer) => {
                writer.finish().map_err(of_arrow).and_then(|()| writer.flush().map_err(of_arrow))
            }
        };
        let renamed = self.renamed.take();
        let named = ended.and_then(|()| self.pass_on()).and_then(|()| match &renamed {
            Some((draft, path)) => fs::rename(draft, path),
            None => Ok(()),
        });
        named.map_err(|error| {
            renamed.iter().for_each(|(draft, _)| drop(fs::remove_file(draft)));
            cannot_write(&self.name, error)
        })
    }
}

impl Drop for Output<'_> {
    fn drop(&mut self) {
        // What was begun and not finished is worth nothing.
        self.renamed.iter().for_each(|(draft, _)| drop(fs::remove_file(draft)));
    }
}

fn parquet(sink: Sink, schema: &SchemaRef) -> std::result::Result<(Written, Encoder), ParquetError> {
    if let Some(field) = schema.fields().iter().find(|field| !has_parquet_type(field)) {
        let (name, kind) = (field.name(), field.data_type());
        return Err(ParquetError::General(format!("`{name}` is of a type that it does not have, {kind}")));
    }
    // Tools that know nothing of Arrow read what is said of the whole file here.
    let of_file = schema.metadata().iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone()));
    let mut properties = WriterProperties::builder()
        .set_key_value_metadata(Some(of_file.collect()))
        .set_created_by("tierbook".to_string())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        .set_max_row_group_row_count(Some(usize::MAX));
    // Most numbers and times are there once; a dictionary of them is work for nothing.
    for field in schema.fields().iter().filter(|field| is_number(field.data_type())) {
        let column = ColumnPath::new(vec![field.name().clone()]);
        if is_wide(field.data_type()) {
            // The least and the greatest value of a row group keep its whole column in memory until the file is written.
            properties = properties.set_column_statistics_enabled(column.clone(), EnabledStatistics::None);
        }
        properties = properties.set_column_dictionary_enabled(column, false);
    }
    let writer = ArrowWriter::try_new(sink, schema.clone(), Some(properties.build()))?;
    let (writer, factory) = writer.into_serialized_writer()?;
    let encoder = Encoder::Parquet(Box::new(factory), Arc::clone(schema));
    Ok((Written::Parquet(Box::new(writer)), encoder))
}

/// Whether Parquet has the type of a column; of some that it has not the library panics.
fn has_parquet_type(field: &FieldRef) -> bool {
    let schema = Schema::new(vec![Arc::clone(field)]);
    matches!(caught(|| ArrowSchemaConverter::new().convert(&schema)), Ok(Ok(_)))
}

fn is_number(kind: &DataType) -> bool {
    let has_few_values = matches!(kind, DataType::Decimal128(digits, _) if *digits < 19);
    (kind.is_numeric() && !has_few_values) || kind.is_temporal()
}

/// Whether it is stored as bytes, not as a whole number.
fn is_wide(kind: &DataType) -> bool {
    matches!(kind, DataType::Decimal128(19.., _) | DataType::Decimal256(..))
}

fn of_arrow(error: ArrowError) -> io::Error {
    match error {
        ArrowError::IoError(_, error) => error,
        other => io::Error::other(other),
    }
}

fn cannot_write(name: &str, error: io::Error) -> Error {
    Error::new(ErrorCode::CannotWrite, format!("cannot write {name}: {error}"))
        .because(error)
        .hint("name a file in a folder that exists and has space: -o FILE")
}
