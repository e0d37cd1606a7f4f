//! What announced changes do to positions.

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use tierbook::positions::{Account, PositionsFile, read};
use tierbook::{Row, language};
use tierbook_arrow_reader::Frame;

use crate::errors::{Result, raise};
use crate::frames;
use crate::rows::Rows;
use crate::values::{self, basis};

/// Rows of positions, rows of the account, whether one is affected, and how the positions were read.
pub type Found = (Rows, Rows, bool, Vec<String>);

/// The positions in a file, in the bytes of one, or in a table.
///
/// # Errors
/// They cannot be read.
fn account(py: Python<'_>, positions: &Bound<'_, PyAny>) -> Result<PositionsFile> {
    let file = if let Ok(bytes) = positions.cast::<PyBytes>() {
        read::read(bytes.as_bytes(), None)
    } else if let Ok(path) = positions.extract::<PathBuf>() {
        py.detach(|| PositionsFile::open(path, None))
    } else {
        let Frame { schema, batches } = frames::read(positions)?;
        read::batches(schema, batches)
    };
    file.map_err(|error| raise(py, &error))
}

/// The positions at other sizes and prices.
fn scenario(account: Account, scale: Option<&str>, prices: &[String]) -> tierbook::Result<Account> {
    let mut account = match scale {
        Some(scale) => account.scaled(language::amount(scale)?)?,
        None => account,
    };
    for price in prices {
        account = account.at_price(&price.parse()?)?;
    }
    Ok(account)
}

/// What changes do to positions.
///
/// # Errors
/// An argument is wrong, or the positions cannot be read.
pub fn impact(
    py: Python<'_>,
    rules: &tierbook::Snapshot,
    positions: &Bound<'_, PyAny>,
    (scale, prices): (Option<&Bound<'_, PyAny>>, &[String]),
    times: [Option<&Bound<'_, PyAny>>; 3],
) -> Result<Found> {
    let [as_of, known_at, recorded_by] = times;
    let at = basis(as_of, known_at, recorded_by)?;
    let scale =
        scale.map(|scale| values::decimal(scale, "scale")).transpose()?.map(|scale| scale.to_string());
    let PositionsFile { account, mut notices } = account(py, positions)?;
    let found = py.detach(|| rules.impact(&scenario(account, scale.as_deref(), prices)?, at));
    let mut found = found.map_err(|error| raise(py, &error))?;
    notices.append(&mut found.notices);
    let is_affected = found.is_affected();
    let (of_positions, of_accounts) =
        found.into_rows().into_iter().partition(|row| matches!(row, Row::Position(_)));
    Ok((Rows::of(of_positions), Rows::of(of_accounts), is_affected, notices))
}
