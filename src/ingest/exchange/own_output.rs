//! The marker of files that tierbook wrote: what it inferred must not come back as what was observed.
//!
//! The forms are read by other programs too, which read the keys that they know and ignore others. So the
//! marker is a key in each object for one contract, tier or `info`, and is found however a file was cut up or
//! put together.

use crate::error::Error;
use crate::ingest::own_output;
use crate::json::JsonValue;

/// Levels of a document that are searched: an envelope or two, contracts, tiers, and `info` in them.
const LEVELS: usize = 8;

/// Refuses a document with the marker anywhere.
///
/// # Errors
/// `own_output`.
pub fn refuse(document: JsonValue) -> Result<(), Error> {
    let is_marked = document.contains(&format!("\"{}\"", own_output::KEY)) && has_marker(document, LEVELS);
    if is_marked { Err(own_output::error()) } else { Ok(()) }
}

fn has_marker(value: JsonValue, levels: usize) -> bool {
    if levels == 0 || value.is_plain() {
        return false;
    }
    let fields = value.fields().unwrap_or_default();
    fields.iter().any(|field| field.key == own_output::KEY)
        || fields.iter().any(|field| has_marker(field.value, levels - 1))
        || value.items().unwrap_or_default().into_iter().any(|item| has_marker(item, levels - 1))
}
