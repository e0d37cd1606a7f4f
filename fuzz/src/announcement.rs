//! An announcement as text or Markdown.

use super::document;

/// Reads it.
pub fn check(bytes: &[u8]) {
    document::check("20260203T060046Z.txt", bytes, None);
}
