//! A file of positions, read part by part in bounded memory.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

#[cfg(feature = "columnar")]
use super::columnar::ColumnarSource;
use super::csv::CsvSource;
use super::form::PositionsForm;
use super::json::JsonSource;
use super::json_lines::JsonLinesSource;
use super::reading::Reading;
use super::source::Source;
use super::stream::{Stream, peek, text};
use super::toml::TomlSource;
#[cfg(feature = "columnar")]
use crate::column_files::Form;
use crate::decimal::Decimal;
use crate::error::{Error, ErrorCode, Result};
use crate::positions::account::{Holding, Position};
use crate::row_files::cannot_read;
use crate::text::one_line::one_line;

/// The positions of a file, some at a time: of CSV and JSON lines 65,536 rows, of Parquet and Arrow twice as many, of JSON
/// and TOML all. After an error nothing follows.
pub struct Parts {
    source: Box<dyn Source>,
    reading: Reading,
    is_done: bool,
}

impl Parts {
    /// Opens a file; its form is known by its first bytes and its name where none is given.
    ///
    /// ```
    /// use tierbook::positions::read::Parts;
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("positions.csv");
    /// # std::fs::write(&path, "symbol,side,notional\nACTUSDT,long,60k\n")?;
    /// let parts: Vec<_> = Parts::open(&path, None)?.collect::<Result<_, _>>()?;
    /// assert_eq!(parts[0][0].symbol, "ACTUSDT");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// It cannot be read, is empty, or is not of its form.
    pub fn open(path: impl AsRef<Path>, form: Option<PositionsForm>) -> Result<Parts> {
        let path = path.as_ref();
        let name = path.display().to_string();
        let file = File::open(path).map_err(|error| cannot_read(&name, error))?;
        if path.is_dir() {
            let message = format!("{name} is a folder");
            return Err(Error::new(ErrorCode::IsFolder, message).hint("name a file of positions in it"));
        }
        Parts::of(Box::new(file), form, &name, Some(path))
    }

    /// Reads what a reader gives, such as standard input. Parquet and Arrow files have a directory at their end, for which
    /// they are read whole.
    ///
    /// ```
    /// use tierbook::positions::read::Parts;
    /// let mut parts = Parts::from_reader(&b"symbol,qty\nACTUSDT,5\n"[..], None)?;
    /// assert_eq!(parts.next().unwrap()?.len(), 1);
    /// assert!(parts.next().is_none());
    /// # Ok::<(), tierbook::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Parts::open`].
    pub fn from_reader(reader: impl Read + 'static, form: Option<PositionsForm>) -> Result<Parts> {
        Parts::of(Box::new(reader), form, "the text", None)
    }

    #[cfg(feature = "columnar")]
    pub(super) fn of_batches(
        schema: arrow_schema::SchemaRef,
        batches: Vec<arrow_array::RecordBatch>,
    ) -> Parts {
        let source = Box::new(ColumnarSource::of_batches(schema, batches));
        Parts { source, reading: Reading::default(), is_done: false }
    }

    fn of(stream: Stream, form: Option<PositionsForm>, name: &str, path: Option<&Path>) -> Result<Parts> {
        let (start, stream) = peek(stream, name)?;
        let source: Box<dyn Source> = match form.unwrap_or_else(|| PositionsForm::of(name, &start)) {
            PositionsForm::Csv => Box::new(CsvSource::open(stream, name)?),
            PositionsForm::JsonLines => Box::new(JsonLinesSource::of(stream, name)),
            PositionsForm::Json => Box::new(JsonSource::of(text(stream, name)?)),
            PositionsForm::Toml => Box::new(TomlSource::of(text(stream, name)?)?),
            form => of_columns(stream, form, name, path)?,
        };
        Ok(Parts { source, reading: Reading::default(), is_done: false })
    }

    /// What a user should know of how the file was read; all of it after the last part.
    ///
    /// ```
    /// use tierbook::positions::read::Parts;
    /// let mut parts = Parts::from_reader(&b"symbol,side,entyr_price\nACTUSDT,long,1\n"[..], None)?;
    /// assert_eq!(parts.by_ref().count(), 1);
    /// assert_eq!(parts.notices(), ["column `entyr_price` is not read: did you mean `entry_price`?"]);
    /// # Ok::<(), tierbook::Error>(())
    /// ```
    pub fn notices(&self) -> Vec<String> {
        self.reading.notes.sentences().into_iter().map(one_line).collect()
    }

    /// The wallet balances by currency and the assets of collateral; all of them after the last part.
    ///
    /// ```
    /// use tierbook::positions::read::Parts;
    /// let mut parts = Parts::from_reader(&b"asset,amount,price\nBTC,2,60000\n"[..], None)?;
    /// assert_eq!(parts.by_ref().count(), 0);
    /// assert_eq!(parts.into_assets().1[0].asset, "BTC");
    /// # Ok::<(), tierbook::Error>(())
    /// ```
    pub fn into_assets(self) -> (BTreeMap<String, Decimal>, Vec<Holding>) {
        (self.reading.wallet_balances, self.reading.collateral)
    }
}

impl Iterator for Parts {
    type Item = Result<Vec<Position>>;

    fn next(&mut self) -> Option<Result<Vec<Position>>> {
        while !self.is_done {
            let read = self.source.read(&mut self.reading);
            self.is_done = !matches!(read, Ok(true));
            if let Err(error) = read {
                self.reading.note(error);
            }
            if let Err(error) = self.reading.check() {
                self.is_done = true;
                return Some(Err(error));
            }
            let positions = std::mem::take(&mut self.reading.positions);
            if !positions.is_empty() {
                return Some(Ok(positions));
            }
        }
        None
    }
}

#[cfg(feature = "columnar")]
fn of_columns(
    stream: Stream,
    form: PositionsForm,
    name: &str,
    path: Option<&Path>,
) -> Result<Box<dyn Source>> {
    let form = match form {
        PositionsForm::Arrow => Form::Arrow,
        PositionsForm::ArrowStream => Form::ArrowStream,
        _ => Form::Parquet,
    };
    // A pipe that has a name cannot be opened twice.
    Ok(Box::new(match path.filter(|path| path.is_file()) {
        Some(path) => ColumnarSource::open(path, form)?,
        None => ColumnarSource::of(stream, form, name)?,
    }))
}

#[cfg(not(feature = "columnar"))]
fn of_columns(_: Stream, form: PositionsForm, name: &str, _: Option<&Path>) -> Result<Box<dyn Source>> {
    let message = format!("{name} is {}, which this build does not read", form.name());
    Err(Error::new(ErrorCode::NotColumns, message)
        .hint("build with the feature `columnar`, or write the file as CSV, JSON or TOML"))
}
