//! A table of the exchange in JSON.

use super::{document, support};

/// Reads it; the first byte is `c` where it is to be a complete snapshot, `p` where it is not.
pub fn check(bytes: &[u8]) {
    let (form, bytes) = support::chosen(bytes);
    let complete = match form {
        b'c' => Some(true),
        b'p' => Some(false),
        _ => None,
    };
    document::check("seen-20260310T000000Z.json", bytes, complete);
}
