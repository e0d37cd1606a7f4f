//! Files of positions: CSV, JSON, JSON lines, TOML, Parquet, Arrow, and the replies of the exchange.
//!
//! A file becomes an [`Account`]. Each row is a position, an asset of collateral, or the balance of a wallet, by the
//! columns that it has; docs/positions.md lists them. A cell that cannot be read is an error for the file: a position that
//! is left out without a word is the worst answer. What else a reader should know is in
//! [`PositionsFile::notices`].
//!
//! ```
//! use tierbook::positions::{PositionsFile, Side, read};
//! let file = read::read(b"symbol,side,notional,leverage\nACT/USDT:USDT,long,60k,5x\n", None)?;
//! let position = &file.account.positions[0];
//! assert_eq!((position.side, position.notional, position.leverage), (Side::Long, Some(60_000.into()), Some(5)));
//! let error = PositionsFile::from_reader(&b"symbol,side,entyr\nACTUSDT,lang,1\n"[..], None).unwrap_err();
//! assert_eq!(error.message(), "line 2 column `side`: `lang` is no side");
//! # Ok::<(), tierbook::Error>(())
//! ```

mod cell;
#[cfg(feature = "columnar")]
mod columnar;
mod csv;
mod derived;
mod fields;
mod form;
mod json;
mod json_lines;
mod json_row;
mod margin;
mod notes;
mod parts;
mod reading;
mod roles;
mod row;
mod shape;
mod side;
mod source;
mod stream;
mod toml;

pub use form::PositionsForm;
pub use parts::Parts;

use std::io::{Cursor, Read};
use std::path::Path;

use super::account::Account;
use crate::error::{Error, ErrorCode, Result};
use crate::limits;

/// A positions file that was read.
///
/// ```
/// use tierbook::positions::PositionsFile;
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("positions.toml");
/// # std::fs::write(&path, "[[positions]]\nsymbol = \"ACTUSDT\"\nquantity = -3e6\n")?;
/// let file = PositionsFile::open(&path, None)?;
/// assert_eq!(file.account.positions[0].side.name(), "short");
/// assert_eq!(file.notices, [""; 0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PositionsFile {
    /// What it states.
    pub account: Account,
    /// What a user should know of how it was read, a sentence each: columns that are not known, closed positions that are
    /// left out, what follows from other figures.
    pub notices: Vec<String>,
}

impl PositionsFile {
    /// Reads a file; its form is known by its first bytes and its name where none is given.
    ///
    /// ```
    /// use tierbook::{ErrorCode, positions::PositionsFile};
    /// let error = PositionsFile::open("no/such/file.csv", None).unwrap_err();
    /// assert_eq!(error.code(), ErrorCode::CannotRead);
    /// ```
    ///
    /// # Errors
    /// It cannot be read, is not of its form, or has a cell that cannot be read; or it has more than
    /// [`limits::POSITIONS`] positions, which are read in [`Parts`].
    pub fn open(path: impl AsRef<Path>, form: Option<PositionsForm>) -> Result<PositionsFile> {
        PositionsFile::of(Parts::open(path, form)?)
    }

    /// Reads what a reader gives, such as standard input.
    ///
    /// ```
    /// use tierbook::positions::PositionsFile;
    /// let text = "symbol,quantity\nBTCUSDT,0\n";
    /// let file = PositionsFile::from_reader(text.as_bytes(), None)?;
    /// assert_eq!(file.notices, ["the file has no open position; 1 closed position of size 0 is left out"]);
    /// # Ok::<(), tierbook::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`PositionsFile::open`].
    pub fn from_reader(reader: impl Read + 'static, form: Option<PositionsForm>) -> Result<PositionsFile> {
        PositionsFile::of(Parts::from_reader(reader, form)?)
    }

    fn of(mut parts: Parts) -> Result<PositionsFile> {
        let mut positions = Vec::new();
        for part in &mut parts {
            positions.extend(part?);
            if positions.len() > limits::POSITIONS {
                let message = format!("there are more than {} positions in the file", limits::POSITIONS);
                return Err(Error::new(ErrorCode::TooLarge, message)
                    .hint("split the file, or read it part by part with `positions::read::parts`"));
            }
        }
        let notices = parts.notices();
        let (wallet_balances, collateral) = parts.into_assets();
        Ok(PositionsFile { account: Account { positions, wallet_balances, collateral }, notices })
    }
}

/// Reads positions that are in memory.
///
/// ```
/// use tierbook::positions::read;
/// let reply = br#"[{"symbol": "ACTUSDT", "positionAmt": "-3000000", "positionSide": "BOTH", "notional": "-60000"}]"#;
/// assert_eq!(read::read(reply, None)?.account.positions[0].side.name(), "short");
/// # Ok::<(), tierbook::Error>(())
/// ```
///
/// # Errors
/// As [`PositionsFile::open`].
pub fn read(bytes: &[u8], form: Option<PositionsForm>) -> Result<PositionsFile> {
    PositionsFile::from_reader(Cursor::new(bytes.to_vec()), form)
}

/// Reads positions from record batches of Arrow in memory.
///
/// ```
/// use std::sync::Arc;
/// use arrow_array::{ArrayRef, RecordBatch, StringArray};
/// use tierbook::positions::read;
/// let column = |text: &str| Arc::new(StringArray::from(vec![text])) as ArrayRef;
/// let batch = RecordBatch::try_from_iter([("symbol", column("ACTUSDT")), ("side", column("long"))])?;
/// assert_eq!(read::batches(batch.schema(), vec![batch])?.account.positions.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`PositionsFile::open`].
#[cfg(feature = "columnar")]
pub fn batches(
    schema: arrow_schema::SchemaRef,
    batches: Vec<arrow_array::RecordBatch>,
) -> Result<PositionsFile> {
    PositionsFile::of(Parts::of_batches(schema, batches))
}

/// Reads a file part by part, as [`Parts::open`] does.
///
/// ```
/// use tierbook::positions::read;
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("positions.csv");
/// # std::fs::write(&path, "symbol,side\nACTUSDT,long\nIPUSDT,short\n")?;
/// let mut parts = read::parts(&path, None)?;
/// let mut count = 0;
/// for part in &mut parts {
///     count += part?.len();
/// }
/// assert_eq!((count, parts.notices().len()), (2, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`Parts::open`].
pub fn parts(path: impl AsRef<Path>, form: Option<PositionsForm>) -> Result<Parts> {
    Parts::open(path, form)
}
