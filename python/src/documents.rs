//! Documents that are read without a database.

use pyo3::prelude::*;
use tierbook::{Market, ReadOptions};

use crate::errors::{Result, raise};
use crate::values::time;

/// What a document states and what was found in it, as JSON, and its text.
///
/// # Errors
/// It is no text, of no form that is known, or has no rule at all.
#[pyfunction]
#[pyo3(signature = (bytes, file, published_at=None, venue=None, program=None, complete=None))]
pub fn read(
    py: Python<'_>,
    bytes: &[u8],
    file: String,
    published_at: Option<&Bound<'_, PyAny>>,
    venue: Option<&str>,
    program: Option<&str>,
    complete: Option<bool>,
) -> Result<(String, String)> {
    let published_at = published_at.map(|value| time(value, "published_at")).transpose()?;
    let market = Market::new(venue, program).map_err(|error| raise(py, &error))?;
    let options = ReadOptions { file, published_at, complete, market };
    let document = py.detach(|| tierbook::read(bytes, &options)).map_err(|error| raise(py, &error))?;
    let publication = document.publication();
    let json = serde_json::json!({
        "title": document.title(),
        "sha256": document.sha256().to_string(),
        "published_at": publication.map(|(at, _)| at.to_string()),
        "precision": publication.map(|(_, precision)| precision.name()),
        "has_unread": document.has_unread(),
        "statements": document.statements(),
        "findings": document.findings(),
    });
    Ok((json.to_string(), document.text().to_string()))
}
