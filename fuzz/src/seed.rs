//! A seed in TOML.

use super::document;

/// Reads it.
pub fn check(bytes: &[u8]) {
    document::check("notice.toml", bytes, None);
}
