//! A page of HTML, or an e-mail.

use super::{document, support};

/// Reads it; the first byte is `m` for an e-mail.
pub fn check(bytes: &[u8]) {
    let (form, bytes) = support::chosen(bytes);
    let file = if form == b'm' { "20260203T060046Z.eml" } else { "20260203T060046Z.html" };
    document::check(file, bytes, None);
}
