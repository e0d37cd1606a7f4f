//! Files of columns, read part by part: each part has all columns of some rows.

mod arrow_checks;
pub mod cells;
mod columnar;
mod csv;
mod form;
mod json_lines;
mod parquet_checks;
mod parquet_footer;
mod parquet_pages;
mod pieces;
mod thrift;

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions, StringArray};
use arrow_schema::{Schema, SchemaRef};
use bytes::Bytes;

pub use form::Form;

use pieces::Pieces;

use crate::error::{Error, ErrorCode, Result};
use crate::limits;
use crate::row_files::{cannot_read, not_columns};

/// How many rows of text are a part.
pub const ROWS_OF_TEXT: usize = 1 << 16;

/// How many rows of a columnar file are a part.
pub const ROWS_OF_COLUMNS: usize = 1 << 17;

/// The metadata of a column whose cells are JSON values as they were written.
pub const RAW_JSON: (&str, &str) = ("tierbook", "json");

/// Some rows of a file.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its columns.
    pub batch: RecordBatch,
    /// Where its rows are in the file.
    pub places: Places,
    /// How many bytes of the file are read with it.
    pub bytes: u64,
}

/// Where the rows of a part are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Places {
    /// The line of each row.
    Lines(Vec<u64>),
    /// Rows of a file without lines, from this one on, counted from 1.
    Rows(u64),
}

impl Places {
    /// Those of some rows, from one on.
    fn of(&self, first: usize, rows: usize) -> Places {
        match self {
            Places::Lines(lines) => {
                Places::Lines(lines.get(first..first + rows).unwrap_or_default().to_vec())
            }
            Places::Rows(_) => self.after(first),
        }
    }

    /// Those without the first rows.
    pub fn after(&self, rows: usize) -> Places {
        match self {
            Places::Lines(lines) => Places::Lines(lines.get(rows..).unwrap_or_default().to_vec()),
            Places::Rows(first) => Places::Rows(first + rows as u64),
        }
    }

    /// A row in words, `line 7`.
    pub fn words(&self, row: usize) -> String {
        match self {
            Places::Lines(lines) => format!("line {}", lines.get(row).copied().unwrap_or_default()),
            Places::Rows(first) => format!("row {}", first + row as u64),
        }
    }
}

/// A file that is read part by part.
pub struct Input {
    /// What its columns are called, and of which types they are.
    pub schema: SchemaRef,
    /// Its parts, in order.
    pub parts: Box<dyn Iterator<Item = Result<Part>>>,
}

impl Input {
    /// Reads a stream of a columnar form.
    ///
    /// # Errors
    /// It cannot be read, or is not of the form (`not_columns`).
    pub fn of_columns(mut stream: Box<dyn Read>, form: Form, name: &str) -> Result<Input> {
        let input = match form {
            Form::Arrow => columnar::arrow_of_stream(&mut *stream, name),
            Form::ArrowStream => columnar::arrow_stream(stream, name),
            _ => columnar::parquet_of_stream(&mut *stream, name),
        };
        input?.without_raw_json().bounded(name)
    }

    /// Without the claim that texts are JSON, which a file of others may make of any text: it would be written as it is. A
    /// text in quotes, as `eval` writes those of JSON lines to these forms, is the text.
    fn without_raw_json(self) -> Input {
        let fields = self.schema.fields();
        let claimed: Vec<bool> =
            fields.iter().map(|field| field.metadata().contains_key(RAW_JSON.0)).collect();
        if !claimed.contains(&true) {
            return self;
        }
        let fields = fields.iter().map(|field| {
            let mut field = field.as_ref().clone();
            field.metadata_mut().remove(RAW_JSON.0);
            field
        });
        let schema = Schema::new_with_metadata(fields.collect::<Vec<_>>(), self.schema.metadata().clone());
        let schema = Arc::new(schema);
        let of_parts = schema.clone();
        let parts = self.parts.map(move |part| {
            let part = part?;
            let rows = RecordBatchOptions::new().with_row_count(Some(part.batch.num_rows()));
            let columns = part.batch.columns().iter().zip(&claimed);
            let columns = columns.map(|(array, claimed)| if *claimed { plain(array) } else { array.clone() });
            let batch = RecordBatch::try_new_with_options(of_parts.clone(), columns.collect(), &rows);
            let batch = batch.map_err(|error| Error::new(ErrorCode::NotColumns, error.to_string()))?;
            Ok(Part { batch, ..part })
        });
        Input { schema, parts: Box::new(parts) }
    }

    /// In pieces of few bytes.
    ///
    /// # Errors
    /// There are more than [`limits::COLUMNS`] columns.
    fn bounded(self, name: &str) -> Result<Input> {
        let most = limits::COLUMNS;
        if self.schema.fields().len() > most {
            let error = not_columns(name, &format!("has more than {most} columns"));
            return Err(error.hint("leave out those that are not asked about"));
        }
        Ok(Input { schema: self.schema, parts: Box::new(Pieces::of(self.parts)) })
    }
}

/// A column whose texts in quotes are those in them, where they are JSON.
fn plain(array: &ArrayRef) -> ArrayRef {
    let Some(texts) = array.as_string_opt::<i32>() else { return array.clone() };
    let text = |cell: &str| match cell.starts_with('"') {
        true => serde_json::from_str(cell).unwrap_or_else(|_| cell.to_string()),
        false => cell.to_string(),
    };
    Arc::new(texts.iter().map(|cell| cell.map(text)).collect::<StringArray>())
}

/// What is read.
///
/// ```
/// use tierbook::evaluation::Origin;
/// assert_eq!(Origin::File("rows.csv".into()).name(), "rows.csv");
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Origin {
    /// A file.
    File(PathBuf),
    /// Standard input.
    Standard,
    /// What is in memory already.
    Memory(Bytes),
}

impl Origin {
    /// What it is called in messages.
    ///
    /// ```
    /// assert_eq!(tierbook::evaluation::Origin::Standard.name(), "standard input");
    /// ```
    pub fn name(&self) -> String {
        match self {
            Origin::File(path) => path.display().to_string(),
            Origin::Standard => "standard input".to_string(),
            Origin::Memory(_) => "the body".to_string(),
        }
    }

    /// Of how many bytes it is; 0 where that is not known.
    pub(crate) fn bytes(&self) -> u64 {
        match self {
            Origin::File(path) => std::fs::metadata(path).map_or(0, |metadata| metadata.len()),
            Origin::Standard => 0,
            Origin::Memory(bytes) => bytes.len() as u64,
        }
    }

    /// Opens it and reads what its columns are called.
    ///
    /// # Errors
    /// It cannot be read (`cannot_read`), is empty (`empty_log`), or is not of the form (`not_columns`).
    pub(crate) fn open(&self, form: Form) -> Result<Input> {
        let name = self.name();
        let text = || -> Result<Box<dyn Read>> {
            Ok(match self {
                Origin::File(path) => Box::new(open(path)?),
                Origin::Standard => Box::new(std::io::stdin()),
                Origin::Memory(bytes) => Box::new(Cursor::new(bytes.clone())),
            })
        };
        let input = match (form, self) {
            (Form::Csv, _) => return csv::open(text()?, &name)?.bounded(&name),
            (Form::JsonLines, _) => return json_lines::open(text()?, &name)?.bounded(&name),
            (Form::Parquet, Origin::File(path)) => columnar::parquet(open(path)?, &name),
            (Form::Parquet, Origin::Memory(bytes)) => columnar::parquet(bytes.clone(), &name),
            (Form::Parquet, Origin::Standard) => columnar::parquet_of_stream(&mut *text()?, &name),
            (Form::Arrow | Form::ArrowStream, Origin::File(path)) => {
                columnar::arrow(open(path)?, self.bytes(), &name)
            }
            (Form::Arrow | Form::ArrowStream, Origin::Memory(bytes)) => {
                columnar::arrow(Cursor::new(bytes.clone()), self.bytes(), &name)
            }
            (Form::Arrow | Form::ArrowStream, Origin::Standard) => columnar::arrow_stream(text()?, &name),
        };
        input?.without_raw_json().bounded(&name)
    }
}

fn open(path: &Path) -> Result<File> {
    let is_folder = path.is_dir();
    let opened = File::open(path).map_err(|error| cannot_read(&path.display().to_string(), error))?;
    if is_folder {
        let message = format!("{} is a folder", path.display());
        return Err(Error::new(ErrorCode::IsFolder, message).hint("name a file of columns in it"));
    }
    Ok(opened)
}
