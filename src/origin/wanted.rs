//! What is asked of an origin, and what is no origin.

use std::time::Duration;

use crate::error::{Error, ErrorCode};

/// What an origin is asked for.
#[cfg_attr(not(feature = "replicate"), expect(dead_code, reason = "a folder has neither queries nor times"))]
pub struct Wanted {
    /// The path after the address or the folder.
    pub path: String,
    /// What only an origin understands that is more than files; others ignore it.
    pub query: String,
    /// Most bytes of it.
    pub most: u64,
    /// How long the answer may take.
    pub within: Duration,
}

/// The error for what cannot be an origin.
pub fn bad(what: &str) -> Error {
    Error::new(ErrorCode::BadOrigin, what).hint("name a folder, or an address: https://example.com/rules")
}
